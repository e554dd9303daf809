package feeds

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Pace bounds how often a feed is asked. The zero value of a field means its
// default.
type Pace struct {
	Min     time.Duration // between two checks of the busiest feed; default 15 min
	Default time.Duration // for a feed whose habits are unknown; default 1 h
	Max     time.Duration // for the quietest feed; default 6 h
	Backoff time.Duration // longest distance after failures; default 24 h
	Hint    time.Duration // longest distance that a publisher may ask for; default 24 h
}

func (p Pace) withDefaults() Pace {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&p.Min, 15*time.Minute)
	def(&p.Default, time.Hour)
	def(&p.Max, 6*time.Hour)
	def(&p.Backoff, 24*time.Hour)
	def(&p.Hint, 24*time.Hour)
	p.Default = min(max(p.Default, p.Min), p.Max)
	return p
}

// habits updates the smoothed number of publications a day after a check that
// brought n of them. elapsed is the time since the last check; it counts for at
// most a day: after a week without electricity a feed is not taken for a quiet
// one.
func habits(perDay float64, elapsed time.Duration, n int) float64 {
	if elapsed <= 0 {
		return perDay
	}
	days := min(elapsed.Hours()/24, 1)
	weight := days / (days + 1) // the memory is about a day long
	return perDay + (float64(n)/days-perDay)*weight
}

// publishSlot is the time within which several items count as one publication:
// nobody has to be asked more often because of items that come in bulk.
const publishSlot = 15 * time.Minute

// publications counts the slots of time in which articles were published after
// since; at least one when there are any at all.
func publications(articles []Article, since time.Time) int {
	slots := map[int64]bool{}
	for _, a := range articles {
		if a.ID == 0 && a.PublishedAt.After(since) {
			slots[a.PublishedAt.Unix()/int64(publishSlot/time.Second)] = true
		}
	}
	if len(slots) == 0 && len(articles) > 0 {
		return 1
	}
	return len(slots)
}

// history estimates the publications a day from the dates of a feed that is read
// for the first time, looking back a week at most. ok is false when it has none.
func history(items []Item, now time.Time) (perDay float64, ok bool) {
	span := 7 * 24 * time.Hour
	slots := map[int64]bool{}
	oldest := now
	dated := 0
	for _, it := range items {
		if it.Published.IsZero() {
			continue
		}
		dated++
		if it.Published.Before(oldest) {
			oldest = it.Published
		}
		if now.Sub(it.Published) < span {
			slots[it.Published.Unix()/int64(publishSlot/time.Second)] = true
		}
	}
	if dated < 2 {
		return 0, false
	}
	least := time.Hour
	if dated < 5 { // too few to tell a rate
		least = 24 * time.Hour
	}
	span = min(max(now.Sub(oldest), least), span)
	return float64(len(slots)) / (span.Hours() / 24), true
}

// lull is how long a feed may bring nothing before it counts as quiet, and is not
// asked more often than Default.
const lull = 3 * time.Hour

// interval is the distance between checks: half the usual distance between two
// publications.
func (p Pace) interval(f Feed, now time.Time) time.Duration {
	d := p.Max
	if perDay := f.Memory.ChangesPerDay; perDay > 0 {
		d = min(max(time.Duration(float64(24*time.Hour)/(2*perDay)), p.Min), p.Max)
	}
	if now.Sub(f.LastChangedAt) > lull {
		d = max(d, p.Default)
	}
	return d
}

// nextAfterSuccess decides when a feed is asked again that has just answered
// well, and with which interval. hint is what the answer's headers ask for.
// Jitter only ever adds, so that no hint is undercut.
func (p Pace) nextAfterSuccess(f Feed, hint time.Duration, now time.Time, rnd *rand.Rand) (time.Time, time.Duration) {
	d := p.interval(f, now)
	d = max(d, min(max(hint, time.Duration(f.Memory.MinInterval)*time.Second), p.Hint))
	if f.HubURL != "" && f.Memory.HubLeaseExpires.After(now) {
		d = max(d, p.Max) // news is pushed; checks only catch what the hub lost
	}
	return welcome(now.Add(jitter(d, rnd)), f.Memory), d
}

// jitter spreads d by up to a tenth, upwards.
func jitter(d time.Duration, rnd *rand.Rand) time.Duration {
	return d + time.Duration(rnd.Int64N(int64(d/10)+1))
}

// welcome moves t to the first time at which the publisher wants requests. The
// minute is kept, so that feeds with the same rules stay spread. Rules that leave
// no time at all are ignored.
func welcome(t time.Time, m Memory) time.Time {
	if len(m.SkipHours) == 0 && len(m.SkipDays) == 0 {
		return t
	}
	u := t.UTC()
	for range 8 * 24 {
		if !slices.Contains(m.SkipHours, u.Hour()) && !slices.Contains(m.SkipDays, int(u.Weekday())) {
			return u
		}
		u = u.Add(time.Hour)
	}
	return t
}

// firstPause is how long a failed feed is left alone after its first failure of
// a kind; it doubles with each failure in a row. What heals by itself is tried
// soon, what needs somebody's hand later.
func firstPause(k FailureKind) time.Duration {
	switch k {
	case FailNetwork, FailTimeout, FailServer, FailStore, FailEmpty:
		return 15 * time.Minute
	case FailRateLimited, FailDNS, FailTLS, FailEncoding, FailBroken, FailStatus:
		return time.Hour
	default: // refused, redirects, too large, not found, forbidden, not a feed
		return 3 * time.Hour
	}
}

// nextAfterFailure decides when a feed is asked again after its fails-th failure
// in a row. retryAt is what the server asked for, or zero.
func (p Pace) nextAfterFailure(f Feed, retryAt, now time.Time, rnd *rand.Rand) time.Time {
	d := max(firstPause(f.Kind), p.Min)
	for i := 1; i < f.Fails && d < p.Backoff; i++ {
		d *= 2
	}
	d = min(d, p.Backoff)
	next := now.Add(jitter(d, rnd))
	if retryAt.After(next) {
		next = retryAt.Add(time.Duration(rnd.Int64N(int64(time.Minute))))
	}
	return welcome(next, f.Memory)
}

// validatorAge is how long validators are used; after it the feed is fetched
// whole once, in case the server's idea of "unchanged" is stuck.
const validatorAge = 8 * 24 * time.Hour

// redirectAge is how long a permanent redirect must have been the same before
// the feed's address is changed.
const redirectAge = 3 * 24 * time.Hour

// reasons in plain words, for the people who follow the feed. What concerns the
// network is one text for all kinds, so that it tells nothing about addresses.
func reason(k FailureKind, status int) string {
	switch k {
	case FailNone:
		return ""
	case FailNetwork, FailDNS, FailTLS, FailTimeout, FailRefused, FailRedirects:
		return "The address could not be read."
	case FailTooLarge:
		return "The feed is larger than 10 MB."
	case FailEncoding:
		return "The answer is damaged and cannot be decoded."
	case FailNotFound:
		return "There is nothing at this address any more (404)."
	case FailForbidden:
		return "The server refuses to give out this feed (" + statusText(status) + ")."
	case FailGone:
		return "The publisher says that this feed is gone for good (410)."
	case FailRateLimited:
		return "The server asks for fewer requests; we keep to it."
	case FailServer:
		return "The server has trouble (" + statusText(status) + ")."
	case FailEmpty:
		return "The answer is empty."
	case FailNotFeed:
		return "There is a web page at this address, not a feed."
	case FailBroken:
		return "The feed is broken: no item can be read."
	case FailStore:
		return "The articles could not be saved."
	default:
		return "The server gives an unexpected answer (" + statusText(status) + ")."
	}
}
