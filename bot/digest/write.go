package digest

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"sitrep/bot"
	"sitrep/summarize"
)

// Options of Write.
type Options struct {
	Width  int  // columns, 0 = 80
	Colour bool // ANSI colours and links
}

// Write renders a digest for a terminal, as the channel would read it.
func Write(w io.Writer, d bot.Digest, o Options) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 30)
	p := printer{Options: o}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	p.line("", p.style(bold, orElse(d.Title, "Digest")))
	p.line("", p.style(dim, fmt.Sprintf("%s – %s", stamp(d.Since, d.Until, zone), d.Until.In(zone).Format("Mon 2 Jan 15:04 MST"))))
	if d.Late {
		p.line("", p.style(dim, "Late: the bot was down when it was due."))
	}
	if len(d.Items) == 0 {
		p.blank()
		p.line("", "Nothing new.")
	}
	if len(d.BottomLine) > 0 {
		p.blank()
		p.line("", p.style(bold, "In short"))
		for _, l := range d.BottomLine {
			p.wrap("  ", "  ", plain(l.Text))
		}
	}
	for i, item := range d.Items {
		p.blank()
		p.item(i+1, item, d.Until)
	}
	p.blank()
	p.wrap("", "", p.footer(d))
	_, err = io.WriteString(w, p.b.String())
	return err
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func stamp(since, until time.Time, zone *time.Location) string {
	if since.In(zone).Format(time.DateOnly) == until.In(zone).Format(time.DateOnly) {
		return since.In(zone).Format("15:04")
	}
	return since.In(zone).Format("Mon 2 Jan 15:04")
}

const (
	bold   = "1"
	dim    = "2"
	yellow = "33"
	cyan   = "36"
)

type printer struct {
	Options
	b strings.Builder
}

func (p *printer) style(code, s string) string {
	if !p.Colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) blank()            { p.b.WriteByte('\n') }
func (p *printer) line(in, s string) { p.b.WriteString(in + s + "\n") }

// wrap prints words in the width, the first line and the following ones
// indented. Styles are not counted: s is plain.
func (p *printer) wrap(first, rest, s string) { p.wrapStyled(first, rest, s, "") }

func (p *printer) wrapStyled(first, rest, s, code string) {
	indent := first
	used := 0
	var line strings.Builder
	flush := func() {
		text := line.String()
		if code != "" {
			text = p.style(code, text)
		}
		p.line(indent, text)
		indent = rest
		line.Reset()
		used = 0
	}
	for _, word := range strings.Fields(s) {
		n := runewidth.StringWidth(word)
		if used > 0 && runewidth.StringWidth(indent)+used+1+n > p.Width {
			flush()
		}
		if used > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += n
	}
	if used > 0 {
		flush()
	}
}

// plain makes outside text safe for a terminal: no control characters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x061c || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0xfeff:
			return -1
		}
		return r
	}, s)
}

func (p *printer) item(n int, item bot.Item, now time.Time) {
	head := fmt.Sprintf("%d. ", n)
	pad := strings.Repeat(" ", len(head))
	p.wrapStyled(head, pad, plain(item.Headline), bold)
	p.wrapStyled(pad, pad, support(item, now), dim)
	if item.LeadOnly {
		p.wrapStyled(pad, pad, "Headline only: nothing else could be traced to the text.", dim)
	}
	for _, l := range item.Lines {
		text := plain(l.Text)
		if l.Changed {
			text = "Updated: " + text
		}
		p.wrap(pad+"• ", pad+"  ", text)
		if l.Changed && l.Was != "" {
			p.wrapStyled(pad+"  ", pad+"  ", "Before: "+plain(l.Was), dim)
		}
		p.wrapStyled(pad+"  ", pad+"  ", sources(l.Sources), cyan)
	}
	if item.Background != nil && item.Background.Text != "" {
		p.wrapStyled(pad, pad, "Background: "+plain(item.Background.Text), dim)
	}
	if len(item.Who) > 0 {
		var who []string
		for _, a := range item.Who {
			s := plain(a.Name)
			if a.Role != "" {
				s += " (" + plain(a.Role) + ")"
			}
			who = append(who, s)
		}
		p.wrap(pad+"Who: ", pad+"  ", strings.Join(who, "; "))
	}
	for _, d := range item.Disputes {
		p.wrapStyled(pad, pad+"  ", Disputed(d), yellow)
	}
}

func support(item bot.Item, now time.Time) string {
	s := "1 publisher"
	if item.Publishers != 1 {
		s = fmt.Sprintf("%d publishers", item.Publishers)
	}
	if !item.FirstSeenAt.IsZero() {
		s += ", first seen " + ago(now.Sub(item.FirstSeenAt))
	}
	if item.State == bot.ItemUpdated {
		s = "update · " + s
	}
	if item.Topic != "" {
		s = plain(item.Topic) + " · " + s
	}
	return s
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

func sources(list []summarize.Source) string {
	var names []string
	seen := map[string]bool{}
	for _, s := range list {
		name := plain(s.Publisher)
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	const most = 4
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// Disputed says a dispute in one line: "Disputed: dead – 12 (A, B) or 17 (C)".
func Disputed(d summarize.Dispute) string {
	var parts []string
	for _, v := range d.Values {
		names := strings.Trim(sources(v.Sources), "[]")
		parts = append(parts, fmt.Sprintf("%s (%s)", plain(v.Value), names))
	}
	return "Disputed: " + plain(d.Field) + " – " + strings.Join(parts, " or ")
}

func (p *printer) footer(d bot.Digest) string {
	parts := []string{count(d.Feeds.Read, "feed") + " read"}
	if d.Feeds.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", d.Feeds.Failed))
	}
	parts = append(parts, count(d.Feeds.Articles, "article"))
	stories := "1 story"
	if d.Shown != 1 {
		stories = fmt.Sprintf("%d stories", d.Shown)
	}
	parts = append(parts, stories+" shown")
	if n := len(d.LeftOut); n > 0 {
		parts = append(parts, fmt.Sprintf("%d left out", n))
	}
	return strings.Join(parts, " · ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
