package feeds_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
)

// sixtyKB is a feed of usual size: 30 items of 2 KB.
func sixtyKB() []byte {
	entries := feedstest.Entries(1, 30, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	for i := range entries {
		entries[i].Text = "<p>" + strings.Repeat("The council of Norrvik talked about <b>the harbour</b> &amp; what it costs. ", 24) + "</p>"
	}
	return feedstest.RSS("Gazette", entries...)
}

func BenchmarkParse(b *testing.B) {
	body := sixtyKB()
	now := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := feeds.Parse(body, "application/rss+xml", "https://gazette.example/feed", now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentifyKnown(b *testing.B) {
	now := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	doc, err := feeds.Parse(sixtyKB(), "", "https://gazette.example/feed", now)
	if err != nil {
		b.Fatal(err)
	}
	f := feeds.Feed{ID: 1}
	articles, _ := feeds.Identify(f, doc.Items, nil, now)
	var known []feeds.Known
	for i, a := range articles {
		known = append(known, feeds.Known{ID: int64(i + 1), Identity: a.Identity, GUID: a.GUID, URL: a.URL, Fingerprint: a.Fingerprint, ContentHash: a.ContentHash})
	}
	b.ReportAllocs()
	for b.Loop() {
		if again, _ := feeds.Identify(f, doc.Items, known, now); len(again) != 0 {
			b.Fatal("known items came as new")
		}
	}
}

// BenchmarkPollWarm asks feeds over loopback which all answer 304; one operation
// is one feed.
func BenchmarkPollWarm(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(http.StatusNotModified)
	}))
	defer srv.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	store := feedstest.NewStore()
	client := fetch.New(fetch.Config{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Spacing: -1})
	defer client.Close()
	const n = 200
	for i := range n {
		store.Add(feeds.Feed{URL: fmt.Sprintf("http://127.0.0.1:%s/%d", port, i), LastCheckedAt: time.Now(), Validators: feeds.Validators{ETag: `"1"`, At: time.Now()}})
	}
	p := feeds.NewPoller(feeds.PollerConfig{Store: store, Client: client})
	for done := 0; done < b.N; done += n {
		b.StopTimer()
		for id := range int64(n) {
			store.Update(id+1, func(f *feeds.Feed) { f.NextCheckAt = time.Time{} })
		}
		b.StartTimer()
		st, err := p.Once(context.Background())
		if err != nil || st.NotModified != n {
			b.Fatalf("%+v, %v", st, err)
		}
	}
}
