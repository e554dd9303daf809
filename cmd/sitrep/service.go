package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"sitrep/bot"
	"sitrep/bot/alert"
	"sitrep/bot/discord"
	"sitrep/bot/edition"
	"sitrep/bot/jobs"
	"sitrep/bot/pipeline"
	"sitrep/config"
	"sitrep/summarize"
	"sitrep/summarize/llm"
)

const (
	stopWithin   = 10 * time.Second // a graceful stop may take so long
	answerWithin = 6 * time.Second  // of these, what has been acknowledged may take to be answered
)

// A service is the whole bot in one process, in the roles that the
// configuration gives it.
type service struct {
	*machine
	rest    *discord.REST
	sender  *discord.Sender
	editor  *edition.Editor
	alerter *alert.Alerter
	fixes   *alert.Corrections
	mux     *discord.Mux
	jobs    *jobs.Client
	people  *discord.Members
	model   *llm.Engine // nil = the embedded engine alone
	services

	mu       sync.Mutex
	gateways map[int]*discord.Gateway
	ready    atomic.Bool
	commands sync.WaitGroup // interactions under way
	leaving  bool           // no more are begun
}

// newService puts the bot together. Close its machine.
func newService(ctx context.Context, c *config.Config, engine summarize.Summarizer, log *slog.Logger, t tuning) (*service, error) {
	m, err := newMachine(ctx, c, engine, log, t)
	if err != nil {
		return nil, err
	}
	s := &service{machine: m, gateways: map[int]*discord.Gateway{}}
	s.rest = discord.NewREST(discord.RESTConfig{Token: c.Discord.Token.Reveal(), API: c.Discord.API, Log: log, Now: m.now,
		UserAgent: "DiscordBot (" + cmp.Or(c.HTTP.Contact, "Sitrep") + ", " + version + ")"})
	s.sender = discord.NewSender(discord.SenderConfig{REST: s.rest, Outbox: m.traces.outbox(m.store), Log: log, Now: m.now, Parked: s.parked, Posted: s.posted, Step: s.sendStep})
	s.people = discord.NewMembers(s.rest, m.store.Guilds, m.now)
	renderer := discord.Renderer{}
	s.editor = &edition.Editor{Store: m.traces.editions(m.store), Renderer: renderer, Engine: c.Summarizer.Engine, Sent: s.sender.Wake, Now: m.now, Log: log}
	s.alerter = &alert.Alerter{Subscriptions: m.store, Alerts: m.traces.alerts(m.store), Stories: m.store, Follows: m.store, SharedGuilds: s.people.Shared,
		Renderer: renderer, Sent: s.sender.Wake, Now: m.now, Log: log}
	if c.Summarizer.Engine == "llm" {
		books := modelBooks{m.store}
		if s.model, err = newModelEngine(c, engine, books, books, log, onBehalf(m.store), 0); err != nil {
			m.close()
			return nil, err
		}
		m.reader.Summarizer = m.meters.summarizer(s.model)
	}
	s.editor.Compose = composer(s.model, m.store, log)
	s.fixes = &alert.Corrections{Store: m.store, Renderer: renderer, Sent: s.sender.Wake, Now: m.now}
	m.joiner.Changed = s.storyChanged
	s.services = s.newServices(renderer)
	s.mux = s.newMux()
	s.jobs, err = jobs.New(m.store, m.store, jobs.Work{Read: m.reader.Read, Tidy: s.tidy}, jobs.Options{Log: log, Poll: t.jobPoll})
	if err != nil {
		m.close()
		return nil, err
	}
	return s, nil
}

// storyChanged tells whom a saved story concerns.
func (s *service) storyChanged(ctx context.Context, c pipeline.Change) error {
	event := "updated"
	if c.Before.ID == 0 {
		event = "new"
	}
	s.meters.stories.WithLabelValues(event).Inc()
	s.step("story", c.Story.ID)
	err := s.alerter.Story(ctx, &c.Story, c.Absorbed...)
	if c.Corrected {
		err = errors.Join(err, s.fixes.Story(ctx, &c.Before, &c.Story))
	}
	return err
}

func (s *service) sendStep(name string, d bot.Delivery) { s.step(name, d.ID) }

func (s *service) posted(d bot.Delivery, at time.Time) {
	s.meters.deliveries.WithLabelValues("posted").Inc()
	due := d.CreatedAt
	if d.NotBefore.After(due) {
		due = d.NotBefore
	}
	s.meters.sendDelay.Observe(at.Sub(due).Seconds())
}

// run works until the context ends, or something happens that no waiting mends.
func (s *service) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	answering, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	context.AfterFunc(ctx, func() { time.AfterFunc(cmp.Or(s.tuning.patience, answerWithin), cut) })
	if s.config.HTTP.Listen != "" {
		if err := s.serveHealth(ctx, g); err != nil {
			return err
		}
	}
	if s.config.HasRole("gateway") {
		shards, err := s.shards(ctx)
		if err != nil {
			return err
		}
		for shard := range shards {
			g.Go(func() error { return s.runShard(ctx, answering, shard, shards) })
		}
	}
	if s.config.HasRole("poll") && s.hubs != nil {
		if err := s.serve(ctx, g, "http.hub_listen", s.config.HTTP.HubListen, s.hubs); err != nil {
			return err
		}
	}
	if s.config.HasRole("poll") {
		g.Go(func() error { return ended(ctx, s.poller.Run(ctx)) })
	}
	if s.config.HasRole("work") {
		if err := s.jobs.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("start the jobs: %w", err)
		}
		g.Go(func() error {
			<-ctx.Done()
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
			defer cancel()
			return ended(ctx, s.jobs.Stop(stop))
		})
		g.Go(func() error { return ended(ctx, s.joiner.Run(ctx)) })
		g.Go(func() error { return ended(ctx, s.sender.Run(ctx)) })
		g.Go(func() error { return s.tick(ctx) })
	}
	err := g.Wait()
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
	s.commands.Wait()
	return err
}

// ended turns the error of something that was asked to stop into none.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

// tick looks each minute for what is due. What is due stands in rows: a tick
// that is lost loses nothing.
func (s *service) tick(ctx context.Context) error {
	due := func() {
		if _, err := s.editor.RunDue(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("digests", "err", err)
		}
		if _, err := s.alerter.RunSummaries(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("summaries", "err", err)
		}
		if err := s.feedTrouble(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("notices of feeds", "err", err)
		}
	}
	due()
	clock := cron.New(cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	if _, err := clock.AddFunc("* * * * *", due); err != nil {
		return fmt.Errorf("start the clock: %w", err)
	}
	clock.Start()
	<-ctx.Done()
	<-clock.Stop().Done()
	return nil
}

// shards is how many gateway connections this bot needs.
func (s *service) shards(ctx context.Context) (int, error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		info, err := s.rest.Session().GatewayBot(discordgo.WithContext(ctx))
		if err == nil {
			return max(info.Shards, 1), nil
		}
		var rest *discordgo.RESTError
		if errors.As(err, &rest) && rest.Response.StatusCode == http.StatusUnauthorized {
			return 0, usage("Discord doesn't accept the token. Copy it anew from https://discord.com/developers/applications (your application → Bot → Reset Token) into DISCORD_TOKEN.")
		}
		s.log.Warn("discord doesn't answer yet", "err", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return 0, nil
		case <-time.After(wait):
		}
	}
}

const (
	shardLease = 30 * time.Second // a process holds a shard for so long without renewing it
	standBy    = 2 * time.Second  // how often one that stands by looks: nobody hears commands meanwhile
)

// runShard keeps a shard connected while this process holds its lease; where
// another process does, it stands by. answering is for what has been heard.
func (s *service) runShard(ctx, answering context.Context, shard, shards int) error {
	name, me := fmt.Sprintf("shard:%d/%d", shard, shards), holder()
	if s.store.Engine() == "sqlite" {
		return s.connect(ctx, answering, shard, shards) // there is one process
	}
	for ctx.Err() == nil {
		got, err := s.store.Lease(ctx, name, me, shardLease)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("lease of a shard", "shard", shard, "err", err)
		}
		if !got {
			pause(ctx, standBy)
			continue
		}
		held, lost := context.WithCancel(ctx)
		go func() {
			defer lost()
			for renewed := time.Now(); held.Err() == nil; {
				pause(held, shardLease/3)
				got, err := s.store.Lease(held, name, me, shardLease)
				switch {
				case err == nil && got:
					renewed = time.Now()
				case err == nil || time.Since(renewed) > shardLease*2/3:
					return
				}
			}
		}()
		err = s.connect(held, answering, shard, shards)
		lost()
		if err != nil {
			return err
		}
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		_ = s.store.ReleaseLease(release, name, me)
		cancel()
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// connect runs one shard's gateway.
func (s *service) connect(ctx, answering context.Context, shard, shards int) error {
	gw := discord.NewGateway(discord.GatewayConfig{REST: s.rest, Intents: discordgo.IntentsGuilds, Shard: shard, Shards: shards, Log: s.log,
		Handlers: func(session *discordgo.Session) { s.handlers(answering, session) }})
	s.mu.Lock()
	s.gateways[shard] = gw
	s.mu.Unlock()
	err := gw.Run(ctx)
	if errors.Is(err, discord.ErrFatal) {
		return usage("%v", err)
	}
	return err
}

// handlers takes events to those they concern. A handler that panics takes
// nothing with it. ctx outlasts the process's for long enough to finish what was
// acknowledged, or to say that it couldn't be.
func (s *service) handlers(ctx context.Context, session *discordgo.Session) {
	guard := func(what string, f func(context.Context) error) {
		s.mu.Lock()
		if s.leaving {
			s.mu.Unlock()
			return // it has not been acknowledged
		}
		s.commands.Add(1)
		s.mu.Unlock()
		defer s.commands.Done()
		defer func() {
			if r := recover(); r != nil {
				s.log.Error("event handling panicked", "event", what, "panic", r)
			}
		}()
		if err := f(ctx); err != nil {
			s.log.Error("event", "event", what, "err", err)
		}
	}
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Ready) {
		guard("ready", func(ctx context.Context) error { return s.onReady(ctx, e) })
	})
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.InteractionCreate) {
		guard("interaction", func(ctx context.Context) error {
			start := time.Now()
			s.mux.Handle(ctx, s.rest.Session(), e)
			if e != nil && e.Interaction != nil {
				s.meters.commands.WithLabelValues(kindOf(e), "done").Observe(time.Since(start).Seconds())
			}
			return nil
		})
	})
	// Each event comes in a goroutine of its own: that the bot has joined may be heard after it has left again.
	type turn struct {
		sync.Mutex
		last int64
	}
	var turns sync.Map // server -> *turn
	inTurn := func(what, guildID string, sequence int64, f func(context.Context) error) {
		guard(what, func(ctx context.Context) error {
			v, _ := turns.LoadOrStore(guildID, &turn{})
			t := v.(*turn)
			t.Lock()
			defer t.Unlock()
			if sequence < t.last {
				return nil // what came after it is known already
			}
			t.last = sequence
			return f(ctx)
		})
	}
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		switch g := e.Struct.(type) {
		case *discordgo.GuildCreate:
			if g.Guild != nil && !g.Unavailable {
				inTurn("guild create", g.ID, e.Sequence, func(ctx context.Context) error { return s.joined(ctx, g.Guild) })
			}
		case *discordgo.GuildDelete:
			if g.Guild != nil && !g.Unavailable { // else an outage of Discord's: the bot is still a member
				inTurn("guild delete", g.ID, e.Sequence, func(ctx context.Context) error { return s.left(ctx, g.ID) })
			}
		}
	})
	changed := func(c *discordgo.Channel) {
		if c != nil {
			s.sender.Forget(c.ID)
		}
	}
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.ChannelUpdate) {
		guard("channel update", func(context.Context) error { changed(e.Channel); return nil })
	})
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.ChannelDelete) {
		guard("channel delete", func(context.Context) error { changed(e.Channel); return nil })
	})
}

func kindOf(e *discordgo.InteractionCreate) string {
	switch d := e.Data.(type) {
	case discordgo.ApplicationCommandInteractionData:
		return d.Name
	case discordgo.MessageComponentInteractionData:
		return "component"
	case discordgo.ModalSubmitInteractionData:
		return "form"
	}
	return "other"
}

func (s *service) onReady(ctx context.Context, e *discordgo.Ready) error {
	if e == nil || e.User == nil {
		return nil
	}
	id := e.User.ID
	if e.Application != nil && e.Application.ID != "" {
		id = e.Application.ID
	}
	s.ready.Store(true)
	s.log.Info("connected to discord", "user", e.User.Username, "servers", len(e.Guilds))
	changed, err := discord.RegisterCommands(ctx, s.rest.Session(), id)
	if err != nil {
		return err
	}
	if changed {
		s.log.Info("commands registered")
	}
	return nil
}

// serveHealth serves /healthz, /readyz and /metrics.
func (s *service) serveHealth(ctx context.Context, g *errgroup.Group) error {
	s.meters.registry.MustRegister(&standing{status: s.store, limiter: s.rest.Limiter(), now: s.now, gateway: func() map[string]discord.GatewayStats {
		s.mu.Lock()
		defer s.mu.Unlock()
		out := map[string]discord.GatewayStats{}
		for shard, gw := range s.gateways {
			out[strconv.Itoa(shard)] = gw.Stats()
		}
		return out
	}})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		if err := s.store.Ping(ctx); err != nil {
			s.log.Error("health", "err", err)
			http.Error(w, "the database doesn't answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.config.HasRole("gateway") && !s.ready.Load() {
			http.Error(w, "not connected to Discord yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.meters.registry, promhttp.HandlerOpts{}))
	return s.serve(ctx, g, "http.listen", s.config.HTTP.Listen, mux)
}

// serve answers on an address until the context ends.
func (s *service) serve(ctx context.Context, g *errgroup.Group, setting, address string, handler http.Handler) error {
	listen, err := s.tuning.listen("tcp", address)
	if err != nil {
		return usage("%s: %v", setting, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	g.Go(func() error {
		if err := server.Serve(listen); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", setting, err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(stop) != nil {
			_ = server.Close() // whoever asks still is cut off
		}
		return nil
	})
	return nil
}
