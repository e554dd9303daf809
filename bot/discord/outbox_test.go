package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
)

// memoryOutbox is a bot.Outbox in memory.
type memoryOutbox struct {
	mu     sync.Mutex
	rows   []bot.Delivery
	lease  map[int64]time.Time
	parked map[string]bool
	refuse error // what MarkPosted answers
	deaf   error // what MarkSending answers
}

func (o *memoryOutbox) add(ds ...bot.Delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range ds {
		d.ID = int64(len(o.rows) + 1)
		d.State = bot.Pending
		o.rows = append(o.rows, d)
	}
}

func (o *memoryOutbox) row(id int64) *bot.Delivery { return &o.rows[id-1] }

func (o *memoryOutbox) get(id int64) bot.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return *o.row(id)
}

func (o *memoryOutbox) LeaseDeliveries(_ context.Context, now time.Time, limit int, lease time.Duration) ([]bot.Delivery, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []bot.Delivery
	seen := map[string]bool{}
	for i := range o.rows {
		d := &o.rows[i]
		if d.State == bot.Posted || d.State == bot.Failed || seen[d.Route()] {
			continue
		}
		seen[d.Route()] = true
		if o.parked[d.Route()] || d.NotBefore.After(now) || o.lease[d.ID].After(now) || len(out) == limit {
			continue
		}
		d.State = bot.Sending
		o.lease[d.ID] = now.Add(lease)
		out = append(out, *d)
	}
	return out, nil
}

func (o *memoryOutbox) MarkSending(_ context.Context, id int64, at time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.deaf != nil {
		return o.deaf
	}
	d := o.row(id)
	d.Attempts++
	if d.FirstSent.IsZero() {
		d.FirstSent = at
	}
	return nil
}

func (o *memoryOutbox) MarkPosted(_ context.Context, id int64, messageID, postedIn string, at time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return o.refuse
	}
	d := o.row(id)
	d.State, d.MessageID, d.PostedIn, d.PostedAt = bot.Posted, messageID, postedIn, at
	return nil
}

func (o *memoryOutbox) MarkRetry(_ context.Context, id int64, notBefore time.Time, reason string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	d := o.row(id)
	d.State, d.NotBefore, d.Error = bot.Pending, notBefore, reason
	delete(o.lease, id)
	return nil
}

func (o *memoryOutbox) MarkFailed(_ context.Context, id int64, reason string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.row(id).State, o.row(id).Error = bot.Failed, reason
	return nil
}

func (o *memoryOutbox) ParkRoute(_ context.Context, route, _ string, _ time.Time) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.parked[route]
	o.parked[route] = true
	return first, nil
}

func (o *memoryOutbox) UnparkRoute(_ context.Context, route string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.parked, route)
	return nil
}

func (o *memoryOutbox) ParkedRoutes(context.Context, string) ([]bot.ParkedRoute, error) {
	return nil, nil
}
func (o *memoryOutbox) Enqueue(context.Context, []bot.Delivery) error { return nil }
func (o *memoryOutbox) DeliveryByMessage(context.Context, string) (bot.Delivery, error) {
	return bot.Delivery{}, bot.ErrNotFound
}

func (o *memoryOutbox) DigestDeliveries(_ context.Context, digestID int64) ([]bot.Delivery, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []bot.Delivery
	for _, d := range o.rows {
		if d.DigestID == digestID {
			out = append(out, d)
		}
	}
	return out, nil
}

type senderRig struct {
	srv    *discordtest.Server
	guild  *discordtest.Guild
	clock  *discordtest.Clock
	outbox *memoryOutbox
	sender *discord.Sender
	parked []string
}

func newSenderRig(t *testing.T) *senderRig {
	t.Helper()
	clock := discordtest.NewClock(time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC))
	srv := discordtest.Start(discordtest.Config{Clock: clock, NoRateLimits: true})
	t.Cleanup(srv.Close)
	r := &senderRig{srv: srv, clock: clock, guild: srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"}),
		outbox: &memoryOutbox{lease: map[int64]time.Time{}, parked: map[string]bool{}}}
	r.sender = r.newSender(nil)
	return r
}

func (r *senderRig) newSender(step func(string, bot.Delivery)) *discord.Sender {
	log := slog.New(slog.DiscardHandler)
	rest := discord.NewREST(discord.RESTConfig{Token: r.srv.Token(), API: r.srv.URL(), Log: log})
	return discord.NewSender(discord.SenderConfig{REST: rest, Outbox: r.outbox, Log: log, Now: r.clock.Now, Step: step,
		Parked: func(_ context.Context, d bot.Delivery, reason string) {
			r.parked = append(r.parked, d.Route()+": "+reason)
		}})
}

// run drains the outbox, moving the clock over waits.
func (r *senderRig) run(t *testing.T) {
	t.Helper()
	for range 60 {
		n, err := r.sender.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if r.done() {
				return
			}
			r.clock.Advance(91 * time.Second)
		}
	}
	t.Fatal("the outbox doesn't empty")
}

func (r *senderRig) done() bool {
	r.outbox.mu.Lock()
	defer r.outbox.mu.Unlock()
	return !slices.ContainsFunc(r.outbox.rows, func(d bot.Delivery) bool {
		return d.State != bot.Posted && d.State != bot.Failed && !r.outbox.parked[d.Route()]
	})
}

func payload(t *testing.T, text string, thread *discord.ThreadSpec) []byte {
	t.Helper()
	message := fmt.Sprintf(`{"flags":32768,"allowed_mentions":{"parse":[]},"components":[{"type":10,"content":%q}]}`, text)
	b, err := json.Marshal(discord.Envelope{Message: json.RawMessage(message), Thread: thread})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func said(messages []*discordtest.Message) (out []string) {
	for _, m := range messages {
		for c := range discordtest.Walk(m.Components) {
			if c.Content != "" {
				out = append(out, c.Content)
			}
		}
	}
	return out
}

func TestSenderKeepsOrderAndPostsOnce(t *testing.T) {
	t.Parallel()
	r := newSenderRig(t)
	news, sport := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"}), r.guild.AddChannel(discordtest.ChannelConfig{Name: "sport"})
	for i := range 5 {
		r.outbox.add(bot.Delivery{Key: fmt.Sprint("digest:1:a:", i), ChannelID: news.ID, Payload: payload(t, fmt.Sprint("news ", i), nil)},
			bot.Delivery{Key: fmt.Sprint("digest:2:a:", i), ChannelID: sport.ID, Payload: payload(t, fmt.Sprint("sport ", i), nil)})
	}
	r.run(t)
	if got := strings.Join(said(news.Messages()), ","); got != "news 0,news 1,news 2,news 3,news 4" {
		t.Errorf("news: %s", got)
	}
	if got := len(sport.Messages()); got != 5 {
		t.Errorf("%d in sport", got)
	}
	if d := r.outbox.get(1); d.MessageID != news.Messages()[0].ID || d.PostedIn != news.ID {
		t.Errorf("recorded as %q in %q", d.MessageID, d.PostedIn)
	}
}

// Every way in which an answer can be lost, at once and long after Discord has
// forgotten the nonce: each message stands there once.
func TestSenderAmbiguousSends(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]discordtest.Fault{
		"5xx after the work":    {Status: 502, After: true},
		"5xx before the work":   {Status: 503},
		"reset after the work":  {Reset: true, After: true},
		"reset before the work": {Reset: true},
	} {
		for _, pause := range []time.Duration{0, 10 * time.Minute} {
			t.Run(fmt.Sprint(name, " ", pause), func(t *testing.T) {
				t.Parallel()
				r := newSenderRig(t)
				news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
				fault := fault
				fault.On = "POST /channels/{channel_id}/messages"
				r.srv.Fault(fault)
				r.outbox.add(bot.Delivery{Key: "digest:1:a:0", ChannelID: news.ID, Payload: payload(t, "one", nil)},
					bot.Delivery{Key: "digest:1:a:1", ChannelID: news.ID, Payload: payload(t, "two", nil)})
				if _, err := r.sender.Once(t.Context()); err != nil {
					t.Fatal(err)
				}
				if pause == 0 {
					r.clock.Advance(2 * time.Second)
				} else {
					r.clock.Advance(pause)
				}
				r.run(t)
				if got := strings.Join(said(news.Messages()), ","); got != "one,two" {
					t.Errorf("the channel says %q", got)
				}
			})
		}
	}
}

// A process that dies between the send and the record sends nothing twice.
func TestSenderDiesAtEachStep(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"before send", "sent", "recorded"} {
		for _, pause := range []time.Duration{2 * time.Minute, time.Hour} {
			t.Run(fmt.Sprint(at, " ", pause), func(t *testing.T) {
				t.Parallel()
				r := newSenderRig(t)
				news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
				r.outbox.add(bot.Delivery{Key: "digest:1:a:0", ChannelID: news.ID, Payload: payload(t, "one", nil)},
					bot.Delivery{Key: "digest:1:a:1", ChannelID: news.ID, Payload: payload(t, "two", nil)})
				dying := r.newSender(func(step string, d bot.Delivery) {
					if step == at && d.ID == 1 {
						r.outbox.mu.Lock()
						r.outbox.refuse = errors.New("the process is gone")
						r.outbox.mu.Unlock()
					}
				})
				_, _ = dying.Once(t.Context())
				r.outbox.refuse = nil
				r.clock.Advance(pause)
				r.run(t)
				if got := strings.Join(said(news.Messages()), ","); got != "one,two" {
					t.Errorf("the channel says %q", got)
				}
			})
		}
	}
}

// Nothing leaves before the record says that it may have: not on a full disk.
func TestSenderIsSilentWhereItCannotRecord(t *testing.T) {
	t.Parallel()
	for name, thread := range map[string]*discord.ThreadSpec{"channel": nil, "forum": {Name: "Briefing"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newSenderRig(t)
			kind := discordtest.ChannelText
			if thread != nil {
				kind = discordtest.ChannelForum
			}
			news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news", Type: kind})
			r.outbox.add(bot.Delivery{Key: "digest:1:a:0", ChannelID: news.ID, Payload: payload(t, "one", thread)})
			r.outbox.deaf = errors.New("no space left on device")
			for range 5 {
				if _, err := r.sender.Once(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.clock.Advance(10 * time.Minute)
			}
			for _, call := range r.srv.Journal().Requests() {
				if call.Method != http.MethodGet {
					t.Errorf("%s %s left without a record", call.Method, call.Path)
				}
			}
			r.outbox.deaf = nil
			r.run(t)
			if d := r.outbox.get(1); d.State != bot.Posted {
				t.Errorf("with room again: %s, %s", d.State, d.Error)
			}
		})
	}
}

func TestSenderParksClosedRoutesWithOneCall(t *testing.T) {
	t.Parallel()
	for name, close := range map[string]func(r *senderRig, c *discordtest.Channel, u *discordtest.User){
		"may not post": func(_ *senderRig, c *discordtest.Channel, _ *discordtest.User) { c.Deny(discordtest.SendMessages) },
		"can't see":    func(_ *senderRig, c *discordtest.Channel, _ *discordtest.User) { c.Deny(discordtest.ViewChannel) },
		"deleted":      func(_ *senderRig, c *discordtest.Channel, _ *discordtest.User) { c.Delete() },
		"kicked":       func(r *senderRig, _ *discordtest.Channel, _ *discordtest.User) { r.guild.KickBot() },
		"DMs closed":   func(_ *senderRig, _ *discordtest.Channel, u *discordtest.User) { u.CloseDMs() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newSenderRig(t)
			news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
			ada := r.guild.AddMember("Ada", discordtest.MemberConfig{})
			close(r, news, ada)
			target := bot.Delivery{ChannelID: news.ID}
			if name == "DMs closed" {
				target = bot.Delivery{UserID: ada.ID}
			}
			for i := range 3 {
				d := target
				d.Key, d.Payload = fmt.Sprint("digest:1:a:", i), payload(t, fmt.Sprint(i), nil)
				r.outbox.add(d)
			}
			r.run(t)
			for range 3 {
				r.clock.Advance(time.Hour)
				if _, err := r.sender.Once(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(r.parked) != 1 {
				t.Errorf("told %d times: %v", len(r.parked), r.parked)
			}
			if n, _ := r.srv.InvalidAnswers(); n > 1 {
				t.Errorf("%d refused calls", n)
			}
		})
	}
}

func TestSenderStopsWhenTheTokenIsRevoked(t *testing.T) {
	t.Parallel()
	r := newSenderRig(t)
	news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	r.srv.RevokeToken()
	r.outbox.add(bot.Delivery{Key: "k", ChannelID: news.ID, Payload: payload(t, "one", nil)})
	if err := r.sender.Run(t.Context()); !errors.Is(err, discord.ErrToken) {
		t.Errorf("err %v", err)
	}
	if d := r.outbox.get(1); d.State != bot.Pending {
		t.Errorf("the delivery is %s: it must wait for a new token", d.State)
	}
}

// wire is a transport that a test answers itself.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func answer(r *http.Request, body string, header http.Header) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// Asked to stop, the sender finishes what has left, to the digest's thread, and
// records it; what waits for its turn stays where it is.
func TestSenderFinishesWhatHasLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		requests := map[string]int{}
		var mu sync.Mutex
		transport := wire(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			requests[r.URL.Path[strings.Index(r.URL.Path, "/channels"):]]++
			mu.Unlock()
			if r.Method == http.MethodGet {
				return answer(r, `{"id":"1","type":0}`, nil), nil
			}
			if strings.HasSuffix(r.URL.Path, "/threads") {
				return answer(r, `{"id":"300"}`, nil), nil
			}
			if strings.Contains(r.URL.Path, "/channels/2/") { // it has room for one message a minute
				return answer(r, `{"id":"200"}`, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-After": {"60"}}), nil
			}
			stop()
			select {
			case <-time.After(3 * time.Second):
				return answer(r, `{"id":"100"}`, nil), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		outbox := &memoryOutbox{lease: map[int64]time.Time{}, parked: map[string]bool{}}
		outbox.add(bot.Delivery{Key: "other", ChannelID: "2", Payload: payload(t, "other", nil)})
		sender := discord.NewSender(discord.SenderConfig{Outbox: outbox, Log: slog.New(slog.DiscardHandler),
			REST: discord.NewREST(discord.RESTConfig{Token: "t", Log: slog.New(slog.DiscardHandler), Transport: transport})})
		if _, err := sender.Once(ctx); err != nil {
			t.Fatal(err)
		}
		outbox.add(bot.Delivery{Key: "left", ChannelID: "1", Payload: payload(t, "left", &discord.ThreadSpec{Name: "Tuesday"})},
			bot.Delivery{Key: "second", ChannelID: "1", Payload: payload(t, "second", nil)},
			bot.Delivery{Key: "waits", ChannelID: "2", Payload: payload(t, "waits", nil)})
		start := time.Now()
		if err := sender.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 3*time.Second || took > 10*time.Second {
			t.Errorf("it stopped after %v", took)
		}
		for id, want := range map[int64]bot.DeliveryState{1: bot.Posted, 2: bot.Posted, 3: bot.Pending, 4: bot.Pending} {
			if d := outbox.get(id); d.State != want {
				t.Errorf("%q is %s, want %s", d.Key, d.State, want)
			}
		}
		if requests["/channels/1/messages"] != 1 || requests["/channels/1/messages/100/threads"] != 1 || requests["/channels/2/messages"] != 1 {
			t.Errorf("requests: %v", requests)
		}
	})
}

// An answer that doesn't come holds the stop up for seconds, no longer.
func TestSenderStopsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		transport := wire(func(r *http.Request) (*http.Response, error) {
			stop()
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		outbox := &memoryOutbox{lease: map[int64]time.Time{}, parked: map[string]bool{}}
		outbox.add(bot.Delivery{Key: "left", ChannelID: "1", Payload: payload(t, "left", nil)})
		sender := discord.NewSender(discord.SenderConfig{Outbox: outbox, Log: slog.New(slog.DiscardHandler),
			REST: discord.NewREST(discord.RESTConfig{Token: "t", Log: slog.New(slog.DiscardHandler), Transport: transport})})
		start := time.Now()
		if err := sender.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("it stopped after %v", took)
		}
		if d := outbox.get(1); d.State != bot.Pending || d.FirstSent.IsZero() {
			t.Errorf("it is %s, first sent %v: the next process must know that it may be there", d.State, d.FirstSent)
		}
	})
}

func TestSenderGivesUpWhatDiscordRefuses(t *testing.T) {
	t.Parallel()
	r := newSenderRig(t)
	news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	r.outbox.add(bot.Delivery{Key: "a", ChannelID: news.ID, Payload: payload(t, strings.Repeat("x", 5000), nil)},
		bot.Delivery{Key: "b", ChannelID: news.ID, Payload: []byte("no envelope")},
		bot.Delivery{Key: "c", ChannelID: news.ID, Payload: payload(t, "fine", nil)})
	r.run(t)
	if got := strings.Join(said(news.Messages()), ","); got != "fine" {
		t.Errorf("the channel says %q", got)
	}
	for id := int64(1); id <= 2; id++ {
		if d := r.outbox.get(id); d.State != bot.Failed || d.Error == "" {
			t.Errorf("delivery %d is %s (%q)", id, d.State, d.Error)
		}
	}
}

func TestSenderWaitsOutRateLimits(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"user", "shared", "global", "edge"} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			r := newSenderRig(t)
			news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
			r.srv.Fault(discordtest.Fault{On: "POST /channels/{channel_id}/messages", RateLimit: scope, RetryAfter: 30 * time.Second})
			r.outbox.add(bot.Delivery{Key: "a", ChannelID: news.ID, Payload: payload(t, "one", nil)})
			if _, err := r.sender.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			if d := r.outbox.get(1); d.State != bot.Pending || d.NotBefore.Sub(r.clock.Now()) < 30*time.Second {
				t.Errorf("%s, again in %v", d.State, d.NotBefore.Sub(r.clock.Now()))
			}
		})
	}
}

func TestSenderThreads(t *testing.T) {
	t.Parallel()
	r := newSenderRig(t)
	news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	forum := r.guild.AddChannel(discordtest.ChannelConfig{Name: "digests", Type: discordtest.ChannelForum})
	for i, c := range []*discordtest.Channel{news, forum} {
		for part := range 3 {
			r.outbox.add(bot.Delivery{Key: fmt.Sprint(i, part), ChannelID: c.ID, DigestID: int64(i + 1), Part: part,
				Payload: payload(t, fmt.Sprint("part ", part), &discord.ThreadSpec{Name: "Tuesday", Join: part > 0})})
		}
	}
	// The answer to the forum post is lost: it must be found, not made twice.
	r.srv.Fault(discordtest.Fault{On: "POST /channels/{channel_id}/threads", Status: 502, After: true})
	r.run(t)
	if got := strings.Join(said(news.Messages()), ","); got != "part 0" {
		t.Errorf("news says %q", got)
	}
	for name, c := range map[string]*discordtest.Channel{"news": news, "forum": forum} {
		threads := c.Threads()
		if len(threads) != 1 || threads[0].Name() != "Tuesday" {
			t.Fatalf("%s has %d threads", name, len(threads))
		}
		got := said(threads[0].Messages())
		if name == "news" {
			got = append([]string{"part 0"}, got...)
		}
		if strings.Join(got, ",") != "part 0,part 1,part 2" {
			t.Errorf("the thread of %s says %q", name, got)
		}
	}
}

// Who deletes or locks a digest's thread doesn't want the rest of that digest. The
// channel itself stays open.
func TestSenderLeavesAClosedThreadAlone(t *testing.T) {
	t.Parallel()
	for name, close := range map[string]func(*discordtest.Channel){
		"deleted": func(c *discordtest.Channel) { c.Delete() },
		"locked":  func(c *discordtest.Channel) { c.Archive(true) },
	} {
		for _, kind := range []int{discordtest.ChannelText, discordtest.ChannelForum} {
			t.Run(fmt.Sprint(name, kind), func(t *testing.T) {
				t.Parallel()
				r := newSenderRig(t)
				news := r.guild.AddChannel(discordtest.ChannelConfig{Name: "news", Type: kind})
				part := func(digest int64, part int) {
					r.outbox.add(bot.Delivery{Key: fmt.Sprint(digest, part), ChannelID: news.ID, DigestID: digest, Part: part,
						Payload: payload(t, fmt.Sprint("digest ", digest), &discord.ThreadSpec{Name: fmt.Sprint("Day ", digest), Join: part > 0})})
				}
				part(1, 0)
				r.run(t)
				close(news.Threads()[0])
				for p := range 3 {
					part(1, p+1)
				}
				part(2, 0)
				part(2, 1)
				r.run(t)
				for id, want := range map[int64]bot.DeliveryState{1: bot.Posted, 2: bot.Failed, 3: bot.Failed, 4: bot.Failed, 5: bot.Posted, 6: bot.Posted} {
					if d := r.outbox.get(id); d.State != want {
						t.Errorf("part %d of digest %d is %s (%s)", d.Part, d.DigestID, d.State, d.Error)
					}
				}
				if len(r.parked) > 0 {
					t.Errorf("told %v", r.parked)
				}
			})
		}
	}
}

func TestSenderDirectMessages(t *testing.T) {
	t.Parallel()
	r := newSenderRig(t)
	ada := r.guild.AddMember("Ada", discordtest.MemberConfig{})
	r.outbox.add(bot.Delivery{Key: "a", UserID: ada.ID, Payload: payload(t, "one", nil)},
		bot.Delivery{Key: "b", UserID: ada.ID, Payload: payload(t, "two", nil)})
	r.run(t)
	if got := strings.Join(said(r.srv.Messages(r.outbox.get(1).PostedIn)), ","); got != "one,two" {
		t.Errorf("Ada reads %q", got)
	}
}

func TestNonce(t *testing.T) {
	t.Parallel()
	a, b := discord.Nonce("digest:1:a:0"), discord.Nonce("digest:1:a:1")
	if len(a) != 24 || a == b || a != discord.Nonce("digest:1:a:0") {
		t.Errorf("nonces %q and %q", a, b)
	}
}
