package discord

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// answers is a transport that answers in memory, so that waiting takes no time.
type answers func(req *http.Request) (status int, header map[string]string, body string)

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	status, header, body := a(req)
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func request(t *testing.T, method, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "https://discord.com/api/v10"+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func send(t *testing.T, l *Limiter, method, path string) *http.Response {
	t.Helper()
	resp, err := l.RoundTrip(request(t, method, path))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	drain(resp.Body)
	return resp
}

func TestLimiterWaitsForAnExhaustedBucketAndLetsOthersPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "b1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5"}, "{}"
		}), time.Now)
		start := time.Now()
		send(t, l, "POST", "/channels/100000000000000001/messages")
		send(t, l, "POST", "/channels/100000000000000002/messages")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("another channel's bucket waited %v", waited)
		}
		send(t, l, "POST", "/channels/100000000000000001/messages")
		if waited := time.Since(start); waited != 1500*time.Millisecond {
			t.Errorf("an exhausted bucket was used again after %v", waited)
		}
	})
}

func TestLimiterSharesABucketBetweenRoutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "shared", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "2"}, "{}"
		}), time.Now)
		send(t, l, "POST", "/channels/100000000000000001/messages")
		send(t, l, "PUT", "/channels/100000000000000001/pins/100000000000000009") // learns that it shares the bucket
		start := time.Now()
		send(t, l, "POST", "/channels/100000000000000001/messages")
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("a bucket that another route emptied was used after %v", waited)
		}
	})
}

func TestLimiterHoldsEverythingBackAfterAGlobal429(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := true
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			if first {
				first = false
				return 429, map[string]string{"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, `{"retry_after": 10, "global": true}`
			}
			return 200, nil, "{}"
		}), time.Now)
		start := time.Now()
		if resp := send(t, l, "GET", "/users/@me"); resp.StatusCode != 429 {
			t.Fatalf("a long wait must go to the caller, got %d", resp.StatusCode)
		}
		send(t, l, "POST", "/interactions/100000000000000001/token/callback")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("interactions are exempt from the global limit, waited %v", waited)
		}
		send(t, l, "GET", "/gateway/bot")
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("another route went on after %v", waited)
		}
	})
}

func TestLimiterWaitsOutAShort429Once(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			b, _ := io.ReadAll(req.Body)
			bodies = append(bodies, string(b))
			if len(bodies) == 1 {
				return 429, map[string]string{"X-RateLimit-Scope": "user"}, `{"retry_after": 0.5}`
			}
			return 200, nil, "{}"
		}), time.Now)
		if resp := send(t, l, "POST", "/channels/100000000000000001/messages"); resp.StatusCode != 200 {
			t.Errorf("status %d", resp.StatusCode)
		}
		if len(bodies) != 2 || bodies[0] != bodies[1] {
			t.Errorf("the second try must send the same body: %q", bodies)
		}
	})
}

func TestLimiterTurnsAnHTML429IntoJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return 429, map[string]string{"Retry-After": "30"}, "<html>error 1015</html>"
		}), time.Now)
		resp, err := l.RoundTrip(request(t, "GET", "/users/@me"))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if !strings.Contains(string(body), `"retry_after":30`) {
			t.Errorf("body %q", body)
		}
	})
}

// Blocked at the edge for an hour, a hundred requests that wait ask a few times in
// all whether it still holds, and pass one and all when it doesn't.
func TestLimiterAsksOneByOneWhetherABlockHolds(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]map[string]string{
		"told for how long": {"Content-Type": "text/html", "Retry-After": "60"},
		"not told":          {"Content-Type": "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				var mu sync.Mutex
				refused, passed := 0, 0
				l := NewLimiter(answers(func(*http.Request) (int, map[string]string, string) {
					mu.Lock()
					defer mu.Unlock()
					if time.Since(begun) < time.Hour {
						refused++
						return 429, header, "<html><h1>Error 1015</h1></html>"
					}
					passed++
					return 200, nil, "{}"
				}), time.Now)
				l.Log = slog.New(slog.DiscardHandler)
				send(t, l, "GET", "/users/@me")
				var wg sync.WaitGroup
				for range 100 {
					wg.Go(func() {
						for send(t, l, "POST", "/channels/100000000000000001/messages").StatusCode != 200 {
						}
					})
				}
				wg.Wait()
				most := 60
				if name == "not told" {
					most = 7
				}
				if refused > most || passed != 100 {
					t.Errorf("%d asked in an hour, %d passed", refused, passed)
				}
				if took := time.Since(begun); took > time.Hour+maxEdgeWait {
					t.Errorf("all passed after %v", took)
				}
			})
		})
	}
}

// A request that would have to wait for longer than it may leaves its place to
// others at once, and says how long it would have been.
func TestLimiterDoesNotWaitInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(*http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "90"}, "{}"
		}), time.Now)
		send(t, l, "GET", "/users/@me")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := l.RoundTrip(request(t, "GET", "/users/@me").WithContext(ctx))
		if f := judge(err); f.wait != 90*time.Second || !time.Now().Equal(start) {
			t.Errorf("after %v: %v, to wait %v", time.Since(start), err, f.wait)
		}
	})
}

func TestLimiterKeepsTheGlobalRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) { return 200, nil, "{}" }), time.Now)
		start := time.Now()
		var wg sync.WaitGroup
		for range 120 {
			wg.Go(func() { send(t, l, "GET", "/users/@me") })
		}
		wg.Wait()
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("120 requests at 50 a second took %v", took)
		}
	})
}

func TestLimiterBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		status, scope := 403, ""
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return status, map[string]string{"X-RateLimit-Scope": scope, "Retry-After": "3"}, `{"retry_after": 3}`
		}), time.Now)
		status, scope = 429, "shared" // doesn't count
		for range 3 {
			send(t, l, "POST", "/channels/100000000000000001/messages")
		}
		if n := l.Stats().Invalid; n != 0 {
			t.Fatalf("shared 429s were counted: %d", n)
		}
		status, scope = 403, ""
		for range breakerInvalid {
			send(t, l, "GET", "/users/@me")
		}
		if _, err := l.RoundTrip(request(t, "GET", "/users/@me")); !errors.Is(err, ErrBreaker) {
			t.Errorf("after %d refused requests: %v", breakerInvalid, err)
		}
		time.Sleep(12 * time.Minute)
		if _, err := l.RoundTrip(request(t, "GET", "/users/@me")); err != nil {
			t.Errorf("twelve minutes later: %v", err)
		}
	})
}

func TestLimiterHeedsTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "3600"}, "{}"
		}), time.Now)
		send(t, l, "GET", "/users/@me")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.RoundTrip(request(t, "GET", "/users/@me").WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err %v", err)
		}
	})
}

func TestLimiterMemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(answers(func(req *http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "w", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "0.001"}, "{}"
		}), time.Now)
		for i := range 3 * maxBuckets {
			time.Sleep(time.Millisecond)
			send(t, l, "POST", "/webhooks/100000000000000001/token"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String())
		}
		if n := len(l.buckets); n > maxBuckets+1 {
			t.Errorf("%d buckets", n)
		}
		if n := len(l.routes); n > 2*maxBuckets {
			t.Errorf("%d routes", n)
		}
	})
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/channels/100000000000000001/messages/100000000000000002": "GET channels/100000000000000001/messages/:id",
		"/guilds/100000000000000001/members/100000000000000002":    "GET guilds/100000000000000001/members/:id",
		"/users/@me/channels":                                 "GET users/@me/channels",
		"/interactions/100000000000000001/abc/callback":       "GET interactions/:id/:token/callback",
		"/webhooks/100000000000000001/abc/messages/@original": "GET webhooks/100000000000000001/abc/messages/@original",
	} {
		if got, _ := routeOf(request(t, "GET", path)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// overslept is a context whose time is over, in a process whose timers have not
// fired yet: it was stopped meanwhile.
type overslept struct{ context.Context }

func (overslept) Deadline() (time.Time, bool) { return time.Now().Add(-time.Minute), true }

func TestLimiterSendsNothingAfterItsTime(t *testing.T) {
	t.Parallel()
	l := NewLimiter(answers(func(*http.Request) (int, map[string]string, string) {
		t.Error("sent after its time")
		return 200, nil, "{}"
	}), time.Now)
	req := request(t, "POST", "/channels/100000000000000001/messages")
	resp, err := l.RoundTrip(req.WithContext(overslept{req.Context()}))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err %v", err)
	}
	if err == nil {
		drain(resp.Body)
	}
}

// Nothing leaves after the stop, though what had left is waited for.
func TestLimiterBeginsNothingAfterTheStop(t *testing.T) {
	t.Parallel()
	sent := 0
	l := NewLimiter(answers(func(*http.Request) (int, map[string]string, string) {
		sent++
		return 200, nil, "{}"
	}), time.Now)
	ctx, stop := context.WithCancel(t.Context())
	graced, end := withGrace(ctx, time.Minute, time.Minute)
	defer end()
	stop()
	if _, err := l.RoundTrip(request(t, "POST", "/channels/100000000000000001/messages").WithContext(graced)); !errors.Is(err, context.Canceled) || sent > 0 {
		t.Errorf("%d requests, %v", sent, err)
	}
}
