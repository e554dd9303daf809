package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sitrep/bot"
)

// Langs are the languages that the frame of a message can have.
var Langs = []string{"en", "de", "es", "fr", "pt-BR"}

// keepFor is how long the rows of a guild that removed the bot are kept.
const keepFor = 30 * 24 * time.Hour

// Guilds keeps guilds and their settings.
type Guilds struct {
	Store bot.GuildStore
	Now   func() time.Time // default time.Now
}

// Joined records that the bot is in a guild. A new guild gets its language from
// the platform's locale where it is one of Langs; one that is known keeps its
// settings, also after the bot was away.
func (s *Guilds) Joined(ctx context.Context, id, name, ownerID, locale string) (bot.Guild, error) {
	g, err := s.Store.Guild(ctx, id)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		g = bot.Guild{ID: id, Lang: NearestLang(locale), Zone: "UTC", JoinedAt: now(s.Now)}
	case err != nil:
		return bot.Guild{}, fmt.Errorf("guild %s: %w", id, err)
	case g.LeftAt.IsZero() && g.Name == name && g.OwnerID == ownerID:
		return g, nil
	}
	g.Name, g.OwnerID, g.LeftAt = name, ownerID, time.Time{}
	if g.JoinedAt.IsZero() {
		g.JoinedAt = now(s.Now)
	}
	if err := s.Store.SaveGuild(ctx, g); err != nil {
		return bot.Guild{}, fmt.Errorf("save guild %s: %w", id, err)
	}
	return g, nil
}

// NearestLang is the frame's language for a locale, "en" where there is none.
func NearestLang(locale string) string {
	base, _, _ := strings.Cut(locale, "-")
	for _, l := range Langs {
		if strings.EqualFold(l, locale) {
			return l
		}
	}
	for _, l := range Langs {
		if b, _, _ := strings.Cut(l, "-"); strings.EqualFold(b, base) {
			return l
		}
	}
	return "en"
}

// Left records that a guild removed the bot. Its rows go after 30 days.
func (s *Guilds) Left(ctx context.Context, id string) error {
	g, err := s.Store.Guild(ctx, id)
	if errors.Is(err, bot.ErrNotFound) || err == nil && !g.LeftAt.IsZero() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("guild %s: %w", id, err)
	}
	g.LeftAt = now(s.Now)
	if err := s.Store.SaveGuild(ctx, g); err != nil {
		return fmt.Errorf("save guild %s: %w", id, err)
	}
	return nil
}

// Purge deletes what belongs to guilds that removed the bot 30 days ago, and
// returns how many they were.
func (s *Guilds) Purge(ctx context.Context) (int, error) {
	return s.Store.PurgeGuilds(ctx, now(s.Now).Add(-keepFor))
}

// Get returns a guild, or one with the default settings where it is not known yet.
func (s *Guilds) Get(ctx context.Context, id string) (bot.Guild, error) {
	g, err := s.Store.Guild(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Guild{ID: id, Lang: "en", Zone: "UTC"}, nil
	}
	return g, err
}

// Settings are the changes to a guild; nil leaves something as it is.
type Settings struct {
	Lang         *string
	Zone         *string
	AdminChannel *string
	LLMOptOut    *bool
}

// Change applies settings and returns the guild as it is now.
func (s *Guilds) Change(ctx context.Context, id string, c Settings) (bot.Guild, error) {
	g, err := s.Get(ctx, id)
	if err != nil {
		return bot.Guild{}, fmt.Errorf("guild %s: %w", id, err)
	}
	if c.Lang != nil {
		if g.Lang, err = checkLang(*c.Lang); err != nil {
			return bot.Guild{}, err
		}
	}
	if c.Zone != nil {
		if g.Zone, err = bot.ZoneName(*c.Zone); err != nil {
			return bot.Guild{}, err
		}
	}
	if c.AdminChannel != nil {
		g.AdminChannel = *c.AdminChannel
	}
	if c.LLMOptOut != nil {
		g.LLMOptOut = *c.LLMOptOut
	}
	if g.JoinedAt.IsZero() {
		g.JoinedAt = now(s.Now)
	}
	if err := s.Store.SaveGuild(ctx, g); err != nil {
		return bot.Guild{}, fmt.Errorf("save guild %s: %w", id, err)
	}
	return g, nil
}

func checkLang(lang string) (string, error) {
	for _, l := range Langs {
		if strings.EqualFold(l, strings.TrimSpace(lang)) {
			return l, nil
		}
	}
	return "", bot.NewUserError("lang", "“{Lang}” is not one of the languages: {Langs}.", "Lang", lang, "Langs", strings.Join(Langs, ", "))
}

func now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}

// find returns the first of a list that passes a test.
func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}
