package manage

import (
	"context"
	"fmt"
	"time"

	"sitrep/bot"
)

// Quotas keeps one user or guild from using up what all share.
type Quotas struct {
	Store interface {
		UseQuota(ctx context.Context, key string, limit int, window time.Duration, now time.Time) (bool, error)
	}
	BriefsPerUserDay  int
	BriefsPerGuildDay int
	Now               func() time.Time // default time.Now
}

// Brief counts one article read on demand, for the user and their guild.
func (q *Quotas) Brief(ctx context.Context, userID, guildID string) error {
	const day = 24 * time.Hour
	ok, err := q.use(ctx, "briefs:user:"+userID, q.BriefsPerUserDay, day)
	if err != nil {
		return err
	}
	if !ok {
		return refused("quota_briefs", "You have had {Count} articles read today, which is the most there can be. Try again tomorrow.", "Count", fmt.Sprint(q.BriefsPerUserDay))
	}
	if guildID == bot.DirectGuild {
		return nil
	}
	ok, err = q.use(ctx, "briefs:guild:"+guildID, q.BriefsPerGuildDay, day)
	if err != nil || ok {
		return err
	}
	return refused("quota_briefs_guild", "This server has had {Count} articles read today, which is the most there can be. Try again tomorrow.", "Count", fmt.Sprint(q.BriefsPerGuildDay))
}

func refused(code, text string, args ...string) error {
	e := bot.NewUserError(code, text, args...)
	e.Err = bot.ErrQuota
	return e
}

func (q *Quotas) use(ctx context.Context, key string, limit int, window time.Duration) (bool, error) {
	if limit <= 0 {
		return true, nil
	}
	ok, err := q.Store.UseQuota(ctx, key, limit, window, now(q.Now))
	if err != nil {
		return false, fmt.Errorf("quota %s: %w", key, err)
	}
	return ok, nil
}
