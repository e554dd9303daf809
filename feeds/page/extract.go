package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"sitrep/feeds/guard"
)

// A Page is an article as its web page shows it.
type Page struct {
	URL         string // where it was read, after redirects
	Canonical   string // the address the page calls its own, "" when it says none
	Title       string // the headline, without the site's name
	Text        string // paragraphs separated by a blank line
	Excerpt     string // the page's own description
	Author      string
	Site        string    // the outlet, as the page names it
	Lang        string    // BCP 47, "" when the page does not say
	ImageURL    string    // absolute, "" when there is none
	PublishedAt time.Time // zero when the page does not say
	Paywalled   bool      // Text is a teaser: the rest is for subscribers
	Consent     bool      // a consent or challenge page stands in the article's place; Text is ""
}

// Limits of what is read from one page.
const (
	MaxBytes    = 4 << 20   // of HTML
	maxText     = 200 << 10 // bytes of Text
	maxElements = 60_000    // nodes; more is no article
	maxTags     = 180_000   // opening and closing, and what looks like one in scripts
	maxDepth    = 400       // nesting; deeper markup is cut off
)

var (
	// ErrNotHTML is returned for pictures, PDFs and the like.
	ErrNotHTML = errors.New("page: not HTML")
	// ErrNoText is returned for pages in which no article was found.
	ErrNoText = errors.New("page: no article text found")
)

// Extract finds the article in an HTML document. contentType is the header that
// came with it, or ""; rawURL is where it was read. A parser's panic is an error
// (guard.ErrPanic).
func Extract(body []byte, contentType, rawURL string) (Page, error) {
	return guard.Run(func() (Page, error) { return extract(body, contentType, rawURL) })
}

func extract(body []byte, contentType, rawURL string) (Page, error) {
	if mt, _, err := mime.ParseMediaType(contentType); err == nil && mt != "text/html" && mt != "application/xhtml+xml" && mt != "text/plain" && mt != "application/xml" && mt != "text/xml" {
		return Page{}, fmt.Errorf("%w: %s", ErrNotHTML, mt)
	}
	if n := min(len(body), 512); bytes.IndexByte(body[:n], 0) >= 0 && !bytes.HasPrefix(body, []byte("\xff\xfe")) && !bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return Page{}, fmt.Errorf("%w: binary data", ErrNotHTML)
	}
	if len(body) > MaxBytes {
		body = body[:MaxBytes]
	}
	base, err := url.Parse(rawURL)
	if err != nil {
		return Page{}, fmt.Errorf("page: %w", err)
	}
	// The character set is settled here: neither readability nor the HTML parser
	// looks at the header.
	enc, _, _ := charset.DetermineEncoding(body[:min(len(body), 4096)], contentType)
	if utf8.Valid(body) {
		enc = nil
	}
	text := body
	if enc != nil {
		if text, err = enc.NewDecoder().Bytes(body); err != nil {
			text = bytes.ToValidUTF8(body, []byte("\ufffd"))
		}
	}
	if n := bytes.Count(text, []byte("<")); n > maxTags { // before they become a tree in memory
		return Page{}, fmt.Errorf("%w: %d tags", ErrNoText, n)
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return Page{}, fmt.Errorf("page: parse: %w", err)
	}
	if n := prune(doc); n > maxElements {
		return Page{}, fmt.Errorf("%w: %d elements", ErrNoText, n)
	}
	p := Page{URL: rawURL}
	m := readMeta(doc, base)
	p.Canonical, p.Lang, p.Site = m.canonical, m.lang, m.site

	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	article, err := parser.ParseAndMutate(doc, base)
	if err == nil && article.Node != nil {
		p.Text = render(article.Node)
		p.Author = oneLine(article.Byline(), 200)
		p.Excerpt = oneLine(article.Excerpt(), 600)
		if p.Site == "" {
			p.Site = oneLine(article.SiteName(), 100)
		}
		if t, err := article.PublishedTime(); err == nil {
			p.PublishedAt = t.UTC()
		}
		p.Title = oneLine(article.Title(), 400)
		if img, err := base.Parse(article.ImageURL()); err == nil && article.ImageURL() != "" && (img.Scheme == "http" || img.Scheme == "https") {
			p.ImageURL = img.String()
		}
		if p.Lang == "" {
			p.Lang = article.Language()
		}
	}
	if p.Title == "" {
		p.Title = oneLine(m.title, 400)
	}
	if p.PublishedAt.IsZero() {
		p.PublishedAt = m.published
	}
	if len(m.articleBody) > len(p.Text)*3/2 && len(m.articleBody) > 400 {
		p.Text = m.articleBody
	}
	p.Text = cutText(p.Text, maxText)
	p.Consent = isConsent(base, p.Title, p.Text)
	if p.Consent {
		p.Text, p.Excerpt = "", ""
		return p, nil
	}
	p.Paywalled = isPaywalled(m, p.Text)
	if strings.TrimSpace(p.Text) == "" {
		return p, ErrNoText
	}
	return p, nil
}

// prune removes what lies deeper than maxDepth and counts the elements, without
// recursion: the tree may be as deep as the document is long.
func prune(doc *html.Node) int {
	n, depth := 0, 0
	for node := doc; node != nil; {
		if node.Type == html.ElementNode {
			n++
		}
		if depth >= maxDepth {
			for node.FirstChild != nil {
				node.RemoveChild(node.FirstChild)
			}
		}
		if node.FirstChild != nil {
			node = node.FirstChild
			depth++
			continue
		}
		for node != nil && node.NextSibling == nil {
			node = node.Parent
			depth--
		}
		if node != nil {
			node = node.NextSibling
		}
	}
	return n
}

// meta is what a page says of itself outside its text.
type meta struct {
	title, canonical, lang, site string
	published                    time.Time
	articleBody                  string
	notFree                      bool // declared to be for subscribers
	walled                       bool // markup of a paywall
}

func readMeta(doc *html.Node, base *url.URL) meta {
	var m meta
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.DataAtom {
			case atom.Html:
				m.lang = langTag(attr(n, "lang"))
				if m.lang == "" {
					m.lang = langTag(attr(n, "xml:lang"))
				}
			case atom.Title:
				if m.title == "" && n.FirstChild != nil {
					m.title = n.FirstChild.Data
				}
			case atom.Link:
				if strings.EqualFold(attr(n, "rel"), "canonical") && m.canonical == "" {
					if u, err := base.Parse(strings.TrimSpace(attr(n, "href"))); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
						m.canonical = u.String()
					}
				}
			case atom.Meta:
				name := strings.ToLower(attr(n, "property") + attr(n, "name") + attr(n, "itemprop"))
				content := strings.TrimSpace(attr(n, "content"))
				switch name {
				case "og:site_name", "application-name":
					if m.site == "" {
						m.site = oneLine(content, 100)
					}
				case "og:locale", "content-language":
					if m.lang == "" {
						m.lang = langTag(content)
					}
				case "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate", "parsely-pub-date", "sailthru.date":
					if t, ok := parseTime(content); ok && m.published.IsZero() {
						m.published = t
					}
				case "article:content_tier":
					if c := strings.ToLower(content); c == "locked" || c == "paid" {
						m.notFree = true
					}
				case "isaccessibleforfree":
					if strings.EqualFold(content, "false") {
						m.notFree = true
					}
				}
			case atom.Script:
				if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && n.FirstChild != nil && len(n.FirstChild.Data) < 1<<20 {
					readLD(n.FirstChild.Data, &m)
				}
			case atom.Time:
				if t, ok := parseTime(attr(n, "datetime")); ok && m.published.IsZero() && (attr(n, "pubdate") != "" || strings.Contains(attr(n, "class"), "publish") || attr(n, "itemprop") == "datePublished") {
					m.published = t
				}
			case atom.Div, atom.Section, atom.Aside, atom.P:
				if c := strings.ToLower(attr(n, "class") + " " + attr(n, "id")); c != " " {
					for _, sign := range paywallClasses {
						if strings.Contains(c, sign) {
							m.walled = true
						}
					}
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc) // no deeper than maxDepth after prune
	return m
}

// readLD takes the text, the time and the access rule from a block of JSON-LD.
func readLD(src string, m *meta) {
	var v any
	if json.Unmarshal([]byte(src), &v) != nil {
		return
	}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 6 {
			return
		}
		switch x := v.(type) {
		case []any:
			for _, e := range x {
				walk(e, depth+1)
			}
		case map[string]any:
			if isArticleType(x["@type"]) {
				if b, ok := x["articleBody"].(string); ok && len(b) > len(m.articleBody) {
					m.articleBody = bodyText(b)
				}
				if d, ok := x["datePublished"].(string); ok && m.published.IsZero() {
					if t, ok := parseTime(d); ok {
						m.published = t
					}
				}
				if l, ok := x["inLanguage"].(string); ok && m.lang == "" {
					m.lang = langTag(l)
				}
				switch f := x["isAccessibleForFree"].(type) {
				case bool:
					m.notFree = m.notFree || !f
				case string:
					m.notFree = m.notFree || strings.EqualFold(f, "false")
				}
			}
			for _, key := range []string{"@graph", "mainEntity", "hasPart"} {
				if e, ok := x[key]; ok && key != "hasPart" {
					walk(e, depth+1)
				}
			}
		}
	}
	walk(v, 0)
}

func isArticleType(v any) bool {
	switch x := v.(type) {
	case string:
		return strings.HasSuffix(x, "Article") || strings.HasSuffix(x, "BlogPosting") || x == "Report" || x == "LiveBlogPosting"
	case []any:
		for _, e := range x {
			if isArticleType(e) {
				return true
			}
		}
	}
	return false
}

// bodyText cleans an articleBody, which is plain text or HTML at the outlet's whim.
func bodyText(s string) string {
	if strings.Contains(s, "</") || strings.Contains(s, "&") {
		if nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}); err == nil {
			root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
			for _, n := range nodes {
				root.AppendChild(n)
			}
			if prune(root) < maxElements {
				return render(root)
			}
		}
	}
	var paras []string
	for _, p := range strings.Split(s, "\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			paras = append(paras, p)
		}
	}
	return strings.Join(paras, "\n\n")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

var skipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Iframe: true,
	atom.Figcaption: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Form: true, atom.Nav: true,
	atom.Object: true, atom.Video: true, atom.Audio: true, atom.Math: true, atom.Head: true,
}

var block = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Table: true, atom.Tr: true,
	atom.Blockquote: true, atom.Pre: true, atom.Section: true, atom.Article: true, atom.Aside: true, atom.Header: true,
	atom.Footer: true, atom.Figure: true, atom.Hr: true, atom.Main: true, atom.Address: true, atom.Center: true,
}

// render writes the text under n, each block a paragraph of its own.
func render(n *html.Node) string {
	var paras []string
	var cur strings.Builder
	flush := func() {
		if p := strings.Join(strings.Fields(clean(cur.String())), " "); p != "" {
			paras = append(paras, p)
		}
		cur.Reset()
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.TextNode:
			cur.WriteString(n.Data)
			return
		case html.ElementNode:
			if skipped[n.DataAtom] {
				return
			}
			switch n.DataAtom {
			case atom.Br:
				if n.NextSibling != nil && n.NextSibling.DataAtom == atom.Br {
					flush()
				} else {
					cur.WriteByte(' ')
				}
				return
			case atom.Td, atom.Th:
				cur.WriteByte(' ')
			}
		}
		b := block[n.DataAtom]
		if b {
			flush()
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if b {
			flush()
		}
	}
	walk(n)
	flush()
	return strings.Join(paras, "\n\n")
}

// clean drops characters that are not read: control and zero-width ones.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < ' ', r == 0x7f, r == '\u200b', r == '\ufeff', r == '\u00ad', r == '\u2060', r >= 0x80 && r <= 0x9f, r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}

func oneLine(s string, limit int) string {
	return cutText(strings.Join(strings.Fields(clean(s)), " "), limit)
}

func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimRightFunc(s[:limit], unicode.IsSpace)
}

func langTag(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	first, _, _ := strings.Cut(s, "-")
	if len(first) < 2 || len(first) > 3 || len(s) > 35 {
		return ""
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return ""
		}
	}
	return s
}

func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02", time.RFC1123Z, time.RFC1123} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1990 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
