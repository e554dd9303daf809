package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/feeds/page"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// Pages reads an article's page. *page.Reader is one.
type Pages interface {
	Read(ctx context.Context, url string) (page.Page, error)
}

// Resolver ties a brief's actors to known ones. A wrong tie is worse than a new
// actor.
type Resolver interface {
	Resolve(article *feeds.Article, brief *summarize.Brief, known []summarize.KnownActor) []bot.ActorLink
}

// A Reader reads what feeds brought.
type Reader struct {
	Store      bot.ReadingStore
	Pages      Pages // nil: the feed's own text serves
	Summarizer summarize.Summarizer
	Resolver   Resolver // nil: every actor is new
	Backlog    Backlog

	Briefed  func()        // called when something new can be joined; may be nil
	Trace    Tracer        // nil: nobody follows
	Log      *slog.Logger  // default slog.Default()
	Deadline time.Duration // for one brief; default 45 s
	PageTime time.Duration // for one page, waiting for its host's turn included; default 70 s
}

// batch is how many articles are looked at together. A feed brings at most 300
// at once.
const batch = 400

// Read reads a feed's unread articles until there is none. It may be called
// again, by any process, for what it did already. Its error is one that another
// try may mend.
func (r *Reader) Read(ctx context.Context, feedID int64) error {
	done := map[int64]bool{}
	for {
		unread, err := r.Store.UnreadArticles(ctx, feedID, batch)
		if err != nil {
			return fmt.Errorf("read feed %d: %w", feedID, err)
		}
		read, over := r.Backlog.Divide(unread)
		progress := false
		for _, a := range over {
			if done[a.ID] {
				continue
			}
			if err := r.Store.SkipArticle(ctx, a.ID, "older than anyone wants to be told"); err != nil {
				return fmt.Errorf("pass over article %d: %w", a.ID, err)
			}
			done[a.ID], progress = true, true
		}
		for _, a := range read {
			if err := ctx.Err(); err != nil {
				return err
			}
			if done[a.ID] {
				continue
			}
			if err := r.one(ctx, a); err != nil {
				return err
			}
			done[a.ID], progress = true, true
			if r.Briefed != nil {
				r.Briefed()
			}
		}
		if !progress {
			return nil
		}
	}
}

func (r *Reader) one(ctx context.Context, a feeds.Article) (err error) {
	ctx, end := r.Trace.begin(ctx, "read", a.ID)
	defer func() { end(err) }()
	if r.Pages != nil && a.URL != "" && !feeds.CarriesWhole(a) {
		r.page(ctx, &a)
	}
	if strings.TrimSpace(a.Text) == "" {
		a.Text, a.TextSource = a.Summary, feeds.TextFromFeed
	}
	if strings.TrimSpace(a.Text) == "" {
		a.Text, a.TextSource = a.Title, feeds.TextFromTitle
	}
	if strings.TrimSpace(a.Text) == "" {
		if err := r.Store.SkipArticle(ctx, a.ID, "no text"); err != nil {
			return fmt.Errorf("pass over article %d: %w", a.ID, err)
		}
		return nil
	}
	a.Lang = language(a)
	brief, err := r.brief(ctx, &a)
	if err != nil {
		return err
	}
	links, err := r.resolve(ctx, &a, &brief)
	if err != nil {
		return err
	}
	if err := r.Store.SaveReading(ctx, a, brief, links); err != nil {
		return fmt.Errorf("save the reading of article %d: %w", a.ID, err)
	}
	return nil
}

// page takes over what the article's page says. A page that can't be read is no
// failure: the feed's text serves.
func (r *Reader) page(ctx context.Context, a *feeds.Article) {
	ctx, cancel := context.WithTimeout(ctx, or(r.PageTime, 70*time.Second))
	defer cancel()
	p, err := r.Pages.Read(ctx, a.URL)
	if err != nil {
		level := slog.LevelDebug
		if !errors.Is(err, page.ErrRobots) && !errors.Is(err, page.ErrNotHTML) {
			level = slog.LevelInfo
		}
		r.log().Log(ctx, level, "page not read", "article", a.ID, "url", a.URL, "err", err)
		return
	}
	takePage(a, p)
}

func takePage(a *feeds.Article, p page.Page) {
	a.Paywalled = a.Paywalled || p.Paywalled || p.Consent
	if a.Title == "" {
		a.Title = p.Title
	}
	if a.Author == "" {
		a.Author = p.Author
	}
	if a.ImageURL == "" && strings.HasPrefix(p.ImageURL, "https://") {
		a.ImageURL = p.ImageURL
	}
	if p.Lang != "" {
		a.Lang = p.Lang
	}
	// The feed gave no date: the page's own, if it is one that can be.
	if a.PublishedAt.Equal(a.SeenAt) && !p.PublishedAt.IsZero() {
		a.PublishedAt = feeds.ClampDate(p.PublishedAt, a.SeenAt)
	}
	switch {
	case p.Consent || strings.TrimSpace(p.Text) == "":
	case a.TextSource == feeds.TextFromFeed && len(p.Text) < len(a.Text) && (p.Paywalled || len(p.Text) < len(a.Text)/2):
		// A teaser, or the wrong part of the page: the feed says more.
	default:
		a.Text, a.TextSource = p.Text, feeds.TextFromPage
	}
}

// language trusts the text before the page's markup, which is often a
// template's, and keeps the region where both agree.
func language(a feeds.Article) string {
	seen := text.Language(a.Title + ". " + a.Text)
	declared, _, _ := strings.Cut(strings.ToLower(a.Lang), "-")
	if seen == "und" || seen == declared {
		return a.Lang
	}
	return seen
}

// brief asks the summarizer. Whatever it does (fail, hang, panic), the article is
// not lost: its headline stands for it.
func (r *Reader) brief(ctx context.Context, a *feeds.Article) (brief summarize.Brief, err error) {
	limited, cancel := context.WithTimeout(ctx, or(r.Deadline, 45*time.Second))
	defer cancel()
	brief, err = r.summarize(limited, a)
	if err != nil {
		if ctx.Err() != nil {
			return brief, ctx.Err() // we are asked to stop: another try will do it
		}
		r.log().ErrorContext(ctx, "article not summarized", "article", a.ID, "url", a.URL, "err", err)
		brief = headlineOnly(a)
	}
	brief.ArticleID = a.ID
	if brief.Lang == "" {
		brief.Lang = "und"
	}
	return brief, nil
}

func (r *Reader) summarize(ctx context.Context, a *feeds.Article) (brief summarize.Brief, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("summarizer panicked: %v\n%s", p, debug.Stack())
		}
	}()
	copied := *a
	return r.Summarizer.Summarize(ctx, &copied)
}

func headlineOnly(a *feeds.Article) summarize.Brief {
	lang, _, _ := strings.Cut(a.Lang, "-")
	b := summarize.Brief{ArticleID: a.ID, Engine: "headline", Lang: lang, Headline: a.Title, LeadOnly: true}
	if a.Title != "" {
		b.Developments = []summarize.Development{{
			Text:     a.Title,
			Evidence: summarize.Evidence{ArticleID: a.ID, Part: summarize.PartTitle, Start: 0, End: len(a.Title), Text: a.Title},
			Weight:   0.5,
		}}
	}
	return b
}

func (r *Reader) resolve(ctx context.Context, a *feeds.Article, brief *summarize.Brief) ([]bot.ActorLink, error) {
	if r.Resolver == nil || len(brief.Actors) == 0 {
		links := make([]bot.ActorLink, len(brief.Actors))
		for i := range links {
			links[i].Index = i
		}
		return links, nil
	}
	var names []string
	for _, actor := range brief.Actors {
		names = append(names, actor.Name)
		for _, m := range actor.Mentions {
			if !m.Descriptive && m.Text != actor.Name {
				names = append(names, m.Text)
			}
		}
	}
	known, err := r.Store.ActorCandidates(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("look up the actors of article %d: %w", a.ID, err)
	}
	return r.Resolver.Resolve(a, brief, known), nil
}

func (r *Reader) log() *slog.Logger {
	if r.Log == nil {
		return slog.Default()
	}
	return r.Log
}

func or(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}
