package feeds

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var fuzzNow = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`<rss version="2.0"><channel><title>T</title><item><title>a &amp; b</title><link>/x?utm_source=y</link><guid>1</guid><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate><description><![CDATA[<p>x<img src=a></p>]]></description></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><entry><title type="html">&lt;b&gt;x</title><id>1</id><link href="http://a/"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x<title>y</title></div></content><author><name>n</name></author></entry></feed>`,
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="u"><title>t</title><dc:date>2026-03-03</dc:date></item></rdf:RDF>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"title":"x","content_html":"<p>y","url":"http://a/"}]}`,
		"<rss><channel><item><title><![CDATA[a<![CDATA[b]]></title><b></item><item/><item>",
		"\xff\xfe<\x00r\x00s\x00s\x00>\x00", "<!DOCTYPE r [<!ENTITY a \"b\">]><rss><channel><item><title>&a;&#0;&#x110000;</title></item></channel></rss>",
	} {
		f.Add([]byte(s), "text/xml; charset=utf-8")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		doc, err := parse(body, contentType, "https://feeds.example/dir/feed", fuzzNow)
		if err != nil {
			return
		}
		if len(doc.Items) > MaxItems {
			t.Fatalf("%d items", len(doc.Items))
		}
		for _, it := range doc.Items {
			for _, s := range append([]string{it.Title, it.Summary, it.Content, it.GUID, it.URL, it.Author, it.ImageURL, it.Lang}, it.Category...) {
				if !utf8.ValidString(s) {
					t.Fatalf("invalid UTF-8: %q", s)
				}
				if strings.ContainsAny(s, "\x00\x01\x1f") {
					t.Fatalf("control characters: %q", s)
				}
			}
			for _, u := range []string{it.URL, it.ImageURL} {
				if u != "" && !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") {
					t.Fatalf("link %q", u)
				}
			}
			if it.Published.After(fuzzNow) || !it.Published.IsZero() && it.Published.Year() < 1990 {
				t.Fatalf("date %v", it.Published)
			}
			if len(it.Title) > maxTitle || len(it.Summary) > maxSummary || len(it.Content) > maxContent || len(it.GUID) > maxGUID {
				t.Fatalf("over the limits: %d %d %d %d", len(it.Title), len(it.Summary), len(it.Content), len(it.GUID))
			}
		}
		articles, _ := Identify(Feed{ID: 1}, doc.Items, nil, fuzzNow)
		known := asKnown(articles)
		again, _ := Identify(Feed{ID: 1}, doc.Items, known, fuzzNow)
		if len(again) > 0 {
			t.Fatalf("the same items come as new: %+v", again)
		}
	})
}

func asKnown(articles []Article) []Known {
	var out []Known
	for i, a := range articles {
		out = append(out, Known{ID: int64(i + 1), Identity: a.Identity, GUID: a.GUID, URL: a.URL, Fingerprint: a.Fingerprint, ContentHash: a.ContentHash})
	}
	return out
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Thu, 01 Jan 2004 19:48:21 GMT", "2003-12-31T10:14:55.123-08:00", "2004년 05월 28일  01:31:15", "Sun Jan  4 16:29:06 2004", "31/12/2003 11pm", "0000-00-00", "99999999999999999999", "16-Dec-2012 +14:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDate(s)
		if !ok {
			return
		}
		if d.Year() < -1 || d.Year() > 10000 || d.Location() != time.UTC {
			t.Errorf("%q: %v", s, d)
		}
		if c := ClampDate(d, fuzzNow); c.After(fuzzNow) {
			t.Errorf("%q: clamped to %v", s, c)
		}
	})
}

// FuzzIdentify builds two polls out of the same few names: whatever they are, no
// identity may occur twice, and nothing known may come back as new.
func FuzzIdentify(f *testing.F) {
	f.Add("aabbccdd", "abcdabcd")
	f.Add("a a a ", "a b c ")
	f.Fuzz(func(t *testing.T, first, second string) {
		poll := func(s string) []Item {
			var items []Item
			for i := 0; i+3 < len(s) && len(items) < 40; i += 4 {
				pick := func(c byte, prefix string) string {
					if c%5 == 0 {
						return ""
					}
					return prefix + string(rune('a'+c%7))
				}
				items = append(items, Item{GUID: pick(s[i], "g"), URL: pick(s[i+1], "https://a.example/some-long-slug-"), Title: pick(s[i+2], "t"), Summary: pick(s[i+3], "s")})
			}
			return items
		}
		feed := Feed{ID: 1}
		a, mem := Identify(feed, poll(first), nil, fuzzNow)
		feed.Memory = mem
		known := asKnown(a)
		b, _ := Identify(feed, poll(second), known, fuzzNow)
		ids := map[string]bool{}
		for _, x := range a {
			if ids[x.Identity] {
				t.Fatalf("twice in one poll: %q", x.Identity)
			}
			ids[x.Identity] = true
		}
		in := map[string]bool{}
		for _, x := range b {
			if in[x.Identity] {
				t.Fatalf("twice in one poll: %q", x.Identity)
			}
			in[x.Identity] = true
			if ids[x.Identity] != (x.ID != 0) {
				t.Fatalf("%q is known %v, yet has ID %d", x.Identity, ids[x.Identity], x.ID)
			}
		}
	})
}
