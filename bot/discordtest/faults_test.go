package discordtest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"sitrep/bot/discordtest"
)

const createMessage = "POST /channels/{channel_id}/messages"

// attempt posts a message and tolerates that there is no answer.
func attempt(ctx context.Context, r room, body string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.srv.URL()+r.messages(), strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = http.Header{"Authorization": {"Bot " + r.srv.Token()}, "User-Agent": {"DiscordBot (test, 1)"}, "Content-Type": {"application/json"}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// TestAmbiguousSends loses the answer in each way there is, with and without the work done, and sends again with the nonce.
func TestAmbiguousSends(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fault  discordtest.Fault
		status int // 0: no answer
	}{
		{"500", discordtest.Fault{Status: 500}, 500},
		{"502", discordtest.Fault{Status: 502}, 502},
		{"503", discordtest.Fault{Status: 503}, 503},
		{"reset", discordtest.Fault{Reset: true}, 0},
		{"hang", discordtest.Fault{Hang: true}, 0},
		{"edge", discordtest.Fault{RateLimit: "edge"}, 429},
	} {
		for _, after := range []bool{false, true} {
			r := newRoom(t, discordtest.Config{NoRateLimits: true})
			c.fault.On, c.fault.After = createMessage, after
			stop := r.srv.Fault(c.fault)
			ctx, cancel := context.WithCancel(within(t))
			if c.fault.Hang {
				go func() { // give up when the request has arrived, or its work is done
					_ = r.srv.Journal().Wait(within(t), "the request", func(j *discordtest.Journal) bool {
						rs := j.Requests(createMessage)
						return len(rs) > 0 && rs[0].Fault != "" && (!after || rs[0].Did != 0)
					})
					cancel()
				}()
			}
			body := `{"content":"x","nonce":"n","enforce_nonce":true}`
			status, err := attempt(ctx, r, body)
			cancel()
			if status != c.status || (c.status == 0) != (err != nil) {
				t.Errorf("%s after=%v: %d, %v", c.name, after, status, err)
			}
			want := 0
			if after {
				want = 1
			}
			if n := len(r.news.Messages()); n != want {
				t.Errorf("%s after=%v: %d messages, want %d", c.name, after, n, want)
			}
			if n := stop(); n != 1 {
				t.Errorf("%s: %d hits", c.name, n)
			}
			if status, err = attempt(within(t), r, body); status != 200 || err != nil {
				t.Errorf("%s: again: %d, %v", c.name, status, err)
			}
			if n := len(r.news.Messages()); n != 1 {
				t.Errorf("%s after=%v: %d messages in the end", c.name, after, n)
			}
			rs := r.srv.Journal().Requests(createMessage)
			if len(rs) != 2 || rs[0].Fault == "" || (rs[0].Did == 200) != after || rs[1].Fault != "" {
				t.Errorf("%s: journal %v", c.name, rs)
			}
		}
	}
}

func TestFaultChoice(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	post := func() int { return call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}).status }
	r.srv.Fault(discordtest.Fault{On: createMessage, Skip: 1, Times: 2, Status: 500})
	call(t, r.srv, "GET", r.messages(), nil).ok(t) // another route
	for i, want := range []int{200, 500, 500, 200} {
		if got := post(); got != want {
			t.Errorf("request %d: %d, want %d", i, got, want)
		}
	}
	stop := r.srv.Fault(discordtest.Fault{Times: -1, Unauthorized: true})
	for range 3 {
		if got := post(); got != 401 {
			t.Errorf("got %d", got)
		}
	}
	if n := stop(); n != 3 {
		t.Errorf("%d hits", n)
	}
	stop = r.srv.Fault(discordtest.Fault{On: createMessage, RateLimit: "shared", RetryAfter: 1500 * time.Millisecond})
	got := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"})
	if got.status != 429 || got.header.Get("X-RateLimit-Scope") != "shared" || got.header.Get("Retry-After") != "2" || got.body["retry_after"] != 1.5 {
		t.Errorf("shared: %d %v %s", got.status, got.header, got.raw)
	}
	stop()
	r.srv.Fault(discordtest.Fault{RateLimit: "edge"})
	got = call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"})
	if got.status != 429 || !strings.HasPrefix(got.raw, "<!DOCTYPE html>") || got.header.Get("Retry-After") != "1" {
		t.Errorf("edge: %d %s", got.status, got.raw)
	}
	if n, _ := r.srv.InvalidAnswers(); n != 3 { // the three 401s: neither the shared nor the edge's
		t.Errorf("%d invalid answers", n)
	}
	r.srv.Fault(discordtest.Fault{Delay: time.Millisecond})
	if post() != 200 {
		t.Error("a delay alone doesn't fail")
	}
	r.srv.Fault(discordtest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := attempt(ctx, r, `{"content":"x"}`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a slow answer: %v", err)
	}
}

func TestOutage(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	ws := connect(t, r.srv, 0)
	end := r.srv.Outage()
	for f := ws.read(); f.closed == 0; f = ws.read() {
	}
	if _, err := attempt(t.Context(), r, `{"content":"x"}`); err == nil {
		t.Error("an answer in an outage")
	}
	if _, _, err := websocket.Dial(within(t), r.srv.GatewayURL(), nil); err == nil {
		t.Error("a connection in an outage")
	}
	end()
	call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}).ok(t)
	dial(t, r.srv, r.srv.GatewayURL()).read()
}

// TestJournalFrames wakes who waits for a frame that comes without a request.
func TestJournalFrames(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{})
	connect(t, r.srv, 0)
	asked := false
	if err := r.srv.Journal().Wait(within(t), "a role", func(j *discordtest.Journal) bool {
		if !asked {
			asked = true
			r.guild.AddRole("readers", 0)
			return false
		}
		fs := j.Frames()
		return fs[len(fs)-1].Event == "GUILD_ROLE_CREATE"
	}); err != nil {
		t.Fatal(err)
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	call(t, r.srv, "GET", "/gateway", nil).ok(t)
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}, "a.txt").ok(t)
	call(t, r.srv, "GET", "/nothing", nil)
	j := r.srv.Journal()
	if err := j.Wait(within(t), "three requests", func(j *discordtest.Journal) bool {
		rs := j.Requests()
		return len(rs) == 3 && rs[0].Done && rs[1].Done && rs[2].Done
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(j.Requests("GET")); n != 2 {
		t.Errorf("%d GETs", n)
	}
	rs := j.Requests(createMessage, "/gateway")
	if len(rs) != 2 || rs[0].Route != "/gateway" {
		t.Fatalf("filtered: %v", rs)
	}
	m := rs[1]
	if m.JSON()["content"] != "x" || len(m.Files) != 1 || string(m.Files[0].Data) != "content of a.txt" || m.Params["channel_id"] != r.news.ID ||
		m.Status != 200 || m.Did != 200 || !strings.Contains(string(m.Response), `"content":"x"`) || m.Header.Get("Authorization") != "(present)" {
		t.Errorf("entry = %+v", m)
	}
	if rs := j.RequestsFrom(2); len(rs) != 1 || rs[0].N != 2 || len(j.RequestsFrom(9)) != 0 {
		t.Errorf("from 2: %v", rs)
	}
	if x := j.Requests()[2]; x.Route != "" || x.Status != 404 {
		t.Errorf("unknown path: %+v", x)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Wait(ctx, "the impossible", func(*discordtest.Journal) bool { return false }); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the impossible") {
		t.Errorf("Wait = %v", err)
	}
	r.srv.Close()
	if err := j.Wait(within(t), "anything", func(*discordtest.Journal) bool { return false }); err == nil {
		t.Error("waiting goes on after the end")
	}
}
