package cards

import (
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// A HelpEntry is a command as it is typed, and the catalog's key of what it does.
type HelpEntry struct {
	Name   string
	About  string
	Manage bool // needs Manage Server
}

// Help draws the overview of commands.
func Help(p *locale.Printer, entries []HelpEntry) Message {
	var everybody, managers []markdown.Text
	for _, e := range entries {
		l := "`/" + markdown.Text(e.Name) + "` " + p.T(e.About)
		if e.Manage {
			managers = append(managers, l)
		} else {
			everybody = append(everybody, l)
		}
	}
	body := []Component{text("## "+p.T("card.help.title"), p.T("card.help.text")), separator(),
		text(append([]markdown.Text{bold(p.T("card.help.everybody"))}, everybody...)...)}
	if len(managers) > 0 {
		body = append(body, separator(), text(append([]markdown.Text{bold(p.T("card.help.managers"))}, managers...)...))
	}
	body = append(body, separator(), text(small(p.T("card.help.trust"))))
	return Message{Components: []Component{container(palette[0], body...)}}
}
