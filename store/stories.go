package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

var _ bot.StoryStore = (*Store)(nil)

// Lease implements bot.StoryStore.
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	defer s.wrap(&err, "lease %s", name)
	err = s.write(ctx, func(t *tx) error {
		now := s.now()
		n, err := t.exec(`INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE leases.holder = excluded.holder OR leases.until <= ?`, name, holder, micros(now.Add(ttl)), micros(now))
		held = n > 0
		return err
	})
	return held, err
}

// ReleaseLease implements bot.StoryStore.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) (err error) {
	defer s.wrap(&err, "release lease %s", name)
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM leases WHERE name = ? AND holder = ?`, name, holder)
		return err
	})
}

// BriefedArticles implements bot.StoryStore.
func (s *Store) BriefedArticles(ctx context.Context, limit int) (readings []bot.Reading, err error) {
	defer s.wrap(&err, "briefed articles")
	err = s.read(ctx, func(t *tx) (err error) {
		readings, err = t.readings(`a.stage = 'briefed' ORDER BY a.id LIMIT ?`, limit)
		return err
	})
	return readings, err
}

// Members implements bot.StoryStore.
func (s *Store) Members(ctx context.Context, storyID int64) (readings []bot.Reading, err error) {
	defer s.wrap(&err, "members of story %d", storyID)
	err = s.read(ctx, func(t *tx) (err error) {
		readings, err = t.readings(`m.story_id = ? ORDER BY a.published_at, a.id`, storyID)
		return err
	})
	return readings, err
}

// storyBody is what a story's row holds as one frame: all but its articles,
// which are rows of their own, and the columns that queries need.
type storyBody struct {
	Lang         string
	Developments []summarize.StoryDevelopment
	Disputes     []summarize.Dispute    `json:",omitempty"`
	Actors       []summarize.StoryActor `json:",omitempty"`
	Publishers   int
	Severity     float64
	ImageURL     string `json:",omitempty"`
}

// SaveStory implements bot.StoryStore.
func (s *Store) SaveStory(ctx context.Context, j bot.Join) (st summarize.Story, err error) {
	defer s.wrap(&err, "save story %d with article %d", j.Story.ID, j.ArticleID)
	err = s.write(ctx, func(t *tx) (err error) {
		st, err = t.saveStory(j)
		return err
	})
	return st, err
}

func (t *tx) saveStory(j bot.Join) (st summarize.Story, err error) {
	st = j.Story
	st.Developments = slices.Clone(st.Developments)
	if st.UpdatedAt.IsZero() {
		st.UpdatedAt = j.At
	}
	if st.FirstSeenAt.IsZero() {
		st.FirstSeenAt = st.UpdatedAt
	}
	if st.ID == 0 {
		if st.ID, err = scanID(t.row(`INSERT INTO stories (headline, first_seen_at, updated_at, body) VALUES (?, ?, ?, ?) RETURNING id`,
			st.Headline, micros(st.FirstSeenAt), micros(st.UpdatedAt), []byte{})); err != nil {
			return st, err
		}
	}
	if err := t.keepDevelopments(&st); err != nil {
		return st, err
	}
	body, err := packJSON(storyBody{
		Lang: st.Lang, Developments: st.Developments, Disputes: st.Disputes, Actors: st.Actors,
		Publishers: st.Publishers, Severity: st.Severity, ImageURL: st.ImageURL,
	})
	if err != nil {
		return st, err
	}
	n, err := t.exec(`UPDATE stories SET headline = ?, first_seen_at = ?, updated_at = ?, body = ? WHERE id = ?`,
		st.Headline, micros(st.FirstSeenAt), micros(st.UpdatedAt), body, st.ID)
	if err != nil {
		return st, err
	}
	if n == 0 {
		return st, bot.ErrNotFound
	}
	if err := t.saveMembers(&st, j); err != nil {
		return st, err
	}
	st.Articles, err = t.storyArticles(st.ID)
	return st, err
}

// keepDevelopments gives new developments their ids, and keeps those that the
// story has.
func (t *tx) keepDevelopments(st *summarize.Story) error {
	stored, err := list(t, scanID, `SELECT id FROM developments WHERE story_id = ?`, st.ID)
	if err != nil {
		return err
	}
	left := map[int64]bool{}
	for _, id := range stored {
		left[id] = true
	}
	for i := range st.Developments {
		d := &st.Developments[i]
		switch {
		case d.ID == 0:
			if d.ID, err = scanID(t.row(`INSERT INTO developments (story_id) VALUES (?) RETURNING id`, st.ID)); err != nil {
				return err
			}
		case left[d.ID]:
			delete(left, d.ID)
		default: // from a story that this one has taken over
			if _, err := t.exec(`INSERT INTO developments (id, story_id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET story_id = excluded.story_id`, d.ID, st.ID); err != nil {
				return err
			}
		}
	}
	for id := range left {
		if _, err := t.exec(`DELETE FROM developments WHERE id = ?`, id); err != nil {
			return err
		}
	}
	return nil
}

// saveMembers writes the joining article, and what the story says otherwise of
// the articles that it has.
func (t *tx) saveMembers(st *summarize.Story, j bot.Join) error {
	type member struct{ story, copyOf int64 }
	stored := map[int64]member{}
	ids := make([]int64, 0, len(st.Articles))
	for _, a := range st.Articles {
		if a.ArticleID != j.ArticleID {
			ids = append(ids, a.ArticleID)
		}
	}
	if len(ids) > 0 {
		if err := t.each(func(r *sql.Rows) error {
			var id int64
			var m member
			err := r.Scan(&id, &m.story, &m.copyOf)
			stored[id] = m
			return err
		}, `SELECT article_id, story_id, copy_of FROM story_articles WHERE `+t.s.in("article_id"), t.s.ids(ids)); err != nil {
			return err
		}
	}
	for _, a := range st.Articles {
		m, ok := stored[a.ArticleID]
		if !ok || m == (member{st.ID, a.CopyOf}) {
			continue
		}
		if _, err := t.exec(`UPDATE story_articles SET story_id = ?, copy_of = ? WHERE article_id = ?`, st.ID, a.CopyOf, a.ArticleID); err != nil {
			return err
		}
	}
	if j.ArticleID == 0 {
		return nil
	}
	n, err := t.exec(`INSERT INTO story_articles (article_id, story_id, feed_id, copy_of, published_at, joined_at)
		SELECT id, CAST(? AS BIGINT), feed_id, CAST(? AS BIGINT), published_at, CAST(? AS BIGINT) FROM articles WHERE id = ?
		ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, copy_of = excluded.copy_of,
			published_at = excluded.published_at, joined_at = excluded.joined_at`, st.ID, j.CopyOf, micros(j.At), j.ArticleID)
	if err != nil {
		return err
	}
	if n == 0 {
		return bot.ErrNotFound
	}
	why, err := json.Marshal(j.Why)
	if err != nil {
		return err
	}
	doc := j.Doc
	if doc == nil {
		doc = []byte{}
	}
	if _, err := t.exec(`INSERT INTO story_docs (article_id, why, doc) VALUES (?, ?, ?)
		ON CONFLICT (article_id) DO UPDATE SET why = excluded.why, doc = excluded.doc`, j.ArticleID, string(why), doc); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE articles SET stage = 'joined' WHERE id = ? AND stage = 'briefed'`, j.ArticleID)
	return err
}

// MergeStories implements bot.StoryStore.
func (s *Store) MergeStories(ctx context.Context, from, into int64, at time.Time) (err error) {
	defer s.wrap(&err, "merge story %d into %d", from, into)
	if from == into {
		return fmt.Errorf("a story can't be merged into itself: %w", bot.ErrConflict)
	}
	return s.write(ctx, func(t *tx) error {
		root, err := t.storyRoot(into)
		if err != nil {
			return err
		}
		if root == from {
			return fmt.Errorf("story %d is already part of story %d: %w", into, from, bot.ErrConflict)
		}
		stories, err := t.stories([]int64{from, root})
		if err != nil {
			return err
		}
		if len(stories) != 2 {
			return bot.ErrNotFound
		}
		a, b := stories[from], stories[root]
		if a.MergedInto != 0 {
			return nil // done before
		}
		// What the one told stays told: its developments move with their ids.
		b.Developments = append(b.Developments, a.Developments...)
		b.Disputes = append(b.Disputes, a.Disputes...)
		for _, actor := range a.Actors {
			if !slices.ContainsFunc(b.Actors, func(have summarize.StoryActor) bool { return have.ActorID == actor.ActorID && have.Name == actor.Name }) {
				b.Actors = append(b.Actors, actor)
			}
		}
		if a.FirstSeenAt.Before(b.FirstSeenAt) {
			b.FirstSeenAt = a.FirstSeenAt
		}
		b.Severity = max(a.Severity, b.Severity)
		b.Articles = append(b.Articles, a.Articles...)
		b.Publishers = Support(b.Articles)
		body, err := packJSON(storyBody{
			Lang: b.Lang, Developments: b.Developments, Disputes: b.Disputes, Actors: b.Actors,
			Publishers: b.Publishers, Severity: b.Severity, ImageURL: b.ImageURL,
		})
		if err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE stories SET first_seen_at = ?, updated_at = ?, body = ? WHERE id = ?`, micros(b.FirstSeenAt), micros(at), body, root); err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE story_articles SET story_id = ? WHERE story_id = ?`,
			`UPDATE developments SET story_id = ? WHERE story_id = ?`,
			`UPDATE stories SET merged_into = ? WHERE id = ?`,
			`UPDATE stories SET merged_into = ? WHERE merged_into = ? AND merged_into <> 0`,
			`UPDATE subscriptions SET story_id = ? WHERE story_id = ? AND NOT EXISTS (
				SELECT 1 FROM subscriptions o WHERE o.guild_id = subscriptions.guild_id AND o.place = subscriptions.place AND o.story_id = ?)`,
			`INSERT INTO held_back (subscription_id, story_id, at) SELECT subscription_id, CAST(? AS BIGINT), at FROM held_back WHERE story_id = ? ON CONFLICT DO NOTHING`,
		} {
			args := []any{root, from}
			if query[:20] == `UPDATE subscriptions` {
				args = append(args, root)
			}
			if _, err := t.exec(query, args...); err != nil {
				return err
			}
		}
		_, err = t.exec(`DELETE FROM held_back WHERE story_id = ?`, from)
		return err
	})
}

// storyRoot follows a story to the one that has taken it over.
func (t *tx) storyRoot(id int64) (int64, error) {
	var into int64
	if err := t.row(`SELECT merged_into FROM stories WHERE id = ?`, id).Scan(&into); err != nil {
		return 0, err
	}
	if into != 0 {
		return into, nil // merges always lead to the root
	}
	return id, nil
}

// Story implements bot.StoryStore.
func (s *Store) Story(ctx context.Context, id int64) (st summarize.Story, err error) {
	defer s.wrap(&err, "story %d", id)
	err = s.read(ctx, func(t *tx) error {
		root, err := t.storyRoot(id)
		if err != nil {
			return err
		}
		all, err := t.stories([]int64{root})
		if err != nil {
			return err
		}
		st = all[root]
		return nil
	})
	return st, err
}

// Window implements bot.StoryStore.
func (s *Store) Window(ctx context.Context, since time.Time, each func(articleID, storyID int64, doc []byte) error) (err error) {
	defer s.wrap(&err, "window of stories")
	return s.read(ctx, func(t *tx) error {
		return t.each(func(r *sql.Rows) error {
			var article, story int64
			var doc []byte
			if err := r.Scan(&article, &story, &doc); err != nil {
				return err
			}
			return each(article, story, doc)
		}, `SELECT m.article_id, m.story_id, d.doc FROM story_articles m JOIN story_docs d ON d.article_id = m.article_id
			WHERE m.joined_at >= ? OR m.published_at >= ? ORDER BY m.article_id`, micros(since), micros(since))
	})
}

// stories loads stories whole.
func (t *tx) stories(ids []int64) (map[int64]summarize.Story, error) {
	all := make(map[int64]summarize.Story, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	err := t.each(func(r *sql.Rows) error {
		var (
			st   summarize.Story
			body []byte
			b    storyBody
		)
		if err := r.Scan(&st.ID, &st.Headline, when{&st.FirstSeenAt}, when{&st.UpdatedAt}, &st.MergedInto, &body); err != nil {
			return err
		}
		if err := unpackJSON(body, &b); err != nil {
			return fmt.Errorf("story %d: %w", st.ID, err)
		}
		st.Lang, st.Developments, st.Disputes, st.Actors = b.Lang, b.Developments, b.Disputes, b.Actors
		st.Publishers, st.Severity, st.ImageURL = b.Publishers, b.Severity, b.ImageURL
		all[st.ID] = st
		return nil
	}, `SELECT id, headline, first_seen_at, updated_at, merged_into, body FROM stories WHERE `+t.s.in("id"), t.s.ids(ids))
	if err != nil {
		return nil, err
	}
	err = t.each(func(r *sql.Rows) error {
		id, a, err := scanStoryArticle(r)
		if err != nil {
			return err
		}
		if st, ok := all[id]; ok {
			st.Articles = append(st.Articles, a)
			all[id] = st
		}
		return nil
	}, selectStoryArticle+` WHERE `+t.s.in("m.story_id")+` ORDER BY m.published_at, m.article_id`, t.s.ids(ids))
	return all, err
}

const selectStoryArticle = `SELECT m.story_id, m.article_id, m.feed_id, a.url, a.title, a.publisher, a.family, a.lang, a.published_at, a.seen_at, m.copy_of
	FROM story_articles m JOIN articles a ON a.id = m.article_id`

func scanStoryArticle(r row) (storyID int64, a summarize.StoryArticle, err error) {
	var feed int64
	err = r.Scan(&storyID, &a.ArticleID, &feed, &a.URL, &a.Title, &a.Publisher, &a.Family, &a.Lang, when{&a.PublishedAt}, when{&a.SeenAt}, &a.CopyOf)
	a.FeedIDs = []int64{feed}
	return storyID, a, err
}

func (t *tx) storyArticles(storyID int64) ([]summarize.StoryArticle, error) {
	return list(t, func(r row) (summarize.StoryArticle, error) {
		_, a, err := scanStoryArticle(r)
		return a, err
	}, selectStoryArticle+` WHERE m.story_id = ? ORDER BY m.published_at, m.article_id`, storyID)
}
