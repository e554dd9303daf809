package llm

import (
	"sync"
	"time"
)

// A breaker stops asking a model that keeps failing. After a pause one request
// may try again; its outcome decides.
type breaker struct {
	threshold int
	pause     time.Duration
	now       func() time.Time

	mu       sync.Mutex
	failures int
	until    time.Time
	trying   bool
}

// allow reports whether a request may go.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < b.threshold && !b.now().Before(b.until) {
		return true
	}
	if b.now().Before(b.until) || b.trying {
		return false
	}
	b.trying = true
	return true
}

// done records a request's outcome. A wait keeps all requests back that long.
func (b *breaker) done(ok bool, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if ok {
		b.failures, b.until = 0, time.Time{}
		return
	}
	b.failures++
	if b.failures >= b.threshold {
		wait = max(wait, b.pause)
	}
	if until := b.now().Add(wait); wait > 0 && until.After(b.until) {
		b.until = until
	}
}

// pausedUntil is when requests go again, zero where they go now.
func (b *breaker) pausedUntil() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now().Before(b.until) {
		return b.until
	}
	return time.Time{}
}
