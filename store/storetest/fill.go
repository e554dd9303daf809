package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize"
)

// Fill puts something of everything into an empty store whose clock stands at
// Start: what was read and joined, what is set up, sent, told and held back, and
// an article that waits to be read.
func Fill(t *testing.T, s *store.Store) {
	t.Helper()
	b := &bench{t: t, s: s, now: Start}
	all := wire(b)
	b.must(s.SaveGuild(b.ctx(), bot.Guild{ID: "town", Name: "Lysvik", Zone: "Europe/Oslo", JoinedAt: start, LLMOptOut: true}))
	c := must[bot.Schedule](t)(s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "town", ChannelID: "c1", Cron: "0 8 * * *", NextRunAt: start, QuietDay: true}))
	st := all["bridge"]
	line := bot.Line{DevelopmentID: st.Developments[0].ID, Version: 1, Text: st.Developments[0].Text}
	b.must(errOf(s.SaveEdition(b.ctx(), bot.Edition{
		Digest:     bot.Digest{ScheduleID: c.ID, GuildID: "town", ChannelID: "c1", Slot: start, Items: []bot.Item{{StoryID: st.ID, Lines: []bot.Line{line}}}},
		Deliveries: []bot.Delivery{{Key: "digest", GuildID: "town", ChannelID: "c1", Payload: []byte{0, 1, 0xff}}}, Due: start, Next: start.Add(24 * time.Hour),
	})))
	sub := must[bot.Subscription](t)(s.SaveSubscription(b.ctx(), bot.Subscription{GuildID: "town", UserID: "u1", Query: "bridge"}))
	b.must(s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{st.ID}, Lines: map[int64]int{line.DevelopmentID: 1}, At: start, Deliveries: []bot.Delivery{{Key: "alert", UserID: "u1"}}}))
	b.must(s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{all["strike"].ID}, HoldBack: true, At: start}))
	b.must(errOf(s.ParkRoute(b.ctx(), "user:u1", "closed", start)))
	b.must(s.SetCaughtUp(b.ctx(), "u1", "town", start))
	b.must(s.AddWeight(b.ctx(), bot.Weight{GuildID: "town", ChannelID: "c1", Term: "bridge", Kind: "term", Factor: 1.25, At: start}))
	b.must(errOf(s.UseQuota(b.ctx(), "q", 3, time.Hour, start)))
	f := b.follow("town", "unread", alpine)
	a := item("unread", b.clock())
	a.Text = "The whole text."
	b.publish(f, a)
	// The last of its kind is gone, and its id must not come back.
	last := must[bot.Schedule](t)(s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "town"}))
	b.must(s.RemoveSchedule(b.ctx(), last.ID))
}

// Start is when the clock of a store to be filled stands.
var Start = start

// Same compares what two stores say, and tests that the second one can go on.
func Same(t *testing.T, x, y *store.Store) {
	t.Helper()
	ctx := t.Context()
	sc := bot.Scope{GuildID: "town"}
	ask := func(s *store.Store) map[string]any {
		ada := must[[]summarize.KnownActor](t)(s.FindActors(ctx, sc, "Ada Brun", 3))
		page := must[bot.StoryPage](t)(s.LatestStories(ctx, sc, bot.StoryFilter{}))
		status := must[bot.Status](t)(s.Status(ctx, ""))
		status.Bytes, status.Engine = 0, ""
		// Feeds that were read have done their job here, and none there.
		status.Jobs = 0
		return map[string]any{
			"actors":    ada,
			"latest":    page,
			"search":    must[bot.StoryPage](t)(s.SearchStories(ctx, sc, "brun -ferry", bot.StoryFilter{})),
			"suggest":   must[[]bot.Suggestion](t)(s.SuggestActors(ctx, sc, "adda", 3)),
			"dossier":   must[bot.Dossier](t)(s.Dossier(ctx, sc, ada[0].ID, start)),
			"follows":   must[[]bot.Follow](t)(s.Follows(ctx, "town")),
			"guilds":    must[[]bot.Guild](t)(s.Guilds(ctx)),
			"schedules": must[[]bot.Schedule](t)(s.Schedules(ctx, "town")),
			"subs":      must[[]bot.Subscription](t)(s.ActiveSubscriptions(ctx)),
			"held":      must[[]int64](t)(s.HeldBack(ctx, 1)),
			"parked":    must[[]bot.ParkedRoute](t)(s.ParkedRoutes(ctx, "")),
			"unread":    must[[]feeds.Article](t)(s.UnreadArticles(ctx, must[[]int64](t)(s.FeedsUnread(ctx, start.Add(99*time.Hour), 9))[0], 9)),
			"shown":     must[map[int64]int](t)(s.Shown(ctx, "c1", []int64{page.Stories[0].ID, page.Stories[1].ID, page.Stories[2].ID})),
			"digest":    must[bot.Digest](t)(s.LastDigest(ctx, "c1")),
			"person":    string(must[[]byte](t)(s.ExportPerson(ctx, "u1"))),
			"status":    status,
		}
	}
	if diff := cmp.Diff(ask(x), ask(y)); diff != "" {
		t.Errorf("the two differ:\n%s", diff)
	}
	if jobs := must[bot.Status](t)(y.Status(ctx, "")).Jobs; jobs == 0 {
		t.Error("nobody will read what is unread")
	}
	c := must[bot.Schedule](t)(y.SaveSchedule(ctx, bot.Schedule{GuildID: "town"}))
	if old := must[[]bot.Schedule](t)(x.Schedules(ctx, "town")); c.ID <= old[len(old)-1].ID+1 {
		t.Errorf("schedule %d has the id of one that was removed", c.ID)
	}
}
