package edition

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/bottest"
	"sitrep/bot/digest"
)

const ferry = "The ferry Saint Orla ran aground off Port Ellery on Tuesday and 40 passengers were taken to safety, the coast guard said. No one was hurt, its spokesman Tom Arkwright said."
const library = "The city council of Lindenau voted 31 to 12 on Tuesday to keep the central library open on Sundays. Mayor Ines Haller called the vote a relief."

type bench struct {
	*bottest.Bench
	t      *testing.T
	editor *Editor
	gazette,
	courier bot.Follow
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: bottest.New(t), t: t}
	b.Guild("1")
	b.gazette, b.courier = b.Follow("1", "Gazette"), b.Follow("1", "Courier")
	b.editor = &Editor{Store: b.Store, Renderer: bottest.Renderer{}, Now: b.Now, Log: slog.New(slog.DiscardHandler)}
	return b
}

func (b *bench) schedule(s bot.Schedule) bot.Schedule {
	b.t.Helper()
	if s.GuildID == "" {
		s.GuildID = "1"
	}
	if s.ChannelID == "" {
		s.ChannelID = "11"
	}
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	if s.NextRunAt.IsZero() {
		next, err := bot.NextSlot(s.Cron, s.Zone, b.Now())
		if err != nil {
			b.t.Fatal(err)
		}
		s.NextRunAt = next
	}
	s, err := b.Store.SaveSchedule(context.Background(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bench) run(want int) []bot.Digest {
	b.t.Helper()
	n, err := b.editor.RunDue(b.t.Context())
	if n != want || err != nil {
		b.t.Fatalf("at %s: made %d editions, %v, want %d", b.Now(), n, err, want)
	}
	var out []bot.Digest
	for _, d := range b.Outbox() {
		out = append(out, bottest.Read[bot.Digest](b.t, d))
	}
	return out
}

func TestAnEditionIsMadeOnceASlot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.schedule(bot.Schedule{Cron: "0 12 * * *", Name: "Noon"})
	b.run(0)
	b.Set(bottest.Start.Add(3 * time.Hour))
	got := b.run(1)
	if len(got) != 1 || len(got[0].Items) != 1 || got[0].Title != "Noon" || got[0].Late || !got[0].Slot.Equal(bottest.Start.Add(3*time.Hour)) {
		t.Fatalf("got %+v", got)
	}
	b.run(0)
	b.Advance(time.Minute)
	b.run(0)
	// The next day: nothing is new, and a silent schedule posts nothing, but goes on.
	b.Advance(24 * time.Hour)
	if got := b.run(1); len(got) != 0 {
		t.Errorf("posted though nothing is new: %+v", got)
	}
	b.run(0)
}

func TestManyProcessesMakeOneEdition(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.schedule(bot.Schedule{Cron: "0 12 * * *"})
	b.Advance(3 * time.Hour)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			e := &Editor{Store: b.Store, Renderer: bottest.Renderer{}, Now: b.Now, Log: slog.New(slog.DiscardHandler)}
			if _, err := e.RunDue(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if out := b.Outbox(); len(out) != 1 {
		t.Errorf("%d deliveries", len(out))
	}
}

// After a weekend of sleep there is one late digest, for the last slot, of all
// that the weekend brought.
func TestALateDigestComesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.schedule(bot.Schedule{Cron: "0 8,18 * * *"})
	b.Set(time.Date(2026, 3, 13, 18, 0, 0, 0, time.UTC)) // Friday
	b.run(1)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.Set(time.Date(2026, 3, 16, 9, 30, 0, 0, time.UTC)) // Monday
	got := b.run(1)
	if len(got) != 1 || !got[0].Late || !got[0].Slot.Equal(time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)) || len(got[0].Items) != 1 {
		t.Fatalf("got %+v", got)
	}
	if !got[0].Since.Equal(time.Date(2026, 3, 13, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("the window begins at %s", got[0].Since)
	}
	b.run(0)
	s, err := b.Store.Schedules(t.Context(), "1")
	if err != nil || !s[0].NextRunAt.Equal(time.Date(2026, 3, 16, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("next at %v, %v", s, err)
	}
}

// Around the days on which five zones change their clocks, and a leap day: one
// edition a local day.
func TestOneEditionALocalDay(t *testing.T) {
	t.Parallel()
	for zone, days := range map[string][]time.Time{
		"Europe/Berlin":       {time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), time.Date(2028, 2, 27, 12, 0, 0, 0, time.UTC)},
		"America/New_York":    {time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 12, 0, 0, 0, time.UTC)},
		"America/Santiago":    {time.Date(2026, 4, 4, 12, 0, 0, 0, time.UTC), time.Date(2026, 9, 5, 12, 0, 0, 0, time.UTC)},
		"Australia/Lord_Howe": {time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 3, 0, 0, 0, 0, time.UTC)},
		"Asia/Kolkata":        {time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)},
	} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			b := setup(t)
			for _, start := range days {
				b.Set(start)
				ids := map[int64]string{}
				for _, cron := range []string{"0 0 * * *", "30 1 * * *", "15 2 * * *", "30 2 * * *", "0 3 * * *"} {
					s := b.schedule(bot.Schedule{Cron: cron, Zone: zone, ChannelID: cron, QuietDay: true})
					ids[s.ID] = cron
				}
				seen := map[string]int{}
				for range 4 * 24 { // four days
					b.Advance(time.Hour)
					if _, err := b.editor.RunDue(t.Context()); err != nil {
						t.Fatal(err)
					}
					for _, d := range b.Outbox() {
						digest := bottest.Read[bot.Digest](t, d)
						seen[ids[digest.ScheduleID]+" on "+digest.Slot.In(loc).Format("2006-01-02")]++
					}
				}
				for id, cron := range ids {
					for day := 1; day <= 3; day++ {
						on := cron + " on " + start.In(loc).AddDate(0, 0, day).Format("2006-01-02")
						if seen[on] != 1 {
							t.Errorf("%d editions at %s", seen[on], on)
						}
					}
					if err := b.Store.RemoveSchedule(t.Context(), id); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// The machine's clock is set forward a day by mistake, and back: no slot is
// posted twice, and the schedule finds its way.
func TestTheClockIsSetForwardAndBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.schedule(bot.Schedule{Cron: "0 12 * * *", QuietDay: true})
	slots := map[string]int{}
	tick := func() {
		t.Helper()
		if _, err := b.editor.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, d := range b.Outbox() {
			slots[bottest.Read[bot.Digest](t, d).Slot.Format("2006-01-02")]++
		}
	}
	b.Advance(3 * time.Hour) // Tuesday noon
	tick()
	b.Advance(24 * time.Hour) // "Wednesday noon"
	tick()
	b.Advance(-24 * time.Hour)
	tick()
	for range 4 * 24 {
		b.Advance(time.Hour)
		tick()
	}
	for day, n := range slots {
		if n != 1 {
			t.Errorf("%d editions for %s", n, day)
		}
	}
	for _, day := range []string{"2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14"} {
		if slots[day] != 1 {
			t.Errorf("%d editions for %s", slots[day], day)
		}
	}
	// Set back: what was posted is not posted again.
	b.Advance(-36 * time.Hour)
	tick()
	for range 60 {
		b.Advance(time.Hour)
		tick()
	}
	for day, n := range slots {
		if n != 1 {
			t.Errorf("set back: %d editions for %s", n, day)
		}
	}
}

func TestTopicsFiltersAndLeanings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.Tell(b.courier, "library", "Lindenau keeps library open on Sundays", library)
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "topics", Topics: "ferry OR shipwreck"})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "denied", Topics: "-library"})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "floor", MinPublishers: 2, QuietDay: true})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "all"})
	for term, factor := range map[string]float64{"library": 8, "ferry": 0.2} {
		if err := b.Store.AddWeight(t.Context(), bot.Weight{GuildID: "1", ChannelID: "all", Term: term, Kind: "term", Factor: factor, At: b.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	b.Advance(3 * time.Hour)
	got := map[string]bot.Digest{}
	for _, d := range b.run(4) {
		got[d.ChannelID] = d
	}
	if d := got["topics"]; len(d.Items) != 1 || !strings.Contains(d.Items[0].Headline, "erry") || d.Items[0].Topic != "ferry" {
		t.Errorf("by topic: %+v", d.Items)
	}
	if d := got["denied"]; len(d.Items) != 1 || !strings.Contains(d.Items[0].Headline, "erry") {
		t.Errorf("without the library: %+v", d.Items)
	}
	if d := got["floor"]; len(d.Items) != 0 || !d.Quiet {
		t.Errorf("by two publishers: %+v", d.Items)
	}
	if d := got["all"]; len(d.Items) != 2 || !strings.Contains(d.Items[0].Headline, "ibrary") {
		t.Errorf("leaning to the library: %+v", d.Items)
	}
	// A filter on the feed keeps its library news back.
	follow := b.courier
	follow.GuildID, follow.Exclude = "1", "library"
	if err := b.Store.SaveFollow(t.Context(), follow); err != nil {
		t.Fatal(err)
	}
	d, _, err := b.editor.Preview(t.Context(), bot.Schedule{GuildID: "1", ChannelID: "new", Zone: "UTC"})
	if err != nil || len(d.Items) != 1 || !strings.Contains(d.Items[0].Headline, "erry") {
		t.Errorf("with a filter: %+v, %v", d.Items, err)
	}
}

func TestOnDemand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.Advance(time.Minute)
	s := b.schedule(bot.Schedule{Cron: "0 12 * * *"})
	d, messages, err := b.editor.Preview(t.Context(), s)
	if err != nil || len(d.Items) != 1 || len(messages) != 1 {
		t.Fatalf("preview: %+v, %v", d, err)
	}
	if out := b.Outbox(); len(out) != 0 {
		t.Fatal("a preview was posted")
	}
	for range 2 { // the interaction comes twice
		if _, err := b.editor.Post(t.Context(), s, "interaction 1"); err != nil {
			t.Fatal(err)
		}
	}
	if out := b.Outbox(); len(out) != 1 {
		t.Fatalf("%d deliveries", len(out))
	}
	// It counts as shown, and the schedule's own slot is untouched.
	if d, err := b.editor.Post(t.Context(), s, "interaction 2"); err != nil || len(d.Items) != 0 || !d.Quiet {
		t.Errorf("again: %+v, %v", d, err)
	}
	b.Outbox()
	b.Advance(3 * time.Hour)
	if got := b.run(1); len(got) != 0 {
		t.Errorf("shown twice: %+v", got)
	}
}

// What fails for one schedule leaves the others alone, and stays due.
func TestOneScheduleFails(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Tell(b.gazette, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "good"})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "broken topics", Topics: "((("})
	b.schedule(bot.Schedule{Cron: "not a cron", ChannelID: "broken times", NextRunAt: bottest.Start.Add(time.Hour)})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "panics"})
	b.schedule(bot.Schedule{Cron: "0 12 * * *", ChannelID: "no rendering"})
	b.editor.Renderer = picky{}
	b.editor.Compose = func(_ context.Context, in digest.Input) bot.Digest {
		if in.Schedule.ChannelID == "panics" {
			panic("index out of range")
		}
		return digest.Compose(in)
	}
	b.Advance(3 * time.Hour)
	n, err := b.editor.RunDue(t.Context())
	if n != 1 || err == nil {
		t.Fatalf("made %d, %v", n, err)
	}
	if out := b.Outbox(); len(out) != 1 || out[0].ChannelID != "good" {
		t.Errorf("deliveries: %+v", out)
	}
	b.editor.Renderer, b.editor.Compose = bottest.Renderer{}, nil
	b.Advance(time.Minute)
	if n, err := b.editor.RunDue(t.Context()); n != 2 || err == nil {
		t.Errorf("mended: made %d, %v", n, err)
	}
}

type picky struct{ bottest.Renderer }

func (p picky) Digest(d bot.Digest, s bot.Schedule) ([]bot.Message, error) {
	if s.ChannelID == "no rendering" {
		return nil, errors.New("too long")
	}
	return p.Renderer.Digest(d, s)
}
