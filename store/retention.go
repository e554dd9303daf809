package store

import (
	"context"
	"time"

	"sitrep/bot"
)

var _ bot.RetentionStore = (*Store)(nil)

// keptOfFeed is how many articles of each feed are kept whatever their age: as
// many as are taken of a feed at once. One that is still in the feed would
// otherwise come in again as new.
const keptOfFeed = 300

// PruneText implements bot.RetentionStore.
func (s *Store) PruneText(ctx context.Context, before time.Time, limit int) (n int, err error) {
	defer s.wrap(&err, "prune texts")
	err = s.write(ctx, func(t *tx) error {
		gone, err := t.exec(`DELETE FROM article_texts WHERE article_id IN (
			SELECT x.article_id FROM article_texts x JOIN articles a ON a.id = x.article_id
			WHERE a.seen_at < ? AND a.stage NOT IN ('stored', 'briefed') ORDER BY x.article_id LIMIT ?)`, micros(before), limit)
		n = int(gone)
		return err
	})
	return n, err
}

// PruneArticles implements bot.RetentionStore: articles go with their briefs and
// what they said of actors; stories, digests and deliveries when nothing of
// theirs is left; actors when no article names them. The newest of each feed
// stay.
func (s *Store) PruneArticles(ctx context.Context, before time.Time, limit int) (n int, err error) {
	defer s.wrap(&err, "prune articles")
	err = s.write(ctx, func(t *tx) error {
		ids, err := list(t, scanID, `SELECT id FROM articles WHERE seen_at < ? AND stage <> 'stored' AND seen_at < coalesce((
				SELECT b.seen_at FROM articles b WHERE b.feed_id = articles.feed_id ORDER BY b.seen_at DESC LIMIT 1 OFFSET ?), 0)
			ORDER BY id LIMIT ?`, micros(before), keptOfFeed-1, limit)
		if err != nil || len(ids) == 0 {
			return err
		}
		n = len(ids)
		gone := s.ids(ids)
		stories, err := list(t, scanID, `SELECT DISTINCT story_id FROM story_articles WHERE `+s.in("article_id"), gone)
		if err != nil {
			return err
		}
		if err := t.forgetAppearances(ids); err != nil {
			return err
		}
		key := "article_id"
		if s.engine == sqlite {
			key = "rowid"
		}
		if _, err := t.exec(`DELETE FROM article_search WHERE `+s.in(key), gone); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM articles WHERE `+s.in("id"), gone); err != nil { // the rest cascades
			return err
		}
		return t.pruneStories(stories, before)
	})
	return n, err
}

// pruneStories removes stories that have no article left, and what hung on them.
func (t *tx) pruneStories(ids []int64, before time.Time) error {
	empty, err := list(t, scanID, `SELECT id FROM stories WHERE `+t.s.in("id")+` AND NOT EXISTS (SELECT 1 FROM story_articles m WHERE m.story_id = stories.id)`, t.s.ids(ids))
	if err != nil {
		return err
	}
	if len(empty) > 0 {
		gone := t.s.ids(empty)
		for _, query := range []string{
			`DELETE FROM shown WHERE development_id IN (SELECT id FROM developments WHERE ` + t.s.in("story_id") + `)`,
			`DELETE FROM told WHERE development_id IN (SELECT id FROM developments WHERE ` + t.s.in("story_id") + `)`,
			`DELETE FROM developments WHERE ` + t.s.in("story_id"),
			`DELETE FROM held_back WHERE ` + t.s.in("story_id"),
			`DELETE FROM digest_stories WHERE ` + t.s.in("story_id"),
			`DELETE FROM stories WHERE merged_into <> 0 AND ` + t.s.in("merged_into"),
			`DELETE FROM stories WHERE ` + t.s.in("id"),
		} {
			if _, err := t.exec(query, gone); err != nil {
				return err
			}
		}
	}
	for _, query := range []string{
		`DELETE FROM deliveries WHERE state IN ('posted', 'failed') AND created_at < ?`,
		`DELETE FROM digests WHERE until < ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.digest_id = digests.id AND d.digest_id <> 0)
			AND id NOT IN (SELECT max(id) FROM digests GROUP BY channel_id)`,
		`DELETE FROM alerts WHERE at < ?`,
		`DELETE FROM quotas WHERE ends_at < ?`,
		`DELETE FROM actors WHERE articles <= 0 AND created_at < ? AND merged_into = 0
			AND NOT EXISTS (SELECT 1 FROM actors o WHERE o.merged_into = actors.id AND o.merged_into <> 0) AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.actor_id = actors.id)
			AND NOT EXISTS (SELECT 1 FROM actor_ops p WHERE (p.actor_id = actors.id OR p.other_id = actors.id) AND NOT p.undone)`,
	} {
		if _, err := t.exec(query, micros(before)); err != nil {
			return err
		}
	}
	return nil
}
