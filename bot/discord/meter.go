package discord

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A meter keeps one person, or one server, from taking all of the bot's time.
// What costs more than a look into the database has a quota of its own.
type meter struct {
	mu     sync.Mutex
	rate   rate.Limit // interactions a second of one user
	burst  int
	users  map[string]*rate.Limiter
	guilds map[string]*rate.Limiter
}

const (
	perMinute  = 60 // interactions of one user, where nothing else is set
	guildRate  = rate.Limit(10)
	guildBurst = 100
	meterSize  = 10_000 // limiters kept; beyond, the whole map starts anew
)

// newMeter lets a user make so many interactions a minute, a quarter of them at once.
func newMeter(perMinute int) *meter {
	return &meter{rate: rate.Limit(perMinute) / 60, burst: max(1, perMinute/4), users: map[string]*rate.Limiter{}, guilds: map[string]*rate.Limiter{}}
}

func (m *meter) allow(user, guild string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !limiter(m.users, user, m.rate, m.burst).AllowN(now, 1) {
		return false
	}
	return guild == "" || limiter(m.guilds, guild, guildRate, guildBurst).AllowN(now, 1)
}

func limiter(in map[string]*rate.Limiter, key string, r rate.Limit, burst int) *rate.Limiter {
	l := in[key]
	if l == nil {
		if len(in) >= meterSize {
			clear(in)
		}
		l = rate.NewLimiter(r, burst)
		in[key] = l
	}
	return l
}
