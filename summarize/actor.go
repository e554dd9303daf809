package summarize

import "time"

// A KnownActor is an actor across articles: one identity with its aliases.
type KnownActor struct {
	ID          int64
	Name        string
	Type        ActorType
	Aliases     []string
	Provisional bool     // seen under a short or ambiguous name only
	Context     []string // names it keeps company with and words of its roles: tells namesakes apart
	LastSeenAt  time.Time
	Mentions    int // articles that name it
}

// A RoleObservation is a role with who stated it and when.
type RoleObservation struct {
	ActorID   int64
	Role      Role
	ArticleID int64
	URL       string
	Publisher string
	At        time.Time // the article's publication
}
