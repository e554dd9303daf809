package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/feeds/page"
	"sitrep/summarize"
)

// shelf is a ReadingStore in memory.
type shelf struct {
	unread  []feeds.Article
	saved   []feeds.Article
	briefs  []summarize.Brief
	links   [][]bot.ActorLink
	skipped map[int64]string
	fail    func(op string, id int64) error
}

func (s *shelf) check(op string, id int64) error {
	if s.fail == nil {
		return nil
	}
	return s.fail(op, id)
}

func (s *shelf) UnreadArticles(_ context.Context, feedID int64, limit int) ([]feeds.Article, error) {
	if err := s.check("unread", feedID); err != nil {
		return nil, err
	}
	return slices.Clone(s.unread[:min(limit, len(s.unread))]), nil
}

func (s *shelf) take(id int64) {
	s.unread = slices.DeleteFunc(s.unread, func(a feeds.Article) bool { return a.ID == id })
}

func (s *shelf) SaveReading(_ context.Context, a feeds.Article, b summarize.Brief, links []bot.ActorLink) error {
	if err := s.check("save", a.ID); err != nil {
		return err
	}
	s.take(a.ID)
	s.saved, s.briefs, s.links = append(s.saved, a), append(s.briefs, b), append(s.links, links)
	return nil
}

func (s *shelf) SkipArticle(_ context.Context, id int64, reason string) error {
	if s.skipped == nil {
		s.skipped = map[int64]string{}
	}
	s.take(id)
	s.skipped[id] = reason
	return nil
}

func (s *shelf) ActorCandidates(_ context.Context, names []string) ([]summarize.KnownActor, error) {
	if err := s.check("candidates", int64(len(names))); err != nil {
		return nil, err
	}
	return []summarize.KnownActor{{ID: 7, Name: names[0]}}, nil
}

type pages map[string]func() (page.Page, error)

func (p pages) Read(_ context.Context, url string) (page.Page, error) {
	if f, ok := p[url]; ok {
		return f()
	}
	return page.Page{}, &page.StatusError{Status: 404}
}

// engine is a Summarizer made of a function.
type engine func(ctx context.Context, a *feeds.Article) (summarize.Brief, error)

func (e engine) Summarize(ctx context.Context, a *feeds.Article) (summarize.Brief, error) {
	return e(ctx, a)
}

func echo(_ context.Context, a *feeds.Article) (summarize.Brief, error) {
	return summarize.Brief{Engine: "echo", Lang: a.Lang, Headline: a.Title}, nil
}

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func item(id int64, text string) feeds.Article {
	return feeds.Article{ID: id, FeedID: 1, URL: fmt.Sprintf("https://courier.example/%d", id), Title: fmt.Sprint("Title ", id), Summary: text, Text: text,
		TextSource: feeds.TextFromFeed, SeenAt: noon, PublishedAt: noon.Add(-time.Duration(id) * time.Minute)}
}

func newReader(s *shelf, p Pages, e summarize.Summarizer) *Reader {
	return &Reader{Store: s, Pages: p, Summarizer: e, Log: slog.New(slog.DiscardHandler)}
}

func TestReaderTakesThePage(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("The harbour master said that the ferry would sail again on Monday. ", 8)
	teaser := "The ferry sails again."
	for _, tt := range []struct {
		name   string
		feed   string
		page   page.Page
		err    error
		text   string
		source feeds.TextSource
		walled bool
	}{
		{"the page", teaser, page.Page{Text: whole}, nil, whole, feeds.TextFromPage, false},
		{"robots", teaser, page.Page{}, page.ErrRobots, teaser, feeds.TextFromFeed, false},
		{"not found", teaser, page.Page{}, &page.StatusError{Status: 404}, teaser, feeds.TextFromFeed, false},
		{"no text", teaser, page.Page{}, page.ErrNoText, teaser, feeds.TextFromFeed, false},
		{"a paywall", teaser, page.Page{Text: "The ferry sails again on Monday, said", Paywalled: true}, nil, "The ferry sails again on Monday, said", feeds.TextFromPage, true},
		{"a paywall, and a feed that says more", whole, page.Page{Text: teaser, Paywalled: true}, nil, whole, feeds.TextFromFeed, true},
		{"a consent page", teaser, page.Page{Consent: true}, nil, teaser, feeds.TextFromFeed, true},
		{"the wrong part of the page", whole, page.Page{Text: "Sign up for our newsletter"}, nil, whole, feeds.TextFromFeed, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := item(1, tt.feed)
			s := &shelf{unread: []feeds.Article{a}}
			r := newReader(s, pages{a.URL: func() (page.Page, error) { return tt.page, tt.err }}, engine(echo))
			if err := r.Read(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if len(s.saved) != 1 {
				t.Fatalf("%d saved", len(s.saved))
			}
			got := s.saved[0]
			if got.Text != tt.text || got.TextSource != tt.source || got.Paywalled != tt.walled {
				t.Errorf("text %.40q from %s, paywalled %v", got.Text, got.TextSource, got.Paywalled)
			}
		})
	}
}

func TestReaderTakesOverWhatTheFeedLacks(t *testing.T) {
	t.Parallel()
	a := item(1, "short")
	a.Title, a.PublishedAt = "", noon // no date: first seen
	german := strings.Repeat("Der Hafenmeister sagte, dass die Fähre am Montag wieder fährt und nicht vorher. ", 6)
	p := page.Page{Title: "Fähre fährt wieder", Text: german, Author: "Ada Quist", ImageURL: "https://img.example/a.jpg", Lang: "en", PublishedAt: noon.Add(-3 * time.Hour)}
	s := &shelf{unread: []feeds.Article{a}}
	if err := newReader(s, pages{a.URL: func() (page.Page, error) { return p, nil }}, engine(echo)).Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	got := s.saved[0]
	if got.Title != p.Title || got.Author != p.Author || got.ImageURL != p.ImageURL || !got.PublishedAt.Equal(p.PublishedAt) {
		t.Errorf("got %+v", got)
	}
	if got.Lang != "de" {
		t.Errorf("a German text under a template that says English: %q", got.Lang)
	}
	if s.briefs[0].ArticleID != 1 {
		t.Error("the brief does not know its article")
	}
	// An http image is not taken, and a region that agrees is kept.
	b := item(2, strings.Repeat("The harbour master said that it would sail again on Monday and not before. ", 6))
	b.Lang = "en-GB"
	s = &shelf{unread: []feeds.Article{b}}
	if err := newReader(s, pages{b.URL: func() (page.Page, error) { return page.Page{ImageURL: "http://img.example/a.jpg"}, nil }}, engine(echo)).Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := s.saved[0]; got.ImageURL != "" || got.Lang != "en-GB" {
		t.Errorf("image %q, language %q", got.ImageURL, got.Lang)
	}
}

func TestReaderLosesNoArticleToItsSummarizer(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]engine{
		"fails": func(context.Context, *feeds.Article) (summarize.Brief, error) {
			return summarize.Brief{}, errors.New("no")
		},
		"panics": func(context.Context, *feeds.Article) (summarize.Brief, error) { panic("out of range") },
		"hangs": func(ctx context.Context, _ *feeds.Article) (summarize.Brief, error) {
			<-ctx.Done()
			return summarize.Brief{}, ctx.Err()
		},
		"changes its input": func(_ context.Context, a *feeds.Article) (summarize.Brief, error) {
			a.Text = "other"
			return summarize.Brief{}, errors.New("no")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{unread: []feeds.Article{item(1, "The ferry sails again."), item(2, "The bridge is closed.")}}
			r := newReader(s, nil, e)
			r.Deadline = 10 * time.Millisecond
			if err := r.Read(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if len(s.briefs) != 2 {
				t.Fatalf("%d briefs", len(s.briefs))
			}
			for i, b := range s.briefs {
				a := s.saved[i]
				if !b.LeadOnly || b.Headline != a.Title || len(b.Developments) != 1 || a.Text == "other" {
					t.Errorf("got %+v", b)
				}
				ev := b.Developments[0].Evidence
				if ev.Part != summarize.PartTitle || a.Title[ev.Start:ev.End] != ev.Text {
					t.Errorf("evidence that is not in the title: %+v", ev)
				}
			}
		})
	}
}

func TestReaderStopsWhenAsked(t *testing.T) {
	t.Parallel()
	s := &shelf{unread: []feeds.Article{item(1, "a"), item(2, "b")}}
	ctx, cancel := context.WithCancel(t.Context())
	r := newReader(s, nil, engine(func(ctx context.Context, a *feeds.Article) (summarize.Brief, error) {
		cancel()
		return summarize.Brief{}, ctx.Err()
	}))
	if err := r.Read(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(s.saved) != 0 {
		t.Error("an interrupted reading was saved as a failed one")
	}
}

func TestReaderGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	failed := false
	s := &shelf{unread: []feeds.Article{item(1, "a"), item(2, "b"), item(3, "c")}}
	s.fail = func(op string, id int64) error {
		if op == "save" && id == 2 && !failed {
			failed = true
			return errors.New("database is locked")
		}
		return nil
	}
	poked := 0
	r := newReader(s, nil, engine(echo))
	r.Briefed = func() { poked++ }
	if err := r.Read(t.Context(), 1); err == nil {
		t.Fatal("the failure was swallowed")
	}
	if err := r.Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ids := map[int64]int{}
	for _, a := range s.saved {
		ids[a.ID]++
	}
	if len(ids) != 3 || ids[1] != 1 || ids[2] != 1 || ids[3] != 1 || poked != 3 {
		t.Errorf("saved %v, poked %d", ids, poked)
	}
}

func TestReaderSkips(t *testing.T) {
	t.Parallel()
	old := item(1, "old")
	old.PublishedAt = noon.Add(-30 * 24 * time.Hour)
	empty := item(2, "")
	empty.Title, empty.URL = "", ""
	title := item(3, "")
	title.URL = ""
	s := &shelf{unread: []feeds.Article{old, empty, title}}
	if err := newReader(s, pages{}, engine(echo)).Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if len(s.skipped) != 2 || s.skipped[1] == "" || s.skipped[2] != "no text" {
		t.Errorf("skipped %v", s.skipped)
	}
	if len(s.saved) != 1 || s.saved[0].Text != "Title 3" || s.saved[0].TextSource != feeds.TextFromTitle {
		t.Errorf("saved %+v", s.saved)
	}
}

type everybodyIsSeven struct{}

func (everybodyIsSeven) Resolve(_ *feeds.Article, b *summarize.Brief, known []summarize.KnownActor) []bot.ActorLink {
	return []bot.ActorLink{{Index: 0, ActorID: known[0].ID}}
}

func TestReaderResolvesActors(t *testing.T) {
	t.Parallel()
	e := engine(func(_ context.Context, a *feeds.Article) (summarize.Brief, error) {
		return summarize.Brief{Actors: []summarize.Actor{
			{Name: "Ada Quist", Mentions: []summarize.Mention{{Text: "Quist"}, {Text: "the harbour master", Descriptive: true}}}, {Name: "Port of Ulm"}}}, nil
	})
	s := &shelf{unread: []feeds.Article{item(1, "a")}}
	asked := int64(0)
	s.fail = func(op string, n int64) error {
		if op == "candidates" {
			asked = n
		}
		return nil
	}
	r := newReader(s, nil, e)
	r.Resolver = everybodyIsSeven{}
	if err := r.Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if len(s.links[0]) != 1 || s.links[0][0].ActorID != 7 || asked != 3 {
		t.Errorf("links %+v, asked for %d names", s.links, asked)
	}
	// Without a resolver every actor is new.
	s = &shelf{unread: []feeds.Article{item(1, "a")}}
	if err := newReader(s, nil, e).Read(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if len(s.links[0]) != 2 || s.links[0][1] != (bot.ActorLink{Index: 1}) {
		t.Errorf("links %+v", s.links)
	}
}
