package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/edition"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/summarize"
)

// childVar makes this test binary the bot itself, told by a childSpec in JSON,
// in a process that can be killed. It ends in an orderly way when its standard
// input does.
const childVar = "SITREP_CHAOS_CHILD"

func TestMain(m *testing.M) {
	if spec := os.Getenv(childVar); spec != "" {
		if err := beTheBot([]byte(spec)); err != nil {
			fmt.Fprintln(os.Stderr, "the bot ended:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type childSpec struct {
	DSN, API, Token string
	Roles           []string
	Ahead           time.Duration // of the bot's clock, before the machine's
	Step            string        // where it kills itself, "" = nowhere
	Nth             int           // at which time it comes there
	Due             time.Duration // how often it looks for due digests beside its minutely tick, 0 = only then
}

// beTheBot runs the whole bot, with an engine that reads nothing but headlines,
// and with eyes on each step of the way.
func beTheBot(spec []byte) error {
	var child childSpec
	if err := json.Unmarshal(spec, &child); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	c := config.Default()
	c.Database.URL, c.Roles = config.Secret(child.DSN), child.Roles
	c.Discord.Token, c.Discord.API = config.Secret(child.Token), child.API
	c.HTTP.AllowPrivate, c.HTTP.Listen = []string{"127.0.0.0/8"}, ""
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	steps := &reaper{at: child.Step, left: child.Nth}
	now := func() time.Time { return time.Now().Add(child.Ahead) }
	s, err := newService(ctx, &c, headlines{steps}, log, tuning{now: now, jobPoll: 20 * time.Millisecond, patience: time.Minute, step: func(name string, _ int64) {
		if name != "story" { // the joiner's store tells when a story is saved
			steps.reach(name)
		}
	}})
	if ctx.Err() != nil {
		return nil // stopped while it starts
	}
	if err != nil {
		return err
	}
	defer s.close()
	s.poller = feeds.NewPoller(feeds.PollerConfig{Store: pollStore{s.store, steps}, Client: s.client, Log: log, Now: now,
		Idle: 50 * time.Millisecond, Lease: time.Minute, Pace: feeds.Pace{Min: time.Second, Default: time.Second, Max: time.Second}})
	s.reader.Store = readStore{s.reader.Store, steps}
	s.joiner.Store = storyStore{s.joiner.Store, steps}
	s.editor.Store = editionStore{s.editor.Store, steps}
	s.alerter.Alerts = alertStore{s.alerter.Alerts, steps}
	if child.Due > 0 {
		var due sync.WaitGroup
		defer due.Wait()
		due.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.editor.RunDue(ctx); err != nil && ctx.Err() == nil {
					log.Error("digests", "err", err)
				}
				pause(ctx, child.Due)
			}
		})
	}
	err = s.run(ctx)
	stop()
	return err
}

// A reaper kills its own process at the n-th time that a step is reached: no
// deferred function runs, nothing is flushed.
type reaper struct {
	mu   sync.Mutex
	at   string
	left int
}

func (r *reaper) reach(step string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if step != r.at {
		return
	}
	if r.left--; r.left > 0 {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// reached passes what a step of the store returned on, once the step is seen.
func (r *reaper) reached(step string, err error) error {
	if err == nil {
		r.reach(step)
	}
	return err
}

// headlines is an engine that has each article say its headline.
type headlines struct{ steps *reaper }

func (h headlines) Summarize(_ context.Context, a *feeds.Article) (summarize.Brief, error) {
	h.steps.reach("brief")
	return summarize.Brief{ArticleID: a.ID, Engine: "headline", Lang: "und", Headline: a.Title, Developments: []summarize.Development{{
		Text: a.Title, Weight: 1,
		Evidence: summarize.Evidence{ArticleID: a.ID, Part: summarize.PartTitle, End: len(a.Title), Text: a.Title},
	}}}, nil
}

type pollStore struct {
	feeds.Store
	steps *reaper
}

func (s pollStore) SaveChanged(ctx context.Context, c feeds.Check, articles []feeds.Article) (feeds.Saved, error) {
	s.steps.reach("fetch")
	saved, err := s.Store.SaveChanged(ctx, c, articles)
	return saved, s.steps.reached("store", err)
}

type readStore struct {
	bot.ReadingStore
	steps *reaper
}

func (s readStore) SaveReading(ctx context.Context, a feeds.Article, b summarize.Brief, actors []bot.ActorLink) error {
	return s.steps.reached("read", s.ReadingStore.SaveReading(ctx, a, b, actors))
}

type storyStore struct {
	bot.StoryStore
	steps *reaper
}

func (s storyStore) SaveStory(ctx context.Context, j bot.Join) (summarize.Story, error) {
	story, err := s.StoryStore.SaveStory(ctx, j)
	return story, s.steps.reached("story", err)
}

type editionStore struct {
	edition.Store
	steps *reaper
}

func (s editionStore) SaveEdition(ctx context.Context, e bot.Edition) (bot.Digest, error) {
	s.steps.reach("compose")
	d, err := s.Store.SaveEdition(ctx, e)
	return d, s.steps.reached("enqueue", err)
}

type alertStore struct {
	bot.AlertStore
	steps *reaper
}

func (s alertStore) SaveAlert(ctx context.Context, a bot.AlertRecord) error {
	s.steps.reach("compose")
	return s.steps.reached("enqueue", s.AlertStore.SaveAlert(ctx, a))
}
