package feeds

import (
	"context"
	"time"
)

// Store is what the Poller needs of a database. Every method is one
// transaction. Implementations are safe for use by several processes at once.
type Store interface {
	// LeaseFeeds takes up to limit feeds that are due at now (NextCheckAt not
	// after now, state active or failing) and that nobody else holds, the
	// longest due first. A leased feed is not handed out again before the lease
	// has run out or a Check of it was saved.
	LeaseFeeds(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Feed, error)

	// SaveChecks stores the outcome for feeds that brought nothing new, or
	// failed, and releases their leases. A Check with HoldHost set also puts off
	// the next check of every other feed whose URL has the same HostKey.
	SaveChecks(ctx context.Context, checks []Check) error

	// SaveChanged stores a changed feed whole or not at all: the articles, the
	// validators that vouch for them, the next check, and one job to read what is
	// new. It releases the lease. Articles are matched by feed and Identity; a
	// known one whose ContentHash differs is an edit, one that equals is left
	// alone. HoldHost is honoured as in SaveChecks.
	SaveChanged(ctx context.Context, check Check, articles []Article) (Saved, error)

	// KnownArticles returns what is stored of a feed, the latest seen first.
	KnownArticles(ctx context.Context, feedID int64, limit int) ([]Known, error)
}

// Saved counts what SaveChanged did.
type Saved struct {
	Added  int // articles that were not known
	Edited int // known articles whose content differed
}
