package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
)

func subscriptions(t *testing.T, b *bench) {
	c := bot.Subscription{
		GuildID: "g1", UserID: "u1", Query: "bridge AND NOT sport", When: bot.Daily, DailyAt: 480, Zone: "Europe/Berlin", QuietFrom: 1320, QuietTo: 420,
		MinPublishers: 2, DailyCap: 5, Lang: "de", NextRunAt: start.Add(time.Hour), CreatedAt: start,
	}
	saved := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), c))
	c.ID = saved.ID
	if c.ID == 0 || !cmp.Equal(saved, c) {
		t.Errorf("saved otherwise:\n%s", cmp.Diff(c, saved))
	}
	again := c
	again.ID = 0
	if _, err := b.s.SaveSubscription(b.ctx(), again); !errors.Is(err, bot.ErrDuplicate) {
		t.Errorf("the same query to the same place: %v", err)
	}
	again.ChannelID = "c1"
	channel := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), again))
	direct := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), bot.Subscription{UserID: "u1", ActorID: 4}))
	b.must(errOf(b.s.SaveSubscription(b.ctx(), bot.Subscription{UserID: "u1", ActorID: 5, Paused: true, NextRunAt: start})))
	other := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), bot.Subscription{GuildID: "g1", UserID: "u2", Query: "port"}))
	channel.Query, channel.ChannelID = "bridge AND NOT sport", ""
	if _, err := b.s.SaveSubscription(b.ctx(), channel); !errors.Is(err, bot.ErrDuplicate) {
		t.Errorf("changed into what there is: %v", err)
	}
	ids := func(cs []bot.Subscription, err error) (ids []int64) {
		t.Helper()
		b.must(err)
		for _, c := range cs {
			ids = append(ids, c.ID)
		}
		return ids
	}
	for what, pair := range map[string][2][]int64{
		"of a guild":        {ids(b.s.Subscriptions(b.ctx(), "g1", "")), {c.ID, channel.ID, other.ID}},
		"of a user there":   {ids(b.s.Subscriptions(b.ctx(), "g1", "u2")), {other.ID}},
		"of a user, direct": {ids(b.s.Subscriptions(b.ctx(), bot.DirectGuild, "u1")), {direct.ID, direct.ID + 1}},
		"of a user at all":  {ids(b.s.Subscriptions(b.ctx(), "*", "u1")), {c.ID, channel.ID, direct.ID, direct.ID + 1}},
		"active":            {ids(b.s.ActiveSubscriptions(b.ctx())), {c.ID, channel.ID, direct.ID, other.ID}},
		"due":               {ids(b.s.DueSummaries(b.ctx(), start.Add(time.Hour), 9)), {c.ID, channel.ID}},
		"due before":        {ids(b.s.DueSummaries(b.ctx(), start, 9)), nil},
	} {
		if !cmp.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	b.must(b.s.RemoveSubscription(b.ctx(), c.ID))
	if _, err := b.s.Subscription(b.ctx(), c.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
	if err := b.s.RemoveSubscription(b.ctx(), c.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func alerts(t *testing.T, b *bench) {
	st, _, _ := bridge(b)
	sub := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), bot.Subscription{GuildID: "all", UserID: "u1", Query: "bridge"}))
	dev := st.Developments[0].ID
	rec := bot.AlertRecord{
		SubscriptionID: sub.ID, StoryIDs: []int64{st.ID}, Lines: map[int64]int{dev: 2}, At: start,
		Deliveries: []bot.Delivery{{Key: "alert:1:1:0", UserID: "u1"}, {Key: "alert:1:1:1", UserID: "u1", Part: 1}},
	}
	for range 2 { // again after a crash
		b.must(b.s.SaveAlert(b.ctx(), rec))
	}
	if told := must[map[int64]int](t)(b.s.Told(b.ctx(), sub.ID, st.ID)); !cmp.Equal(told, map[int64]int{dev: 2}) {
		t.Errorf("told: %v", told)
	}
	if n := must[int](t)(b.s.AlertsSince(b.ctx(), sub.ID, start)); n != 1 {
		t.Errorf("%d alerts, want 1", n)
	}
	if n := must[int](t)(b.s.AlertsSince(b.ctx(), sub.ID, start.Add(time.Microsecond))); n != 0 {
		t.Errorf("%d alerts since, want 0", n)
	}
	// An older version told late doesn't make the newer one news again.
	rec.Lines, rec.Deliveries = map[int64]int{dev: 1}, []bot.Delivery{{Key: "alert:1:2:0", UserID: "u1"}}
	b.must(b.s.SaveAlert(b.ctx(), rec))
	if told := must[map[int64]int](t)(b.s.Told(b.ctx(), sub.ID, st.ID)); told[dev] != 2 {
		t.Errorf("told: %v", told)
	}
	// Over the cap: held back, and let go with the summary.
	next := start.Add(10 * time.Hour)
	b.must(b.s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{8, st.ID}, Lines: map[int64]int{st.Developments[1].ID: 1}, HoldBack: true, Next: next, At: start}))
	if held := must[[]int64](t)(b.s.HeldBack(b.ctx(), sub.ID)); !cmp.Equal(held, []int64{st.ID, 8}) && !cmp.Equal(held, []int64{8, st.ID}) {
		t.Errorf("held back: %v", held)
	}
	if told := must[map[int64]int](t)(b.s.Told(b.ctx(), sub.ID, st.ID)); len(told) != 1 {
		t.Errorf("held back, yet told: %v", told)
	}
	if s := must[bot.Subscription](t)(b.s.Subscription(b.ctx(), sub.ID)); !s.NextRunAt.Equal(next) {
		t.Errorf("next summary %v, want %v", s.NextRunAt, next)
	}
	b.must(b.s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{8, st.ID}, At: start}))
	if held := must[[]int64](t)(b.s.HeldBack(b.ctx(), sub.ID)); len(held) != 0 {
		t.Errorf("held back after the summary: %v", held)
	}
	if s := must[bot.Subscription](t)(b.s.Subscription(b.ctx(), sub.ID)); !s.NextRunAt.IsZero() {
		t.Errorf("another summary is due at %v", s.NextRunAt)
	}
	b.must(b.s.RemoveSubscription(b.ctx(), sub.ID))
	if err := b.s.SaveAlert(b.ctx(), rec); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("an alert without its subscription: %v", err)
	}
	if got := len(must[[]bot.Delivery](t)(b.s.LeaseDeliveries(b.ctx(), b.clock(), 9, time.Minute))); got != 1 {
		t.Errorf("%d routes have something to send, want 1", got)
	}
}
