package bot

import (
	"context"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
)

// ReadingStore is what reading an article needs: its page's text and its brief.
type ReadingStore interface {
	UnreadArticles(ctx context.Context, feedID int64, limit int) ([]feeds.Article, error) // stage stored, oldest first
	// SaveReading stores an article's text and brief, resolves its actors' ids (actors, aliases, mentions, roles, quotes),
	// indexes it for search and moves it to StageBriefed, in one transaction. An article saved before is replaced.
	SaveReading(ctx context.Context, article feeds.Article, brief summarize.Brief, actors []ActorLink) error
	SkipArticle(ctx context.Context, articleID int64, reason string) error
	// ActorCandidates are the known actors that share a name with any of the given ones (folded).
	ActorCandidates(ctx context.Context, names []string) ([]summarize.KnownActor, error)
}

// An ActorLink ties a brief's actor to a known one.
type ActorLink struct {
	Index       int   // into Brief.Actors
	ActorID     int64 // 0 = a new actor
	Provisional bool
}

// RetentionStore forgets what is no longer needed.
type RetentionStore interface {
	PruneText(ctx context.Context, before time.Time, limit int) (int, error) // full texts; evidence sentences stay
	PruneArticles(ctx context.Context, before time.Time, limit int) (int, error)
}
