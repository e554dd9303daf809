package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"sitrep/bot"
	"sitrep/feeds"
)

var _ feeds.Store = (*Store)(nil)

const feedColumns = `feeds.id, feeds.url, feeds.site_url, feeds.title, feeds.description, feeds.lang, feeds.publisher, feeds.family, feeds.icon_url, feeds.hub_url,
	feeds.state, feeds.since, feeds.kind, feeds.reason, feeds.fails, feeds.moved, feeds.next_check_at, feeds.last_checked_at, feeds.last_changed_at, feeds.check_every,
	feeds.etag, feeds.last_modified, feeds.validators_at, feeds.body_hash, feeds.memory`

func feedDest(f *feeds.Feed, memory *string, etag, modified *[]byte, every *int64) []any {
	return []any{&f.ID, &f.URL, &f.SiteURL, &f.Title, &f.Description, &f.Lang, &f.Publisher, &f.Family, &f.IconURL, &f.HubURL,
		&f.State, when{&f.Since}, &f.Kind, &f.Reason, &f.Fails, &f.Moved, when{&f.NextCheckAt}, when{&f.LastCheckedAt},
		when{&f.LastChangedAt}, every, etag, modified, when{&f.Validators.At}, &f.BodyHash, memory}
}

// scanFeed scans feedColumns, and what more stands after them.
func scanFeed(r row, more ...any) (f feeds.Feed, err error) {
	var (
		memory         string
		etag, modified []byte
		every          int64
	)
	if err := r.Scan(append(feedDest(&f, &memory, &etag, &modified, &every), more...)...); err != nil {
		return f, err
	}
	f.Validators.ETag, f.Validators.LastModified = string(etag), string(modified)
	f.Interval = time.Duration(every) * time.Microsecond
	if memory != "{}" {
		if err := json.Unmarshal([]byte(memory), &f.Memory); err != nil {
			return f, fmt.Errorf("memory of feed %d: %w", f.ID, err)
		}
	}
	return f, nil
}

// LeaseFeeds implements feeds.Store.
func (s *Store) LeaseFeeds(ctx context.Context, now time.Time, limit int, lease time.Duration) (leased []feeds.Feed, err error) {
	defer s.wrap(&err, "lease feeds")
	err = s.write(ctx, func(t *tx) (err error) {
		leased, err = list(t, func(r row) (feeds.Feed, error) { return scanFeed(r) }, `
			UPDATE feeds SET lease_until = ?
			WHERE id IN (
				SELECT id FROM feeds WHERE followed AND state IN ('active', 'failing') AND next_check_at <= ? AND lease_until <= ?
				ORDER BY next_check_at LIMIT ?`+s.skipLocked()+`)
			RETURNING `+feedColumns, micros(now.Add(lease)), micros(now), micros(now), limit)
		return err
	})
	slices.SortFunc(leased, func(a, b feeds.Feed) int { return a.NextCheckAt.Compare(b.NextCheckAt) })
	return leased, err
}

// SaveChecks implements feeds.Store.
func (s *Store) SaveChecks(ctx context.Context, checks []feeds.Check) (err error) {
	defer s.wrap(&err, "save %d checks", len(checks))
	if len(checks) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		ids := make([]int64, len(checks))
		for i, c := range checks {
			ids[i] = c.Feed.ID
		}
		before, err := t.feedsBefore(ids)
		if err != nil {
			return err
		}
		if _, err := t.saveChecks(checks, before); err != nil {
			return err
		}
		return t.holdHosts(checks)
	})
}

// feedBefore is what is compared before a feed is overwritten.
type feedBefore struct {
	id          int64
	url         string
	lastChecked int64
}

func (t *tx) feedsBefore(ids []int64) (map[int64]feedBefore, error) {
	lock := ""
	if t.s.engine == postgres {
		// One order for all, or two batches could wait for each other.
		lock = " ORDER BY id FOR UPDATE"
	}
	before := make(map[int64]feedBefore, len(ids))
	err := t.each(func(r *sql.Rows) error {
		var b feedBefore
		err := r.Scan(&b.id, &b.url, &b.lastChecked)
		before[b.id] = b
		return err
	}, `SELECT id, url, last_checked_at FROM feeds WHERE `+t.s.in("id")+lock, t.s.ids(ids))
	return before, err
}

// saveChecks stores feeds after their checks and releases their leases. It leaves
// out those of which a later check is stored already, because their lease had run
// out and another process was faster, and returns how many it stored.
func (t *tx) saveChecks(checks []feeds.Check, before map[int64]feedBefore) (stored int, err error) {
	var updates [][]any
	var moved []feeds.Feed
	for _, c := range checks {
		f := c.Feed
		was, ok := before[f.ID]
		if !ok || was.lastChecked > micros(c.At) {
			continue
		}
		memory, err := json.Marshal(f.Memory)
		if err != nil {
			return 0, err
		}
		updates = append(updates, []any{f.SiteURL, f.Title, f.Description, f.Lang, f.Publisher, f.Family, f.IconURL, f.HubURL,
			string(f.State), micros(f.Since), string(f.Kind), f.Reason, f.Fails, f.Moved, micros(f.NextCheckAt), micros(f.LastCheckedAt), micros(f.LastChangedAt),
			f.Interval.Microseconds(), []byte(f.Validators.ETag), []byte(f.Validators.LastModified), micros(f.Validators.At), f.BodyHash, string(memory), f.ID})
		if f.URL != was.url {
			moved = append(moved, f)
		}
	}
	if err := t.execAll(`UPDATE feeds SET site_url = ?, title = ?, description = ?, lang = ?, publisher = ?, family = ?, icon_url = ?, hub_url = ?,
			state = ?, since = ?, kind = ?, reason = ?, fails = ?, moved = ?, next_check_at = ?, last_checked_at = ?, last_changed_at = ?,
			check_every = ?, etag = ?, last_modified = ?, validators_at = ?, body_hash = ?, memory = ?, lease_until = 0
		WHERE id = ?`, updates); err != nil {
		return 0, err
	}
	for _, f := range moved {
		// A feed that has moved to an address which another feed has stays
		// where it is: the two are polled as before.
		if _, err := t.exec(`UPDATE feeds SET url = ?, host = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ?)`,
			f.URL, feeds.HostKey(f.URL), f.ID, f.URL); err != nil {
			return 0, err
		}
	}
	return len(updates), nil
}

func (t *tx) holdHosts(checks []feeds.Check) error {
	until := map[string]int64{}
	for _, c := range checks {
		if !c.HoldHost.IsZero() {
			host := feeds.HostKey(c.Feed.URL)
			until[host] = max(until[host], micros(c.HoldHost))
		}
	}
	for host, at := range until {
		if _, err := t.exec(`UPDATE feeds SET next_check_at = ? WHERE host = ? AND next_check_at < ?`, at, host, at); err != nil {
			return err
		}
	}
	return nil
}

// changedFeed is a call of SaveChanged.
type changedFeed struct {
	check    feeds.Check
	articles []feeds.Article
	saved    feeds.Saved
	err      error
	done     chan struct{} // closed when saved and err are set
}

// changedQueue is where calls of SaveChanged wait for one of few writers: SQLite
// has no more than one, and PostgreSQL opens a connection for each. Who gets to
// write takes along those who wait too: a commit, with its sync, and a call of
// River cost as much for several feeds as for one.
type changedQueue struct {
	mu      sync.Mutex
	waiting []*changedFeed
	writers chan struct{} // a place for each
}

// maxTogether bounds the feeds of one transaction, and with them how long others
// wait for the writer.
const maxTogether = 16

// take takes the feeds of a transaction out of the queue, or none when c is not
// waiting any more.
func (q *changedQueue) take(c *changedFeed) []*changedFeed {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Contains(q.waiting, c) {
		return nil
	}
	n := min(len(q.waiting), maxTogether)
	together := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return together
}

// SaveChanged implements feeds.Store.
func (s *Store) SaveChanged(ctx context.Context, check feeds.Check, articles []feeds.Article) (saved feeds.Saved, err error) {
	defer s.wrap(&err, "save feed %d with %d articles", check.Feed.ID, len(articles))
	if err := ctx.Err(); err != nil {
		return saved, err
	}
	c := &changedFeed{check: check, articles: articles, done: make(chan struct{})}
	q := &s.changed
	q.mu.Lock()
	q.waiting = append(q.waiting, c)
	q.mu.Unlock()
	for mine := true; mine; {
		q.writers <- struct{}{}
		together := q.take(c)
		if mine = len(together) > 0; mine {
			s.saveChanged(context.WithoutCancel(ctx), together)
		}
		<-q.writers
	}
	<-c.done
	return c.saved, c.err
}

// saveChanged stores changed feeds in one transaction, and one by one when that
// fails: a feed never fails for another's sake. It sets saved, err and done.
func (s *Store) saveChanged(ctx context.Context, together []*changedFeed) {
	// One order for all, or two transactions could wait for each other.
	slices.SortFunc(together, func(a, b *changedFeed) int { return cmp.Compare(a.check.Feed.ID, b.check.Feed.ID) })
	err := s.write(ctx, func(t *tx) error {
		checks := make([]feeds.Check, len(together))
		var unread []int64
		for i, c := range together {
			checks[i] = c.check
			some, err := t.saveChangedFeed(c)
			if err != nil {
				return err
			}
			if some && !slices.Contains(unread, c.check.Feed.ID) {
				unread = append(unread, c.check.Feed.ID)
			}
		}
		if len(unread) > 0 {
			if err := t.insertReads(unread...); err != nil {
				return fmt.Errorf("insert the job: %w", err)
			}
		}
		return t.holdHosts(checks)
	})
	if err != nil && len(together) > 1 {
		for i := range together {
			s.saveChanged(ctx, together[i:i+1])
		}
		return
	}
	for _, c := range together {
		if c.err = err; err != nil {
			c.saved = feeds.Saved{}
		}
		close(c.done)
	}
}

// saveChangedFeed stores a feed with its articles, and tells whether there is
// something to read.
func (t *tx) saveChangedFeed(c *changedFeed) (unread bool, err error) {
	c.saved = feeds.Saved{}
	before, err := t.feedsBefore([]int64{c.check.Feed.ID})
	if err != nil {
		return false, err
	}
	if _, ok := before[c.check.Feed.ID]; !ok {
		return false, bot.ErrNotFound
	}
	stored, err := t.saveChecks([]feeds.Check{c.check}, before)
	if err != nil || stored == 0 {
		return false, err
	}
	c.saved, unread, err = t.saveArticles(c.check, c.articles)
	return unread, err
}

// identityKey stands for an identity in the index: GUIDs may be longer than an
// index entry can be.
func identityKey(identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// urlKey finds an article by its URL.
func urlKey(url string) int64 { return int64(xxhash.Sum64String(url)) }

// keyed is an item with its key in the index.
type keyed struct {
	*feeds.Article
	key string
}

// saveArticles stores the items of a feed. A known one whose content is the
// same is left alone; the first of two with one identity counts. It sets ID and
// FeedID of those that it wrote, and tells whether there is something to read.
func (t *tx) saveArticles(check feeds.Check, articles []feeds.Article) (saved feeds.Saved, unread bool, err error) {
	items := make([]keyed, 0, len(articles))
	keys := make([]string, 0, len(articles))
	seen := make(map[string]bool, len(articles))
	for i := range articles {
		if key := identityKey(articles[i].Identity); !seen[key] {
			seen[key] = true
			items, keys = append(items, keyed{&articles[i], key}), append(keys, key)
		}
	}
	hashes := make(map[string]string, len(items))
	if err := t.each(func(r *sql.Rows) error {
		var key, hash string
		err := r.Scan(&key, &hash)
		hashes[key] = hash
		return err
	}, `SELECT identity_key, content_hash FROM articles WHERE feed_id = ? AND `+t.s.in("identity_key"), check.Feed.ID, t.s.texts(keys)); err != nil {
		return saved, false, err
	}
	items = slices.DeleteFunc(items, func(a keyed) bool {
		hash, known := hashes[a.key]
		return known && hash == cleanText(a.ContentHash)
	})
	for len(items) > 0 {
		// A few sizes of statement, each prepared once.
		n := 1
		for _, size := range []int{4, 16} {
			if len(items) >= size {
				n = size
			}
		}
		read, err := t.upsertArticles(check, items[:n], &saved)
		if err != nil {
			return saved, false, err
		}
		unread = unread || read
		items = items[n:]
	}
	return saved, unread, nil
}

const insertArticles = `INSERT INTO articles (feed_id, identity_key, identity, fingerprint, guid, url, url_key, title, summary, author, image_url, lang,
	publisher, family, text_source, published_at, seen_at, content_hash, stage, paywalled, edited_at) VALUES `

// An item that carries its whole text is to be read again whatever changed.
const editArticles = ` ON CONFLICT (feed_id, identity_key) DO UPDATE SET
	stage = CASE WHEN excluded.text_source <> '' OR articles.title <> excluded.title OR articles.summary <> excluded.summary
		THEN excluded.stage ELSE articles.stage END,
	fingerprint = excluded.fingerprint, guid = excluded.guid, url = excluded.url, url_key = excluded.url_key,
	title = excluded.title, summary = excluded.summary, author = excluded.author, image_url = excluded.image_url,
	edited_at = ?, content_hash = excluded.content_hash
	RETURNING identity_key, id, edited_at, stage`

func (t *tx) upsertArticles(check feeds.Check, items []keyed, saved *feeds.Saved) (unread bool, err error) {
	const values = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE, 0)`
	args := make([]any, 0, 19*len(items)+1)
	byKey := make(map[string]*feeds.Article, len(items))
	for _, a := range items {
		byKey[a.key] = a.Article
		seen := a.SeenAt
		if seen.IsZero() {
			seen = check.At
		}
		published := a.PublishedAt
		if published.IsZero() {
			published = seen
		}
		source := ""
		if a.Text != "" {
			source = cmp.Or(string(a.TextSource), string(feeds.TextFromFeed))
		}
		args = append(args, check.Feed.ID, a.key, a.Identity, a.Fingerprint, a.GUID, a.URL, urlKey(a.URL), a.Title, a.Summary, a.Author, a.ImageURL, a.Lang,
			cmp.Or(a.Publisher, check.Feed.Publisher), cmp.Or(a.Family, check.Feed.Family), source, micros(published), micros(seen), a.ContentHash,
			string(cmp.Or(a.Stage, feeds.StageStored)))
	}
	type written struct {
		key      string
		id       int64
		editedAt int64
		stage    feeds.Stage
	}
	all, err := list(t, func(r row) (w written, err error) { return w, r.Scan(&w.key, &w.id, &w.editedAt, &w.stage) },
		insertArticles+values+strings.Repeat(", "+values, len(items)-1)+editArticles, append(args, micros(check.At))...)
	if err != nil {
		return false, err
	}
	var texts [][]any
	for _, w := range all {
		a := byKey[w.key]
		a.ID, a.FeedID = w.id, check.Feed.ID
		if w.editedAt == 0 {
			saved.Added++
		} else {
			saved.Edited++
			if !a.EditedAt.IsZero() { // the source says when
				if _, err := t.exec(`UPDATE articles SET edited_at = ? WHERE id = ?`, micros(a.EditedAt), a.ID); err != nil {
					return false, err
				}
			}
		}
		unread = unread || w.stage == feeds.StageStored
		if a.Text != "" {
			texts = append(texts, textRow(a.ID, a.Text))
		}
	}
	return unread, t.execAll(upsertText, texts)
}

const upsertText = `INSERT INTO article_texts (article_id, body) VALUES (?, ?) ON CONFLICT (article_id) DO UPDATE SET body = excluded.body`

// textRow is what upsertText takes.
func textRow(articleID int64, text string) []any { return []any{articleID, packText(cleanText(text))} }

func (t *tx) saveText(articleID int64, text string) error {
	_, err := t.exec(upsertText, textRow(articleID, text)...)
	return err
}

// KnownArticles implements feeds.Store.
func (s *Store) KnownArticles(ctx context.Context, feedID int64, limit int) (known []feeds.Known, err error) {
	defer s.wrap(&err, "known articles of feed %d", feedID)
	err = s.read(ctx, func(t *tx) (err error) {
		known, err = list(t, func(r row) (k feeds.Known, err error) {
			return k, r.Scan(&k.ID, &k.Identity, &k.GUID, &k.URL, &k.Fingerprint, &k.ContentHash)
		}, `SELECT id, identity, guid, url, fingerprint, content_hash FROM articles WHERE feed_id = ? ORDER BY seen_at DESC, id DESC LIMIT ?`, feedID, limit)
		return err
	})
	return known, err
}
