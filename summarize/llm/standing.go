package llm

import (
	"context"
	"time"
)

// A Standing is how the model stands: what it was used for today, of how much,
// and whether it is asked.
type Standing struct {
	Model        string
	Installation Spent
	Guild        Spent  // on behalf of the guild that was asked for
	Limits       Limits // zero where there is no budget
	Priced       bool   // money is counted
	UsedUp       bool   // what is left of the day's budget doesn't hold one more brief
	PausedUntil  time.Time
}

// Standing tells how the model stands for a guild, "" for the installation
// alone. The pause is that of this Engine: another process has its own.
func (e *Engine) Standing(ctx context.Context, guild string) (Standing, error) {
	s := Standing{Model: e.cfg.Model.Name(), PausedUntil: e.breaker.pausedUntil()}
	b := e.cfg.Budget
	if b == nil {
		return s, nil
	}
	s.Limits, s.Priced = b.Limits, b.Price != Price{}
	var err error
	if s.Installation, err = b.Today(ctx, ""); err != nil {
		return Standing{}, err
	}
	if guild != "" {
		if s.Guild, err = b.Today(ctx, guild); err != nil {
			return Standing{}, err
		}
	}
	all, mine := s.Installation, s.Guild
	in := tokensIn(briefTask) + tokensIn(string(briefSchema))
	all.Tokens += int64(in + maxBriefOut)
	all.Money += b.Price.of(in, maxBriefOut)
	mine.Tokens += int64(in + maxBriefOut)
	s.UsedUp = b.Limits.over(all, mine)
	return s, nil
}
