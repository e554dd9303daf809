package cards

import (
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/feeds"
	"sitrep/summarize"
)

// Brief draws what was read out of one article: who acts in it, what happened,
// and what was said, with the sentences it stands on below.
func Brief(p *locale.Printer, a feeds.Article, b summarize.Brief) []Message {
	title := nonEmpty(b.Headline, a.Title)
	head := []markdown.Text{"## " + headline(p, title),
		small(markdown.Join(" · ", markdown.Link(nonEmpty(a.Publisher, hostOf(a.URL)), a.URL, maxPublisher), markdown.Time(a.PublishedAt, "f")))}
	if a.Paywalled {
		head = append(head, small(p.T("card.brief.paywall")))
	}
	l := layout{colour: Colour(nonEmpty(a.Publisher, hostOf(a.URL))), header: []Component{textWithImage(a.ImageURL, title, head...)},
		cont: func(part int) Component {
			return text(small(p.T("card.continued", "Title", headline(p, title), "Part", part+1)))
		},
		footer: []Component{text(small(engine(p, nonEmpty(b.Engine, "embedded"))))}}
	add := func(key string, lines []markdown.Text) {
		if len(lines) > 0 {
			l.blocks = append(l.blocks, block{colour: l.colour, item: -1, components: []Component{text(append([]markdown.Text{bold(p.T(key))}, lines...)...)}})
		}
	}
	var happened, who, quotes, proof []markdown.Text
	for i, d := range b.Developments {
		if i == 6 {
			break
		}
		happened = append(happened, bullet(markdown.EscapeCut(unled(d.Text), maxLine)))
		if i < 4 && d.Evidence.Text != "" {
			proof = append(proof, "> "+markdown.EscapeCut(d.Evidence.Text, 300))
		}
	}
	if b.LeadOnly {
		happened = append(happened, small(p.T("card.lead_only")))
	}
	for _, actor := range b.Actors {
		if !actor.Key || len(who) == 6 {
			continue
		}
		t := bold(markdown.EscapeCut(actor.Name, 60))
		if len(actor.Roles) > 0 {
			r := actor.Roles[0]
			role := markdown.EscapeCut(r.Text, 120)
			if r.Status != summarize.RoleCurrent {
				role = p.T("role."+string(r.Status), "Role", role)
			}
			t += ", " + role
		}
		who = append(who, bullet(t))
	}
	for i, q := range b.Quotes {
		if i == 4 {
			break
		}
		t := p.T("card.said", "Text", markdown.EscapeCut(quoted(q.Text), 240))
		if q.Speaker >= 0 && q.Speaker < len(b.Actors) {
			t += " (" + markdown.EscapeCut(b.Actors[q.Speaker].Name, 60) + ")"
		}
		quotes = append(quotes, bullet(t))
	}
	add("card.brief.happened", happened)
	add("card.story.who", who)
	add("card.story.quotes", quotes)
	add("card.brief.proof", proof)
	if len(l.blocks) == 0 {
		l.header = append(l.header, text(p.T("card.lead_only")))
	}
	return l.pack()
}
