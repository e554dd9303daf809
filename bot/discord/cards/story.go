package cards

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// Story draws a story's timeline: its developments in time with their sources,
// what is disputed, what was said, and by whom.
func Story(p *locale.Printer, s summarize.Story, quotes []bot.QuoteBy, topic string, tools Tools) []Message {
	colour := Colour(topic)
	head := []markdown.Text{"## " + headline(p, s.Headline),
		small(markdown.Join(" · ", support(p, s.Publishers), p.N("card.story.articles", len(s.Articles)),
			since(p, s.FirstSeenAt), updated(p, s.UpdatedAt, s.FirstSeenAt)))}
	l := layout{
		colour: colour,
		header: []Component{textWithImage(s.ImageURL, s.Headline, head...)},
		cont: func(part int) Component {
			return text(small(p.T("card.continued", "Title", headline(p, s.Headline), "Part", part+1)))
		},
	}
	add := func(lines ...markdown.Text) {
		l.blocks = append(l.blocks, block{colour: colour, item: -1, components: []Component{text(lines...)}})
	}
	if lines := timeline(p, s); len(lines) > 0 {
		for i, chunk := range chunks(lines, 6) {
			if i == 0 {
				chunk = append([]markdown.Text{bold(p.T("card.story.timeline"))}, chunk...)
			}
			add(chunk...)
		}
	} else {
		b := &budget{left: 1200}
		add(p.T("card.lead_only"), sources(p, articleSources(s), b))
	}
	b := &budget{left: 900}
	var differ []markdown.Text
	for _, d := range s.Disputes {
		if len(d.Values) > 1 && len(differ) < 4 {
			t := p.T("card.differ_short", "Field", bold(fieldName(p, d.Field)), "Values", disputed(d, b))
			if !d.Open {
				t += " " + p.T("card.settled")
			}
			differ = append(differ, bullet(t))
		}
	}
	if len(differ) > 0 {
		add(append([]markdown.Text{bold(p.T("card.story.disputes"))}, differ...)...)
	}
	if w := who(p, s.Actors, 5, &budget{left: 700}); w != "" {
		add(bold(p.T("card.story.who")), w)
	}
	if lines := quoteLines(p, quotes, 4, true); len(lines) > 0 {
		add(append([]markdown.Text{bold(p.T("card.story.quotes"))}, lines...)...)
	}
	parts := l.pack()
	last := len(parts) - 1
	actions := storyActions(p, s.ID, false, tools)
	if m := parts[last].With(actions...); measure(m.Components...).fits() {
		parts[last] = m
		return parts
	}
	return append(parts, Message{Components: actions})
}

func since(p *locale.Printer, at time.Time) markdown.Text {
	if at.IsZero() {
		return ""
	}
	return p.T("card.first_seen", "At", at)
}

// timeline are the developments in time, the newest first; withdrawn ones say so.
func timeline(p *locale.Printer, s summarize.Story) []markdown.Text {
	devs := slices.Clone(s.Developments)
	slices.SortStableFunc(devs, func(a, b summarize.StoryDevelopment) int { return moment(b).Compare(moment(a)) })
	if len(devs) > 24 {
		devs = devs[:24]
	}
	var out []markdown.Text
	day := ""
	for _, d := range devs {
		if at := moment(d); !at.IsZero() && at.UTC().Format(time.DateOnly) != day {
			day = at.UTC().Format(time.DateOnly)
			out = append(out, small(markdown.Time(at, "D")))
		}
		b := &budget{left: 330}
		t := markdown.EscapeCut(d.Text, 260)
		if d.Withdrawn {
			t = p.T("card.withdrawn", "Text", t)
		} else if d.Was != "" {
			t = p.T("card.changed", "Text", t, "Was", markdown.EscapeCut(d.Was, 120))
		}
		if src := sources(p, d.Sources, b); src != "" {
			t += " (" + src + ")"
		}
		out = append(out, bullet(markdown.Join(" ", markdown.Time(moment(d), "t"), t)))
	}
	return out
}

// moment is when a development belongs in time: when its first source published
// it, which may be long before it was read here.
func moment(d summarize.StoryDevelopment) time.Time {
	if !d.ChangedAt.IsZero() && d.Was != "" {
		return d.ChangedAt
	}
	var first time.Time
	for _, s := range d.Sources {
		if !s.At.IsZero() && (first.IsZero() || s.At.Before(first)) {
			first = s.At
		}
	}
	if !first.IsZero() && (d.FirstSeenAt.IsZero() || first.Before(d.FirstSeenAt)) {
		return first
	}
	if !d.FirstSeenAt.IsZero() {
		return d.FirstSeenAt
	}
	return d.EventAt
}

func chunks[T any](list []T, n int) [][]T {
	var out [][]T
	for len(list) > n {
		out = append(out, slices.Clone(list[:n]))
		list = list[n:]
	}
	if len(list) > 0 {
		out = append(out, slices.Clone(list))
	}
	return out
}

// quoteLines draws quotations, with their outlet and day.
func quoteLines(p *locale.Printer, quotes []bot.QuoteBy, limit int, short bool) []markdown.Text {
	length := 400
	if short {
		length = 220
	}
	var out []markdown.Text
	for i, q := range quotes {
		if i == limit {
			break
		}
		b := &budget{left: 350}
		out = append(out, bullet(p.T("card.quote", "Text", markdown.EscapeCut(quoted(q.Text), length),
			"By", b.link(summarize.Source{URL: q.URL, Publisher: q.Publisher}), "At", markdown.Time(q.At, "D"))))
	}
	return out
}

// quoted is a quotation without the comma that led on to its speaker.
func quoted(s string) string { return strings.TrimRight(s, commas) }

// unled drops the comma inside a closing mark that nothing follows: the speaker
// that it led on to was cut away.
func unled(s string) string {
	trimmed := strings.TrimRight(s, spaces)
	last, size := utf8.DecodeLastRuneInString(trimmed)
	if size == 0 || !strings.ContainsRune(closers, last) {
		return s
	}
	inside := trimmed[:len(trimmed)-size]
	kept := strings.TrimRight(inside, commas)
	if strings.TrimRight(inside, spaces) == kept {
		return s
	}
	gap := inside[len(strings.TrimRight(inside, spaces)):] // French sets a space before its mark
	return kept + gap + string(last)
}

const (
	spaces  = " \t\u00a0\u202f\u3000"
	commas  = spaces + ",;،؛，、；"
	closers = "”\"“’'»«›‹」』＂"
)

// Quotes draws what an actor is quoted with.
func Quotes(p *locale.Printer, name, topic string, quotes []bot.QuoteBy) []Message {
	title := p.T("card.quotes.title", "Name", markdown.EscapeCut(name, 80))
	about := markdown.Text("")
	if topic != "" {
		about = small(p.T("card.list.topic", "Topic", markdown.EscapeCut(topic, 100)))
	}
	l := layout{colour: Colour(name), header: []Component{text("## "+title, about)},
		cont: func(part int) Component { return text(small(p.T("card.continued", "Title", title, "Part", part+1))) }}
	lines := quoteLines(p, quotes, 20, false)
	for _, chunk := range chunks(lines, 3) {
		l.blocks = append(l.blocks, block{colour: l.colour, item: -1, components: []Component{text(chunk...)}})
	}
	if len(lines) == 0 {
		l.header = append(l.header, text(p.T("card.quotes.none")))
	}
	return l.pack()
}

// Between draws the dated, cited actions that two actors share.
func Between(p *locale.Printer, a, b string, lines []bot.Line) []Message {
	title := p.T("card.between.title", "A", markdown.EscapeCut(a, 60), "B", markdown.EscapeCut(b, 60))
	l := layout{colour: Colour(a), header: []Component{text("## " + title)},
		cont: func(part int) Component { return text(small(p.T("card.continued", "Title", title, "Part", part+1))) }}
	for _, chunk := range chunks(datedLines(p, lines, 20), 3) {
		l.blocks = append(l.blocks, block{colour: l.colour, item: -1, components: []Component{text(chunk...)}})
	}
	if len(lines) == 0 {
		l.header = append(l.header, text(p.T("card.between.none")))
	}
	return l.pack()
}

// datedLines draws lines with the day of their first source before them.
func datedLines(p *locale.Printer, lines []bot.Line, limit int) []markdown.Text {
	var out []markdown.Text
	for i, l := range lines {
		if i == limit {
			break
		}
		var at markdown.Text
		if len(l.Sources) > 0 {
			at = markdown.Time(l.Sources[0].At, "D")
		}
		t := line(p, l, &budget{left: 400})
		if at != "" {
			t = at + ": " + t
		}
		out = append(out, bullet(t))
	}
	return out
}
