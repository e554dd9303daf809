package feedstest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Publisher serves documents by path, with validators, and keeps a journal of
// who asked for what. It is an http.Handler.
type Publisher struct {
	mu      sync.Mutex
	pages   map[string]*Page
	journal []Seen
}

// A Page is what a Publisher answers at one path.
type Page struct {
	Body         []byte
	ContentType  string // default application/rss+xml
	ETag         string
	LastModified string
	Status       int // default 200
	Header       map[string]string
	Delay        time.Duration // before the answer

	// Handle, when set, answers instead.
	Handle http.HandlerFunc
}

// Seen is one request as it arrived.
type Seen struct {
	At           time.Time
	Host, Path   string
	ETag         string // If-None-Match
	LastModified string // If-Modified-Since
	UserAgent    string
	Status       int // that was answered
}

// Conditional tells whether the request carried validators.
func (s Seen) Conditional() bool { return s.ETag != "" || s.LastModified != "" }

// NewPublisher returns a Publisher without pages.
func NewPublisher() *Publisher { return &Publisher{pages: map[string]*Page{}} }

// Set serves page at path from now on.
func (p *Publisher) Set(path string, page Page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = &page
}

// Journal returns all requests so far.
func (p *Publisher) Journal() []Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Seen(nil), p.journal...)
}

// ServeHTTP implements http.Handler.
func (p *Publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	page := p.pages[r.URL.Path]
	seen := Seen{At: time.Now(), Host: r.Host, Path: r.URL.Path, ETag: r.Header.Get("If-None-Match"), LastModified: r.Header.Get("If-Modified-Since"), UserAgent: r.UserAgent()}
	i := len(p.journal)
	p.journal = append(p.journal, seen)
	p.mu.Unlock()
	note := func(status int) {
		p.mu.Lock()
		p.journal[i].Status = status
		p.mu.Unlock()
	}
	if page == nil {
		note(http.StatusNotFound)
		http.NotFound(w, r)
		return
	}
	if page.Delay > 0 {
		t := time.NewTimer(page.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		}
	}
	if page.Handle != nil {
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		page.Handle(rec, r)
		note(rec.status)
		return
	}
	h := w.Header()
	for k, v := range page.Header {
		h.Set(k, v)
	}
	if page.ETag != "" {
		h.Set("ETag", page.ETag)
	}
	if page.LastModified != "" {
		h.Set("Last-Modified", page.LastModified)
	}
	matches := page.ETag != "" && seen.ETag == page.ETag || page.ETag == "" && page.LastModified != "" && seen.LastModified == page.LastModified
	if matches && (page.Status == 0 || page.Status == http.StatusOK) {
		note(http.StatusNotModified)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/rss+xml; charset=utf-8")
	if page.ContentType != "" {
		h.Set("Content-Type", page.ContentType)
	}
	status := page.Status
	if status == 0 {
		status = http.StatusOK
	}
	note(status)
	w.WriteHeader(status)
	_, _ = w.Write(page.Body)
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(s int) { r.status = s; r.ResponseWriter.WriteHeader(s) }
func (r *recorder) Flush()            { r.ResponseWriter.(http.Flusher).Flush() }

// An Entry is one item of a feed to be written.
type Entry struct {
	GUID, Link, Title, Text string
	At                      time.Time // zero: no date
}

// Entries makes n entries, the newest first, numbered from first.
func Entries(first, n int, at time.Time) []Entry {
	var out []Entry
	for i := range n {
		k := first + n - 1 - i
		out = append(out, Entry{
			GUID:  fmt.Sprintf("tag:example.org,2026:%d", k),
			Link:  fmt.Sprintf("https://example.org/news/%d/", 10000+k),
			Title: fmt.Sprintf("Council meets for the %d. time", k),
			Text:  fmt.Sprintf("The council of Norrvik met for the %d. time and talked about item %d of its list.", k, k*7),
			At:    at.Add(-time.Duration(i) * time.Hour),
		})
	}
	return out
}

// RSS writes a feed of entries.
func RSS(title string, entries ...Entry) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title><link>https://example.org/</link><description>About %[1]s</description>`, html.EscapeString(title))
	for _, e := range entries {
		b.WriteString("<item>")
		if e.Title != "" {
			fmt.Fprintf(&b, "<title>%s</title>", html.EscapeString(e.Title))
		}
		if e.Link != "" {
			fmt.Fprintf(&b, "<link>%s</link>", html.EscapeString(e.Link))
		}
		if e.GUID != "" {
			fmt.Fprintf(&b, `<guid isPermaLink="false">%s</guid>`, html.EscapeString(e.GUID))
		}
		if e.Text != "" {
			fmt.Fprintf(&b, "<description>%s</description>", html.EscapeString(e.Text))
		}
		if !e.At.IsZero() {
			fmt.Fprintf(&b, "<pubDate>%s</pubDate>", e.At.UTC().Format(time.RFC1123Z))
		}
		b.WriteString("</item>")
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}
