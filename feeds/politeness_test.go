package feeds_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
)

// site is a publisher under observation: it keeps score of how it is treated.
type site struct {
	host  string
	kind  string
	mu    sync.Mutex
	busy  int
	last  time.Time // end of the last request to the host
	quiet time.Time // asked for no request before

	feeds map[string]*watched
	score *scorer
}

type watched struct {
	every         time.Duration // a new item this often; 0: never
	start         time.Time
	unconditional int
	requests      int
	lastAt        time.Time
	etag          string // that was given out last
	stopped       bool   // answered 410
	notBefore     time.Time
	noValidators  bool
}

type scorer struct {
	mu         sync.Mutex
	requests   int
	violations []string
	perSecond  map[int64]int
	minutes    map[int]int // minute of the hour in which requests come
}

func (s *scorer) fault(format string, a ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, time.Now().UTC().Format("02 15:04:05 ")+fmt.Sprintf(format, a...))
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	s.score.mu.Lock()
	s.score.requests++
	s.score.perSecond[now.Unix()]++
	s.score.minutes[now.Minute()]++
	s.score.mu.Unlock()

	s.mu.Lock()
	if s.busy++; s.busy > 1 {
		s.score.fault("%s: two requests at once", s.host)
	}
	if gap := now.Sub(s.last); !s.last.IsZero() && gap < time.Second-time.Millisecond {
		s.score.fault("%s: asked again after %v", s.host, gap)
	}
	if now.Before(s.quiet) {
		s.score.fault("%s: asked %v before Retry-After", s.host, s.quiet.Sub(now))
	}
	f := s.feeds[r.URL.Path]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy--
		s.last = time.Now()
		s.mu.Unlock()
	}()
	time.Sleep(150 * time.Millisecond)
	if !strings.Contains(r.UserAgent(), "+https://operator.example/") {
		s.score.fault("User-Agent %q has no contact", r.UserAgent())
	}
	if ae := r.Header.Get("Accept-Encoding"); !strings.Contains(ae, "gzip") || !strings.Contains(ae, "br") || !strings.Contains(ae, "zstd") {
		s.score.fault("Accept-Encoding %q", ae)
	}
	if f == nil {
		http.NotFound(w, r)
		return
	}
	name := s.host + r.URL.Path
	f.requests++
	if f.stopped {
		s.score.fault("%s: asked after 410", name)
	}
	if gap := now.Sub(f.lastAt); !f.lastAt.IsZero() {
		if least := 15 * time.Minute; gap < least {
			s.score.fault("%s: asked again after %v", name, gap)
		}
		// A publisher may change at any rate; a feed that has not for a day is
		// asked hourly at most.
		if f.every == 0 && f.requests > 3 && gap < time.Hour {
			s.score.fault("%s: a quiet feed asked after %v", name, gap)
		}
	}
	if now.Before(f.notBefore) {
		s.score.fault("%s: asked %v too early", name, f.notBefore.Sub(now))
	}
	f.lastAt = now
	inm := r.Header.Get("If-None-Match")
	if inm == "" && r.Header.Get("If-Modified-Since") == "" && !f.noValidators {
		if f.unconditional++; f.unconditional > 1 {
			s.score.fault("%s: %d. unconditional request", name, f.unconditional)
		}
	}
	day := now.Sub(f.start)
	// Behind a redirect it is the target's validators that count.
	redirects := s.kind == "moved" && day > 24*time.Hour
	if inm != "" && inm != f.etag && !redirects && !(s.kind == "new" && f.requests == 1) {
		s.score.fault("%s: sent %q, was given %q", name, inm, f.etag)
	}
	switch s.kind {
	case "limited": // one day in two it has enough for two hours, whatever is asked
		if f.requests%13 == 5 {
			s.mu.Lock()
			s.quiet = now.Add(2 * time.Hour)
			s.mu.Unlock()
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
	case "maintenance":
		if f.requests%11 == 4 {
			until := now.Add(3 * time.Hour).Truncate(time.Second).Add(time.Second)
			s.mu.Lock()
			s.quiet = until
			s.mu.Unlock()
			w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
	case "cached":
		w.Header().Set("Cache-Control", "public, max-age=10800")
		f.notBefore = now.Add(3 * time.Hour)
	case "expires":
		w.Header().Set("Expires", now.Add(4*time.Hour).UTC().Format(http.TimeFormat))
		f.notBefore = now.Add(4*time.Hour - time.Second)
	case "ttl":
		f.notBefore = now.Add(2 * time.Hour)
	case "nights":
		if h := now.UTC().Hour(); h < 6 && f.requests > 1 {
			s.score.fault("%s: asked at %d o'clock, against skipHours", name, h)
		}
	case "mortal":
		if day > 50*time.Hour {
			f.stopped = true
			w.WriteHeader(http.StatusGone)
			return
		}
	case "flaky":
		if f.requests%5 == 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	case "moved":
		if day > 24*time.Hour+redirectDays {
			s.score.fault("%s: the old address is asked %v after it had moved", name, day)
		}
		if redirects {
			w.Header().Set("Location", "http://new.example"+r.URL.Path)
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
	}
	n := 5
	if f.every > 0 {
		n += int(day / f.every)
	}
	f.etag = fmt.Sprintf(`W/"%s #%d+x"`, r.URL.Path, n)
	if !f.noValidators {
		w.Header().Set("ETag", f.etag)
		if inm == f.etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := string(feedstest.RSS(name, feedstest.Entries(n-5, 5, now)...))
	extra := map[string]string{"ttl": "<ttl>120</ttl>", "nights": "<skipHours>" + hours(0, 6) + "</skipHours>"}[s.kind]
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write([]byte(strings.Replace(body, "<item>", extra+"<item>", 1)))
}

// redirectDays is when a stable redirect must have been adopted: three days, and
// a check of a quiet feed.
const redirectDays = (3*24 + 8) * time.Hour

func hours(from, to int) string {
	var b strings.Builder
	for h := from; h < to; h++ {
		fmt.Fprintf(&b, "<hour>%d</hour>", h)
	}
	return b.String()
}

// Seven days with publishers of all kinds, a restart every day, two of them
// after a kill, and a night without the machine. There may be no fault at all.
func TestPolitenessOverAWeek(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		sc := &scorer{perSecond: map[int64]int{}, minutes: map[int]int{}}
		sites := map[string]*site{}
		start := time.Now()
		add := func(kind, host string, n int, every time.Duration) {
			s := &site{host: host, kind: kind, feeds: map[string]*watched{}, score: sc}
			sites[host] = s
			for i := range n {
				path := fmt.Sprintf("/%d.xml", i)
				s.feeds[path] = &watched{every: every, start: start, noValidators: kind == "bare"}
				if host != "new.example" {
					b.store.Add(feeds.Feed{URL: "http://" + host + path})
				}
			}
			b.net.Serve(host, s)
		}
		add("plain", "busy.example", 2, 20*time.Minute)
		add("plain", "daily.example", 3, 24*time.Hour)
		add("plain", "quiet.example", 3, 0)
		add("limited", "limited.example", 4, 2*time.Hour)
		add("maintenance", "maintenance.example", 2, 2*time.Hour)
		add("cached", "cached.example", 2, 30*time.Minute)
		add("expires", "expires.example", 2, 30*time.Minute)
		add("ttl", "ttl.example", 2, 30*time.Minute)
		add("nights", "nights.example", 2, time.Hour)
		add("mortal", "mortal.example", 2, time.Hour)
		add("flaky", "flaky.example", 2, 3*time.Hour)
		add("bare", "bare.example", 2, 3*time.Hour)
		add("moved", "old.example", 2, 5*time.Hour)
		add("new", "new.example", 2, 5*time.Hour)
		days := 7
		if testing.Short() {
			days = 2
		}
		for day := range days {
			for _, part := range []time.Duration{9 * time.Hour, 15 * time.Hour} {
				b.restart()
				ctx, cancel := context.WithTimeout(context.Background(), part)
				if err := b.poller.Run(ctx); ctx.Err() == nil {
					t.Fatal(err)
				}
				cancel()
				if day == 2 || day == 5 { // a process leases what is next and is killed
					if _, err := b.store.LeaseFeeds(t.Context(), time.Now().Add(time.Hour), 10, 10*time.Minute); err != nil {
						t.Fatal(err)
					}
				}
				if day == 3 { // switched off for a night
					time.Sleep(10 * time.Hour)
				}
			}
		}

		for _, f := range sites["old.example"].feeds {
			if f.requests == 0 {
				t.Error("the moved feed was never asked")
			}
		}
		for _, host := range []string{"busy.example", "quiet.example", "nights.example", "cached.example", "limited.example"} {
			n := 0
			for _, f := range sites[host].feeds {
				n += f.requests
			}
			t.Logf("%-20s %.1f requests a feed and day", host, float64(n)/float64(len(sites[host].feeds))/time.Since(start).Hours()*24)
		}
		peak := 0
		for _, n := range sc.perSecond {
			peak = max(peak, n)
		}
		for m := range 60 {
			if share := float64(sc.minutes[m]) / float64(sc.requests); share > 0.15 {
				sc.fault("minute %d of the hour gets %.0f%% of the requests: no jitter", m, share*100)
			}
		}
		t.Logf("%d requests, at most %d in one second, %d faults", sc.requests, peak, len(sc.violations))
		for _, v := range sc.violations[:min(len(sc.violations), 40)] {
			t.Error(v)
		}
	})
}
