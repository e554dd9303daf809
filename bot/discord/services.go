package discord

import (
	"context"

	"sitrep/bot"
	"sitrep/bot/manage"
	"sitrep/feeds"
	"sitrep/summarize"
)

// Services is what the commands stand on: the read side, what people set up, and
// what belongs to one person. All but those marked optional must be set.
type Services struct {
	Answers bot.Answers
	Actors  bot.ActorAnswers
	Outbox  Outbox
	Digests Digests

	Guilds        *manage.Guilds
	Feeds         *manage.Feeds
	Schedules     *manage.Schedules
	Subscriptions *manage.Subscriptions
	Quotas        *manage.Quotas
	Editor        Editor
	Admins        Admins

	Persons  bot.PersonStore
	Weights  bot.WeightStore
	Status   bot.StatusStore
	Traces   bot.TraceStore
	ActorOps bot.ActorOps
	Channels Channels
	Model    Model

	Briefer Briefer // optional: without it, /brief says that it is switched off
	Packs   Packs   // optional: without it, there are no starter packs
	Files   Files   // optional: without it, nothing can be imported
	Catchup Catchup // optional: without it, a first digest has only what was read before
}

// Outbox is what commands need of the outbox: what a message belongs to, and
// routes that are closed.
type Outbox interface {
	DeliveryByMessage(ctx context.Context, messageID string) (bot.Delivery, error) // bot.ErrNotFound
	ParkedRoutes(ctx context.Context, guildID string) ([]bot.ParkedRoute, error)
	UnparkRoute(ctx context.Context, route string) error
}

// Digests gives posted digests again.
type Digests interface {
	Digest(ctx context.Context, id int64) (bot.Digest, error) // bot.ErrNotFound
}

// Editor makes digests on demand.
type Editor interface {
	Post(ctx context.Context, s bot.Schedule, key string) (bot.Digest, error)
	Preview(ctx context.Context, s bot.Schedule) (bot.Digest, []bot.Message, error)
}

// Briefer reads any article on demand, through the guarded client, on behalf of a
// guild ("" = of nobody but the asker). Errors that the asker can mend are
// bot.UserErrors.
type Briefer interface {
	Brief(ctx context.Context, guildID, rawURL string) (feeds.Article, summarize.Brief, error)
}

// Packs are the starter packs: feeds of one theme, country and language.
type Packs interface {
	SuggestPacks(prefix, lang string, limit int) []bot.Suggestion // named in lang, those of lang first; Value is the id
	Pack(id, lang string) (Pack, bool)                            // named in lang
}

// A Pack is a starter pack.
type Pack struct {
	ID, Name string
	Feeds    []feeds.Feed // URL, Title, Publisher, Family
}

// Files fetches what a user uploaded, through the guarded client.
type Files interface {
	Download(ctx context.Context, rawURL string) ([]byte, error)
}

// Catchup polls and reads what a guild follows and has not been read yet, so
// that its first digest has something to say. It returns when that is done or
// the context ends; what is not done by then is done later.
type Catchup interface {
	CatchUp(ctx context.Context, guildID string) error
}

// Model tells how the language model stands, in the whole installation and for a
// guild.
type Model interface {
	ModelStanding(ctx context.Context, guildID string) (bot.ModelStanding, error)
}

// Admins tells a guild's admins something, once for each key.
type Admins interface {
	TellAdmins(ctx context.Context, guildID string, n bot.Notice, key string) error
}

// Channels tells what the bot may do in a channel.
type Channels interface {
	Permissions(ctx context.Context, guildID, channelID string) (ChannelAccess, error)
}
