package feedstest

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// A Case is a document that has broken readers before.
type Case struct {
	Name        string
	Body        []byte
	ContentType string
	Items       int    // that must come out
	Title       string // of the first item, "" when it does not matter
	Fails       bool   // no feed may be read out of it
}

const rssHead = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>T</title><link>https://example.org/</link>`
const rssTail = `</channel></rss>`

func rss(body string) []byte { return []byte(rssHead + body + rssTail) }

func item(n int, title string) string {
	return fmt.Sprintf(`<item><title>%s</title><link>https://example.org/%d</link><guid>g%d</guid><pubDate>Tue, 03 Mar 2026 08:%02d:00 +0000</pubDate><description>Text %d</description></item>`, title, n, n, n%60, n)
}

func items(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(item(i, fmt.Sprintf("Item %d", i)))
	}
	return b.String()
}

// BodyLimit is the most that a client hands to the reader.
const BodyLimit = 10 << 20

// Hostile returns documents of every kind that feeds are known to hurt readers
// with, each cut at BodyLimit as the client would.
func Hostile() []Case {
	rep := strings.Repeat
	lol := `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "lol">`
	for c := 'b'; c <= 'j'; c++ {
		lol += fmt.Sprintf(`<!ENTITY %c "%s">`, c, rep(fmt.Sprintf("&%c;", c-1), 10))
	}
	lol += `]>`
	cases := []Case{
		{Name: "entity bomb", Body: []byte(lol + `<rss version="2.0"><channel><title>&j;</title><item><title>x &j;</title><link>https://example.org/1</link></item></channel></rss>`), Items: 1},
		{Name: "external entity", Body: []byte(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>a&x;b</title></item></channel></rss>`), Items: 1, Title: "a&x;b"},
		{Name: "declared entity", Body: []byte(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY org "Norrvik Post">]><rss version="2.0"><channel><item><title>By &org;&nbsp;&mdash; now</title></item></channel></rss>`), Items: 1, Title: "By Norrvik Post — now"},
		{Name: "a million nested tags", Body: rss(item(1, "first") + rep("<z>", 1_000_000)), Items: 1, Title: "first"},
		{Name: "nested tags in content", Body: []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>deep</title><id>1</id><content type="xhtml">` + rep("<div>", 400_000) + "x" + rep("</div>", 400_000) + `</content></entry></feed>`), Items: 1, Title: "deep"},
		{Name: "nested escaped tags", Body: rss(`<item><title>deep</title><description>` + rep("&lt;b&gt;", 900_000) + `</description></item>`), Items: 1, Title: "deep"},
		{Name: "nested extension", Body: rss(`<item><title>deep</title>` + rep(`<q:a>`, 500_000) + rep(`</q:a>`, 500_000) + `</item>` + item(2, "second")), Items: 2, Title: "deep"},
		{Name: "nested JSON", Body: []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"x","_e":` + rep("[", 1_000_000) + rep("]", 1_000_000) + `}]}`), Fails: true},
		{Name: "70,000 items", Body: rss(items(70_000)), Items: 300},
		{Name: "one 10 MB item", Body: rss(`<item><title>big</title><description>` + rep("word ", 2<<20) + `</description></item>`), Items: 0},
		{Name: "one 9 MB item", Body: rss(`<item><title>big</title><description>` + rep("word &amp; ", 800_000) + `</description></item>`), Items: 1, Title: "big"},
		{Name: "30 MB title", Body: rss(item(1, "first") + item(2, rep("A", 30_000_000))), Items: 1, Title: "first"},
		{Name: "a million attributes", Body: rss(`<item ` + rep(`a="1" `, 1_000_000) + `><title>x</title></item>`), Items: 1, Title: "x"},
		{Name: "100,000 namespaces", Body: []byte(`<rss version="2.0" ` + namespacesN(100_000) + `><channel><item><title>x</title></item></channel></rss>`), Items: 1, Title: "x"},
		{Name: "400,000 categories", Body: rss(`<item><title>x</title>` + rep("<category>c</category>", 400_000) + `</item>`), Items: 1, Title: "x"},
		{Name: "5 million less-than signs", Body: rss(item(1, "first") + `<item><title>` + rep("<", 5_000_000)), Items: 2, Title: "first"},
		{Name: "5 million ampersands", Body: rss(item(1, rep("&", 5_000_000))), Items: 1},
		{Name: "open comments", Body: rss(item(1, "first") + rep("<!-- ", 1_000_000)), Items: 1, Title: "first"},
		{Name: "open quotes", Body: rss(item(1, "first") + rep(`<a b="`, 1_000_000)), Items: 1, Title: "first"},
		{Name: "open CDATA sections", Body: rss(item(1, "first") + rep(`<item><title><![CDATA[`, 400_000)), Items: 2, Title: "first"},
		{Name: "open CDATA in one item", Body: rss(`<item><title><![CDATA[one</title><link>https://example.org/1</link></item><item><title><![CDATA[two]]></title></item>`), Items: 2, Title: "one"},
		{Name: "processing instructions", Body: []byte("<?xml version='1.0'?>" + rep("<?x ?>", 100_000) + string(rss(item(1, "x")))), Items: 1, Title: "x"},
		{Name: "cut in the tail", Body: []byte(rssHead + items(5) + `<item><title>half`), Items: 5, Title: "Item 0"},
		{Name: "cut inside CDATA", Body: []byte(rssHead + items(5) + `<item><title>x</title><description><![CDATA[half `), Items: 5},
		{Name: "cut inside a tag", Body: []byte(rssHead + items(5) + `<item><title>x</title><li`), Items: 5},
		{Name: "cut JSON", Body: []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"one"},{"id":"2","title":"two"},{"id":"3","tit`), Items: 2, Title: "one"},
		{Name: "unclosed items", Body: rss(`<item><title>one</title><link>https://example.org/1</link><item><title>two</title><link>https://example.org/2</link>`), Items: 2, Title: "one"},
		{Name: "unclosed titles", Body: rss(`<item><title>one<link>https://example.org/1</link></item><item><title>two<link>https://example.org/2</link></item>`), Items: 2, Title: "one"},
		{Name: "titles closed by another name", Body: rss(`<item><title>one</titel><link>https://example.org/1</link></item><item><titel>x</title><link>https://example.org/2</link></item>`), Items: 2, Title: "one"},
		{Name: "upper case", Body: []byte(`<RSS VERSION="2.0"><CHANNEL><ITEM><TITLE>one</TITLE><LINK>https://example.org/1</LINK></ITEM></CHANNEL></RSS>`), Items: 1, Title: "one"},
		{Name: "items outside the channel", Body: []byte(`<rss version="2.0"><channel><title>T</title></channel>` + items(3) + `</rss>`), Items: 3},
		{Name: "Atom entries in RSS", Body: rss(`<entry><title>one</title><id>1</id><updated>2026-03-03T08:00:00Z</updated><summary>s</summary></entry>`), Items: 1, Title: "one"},
		{Name: "RSS items in Atom", Body: []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><item><title>one</title><link>https://example.org/1</link><guid>1</guid></item></feed>`), Items: 1, Title: "one"},
		{Name: "unknown wrapper", Body: []byte(`<rss version="2.0"><channel><items><item><title>one</title></item></items></channel></rss>`), Items: 1, Title: "one"},
		{Name: "undeclared prefixes", Body: rss(`<item><title>one</title><foo:bar>x</foo:bar><content:encoded><![CDATA[<p>c</p>]]></content:encoded></item>`), Items: 1, Title: "one"},
		{Name: "unescaped markup", Body: rss(`<item><title>A & B <b>bold</title><link>https://example.org/?a=1&b=2</link><description>x<br>y <img src=a.png> & z</description></item>`), Items: 1, Title: "A & B bold"},
		{Name: "text before the declaration", Body: append([]byte("\n\nWarning: mysql_connect() in /var/www/x.php\n"), rss(items(2))...), Items: 2},
		{Name: "control characters", Body: rss(item(1, "a\x00b\x01c\x1f\x7fd")), Items: 1, Title: "abcd"},
		{Name: "characters that XML forbids", Body: rss(item(1, "a\uffffb\ufffec&#0;&#x1;d")), Items: 1},
		{Name: "undeclared Latin-1", Body: []byte("<rss version=\"2.0\"><channel><item><title>Caf\xe9 M\xfcnchen \x96 ok</title></item></channel></rss>"), Items: 1, Title: "Café München – ok"},
		{Name: "Latin-1 declared as UTF-8", Body: rss("<item><title>Caf\xe9 M\xfcnchen</title></item>"), ContentType: "text/xml; charset=utf-8", Items: 1, Title: "Café München"},
		{Name: "UTF-8 declared as Latin-1", Body: []byte(`<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><item><title>Café München</title></item></channel></rss>`), Items: 1, Title: "Café München"},
		{Name: "double encoding", Body: rss(item(1, "CafÃ© MÃ¼nchen â€“ ok")), Items: 1, Title: "Café München – ok"},
		{Name: "two encodings in one document", Body: rss(item(1, "Café") + item(2, "M\xfcnchen")), Items: 2, Title: "Café"},
		{Name: "UTF-16 with mark", Body: utf16of(`<?xml version="1.0" encoding="UTF-16"?><rss version="2.0"><channel><item><title>Café 𝄞</title></item></channel></rss>`, true, true), Items: 1, Title: "Café 𝄞"},
		{Name: "UTF-16 without mark", Body: utf16of(`<?xml version="1.0"?><rss version="2.0"><channel><item><title>Café</title></item></channel></rss>`, false, false), Items: 1, Title: "Café"},
		{Name: "UTF-32", Body: utf32of(`<?xml version="1.0"?><rss version="2.0"><channel><item><title>Café 𝄞</title></item></channel></rss>`), Items: 1, Title: "Café 𝄞"},
		{Name: "Windows-1251 by header", Body: []byte("<rss version=\"2.0\"><channel><item><title>\xcd\xee\xe2\xee\xf1\xf2\xe8</title></item></channel></rss>"), ContentType: "text/xml; charset=windows-1251", Items: 1, Title: "Новости"},
		{Name: "Shift-JIS by declaration", Body: []byte("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><rss version=\"2.0\"><channel><item><title>\x93\xfa\x96\x7b</title></item></channel></rss>"), Items: 1, Title: "日本"},
		{Name: "unknown encoding", Body: []byte(`<?xml version="1.0" encoding="x-klingon"?><rss version="2.0"><channel><item><title>ok</title></item></channel></rss>`), Items: 1, Title: "ok"},
		{Name: "escaped twice", Body: rss(item(1, "Tom &amp;amp; Jerry &amp;#8217;s")), Items: 1, Title: "Tom & Jerry ’s"},
		{Name: "no dates, no ids, no links", Body: rss(`<item><title>one</title></item><item><title>two</title></item><item><description>three is a text</description></item>`), Items: 3, Title: "one"},
		{Name: "dangerous links", Body: rss(`<item><title>x</title><link>javascript:alert(1)</link></item><item><title>y</title><link>file:///etc/passwd</link></item><item><title>z</title><link>data:text/html,hi</link></item>`), Items: 3, Title: "x"},
		{Name: "web page", Body: []byte(`<!doctype html><html><head><title>Not found</title></head><body>` + rep("<p>Sorry</p>", 1000) + `</body></html>`), ContentType: "text/html", Fails: true},
		{Name: "web page as RSS", Body: []byte(`<html><body>moved</body></html>`), ContentType: "application/rss+xml", Fails: true},
		{Name: "nothing", Body: nil, Fails: true},
		{Name: "only space", Body: []byte(" \n\t \r\n"), Fails: true},
		{Name: "a picture", Body: append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 5000)...), Fails: true},
		{Name: "other JSON", Body: []byte(`{"error":"not found"}`), Fails: true},
		{Name: "OPML", Body: []byte(`<opml version="2.0"><body><outline text="x"/></body></opml>`), Fails: true},
		{Name: "empty feed", Body: rss(""), Items: 0},
		{Name: "empty channel element", Body: []byte(`<rss version="2.0"><channel/></rss>`), Items: 0},
		{Name: "text direction tricks", Body: rss(item(1, "\u202egnp.exe\u202c @everyone &lt;@&amp;1&gt;")), Items: 1},
	}
	for i := range cases {
		if len(cases[i].Body) > BodyLimit {
			cases[i].Body = cases[i].Body[:BodyLimit]
		}
	}
	return cases
}

func namespacesN(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `xmlns:n%d="http://n/%d" `, i, i)
	}
	return b.String()
}

func utf16of(s string, mark, big bool) []byte {
	var out []byte
	put := func(v uint16) {
		if big {
			out = append(out, byte(v>>8), byte(v))
		} else {
			out = append(out, byte(v), byte(v>>8))
		}
	}
	if mark {
		put(0xfeff)
	}
	for _, v := range utf16.Encode([]rune(s)) {
		put(v)
	}
	return out
}

func utf32of(s string) []byte {
	out := []byte{0xff, 0xfe, 0, 0}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8), byte(r>>16), 0)
	}
	return out
}

// Churning writes the same n items at every call, with what changes names
// different each time: "guid", "link", "both".
func Churning(what string, n, round int, at time.Time) []byte {
	list := Entries(1, n, at)
	for i := range list {
		if what == "guid" || what == "both" {
			list[i].GUID = fmt.Sprintf("urn:session:%d:%d", round, i)
		}
		if what == "link" || what == "both" {
			list[i].Link = fmt.Sprintf("https://example.org/go/%d/%d?session=%d", 7000+i, round, round)
		}
	}
	return RSS("Churning", list...)
}
