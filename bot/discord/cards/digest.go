package cards

import (
	"slices"
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// Digest draws one edition. Parts are to be posted in order. Items of one topic
// stand together under the topic's colour: see InOrder.
func Digest(p *locale.Printer, d bot.Digest, s bot.Schedule) []Message {
	colour := Colour(s.Topics)
	if s.Topics == "" {
		colour = Colour(s.Name)
	}
	title := digestTitle(p, d, s)
	when := d.Slot
	if when.IsZero() {
		when = d.Until
	}
	head := []markdown.Text{"## " + title, small(markdown.Join(" · ", markdown.Time(when, "F"), window(p, d)))}
	if d.Late {
		head = append(head, small(p.T("card.digest.late")))
	}
	if d.Quiet || len(d.Items) == 0 {
		head = append(head, p.T("card.digest.quiet"))
		return silence([]Message{{Components: []Component{container(colour, text(head...), separator(), text(small(feedFooter(p, d))))}}}, bot.Schedule{})
	}
	header := []Component{text(head...)}
	if lines := bottomLine(p, d); len(lines) > 0 {
		header = append(header, text(append([]markdown.Text{bold(p.T("card.bottom_line"))}, lines...)...))
	}
	items := InOrder(d.Items)
	l := layout{
		header:  header,
		colour:  colour,
		cont:    func(part int) Component { return text(small(p.T("card.continued", "Title", title, "Part", part+1))) },
		footer:  []Component{text(small(digestFooter(p, d)))},
		actions: func(part, from, to int) []Component { return digestActions(p, items, part, from, to) },
	}
	for i, it := range items {
		b := block{group: it.Topic, colour: colour, item: i, components: []Component{textWithImage(it.ImageURL, it.Headline, item(p, it)...)}}
		if it.Topic != "" {
			b.colour = Colour(it.Topic)
			if label := markdown.EscapeCut(strings.ToUpper(it.Topic), 80); label != "" {
				b.label = text(small(bold(label)))
			}
		}
		l.blocks = append(l.blocks, b)
	}
	if ping := markdown.Role(s.PingRole); ping != "" {
		l.prelude = []Component{text(ping)}
	}
	return silence(l.pack(), s)
}

// silence lets no part make a sound but the first, and that one only where a
// role is to be pinged.
func silence(parts []Message, s bot.Schedule) []Message {
	for i := range parts {
		parts[i].Silent = true
	}
	if markdown.Role(s.PingRole) != "" {
		parts[0].Silent, parts[0].PingRoles = false, []string{s.PingRole}
	}
	return parts
}

func digestTitle(p *locale.Printer, d bot.Digest, s bot.Schedule) markdown.Text {
	for _, title := range []string{d.Title, s.Name} {
		if t := markdown.EscapeCut(title, 100); t != "" {
			return t
		}
	}
	return p.T("card.digest.title")
}

// window tells from when on an edition counts as new.
func window(p *locale.Printer, d bot.Digest) markdown.Text {
	if d.Since.IsZero() {
		return ""
	}
	return p.T("card.list.since", "At", markdown.Time(d.Since, "f"))
}

func bottomLine(p *locale.Printer, d bot.Digest) []markdown.Text {
	var out []markdown.Text
	b := &budget{left: 800}
	for i, l := range d.BottomLine {
		if i == 3 {
			break
		}
		l.Changed = false
		l.Sources = l.Sources[:min(1, len(l.Sources))]
		if t := line(p, l, b); t != "" {
			out = append(out, bullet(t))
		}
	}
	return out
}

func digestFooter(p *locale.Printer, d bot.Digest) markdown.Text {
	shown := d.Shown
	if shown == 0 {
		shown = len(d.Items)
	}
	parts := []markdown.Text{p.N("card.digest.stories", shown), feedFooter(p, d)}
	if left := len(d.LeftOut); left > 0 {
		parts = append(parts, p.N("card.digest.left_out", left))
	}
	return markdown.Join(" · ", append(parts, engine(p, d.Engine))...)
}

func feedFooter(p *locale.Printer, d bot.Digest) markdown.Text {
	parts := []markdown.Text{p.N("card.digest.articles", d.Feeds.Articles), p.N("card.digest.feeds", d.Feeds.Read)}
	if d.Feeds.Failed > 0 {
		parts = append(parts, p.N("card.digest.failed", d.Feeds.Failed))
	}
	return markdown.Join(" · ", parts...)
}

// engine names who wrote the lines.
func engine(p *locale.Printer, name string) markdown.Text {
	if name == "" {
		return ""
	}
	switch kind, model, _ := strings.Cut(name, ":"); kind {
	case "llm":
		return p.T("card.engine.model", "Model", markdown.EscapeCut(model, 60))
	case "mixed":
		return p.T("card.engine.mixed", "Model", markdown.EscapeCut(model, 60))
	}
	return p.T("card.engine.embedded")
}

// digestActions are the receipts of the part's lines and the menu of its stories.
func digestActions(p *locale.Printer, items []bot.Item, part, from, to int) []Component {
	var options []SelectOption
	for _, it := range items[from:min(to, from+maxOptions)] {
		if it.StoryID == 0 || slices.ContainsFunc(options, func(o SelectOption) bool { return o.Value == itoa(it.StoryID) }) {
			continue
		}
		options = append(options, storyOption(p, it.StoryID, it.Headline, p.PlainN("card.publishers", max(1, it.Publishers))))
	}
	var out []Component
	if len(options) > 0 {
		out = append(out, row(selectMenu(ID(ActPickStory, part), p.Plain("card.pick_story"), options)))
	}
	return append(out, row(button(ID(ActDigestReceipts, part, from, to), p.Plain("btn.receipts"))))
}

func storyOption(p *locale.Printer, id int64, headline, about string) SelectOption {
	label := markdown.Cut(headline, maxOptionText)
	if label == "" {
		label = p.Plain("card.untitled")
	}
	return SelectOption{Label: label, Value: itoa(id), Description: markdown.Cut(about, maxOptionText)}
}

// InOrder is the order in which a digest shows its items: those of one topic
// together, the topics as they first occur. Buttons count in it.
func InOrder(items []bot.Item) []bot.Item {
	rank := map[string]int{}
	for _, it := range items {
		if _, ok := rank[it.Topic]; !ok {
			rank[it.Topic] = len(rank)
		}
	}
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b bot.Item) int { return rank[a.Topic] - rank[b.Topic] })
	return items
}

// Preview draws an edition that nobody posted: its receipts can't be opened, as
// they are looked up by the message.
func Preview(p *locale.Printer, d bot.Digest, s bot.Schedule) []Message {
	parts := Digest(p, d, s)
	for i, m := range parts {
		for j, top := range m.Components {
			m.Components[j].Components = slices.DeleteFunc(slices.Clone(top.Components), func(c Component) bool {
				return c.Type == typeRow && strings.HasPrefix(c.Components[0].CustomID, ID(ActDigestReceipts)+":")
			})
		}
		parts[i].Components = append([]Component{text(small(bold(p.T("card.digest.preview"))))}, m.Components...)
		if !measure(parts[i].Components...).fits() {
			parts[i].Components = parts[i].Components[1:]
		}
	}
	return parts
}
