package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
)

func schedules(t *testing.T, b *bench) {
	c := bot.Schedule{
		GuildID: "g1", ChannelID: "c1", Name: "Morning", Cron: "0 8 * * *", Words: "every day at 8", Zone: "Europe/Berlin", Topics: "bridge OR port",
		Size: bot.SizeLong, Lang: "de", QuietDay: true, Thread: true, Crosspost: true, PingRole: "r1", MinPublishers: 2, Declared: "digests[0]",
		NextRunAt: start.Add(time.Hour), CreatedBy: "u1", CreatedAt: start,
	}
	saved := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), c))
	c.ID = saved.ID
	if saved.ID == 0 || !cmp.Equal(saved, c) {
		t.Errorf("saved otherwise:\n%s", cmp.Diff(c, saved))
	}
	later := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g1", ChannelID: "c1", NextRunAt: start.Add(2 * time.Hour)}))
	b.must(errOf(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g1", NextRunAt: start, Paused: true})))
	b.must(errOf(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g2"}))) // never due
	due := func(at time.Time) (ids []int64) {
		for _, s := range must[[]bot.Schedule](t)(b.s.DueSchedules(b.ctx(), at, 9)) {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if got := due(start.Add(time.Hour)); !cmp.Equal(got, []int64{c.ID}) {
		t.Errorf("due: %v", got)
	}
	if got := due(start.Add(9 * time.Hour)); !cmp.Equal(got, []int64{c.ID, later.ID}) {
		t.Errorf("due later: %v", got)
	}
	c.Name, c.Paused = "Early", true
	if got := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), c)); !cmp.Equal(got, c) {
		t.Errorf("changed otherwise:\n%s", cmp.Diff(c, got))
	}
	if got := must[[]bot.Schedule](t)(b.s.Schedules(b.ctx(), "g1")); len(got) != 3 || got[0].Name != "Early" {
		t.Errorf("schedules: %+v", got)
	}
	b.must(b.s.RemoveSchedule(b.ctx(), c.ID))
	if err := b.s.RemoveSchedule(b.ctx(), c.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := b.s.SaveSchedule(b.ctx(), c); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("saved after it was removed: %v", err)
	}
}

func errOf[T any](_ T, err error) error { return err }

func editions(t *testing.T, b *bench) {
	st, _, _ := bridge(b)
	b.follow("all", "never-read", tide)
	c := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "all", ChannelID: "c1", NextRunAt: start}))
	line := bot.Line{DevelopmentID: st.Developments[0].ID, Version: 2, Text: st.Developments[0].Text, Sources: st.Developments[0].Sources}
	e := bot.Edition{
		Digest: bot.Digest{
			ScheduleID: c.ID, GuildID: "all", ChannelID: "c1", Slot: start, Since: start.Add(-24 * time.Hour), Until: start, Title: "Morning", Size: bot.SizeShort,
			BottomLine: []bot.Line{line},
			Items:      []bot.Item{{StoryID: st.ID, Headline: st.Headline, State: bot.ItemNew, Lines: []bot.Line{line}, Background: &bot.Line{DevelopmentID: st.Developments[1].ID, Version: 1}}},
			LeftOut:    []bot.LeftOut{{StoryID: 77, Reason: "floor"}},
		},
		Deliveries: []bot.Delivery{
			{Key: "digest:1:x:0", GuildID: "all", ChannelID: "c1", Part: 0, Payload: []byte(`{"a":1}`)},
			{Key: "digest:1:x:1", GuildID: "all", ChannelID: "c1", Part: 1, Payload: []byte(`{"a":2}`)},
		},
		Due: start, Next: start.Add(24 * time.Hour),
	}
	d := must[bot.Digest](t)(b.s.SaveEdition(b.ctx(), e))
	want := e.Digest
	want.ID = d.ID
	if d.ID == 0 || !cmp.Equal(must[bot.Digest](t)(b.s.Digest(b.ctx(), d.ID)), want) {
		t.Errorf("the digest came back otherwise:\n%s", cmp.Diff(want, must[bot.Digest](t)(b.s.Digest(b.ctx(), d.ID))))
	}
	if got := must[[]bot.Delivery](t)(b.s.DigestDeliveries(b.ctx(), d.ID)); len(got) != 2 || string(got[1].Payload) != `{"a":2}` || got[1].DigestID != d.ID {
		t.Errorf("deliveries: %+v", got)
	}
	shown := must[map[int64]int](t)(b.s.Shown(b.ctx(), "c1", []int64{st.ID}))
	if !cmp.Equal(shown, map[int64]int{st.Developments[0].ID: 2, st.Developments[1].ID: 1}) {
		t.Errorf("shown: %v", shown)
	}
	if shown := must[map[int64]int](t)(b.s.Shown(b.ctx(), "c2", []int64{st.ID})); len(shown) != 0 {
		t.Errorf("shown to another channel: %v", shown)
	}
	s := must[bot.Schedule](t)(b.s.Schedule(b.ctx(), c.ID))
	if !s.NextRunAt.Equal(e.Next) || !s.LastSlot.Equal(start) {
		t.Errorf("schedule: %+v", s)
	}
	// Whoever comes second makes nothing, of any of it.
	e.Deliveries[0].Key = "digest:1:y:0"
	if _, err := b.s.SaveEdition(b.ctx(), e); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("a slot saved twice: %v", err)
	}
	// Set back to a slot that has its edition: no second one, and no standstill.
	s.NextRunAt = start
	b.must(errOf(b.s.SaveSchedule(b.ctx(), s)))
	if _, err := b.s.SaveEdition(b.ctx(), e); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("a slot saved again: %v", err)
	}
	if s := must[bot.Schedule](t)(b.s.Schedule(b.ctx(), c.ID)); !s.NextRunAt.Equal(e.Next) {
		t.Errorf("the schedule stands still at %v", s.NextRunAt)
	}
	if leased := must[[]bot.Delivery](t)(b.s.LeaseDeliveries(b.ctx(), b.clock(), 9, time.Minute)); len(leased) != 1 || leased[0].Key != "digest:1:x:0" {
		t.Errorf("leased %+v", leased)
	}
	// On demand there is no slot to lose.
	for i := range 2 {
		e := bot.Edition{Digest: bot.Digest{GuildID: "all", ChannelID: "c1", Slot: start, Title: fmt.Sprint("now ", i)}}
		b.must(errOf(b.s.SaveEdition(b.ctx(), e)))
	}
	if last := must[bot.Digest](t)(b.s.LastDigest(b.ctx(), "c1")); last.Title != "now 1" {
		t.Errorf("last digest: %+v", last)
	}
	if _, err := b.s.LastDigest(b.ctx(), "c9"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("last digest of a channel without one: %v", err)
	}

	fs := must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "all"))
	bad := fs[0].Feed
	bad.Kind, bad.State, bad.LastCheckedAt = feeds.FailServer, feeds.StateFailing, b.clock()
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: bad, At: b.clock()}}))
	stats := must[bot.FeedStats](t)(b.s.FeedStats(b.ctx(), "all", start, b.clock()))
	if want := (bot.FeedStats{Read: 4, Failed: 1, Articles: 4}); stats != want {
		t.Errorf("feed statistics %+v, want %+v", stats, want)
	}
}

func editionsTogether(t *testing.T, b *bench) {
	c := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g1", ChannelID: "c1", NextRunAt: start}))
	var made, lost atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := b.s.SaveEdition(b.ctx(), bot.Edition{
				Digest:     bot.Digest{ScheduleID: c.ID, GuildID: "g1", ChannelID: "c1", Slot: start},
				Deliveries: []bot.Delivery{{Key: fmt.Sprintf("digest:1:x:0:%d", i), ChannelID: "c1"}},
				Due:        start, Next: start.Add(time.Hour),
			})
			switch {
			case err == nil:
				made.Add(1)
			case errors.Is(err, bot.ErrConflict):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 || lost.Load() != 7 {
		t.Errorf("%d made the edition, %d lost, want 1 and 7", made.Load(), lost.Load())
	}
	if got := must[[]bot.Delivery](t)(b.s.DigestDeliveries(b.ctx(), must[bot.Digest](t)(b.s.LastDigest(b.ctx(), "c1")).ID)); len(got) != 1 {
		t.Errorf("%d deliveries, want 1", len(got))
	}
}
