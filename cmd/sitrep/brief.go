package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/fetch"
	"sitrep/feeds/page"
	"sitrep/summarize/extractive"
	"sitrep/summarize/text"
)

type briefCmd struct {
	Source  string `arg:"" help:"An article's URL, or a file with its text or HTML; - reads standard input."`
	JSON    bool   `help:"Print the brief as JSON." name:"json"`
	Explain bool   `help:"Show where each line comes from, and why it stands where it does."`
	Engine  string `help:"embedded, or llm as configured." enum:"embedded,llm" default:"embedded"`
}

func (b *briefCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	engine, err := p.summarizer(c, b.Engine)
	if err != nil {
		return err
	}
	article, err := p.article(b.Source, func() *fetch.Client { return client(c, 0) })
	if err != nil {
		return err
	}
	brief, err := engine.Summarize(p.ctx, article)
	if err != nil {
		return err
	}
	if b.JSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(brief)
	}
	return extractive.WriteCard(p.stdout, article, brief, extractive.CardOptions{Width: p.width(), Colour: p.colour(), Explain: b.Explain})
}

// maxFile bounds an article read from a file, in bytes.
const maxFile = 10 << 20

// article reads an article from a URL or a file.
func (p *program) article(source string, client func() *fetch.Client) (*feeds.Article, error) {
	now := time.Now()
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		pg, err := page.Read(p.ctx, client(), source)
		return pageOr(pg, err, now, p.log)
	}
	var (
		data []byte
		err  error
	)
	if source == "-" {
		data, err = readAll(os.Stdin, maxFile)
	} else {
		data, err = readFile(source, maxFile)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("there is no file %q; a web address begins with https://", source)
	}
	if err != nil {
		return nil, err
	}
	if looksLikeHTML(data) {
		pg, err := page.Extract(data, "text/html", "https://file.invalid/")
		if err != nil {
			return nil, fmt.Errorf("there is no article to read in %s", source)
		}
		return pageArticle(pg, now), nil
	}
	body := strings.TrimSpace(strings.ToValidUTF8(string(data), "\uFFFD"))
	if body == "" {
		return nil, fmt.Errorf("%s holds no text", source)
	}
	title, rest, ok := strings.Cut(body, "\n")
	title = strings.TrimSpace(title)
	if !ok || len(title) > 200 || strings.HasSuffix(title, ".") {
		title, rest = "", body // the first line is a paragraph, not a headline
	}
	return &feeds.Article{Title: title, Text: paragraphs(rest), Lang: text.Language(body), TextSource: feeds.TextFromPage, SeenAt: now}, nil
}

// pageOr is the article on a page, or why there is none, in words for who asked.
func pageOr(pg page.Page, err error, now time.Time, log *slog.Logger) (*feeds.Article, error) {
	status := (*page.StatusError)(nil)
	switch {
	case errors.Is(err, page.ErrRobots):
		return nil, errors.New("The site's robots.txt doesn't allow this page to be read by programs.")
	case errors.Is(err, page.ErrNotHTML), errors.Is(err, page.ErrNoText):
		return nil, errors.New("There is no article to read at this address.")
	case errors.As(err, &status):
		return nil, fmt.Errorf("The site answered %d for this address.", status.Status)
	case err != nil:
		log.Info("read a page", "err", err)
		return nil, errors.New(fetch.PublicError(err))
	case pg.Consent:
		return nil, errors.New("The site shows a consent page instead of the article.")
	}
	return pageArticle(pg, now), nil
}

func pageArticle(pg page.Page, now time.Time) *feeds.Article {
	a := &feeds.Article{URL: pg.URL, Title: pg.Title, Text: pg.Text, Lang: pg.Lang, Author: pg.Author, Publisher: pg.Site, ImageURL: pg.ImageURL,
		Paywalled: pg.Paywalled, TextSource: feeds.TextFromPage, PublishedAt: pg.PublishedAt, SeenAt: now}
	return a
}

// paragraphs makes every line of a text without blank lines a paragraph.
func paragraphs(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if strings.Contains(strings.TrimSpace(s), "\n\n") {
		return s
	}
	return strings.ReplaceAll(s, "\n", "\n\n")
}

func looksLikeHTML(data []byte) bool {
	head := strings.ToLower(strings.TrimSpace(string(data[:min(len(data), 1024)])))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html") || strings.Contains(head, "<body")
}
