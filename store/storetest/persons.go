package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

func persons(t *testing.T, b *bench) {
	if at := must[time.Time](t)(b.s.CaughtUp(b.ctx(), "u1", "g1")); !at.IsZero() {
		t.Errorf("caught up at %v before asking", at)
	}
	for _, at := range []time.Time{start, start.Add(time.Hour)} {
		b.must(b.s.SetCaughtUp(b.ctx(), "u1", "g1", at))
	}
	b.must(b.s.SetCaughtUp(b.ctx(), "u2", "g1", start))
	if at := must[time.Time](t)(b.s.CaughtUp(b.ctx(), "u1", "g1")); !at.Equal(start.Add(time.Hour)) {
		t.Errorf("caught up at %v", at)
	}
	b.follow("g1", "a", tide) // added by u1
	b.must(errOf(b.s.SaveSubscription(b.ctx(), bot.Subscription{UserID: "u1", Query: "my secret interest"})))
	b.must(errOf(b.s.SaveSubscription(b.ctx(), bot.Subscription{UserID: "u2", Query: "other"})))
	b.must(errOf(b.s.SaveSchedule(b.ctx(), bot.Schedule{GuildID: "g1", ChannelID: "c1", CreatedBy: "u1"})))
	b.must(b.s.AddWeight(b.ctx(), bot.Weight{GuildID: "g1", ChannelID: "c1", Term: "bridge", Kind: "term", Factor: 2, By: "u1", At: start}))
	b.must(b.s.Enqueue(b.ctx(), []bot.Delivery{{Key: "dm", UserID: "u1", Payload: []byte("my alert")}, {Key: "other", UserID: "u2"}}))
	b.must(errOf(b.s.UseQuota(b.ctx(), "brief:user:u1", 3, time.Hour, start)))

	export := string(must[[]byte](t)(b.s.ExportPerson(b.ctx(), "u1")))
	for _, want := range []string{"my secret interest", "my alert", "a.example", "bridge", `"caught_up"`, `"schedules_created"`} {
		if !strings.Contains(export, want) {
			t.Errorf("the export has no %q:\n%s", want, export)
		}
	}
	if !json.Valid([]byte(export)) || strings.Contains(export, "u2") || strings.Contains(export, "other") {
		t.Errorf("the export: %s", export)
	}
	b.must(b.s.DeletePerson(b.ctx(), ""))
	b.must(b.s.DeletePerson(b.ctx(), "u1"))
	var left map[string]any
	b.must(json.Unmarshal(must[[]byte](t)(b.s.ExportPerson(b.ctx(), "u1")), &left))
	if len(left) != 1 {
		t.Errorf("left of the user: %v", left)
	}
	if got := must[[]bot.Subscription](t)(b.s.ActiveSubscriptions(b.ctx())); len(got) != 1 || got[0].UserID != "u2" {
		t.Errorf("subscriptions: %+v", got)
	}
	// What was done for the guild stays.
	if got := must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1")); len(got) != 1 || got[0].AddedBy != "" {
		t.Errorf("follows: %+v", got)
	}
	if got := must[[]bot.Schedule](t)(b.s.Schedules(b.ctx(), "g1")); len(got) != 1 || got[0].CreatedBy != "" {
		t.Errorf("schedules: %+v", got)
	}
}

func quotas(t *testing.T, b *bench) {
	use := func(at time.Time) bool {
		t.Helper()
		return must[bool](t)(b.s.UseQuota(b.ctx(), "brief:user:u1", 2, time.Hour, at))
	}
	for i, want := range []bool{true, true, false, false} {
		if got := use(start.Add(time.Duration(i) * time.Minute)); got != want {
			t.Errorf("use %d: %v, want %v", i, got, want)
		}
	}
	if !use(start.Add(time.Hour)) || !use(start.Add(time.Hour)) || use(start.Add(time.Hour)) {
		t.Error("the next window is not a whole one")
	}
	if must[bool](t)(b.s.UseQuota(b.ctx(), "none", 0, time.Hour, start)) {
		t.Error("a quota of nothing was used")
	}
}

func weights(t *testing.T, b *bench) {
	w := bot.Weight{GuildID: "g1", ChannelID: "c1", Term: "bridge", Kind: "term", Factor: 2, By: "u1", At: start}
	b.must(b.s.AddWeight(b.ctx(), w))
	w.Factor = 0.5
	b.must(b.s.AddWeight(b.ctx(), w)) // takes the place of the first
	b.must(b.s.AddWeight(b.ctx(), bot.Weight{ChannelID: "c2", Term: "bridge", Kind: "term"}))
	got := must[[]bot.Weight](t)(b.s.Weights(b.ctx(), "c1"))
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	w.ID = got[0].ID
	if !cmp.Equal(got[0], w) {
		t.Errorf("%+v, want %+v", got[0], w)
	}
	b.must(b.s.RemoveWeight(b.ctx(), w.ID))
	if err := b.s.RemoveWeight(b.ctx(), w.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func status(t *testing.T, b *bench) {
	wire(b)
	b.must(b.s.SaveGuild(b.ctx(), bot.Guild{ID: "town"}))
	b.send("c1", "a", "b")
	b.must(errOf(b.s.ParkRoute(b.ctx(), "channel:c9", "gone", start)))
	f := b.follow("town", "more", tide)
	b.publish(f, item("unread", b.clock()))
	st := must[bot.Status](t)(b.s.Status(b.ctx(), ""))
	if st.Bytes < 4096 || st.CheckedAt.IsZero() {
		t.Errorf("status %+v", st)
	}
	st.Bytes, st.CheckedAt = 0, time.Time{}
	// wire left a job a feed: tide, delta, alpine; and this one's.
	want := bot.Status{Guilds: 1, Feeds: 4, Articles: 6, Stories: 5, Waiting: 1, Outbox: 2, Oldest: start.Add(5 * time.Hour), Parked: 1, Jobs: 4, Engine: b.s.Engine()}
	if !cmp.Equal(st, want) {
		t.Errorf("status of all:\n%s", cmp.Diff(want, st))
	}
	st = must[bot.Status](t)(b.s.Status(b.ctx(), "town"))
	if st.Feeds != 3 || st.Articles != 4 || st.Stories != 3 || st.Waiting != 1 || st.Outbox != 0 || st.Parked != 0 {
		t.Errorf("status of a guild: %+v", st)
	}
	b.must(b.s.Ping(b.ctx()))
	b.must(b.s.Check(b.ctx()))
	b.must(b.s.CheckSchema(b.ctx()))
	b.must(b.s.Vacuum(b.ctx()))
}

func tracing(t *testing.T, b *bench) {
	all := wire(b)
	st := all["ferries"]
	url := st.Articles[0].URL
	d := must[bot.Digest](t)(b.s.SaveEdition(b.ctx(), bot.Edition{
		Digest: bot.Digest{GuildID: "town", ChannelID: "c1", Until: b.clock(), Items: []bot.Item{{StoryID: st.ID, Why: []string{"two publishers"}}},
			LeftOut: []bot.LeftOut{{StoryID: all["bridge"].ID, Reason: "size"}}},
		Deliveries: []bot.Delivery{{Key: "digest:0:1:0", GuildID: "town", ChannelID: "c1", CreatedAt: b.clock()}},
	}))
	b.pass(time.Minute)
	id := must[[]bot.Delivery](t)(b.s.DigestDeliveries(b.ctx(), d.ID))[0].ID
	b.must(b.s.MarkPosted(b.ctx(), id, "1099511627777000", "c1", b.clock()))
	town, coast := bot.Scope{GuildID: "town"}, bot.Scope{GuildID: "coast"}

	steps := func(sc bot.Scope, query string) string {
		t.Helper()
		traces := must[[]bot.Trace](t)(b.s.Trace(b.ctx(), sc, query))
		if len(traces) != 1 {
			t.Fatalf("%d traces of %s", len(traces), query)
		}
		var out []string
		for _, s := range traces[0].Steps {
			var said []string
			for _, part := range []string{s.Step, s.Code, s.Message, s.Channel, s.Note} {
				if part != "" {
					said = append(said, part)
				}
			}
			if s.Of > 0 {
				said = append(said, fmt.Sprintf("(%d of %d)", s.Place, s.Of))
			}
			out = append(out, strings.Join(said, " "))
		}
		return strings.Join(out, " | ")
	}
	story := must[[]bot.Trace](t)(b.s.Trace(b.ctx(), town, url))[0].StoryID
	if story != st.ID {
		t.Errorf("traced to story %d, want %d", story, st.ID)
	}
	for _, query := range []string{url, "1099511627777000", itoa(st.ID)} {
		got := steps(town, query)
		for _, want := range []string{"seen", "read page embedded", "joined story ", ": alike", "ranked c1 two publishers (1 of 1)", "sent posted 1099511627777000 c1"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %q", query, want, got)
			}
		}
	}
	if got := steps(town, itoa(all["bridge"].ID)); !strings.HasSuffix(got, "left out size c1") {
		t.Errorf("left out: %q", got)
	}
	for _, query := range []string{url, "1099511627777000", itoa(st.ID), "nonsense", "https://news.example/nothing", "99999"} {
		if _, err := b.s.Trace(b.ctx(), coast, query); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("another guild traced %s: %v", query, err)
		}
	}
	f := b.follow2("town", "tide", tide)
	a := b.publish(f, item("dull", b.clock()))[0]
	b.must(b.s.SkipArticle(b.ctx(), a.ID, "sport"))
	if got := steps(town, a.URL); got != "seen | filtered sport" {
		t.Errorf("filtered: %q", got)
	}
}

func retention(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	old := b.publish(f, item("old", start))[0]
	br := b.read(old, 0, person("Ada Brun", "mayor"), "opened the bridge", "It holds")
	st := b.join(told("Bridge", br.Developments[0].Text, source(old, br)), old, 0)
	b.must(errOf(b.s.SaveEdition(b.ctx(), bot.Edition{Digest: bot.Digest{GuildID: "g1", ChannelID: "c1", BottomLine: []bot.Line{{DevelopmentID: st.Developments[0].ID}}}})))

	// The text goes, and the sentences that carry a claim stay.
	later := b.pass(60 * 24 * time.Hour)
	if n := must[int](t)(b.s.PruneText(b.ctx(), later, 9)); n != 1 {
		t.Errorf("pruned %d texts", n)
	}
	m := must[[]bot.Reading](t)(b.s.Members(b.ctx(), st.ID))[0]
	if m.Article.Text != "" || m.Brief.Developments[0].Evidence.Text == "" {
		t.Errorf("after pruning: %+v", m)
	}
	sc := bot.Scope{GuildID: "g1"}
	if p := must[bot.StoryPage](t)(b.s.SearchStories(b.ctx(), sc, "bridge", bot.StoryFilter{})); len(p.Stories) != 1 {
		t.Errorf("found %v", headlines(p))
	}
	// What may still be in the feed stays, whatever its age.
	if n := must[int](t)(b.s.PruneArticles(b.ctx(), later, 999)); n != 0 {
		t.Errorf("pruned %d articles that the feed may still have", n)
	}
	var many []feeds.Article
	for i := range 300 {
		many = append(many, item("many"+itoa(int64(i)), later))
	}
	b.publish(f, many...)
	if n := must[int](t)(b.s.PruneArticles(b.ctx(), later, 999)); n != 1 {
		t.Errorf("pruned %d articles, want the old one", n)
	}
	if p := must[bot.StoryPage](t)(b.s.SearchStories(b.ctx(), sc, "bridge", bot.StoryFilter{})); len(p.Stories) != 0 {
		t.Errorf("found %v after pruning", headlines(p))
	}
	if _, err := b.s.Story(b.ctx(), st.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("an empty story: %v", err)
	}
	if got := must[[]summarize.KnownActor](t)(b.s.ActorCandidates(b.ctx(), []string{"Ada Brun"})); len(got) != 0 {
		t.Errorf("an actor that nothing names: %+v", got)
	}
	if known := must[[]feeds.Known](t)(b.s.KnownArticles(b.ctx(), f.ID, 999)); len(known) != 300 {
		t.Errorf("%d articles left, want 300", len(known))
	}
}
