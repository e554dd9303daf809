// Package newsroom is a bundled world of invented news: seven outlets, some
// thirty articles on a dozen events over two days, and two more that break
// while one watches. It serves them as a publisher would, as RSS, Atom and JSON
// feeds with validators, and as pages with navigation, banners and footers.
//
// The demo lives on it, and tests that want a whole day of news. Every person,
// company and event in it is made up.
package newsroom

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed articles.txt
var articlesFile string

// An Outlet is one publisher of the newsroom.
type Outlet struct {
	Key    string // path and name in articles.txt
	Name   string
	Family string // outlets of one family are not independent
	Format string // "rss", "atom" or "json"
	Lang   string
	About  string
}

// Outlets are the publishers, in a fixed order.
func Outlets() []Outlet {
	return []Outlet{
		{"halcyon", "Halcyon", "Halcyon", "rss", "en-GB", "News agency"},
		{"quayside", "The Quayside Gazette", "Brightwater Media", "rss", "en-GB", "News from the islands and the sea"},
		{"fenwick", "The Fenwick Standard", "Brightwater Media", "rss", "en-GB", "Local paper"},
		{"capitoline", "The Capitoline", "The Capitoline", "atom", "en-GB", "Politics, money, courts"},
		{"orbit", "Orbit & Field", "Orbit & Field", "atom", "en-GB", "Science and technology"},
		{"tidewater", "Tidewater Public Radio", "Tidewater Public Radio", "json", "en-GB", "Public radio"},
		{"lindenau", "Lindenau Evening News", "Lindenau Evening News", "rss", "en-GB", "Evening paper"},
	}
}

// An Article is one article of the newsroom, dated.
type Article struct {
	Outlet    string
	Event     string // which event it tells of
	Slug      string
	Title     string
	Summary   string
	Byline    string
	Text      string // paragraphs separated by a blank line
	Published time.Time
	Breaking  bool
}

// A Newsroom is the world at one moment. It is safe for concurrent use.
type Newsroom struct {
	mu       sync.Mutex
	articles []Article
	pending  []Article // breaking news not yet published
	changed  map[string]time.Time
	base     map[string]string // outlet -> base URL of its site
}

// New dates the articles back from now. Breaking news waits for Break.
func New(now time.Time) (*Newsroom, error) {
	n := &Newsroom{changed: map[string]time.Time{}, base: map[string]string{}}
	all, err := parse(articlesFile, now)
	if err != nil {
		return nil, fmt.Errorf("read the bundled newsroom: %w", err)
	}
	for _, a := range all {
		if a.Breaking {
			n.pending = append(n.pending, a)
			continue
		}
		n.articles = append(n.articles, a)
		if a.Published.After(n.changed[a.Outlet]) {
			n.changed[a.Outlet] = a.Published
		}
	}
	return n, nil
}

// SetBase tells the newsroom under which URL an outlet's site is reached, as
// "http://127.0.0.1:1234".
func (n *Newsroom) SetBase(outlet, url string) {
	n.mu.Lock()
	n.base[outlet] = strings.TrimRight(url, "/")
	n.mu.Unlock()
}

// FeedURL is where an outlet's feed is served.
func (n *Newsroom) FeedURL(outlet string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.base[outlet] + "/feed"
}

// Articles are the published articles, oldest first.
func (n *Newsroom) Articles() []Article {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := slices.Clone(n.articles)
	slices.SortStableFunc(out, func(a, b Article) int { return a.Published.Compare(b.Published) })
	return out
}

// Break publishes the breaking news, dated now, and returns it.
func (n *Newsroom) Break(now time.Time) []Article {
	n.mu.Lock()
	defer n.mu.Unlock()
	news := n.pending
	n.pending = nil
	for i := range news {
		news[i] = dated(news[i], now)
		n.articles = append(n.articles, news[i])
		n.changed[news[i].Outlet] = now
	}
	return news
}

// Handler serves one outlet's site: its home page, its feed and its articles.
func (n *Newsroom) Handler(outlet string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { n.serveHome(w, outlet) })
	mux.HandleFunc("GET /feed", func(w http.ResponseWriter, r *http.Request) { n.serveFeed(w, r, outlet) })
	mux.HandleFunc("GET /news/{slug}", func(w http.ResponseWriter, r *http.Request) { n.servePage(w, outlet, r.PathValue("slug")) })
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "User-agent: *\nDisallow: /account/\n")
	})
	return mux
}

func (n *Newsroom) of(outlet string) (o Outlet, base string, articles []Article, changed time.Time) {
	for _, known := range Outlets() {
		if known.Key == outlet {
			o = known
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range n.articles {
		if a.Outlet == outlet {
			articles = append(articles, a)
		}
	}
	slices.SortStableFunc(articles, func(a, b Article) int { return b.Published.Compare(a.Published) })
	return o, n.base[outlet], articles, n.changed[outlet]
}

func (n *Newsroom) serveFeed(w http.ResponseWriter, r *http.Request, outlet string) {
	o, base, articles, changed := n.of(outlet)
	body, contentType := renderFeed(o, base, articles, changed)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%s-%d-%d"`, outlet, len(articles), changed.Unix()))
	http.ServeContent(w, r, "", changed, bytes.NewReader(body))
}

func (n *Newsroom) serveHome(w http.ResponseWriter, outlet string) {
	o, base, articles, _ := n.of(outlet)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(renderHome(o, base, articles))
}

func (n *Newsroom) servePage(w http.ResponseWriter, outlet, slug string) {
	o, base, articles, _ := n.of(outlet)
	for _, a := range articles {
		if a.Slug == slug {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(renderPage(o, base, a, articles))
			return
		}
	}
	http.Error(w, "no such article", http.StatusNotFound)
}

// parse reads articles.txt. Blocks open with a line of "# key: value | …" and
// close with END; {d+1} stands for a weekday counted from publication, {e+1} for
// one counted from the event's first article, {date} for the month and day.
func parse(file string, now time.Time) ([]Article, error) {
	var (
		out  []Article
		a    Article
		text []string
		in   string
		line int
	)
	began := map[string]time.Time{} // by event
	scan := bufio.NewScanner(strings.NewReader(file))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		line++
		s := scan.Text()
		switch {
		case strings.HasPrefix(s, "# "):
			a, text, in = Article{}, nil, "head"
			hours := 0.0
			for field := range strings.SplitSeq(s[2:], "|") {
				key, value, ok := strings.Cut(strings.TrimSpace(field), ": ")
				if !ok {
					return nil, fmt.Errorf("line %d: %q is not key: value", line, field)
				}
				var err error
				switch key {
				case "outlet":
					a.Outlet = value
				case "event":
					a.Event = value
				case "slug":
					a.Slug = value
				case "hours":
					hours, err = strconv.ParseFloat(value, 64)
				case "breaking":
					a.Breaking = true
				default:
					err = fmt.Errorf("unknown key %q", key)
				}
				if err != nil {
					return nil, fmt.Errorf("line %d: %w", line, err)
				}
			}
			a.Published = now.Add(-time.Duration(hours * float64(time.Hour))).Truncate(time.Second)
		case in == "head" && strings.HasPrefix(s, "TITLE: "):
			a.Title = s[len("TITLE: "):]
		case in == "head" && strings.HasPrefix(s, "SUMMARY: "):
			a.Summary = s[len("SUMMARY: "):]
		case in == "head" && strings.HasPrefix(s, "BY: "):
			a.Byline = s[len("BY: "):]
		case in == "head" && s == "TEXT:":
			in = "text"
		case in == "text" && s == "END":
			a.Text, in = strings.Join(text, "\n"), ""
			if a.Outlet == "" || a.Slug == "" || a.Title == "" || a.Text == "" {
				return nil, fmt.Errorf("line %d: article %q is incomplete", line, a.Slug)
			}
			out = append(out, a)
			if first, ok := began[a.Event]; !a.Breaking && (!ok || a.Published.Before(first)) {
				began[a.Event] = a.Published
			}
		case in == "text":
			text = append(text, s)
		case strings.TrimSpace(s) != "":
			return nil, fmt.Errorf("line %d: %q belongs to no article", line, s)
		}
	}
	for i, a := range out {
		out[i] = marked(a, "e", began[a.Event])
		if !a.Breaking {
			out[i] = dated(out[i], a.Published)
		}
	}
	return out, scan.Err()
}

var dayMark = regexp.MustCompile(`\{([de])([+-]?\d)\}`)

// dated publishes an article at t, and fills in the days counted from then.
func dated(a Article, t time.Time) Article {
	a = marked(a, "d", t)
	a.Text = strings.ReplaceAll(a.Text, "{date}", t.Format("January 2"))
	a.Published = t
	return a
}

// marked fills in the weekdays of one kind of mark, counted from t.
func marked(a Article, kind string, t time.Time) Article {
	for _, s := range []*string{&a.Title, &a.Summary, &a.Text} {
		*s = dayMark.ReplaceAllStringFunc(*s, func(mark string) string {
			m := dayMark.FindStringSubmatch(mark)
			if m[1] != kind {
				return mark
			}
			days, _ := strconv.Atoi(m[2]) // the pattern lets only numbers through
			return t.AddDate(0, 0, days).Weekday().String()
		})
	}
	return a
}
