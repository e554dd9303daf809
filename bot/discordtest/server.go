package discordtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// discordEpoch is the zero of snowflake ids: the first second of 2015, in Unix milliseconds.
const discordEpoch = 1420070400000

// Config says what kind of Discord to start. The zero value is a strict one with the
// real limits, on the wall clock.
type Config struct {
	// Token is the bot's token, without the "Bot " prefix. Empty: a random one.
	Token string
	// ApplicationName names the application and its bot user. Empty: "Sitrep".
	ApplicationName string
	// Clock drives limits, deadlines and timestamps. Nil: the wall clock.
	Clock *Clock
	// NoRateLimits switches off the per-route and global rate limits, which otherwise
	// hold. Headers are still sent. Faults and other refusals are not affected.
	NoRateLimits bool
	// PrivilegedIntents are the privileged gateway intents switched on for the
	// application, as bits (GuildMembers 1<<1, GuildPresences 1<<8, MessageContent 1<<15).
	PrivilegedIntents int
	// HeartbeatInterval is what HELLO asks for. Zero: 41.25 s.
	HeartbeatInterval time.Duration
	// IdentifyInterval is how long an identify bucket stays taken. Zero: 5 s.
	IdentifyInterval time.Duration
	// IdentifyLimit is the number of identifies a day, after which the token is reset. Zero: 1,000.
	IdentifyLimit int
	// MaxConcurrency is the number of identify buckets. Zero: 1.
	MaxConcurrency int
	// ShardGuildLimit is the most guilds that one shard may carry. Zero: 2,500.
	ShardGuildLimit int
	// ResumeWindow is how long a dropped session can be resumed. Zero: 3 minutes.
	ResumeWindow time.Duration
	// ResponseTime is how long an interaction waits for its first answer. Zero: 3 s. Who asks for more
	// than that doesn't miss it on a busy machine, where a bot gets a fraction of a processor.
	ResponseTime time.Duration
	// NonceWindow is how long an enforced nonce stays unique. Zero: 3 minutes.
	NonceWindow time.Duration
	// InvalidLimit is how many 401, 403 and 429 answers in ten minutes get the
	// address banned. Zero: 10,000.
	InvalidLimit int
	// OldEditLimit is how many edits of messages older than an hour a channel takes in an hour. Zero: 10.
	OldEditLimit int
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	defInt := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	if c.Token == "" {
		c.Token = randomHex(24)
	}
	if c.ApplicationName == "" {
		c.ApplicationName = "Sitrep"
	}
	if c.Clock == nil {
		c.Clock = &Clock{}
	}
	def(&c.HeartbeatInterval, 41250*time.Millisecond)
	def(&c.IdentifyInterval, 5*time.Second)
	def(&c.ResumeWindow, 3*time.Minute)
	def(&c.ResponseTime, 3*time.Second)
	def(&c.NonceWindow, 3*time.Minute)
	defInt(&c.IdentifyLimit, 1000)
	defInt(&c.MaxConcurrency, 1)
	defInt(&c.ShardGuildLimit, 2500)
	defInt(&c.InvalidLimit, 10000)
	defInt(&c.OldEditLimit, 10)
	return c
}

// Clock is the time that a Server goes by. The zero Clock is the wall clock; NewClock
// makes one that stands still until it is moved, NewSlowClock one that lags behind.
type Clock struct {
	mu     sync.Mutex
	manual bool
	slow   int       // times slower than the wall clock, since now
	now    time.Time // of a clock that stands; when a slow one began
	moved  []func()
}

// NewClock returns a clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{manual: true, now: t} }

// NewSlowClock returns a clock that starts now and goes the given times slower than the
// wall clock. Deadlines hold, and a busy machine, on which a bot gets a fraction of a
// processor, doesn't miss them.
func NewSlowClock(times int) *Clock { return &Clock{slow: times, now: time.Now()} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.manual:
		return c.now
	case c.slow > 1:
		return c.now.Add(time.Since(c.now) / time.Duration(c.slow))
	}
	return time.Now()
}

// after calls f when d has gone by on the clock, unless it stands.
func (c *Clock) after(d time.Duration, f func()) {
	if !c.manual {
		time.AfterFunc(d*time.Duration(max(1, c.slow)), f)
	}
}

// Advance moves a standing clock by d, forward or back, and wakes whoever waits for a
// deadline. It panics on the wall clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	if !c.manual {
		c.mu.Unlock()
		panic("discordtest: Advance on the wall clock")
	}
	c.now = c.now.Add(d)
	moved := c.moved
	c.mu.Unlock()
	for _, f := range moved {
		f()
	}
}

// onMove has f called after each Advance.
func (c *Clock) onMove(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = append(c.moved, f)
}

// Server is one simulated Discord. Its methods may be called from any goroutine.
type Server struct {
	cfg     Config
	clock   *Clock
	http    *http.Server
	addr    string
	routes  []route
	journal *Journal
	gateway *Gateway
	closed  chan struct{}

	// mu guards everything below and everything reachable from it.
	mu      sync.Mutex
	changed chan struct{}

	token        string
	app          application
	botID        string
	lastID       uint64
	users        map[string]*user
	guilds       map[string]*guild
	channels     map[string]*channel
	attachments  map[string]*storedFile
	interactions map[string]*interaction
	byToken      map[string]*interaction
	commands     commandStore
	limits       limiter
	faults       []*Fault
}

// application is the bot's application as the API shows it.
type application struct {
	id, name string
	owner    string
	// userInstall are the users who installed the application for themselves.
	userInstall map[string]bool
}

// Start starts a simulated Discord on a free port of the loopback interface. It
// panics if there is none. Close stops it.
func Start(cfg Config) *Server {
	cfg = cfg.withDefaults()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("discordtest: listen on the loopback interface: %v", err))
	}
	s := &Server{
		cfg:          cfg,
		clock:        cfg.Clock,
		addr:         ln.Addr().String(),
		closed:       make(chan struct{}),
		changed:      make(chan struct{}),
		token:        cfg.Token,
		users:        map[string]*user{},
		guilds:       map[string]*guild{},
		channels:     map[string]*channel{},
		attachments:  map[string]*storedFile{},
		interactions: map[string]*interaction{},
		byToken:      map[string]*interaction{},
		commands:     newCommandStore(),
	}
	s.journal = &Journal{srv: s}
	s.gateway = newGateway(s)
	s.limits = newLimiter(s)
	s.routes = routeTable()

	owner := s.newUser("operator", false)
	bot := s.newUser(strings.ToLower(cfg.ApplicationName), true)
	bot.globalName = cfg.ApplicationName
	s.botID = bot.id
	s.app = application{id: s.newID(), name: cfg.ApplicationName, owner: owner.id, userInstall: map[string]bool{}}

	s.clock.onMove(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notify()
	})
	// A client that waits for a processor between dialling and asking is in time, too.
	s.http = &http.Server{Handler: http.HandlerFunc(s.serveHTTP), ReadHeaderTimeout: time.Hour}
	go func() { _ = s.http.Serve(ln) }() // returns ErrServerClosed after Close
	return s
}

// Close drops every connection and stops the server. The journal and the state can
// still be read.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		return
	default:
	}
	close(s.closed)
	s.notify()
	s.mu.Unlock()
	s.gateway.dropAll()
	_ = s.http.Close() // nothing can be done about a listener that is closed already
}

// URL is the base of the REST API, for instance http://127.0.0.1:4242/api/v10.
func (s *Server) URL() string { return "http://" + s.addr + "/api/v10" }

// GatewayURL is the address that GET /gateway gives.
func (s *Server) GatewayURL() string { return "ws://" + s.addr + "/gateway" }

// resumeURL is the address READY gives for resuming; another than GatewayURL, so that
// a client which ignores it is seen in the journal.
func (s *Server) resumeURL() string { return "ws://" + s.addr + "/gateway-resume" }

// Token is the bot's present token, without the "Bot " prefix.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// RevokeToken resets the bot's token, as its owner can at any time: REST requests get
// 401 and gateway sessions are closed with 4004. It returns the new token.
func (s *Server) RevokeToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resetToken()
	return s.token
}

func (s *Server) resetToken() {
	s.token = randomHex(24)
	s.gateway.invalidateAll(4004, "Authentication failed.")
	s.notify()
}

// ApplicationID is the id of the bot's application.
func (s *Server) ApplicationID() string { return s.app.id }

// BotID is the id of the bot's user.
func (s *Server) BotID() string { return s.botID }

// Journal is the record of all requests and gateway frames.
func (s *Server) Journal() *Journal { return s.journal }

// Gateway gives access to the gateway's sessions and faults.
func (s *Server) Gateway() *Gateway { return s.gateway }

// Now is the time the server goes by.
func (s *Server) Now() time.Time { return s.clock.Now() }

// newID returns the next snowflake: unique, rising, and carrying the clock's time.
func (s *Server) newID() string {
	id := uint64(max(s.clock.Now().UnixMilli()-discordEpoch, 0)) << 22
	if id <= s.lastID {
		id = s.lastID + 1
	}
	s.lastID = id
	return strconv.FormatUint(id, 10)
}

// newGuildID is a snowflake in a millisecond of its own, as those of guilds are in practice: shards go by it.
func (s *Server) newGuildID() string {
	s.lastID |= 1<<22 - 1
	return s.newID()
}

// notify wakes every waiter; s.mu is held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait returns when cond, called with s.mu held after each change of state, is true;
// or with an error when ctx ends or the server is closed.
func (s *Server) wait(ctx context.Context, what string, cond func() bool) error {
	for {
		s.mu.Lock()
		if cond() {
			s.mu.Unlock()
			return nil
		}
		changed := s.changed
		s.mu.Unlock()
		if err := s.await(ctx, changed, what); err != nil {
			return err
		}
	}
}

// await returns when changed is closed, or with an error when ctx ends or the server is closed.
func (s *Server) await(ctx context.Context, changed <-chan struct{}, what string) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("discordtest: waiting for %s: %w", what, context.Cause(ctx))
	case <-s.closed:
		return fmt.Errorf("discordtest: waiting for %s: server closed", what)
	}
}

// WaitReady returns when a gateway session is up: identified, or resumed, and still connected.
func (s *Server) WaitReady(ctx context.Context) error {
	return s.wait(ctx, "a gateway session", func() bool {
		for _, ses := range s.gateway.sessions {
			if ses.conn != nil {
				return true
			}
		}
		return false
	})
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
	return hex.EncodeToString(b)
}
