package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"sitrep/feeds/fetch"
)

// ErrRobots is returned for pages that robots.txt keeps from us.
var ErrRobots = errors.New("page: not allowed by robots.txt")

// StatusError is a page answered with anything but 200.
type StatusError struct{ Status int }

// Error implements error.
func (e *StatusError) Error() string { return fmt.Sprintf("page: status %d", e.Status) }

const (
	// patience is how long Read waits for a host's turn.
	patience    = 45 * time.Second
	robotsFresh = 24 * time.Hour
	robotsRetry = time.Hour
	robotsBytes = 500 << 10 // RFC 9309, 2.5
	robotsHosts = 2000
	acceptHTML  = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
)

// A Reader reads pages and remembers the robots.txt of their hosts. It is safe
// for concurrent use.
type Reader struct {
	client *fetch.Client
	agent  string

	mu     sync.Mutex
	robots map[string]rules
}

type rules struct {
	group   *robotstxt.Group // nil: nothing is allowed for now
	expires time.Time
}

// NewReader returns a Reader that fetches through client. The first word of the
// client's User-Agent is the name under which it obeys robots.txt.
func NewReader(client *fetch.Client) *Reader {
	agent, _, _ := strings.Cut(client.UserAgent(), " ")
	agent, _, _ = strings.Cut(agent, "/")
	return &Reader{client: client, agent: agent, robots: make(map[string]rules)}
}

// Read fetches one page and extracts its article; for a single page. Whoever
// reads many keeps a Reader.
func Read(ctx context.Context, client *fetch.Client, rawURL string) (Page, error) {
	return NewReader(client).Read(ctx, rawURL)
}

// Read fetches the page at rawURL and extracts its article. Errors: those of
// fetch, ErrRobots, *StatusError, ErrNotHTML, ErrNoText.
func (r *Reader) Read(ctx context.Context, rawURL string) (Page, error) {
	if err := r.allowed(ctx, rawURL); err != nil {
		return Page{}, err
	}
	res, err := r.client.Get(ctx, fetch.Request{URL: rawURL, Accept: acceptHTML, MaxBytes: MaxBytes, Patience: patience, Follow: r.allowed})
	if err != nil {
		return Page{}, err
	}
	if res.Status != http.StatusOK && res.Status != http.StatusNonAuthoritativeInfo {
		return Page{}, &StatusError{Status: res.Status}
	}
	return Extract(res.Body, res.Header.Get("Content-Type"), res.URL)
}

// allowed asks robots.txt (RFC 9309): without one everything is allowed; while it
// cannot be read because the server is in trouble, nothing is.
func (r *Reader) allowed(ctx context.Context, rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	host := fetch.HostKey(rawURL)
	key := u.Scheme + "://" + host
	r.mu.Lock()
	rule, ok := r.robots[key]
	r.mu.Unlock()
	if !ok || time.Now().After(rule.expires) {
		if rule, err = r.fetchRobots(ctx, u.Scheme+"://"+u.Host+"/robots.txt"); err != nil {
			return err
		}
		r.mu.Lock()
		if len(r.robots) >= robotsHosts {
			for k := range r.robots {
				delete(r.robots, k)
				break
			}
		}
		r.robots[key] = rule
		r.mu.Unlock()
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if rule.group == nil || !rule.group.Test(path) {
		return ErrRobots
	}
	return nil
}

func (r *Reader) fetchRobots(ctx context.Context, address string) (rules, error) {
	res, err := r.client.Get(ctx, fetch.Request{URL: address, MaxBytes: robotsBytes, Patience: patience})
	if err != nil {
		switch fetch.KindOf(err) {
		case fetch.KindRedirects, fetch.KindEncoding:
			return r.parseRobots(nil, robotsRetry), nil
		}
		return rules{}, err // the page would fail the same way
	}
	switch {
	case res.Status >= 500 || res.Status == http.StatusTooManyRequests:
		return rules{expires: time.Now().Add(robotsRetry)}, nil
	case res.Status != http.StatusOK:
		return r.parseRobots(nil, robotsFresh), nil
	}
	return r.parseRobots(res.Body, robotsFresh), nil
}

func (r *Reader) parseRobots(body []byte, fresh time.Duration) rules {
	data, err := robotstxt.FromBytes(body)
	if err != nil {
		data, _ = robotstxt.FromBytes(nil)
	}
	return rules{group: data.FindGroup(r.agent), expires: time.Now().Add(fresh)}
}
