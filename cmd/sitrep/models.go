package main

import (
	"context"
	"log/slog"
	"time"

	"sitrep/bot"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/llm"
)

// modelPatience is how long a command that runs once waits for a provider that limits
// the rate, rather than to have the embedded engine answer for the model.
const modelPatience = 2 * time.Minute

// summarizer returns the engine by name, for a command that runs once: its
// budget holds for the run.
func (p *program) summarizer(c *config.Config, engine string) (summarize.Summarizer, error) {
	base, err := embedded()
	if err != nil || engine != "llm" {
		return base, err
	}
	return newModelEngine(c, base, &llm.MemoryLedger{}, nil, p.logger(c), nil, modelPatience)
}

// newModelEngine returns the configured language model's engine. may tells on
// whose behalf an article is read, patience how long a question may wait: see
// llm.Config.
func newModelEngine(c *config.Config, base summarize.Summarizer, ledger llm.Ledger, cache llm.Cache, log *slog.Logger,
	may func(context.Context, *feeds.Article) (string, bool, error), patience time.Duration) (*llm.Engine, error) {
	l := c.Summarizer.LLM
	if l.Model == "" {
		return nil, usage("summarizer.llm.model names no model: set it in the configuration file")
	}
	var model llm.Model
	switch l.Provider {
	case "anthropic":
		if l.Key.Reveal() == "" {
			return nil, usage("there is no key for the language model: set ANTHROPIC_API_KEY, or summarizer.engine: embedded")
		}
		model = &llm.Anthropic{BaseURL: l.BaseURL, Key: l.Key.Reveal(), Model: l.Model}
	default:
		if l.Key.Reveal() == "" && l.BaseURL == "" {
			return nil, usage("there is no key for the language model: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, or summarizer.engine: embedded")
		}
		model = &llm.OpenAI{BaseURL: l.BaseURL, Key: l.Key.Reveal(), Model: l.Model}
	}
	return llm.New(llm.Config{Model: model, Fallback: base, Cache: cache, Timeout: l.Timeout.Std(), Patience: patience, Log: log, Now: time.Now, For: may,
		Budget: &llm.Budget{Limits: llm.Limits{Tokens: l.TokensPerDay, Guild: l.TokensPerGuild, Money: l.MoneyPerDay},
			Price: llm.Price{In: l.PriceIn, Out: l.PriceOut}, Ledger: ledger, Now: time.Now}}), nil
}

// modelBooks keeps the model's account and answers in the database.
type modelBooks struct{ bot.ModelStore }

func (b modelBooks) Spend(ctx context.Context, day, account string, tokens int64, money float64, calls int) (llm.Spent, error) {
	s, err := b.SpendModel(ctx, day, account, tokens, money, calls)
	return llm.Spent(s), err
}

func (b modelBooks) CachedAnswer(ctx context.Context, key string) ([]byte, bool, error) {
	return b.ModelAnswer(ctx, key)
}

func (b modelBooks) CacheAnswer(ctx context.Context, key string, answer []byte, at time.Time) error {
	return b.SaveModelAnswer(ctx, key, answer, at)
}

type askerKey struct{}

// askedBy says on whose behalf an article is read that is of no feed.
func askedBy(ctx context.Context, guildID string) context.Context {
	return context.WithValue(ctx, askerKey{}, guildID)
}

// onBehalf tells for which guild an article is read: the one that asked for it,
// or the first that follows its feed, and lets texts go to the model. Where there
// is none, the text stays here.
func onBehalf(store interface {
	bot.GuildStore
	bot.ModelStore
}) func(context.Context, *feeds.Article) (string, bool, error) {
	return func(ctx context.Context, a *feeds.Article) (string, bool, error) {
		var ids []string
		if asker, _ := ctx.Value(askerKey{}).(string); asker != "" {
			ids = []string{asker}
		} else if a.FeedID != 0 {
			var err error
			if ids, err = store.FollowersOf(ctx, a.FeedID); err != nil {
				return "", false, err
			}
		}
		for _, id := range ids {
			g, err := store.Guild(ctx, id)
			if err != nil {
				return "", false, err
			}
			if !g.LLMOptOut {
				return id, true, nil
			}
		}
		return "", false, nil
	}
}

// modelStanding tells commands how the model stands.
type modelStanding struct{ engine *llm.Engine }

func (m modelStanding) ModelStanding(ctx context.Context, guildID string) (bot.ModelStanding, error) {
	if m.engine == nil {
		return bot.ModelStanding{}, nil
	}
	s, err := m.engine.Standing(ctx, guildID)
	return bot.ModelStanding{Model: s.Model, Installation: bot.ModelSpend(s.Installation), Guild: bot.ModelSpend(s.Guild),
		Tokens: s.Limits.Tokens, GuildTokens: s.Limits.Guild, Money: s.Limits.Money, Priced: s.Priced, UsedUp: s.UsedUp, PausedUntil: s.PausedUntil}, err
}
