package bot

import (
	"context"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
)

// When tells how soon a subscriber is told.
type When string

const (
	Instantly When = "instantly"
	Daily     When = "daily"
)

// A Subscription is a user's or channel's topic query, and how to alert it.
type Subscription struct {
	ID            int64
	GuildID       string // whose feeds it watches; DirectGuild = those of all guilds shared with the user
	UserID        string // who made it
	ChannelID     string // "" = direct message
	Query         string // topic query; "" when it follows an actor or story
	ActorID       int64  // follows an actor, 0 = none
	StoryID       int64  // follows a story, 0 = none
	When          When
	DailyAt       int // minute of the local day, for Daily
	Zone          string
	QuietFrom     int // minutes of the local day; equal = no quiet hours
	QuietTo       int
	MinPublishers int
	DailyCap      int // alerts a local day; what exceeds goes into a summary
	Paused        bool
	Lang          string
	NextRunAt     time.Time // next summary: of Daily, or of overflow; zero = none due
	CreatedAt     time.Time
}

// SubscriptionStore keeps subscriptions and what they have been told.
type SubscriptionStore interface {
	SaveSubscription(ctx context.Context, s Subscription) (Subscription, error) // ID 0 = new; ErrDuplicate on the same query to the same place
	Subscription(ctx context.Context, id int64) (Subscription, error)
	Subscriptions(ctx context.Context, guildID, userID string) ([]Subscription, error) // userID "" = all of the guild; guildID "*" = the user's everywhere
	RemoveSubscription(ctx context.Context, id int64) error
	ActiveSubscriptions(ctx context.Context) ([]Subscription, error)
	DueSummaries(ctx context.Context, now time.Time, limit int) ([]Subscription, error)
}

// AlertStore records alerts. What a subscription has been told is kept like
// what a channel has been shown, so that nothing is told twice.
type AlertStore interface {
	Told(ctx context.Context, subscriptionID int64, storyID int64) (map[int64]int, error) // development id -> version
	AlertsSince(ctx context.Context, subscriptionID int64, since time.Time) (int, error)
	// SaveAlert records lines as told (or, with no deliveries, as held back for the summary) and enqueues the deliveries,
	// in one transaction.
	SaveAlert(ctx context.Context, a AlertRecord) error
	HeldBack(ctx context.Context, subscriptionID int64) ([]int64, error) // story ids waiting for a summary
	// StoryFeeds are the feeds that carry a story: who may see it.
	GuildsOfStory(ctx context.Context, storyID int64) ([]string, error)
}

// An AlertRecord is one alert, or one summary, on its way into the store.
type AlertRecord struct {
	SubscriptionID int64
	StoryIDs       []int64
	Lines          map[int64]int // development id -> version
	Deliveries     []Delivery
	HoldBack       bool      // not told yet: keep the stories for the summary
	Next           time.Time // the subscription's next summary, zero = none
	At             time.Time
}

// StoryStore is what joining articles into stories needs.
type StoryStore interface {
	// Lease takes or renews a named lease; false when another holder has it.
	Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
	ReleaseLease(ctx context.Context, name, holder string) error
	BriefedArticles(ctx context.Context, limit int) ([]Reading, error) // stage briefed, oldest first
	Members(ctx context.Context, storyID int64) ([]Reading, error)     // a story's articles with their briefs
	// SaveStory writes a story with its membership (ID 0 = new) in one transaction, moves the articles to StageJoined,
	// keeps doc (the index's compact features) with the article, and returns the story with its ids filled in.
	SaveStory(ctx context.Context, j Join) (summarize.Story, error)
	MergeStories(ctx context.Context, from, into int64, at time.Time) error // links to from lead to into
	Story(ctx context.Context, id int64) (summarize.Story, error)           // follows MergedInto
	Window(ctx context.Context, since time.Time, each func(articleID, storyID int64, doc []byte) error) error
}

// A Reading is an article with its brief.
type Reading struct {
	Article   feeds.Article
	Brief     summarize.Brief
	StoryID   int64
	CopyOf    int64
	Corrected bool // the article was edited after it had joined its story
}

// A Join is one article's way into a story.
type Join struct {
	Story     summarize.Story
	ArticleID int64
	CopyOf    int64
	Doc       []byte
	At        time.Time
	Why       []string // for /why
}
