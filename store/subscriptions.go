package store

import (
	"context"
	"time"

	"sitrep/bot"
)

var (
	_ bot.SubscriptionStore = (*Store)(nil)
	_ bot.AlertStore        = (*Store)(nil)
)

const subscriptionColumns = `id, guild_id, user_id, channel_id, query, actor_id, story_id, whenever, daily_at, zone, quiet_from, quiet_to,
	min_publishers, daily_cap, paused, lang, next_run_at, created_at`

func scanSubscription(r row) (c bot.Subscription, err error) {
	return c, r.Scan(&c.ID, &c.GuildID, &c.UserID, &c.ChannelID, &c.Query, &c.ActorID, &c.StoryID, &c.When, &c.DailyAt, &c.Zone, &c.QuietFrom, &c.QuietTo,
		&c.MinPublishers, &c.DailyCap, &c.Paused, &c.Lang, when{&c.NextRunAt}, when{&c.CreatedAt})
}

// SaveSubscription implements bot.SubscriptionStore.
func (s *Store) SaveSubscription(ctx context.Context, c bot.Subscription) (out bot.Subscription, err error) {
	defer s.wrap(&err, "save subscription %d", c.ID)
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	place := bot.Delivery{ChannelID: c.ChannelID, UserID: c.UserID}.Route()
	err = s.write(ctx, func(t *tx) (err error) {
		if c.ID == 0 {
			out, err = scanSubscription(t.row(`INSERT INTO subscriptions (guild_id, user_id, channel_id, place, query, actor_id, story_id, whenever, daily_at,
					zone, quiet_from, quiet_to, min_publishers, daily_cap, paused, lang, next_run_at, created_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING `+subscriptionColumns,
				c.GuildID, c.UserID, c.ChannelID, place, c.Query, c.ActorID, c.StoryID, string(c.When), c.DailyAt,
				c.Zone, c.QuietFrom, c.QuietTo, c.MinPublishers, c.DailyCap, c.Paused, c.Lang, micros(c.NextRunAt), micros(c.CreatedAt)))
			return err
		}
		out, err = scanSubscription(t.row(`UPDATE subscriptions SET guild_id = ?, user_id = ?, channel_id = ?, place = ?, query = ?, actor_id = ?, story_id = ?,
				whenever = ?, daily_at = ?, zone = ?, quiet_from = ?, quiet_to = ?, min_publishers = ?, daily_cap = ?, paused = ?, lang = ?, next_run_at = ?
			WHERE id = ? RETURNING `+subscriptionColumns,
			c.GuildID, c.UserID, c.ChannelID, place, c.Query, c.ActorID, c.StoryID,
			string(c.When), c.DailyAt, c.Zone, c.QuietFrom, c.QuietTo, c.MinPublishers, c.DailyCap, c.Paused, c.Lang, micros(c.NextRunAt), c.ID))
		return err
	})
	if isDuplicate(err) {
		err = bot.ErrDuplicate
	}
	return out, err
}

// Subscription implements bot.SubscriptionStore.
func (s *Store) Subscription(ctx context.Context, id int64) (c bot.Subscription, err error) {
	defer s.wrap(&err, "subscription %d", id)
	err = s.read(ctx, func(t *tx) (err error) {
		c, err = scanSubscription(t.row(`SELECT `+subscriptionColumns+` FROM subscriptions WHERE id = ?`, id))
		return err
	})
	return c, err
}

// Subscriptions implements bot.SubscriptionStore.
func (s *Store) Subscriptions(ctx context.Context, guildID, userID string) (cs []bot.Subscription, err error) {
	defer s.wrap(&err, "subscriptions")
	where, args := `guild_id = ?`, []any{guildID}
	switch {
	case guildID == "*":
		where, args = `user_id = ?`, []any{userID}
	case userID != "":
		where, args = `guild_id = ? AND user_id = ?`, []any{guildID, userID}
	}
	return s.subscriptions(ctx, where+` ORDER BY id`, args...)
}

func (s *Store) subscriptions(ctx context.Context, where string, args ...any) (cs []bot.Subscription, err error) {
	err = s.read(ctx, func(t *tx) (err error) {
		cs, err = list(t, scanSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE `+where, args...)
		return err
	})
	return cs, err
}

// RemoveSubscription implements bot.SubscriptionStore.
func (s *Store) RemoveSubscription(ctx context.Context, id int64) (err error) {
	defer s.wrap(&err, "remove subscription %d", id)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM subscriptions WHERE id = ?`, id)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

// inGuild keeps to guilds that the bot is in.
const inGuild = ` AND NOT EXISTS (SELECT 1 FROM guilds g WHERE g.id = subscriptions.guild_id AND g.left_at > 0)`

// ActiveSubscriptions implements bot.SubscriptionStore.
func (s *Store) ActiveSubscriptions(ctx context.Context) (cs []bot.Subscription, err error) {
	defer s.wrap(&err, "active subscriptions")
	return s.subscriptions(ctx, `NOT paused`+inGuild+` ORDER BY id`)
}

// DueSummaries implements bot.SubscriptionStore.
func (s *Store) DueSummaries(ctx context.Context, now time.Time, limit int) (cs []bot.Subscription, err error) {
	defer s.wrap(&err, "due summaries")
	return s.subscriptions(ctx, `NOT paused AND next_run_at > 0 AND next_run_at <= ?`+inGuild+` ORDER BY next_run_at, id LIMIT ?`, micros(now), limit)
}

// Told implements bot.AlertStore.
func (s *Store) Told(ctx context.Context, subscriptionID, storyID int64) (told map[int64]int, err error) {
	defer s.wrap(&err, "what subscription %d was told", subscriptionID)
	told = map[int64]int{}
	err = s.read(ctx, func(t *tx) error {
		return t.each(scanVersion(told), `SELECT o.development_id, o.version FROM developments d CROSS JOIN told o
			WHERE o.development_id = d.id AND d.story_id = ? AND o.subscription_id = ?`, storyID, subscriptionID)
	})
	return told, err
}

// AlertsSince implements bot.AlertStore.
func (s *Store) AlertsSince(ctx context.Context, subscriptionID int64, since time.Time) (n int, err error) {
	defer s.wrap(&err, "alerts of subscription %d", subscriptionID)
	err = s.read(ctx, func(t *tx) error {
		return t.row(`SELECT count(*) FROM alerts WHERE subscription_id = ? AND at >= ?`, subscriptionID, micros(since)).Scan(&n)
	})
	return n, err
}

// SaveAlert implements bot.AlertStore. ErrNotFound: the subscription is gone.
func (s *Store) SaveAlert(ctx context.Context, a bot.AlertRecord) (err error) {
	defer s.wrap(&err, "save an alert of subscription %d", a.SubscriptionID)
	if a.At.IsZero() {
		a.At = s.now()
	}
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE subscriptions SET next_run_at = ? WHERE id = ?`, micros(a.Next), a.SubscriptionID)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		for _, story := range a.StoryIDs {
			query := `DELETE FROM held_back WHERE subscription_id = ? AND story_id = ?`
			args := []any{a.SubscriptionID, story}
			if a.HoldBack {
				query = `INSERT INTO held_back (subscription_id, story_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
				args = append(args, micros(a.At))
			}
			if _, err := t.exec(query, args...); err != nil {
				return err
			}
		}
		if a.HoldBack {
			return nil
		}
		for id, version := range a.Lines {
			if _, err := t.exec(`INSERT INTO told (subscription_id, development_id, version) VALUES (?, ?, ?)
				ON CONFLICT (subscription_id, development_id) DO UPDATE SET
					version = CASE WHEN excluded.version > told.version THEN excluded.version ELSE told.version END`, a.SubscriptionID, id, version); err != nil {
				return err
			}
		}
		if len(a.Deliveries) == 0 {
			return nil
		}
		var known int
		keys := make([]string, len(a.Deliveries))
		for i, d := range a.Deliveries {
			keys[i] = d.Key
		}
		if err := t.row(`SELECT count(*) FROM deliveries WHERE `+s.in("dedup_key"), s.texts(keys)).Scan(&known); err != nil {
			return err
		}
		if known == len(keys) {
			return nil // saved before
		}
		if _, err := t.exec(`INSERT INTO alerts (subscription_id, at) VALUES (?, ?)`, a.SubscriptionID, micros(a.At)); err != nil {
			return err
		}
		for _, d := range a.Deliveries {
			if err := t.enqueue(d, a.At); err != nil {
				return err
			}
		}
		return nil
	})
}

// HeldBack implements bot.AlertStore.
func (s *Store) HeldBack(ctx context.Context, subscriptionID int64) (ids []int64, err error) {
	defer s.wrap(&err, "what is held back for subscription %d", subscriptionID)
	err = s.read(ctx, func(t *tx) (err error) {
		ids, err = list(t, scanID, `SELECT story_id FROM held_back WHERE subscription_id = ? ORDER BY at, story_id`, subscriptionID)
		return err
	})
	return ids, err
}

// GuildsOfStory implements bot.AlertStore.
func (s *Store) GuildsOfStory(ctx context.Context, storyID int64) (ids []string, err error) {
	defer s.wrap(&err, "guilds of story %d", storyID)
	err = s.read(ctx, func(t *tx) (err error) {
		ids, err = list(t, scanText, `SELECT DISTINCT w.guild_id FROM story_articles m JOIN follows w ON w.feed_id = m.feed_id
			LEFT JOIN guilds g ON g.id = w.guild_id WHERE m.story_id = ? AND coalesce(g.left_at, 0) = 0 ORDER BY w.guild_id`, storyID)
		return err
	})
	return ids, err
}
