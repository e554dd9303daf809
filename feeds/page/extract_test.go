package page

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const para = "The harbour board of Vestervik voted on Tuesday to close the old grain terminal, ending a dispute that had kept the town busy since the spring. Its chair, Runa Holt, said the decision was overdue. "

func articleHTML(head, body string) string {
	return "<!doctype html><html lang=\"en-GB\"><head><title>Board closes terminal - Vestervik Post</title>" + head +
		"</head><body><nav><a href=/>Home</a> <a href=/news>News</a></nav><article><h1>Board closes terminal</h1>" + body +
		"</article><footer>All rights reserved</footer></body></html>"
}

func paragraphs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>%d. %s</p>\n", i, strings.Repeat(para, 2))
	}
	return b.String()
}

func TestExtract(t *testing.T) {
	t.Parallel()
	head := `<link rel="canonical" href="/news/terminal"><meta property="og:image" content="/pic.jpg"><meta property="og:site_name" content="Vestervik Post"><meta property="article:published_time" content="2026-03-04T08:00:00+01:00">`
	p, err := Extract([]byte(articleHTML(head, paragraphs(6)+"<script>var x = 'tracking'</script>")), "text/html", "https://post.example/a?utm_source=x")
	if err != nil {
		t.Fatal(err)
	}
	if p.Canonical != "https://post.example/news/terminal" || p.Lang != "en-GB" || p.Site != "Vestervik Post" || p.ImageURL != "https://post.example/pic.jpg" {
		t.Errorf("meta: %+v", p)
	}
	if got := p.PublishedAt.Format("2006-01-02T15:04Z"); got != "2026-03-04T07:00Z" {
		t.Errorf("published %s", got)
	}
	if n := strings.Count(p.Text, "\n\n"); n < 5 {
		t.Errorf("%d paragraph breaks in %q", n, p.Text)
	}
	for _, not := range []string{"tracking", "All rights reserved", "Home"} {
		if strings.Contains(p.Text, not) {
			t.Errorf("text holds %q", not)
		}
	}
	if p.Paywalled || p.Consent {
		t.Errorf("paywalled %v, consent %v", p.Paywalled, p.Consent)
	}
}

func TestExtractCharset(t *testing.T) {
	t.Parallel()
	latin := strings.NewReplacer("Vestervik", "V\xe4sterv\xedk").Replace(articleHTML("", paragraphs(4)))
	for name, c := range map[string]struct{ body, contentType string }{
		"header":     {latin, "text/html; charset=iso-8859-1"},
		"meta":       {strings.Replace(latin, "<head>", `<head><meta charset="windows-1252">`, 1), "text/html"},
		"undeclared": {latin, ""},
		"lying":      {strings.NewReplacer("Vestervik", "Västervík").Replace(articleHTML("", paragraphs(4))), "text/html; charset=iso-8859-1"},
	} {
		p, err := Extract([]byte(c.body), c.contentType, "https://post.example/a")
		if err != nil || !strings.Contains(p.Text, "Västervík") {
			t.Errorf("%s: %v, %.80q", name, err, p.Text)
		}
	}
}

func TestWalls(t *testing.T) {
	t.Parallel()
	ld := `<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false}</script>`
	cases := []struct {
		name, html, url    string
		paywalled, consent bool
	}{
		{"free", articleHTML("", paragraphs(5)), "https://post.example/a", false, false},
		{"declared and short", articleHTML(ld, paragraphs(3)), "https://post.example/a", true, false},
		{"declared but whole", articleHTML(ld, paragraphs(12)), "https://post.example/a", false, false},
		{"phrase", articleHTML("", paragraphs(2)+"<p>Subscribe to continue reading. Already a subscriber? Log in.</p>"), "https://post.example/a", true, false},
		{"phrase in German", articleHTML("", paragraphs(2)+"<p>Jetzt weiterlesen mit Plus, nur für Abonnenten.</p>"), "https://post.example/a", true, false},
		{"an article about subscribers", articleHTML("", paragraphs(9)+"<p>The paper is for subscribers only, said Holt.</p>"), "https://post.example/a", false, false},
		{"consent host", articleHTML("", paragraphs(3)), "https://consent.post.example/collect?x=1", false, true},
		{"consent text", "<html><head><title>Post</title></head><body><div><p>We and our 812 partners store cookies on your device. By clicking accept you consent to personalised advertising. You can change your privacy settings or withdraw consent at any time. Partners may rely on legitimate interest.</p></div></body></html>", "https://post.example/a", false, true},
		{"challenge", "<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue</p></body></html>", "https://post.example/a", false, true},
		{"an article about cookies", articleHTML("", paragraphs(2)+"<p>The bakery sells cookies, and its partners agree with the consent of all.</p>"+paragraphs(2)), "https://post.example/a", false, false},
	}
	for _, c := range cases {
		p, err := Extract([]byte(c.html), "text/html; charset=utf-8", c.url)
		if err != nil && !c.consent {
			t.Errorf("%s: %v", c.name, err)
		}
		if p.Paywalled != c.paywalled || p.Consent != c.consent {
			t.Errorf("%s: paywalled %v, consent %v; want %v, %v (%d bytes)", c.name, p.Paywalled, p.Consent, c.paywalled, c.consent, len(p.Text))
		}
		if c.consent && p.Text != "" {
			t.Errorf("%s: the text of a consent page was kept", c.name)
		}
	}
}

func TestExtractHostile(t *testing.T) {
	t.Parallel()
	deep := "<html><body><article>" + strings.Repeat("<div>", 500_000) + paragraphs(3) + "</article></body></html>"
	formatting := "<html><body>" + strings.Repeat("<b><i><a href=x>", 100_000) + "x"
	tables := "<html><body>" + strings.Repeat("<table><tr><td>", 100_000)
	many := "<html><body>" + strings.Repeat("<p>x</p>", 300_000)
	for name, body := range map[string]string{"deep": deep, "formatting": formatting, "tables": tables, "many": many, "open": "<html><body><p" + strings.Repeat(" a=b", 200_000), "nothing": "", "unclosed comment": "<html><!--" + strings.Repeat("-", 1<<20)} {
		if _, err := Extract([]byte(body), "text/html", "https://post.example/a"); err != nil && !errors.Is(err, ErrNoText) && !strings.Contains(err.Error(), "parse") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Extract([]byte("%PDF-1.7"), "application/pdf", "https://post.example/a"); !errors.Is(err, ErrNotHTML) {
		t.Errorf("PDF: %v", err)
	}
	if _, err := Extract([]byte("\x89PNG\r\n\x1a\n\x00\x00"), "", "https://post.example/a"); !errors.Is(err, ErrNotHTML) {
		t.Errorf("PNG: %v", err)
	}
}
