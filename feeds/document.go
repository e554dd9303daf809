package feeds

import "time"

// A Document is a feed as read from one answer, cleaned: text is plain and
// valid UTF-8, links are absolute http(s), dates are clamped.
type Document struct {
	Format      string // "rss", "atom" or "json"
	Title       string
	Description string
	Lang        string
	SiteURL     string
	SelfURL     string // what the feed calls its own address
	HubURL      string
	IconURL     string
	NewURL      string // where the feed says it has moved (itunes:new-feed-url)

	// MinInterval is the shortest distance between checks that the publisher
	// asks for (ttl, sy:updatePeriod); 0 when nothing was said.
	MinInterval time.Duration
	SkipHours   []int // UTC hours without requests
	SkipDays    []time.Weekday

	Items []Item // as in the feed, at most MaxItems

	Total     int  // items seen, taken or not
	Truncated bool // the answer broke off, or was cut off; complete items were kept
	Encoding  string
}

// An Item is one entry of a Document.
type Item struct {
	GUID      string
	URL       string // absolute http(s), tracking parameters removed; "" when there is none
	Title     string
	Summary   string // the short text, plain
	Content   string // the long text, plain; "" when the feed carries none
	Author    string
	ImageURL  string
	Lang      string
	Category  []string
	Published time.Time // zero when missing or nonsense
	Updated   time.Time // zero when missing or nonsense
}

// Limits of what is taken from one feed.
const (
	MaxItems    = 300
	maxTitle    = 400       // bytes
	maxSummary  = 4 << 10   // bytes
	maxContent  = 128 << 10 // bytes, plain
	maxRich     = 384 << 10 // bytes of markup read per field
	maxURL      = 2048      // bytes; longer addresses are dropped
	maxGUID     = 1024      // bytes
	maxCategory = 20
)
