package bot

import (
	"context"
	"time"

	"sitrep/feeds"
)

// DirectGuild is the GuildID of what belongs to a user alone: their
// subscriptions and questions in direct messages. It follows every feed that a
// guild they share with the bot follows.
const DirectGuild = ""

// A Guild is a community and its settings.
type Guild struct {
	ID           string // Discord snowflake
	Name         string
	Lang         string // of the frame: "en", "de", "es", "fr", "pt-BR"
	Zone         string // IANA name, default for its schedules
	AdminChannel string // where trouble is told; "" = the system channel or the owner
	OwnerID      string
	LLMOptOut    bool // its articles' text never goes to a language model on its behalf
	JoinedAt     time.Time
	LeftAt       time.Time // zero while the bot is there; rows are deleted 30 days after
}

// A Follow is a feed that a guild follows.
type Follow struct {
	GuildID string
	Feed    feeds.Feed
	Include string // topic query that an article must match, "" = all
	Exclude string // topic query that an article must not match
	AddedBy string // user id
	AddedAt time.Time
	Pack    string // starter pack it came with, "" = by itself
}

// GuildStore keeps guilds.
type GuildStore interface {
	Guild(ctx context.Context, id string) (Guild, error) // ErrNotFound
	SaveGuild(ctx context.Context, g Guild) error
	Guilds(ctx context.Context) ([]Guild, error) // those that the bot is in
	PurgeGuilds(ctx context.Context, leftBefore time.Time) (int, error)
}

// FollowStore keeps which guild follows which feed. A feed that nobody follows
// any more is not polled.
type FollowStore interface {
	AddFollow(ctx context.Context, f Follow) (Follow, error) // creates the feed by URL when new; ErrDuplicate
	RemoveFollow(ctx context.Context, guildID string, feedID int64) error
	SaveFollow(ctx context.Context, f Follow) error // filters
	Follows(ctx context.Context, guildID string) ([]Follow, error)
}
