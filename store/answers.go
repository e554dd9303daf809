package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/topic"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

var _ bot.Answers = (*Store)(nil)

const (
	exactTotal = 1000   // stories are counted up to here
	maxScan    = 12_000 // newest articles that match, looked at in one search
	suggested  = 100    // characters of a choice

	// Stories that a topic is held against, which takes half a millisecond each.
	judgedNewest = 40
	judgedFound  = 80
)

// LatestStories implements bot.Answers. With a topic, Total is at least one
// more than the page's last story where there are more.
func (s *Store) LatestStories(ctx context.Context, sc bot.Scope, f bot.StoryFilter) (page bot.StoryPage, err error) {
	defer s.wrap(&err, "latest stories")
	var q topic.Query
	if f.Topic != "" {
		if q, err = topic.Parse(f.Topic); err != nil {
			return page, err
		}
	}
	err = s.read(ctx, func(t *tx) error {
		feedIDs, from, err := t.narrow(sc, f.Publisher)
		if err != nil || len(from) == 0 {
			return err
		}
		if f.Topic == "" {
			ids, err := t.latest(from, f.Since, max(exactTotal, f.Offset+f.Limit))
			if err != nil {
				return err
			}
			page.Total = len(ids)
			page.Stories, err = t.scopedStories(window(ids, f.Offset, f.Limit), feedIDs)
			return err
		}
		// The newest are judged whatever their words: a topic knows near-synonyms
		// and other languages. The search leads to older ones.
		ids, err := t.latest(from, f.Since, judgedNewest)
		if err != nil {
			return err
		}
		if n := parseSearch(f.Topic); n != nil {
			found, err := t.search(n, from, f.Since, judgedFound)
			if err != nil {
				return err
			}
			for _, id := range found {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		var about []summarize.Story
		wanted := max(f.Offset, 0) + max(f.Limit, 1) + 1
		for len(ids) > 0 && len(about) < wanted {
			some := ids[:min(len(ids), 10)]
			ids = ids[len(some):]
			stories, err := t.scopedStories(some, feedIDs)
			if err != nil {
				return err
			}
			for i := range stories {
				if q.Match(topic.StoryDocument(&stories[i])) {
					about = append(about, stories[i])
				}
			}
		}
		page.Total = len(about)
		page.Stories = window(about, f.Offset, f.Limit)
		return nil
	})
	return page, err
}

func window[T any](all []T, offset, limit int) []T {
	offset = min(max(offset, 0), len(all))
	if limit <= 0 {
		limit = 10
	}
	return all[offset:min(offset+limit, len(all))]
}

// narrow gives the feeds of a scope, and those of them that a publisher runs.
func (t *tx) narrow(sc bot.Scope, publisher string) (all, from []int64, err error) {
	all, err = t.scopeFeeds(sc)
	if err != nil || publisher == "" || len(all) == 0 {
		return all, all, err
	}
	from, err = list(t, scanID, `SELECT id FROM feeds WHERE publisher = ? AND `+t.s.in("id"), publisher, t.s.ids(all))
	return all, from, err
}

// latest lists stories by their newest article in feeds, newest first. It looks
// into growing windows of time, so that busy feeds are not read to their end.
func (t *tx) latest(feedIDs []int64, since time.Time, limit int) ([]int64, error) {
	var ids []int64
	seen := map[int64]bool{}
	feeds := t.s.ids(feedIDs)
	until := int64(1) << 62
	now := t.s.now()
	for _, span := range []time.Duration{6 * time.Hour, 24 * time.Hour, 4 * 24 * time.Hour, 16 * 24 * time.Hour, 64 * 24 * time.Hour, 0} {
		from := micros(since)
		if span > 0 {
			from = max(from, micros(now.Add(-span)))
		}
		if from >= until {
			continue
		}
		found, err := list(t, scanID, `SELECT story_id FROM story_articles WHERE `+t.s.in("feed_id")+` AND published_at >= ? AND published_at < ?
			GROUP BY story_id ORDER BY max(published_at) DESC, story_id DESC LIMIT ?`, feeds, from, until, limit)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		if len(ids) >= limit || from == micros(since) {
			break
		}
		until = from
	}
	return ids[:min(len(ids), limit)], nil
}

// StoryOf implements bot.Answers.
func (s *Store) StoryOf(ctx context.Context, sc bot.Scope, storyID int64) (st summarize.Story, err error) {
	defer s.wrap(&err, "story %d", storyID)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil {
			return err
		}
		root, err := t.storyRoot(storyID)
		if err != nil {
			return err
		}
		all, err := t.scopedStories([]int64{root}, feedIDs)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return bot.ErrNotFound
		}
		st = all[0]
		return nil
	})
	return st, err
}

// SearchStories implements bot.Answers. The query is words, "phrases", AND, OR,
// NOT and parentheses, read leniently; they are looked for in headlines,
// summaries, the sentences that developments and quotes stand on, and names.
func (s *Store) SearchStories(ctx context.Context, sc bot.Scope, query string, f bot.StoryFilter) (page bot.StoryPage, err error) {
	defer s.wrap(&err, "search stories")
	n := parseSearch(query)
	if n == nil {
		return page, nil
	}
	if f.Topic != "" {
		if more := parseSearch(f.Topic); more != nil {
			n = joinSearch('&', []*search{n, more})
		}
	}
	err = s.read(ctx, func(t *tx) error {
		feedIDs, from, err := t.narrow(sc, f.Publisher)
		if err != nil || len(from) == 0 {
			return err
		}
		ids, err := t.search(n, from, f.Since, max(exactTotal, f.Offset+f.Limit))
		if err != nil {
			return err
		}
		page.Total = len(ids)
		page.Stories, err = t.scopedStories(window(ids, f.Offset, f.Limit), feedIDs)
		return err
	})
	return page, err
}

// search lists stories with an article of the feeds that matches, those with
// the newest match first.
func (t *tx) search(n *search, feedIDs []int64, since time.Time, limit int) ([]int64, error) {
	if len(feedIDs) <= fewFeeds {
		n = joinSearch('&', []*search{feedSearch(feedIDs), n})
	}
	var ids []int64
	seen := map[int64]bool{}
	found := `SELECT rowid AS id FROM article_search WHERE article_search MATCH ? ORDER BY rowid DESC LIMIT ?`
	expr := ""
	if t.s.engine == postgres {
		found, expr = `SELECT article_id AS id FROM article_search WHERE body @@ ?::text::tsquery ORDER BY article_id DESC LIMIT ?`, n.tsquery()
	} else {
		expr = n.fts5()
	}
	err := t.each(func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		return err
	}, `SELECT m.story_id FROM (`+found+`) f CROSS JOIN story_articles m WHERE m.article_id = f.id AND +`+t.s.in("m.feed_id")+` AND m.published_at >= ?
		ORDER BY f.id DESC LIMIT ?`, expr, maxScan, t.s.ids(feedIDs), micros(since), 2*limit)
	if err != nil {
		return nil, fmt.Errorf("full-text search: %w", err)
	}
	return ids[:min(len(ids), limit)], nil
}

// SuggestStories implements bot.Answers: recent stories with the typed words in
// a headline, the newest first. Label is the headline, Value the story's id.
func (s *Store) SuggestStories(ctx context.Context, sc bot.Scope, prefix string, limit int) (out []bot.Suggestion, err error) {
	defer s.wrap(&err, "suggest stories")
	words := searchTokens(prefix)
	if id, err := strconv.ParseInt(strings.TrimSpace(prefix), 10, 64); err == nil {
		// What was picked comes back: its id.
		if st, err := s.StoryOf(ctx, sc, id); err == nil {
			return []bot.Suggestion{{Label: clipRunes(st.Headline, suggested), Value: strconv.FormatInt(st.ID, 10)}}, nil
		}
	}
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		ids, err := t.latest(feedIDs, time.Time{}, 400)
		if err != nil {
			return err
		}
		titles := map[int64][]string{}
		if err := t.each(func(r *sql.Rows) error {
			var id int64
			var title string
			err := r.Scan(&id, &title)
			titles[id] = append(titles[id], title)
			return err
		}, `SELECT m.story_id, a.title FROM story_articles m JOIN articles a ON a.id = m.article_id
			WHERE `+s.in("m.story_id")+` AND +`+s.in("m.feed_id")+` ORDER BY m.article_id`, s.ids(ids), s.ids(feedIDs)); err != nil {
			return err
		}
		for _, id := range ids {
			if len(out) == limit {
				break
			}
			for _, title := range titles[id] {
				if title != "" && hasWords(title, words) {
					out = append(out, bot.Suggestion{Label: clipRunes(title, suggested), Value: strconv.FormatInt(id, 10)})
					break
				}
			}
		}
		return nil
	})
	return out, err
}

// hasWords reports that every word begins a word of the text.
func hasWords(s string, words []string) bool {
	if len(words) == 0 {
		return true
	}
	in := searchTokens(s)
	for _, w := range words {
		if !slices.ContainsFunc(in, func(x string) bool { return strings.HasPrefix(x, w) }) {
			return false
		}
	}
	return true
}

// SuggestSources implements bot.Answers: publishers of the feeds in scope.
func (s *Store) SuggestSources(ctx context.Context, sc bot.Scope, prefix string, limit int) (out []bot.Suggestion, err error) {
	defer s.wrap(&err, "suggest sources")
	words := searchTokens(prefix)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		names, err := list(t, scanText, `SELECT DISTINCT publisher FROM feeds WHERE publisher <> '' AND `+s.in("id"), s.ids(feedIDs))
		if err != nil {
			return err
		}
		slices.SortFunc(names, func(a, b string) int { return strings.Compare(text.FoldPlain(a), text.FoldPlain(b)) })
		for _, name := range names {
			if len(out) < limit && hasWords(name, words) && len([]rune(name)) <= suggested {
				out = append(out, bot.Suggestion{Label: name, Value: name})
			}
		}
		return nil
	})
	return out, err
}

// clipRunes cuts a text to n characters, the last of them an ellipsis.
func clipRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}
