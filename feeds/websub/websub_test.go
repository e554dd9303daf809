package websub_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
	"sitrep/feeds/websub"
)

// hub is a hub that verifies at once and can push.
type hub struct {
	subscribers int
	form        url.Values
	lease       int
	sub         *websub.Subscriber
	answer      int
	body        string
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.subscribers++
	_ = r.ParseForm()
	h.form = r.PostForm
	w.WriteHeader(http.StatusAccepted)
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {h.form.Get("hub.topic")}, "hub.challenge": {"c-" + fmt.Sprint(h.subscribers)}, "hub.lease_seconds": {fmt.Sprint(h.lease)}}
	h.get(h.form.Get("hub.callback"), q)
}

func (h *hub) get(callback string, q url.Values) {
	rec := httptest.NewRecorder()
	h.sub.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, callback+"?"+q.Encode(), nil))
	h.answer, h.body = rec.Code, rec.Body.String()
}

func (h *hub) push(body []byte, method string, key string) int {
	f := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}[method]
	m := hmac.New(f, []byte(key))
	m.Write(body)
	r := httptest.NewRequest(http.MethodPost, h.form.Get("hub.callback"), bytes.NewReader(body))
	r.Header.Set("X-Hub-Signature", method+"="+hex.EncodeToString(m.Sum(nil)))
	r.Header.Set("Content-Type", "application/rss+xml")
	rec := httptest.NewRecorder()
	h.sub.ServeHTTP(rec, r)
	return rec.Code
}

func TestSubscribeVerifyPushRenew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		net := feedstest.NewNetwork()
		pub := feedstest.NewPublisher()
		h := &hub{lease: 5 * 24 * 3600}
		net.Serve("gazette.example", pub)
		net.Serve("hub.example", h)
		client := net.Client(fetch.Config{})
		defer func() { client.Close(); net.Close() }()
		store := feedstest.NewStore()
		id := store.Add(feeds.Feed{URL: "http://gazette.example/feed"})
		page := func(n int) []byte {
			return bytes.Replace(feedstest.RSS("Gazette", feedstest.Entries(1, n, time.Now())...), []byte("<item>"), []byte(`<atom:link rel="hub" href="http://hub.example/"/><atom:link rel="self" href="http://gazette.example/self"/><item>`), 1)
		}
		pub.Set("/feed", feedstest.Page{Body: page(3), ETag: `"1"`})

		var poller *feeds.Poller
		sub, err := websub.New(websub.Config{
			Base: "https://bot.example/websub/", Key: []byte("0123456789abcdef"), Client: client, Feed: store.FeedByID,
			Ingest: func(ctx context.Context, f feeds.Feed, body []byte, ct string) (feeds.Saved, error) {
				return poller.Ingest(ctx, f, body, ct)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		h.sub = sub
		poller = feeds.NewPoller(feeds.PollerConfig{Store: store, Client: client, Push: sub})
		round := func() feeds.Stats {
			st, err := poller.Once(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return st
		}

		// The first round finds the hub. It asks before the feed is stored, so the
		// verification is refused; the next attempt comes hours later and succeeds.
		round()
		if h.subscribers != 1 || h.form.Get("hub.topic") != "http://gazette.example/self" || !strings.HasPrefix(h.form.Get("hub.callback"), "https://bot.example/websub/") {
			t.Fatalf("subscription: %d, %v", h.subscribers, h.form)
		}
		time.Sleep(7 * time.Hour)
		round()
		if h.subscribers != 2 || h.answer != http.StatusOK || h.body != "c-2" {
			t.Fatalf("verification: %d, %d %q", h.subscribers, h.answer, h.body)
		}
		time.Sleep(7 * time.Hour)
		round()
		f := store.Feed(id)
		if h.subscribers != 2 || f.Memory.HubLeaseExpires.Before(time.Now().Add(4*24*time.Hour)) {
			t.Fatalf("lease: %d, %v", h.subscribers, f.Memory.HubLeaseExpires)
		}
		if d := time.Until(f.NextCheckAt); d < 6*time.Hour {
			t.Errorf("a pushed feed is polled again after %v", d)
		}

		// Content with the right signature is taken, once.
		secret := h.form.Get("hub.secret")
		if code := h.push(page(5), "sha256", secret); code != http.StatusAccepted || len(store.Articles(id)) != 5 {
			t.Fatalf("push: %d, %d articles", code, len(store.Articles(id)))
		}
		if code := h.push(page(5), "sha1", secret); code != http.StatusAccepted || len(store.Articles(id)) != 5 {
			t.Fatalf("the same again: %d, %d articles", code, len(store.Articles(id)))
		}
		if f := store.Feed(id); f.Validators.ETag != `"1"` || f.State != feeds.StateActive {
			t.Errorf("a push changed what belongs to polling: %+v", f)
		}
		// With a wrong one it is thanked for and dropped.
		if code := h.push(page(8), "sha256", "wrong"); code != http.StatusAccepted || len(store.Articles(id)) != 5 {
			t.Errorf("forged: %d, %d articles", code, len(store.Articles(id)))
		}
		// What is no feed comes back.
		if code := h.push([]byte("<html></html>"), "sha256", secret); code != http.StatusServiceUnavailable {
			t.Errorf("no feed: %d", code)
		}
		// The lease is renewed before it ends.
		time.Sleep(4 * 24 * time.Hour)
		round()
		if h.subscribers != 3 {
			t.Errorf("renewed %d times", h.subscribers-2)
		}

		// Callbacks that are not ours, or not wanted.
		callback := h.form.Get("hub.callback")
		for name, c := range map[string]struct {
			url  string
			q    url.Values
			code int
		}{
			"another topic":      {callback, url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"http://evil.example/"}, "hub.challenge": {"x"}}, 404},
			"guessed token":      {"https://bot.example/websub/1/0000000000000000000000000000000000000000", url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"http://gazette.example/self"}, "hub.challenge": {"x"}}, 404},
			"another feed":       {strings.Replace(callback, "/1/", "/2/", 1), url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"http://gazette.example/self"}, "hub.challenge": {"x"}}, 404},
			"somebody ends it":   {callback, url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {"http://gazette.example/self"}, "hub.challenge": {"x"}}, 404},
			"end of an old name": {callback, url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {"http://gazette.example/old"}, "hub.challenge": {"x"}}, 200},
			"no mode":            {callback, url.Values{}, 404},
		} {
			if h.get(c.url, c.q); h.answer != c.code {
				t.Errorf("%s: %d, want %d", name, h.answer, c.code)
			}
		}
		// A feed that is not followed any more ends the subscription.
		store.Update(id, func(f *feeds.Feed) { f.State = feeds.StatePaused })
		if code := h.push(page(9), "sha256", secret); code != http.StatusGone {
			t.Errorf("paused: %d", code)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]websub.Config{
		"no base":   {Key: make([]byte, 16)},
		"bad base":  {Base: "ftp://x/", Key: make([]byte, 16)},
		"short key": {Base: "https://bot.example/", Key: []byte("short")},
	} {
		if _, err := websub.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
