package extractive

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/grounding"
	"sitrep/summarize/ner"
	"sitrep/summarize/text"
)

// A Tagger finds the names in the sentences of one document, given as tokens;
// *ner.Tagger is one.
type Tagger interface {
	Tag(sentences [][]text.Token) [][]ner.Entity
}

// A namer finds the names in an article's title and body, each in order.
type namer interface {
	names(title, body *actors.Passage) (inTitle, inBody []actors.Entity)
}

// maxBody bounds how much of an article is read, in bytes: news tells itself at
// the start, and what is longer is a book or an attack.
const maxBody = 48 << 10

// maxSentence bounds a sentence, in bytes: longer ones are no prose.
const maxSentence = 1500

// Engine is the embedded Summarizer. It is safe for concurrent use.
type Engine struct {
	namer namer
	worth *worthModel
}

var _ summarize.Summarizer = (*Engine)(nil)

// New returns an engine that finds names with the tagger; nil finds them by
// capitals, titles and repetition alone.
func New(tagger Tagger) *Engine {
	if tagger == nil {
		return &Engine{namer: capitals{}, worth: worth}
	}
	return &Engine{namer: tagged{tagger}, worth: worth}
}

// Summarize reads one article. Its only error is that of a context which ended.
func (e *Engine) Summarize(ctx context.Context, article *feeds.Article) (summarize.Brief, error) {
	if err := ctx.Err(); err != nil {
		return summarize.Brief{}, fmt.Errorf("reading article: %w", err)
	}
	brief, _ := e.read(article)
	return brief, nil
}

// read makes the brief, and returns what grounding refused.
func (e *Engine) read(article *feeds.Article) (summarize.Brief, []grounding.Dropped) {
	brief := summarize.Brief{ArticleID: article.ID, Engine: "embedded", Lang: "und", Headline: article.Title}
	body := bound(article.Text)
	brief.Lang = language(article, body)
	reading := e.Reading(article.Title, body, brief.Lang, article.Publisher)
	brief.Actors = reading.Actors
	brief.Quotes = reading.Quotes
	brief.Developments = developments(reading, e.worth, article.PublishedAt)
	stamp(&brief, article)
	checked, dropped := grounding.Check(article, brief)
	if len(checked.Developments) == 0 {
		checked.LeadOnly = true
		if lead, ok := lead(article, body, brief.Lang); ok {
			checked.Developments = []summarize.Development{lead}
		}
	}
	return checked, dropped
}

// Reading reads the actors and quotes of a title and a body that is bounded
// already.
func (e *Engine) Reading(title, body, lang, publisher string) *actors.Reading {
	if len(title) > 600 {
		title = cut(title, 600)
	}
	b := actors.Read(summarize.PartText, body, lang)
	t := actors.Read(summarize.PartTitle, title, lang)
	inTitle, inBody := e.namer.names(t, b)
	b.Mark(inBody)
	t.Mark(inTitle)
	actors.Correct(b, t, publisher)
	return actors.Of(b, t)
}

// bound cuts a text to what is read, at the end of a paragraph or sentence
// where there is one.
func bound(s string) string {
	if len(s) <= maxBody {
		return s
	}
	s = cut(s, maxBody)
	if i := strings.LastIndex(s, "\n\n"); i > maxBody/2 {
		return s[:i]
	}
	if i := strings.LastIndex(s, ". "); i > maxBody/2 {
		return s[:i+1]
	}
	return s
}

// cut returns the first n bytes of s without half a character at the end.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func language(article *feeds.Article, body string) string {
	if lang := text.Language(body); lang != "und" {
		return lang
	}
	if lang := text.Language(article.Title + ". " + article.Summary); lang != "und" {
		return lang
	}
	lang, _, _ := strings.Cut(strings.ToLower(article.Lang), "-")
	if len(lang) < 2 || len(lang) > 3 {
		return "und"
	}
	return lang
}

// stamp puts the article's id into the evidence of every claim.
func stamp(b *summarize.Brief, article *feeds.Article) {
	for i := range b.Actors {
		for j := range b.Actors[i].Roles {
			b.Actors[i].Roles[j].Evidence.ArticleID = article.ID
		}
	}
	for i := range b.Quotes {
		b.Quotes[i].Evidence.ArticleID = article.ID
	}
	for i := range b.Developments {
		b.Developments[i].Evidence.ArticleID = article.ID
	}
}

// lead returns the article's first sentence as the one thing that is known.
func lead(article *feeds.Article, body, lang string) (summarize.Development, bool) {
	for _, para := range text.Paragraphs(body) {
		s := para.Of(body)
		if text.Boilerplate(s) || grounding.Instruction(s) {
			continue
		}
		for _, sent := range text.Sentences(s, lang) {
			sp := sent.Shift(para.Start)
			if sp.Len() < 20 {
				continue
			}
			if sp.Len() > 400 {
				sp.End = sp.Start + len(cut(sp.Of(body), 400))
			}
			said := sp.Of(body)
			if !utf8.ValidString(said) || !grounding.Plain(said) {
				continue
			}
			return summarize.Development{Text: said, Weight: 1, Evidence: summarize.Evidence{
				ArticleID: article.ID, Part: summarize.PartText, Start: sp.Start, End: sp.End, Text: said}}, true
		}
	}
	return summarize.Development{}, false
}
