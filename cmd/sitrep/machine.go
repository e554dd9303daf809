package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"sitrep/bot/pipeline"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/feeds/catalog"
	"sitrep/feeds/discover"
	"sitrep/feeds/fetch"
	"sitrep/feeds/page"
	"sitrep/feeds/websub"
	"sitrep/store"
	"sitrep/summarize"
)

// A machine is the part that needs no Discord: from feeds to stories.
type machine struct {
	config *config.Config
	log    *slog.Logger
	now    func() time.Time

	store  *store.Store
	client *fetch.Client
	pages  *page.Reader
	engine summarize.Summarizer
	hubs   *websub.Subscriber // nil without a public address
	poller *feeds.Poller
	reader *pipeline.Reader
	joiner *pipeline.Joiner

	meters *meters
	traces *traces                     // nil = off
	step   func(name string, id int64) // see tuning; never nil
	tuning tuning
}

// tuning is what the demo and tests set otherwise than the bot does.
type tuning struct {
	now     func() time.Time            // nil = time.Now
	idle    time.Duration               // how often the poller looks for due feeds, 0 = its default
	jobPoll time.Duration               // how often jobs are looked for, 0 = its default
	spacing time.Duration               // between two requests to a host, 0 = the client's default
	step    func(name string, id int64) // called at each step of the way; nil = nothing

	// How long suggestions may take, answers when the bot is stopped, and what is left of the traces: longer than the
	// bot allows, where the machine is busy with other things. 0 = what each has by default.
	patience time.Duration
	listen   func(network, address string) (net.Listener, error) // nil = net.Listen
}

// newMachine opens the database, brings it up to date, and puts the parts
// together. Close it.
func newMachine(ctx context.Context, c *config.Config, engine summarize.Summarizer, log *slog.Logger, t tuning) (*machine, error) {
	if t.now == nil {
		t.now = time.Now
	}
	if t.step == nil {
		t.step = func(string, int64) {}
	}
	if t.listen == nil {
		t.listen = net.Listen
	}
	db, err := store.Open(ctx, c.Database.URL.Reveal(), store.Options{Now: t.now, Log: log})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	follow, err := newTraces(ctx, c.Tracing, db, t.now, log)
	if err != nil {
		db.Close()
		return nil, err
	}
	m := &machine{traces: follow, config: c, log: log, now: t.now, store: db, engine: engine, meters: newMeters(), step: t.step, tuning: t}
	m.client = client(c, t.spacing)
	m.pages = page.NewReader(m.client)
	var push feeds.Push
	if c.HTTP.PublicURL != "" {
		if m.hubs, err = m.newHubs(); err != nil {
			m.close()
			return nil, err
		}
		push = m.hubs
	}
	m.poller = feeds.NewPoller(feeds.PollerConfig{
		Store: m.traces.feeds(db), Client: m.client, Log: log, Now: m.now, Workers: c.Feeds.Workers, Owner: ownerOf(c), Idle: t.idle,
		Pace:    feeds.Pace{Min: c.Feeds.MinInterval.Std(), Max: c.Feeds.MaxInterval.Std()},
		Observe: m.meters.observePoll, Push: push,
		Suggest: func(ctx context.Context, f feeds.Feed) string {
			return discover.Suggest(ctx, m.client, f.URL, f.SiteURL, f.Title)
		},
	})
	m.reader = &pipeline.Reader{Store: db, Pages: m.pages, Summarizer: m.meters.summarizer(engine), Resolver: resolver{}, Log: log,
		Backlog: pipeline.Backlog{Items: c.Limits.BacklogItems}}
	m.joiner = pipeline.NewJoiner(pipeline.Joiner{Store: db, NewIndex: newStoryIndex, Holder: holder(), Now: m.now, Log: log})
	m.reader.Briefed = m.joiner.Poke
	m.traces.follow(m)
	return m, nil
}

func (m *machine) close() {
	m.traces.close(cmp.Or(m.tuning.patience, closeTraces))
	m.client.Close()
	if err := m.store.Close(); err != nil {
		m.log.Warn("close database", "err", err)
	}
}

// holder names this process among all that share a database.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano())
}

// ownerOf tells who speaks at an address: as configured, else as the catalog
// has it. Outlets of one configured group are one family.
func ownerOf(c *config.Config) func(url string) (publisher, family string, ok bool) {
	type source struct{ publisher, family string }
	declared := map[string]source{}
	for _, f := range c.Feeds.Declared {
		declared[f.URL] = source{f.Publisher, f.Family}
	}
	group := map[string]string{}
	for owner, outlets := range c.Owners {
		for _, o := range outlets {
			group[strings.ToLower(o)] = owner
		}
	}
	return func(url string) (string, string, bool) {
		s, known := declared[url]
		if publisher, family, ok := catalog.Owner(url); ok {
			if s.publisher == "" {
				s.publisher = publisher
			}
			if s.family == "" {
				s.family = family
			}
			known = true
		}
		host := strings.TrimPrefix(feeds.HostKey(url), "www.")
		for _, key := range []string{strings.ToLower(s.publisher), host} {
			if owner, ok := group[key]; ok && key != "" {
				s.family, known = owner, true
			}
		}
		return s.publisher, s.family, known
	}
}

// newHubs has hubs push the news of feeds that offer one.
func (m *machine) newHubs() (*websub.Subscriber, error) {
	// The key must be the same at every start, and known to nobody else: the token is both.
	key := sha256.Sum256([]byte("websub " + m.config.Discord.Token.Reveal()))
	hubs, err := websub.New(websub.Config{Base: strings.TrimRight(m.config.HTTP.PublicURL, "/") + "/websub", Key: key[:], Client: m.client,
		Feed: m.store.Feed, Now: m.now, Log: m.log,
		Ingest: func(ctx context.Context, f feeds.Feed, body []byte, contentType string) (feeds.Saved, error) {
			return m.poller.Ingest(ctx, f, body, contentType)
		}})
	if err != nil {
		return nil, usage("http.public_url: %v", err)
	}
	return hubs, nil
}
