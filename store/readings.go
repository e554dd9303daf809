package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

var _ bot.ReadingStore = (*Store)(nil)

const articleColumns = `a.id, a.feed_id, a.identity, a.fingerprint, a.guid, a.url, a.title, a.summary, a.author, a.image_url, a.lang,
	a.publisher, a.family, a.text_source, a.paywalled, a.published_at, a.seen_at, a.edited_at, a.content_hash, a.stage`

// scanArticle scans articleColumns and the packed text, and what more stands
// after them.
func scanArticle(r row, more ...any) (a feeds.Article, err error) {
	var body []byte
	dest := []any{&a.ID, &a.FeedID, &a.Identity, &a.Fingerprint, &a.GUID, &a.URL, &a.Title, &a.Summary, &a.Author, &a.ImageURL, &a.Lang,
		&a.Publisher, &a.Family, &a.TextSource, &a.Paywalled, when{&a.PublishedAt}, when{&a.SeenAt}, when{&a.EditedAt}, &a.ContentHash, &a.Stage, &body}
	if err := r.Scan(append(dest, more...)...); err != nil {
		return a, err
	}
	text, err := unpack(body)
	a.Text = string(text)
	return a, err
}

const selectArticle = `SELECT ` + articleColumns + `, t.body FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id`

// UnreadArticles implements bot.ReadingStore.
func (s *Store) UnreadArticles(ctx context.Context, feedID int64, limit int) (articles []feeds.Article, err error) {
	defer s.wrap(&err, "unread articles of feed %d", feedID)
	err = s.read(ctx, func(t *tx) (err error) {
		articles, err = list(t, func(r row) (feeds.Article, error) { return scanArticle(r) },
			selectArticle+` WHERE a.feed_id = ? AND a.stage = 'stored' ORDER BY a.id LIMIT ?`, feedID, limit)
		return err
	})
	return articles, err
}

// FeedsUnread lists feeds with articles that were stored before a time and are
// still unread: their job was lost to a crash, or given up.
func (s *Store) FeedsUnread(ctx context.Context, before time.Time, limit int) (ids []int64, err error) {
	defer s.wrap(&err, "feeds with unread articles")
	err = s.read(ctx, func(t *tx) (err error) {
		ids, err = list(t, scanID, `SELECT DISTINCT feed_id FROM articles WHERE stage = 'stored' AND seen_at < ? ORDER BY feed_id LIMIT ?`, micros(before), limit)
		return err
	})
	return ids, err
}

// QueueReads inserts the jobs to read feeds, but for those that have one.
func (s *Store) QueueReads(ctx context.Context, feedIDs []int64) (err error) {
	defer s.wrap(&err, "queue %d feeds to be read", len(feedIDs))
	if len(feedIDs) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error { return t.insertReads(feedIDs...) })
}

// ResumeJobs frees the jobs that a process which was killed had in hand, on
// SQLite, where one process works jobs: they need not wait to be found stuck.
// On PostgreSQL others may be at work, and River finds them by their age.
func (s *Store) ResumeJobs(ctx context.Context) (err error) {
	defer s.wrap(&err, "resume jobs")
	if s.engine == postgres {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE river_job SET state = 'available' WHERE state = 'running'`)
		return err
	})
}

// Flags of an appearance.
const (
	isKey    = 1
	acts     = 2
	hasRole  = 4
	isQuoted = 8
)

// SaveReading implements bot.ReadingStore.
func (s *Store) SaveReading(ctx context.Context, article feeds.Article, brief summarize.Brief, links []bot.ActorLink) (err error) {
	defer s.wrap(&err, "save the reading of article %d", article.ID)
	return s.write(ctx, func(t *tx) error { return t.saveReading(article, brief, links) })
}

func (t *tx) saveReading(article feeds.Article, brief summarize.Brief, links []bot.ActorLink) error {
	var (
		hash      string
		published time.Time
		feedID    int64
	)
	if err := t.row(`SELECT content_hash, published_at, feed_id FROM articles WHERE id = ?`, article.ID).Scan(&hash, when{&published}, &feedID); err != nil {
		return err
	}
	if article.ContentHash != "" && article.ContentHash != hash {
		return nil // edited since it was handed out: it is unread again
	}
	if !article.PublishedAt.IsZero() {
		published = article.PublishedAt
	}
	article.FeedID, article.PublishedAt = feedID, published
	if _, err := t.exec(`UPDATE articles SET author = ?, image_url = ?, lang = ?, text_source = ?, paywalled = ?, published_at = ?, briefed_at = ?,
			stage = 'briefed', note = '' WHERE id = ?`,
		article.Author, article.ImageURL, article.Lang, string(article.TextSource), article.Paywalled, micros(published), micros(t.s.now()), article.ID); err != nil {
		return err
	}
	if err := t.saveText(article.ID, article.Text); err != nil {
		return err
	}
	brief.ArticleID = article.ID
	brief.Actors = append([]summarize.Actor(nil), brief.Actors...) // the caller's stay as they are
	if err := t.saveActors(&article, &brief, links); err != nil {
		return fmt.Errorf("its actors: %w", err)
	}
	body, err := packJSON(brief)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO briefs (article_id, engine, body) VALUES (?, ?, ?)
		ON CONFLICT (article_id) DO UPDATE SET engine = excluded.engine, body = excluded.body`, article.ID, brief.Engine, body); err != nil {
		return err
	}
	return t.indexArticle(&article, &brief)
}

// SkipArticle implements bot.ReadingStore.
func (s *Store) SkipArticle(ctx context.Context, articleID int64, reason string) (err error) {
	defer s.wrap(&err, "skip article %d", articleID)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE articles SET stage = 'skipped', note = ? WHERE id = ? AND stage IN ('stored', 'briefed', 'skipped')`, reason, articleID)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

// selectReading lists articles with their texts, briefs and stories.
const selectReading = `SELECT ` + articleColumns + `, t.body, b.body, coalesce(m.story_id, 0), coalesce(m.copy_of, 0)
	FROM articles a JOIN briefs b ON b.article_id = a.id
	LEFT JOIN article_texts t ON t.article_id = a.id
	LEFT JOIN story_articles m ON m.article_id = a.id`

// readings runs selectReading with a condition.
func (t *tx) readings(where string, args ...any) ([]bot.Reading, error) {
	all, err := list(t, func(r row) (v bot.Reading, err error) {
		var body []byte
		if v.Article, err = scanArticle(r, &body, &v.StoryID, &v.CopyOf); err != nil {
			return v, err
		}
		v.Corrected = v.StoryID != 0 && v.Article.Stage == feeds.StageBriefed
		return v, unpackJSON(body, &v.Brief)
	}, selectReading+` WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	briefs := make(map[int64]*summarize.Brief, len(all))
	for i := range all {
		briefs[all[i].Article.ID] = &all[i].Brief
	}
	return all, t.resolveActors(briefs)
}

// resolveActors fills in who the actors of briefs are: merges and splits may
// have changed that since a brief was stored.
func (t *tx) resolveActors(briefs map[int64]*summarize.Brief) error {
	if len(briefs) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(briefs))
	for id, b := range briefs {
		ids = append(ids, id)
		for i := range b.Actors {
			b.Actors[i].ID = 0
		}
	}
	return t.each(func(r *sql.Rows) error {
		var article, actor int64
		var idx int
		if err := r.Scan(&article, &idx, &actor); err != nil {
			return err
		}
		if b := briefs[article]; b != nil && idx < len(b.Actors) {
			b.Actors[idx].ID = actor
		}
		return nil
	}, `SELECT p.article_id, p.idx, CASE WHEN coalesce(a.merged_into, 0) <> 0 THEN a.merged_into ELSE p.actor_id END
		FROM appearances p LEFT JOIN actors a ON a.id = p.actor_id WHERE `+t.s.in("p.article_id"), t.s.ids(ids))
}
