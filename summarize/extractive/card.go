package extractive

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// CardOptions say how WriteCard draws.
type CardOptions struct {
	Width   int  // columns, 0 for 80
	Colour  bool // ANSI colours
	Explain bool // where each line comes from, and what ranked it there
}

// WriteCard writes a brief for a terminal, as an editor's card: the headline, who
// acts in it and in which role, what happened with the evidence numbered below,
// and what was said. It writes no markup and no control characters but those of
// its own colours.
func WriteCard(w io.Writer, article *feeds.Article, brief summarize.Brief, o CardOptions) error {
	c := card{o: o}
	if c.o.Width <= 0 {
		c.o.Width = 80
	}
	c.o.Width = max(40, c.o.Width)
	c.head(article, brief)
	c.who(brief)
	c.what(article, brief)
	c.said(brief)
	if o.Explain {
		c.why(brief)
	}
	_, err := io.WriteString(w, c.b.String())
	return err
}

type card struct {
	b strings.Builder
	o CardOptions
}

const (
	bold  = "1"
	dim   = "2"
	amber = "33"
	blue  = "36"
)

func (c *card) paint(code, s string) string {
	if !c.o.Colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// safe makes a text of the article fit for a terminal: one line, no controls.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// wrapped writes a text in lines of the card's width, the first after lead, the
// others below it.
func (c *card) wrapped(lead, s, code string) {
	indent := runewidth.StringWidth(lead)
	width := c.o.Width - indent
	line, length := "", 0
	first := true
	flush := func() {
		if first {
			c.b.WriteString(lead)
		} else {
			c.b.WriteString(strings.Repeat(" ", indent))
		}
		c.b.WriteString(c.paint(code, line))
		c.b.WriteByte('\n')
		first, line, length = false, "", 0
	}
	for _, word := range strings.Fields(s) {
		n := runewidth.StringWidth(word)
		for n > width { // a word wider than the card
			if length > 0 {
				flush()
			}
			cut := runewidth.Truncate(word, width, "")
			if cut == "" {
				break
			}
			line, word = cut, word[len(cut):]
			flush()
			n = runewidth.StringWidth(word)
		}
		if length > 0 && length+1+n > width {
			flush()
		}
		if length > 0 {
			line += " "
			length++
		}
		line += word
		length += n
	}
	if length > 0 || first {
		flush()
	}
}

func (c *card) section(name string) {
	c.b.WriteByte('\n')
	c.b.WriteString(c.paint(amber, strings.ToUpper(name)))
	c.b.WriteByte('\n')
}

func (c *card) head(article *feeds.Article, brief summarize.Brief) {
	rule := strings.Repeat("─", c.o.Width)
	c.b.WriteString(c.paint(dim, rule) + "\n")
	if headline := safe(brief.Headline); headline != "" {
		c.wrapped("", headline, bold)
	}
	var from []string
	if p := safe(article.Publisher); p != "" {
		from = append(from, p)
	}
	if !article.PublishedAt.IsZero() {
		from = append(from, article.PublishedAt.UTC().Format("2 January 2006, 15:04 MST"))
	}
	if brief.Lang != "" && brief.Lang != "en" && brief.Lang != "und" {
		from = append(from, "in "+languageName(brief.Lang))
	}
	if len(from) > 0 {
		c.wrapped("", strings.Join(from, " · "), dim)
	}
	if brief.Headline == "" && len(from) == 0 {
		return // a text without a head
	}
	c.b.WriteString(c.paint(dim, rule) + "\n")
}

func languageName(lang string) string {
	switch lang {
	case "es":
		return "Spanish"
	case "fr":
		return "French"
	case "de":
		return "German"
	case "pt":
		return "Portuguese"
	case "it":
		return "Italian"
	}
	return lang
}

// shownRole returns the roles of an actor for one line, the most telling first.
func shownRole(a summarize.Actor) string {
	var roles []string
	for _, r := range a.Roles {
		t := safe(r.Text)
		doubled := false
		for i, have := range roles {
			if strings.Contains(text.Fold(have), text.Fold(t)) {
				doubled = true
			} else if strings.Contains(text.Fold(t), text.Fold(have)) {
				roles[i], doubled = t, true
			}
		}
		if !doubled {
			roles = append(roles, t)
		}
	}
	if len(roles) > 2 {
		roles = roles[:2]
	}
	return strings.Join(roles, "; ")
}

func (c *card) who(brief summarize.Brief) {
	var lines []summarize.Actor
	var places, others []string
	for _, a := range brief.Actors {
		switch {
		case a.Type == summarize.Place:
			places = append(places, safe(a.Name))
		case a.Key || len(a.Roles) > 0 && len(lines) < 8:
			lines = append(lines, a)
		default:
			others = append(others, safe(a.Name))
		}
	}
	if len(lines)+len(others)+len(places) == 0 {
		return
	}
	c.section("Who")
	for _, a := range lines {
		mark := "  "
		if a.Key {
			mark = "• "
		}
		line := safe(a.Name)
		if role := shownRole(a); role != "" {
			line += ", " + role
		}
		c.wrapped(mark, line, "")
	}
	if len(others) > 0 {
		c.wrapped("  also: ", strings.Join(others[:min(len(others), 10)], ", "), dim)
	}
	if len(places) > 0 {
		c.wrapped("  where: ", strings.Join(places[:min(len(places), 8)], ", "), dim)
	}
}

func (c *card) what(article *feeds.Article, brief summarize.Brief) {
	if len(brief.Developments) == 0 {
		return
	}
	if brief.LeadOnly {
		c.section("The article begins")
	} else {
		c.section("What happened")
	}
	for i, d := range brief.Developments {
		line := safe(d.Text)
		if !d.EventAt.IsZero() {
			line += " (" + day(d.EventAt, article.PublishedAt) + ")"
		}
		c.wrapped(fmt.Sprintf("%2d. ", i+1), line, "")
	}
	var notes []string
	for i, d := range brief.Developments {
		if text.Fold(d.Text) != text.Fold(d.Evidence.Text) {
			notes = append(notes, fmt.Sprintf("%d", i+1))
		}
	}
	if len(notes) > 0 {
		c.b.WriteByte('\n')
		c.wrapped("", "Shortened; the article's words:", dim)
		for i, d := range brief.Developments {
			if text.Fold(d.Text) != text.Fold(d.Evidence.Text) {
				c.wrapped(fmt.Sprintf("[%d] ", i+1), safe(d.Evidence.Text), dim)
			}
		}
	}
}

func day(at, published time.Time) string {
	if at.Year() == published.Year() || published.IsZero() {
		return at.Format("Mon 2 Jan")
	}
	return at.Format("2 Jan 2006")
}

func (c *card) said(brief summarize.Brief) {
	if len(brief.Quotes) == 0 {
		return
	}
	c.section("Said")
	for _, q := range brief.Quotes {
		who := "speaker not stated"
		if q.Speaker >= 0 && q.Speaker < len(brief.Actors) {
			who = safe(brief.Actors[q.Speaker].Name)
		}
		c.wrapped("  ", "“"+strings.TrimRight(safe(q.Text), ",")+"” — "+who, "")
	}
}

// why tells where each line comes from: evidence spans and what ranked a
// development where it stands.
func (c *card) why(brief summarize.Brief) {
	c.section("Where it comes from")
	for _, e := range Explain(brief) {
		c.wrapped("  ", e.Claim, "")
		c.wrapped("      ", e.From, blue)
		if len(e.Why) > 0 {
			c.wrapped("      ", strings.Join(e.Why, "; "), dim)
		}
	}
}

// An Explanation tells where one line of a brief comes from.
type Explanation struct {
	Claim string   `json:"claim"`
	From  string   `json:"from"` // part, bytes and words of the evidence
	Why   []string `json:"why,omitempty"`
}

// Explain lists, for every line of a brief, the evidence it stands on and why it
// stands where it does.
func Explain(brief summarize.Brief) []Explanation {
	var out []Explanation
	at := func(e summarize.Evidence) string {
		return fmt.Sprintf("%s, bytes %d–%d: %s", e.Part, e.Start, e.End, safe(e.Text))
	}
	for _, a := range brief.Actors {
		if a.Type == summarize.Place || !a.Key && len(a.Roles) == 0 {
			continue
		}
		why := []string{fmt.Sprintf("salience %.2f", a.Salience), fmt.Sprintf("mentioned %d times", len(a.Mentions))}
		if a.Key {
			why = append(why, "key actor")
		}
		first := ""
		if len(a.Mentions) > 0 {
			m := a.Mentions[0]
			first = at(summarize.Evidence{Part: m.Part, Start: m.Start, End: m.End, Text: m.Text})
		}
		out = append(out, Explanation{Claim: safe(a.Name), From: first, Why: why})
		for _, r := range a.Roles {
			e := Explanation{Claim: safe(a.Name) + ": " + safe(r.Text), From: at(r.Evidence)}
			if r.Status != "" {
				e.Why = []string{string(r.Status)}
			}
			out = append(out, e)
		}
	}
	for i, d := range brief.Developments {
		out = append(out, Explanation{Claim: fmt.Sprintf("%d. %s", i+1, safe(d.Text)), From: at(d.Evidence), Why: append([]string{fmt.Sprintf("weight %.2f", d.Weight)}, d.Why...)})
	}
	for _, q := range brief.Quotes {
		who := "speaker not stated"
		if q.Speaker >= 0 && q.Speaker < len(brief.Actors) {
			who = safe(brief.Actors[q.Speaker].Name)
		}
		out = append(out, Explanation{Claim: "“" + safe(q.Text) + "” — " + who, From: at(q.Evidence)})
	}
	return out
}
