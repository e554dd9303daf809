package bot

import (
	"context"
	"time"

	"sitrep/summarize"
)

// Size is how much a digest may hold.
type Size string

const (
	SizeShort    Size = "short"
	SizeStandard Size = "standard"
	SizeLong     Size = "long"
)

// A Schedule tells when a digest is due in a channel, and what belongs to it.
type Schedule struct {
	ID            int64
	GuildID       string
	ChannelID     string
	Name          string
	Cron          string // five fields
	Words         string // as the user typed it, "" = they typed the cron expression
	Zone          string // IANA
	Topics        string // topic query, "" = everything
	Size          Size
	Lang          string // of the frame, "" = the guild's
	QuietDay      bool   // say so in one line when there is nothing new; otherwise post nothing
	Thread        bool   // a thread per digest (a post, where the channel is a forum)
	Crosspost     bool   // publish where the channel is an announcement channel
	PingRole      string // role id, "" = silent
	MinPublishers int    // floor of support; 0 and 1 let single sources through
	Paused        bool
	Declared      string // key in the configuration file, "" = made by command

	NextRunAt time.Time // the truth of when it is due
	LastSlot  time.Time // the slot of the last edition
	CreatedBy string
	CreatedAt time.Time
}

// ScheduleStore keeps schedules and the editions made for them.
type ScheduleStore interface {
	SaveSchedule(ctx context.Context, s Schedule) (Schedule, error) // ID 0 = new
	Schedule(ctx context.Context, id int64) (Schedule, error)
	Schedules(ctx context.Context, guildID string) ([]Schedule, error)
	RemoveSchedule(ctx context.Context, id int64) error // its posted digests stay
	DueSchedules(ctx context.Context, now time.Time, limit int) ([]Schedule, error)
}

// EditionStore gives what a digest is made of, and saves it.
type EditionStore interface {
	// GuildStories are the stories with an article from a feed that the guild follows, updated within
	// [since, until), newest first; articles and sources of feeds it doesn't follow are left out.
	GuildStories(ctx context.Context, guildID string, since, until time.Time, limit int) ([]summarize.Story, error)
	// Shown is what a channel has been told: development id -> version.
	Shown(ctx context.Context, channelID string, storyIDs []int64) (map[int64]int, error)
	FeedStats(ctx context.Context, guildID string, since, until time.Time) (FeedStats, error)
	// SaveEdition saves the digest, its deliveries, what the channel has now been shown, and the schedule's next
	// slot in one transaction. ErrConflict when the schedule's NextRunAt is no longer due: somebody else was faster.
	SaveEdition(ctx context.Context, e Edition) (Digest, error)
	Digest(ctx context.Context, id int64) (Digest, error)
	LastDigest(ctx context.Context, channelID string) (Digest, error)
}

// An Edition is one digest on its way into the store.
type Edition struct {
	Digest     Digest
	Deliveries []Delivery
	Due        time.Time // the NextRunAt it was made for; zero = on demand
	Next       time.Time // the schedule's next slot
}

// FeedStats is what a digest's footer tells of the feeds.
type FeedStats struct {
	Read     int // feeds checked in the window
	Failed   int // of them, those that can't be read at present
	Articles int // articles that came in
}
