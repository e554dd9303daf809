package grounding

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// Dropped is a claim that was refused, and why.
type Dropped struct {
	Claim  string // its kind and its text: "role: mayor of Nowhere"
	Reason string
}

// Bounds of what a brief may hold. What is over them is dropped, the last first.
const (
	maxDevelopmentText = 700
	maxName            = 120
	maxRoleText        = 160
	maxActors          = 150
	maxClaims          = 100
)

// Check lets through what the article carries, and returns what it refused.
// Evidence whose span doesn't hold its text is looked for (see Find), so that
// an engine may hand in text alone. Indexes of actors are kept right when
// actors are dropped. The brief that is given is not changed.
func Check(article *feeds.Article, brief summarize.Brief) (summarize.Brief, []Dropped) {
	c := &checker{article: article, hash: map[summarize.Part]string{}}
	for _, para := range text.Paragraphs(article.Text) {
		if Instruction(para.Of(article.Text)) {
			c.barred = append(c.barred, para)
		}
	}
	out := brief
	out.Headline = Clean(brief.Headline)
	if Instruction(out.Headline) {
		c.drop("headline", out.Headline, "speaks to the machine that reads it")
		out.Headline = ""
	}
	index := c.actors(brief, &out)
	c.developments(brief, &out, index)
	c.quotes(brief, &out, index)
	return out, c.dropped
}

type checker struct {
	article *feeds.Article
	barred  []text.Span // paragraphs that instruct the machine
	hash    map[summarize.Part]string
	dropped []Dropped
}

func (c *checker) drop(kind, claim, reason string) {
	if len(c.dropped) < 1000 {
		if len(claim) > 200 {
			claim = strings.ToValidUTF8(claim[:200], "") + "…"
		}
		c.dropped = append(c.dropped, Dropped{Claim: kind + ": " + claim, Reason: reason})
	}
}

func (c *checker) part(p summarize.Part) (string, bool) {
	switch p {
	case summarize.PartText:
		return c.article.Text, true
	case summarize.PartTitle:
		return c.article.Title, true
	}
	return "", false
}

// ground finds an evidence in the article. reason is "" when it stands.
func (c *checker) ground(e summarize.Evidence) (summarize.Evidence, string) {
	if e.Part == "" {
		e.Part = summarize.PartText
	}
	whole, ok := c.part(e.Part)
	if !ok {
		return e, "points at no part of the article"
	}
	if len(e.Text) > maxEvidence {
		return e, "its evidence is too long"
	}
	if !(0 <= e.Start && e.Start < e.End && e.End <= len(whole) && whole[e.Start:e.End] == e.Text) {
		start, end, ok := Find(whole, e.Text)
		if !ok && e.Part == summarize.PartText {
			if s, t, inTitle := Find(c.article.Title, e.Text); inTitle {
				e.Part, whole, start, end, ok = summarize.PartTitle, c.article.Title, s, t, true
			}
		}
		if !ok {
			return e, "its evidence is not in the article"
		}
		e.Start, e.End, e.Text = start, end, whole[start:end]
	}
	if !utf8.ValidString(e.Text) || !hasWord(e.Text) {
		return e, "its evidence is no text"
	}
	if c.isBarred(e.Part, e.Start, e.End) || Instruction(e.Text) {
		return e, "its evidence speaks to the machine that reads it"
	}
	e.ArticleID = c.article.ID
	if c.hash[e.Part] == "" {
		c.hash[e.Part] = fmt.Sprintf("%016x", xxhash.Sum64String(whole))
	}
	e.Hash = c.hash[e.Part]
	return e, ""
}

func (c *checker) isBarred(p summarize.Part, start, end int) bool {
	if p != summarize.PartText {
		return false
	}
	for _, b := range c.barred {
		if start < b.End && end > b.Start {
			return true
		}
	}
	return false
}

// actors checks the actors with their mentions and roles, and returns the new
// index of each, -1 for those that were dropped.
func (c *checker) actors(brief summarize.Brief, out *summarize.Brief) []int {
	index := make([]int, len(brief.Actors))
	out.Actors = make([]summarize.Actor, 0, len(brief.Actors))
	for i, a := range brief.Actors {
		index[i] = -1
		name := strings.TrimSpace(a.Name)
		if name == "" || len(name) > maxName || !Plain(name) || !hasWord(name) {
			c.drop("actor", a.Name, "is no name")
			continue
		}
		if len(out.Actors) == maxActors {
			c.drop("actor", a.Name, "one too many")
			continue
		}
		switch a.Type {
		case summarize.Person, summarize.Org, summarize.Place:
		default:
			c.drop("actor", a.Name, "is neither person, organisation nor place")
			continue
		}
		given := a.Mentions
		a.Mentions = make([]summarize.Mention, 0, len(given))
		named := false
		for _, m := range given {
			whole, ok := c.part(m.Part)
			if !ok || m.Start < 0 || m.End > len(whole) || m.Start >= m.End || whole[m.Start:m.End] != m.Text || c.isBarred(m.Part, m.Start, m.End) || !utf8.ValidString(m.Text) {
				continue
			}
			if m.Titled != "" && !strings.HasSuffix(whole[:m.End], m.Titled) {
				m.Titled = ""
			}
			named = named || !m.Descriptive && m.Text == name
			a.Mentions = append(a.Mentions, m)
		}
		if !named {
			for _, m := range Mentions(c.article, name) {
				if !c.isBarred(m.Part, m.Start, m.End) {
					if !named {
						name, named = m.Text, true
					}
					a.Mentions = append(a.Mentions, m)
				}
			}
		}
		if !named {
			c.drop("actor", a.Name, "is not named in the article")
			continue
		}
		a.Name = name
		index[i] = len(out.Actors)
		out.Actors = append(out.Actors, a)
	}
	// Roles are checked when all names are known: another's name in between tells.
	for i := range out.Actors {
		a := &out.Actors[i]
		given := a.Roles
		a.Roles = nil
		for _, r := range given {
			checked, reason := c.role(r, i, out.Actors)
			if reason != "" {
				c.drop("role", a.Name+": "+r.Text, reason)
				continue
			}
			a.Roles = append(a.Roles, checked)
		}
	}
	return index
}

// role checks one role of one of the actors.
func (c *checker) role(r summarize.Role, of int, actors []summarize.Actor) (summarize.Role, string) {
	r.Text = strings.TrimSpace(r.Text)
	if r.Text == "" || len(r.Text) > maxRoleText || !Plain(r.Text) {
		return r, "is no role"
	}
	e, reason := c.ground(r.Evidence)
	if reason != "" {
		return r, reason
	}
	r.Evidence = e
	ev, ro := words(e.Text), words(r.Text)
	// The role's words stand in the evidence, in their order.
	at, ok := align(ro, ev)
	if !ok {
		return r, "its words are not in the evidence"
	}
	// … and so does the actor: by name, or by a description linked to it.
	spanStart, spanEnd := at[0], at[len(at)-1]
	best := -1
	var bestFrom, bestTo int
	for _, form := range actors[of].Forms() {
		fw := words(form)
		for _, from := range occurrences(fw, ev) {
			to := from + len(fw)
			gap := 0
			if to <= spanStart {
				gap = spanStart - to
			} else if from > spanEnd {
				gap = from - spanEnd
			}
			if best < 0 || gap < best {
				best, bestFrom, bestTo = gap, from, to
			}
		}
	}
	if best < 0 {
		return r, "its evidence doesn't name the actor"
	}
	if best > 40 {
		return r, "stands too far from the actor's name"
	}
	lo, hi := bestTo, spanStart
	if bestFrom > spanEnd {
		lo, hi = spanEnd+1, bestFrom
	}
	for k := lo; k < hi; k++ {
		switch ev[k].low {
		case "not", "n't", "never", "denied", "denies", "nicht", "nie", "pas", "jamais", "nunca", "não", "mai":
			return r, "the evidence denies it"
		case "longer":
			r.Status = summarize.RoleFormer
		}
	}
	// Another person's name nearer to the role's words: it is theirs.
	if hi > lo && !plural(ev, at) {
		for j := range actors {
			if j == of || actors[j].Type != summarize.Person || actors[of].Type != summarize.Person {
				continue
			}
			for _, from := range occurrences(words(actors[j].Name), ev[lo:hi]) {
				after := lo + from
				if bestTo <= spanStart && spanStart-after < 8 && !possessor(ev, after+len(words(actors[j].Name))) && !relativeBetween(ev[bestTo:after]) {
					return r, "stands next to another's name"
				}
			}
		}
	}
	return r, ""
}

func possessor(ev []word, i int) bool {
	return i < len(ev) && (ev[i].text == "'s" || ev[i].text == "’s")
}

// relativeBetween reports that the name in between belongs to a clause about the
// actor, whose role it still is: "who was Roe's deputy", "joined Ann Roe as …".
func relativeBetween(ws []word) bool {
	for _, w := range ws {
		switch w.low {
		case "who", "as", "and", "by", "with", "of", "for", "from", "replaces", "replaced", "replace", "succeeds", "succeeded", "succeed":
			return true
		}
	}
	return false
}

// plural reports that the role speaks of several: its names stand in a list.
func plural(ev []word, at []int) bool {
	for _, i := range at {
		if w := ev[i].low; len(w) > 3 && (strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "men")) {
			return true
		}
	}
	return false
}

// occurrences finds a run of words in others.
func occurrences(needle, hay []word) []int {
	var out []int
	if len(needle) == 0 {
		return nil
	}
	for i := 0; i+len(needle) <= len(hay); i++ {
		same := true
		for k := range needle {
			if hay[i+k].low != needle[k].low {
				same = false
				break
			}
		}
		if same {
			out = append(out, i)
		}
	}
	return out
}

// Mentions returns where the article names something: whole words, its own
// spelling.
func Mentions(article *feeds.Article, name string) []summarize.Mention {
	var out []summarize.Mention
	for _, part := range []summarize.Part{summarize.PartText, summarize.PartTitle} {
		whole := article.Text
		if part == summarize.PartTitle {
			whole = article.Title
		}
		from := 0
		for len(out) < 64 {
			start, end, ok := Find(whole[from:], name)
			if !ok {
				break
			}
			start, end = start+from, end+from
			first, _ := utf8.DecodeRuneInString(whole[start:])
			if unicode.IsUpper(first) || !unicode.IsLetter(first) || !strings.ContainsFunc(name, unicode.IsUpper) || unicode.In(first, unicode.Han, unicode.Arabic, unicode.Hebrew) || !cased(first) || strings.ContainsRune(name, first) {
				out = append(out, summarize.Mention{Text: whole[start:end], Part: part, Start: start, End: end})
			}
			from = end
		}
	}
	return out
}

func cased(r rune) bool { return unicode.ToUpper(r) != r || unicode.ToLower(r) != r }

func (c *checker) developments(brief summarize.Brief, out *summarize.Brief, index []int) {
	out.Developments = make([]summarize.Development, 0, len(brief.Developments))
	for _, d := range brief.Developments {
		said := strings.TrimSpace(d.Text)
		reason := ""
		switch {
		case said == "" || len(said) > maxDevelopmentText:
			reason = "is no line"
		case !Plain(said):
			reason = "holds a link, a mention, markup or control characters"
		case Instruction(said):
			reason = "speaks to the machine that reads it"
		case len(out.Developments) == maxClaims:
			reason = "one too many"
		}
		if reason == "" {
			d.Evidence, reason = c.ground(d.Evidence)
		}
		if reason == "" {
			if ok, why := Carries(d.Evidence.Text, said); !ok {
				reason = why
			}
		}
		if reason == "" && !c.quotesStand(said, d.Evidence.Text) {
			reason = "what it quotes is not so in the evidence"
		}
		if reason != "" {
			c.drop("development", d.Text, reason)
			continue
		}
		d.Text = said
		d.Actors = remap(d.Actors, index)
		out.Developments = append(out.Developments, d)
	}
}

func remap(actors, index []int) []int {
	var out []int
	for _, a := range actors {
		if a >= 0 && a < len(index) && index[a] >= 0 {
			out = append(out, index[a])
		}
	}
	return out
}

// quotesStand checks that what a line has in quotation marks is a substring of
// the evidence, marks, spaces and case apart from the spelling.
func (c *checker) quotesStand(line, evidence string) bool {
	for _, pair := range [][2]string{{"“", "”"}, {"\"", "\""}, {"«", "»"}, {"„", "“"}} {
		rest := line
		for {
			_, after, ok := strings.Cut(rest, pair[0])
			if !ok {
				break
			}
			inner, next, ok := strings.Cut(after, pair[1])
			if !ok {
				break
			}
			if hasWord(inner) && !strings.Contains(evidence, strings.TrimSpace(inner)) {
				return false
			}
			rest = next
		}
	}
	return true
}

func (c *checker) quotes(brief summarize.Brief, out *summarize.Brief, index []int) {
	out.Quotes = make([]summarize.Quote, 0, len(brief.Quotes))
	for _, q := range brief.Quotes {
		reason := ""
		if len(out.Quotes) == maxClaims {
			reason = "one too many"
		}
		if q.Evidence.Text == "" {
			q.Evidence.Text = q.Text
		}
		if reason == "" {
			q.Evidence, reason = c.ground(q.Evidence)
		}
		if reason == "" {
			switch {
			case q.Text == "" || !strings.Contains(q.Evidence.Text, q.Text):
				// What a model typed with other marks is the article's own words.
				if s, e, ok := Find(q.Evidence.Text, q.Text); ok {
					q.Text = q.Evidence.Text[s:e]
				} else {
					reason = "is not so in the article"
				}
			case !Plain(q.Text):
				reason = "holds a link, a mention, markup or control characters"
			}
		}
		if reason == "" {
			whole, _ := c.part(q.Evidence.Part)
			at := q.Evidence.Start + strings.Index(q.Evidence.Text, q.Text)
			if !marked(whole, at, at+len(q.Text)) {
				reason = "does not stand in quotation marks"
			}
		}
		if reason != "" {
			c.drop("quote", q.Text, reason)
			continue
		}
		if q.Speaker < 0 || q.Speaker >= len(index) {
			q.Speaker = -1
		} else {
			q.Speaker = index[q.Speaker]
		}
		out.Quotes = append(out.Quotes, q)
	}
}

// marked reports that a span stands within quotation marks of its paragraph.
func marked(s string, start, end int) bool {
	from := strings.LastIndex(s[:start], "\n\n") + 1
	to := len(s)
	if i := strings.Index(s[end:], "\n\n"); i >= 0 {
		to = end + i
	}
	before, after := s[from:start], s[end:to]
	const openers = "“„«»\"‘‚'‹"
	i := strings.LastIndexAny(before, "“„«»\"‘‚'‹”")
	if i < 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(before[i:])
	if !strings.ContainsRune(openers, r) {
		return false
	}
	if strings.TrimSpace(after) == "" {
		return true
	}
	return strings.ContainsAny(after, "”“»«\"’'›")
}
