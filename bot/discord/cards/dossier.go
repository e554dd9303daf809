package cards

import (
	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// Dossier draws what is known of an actor: roles as stated, names, what it did
// lately, what it said, whom it appears with, and how often it was named.
// It is one message, with the chart attached: where there is more to tell than it
// holds, fewer of each are shown.
func Dossier(p *locale.Printer, d bot.Dossier) Message {
	for most := 4; ; most-- {
		if m := dossierWith(p, d, most); measure(m.Components...).fits() || most == 0 {
			return m
		}
	}
}

func dossierWith(p *locale.Printer, d bot.Dossier, most int) Message {
	colour := Colour(d.Actor.Name)
	head := []markdown.Text{"## " + headline(p, d.Actor.Name)}
	kind := markdown.Join(" · ", p.T("actor."+string(actorType(d.Actor.Type))), p.N("card.dossier.articles", d.Articles), lastSeen(p, d))
	head = append(head, small(kind))
	if names := aliases(d.Actor); names != "" {
		head = append(head, small(p.T("card.dossier.aliases", "Names", names)))
	}
	if d.Actor.Provisional {
		head = append(head, small(p.T("card.dossier.provisional")))
	}
	body := []Component{text(head...)}
	section := func(title string, lines []markdown.Text) {
		if len(lines) > 0 {
			body = append(body, separator(), text(append([]markdown.Text{bold(p.T(title))}, lines...)...))
		}
	}
	section("card.dossier.roles", roleLines(p, d.Roles, most))
	section("card.dossier.latest", datedLines(p, trimLines(d.Latest), most))
	section("card.dossier.quotes", quoteLines(p, d.Quotes, min(most, 2), true))
	var company []markdown.Text
	for i, c := range d.Company {
		if i == 6 {
			break
		}
		company = append(company, p.N("card.dossier.company_one", c.Stories, "Name", bold(markdown.EscapeCut(c.Name, 40))))
	}
	if len(company) > 0 {
		section("card.dossier.company", []markdown.Text{markdown.Join(" · ", company...)})
	}
	m := Message{}
	if total(d.PerDay) > 0 {
		alt := p.PlainN("card.dossier.chart", total(d.PerDay), "Days", len(d.PerDay))
		m.Files = []File{{Name: "mentions.png", ContentType: "image/png", Data: Chart(d.PerDay, colour), Alt: markdown.Cut(alt, 400)}}
		body = append(body, separator(), text(small(p.N("card.dossier.chart", total(d.PerDay), "Days", len(d.PerDay)))), Component{Type: typeGallery, Items: []GalleryItem{{Media: Media{URL: "attachment://mentions.png"}, Description: markdown.Cut(alt, 400)}}})
	}
	if d.Actor.ID != 0 {
		actions := []Component{primary(ID(ActFollowActor, d.Actor.ID), p.Plain("btn.follow"))}
		if len(d.Quotes) > 0 {
			actions = append(actions, button(ID(ActQuotes, d.Actor.ID), p.Plain("btn.quotes")))
		}
		body = append(body, row(actions...))
	}
	m.Components = []Component{container(colour, body...)}
	return m
}

func actorType(t summarize.ActorType) summarize.ActorType {
	switch t {
	case summarize.Person, summarize.Org, summarize.Place:
		return t
	}
	return summarize.Org
}

func lastSeen(p *locale.Printer, d bot.Dossier) markdown.Text {
	if d.Actor.LastSeenAt.IsZero() {
		return ""
	}
	return p.T("card.dossier.last_seen", "At", d.Actor.LastSeenAt)
}

func aliases(a summarize.KnownActor) markdown.Text {
	var out []markdown.Text
	for _, alias := range a.Aliases {
		if alias != a.Name && len(out) < 6 {
			out = append(out, markdown.EscapeCut(alias, 40))
		}
	}
	return markdown.Join(", ", out...)
}

// roleLines are the newest observation of each role, with who stated it and when.
func roleLines(p *locale.Printer, roles []summarize.RoleObservation, most int) []markdown.Text {
	var out []markdown.Text
	seen := map[string]bool{}
	for _, r := range roles {
		key := string(r.Role.Status) + r.Role.Text
		if seen[key] || len(out) == most {
			continue
		}
		seen[key] = true
		b := &budget{left: 300}
		text := markdown.EscapeCut(r.Role.Text, 140)
		if r.Role.Status != summarize.RoleCurrent {
			text = p.T("role."+string(r.Role.Status), "Role", text)
		}
		out = append(out, bullet(p.T("card.dossier.role", "Role", text, "At", markdown.Time(r.At, "D"),
			"By", b.link(summarize.Source{URL: r.URL, Publisher: r.Publisher}))))
	}
	return out
}

// trimLines keeps the first sources only: a dossier is one message.
func trimLines(lines []bot.Line) []bot.Line {
	out := make([]bot.Line, 0, len(lines))
	for _, l := range lines {
		l.Sources = l.Sources[:min(1, len(l.Sources))]
		l.Text = markdown.Cut(l.Text, 220)
		l.Was = markdown.Cut(l.Was, 80)
		out = append(out, l)
	}
	return out
}

func total(perDay []int) int {
	n := 0
	for _, v := range perDay {
		n += v
	}
	return n
}

// WhichActor asks which of several actors of one name is meant.
func WhichActor(p *locale.Printer, name string, actors []summarize.KnownActor) Message {
	var options []SelectOption
	for _, a := range actors[:min(len(actors), maxOptions)] {
		about := markdown.Clean(p.PlainN("card.dossier.articles", a.Mentions))
		if len(a.Context) > 0 {
			about = a.Context[0] + " · " + about
		}
		options = append(options, SelectOption{Label: nonEmpty(markdown.Cut(a.Name, maxOptionText), "?"), Value: itoa(a.ID), Description: markdown.Cut(about, maxOptionText)})
	}
	return Message{Ephemeral: true, Components: []Component{container(colourPlain,
		text("### "+p.T("card.which.title", "Name", markdown.EscapeCut(name, 80)), p.T("card.which.text")),
		row(selectMenu(ID(ActPickActor), p.Plain("card.which.pick"), options)))}}
}

func nonEmpty(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
