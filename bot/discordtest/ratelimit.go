package discordtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// rate is a rate limit: so many requests in a window.
type rate struct {
	limit  int
	window time.Duration
}

// globalRate is the limit over all routes of a bot.
var globalRate = rate{50, time.Second}

// bucketRates are the limits of the routes. Discord doesn't publish them and changes them; these are of the
// size that its headers have shown. A client has to go by the headers.
var bucketRates = map[string]rate{
	"gateway-bot":     {2, 5 * time.Second},
	"users-me":        {30, 30 * time.Second},
	"users":           {30, 30 * time.Second},
	"users-me-guilds": {5, 5 * time.Second},
	"dms":             {10, 10 * time.Second},
	"applications-me": {5, 5 * time.Second},
	"guild":           {20, 10 * time.Second},
	"guild-channels":  {10, 10 * time.Second},
	"guild-member":    {5, time.Second},
	"channel":         {20, 10 * time.Second},
	"channel-edit":    {5, 15 * time.Second},
	"typing":          {5, 5 * time.Second},
	"messages-read":   {10, 5 * time.Second},
	"messages-create": {5, 5 * time.Second},
	"messages-edit":   {5, 5 * time.Second},
	"messages-delete": {5, time.Second},
	"crosspost":       {10, time.Hour},
	"threads":         {10, 10 * time.Second},
	"thread-members":  {5, 5 * time.Second},
	"commands":        {20, 20 * time.Second},
	"commands-write":  {5, 20 * time.Second},
	"webhook":         {5, 2 * time.Second},
}

const (
	// invalidWindow is the time over which invalid answers are counted.
	invalidWindow = 10 * time.Minute
	// banTime is how long the edge keeps an address out that got too many of them.
	banTime = time.Hour
)

// limiter keeps the buckets, the global limit and the count of invalid answers.
type limiter struct {
	srv     *Server
	buckets map[string]*window
	global  window
	invalid []time.Time
	bannedT time.Time
}

// window is a fixed window of a bucket.
type window struct {
	used  int
	until time.Time
}

func newLimiter(s *Server) limiter { return limiter{srv: s, buckets: map[string]*window{}} }

// major is the part of a path that splits a bucket: channel, guild, or webhook with its token.
func major(params map[string]string) string {
	for _, k := range []string{"channel_id", "guild_id", "webhook_id"} {
		if v := params[k]; v != "" {
			return v + "/" + params["webhook_token"]
		}
	}
	return ""
}

// bucketHash is the name of a bucket as the headers give it: the same for all routes that share it.
func bucketHash(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

// take counts a request and writes the headers; the answer, if any, is a 429.
func (l *limiter) take(rt *route, params map[string]string, h http.Header) *answer {
	now := l.srv.clock.Now()
	if l.srv.cfg.NoRateLimits {
		return nil // no headers either: a client would keep to them
	}
	r, limited := bucketRates[rt.bucket]
	var w *window
	if limited {
		key := rt.bucket + ":" + major(params)
		if w = l.buckets[key]; w == nil {
			w = &window{}
			l.buckets[key] = w
		}
		if !now.Before(w.until) || w.until.Sub(now) > r.window {
			*w = window{until: now.Add(r.window)}
		}
		if w.used >= r.limit {
			wait := w.until.Sub(now)
			l.headers(h, rt, r, w, now)
			return tooMany(h, wait, "user", false)
		}
	}
	if !rt.open {
		if !now.Before(l.global.until) || l.global.until.Sub(now) > globalRate.window {
			l.global = window{until: now.Add(globalRate.window)}
		}
		if l.global.used >= globalRate.limit {
			h.Set("X-RateLimit-Global", "true")
			return tooMany(h, l.global.until.Sub(now), "global", true)
		}
		l.global.used++
	}
	if limited {
		w.used++
		l.headers(h, rt, r, w, now)
	}
	return nil
}

func (l *limiter) headers(h http.Header, rt *route, r rate, w *window, now time.Time) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(r.limit-w.used, 0)))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(w.until.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", w.until.Sub(now).Seconds()))
	h.Set("X-RateLimit-Bucket", bucketHash(rt.bucket))
}

// tooMany is a 429 of the API; scope is "user", "global" or "shared".
func tooMany(h http.Header, wait time.Duration, scope string, global bool) *answer {
	seconds := max(wait.Seconds(), 0.001)
	h.Set("Retry-After", strconv.Itoa(int(seconds+0.999)))
	h.Set("X-RateLimit-Scope", scope)
	return &answer{http.StatusTooManyRequests, jsonHeader(h), encode(map[string]any{
		"message": "You are being rate limited.", "code": 0, "retry_after": float64(int(seconds*1000+0.5)) / 1000, "global": global,
	})}
}

// edgeAnswer is a 429 of the network in front of the API, which knows no JSON.
func edgeAnswer(wait time.Duration) answer {
	h := http.Header{}
	h.Set("Content-Type", "text/html; charset=UTF-8")
	h.Set("Retry-After", strconv.Itoa(int(wait.Seconds()+0.999)))
	return answer{http.StatusTooManyRequests, h, []byte("<!DOCTYPE html>\n<html><head><title>Access denied</title></head><body><h1>Error 1015</h1><p>You are being rate limited.</p></body></html>\n")}
}

// count notes an invalid answer: 401, 403 and 429, unless the latter is shared.
func (l *limiter) count(a answer) {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden:
	case http.StatusTooManyRequests:
		if a.header.Get("X-RateLimit-Scope") == "shared" || strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			return
		}
	default:
		return
	}
	now := l.srv.clock.Now()
	l.invalid = append(l.invalid, now)
	if l.recentInvalid() >= l.srv.cfg.InvalidLimit {
		l.bannedT = now.Add(banTime)
		l.invalid = nil
	}
}

func (l *limiter) recentInvalid() int {
	oldest := l.srv.clock.Now().Add(-invalidWindow)
	i := 0
	for i < len(l.invalid) && !l.invalid[i].After(oldest) {
		i++
	}
	l.invalid = l.invalid[i:]
	return len(l.invalid)
}

func (l *limiter) banned() bool { return l.srv.clock.Now().Before(l.bannedT) }

func (l *limiter) bannedFor() time.Duration { return l.bannedT.Sub(l.srv.clock.Now()) }

// InvalidAnswers is how many 401, 403 and 429 answers the bot got in the past ten minutes, and
// whether its address is banned for it.
func (s *Server) InvalidAnswers() (n int, banned bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits.recentInvalid(), s.limits.banned()
}
