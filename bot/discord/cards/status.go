package cards

import (
	"math"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// A StatusCard is what /status shows.
type StatusCard struct {
	Status  bot.Status
	Next    []markdown.Text // the schedules that are next due
	Paused  int             // schedules that are not due because somebody paused them
	Healthy int             // feeds
	Trouble []bot.Follow
	Parked  []bot.ParkedRoute
	Weights []bot.Weight // of the channel that it is asked in
	Model   bot.ModelStanding
	// OptedOut: the guild's texts don't go to a model.
	OptedOut bool
	Now      time.Time
}

// Status draws how things stand: green where nothing needs anybody.
func Status(p *locale.Printer, s StatusCard) Message {
	tone := Good
	if len(s.Trouble) > 0 || len(s.Parked) > 0 || modelRests(s) {
		tone = Warn
	}
	body := []Component{text("## " + p.T("card.status.title"))}
	section := func(title markdown.Text, lines ...markdown.Text) {
		body = append(body, separator(), text(append([]markdown.Text{bold(title)}, lines...)...))
	}
	next := s.Next
	switch {
	case len(next) == 0 && s.Paused > 0:
		next = []markdown.Text{p.T("card.status.all_paused")}
	case len(next) == 0:
		next = []markdown.Text{p.T("card.schedules.none")}
	}
	section(p.T("card.status.next"), next...)
	feedLines := []markdown.Text{p.N("card.health.healthy", s.Healthy)}
	if s.Healthy == 0 {
		feedLines = nil
	}
	if s.Healthy+len(s.Trouble) == 0 {
		feedLines = append(feedLines, p.T("card.feeds.none"))
	}
	for i, f := range s.Trouble {
		if i == 3 {
			feedLines = append(feedLines, p.T("card.status.more_health"))
			break
		}
		feedLines = append(feedLines, feedState(p, f.Feed)+" "+feedName(f.Feed, 60)+": "+reason(p, f.Feed.Reason, 120))
	}
	section(p.T("card.feeds.title"), feedLines...)
	out := []markdown.Text{p.N("card.status.outbox", s.Status.Outbox)}
	if s.Status.Outbox == 0 {
		out = []markdown.Text{p.T("card.status.outbox_none")}
	}
	if !s.Status.Oldest.IsZero() && s.Status.Outbox > 0 {
		out = append(out, p.T("card.status.oldest", "At", s.Status.Oldest))
	}
	for i, r := range s.Parked {
		if i == 5 {
			break
		}
		where := markdown.EscapeCut(r.Route, 60)
		if id, ok := strings.CutPrefix(r.Route, "channel:"); ok {
			where = markdown.Channel(id)
		}
		out = append(out, "🔴 "+p.N("card.status.parked", r.Held, "Where", where, "Reason", reason(p, r.Reason, 160)))
	}
	section(p.T("card.status.sending"), out...)
	if len(s.Weights) > 0 {
		var lines []markdown.Text
		for i, w := range s.Weights {
			if i == 5 {
				break
			}
			key := "card.status.weight_more"
			if w.Factor < 1 {
				key = "card.status.weight_fewer"
			}
			lines = append(lines, bullet(p.T(key, "Term", markdown.EscapeCut(w.Term, 80), "User", markdown.User(w.By))))
		}
		section(p.T("card.status.weights"), lines...)
	}
	section(p.T("card.status.model"), modelLines(p, s)...)
	stored := []markdown.Text{p.N("card.status.articles", s.Status.Articles), p.N("card.digest.stories", s.Status.Stories)}
	if s.Status.Waiting > 0 {
		stored = append(stored, p.N("card.status.waiting", s.Status.Waiting))
	}
	section(p.T("card.status.storage"), markdown.Join(" · ", stored...))
	if !s.Status.CheckedAt.IsZero() {
		body = append(body, text(small(p.T("card.status.checked", "At", s.Status.CheckedAt))))
	}
	m := Message{Components: []Component{container(tone.colour(), body...)}}
	return m.With(row(button(ID(ActStatus), p.Plain("btn.refresh"))))
}

// modelRests reports that the model would write, and doesn't.
func modelRests(s StatusCard) bool {
	m := s.Model
	return m.Model != "" && !s.OptedOut && (m.UsedUp || !m.PausedUntil.IsZero())
}

// modelLines tell which engine writes the lines, and what a language model was
// used for today, of how much.
func modelLines(p *locale.Printer, s StatusCard) []markdown.Text {
	m := s.Model
	if m.Model == "" {
		return []markdown.Text{p.T("card.status.model_none")}
	}
	name := markdown.EscapeCut(m.Model, 60)
	midnight := s.Now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour) // when a new day's budget begins
	var lines []markdown.Text
	switch {
	case s.OptedOut:
		lines = append(lines, "⚪ "+p.T("card.status.model_off", "Model", name))
	case m.UsedUp:
		lines = append(lines, "🟠 "+p.T("card.status.model_used_up", "Model", name, "At", midnight))
	case !m.PausedUntil.IsZero():
		lines = append(lines, "🟠 "+p.T("card.status.model_paused", "Model", name, "At", m.PausedUntil))
	default:
		lines = append(lines, "🟢 "+p.T("card.status.model_on", "Model", name))
	}
	of := func(used, limit any, bounded bool) any {
		if !bounded {
			return used
		}
		return p.T("card.status.model_of", "Used", used, "Limit", limit)
	}
	cents := func(v float64) float64 { return math.Round(v*100) / 100 }
	lines = append(lines, bullet(p.T("card.status.model_tokens", "Installation", of(m.Installation.Tokens, m.Tokens, m.Tokens > 0), "Guild", of(m.Guild.Tokens, m.GuildTokens, m.GuildTokens > 0))))
	if m.Priced {
		lines = append(lines, bullet(p.T("card.status.model_money", "Installation", of(cents(m.Installation.Money), cents(m.Money), m.Money > 0), "Guild", cents(m.Guild.Money))))
	}
	return append(lines, bullet(p.N("card.status.model_calls", m.Installation.Calls, "Guild", m.Guild.Calls)))
}

// Traces draws what became of articles: each step of the way with its time.
func Traces(p *locale.Printer, traces []bot.Trace) []Message {
	var rows []Row
	for i, t := range traces {
		if i == 10 {
			break
		}
		lines := []markdown.Text{bold(markdown.Link(nonEmpty(t.Title, p.Plain("card.untitled")), t.URL, 160))}
		for j, s := range t.Steps {
			if j == 12 {
				break
			}
			step := markdown.EscapeCut(s.Step, 40)
			if key := "step." + strings.ReplaceAll(s.Step, " ", "_"); p.Has(key) {
				step = p.T(key)
			}
			l := bullet(markdown.Join(" ", markdown.Time(s.At, "f"), bold(step)))
			if said := traced(p, s); said != "" {
				l += ": " + said
			}
			lines = append(lines, l)
		}
		rows = append(rows, Row{Lines: lines})
	}
	return listOf(p, Plain, p.T("card.why.title"), "", rows, 5, 1)
}

// traced says more about a step of the way.
func traced(p *locale.Printer, s bot.TraceStep) markdown.Text {
	code := markdown.EscapeCut(s.Code, 40)
	switch key := "why." + s.Code; {
	case s.Code == string(bot.Posted): // the message says it
		code = ""
	case s.Code != "" && p.Has(key):
		code = p.T(key)
	}
	var place markdown.Text
	if s.Of > 0 {
		place = p.T("card.page", "Page", s.Place, "Pages", s.Of)
	}
	note := reason(p, s.Note, 160)
	if s.Step == "read" { // the note is the engine
		note = ""
		if model, ok := strings.CutPrefix(s.Note, "llm:"); ok {
			note = markdown.EscapeCut(model, 60)
		}
	}
	where := markdown.Channel(s.Channel)
	if s.Message != "" && where != "" {
		where += " (" + markdown.Code(s.Message) + ")"
	}
	return markdown.Join(" · ", where, place, code, note)
}

// Confirm asks before something that can't be taken back.
func Confirm(question markdown.Text, yesID, yes, noID, no string) Message {
	b := button(yesID, yes)
	b.Style = styleDanger
	return Say(Warn, "", question).With(row(b, button(noID, no))).Private()
}
