package summarize

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Story is the articles, from any number of outlets, that tell of one event.
type Story struct {
	ID           int64
	Headline     string
	Lang         string
	Articles     []StoryArticle // by publication
	Developments []StoryDevelopment
	Disputes     []Dispute
	Actors       []StoryActor // by salience over the story
	Publishers   int          // independent publishers: families and copies of one text count once
	Severity     float64      // 0..1: how grave or far-reaching the event reads
	FirstSeenAt  time.Time
	UpdatedAt    time.Time // when it last gained a development or a publisher, or changed a development
	MergedInto   int64     // the story that took this one over, 0 when none
	ImageURL     string
}

// A StoryArticle is one article's part in a story.
type StoryArticle struct {
	ArticleID   int64
	FeedIDs     []int64 // every feed that carries it
	URL         string
	Title       string
	Publisher   string
	Family      string
	Lang        string
	PublishedAt time.Time
	SeenAt      time.Time
	CopyOf      int64 // the article whose text it repeats, 0 when its own
}

// A StoryDevelopment is one line of a story: the same fact from all its sources.
type StoryDevelopment struct {
	ID          int64 // stable while the story lives
	Version     int   // raised when its figures change: makes an old line news again
	Text        string
	Lang        string
	Sources     []Source // the best-stated first
	Overtaken   []Source `json:",omitempty"` // who told it before it came out so: as still to come, or with another figure
	Publishers  int
	Weight      float64
	EventAt     time.Time
	FirstSeenAt time.Time
	ChangedAt   time.Time
	Withdrawn   bool   // its only source took it back
	Was         string // the text before the last change of figures, "" when none
	Corrected   bool   // the last change was an edit at its source, not a newer report
}

// Overdue reports that the line speaks of a day to come, and that the day has
// gone by: what was to happen may have, or not.
func (d StoryDevelopment) Overdue(now time.Time) bool {
	return !d.EventAt.IsZero() && len(d.Sources) > 0 && d.EventAt.After(d.Sources[0].At) && !now.Before(d.EventAt.AddDate(0, 0, 1))
}

// Opening returns the index of the development that opens the article which
// the story has its headline from, -1 where none does: what a headline
// promises is to follow it.
func (s *Story) Opening() int {
	best, at := openingBytes, -1
	for _, a := range s.Articles {
		if a.Title != s.Headline {
			continue
		}
		for i, d := range s.Developments {
			for _, src := range d.Sources {
				if src.ArticleID == a.ArticleID && src.Evidence.Part == PartText && src.Evidence.Start < best && !d.Withdrawn {
					best, at = src.Evidence.Start, i
				}
			}
		}
	}
	return at
}

// HeadlineOf is the headline under which to tell these lines of the story, and
// which of them is to follow it. A story keeps its headline while it goes on;
// what is new of it is told under the title of the article that brought it: the
// first line that opens an article later than the headline's, in the story's
// language, with a title that tells what happened. Where there is none, or what
// the story's headline promises is among the lines, it is the story's headline,
// and the first line.
func (s *Story) HeadlineOf(lines []StoryDevelopment) (headline string, first int) {
	var since time.Time // of the story's headline
	articles := map[int64]StoryArticle{}
	for _, a := range s.Articles {
		articles[a.ArticleID] = a
		if a.Title == s.Headline {
			since = a.PublishedAt
		}
	}
	if opening := s.Opening(); opening >= 0 {
		if i := slices.IndexFunc(lines, func(d StoryDevelopment) bool { return d.ID == s.Developments[opening].ID }); i >= 0 {
			return s.Headline, i
		}
	}
	for i, d := range lines {
		for _, src := range d.Sources {
			a := articles[src.ArticleID]
			if src.Evidence.Part == PartText && src.Evidence.Start < openingBytes && a.CopyOf == 0 && baseLang(a.Lang) == baseLang(s.Lang) && a.PublishedAt.After(since) && Tells(a.Title) {
				return a.Title, i
			}
		}
	}
	return s.Headline, 0
}

// baseLang is a language tag without its region.
func baseLang(tag string) string {
	lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return lang
}

// Tells reports whether a title tells what happened: it has four words or more,
// isn't shouted, is neither a question nor opens with what somebody said, and
// names no kind of article ("Live: …").
func Tells(title string) bool {
	ws := strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	shouted := !slices.ContainsFunc(ws, func(w string) bool { return utf8.RuneCountInString(w) > 2 && strings.ToUpper(w) != w })
	if len(ws) < 4 || shouted || strings.IndexAny(title, "\"'“‘„«‹") == 0 || strings.HasSuffix(title, "?") {
		return false
	}
	return !slices.Contains(articleKinds, strings.ToLower(ws[0])) && !strings.HasPrefix(strings.ToLower(title), "in pictures")
}

var articleKinds = []string{"opinion", "live", "analysis", "comment", "watch", "video", "explainer"}

// openingBytes is how far into an article its opening goes.
const openingBytes = 300

// Lines are the story's developments without those withdrawn: what its headline
// promises, then the others by weight.
func (s *Story) Lines() []StoryDevelopment {
	var out []StoryDevelopment
	opening := s.Opening()
	for i, d := range s.Developments {
		if !d.Withdrawn && i != opening {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b StoryDevelopment) int { return cmp.Compare(b.Weight, a.Weight) })
	if opening >= 0 {
		out = slices.Insert(out, 0, s.Developments[opening])
	}
	return out
}

// A Source is an article's statement of a development.
type Source struct {
	ArticleID int64
	URL       string
	Publisher string
	Family    string
	At        time.Time
	Evidence  Evidence
}

// A StoryActor is an actor of a story, with the role as first stated.
type StoryActor struct {
	ActorID  int64
	Name     string
	Type     ActorType
	Role     string // "" when no source states one
	RoleBy   Source
	Salience float64
}

// Introduced reports that the role says who the actor is. "Owner" says nothing
// without what it is of: a dossier has such roles with their sentence.
func (a StoryActor) Introduced() bool {
	return a.Role != "" && !incomplete[strings.ToLower(a.Role)]
}

var incomplete = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`owner co-owner operator maker manufacturer developer supplier parent subsidiary founder co-founder head chief boss leader member partner
		rival buyer seller deputy successor predecessor wife husband son daughter brother sister father mother spokesman spokeswoman spokesperson`) {
		m[w] = true
	}
	return m
}()

// A Dispute is a figure on which a story's sources differ.
type Dispute struct {
	Field  string // what is counted or measured: "dead", "magnitude", "price"
	Values []DisputeValue
	Open   bool // false when the sources have come to agree
}

// Toll reports whether a figure's field counts people who came to harm: later
// counts take the place of earlier ones.
func Toll(field string) bool { return field == "dead" || field == "injured" || field == "missing" }

// A DisputeValue is one of a dispute's figures and who states it.
type DisputeValue struct {
	Value   string // as stated
	Number  float64
	Sources []Source
}
