package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

func leases(t *testing.T, b *bench) {
	lease := func(holder string) bool {
		t.Helper()
		return must[bool](t)(b.s.Lease(b.ctx(), "stories", holder, time.Minute))
	}
	if !lease("a") || !lease("a") {
		t.Error("not leased to the first, or not renewed")
	}
	if lease("b") {
		t.Error("leased to two")
	}
	b.must(b.s.ReleaseLease(b.ctx(), "stories", "b")) // not its own
	b.pass(59 * time.Second)
	if lease("b") {
		t.Error("leased to two within the time")
	}
	b.pass(time.Second)
	if !lease("b") {
		t.Error("not leased although it ran out")
	}
	b.must(b.s.ReleaseLease(b.ctx(), "stories", "b"))
	if !lease("a") {
		t.Error("not leased although it was released")
	}
}

// bridge is a story of three outlets in three feeds: tide and harbour belong
// to one family, alpine's article repeats nobody, delta's is a copy of
// alpine's.
func bridge(b *bench) (st summarize.Story, fs []feeds.Feed, arts []feeds.Article) {
	b.t.Helper()
	did := []string{"opened the bridge", "opened the new bridge", "opened the bridge of Lysvik", "opened the bridge of Lysvik"}
	var sources []summarize.Source
	var ada int64
	for i, o := range []outlet{tide, harbour, alpine, delta} {
		word := []string{"tide", "harbour", "alpine", "delta"}[i]
		f := b.follow("all", word, o)
		b.follow("only-"+word, word, o)
		it := item(word, b.clock())
		it.ImageURL = "https://img.example/" + word + ".jpg"
		a := b.publish(f, it)[0]
		a.Publisher, a.Family = o.name, o.family
		role := []string{"mayor", "mayor of Lysvik", "head of the town", "head of the town"}[i]
		br := b.read(a, ada, person("Ada Brun", role), did[i], "")
		ada = b.actorNamed("Ada Brun").ID
		sources = append(sources, source(a, br))
		fs, arts = append(fs, f), append(arts, a)

		st.Headline, st.Lang, st.ImageURL = arts[0].Title, "en", arts[0].ImageURL
		if st.Developments == nil {
			st.Developments = []summarize.StoryDevelopment{
				{Text: "Ada Brun opened the bridge", Lang: "en", Version: 1, Weight: 1},
				{Text: "Ada Brun opened the bridge", Lang: "en", Version: 1, Weight: 0.5, Sources: []summarize.Source{sources[0]}, Publishers: 1},
			}
			st.Actors = []summarize.StoryActor{{ActorID: ada, Name: "Ada Brun", Type: summarize.Person, Role: role, RoleBy: sources[0], Salience: 1}}
		}
		st.Developments[0].Sources = sources
		var copyOf int64
		if i == 3 {
			copyOf = arts[2].ID
		}
		st.UpdatedAt = b.clock()
		st = b.join(st, a, copyOf)
		b.pass(time.Minute)
	}
	return st, fs, arts
}

func stories(t *testing.T, b *bench) {
	st, _, arts := bridge(b)
	got := must[summarize.Story](t)(b.s.Story(b.ctx(), st.ID))
	if diff := cmp.Diff(st, got); diff != "" {
		t.Errorf("the story came back otherwise:\n%s", diff)
	}
	if len(got.Articles) != 4 || got.Articles[3].CopyOf != arts[2].ID || got.Articles[0].Publisher != tide.name || got.Articles[0].FeedIDs[0] != arts[0].FeedID {
		t.Errorf("articles: %+v", got.Articles)
	}
	if d := got.Developments; d[0].ID == 0 || d[1].ID == 0 || d[0].ID == d[1].ID {
		t.Errorf("developments without ids of their own: %+v", d)
	}
	if left := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9)); len(left) != 0 {
		t.Errorf("joined articles are waiting to be joined: %+v", left)
	}
	members := must[[]bot.Reading](t)(b.s.Members(b.ctx(), st.ID))
	if len(members) != 4 || members[0].Article.ID != arts[0].ID || members[3].CopyOf != arts[2].ID || members[0].Brief.Actors[0].ID == 0 {
		t.Errorf("members: %+v", members)
	}
	// The index comes back as it was given.
	docs := map[int64]string{}
	window := func(since time.Time) int {
		clear(docs)
		b.must(b.s.Window(b.ctx(), since, func(article, story int64, doc []byte) error {
			if story != st.ID {
				t.Errorf("article %d in story %d", article, story)
			}
			docs[article] = string(doc)
			return nil
		}))
		return len(docs)
	}
	if window(start) != 4 || docs[arts[1].ID] != arts[1].Title {
		t.Errorf("window: %v", docs)
	}
	if n := window(start.Add(2 * time.Minute)); n != 2 {
		t.Errorf("%d articles in the later window, want 2", n)
	}
	stop := errors.New("stop")
	if err := b.s.Window(b.ctx(), start, func(int64, int64, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error became %v", err)
	}

	// Joined again: nothing twice; a development that is gone is gone, the
	// others keep their ids.
	st.Developments = st.Developments[:1]
	again := b.join(st, arts[3], arts[2].ID)
	if len(again.Articles) != 4 || len(again.Developments) != 1 || again.Developments[0].ID != st.Developments[0].ID {
		t.Errorf("joined again: %+v", again)
	}
	// An article that was edited after it had joined comes by once more.
	edited := item("alpine", arts[2].PublishedAt)
	edited.Title, edited.ContentHash = "On alpine, corrected", "v2"
	for _, w := range must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "only-alpine")) {
		b.publish(w.Feed, edited)
		unread := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), w.Feed.ID, 9))
		b.read(unread[0], b.actorNamed("Ada Brun").ID, person("Ada Brun", "head of the town"), "did not open the bridge", "")
	}
	r := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9))
	if len(r) != 1 || !r[0].Corrected || r[0].StoryID != st.ID {
		t.Errorf("corrected: %+v", r)
	}
	if _, err := b.s.Story(b.ctx(), 999); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("unknown story: %v", err)
	}
	if _, err := b.s.SaveStory(b.ctx(), bot.Join{Story: summarize.Story{ID: 999}, ArticleID: arts[0].ID}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("joined to an unknown story: %v", err)
	}
}

func mergeStories(t *testing.T, b *bench) {
	st, _, _ := bridge(b)
	f := b.follow("all", "second", delta)
	a := b.publish(f, item("second", b.clock()))[0]
	br := b.read(a, b.actorNamed("Ada Brun").ID, person("Ada Brun", "mayor"), "cut a ribbon", "")
	other := b.join(told("Ribbon cut", "Ada Brun cut a ribbon", source(a, br)), a, 0)

	sub := must[bot.Subscription](t)(b.s.SaveSubscription(b.ctx(), bot.Subscription{UserID: "u1", StoryID: other.ID}))
	b.must(b.s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{other.ID}, Lines: map[int64]int{other.Developments[0].ID: 1}}))
	b.must(b.s.SaveAlert(b.ctx(), bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{other.ID}, HoldBack: true}))

	at := b.pass(time.Hour)
	for range 2 { // again after a crash
		b.must(b.s.MergeStories(b.ctx(), other.ID, st.ID, at))
	}
	got := must[summarize.Story](t)(b.s.Story(b.ctx(), other.ID))
	if got.ID != st.ID || len(got.Articles) != 5 || len(got.Developments) != 3 || !got.UpdatedAt.Equal(at) || got.Publishers != 2 {
		t.Errorf("merged: %+v", got)
	}
	if got.Developments[2].ID != other.Developments[0].ID {
		t.Error("a development that was told has a new id, and would be told again")
	}
	if told := must[map[int64]int](t)(b.s.Told(b.ctx(), sub.ID, st.ID)); told[other.Developments[0].ID] != 1 {
		t.Errorf("told of the merged story: %v", told)
	}
	if held := must[[]int64](t)(b.s.HeldBack(b.ctx(), sub.ID)); !cmp.Equal(held, []int64{st.ID}) {
		t.Errorf("held back: %v", held)
	}
	if s := must[bot.Subscription](t)(b.s.Subscription(b.ctx(), sub.ID)); s.StoryID != st.ID {
		t.Errorf("the subscription follows story %d, want %d", s.StoryID, st.ID)
	}
	if err := b.s.MergeStories(b.ctx(), st.ID, other.ID, at); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("merged in a circle: %v", err)
	}
	if err := b.s.MergeStories(b.ctx(), st.ID, 999, at); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("merged into nothing: %v", err)
	}
}

func storiesInScope(t *testing.T, b *bench) {
	st, _, arts := bridge(b)
	seen := func(guild string) summarize.Story {
		t.Helper()
		all := must[[]summarize.Story](t)(b.s.GuildStories(b.ctx(), guild, start, b.clock(), 9))
		if len(all) != 1 {
			t.Fatalf("guild %s sees %d stories", guild, len(all))
		}
		return all[0]
	}
	if diff := cmp.Diff(must[summarize.Story](t)(b.s.Story(b.ctx(), st.ID)), seen("all")); diff != "" {
		t.Errorf("who follows all feeds sees another story:\n%s", diff)
	}

	// Who follows one feed sees what that feed carried, in its own words.
	got := seen("only-harbour")
	if len(got.Articles) != 1 || got.Articles[0].ArticleID != arts[1].ID || got.Publishers != 1 {
		t.Errorf("articles %+v of %d publishers", got.Articles, got.Publishers)
	}
	if got.Headline != arts[1].Title || got.ImageURL != arts[1].ImageURL {
		t.Errorf("headline %q and image %q of another outlet", got.Headline, got.ImageURL)
	}
	if len(got.Developments) != 1 {
		t.Fatalf("developments %+v: one stood on another outlet alone", got.Developments)
	}
	d := got.Developments[0]
	if d.Text != "Ada Brun opened the new bridge" || len(d.Sources) != 1 || d.Sources[0].Publisher != harbour.name || d.Publishers != 1 || d.ID != st.Developments[0].ID {
		t.Errorf("development %+v", d)
	}
	if len(got.Actors) != 1 || got.Actors[0].Role != "" {
		t.Errorf("actors %+v: the role was another outlet's", got.Actors)
	}
	if !got.FirstSeenAt.Equal(arts[1].SeenAt) {
		t.Errorf("first seen %v, before the outlet had it", got.FirstSeenAt)
	}
	if got := seen("only-tide"); len(got.Developments) != 2 || got.Actors[0].Role != "mayor" {
		t.Errorf("the first outlet's own: %+v", got)
	}
	// Who follows nothing that carried it doesn't see it.
	b.follow("elsewhere", "elsewhere", delta)
	for _, guild := range []string{"elsewhere", "nobody", ""} {
		if all := must[[]summarize.Story](t)(b.s.GuildStories(b.ctx(), guild, start, b.clock(), 9)); len(all) != 0 {
			t.Errorf("guild %q sees %+v", guild, all)
		}
	}
	// The window is by when a guild's own feeds brought it.
	if all := must[[]summarize.Story](t)(b.s.GuildStories(b.ctx(), "only-tide", start.Add(time.Minute), b.clock(), 9)); len(all) != 0 {
		t.Errorf("what only other feeds brought later is news to a guild: %+v", all)
	}
	if ids := must[[]string](t)(b.s.GuildsOfStory(b.ctx(), st.ID)); !cmp.Equal(ids, []string{"all", "only-alpine", "only-delta", "only-harbour", "only-tide"}) {
		t.Errorf("guilds of the story: %v", ids)
	}

	// Who follows one feed doesn't see that what it told has come out otherwise elsewhere.
	d0 := &st.Developments[0]
	all := d0.Sources
	d0.Text, d0.Sources, d0.Overtaken = "Ada Brun closed the bridge", []summarize.Source{all[0], all[2], all[3]}, all[1:2]
	b.join(st, arts[0], 0)
	b.pass(time.Minute)
	if d := seen("only-harbour").Developments; len(d) != 1 || d[0].Text != "Ada Brun opened the new bridge" || len(d[0].Sources) != 1 || d[0].Overtaken != nil || d[0].Publishers != 1 {
		t.Errorf("what was overtaken elsewhere: %+v", d)
	}
	if d := seen("only-tide").Developments[0]; d.Text != "Ada Brun closed the bridge" || len(d.Sources) != 1 || d.Overtaken != nil {
		t.Errorf("who told it before is out of sight: %+v", d)
	}
	if d := seen("all").Developments[0]; len(d.Sources) != 3 || len(d.Overtaken) != 1 {
		t.Errorf("in sight of all: %+v", d)
	}
}
