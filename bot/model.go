package bot

import (
	"context"
	"time"
)

// ModelSpend is what a language model was used for in a UTC day, by the whole
// installation or on behalf of one guild.
type ModelSpend struct {
	Day    string // 2006-01-02
	Tokens int64  // read and written
	Money  float64
	Calls  int
}

// ModelStanding is how the language model stands: what it was used for today, of
// how much, and whether it is asked.
type ModelStanding struct {
	Model        string // "" = none is set up
	Installation ModelSpend
	Guild        ModelSpend
	Tokens       int64   // that the installation may use a day; 0 = without a bound, as below
	GuildTokens  int64   // that may be used a day on behalf of one guild
	Money        float64 // that the installation may cost a day
	Priced       bool    // money is counted
	UsedUp       bool    // today's budget is used up
	PausedUntil  time.Time
}

// ModelStore keeps what a language model cost, and what it answered.
type ModelStore interface {
	// SpendModel adds to a day's account, in one step, and returns the account after. Amounts may be negative.
	SpendModel(ctx context.Context, day, account string, tokens int64, money float64, calls int) (ModelSpend, error)
	ModelAnswer(ctx context.Context, question string) (answer []byte, ok bool, err error)
	SaveModelAnswer(ctx context.Context, question string, answer []byte, at time.Time) error
	// FollowersOf are the guilds that follow a feed: on whose behalf its articles are read.
	FollowersOf(ctx context.Context, feedID int64) ([]string, error)
	// PruneModelAnswers forgets answers given before a time.
	PruneModelAnswers(ctx context.Context, before time.Time) (int, error)
}
