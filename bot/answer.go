package bot

import (
	"context"
	"time"

	"sitrep/summarize"
)

// Answers is the read side: what commands show. Every method sees only what
// feeds followed by the guild have carried; with DirectGuild, what those of the
// guilds in Scope.Guilds have.
type Answers interface {
	LatestStories(ctx context.Context, s Scope, f StoryFilter) (StoryPage, error)
	StoryOf(ctx context.Context, s Scope, storyID int64) (summarize.Story, error) // trimmed to the scope; ErrNotFound
	SearchStories(ctx context.Context, s Scope, query string, f StoryFilter) (StoryPage, error)
	SuggestStories(ctx context.Context, s Scope, prefix string, limit int) ([]Suggestion, error)
	SuggestSources(ctx context.Context, s Scope, prefix string, limit int) ([]Suggestion, error)
}

// ActorAnswers is the read side for people, organisations and places.
type ActorAnswers interface {
	SuggestActors(ctx context.Context, s Scope, prefix string, limit int) ([]Suggestion, error) // recent and often named first; tolerant of typos
	FindActors(ctx context.Context, s Scope, name string, limit int) ([]summarize.KnownActor, error)
	Dossier(ctx context.Context, s Scope, actorID int64, now time.Time) (Dossier, error)
	QuotesBy(ctx context.Context, s Scope, actorID int64, query string, limit int) ([]QuoteBy, error)
	Between(ctx context.Context, s Scope, a, b int64, limit int) ([]Line, error)
}

// Scope is whose feeds an answer may draw on.
type Scope struct {
	GuildID string
	UserID  string
	Guilds  []string // for DirectGuild: the guilds that the user shares with the bot
}

// StoryFilter narrows a list of stories.
type StoryFilter struct {
	Topic     string    // topic query, "" = all
	Since     time.Time // zero = no bound
	Publisher string    // "" = all
	Offset    int
	Limit     int
}

// A StoryPage is one page of stories, newest first.
type StoryPage struct {
	Stories []summarize.Story
	Total   int // at least; exact up to 1,000
}

// A Suggestion is one autocomplete choice.
type Suggestion struct {
	Label string // what is shown, <= 100 characters
	Value string // what is sent back, <= 100 characters
}

// A Dossier is what is known of an actor from the feeds in scope.
type Dossier struct {
	Actor    summarize.KnownActor
	Roles    []summarize.RoleObservation // newest first
	Latest   []Line                      // developments it acts in, newest first
	Quotes   []QuoteBy
	Company  []Company // who it appears with
	PerDay   []int     // articles that name it, by day, oldest first, the last 30 days
	Articles int
}

// QuoteBy is a quotation with where it stands.
type QuoteBy struct {
	Text      string
	ArticleID int64
	URL       string
	Publisher string
	At        time.Time
	Evidence  summarize.Evidence
}

// Company is an actor that appears with another one.
type Company struct {
	ActorID int64
	Name    string
	Type    summarize.ActorType
	Stories int // that name both
}
