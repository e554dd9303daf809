package discord

import (
	"context"
	"log/slog"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/commands"
)

// Deliveries tells what a posted message belongs to.
type Deliveries interface {
	DeliveryByMessage(ctx context.Context, messageID string) (bot.Delivery, error) // bot.ErrNotFound
}

// Editions gives posted digests again.
type Editions interface {
	Digest(ctx context.Context, id int64) (bot.Digest, error) // bot.ErrNotFound
}

// Services is what the commands stand on.
type Services struct {
	Answers    bot.Answers
	Actors     bot.ActorAnswers
	Persons    bot.PersonStore
	Deliveries Deliveries
	Editions   Editions
}

// desk holds the handlers of all commands, buttons and forms.
type desk struct {
	Services
	log *slog.Logger
}

// MuxConfig configures a Mux.
type MuxConfig struct {
	Services Services
	Log      *slog.Logger     // nil = slog.Default()
	Now      func() time.Time // nil = time.Now
	// Shared lists the servers that a user shares with the bot, for questions from
	// outside of a server; nil = none are known.
	Shared func(ctx context.Context, userID string) ([]string, error)
	// AckAfter is how long an answer may take before it is deferred; 0 = 250 ms.
	AckAfter time.Duration
}

// NewMux returns the mux with every command, button and form.
func NewMux(cfg MuxConfig) *Mux {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.AckAfter == 0 {
		cfg.AckAfter = ackAfter
	}
	d := &desk{Services: cfg.Services, log: cfg.Log}
	m := &Mux{log: cfg.Log, now: cfg.Now, ackAfter: cfg.AckAfter, meter: newMeter(), commands: d.commands(), complete: d.completions(), actions: d.actions()}
	if cfg.Shared != nil {
		m.scopes = func(ctx context.Context, a *Ask) ([]string, error) { return cfg.Shared(ctx, a.UserID) }
	}
	return m
}

func (d *desk) commands() map[string]route {
	return map[string]route{
		"latest":  {handle: d.latest, public: true},
		"who":     {handle: d.who, public: true},
		"story":   {handle: d.story, public: true},
		"search":  {handle: d.search, public: true},
		"quotes":  {handle: d.quotes, public: true},
		"between": {handle: d.between, public: true},
		"catchup": {handle: d.catchup},
		"help":    {handle: d.help},
	}
}

func (d *desk) completions() map[string]handler {
	return map[string]handler{
		"latest source": d.suggestSources,
		"search source": d.suggestSources,
		"who name":      d.suggestActors,
		"quotes name":   d.suggestActors,
		"between a":     d.suggestActors,
		"between b":     d.suggestActors,
		"story story":   d.suggestStories,
	}
}

func (d *desk) actions() map[string]route {
	return map[string]route{
		cards.ActReceipts:       {handle: d.receipts},
		cards.ActDigestReceipts: {handle: d.digestReceipts},
		cards.ActStory:          {handle: d.openStory},
		cards.ActPickStory:      {handle: d.openStory},
		cards.ActActor:          {handle: d.openActor},
		cards.ActPickActor:      {handle: d.openActor},
		cards.ActQuotes:         {handle: d.openQuotes},
		cards.ActLatest:         {handle: d.turnPage(cards.ActLatest), public: true, update: true},
		cards.ActSearch:         {handle: d.turnPage(cards.ActSearch), public: true, update: true},
	}
}

// help tells what Sitrep can do, in the asker's language.
func (d *desk) help(_ context.Context, a *Ask) (Reply, error) {
	return say(cards.Help(a.P, commands.Overview(a.Manager || a.GuildID == ""))), nil
}
