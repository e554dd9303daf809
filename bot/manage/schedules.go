package manage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
)

// Schedules keeps guilds' digests.
type Schedules struct {
	Store  bot.ScheduleStore
	Guilds bot.GuildStore
	Limit  int              // of a guild; 0 = none
	Now    func() time.Time // default time.Now
}

// Save checks a schedule, completes it, sets when it is next due, and saves it;
// ID 0 is a new one. Words holds what the user typed (words or a cron
// expression), or is "" where Cron says it. An existing schedule stays due when
// it was, unless its times, its zone or its pause changed; one that goes on after
// a pause does not make up for what passed. Errors that the user can mend are
// UserErrors.
func (s *Schedules) Save(ctx context.Context, c bot.Schedule) (bot.Schedule, error) {
	c, err := s.Check(ctx, c)
	if err != nil {
		return bot.Schedule{}, err
	}
	saved, err := s.Store.SaveSchedule(ctx, c)
	if err != nil {
		return bot.Schedule{}, fmt.Errorf("save a schedule: %w", err)
	}
	return saved, nil
}

// Check does all of Save but saving.
func (s *Schedules) Check(ctx context.Context, c bot.Schedule) (bot.Schedule, error) {
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, c.GuildID)
	if err != nil {
		return c, fmt.Errorf("guild %s: %w", c.GuildID, err)
	}
	var before bot.Schedule
	if c.ID != 0 {
		if before, err = s.Get(ctx, c.GuildID, c.ID); err != nil {
			return c, err
		}
	} else if err := s.room(ctx, c.GuildID); err != nil {
		return c, err
	}
	if c.ChannelID == "" {
		return c, bot.NewUserError("channel_missing", "A channel is missing: where is the digest to be posted?")
	}
	if c.Name, err = checkName("name", c.Name, 80); err != nil {
		return c, err
	}
	cadence, err := timesOf(&c)
	if err != nil {
		return c, err
	}
	if c.Zone == "" {
		if c.Zone = guild.Zone; c.Zone == "" {
			c.Zone = "UTC"
		}
	}
	if c.Zone, err = bot.ZoneName(c.Zone); err != nil {
		return c, err
	}
	zone, err := bot.LoadZone(c.Zone)
	if err != nil {
		return c, err
	}
	if c.Topics = strings.TrimSpace(c.Topics); c.Topics != "" {
		if _, err := ParseTopic(c.Topics); err != nil {
			return c, err
		}
	}
	switch c.Size {
	case bot.SizeShort, bot.SizeStandard, bot.SizeLong:
	case "":
		c.Size = bot.SizeStandard
	default:
		return c, bot.NewUserError("size", "“{Size}” is no size. Choose short, standard or long.", "Size", string(c.Size))
	}
	if c.Lang != "" {
		if c.Lang, err = checkLang(c.Lang); err != nil {
			return c, err
		}
	}
	if c.MinPublishers < 0 || c.MinPublishers > 50 {
		return c, bot.NewUserError("publishers", "Expected 0 to 50 publishers, not {Count}.", "Count", strconv.Itoa(c.MinPublishers))
	}
	if c.ID == 0 || c.Cron != before.Cron || c.Zone != before.Zone || before.Paused && !c.Paused || before.NextRunAt.IsZero() {
		c.NextRunAt = cadence.Next(zone, now(s.Now)).UTC()
	} else {
		c.NextRunAt, c.LastSlot = before.NextRunAt, before.LastSlot
	}
	return c, nil
}

// timesOf reads when a schedule is due: its words where there are some, otherwise
// its cron expression.
func timesOf(c *bot.Schedule) (bot.Cadence, error) {
	if c.Words == "" {
		cadence, err := bot.ParseCron(c.Cron)
		c.Cron = cadence.String()
		return cadence, err
	}
	cadence, words, err := bot.ParseWhen(c.Words)
	if err != nil {
		return cadence, err
	}
	c.Cron, c.Words = cadence.String(), words
	return cadence, nil
}

func (s *Schedules) room(ctx context.Context, guildID string) error {
	if s.Limit <= 0 {
		return nil
	}
	have, err := s.Store.Schedules(ctx, guildID)
	if err != nil {
		return fmt.Errorf("schedules of guild %s: %w", guildID, err)
	}
	if len(have) >= s.Limit {
		return refused("schedules_full", "This server has {Count} digests, which is the most there can be. Remove one first.", "Count", strconv.Itoa(len(have)))
	}
	return nil
}

// Remove deletes a guild's schedule. Its posted digests stay.
func (s *Schedules) Remove(ctx context.Context, guildID string, id int64) error {
	if _, err := s.Get(ctx, guildID, id); err != nil {
		return err
	}
	if err := s.Store.RemoveSchedule(ctx, id); err != nil && !errors.Is(err, bot.ErrNotFound) {
		return fmt.Errorf("remove schedule %d: %w", id, err)
	}
	return nil
}

// Get returns a guild's schedule; another guild's is not found.
func (s *Schedules) Get(ctx context.Context, guildID string, id int64) (bot.Schedule, error) {
	c, err := s.Store.Schedule(ctx, id)
	if errors.Is(err, bot.ErrNotFound) || err == nil && c.GuildID != guildID {
		e := bot.NewUserError("schedule_unknown", "There is no such digest in this server.")
		e.Err = bot.ErrNotFound
		return bot.Schedule{}, e
	}
	if err != nil {
		return bot.Schedule{}, fmt.Errorf("schedule %d: %w", id, err)
	}
	return c, nil
}

// Heal mends schedules whose next slot lies further ahead than it can: the
// machine's clock was far ahead when it was reckoned. To be called at the start.
// It returns how many it mended.
func (s *Schedules) Heal(ctx context.Context) (int, error) {
	guilds, err := s.Guilds.Guilds(ctx)
	if err != nil {
		return 0, fmt.Errorf("guilds: %w", err)
	}
	mended := 0
	for _, g := range guilds {
		all, err := s.Store.Schedules(ctx, g.ID)
		if err != nil {
			return mended, fmt.Errorf("schedules of guild %s: %w", g.ID, err)
		}
		for _, c := range all {
			cadence, err := bot.ParseCron(c.Cron)
			if err != nil || c.Paused {
				continue
			}
			zone, err := bot.LoadZone(c.Zone)
			if err != nil {
				continue
			}
			// The slot after the next one may be right: the next one was posted
			// ahead of its time.
			ahead := cadence.Upcoming(zone, now(s.Now), 2)
			if len(ahead) == 0 || !c.NextRunAt.IsZero() && !c.NextRunAt.After(ahead[len(ahead)-1]) {
				continue
			}
			c.NextRunAt = ahead[0].UTC()
			if _, err := s.Store.SaveSchedule(ctx, c); err != nil {
				return mended, fmt.Errorf("save schedule %d: %w", c.ID, err)
			}
			mended++
		}
	}
	return mended, nil
}
