package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/llm"
)

// editorModel answers as a model would that edits well, but for one lie.
type editorModel struct{ asked int }

func (m *editorModel) Name() string { return "editor" }

func (m *editorModel) Ask(_ context.Context, r llm.Request) (llm.Answer, error) {
	m.asked++
	switch {
	case strings.Contains(r.System, "bottom line"):
		return llm.Answer{JSON: []byte(`{"claims":[
			{"text":"Vellmar's harbour wall is to be rebuilt for 31 million euros","evidence":"The harbour wall of Vellmar is to be rebuilt for 31 million euros."},
			{"text":"The mayor has resigned","evidence":"The mayor has resigned."}]}`)}, nil
	case r.Name == "lines":
		return llm.Answer{JSON: []byte(`{"lines":["The harbour of Vellmar stays open","The port stays open until 5 May."]}`)}, nil
	}
	return llm.Answer{}, errors.New("not asked for")
}

func digestInput() digest.Input {
	at := time.Date(2026, 5, 5, 8, 0, 0, 0, time.UTC)
	line := func(id int64, text string) summarize.StoryDevelopment {
		return summarize.StoryDevelopment{ID: id, Version: 1, Text: text, Weight: 1, Publishers: 2, FirstSeenAt: at, ChangedAt: at, Sources: []summarize.Source{{ArticleID: id, URL: "https://halcyon.example/1", Publisher: "Halcyon", Family: "Halcyon", At: at,
			Evidence: summarize.Evidence{ArticleID: id, Part: summarize.PartText, End: len(text), Text: text}}}}
	}
	story := func(id int64, lang, headline string, texts ...string) summarize.Story {
		s := summarize.Story{ID: id, Lang: lang, Headline: headline, Publishers: 2, FirstSeenAt: at, UpdatedAt: at,
			Articles: []summarize.StoryArticle{{ArticleID: id, URL: "https://halcyon.example/1", Title: headline, Publisher: "Halcyon", Family: "Halcyon", Lang: lang, PublishedAt: at, SeenAt: at}}}
		for i, t := range texts {
			d := line(id*10+int64(i), t)
			d.Lang = lang
			s.Developments = append(s.Developments, d)
		}
		return s
	}
	return digest.Input{Schedule: bot.Schedule{GuildID: "1", Size: bot.SizeStandard}, Title: "Morning", Lang: "en", Slot: at.Add(time.Hour), Since: at.Add(-time.Hour), Until: at.Add(time.Hour),
		Stories: []summarize.Story{
			story(1, "en", "Harbour wall of Vellmar to be rebuilt", "The harbour wall of Vellmar is to be rebuilt for 31 million euros."),
			story(2, "de", "Hafen von Orlau bleibt offen", "Der Hafen bleibt bis zum 5. Mai offen."),
		}}
}

func TestAModelEditsADigestAndNothingFalseGetsIn(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), ":memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	guild := bot.Guild{ID: "1", Name: "Harbour Watch", Lang: "en", Zone: "UTC", JoinedAt: time.Now()}
	if err := db.SaveGuild(t.Context(), guild); err != nil {
		t.Fatal(err)
	}
	model := &editorModel{}
	books := modelBooks{db}
	engine := llm.New(llm.Config{Model: model, Fallback: extractive.New(nil), Cache: books, Log: slog.New(slog.DiscardHandler),
		Budget: &llm.Budget{Limits: llm.Limits{Tokens: 1_000_000}, Ledger: books, Now: time.Now}})
	compose := composer(engine, db, slog.New(slog.DiscardHandler))

	d := compose(t.Context(), digestInput())
	if len(d.BottomLine) != 1 || d.BottomLine[0].Text != "Vellmar's harbour wall is to be rebuilt for 31 million euros" || len(d.BottomLine[0].Sources) == 0 {
		t.Errorf("bottom line: %+v", d.BottomLine)
	}
	for _, item := range d.Items {
		if item.StoryID == 2 && (item.Lines[0].Text != "The port stays open until 5 May." || item.Headline != "The harbour of Vellmar stays open") {
			t.Errorf("not translated: %+v", item)
		}
	}
	asked := model.asked
	compose(t.Context(), digestInput())
	if model.asked != asked {
		t.Error("the same digest was paid twice")
	}

	guild.LLMOptOut = true
	if err := db.SaveGuild(t.Context(), guild); err != nil {
		t.Fatal(err)
	}
	in := digestInput()
	in.Stories[0].Developments[0].Text = "The harbour wall of Vellmar is to be rebuilt for 32 million euros."
	if d := compose(t.Context(), in); model.asked != asked || strings.Contains(d.BottomLine[0].Text, "Vellmar's") {
		t.Error("the texts of a server that opted out went to the model")
	}
}

func TestOnBehalfOfThoseWhoLetTextsGo(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), ":memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var feedID int64
	for _, g := range []bot.Guild{{ID: "1", LLMOptOut: true, JoinedAt: time.Now()}, {ID: "2", JoinedAt: time.Now()}} {
		if err := db.SaveGuild(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		f, err := db.AddFollow(t.Context(), bot.Follow{GuildID: g.ID, Feed: feeds.Feed{URL: "https://halcyon.example/feed", State: feeds.StateActive}, AddedAt: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		feedID = f.Feed.ID
	}
	may := onBehalf(db)
	if guild, ok, err := may(t.Context(), &feeds.Article{FeedID: feedID}); guild != "2" || !ok || err != nil {
		t.Errorf("%q, %v, %v", guild, ok, err)
	}
	if err := db.SaveGuild(t.Context(), bot.Guild{ID: "2", LLMOptOut: true, JoinedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := may(t.Context(), &feeds.Article{FeedID: feedID}); ok || err != nil {
		t.Errorf("all followers have opted out: %v, %v", ok, err)
	}
}
