package discord_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
)

const (
	patience = time.Minute
	// A connection is silent after one and a half intervals: no pause of a busy machine is that long, and tests wait it out.
	heartbeats = 10 * time.Second
)

// a gatewayRig is a supervised gateway on a simulated Discord.
type gatewayRig struct {
	srv  *discordtest.Server
	gw   *discord.Gateway
	seen chan string // a mark for every READY and RESUMED
	done chan error
	stop context.CancelFunc
}

// newGatewayRig waits up to hello for HELLO, and twice that for READY: long,
// where a busy machine must not make a difference. The faults strike from the start.
func newGatewayRig(t *testing.T, cfg discordtest.Config, hello time.Duration, faults ...func(*discordtest.Gateway)) *gatewayRig {
	t.Helper()
	if cfg.IdentifyInterval == 0 {
		cfg.IdentifyInterval = time.Millisecond
	}
	srv := discordtest.Start(cfg)
	t.Cleanup(srv.Close)
	srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	for _, fault := range faults {
		fault(srv.Gateway())
	}
	r := &gatewayRig{srv: srv, seen: make(chan string, 4096), done: make(chan error, 1)}
	rest := discord.NewREST(discord.RESTConfig{Token: srv.Token(), API: srv.URL(), Log: slog.New(slog.DiscardHandler)})
	r.gw = discord.NewGateway(discord.GatewayConfig{
		REST: rest, Intents: discordgo.IntentsGuilds, HelloWait: hello, Log: slog.New(slog.DiscardHandler),
		Identify:   func(context.Context, int) error { return nil },
		RetryAfter: func(int) time.Duration { return time.Millisecond },
		Handlers: func(s *discordgo.Session) {
			s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
				if e.Type == "READY" || e.Type == "RESUMED" {
					r.seen <- e.Type
				}
			})
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	r.stop = cancel
	go func() { r.done <- r.gw.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-r.done })
	return r
}

func (r *gatewayRig) wait(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-r.seen:
		if got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	case err := <-r.done:
		r.done <- err
		t.Fatalf("the gateway stopped: %v", err)
	case <-time.After(2 * patience):
		t.Fatalf("no %s", want)
	}
}

func TestGatewayResumes(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*discordtest.Gateway){
		"dropped":                   func(g *discordtest.Gateway) { g.Drop() },
		"asked to reconnect":        func(g *discordtest.Gateway) { g.Reconnect() },
		"closed with 4000":          func(g *discordtest.Gateway) { g.Close(4000) },
		"closed with 4002":          func(g *discordtest.Gateway) { g.Close(4002) },
		"closed with 4008":          func(g *discordtest.Gateway) { g.Close(4008) },
		"invalid, resumable":        func(g *discordtest.Gateway) { g.InvalidateSessions(true) },
		"silent":                    func(g *discordtest.Gateway) { g.Stall() },
		"heartbeats unacknowledged": func(g *discordtest.Gateway) { g.AckHeartbeats(false) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cfg discordtest.Config
			if strings.HasPrefix(name, "silent") || strings.HasPrefix(name, "heartbeats") {
				cfg.HeartbeatInterval = heartbeats
			}
			r := newGatewayRig(t, cfg, patience)
			r.wait(t, "READY")
			fault(r.srv.Gateway())
			r.wait(t, "RESUMED")
			if n := r.gw.Stats().Identifies; n != 1 {
				t.Errorf("%d identifies", n)
			}
		})
	}
}

func TestGatewayStartsANewSessionWhereItCannotResume(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*discordtest.Gateway){
		"invalid, not resumable": func(g *discordtest.Gateway) { g.InvalidateSessions(false) },
		"closed with 4007":       func(g *discordtest.Gateway) { g.Close(4007) },
		"closed with 4009":       func(g *discordtest.Gateway) { g.Close(4009) },
		// Forget leaves no session to drop: the connection is stalled first.
		"forgotten": func(g *discordtest.Gateway) { g.Stall(); g.Forget() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cfg discordtest.Config
			if name == "forgotten" { // and silent
				cfg.HeartbeatInterval = heartbeats
			}
			r := newGatewayRig(t, cfg, patience)
			r.wait(t, "READY")
			fault(r.srv.Gateway())
			r.wait(t, "READY")
			if n := r.gw.Stats().Identifies; n != 2 {
				t.Errorf("%d identifies", n)
			}
		})
	}
}

func TestGatewaySurvivesABadStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault func(*discordtest.Gateway)
		hello time.Duration
	}{
		"no HELLO":                {func(g *discordtest.Gateway) { g.NoHello(1) }, 5 * time.Second}, // which is waited out
		"reconnect before READY":  {func(g *discordtest.Gateway) { g.ReconnectBeforeReady(1) }, patience},
		"connections refused":     {func(g *discordtest.Gateway) { g.RefuseConnections(2) }, patience},
		"identify invalid":        {func(g *discordtest.Gateway) { g.InvalidIdentifies(1) }, patience},
		"identify never answered": {func(g *discordtest.Gateway) { g.IgnoreIdentifies(1) }, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newGatewayRig(t, discordtest.Config{}, c.hello, c.fault)
			r.wait(t, "READY")
		})
	}
}

func TestGatewayStopsWhereNothingHelps(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{4004: "DISCORD_TOKEN", 4010: "shard", 4011: "shards", 4012: "update", 4013: "intents", 4014: "developer portal"} {
		r := newGatewayRig(t, discordtest.Config{}, patience)
		r.wait(t, "READY")
		r.srv.Gateway().Close(code)
		select {
		case err := <-r.done:
			r.done <- err
			if !errors.Is(err, discord.ErrFatal) || !strings.Contains(err.Error(), want) {
				t.Errorf("%d: %v", code, err)
			}
			if err != nil && strings.Contains(err.Error(), r.srv.Token()) {
				t.Errorf("%d: the message shows the token", code)
			}
		case <-time.After(2 * patience):
			t.Errorf("%d: it goes on", code)
		}
	}
}

func TestGatewayRefusesAWrongTokenAtOnce(t *testing.T) {
	t.Parallel()
	srv := discordtest.Start(discordtest.Config{})
	t.Cleanup(srv.Close)
	rest := discord.NewREST(discord.RESTConfig{Token: "wrong", API: srv.URL(), Log: slog.New(slog.DiscardHandler)})
	gw := discord.NewGateway(discord.GatewayConfig{REST: rest, Log: slog.New(slog.DiscardHandler)})
	if err := gw.Run(t.Context()); !errors.Is(err, discord.ErrFatal) {
		t.Errorf("err %v", err)
	}
}

// However often connections drop, the session is resumed. The library waits a
// second at each close, so the drops are spread over many connections: eight
// times five here, a thousand with SITREP_CHAOS set.
func TestGatewayDroppedOftenIdentifiesOnce(t *testing.T) {
	t.Parallel()
	rigs, drops := 8, 5
	if os.Getenv("SITREP_CHAOS") != "" {
		rigs, drops = 40, 25
	}
	for range rigs {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			r := newGatewayRig(t, discordtest.Config{NoRateLimits: true}, patience)
			r.wait(t, "READY")
			for range drops {
				r.srv.Gateway().Drop()
				r.wait(t, "RESUMED")
			}
			if s := r.gw.Stats(); s.Identifies != 1 || s.Resumes < int64(drops) {
				t.Errorf("%d identifies, %d resumes", s.Identifies, s.Resumes)
			}
		})
	}
}
