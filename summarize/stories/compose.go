package stories

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A Member is one article of a story, as it is now.
type Member struct {
	Article *feeds.Article
	Brief   *summarize.Brief
	CopyOf  int64   // the article whose text it repeats, 0 when its own
	FeedIDs []int64 // every feed that carries it; nil: the article's own
}

// leadBytes is how far into an article a statement counts as its lead.
const leadBytes = 100

// maxDevelopments bounds the lines kept of a story, however long it goes on.
const maxDevelopments = 40

// Compose makes a Story of its members. prev is the story as it was before
// (zero for a new one): its developments keep their ids; a line whose figures
// changed gets a higher Version and remembers what it Was; a line that its
// sources no longer state is Withdrawn. New developments have ID 0. It is pure:
// the same values give the same Story, in whatever order the members come.
func Compose(prev summarize.Story, members []Member, now time.Time) summarize.Story {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int {
		return cmp.Or(eventTime(a.Article).Compare(eventTime(b.Article)), cmp.Compare(a.Article.ID, b.Article.ID))
	})
	s := summarize.Story{ID: prev.ID, FirstSeenAt: prev.FirstSeenAt, UpdatedAt: prev.UpdatedAt}
	s.Lang = storyLang(members)
	for _, m := range members {
		a := m.Article
		ids := m.FeedIDs
		if ids == nil && a.FeedID != 0 {
			ids = []int64{a.FeedID}
		}
		s.Articles = append(s.Articles, summarize.StoryArticle{
			ArticleID: a.ID, FeedIDs: ids, URL: a.URL, Title: a.Title, Publisher: a.Publisher, Family: family(a), Lang: baseLang(a, m.Brief),
			PublishedAt: a.PublishedAt, SeenAt: a.SeenAt, CopyOf: m.CopyOf,
		})
		if seen := firstSeen(a); !seen.IsZero() && (s.FirstSeenAt.IsZero() || seen.Before(s.FirstSeenAt)) {
			s.FirstSeenAt = seen
		}
		if s.ImageURL == "" && m.CopyOf == 0 {
			s.ImageURL = a.ImageURL
		}
	}
	if s.FirstSeenAt.IsZero() {
		s.FirstSeenAt = now
	}
	voices := voicesOf(members)
	s.Publishers = countVoices(members, voices)
	figures := figuresOf(members)
	s.Developments = developments(prev, members, voices, figures, s.Lang, now)
	if s.Publishers > prev.Publishers {
		s.UpdatedAt = now
	}
	for _, d := range s.Developments {
		if d.ChangedAt.After(s.UpdatedAt) {
			s.UpdatedAt = d.ChangedAt
		}
	}
	if s.UpdatedAt.IsZero() {
		s.UpdatedAt = now
	}
	s.Disputes = disputes(members, voices, figures)
	s.Actors = storyActors(members)
	s.Headline = headline(prev, members, figures, s.Lang)
	s.Severity = severity(members, figures, s.Publishers)
	return s
}

func firstSeen(a *feeds.Article) time.Time {
	if a.SeenAt.IsZero() {
		return a.PublishedAt
	}
	return a.SeenAt
}

func family(a *feeds.Article) string {
	for _, name := range []string{a.Family, a.Publisher, feeds.HostKey(a.URL)} {
		if name != "" {
			return name
		}
	}
	return "feed " + strconv.FormatInt(a.FeedID, 10)
}

// storyLang is the language that most members are written in, English where
// they are as many.
func storyLang(members []Member) string {
	count := map[string]int{}
	for _, m := range members {
		if lang := baseLang(m.Article, m.Brief); lang != "" && lang != "und" {
			count[lang]++
		}
	}
	best := ""
	for lang, n := range count {
		switch {
		case best == "" || n > count[best]:
			best = lang
		case n == count[best] && (lang == "en" || best != "en" && lang < best):
			best = lang
		}
	}
	return best
}

// voicesOf says of each member who speaks in it: the family that owns the
// outlet, the agency that its opening credits, or whoever first had the text
// that it repeats.
func voicesOf(members []Member) map[int64]string {
	voices := make(map[int64]string, len(members))
	own := map[string]string{} // publisher or family, folded -> family
	for _, m := range members {
		voices[m.Article.ID] = family(m.Article)
		own[text.FoldPlain(m.Article.Publisher)] = family(m.Article)
		own[text.FoldPlain(family(m.Article))] = family(m.Article)
	}
	for _, m := range members {
		if agency := creditedAgency(m.Article); agency != "" {
			folded := text.FoldPlain(agency)
			if f, ok := own[folded]; ok {
				voices[m.Article.ID] = f
			} else if folded != text.FoldPlain(m.Article.Publisher) {
				voices[m.Article.ID] = "agency " + folded
			}
		}
	}
	for _, m := range members {
		if m.CopyOf == 0 {
			continue
		}
		if v, ok := voices[m.CopyOf]; ok {
			voices[m.Article.ID] = v
		} else {
			voices[m.Article.ID] = "copy " + strconv.FormatInt(m.CopyOf, 10)
		}
	}
	return voices
}

// creditedAgency reads the agency in brackets that opens an agency story.
func creditedAgency(a *feeds.Article) string {
	head := a.Text
	if len(head) > 160 {
		head = head[:160]
	}
	open := strings.IndexByte(head, '(')
	if open < 0 || open > 60 {
		return ""
	}
	length := strings.IndexByte(head[open:], ')')
	if length < 3 || length > 32 {
		return ""
	}
	name := head[open+1 : open+length]
	rest := strings.TrimLeft(head[open+length+1:], " .")
	if !strings.HasPrefix(rest, "—") && !strings.HasPrefix(rest, "–") && !strings.HasPrefix(rest, "-") {
		return ""
	}
	place := strings.TrimSpace(head[:open])
	for _, w := range words(place) {
		if !w.upper && !w.digit {
			return "" // a sentence with brackets in it
		}
	}
	return strings.TrimSpace(name)
}

func countVoices(members []Member, voices map[int64]string) int {
	seen := map[string]bool{}
	for _, m := range members {
		seen[voices[m.Article.ID]] = true
	}
	return len(seen)
}

func figuresOf(members []Member) map[int64][]figure {
	out := make(map[int64][]figure, len(members))
	for _, m := range members {
		out[m.Article.ID] = figures(m.Article, baseLang(m.Article, m.Brief))
	}
	return out
}

func hashOf(form string) uint32 { return uint32(xxhash.Sum64String(form)) }

func plainFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// developments merges what the members state into the story's lines.
func developments(prev summarize.Story, members []Member, voices map[int64]string, figs map[int64][]figure, lang string, now time.Time) []summarize.StoryDevelopment {
	var out []summarize.StoryDevelopment
	for _, group := range groupFacts(factsOf(members, figs)) {
		d, c := develop(group, members, voices, lang, now)
		d.Weight = math.Round(c.score()*50) / 50 // finer than that is noise; among equals the voices decide
		out = append(out, d)
	}
	out = reconcile(prev, out, members, now)
	slices.SortStableFunc(out, func(a, b summarize.StoryDevelopment) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Publishers, a.Publishers), cmp.Compare(uint64(a.ID-1), uint64(b.ID-1))) // new ones last
	})
	tellers := 0
	for _, m := range members {
		if m.Brief != nil && m.CopyOf == 0 {
			tellers++
		}
	}
	return worthTelling(out, tellers)
}

// maxFacts bounds what is compared: each with each. Of a story that hundreds of
// articles tell, the lightest statements stay out.
const maxFacts = 500

// factsOf collects what the members state.
func factsOf(members []Member, figs map[int64][]figure) (facts []fact) {
	for i := range members {
		m := &members[i]
		if m.Brief == nil || m.CopyOf != 0 && hasMember(members, m.CopyOf) {
			continue
		}
		base := baseLang(m.Article, m.Brief)
		offices := officesOf(m.Brief, base)
		for n := range m.Brief.Developments {
			d := &m.Brief.Developments[n]
			f := newFact(d.Evidence.Text, base)
			f.introduce(offices)
			f.member, f.text, f.ev, f.weight, f.dev = m, d.Text, d.Evidence, d.Weight, d
			f.ev.ArticleID = m.Article.ID
			f.stands(figs[m.Article.ID])
			if sentences := text.Sentences(d.Evidence.Text, base); len(sentences) > 1 {
				for _, s := range sentences {
					part := newFact(s.Of(d.Evidence.Text), base)
					part.introduce(offices)
					part.member, part.ev = m, f.ev
					part.ev.Start, part.ev.End, part.ev.Text = f.ev.Start+s.Start, f.ev.Start+s.End, part.text
					part.stands(figs[m.Article.ID])
					f.parts = append(f.parts, part)
				}
			}
			facts = append(facts, f)
		}
	}
	if len(facts) > maxFacts {
		slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(b.weight, a.weight) })
		facts = facts[:maxFacts]
	}
	return facts
}

// What a story keeps of new lines: the more the more tell of it, at most
// mostLines, and none that an account of it could do without, but a few always.
// Lines that it had before stay.
const (
	mostLines  = 7
	leastLines = 2
	weighty    = 0.55
)

// worthTelling leaves out the new lines that add little. lines are by weight;
// tellers are the articles with words of their own.
func worthTelling(lines []summarize.StoryDevelopment, tellers int) []summarize.StoryDevelopment {
	had := 0
	for _, d := range lines {
		if d.ID != 0 && !d.Withdrawn {
			had++
		}
	}
	room := max(min(mostLines, 3+tellers)-had, leastLines)
	kept := 0
	out := slices.DeleteFunc(lines, func(d summarize.StoryDevelopment) bool {
		if d.ID != 0 {
			return false
		}
		if room == 0 || d.Weight < weighty && had+kept >= leastLines {
			return true
		}
		room--
		kept++
		return false
	})
	for len(out) > maxDevelopments {
		// Of a story that goes on for long, what is oldest and lightest is let go.
		at := len(out) - 1
		for i, d := range out {
			if d.ChangedAt.Before(out[at].ChangedAt) || d.ChangedAt.Equal(out[at].ChangedAt) && d.Weight < out[at].Weight {
				at = i
			}
		}
		out = slices.Delete(out, at, at+1)
	}
	return out
}

// An office is the words by which an article introduces somebody.
type office struct {
	names []string // parts of the name
	words []string
}

func officesOf(b *summarize.Brief, lang string) (out []office) {
	for i := range b.Actors {
		a := &b.Actors[i]
		var o office
		for _, r := range a.Roles {
			for _, w := range words(r.Text) {
				o.words = append(o.words, keyword(w.form, lang), nameForm(w.form))
			}
		}
		if len(o.words) == 0 {
			continue
		}
		for _, w := range words(a.Name) {
			o.names = append(o.names, nameForm(w.form))
		}
		out = append(out, o)
	}
	return out
}

// introduce takes the words that say who somebody is for a part of the name:
// that two statements name the same minister doesn't make them one.
func (f *fact) introduce(offices []office) {
	for _, o := range offices {
		if !slices.ContainsFunc(o.names, func(n string) bool { return f.terms[n].name }) {
			continue
		}
		for _, w := range o.words {
			if t, ok := f.terms[w]; ok && !t.name {
				t.name = true
				f.terms[w] = t
			}
		}
	}
}

// stands notes what a fact's place in its article tells.
func (f *fact) stands(figs []figure) {
	f.lead = f.ev.Part == summarize.PartText && f.ev.Start < leadBytes
	for _, w := range words(f.text) {
		if year, err := strconv.Atoi(w.form); err == nil && len(w.form) == 4 && year > 1500 && year < eventTime(f.member.Article).Year() {
			f.past = true
		}
	}
	for _, fig := range figs {
		if fig.evidence.Part == f.ev.Part && fig.evidence.Start < f.ev.End && f.ev.Start < fig.evidence.End {
			f.figures = append(f.figures, fig)
		}
	}
}

func hasMember(members []Member, id int64) bool {
	return slices.ContainsFunc(members, func(m Member) bool { return m.Article.ID == id })
}

// develop makes one line of the facts that tell of one thing, and what it is
// to be judged by.
func develop(group []*fact, members []Member, voices map[int64]string, lang string, now time.Time) (summarize.StoryDevelopment, choice) {
	best := slices.MaxFunc(group, func(a, b *fact) int {
		// In the story's language; of differing figures the latest; then the heaviest.
		return cmp.Or(
			cmp.Compare(b2i(a.lang == lang), b2i(b.lang == lang)),
			compareFresh(a, b),
			cmp.Compare(a.weight, b.weight),
			cmp.Compare(b.ev.ArticleID, a.ev.ArticleID),
			cmp.Compare(b.ev.Start, a.ev.Start),
		)
	})
	d := summarize.StoryDevelopment{Version: 1, Text: best.text, Lang: best.lang, FirstSeenAt: now, ChangedAt: now, EventAt: best.dev.EventAt}
	ordered := slices.Clone(group)
	slices.SortStableFunc(ordered, func(a, b *fact) int {
		return cmp.Or(cmp.Compare(b2i(b == best), b2i(a == best)), eventTime(a.member.Article).Compare(eventTime(b.member.Article)), cmp.Compare(a.ev.ArticleID, b.ev.ArticleID), cmp.Compare(a.ev.Start, b.ev.Start))
	})
	seen, heard := map[string]bool{}, map[string]bool{}
	for _, f := range ordered {
		heard[voices[f.member.Article.ID]] = true
		to := &d.Sources
		if compareFresh(best, f) > 0 {
			to = &d.Overtaken // it doesn't say what the line says
		} else {
			seen[voices[f.member.Article.ID]] = true
		}
		*to = append(*to, sourceOf(f.member, f.ev))
		// A copy states what its original does, where the words are the same.
		for i := range members {
			m := &members[i]
			if m.CopyOf == f.member.Article.ID {
				if ev, ok := sameWords(m.Article, f.ev); ok {
					*to = append(*to, sourceOf(m, ev))
				}
			}
		}
	}
	d.Publishers = len(seen)
	return d, choiceOf(group, best, len(heard), lang)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareFresh prefers the later of two statements of which one gives another
// figure of the same thing, or says of what was to come that it came.
func compareFresh(a, b *fact) int {
	later := eventTime(a.member.Article).Compare(eventTime(b.member.Article))
	if later != 0 && a.ahead != b.ahead && a.ahead == (later < 0) {
		return later
	}
	for _, f := range a.figures {
		for _, g := range b.figures {
			if f.field == g.field && !agree(f, g) {
				return later
			}
		}
	}
	return 0
}

func sourceOf(m *Member, ev summarize.Evidence) summarize.Source {
	a := m.Article
	ev.ArticleID = a.ID
	return summarize.Source{ArticleID: a.ID, URL: a.URL, Publisher: a.Publisher, Family: family(a), At: eventTime(a), Evidence: ev}
}

// sameWords finds an evidence text in another article.
func sameWords(a *feeds.Article, ev summarize.Evidence) (summarize.Evidence, bool) {
	part := a.Text
	if ev.Part == summarize.PartTitle {
		part = a.Title
	}
	at := strings.Index(part, ev.Text)
	if at < 0 {
		return ev, false
	}
	return summarize.Evidence{ArticleID: a.ID, Part: ev.Part, Start: at, End: at + len(ev.Text), Text: ev.Text}, true
}

// reconcile gives the lines that a story had before their ids back, and marks
// what changed.
func reconcile(prev summarize.Story, now []summarize.StoryDevelopment, members []Member, at time.Time) []summarize.StoryDevelopment {
	taken := make([]bool, len(now))
	old := slices.Clone(prev.Developments)
	slices.SortStableFunc(old, func(a, b summarize.StoryDevelopment) int { return cmp.Compare(a.ID, b.ID) })
	us := make([]*fact, 0, len(old)+len(now))
	told := make([][]summarize.Source, 0, cap(us)) // by whom, also before it came out otherwise
	for _, d := range slices.Concat(old, now) {
		f := newFact(d.Text, d.Lang)
		us, told = append(us, &f), append(told, slices.Concat(d.Sources, d.Overtaken))
	}
	vs := vectors(us, false)
	lines := len(now)
	for k, p := range old {
		best, which := 0.0, -1
		for i := range lines {
			if taken[i] {
				continue
			}
			n := len(old) + i
			score := 0.0
			for _, a := range told[k] {
				for _, b := range told[n] {
					if a.ArticleID == b.ArticleID && a.Evidence.Text == b.Evidence.Text {
						score += 1
					}
				}
			}
			score += 0.9 * compare(us[k], us[n], &vs[k], &vs[n]).score
			if score > best {
				best, which = score, i
			}
		}
		if which < 0 || best < 0.5 {
			// No brief states it any more; an article may.
			if kept := stillStated(p, members); len(kept) > 0 {
				p.Sources = kept
				p.Withdrawn = false
				now, taken = append(now, p), append(taken, true)
			} else {
				if !p.Withdrawn {
					p.Withdrawn, p.Corrected = true, true
					p.Version++
					p.ChangedAt = at
				}
				now, taken = append(now, p), append(taken, true)
			}
			continue
		}
		taken[which] = true
		d := &now[which]
		d.ID, d.Version, d.FirstSeenAt, d.ChangedAt, d.Was, d.Corrected = p.ID, p.Version, p.FirstSeenAt, p.ChangedAt, p.Was, p.Corrected
		edited := edited(p, members)
		switch {
		case recounted(p, *d) || edited && losesNumber(p, *d):
			d.Version++
			d.ChangedAt = at
			d.Was = p.Text
			d.Corrected = edited
		case p.Withdrawn:
			d.Version++
			d.ChangedAt = at
		case speaksAhead(p.Text) && !speaksAhead(d.Text) && len(p.Sources) > 0 && d.Sources[0].At.After(p.Sources[0].At):
			d.Version++
			d.ChangedAt = at
			d.Was = p.Text
		case len(stillStated(p, members)) > 0:
			d.Text, d.Lang = p.Text, p.Lang // the same fact keeps its words
		}
	}
	return now
}

// edited reports that the article whose words a line took no longer has them.
func edited(d summarize.StoryDevelopment, members []Member) bool {
	if len(d.Sources) == 0 {
		return false
	}
	for i := range members {
		if m := &members[i]; m.Article.ID == d.Sources[0].ArticleID {
			_, there := sameWords(m.Article, d.Sources[0].Evidence)
			return !there
		}
	}
	return false
}

func stillStated(d summarize.StoryDevelopment, members []Member) []summarize.Source {
	var kept []summarize.Source
	for _, s := range d.Sources {
		for i := range members {
			if members[i].Article.ID == s.ArticleID {
				if ev, ok := sameWords(members[i].Article, s.Evidence); ok {
					kept = append(kept, sourceOf(&members[i], ev))
				}
			}
		}
	}
	return kept
}

// recounted reports that two wordings of one fact give different figures of the
// same thing. A wording with figures of other things tells it otherwise, and no
// more: "three tugs pulled her off", "the ferry with 214 aboard was towed in".
func recounted(was, is summarize.StoryDevelopment) bool {
	before, after := chosen(lineFigures(was)), chosen(lineFigures(is))
	for field, f := range before {
		if g, ok := after[field]; ok && !agree(f, g) {
			return true
		}
	}
	a, b := amounts(was), amounts(is)
	for of, x := range a {
		if y := b[of]; of != "" && len(x) == 1 && len(y) == 1 && x[0] != y[0] && !rounds(x[0], y[0]) && !rounds(y[0], x[0]) {
			return true
		}
	}
	return false
}

func lineFigures(d summarize.StoryDevelopment) []figure {
	when := d.FirstSeenAt
	if len(d.Sources) > 0 {
		when = d.Sources[0].At
	}
	return sentenceFigures(d.Text, d.Lang, when, func() summarize.Evidence { return summarize.Evidence{} })
}

// losesNumber reports that a line that has numbers still has not all that it had.
func losesNumber(was, is summarize.StoryDevelopment) bool {
	left := slices.Concat(slices.Collect(maps.Values(amounts(is)))...)
	for _, values := range amounts(was) {
		if len(left) > 0 && slices.ContainsFunc(values, func(v float64) bool { return !slices.Contains(left, v) }) {
			return true
		}
	}
	return false
}

// amounts are a line's numbers by what they count: the stem of a noun, a unit, or
// "" where neither says it or people are counted.
func amounts(d summarize.StoryDevelopment) map[string][]float64 {
	if len(d.Text) > maxStatement {
		return nil
	}
	out := map[string][]float64{}
	ws := words(d.Text)
	for _, q := range quantities(d.Text, ws, d.Lang) {
		if q.unit == "calendar" || q.unit == "age" || q.unit == "other" {
			continue
		}
		of := q.unit
		if noun := counted(ws, q); of == "" && noun != "" && !peopleNouns[noun] {
			of = "#" + stem(noun)
		}
		out[of] = append(out[of], q.value)
	}
	return out
}

// storyActors merges the members' actors: by id where it is known, by name
// else. The role shown is the first that a member states.
func storyActors(members []Member) []summarize.StoryActor {
	type merged struct {
		summarize.StoryActor
		names map[string]bool
		sum   float64
	}
	var all []*merged
	for i := range members {
		m := &members[i]
		if m.Brief == nil {
			continue
		}
		for n := range m.Brief.Actors {
			a := &m.Brief.Actors[n]
			var hit *merged
			folded := text.FoldPlain(a.Name)
			for _, other := range all {
				if other.Type == a.Type && (a.ID != 0 && other.ActorID == a.ID || (a.ID == 0 || other.ActorID == 0) && other.names[folded]) {
					hit = other
					break
				}
			}
			if hit == nil {
				hit = &merged{StoryActor: summarize.StoryActor{ActorID: a.ID, Name: a.Name, Type: a.Type}, names: map[string]bool{}}
				all = append(all, hit)
			}
			hit.names[folded] = true
			if len([]rune(a.Name)) > len([]rune(hit.Name)) {
				hit.Name = a.Name
			}
			weight := a.Salience
			if a.Key {
				weight += 0.5
			}
			hit.sum += weight
			if hit.Role == "" && len(a.Roles) > 0 {
				hit.Role = a.Roles[0].Text
				hit.RoleBy = sourceOf(m, a.Roles[0].Evidence)
			}
		}
	}
	out := make([]summarize.StoryActor, 0, len(all))
	for _, a := range all {
		a.Salience = min(1, a.sum/(1.5*float64(max(1, len(members)))))
		out = append(out, a.StoryActor)
	}
	slices.SortStableFunc(out, func(a, b summarize.StoryActor) int {
		return cmp.Or(cmp.Compare(b.Salience, a.Salience), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// headline is the title of the member that says most of what the others do,
// and gives no figure that a later member changed.
func headline(prev summarize.Story, members []Member, figs map[int64][]figure, lang string) string {
	latest := map[string]figure{}
	for _, m := range members { // in the order of time
		if m.CopyOf == 0 {
			maps.Copy(latest, chosen(figs[m.Article.ID]))
		}
	}
	outdated := func(m Member) bool {
		return slices.ContainsFunc(figs[m.Article.ID], func(f figure) bool {
			now, ok := latest[f.field]
			return ok && f.evidence.Part == summarize.PartTitle && !strings.HasPrefix(f.field, "#") && !agree(f, now)
		})
	}
	docs := make([]fact, len(members))
	count := map[string]float64{}
	title := func(m Member) string {
		if m.Brief != nil && m.Brief.Headline != "" {
			return m.Brief.Headline
		}
		return m.Article.Title
	}
	for i, m := range members {
		docs[i] = newFact(title(m), baseLang(m.Article, m.Brief))
		lead := m.Article.Text
		if len(lead) > 600 {
			lead = strings.ToValidUTF8(lead[:600], "")
		}
		for t := range newFact(title(m)+". "+lead, docs[i].lang).terms {
			count[t]++
		}
	}
	best, at := math.Inf(-1), -1
	for i, m := range members {
		s := 0.0
		for form, t := range docs[i].terms {
			s += t.weight * (count[form] - 1)
		}
		s /= 4 + float64(len(docs[i].terms))
		t := title(m)
		if docs[i].lang != lang {
			s -= 100
		}
		if m.CopyOf != 0 {
			s -= 0.5
		}
		if !summarize.Tells(t) {
			s -= 3
		}
		if outdated(m) {
			s -= 2
		} else if t == prev.Headline {
			s += 1
		}
		if s > best {
			best, at = s, i
		}
	}
	if at < 0 {
		return prev.Headline
	}
	return title(members[at])
}
