package feeds_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
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

// Validators vouch for articles: when those could not be stored, the next check
// has to bring them again, and has to come.
func TestFailedSaveKeepsNoValidators(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		id := b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Gazette", feedstest.Entries(1, 5, time.Now())...), ETag: `"1"`})
		b.store.FailSaves = map[int64]bool{id: true}
		if st := b.once(t); st.StoreErrors != 1 {
			t.Fatalf("%+v", st)
		}
		f := b.store.Feed(id)
		if f.Validators.ETag != "" || len(f.BodyHash) > 0 || f.Kind != feeds.FailStore || !f.NextCheckAt.After(time.Now()) {
			t.Fatalf("after the failed save: %+v", f)
		}
		b.store.FailSaves = nil
		time.Sleep(2 * time.Hour)
		if st := b.once(t); st.Added != 5 {
			t.Fatalf("after the repair: %+v", st)
		}
		if f := b.store.Feed(id); f.Validators.ETag != `"1"` || f.State != feeds.StateActive || f.Reason != "" {
			t.Fatalf("after the repair: %+v", f)
		}
	})
}

// A host that asked for quiet costs no place: with a single worker the others
// are still asked at once. And it is not given up, however often it says so.
func TestQuietHostHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "busy.example", "gazette.example")
		b.poller = feeds.NewPoller(feeds.PollerConfig{Store: b.store, Client: b.client, Workers: 1})
		b.pub.Set("/limited", feedstest.Page{Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "7200"}})
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Gazette", feedstest.Entries(1, 2, time.Now())...)})
		var limited []int64
		for range 4 {
			limited = append(limited, b.store.Add(feeds.Feed{URL: "http://busy.example/limited"}))
		}
		healthy := b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		start := time.Now()
		b.once(t)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("the round took %v", took)
		}
		if f := b.store.Feed(healthy); f.LastCheckedAt.IsZero() {
			t.Error("the healthy feed was not asked")
		}
		if n := len(b.pub.Journal()); n != 2 {
			t.Errorf("%d requests, want one to each host", n)
		}
		for _, id := range limited {
			if f := b.store.Feed(id); f.NextCheckAt.Before(start.Add(2 * time.Hour)) {
				t.Errorf("a feed of the quiet host is due at %v", f.NextCheckAt)
			}
		}
		for range 12 {
			time.Sleep(25 * time.Hour)
			b.once(t)
		}
		b.pub.Set("/limited", feedstest.Page{Body: feedstest.RSS("Limited", feedstest.Entries(1, 2, time.Now())...)})
		time.Sleep(25 * time.Hour)
		b.once(t)
		if f := b.store.Feed(limited[0]); f.State != feeds.StateActive {
			t.Errorf("given up after many 429s: %+v", f)
		}
	})
}

// Every kind of failure moves the next check, says why, and tells no address.
func TestFailuresAdvanceAndExplain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "a.example", "b.example", "c.example", "d.example", "e.example", "f.example", "g.example", "h.example", "i.example", "j.example", "k.example", "l.example")
		page := func(path string, p feedstest.Page) { b.pub.Set(path, p) }
		page("/empty", feedstest.Page{})
		page("/html", feedstest.Page{Body: []byte("<!doctype html><html><body>Sorry</body></html>"), ContentType: "text/html"})
		page("/broken", feedstest.Page{Body: []byte(`<rss version="2.0"><channel><title>x</title><item><title>half`)})
		page("/404", feedstest.Page{Status: 404})
		page("/403", feedstest.Page{Status: 403})
		page("/410", feedstest.Page{Status: 410})
		page("/500", feedstest.Page{Status: 500})
		page("/418", feedstest.Page{Status: 418})
		page("/slow", feedstest.Page{Delay: time.Minute})
		page("/loop", feedstest.Page{Status: 302, Header: map[string]string{"Location": "/loop"}})
		page("/in", feedstest.Page{Status: 302, Header: map[string]string{"Location": "http://10.1.2.3/feed"}})
		page("/gzip", feedstest.Page{Body: []byte{0x1f, 0x8b, 9, 9}, Header: map[string]string{"Content-Encoding": "gzip"}})
		want := map[string]feeds.FailureKind{
			"http://a.example/empty": feeds.FailEmpty, "http://b.example/html": feeds.FailNotFeed, "http://c.example/broken": feeds.FailBroken,
			"http://d.example/404": feeds.FailNotFound, "http://e.example/403": feeds.FailForbidden, "http://f.example/410": feeds.FailGone,
			"http://g.example/500": feeds.FailServer, "http://h.example/418": feeds.FailStatus, "http://i.example/slow": feeds.FailTimeout,
			"http://j.example/loop": feeds.FailRedirects, "http://k.example/in": feeds.FailRefused, "http://l.example/gzip": feeds.FailEncoding,
			"http://nowhere.example/": feeds.FailDNS, "http://10.1.2.3/feed": feeds.FailRefused, "http://a.example:22/": feeds.FailRefused,
		}
		ids := map[string]int64{}
		for u := range want {
			ids[u] = b.store.Add(feeds.Feed{URL: u})
		}
		start := time.Now()
		b.once(t)
		network := map[string]bool{}
		for u, kind := range want {
			f := b.store.Feed(ids[u])
			if f.Kind != kind {
				t.Errorf("%s: kind %q, want %q", u, f.Kind, kind)
			}
			if f.Fails != 1 || f.Reason == "" || f.Since.IsZero() || !f.NextCheckAt.After(start.Add(14*time.Minute)) {
				t.Errorf("%s: %+v", u, f)
			}
			if strings.Contains(f.Reason, "10.1") || strings.Contains(f.Reason, "23.0") {
				t.Errorf("%s: the reason tells an address: %s", u, f.Reason)
			}
			switch kind {
			case feeds.FailDNS, feeds.FailRefused, feeds.FailTimeout:
				network[f.Reason] = true
			}
			if wantState := map[bool]feeds.State{true: feeds.StateGone, false: feeds.StateFailing}[kind == feeds.FailGone]; f.State != wantState {
				t.Errorf("%s: state %q", u, f.State)
			}
		}
		if len(network) != 1 {
			t.Errorf("network failures can be told apart: %v", network)
		}
		// A few days on: nothing is asked more than a few times a day.
		for range 3 * 24 {
			time.Sleep(time.Hour)
			b.once(t)
		}
		asked := map[string]int{}
		for _, s := range b.pub.Journal() {
			asked[s.Path]++
		}
		if asked["/410"] != 1 {
			t.Errorf("410 was asked %d times", asked["/410"])
		}
		for path, n := range asked {
			if n > 14 {
				t.Errorf("%s was asked %d times in three days of failing", path, n)
			}
		}
	})
}

// Two hundred hosts that accept and then say nothing do not keep a healthy feed
// waiting.
func TestSilentHostsDelayNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		b.poller = feeds.NewPoller(feeds.PollerConfig{Store: b.store, Client: b.client, Workers: 16})
		silent := feedstest.NewPublisher()
		silent.Set("/feed", feedstest.Page{Delay: time.Hour})
		for i := range 200 {
			host := fmt.Sprintf("silent%d.example", i)
			b.net.Serve(host, silent)
			b.store.Add(feeds.Feed{URL: "http://" + host + "/feed"})
		}
		var at time.Time
		b.pub.Set("/feed", feedstest.Page{Handle: func(w http.ResponseWriter, _ *http.Request) {
			at = time.Now()
			_, _ = w.Write(feedstest.RSS("Gazette", feedstest.Entries(1, 2, time.Now())...))
		}})
		// It was due last of all, and is known to be healthy.
		b.store.Add(feeds.Feed{URL: "http://gazette.example/feed", LastCheckedAt: time.Now().Add(-time.Hour), NextCheckAt: time.Now().Add(-time.Minute)})
		start := time.Now()
		b.once(t)
		if at.IsZero() || at.Sub(start) > 2*time.Second {
			t.Errorf("the healthy feed waited %v", at.Sub(start))
		}
		if took := time.Since(start); took > 6*time.Minute {
			t.Errorf("the round took %v", took)
		}
	})
}

// A body that breaks off on the way brings what is whole in it, and no validators.
func TestCutBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		id := b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		whole := feedstest.RSS("Gazette", feedstest.Entries(1, 10, time.Now())...)
		cut := true
		b.pub.Set("/feed", feedstest.Page{Handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
			if cut {
				_, _ = w.Write(whole[:len(whole)/2])
				return
			}
			_, _ = w.Write(whole)
		}})
		st := b.once(t)
		if st.Added < 3 || st.Added > 7 {
			t.Fatalf("half a feed: %+v", st)
		}
		if f := b.store.Feed(id); f.Validators.ETag != "" {
			t.Fatalf("half an answer left its validators: %+v", f.Validators)
		}
		cut = false
		time.Sleep(7 * time.Hour)
		if second := b.once(t); st.Added+second.Added != 10 {
			t.Fatalf("the rest: %+v", second)
		}
	})
}

// A stopped poller finishes what it has asked, and gives the rest back.
func TestStopFinishesAndGivesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		for range 20 {
			b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		}
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Gazette", feedstest.Entries(1, 2, time.Now())...), Delay: 3 * time.Second})
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		st, err := b.poller.Once(ctx)
		if err == nil {
			t.Error("a stopped round reports no error")
		}
		if asked := len(b.pub.Journal()); st.Checked != asked {
			t.Errorf("%d asked, %d outcomes", asked, st.Checked)
		}
		left, err := b.store.LeaseFeeds(context.Background(), time.Now(), 100, time.Minute)
		if err != nil || len(left) != 20-st.Checked {
			t.Errorf("%d feeds are free, want %d", len(left), 20-st.Checked)
		}
	})
}

// Run takes up what has piled up gently, and gets to all of it.
func TestRunStartsGently(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for i := range 400 {
			host := fmt.Sprintf("h%d.example", i)
			b.net.Serve(host, b.pub)
			b.store.Add(feeds.Feed{URL: "http://" + host + "/feed"})
		}
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Gazette", feedstest.Entries(1, 2, time.Now())...), ETag: `"1"`})
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if err := b.poller.Run(ctx); ctx.Err() == nil {
			t.Fatal(err)
		}
		var firstTen, all int
		for _, s := range b.pub.Journal() {
			if s.At.Sub(start) <= 10*time.Second {
				firstTen++
			}
			all++
		}
		if firstTen > 130 || all != 400 {
			t.Errorf("%d requests in the first ten seconds, %d in all", firstTen, all)
		}
	})
}

func TestPermanentRedirectIsAdoptedAfterDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "old.example", "new.example", "fickle.example")
		body := feedstest.RSS("Gazette", feedstest.Entries(1, 3, time.Now())...)
		b.pub.Set("/old", feedstest.Page{Status: 301, Header: map[string]string{"Location": "http://new.example/new"}})
		b.pub.Set("/new", feedstest.Page{Body: body})
		n := 0
		b.pub.Set("/fickle", feedstest.Page{Handle: func(w http.ResponseWriter, r *http.Request) {
			n++
			http.Redirect(w, r, fmt.Sprintf("http://new.example/new%d", n%2), http.StatusMovedPermanently)
		}})
		b.pub.Set("/new0", feedstest.Page{Body: body})
		b.pub.Set("/new1", feedstest.Page{Body: body})
		b.pub.Set("/gone", feedstest.Page{Status: 301, Header: map[string]string{"Location": "http://new.example/"}})
		b.pub.Set("/", feedstest.Page{Body: []byte("<html>home</html>"), ContentType: "text/html"})
		old := b.store.Add(feeds.Feed{URL: "http://old.example/old"})
		fickle := b.store.Add(feeds.Feed{URL: "http://fickle.example/fickle"})
		gone := b.store.Add(feeds.Feed{URL: "http://old.example/gone"})
		for day := range 8 {
			b.once(t)
			if u := b.store.Feed(old).URL; day < 3 && u != "http://old.example/old" {
				t.Errorf("adopted on day %d", day)
			}
			time.Sleep(24 * time.Hour)
		}
		for id, want := range map[int64]string{old: "http://new.example/new", fickle: "http://fickle.example/fickle", gone: "http://old.example/gone"} {
			if got := b.store.Feed(id).URL; got != want {
				t.Errorf("polled at %s, want %s", got, want)
			}
		}
	})
}

func TestOwnerAndSuggest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		b.pub.Set("/feed", feedstest.Page{Body: feedstest.RSS("Latest headlines", feedstest.Entries(1, 3, time.Now())...)})
		var asked int
		b.poller = feeds.NewPoller(feeds.PollerConfig{
			Store: b.store, Client: b.client,
			Owner: func(url string) (string, string, bool) {
				return "The Gazette", "Holt Media", strings.HasPrefix(url, "http://gazette.example")
			},
			Suggest: func(_ context.Context, f feeds.Feed) string {
				asked++
				return "http://gazette.example/feed"
			},
		})
		id := b.store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		dead := b.store.Add(feeds.Feed{URL: "http://gazette.example/dead"})
		b.once(t)
		for _, a := range b.store.Articles(id) {
			if a.Publisher != "The Gazette" || a.Family != "Holt Media" {
				t.Fatalf("%+v", a)
			}
		}
		for range 6 {
			time.Sleep(25 * time.Hour)
			b.once(t)
		}
		if f := b.store.Feed(dead); f.Moved != "http://gazette.example/feed" || asked != 1 {
			t.Errorf("moved %q after asking %d times", f.Moved, asked)
		}
	})
}
