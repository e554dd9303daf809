package page_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
	"sitrep/feeds/page"
)

func TestReadRespectsRobots(t *testing.T) {
	t.Parallel()
	pub := feedstest.NewPublisher()
	html := "<html><head><title>News</title></head><body><article>" + strings.Repeat("<p>The board of Vestervik met on Tuesday and decided, after a long debate, to close the terminal for good.</p>", 12) + "</article></body></html>"
	robots := "User-agent: *\nDisallow: /private/\n\nUser-agent: Sitrep\nDisallow: /closed/\nAllow: /closed/open\n"
	for path, body := range map[string]string{"/robots.txt": robots, "/news": html, "/closed/a": html, "/closed/open": html, "/private/a": html} {
		pub.Set(path, feedstest.Page{Body: []byte(body), ContentType: "text/html"})
	}
	pub.Set("/gone", feedstest.Page{Status: http.StatusGone})
	net := feedstest.NewNetwork()
	t.Cleanup(net.Close)
	net.Serve("post.example", pub)
	broken := feedstest.NewPublisher()
	broken.Set("/robots.txt", feedstest.Page{Status: 503})
	broken.Set("/news", feedstest.Page{Body: []byte(html), ContentType: "text/html"})
	net.Serve("broken.example", broken)
	none := feedstest.NewPublisher()
	none.Set("/news", feedstest.Page{Body: []byte(html), ContentType: "text/html"})
	none.Set("/away", feedstest.Page{Status: 302, Header: map[string]string{"Location": "http://post.example/closed/a"}})
	net.Serve("none.example", none)

	r := page.NewReader(net.Client(fetch.Config{UserAgent: "Sitrep/1.0 (+https://operator.example)", Spacing: -1}))
	for url, want := range map[string]error{
		"http://post.example/news":        nil,
		"http://post.example/closed/a":    page.ErrRobots,
		"http://post.example/closed/open": nil,
		"http://post.example/private/a":   nil, // the rules for Sitrep by name replace those for all
		"http://broken.example/news":      page.ErrRobots,
		"http://none.example/news":        nil,
		"http://none.example/away":        page.ErrRobots,
	} {
		p, err := r.Read(context.Background(), url)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", url, err, want)
		}
		if want == nil && !strings.Contains(p.Text, "Vestervik") {
			t.Errorf("%s: text %.60q", url, p.Text)
		}
	}
	var status *page.StatusError
	if _, err := r.Read(context.Background(), "http://post.example/gone"); !errors.As(err, &status) || status.Status != 410 {
		t.Errorf("gone: %v", err)
	}
	asked := 0
	for _, s := range pub.Journal() {
		if s.Path == "/robots.txt" {
			asked++
		}
		if s.Path == "/closed/a" {
			t.Error("a forbidden page was asked")
		}
	}
	if asked != 1 {
		t.Errorf("robots.txt asked %d times", asked)
	}
	for _, s := range broken.Journal() {
		if s.Path == "/news" {
			t.Error("a page was asked although robots.txt could not be read")
		}
	}
}
