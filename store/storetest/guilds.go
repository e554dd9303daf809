package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
)

func guilds(t *testing.T, b *bench) {
	if _, err := b.s.Guild(b.ctx(), "g1"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("unknown guild: %v", err)
	}
	g := bot.Guild{ID: "g1", Name: "Lysvik", Lang: "de", Zone: "Europe/Berlin", AdminChannel: "c9", OwnerID: "u9", LLMOptOut: true, JoinedAt: start}
	b.must(b.s.SaveGuild(b.ctx(), g))
	g.Name = "Lysvik & Surroundings"
	b.must(b.s.SaveGuild(b.ctx(), g))
	b.must(b.s.SaveGuild(b.ctx(), bot.Guild{ID: "g2", JoinedAt: start.Add(time.Hour)}))
	if got := must[bot.Guild](t)(b.s.Guild(b.ctx(), "g1")); !cmp.Equal(got, g) {
		t.Errorf("guild %+v, want %+v", got, g)
	}

	only, both := b.follow("g1", "only", tide), b.follow("g1", "both", alpine)
	b.follow("g2", "both", alpine)
	s := must[bot.Schedule](t)(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g1", ChannelID: "c1", NextRunAt: start}))
	b.must(b.s.Enqueue(b.ctx(), []bot.Delivery{{Key: "a", GuildID: "g1", ChannelID: "c1"}, {Key: "b", GuildID: "g2", ChannelID: "c2"}}))

	g.LeftAt = start.Add(time.Hour)
	b.must(b.s.SaveGuild(b.ctx(), g))
	if got := must[[]bot.Guild](t)(b.s.Guilds(b.ctx())); len(got) != 1 || got[0].ID != "g2" {
		t.Errorf("guilds that the bot is in: %+v", got)
	}
	if due := must[[]bot.Schedule](t)(b.s.DueSchedules(b.ctx(), start.Add(time.Hour), 9)); len(due) != 0 {
		t.Errorf("a guild that was left is due a digest: %+v", due)
	}
	if n := must[int](t)(b.s.PurgeGuilds(b.ctx(), start)); n != 0 {
		t.Errorf("purged %d guilds before their time", n)
	}
	if n := must[int](t)(b.s.PurgeGuilds(b.ctx(), start.Add(2*time.Hour))); n != 1 {
		t.Errorf("purged %d guilds, want 1", n)
	}
	if _, err := b.s.Guild(b.ctx(), "g1"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("purged guild: %v", err)
	}
	if _, err := b.s.Schedule(b.ctx(), s.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("its schedule: %v", err)
	}
	polled := must[[]feeds.Feed](t)(b.s.LeaseFeeds(b.ctx(), start.Add(time.Hour), 9, time.Minute))
	if len(polled) != 1 || polled[0].ID != both.ID {
		t.Errorf("polled %+v, want only feed %d, not %d", polled, both.ID, only.ID)
	}
	leased := must[[]bot.Delivery](t)(b.s.LeaseDeliveries(b.ctx(), start, 9, time.Minute))
	if len(leased) != 1 || leased[0].GuildID != "g2" {
		t.Errorf("deliveries %+v, want the other guild's alone", leased)
	}
}

func follows(t *testing.T, b *bench) {
	f := must[bot.Follow](t)(b.s.AddFollow(b.ctx(), bot.Follow{
		GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f", Title: "A", Publisher: "", Lang: "en"},
		Include: "bridge", AddedBy: "u1", AddedAt: start, Pack: "sea",
	}))
	if f.Feed.ID == 0 || f.Include != "bridge" || f.Feed.State != feeds.StateActive || !f.Feed.NextCheckAt.Equal(start) {
		t.Errorf("follow %+v", f)
	}
	if _, err := b.s.AddFollow(b.ctx(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}}); !errors.Is(err, bot.ErrDuplicate) {
		t.Errorf("followed twice: %v", err)
	}
	// Another guild knows who publishes it; a third one doesn't change that.
	for i, publisher := range []string{"Alpine Courier", "Somebody Else"} {
		g := must[bot.Follow](t)(b.s.AddFollow(b.ctx(), bot.Follow{GuildID: []string{"g2", "g3"}[i], Feed: feeds.Feed{URL: "https://a.example/f", Publisher: publisher}}))
		if g.Feed.ID != f.Feed.ID || g.Feed.Publisher != "Alpine Courier" {
			t.Errorf("shared feed: %+v", g.Feed)
		}
	}
	f.Include, f.Exclude = "", "sport"
	b.must(b.s.SaveFollow(b.ctx(), f))
	f.Feed.Publisher = "Alpine Courier"
	if got := must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1")); !cmp.Equal(got, []bot.Follow{f}) {
		t.Errorf("follows:\n%s", cmp.Diff([]bot.Follow{f}, got))
	}
	if err := b.s.SaveFollow(b.ctx(), bot.Follow{GuildID: "g9", Feed: f.Feed}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("filters of a feed that is not followed: %v", err)
	}
	b.must(b.s.RemoveFollow(b.ctx(), "g1", f.Feed.ID))
	if err := b.s.RemoveFollow(b.ctx(), "g1", f.Feed.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("unfollowed twice: %v", err)
	}
}
