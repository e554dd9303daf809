package alert

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/bottest"
	"sitrep/summarize"
)

const (
	ferry1 = "The ferry Saint Orla ran aground off Port Ellery on Tuesday and 40 passengers were taken to safety, the coast guard said. No one was hurt, its spokesman Tom Arkwright said."
	ferry2 = "Divers found a crack of 12 metres in the hull of the ferry Saint Orla on Tuesday, the salvage company Norsund said. The ship will be towed to Lindenau, Norsund said."
)

type bench struct {
	*bottest.Bench
	t       *testing.T
	alerter *Alerter
	gazette,
	courier bot.Follow
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: bottest.New(t), t: t}
	b.Guild("1")
	b.Guild("2")
	b.gazette, b.courier = b.Follow("1", "Gazette"), b.Follow("1", "Courier")
	b.alerter = &Alerter{Subscriptions: b.Store, Alerts: b.Store, Stories: b.Store, Follows: b.Store, Renderer: bottest.Renderer{}, Now: b.Now,
		Log: slog.New(slog.DiscardHandler), SharedGuilds: func(_ context.Context, user string) ([]string, error) {
			switch user {
			case "insider":
				return []string{"1"}, nil
			case "broken":
				return nil, errors.New("discord does not answer")
			}
			return []string{"2"}, nil
		}}
	return b
}

func (b *bench) subscribe(s bot.Subscription) bot.Subscription {
	b.t.Helper()
	if s.UserID == "" {
		s.UserID = "ada"
	}
	if s.When == "" {
		s.When = bot.Instantly
	}
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	s.CreatedAt = b.Now()
	s, err := b.Store.SaveSubscription(context.Background(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	b.alerter.Forget()
	return s
}

// tell has a feed tell of a story, and the alerter look at it.
func (b *bench) tell(f bot.Follow, key, title, text string) {
	b.t.Helper()
	s := b.Tell(f, key, title, text)
	if err := b.alerter.Story(b.t.Context(), &s); err != nil {
		b.t.Fatal(err)
	}
}

// alerts are what was sent since the last look.
func (b *bench) alerts() []bot.Alert {
	b.t.Helper()
	var out []bot.Alert
	for _, d := range b.Outbox() {
		out = append(out, bottest.Read[bot.Alert](b.t, d))
	}
	return out
}

func (b *bench) summaries(want int) []bot.Alert {
	b.t.Helper()
	n, err := b.alerter.RunSummaries(b.t.Context())
	if n != want || err != nil {
		b.t.Fatalf("at %s: %d summaries, %v, want %d", b.Now(), n, err, want)
	}
	return b.alerts()
}

func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, s := range []bot.Subscription{
		{UserID: "topic", GuildID: "1", Query: "ferry"},
		{UserID: "channel", GuildID: "1", ChannelID: "11", Query: "shipwreck OR ferry"},
		{UserID: "other topic", GuildID: "1", Query: "library"},
		{UserID: "other guild", GuildID: "2", Query: "ferry"},
		{UserID: "insider", GuildID: bot.DirectGuild, Query: "ferry"},
		{UserID: "outsider", GuildID: bot.DirectGuild, Query: "ferry"},
		{UserID: "picky", GuildID: "1", Query: "ferry", MinPublishers: 2},
		{UserID: "paused", GuildID: "1", Query: "ferry", Paused: true},
		{UserID: "unreadable", GuildID: "1", Query: "((("},
	} {
		b.subscribe(s)
	}
	b.tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	told := map[string]string{}
	for _, d := range b.Outbox() {
		a := bottest.Read[bot.Alert](t, d)
		told[a.Subscription.UserID] = d.ChannelID + "/" + d.UserID
		if len(a.Item.Lines) == 0 || a.Item.State != bot.ItemNew || a.Summary {
			t.Errorf("got %+v", a.Item)
		}
	}
	want := map[string]string{"topic": "/topic", "channel": "11/", "insider": "/insider"}
	if len(told) != len(want) {
		t.Errorf("told %v", told)
	}
	for user, where := range want {
		if told[user] != where {
			t.Errorf("%s was told at %q, want %q", user, told[user], where)
		}
	}
	// A second publisher lifts the story over the floor; the others are told
	// only what is new.
	b.Advance(time.Minute)
	b.tell(b.courier, "ferry", "Crack found in grounded ferry", ferry2)
	for _, a := range b.alerts() {
		switch a.Subscription.UserID {
		case "picky":
			if a.Item.State != bot.ItemNew || a.Item.Publishers != 2 {
				t.Errorf("picky: %+v", a.Item)
			}
		default:
			if a.Item.State != bot.ItemUpdated {
				t.Errorf("%s: %+v", a.Subscription.UserID, a.Item)
			}
			for _, l := range a.Item.Lines {
				if strings.Contains(l.Text, "ran aground") {
					t.Errorf("%s is told again: %s", a.Subscription.UserID, l.Text)
				}
			}
		}
	}
}

func TestNothingIsToldTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry"})
	s := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	for range 3 {
		if err := b.alerter.Story(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.alerts()); n != 1 {
		t.Errorf("%d alerts", n)
	}
	// Another process, with its own memory.
	fresh := &Alerter{Subscriptions: b.Store, Alerts: b.Store, Stories: b.Store, Follows: b.Store, Renderer: bottest.Renderer{}, Now: b.Now}
	if err := fresh.Story(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	if n := len(b.alerts()); n != 0 {
		t.Errorf("%d alerts from another process", n)
	}
}

func TestAnOldStoryIsNoAlert(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	b.Advance(time.Hour)
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry"})
	if err := b.alerter.Story(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	if n := len(b.alerts()); n != 0 {
		t.Error("told of what was known before they subscribed")
	}
	// What is read a day and a half late is told in no alert either.
	b.Advance(-40 * time.Hour)
	late := b.Tell(b.gazette, "bridge", "Ferry company buys bridge", "The ferry company Orla Lines bought the toll bridge of Port Ellery for 3 million crowns on Sunday, it said.")
	b.Advance(40 * time.Hour)
	for i := range late.Developments {
		late.Developments[i].ChangedAt = b.Now()
	}
	if err := b.alerter.Story(t.Context(), &late); err != nil {
		t.Fatal(err)
	}
	if got := b.alerts(); len(got) != 0 {
		t.Errorf("told of old news: %+v", got)
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Set(time.Date(2026, 3, 10, 22, 30, 0, 0, time.UTC))
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry", QuietFrom: 22 * 60, QuietTo: 7 * 60})
	b.tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	if n := len(b.alerts()); n != 0 {
		t.Fatal("woken up")
	}
	b.summaries(0)
	b.Set(time.Date(2026, 3, 11, 6, 59, 0, 0, time.UTC))
	b.summaries(0)
	b.Set(time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC))
	got := b.summaries(1)
	if len(got) != 1 || got[0].Summary || len(got[0].Item.Lines) == 0 {
		t.Errorf("in the morning: %+v", got)
	}
	b.Advance(time.Hour)
	b.summaries(0)
}

func TestTheDailyCapOverflowsIntoASummary(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry", DailyCap: 2})
	for _, town := range []string{"Ellery", "Quillon", "Marsh Bay", "Tarn"} {
		b.tell(b.gazette, town, "Ferry line to "+town+" opens", "A new ferry line to "+town+" opened on Tuesday with "+town+"'s mayor aboard, the company Orla Lines said.")
	}
	if n := len(b.alerts()); n != 2 {
		t.Fatalf("%d alerts, want 2", n)
	}
	b.Set(time.Date(2026, 3, 10, 18, 0, 0, 0, time.UTC))
	got := b.summaries(1)
	if len(got) != 1 || !got[0].Summary || len(got[0].More) != 2 {
		t.Fatalf("got %+v", got)
	}
	b.summaries(0)
	// The next day has its own cap.
	b.Set(time.Date(2026, 3, 11, 9, 0, 0, 0, time.UTC))
	b.tell(b.gazette, "Corran", "Ferry line to Corran opens", "A new ferry line to Corran opened on Wednesday with its mayor aboard, the company Orla Lines said.")
	if n := len(b.alerts()); n != 1 {
		t.Errorf("%d alerts on the next day", n)
	}
}

func TestDailySubscribersAreToldOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry", When: bot.Daily, DailyAt: 8 * 60, Zone: "Europe/Berlin"})
	b.tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	b.Advance(time.Hour)
	b.tell(b.courier, "ferry", "Crack found in grounded ferry", ferry2)
	if n := len(b.alerts()); n != 0 {
		t.Fatal("told at once")
	}
	b.Set(time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC)) // eight in Berlin
	got := b.summaries(1)
	if len(got) != 1 || !got[0].Summary || len(got[0].More) != 1 || got[0].More[0].Publishers != 2 {
		t.Fatalf("got %+v", got)
	}
	// A day without news: no summary is even due.
	b.Advance(24 * time.Hour)
	b.summaries(0)
}

func TestMinorLinesWait(t *testing.T) {
	t.Parallel()
	line := func(id int64, version int, weight float64, publishers int) summarize.StoryDevelopment {
		return summarize.StoryDevelopment{ID: id, Version: version, Weight: weight, Publishers: publishers}
	}
	for _, tt := range []struct {
		name   string
		line   summarize.StoryDevelopment
		before bool
		held   bool
	}{
		{"a new story, minor", line(1, 1, 0.1, 1), false, false},
		{"a known story, minor", line(1, 1, 0.1, 1), true, true},
		{"a known story, weighty", line(1, 1, 0.7, 1), true, false},
		{"a known story, two publishers", line(1, 1, 0.1, 2), true, false},
		{"a known story, a changed figure", line(1, 2, 0.1, 1), true, false},
	} {
		b := setup(t)
		sub := b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry"})
		hold, err := b.alerter.holdUntil(t.Context(), sub, time.UTC, b.Now(), []summarize.StoryDevelopment{tt.line}, tt.before)
		if err != nil || hold.IsZero() == tt.held {
			t.Errorf("%s: held until %s, %v", tt.name, hold, err)
		}
	}
}

func TestFollowers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	var actor int64
	for _, a := range s.Actors {
		if strings.Contains(a.Name, "Arkwright") {
			actor = a.ActorID
		}
	}
	if actor == 0 {
		t.Fatalf("no actor among %+v", s.Actors)
	}
	b.Advance(time.Minute)
	b.subscribe(bot.Subscription{UserID: "of the story", GuildID: "1", StoryID: s.ID})
	b.subscribe(bot.Subscription{UserID: "of the actor", GuildID: "1", ActorID: actor})
	b.Advance(time.Minute)
	b.tell(b.courier, "ferry", "Crack found in grounded ferry", ferry2)
	var told []string
	for _, a := range b.alerts() {
		told = append(told, a.Subscription.UserID)
	}
	slices.Sort(told)
	if !slices.Equal(told, []string{"of the actor", "of the story"}) {
		t.Errorf("told %v", told)
	}
}

func TestFollowersOfAMergedStory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.Tell(b.gazette, "one", "Ferry runs aground off Port Ellery", ferry1)
	two := b.Tell(b.courier, "two", "Crack found in grounded ferry", ferry2)
	b.subscribe(bot.Subscription{GuildID: "1", StoryID: two.ID})
	if err := b.alerter.Story(t.Context(), &two); err != nil { // the alerter knows it by its old story
		t.Fatal(err)
	}
	b.alerts()
	b.Advance(time.Minute)
	if err := b.Store.MergeStories(t.Context(), two.ID, one.ID, b.Now()); err != nil {
		t.Fatal(err)
	}
	s := b.Tell(b.gazette, "one", "Ferry towed to Lindenau", "Tugs pulled the ferry Saint Orla into the dock of Lindenau on Wednesday night, the port said.")
	if err := b.alerter.Story(t.Context(), &s, two.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(b.alerts()); n != 1 {
		t.Errorf("%d alerts after the merge", n)
	}
}

func TestFiltersHoldForAlerts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.gazette
	f.GuildID, f.Exclude = "1", "ferry"
	if err := b.Store.SaveFollow(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry"})
	b.tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	if n := len(b.alerts()); n != 0 {
		t.Error("told of what the guild filters out")
	}
}

// One subscription that can't be served keeps no other from being told.
func TestOneSubscriptionFails(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe(bot.Subscription{UserID: "broken", GuildID: bot.DirectGuild, Query: "ferry"})
	b.subscribe(bot.Subscription{GuildID: "1", Query: "ferry"})
	s := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	if err := b.alerter.Story(t.Context(), &s); err == nil {
		t.Error("the failure was swallowed")
	}
	if n := len(b.alerts()); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	b := setup(t)
	fixes := &Corrections{Store: b.Store, Renderer: bottest.Renderer{}, Now: b.Now}
	before := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry1)
	// A digest has shown all lines in channel 11, and nothing in channel 12.
	for _, channel := range []string{"11", "12"} {
		if _, err := b.Store.SaveSchedule(t.Context(), bot.Schedule{GuildID: "1", ChannelID: channel, Cron: "0 8 * * *", Zone: "UTC"}); err != nil {
			t.Fatal(err)
		}
	}
	d := bot.Digest{GuildID: "1", ChannelID: "11", Slot: b.Now(), Until: b.Now(), Items: []bot.Item{{StoryID: before.ID}}}
	for _, dev := range before.Developments {
		d.Items[0].Lines = append(d.Items[0].Lines, bot.Line{DevelopmentID: dev.ID, Version: dev.Version, Text: dev.Text})
	}
	if _, err := b.Store.SaveEdition(t.Context(), bot.Edition{Digest: d}); err != nil {
		t.Fatal(err)
	}
	b.Advance(time.Hour)
	after := b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", strings.ReplaceAll(ferry1, "40 passengers", "37 passengers"))
	for range 2 {
		if err := fixes.Story(t.Context(), &before, &after); err != nil {
			t.Fatal(err)
		}
	}
	out := b.Outbox()
	if len(out) != 1 || out[0].ChannelID != "11" {
		t.Fatalf("%d notices: %+v\nbefore %+v\nafter %+v", len(out), out, before.Developments, after.Developments)
	}
	n := bottest.Read[bot.Notice](t, out[0])
	if n.Kind != "correction" || !strings.Contains(n.Args["Was"], "40") || !strings.Contains(n.Args["Text"], "37") || n.Args["Publisher"] != "Gazette" {
		t.Errorf("got %+v", n)
	}
	// A story that merely went on corrects nothing.
	if err := fixes.Story(t.Context(), &after, &after); err != nil || len(b.Outbox()) != 0 {
		t.Errorf("a notice without a correction: %v", err)
	}
}

func BenchmarkStory(b *testing.B) {
	bench := bottest.New(b)
	bench.Guild("1")
	f := bench.Follow("1", "Gazette")
	words := strings.Fields("election flood merger vaccine strike storm tariff budget museum festival satellite harbour drought referendum cable")
	for i := range 3000 {
		q := words[i%len(words)] + " " + words[(i/7+3)%len(words)]
		if i%50 == 0 {
			q = "ferry"
		}
		if _, err := bench.Store.SaveSubscription(b.Context(), bot.Subscription{GuildID: "1", UserID: string(rune('a'+i%26)) + q, Query: q, When: bot.Daily, Zone: "UTC"}); err != nil && !errors.Is(err, bot.ErrDuplicate) {
			b.Fatal(err)
		}
	}
	s := bench.Tell(f, "library", "Library of Lindenau opens on Sundays", "The city council of Lindenau voted to keep the central library open on Sundays, its mayor said on Tuesday.")
	a := &Alerter{Subscriptions: bench.Store, Alerts: bench.Store, Stories: bench.Store, Follows: bench.Store, Renderer: bottest.Renderer{}, Now: bench.Now}
	for b.Loop() {
		if err := a.Story(b.Context(), &s); err != nil {
			b.Fatal(err)
		}
	}
}
