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

// Schedules keeps a guild's digests.
type Schedules struct {
	Store  bot.ScheduleStore
	Guilds bot.GuildStore
	Limit  int              // of a guild; 0 = none
	Now    func() time.Time // default time.Now
}

// A ScheduleSpec is a schedule as somebody describes it. In an edit, nil leaves
// something as it is; for a new one, nil is the default.
type ScheduleSpec struct {
	ChannelID     *string
	Name          *string
	When          *string // words or five cron fields
	Zone          *string // default: the guild's
	Topics        *string // topic query, "" = everything
	Size          *string // short, standard, long
	Lang          *string // "" = the guild's
	QuietDay      *bool
	Thread        *bool
	Crosspost     *bool
	PingRole      *string
	MinPublishers *int
	Paused        *bool
}

// A Plan is a schedule with what it comes to.
type Plan struct {
	bot.Schedule
	Said string      // its times in words, in the guild's language
	Next []time.Time // the next three slots; none while it is paused
}

// Plan works a spec out for a guild, without saving it: to be shown first, or for
// a digest on demand.
func (s *Schedules) Plan(ctx context.Context, guildID, by string, spec ScheduleSpec) (Plan, error) {
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, guildID)
	if err != nil {
		return Plan{}, fmt.Errorf("guild %s: %w", guildID, err)
	}
	c := bot.Schedule{GuildID: guildID, Size: bot.SizeStandard, Zone: guild.Zone, CreatedBy: by, CreatedAt: now(s.Now)}
	if c.Zone == "" {
		c.Zone = "UTC"
	}
	return s.apply(c, guild, spec)
}

// Add saves a new schedule.
func (s *Schedules) Add(ctx context.Context, guildID, by string, spec ScheduleSpec) (Plan, error) {
	if s.Limit > 0 {
		have, err := s.Store.Schedules(ctx, guildID)
		if err != nil {
			return Plan{}, fmt.Errorf("schedules of guild %s: %w", guildID, err)
		}
		if len(have) >= s.Limit {
			return Plan{}, bot.NewUserError("schedules_full", "This server has {count} digests, which is the most there can be. Remove one first.", "count", strconv.Itoa(len(have)))
		}
	}
	p, err := s.Plan(ctx, guildID, by, spec)
	if err != nil {
		return Plan{}, err
	}
	return s.save(ctx, p)
}

// Edit changes a guild's schedule.
func (s *Schedules) Edit(ctx context.Context, guildID string, id int64, spec ScheduleSpec) (Plan, error) {
	c, err := s.Get(ctx, guildID, id)
	if err != nil {
		return Plan{}, err
	}
	if c.Declared != "" {
		return Plan{}, declared(c)
	}
	return s.change(ctx, c, spec)
}

func (s *Schedules) change(ctx context.Context, c bot.Schedule, spec ScheduleSpec) (Plan, error) {
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, c.GuildID)
	if err != nil {
		return Plan{}, fmt.Errorf("guild %s: %w", c.GuildID, err)
	}
	p, err := s.apply(c, guild, spec)
	if err != nil {
		return Plan{}, err
	}
	return s.save(ctx, p)
}

func declared(c bot.Schedule) error {
	return bot.NewUserError("schedule_declared", "The digest “{name}” stands in the configuration file, and has to be changed there.", "name", nameOf(c))
}

func nameOf(c bot.Schedule) string {
	if c.Name != "" {
		return c.Name
	}
	return "#" + strconv.FormatInt(c.ID, 10)
}

// Pause stops a schedule, or lets it go on: from its next slot, without making up
// for those that passed.
func (s *Schedules) Pause(ctx context.Context, guildID string, id int64, paused bool) (Plan, error) {
	c, err := s.Get(ctx, guildID, id)
	if err != nil {
		return Plan{}, err
	}
	if c.Declared != "" {
		return Plan{}, declared(c)
	}
	return s.change(ctx, c, ScheduleSpec{Paused: &paused})
}

// Remove deletes a guild's schedule. Its posted digests stay.
func (s *Schedules) Remove(ctx context.Context, guildID string, id int64) (bot.Schedule, error) {
	c, err := s.Get(ctx, guildID, id)
	if err != nil {
		return bot.Schedule{}, err
	}
	if c.Declared != "" {
		return bot.Schedule{}, declared(c)
	}
	if err := s.Store.RemoveSchedule(ctx, id); err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Schedule{}, fmt.Errorf("remove schedule %d: %w", id, err)
	}
	return c, nil
}

// Get returns a guild's schedule; another guild's is not found.
func (s *Schedules) Get(ctx context.Context, guildID string, id int64) (bot.Schedule, error) {
	c, err := s.Store.Schedule(ctx, id)
	if errors.Is(err, bot.ErrNotFound) || err == nil && c.GuildID != guildID {
		e := bot.NewUserError("schedule_unknown", "There is no such digest in this server.")
		e.Err = bot.ErrNotFound
		return bot.Schedule{}, e
	}
	return c, err
}

// List returns a guild's schedules with their next slots.
func (s *Schedules) List(ctx context.Context, guildID string) ([]Plan, error) {
	all, err := s.Store.Schedules(ctx, guildID)
	if err != nil {
		return nil, fmt.Errorf("schedules of guild %s: %w", guildID, err)
	}
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, guildID)
	if err != nil {
		return nil, fmt.Errorf("guild %s: %w", guildID, err)
	}
	plans := make([]Plan, 0, len(all))
	for _, c := range all {
		p := Plan{Schedule: c, Said: c.Cron}
		if cadence, zone, err := timing(c); err == nil {
			p.Said = cadence.Words(guild.Lang)
			if !c.Paused {
				p.Next = cadence.Upcoming(zone, now(s.Now), 3)
			}
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func timing(c bot.Schedule) (bot.Cadence, *time.Location, error) {
	cadence, err := bot.ParseCron(c.Cron)
	if err != nil {
		return bot.Cadence{}, nil, err
	}
	zone, err := bot.LoadZone(c.Zone)
	return cadence, zone, err
}

// apply checks a spec and works it into a schedule.
func (s *Schedules) apply(c bot.Schedule, guild bot.Guild, spec ScheduleSpec) (Plan, error) {
	var err error
	retime := c.ID == 0
	if spec.ChannelID != nil {
		c.ChannelID = *spec.ChannelID
	}
	if c.ChannelID == "" {
		return Plan{}, bot.NewUserError("channel_missing", "A channel is missing: where is the digest to be posted?")
	}
	if spec.Name != nil {
		if c.Name, err = checkName("name", *spec.Name, 80); err != nil {
			return Plan{}, err
		}
	}
	if spec.When != nil {
		cadence, words, err := bot.ParseWhen(*spec.When)
		if err != nil {
			return Plan{}, err
		}
		retime = retime || cadence.String() != c.Cron
		c.Cron, c.Words = cadence.String(), words
	}
	if c.Cron == "" {
		return Plan{}, bot.NewUserError("cron_empty", "A time is missing: words such as “every weekday at 8”, or five cron fields.")
	}
	if spec.Zone != nil {
		zone, err := bot.ZoneName(*spec.Zone)
		if err != nil {
			return Plan{}, err
		}
		retime = retime || zone != c.Zone
		c.Zone = zone
	}
	if spec.Topics != nil {
		c.Topics = strings.TrimSpace(*spec.Topics)
		if c.Topics != "" {
			if _, err := ParseTopic(c.Topics); err != nil {
				return Plan{}, err
			}
		}
	}
	if spec.Size != nil {
		switch size := bot.Size(strings.ToLower(strings.TrimSpace(*spec.Size))); size {
		case bot.SizeShort, bot.SizeStandard, bot.SizeLong:
			c.Size = size
		case "":
			c.Size = bot.SizeStandard
		default:
			return Plan{}, bot.NewUserError("size", "“{size}” is no size. Choose short, standard or long.", "size", *spec.Size)
		}
	}
	if spec.Lang != nil {
		if c.Lang = ""; *spec.Lang != "" {
			if c.Lang, err = checkLang(*spec.Lang); err != nil {
				return Plan{}, err
			}
		}
	}
	if spec.MinPublishers != nil {
		if *spec.MinPublishers < 0 || *spec.MinPublishers > 50 {
			return Plan{}, bot.NewUserError("publishers", "Expected 0 to 50 publishers, not {count}.", "count", strconv.Itoa(*spec.MinPublishers))
		}
		c.MinPublishers = *spec.MinPublishers
	}
	set(&c.QuietDay, spec.QuietDay)
	set(&c.Thread, spec.Thread)
	set(&c.Crosspost, spec.Crosspost)
	set(&c.PingRole, spec.PingRole)
	if spec.Paused != nil {
		retime = retime || c.Paused && !*spec.Paused
		c.Paused = *spec.Paused
	}
	cadence, zone, err := timing(c)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Said: cadence.Words(guild.Lang)}
	at := now(s.Now)
	if retime {
		c.NextRunAt = cadence.Next(zone, at).UTC()
	}
	if !c.Paused {
		p.Next = cadence.Upcoming(zone, at, 3)
	}
	p.Schedule = c
	return p, nil
}

func set[T any](into *T, v *T) {
	if v != nil {
		*into = *v
	}
}

func (s *Schedules) save(ctx context.Context, p Plan) (Plan, error) {
	saved, err := s.Store.SaveSchedule(ctx, p.Schedule)
	if err != nil {
		return Plan{}, fmt.Errorf("save a schedule: %w", err)
	}
	p.Schedule = saved
	return p, nil
}

// Heal mends the schedules of guilds whose next slot lies further ahead than it
// can: the machine's clock was far ahead when it was reckoned. To be called at
// the start. It returns how many it mended.
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
			cadence, zone, err := timing(c)
			if err != nil || c.Paused {
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
