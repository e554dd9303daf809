package cards

import (
	"net/url"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// Tone colours a notice.
type Tone int

// Tones of notices.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
)

func (t Tone) colour() int {
	switch t {
	case Good:
		return colourGood
	case Warn:
		return colourWarn
	case Bad:
		return colourAlert
	}
	return colourPlain
}

// Say draws a short answer: a heading, "" for none, and what is to be said.
// Lines that a message can't hold are left out from the end.
func Say(tone Tone, title markdown.Text, lines ...markdown.Text) Message {
	var kept []markdown.Text
	if title != "" {
		kept = append(kept, "### "+title)
	}
	for _, l := range lines {
		next := append(kept[:len(kept):len(kept)], l)
		if !measure(container(0, text(next...))).fits() {
			break
		}
		kept = next
	}
	return Message{Components: []Component{container(tone.colour(), text(kept...))}}
}

// With adds rows of buttons or menus to a message's last container.
func (m Message) With(rows ...Component) Message {
	if n := len(m.Components); n > 0 && m.Components[n-1].Type == typeContainer {
		last := m.Components[n-1]
		last.Components = append(last.Components[:len(last.Components):len(last.Components)], rows...)
		m.Components = append(m.Components[:n-1:n-1], last)
	}
	return m
}

// Private returns the message as one that only the asker sees.
func (m Message) Private() Message {
	m.Ephemeral = true
	return m
}

// Notice draws what the bot tells on its own account. Its kind is a key below
// "notice."; one that the catalog doesn't know is told by its arguments.
func Notice(p *locale.Printer, n bot.Notice) []Message {
	var args []any
	for name, value := range n.Args {
		arg := Arg(name, value)
		if name == "Reason" {
			arg = reason(p, value, 300)
		}
		args = append(args, name, arg)
	}
	title, body := "notice."+n.Kind+".title", "notice."+n.Kind+".text"
	if !p.Has(body) {
		return []Message{Say(Warn, p.T("notice.other.title"), markdown.EscapeCut(n.Kind, 200), markdown.EscapeCut(n.Args["text"], 1500))}
	}
	tone := Warn
	switch n.Kind {
	case "feed_recovered", "welcome", "route_open":
		tone = Good
	case "correction":
		tone = Plain
	}
	return []Message{Say(tone, p.T(title, args...), p.T(body, args...))}
}

// Arg makes an argument of a notice or refusal safe, and turns ids and addresses
// into mentions and links.
func Arg(name, value string) markdown.Text {
	switch name {
	case "Channel":
		if c := markdown.Channel(value); c != "" {
			return c
		}
	case "User":
		if u := markdown.User(value); u != "" {
			return u
		}
	case "URL":
		if u, ok := markdown.URL(value); ok {
			return markdown.Link(hostOf(u), u, 80)
		}
	}
	return markdown.EscapeCut(value, 600)
}

func hostOf(u string) string {
	parsed, err := url.Parse(u)
	if err != nil {
		return u
	}
	return parsed.Host
}
