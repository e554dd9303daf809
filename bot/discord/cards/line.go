package cards

import (
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// Lengths of the parts of a story, as sent: they keep the largest story within
// one message, whatever is in it.
const (
	maxHeadline  = 200
	maxLine      = 320
	maxSmall     = 200
	maxPublisher = 40
	maxStory     = 3400 // a story with its links
	maxLinks     = 3    // sources named a line
)

// A budget is the characters that are left for links: where one doesn't fit, the
// publisher is named without it.
type budget struct{ left int }

func (b *budget) link(s summarize.Source) markdown.Text {
	name := publisher(s)
	linked := markdown.Link(name, s.URL, maxPublisher)
	if n := markdown.Len(linked); n <= b.left {
		b.left -= n
		return linked
	}
	return markdown.EscapeCut(name, maxPublisher)
}

func publisher(s summarize.Source) string {
	if s.Publisher != "" {
		return s.Publisher
	}
	if _, rest, ok := strings.Cut(s.URL, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return strings.TrimPrefix(host, "www.")
	}
	return "?"
}

// sources names up to maxLinks sources, each publisher once, and how many more there are.
func sources(p *locale.Printer, list []summarize.Source, b *budget) markdown.Text {
	var out []markdown.Text
	seen, more := map[string]bool{}, 0
	for _, s := range list {
		key := publisher(s)
		if seen[key] {
			continue
		}
		seen[key] = true
		if len(out) == maxLinks {
			more++
			continue
		}
		out = append(out, b.link(s))
	}
	if more > 0 {
		out = append(out, p.T("card.more_sources", "Count", more))
	}
	return markdown.Join(" · ", out...)
}

// line draws one statement with its sources.
func line(p *locale.Printer, l bot.Line, b *budget) markdown.Text {
	t := markdown.EscapeCut(unled(l.Text), maxLine)
	if l.Changed && l.Was != "" {
		t = p.T("card.changed", "Text", t, "Was", markdown.EscapeCut(unled(l.Was), maxSmall))
	}
	if s := sources(p, l.Sources, b); s != "" {
		t += " (" + s + ")"
	}
	return t
}

func bullet(t markdown.Text) markdown.Text {
	if t == "" {
		return ""
	}
	return "- " + t
}

// dispute says that sources differ on a figure, and who says what.
func dispute(p *locale.Printer, d summarize.Dispute, b *budget) markdown.Text {
	return p.T("card.differ", "Field", fieldName(p, d.Field), "Values", disputed(d, b))
}

func disputed(d summarize.Dispute, b *budget) markdown.Text {
	var values []markdown.Text
	for i, v := range d.Values {
		if i == 4 {
			values = append(values, "…")
			break
		}
		t := bold(markdown.EscapeCut(v.Value, 40))
		if len(v.Sources) > 0 {
			t += " (" + b.link(v.Sources[0]) + ")"
		}
		values = append(values, t)
	}
	return markdown.Join(" · ", values...)
}

func fieldName(p *locale.Printer, field string) markdown.Text {
	key := "field." + strings.ReplaceAll(field, " ", "_")
	if p.Has(key) {
		return p.T(key)
	}
	return markdown.EscapeCut(field, 40)
}

// who names the actors of a story with their roles as stated.
func who(p *locale.Printer, actors []summarize.StoryActor, limit int, b *budget) markdown.Text {
	var out []markdown.Text
	for _, a := range actors {
		if len(out) == limit {
			break
		}
		if a.Type == summarize.Place || a.Name == "" {
			continue
		}
		t := bold(markdown.EscapeCut(a.Name, 60))
		if a.Role != "" {
			t = p.T("card.role", "Name", t, "Role", markdown.EscapeCut(a.Role, 90), "By", b.link(a.RoleBy))
		}
		out = append(out, t)
	}
	return markdown.Join(" · ", out...)
}

// item draws one story of a digest or alert: its headline, where it stands, its
// lines with their sources, what sources differ on, and who acts in it.
func item(p *locale.Printer, it bot.Item) []markdown.Text {
	head := []markdown.Text{"### " + headline(p, it.Headline), small(standing(p, it))}
	texts := 0
	for _, l := range it.Lines {
		texts += min(markdown.Len(markdown.Escape(l.Text)), maxLine)
		if l.Changed {
			texts += maxSmall
		}
	}
	b := &budget{left: maxStory - texts - 4*maxSmall - maxHeadline}
	var out []markdown.Text
	for i, l := range it.Lines {
		if i == 3 {
			break
		}
		out = append(out, bullet(line(p, l, b)))
	}
	if w := who(p, it.Who, 2, b); w != "" {
		out = append(out, small(w))
	}
	if it.LeadOnly {
		out = append(out, small(p.T("card.lead_only")))
	}
	shown := 0
	for _, d := range it.Disputes {
		if d.Open && len(d.Values) > 1 && shown < 2 {
			out = append(out, small(dispute(p, d, b)))
			shown++
		}
	}
	if l := it.Background; l != nil {
		text := markdown.EscapeCut(l.Text, maxSmall)
		if s := sources(p, l.Sources[:min(1, len(l.Sources))], b); s != "" {
			text += " (" + s + ")"
		}
		out = append(out, small(p.T("card.background", "Text", text)))
	}
	return append(head, out...)
}

func headline(p *locale.Printer, s string) markdown.Text {
	if t := markdown.EscapeCut(s, maxHeadline); t != "" {
		return t
	}
	return p.T("card.untitled")
}

// standing tells whether a story is new, how many carry it, and since when.
func standing(p *locale.Printer, it bot.Item) markdown.Text {
	var state markdown.Text
	switch it.State {
	case bot.ItemNew:
		state = bold(p.T("card.new"))
	case bot.ItemUpdated:
		state = bold(p.T("card.updated"))
	}
	var lang markdown.Text
	if it.TranslatedFrom != "" {
		lang = p.T("card.translated", "Lang", markdown.EscapeCut(it.TranslatedFrom, 12))
	} else if base, _, _ := strings.Cut(it.Lang, "-"); base != "" && base != "und" && base != p.Lang()[:2] {
		lang = markdown.EscapeCut(it.Lang, 12)
	}
	return markdown.Join(" · ", state, support(p, it.Publishers), firstSeen(p, it), lang)
}

func support(p *locale.Printer, publishers int) markdown.Text {
	if publishers <= 0 {
		return ""
	}
	return p.N("card.publishers", publishers)
}

func firstSeen(p *locale.Printer, it bot.Item) markdown.Text {
	if it.FirstSeenAt.IsZero() {
		return ""
	}
	return p.T("card.first_seen", "At", it.FirstSeenAt)
}
