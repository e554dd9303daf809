package page

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		`<html lang="en"><head><title>Dam fails - Skerry Times</title><meta property="article:published_time" content="2027-05-03T06:00:00Z"></head><body><article><h1>Dam fails</h1><p>` + strings.Repeat("The dam at Orvik Lake gave way on Monday. ", 12) + `</p><p>Two villages were evacuated, the mayor said.</p></article></body></html>`,
		`<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","author":[{"name":"y"}],"datePublished":"2027"}</script><table><tr><td><p>a`,
		"<p>\xff\xfe\x80</p><meta charset=utf-7><base href='javascript:x'>", `<svg><math><template><frameset><select><p>`,
	} {
		f.Add([]byte(s), "text/html; charset=utf-8")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p, err := extract(body, contentType, "https://skerry.example/a/b")
		if err != nil {
			return
		}
		if len(p.Text) > maxText {
			t.Errorf("%d bytes of text", len(p.Text))
		}
		for _, s := range []string{p.Title, p.Text, p.Author, p.Site, p.Lang, p.Excerpt} {
			if !utf8.ValidString(s) {
				t.Errorf("invalid UTF-8: %q", s)
			}
		}
		for _, u := range []string{p.Canonical, p.ImageURL} {
			if u != "" && !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") {
				t.Errorf("link %q", u)
			}
		}
	})
}
