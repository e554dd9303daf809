package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/feeds"
	"sitrep/summarize"
)

// meters are the counters of this process. None has a label with more than a
// handful of values.
type meters struct {
	registry   *prometheus.Registry
	polls      *prometheus.CounterVec
	articles   *prometheus.CounterVec
	lastPoll   prometheus.Gauge
	briefs     *prometheus.CounterVec
	briefTime  prometheus.Histogram
	stories    *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	sendDelay  prometheus.Histogram
	commands   *prometheus.HistogramVec
}

func newMeters() *meters {
	m := &meters{registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sitrep_" + name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.polls = counter("polls_total", "Checks of feeds, by outcome.", "outcome")
	m.articles = counter("articles_total", "Articles stored, new or edited.", "event")
	m.briefs = counter("briefs_total", "Briefs written, by engine.", "engine")
	m.stories = counter("stories_total", "Stories saved, new or updated.", "event")
	m.deliveries = counter("deliveries_total", "Messages posted, parked or given up.", "outcome")
	m.lastPoll = prometheus.NewGauge(prometheus.GaugeOpts{Name: "sitrep_last_poll_timestamp_seconds", Help: "When a feed was last checked by this process."})
	m.briefTime = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sitrep_brief_seconds", Help: "Time to brief one article.",
		Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .5, 1, 5, 15, 45}})
	m.sendDelay = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sitrep_delivery_delay_seconds", Help: "From the moment a message was due to the moment it was posted.",
		Buckets: []float64{.1, .5, 1, 2, 5, 15, 60, 300, 1800, 7200}})
	m.commands = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "sitrep_command_seconds", Help: "Time to answer a command.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 3}}, []string{"command", "outcome"})
	m.registry.MustRegister(m.lastPoll, m.briefTime, m.sendDelay, m.commands,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meters) observePoll(c feeds.Check, s feeds.Saved, _ time.Duration) {
	outcome := "same"
	switch {
	case c.Feed.Kind != "":
		outcome = "failed"
	case c.Changed:
		outcome = "changed"
	case c.Status == 304:
		outcome = "not_modified"
	}
	m.polls.WithLabelValues(outcome).Inc()
	m.articles.WithLabelValues("added").Add(float64(s.Added))
	m.articles.WithLabelValues("edited").Add(float64(s.Edited))
	m.lastPoll.SetToCurrentTime()
}

// summarizer counts and times what an engine does.
func (m *meters) summarizer(next summarize.Summarizer) summarize.Summarizer {
	return meteredSummarizer{m, next}
}

type meteredSummarizer struct {
	meters *meters
	next   summarize.Summarizer
}

func (s meteredSummarizer) Summarize(ctx context.Context, a *feeds.Article) (summarize.Brief, error) {
	start := time.Now()
	ctx, span := child(ctx, "brief")
	b, err := s.next.Summarize(ctx, a)
	s.meters.briefTime.Observe(time.Since(start).Seconds())
	engine := "embedded"
	switch {
	case err != nil:
		engine = "failed"
	case b.Engine != "embedded":
		engine = "llm"
	}
	s.meters.briefs.WithLabelValues(engine).Inc()
	span.SetAttributes(attribute.String("sitrep.engine", engine), attribute.String("sitrep.lang", b.Lang),
		attribute.Int("sitrep.developments", len(b.Developments)), attribute.Int("sitrep.actors", len(b.Actors)))
	endSpan(span, err, time.Now())
	return b, err
}

// A standing is asked for when the metrics are: counts of the database, and of
// the way to Discord.
type standing struct {
	status  bot.StatusStore
	limiter *discord.Limiter // nil without Discord
	gateway func() map[string]discord.GatewayStats
	now     func() time.Time
}

var (
	descGuilds     = prometheus.NewDesc("sitrep_guilds", "Servers that the bot is in.", nil, nil)
	descFeeds      = prometheus.NewDesc("sitrep_feeds", "Feeds that are followed.", nil, nil)
	descFailing    = prometheus.NewDesc("sitrep_feeds_failing", "Feeds that can't be read at present.", nil, nil)
	descWaiting    = prometheus.NewDesc("sitrep_articles_waiting", "Articles that are not yet part of a story.", nil, nil)
	descOutbox     = prometheus.NewDesc("sitrep_outbox_pending", "Messages not yet posted.", nil, nil)
	descOldest     = prometheus.NewDesc("sitrep_outbox_oldest_seconds", "Age of the oldest of them.", nil, nil)
	descParked     = prometheus.NewDesc("sitrep_routes_parked", "Channels and users that can't be posted to.", nil, nil)
	descJobs       = prometheus.NewDesc("sitrep_jobs_waiting", "Jobs waiting or running.", nil, nil)
	descBytes      = prometheus.NewDesc("sitrep_database_bytes", "Size of the database.", nil, nil)
	descUp         = prometheus.NewDesc("sitrep_gateway_up", "Whether a shard is connected.", []string{"shard"}, nil)
	descIdentifies = prometheus.NewDesc("sitrep_gateway_identifies_total", "Sessions started.", []string{"shard"}, nil)
	descResumes    = prometheus.NewDesc("sitrep_gateway_resumes_total", "Sessions resumed.", []string{"shard"}, nil)
	descRequests   = prometheus.NewDesc("sitrep_discord_requests_total", "Requests to Discord's REST API.", nil, nil)
	descLimited    = prometheus.NewDesc("sitrep_discord_limited_total", "Answers of 429.", nil, nil)
	descInvalid    = prometheus.NewDesc("sitrep_discord_invalid_requests", "Refused requests within ten minutes.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *standing) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(s, ch) }

// Collect implements prometheus.Collector.
func (s *standing) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if st, err := s.status.Status(ctx, ""); err == nil {
		gauge(descGuilds, float64(st.Guilds))
		gauge(descFeeds, float64(st.Feeds))
		gauge(descFailing, float64(st.FeedsFailing))
		gauge(descWaiting, float64(st.Waiting))
		gauge(descOutbox, float64(st.Outbox))
		oldest := 0.0
		if !st.Oldest.IsZero() {
			oldest = max(s.now().Sub(st.Oldest).Seconds(), 0)
		}
		gauge(descOldest, oldest)
		gauge(descParked, float64(st.Parked))
		gauge(descJobs, float64(st.Jobs))
		gauge(descBytes, float64(st.Bytes))
	}
	if s.limiter != nil {
		st := s.limiter.Stats()
		counter(descRequests, float64(st.Requests))
		counter(descLimited, float64(st.Limited))
		gauge(descInvalid, float64(st.Invalid))
	}
	if s.gateway != nil {
		for shard, st := range s.gateway() {
			up := 0.0
			if st.Up {
				up = 1
			}
			gauge(descUp, up, shard)
			counter(descIdentifies, float64(st.Identifies), shard)
			counter(descResumes, float64(st.Resumes), shard)
		}
	}
}
