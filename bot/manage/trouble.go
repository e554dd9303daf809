package manage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
)

// TroubleStore is what telling of trouble needs of a store.
type TroubleStore interface {
	Guilds(ctx context.Context) ([]bot.Guild, error)
	Guild(ctx context.Context, id string) (bot.Guild, error)
	Follows(ctx context.Context, guildID string) ([]bot.Follow, error)
	Enqueue(ctx context.Context, deliveries []bot.Delivery) error
	// Enqueued reports whether a delivery whose key begins so was ever enqueued.
	Enqueued(ctx context.Context, keyPrefix string) (bool, error)
}

// Trouble tells a guild's admins what doesn't work: each thing once, and once when
// it works again.
type Trouble struct {
	Store    TroubleStore
	Renderer interface {
		Notice(n bot.Notice) ([]bot.Message, error)
	}
	Sent  func()           // called when something was put into the outbox; may be nil
	Every time.Duration    // how often Feeds looks, however often it is called; default 10 min
	Now   func() time.Time // default time.Now
	Log   *slog.Logger     // default slog.Default()

	mu     sync.Mutex
	looked time.Time
}

// patience is how long a feed fails before people are told: most mend by
// themselves.
const patience = 24 * time.Hour

// Feeds looks at all guilds' feeds, and tells of those in trouble. It may be
// called at every tick. The errors of single guilds are joined.
func (t *Trouble) Feeds(ctx context.Context) error {
	if !t.due() {
		return nil
	}
	guilds, err := t.Store.Guilds(ctx)
	if err != nil {
		return fmt.Errorf("guilds: %w", err)
	}
	var problems []error
	for _, g := range guilds {
		follows, err := t.Store.Follows(ctx, g.ID)
		if err != nil {
			problems = append(problems, fmt.Errorf("feeds of guild %s: %w", g.ID, err))
			continue
		}
		for _, f := range follows {
			if err := t.feed(ctx, g, f); err != nil {
				problems = append(problems, fmt.Errorf("guild %s, feed %d: %w", g.ID, f.Feed.ID, err))
			}
		}
	}
	return errors.Join(problems...)
}

func (t *Trouble) due() bool {
	every := t.Every
	if every <= 0 {
		every = 10 * time.Minute
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := now(t.Now)
	if since := at.Sub(t.looked); since >= 0 && since < every {
		return false
	}
	t.looked = at
	return true
}

func (t *Trouble) feed(ctx context.Context, g bot.Guild, f bot.Follow) error {
	at := now(t.Now)
	feed := f.Feed
	args := map[string]string{"Feed": FeedName(feed), "URL": feeds.Shown(feed.URL), "Reason": feed.Reason}
	key := fmt.Sprintf("feed:%s:%d:", g.ID, feed.ID)
	switch {
	case feed.State == feeds.StateGone:
		args["text"] = fmt.Sprintf("%s says that it is gone for good, and is not asked any more.", FeedName(feed))
		return t.tell(ctx, g, "", "feed_gone", args, fmt.Sprintf("%sgone:%d", key, feed.Since.Unix()))
	case feed.State == feeds.StateFailing && at.Sub(feed.Since) >= patience:
		args["text"] = fmt.Sprintf("%s can't be read: %s", FeedName(feed), feed.Reason)
		return t.tell(ctx, g, "", "feed_failing", args, fmt.Sprintf("%sfailing:%d", key, feed.Since.Unix()))
	case feed.State == feeds.StateActive && feed.Moved != "":
		moved := feeds.Shown(feed.Moved)
		args["Moved"] = moved
		args["text"] = fmt.Sprintf("%s seems to have moved to %s. Add it there, and remove it here.", FeedName(feed), moved)
		return t.tell(ctx, g, "", "feed_moved", args, key+"moved:"+feed.Moved)
	case feed.State == feeds.StateActive && at.Sub(feed.Since) < 7*patience && !feed.LastCheckedAt.IsZero():
		// Was its last trouble told? Then its end is told too, once.
		told, err := t.Store.Enqueued(ctx, key+"failing:")
		if err != nil || !told {
			return err
		}
		return t.tell(ctx, g, "", "feed_recovered", args, fmt.Sprintf("%srecovered:%d", key, feed.Since.Unix()))
	}
	return nil
}

// RouteParked tells a guild that a channel can't be posted in: by another way
// than that channel.
func (t *Trouble) RouteParked(ctx context.Context, d bot.Delivery, reason string) error {
	if d.GuildID == bot.DirectGuild || d.ChannelID == "" {
		return nil // a closed direct message concerns nobody else
	}
	g, err := t.Store.Guild(ctx, d.GuildID)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("guild %s: %w", d.GuildID, err)
	}
	if !g.LeftAt.IsZero() {
		return nil
	}
	args := map[string]string{"Channel": d.ChannelID, "Reason": reason, "text": "A channel can't be posted in: " + reason}
	return t.tell(ctx, g, d.ChannelID, "route_parked", args, fmt.Sprintf("parked:%s:%d", d.Route(), now(t.Now).Unix()/3600))
}

// TellAdmins tells a guild's admins something, once for each key.
func (t *Trouble) TellAdmins(ctx context.Context, guildID string, n bot.Notice, key string) error {
	g, err := t.Store.Guild(ctx, guildID)
	if err != nil {
		return fmt.Errorf("guild %s: %w", guildID, err)
	}
	return t.tell(ctx, g, "", n.Kind, n.Args, key)
}

// tell enqueues a notice to the guild's admin channel, or to its owner where
// there is none or it is the one that fails.
func (t *Trouble) tell(ctx context.Context, g bot.Guild, failing, kind string, args map[string]string, key string) error {
	d := bot.Delivery{GuildID: g.ID, ChannelID: g.AdminChannel, State: bot.Pending, CreatedAt: now(t.Now)}
	if d.ChannelID == "" || d.ChannelID == failing {
		d.ChannelID, d.UserID = "", g.OwnerID
	}
	if d.ChannelID == "" && d.UserID == "" {
		t.log().WarnContext(ctx, "nobody to tell of trouble", "guild", g.ID, "kind", kind)
		return nil
	}
	messages, err := t.Renderer.Notice(bot.Notice{Kind: kind, Args: args, Lang: g.Lang, At: now(t.Now)})
	if err != nil {
		return fmt.Errorf("render a notice: %w", err)
	}
	deliveries := make([]bot.Delivery, len(messages))
	for i, m := range messages {
		deliveries[i] = d
		deliveries[i].Key, deliveries[i].Part, deliveries[i].Payload = fmt.Sprintf("%s:%d", key, i), i, m.Payload
	}
	if err := t.Store.Enqueue(ctx, deliveries); err != nil {
		return fmt.Errorf("enqueue a notice: %w", err)
	}
	if t.Sent != nil {
		t.Sent()
	}
	return nil
}

func (t *Trouble) log() *slog.Logger {
	if t.Log == nil {
		return slog.Default()
	}
	return t.Log
}
