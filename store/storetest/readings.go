package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

func reading(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	arts := b.publish(f, item("one", start), item("two", start.Add(time.Minute)), item("three", start))
	br := b.read(arts[0], 0, person("Ada Brun", "mayor of Lysvik"), "opened the bridge", "It holds")
	got := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9))
	if len(got) != 1 {
		t.Fatalf("%d readings, want 1", len(got))
	}
	r := got[0]
	if engines := must[map[int64]string](t)(b.s.BriefedBy(b.ctx(), []int64{arts[0].ID, arts[1].ID})); len(engines) != 1 || engines[arts[0].ID] != br.Engine {
		t.Errorf("briefed by %v", engines)
	}
	if engines := must[map[int64]string](t)(b.s.BriefedBy(b.ctx(), nil)); len(engines) != 0 {
		t.Errorf("no articles were briefed by %v", engines)
	}
	ada := b.actorNamed("Ada Brun")
	br.ArticleID = arts[0].ID
	br.Actors = slices.Clone(br.Actors)
	br.Actors[0].ID = ada.ID
	if diff := cmp.Diff(br, r.Brief); diff != "" {
		t.Errorf("the brief came back otherwise:\n%s", diff)
	}
	for _, d := range r.Brief.Developments {
		if e := d.Evidence; r.Article.Text[e.Start:e.End] != e.Text {
			t.Errorf("evidence %+v is not in the text %q", e, r.Article.Text)
		}
	}
	if r.StoryID != 0 || r.Corrected || r.Article.Stage != feeds.StageBriefed || r.Article.TextSource != feeds.TextFromPage {
		t.Errorf("reading %+v", r)
	}
	// What is skipped is not read, nor told.
	b.must(b.s.SkipArticle(b.ctx(), arts[1].ID, "filtered"))
	if unread := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9)); len(unread) != 1 || unread[0].ID != arts[2].ID {
		t.Errorf("unread: %+v", unread)
	}
	if err := b.s.SkipArticle(b.ctx(), 999, "no"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("skipped an article that is not there: %v", err)
	}
	if err := b.s.SaveReading(b.ctx(), feeds.Article{ID: 999}, br, nil); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("read an article that is not there: %v", err)
	}
	// An edit that came in while the article was being read is not lost.
	edited := item("three", start)
	edited.Title, edited.ContentHash = "On three, again", "v2"
	b.pass(time.Minute)
	b.publish(f, edited)
	b.read(arts[2], ada.ID, person("Ada Brun", "mayor"), "left", "")
	if unread := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9)); len(unread) != 1 || unread[0].Title != edited.Title {
		t.Errorf("unread after an edit during the reading: %+v", unread)
	}
}

// readingAgain: the same reading twice, or another one of the same article,
// leaves what one leaves.
func readingAgain(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	arts := b.publish(f, item("one", start))
	b.read(arts[0], 0, person("Ada Brun", "mayor of Lysvik"), "opened the bridge", "")
	ada := b.actorNamed("Ada Brun")
	if ada.Mentions != 1 || !ada.LastSeenAt.Equal(start) {
		t.Errorf("actor %+v", ada)
	}
	b.read(arts[0], ada.ID, person("Ada Brun", "mayor of Lysvik"), "opened the bridge", "")
	if again := b.actorNamed("Ada Brun"); again.Mentions != 1 || again.ID != ada.ID {
		t.Errorf("after the same reading again: %+v", again)
	}
	b.read(arts[0], 0, person("Odd Moe", "engineer"), "built the bridge", "")
	if again := b.actorNamed("Ada Brun"); again.Mentions != 0 {
		t.Errorf("after a reading without her: %+v", again)
	}
	if odd := b.actorNamed("Odd Moe"); odd.Mentions != 1 {
		t.Errorf("the other actor: %+v", odd)
	}
	got := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9))
	if len(got) != 1 || len(got[0].Brief.Actors) != 1 || got[0].Brief.Actors[0].Name != "Odd Moe" {
		t.Errorf("readings: %+v", got)
	}
}

func actors(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	arts := b.publish(f, item("one", start), item("two", start.Add(time.Hour)), item("three", start))
	short := person("Brun", "mayor of Lysvik")
	body, br := brief(short, "opened the bridge", "")
	arts[0].Text = body
	b.must(b.s.SaveReading(b.ctx(), arts[0], br, []bot.ActorLink{{Provisional: true}}))
	known := b.actorNamed("brun")
	if !known.Provisional || !slices.Contains(known.Context, "mayor") || !slices.Contains(known.Context, "lysvik") {
		t.Errorf("known by a short name: %+v", known)
	}
	// The full name makes it a whole person, with the short one as an alias.
	full := person("Adà Brun", "head of the port")
	full.Mentions = append(full.Mentions, summarize.Mention{Text: "the mayor", Descriptive: true})
	b.read(arts[1], known.ID, full, "closed the port", "")
	got := b.actorNamed("ADA BRUN") // with or without accents
	if got.ID != known.ID || got.Name != "Adà Brun" || got.Provisional || !cmp.Equal(got.Aliases, []string{"Brun"}) || got.Mentions != 2 || !got.LastSeenAt.Equal(start.Add(time.Hour)) {
		t.Errorf("known by the full name: %+v", got)
	}
	if found := must[[]summarize.KnownActor](t)(b.s.ActorCandidates(b.ctx(), []string{"the mayor", "Ada", ""})); len(found) != 0 {
		t.Errorf("found by what is no name of its own: %+v", found)
	}
	// A namesake stays apart; who knows an id that is gone gets a new actor.
	b.pass(time.Hour)
	b.read(arts[2], 999, person("Brun", "goalkeeper"), "saved a penalty", "")
	if found := must[[]summarize.KnownActor](t)(b.s.ActorCandidates(b.ctx(), []string{"Brun"})); len(found) != 2 || found[0].ID != got.ID {
		t.Errorf("candidates for Brun: %+v, want two, the more often named first", found)
	}
}

// newActorsTogether: outlets bring up a newcomer in the same minute, and are
// read side by side.
func newActorsTogether(t *testing.T, b *bench) {
	var (
		wg   sync.WaitGroup
		arts []feeds.Article
	)
	for _, word := range []string{"a", "b", "c", "d"} {
		arts = append(arts, b.publish(b.follow("g1", word, tide), item(word, start))...)
	}
	for _, a := range arts {
		wg.Go(func() {
			body, br := brief(person("Runa Haug", "chair of the board"), "resigned", "")
			a.Text = body
			if err := b.s.SaveReading(b.ctx(), a, br, []bot.ActorLink{{}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	found := must[[]summarize.KnownActor](t)(b.s.ActorCandidates(b.ctx(), []string{"Runa Haug"}))
	total := 0
	for _, k := range found {
		total += k.Mentions
	}
	if len(found) == 0 || total != 4 {
		t.Fatalf("%+v", found)
	}
	if b.s.Engine() == "sqlite" && len(found) != 1 {
		t.Errorf("one newcomer is %d actors", len(found))
	}
	// Much later the same name may be somebody else.
	b.pass(time.Hour)
	later := b.publish(b.follow("g1", "e", tide), item("e", start))
	b.read(later[0], 0, person("Runa Haug", "swimmer"), "won", "")
	if n := len(must[[]summarize.KnownActor](t)(b.s.ActorCandidates(b.ctx(), []string{"Runa Haug"}))); n != len(found)+1 {
		t.Errorf("%d actors, want one more than %d", n, len(found))
	}
}

// readingsTogether: articles about the same two, read side by side, whoever
// comes first in each.
func readingsTogether(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	first := b.publish(f, item("first", start))[0]
	body, br := brief(person("Ada Brun", "mayor"), "met Per Sand", "")
	br.Actors = append(br.Actors, summarize.Actor{Name: "Per Sand", Type: summarize.Person})
	first.Text = body
	b.must(b.s.SaveReading(b.ctx(), first, br, []bot.ActorLink{{Index: 0}, {Index: 1}}))
	ada, per := b.actorNamed("Ada Brun").ID, b.actorNamed("Per Sand").ID

	var items []feeds.Article
	for i := range 24 {
		items = append(items, item("more"+itoa(int64(i)), start))
	}
	var wg sync.WaitGroup
	for i, a := range b.publish(f, items...) {
		wg.Go(func() {
			links := []bot.ActorLink{{Index: 0, ActorID: ada}, {Index: 1, ActorID: per}}
			if i%2 == 0 {
				slices.Reverse(links)
			}
			a.Text = body
			if err := b.s.SaveReading(b.ctx(), a, br, links); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"Ada Brun", "Per Sand"} {
		if k := b.actorNamed(name); k.Mentions != 25 {
			t.Errorf("%s is named by %d articles, want 25", name, k.Mentions)
		}
	}
}
