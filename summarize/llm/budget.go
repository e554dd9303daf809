package llm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrBudget means that the day's tokens or money are used up.
var ErrBudget = errors.New("the language model's budget for today is used up")

// Price is what a model costs, in the operator's currency per million tokens.
type Price struct{ In, Out float64 }

func (p Price) of(in, out int) float64 { return (float64(in)*p.In + float64(out)*p.Out) / 1e6 }

// Limits bounds a UTC day's use. Zero = no bound.
type Limits struct {
	Tokens int64   // read and written, of the installation
	Guild  int64   // the same, on behalf of one guild
	Money  float64 // of the installation
}

// Spent is a day's use.
type Spent struct {
	Day    string // UTC, 2006-01-02
	Tokens int64
	Money  float64
	Calls  int
}

// A Ledger keeps what was spent across restarts. Its methods are atomic.
type Ledger interface {
	// Spend adds to a day's account and returns the account after. Amounts may be negative.
	Spend(ctx context.Context, day, account string, tokens int64, money float64, calls int) (Spent, error)
}

// A Budget reserves before a call what the call may cost at most, and gives
// back what it didn't use, so that the limits are overshot by no more than one
// call's estimate.
type Budget struct {
	Limits Limits
	Price  Price
	Ledger Ledger
	Now    func() time.Time
}

const wholeInstallation = "all"

// A reservation is a place in the budget.
type reservation struct {
	day     string
	guild   string
	tokens  int64
	money   float64
	settled bool
}

// reserve takes the most that a call may cost; ErrBudget when that is not left.
func (b *Budget) reserve(ctx context.Context, guild string, in, out int) (*reservation, error) {
	r := &reservation{day: b.Now().UTC().Format(time.DateOnly), guild: guild, tokens: int64(in + out), money: b.Price.of(in, out)}
	all, err := b.Ledger.Spend(ctx, r.day, wholeInstallation, r.tokens, r.money, 1)
	if err != nil {
		return nil, fmt.Errorf("reserve the model's budget: %w", err)
	}
	over := b.Limits.over(all, Spent{})
	if !over && guild != "" {
		mine, err := b.Ledger.Spend(ctx, r.day, guildAccount(guild), r.tokens, r.money, 1)
		if err != nil {
			return nil, fmt.Errorf("reserve the model's budget: %w", err)
		}
		if over = b.Limits.over(Spent{}, mine); over {
			if _, err := b.Ledger.Spend(ctx, r.day, guildAccount(guild), -r.tokens, -r.money, -1); err != nil {
				return nil, fmt.Errorf("give back the model's budget: %w", err)
			}
		}
	} else if over {
		r.guild = ""
	}
	if over {
		if _, err := b.Ledger.Spend(ctx, r.day, wholeInstallation, -r.tokens, -r.money, -1); err != nil {
			return nil, fmt.Errorf("give back the model's budget: %w", err)
		}
		return nil, ErrBudget
	}
	return r, nil
}

// settle replaces a reservation by what the call really used.
func (b *Budget) settle(ctx context.Context, r *reservation, in, out int) error {
	if r.settled {
		return nil
	}
	r.settled = true
	tokens, money := int64(in+out)-r.tokens, b.Price.of(in, out)-r.money
	if _, err := b.Ledger.Spend(ctx, r.day, wholeInstallation, tokens, money, 0); err != nil {
		return fmt.Errorf("settle the model's budget: %w", err)
	}
	if r.guild != "" {
		if _, err := b.Ledger.Spend(ctx, r.day, guildAccount(r.guild), tokens, money, 0); err != nil {
			return fmt.Errorf("settle the model's budget: %w", err)
		}
	}
	return nil
}

// Today is what has been spent today, by the installation or on behalf of a
// guild ("" = the installation).
func (b *Budget) Today(ctx context.Context, guild string) (Spent, error) {
	account := wholeInstallation
	if guild != "" {
		account = guildAccount(guild)
	}
	return b.Ledger.Spend(ctx, b.Now().UTC().Format(time.DateOnly), account, 0, 0, 0)
}

func guildAccount(guild string) string { return "guild:" + guild }

// over reports that an account is over the limits of the installation, or of a guild.
func (l Limits) over(all, guild Spent) bool {
	return l.Tokens > 0 && all.Tokens > l.Tokens || l.Money > 0 && all.Money > l.Money || l.Guild > 0 && guild.Tokens > l.Guild
}

// MemoryLedger keeps accounts in memory, for one-off commands and tests.
type MemoryLedger struct {
	mu       sync.Mutex
	accounts map[string]Spent
}

// Spend adds to an account.
func (l *MemoryLedger) Spend(_ context.Context, day, account string, tokens int64, money float64, calls int) (Spent, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.accounts == nil {
		l.accounts = map[string]Spent{}
	}
	s := l.accounts[day+" "+account]
	s.Day = day
	s.Tokens += tokens
	s.Money += money
	s.Calls += calls
	l.accounts[day+" "+account] = s
	return s, nil
}

// tokensIn estimates how many tokens a text has. The providers' tokenizers make
// about one of four bytes of English, more of other scripts; the estimate is on
// the high side, since it is what is reserved.
func tokensIn(text string) int { return len(text)/3 + 16 }
