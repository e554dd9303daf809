package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"sitrep/feeds/fetch"
)

// A Report tells an operator what the bot makes of a feed: what was found, how
// good it is, and how it would be treated.
type Report struct {
	URL       string      `json:"url"`
	FinalURL  string      `json:"final_url,omitempty"` // when redirects led elsewhere
	Permanent bool        `json:"permanent,omitempty"` // all of those redirects are permanent
	OK        bool        `json:"ok"`
	Kind      FailureKind `json:"failure,omitempty"`
	Reason    string      `json:"reason,omitempty"`

	Title    string `json:"title,omitempty"`
	Format   string `json:"format,omitempty"`
	Lang     string `json:"lang,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	SiteURL  string `json:"site_url,omitempty"`
	HubURL   string `json:"hub_url,omitempty"`

	Items     int       `json:"items"`
	Skipped   int       `json:"skipped,omitempty"` // beyond what is taken from one answer
	Newest    time.Time `json:"newest,omitzero"`
	PerDay    float64   `json:"per_day,omitempty"`     // publications a day, last week
	Undated   int       `json:"undated,omitempty"`     // items without a usable date
	Unlinked  int       `json:"unlinked,omitempty"`    // items without a usable link
	NoGUID    int       `json:"no_guid,omitempty"`     // items without an identifier
	Untitled  int       `json:"untitled,omitempty"`    // items whose title was made from their text
	Alike     int       `json:"alike,omitempty"`       // items that could not be told apart
	Whole     int       `json:"whole,omitempty"`       // items that carry their full text
	TextBytes int       `json:"text_bytes,omitempty"`  // median length of what they carry
	Validated bool      `json:"conditional,omitempty"` // the server lets us ask conditionally

	Interval time.Duration `json:"-"`
	Every    string        `json:"every,omitempty"` // Interval in words
	Advice   []string      `json:"advice,omitempty"`
}

// Examine fetches a feed once and reports on it. An error means that the request
// could not be made at all; what is wrong with the feed stands in the Report.
func Examine(ctx context.Context, client *fetch.Client, rawURL string, pace Pace, now time.Time) (Report, error) {
	res, err := client.Get(ctx, fetch.Request{URL: rawURL, Accept: accept, Patience: 30 * time.Second})
	if err != nil {
		if k := fetch.KindOf(err); k == fetch.KindStopped {
			return Report{}, err
		}
		k := kindOf(err)
		return Report{URL: rawURL, Kind: k, Reason: reason(k, 0)}, nil
	}
	r := Report{URL: rawURL}
	if res.Hops > 0 {
		r.FinalURL, r.Permanent = res.URL, res.Permanent == res.URL
	}
	fail := func(k FailureKind) (Report, error) {
		r.Kind, r.Reason = k, reason(k, res.Status)
		return r, nil
	}
	if k := statusKind(res); k != FailNone {
		return fail(k)
	}
	doc, err := Parse(res.Body, res.Header.Get("Content-Type"), res.URL, now)
	if k := parseKind(doc, err, res); k != FailNone {
		return fail(k)
	}
	v := Validators{ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified"), At: now}
	Inspect(&r, doc, v, res.FreshFor, pace, now)
	return r, nil
}

// Inspect fills r with what doc is worth. hint is what the answer's headers ask
// for.
func Inspect(r *Report, doc Document, v Validators, hint time.Duration, pace Pace, now time.Time) {
	pace = pace.withDefaults()
	r.OK = true
	r.Title, r.Format, r.Lang, r.Encoding, r.SiteURL, r.HubURL = doc.Title, doc.Format, doc.Lang, doc.Encoding, doc.SiteURL, doc.HubURL
	r.Items = len(doc.Items)
	if r.Items == MaxItems {
		r.Skipped = doc.Total - r.Items
	}
	r.Validated = v.ETag != "" || v.LastModified != ""
	f := Feed{Memory: Memory{MinInterval: int64(doc.MinInterval / time.Second), SkipHours: doc.SkipHours}, LastChangedAt: now}
	articles, _ := Identify(f, doc.Items, nil, now)
	r.Alike = len(doc.Items) - len(articles)
	var sizes []int
	for i, it := range doc.Items {
		if it.Published.After(r.Newest) {
			r.Newest = it.Published
		}
		if it.Published.IsZero() {
			r.Undated++
		}
		if it.URL == "" {
			r.Unlinked++
		}
		if it.GUID == "" {
			r.NoGUID++
		}
		if it.Title == headline(firstOf(it.Summary, it.Content)) {
			r.Untitled++
		}
		a := makeArticle(f, doc.Items[i], "", "", "", now)
		if CarriesWhole(a) {
			r.Whole++
		}
		sizes = append(sizes, len(firstOf(it.Content, it.Summary)))
	}
	if len(sizes) > 0 {
		slices.Sort(sizes)
		r.TextBytes = sizes[len(sizes)/2]
	}
	var dated bool
	r.PerDay, dated = history(doc.Items, now)
	most := float64(12*time.Hour) / float64(pace.Default)
	if f.Memory.ChangesPerDay = min(r.PerDay, most); !dated {
		f.Memory.ChangesPerDay = most
	}
	_, r.Interval = pace.nextAfterSuccess(f, hint, now, rand.New(rand.NewPCG(1, 1)))
	r.Every = words(r.Interval)
	r.Advice = r.advice(doc, now)
}

// advice says in plain words what stands out.
func (r *Report) advice(doc Document, now time.Time) []string {
	var out []string
	say := func(cond bool, format string, a ...any) {
		if cond {
			out = append(out, fmt.Sprintf(format, a...))
		}
	}
	n := r.Items
	say(r.Permanent, "It has moved for good: follow %s instead.", r.FinalURL)
	say(doc.NewURL != "" && doc.NewURL != r.URL, "The feed names a new address: %s.", doc.NewURL)
	say(n == 0, "It is a feed, but an empty one.")
	say(n > 0 && !r.Newest.IsZero() && now.Sub(r.Newest) > 90*24*time.Hour, "Nothing new for %s: it may be abandoned.", words(now.Sub(r.Newest)))
	say(n > 0 && r.Undated == n, "No item has a date: articles get the time at which they are first seen.")
	say(r.Undated > 0 && r.Undated < n, "%d of %d items have no usable date.", r.Undated, n)
	say(n > 0 && r.Unlinked == n, "No item has a link: digests cannot point to the articles.")
	say(r.Unlinked > 0 && r.Unlinked < n, "%d of %d items have no usable link.", r.Unlinked, n)
	say(n > 0 && r.NoGUID == n, "No item has an identifier: articles are told apart by their links.")
	say(r.Alike > 0, "%d items are copies of others.", r.Alike)
	say(n > 0 && r.Untitled*2 > n, "Most items have no title of their own.")
	say(n > 0 && r.Whole*2 <= n, "Items are teasers: their pages are read for the text.")
	say(n > 0 && r.Whole*2 > n, "Items carry their full text: pages are read only where it is missing.")
	say(!r.Validated && n > 0, "The server does not answer conditional requests: every check costs it the whole feed.")
	say(r.HubURL != "", "It offers push (WebSub): news arrive at once where the bot has a public address.")
	say(doc.Truncated, "The document breaks off: only its complete items are read.")
	say(r.Skipped > 0, "Only the newest %d of %d items are taken.", n, n+r.Skipped)
	say(doc.MinInterval > 0, "The publisher asks for at least %s between checks.", words(doc.MinInterval))
	return out
}

// WriteText writes the report for a terminal.
func (r Report) WriteText(w io.Writer, now time.Time) error {
	var b strings.Builder
	mark := "ok  "
	if !r.OK {
		mark = "FAIL"
	}
	fmt.Fprintf(&b, "%s  %s\n", mark, r.URL)
	line := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "      %-10s %s\n", name, fmt.Sprintf(format, a...))
	}
	if r.FinalURL != "" {
		kind := "for now"
		if r.Permanent {
			kind = "for good"
		}
		line("leads to", "%s (%s)", r.FinalURL, kind)
	}
	if !r.OK {
		line("reason", "%s", r.Reason)
		_, err := io.WriteString(w, b.String())
		return err
	}
	title := r.Title
	if title == "" {
		title = "(no title)"
	}
	line("feed", "%s", strings.Join(nonEmpty(title, r.Format, r.Lang), " · "))
	if r.Items > 0 {
		newest := "without dates"
		if !r.Newest.IsZero() {
			newest = "the newest " + words(now.Sub(r.Newest)) + " old"
		}
		line("items", "%d, %s", r.Items, newest)
		if r.PerDay > 0 {
			line("pace", "about %.1f publications a day", r.PerDay)
		}
		line("text", "%d of %d carry it whole, median %d bytes", r.Whole, r.Items, r.TextBytes)
	}
	line("checked", "every %s", r.Every)
	for _, a := range r.Advice {
		line("note", "%s", a)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func nonEmpty(s ...string) []string {
	return slices.DeleteFunc(s, func(x string) bool { return x == "" })
}

// words says a duration in the largest unit that fits.
func words(d time.Duration) string {
	unit := func(n int, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 90*time.Minute:
		return unit(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return unit(int(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return unit(int(d/(24*time.Hour)), "day")
	}
}

// statusKind classifies an answer by its status alone; FailNone for what may be
// read.
func statusKind(res fetch.Response) FailureKind {
	switch s := res.Status; {
	case s == http.StatusOK, s == http.StatusNonAuthoritativeInfo, s == http.StatusNotModified:
		return FailNone
	case s == http.StatusGone:
		return FailGone
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && !res.RetryAt.IsZero():
		return FailRateLimited
	case s == http.StatusNotFound:
		return FailNotFound
	case s == http.StatusUnauthorized, s == http.StatusPaymentRequired, s == http.StatusForbidden, s == http.StatusNotAcceptable, s == http.StatusUnavailableForLegalReasons:
		return FailForbidden
	case s >= 500:
		return FailServer
	default:
		return FailStatus
	}
}

// parseKind classifies what Parse said of an answer.
func parseKind(doc Document, err error, res fetch.Response) FailureKind {
	switch {
	case errors.Is(err, ErrEmpty):
		return FailEmpty
	case errors.Is(err, ErrNotFeed):
		return FailNotFeed
	case err != nil:
		return FailBroken
	case len(doc.Items) == 0 && res.Truncated:
		return FailTooLarge
	case len(doc.Items) == 0 && doc.Truncated:
		return FailBroken
	}
	return FailNone
}
