package cards

import (
	"math"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// A TrialResult is what a subscription would have told in the last days.
type TrialResult struct {
	Title    markdown.Text
	Lines    []markdown.Text // how it alerts
	Days     int
	Matched  int // stories that it would have told
	Of       int // stories there were
	PerDay   float64
	Broad    bool // more than its daily cap
	Examples []summarize.Story
}

// Trial draws a dry run with the buttons that save the subscription or leave it.
func Trial(p *locale.Printer, t TrialResult, saveID, cancelID string) Message {
	tone, verdict := Good, p.N("card.trial.matched", t.Matched, "Of", t.Of, "Days", t.Days)
	if perDay := int(math.Round(t.PerDay)); perDay > 1 { // of rarer ones the count says it better
		verdict += " " + p.T("card.trial.rate_day", "Count", perDay)
	}
	switch {
	case t.Broad:
		tone = Warn
		verdict += "\n" + p.T("card.trial.broad")
	case t.Matched == 0:
		tone = Plain
		verdict = p.T("card.trial.nothing", "Days", t.Days)
	}
	lines := append([]markdown.Text{t.Title}, t.Lines...)
	lines = append(lines, verdict)
	for i, s := range t.Examples {
		if i == 5 {
			break
		}
		lines = append(lines, bullet(markdown.Join(" · ", headline(p, s.Headline), markdown.Time(s.UpdatedAt, "R"))))
	}
	save := primary(saveID, p.Plain("btn.subscribe"))
	return Say(tone, p.T("card.trial.title"), lines...).With(row(save, button(cancelID, p.Plain("btn.cancel")))).Private()
}

// Menu is a row with one select menu.
func Menu(id, placeholder string, choices []bot.Suggestion) Component {
	var options []SelectOption
	for _, c := range choices {
		if label := markdown.Cut(c.Label, maxOptionText); label != "" && len(options) < maxOptions {
			options = append(options, SelectOption{Label: label, Value: c.Value})
		}
	}
	return row(selectMenu(id, placeholder, options))
}

// Danger is a button for what can't be taken back.
func Danger(action string, id int64, label string) Component { return danger(ID(action, id), label) }

// Input is a line of a form.
func Input(id, label, value string, most int, required bool) Component {
	return row(Component{Type: typeInput, Style: 1, CustomID: id, Label: markdown.Cut(label, 45), Value: markdown.Cut(value, most), MaxLength: most, Required: &required})
}

// Paragraph is a box of a form for more than a line.
func Paragraph(id, label string, most int) Component {
	required := true
	return row(Component{Type: typeInput, Style: 2, CustomID: id, Label: markdown.Cut(label, 45), MaxLength: most, Required: &required})
}
