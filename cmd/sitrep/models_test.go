package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/grounding"
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
	case r.Name == "lines" && strings.Count(r.Data, "5. Mai") == 2: // the line, and the bottom line that repeats it
		return llm.Answer{JSON: []byte(`{"lines":["The harbour of Orlau stays open","The port stays open until 5 May.","The port stays open until 5 May."]}`)}, nil
	case r.Name == "lines":
		return llm.Answer{JSON: []byte(`{"lines":["The harbour of Orlau stays open","The port stays open until 5 May."]}`)}, nil
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
		if item.StoryID == 2 && (item.Lines[0].Text != "The port stays open until 5 May." || item.Headline != "The harbour of Orlau stays open" || item.TranslatedFrom != "de" || item.Lang != "en") {
			t.Errorf("not translated: %+v", item)
		}
	}
	if d.Engine != "mixed:editor" {
		t.Errorf("written by %q: the lines are the articles' own, the bottom line is the model's", d.Engine)
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
	if d := compose(t.Context(), in); model.asked != asked || strings.Contains(d.BottomLine[0].Text, "Vellmar's") || d.Engine != "embedded" {
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
	if err := db.SaveGuild(t.Context(), bot.Guild{ID: "3", JoinedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	// An article that somebody asks for is of no feed, and read on behalf of the server that it is asked in.
	for asker, want := range map[string]bool{"3": true, "2": false, "": false} {
		if guild, ok, err := may(askedBy(t.Context(), asker), &feeds.Article{}); ok != want || ok && guild != asker || err != nil {
			t.Errorf("asked for in server %q: %q, %v, %v", asker, guild, ok, err)
		}
	}
}

// A desk is a store with one guild and a few briefs.
type desk struct {
	optOut  bool
	engines map[int64]string
}

func (d desk) Guild(context.Context, string) (bot.Guild, error) {
	return bot.Guild{LLMOptOut: d.optOut}, nil
}

func (d desk) BriefedBy(context.Context, []int64) (map[int64]string, error) { return d.engines, nil }

// answers is a model that answers each kind of question with one document; what
// it has none for fails.
type answers map[string]string

func (answers) Name() string { return "writer" }

func (a answers) Ask(ctx context.Context, r llm.Request) (llm.Answer, error) {
	if document, ok := a[r.Name]; ok {
		return llm.Answer{JSON: []byte(document)}, nil
	}
	if _, ok := a["silent"]; ok {
		<-ctx.Done()
		return llm.Answer{}, ctx.Err()
	}
	return llm.Answer{}, errors.New("not asked for")
}

// floodInput is a story of four lines from as many outlets: two that state one
// fact, one that states its contrary, one with another figure.
func floodInput() digest.Input {
	in := digestInput()
	in.Stories = in.Stories[:1]
	s := &in.Stories[0]
	template := s.Developments[0]
	s.Developments = nil
	for i, text := range []string{
		"The sluice of Orlau was opened on Monday by the river board.",
		"On Monday the river board opened the sluice of Orlau.",
		"The sluice of Orlau was closed on Monday by the river board.",
		"The river board opened 3 sluices of Orlau on Monday.",
	} {
		d := template
		d.ID, d.Text, d.Lang, d.Weight, d.Publishers = int64(100+i), text, "en", 1-float64(i)/10, 1
		name := []string{"Halcyon", "Quayside", "Tidewater", "Fenwick"}[i]
		d.Sources = []summarize.Source{{ArticleID: int64(200 + i), URL: "https://halcyon.example/1", Publisher: name, Family: name, At: template.FirstSeenAt,
			Evidence: summarize.Evidence{ArticleID: int64(200 + i), End: len(text), Text: text}}}
		s.Developments = append(s.Developments, d)
	}
	in.Schedule.Size = bot.SizeLong
	return in
}

func withModel(t *testing.T, model llm.Model, store editorStore) func(context.Context, digest.Input) bot.Digest {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	return composer(llm.New(llm.Config{Model: model, Fallback: extractive.New(nil), Log: log}), store, log)
}

func told(d bot.Digest) map[int64][]int64 {
	out := map[int64][]int64{}
	for _, item := range d.Items {
		for _, l := range item.Lines {
			for _, s := range l.Sources {
				out[l.DevelopmentID] = append(out[l.DevelopmentID], s.ArticleID)
			}
		}
	}
	return out
}

func TestALineToldTwiceIsToldOnceWithAllItsSources(t *testing.T) {
	t.Parallel()
	in := floodInput()
	model := answers{"groups": `{"groups":[{"best":0,"same":[0,1,2,3]}]}`} // it lies about two of them
	d := withModel(t, model, desk{})(t.Context(), in)
	if got, want := told(d), (map[int64][]int64{100: {200, 201}, 102: {202}, 103: {203}}); !reflect.DeepEqual(got, want) {
		t.Errorf("development -> articles: %v, want %v", got, want)
	}
	if d.Engine != "mixed:writer" {
		t.Errorf("written by %q", d.Engine)
	}
	if len(in.Stories[0].Developments) != 4 || len(in.Stories[0].Developments[0].Sources) != 1 {
		t.Error("the story itself was changed")
	}
	for _, item := range d.Items {
		for _, l := range item.Lines {
			for _, s := range l.Sources {
				if ok, why := grounding.Carries(s.Evidence.Text, l.Text); !ok {
					t.Errorf("%q is said to be carried by %q: %s", l.Text, s.Evidence.Text, why)
				}
			}
		}
	}
}

func TestWhatTheChannelWasToldIsNoNewsInOtherWords(t *testing.T) {
	t.Parallel()
	in := floodInput()
	in.Shown = map[int64]int{101: 1}
	d := withModel(t, answers{"groups": `{"groups":[{"best":0,"same":[0,1,2,3]}]}`}, desk{})(t.Context(), in)
	if got, want := told(d), (map[int64][]int64{102: {202}, 103: {203}}); !reflect.DeepEqual(got, want) {
		t.Errorf("development -> articles: %v, want %v", got, want)
	}
	if b := d.Items[0].Background; b == nil || b.DevelopmentID != 101 || len(b.Sources) != 2 {
		t.Errorf("background: %+v", b)
	}
}

func TestADigestIsOnTimeWhateverTheModelDoes(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]answers{"fails": {}, "says nothing": {"silent": ""}, "lies": {"groups": `{"groups":[{"best":3,"same":[2,1]},{"best":9,"same":[0]}]}`,
		"claims": `{"claims":[{"text":"The board resigned","evidence":"The board resigned."}]}`}, "talks nonsense": {"groups": `[]`, "claims": `{"claims":7}`}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := floodInput()
				want := digest.Compose(in)
				want.Engine = "embedded"
				start := time.Now()
				got := withModel(t, model, desk{})(t.Context(), in)
				if took := time.Since(start); took > editTime {
					t.Errorf("the digest was %v late", took)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the digest is not as composed:\n%s", diff)
				}
			})
		})
	}
}

func TestADigestTellsWhoWroteIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engines map[int64]string
		want    string
	}{
		"the articles themselves": {map[int64]string{200: "embedded", 201: "embedded", 202: "embedded"}, "embedded"},
		"the model":               {map[int64]string{200: "llm:writer", 201: "llm:writer", 202: "llm:writer"}, "llm:writer"},
		"both":                    {map[int64]string{200: "embedded", 201: "llm:writer", 202: "embedded"}, "mixed:writer"},
		"briefs are gone":         {nil, "embedded"},
	} {
		for _, optOut := range []bool{true, false} {
			// What a model read on behalf of others is told to be the model's, in a server that opted out too.
			d := withModel(t, answers{}, desk{optOut: optOut, engines: c.engines})(t.Context(), floodInput())
			if d.Engine != c.want {
				t.Errorf("%s, opted out %v: %q, want %q", name, optOut, d.Engine, c.want)
			}
			// The model was switched off since: what it wrote is still told to be its.
			if d := composer(nil, desk{engines: c.engines}, slog.New(slog.DiscardHandler))(t.Context(), floodInput()); d.Engine != c.want {
				t.Errorf("%s, without a model: %q, want %q", name, d.Engine, c.want)
			}
		}
	}
}

func TestAnalyseTellsWhichEngineRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	article := write("articles.jsonl", `{"id":"b1","publisher":"Halcyon","url":"https://halcyon.example/1","title":"Wall to be rebuilt","lang":"en","published_at":"2026-05-05T09:00:00Z","text":"The harbour wall of Vellmar is to be rebuilt for 31 million euros. Nine ships were sent to other ports."}`+"\n")
	brief := `{"headline":"x","actors":[],"quotes":[],"developments":[{"text":"Nine ships were sent to other ports","evidence":"Nine ships were sent to other ports.","actors":[]}]}`
	for name, c := range map[string]struct {
		code   int
		body   map[string]any
		status int
		told   string
	}{
		"the model":   {200, map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": brief}, "finish_reason": "stop"}}}, exitDone, "tester read 1 of 1 articles"},
		"not at all":  {401, map[string]any{"error": map[string]any{"message": "no such key"}}, exitFailed, "tester read none of the 1 articles"},
		"in no sense": {200, map[string]any{"choices": []any{}}, exitFailed, "tester read none of the 1 articles"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.code)
				_ = json.NewEncoder(w).Encode(c.body)
			}))
			defer provider.Close()
			file := write(strings.ReplaceAll(name, " ", "")+".yaml", "summarizer:\n  engine: llm\n  llm: {model: tester, base_url: "+provider.URL+"/v1}\n")
			status, out, errs := sitrep(t, map[string]string{"SITREP_CONFIG": file}, "analyse", "--json", "--engine", "llm", article)
			if status != c.status || !strings.Contains(errs, c.told) || (status == exitDone) != json.Valid([]byte(out)) {
				t.Errorf("status %d, told %q, printed %.80q", status, errs, out)
			}
		})
	}
}
