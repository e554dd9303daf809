package discord

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
)

// DefaultAPI is Discord's own REST API.
const DefaultAPI = "https://discord.com/api/v10"

var versioned = regexp.MustCompile(`/v\d+$`)

// sessionLife is how many requests one discordgo session makes before it is
// replaced: it keeps two rate-limit buckets for every interaction it answered,
// and never drops them.
const sessionLife = 1000

// RESTConfig configures a REST.
type RESTConfig struct {
	Token     string       // the bot's token, without "Bot "
	API       string       // base URL, with or without a version; "" = DefaultAPI
	UserAgent string       // "" = discordgo's
	Log       *slog.Logger // nil = slog.Default()
	// Transport carries the requests out; nil = a transport of its own. Tests put faults here.
	Transport http.RoundTripper
	Now       func() time.Time // nil = time.Now
}

// REST is the way to Discord's REST API: discordgo's methods on a client that
// keeps the rate limits, for any base URL, without touching discordgo's globals.
type REST struct {
	cfg     RESTConfig
	limiter *Limiter
	client  *http.Client

	mu      sync.Mutex
	current *discordgo.Session
	used    atomic.Int64
}

// NewREST returns a REST. It makes no request.
func NewREST(cfg RESTConfig) *REST {
	if cfg.API == "" {
		cfg.API = DefaultAPI
	}
	cfg.API = strings.TrimRight(cfg.API, "/")
	if !versioned.MatchString(cfg.API) {
		cfg.API += "/v10"
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	next := cfg.Transport
	if next == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 32
		next = t
	}
	limiter := NewLimiter(next, cfg.Now)
	limiter.Log = cfg.Log
	r := &REST{cfg: cfg, limiter: limiter}
	r.client = &http.Client{Timeout: 30 * time.Second, Transport: rewriter{base: cfg.API, next: limiter}}
	r.current = r.newSession()
	return r
}

// Session is a session for REST requests: never opened, safe for concurrent
// use, good for the next few calls. Ask again for each piece of work.
func (r *REST) Session() *discordgo.Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used.Add(1) > sessionLife {
		r.used.Store(1)
		r.current = r.newSession()
	}
	return r.current
}

// Limiter is the rate limiter that all requests pass.
func (r *REST) Limiter() *Limiter { return r.limiter }

func (r *REST) newSession() *discordgo.Session {
	s, _ := discordgo.New("Bot " + r.cfg.Token) // it has no way to fail
	s.Client = r.client
	s.MaxRestRetries = 0 // it would send a POST again after a 502
	s.ShouldRetryOnRateLimit = false
	s.StateEnabled = false
	if r.cfg.UserAgent != "" {
		s.UserAgent = r.cfg.UserAgent
	}
	return s
}

// rewriter sends what discordgo addresses to Discord to another base URL.
type rewriter struct {
	base string
	next http.RoundTripper
}

func (t rewriter) RoundTrip(req *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(req.URL.String(), strings.TrimRight(discordgo.EndpointAPI, "/"))
	if !ok {
		return t.next.RoundTrip(req)
	}
	target, err := url.Parse(t.base + path)
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.URL = target
	req.Host = target.Host
	return t.next.RoundTrip(req)
}
