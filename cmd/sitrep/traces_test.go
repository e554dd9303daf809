package main

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"sitrep/bot"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/feeds/newsroom"
	"sitrep/store"
)

// A receiver takes traces, as a collector does.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	spans   []*tracepb.Span
	about   map[string]string
	headers http.Header
	raw     []byte
}

func startReceiver(t *testing.T) *receiver {
	r := &receiver{about: map[string]string{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body := io.Reader(req.Body)
		if req.Header.Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Error(err)
			}
		}
		data, err := io.ReadAll(body)
		var in collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(data, &in)
		}
		if err != nil || req.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", req.URL, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.headers, r.raw = req.Header, append(r.raw, data...)
		for _, rs := range in.ResourceSpans {
			for _, a := range rs.Resource.Attributes {
				r.about[a.Key] = a.Value.GetStringValue()
			}
			for _, ss := range rs.ScopeSpans {
				r.spans = append(r.spans, ss.Spans...)
			}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// traces are the spans by their traces.
func (r *receiver) traces() map[string][]*tracepb.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string][]*tracepb.Span{}
	for _, s := range r.spans {
		out[string(s.TraceId)] = append(out[string(s.TraceId)], s)
	}
	return out
}

func names(spans []*tracepb.Span) map[string]int {
	out := map[string]int{}
	for _, s := range spans {
		out[s.Name]++
	}
	return out
}

// One trace tells an article's whole way, from its feed to the channel and to
// who subscribed; and nothing of what the article says.
func TestTracesOfTheDemo(t *testing.T) {
	t.Parallel()
	r := startReceiver(t)
	status, out, errs := sitrep(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": r.URL, "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20key"}, "demo")
	if status != exitDone {
		t.Fatalf("status %d: %s\n%s", status, errs, out)
	}
	digests, alerts := 0, 0
	for id, spans := range r.traces() {
		byID := map[string]*tracepb.Span{}
		var root *tracepb.Span
		for _, s := range spans {
			byID[string(s.SpanId)] = s
			if len(s.ParentSpanId) == 0 {
				if root != nil {
					t.Errorf("trace %x has two roots", id)
				}
				root = s
			}
		}
		if root == nil || root.Name != "article" {
			t.Fatalf("trace %x has no root: %v", id, names(spans))
		}
		parents := map[string]string{}
		for _, s := range spans {
			if s != root {
				parent := byID[string(s.ParentSpanId)]
				if parent == nil {
					t.Fatalf("%s in trace %x hangs nowhere", s.Name, id)
				}
				parents[s.Name] = parent.Name
			}
			if s.EndTimeUnixNano < s.StartTimeUnixNano || s.StartTimeUnixNano < root.StartTimeUnixNano {
				t.Errorf("%s in trace %x ends before it begins, or begins before the article", s.Name, id)
			}
		}
		have := names(spans)
		for step, parent := range map[string]string{"poll": "article", "store": "article", "read": "article", "brief": "read", "save": "read", "story": "article"} {
			if have[step] == 0 || parents[step] != parent {
				t.Errorf("trace %x: %q under %q is missing: %v", id, step, parent, have)
			}
		}
		if have["digest"] > 0 && have["send"] > 0 && have["page"] > 0 && parents["page"] == "read" {
			digests++
		}
		if have["alert"] > 0 && have["send"] > 0 {
			alerts++
		}
	}
	if digests < 5 || alerts == 0 {
		t.Errorf("whole ways: %d articles into the digest, %d into an alert", digests, alerts)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.about["service.name"] != "sitrep" || r.headers.Get("Authorization") != "Bearer key" {
		t.Errorf("resource %v, headers %v", r.about, r.headers)
	}
	room, err := newsroom.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range slices.Concat([]string{"127.0.0.1", "/feed", "Ada", "Harbour Watch", "Solvang"}, titles(room)) {
		if strings.Contains(string(r.raw), secret) {
			t.Errorf("%q stands in a trace", secret)
		}
	}
}

func titles(room *newsroom.Newsroom) (out []string) {
	for _, a := range room.Articles() {
		out = append(out, a.Title)
	}
	return out
}

func tracedStore(t *testing.T, path string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{})
	if err == nil {
		err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func someTraces(t *testing.T, db *store.Store, endpoint string, sample float64) *traces {
	t.Helper()
	follow, err := newTraces(t.Context(), config.Tracing{Endpoint: endpoint, Sample: sample}, db, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return follow
}

// Processes that share a database write into one trace, and choose the same
// articles; another installation's articles have other traces.
func TestTracesAcrossProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.db")
	r := startReceiver(t)
	db := tracedStore(t, path)
	first, second := someTraces(t, db, r.URL, .5), someTraces(t, tracedStore(t, path), r.URL, .5)
	if other := (&traces{salt: "another day"}).root(1).TraceID(); first.root(1).TraceID() == other || first.root(1).TraceID() != second.root(1).TraceID() {
		t.Error("traces of two installations mix, or those of one don't")
	}
	for id := range int64(200) {
		for _, p := range []*traces{first, second} {
			_, end := p.step(t.Context(), "read", id)
			end(errors.New("hush-hush"))
		}
	}
	first.close(time.Minute)
	second.close(time.Minute)
	got := r.traces()
	if len(got) < 60 || len(got) > 140 {
		t.Errorf("%d of 200 articles were chosen", len(got))
	}
	for id, spans := range got {
		if len(spans) != 2 || spans[0].Status.Code != tracepb.Status_STATUS_CODE_ERROR {
			t.Errorf("trace %x: %v", id, spans)
		}
	}
	if strings.Contains(string(r.raw), "hush-hush") {
		t.Error("an error's text stands in a trace")
	}
}

// An article that its source edits has one root all the same.
func TestTraceOfAnEdit(t *testing.T) {
	t.Parallel()
	r := startReceiver(t)
	db := tracedStore(t, ":memory:")
	follow := someTraces(t, db, r.URL, 1)
	f, err := db.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	save := follow.feeds(db)
	article := feeds.Article{Identity: "one", ContentHash: "1", Title: "One"}
	for range 2 {
		if _, err := save.SaveChanged(t.Context(), feeds.Check{Feed: f.Feed, At: time.Now(), Status: 200}, []feeds.Article{article}); err != nil {
			t.Fatal(err)
		}
		known, err := db.KnownArticles(t.Context(), f.Feed.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		article.ID, article.ContentHash = known[0].ID, "2"
	}
	follow.close(time.Minute)
	if got := names(r.spans); !maps.Equal(got, map[string]int{"article": 1, "poll": 1, "store": 1, "edit": 1}) {
		t.Errorf("%v", got)
	}
}

// What Discord refuses shows in the article's trace.
func TestTraceOfAFailedSend(t *testing.T) {
	t.Parallel()
	r := startReceiver(t)
	db := tracedStore(t, ":memory:")
	follow := someTraces(t, db, r.URL, 1)
	payload := []byte(`{"message":{"content":"<b> & one"}}`)
	ds := carrying([]bot.Delivery{{Key: "a", ChannelID: "c1", Payload: payload}, {Key: "b", ChannelID: "c2", Payload: payload}, {Key: "c", ChannelID: "c3", Payload: payload}}, []int64{7})
	if err := db.Enqueue(t.Context(), ds); err != nil {
		t.Fatal(err)
	}
	outbox := follow.outbox(db)
	batch, err := outbox.LeaseDeliveries(t.Context(), time.Now(), 9, time.Minute)
	if err != nil || len(batch) != 3 {
		t.Fatalf("%v, %v", batch, err)
	}
	if err := errors.Join(
		outbox.MarkRetry(t.Context(), batch[0].ID, time.Now(), "no answer from Discord"),
		outbox.MarkFailed(t.Context(), batch[1].ID, "refused"),
		parked(t.Context(), outbox, batch[2].Route())); err != nil {
		t.Fatal(err)
	}
	follow.close(time.Minute)
	outcomes := map[string]string{}
	for _, s := range r.spans {
		for _, a := range s.Attributes {
			if a.Key == "sitrep.outcome" {
				outcomes[a.Value.GetStringValue()] = s.Status.Message
			}
		}
	}
	if !maps.Equal(outcomes, map[string]string{"retry": "no answer from Discord", "failed": "refused", "parked": "the channel is gone"}) {
		t.Errorf("%v", outcomes)
	}
}

func parked(ctx context.Context, outbox bot.Outbox, route string) error {
	_, err := outbox.ParkRoute(ctx, route, "the channel is gone", time.Now())
	return err
}

// A receiver that is down is told of once, and changes nothing.
func TestReceiverDown(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	db := tracedStore(t, ":memory:")
	down := httptest.NewServer(http.NotFoundHandler())
	defer down.Close()
	follow, err := newTraces(t.Context(), config.Tracing{Endpoint: down.URL, Sample: 1}, db, time.Now, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, end := follow.step(t.Context(), "read", 1)
		end(nil)
		if err := follow.provider.ForceFlush(t.Context()); err != nil {
			t.Error(err)
		}
	}
	follow.close(time.Minute)
	if got := strings.Count(log.String(), "traces can't be sent"); got != 1 {
		t.Errorf("told %d times:\n%s", got, &log)
	}
}

// Without an endpoint nothing is set up.
func TestNoTraces(t *testing.T) {
	t.Parallel()
	for _, c := range []config.Tracing{{Sample: 1}, {Endpoint: "http://127.0.0.1:1", Sample: 0}} {
		if follow, err := newTraces(t.Context(), c, nil, nil, nil); follow != nil || err != nil {
			t.Errorf("%+v: %v, %v", c, follow, err)
		}
	}
	var none *traces
	none.close(0)
	none.follow(nil)
	db := tracedStore(t, ":memory:")
	if none.outbox(db) != bot.Outbox(db) || none.feeds(db) != feeds.Store(db) {
		t.Error("something stands in the way")
	}
}
