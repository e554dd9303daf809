package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"sitrep/bot"
)

var (
	_ bot.PersonStore = (*Store)(nil)
	_ bot.WeightStore = (*Store)(nil)
)

// CaughtUp implements bot.PersonStore.
func (s *Store) CaughtUp(ctx context.Context, userID, guildID string) (at time.Time, err error) {
	defer s.wrap(&err, "when a user caught up")
	err = s.read(ctx, func(t *tx) error {
		return t.row(`SELECT coalesce(max(at), 0) FROM caught_up WHERE user_id = ? AND guild_id = ?`, userID, guildID).Scan(when{&at})
	})
	return at, err
}

// SetCaughtUp implements bot.PersonStore.
func (s *Store) SetCaughtUp(ctx context.Context, userID, guildID string, at time.Time) (err error) {
	defer s.wrap(&err, "keep when a user caught up")
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO caught_up (user_id, guild_id, at) VALUES (?, ?, ?)
			ON CONFLICT (user_id, guild_id) DO UPDATE SET at = excluded.at`, userID, guildID, micros(at))
		return err
	})
}

// ExportPerson implements bot.PersonStore: an object with one list for each
// kind of thing that is kept of a user.
func (s *Store) ExportPerson(ctx context.Context, userID string) (out []byte, err error) {
	defer s.wrap(&err, "export a user's data")
	err = s.read(ctx, func(t *tx) error {
		var (
			all = map[string]any{"user": userID}
			put = func(name string, v any, n int) {
				if n > 0 {
					all[name] = v
				}
			}
		)
		subs, err := list(t, scanSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE user_id = ? ORDER BY id`, userID)
		if err != nil {
			return err
		}
		put("subscriptions", subs, len(subs))
		schedules, err := list(t, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules WHERE created_by = ? ORDER BY id`, userID)
		if err != nil {
			return err
		}
		put("schedules_created", schedules, len(schedules))
		type follow struct {
			Guild, URL string
			At         time.Time
		}
		follows, err := list(t, func(r row) (f follow, err error) { return f, r.Scan(&f.Guild, &f.URL, when{&f.At}) },
			`SELECT w.guild_id, f.url, w.added_at FROM follows w JOIN feeds f ON f.id = w.feed_id WHERE w.added_by = ? ORDER BY w.added_at`, userID)
		if err != nil {
			return err
		}
		put("feeds_added", follows, len(follows))
		type caught struct {
			Guild string
			At    time.Time
		}
		caughtUp, err := list(t, func(r row) (c caught, err error) { return c, r.Scan(&c.Guild, when{&c.At}) },
			`SELECT guild_id, at FROM caught_up WHERE user_id = ? ORDER BY guild_id`, userID)
		if err != nil {
			return err
		}
		put("caught_up", caughtUp, len(caughtUp))
		weights, err := list(t, scanWeight, `SELECT `+weightColumns+` FROM weights WHERE by_user = ? ORDER BY id`, userID)
		if err != nil {
			return err
		}
		put("leanings_set", weights, len(weights))
		type message struct {
			Key             string
			State           bot.DeliveryState
			Created, Posted time.Time
			Payload         string
		}
		messages, err := list(t, func(r row) (m message, err error) {
			var payload []byte
			err = r.Scan(&m.Key, &m.State, when{&m.Created}, when{&m.Posted}, &payload)
			m.Payload = string(payload)
			return m, err
		}, `SELECT dedup_key, state, created_at, posted_at, payload FROM deliveries WHERE user_id = ? ORDER BY id`, userID)
		if err != nil {
			return err
		}
		put("direct_messages", messages, len(messages))
		out, err = json.MarshalIndent(all, "", "  ")
		return err
	})
	return out, err
}

// DeletePerson implements bot.PersonStore: what is the user's own goes; what
// they did for a guild stays, without their name.
func (s *Store) DeletePerson(ctx context.Context, userID string) (err error) {
	defer s.wrap(&err, "delete a user's data")
	if userID == "" {
		return nil // of everybody and nobody
	}
	return s.write(ctx, func(t *tx) error {
		for _, query := range []string{
			`DELETE FROM subscriptions WHERE user_id = ?`,
			`DELETE FROM caught_up WHERE user_id = ?`,
			`DELETE FROM deliveries WHERE user_id = ?`,
			`UPDATE follows SET added_by = '' WHERE added_by = ?`,
			`UPDATE schedules SET created_by = '' WHERE created_by = ?`,
			`UPDATE weights SET by_user = '' WHERE by_user = ?`,
			`UPDATE actor_ops SET by_user = '' WHERE by_user = ?`,
		} {
			if _, err := t.exec(query, userID); err != nil {
				return err
			}
		}
		if _, err := t.exec(`DELETE FROM parked_routes WHERE route = ?`, "user:"+userID); err != nil {
			return err
		}
		// Quotas are named by those who keep them, with the user's id in it.
		names, err := list(t, scanText, `SELECT name FROM quotas`)
		if err != nil {
			return err
		}
		for _, name := range names {
			for _, part := range strings.Split(name, ":") {
				if part == userID {
					if _, err := t.exec(`DELETE FROM quotas WHERE name = ?`, name); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// UseQuota implements bot.PersonStore. A window begins with its first use. Keys
// that name a user do so as one of their parts between colons.
func (s *Store) UseQuota(ctx context.Context, key string, limit int, window time.Duration, now time.Time) (within bool, err error) {
	defer s.wrap(&err, "use quota %s", key)
	err = s.write(ctx, func(t *tx) error {
		// Over the limit nothing is counted: who keeps asking is let in again
		// when the window ends all the same.
		n, err := t.exec(`INSERT INTO quotas (name, started_at, ends_at, used) SELECT CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), 1 WHERE CAST(? AS BIGINT) > 0
			ON CONFLICT (name) DO UPDATE SET
				used = CASE WHEN quotas.ends_at <= ? THEN 1 ELSE quotas.used + 1 END,
				started_at = CASE WHEN quotas.ends_at <= ? THEN excluded.started_at ELSE quotas.started_at END,
				ends_at = CASE WHEN quotas.ends_at <= ? THEN excluded.ends_at ELSE quotas.ends_at END
			WHERE quotas.used < ? OR quotas.ends_at <= ?`,
			key, micros(now), micros(now.Add(window)), limit, micros(now), micros(now), micros(now), limit, micros(now))
		within = n > 0
		return err
	})
	return within, err
}

const weightColumns = `id, guild_id, channel_id, term, kind, factor, by_user, at`

func scanWeight(r row) (w bot.Weight, err error) {
	return w, r.Scan(&w.ID, &w.GuildID, &w.ChannelID, &w.Term, &w.Kind, &w.Factor, &w.By, when{&w.At})
}

// Weights implements bot.WeightStore.
func (s *Store) Weights(ctx context.Context, channelID string) (ws []bot.Weight, err error) {
	defer s.wrap(&err, "leanings of channel %s", channelID)
	err = s.read(ctx, func(t *tx) (err error) {
		ws, err = list(t, scanWeight, `SELECT `+weightColumns+` FROM weights WHERE channel_id = ? ORDER BY id`, channelID)
		return err
	})
	return ws, err
}

// AddWeight implements bot.WeightStore. A second one for the same thing takes
// the first one's place.
func (s *Store) AddWeight(ctx context.Context, w bot.Weight) (err error) {
	defer s.wrap(&err, "add a leaning")
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM weights WHERE channel_id = ? AND kind = ? AND term = ?`, w.ChannelID, w.Kind, w.Term); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO weights (guild_id, channel_id, term, kind, factor, by_user, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			w.GuildID, w.ChannelID, w.Term, w.Kind, w.Factor, w.By, micros(w.At))
		return err
	})
}

// RemoveWeight implements bot.WeightStore.
func (s *Store) RemoveWeight(ctx context.Context, id int64) (err error) {
	defer s.wrap(&err, "remove leaning %d", id)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM weights WHERE id = ?`, id)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}
