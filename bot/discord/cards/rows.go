package cards

import (
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// A Row is one entry of a list.
type Row struct {
	Lines []markdown.Text
	Tight bool // no blank line before the next entry
}

// List draws a titled list over as many messages as it takes, at most limit.
func List(p *locale.Printer, tone Tone, title, about markdown.Text, rows []Row, limit int) []Message {
	return listOf(p, tone, title, about, rows, limit, 4)
}

// listOf is List with so many rows in one text: long rows need texts of their own.
func listOf(p *locale.Printer, tone Tone, title, about markdown.Text, rows []Row, limit, together int) []Message {
	head := []markdown.Text{"## " + title}
	if about != "" {
		head = append(head, about)
	}
	l := layout{colour: tone.colour(), header: []Component{text(head...)},
		cont: func(part int) Component { return text(small(p.T("card.continued", "Title", title, "Part", part+1))) }}
	for _, chunk := range chunks(rows, together) {
		var lines []markdown.Text
		for i, r := range chunk {
			if i > 0 && !chunk[i-1].Tight {
				lines = append(lines, "\u200b") // a blank line between entries
			}
			lines = append(lines, r.Lines...)
		}
		l.blocks = append(l.blocks, block{colour: l.colour, item: -1, components: []Component{text(lines...)}})
	}
	parts := l.pack()
	return parts[:min(len(parts), limit)]
}
