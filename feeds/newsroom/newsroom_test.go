package newsroom

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestArticlesAreCompleteAndDated(t *testing.T) {
	t.Parallel()
	n, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	outlets, events, articles := map[string]bool{}, map[string]bool{}, n.Articles()
	for _, a := range articles {
		outlets[a.Outlet], events[a.Event] = true, true
		if strings.ContainsAny(a.Title+a.Summary+a.Text, "{}") {
			t.Errorf("%s: a date mark was left", a.Slug)
		}
		if age := now.Sub(a.Published); age < 0 || age > 48*time.Hour {
			t.Errorf("%s: published %v ago", a.Slug, age)
		}
	}
	if len(outlets) < 6 || len(events) < 10 || len(articles) < 30 {
		t.Errorf("%d outlets, %d events, %d articles", len(outlets), len(events), len(articles))
	}
	if broke := n.Break(now); len(broke) == 0 || len(n.Articles()) != len(articles)+len(broke) || len(n.Break(now)) != 0 {
		t.Error("breaking news is not published once")
	}
}

// At whatever hour it is opened, the newsroom's articles agree on the day on
// which something happened.
func TestArticlesAgreeOnTheDay(t *testing.T) {
	t.Parallel()
	for hour := range 24 {
		n, err := New(now.Add(time.Duration(hour) * time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for event, what := range map[string]*regexp.Regexp{
			"ferry": regexp.MustCompile(`in (?:thick )?fog(?: off Kestrel Point)? on (\w+)`), "tunnel": regexp.MustCompile(`(?:signed an agreement|signed in Tallinn) on (\w+)`),
			"ailaw": regexp.MustCompile(`passed (?:a law )?on (\w+)`), "cup": regexp.MustCompile(`on penalties on (\w+)`),
			"rail": regexp.MustCompile(`(?:strike|work) (?:that was called for|from) (\w+)`),
		} {
			days, found := map[string]bool{}, 0
			for _, a := range n.Articles() {
				if a.Event == event {
					for _, m := range what.FindAllStringSubmatch(a.Title+"\n"+a.Text, -1) {
						days[m[1]] = true
						found++
					}
				}
			}
			if found < 2 || len(days) != 1 {
				t.Errorf("%d hours on: %s: %d mentions of %d days: %v", hour, event, found, len(days), days)
			}
		}
	}
}

func TestServesFeedsWithValidatorsAndPages(t *testing.T) {
	t.Parallel()
	n, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range Outlets() {
		srv := httptest.NewServer(n.Handler(o.Key))
		defer srv.Close()
		n.SetBase(o.Key, srv.URL)
		body, h := get(t, n.FeedURL(o.Key), "")
		switch o.Format {
		case "json":
			if !json.Valid(body) {
				t.Errorf("%s: feed is no JSON", o.Key)
			}
		default:
			if err := xml.Unmarshal(body, new(struct{})); err != nil {
				t.Errorf("%s: feed is no XML: %v", o.Key, err)
			}
		}
		if body, _ := get(t, n.FeedURL(o.Key), h.Get("ETag")); len(body) != 0 {
			t.Errorf("%s: a known validator is not answered with 304", o.Key)
		}
		for _, a := range n.Articles() {
			if a.Outlet != o.Key {
				continue
			}
			page, _ := get(t, srv.URL+"/news/"+a.Slug, "")
			if !strings.Contains(string(page), "<article>") || !strings.Contains(string(page), "cookie-banner") {
				t.Errorf("%s: page lacks its article or its furniture", a.Slug)
			}
		}
	}
}

func get(t *testing.T, url, etag string) ([]byte, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := http.StatusOK; etag == "" && resp.StatusCode != want {
		t.Fatalf("GET %s: %s", url, resp.Status)
	}
	return body, resp.Header
}
