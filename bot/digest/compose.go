package digest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sitrep/bot"
	"sitrep/summarize"
)

// Input is what one edition is made of.
type Input struct {
	Schedule bot.Schedule
	Title    string
	Lang     string // of the frame
	Slot     time.Time
	Since    time.Time // window, [Since, Until)
	Until    time.Time
	Stories  []summarize.Story // of the feeds that the guild follows, updated within the window
	Shown    map[int64]int     // what the channel has been told: development id -> version
	Feeds    bot.FeedStats
	Engine   string
	Late     bool

	// Topic says whether a story belongs to the schedule's topics, and to which
	// part of them; a weight over 1 puts it forward, 0 means 1. Nil lets everything in.
	Topic func(summarize.Story) (part string, weight float64, ok bool)
}

// A budget is what a size of digest may hold.
type budget struct {
	items, lines, who, bottom int
	text                      int // characters over all items, so that the platform's message holds them
}

var budgets = map[bot.Size]budget{
	bot.SizeShort:    {items: 3, lines: 2, who: 3, bottom: 1, text: 1900},
	bot.SizeStandard: {items: 6, lines: 3, who: 4, bottom: 2, text: 4800},
	bot.SizeLong:     {items: 14, lines: 3, who: 5, bottom: 3, text: 9000},
}

// Why a story was left out.
const (
	ReasonTopic     = "topic"     // not among the schedule's topics
	ReasonFloor     = "floor"     // too few publishers
	ReasonShown     = "shown"     // nothing in it is news to the channel
	ReasonSize      = "size"      // the digest was full
	ReasonDiversity = "diversity" // much like a story that is in it
)

// Compose makes an edition. A digest without items is Quiet where the schedule
// wants to hear of it; without items and not Quiet, nothing is to be posted.
func Compose(in Input) bot.Digest {
	size := in.Schedule.Size
	room, ok := budgets[size]
	if !ok {
		size, room = bot.SizeStandard, budgets[bot.SizeStandard]
	}
	d := bot.Digest{
		ScheduleID: in.Schedule.ID, GuildID: in.Schedule.GuildID, ChannelID: in.Schedule.ChannelID, Slot: in.Slot, Since: in.Since, Until: in.Until,
		Title: in.Title, Lang: in.Lang, Zone: in.Schedule.Zone, Size: size, Feeds: in.Feeds, Engine: in.Engine, Late: in.Late,
	}
	found := make([]*candidate, 0, len(in.Stories))
	for i := range in.Stories {
		s := &in.Stories[i]
		c, reason := consider(s, in, room)
		if reason != "" {
			d.LeftOut = append(d.LeftOut, bot.LeftOut{StoryID: s.ID, Reason: reason})
			continue
		}
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.StoryID, b.StoryID))
	})
	var taken []*candidate
	text := 0
	for _, c := range found {
		switch reason := fits(c, taken, room, text); reason {
		case "":
			taken = append(taken, c)
			text += c.length()
		default:
			d.LeftOut = append(d.LeftOut, bot.LeftOut{StoryID: c.StoryID, Reason: reason})
		}
	}
	for _, c := range taken {
		d.Items = append(d.Items, c.Item)
	}
	slices.SortFunc(d.LeftOut, func(a, b bot.LeftOut) int { return cmp.Compare(a.StoryID, b.StoryID) })
	d.Shown = len(d.Items)
	d.BottomLine = bottomLine(d.Items, room.bottom)
	d.Quiet = len(d.Items) == 0 && in.Schedule.QuietDay
	return d
}

// A candidate is a story on its way into the digest.
type candidate struct {
	bot.Item
	story *summarize.Story
	words map[string]bool // of headline and lines, for telling likeness; made when there is room
	names map[string]bool
	chief string // the actor that it is most about
}

func (c *candidate) length() int {
	n := len([]rune(c.Headline)) + 80
	for _, l := range c.Lines {
		n += len([]rune(l.Text)) + 30
	}
	if c.Background != nil {
		n += len([]rune(c.Background.Text)) + 20
	}
	for _, w := range c.Who {
		n += len([]rune(w.Name)) + len([]rune(w.Role)) + 4
	}
	return n + 90*len(c.Disputes)
}

// consider judges one story by itself; a reason says why it is left out.
func consider(s *summarize.Story, in Input, room budget) (*candidate, string) {
	part, topicWeight := "", 1.0
	if in.Topic != nil {
		var ok bool
		if part, topicWeight, ok = in.Topic(*s); !ok {
			return nil, ReasonTopic
		}
		if topicWeight <= 0 {
			topicWeight = 1
		}
	}
	if s.MergedInto != 0 {
		return nil, ReasonShown
	}
	if s.Publishers < in.Schedule.MinPublishers {
		return nil, ReasonFloor
	}
	item := bot.Item{
		StoryID: s.ID, Headline: s.Headline, Lang: s.Lang, Topic: part, State: bot.ItemNew, Publishers: s.Publishers, FirstSeenAt: s.FirstSeenAt,
		Severity: s.Severity, ImageURL: s.ImageURL,
	}
	fresh, background, headline := freshLines(s, in, room.lines)
	told := background != nil
	if len(fresh) == 0 {
		if len(s.Developments) > 0 || told || len(s.Articles) == 0 {
			return nil, ReasonShown
		}
		// Nothing passed grounding: the headline stands alone, and is told once, by its story's first window.
		if s.FirstSeenAt.Before(in.Since) {
			return nil, ReasonShown
		}
		item.LeadOnly = true
	}
	if told {
		item.State, item.Background = bot.ItemUpdated, background
	}
	item.Lines, item.Headline = fresh, headline
	for _, dispute := range s.Disputes {
		if dispute.Open && len(item.Disputes) < 2 {
			item.Disputes = append(item.Disputes, dispute)
		}
	}
	weigh(&item, s, in, topicWeight)
	return &candidate{Item: item, story: s}, ""
}

// freshLines are the lines of a story that are news to the channel, what the
// headline promises and then the heaviest first, one line of background when it
// has been told of the story before, and the headline to tell them under.
//
// Of a story that it was told of, only what came or changed within the window
// is news: what an earlier edition had no room for is old by now. So is what
// was to come on a day that has gone by, and a toll that has been counted anew,
// where there is anything else to tell.
func freshLines(s *summarize.Story, in Input, most int) (lines []bot.Line, background *bot.Line, headline string) {
	news := summarize.News(*s, in.Shown)
	for _, n := range news {
		if _, told := in.Shown[n.Development.ID]; told && n.Development.ID != 0 && n.Change != summarize.Withdrawn {
			if n.Change == summarize.Unchanged && background == nil {
				l := lineOf(n.Development)
				background = &l
			}
		}
	}
	ran := slices.ContainsFunc(s.Developments, func(d summarize.StoryDevelopment) bool { _, told := in.Shown[d.ID]; return told && d.ID != 0 })
	for _, n := range news {
		d := n.Development
		switch n.Change {
		case summarize.New:
			if ran && d.ChangedAt.Before(in.Since) {
				continue
			}
		case summarize.Updated:
		case summarize.Unchanged, summarize.Withdrawn:
			continue
		}
		l := lineOf(d)
		if n.Change == summarize.Updated {
			l.Changed, l.Was = true, d.Was
		}
		lines = append(lines, l)
	}
	// What changed comes first among equals: it corrects what people know.
	of := map[int64]*summarize.StoryDevelopment{}
	for i, d := range s.Developments {
		of[d.ID] = &s.Developments[i]
	}
	stale := func(l bot.Line) bool { return of[l.DevelopmentID].Overdue(in.Until) || outdated(s.Disputes, l) }
	if slices.ContainsFunc(lines, func(l bot.Line) bool { return !stale(l) }) {
		lines = slices.DeleteFunc(lines, stale)
	}
	slices.SortStableFunc(lines, func(a, b bot.Line) int {
		x, y := of[a.DevelopmentID], of[b.DevelopmentID]
		return cmp.Or(cmp.Compare(b2i(b.Changed), b2i(a.Changed)), cmp.Compare(y.Weight, x.Weight), cmp.Compare(y.Publishers, x.Publishers))
	})
	told := make([]summarize.StoryDevelopment, len(lines))
	for i, l := range lines {
		told[i] = *of[l.DevelopmentID]
	}
	headline, first := s.HeadlineOf(told)
	if first > 0 {
		l := lines[first]
		lines = slices.Insert(slices.Delete(lines, first, first+1), 0, l)
	}
	if len(lines) > most {
		lines = lines[:most]
	}
	if ran && background == nil {
		for _, d := range s.Developments {
			if _, told := in.Shown[d.ID]; told && !d.Withdrawn && !slices.ContainsFunc(lines, func(l bot.Line) bool { return l.DevelopmentID == d.ID }) {
				l := lineOf(d)
				background = &l
				break
			}
		}
	}
	if ran && background == nil {
		background = &bot.Line{} // told of before, with nothing left to remind of
	}
	return lines, background, headline
}

// recounted is how much later a toll is given that takes an earlier one's place.
// Before, two sources differ.
const recounted = 4 * time.Hour

// outdated reports that a line's words give a toll of which a later count is known.
func outdated(disputes []summarize.Dispute, l bot.Line) bool {
	if len(l.Sources) == 0 {
		return false
	}
	said := l.Sources[0]
	for _, d := range disputes {
		if !summarize.Toll(d.Field) {
			continue
		}
		var latest time.Time
		states := -1
		for i, v := range d.Values {
			for _, src := range v.Sources {
				if src.At.After(latest) {
					latest = src.At
				}
				ev := src.Evidence
				if src.ArticleID == said.ArticleID && ev.Part == said.Evidence.Part && ev.Start < said.Evidence.End && said.Evidence.Start < ev.End {
					states = i
				}
			}
		}
		if states >= 0 && !slices.ContainsFunc(d.Values[states].Sources, func(src summarize.Source) bool { return latest.Sub(src.At) <= recounted }) {
			return true
		}
	}
	return false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func lineOf(d summarize.StoryDevelopment) bot.Line {
	return bot.Line{DevelopmentID: d.ID, Version: d.Version, Text: d.Text, Sources: d.Sources}
}

// who are the people and organisations to introduce: those that the lines name,
// then the others that the story is most about.
func who(s *summarize.Story, lines []bot.Line, most int) []summarize.StoryActor {
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(strings.ToLower(l.Text) + "\n")
	}
	named := func(a summarize.StoryActor) bool {
		name := strings.ToLower(a.Name)
		if strings.Contains(text.String(), name) {
			return true
		}
		parts := strings.Fields(name)
		return a.Type == summarize.Person && len(parts) > 1 && strings.Contains(text.String(), parts[len(parts)-1])
	}
	var out []summarize.StoryActor
	for _, want := range []bool{true, false} {
		for _, a := range s.Actors {
			if len(out) < most && a.Type != summarize.Place && a.Introduced() && named(a) == want && (want || a.Salience >= 0.4) {
				out = append(out, a)
			}
		}
	}
	return out
}

// weigh ranks an item by how new, how well supported and how grave it is, and
// by the channel's topics.
func weigh(item *bot.Item, s *summarize.Story, in Input, topic float64) {
	newest := s.FirstSeenAt
	for _, d := range s.Developments {
		if slices.ContainsFunc(item.Lines, func(l bot.Line) bool { return l.DevelopmentID == d.ID }) && d.ChangedAt.After(newest) {
			newest = d.ChangedAt
		}
	}
	age := 1.0
	if window := in.Until.Sub(in.Since); window > 0 && !newest.IsZero() {
		age = min(1, max(0, float64(in.Until.Sub(newest))/float64(window)))
	}
	support := math.Log2(1+float64(max(1, s.Publishers))) / 3
	newness := 1 - 0.5*age
	if item.State == bot.ItemUpdated {
		newness *= 0.85
	}
	item.Weight = topic * (0.45*support + 0.3*item.Severity + 0.25*newness)
	item.Why = []string{
		fmt.Sprintf("support %.2f (%d publishers)", support, s.Publishers),
		fmt.Sprintf("severity %.2f", item.Severity),
		fmt.Sprintf("newness %.2f", newness),
	}
	if topic != 1 {
		item.Why = append(item.Why, fmt.Sprintf("topic weight %.2f", topic))
	}
}

// chief is the actor that a story is most about, "" when none stands out.
func chief(s *summarize.Story) string {
	for _, a := range s.Actors {
		if a.Type != summarize.Place {
			if a.Salience >= 0.5 {
				return strings.ToLower(a.Name)
			}
			return ""
		}
	}
	return ""
}

// itemWords are an item's words of more than three letters, and apart from
// them the capitalised ones that open no sentence.
func itemWords(item bot.Item) (words, names map[string]bool) {
	words, names = map[string]bool{}, map[string]bool{}
	add := func(s string) {
		for i, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			first, _ := utf8.DecodeRuneInString(w)
			folded := strings.ToLower(w)
			if i > 0 && unicode.IsUpper(first) {
				names[folded] = true
			}
			if len(w) > 3 {
				words[folded] = true
			}
		}
	}
	add(item.Headline)
	for _, l := range item.Lines {
		add(l.Text)
	}
	return words, names
}

// alike is the share of the shorter item's words that the other has; nothing
// where they name others: two shipwrecks are told in the same words.
func alike(a, b *candidate) float64 {
	if len(a.names) > 0 && len(b.names) > 0 && within(a.names, b.names) < 0.5 {
		return 0
	}
	return within(a.words, b.words)
}

func within(a, b map[string]bool) float64 {
	shared := 0
	for w := range a {
		if b[w] {
			shared++
		}
	}
	return float64(shared) / float64(max(1, min(len(a), len(b))))
}

// fits says whether there is room for an item beside those taken.
func fits(c *candidate, taken []*candidate, room budget, text int) string {
	if len(taken) >= room.items {
		return ReasonSize
	}
	c.Who, c.chief = who(c.story, c.Lines, room.who), chief(c.story)
	c.words, c.names = itemWords(c.Item)
	same := 0
	for _, t := range taken {
		likeness := alike(c, t)
		if likeness >= 0.6 {
			return ReasonDiversity
		}
		if c.chief != "" && c.chief == t.chief && likeness >= 0.2 {
			same++
		}
	}
	if same >= 2 {
		return ReasonDiversity
	}
	if len(taken) > 0 && text+c.length() > room.text {
		return ReasonSize
	}
	return ""
}

// bottomLine says the edition in one to three sentences: the leading lines of
// its first items, each with its sources.
func bottomLine(items []bot.Item, most int) []bot.Line {
	n := min(most, (len(items)+1)/2)
	var out []bot.Line
	for _, item := range items {
		if len(out) == n {
			break
		}
		if len(item.Lines) > 0 {
			out = append(out, item.Lines[0])
		}
	}
	return out
}
