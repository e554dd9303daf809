package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

var _ bot.EditionStore = (*Store)(nil)

// GuildStories implements bot.EditionStore.
func (s *Store) GuildStories(ctx context.Context, guildID string, since, until time.Time, limit int) (stories []summarize.Story, err error) {
	defer s.wrap(&err, "stories of guild %s", guildID)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(bot.Scope{GuildID: guildID})
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		ids, err := list(t, scanID, `SELECT story_id FROM story_articles WHERE `+s.in("feed_id")+` AND joined_at >= ? AND joined_at < ?
			GROUP BY story_id ORDER BY max(joined_at) DESC, story_id DESC LIMIT ?`, s.ids(feedIDs), micros(since), micros(until), limit)
		if err != nil {
			return err
		}
		stories, err = t.scopedStories(ids, feedIDs)
		return err
	})
	return stories, err
}

// scopedStories loads stories, in the order of ids, trimmed to feeds.
func (t *tx) scopedStories(ids, feedIDs []int64) ([]summarize.Story, error) {
	all, err := t.stories(ids)
	if err != nil {
		return nil, err
	}
	followed := make(map[int64]bool, len(feedIDs))
	for _, id := range feedIDs {
		followed[id] = true
	}
	inScope := func(id int64) bool { return followed[id] }

	// What only stories with articles out of sight need.
	var partial, firsts []int64
	for _, st := range all {
		seen := map[int64]bool{}
		for _, a := range st.Articles {
			if slices.ContainsFunc(a.FeedIDs, inScope) {
				seen[a.ArticleID] = true
			}
		}
		if len(seen) == len(st.Articles) {
			continue
		}
		for id := range seen {
			partial = append(partial, id)
		}
		for _, d := range st.Developments {
			sources := slices.Concat(d.Sources, d.Overtaken)
			if i := slices.IndexFunc(sources, func(s summarize.Source) bool { return seen[s.ArticleID] }); i > 0 {
				firsts = append(firsts, sources[i].ArticleID)
			}
		}
	}
	actors, err := t.actorsOf(partial)
	if err != nil {
		return nil, err
	}
	briefs, err := t.briefs(firsts)
	if err != nil {
		return nil, err
	}
	images, err := t.imagesOf(partial)
	if err != nil {
		return nil, err
	}

	out := make([]summarize.Story, 0, len(ids))
	for _, id := range ids {
		st, ok := all[id]
		if !ok {
			continue
		}
		n := len(st.Articles)
		st, ok = trim(st, inScope, func(id int64) bool { return actors[id] }, func(s summarize.Source) string { return statementOf(briefs[s.ArticleID], s.Evidence) })
		if !ok {
			continue
		}
		if len(st.Articles) < n {
			st.ImageURL = imageOf(st, images)
		}
		out = append(out, st)
	}
	return out, nil
}

// statementOf is the development of a brief that stands on the evidence.
func statementOf(b *summarize.Brief, e summarize.Evidence) string {
	if b == nil {
		return ""
	}
	for _, d := range b.Developments {
		if d.Evidence.Part == e.Part && d.Evidence.Start == e.Start && d.Evidence.End == e.End {
			return d.Text
		}
	}
	return ""
}

func imageOf(st summarize.Story, images map[int64]string) string {
	first := ""
	for _, a := range st.Articles {
		img := images[a.ArticleID]
		if img != "" && img == st.ImageURL {
			return img
		}
		if first == "" {
			first = img
		}
	}
	return first
}

func (t *tx) actorsOf(articles []int64) (map[int64]bool, error) {
	actors := map[int64]bool{}
	if len(articles) == 0 {
		return actors, nil
	}
	return actors, t.each(func(r *sql.Rows) error {
		var id, into int64
		err := r.Scan(&id, &into)
		actors[id] = true
		if into != 0 {
			actors[into] = true
		}
		return err
	}, `SELECT DISTINCT p.actor_id, coalesce(a.merged_into, 0) FROM appearances p LEFT JOIN actors a ON a.id = p.actor_id WHERE `+t.s.in("p.article_id"), t.s.ids(articles))
}

func (t *tx) imagesOf(articles []int64) (map[int64]string, error) {
	images := map[int64]string{}
	if len(articles) == 0 {
		return images, nil
	}
	return images, t.each(func(r *sql.Rows) error {
		var id int64
		var url string
		err := r.Scan(&id, &url)
		images[id] = url
		return err
	}, `SELECT id, image_url FROM articles WHERE image_url <> '' AND `+t.s.in("id"), t.s.ids(articles))
}

// briefs loads the briefs of articles, with who their actors are.
func (t *tx) briefs(articles []int64) (map[int64]*summarize.Brief, error) {
	briefs := map[int64]*summarize.Brief{}
	if len(articles) == 0 {
		return briefs, nil
	}
	err := t.each(func(r *sql.Rows) error {
		var id int64
		var body []byte
		if err := r.Scan(&id, &body); err != nil {
			return err
		}
		b := &summarize.Brief{}
		briefs[id] = b
		return unpackJSON(body, b)
	}, `SELECT article_id, body FROM briefs WHERE `+t.s.in("article_id"), t.s.ids(articles))
	if err != nil {
		return nil, err
	}
	return briefs, t.resolveActors(briefs)
}

// Shown implements bot.EditionStore.
func (s *Store) Shown(ctx context.Context, channelID string, storyIDs []int64) (shown map[int64]int, err error) {
	defer s.wrap(&err, "what channel %s was shown", channelID)
	shown = map[int64]int{}
	err = s.read(ctx, func(t *tx) error {
		return t.each(scanVersion(shown), `SELECT h.development_id, h.version FROM developments d CROSS JOIN shown h
			WHERE h.development_id = d.id AND `+s.in("d.story_id")+` AND h.channel_id = ?`, s.ids(storyIDs), channelID)
	})
	return shown, err
}

func scanVersion(into map[int64]int) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var id int64
		var version int
		err := r.Scan(&id, &version)
		into[id] = version
		return err
	}
}

// FeedStats implements bot.EditionStore.
func (s *Store) FeedStats(ctx context.Context, guildID string, since, until time.Time) (st bot.FeedStats, err error) {
	defer s.wrap(&err, "feed statistics of guild %s", guildID)
	err = s.read(ctx, func(t *tx) error {
		if err := t.row(`SELECT count(*), coalesce(sum(CASE WHEN f.kind <> '' THEN 1 ELSE 0 END), 0)
			FROM follows w JOIN feeds f ON f.id = w.feed_id WHERE w.guild_id = ? AND f.last_checked_at >= ?`,
			guildID, micros(since)).Scan(&st.Read, &st.Failed); err != nil {
			return err
		}
		return t.row(`SELECT count(*) FROM follows w JOIN articles a ON a.feed_id = w.feed_id
			WHERE w.guild_id = ? AND a.seen_at >= ? AND a.seen_at < ?`, guildID, micros(since), micros(until)).Scan(&st.Articles)
	})
	return st, err
}

// SaveEdition implements bot.EditionStore.
func (s *Store) SaveEdition(ctx context.Context, e bot.Edition) (d bot.Digest, err error) {
	defer s.wrap(&err, "save the edition of schedule %d", e.Digest.ScheduleID)
	repeated := false
	err = s.write(ctx, func(t *tx) error {
		d, repeated = e.Digest, false
		if !e.Due.IsZero() {
			n, err := t.exec(`UPDATE schedules SET next_run_at = ?, last_slot = CASE WHEN ? > last_slot THEN ? ELSE last_slot END
				WHERE id = ? AND next_run_at = ? AND NOT paused`, micros(e.Next), micros(d.Slot), micros(d.Slot), d.ScheduleID, micros(e.Due))
			if err != nil {
				return err
			}
			if n == 0 {
				return bot.ErrConflict
			}
			var made int
			if err := t.row(`SELECT count(*) FROM digests WHERE schedule_id = ? AND slot = ?`, d.ScheduleID, micros(d.Slot)).Scan(&made); err != nil {
				return err
			}
			if made > 0 {
				// The clock or the schedule was set back: that slot has its
				// edition. The schedule goes on to the next one.
				repeated = true
				return nil
			}
		}
		return t.insertDigest(&d, e.Deliveries)
	})
	if err == nil && repeated {
		err = fmt.Errorf("slot %s has its edition: %w", e.Digest.Slot.UTC().Format(time.RFC3339), bot.ErrConflict)
	}
	if err != nil {
		return bot.Digest{}, err
	}
	return d, nil
}

func (t *tx) insertDigest(d *bot.Digest, deliveries []bot.Delivery) error {
	// On demand there is no slot: two in one second are two.
	schedule := d.ScheduleID
	body, err := packJSON(d)
	if err != nil {
		return err
	}
	if d.ID, err = scanID(t.row(`INSERT INTO digests (schedule_id, slot, guild_id, channel_id, until, body) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		schedule, micros(d.Slot), d.GuildID, d.ChannelID, micros(d.Until), body)); err != nil {
		if isDuplicate(err) {
			return bot.ErrConflict
		}
		return err
	}
	at := t.s.now()
	lines := slices.Clone(d.BottomLine)
	for _, item := range d.Items {
		lines = append(lines, item.Lines...)
		if item.Background != nil {
			lines = append(lines, *item.Background)
		}
		if err := t.insertDigestStory(d.ID, item.StoryID, ""); err != nil {
			return err
		}
	}
	for _, l := range d.LeftOut {
		if err := t.insertDigestStory(d.ID, l.StoryID, l.Reason); err != nil {
			return err
		}
	}
	for _, l := range lines {
		if l.DevelopmentID == 0 {
			continue
		}
		if _, err := t.exec(`INSERT INTO shown (channel_id, development_id, version, guild_id, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (channel_id, development_id) DO UPDATE SET at = excluded.at,
				version = CASE WHEN excluded.version > shown.version THEN excluded.version ELSE shown.version END`,
			d.ChannelID, l.DevelopmentID, l.Version, d.GuildID, micros(at)); err != nil {
			return err
		}
	}
	for i := range deliveries {
		v := deliveries[i]
		v.DigestID = d.ID
		if err := t.enqueue(v, at); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertDigestStory(digestID, storyID int64, leftOut string) error {
	if storyID == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO digest_stories (story_id, digest_id, left_out) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, storyID, digestID, leftOut)
	return err
}

// Digest implements bot.EditionStore.
func (s *Store) Digest(ctx context.Context, id int64) (d bot.Digest, err error) {
	defer s.wrap(&err, "digest %d", id)
	return s.digest(ctx, `id = ?`, id)
}

// LastDigest implements bot.EditionStore.
func (s *Store) LastDigest(ctx context.Context, channelID string) (d bot.Digest, err error) {
	defer s.wrap(&err, "last digest of channel %s", channelID)
	return s.digest(ctx, `channel_id = ? ORDER BY id DESC LIMIT 1`, channelID)
}

func (s *Store) digest(ctx context.Context, where string, arg any) (d bot.Digest, err error) {
	err = s.read(ctx, func(t *tx) error {
		var id int64
		var body []byte
		if err := t.row(`SELECT id, body FROM digests WHERE `+where, arg).Scan(&id, &body); err != nil {
			return err
		}
		err := unpackJSON(body, &d)
		d.ID = id
		return err
	})
	return d, err
}
