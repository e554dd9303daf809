package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/edition"
	"sitrep/bot/pipeline"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/feeds/page"
	"sitrep/store"
	"sitrep/summarize"
)

// traces follow each article from its feed to where it was posted, by
// OpenTelemetry. A nil *traces follows nothing.
//
// The steps are done minutes apart, by any process. So an article's trace has an
// id that follows from the article's: nothing has to be handed on, and whoever
// does a step adds it to the trace as a child of its root, which the poller
// writes. What is posted carries the ids of its articles.
//
// Spans carry ids, counts and outcomes: no text, address or name.
type traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	salt     string // tells this installation's articles from those of others
	now      func() time.Time
	stories  interface {
		Story(ctx context.Context, id int64) (summarize.Story, error)
	}
}

const tracerName = "sitrep"

// newTraces returns nil where no traces are wanted. Close them.
func newTraces(ctx context.Context, c config.Tracing, db *store.Store, now func() time.Time, log *slog.Logger) (*traces, error) {
	if c.Endpoint == "" || c.Sample == 0 {
		return nil, nil
	}
	headers, err := c.HeaderMap()
	if err != nil {
		return nil, usage("tracing.headers: %v", err)
	}
	made, err := db.Made(ctx)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimRight(c.Endpoint, "/")+"/v1/traces"),
		otlptracehttp.WithHeaders(headers), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, fmt.Errorf("set up traces: %w", err)
	}
	// What the operator says in OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES comes last, and wins.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "sitrep"), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, usage("OTEL_RESOURCE_ATTRIBUTES: %v", err)
	}
	provider := sdktrace.NewTracerProvider(
		// A digest ends as many traces as it has articles, at one moment for many channels.
		sdktrace.WithBatcher(&toldOnce{SpanExporter: exporter, log: log}, sdktrace.WithMaxQueueSize(16_384), sdktrace.WithMaxExportBatchSize(1024)),
		// By the trace's id alone: all processes choose the same articles.
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(c.Sample)),
		sdktrace.WithIDGenerator(articleIDs{}),
		sdktrace.WithResource(about))
	return &traces{provider: provider, tracer: provider.Tracer(tracerName), salt: made, now: now, stories: db}, nil
}

// toldOnce logs that traces don't get through when that begins, and keeps the
// failures to itself otherwise: a receiver that is down is no trouble of the bot's.
type toldOnce struct {
	sdktrace.SpanExporter
	log    *slog.Logger
	mu     sync.Mutex
	failed bool
}

func (e *toldOnce) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	e.mu.Lock()
	before := e.failed
	e.failed = err != nil
	e.mu.Unlock()
	if err != nil && !before {
		e.log.WarnContext(ctx, "traces can't be sent, and are lost until they can", "err", err)
	}
	return nil
}

// closeTraces is how long the bot waits for a receiver when it ends.
const closeTraces = 2 * time.Second

// close sends what waits, as far as that is done within some time.
func (t *traces) close(within time.Duration) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // what it can't send is lost, as any trace may be
}

type contextKey int

const (
	rootKey    contextKey = iota // the ids that a root span shall have
	articleKey                   // the article whose step this is
)

// articleIDs gives root spans the ids that they ask for, and all others any.
type articleIDs struct{}

func (articleIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if root, ok := ctx.Value(rootKey).(trace.SpanContext); ok {
		return root.TraceID(), root.SpanID()
	}
	var id trace.TraceID
	for i := range id {
		id[i] = byte(rand.Uint32())
	}
	return id, articleIDs{}.NewSpanID(ctx, id)
}

func (articleIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	var id trace.SpanID
	for id == (trace.SpanID{}) {
		for i := range id {
			id[i] = byte(rand.Uint32())
		}
	}
	return id
}

// root is the first span of an article's trace.
func (t *traces) root(articleID int64) trace.SpanContext {
	sum := sha256.Sum256([]byte("article\x00" + t.salt + "\x00" + strconv.FormatInt(articleID, 10)))
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(sum[:16]), SpanID: trace.SpanID(sum[16:24]), TraceFlags: trace.FlagsSampled, Remote: true})
}

// under returns ctx with an article's root as the parent of what follows.
func (t *traces) under(ctx context.Context, articleID int64) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, t.root(articleID))
}

// step is a pipeline.Tracer.
func (t *traces) step(ctx context.Context, name string, articleID int64) (context.Context, func(error)) {
	ctx, span := t.tracer.Start(t.under(ctx, articleID), name, trace.WithTimestamp(t.now()), trace.WithAttributes(attribute.Int64("sitrep.article.id", articleID)))
	ctx = context.WithValue(ctx, articleKey, articleID)
	return ctx, func(err error) { endSpan(span, err, t.now()) }
}

// endSpan ends a span. An error's text may say what no trace shall.
func endSpan(span trace.Span, err error, at time.Time) {
	if err != nil {
		span.SetStatus(codes.Error, "failed; the log tells why")
	}
	span.End(trace.WithTimestamp(at))
}

// child begins a part of the step that ctx is in; outside of any it does nothing.
func child(ctx context.Context, name string) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(tracerName).Start(ctx, name)
}

// done writes a step of the way that has been done, in the traces of several articles.
func (t *traces) done(ctx context.Context, articles []int64, name, failed string, start time.Time, about ...attribute.KeyValue) {
	end := t.now()
	for _, id := range articles {
		_, span := t.tracer.Start(t.under(ctx, id), name, trace.WithTimestamp(start), trace.WithAttributes(append(about, attribute.Int64("sitrep.article.id", id))...))
		if failed != "" {
			span.SetStatus(codes.Error, failed)
		}
		span.End(trace.WithTimestamp(end))
	}
}

// follow has every part of the machine that takes an article on tell of it.
func (t *traces) follow(m *machine) {
	if t == nil {
		return
	}
	m.reader.Trace, m.joiner.Trace = pipeline.Tracer(t.step), pipeline.Tracer(t.step)
	m.reader.Pages = tracedPages{m.pages}
	m.reader.Store = tracedReadings{m.reader.Store}
}

// feeds follows what the poller stores.
func (t *traces) feeds(s feeds.Store) feeds.Store {
	if t == nil {
		return s
	}
	return tracedFeeds{s, t}
}

// editions follows what digests bring.
func (t *traces) editions(s edition.Store) edition.Store {
	if t == nil {
		return s
	}
	return tracedEditions{s, t}
}

// alerts follows what subscribers are told.
func (t *traces) alerts(s bot.AlertStore) bot.AlertStore {
	if t == nil {
		return s
	}
	return tracedAlerts{s, t}
}

// outbox follows what is sent.
func (t *traces) outbox(s bot.Outbox) bot.Outbox {
	if t == nil {
		return s
	}
	return &tracedOutbox{Outbox: s, t: t, sending: map[int64]sending{}}
}

type tracedFeeds struct {
	feeds.Store
	t *traces
}

func (s tracedFeeds) SaveChanged(ctx context.Context, c feeds.Check, articles []feeds.Article) (feeds.Saved, error) {
	known := map[int64]bool{}
	for _, a := range articles {
		known[a.ID] = true
	}
	start := s.t.now()
	saved, err := s.Store.SaveChanged(ctx, c, articles)
	if err != nil {
		return saved, err
	}
	end := s.t.now()
	for _, a := range articles {
		switch about := trace.WithAttributes(attribute.Int64("sitrep.article.id", a.ID), attribute.Int64("sitrep.feed.id", c.Feed.ID)); {
		case a.ID == 0: // not written: somebody else was faster
		case known[a.ID]:
			_, span := s.t.tracer.Start(s.t.under(ctx, a.ID), "edit", trace.WithTimestamp(c.At), about)
			span.End(trace.WithTimestamp(end))
		default:
			inside, root := s.t.tracer.Start(context.WithValue(ctx, rootKey, s.t.root(a.ID)), "article", trace.WithNewRoot(), trace.WithTimestamp(c.At), about)
			_, poll := s.t.tracer.Start(inside, "poll", trace.WithTimestamp(c.At), trace.WithAttributes(attribute.Int("http.response.status_code", c.Status)))
			poll.End(trace.WithTimestamp(start))
			_, store := s.t.tracer.Start(inside, "store", trace.WithTimestamp(start), trace.WithAttributes(attribute.Int("sitrep.articles.added", saved.Added)))
			store.End(trace.WithTimestamp(end))
			root.End(trace.WithTimestamp(end))
		}
	}
	return saved, nil
}

type tracedPages struct{ next pipeline.Pages }

func (p tracedPages) Read(ctx context.Context, url string) (page.Page, error) {
	ctx, span := child(ctx, "page")
	pg, err := p.next.Read(ctx, url)
	span.SetAttributes(attribute.Int("sitrep.text.bytes", len(pg.Text)), attribute.Bool("sitrep.paywalled", pg.Paywalled))
	endSpan(span, err, time.Now())
	return pg, err
}

type tracedReadings struct{ bot.ReadingStore }

func (s tracedReadings) SaveReading(ctx context.Context, a feeds.Article, b summarize.Brief, actors []bot.ActorLink) error {
	ctx, span := child(ctx, "save")
	err := s.ReadingStore.SaveReading(ctx, a, b, actors)
	endSpan(span, err, time.Now())
	return err
}

type tracedEditions struct {
	edition.Store
	t *traces
}

func (s tracedEditions) SaveEdition(ctx context.Context, e bot.Edition) (bot.Digest, error) {
	var lines []bot.Line
	for _, item := range e.Digest.Items {
		lines = append(lines, item.Lines...)
	}
	var articles []int64
	for _, l := range lines {
		for _, source := range l.Sources {
			articles = append(articles, source.ArticleID)
		}
	}
	articles = distinct(articles)
	e.Deliveries = carrying(e.Deliveries, articles)
	start := s.t.now()
	d, err := s.Store.SaveEdition(ctx, e)
	if err == nil {
		s.t.done(ctx, articles, "digest", "", start, attribute.Int64("sitrep.digest.id", d.ID), attribute.Int64("sitrep.schedule.id", d.ScheduleID))
	}
	return d, err
}

type tracedAlerts struct {
	bot.AlertStore
	t *traces
}

func (s tracedAlerts) SaveAlert(ctx context.Context, r bot.AlertRecord) error {
	var articles []int64
	if id, ok := ctx.Value(articleKey).(int64); ok {
		articles = []int64{id} // the one that was news
	} else {
		for _, id := range r.StoryIDs {
			story, err := s.t.stories.Story(ctx, id)
			if err != nil {
				continue
			}
			for _, d := range story.Developments {
				if _, told := r.Lines[d.ID]; told {
					for _, source := range d.Sources {
						articles = append(articles, source.ArticleID)
					}
				}
			}
		}
		articles = distinct(articles)
	}
	r.Deliveries = carrying(r.Deliveries, articles)
	start, name := s.t.now(), "alert"
	if r.HoldBack {
		name = "hold back"
	}
	err := s.AlertStore.SaveAlert(ctx, r)
	if err == nil {
		s.t.done(ctx, articles, name, "", start, attribute.Int64("sitrep.subscription.id", r.SubscriptionID))
	}
	return err
}

// maxCarried is how many articles a message's traces are kept for.
const maxCarried = 64

// distinct are the articles without repetition, not too many.
func distinct(articles []int64) []int64 {
	slices.Sort(articles)
	articles = slices.DeleteFunc(slices.Compact(articles), func(id int64) bool { return id == 0 })
	return articles[:min(len(articles), maxCarried)]
}

// carrying returns the deliveries with the articles that they carry.
func carrying(deliveries []bot.Delivery, articles []int64) []bot.Delivery {
	if len(articles) == 0 {
		return deliveries
	}
	out := slices.Clone(deliveries)
	for i := range out {
		envelope, err := discord.ParseEnvelope(out[i].Payload)
		if err != nil {
			continue
		}
		envelope.Articles = articles
		if payload, err := json.Marshal(envelope); err == nil {
			out[i].Payload = payload
		}
	}
	return out
}

// A tracedOutbox follows each delivery from its lease to what came of it.
type tracedOutbox struct {
	bot.Outbox
	t       *traces
	mu      sync.Mutex
	sending map[int64]sending
}

type sending struct {
	delivery bot.Delivery
	articles []int64
	start    time.Time
}

func (o *tracedOutbox) LeaseDeliveries(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]bot.Delivery, error) {
	batch, err := o.Outbox.LeaseDeliveries(ctx, now, limit, lease)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range batch {
		if envelope, err := discord.ParseEnvelope(d.Payload); err == nil && len(envelope.Articles) > 0 {
			d.Payload = nil
			o.sending[d.ID] = sending{d, envelope.Articles, o.t.now()}
		}
	}
	return batch, err
}

func (o *tracedOutbox) MarkPosted(ctx context.Context, id int64, messageID, postedIn string, at time.Time) error {
	err := o.Outbox.MarkPosted(ctx, id, messageID, postedIn, at)
	if err == nil {
		o.ended(ctx, id, "posted", "", attribute.String("sitrep.message.id", messageID))
	}
	return err
}

func (o *tracedOutbox) MarkRetry(ctx context.Context, id int64, notBefore time.Time, reason string) error {
	o.ended(ctx, id, "retry", reason)
	return o.Outbox.MarkRetry(ctx, id, notBefore, reason)
}

func (o *tracedOutbox) MarkFailed(ctx context.Context, id int64, reason string) error {
	o.ended(ctx, id, "failed", reason)
	return o.Outbox.MarkFailed(ctx, id, reason)
}

func (o *tracedOutbox) ParkRoute(ctx context.Context, route, reason string, at time.Time) (bool, error) {
	o.mu.Lock()
	var held []int64
	for id, s := range o.sending {
		if s.delivery.Route() == route {
			held = append(held, id)
		}
	}
	o.mu.Unlock()
	for _, id := range held {
		o.ended(ctx, id, "parked", reason)
	}
	return o.Outbox.ParkRoute(ctx, route, reason, at)
}

// ended writes the step "send". The reasons of the sender are its own words.
func (o *tracedOutbox) ended(ctx context.Context, id int64, outcome, reason string, about ...attribute.KeyValue) {
	o.mu.Lock()
	s, ok := o.sending[id]
	delete(o.sending, id)
	o.mu.Unlock()
	if !ok {
		return
	}
	d := s.delivery
	o.t.done(ctx, s.articles, "send", reason, s.start, append(about, attribute.Int64("sitrep.delivery.id", d.ID), attribute.String("sitrep.outcome", outcome),
		attribute.Int("sitrep.part", d.Part), attribute.Int("sitrep.attempt", d.Attempts+1), attribute.Int64("sitrep.digest.id", d.DigestID))...)
}
