package store

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// What can be searched of an article is what it is about: its headline and the
// feed's summary, the sentences that its developments, roles and quotes stand
// on, and the names of its actors. A word in passing is not.
//
// The words are folded and cut here, for both engines alike. Two marks are
// added that no query of a person can contain: every document has anyDoc, and
// one that names its feed, so that a search for a rare feed need not walk
// through everybody's articles.

const (
	anyDoc       = "zz0"
	maxDocTokens = 4000
)

func feedMark(feedID int64) string { return "zzf" + strconv.FormatInt(feedID, 10) }

// indexArticle replaces an article's search document.
func (t *tx) indexArticle(a *feeds.Article, b *summarize.Brief) error {
	words := append([]string{anyDoc, feedMark(a.FeedID)}, searchWords(a, b)...)
	if len(words) > maxDocTokens {
		words = words[:maxDocTokens]
	}
	if t.s.engine == postgres {
		_, err := t.exec(`INSERT INTO article_search (article_id, body) VALUES (?, ?::text::tsvector)
			ON CONFLICT (article_id) DO UPDATE SET body = excluded.body`, a.ID, tsvector(words))
		return err
	}
	if _, err := t.exec(`DELETE FROM article_search WHERE rowid = ?`, a.ID); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO article_search (rowid, body) VALUES (?, ?)`, a.ID, strings.Join(words, " "))
	return err
}

func searchWords(a *feeds.Article, b *summarize.Brief) []string {
	seen := map[string]bool{}
	var words []string
	add := func(s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			words = append(words, searchTokens(s)...)
		}
	}
	add(a.Title)
	add(a.Summary)
	for _, d := range b.Developments {
		add(d.Evidence.Text)
	}
	for _, q := range b.Quotes {
		add(q.Evidence.Text)
	}
	for _, actor := range b.Actors {
		add(actor.Name)
		for _, r := range actor.Roles {
			add(r.Text)
		}
	}
	return words
}

// tsvector writes words with their positions as PostgreSQL reads them. The
// words are letters and digits alone: nothing needs escaping.
func tsvector(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String()
}

const maxToken = 64 // bytes; longer runs of letters are no words

// searchTokens cuts a text into folded words without diacritics. Characters of
// scripts that are written without spaces are words of their own.
func searchTokens(s string) []string {
	s = text.FoldPlain(s)
	var words []string
	start := -1
	flush := func(end int) {
		if start >= 0 {
			w := s[start:end]
			if len(w) > maxToken {
				w = clip(w, maxToken)
			}
			words = append(words, w)
		}
		start = -1
	}
	for i, r := range s {
		switch {
		case r >= 0x2E80 && isSpaceless(r):
			flush(i)
			words = append(words, s[i:i+utf8.RuneLen(r)])
		case isWordRune(r):
			if start < 0 {
				start = i
			}
		default:
			flush(i)
		}
	}
	flush(len(s))
	return words
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func isSpaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
