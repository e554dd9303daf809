// Package discover finds the feeds of a site. In comes what a person typed or
// pasted: a domain, a page, a channel, a profile, a feed; out come Candidates
// that were fetched and read, the best first.
//
// It looks, in this order, at the address itself, at the rules of platforms that
// never name their feeds in the page (YouTube, Reddit, Mastodon, …), at the
// page's link tags and headers, at its links, and at the paths where feeds
// usually lie.
package discover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sitrep/feeds"
	"sitrep/feeds/fetch"
)

// A Candidate is a feed that was found and could be read.
type Candidate struct {
	URL    string // where it is polled
	Title  string
	Format string    // "rss", "atom" or "json"
	How    string    // where it was found: "address", "platform", "link", "page" or "path"
	Items  int       // items in it now
	Newest time.Time // date of its newest item, zero when it has none
}

// ErrNone is returned when a site was read but no feed was found.
var ErrNone = errors.New("discover: no feed found")

const (
	patience   = 30 * time.Second
	maxTries   = 10 // addresses tried, beside the site itself
	maxFound   = 8
	acceptSite = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
)

// Find returns the feeds of site. It makes at most a dozen requests. Errors:
// ErrNone, or that of fetch when the site itself could not be read.
func Find(ctx context.Context, client *fetch.Client, site string) ([]Candidate, error) {
	f := finder{ctx: ctx, client: client, now: time.Now(), seen: map[string]bool{}}
	start, err := Normalize(site)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(start)
	if err != nil {
		return nil, fmt.Errorf("discover: %w", err)
	}
	if api := lookup(u); api != "" {
		start = api
	}
	for _, guess := range Rules(u) {
		f.try(guess, "platform")
	}
	if len(f.found) > 0 {
		return f.sorted(), nil
	}
	res, err := client.Get(ctx, fetch.Request{URL: start, Accept: acceptSite, Patience: patience})
	if err != nil {
		return nil, err
	}
	f.seen[start] = true
	if f.read(res, "address") {
		return f.sorted(), nil
	}
	for _, l := range embedded(u, res.Body) {
		f.try(l, "platform")
	}
	if len(f.found) > 0 {
		return f.sorted(), nil
	}
	if res.Status == http.StatusOK {
		base, err := url.Parse(res.URL)
		if err != nil {
			return nil, fmt.Errorf("discover: %w", err)
		}
		links := headerLinks(res.Header, base)
		linked, anchors := pageLinks(res.Body, base)
		for _, l := range append(links, linked...) {
			f.try(l, "link")
		}
		if len(f.found) == 0 {
			for _, l := range anchors {
				f.try(l, "page")
			}
		}
	}
	if len(f.found) == 0 {
		base := res.URL
		for _, p := range commonPaths {
			if b, err := url.Parse(base); err == nil && len(f.found) == 0 {
				f.try(b.ResolveReference(&url.URL{Path: p}).String(), "path")
			}
		}
	}
	if len(f.found) == 0 {
		return nil, ErrNone
	}
	return f.sorted(), nil
}

// Suggest looks for the address to which the feed at feedURL of the site at
// siteURL has moved; "" when none is likely.
func Suggest(ctx context.Context, client *fetch.Client, feedURL, siteURL, title string) string {
	if siteURL == "" {
		u, err := url.Parse(feedURL)
		if err != nil {
			return ""
		}
		siteURL = u.Scheme + "://" + u.Host + "/"
	}
	found, err := Find(ctx, client, siteURL)
	if err != nil {
		return ""
	}
	for _, c := range found {
		if c.URL != feedURL && c.Items > 0 && (title == "" || strings.EqualFold(c.Title, title)) {
			return c.URL
		}
	}
	for _, c := range found {
		if c.URL != feedURL && c.Items > 0 && !isComments(c) {
			return c.URL
		}
	}
	return ""
}

// Normalize makes an absolute http(s) URL of what a person types: a bare domain,
// feed: addresses, a Mastodon handle (@user@server).
func Normalize(s string) (string, error) {
	s = strings.Trim(strings.TrimSpace(s), "<>\"'")
	if m := handle.FindStringSubmatch(s); m != nil {
		return "https://" + strings.ToLower(m[2]) + "/@" + m[1], nil
	}
	for _, p := range []string{"feed://", "feed:", "pcast://", "itpc://", "rss://"} {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			s = strings.TrimPrefix(s[len(p):], "//")
			break
		}
	}
	if !strings.Contains(s, "://") {
		if strings.ContainsAny(s, " \t\n") || !strings.Contains(s, ".") && !strings.HasPrefix(s, "[") {
			return "", &url.Error{Op: "parse", URL: s, Err: errors.New("not an address")}
		}
		s = "https://" + strings.TrimPrefix(s, "//")
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", &url.Error{Op: "parse", URL: s, Err: errors.New("not an http or https address")}
	}
	u.Fragment, u.User = "", nil
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

var handle = regexp.MustCompile(`^@([A-Za-z0-9_.-]+)@([A-Za-z0-9.-]+\.[A-Za-z]+)$`)

var commonPaths = []string{"/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.atom.xml", "/feed.json"}

type finder struct {
	ctx    context.Context
	client *fetch.Client
	now    time.Time
	seen   map[string]bool
	found  []Candidate
	tries  int
}

// try fetches an address and keeps it if it is a feed.
func (f *finder) try(address, how string) {
	if f.seen[address] || f.tries >= maxTries || len(f.found) >= maxFound || f.ctx.Err() != nil {
		return
	}
	f.seen[address] = true
	f.tries++
	res, err := f.client.Get(f.ctx, fetch.Request{URL: address, Accept: acceptSite, Patience: patience})
	if err != nil {
		return
	}
	f.read(res, how)
}

func (f *finder) read(res fetch.Response, how string) bool {
	if res.Status != http.StatusOK {
		return false
	}
	doc, err := feeds.Parse(res.Body, res.Header.Get("Content-Type"), res.URL, f.now)
	if err != nil {
		return false
	}
	c := Candidate{URL: res.URL, Title: doc.Title, Format: doc.Format, How: how, Items: len(doc.Items)}
	for _, it := range doc.Items {
		if it.Published.After(c.Newest) {
			c.Newest = it.Published
		}
	}
	for _, o := range f.found {
		if o.URL == c.URL {
			return true
		}
	}
	f.found = append(f.found, c)
	return true
}

// sorted puts feeds of articles before those of comments, those with items
// before empty ones, and otherwise keeps the order in which they were named.
func (f *finder) sorted() []Candidate {
	rank := func(c Candidate) int {
		switch {
		case isComments(c):
			return 2
		case c.Items == 0:
			return 1
		}
		return 0
	}
	sort.SliceStable(f.found, func(i, j int) bool { return rank(f.found[i]) < rank(f.found[j]) })
	return f.found
}

func isComments(c Candidate) bool {
	return strings.Contains(strings.ToLower(c.URL), "/comments") || strings.Contains(strings.ToLower(c.Title), "comments")
}

// isFeedType tells the media types under which feeds are announced.
func isFeedType(t string) bool {
	t, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(t)), ";")
	switch strings.TrimSpace(t) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/rss+xml", "text/atom+xml", "application/xml+rss", "application/xml+atom":
		return true
	}
	return false
}

var linkHeader = regexp.MustCompile(`<([^>]*)>([^<]*)`)

func headerLinks(h http.Header, base *url.URL) []string {
	var out []string
	for _, line := range h.Values("Link") {
		for _, m := range linkHeader.FindAllStringSubmatch(line[:min(len(line), 8192)], 20) {
			params := strings.ToLower(m[2])
			if strings.Contains(params, "alternate") && (strings.Contains(params, "rss") || strings.Contains(params, "atom") || strings.Contains(params, "feed+json")) {
				out = appendLink(out, base, m[1])
			}
		}
	}
	return out
}

// pageLinks returns what the page announces as its feeds, and the links that look
// like some.
func pageLinks(body []byte, base *url.URL) (announced, anchors []string) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	for range 200_000 {
		switch z.Next() {
		case html.ErrorToken:
			return announced, anchors
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Base:
				if u, err := base.Parse(get(t, "href")); err == nil && get(t, "href") != "" {
					base = u
				}
			case atom.Link:
				rel := strings.Fields(strings.ToLower(get(t, "rel")))
				for _, r := range rel {
					if (r == "alternate" || r == "feed") && (isFeedType(get(t, "type")) || r == "feed") && len(announced) < 20 {
						announced = appendLink(announced, base, get(t, "href"))
					}
				}
			case atom.A:
				href := get(t, "href")
				if looksLikeFeed(href) && len(anchors) < 20 {
					anchors = appendLink(anchors, base, href)
				}
			}
		}
	}
	return announced, anchors
}

func get(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

var feedPath = regexp.MustCompile(`(?i)(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml|\.json)?/?|(?:feed|rss|atom|index)\.xml|feed\.json|[?&](?:feed|format|output|type)=(?:rss|atom|rss2)\b.*)$`)

func looksLikeFeed(href string) bool {
	return len(href) < 500 && feedPath.MatchString(href)
}

func appendLink(list []string, base *url.URL, href string) []string {
	href = strings.TrimSpace(href)
	if href == "" || len(href) > 2048 {
		return list
	}
	u, err := base.Parse(href)
	if err != nil {
		return list
	}
	if u.Scheme == "feed" {
		u.Scheme = "https"
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return list
	}
	u.Fragment = ""
	s := u.String()
	for _, o := range list {
		if o == s {
			return list
		}
	}
	return append(list, s)
}
