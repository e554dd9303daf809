package feedstest

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"
	"time"

	"sitrep/feeds"
)

// Store keeps feeds and articles in memory. It fulfils the contract of
// feeds.Store and is safe for concurrent use.
type Store struct {
	mu       sync.Mutex
	feeds    map[int64]*row
	articles map[int64]map[string]feeds.Article // by feed, then identity
	nextID   int64
	jobs     []int64

	// FailSaves makes SaveChanged fail for the feeds it names.
	FailSaves map[int64]bool
}

type row struct {
	feed        feeds.Feed
	leasedUntil time.Time
}

// ErrRefused is what SaveChanged returns for feeds in FailSaves.
var ErrRefused = errors.New("feedstest: save refused")

// NewStore returns a Store that follows urls, all of them due at once.
func NewStore(urls ...string) *Store {
	s := &Store{feeds: map[int64]*row{}, articles: map[int64]map[string]feeds.Article{}}
	for _, u := range urls {
		s.Add(feeds.Feed{URL: u})
	}
	return s
}

// Add follows a feed and returns its id.
func (s *Store) Add(f feeds.Feed) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	f.ID = s.nextID
	if f.State == "" {
		f.State = feeds.StateActive
	}
	s.feeds[f.ID] = &row{feed: f}
	return f.ID
}

// Feed returns a feed as it is stored.
func (s *Store) Feed(id int64) feeds.Feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.feeds[id]; r != nil {
		return r.feed
	}
	return feeds.Feed{}
}

// FeedByID is Feed with an error for what is not there.
func (s *Store) FeedByID(_ context.Context, id int64) (feeds.Feed, error) {
	f := s.Feed(id)
	if f.ID == 0 {
		return f, errors.New("feedstest: no such feed")
	}
	return f, nil
}

// Update changes a stored feed.
func (s *Store) Update(id int64, change func(*feeds.Feed)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.feeds[id].feed)
}

// Articles returns the articles of a feed, the first seen first.
func (s *Store) Articles(feedID int64) []feeds.Article {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []feeds.Article
	for _, a := range s.articles[feedID] {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Jobs returns the feeds for which a job to read new articles was queued.
func (s *Store) Jobs() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.jobs)
}

// DropLeases forgets all leases, as if they had run out.
func (s *Store) DropLeases() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.feeds {
		r.leasedUntil = time.Time{}
	}
}

// LeaseFeeds implements feeds.Store.
func (s *Store) LeaseFeeds(_ context.Context, now time.Time, limit int, lease time.Duration) ([]feeds.Feed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*row
	for _, r := range s.feeds {
		if (r.feed.State == feeds.StateActive || r.feed.State == feeds.StateFailing) && !r.feed.NextCheckAt.After(now) && !r.leasedUntil.After(now) {
			due = append(due, r)
		}
	}
	sort.Slice(due, func(i, j int) bool {
		a, b := due[i].feed, due[j].feed
		if !a.NextCheckAt.Equal(b.NextCheckAt) {
			return a.NextCheckAt.Before(b.NextCheckAt)
		}
		return a.ID < b.ID
	})
	var out []feeds.Feed
	for _, r := range due[:min(limit, len(due))] {
		r.leasedUntil = now.Add(lease)
		out = append(out, r.feed)
	}
	return out, nil
}

// SaveChecks implements feeds.Store.
func (s *Store) SaveChecks(_ context.Context, checks []feeds.Check) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range checks {
		s.save(c)
	}
	return nil
}

func (s *Store) save(c feeds.Check) {
	r := s.feeds[c.Feed.ID]
	if r == nil {
		return
	}
	r.feed, r.leasedUntil = c.Feed, time.Time{}
	if c.HoldHost.IsZero() {
		return
	}
	host := feeds.HostKey(c.Feed.URL)
	for _, o := range s.feeds {
		if feeds.HostKey(o.feed.URL) == host && o.feed.NextCheckAt.Before(c.HoldHost) {
			o.feed.NextCheckAt = c.HoldHost
		}
	}
}

// SaveChanged implements feeds.Store.
func (s *Store) SaveChanged(_ context.Context, check feeds.Check, articles []feeds.Article) (feeds.Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := check.Feed.ID
	if s.FailSaves[id] {
		return feeds.Saved{}, ErrRefused
	}
	if s.articles[id] == nil {
		s.articles[id] = map[string]feeds.Article{}
	}
	var saved feeds.Saved
	for _, a := range articles {
		old, known := s.articles[id][a.Identity]
		switch {
		case !known:
			s.nextID++
			a.ID = s.nextID
			saved.Added++
		case old.ContentHash == a.ContentHash:
			continue
		default:
			a.ID, a.SeenAt = old.ID, old.SeenAt
			saved.Edited++
		}
		s.articles[id][a.Identity] = a
	}
	if saved.Added+saved.Edited > 0 {
		s.jobs = append(s.jobs, id)
	}
	s.save(check)
	return saved, nil
}

// KnownArticles implements feeds.Store.
func (s *Store) KnownArticles(_ context.Context, feedID int64, limit int) ([]feeds.Known, error) {
	all := s.Articles(feedID)
	slices.Reverse(all)
	var out []feeds.Known
	for _, a := range all[:min(limit, len(all))] {
		out = append(out, feeds.Known{ID: a.ID, Identity: a.Identity, GUID: a.GUID, URL: a.URL, Fingerprint: a.Fingerprint, ContentHash: a.ContentHash})
	}
	return out, nil
}
