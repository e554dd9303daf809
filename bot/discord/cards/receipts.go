package cards

import (
	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// A Receipt is one claim with the sentences that it stands on.
type Receipt struct {
	Claim   string
	Sources []summarize.Source
}

// Receipts draws claims with their exact source sentences, as many messages as
// that takes, at most limit; the last one says how much is missing.
func Receipts(p *locale.Printer, title string, list []Receipt, limit int) []Message {
	heading := p.T("card.receipts.title", "Title", markdown.EscapeCut(title, 120))
	l := layout{colour: colourGood, header: []Component{text("### "+heading, small(p.T("card.receipts.text")))},
		cont: func(part int) Component { return text(small(p.T("card.continued", "Title", heading, "Part", part+1))) }}
	for _, r := range list {
		claim := markdown.EscapeCut(r.Claim, maxLine)
		if claim == "" {
			continue
		}
		lines := []markdown.Text{bold(claim)}
		b := &budget{left: 1000}
		for i, s := range r.Sources {
			if i == 3 {
				lines = append(lines, small(p.T("card.more_sources", "Count", len(r.Sources)-i)))
				break
			}
			if quoted := markdown.EscapeCut(s.Evidence.Text, 420); quoted != "" {
				lines = append(lines, "> "+quoted)
			} else {
				lines = append(lines, "> "+p.T("card.receipts.no_text"))
			}
			lines = append(lines, small(markdown.Join(" · ", b.link(s), markdown.Time(s.At, "f"))))
		}
		l.blocks = append(l.blocks, block{colour: colourGood, item: -1, components: []Component{text(lines...)}})
	}
	if len(l.blocks) == 0 {
		l.header = append(l.header, text(p.T("card.receipts.none")))
	}
	parts := l.pack()
	if len(parts) > limit {
		parts = parts[:limit]
	}
	for i := range parts {
		parts[i].Ephemeral = true
	}
	return parts
}

// StoryReceipts are the claims of a story: its developments and its actors' roles.
func StoryReceipts(s summarize.Story) []Receipt {
	var out []Receipt
	for _, d := range s.Lines() {
		out = append(out, Receipt{Claim: d.Text, Sources: d.Sources})
	}
	return append(out, roleReceipts(s.Actors)...)
}

// ItemReceipts are the claims of a digest's item, as they were shown.
func ItemReceipts(it bot.Item) []Receipt {
	var out []Receipt
	lines := it.Lines
	if it.Background != nil {
		lines = append(lines[:len(lines):len(lines)], *it.Background)
	}
	for _, l := range lines {
		out = append(out, Receipt{Claim: l.Text, Sources: l.Sources})
	}
	return append(out, roleReceipts(it.Who)...)
}

func roleReceipts(actors []summarize.StoryActor) []Receipt {
	var out []Receipt
	for _, a := range actors {
		if a.Role != "" && a.RoleBy.ArticleID != 0 {
			out = append(out, Receipt{Claim: a.Name + ": " + a.Role, Sources: []summarize.Source{a.RoleBy}})
		}
	}
	return out
}
