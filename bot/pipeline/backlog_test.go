package pipeline

import (
	"testing"
	"time"

	"sitrep/feeds"
)

func TestBacklog(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	batch := func(n int, age, step time.Duration) (out []feeds.Article) {
		for i := range n {
			out = append(out, feeds.Article{ID: int64(i + 1), SeenAt: seen, PublishedAt: seen.Add(-age - time.Duration(i)*step)})
		}
		return out
	}
	for _, tt := range []struct {
		name     string
		backlog  Backlog
		articles []feeds.Article
		read     int
	}{
		{"nothing", Backlog{}, nil, 0},
		{"today's, however many", Backlog{}, batch(120, 0, time.Minute), 120},
		{"a newly followed busy feed", Backlog{}, batch(300, 0, time.Hour), 30}, // 25 of the last day, 5 more up to the thirtieth
		{"a newly followed quiet feed", Backlog{}, batch(50, 72*time.Hour, 24*time.Hour), 5},
		{"a feed that slept for a year", Backlog{}, batch(10, 400*24*time.Hour, time.Hour), 0},
		{"a single old item", Backlog{}, batch(1, 10*24*time.Hour, 0), 1},
		{"from the future", Backlog{}, batch(3, -100*time.Hour, 0), 3},
		{"as the operator wants it", Backlog{Fresh: time.Hour, Age: 48 * time.Hour, Items: 3, Least: 2}, batch(20, 2*time.Hour, time.Hour), 3},
	} {
		read, over := tt.backlog.Divide(tt.articles)
		if len(read) != tt.read || len(read)+len(over) != len(tt.articles) {
			t.Errorf("%s: %d to read, %d to pass over, want %d to read", tt.name, len(read), len(over), tt.read)
		}
		for i := 1; i < len(read); i++ {
			if read[i].PublishedAt.Before(read[i-1].PublishedAt) {
				t.Errorf("%s: not the oldest first", tt.name)
			}
		}
		for _, o := range over {
			for _, r := range read {
				if o.PublishedAt.After(r.PublishedAt) {
					t.Errorf("%s: a newer one was passed over", tt.name)
				}
			}
		}
	}
}
