package discord

import (
	"encoding/json"
	"fmt"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// Renderer implements bot.Renderer with Discord's cards. Its messages hold
// Envelopes.
type Renderer struct{}

var _ bot.Renderer = Renderer{}

// Digest renders an edition for its schedule: silent unless a role is to be
// pinged, in a thread and crossposted where the schedule says so.
func (Renderer) Digest(d bot.Digest, s bot.Schedule) ([]bot.Message, error) {
	parts := cards.Digest(locale.For(d.Lang), d, s)
	return envelopes(parts, func(i int, e *Envelope) {
		e.Crosspost = s.Crosspost && !s.Thread
		if s.Thread {
			e.Thread = &ThreadSpec{Name: threadName(d, s), Join: i > 0}
		}
	})
}

// threadName is the digest's title and its local day.
func threadName(d bot.Digest, s bot.Schedule) string {
	title := d.Title
	if title == "" {
		title = s.Name
	}
	if title == "" {
		title = locale.For(d.Lang).Plain("card.digest.title")
	}
	at := d.Slot
	if at.IsZero() {
		at = d.Until
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	return markdown.Cut(title, 80) + " · " + at.In(zone).Format("2006-01-02 15:04")
}

// Alert renders an alert or a subscription's summary.
func (Renderer) Alert(a bot.Alert) ([]bot.Message, error) {
	return envelopes(cards.Alert(locale.For(a.Lang), a), nil)
}

// Notice renders what the bot tells on its own account.
func (Renderer) Notice(n bot.Notice) ([]bot.Message, error) {
	return envelopes(cards.Notice(locale.For(n.Lang), n), nil)
}

// envelopes wraps messages for the outbox. A message that would break a limit
// is an error here, and not a refusal by Discord later.
func envelopes(parts []cards.Message, each func(i int, e *Envelope)) ([]bot.Message, error) {
	out := make([]bot.Message, 0, len(parts))
	for i, m := range parts {
		if err := m.Check(); err != nil {
			return nil, fmt.Errorf("render part %d: %w", i, err)
		}
		body, err := m.Body()
		if err != nil {
			return nil, fmt.Errorf("render part %d: %w", i, err)
		}
		e := Envelope{Message: body}
		for _, f := range m.Files {
			e.Files = append(e.Files, File{Name: f.Name, ContentType: f.ContentType, Data: f.Data})
		}
		if each != nil {
			each(i, &e)
		}
		payload, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode part %d: %w", i, err)
		}
		out = append(out, bot.Message{Payload: payload})
	}
	return out, nil
}
