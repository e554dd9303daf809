package store

import (
	"context"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
)

var (
	_ bot.GuildStore  = (*Store)(nil)
	_ bot.FollowStore = (*Store)(nil)
)

const guildColumns = `id, name, lang, zone, admin_channel, owner_id, llm_opt_out, joined_at, left_at`

func scanGuild(r row) (g bot.Guild, err error) {
	return g, r.Scan(&g.ID, &g.Name, &g.Lang, &g.Zone, &g.AdminChannel, &g.OwnerID, &g.LLMOptOut, when{&g.JoinedAt}, when{&g.LeftAt})
}

// Guild implements bot.GuildStore.
func (s *Store) Guild(ctx context.Context, id string) (g bot.Guild, err error) {
	defer s.wrap(&err, "guild %s", id)
	err = s.read(ctx, func(t *tx) (err error) {
		g, err = scanGuild(t.row(`SELECT `+guildColumns+` FROM guilds WHERE id = ?`, id))
		return err
	})
	return g, err
}

// SaveGuild implements bot.GuildStore.
func (s *Store) SaveGuild(ctx context.Context, g bot.Guild) (err error) {
	defer s.wrap(&err, "save guild %s", g.ID)
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO guilds (`+guildColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, lang = excluded.lang, zone = excluded.zone, admin_channel = excluded.admin_channel,
				owner_id = excluded.owner_id, llm_opt_out = excluded.llm_opt_out, joined_at = excluded.joined_at, left_at = excluded.left_at`,
			g.ID, g.Name, g.Lang, g.Zone, g.AdminChannel, g.OwnerID, g.LLMOptOut, micros(g.JoinedAt), micros(g.LeftAt))
		return err
	})
}

// Guilds implements bot.GuildStore.
func (s *Store) Guilds(ctx context.Context) (gs []bot.Guild, err error) {
	defer s.wrap(&err, "list guilds")
	err = s.read(ctx, func(t *tx) (err error) {
		gs, err = list(t, scanGuild, `SELECT `+guildColumns+` FROM guilds WHERE left_at = 0 ORDER BY joined_at, id`)
		return err
	})
	return gs, err
}

// guildTables are those whose rows go with their guild, the dependent first.
var guildTables = []string{"shown", "deliveries", "digests", "schedules", "weights", "parked_routes", "subscriptions", "follows", "caught_up"}

// PurgeGuilds implements bot.GuildStore.
func (s *Store) PurgeGuilds(ctx context.Context, leftBefore time.Time) (n int, err error) {
	defer s.wrap(&err, "purge guilds")
	err = s.write(ctx, func(t *tx) error {
		ids, err := list(t, scanText, `SELECT id FROM guilds WHERE left_at > 0 AND left_at < ?`, micros(leftBefore))
		if err != nil || len(ids) == 0 {
			return err
		}
		gone := s.texts(ids)
		for _, table := range guildTables {
			if _, err := t.exec(`DELETE FROM `+table+` WHERE `+s.in("guild_id"), gone); err != nil {
				return err
			}
		}
		if _, err := t.exec(`DELETE FROM guilds WHERE `+s.in("id"), gone); err != nil {
			return err
		}
		n = len(ids)
		return t.markFollowed()
	})
	return n, err
}

// markFollowed stops the polling of feeds that nobody follows any more.
func (t *tx) markFollowed() error {
	_, err := t.exec(`UPDATE feeds SET followed = FALSE WHERE followed AND NOT EXISTS (SELECT 1 FROM follows WHERE follows.feed_id = feeds.id)`)
	return err
}

// AddFollow implements bot.FollowStore.
func (s *Store) AddFollow(ctx context.Context, f bot.Follow) (out bot.Follow, err error) {
	defer s.wrap(&err, "follow %s", f.Feed.URL)
	err = s.write(ctx, func(t *tx) error {
		feed, at := f.Feed, f.AddedAt
		if at.IsZero() {
			at = s.now()
		}
		next, state := feed.NextCheckAt, feed.State
		if next.IsZero() {
			next = at
		}
		if state == "" {
			state = feeds.StateActive
		}
		// A publisher given now fills one that is not known yet, and no more:
		// the feed is shared.
		id, err := scanID(t.row(`INSERT INTO feeds (url, host, site_url, title, description, lang, publisher, family, icon_url, hub_url,
				state, since, kind, reason, fails, moved, next_check_at, last_checked_at, last_changed_at, check_every,
				etag, last_modified, validators_at, body_hash, memory, followed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, '', ?, 0, 0, ?, ?, ?, 0, NULL, '{}', TRUE)
			ON CONFLICT (url) DO UPDATE SET followed = TRUE,
				publisher = CASE WHEN feeds.publisher = '' THEN excluded.publisher ELSE feeds.publisher END,
				family = CASE WHEN feeds.family = '' THEN excluded.family ELSE feeds.family END
			RETURNING id`,
			feed.URL, feeds.HostKey(feed.URL), feed.SiteURL, feed.Title, feed.Description, feed.Lang, feed.Publisher, feed.Family, feed.IconURL, feed.HubURL,
			string(state), micros(at), micros(next), feed.Interval.Microseconds(), []byte{}, []byte{}))
		if err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO follows (guild_id, feed_id, include_query, exclude_query, added_by, added_at, pack)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, f.GuildID, id, f.Include, f.Exclude, f.AddedBy, micros(at), f.Pack)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrDuplicate
		}
		out, err = scanFollow(t.row(selectFollow+` WHERE w.guild_id = ? AND w.feed_id = ?`, f.GuildID, id))
		return err
	})
	return out, err
}

// RemoveFollow implements bot.FollowStore.
func (s *Store) RemoveFollow(ctx context.Context, guildID string, feedID int64) (err error) {
	defer s.wrap(&err, "unfollow feed %d", feedID)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM follows WHERE guild_id = ? AND feed_id = ?`, guildID, feedID)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		return t.markFollowed()
	})
}

// SaveFollow implements bot.FollowStore.
func (s *Store) SaveFollow(ctx context.Context, f bot.Follow) (err error) {
	defer s.wrap(&err, "save filters of feed %d", f.Feed.ID)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE follows SET include_query = ?, exclude_query = ?, pack = ? WHERE guild_id = ? AND feed_id = ?`,
			f.Include, f.Exclude, f.Pack, f.GuildID, f.Feed.ID)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

const selectFollow = `SELECT ` + feedColumns + `, w.guild_id, w.include_query, w.exclude_query, w.added_by, w.added_at, w.pack
	FROM follows w JOIN feeds ON feeds.id = w.feed_id`

func scanFollow(r row) (f bot.Follow, err error) {
	f.Feed, err = scanFeed(r, &f.GuildID, &f.Include, &f.Exclude, &f.AddedBy, when{&f.AddedAt}, &f.Pack)
	return f, err
}

// Follows implements bot.FollowStore.
func (s *Store) Follows(ctx context.Context, guildID string) (fs []bot.Follow, err error) {
	defer s.wrap(&err, "follows of guild %s", guildID)
	err = s.read(ctx, func(t *tx) (err error) {
		fs, err = list(t, scanFollow, selectFollow+` WHERE w.guild_id = ? ORDER BY w.added_at, w.feed_id`, guildID)
		return err
	})
	return fs, err
}
