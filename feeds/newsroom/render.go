package newsroom

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"strings"
	"time"
)

func pageURL(base string, a Article) string { return base + "/news/" + a.Slug }

type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	GUID        rssGUID `xml:"guid"`
	PubDate     string  `xml:"pubDate"`
	Description string  `xml:"description"`
}

type rssGUID struct {
	Permalink string `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr,omitempty"`
}

type atomEntry struct {
	Title     string   `xml:"title"`
	ID        string   `xml:"id"`
	Link      atomLink `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Summary   string   `xml:"summary"`
}

type jsonFeed struct {
	Version string     `json:"version"`
	Title   string     `json:"title"`
	Home    string     `json:"home_page_url"`
	Items   []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Summary   string `json:"summary"`
	Text      string `json:"content_text"`
	Published string `json:"date_published"`
}

// renderFeed writes an outlet's feed in the outlet's format.
func renderFeed(o Outlet, base string, articles []Article, changed time.Time) (body []byte, contentType string) {
	switch o.Format {
	case "atom":
		f := atomFeed{Title: o.Name, ID: base + "/", Updated: changed.UTC().Format(time.RFC3339),
			Links: []atomLink{{Href: base + "/"}, {Href: base + "/feed", Rel: "self"}}}
		for _, a := range articles {
			f.Entries = append(f.Entries, atomEntry{Title: a.Title, ID: "tag:" + o.Key + ".example,2026:" + a.Slug,
				Link: atomLink{Href: pageURL(base, a)}, Published: a.Published.UTC().Format(time.RFC3339),
				Updated: a.Published.UTC().Format(time.RFC3339), Summary: a.Summary})
		}
		return marshalXML(f), "application/atom+xml; charset=utf-8"
	case "json":
		f := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: o.Name, Home: base + "/"}
		for _, a := range articles {
			f.Items = append(f.Items, jsonItem{ID: a.Slug, URL: pageURL(base, a), Title: a.Title, Summary: a.Summary,
				Text: a.Summary, Published: a.Published.UTC().Format(time.RFC3339)})
		}
		body, _ := json.Marshal(f) // strings alone: it can't fail
		return body, "application/feed+json"
	default:
		f := rssFeed{Version: "2.0", Channel: rssChannel{Title: o.Name, Link: base + "/", Description: o.About, Language: o.Lang}}
		for _, a := range articles {
			f.Channel.Items = append(f.Channel.Items, rssItem{Title: a.Title, Link: pageURL(base, a),
				GUID:    rssGUID{"false", o.Key + "-" + a.Slug},
				PubDate: a.Published.UTC().Format(time.RFC1123Z), Description: a.Summary})
		}
		return marshalXML(f), "application/rss+xml; charset=utf-8"
	}
}

func marshalXML(v any) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	_ = enc.Encode(v) // strings alone: it can't fail
	return b.Bytes()
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="{{.Outlet.Lang}}">
<head>
<meta charset="utf-8">
<title>{{.Article.Title}} | {{.Outlet.Name}}</title>
<link rel="canonical" href="{{.URL}}">
<link rel="alternate" type="{{.FeedType}}" title="{{.Outlet.Name}}" href="/feed">
<meta property="og:title" content="{{.Article.Title}}">
<meta property="og:site_name" content="{{.Outlet.Name}}">
<meta property="og:description" content="{{.Article.Summary}}">
<meta property="article:published_time" content="{{.Published}}">
</head>
<body>
<div class="cookie-banner" role="dialog"><p>We use cookies to remember what you read. <button>Accept all</button> <button>Only what is needed</button></p></div>
<header><a href="/">{{.Outlet.Name}}</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/business">Business</a></li><li><a href="/sport">Sport</a></li><li><a href="/account/login">Sign in</a></li></ul></nav></header>
<main>
<article>
<h1>{{.Article.Title}}</h1>
{{if .Article.Byline}}<p class="byline">By {{.Article.Byline}}</p>{{end}}
<p class="meta"><time datetime="{{.Published}}">{{.Date}}</time> · <a href="#share">Share</a></p>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}
</article>
<aside class="newsletter"><h3>The day in five minutes</h3><p>Sign up to our newsletter.</p><form><input name="mail"><button>Sign up</button></form></aside>
<section class="related"><h3>More from {{.Outlet.Name}}</h3><ul>{{range .Related}}<li><a href="/news/{{.Slug}}">{{.Title}}</a></li>{{end}}</ul></section>
</main>
<footer><p>© {{.Outlet.Name}}. All rights reserved. <a href="/imprint">Imprint</a> · <a href="/privacy">Privacy</a></p></footer>
</body>
</html>
`))

var homeTemplate = template.Must(template.New("home").Parse(`<!DOCTYPE html>
<html lang="{{.Outlet.Lang}}">
<head><meta charset="utf-8"><title>{{.Outlet.Name}}</title>
<link rel="alternate" type="{{.FeedType}}" title="{{.Outlet.Name}}" href="/feed"></head>
<body><header><h1>{{.Outlet.Name}}</h1><p>{{.Outlet.About}}</p></header>
<main>{{range .Articles}}<h2><a href="/news/{{.Slug}}">{{.Title}}</a></h2><p>{{.Summary}}</p>
{{end}}</main></body></html>
`))

func feedType(o Outlet) string {
	switch o.Format {
	case "atom":
		return "application/atom+xml"
	case "json":
		return "application/feed+json"
	}
	return "application/rss+xml"
}

func renderPage(o Outlet, base string, a Article, others []Article) []byte {
	var related []Article
	for _, other := range others {
		if other.Slug != a.Slug && len(related) < 3 {
			related = append(related, other)
		}
	}
	return execute(pageTemplate, map[string]any{"Outlet": o, "Article": a, "URL": pageURL(base, a), "FeedType": feedType(o),
		"Published": a.Published.UTC().Format(time.RFC3339), "Date": a.Published.UTC().Format("2 January 2006, 15:04"),
		"Paragraphs": strings.Split(a.Text, "\n\n"), "Related": related})
}

func renderHome(o Outlet, base string, articles []Article) []byte {
	return execute(homeTemplate, map[string]any{"Outlet": o, "Articles": articles, "FeedType": feedType(o), "Base": base})
}

func execute(t *template.Template, data any) []byte {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return fmt.Appendf(nil, "<p>%v</p>", template.HTMLEscapeString(err.Error()))
	}
	return b.Bytes()
}
