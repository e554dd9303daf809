package discord

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// ErrFatal is wrapped by errors after which no reconnecting helps: the operator
// has to mend something.
var ErrFatal = errors.New("discord: gateway refuses this bot")

// fatalCodes are the close codes that mean so, and what to do (developer
// documentation, "Gateway Close Event Codes").
var fatalCodes = map[int]string{
	4004: "the token is not accepted: copy it anew from the developer portal (Bot → Reset Token) into DISCORD_TOKEN",
	4010: "the shard number is not accepted: check the number of shards",
	4011: "the bot is in too many servers for this number of shards: raise it",
	4012: "the gateway version is not served any more: update Sitrep",
	4013: "the intents are not accepted: update Sitrep",
	4014: "an intent is not enabled for this bot in the developer portal (Bot → Privileged Gateway Intents)",
}

// freshCodes are the close codes after which the session can't be resumed.
var freshCodes = map[int]bool{1000: true, 1001: true, 4003: true, 4007: true, 4009: true}

const (
	identifyEvery = 5 * time.Second
	maxResumes    = 5 // failed resumes in a row, then a new session
	maxBackoff    = time.Minute
)

// GatewayConfig configures a Gateway.
type GatewayConfig struct {
	REST       *REST
	Intents    discordgo.Intent
	Shard      int
	Shards     int                                         // 0 = 1
	Handlers   func(s *discordgo.Session)                  // adds the handlers to each new session
	Identify   func(ctx context.Context, bucket int) error // waits for a turn to identify; nil = a gate for this process
	HelloWait  time.Duration                               // 0 = 20 s: for HELLO, and for READY after it
	Log        *slog.Logger
	Dial       func(ctx context.Context, network, addr string) (net.Conn, error) // nil = net.Dialer
	RetryAfter func(failures int) time.Duration                                  // nil = exponential with jitter to a minute
}

// A Gateway keeps one shard's connection alive: it judges why a connection
// ended, resumes where the session allows it, identifies anew where it
// doesn't, and stops where no new try can help.
type Gateway struct {
	cfg        GatewayConfig
	identifies atomic.Int64
	resumes    atomic.Int64
	up         atomic.Bool
}

// NewGateway returns a Gateway; Run starts it.
func NewGateway(cfg GatewayConfig) *Gateway {
	if cfg.Shards == 0 {
		cfg.Shards = 1
	}
	if cfg.HelloWait == 0 {
		cfg.HelloWait = 20 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	if cfg.RetryAfter == nil {
		cfg.RetryAfter = backoff
	}
	if cfg.Identify == nil {
		cfg.Identify = (&identifyGate{next: map[int]time.Time{}}).wait
	}
	return &Gateway{cfg: cfg}
}

// GatewayStats is what a Gateway has counted.
type GatewayStats struct {
	Identifies, Resumes int64
	Up                  bool
}

// Stats returns the counts so far.
func (g *Gateway) Stats() GatewayStats {
	return GatewayStats{Identifies: g.identifies.Load(), Resumes: g.resumes.Load(), Up: g.up.Load()}
}

// Run keeps the shard connected until the context ends (it then returns nil),
// or the gateway refuses the bot for good (an error that wraps ErrFatal).
func (g *Gateway) Run(ctx context.Context) error {
	var life *lifetime
	failures := 0
	for ctx.Err() == nil {
		if life == nil {
			if err := g.turn(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				if errors.Is(err, ErrFatal) {
					return err
				}
				failures++
				g.cfg.Log.Warn("gateway: can't start a session yet", "err", err)
				_ = sleep(ctx, g.cfg.RetryAfter(failures))
				continue
			}
			life = g.newLifetime()
			g.identifies.Add(1)
		} else {
			g.resumes.Add(1)
		}
		ready, why, err := life.connect(ctx)
		g.up.Store(false)
		if ctx.Err() != nil {
			return nil
		}
		if ready {
			failures, life.failed = 0, 0
		} else {
			failures++
			life.failed++
		}
		g.cfg.Log.Info("gateway: connection over", "shard", g.cfg.Shard, "code", why.code, "reconnect", why.reconnect,
			"invalid_session", why.invalid, "stalled", why.stalled, "was_ready", ready, "err", err)
		if todo, ok := fatalCodes[why.code]; ok {
			return fmt.Errorf("%w (close code %d): %s", ErrFatal, why.code, todo)
		}
		if life.sessionID() == "" || freshCodes[why.code] || (why.invalid && !why.resumable) || life.failed > maxResumes {
			life = nil
		}
		if failures > 0 {
			if err := sleep(ctx, g.cfg.RetryAfter(failures)); err != nil {
				return nil
			}
		}
	}
	return nil
}

// turn waits until this shard may identify: sessions left for the day, and one
// identify in five seconds for each bucket.
func (g *Gateway) turn(ctx context.Context) error {
	info, err := g.cfg.REST.Session().GatewayBot(discordgo.WithContext(ctx))
	if err != nil {
		var rest *discordgo.RESTError
		if errors.As(err, &rest) && rest.Response.StatusCode == http.StatusUnauthorized {
			return fmt.Errorf("%w: %s", ErrFatal, fatalCodes[4004])
		}
		return fmt.Errorf("ask for the gateway: %w", err)
	}
	limit := info.SessionStartLimit
	if limit.Total > 0 && limit.Remaining <= 0 {
		wait := time.Duration(limit.ResetAfter) * time.Millisecond
		g.cfg.Log.Error("gateway: no session starts are left today", "wait", wait)
		return sleep(ctx, max(wait, time.Second))
	}
	return g.cfg.Identify(ctx, g.cfg.Shard%max(limit.MaxConcurrency, 1))
}

// A lifetime is one gateway session with all the connections that carry it.
type lifetime struct {
	g       *Gateway
	s       *discordgo.Session
	dialer  *gatewayDialer
	address *addressOverride
	failed  int // connections in a row that didn't get READY or RESUMED

	mu        sync.Mutex
	resumeURL string
	ready     chan struct{}
	over      chan struct{}
}

func (g *Gateway) newLifetime() *lifetime {
	s := g.cfg.REST.newSession()
	l := &lifetime{g: g, s: s, ready: make(chan struct{}, 1), over: make(chan struct{}, 1)}
	l.dialer = &gatewayDialer{hello: g.cfg.HelloWait}
	l.address = &addressOverride{next: g.cfg.REST.client.Transport}
	s.Client = &http.Client{Timeout: g.cfg.REST.client.Timeout, Transport: l.address}
	s.ShouldReconnectOnError = false
	s.ShouldReconnectVoiceOnSessionError = false
	s.Compress = false // frames must be readable
	s.Identify.Compress = false
	s.Identify.Intents = g.cfg.Intents
	s.ShardID, s.ShardCount = g.cfg.Shard, g.cfg.Shards
	s.Dialer = &websocket.Dialer{
		HandshakeTimeout: g.cfg.HelloWait,
		NetDialContext:   l.dialer.wrap(g.cfg.Dial),
		NetDialTLSContext: l.dialer.wrap(func(ctx context.Context, network, addr string) (net.Conn, error) {
			raw, err := g.cfg.Dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			conn := tls.Client(raw, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
			if err := conn.HandshakeContext(ctx); err != nil {
				_ = raw.Close()
				return nil, err
			}
			return conn, nil
		}),
	}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		switch e.Type {
		case "READY":
			var r struct {
				ResumeURL string `json:"resume_gateway_url"`
			}
			_ = json.Unmarshal(e.RawData, &r)
			l.mu.Lock()
			l.resumeURL = r.ResumeURL
			l.mu.Unlock()
			signal(l.ready)
		case "RESUMED":
			signal(l.ready)
		}
	})
	s.AddHandler(func(_ *discordgo.Session, _ *discordgo.Disconnect) { signal(l.over) })
	if g.cfg.Handlers != nil {
		g.cfg.Handlers(s)
	}
	return l
}

// sessionID is empty before READY. Handlers hear of READY in goroutines of
// their own and may be late for a connection that drops at once; discordgo's
// state is not.
func (l *lifetime) sessionID() string {
	l.s.State.RLock()
	defer l.s.State.RUnlock()
	return l.s.State.SessionID
}

// connect opens one connection and waits for its end. ready tells whether it
// had become useful.
func (l *lifetime) connect(ctx context.Context) (ready bool, why verdict, err error) {
	clearSignal(l.ready)
	clearSignal(l.over)
	l.mu.Lock()
	resume := l.resumeURL
	l.mu.Unlock()
	if resume != "" && l.failed == 0 && !l.address.is(resume) {
		// discordgo resumes at the address it first connected to. A refused dial makes it ask for the address again,
		// and the answer is the one that READY named.
		l.address.set(resume)
		l.dialer.mu.Lock()
		l.dialer.refuse = true
		l.dialer.mu.Unlock()
		_ = l.s.Open()
	} else if l.failed > 0 {
		l.address.set("") // the session's own address doesn't answer: ask for the common one
	}

	opened := make(chan error, 1)
	go func() { opened <- l.s.Open() }()
	timer := time.NewTimer(2 * l.g.cfg.HelloWait)
	defer timer.Stop()
	isReady := false
	cut := func() {
		if c := l.dialer.last(); c != nil {
			_ = c.Conn.Close()
		}
	}
	for done := false; !done; {
		select {
		case err = <-opened:
			done = true
		case <-timer.C:
			cut()
			err = <-opened // without one, what was cut is over in a moment
			done = true
		case <-ctx.Done():
			cut()
			<-opened
			return false, l.why(), ctx.Err()
		}
	}
	if err != nil {
		return false, l.why(), err
	}
	for {
		select {
		case <-l.ready:
			if !isReady {
				isReady = true
				l.g.up.Store(true)
				timer.Stop()
			}
		case <-timer.C:
			if !isReady {
				cut()
			}
		case <-l.over:
			select {
			case <-l.ready: // both came at once
				isReady = true
			default:
			}
			return isReady, l.why(), nil
		case <-ctx.Done():
			l.dialer.leaving.Store(true)
			_ = l.s.Close() // 1000: the session is not to be resumed
			return isReady, l.why(), ctx.Err()
		}
	}
}

func (l *lifetime) why() verdict {
	if c := l.dialer.last(); c != nil {
		return c.why()
	}
	return verdict{}
}

// addressOverride answers discordgo's question for the gateway's address.
type addressOverride struct {
	next http.RoundTripper
	mu   sync.Mutex
	url  string
}

func (a *addressOverride) set(url string) {
	a.mu.Lock()
	a.url = url
	a.mu.Unlock()
}

func (a *addressOverride) is(url string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.url == url
}

func (a *addressOverride) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	address := a.url
	a.mu.Unlock()
	if address == "" || req.Method != http.MethodGet || !strings.HasSuffix(req.URL.Path, "/gateway") {
		return a.next.RoundTrip(req)
	}
	body, err := json.Marshal(map[string]string{"url": address})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader(body)), Request: req}, nil
}

// identifyGate lets one identify pass in five seconds for each bucket.
type identifyGate struct {
	mu   sync.Mutex
	next map[int]time.Time
}

func (g *identifyGate) wait(ctx context.Context, bucket int) error {
	g.mu.Lock()
	now := time.Now()
	at := g.next[bucket]
	if at.Before(now) {
		at = now
	}
	g.next[bucket] = at.Add(identifyEvery)
	g.mu.Unlock()
	return sleep(ctx, at.Sub(now))
}

func backoff(failures int) time.Duration {
	d := time.Second << min(failures-1, 6)
	d = min(d, maxBackoff)
	return d/2 + rand.N(d/2+1)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func clearSignal(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}
