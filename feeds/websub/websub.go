// Package websub has hubs push news to us (W3C WebSub), so that a feed which
// offers a hub brings its news within seconds and is polled a few times a day
// only, to catch what the hub lost.
//
// A Subscriber is two things: the feeds.Push of a Poller, which subscribes feeds
// at their hubs, and the http.Handler that hubs call back. It needs a public
// address. Nothing has to be stored for it: callback addresses and secrets are
// derived from one key, and the lease lies in the feed's Memory.
package websub

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/fetch"
)

// Config sets up a Subscriber. All fields are needed except Now and Log.
type Config struct {
	// Base is the public address under which the Subscriber is served, such as
	// https://bot.example/websub.
	Base string
	// Key is the secret from which callbacks and signatures are derived; at least
	// 16 bytes, the same at every start.
	Key []byte
	// Client makes the requests to hubs.
	Client *fetch.Client
	// Feed loads a feed, with an error for what is not followed.
	Feed func(ctx context.Context, id int64) (feeds.Feed, error)
	// Ingest stores pushed content.
	Ingest func(ctx context.Context, f feeds.Feed, body []byte, contentType string) (feeds.Saved, error)

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default: nothing
}

const (
	lease     = 10 * 24 * time.Hour // asked of the hub
	maxLease  = 30 * 24 * time.Hour // believed of the hub
	renewAt   = 24 * time.Hour      // before the end of a lease
	retryHub  = 6 * time.Hour       // after a hub did not answer, or never verified
	remembers = 50_000              // feeds with a state in memory
)

// A Subscriber keeps subscriptions at hubs. It is safe for concurrent use.
type Subscriber struct {
	cfg  Config
	base string

	mu    sync.Mutex
	state map[int64]state
}

// state is what is known of a feed since the start of the program.
type state struct {
	lease time.Time // verified until
	retry time.Time // no new attempt before
	topic string    // asked for
}

// New returns a Subscriber, or an error when Base is no public http(s) address or
// Key is too short.
func New(cfg Config) (*Subscriber, error) {
	u, err := url.Parse(cfg.Base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("websub: %q is no http(s) address", cfg.Base)
	}
	if len(cfg.Key) < 16 {
		return nil, fmt.Errorf("websub: the key has %d bytes, it needs 16", len(cfg.Key))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Subscriber{cfg: cfg, base: strings.TrimRight(cfg.Base, "/"), state: map[int64]state{}}, nil
}

func (s *Subscriber) derive(what string, id int64) string {
	m := hmac.New(sha256.New, s.cfg.Key)
	fmt.Fprintf(m, "%s %d", what, id)
	return hex.EncodeToString(m.Sum(nil))[:40]
}

func (s *Subscriber) callback(id int64) string {
	return s.base + "/" + strconv.FormatInt(id, 10) + "/" + s.derive("callback", id)
}

// Ensure implements feeds.Push.
func (s *Subscriber) Ensure(ctx context.Context, f feeds.Feed) time.Time {
	now := s.cfg.Now()
	topic := f.Memory.HubTopic
	s.mu.Lock()
	st := s.state[f.ID]
	current := f.Memory.HubLeaseExpires
	if st.topic == topic && st.lease.After(current) {
		current = st.lease
	}
	if topic == "" || current.After(now.Add(renewAt)) || st.topic == topic && st.retry.After(now) {
		s.mu.Unlock()
		return current
	}
	st.retry, st.topic = now.Add(retryHub), topic
	s.put(f.ID, st)
	s.mu.Unlock()
	res, err := s.cfg.Client.Get(ctx, fetch.Request{
		URL: f.HubURL, MaxBytes: 4096, Patience: 5 * time.Second,
		Form: url.Values{
			"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {s.callback(f.ID)},
			"hub.secret": {s.derive("secret", f.ID)}, "hub.lease_seconds": {strconv.Itoa(int(lease / time.Second))},
		},
	})
	if err != nil || res.Status/100 != 2 {
		s.cfg.Log.Debug("hub did not take the subscription", "feed", f.ID, "status", res.Status, "err", fetch.Detail(err))
	}
	return current // the hub verifies by calling back; the next check knows
}

// put remembers st; when there are too many, any other is forgotten, which costs
// at most a repeated subscription. s.mu is held.
func (s *Subscriber) put(id int64, st state) {
	if _, known := s.state[id]; !known && len(s.state) >= remembers {
		for k := range s.state {
			delete(s.state, k)
			break
		}
	}
	s.state[id] = st
}

// ServeHTTP answers hubs: it verifies subscriptions (GET) and takes content (POST).
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 {
		http.NotFound(w, r)
		return
	}
	id, err := strconv.ParseInt(parts[len(parts)-2], 10, 64)
	if err != nil || subtle.ConstantTimeCompare([]byte(parts[len(parts)-1]), []byte(s.derive("callback", id))) != 1 {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet:
		s.verify(w, r, id)
	case http.MethodPost:
		s.receive(w, r, id)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (s *Subscriber) verify(w http.ResponseWriter, r *http.Request, id int64) {
	q := r.URL.Query()
	f, err := s.cfg.Feed(r.Context(), id)
	wanted := err == nil && f.HubURL != "" && f.Memory.HubTopic == q.Get("hub.topic") && (f.State == feeds.StateActive || f.State == feeds.StateFailing)
	now := s.cfg.Now()
	switch q.Get("hub.mode") {
	case "subscribe":
		if !wanted {
			break
		}
		seconds, err := strconv.ParseInt(q.Get("hub.lease_seconds"), 10, 64)
		if err != nil || seconds <= 0 {
			seconds = int64(lease / time.Second)
		}
		s.mu.Lock()
		s.put(id, state{lease: now.Add(min(time.Duration(min(seconds, 1<<30))*time.Second, maxLease)), topic: f.Memory.HubTopic})
		s.mu.Unlock()
		challenge(w, q.Get("hub.challenge"))
		return
	case "unsubscribe":
		if wanted {
			break // nobody but us may end it
		}
		challenge(w, q.Get("hub.challenge"))
		return
	case "denied":
		s.mu.Lock()
		s.put(id, state{retry: now.Add(7 * 24 * time.Hour), topic: q.Get("hub.topic")})
		s.mu.Unlock()
		s.cfg.Log.Info("hub denied a subscription", "feed", id)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.NotFound(w, r)
}

// challenge echoes as plain text what can hold no markup.
func challenge(w http.ResponseWriter, c string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, c[:min(len(c), 512)])
}

// receive takes content whose signature is right. What is wrong is thanked for
// all the same, as WebSub asks, so that nobody can try signatures.
func (s *Subscriber) receive(w http.ResponseWriter, r *http.Request, id int64) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, fetch.MaxBytes))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if !signed(r.Header.Get("X-Hub-Signature"), body, []byte(s.derive("secret", id))) {
		s.cfg.Log.Warn("pushed content without a valid signature", "feed", id)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	f, err := s.cfg.Feed(r.Context(), id)
	if err != nil || f.State == feeds.StateGone || f.State == feeds.StatePaused {
		w.WriteHeader(http.StatusGone) // ends the subscription at the hub
		return
	}
	saved, err := s.cfg.Ingest(r.Context(), f, body, r.Header.Get("Content-Type"))
	if err != nil {
		s.cfg.Log.Warn("pushed content was not taken", "feed", id, "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	s.cfg.Log.Debug("pushed", "feed", id, "added", saved.Added, "edited", saved.Edited)
	w.WriteHeader(http.StatusAccepted)
}

// signed checks an X-Hub-Signature: method=hex.
func signed(header string, body, secret []byte) bool {
	method, sig, ok := strings.Cut(header, "=")
	if !ok {
		return false
	}
	var h func() hash.Hash
	switch method {
	case "sha1":
		h = sha1.New
	case "sha256":
		h = sha256.New
	case "sha384":
		h = sha512.New384
	case "sha512":
		h = sha512.New
	default:
		return false
	}
	want, err := hex.DecodeString(sig)
	if err != nil {
		return false
	}
	m := hmac.New(h, secret)
	m.Write(body)
	return hmac.Equal(want, m.Sum(nil))
}
