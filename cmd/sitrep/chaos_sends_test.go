package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
	"sitrep/store"
)

const createMessage = "POST /channels/{channel_id}/messages"

// impatient is a wire on which an answer that hangs is given up, as soon as
// Discord has done what it was asked, and on which the edge in front of it may stand.
type impatient struct {
	next    http.RoundTripper
	journal *discordtest.Journal
	hangs   atomic.Bool // answers do
	blocked atomic.Bool // every request is answered by a page that doesn't say for how long
	refused atomic.Int64
}

func (w *impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.blocked.Load() {
		w.refused.Add(1)
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}, "Server": {"cloudflare"}},
			Body: io.NopCloser(strings.NewReader("<!DOCTYPE html><title>Access denied</title><h1>Error 1015</h1>")), Request: r}, nil
	}
	if !w.hangs.Load() {
		return w.next.RoundTrip(r)
	}
	ctx, cancel := context.WithCancel(r.Context())
	before := len(w.journal.Requests())
	go func() {
		defer cancel()
		_ = w.journal.Wait(ctx, "an answer that hangs", func(j *discordtest.Journal) bool {
			return slices.ContainsFunc(j.Requests(createMessage), func(q discordtest.Request) bool {
				return q.N >= before && q.Did != 0 && strings.HasSuffix(r.URL.Path, q.Path)
			})
		})
	}()
	resp, err := w.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	context.AfterFunc(r.Context(), cancel) // the body is still to be read
	return resp, nil
}

// A post is the real sender on a real SQLite store, before a Discord whose clock
// stands until the test moves it.
type post struct {
	t        *testing.T
	clock    *discordtest.Clock
	srv      *discordtest.Server
	store    *store.Store
	sender   *discord.Sender
	wire     *impatient
	channels []*discordtest.Channel
	wrote    []int // messages put into the outbox, by channel
}

func newPost(t *testing.T, channels int) *post {
	t.Helper()
	p := &post{t: t, clock: discordtest.NewClock(time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)), wrote: make([]int, channels),
		wire: &impatient{next: http.DefaultTransport}}
	p.srv = discordtest.Start(discordtest.Config{Clock: p.clock, NoRateLimits: true})
	p.wire.journal = p.srv.Journal()
	t.Cleanup(p.srv.Close)
	guild := p.srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	for i := range channels {
		p.channels = append(p.channels, guild.AddChannel(discordtest.ChannelConfig{Name: fmt.Sprint("news-", i)}))
	}
	log := slog.New(slog.DiscardHandler)
	var err error
	if p.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "sitrep.db"), store.Options{Now: p.clock.Now, Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.store.Close() })
	if err := p.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.sender = discord.NewSender(discord.SenderConfig{Outbox: p.store, Log: log, Now: p.clock.Now,
		REST: discord.NewREST(discord.RESTConfig{Token: p.srv.Token(), API: p.srv.URL(), Log: log, Now: p.clock.Now, Transport: p.wire})})
	return p
}

// write puts one more message for each channel into the outbox.
func (p *post) write() {
	p.t.Helper()
	var ds []bot.Delivery
	for i, c := range p.channels {
		payload, err := json.Marshal(discord.Envelope{Message: json.RawMessage(fmt.Sprintf(
			`{"flags":32768,"allowed_mentions":{"parse":[]},"components":[{"type":10,"content":"number %d"}]}`, p.wrote[i]))})
		if err != nil {
			p.t.Fatal(err)
		}
		ds = append(ds, bot.Delivery{Key: fmt.Sprint(i, ":", p.wrote[i]), ChannelID: c.ID, Payload: payload, State: bot.Pending, CreatedAt: p.clock.Now()})
		p.wrote[i]++
	}
	if err := p.store.Enqueue(p.t.Context(), ds); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) once() int {
	p.t.Helper()
	p.clock.Advance(time.Second) // the bot keeps to so many requests a second
	n, err := p.sender.Once(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// empty has the sender go on until the outbox is empty.
func (p *post) empty() {
	p.t.Helper()
	for range 10_000 {
		if p.once() > 0 {
			continue
		}
		st, err := p.store.Status(p.t.Context(), "")
		if err != nil {
			p.t.Fatal(err)
		}
		if st.Outbox == 0 {
			return
		}
		p.clock.Advance(time.Minute)
	}
	p.t.Fatal("the outbox doesn't empty")
}

// judge holds that each channel says its numbers once, in their order.
func (p *post) judge() (lost, doubled, disorder, messages int) {
	p.t.Helper()
	for i, c := range p.channels {
		count := map[string]int{}
		last := -1
		for _, m := range c.Messages() {
			messages++
			count[m.Text()]++
			n := -1
			if _, err := fmt.Sscanf(m.Text(), "number %d", &n); err != nil {
				p.t.Errorf("a message that nobody ordered: %s", m.Text())
			}
			if n < last {
				disorder++
			}
			last = n
		}
		for n := range p.wrote[i] {
			switch k := count[fmt.Sprint("number ", n)]; {
			case k == 0:
				lost++
			case k > 1:
				doubled++
			}
		}
	}
	if lost+doubled+disorder > 0 {
		p.t.Errorf("lost %d, doubled %d, out of order %d", lost, doubled, disorder)
	}
	return lost, doubled, disorder, messages
}

// TestChaosAmbiguousSends loses the answer to each message in one of the ways
// there are, and tries again at once, or long after Discord has forgotten it.
func TestChaosAmbiguousSends(t *testing.T) {
	t.Parallel()
	faults := []discordtest.Fault{
		{Status: 502, After: true}, {Status: 503}, {Status: 504, After: true}, {Reset: true, After: true}, {Reset: true},
		{Status: 500, After: true}, {Status: 502}, {Reset: true, After: true}, {Status: 502, After: true}, {Hang: true, After: true},
	}
	p := newPost(t, 5)
	want, hit := long(50, 500), 0
	for round := 0; hit < want; round++ {
		p.write()
		fault := faults[round%len(faults)]
		fault.On, fault.Times = createMessage, -1
		stop := p.srv.Fault(fault)
		p.wire.hangs.Store(fault.Hang)
		p.once()
		p.wire.hangs.Store(false)
		hit += stop()
		// At once, when Discord may recognise the nonce, or when it has forgotten.
		p.clock.Advance([]time.Duration{2 * time.Second, 95 * time.Second, 10 * time.Minute, 3 * time.Hour}[rand.IntN(4)])
		p.once()
	}
	p.empty()
	lost, doubled, disorder, messages := p.judge()
	t.Logf("%d ambiguous sends, %d messages: lost %d, doubled %d, out of order %d", hit, messages, lost, doubled, disorder)
}

// TestChaosDiscordIsOut takes Discord away for an hour, in which a message a
// minute is due in each of eight channels: all come, and few answers on the way
// count against the address.
func TestChaosDiscordIsOut(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]func(*post) (end func()){
		"no connection": func(p *post) func() { return p.srv.Outage() },
		"5xx": func(p *post) func() {
			stop := p.srv.Fault(discordtest.Fault{Status: 503, Times: -1})
			return func() { stop() }
		},
		"5xx though it worked": func(p *post) func() {
			stop := p.srv.Fault(discordtest.Fault{On: createMessage, Status: 502, After: true, Times: -1})
			return func() { stop() }
		},
		"limited by route": func(p *post) func() {
			stop := p.srv.Fault(discordtest.Fault{On: createMessage, RateLimit: "user", RetryAfter: time.Minute, Times: -1})
			return func() { stop() }
		},
		"limited over all": func(p *post) func() {
			stop := p.srv.Fault(discordtest.Fault{RateLimit: "global", RetryAfter: 30 * time.Second, Times: -1})
			return func() { stop() }
		},
		"blocked at the edge": func(p *post) func() {
			stop := p.srv.Fault(discordtest.Fault{RateLimit: "edge", RetryAfter: 90 * time.Second, Times: -1})
			return func() { stop() }
		},
		"blocked at the edge, not told for how long": func(p *post) func() {
			p.wire.blocked.Store(true)
			return func() { p.wire.blocked.Store(false) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, 8)
			end := out(p)
			invalid := 0
			for range 60 {
				p.write()
				p.once()
				p.clock.Advance(time.Minute)
				n, banned := p.srv.InvalidAnswers()
				if invalid = max(invalid, n, int(p.wire.refused.Load())); banned {
					t.Fatal("the address was banned")
				}
			}
			end()
			p.empty()
			lost, doubled, disorder, messages := p.judge()
			t.Logf("%d messages: lost %d, doubled %d, out of order %d; at most %d invalid answers in ten minutes", messages, lost, doubled, disorder, invalid)
			if invalid > 100 {
				t.Errorf("%d invalid answers in ten minutes, more than 1%% of what is allowed", invalid)
			}
		})
	}
}
