package feeds

import "time"

// A Feed is a polled URL, shared by every guild that follows it.
type Feed struct {
	ID          int64
	URL         string // where it is polled
	SiteURL     string // the home page that the feed names
	Title       string
	Description string
	Lang        string // BCP 47 as the feed declares it, or ""
	Publisher   string // the outlet that speaks: configured, from the catalog, or the feed's title
	Family      string // the group that owns the outlet; equals Publisher where nothing else is known
	IconURL     string
	HubURL      string // WebSub hub, where the feed offers one

	State  State
	Since  time.Time   // since when it has been in State
	Kind   FailureKind // of the last check; "" when it went well
	Reason string      // in plain words, for the people who follow it
	Fails  int         // failed checks in a row
	Moved  string      // where the feed seems to have moved, "" when nowhere

	NextCheckAt   time.Time
	LastCheckedAt time.Time     // zero before the first check
	LastChangedAt time.Time     // when it last brought something new
	Interval      time.Duration // the current distance between checks

	Validators Validators
	BodyHash   []byte // of the decoded body last parsed
	Memory     Memory
}

// Validators vouch for the articles that were stored with them. They are sent
// back byte for byte (RFC 9110, 13.1).
type Validators struct {
	ETag         string
	LastModified string
	At           time.Time // when they were received; aged out after 8 days
}

// State is where a feed stands.
type State string

const (
	StateActive  State = "active"
	StateFailing State = "failing" // still tried, with growing distance
	StateGone    State = "gone"    // answered 410; not asked any more
	StatePaused  State = "paused"  // by an operator
)

// FailureKind classifies a failed check; each kind has its own next check.
type FailureKind string

const (
	FailNone        FailureKind = ""
	FailNetwork     FailureKind = "network"      // no connection, or it broke
	FailDNS         FailureKind = "dns"          // the name does not resolve
	FailTLS         FailureKind = "tls"          // no trustworthy certificate
	FailTimeout     FailureKind = "timeout"      // not answered within the time allowed
	FailRefused     FailureKind = "refused"      // an address or port that is not asked
	FailRedirects   FailureKind = "redirects"    // too many, or in a circle
	FailTooLarge    FailureKind = "too_large"    // over the byte limit
	FailEncoding    FailureKind = "encoding"     // a content encoding that does not decode
	FailNotFound    FailureKind = "not_found"    // 404
	FailForbidden   FailureKind = "forbidden"    // 401, 403, 451 and the like
	FailGone        FailureKind = "gone"         // 410
	FailRateLimited FailureKind = "rate_limited" // 429, or 503 with Retry-After
	FailServer      FailureKind = "server"       // 5xx
	FailStatus      FailureKind = "status"       // any other status
	FailEmpty       FailureKind = "empty"        // 200 with nothing in it
	FailNotFeed     FailureKind = "not_feed"     // a web page, or nothing known
	FailBroken      FailureKind = "broken"       // a feed that can't be read
	FailStore       FailureKind = "store"        // our own database refused the outcome
)

// Memory is what the poller remembers of a feed's habits, stored as JSON with it.
type Memory struct {
	ChurnGUID       bool      `json:"churn_guid,omitempty"`       // GUIDs change at every fetch: identity goes by link
	ChurnLink       bool      `json:"churn_link,omitempty"`       // links change too: identity goes by fingerprint
	RedirectTo      string    `json:"redirect_to,omitempty"`      // target of a permanent redirect under observation
	RedirectSince   time.Time `json:"redirect_since,omitzero"`    // since when the redirect has been the same
	Unconditional   int       `json:"unconditional,omitempty"`    // requests ever made without validators although known
	ChangesPerDay   float64   `json:"changes_per_day,omitempty"`  // smoothed
	MinInterval     int64     `json:"min_interval_s,omitempty"`   // seconds: what the publisher asks for (ttl, Cache-Control)
	SkipHours       []int     `json:"skip_hours,omitempty"`       // UTC hours in which the publisher wants no request
	SkipDays        []int     `json:"skip_days,omitempty"`        // UTC weekdays (0 Sunday) in which the publisher wants no request
	HubTopic        string    `json:"hub_topic,omitempty"`        // the name under which the hub knows the feed
	HubLeaseExpires time.Time `json:"hub_lease_expires,omitzero"` // end of the current WebSub lease
}

// A Check is the outcome of asking one feed once, ready to be stored.
type Check struct {
	Feed    Feed // as it is to be stored: validators, hash, state, next check
	At      time.Time
	Status  int // HTTP status, 0 when no answer came
	Changed bool

	// HoldHost is set when the server asked for quiet (Retry-After): no feed of
	// the same host is asked before it. Zero otherwise.
	HoldHost time.Time
}
