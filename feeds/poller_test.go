package feeds_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
)

// bench is a poller on a network of one publisher that answers for any of hosts.
type bench struct {
	pub    *feedstest.Publisher
	net    *feedstest.Network
	store  *feedstest.Store
	client *fetch.Client
	poller *feeds.Poller
}

func newBench(t *testing.T, hosts ...string) *bench {
	t.Helper()
	b := &bench{pub: feedstest.NewPublisher(), net: feedstest.NewNetwork(), store: feedstest.NewStore()}
	for _, h := range hosts {
		b.net.Serve(h, b.pub)
	}
	b.restart()
	t.Cleanup(func() {
		b.client.Close()
		b.net.Close()
	})
	return b
}

// restart replaces everything that a process keeps in memory.
func (b *bench) restart() {
	if b.client != nil {
		b.client.Close()
	}
	b.client = b.net.Client(fetch.Config{UserAgent: "Sitrep/test (+https://operator.example/bot)"})
	b.poller = feeds.NewPoller(feeds.PollerConfig{Store: b.store, Client: b.client})
}

func (b *bench) once(t *testing.T) feeds.Stats {
	t.Helper()
	st, err := b.poller.Once(context.Background())
	if err != nil {
		t.Fatalf("Once: %v", err)
	}
	return st
}

func TestPollStoresThenSaysNotModified(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		id := b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		etag := `W/"a b,c"`
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Gazette", feedstest.Entries(1, 5, time.Now())...), ETag: etag})

		if st := b.once(t); st.Checked != 1 || st.Added != 5 || st.Changed != 1 {
			t.Fatalf("first round: %+v", st)
		}
		if st := b.once(t); st.Checked != 0 {
			t.Fatalf("asked again although not due: %+v", st)
		}
		time.Sleep(25 * time.Hour)
		if st := b.once(t); st.NotModified != 1 || st.Changed != 0 {
			t.Fatalf("second round: %+v", st)
		}
		j := b.pub.Journal()
		if len(j) != 2 || j[0].Conditional() || j[1].ETag != etag {
			t.Fatalf("journal: %+v", j)
		}
		f := b.store.Feed(id)
		if f.Title != "Gazette" || f.State != feeds.StateActive || !f.NextCheckAt.After(time.Now()) {
			t.Fatalf("feed: %+v", f)
		}
		if got := len(b.store.Articles(id)); got != 5 {
			t.Fatalf("%d articles, want 5", got)
		}
		if jobs := b.store.Jobs(); len(jobs) != 1 {
			t.Fatalf("jobs: %v", jobs)
		}
	})
}
