package feeds

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestNextAfterSuccess(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	recent := now.Add(-time.Hour)
	cases := []struct {
		name string
		feed Feed
		hint time.Duration
		want time.Duration // before jitter
	}{
		{"busy", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96}}, 0, 15 * time.Minute},
		{"a dozen a day", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 12}}, 0, time.Hour},
		{"daily", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 1}}, 0, 6 * time.Hour},
		{"silent", Feed{LastChangedAt: now.Add(-90 * 24 * time.Hour)}, 0, 6 * time.Hour},
		{"busy, but not in the last hours", Feed{LastChangedAt: now.Add(-5 * time.Hour), Memory: Memory{ChangesPerDay: 96}}, 0, time.Hour},
		{"Cache-Control", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96}}, 3 * time.Hour, 3 * time.Hour},
		{"Cache-Control of a minute", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96}}, time.Minute, 15 * time.Minute},
		{"Cache-Control of a month", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96}}, 30 * 24 * time.Hour, 24 * time.Hour},
		{"ttl", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96, MinInterval: 7200}}, 0, 2 * time.Hour},
		{"ttl of a year", Feed{LastChangedAt: recent, Memory: Memory{ChangesPerDay: 96, MinInterval: 365 * 86400}}, 0, 24 * time.Hour},
		{"pushed", Feed{LastChangedAt: recent, HubURL: "https://hub.example/", Memory: Memory{ChangesPerDay: 96, HubLeaseExpires: now.Add(time.Hour)}}, 0, 6 * time.Hour},
		{"no longer pushed", Feed{LastChangedAt: recent, HubURL: "https://hub.example/", Memory: Memory{ChangesPerDay: 96, HubLeaseExpires: now.Add(-time.Hour)}}, 0, 15 * time.Minute},
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, c := range cases {
		for range 20 {
			next, every := Pace{}.withDefaults().nextAfterSuccess(c.feed, c.hint, now, rnd)
			if d := next.Sub(now); every != c.want || d < c.want || d > c.want*11/10 {
				t.Errorf("%s: every %v, next in %v; want %v", c.name, every, d, c.want)
				break
			}
		}
	}
}

func TestNextAfterFailure(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		kind    FailureKind
		fails   int
		retryIn time.Duration
		want    time.Duration
	}{
		{FailNetwork, 1, 0, 15 * time.Minute}, {FailNetwork, 2, 0, 30 * time.Minute}, {FailNetwork, 5, 0, 4 * time.Hour}, {FailNetwork, 9, 0, 24 * time.Hour}, {FailNetwork, 100000, 0, 24 * time.Hour},
		{FailTimeout, 1, 0, 15 * time.Minute}, {FailServer, 3, 0, time.Hour}, {FailDNS, 1, 0, time.Hour}, {FailTLS, 2, 0, 2 * time.Hour},
		{FailNotFound, 1, 0, 3 * time.Hour}, {FailForbidden, 3, 0, 12 * time.Hour}, {FailNotFeed, 5, 0, 24 * time.Hour},
		{FailRateLimited, 1, 0, time.Hour}, {FailRateLimited, 1, 5 * time.Hour, 5 * time.Hour}, {FailRateLimited, 1, 3 * 24 * time.Hour, 3 * 24 * time.Hour}, {FailRateLimited, 6, time.Minute, 24 * time.Hour},
	} {
		var retry time.Time
		if c.retryIn > 0 {
			retry = now.Add(c.retryIn)
		}
		next := Pace{}.withDefaults().nextAfterFailure(Feed{Kind: c.kind, Fails: c.fails}, retry, now, rnd)
		if d := next.Sub(now); d < c.want || d > c.want*11/10+time.Minute {
			t.Errorf("%s after %d failures: next in %v, want %v", c.kind, c.fails, d, c.want)
		}
	}
}

func TestEveryFailureHasAReason(t *testing.T) {
	t.Parallel()
	for _, k := range []FailureKind{FailNetwork, FailDNS, FailTLS, FailTimeout, FailRefused, FailRedirects, FailTooLarge, FailEncoding, FailNotFound, FailForbidden, FailGone, FailRateLimited, FailServer, FailStatus, FailEmpty, FailNotFeed, FailBroken, FailStore} {
		if r := reason(k, 599); len(r) < 15 || r[len(r)-1] != '.' {
			t.Errorf("%s: %q", k, r)
		}
		if firstPause(k) < 15*time.Minute {
			t.Errorf("%s is tried again after %v", k, firstPause(k))
		}
	}
	if reason(FailNone, 200) != "" {
		t.Error("a reason for nothing")
	}
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	all := make([]int, 24)
	for i := range all {
		all[i] = i
	}
	for _, c := range []struct {
		m        Memory
		in, want time.Time
	}{
		{Memory{}, at(4, 3, 17), at(4, 3, 17)},
		{Memory{SkipHours: []int{0, 1, 2, 3, 4}}, at(4, 3, 17), at(4, 5, 17)},
		{Memory{SkipHours: []int{22, 23, 0}}, at(4, 22, 59), at(5, 1, 59)},
		{Memory{SkipHours: all}, at(4, 3, 17), at(4, 3, 17)},
		{Memory{SkipDays: []int{6, 0}}, at(7, 10, 0), at(9, 0, 0)}, // Saturday to Monday
		{Memory{SkipDays: []int{0, 1, 2, 3, 4, 5, 6}}, at(7, 10, 0), at(7, 10, 0)},
	} {
		if got := welcome(c.in, c.m); !got.Equal(c.want) {
			t.Errorf("%+v: %v becomes %v, want %v", c.m, c.in, got, c.want)
		}
	}
}

func TestHabits(t *testing.T) {
	t.Parallel()
	// A feed that brings something every two hours is learned within two days.
	rate := 0.0
	for range 48 {
		rate = habits(rate, time.Hour, 0)
		rate = habits(rate, time.Hour, 1)
	}
	if rate < 10 || rate > 14 {
		t.Errorf("12 a day is learned as %.1f", rate)
	}
	// After three silent days it is almost forgotten.
	for range 3 * 24 {
		rate = habits(rate, time.Hour, 0)
	}
	if rate > 1.5 {
		t.Errorf("three days of silence leave %.1f", rate)
	}
	// A week without polling counts as a day.
	if got := habits(12, 7*24*time.Hour, 12); got != 12 {
		t.Errorf("after a week away: %.1f", got)
	}
}

func TestPublications(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	var bulk, spread []Article
	for i := range 30 {
		bulk = append(bulk, Article{PublishedAt: now.Add(-time.Duration(i) * time.Second)})
		spread = append(spread, Article{PublishedAt: now.Add(-time.Duration(i) * time.Hour)})
	}
	if n := publications(bulk, now.Add(-time.Hour)); n > 2 {
		t.Errorf("items in bulk count as %d", n)
	}
	if n := publications(spread, now.Add(-5*time.Hour)); n != 5 {
		t.Errorf("five hours of items count as %d", n)
	}
	if n := publications([]Article{{ID: 5, PublishedAt: now}}, now.Add(-time.Hour)); n != 1 {
		t.Errorf("an edit counts as %d", n)
	}
}
