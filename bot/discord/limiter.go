package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Discord's limits on requests (developer documentation, "Rate Limits").
const (
	globalPerSecond = 50
	// A client that gets 10,000 answers of 401, 403 or 429 within ten minutes is banned by address for a while.
	// The breaker opens far below.
	invalidWindow  = 10 * time.Minute
	breakerInvalid = 1000
	// shortWait is the longest 429 that is waited out here. A longer one goes to the caller, who has a queue to put
	// the work back into.
	shortWait = 2 * time.Second
	// The edge in front of Discord doesn't always say how long it blocks an address: a minute, doubled while it does.
	edgeWait    = time.Minute
	maxEdgeWait = 15 * time.Minute
	// maxBuckets bounds the memory for buckets; idle ones go first.
	maxBuckets = 4096
)

// ErrBreaker is returned without a request while too many requests of the last
// ten minutes were refused.
var ErrBreaker = errors.New("discord: too many refused requests in the last ten minutes; holding back to keep the address from being banned")

// A Limiter is an http.RoundTripper that keeps Discord's rate limits: the global
// one, those of buckets as the answers' headers tell them, and the one on
// invalid requests. It waits before a request that would be refused, as long as
// the request's context allows.
type Limiter struct {
	Log *slog.Logger

	next http.RoundTripper
	now  func() time.Time

	mu          sync.Mutex
	routes      map[string]string // method + route -> bucket hash
	buckets     map[string]*bucket
	globalUntil time.Time
	probing     bool          // the last answer to all was a 429: one request at a time asks whether it still holds
	probed      chan struct{} // closed when the one on its way was answered; nil = none is on its way
	edges       int           // blocks by the edge in a row
	window      time.Time     // the running second of the global limit
	inWindow    int
	invalid     map[int64]int // by minute
	requests    int64
	limited     int64
}

type bucket struct {
	remaining int
	reset     time.Time
	inFlight  int
}

// NewLimiter returns a Limiter over next.
func NewLimiter(next http.RoundTripper, now func() time.Time) *Limiter {
	return &Limiter{Log: slog.Default(), next: next, now: now,
		routes: map[string]string{}, buckets: map[string]*bucket{}, invalid: map[int64]int{}}
}

// LimiterStats is what a Limiter has counted.
type LimiterStats struct {
	Requests int64 // sent
	Limited  int64 // answered with 429
	Invalid  int   // 401, 403 and 429 (but shared ones) in the last ten minutes
	Open     bool  // the breaker holds requests back
}

// Stats returns the counts so far.
func (l *Limiter) Stats() LimiterStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.invalidCount()
	return LimiterStats{Requests: l.requests, Limited: l.limited, Invalid: n, Open: n >= breakerInvalid}
}

// RoundTrip sends the request when the limits allow it.
func (l *Limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	route, exempt := routeOf(req)
	ctx := req.Context()
	req = req.WithContext(finishing(ctx))
	for try := 0; ; try++ {
		b, probe, err := l.admit(ctx, route, exempt)
		if err != nil {
			return nil, err
		}
		// A process that was stopped goes on here before its timers fire: what
		// it meant to send may have been sent by another since.
		if by, ok := ctx.Deadline(); ok && time.Now().Round(0).After(by.Round(0)) {
			l.release(b, probe)
			return nil, context.DeadlineExceeded
		}
		if err := ctx.Err(); err != nil {
			l.release(b, probe)
			return nil, err
		}
		resp, err := l.next.RoundTrip(req)
		if err != nil {
			l.release(b, probe)
			return nil, err
		}
		wait := l.learn(b, route, exempt, resp)
		if probe {
			l.answered()
		}
		if resp.StatusCode != http.StatusTooManyRequests {
			return resp, nil
		}
		if try > 0 || wait > shortWait || (req.Body != nil && req.GetBody == nil) {
			return resp, nil
		}
		drain(resp.Body)
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
		if req.Body != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			req = req.Clone(req.Context())
			req.Body = body
		}
	}
}

// graceKey is where a context keeps the one for requests that have left.
type graceKey struct{}

// withGrace returns a context that ends with ctx or after limit. A request under
// it that has left when ctx is canceled has grace more to be answered.
func withGrace(ctx context.Context, limit, grace time.Duration) (context.Context, context.CancelFunc) {
	begin, stop := context.WithTimeout(ctx, limit)
	by, _ := begin.Deadline()
	left, cut := context.WithDeadline(context.WithoutCancel(ctx), by)
	free := context.AfterFunc(ctx, func() {
		defer cut()
		_ = sleep(left, grace)
	})
	return context.WithValue(begin, graceKey{}, left), func() {
		free()
		cut()
		stop()
	}
}

// finishing is the context for what has to follow a request that has left.
func finishing(ctx context.Context) context.Context {
	if left, ok := ctx.Value(graceKey{}).(context.Context); ok {
		return left
	}
	return ctx
}

// heldError says that a request did not leave, because it would have had to
// wait for longer than its context allows.
type heldError struct{ wait time.Duration }

func (e heldError) Error() string {
	return fmt.Sprintf("discord's rate limit holds for %s more", e.wait.Round(time.Millisecond))
}

func (heldError) Unwrap() error { return context.DeadlineExceeded }

// admit waits until the request may go, and takes its place. probe tells that it
// alone finds out whether requests are let through again.
func (l *Limiter) admit(ctx context.Context, route string, exempt bool) (b *bucket, probe bool, err error) {
	for {
		l.mu.Lock()
		now := l.now()
		if l.invalidCount() >= breakerInvalid {
			l.mu.Unlock()
			return nil, false, ErrBreaker
		}
		b = l.bucketOf(route)
		wait := time.Duration(0)
		var probed chan struct{}
		switch {
		case b.reset.After(now) && b.remaining <= b.inFlight:
			wait = b.reset.Sub(now)
		case !exempt && l.globalUntil.After(now):
			wait = l.globalUntil.Sub(now)
		case !exempt && l.probing && l.probed != nil:
			probed = l.probed
		case !exempt:
			if now.Sub(l.window) >= time.Second || now.Before(l.window) {
				l.window, l.inWindow = now, 0
			}
			if l.inWindow >= globalPerSecond {
				wait = l.window.Add(time.Second).Sub(now)
			}
		}
		if wait <= 0 && probed == nil {
			if !exempt {
				l.inWindow++
				if probe = l.probing; probe {
					l.probed = make(chan struct{})
				}
			}
			b.inFlight++
			l.requests++
			l.mu.Unlock()
			return b, probe, nil
		}
		l.mu.Unlock()
		if by, ok := ctx.Deadline(); ok && wait > time.Until(by) {
			return nil, false, heldError{wait}
		}
		if probed != nil {
			select {
			case <-ctx.Done():
				err = ctx.Err()
			case <-probed:
			}
		} else {
			err = sleep(ctx, wait)
		}
		if err != nil {
			return nil, false, fmt.Errorf("wait for discord's rate limit: %w", err)
		}
	}
}

func (l *Limiter) bucketOf(route string) *bucket {
	key := route
	if hash, ok := l.routes[route]; ok {
		key = hash
	}
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.sweep()
		}
		b = &bucket{}
		l.buckets[key] = b
	}
	return b
}

// sweep forgets buckets that hold nothing back any more.
func (l *Limiter) sweep() {
	now := l.now()
	for key, b := range l.buckets {
		if b.inFlight == 0 && !b.reset.After(now) {
			delete(l.buckets, key)
		}
	}
	for route, key := range l.routes {
		if _, ok := l.buckets[key]; !ok {
			delete(l.routes, route)
		}
	}
}

func (l *Limiter) release(b *bucket, probe bool) {
	l.mu.Lock()
	b.inFlight--
	l.mu.Unlock()
	if probe {
		l.answered()
	}
}

// answered lets those go on that waited for the one that went ahead.
func (l *Limiter) answered() {
	l.mu.Lock()
	close(l.probed)
	l.probed = nil
	l.mu.Unlock()
}

// learn reads an answer's limits, hides them from discordgo, which would sleep
// on them without a context, and returns how long a 429 asks to wait.
func (l *Limiter) learn(b *bucket, route string, exempt bool, resp *http.Response) time.Duration {
	h := resp.Header
	now := l.now()
	limited := resp.StatusCode == http.StatusTooManyRequests
	scope := h.Get("X-RateLimit-Scope")
	global := h.Get("X-RateLimit-Global") != "" || scope == "global"
	var told told
	if limited {
		told = retryAfter(resp)
		global = global || told.global || told.edge // an answer from the edge concerns the whole address
	}
	wait := told.wait

	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !limited && !exempt:
		l.probing, l.edges = false, 0
	case limited && global:
		l.probing = true
	}
	if told.edge {
		if wait == 0 {
			wait = min(edgeWait<<min(l.edges, 4), maxEdgeWait)
		}
		if !l.globalUntil.After(now) { // else it was on its way when another was blocked
			l.edges++
		}
		asJSON(resp, wait)
	}
	b.inFlight--
	if hash := h.Get("X-RateLimit-Bucket"); hash != "" {
		key := hash + " " + majorOf(route)
		if l.routes[route] != key {
			l.routes[route] = key
			if l.buckets[key] == nil {
				l.buckets[key] = b
			}
			b = l.buckets[key]
		}
	}
	if remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil {
		b.remaining = remaining
	}
	if after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64); err == nil && after >= 0 && after < 86400 {
		b.reset = now.Add(time.Duration(after * float64(time.Second)))
	}
	if limited {
		l.limited++
		if global {
			l.globalUntil = later(l.globalUntil, now.Add(wait))
		} else {
			b.remaining = 0
			b.reset = now.Add(wait)
		}
		l.Log.Warn("discord limits the rate", "route", route, "scope", scope, "global", global, "retry_after", wait)
	}
	invalid := resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden || (limited && scope != "shared")
	if invalid {
		l.invalid[now.Unix()/60]++
		if l.invalidCount() == breakerInvalid {
			l.Log.Error("discord refused too many requests; holding back", "refused", breakerInvalid, "within", invalidWindow)
		}
	}
	for _, name := range []string{"X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Global"} {
		h.Del(name)
	}
	return wait
}

func (l *Limiter) invalidCount() int {
	oldest := l.now().Add(-invalidWindow).Unix() / 60
	n := 0
	for minute, count := range l.invalid {
		if minute < oldest {
			delete(l.invalid, minute)
			continue
		}
		n += count
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// told is what a 429 tells.
type told struct {
	wait   time.Duration // 0 = it doesn't say
	global bool
	edge   bool // it comes from the edge in front of Discord, which knows no JSON
}

func retryAfter(resp *http.Response) told {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var api struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	if json.Unmarshal(body, &api) == nil && api.RetryAfter > 0 {
		return told{wait: seconds(api.RetryAfter), global: api.Global}
	}
	after, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
	if err != nil || after < 0 {
		after = 0
	}
	return told{wait: seconds(after), edge: true}
}

func seconds(n float64) time.Duration { return time.Duration(min(n, 3600) * float64(time.Second)) }

// asJSON replaces the page of the edge by the JSON that clients expect.
func asJSON(resp *http.Response, wait time.Duration) {
	body := fmt.Appendf(nil, `{"message":"You are being blocked from accessing our API temporarily.","retry_after":%g,"global":true}`, wait.Seconds())
	resp.Header.Set("Content-Type", "application/json")
	resp.Header.Del("Content-Length")
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
}

// routeOf names a request's rate-limit route: method, and path with every id
// but the major one replaced. Interaction endpoints are exempt from the global
// limit.
func routeOf(req *http.Request) (route string, exempt bool) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	for len(parts) > 0 && (parts[0] == "api" || (len(parts[0]) > 1 && parts[0][0] == 'v' && parts[0][1] >= '0' && parts[0][1] <= '9')) {
		parts = parts[1:]
	}
	if len(parts) == 0 {
		return req.Method, false
	}
	exempt = parts[0] == "interactions" || parts[0] == "webhooks"
	out := make([]string, 0, len(parts))
	for i, part := range parts {
		switch {
		case parts[0] == "webhooks" && i < 3:
			out = append(out, part) // each interaction's follow-ups have a bucket of their own
		case exempt && i == 2:
			out = append(out, ":token")
		case i == 1 && (parts[0] == "channels" || parts[0] == "guilds"):
			out = append(out, part)
		case isSnowflake(part):
			out = append(out, ":id")
		default:
			out = append(out, part)
		}
	}
	return req.Method + " " + strings.Join(out, "/"), exempt
}

// majorOf is the part of a route that buckets are told apart by.
func majorOf(route string) string {
	parts := strings.Split(route, "/")
	if len(parts) > 2 && strings.HasSuffix(parts[0], " webhooks") {
		return parts[1] + "/" + parts[2]
	}
	if len(parts) > 1 && (strings.HasSuffix(parts[0], " channels") || strings.HasSuffix(parts[0], " guilds")) {
		return parts[1]
	}
	return ""
}

func isSnowflake(s string) bool {
	if len(s) < 15 || len(s) > 20 {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func drain(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, 64<<10))
	_ = body.Close()
}
