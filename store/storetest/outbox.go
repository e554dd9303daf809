package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
)

// send queues messages for a channel.
func (b *bench) send(channel string, keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.must(b.s.Enqueue(b.ctx(), []bot.Delivery{{Key: k, GuildID: "g1", ChannelID: channel, Payload: []byte(k)}}))
	}
}

func (b *bench) lease() []bot.Delivery {
	b.t.Helper()
	ds, err := b.s.LeaseDeliveries(b.ctx(), b.clock(), 9, time.Minute)
	b.must(err)
	return ds
}

func keysOf(ds []bot.Delivery) (keys []string) {
	for _, d := range ds {
		keys = append(keys, d.Key)
	}
	return keys
}

func outbox(t *testing.T, b *bench) {
	b.send("c1", "a", "a", "b")
	b.must(b.s.Enqueue(b.ctx(), []bot.Delivery{{Key: "a", ChannelID: "c2"}, {Key: "u", UserID: "u1", DigestID: 7, Part: 3}}))
	ds := b.lease()
	if !cmp.Equal(keysOf(ds), []string{"a", "u"}) {
		t.Fatalf("leased %v, want the head of each route, each key once", keysOf(ds))
	}
	a := ds[0]
	if a.State != bot.Sending || a.Attempts != 0 || !a.FirstSent.IsZero() || string(a.Payload) != "a" || a.ChannelID != "c1" || !a.CreatedAt.Equal(start) {
		t.Errorf("leased %+v", a)
	}
	if u := ds[1]; u.UserID != "u1" || u.DigestID != 7 || u.Part != 3 {
		t.Errorf("leased %+v", u)
	}
	if got := b.lease(); len(got) != 0 {
		t.Errorf("leased twice: %v", keysOf(got))
	}
	first := b.pass(time.Second)
	b.must(b.s.MarkSending(b.ctx(), a.ID, first))

	// The process dies here. Another one gets it when the lease has run out,
	// and learns that a request may have left.
	b.pass(time.Minute)
	ds = b.lease()
	if !cmp.Equal(keysOf(ds), []string{"a", "u"}) || ds[0].Attempts != 1 || !ds[0].FirstSent.Equal(first) || !ds[1].FirstSent.IsZero() {
		t.Fatalf("leased again: %+v", ds)
	}
	b.must(b.s.MarkSending(b.ctx(), a.ID, b.clock()))
	posted := b.pass(time.Second)
	b.must(b.s.MarkPosted(b.ctx(), a.ID, "m1", "t1", posted))
	b.must(b.s.MarkPosted(b.ctx(), a.ID, "m2", "t2", posted.Add(time.Hour))) // the first process wakes up
	got := must[bot.Delivery](t)(b.s.DeliveryByMessage(b.ctx(), "m1"))
	if got.ID != a.ID || got.State != bot.Posted || got.PostedIn != "t1" || !got.PostedAt.Equal(posted) || !got.FirstSent.Equal(first) {
		t.Errorf("posted: %+v", got)
	}
	for _, err := range []error{
		b.s.MarkSending(b.ctx(), a.ID, posted), b.s.MarkRetry(b.ctx(), a.ID, posted, "late"), b.s.MarkFailed(b.ctx(), a.ID, "late"),
	} {
		if !errors.Is(err, bot.ErrConflict) {
			t.Errorf("changed what was posted: %v", err)
		}
	}
	if _, err := b.s.DeliveryByMessage(b.ctx(), ""); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a message without id: %v", err)
	}
	if err := b.s.MarkSending(b.ctx(), 999, posted); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a delivery that is not there: %v", err)
	}
}

func outboxOrder(t *testing.T, b *bench) {
	b.send("c1", "a", "b")
	morning := start.Add(8 * time.Hour)
	b.must(b.s.Enqueue(b.ctx(), []bot.Delivery{{Key: "quiet", UserID: "u1", NotBefore: morning}, {Key: "now", UserID: "u1"}}))
	ds := b.lease()
	if !cmp.Equal(keysOf(ds), []string{"a", "now"}) {
		t.Fatalf("leased %v: quiet hours hold up what has none", keysOf(ds))
	}
	// What is tried again later keeps its place before what follows it.
	b.must(b.s.MarkRetry(b.ctx(), ds[0].ID, start.Add(time.Minute), "slow"))
	b.must(b.s.MarkPosted(b.ctx(), ds[1].ID, "m", "d", start))
	if got := b.lease(); len(got) != 0 {
		t.Errorf("leased %v while the head of the route waits", keysOf(got))
	}
	b.pass(time.Minute)
	ds = b.lease()
	if !cmp.Equal(keysOf(ds), []string{"a"}) || ds[0].Attempts != 1 || ds[0].Error != "slow" {
		t.Fatalf("leased %+v", ds)
	}
	b.must(b.s.MarkFailed(b.ctx(), ds[0].ID, "refused"))
	if ds = b.lease(); !cmp.Equal(keysOf(ds), []string{"b"}) {
		t.Errorf("leased %v after the head was given up", keysOf(ds))
	}
	b.pass(8 * time.Hour)
	if got := keysOf(b.lease()); !cmp.Equal(got, []string{"b", "quiet"}) {
		t.Errorf("leased %v in the morning", got)
	}
}

func outboxTogether(t *testing.T, b *bench) {
	const routes, each = 5, 6
	for i := range each {
		for r := range routes {
			b.send(fmt.Sprintf("c%d", r), fmt.Sprintf("%d:%d", r, i))
		}
	}
	var (
		mu   sync.Mutex
		sent = map[string][]string{}
		wg   sync.WaitGroup
	)
	for range 4 {
		wg.Go(func() {
			for {
				ds, err := b.s.LeaseDeliveries(b.ctx(), start, 2, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				for _, d := range ds {
					mu.Lock()
					sent[d.ChannelID] = append(sent[d.ChannelID], d.Key)
					mu.Unlock()
					if err := b.s.MarkPosted(b.ctx(), d.ID, "m"+d.Key, d.ChannelID, start); err != nil {
						t.Error(err)
					}
				}
				mu.Lock()
				n := 0
				for _, keys := range sent {
					n += len(keys)
				}
				mu.Unlock()
				if n >= routes*each {
					return
				}
			}
		})
	}
	wg.Wait()
	for r := range routes {
		var want []string
		for i := range each {
			want = append(want, fmt.Sprintf("%d:%d", r, i))
		}
		if got := sent[fmt.Sprintf("c%d", r)]; !cmp.Equal(got, want) {
			t.Errorf("channel %d got %v, want %v", r, got, want)
		}
	}
}

func parkedRoutes(t *testing.T, b *bench) {
	b.send("c1", "a", "b")
	d := b.lease()[0]
	if !must[bool](t)(b.s.ParkRoute(b.ctx(), d.Route(), "no permission", start)) {
		t.Error("the first to park a route is to tell")
	}
	if must[bool](t)(b.s.ParkRoute(b.ctx(), d.Route(), "no permission", start)) {
		t.Error("the second to park a route is to keep quiet")
	}
	if err := b.s.MarkSending(b.ctx(), d.ID, start); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("sent in a parked route: %v", err)
	}
	b.send("c1", "c")
	b.send("c2", "other")
	b.pass(time.Hour)
	if got := keysOf(b.lease()); !cmp.Equal(got, []string{"other"}) {
		t.Errorf("leased %v from parked routes", got)
	}
	want := []bot.ParkedRoute{{Route: "channel:c1", Reason: "no permission", Since: start, Held: 3}}
	if got := must[[]bot.ParkedRoute](t)(b.s.ParkedRoutes(b.ctx(), "g1")); !cmp.Equal(got, want) {
		t.Errorf("parked %+v, want %+v", got, want)
	}
	if got := must[[]bot.ParkedRoute](t)(b.s.ParkedRoutes(b.ctx(), "g2")); len(got) != 0 {
		t.Errorf("another guild's: %+v", got)
	}
	b.must(b.s.UnparkRoute(b.ctx(), "channel:c1"))
	for _, want := range []string{"a", "b", "c"} {
		ds := b.lease()
		if !cmp.Equal(keysOf(ds), []string{want}) {
			t.Fatalf("leased %v, want %s", keysOf(ds), want)
		}
		b.must(b.s.MarkPosted(b.ctx(), ds[0].ID, "m"+want, "c1", start))
	}
	if !must[bool](t)(b.s.ParkRoute(b.ctx(), "channel:c1", "gone", start)) {
		t.Error("a route that was mended and broke again is to be told of again")
	}
}
