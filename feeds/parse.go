package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"sitrep/feeds/guard"
)

// Parse reads a feed of any kind from the decoded body of an answer. The
// Content-Type header helps to find the character set and may be empty; rawURL
// is where the body came from, for relative links; now clamps dates.
//
// gofeed parses, between repairs before (character set, broken and hostile
// markup, see tidier) and after (links, dates, titles). Whatever the body, the
// work and the memory are bounded by its length, and at most MaxItems items come
// out. Errors are ErrEmpty, ErrNotFeed, or a parser's complaint, its panic included
// (guard.ErrPanic).
func Parse(body []byte, contentType, rawURL string, now time.Time) (Document, error) {
	return guard.Run(func() (Document, error) { return parse(body, contentType, rawURL, now) })
}

func parse(body []byte, contentType, rawURL string, now time.Time) (Document, error) {
	text, encoding := toUTF8(body, contentType)
	trimmed := bytes.TrimLeft(text, " \t\r\n\x00\ufeff")
	if len(trimmed) == 0 {
		return Document{}, ErrEmpty
	}
	base, err := url.Parse(rawURL)
	if err != nil {
		base = nil
	}
	var doc Document
	if trimmed[0] == '{' {
		doc, err = parseJSON(trimmed, base, now)
	} else {
		doc, err = parseXML(trimmed, base, now)
	}
	if err != nil {
		return Document{}, err
	}
	doc.Encoding = encoding
	return doc, nil
}

// newParser returns a gofeed parser that does not search HTML for pictures: that
// parses every description a second time.
func newParser() *gofeed.Parser {
	p := gofeed.NewParser()
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p
}

func parseXML(src []byte, base *url.URL, now time.Time) (Document, error) {
	t, err := tidy(src, now)
	if err != nil {
		return Document{}, err
	}
	f, err := newParser().Parse(bytes.NewReader(t.document()))
	if err != nil {
		return Document{}, fmt.Errorf("parse feed: %w", err)
	}
	feedBase := baseURL(base, t.feed.base)
	site := f.Link
	if t.feed.alternate != "" {
		site = t.feed.alternate
	}
	doc := Document{
		Format:    "rss",
		Title:     plainTitle(f.Title, maxTitle),
		Lang:      cleanLang(t.feed.lang),
		SiteURL:   resolveLink(feedBase, site),
		SelfURL:   resolveLink(feedBase, t.feed.self),
		HubURL:    resolveLink(feedBase, t.feed.hub),
		IconURL:   resolveLink(feedBase, t.feed.icon),
		NewURL:    resolveLink(feedBase, t.feed.newURL),
		SkipHours: t.feed.skipHours,
		SkipDays:  t.feed.skipDays,
		Total:     t.feed.total,
		Truncated: t.feed.truncated,
	}
	if t.atom {
		doc.Format = "atom"
	}
	doc.Description, _ = plainText(f.Description, maxSummary)
	doc.MinInterval = minInterval(t.feed.ttl, t.feed.updatePeriod, t.feed.updateFrequency)
	// Links are relative to the site when the feed says nothing else; most feeds
	// without a base live on the host of their site, so this is rarely a choice.
	itemBase := feedBase
	if t.feed.base == "" && doc.SiteURL != "" {
		if u, err := url.Parse(doc.SiteURL); err == nil && (base == nil || base.Host == "") {
			itemBase = u
		}
	}
	for i, it := range f.Items {
		if i >= len(t.feed.items) {
			break
		}
		doc.Items = append(doc.Items, makeItem(it, t.feed.items[i], baseURL(itemBase, t.feed.items[i].base), now))
	}
	return doc, nil
}

func makeItem(it *gofeed.Item, side tidyItem, base *url.URL, now time.Time) Item {
	out := Item{
		GUID:  strings.TrimSpace(it.GUID),
		Title: plainTitle(it.Title, maxTitle),
		Lang:  cleanLang(side.lang),
	}
	link := it.Link
	if link == "" {
		link = side.alternate
	}
	out.URL = CanonicalURL(resolveLink(base, firstOf(side.orig, link)))
	if out.URL == "" && side.guidIsURL && strings.Contains(out.GUID, "://") {
		out.URL = CanonicalURL(resolveLink(base, out.GUID))
	}
	var img string
	description := firstOf(side.summary, side.fallback)
	out.Summary, img = plainText(description, maxSummary)
	if side.content != "" {
		var img2 string
		out.Content, img2 = plainText(side.content, maxContent)
		img = firstOf(img2, img)
	} else if len(description) > maxSummary {
		out.Content, _ = plainText(description, maxContent)
	}
	if out.Summary == "" && out.Content != "" {
		out.Summary = cut(out.Content, maxSummary)
	}
	if it.Image != nil {
		side.image = firstOf(side.image, it.Image.URL)
	}
	out.ImageURL = resolveLink(base, firstOf(side.image, img))
	if it.Author != nil {
		out.Author = personName(plainTitle(firstOf(it.Author.Name, it.Author.Email), maxTitle))
	}
	for _, c := range it.Categories {
		if c = plainTitle(c, 100); c != "" && len(out.Category) < maxCategory {
			out.Category = append(out.Category, c)
		}
	}
	out.Published = itemDate(it.PublishedParsed, it.Published, now)
	out.Updated = itemDate(it.UpdatedParsed, it.Updated, now)
	if out.Published.IsZero() {
		out.Published = out.Updated
	}
	if out.Title == "" {
		out.Title = headline(firstOf(out.Summary, out.Content))
	}
	return out
}

// personName drops the address from "Name <address>" and "Name (address)".
func personName(s string) string {
	if i := strings.IndexAny(s, "<("); i > 0 && strings.Contains(s[i:], "@") {
		return strings.TrimSpace(s[:i])
	}
	return s
}

func itemDate(parsed *time.Time, raw string, now time.Time) time.Time {
	if parsed != nil {
		return ClampDate(*parsed, now)
	}
	if t, ok := ParseDate(raw); ok {
		return ClampDate(t, now)
	}
	return time.Time{}
}

// headline makes a title for an item that has none: its first line or sentence.
func headline(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if len(line) <= 120 {
		return line
	}
	if i := strings.IndexAny(line[:120], ".!?"); i > 20 {
		return line[:i+1]
	}
	line = cut(line, 118)
	if i := strings.LastIndexByte(line, ' '); i > 40 {
		line = line[:i]
	}
	return line + "…"
}

// cleanLang keeps what may be a BCP 47 tag.
func cleanLang(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > 35 {
		return ""
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return ""
		}
	}
	if i := strings.IndexByte(s, '-'); i == 0 || i > 3 || i < 0 && len(s) > 3 {
		return ""
	}
	return s
}

// minInterval combines ttl (minutes) and the syndication module's
// updatePeriod/updateFrequency.
func minInterval(ttl int, period string, frequency int) time.Duration {
	d := time.Duration(0)
	if ttl > 0 {
		d = time.Duration(min(ttl, 7*24*60)) * time.Minute
	}
	base := map[string]time.Duration{"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour}[period]
	if base > 0 {
		if frequency < 1 {
			frequency = 1
		}
		d = max(d, base/time.Duration(frequency))
	}
	return d
}

// jsonLimits bound what reaches the JSON decoder.
const maxJSONDepth = 100

func parseJSON(src []byte, base *url.URL, now time.Time) (Document, error) {
	whole, total, truncated, err := tidyJSON(src)
	if err != nil {
		return Document{}, err
	}
	var side struct {
		Version any `json:"version"`
		Hubs    []struct {
			Type string `json:"type"`
			URL  string `json:"url"`
		} `json:"hubs"`
		FeedURL string `json:"feed_url"`
		Icon    string `json:"icon"`
		Favicon string `json:"favicon"`
		Lang    string `json:"language"`
		Items   []struct {
			ExternalURL string `json:"external_url"`
			ContentText string `json:"content_text"`
			Lang        string `json:"language"`
			Image       string `json:"image"`
			Banner      string `json:"banner_image"`
		} `json:"items"`
	}
	// A member of the wrong type leaves its field empty; the rest is still read.
	_ = json.Unmarshal(whole, &side)
	v, _ := side.Version.(string)
	if !strings.Contains(v, "jsonfeed.org") && side.Items == nil {
		return Document{}, ErrNotFeed
	}
	f, err := newParser().Parse(bytes.NewReader(whole))
	if err != nil {
		return Document{}, fmt.Errorf("parse feed: %w", err)
	}
	doc := Document{
		Format: "json", Title: plainTitle(f.Title, maxTitle), Lang: cleanLang(side.Lang),
		SiteURL: resolveLink(base, f.Link), SelfURL: resolveLink(base, side.FeedURL), IconURL: resolveLink(base, firstOf(side.Icon, side.Favicon)),
		Total: total, Truncated: truncated,
	}
	doc.Description, _ = plainText(f.Description, maxSummary)
	for _, h := range side.Hubs {
		if strings.EqualFold(h.Type, "websub") || strings.EqualFold(h.Type, "pubsubhubbub") {
			doc.HubURL = firstOf(doc.HubURL, resolveLink(base, h.URL))
		}
	}
	for i, it := range f.Items {
		var s tidyItem
		if i < len(side.Items) {
			x := side.Items[i]
			s.lang, s.image = x.Lang, firstOf(x.Image, x.Banner)
			if it.Link == "" {
				it.Link = x.ExternalURL
			}
			if it.Content == x.ContentText && x.ContentText != "" { // plain, whatever it looks like
				it.Content = string(escapeText([]byte(it.Content)))
			}
		}
		s.summary, s.content = it.Description, it.Content
		s.guidIsURL = true
		doc.Items = append(doc.Items, makeItem(it, s, base, now))
	}
	return doc, nil
}

// tidyJSON checks the depth, keeps the first MaxItems elements of the top-level
// "items" (the format wants the newest first), and mends a document that breaks
// off by keeping its complete items.
func tidyJSON(src []byte) (out []byte, total int, truncated bool, err error) {
	depth := 0
	inString, escaped := false, false
	key := ""          // the last string at depth 1
	strStart := 0      // start of the current string
	itemsStart := -1   // offset behind the "[" of items
	keepEnd := -1      // end of the last item to keep
	itemsEnd := -1     // offset of the "]" of items
	lastAtTop := false // the last string seen at depth 1 is a key
	end := -1
scan:
	for i := 0; i < len(src); i++ {
		c := src[i]
		if inString {
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				inString = false
				if depth == 1 {
					key, lastAtTop = string(cut(src[strStart:i], 40)), true
				}
			}
			continue
		}
		switch c {
		case '"':
			inString, strStart = true, i+1
		case '{', '[':
			depth++
			if depth > maxJSONDepth {
				return nil, 0, false, fmt.Errorf("parse feed: nested deeper than %d", maxJSONDepth)
			}
			if c == '[' && depth == 2 && lastAtTop && key == "items" && itemsStart < 0 {
				itemsStart = i + 1
			}
		case '}', ']':
			depth--
			if c == '}' && depth == 2 && itemsStart >= 0 && itemsEnd < 0 {
				total++
				if total <= MaxItems {
					keepEnd = i + 1
				}
			}
			if c == ']' && depth == 1 && itemsStart >= 0 && itemsEnd < 0 {
				itemsEnd = i
			}
			if depth == 0 {
				end = i + 1
				break scan
			}
		}
	}
	switch {
	case end >= 0 && total <= MaxItems:
		return src[:end], total, false, nil
	case itemsStart < 0:
		return nil, 0, false, ErrNotFeed
	}
	if keepEnd < 0 {
		keepEnd = itemsStart
	}
	out = append([]byte(nil), src[:keepEnd]...)
	out = append(out, ']')
	if end >= 0 {
		out = append(out, src[itemsEnd+1:end]...)
	} else {
		out = append(out, '}')
	}
	return out, total, end < 0, nil
}
