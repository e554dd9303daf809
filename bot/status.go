package bot

import (
	"context"
	"time"
)

// Status is what /status and the operator's checks show.
type Status struct {
	Guilds, Feeds, FeedsFailing, Articles, Stories int
	Waiting                                        int       // articles that are not yet part of a story
	Outbox                                         int       // deliveries not yet posted
	Oldest                                         time.Time // the oldest of them, zero = none
	Parked                                         int
	Jobs                                           int       // waiting or running
	Bytes                                          int64     // the database's size
	Engine                                         string    // "sqlite" or "postgres"
	CheckedAt                                      time.Time // when a feed was last checked
}

// StatusStore counts.
type StatusStore interface {
	Status(ctx context.Context, guildID string) (Status, error) // guildID "" = the whole installation
	Ping(ctx context.Context) error
}

// TraceStore answers /why: the way of one article or story.
type TraceStore interface {
	Trace(ctx context.Context, s Scope, query string) ([]Trace, error) // query: a URL, a message id, a story id
}

// A Trace is what became of an article: seen, filtered, joined, ranked, sent.
type Trace struct {
	Title   string
	URL     string
	StoryID int64
	Steps   []TraceStep
}

// A TraceStep is one step of the way.
type TraceStep struct {
	At   time.Time
	Step string // "seen", "filtered", "read", "joined", "ranked", "left out", "sent"
	// Code says more: "edited" of seen; where the text is from ("page", "feed", "title") of read; why, of left out
	// (LeftOut's reasons); the delivery's state, of sent.
	Code      string
	Channel   string // of ranked, left out and sent
	Place, Of int    // of the story in the digest, of ranked
	Message   string // its id, of sent
	Note      string // in English: reasons, the engine, what went wrong
}

// PersonStore keeps what belongs to one user, and gives or deletes it whole.
type PersonStore interface {
	CaughtUp(ctx context.Context, userID, guildID string) (time.Time, error) // zero = never asked
	SetCaughtUp(ctx context.Context, userID, guildID string, at time.Time) error
	ExportPerson(ctx context.Context, userID string) ([]byte, error) // JSON
	DeletePerson(ctx context.Context, userID string) error
	// UseQuota counts one use of a named quota in a window and reports whether it was within limit.
	UseQuota(ctx context.Context, key string, limit int, window time.Duration, now time.Time) (bool, error)
}

// WeightStore keeps a channel's leanings: more or fewer like this.
type WeightStore interface {
	Weights(ctx context.Context, channelID string) ([]Weight, error)
	AddWeight(ctx context.Context, w Weight) error
	RemoveWeight(ctx context.Context, id int64) error
}

// A Weight is one transparent, reversible leaning of a channel.
type Weight struct {
	ID        int64
	GuildID   string
	ChannelID string
	Term      string  // an actor's name, a publisher or a topic word
	Kind      string  // "actor", "publisher", "term"
	Factor    float64 // >1 more, <1 fewer
	By        string
	At        time.Time
}

// ActorOps keeps the operator's merges and splits of actors, with undo.
type ActorOps interface {
	MergeActors(ctx context.Context, into, from int64, by string, at time.Time) (opID int64, err error)
	SplitActor(ctx context.Context, actorID int64, aliases []string, by string, at time.Time) (opID, newID int64, err error)
	UndoActorOp(ctx context.Context, opID int64) error
}
