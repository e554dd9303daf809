package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/llm"
)

// summarizer returns the engine by name, for a command that runs once: its
// budget holds for the run.
func (p *program) summarizer(c *config.Config, engine string) (summarize.Summarizer, error) {
	base, err := embedded()
	if err != nil || engine != "llm" {
		return base, err
	}
	return newModelEngine(c, base, &llm.MemoryLedger{}, nil, p.logger(c), nil)
}

// newModelEngine returns the configured language model's engine.
func newModelEngine(c *config.Config, base summarize.Summarizer, ledger llm.Ledger, cache llm.Cache, log *slog.Logger,
	may func(context.Context, *feeds.Article) (string, bool, error)) (*llm.Engine, error) {
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
	return llm.New(llm.Config{Model: model, Fallback: base, Cache: cache, Timeout: l.Timeout.Std(), Log: log, Now: time.Now, For: may,
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

// onBehalf tells for which guild an article is read: the first that follows its
// feed and lets texts go to the model. Where every follower has opted out, the
// text stays here.
func onBehalf(store interface {
	bot.GuildStore
	bot.ModelStore
}) func(context.Context, *feeds.Article) (string, bool, error) {
	return func(ctx context.Context, a *feeds.Article) (string, bool, error) {
		ids, err := store.FollowersOf(ctx, a.FeedID)
		if err != nil {
			return "", false, err
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

// editTime bounds what a model may take over one digest: it is on time whatever
// the model does.
const editTime = 20 * time.Second

// edited has the model write a digest's bottom line and headlines, and
// translate lines that are in another language than the digest. What fails or
// doesn't pass stays as it was composed.
func edited(ctx context.Context, engine *llm.Engine, d bot.Digest, log *slog.Logger) bot.Digest {
	if d.Quiet || len(d.Items) == 0 {
		return d
	}
	ctx, cancel := context.WithTimeout(ctx, editTime)
	defer cancel()
	var lines []bot.Line
	var texts []string
	for _, item := range d.Items {
		for _, l := range item.Lines {
			lines, texts = append(lines, l), append(texts, l.Text)
		}
	}
	sentences, err := engine.BottomLine(ctx, d.GuildID, texts)
	if err != nil {
		log.Info("the bottom line stays as composed", "err", err)
	}
	if len(sentences) > 0 {
		d.BottomLine = d.BottomLine[:0:0]
		for _, s := range sentences {
			line := lines[s.Line]
			line.Text = s.Text
			d.BottomLine = append(d.BottomLine, line)
		}
	}
	d.Items = slices.Clone(d.Items)
	for i := range d.Items {
		item := &d.Items[i]
		if item.LeadOnly || len(item.Lines) < 2 {
			continue
		}
		var own []string
		for _, l := range item.Lines {
			own = append(own, l.Text)
		}
		headline, ok, err := engine.StoryHeadline(ctx, d.GuildID, own)
		if err != nil {
			break // budget, breaker or time: the next one would fare no better
		}
		if ok {
			item.Headline = headline
		}
	}
	return translated(ctx, engine, d, log)
}

// translated puts a digest's lines into its language.
func translated(ctx context.Context, engine *llm.Engine, d bot.Digest, log *slog.Logger) bot.Digest {
	to, _, _ := strings.Cut(d.Lang, "-")
	if to == "" {
		return d
	}
	for i := range d.Items {
		item := &d.Items[i]
		if item.Lang == "" || item.Lang == to || item.Lang == "und" {
			continue
		}
		texts := []string{item.Headline}
		var names []string
		for _, w := range item.Who {
			names = append(names, w.Name)
		}
		for _, l := range item.Lines {
			texts = append(texts, l.Text)
		}
		keep := make([][]string, len(texts))
		for n, t := range texts {
			for _, name := range names {
				if strings.Contains(t, name) {
					keep[n] = append(keep[n], name)
				}
			}
		}
		out, err := engine.Translate(ctx, d.GuildID, d.Lang, texts, keep)
		if err != nil {
			log.Info("lines stay in their own language", "lang", item.Lang, "err", err)
			return d
		}
		item.Headline = out[0]
		item.Lines = slices.Clone(item.Lines)
		for n := range item.Lines {
			item.Lines[n].Text = out[n+1]
		}
	}
	return d
}

// composer composes digests, and has the model edit those of guilds that let
// their texts go to it.
func composer(engine *llm.Engine, guilds bot.GuildStore, log *slog.Logger) func(context.Context, digest.Input) bot.Digest {
	return func(ctx context.Context, in digest.Input) bot.Digest {
		d := digest.Compose(in)
		if engine == nil {
			return d
		}
		if g, err := guilds.Guild(ctx, in.Schedule.GuildID); err != nil || g.LLMOptOut {
			return d
		}
		d.GuildID = in.Schedule.GuildID
		return edited(ctx, engine, d, log)
	}
}
