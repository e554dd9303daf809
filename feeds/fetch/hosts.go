package fetch

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"
)

// hosts keeps the manners towards each host: one request at a time, a pause
// between two, and quiet for as long as the host asked for it. Hosts that are
// idle are forgotten, so it does not grow with the number of feeds.
type hosts struct {
	spacing time.Duration
	mu      sync.Mutex
	m       map[string]*hostGate
	sweepAt int
}

type hostGate struct {
	slot   chan struct{} // holds one token while a request is under way
	refs   int           // acquirers that hold or wait; guarded by hosts.mu
	nextAt time.Time     // not before: the pause after the last request
	hold   time.Time     // not before: what the host asked for
}

const sweepMin = 1024

func newHosts(spacing time.Duration) *hosts {
	return &hosts{spacing: spacing, m: make(map[string]*hostGate), sweepAt: sweepMin}
}

// hostOf is the key by which manners are counted: the host, with its port where
// it is not the scheme's own.
func hostOf(u *url.URL) string {
	if p := u.Port(); p == "" || u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		return strings.TrimSuffix(u.Host, ":"+p)
	}
	return u.Host
}

// HostKey is the key by which manners towards the host of rawURL are counted, ""
// for what is no http(s) URL.
func HostKey(rawURL string) string {
	u, err := parseURL(rawURL)
	if err != nil {
		return ""
	}
	return hostOf(u)
}

func (h *hosts) ref(host string) *hostGate {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.m[host]
	if g == nil {
		if len(h.m) >= h.sweepAt {
			h.sweep()
		}
		g = &hostGate{slot: make(chan struct{}, 1)}
		h.m[host] = g
	}
	g.refs++
	return g
}

func (h *hosts) unref(g *hostGate) {
	h.mu.Lock()
	g.refs--
	h.mu.Unlock()
}

func (h *hosts) sweep() {
	now := time.Now()
	for k, g := range h.m {
		if g.refs == 0 && now.After(g.nextAt) && now.After(g.hold) {
			delete(h.m, k)
		}
	}
	h.sweepAt = max(sweepMin, 2*len(h.m))
}

func (h *hosts) times(g *hostGate) (nextAt, hold time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return g.nextAt, g.hold
}

// acquire waits for the host's turn, at most for patience; a host that wants
// more than that gives KindHeld with the time to come back.
func (h *hosts) acquire(ctx context.Context, host string, patience time.Duration) (*hostGate, error) {
	g := h.ref(host)
	give := func(until time.Time) (*hostGate, error) {
		h.unref(g)
		return nil, &Error{Kind: KindHeld, Until: until}
	}
	start := time.Now()
	select {
	case g.slot <- struct{}{}:
	default:
		if patience <= 0 {
			return give(start.Add(h.spacing))
		}
		t := time.NewTimer(patience)
		defer t.Stop()
		select {
		case g.slot <- struct{}{}:
		case <-t.C:
			return give(time.Now().Add(h.spacing))
		case <-ctx.Done():
			h.unref(g)
			return nil, ctxError(ctx)
		}
	}
	free := func() { <-g.slot }
	nextAt, hold := h.times(g)
	at := nextAt
	if hold.After(at) {
		at = hold
	}
	if wait := time.Until(at); wait > 0 {
		if wait > patience-time.Since(start) {
			free()
			return give(at)
		}
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			free()
			h.unref(g)
			return nil, ctxError(ctx)
		}
	}
	return g, nil
}

func (h *hosts) release(g *hostGate) {
	h.mu.Lock()
	g.nextAt = time.Now().Add(h.spacing)
	g.refs--
	h.mu.Unlock()
	<-g.slot
}

// holdUntil records that the host wants no request before t.
func (h *hosts) holdUntil(host string, t time.Time) {
	g := h.ref(host)
	h.mu.Lock()
	if t.After(g.hold) {
		g.hold = t
	}
	g.refs--
	h.mu.Unlock()
}

func (h *hosts) held(host string) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.m[host]; g != nil {
		return g.hold
	}
	return time.Time{}
}
