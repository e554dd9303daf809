package feeds

import "time"

// An Article is one stored item of a feed, and the text read from its page.
type Article struct {
	ID          int64
	FeedID      int64
	Identity    string // unique within the feed: GUID, else canonical link, else fingerprint
	Fingerprint string // of title and text, to recognise an item whose identity churns
	GUID        string // as the feed gives it
	URL         string // http(s), absolute, canonical; "" when the feed gives none
	Title       string // plain text
	Summary     string // the feed's own text, plain; may be cut off
	Author      string
	ImageURL    string
	Lang        string // BCP 47: of the page, the item, the feed, or detected; "" when unknown
	Publisher   string // copied from the feed
	Family      string // copied from the feed

	Text       string // what the summarizer reads: paragraphs separated by a blank line
	TextSource TextSource
	Paywalled  bool // the page showed a paywall or a consent wall

	PublishedAt time.Time // clamped; first-seen time where the feed gives none or nonsense
	SeenAt      time.Time // first seen by us
	EditedAt    time.Time // last change at the source, zero when never
	ContentHash string    // of title, link and feed text: tells an edit from a repeat
	Stage       Stage
}

// TextSource tells where an article's Text came from.
type TextSource string

const (
	TextFromPage  TextSource = "page"  // the article's own page
	TextFromFeed  TextSource = "feed"  // the feed carried it whole, or the page could not be read
	TextFromTitle TextSource = "title" // nothing but the headline is known
)

// Stage is how far an article has come on its way into a story.
type Stage string

const (
	StageStored  Stage = "stored"  // known from the feed
	StageBriefed Stage = "briefed" // read and summarized
	StageJoined  Stage = "joined"  // part of a story
	StageSkipped Stage = "skipped" // filtered, or older than anyone wants to be told
)

// Known is what the identity policy needs to know of a stored article.
type Known struct {
	ID          int64
	Identity    string
	GUID        string
	URL         string
	Fingerprint string
	ContentHash string
}
