package fetch

import (
	"crypto/tls"
	"sync"
)

// sessions bounds the TLS sessions remembered for resumption, at a few KB each.
const sessions = 2048

// sessionCache keeps TLS sessions for a bounded number of hosts. A full cache
// gives up a random entry, not the oldest: feeds are asked in a circle, and in a
// circle that is larger than the cache the oldest is the next one needed.
type sessionCache struct {
	mu   sync.Mutex
	max  int
	byID map[string]*tls.ClientSessionState
}

func newSessionCache(n int) *sessionCache {
	return &sessionCache{max: n, byID: make(map[string]*tls.ClientSessionState)}
}

// Get implements tls.ClientSessionCache.
func (c *sessionCache) Get(key string) (*tls.ClientSessionState, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.byID[key]
	return s, ok
}

// Put implements tls.ClientSessionCache.
func (c *sessionCache) Put(key string, s *tls.ClientSessionState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s == nil {
		delete(c.byID, key)
		return
	}
	if _, known := c.byID[key]; !known && len(c.byID) >= c.max {
		for k := range c.byID { // the order of a map is random
			delete(c.byID, k)
			break
		}
	}
	c.byID[key] = s
}
