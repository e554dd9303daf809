package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/topic"
	"sitrep/summarize"
)

// RecentStories gives what a dry run is made on.
type RecentStories interface {
	GuildStories(ctx context.Context, guildID string, since, until time.Time, limit int) ([]summarize.Story, error)
	Follows(ctx context.Context, guildID string) ([]bot.Follow, error)
}

// Subscriptions keeps what people want to be told.
type Subscriptions struct {
	Store   bot.SubscriptionStore
	Stories RecentStories
	Guilds  bot.GuildStore
	// SharedGuilds are the guilds that a user shares with the bot, for
	// subscriptions in direct messages. Nil: none.
	SharedGuilds func(ctx context.Context, userID string) ([]string, error)
	PerUser      int              // limits; 0 = none
	PerGuild     int              //
	DailyCap     int              // of a subscription that asks for none
	Changed      func()           // called after each change, for caches; may be nil
	Now          func() time.Time // default time.Now
}

// An Asker is who wants something changed. A manager may change everybody's
// subscriptions in channels of the guild; everybody their own.
type Asker struct {
	UserID  string
	GuildID string // where they ask; bot.DirectGuild in direct messages
	Manager bool
}

// A SubscriptionSpec is a subscription as somebody describes it. In an edit, nil
// leaves something as it is; for a new one, nil is the default.
type SubscriptionSpec struct {
	Query         *string
	ActorID       *int64
	StoryID       *int64
	ChannelID     *string // "" = direct message
	When          *string // instantly, daily
	DailyAt       *string // a time of the day
	Zone          *string
	Quiet         *string // "22:00-07:00", "" = none
	MinPublishers *int
	DailyCap      *int
	Paused        *bool
	Lang          *string
}

// A DryRun is what a subscription would have told in the last days.
type DryRun struct {
	Days     int
	Stories  int // that would have been told
	Of       int // stories that there were
	PerDay   float64
	Examples []summarize.Story // the newest of them, at most five
	Broad    bool              // it would exceed the daily cap
}

const (
	dryDays     = 7
	dryStories  = 5000
	dryExamples = 5
)

// Plan works a spec out, without saving it, with its dry run: to be shown before.
func (s *Subscriptions) Plan(ctx context.Context, who Asker, spec SubscriptionSpec) (bot.Subscription, DryRun, error) {
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, who.GuildID)
	if err != nil {
		return bot.Subscription{}, DryRun{}, fmt.Errorf("guild %s: %w", who.GuildID, err)
	}
	c := bot.Subscription{
		GuildID: who.GuildID, UserID: who.UserID, When: bot.Instantly, DailyAt: 8 * 60, Zone: guild.Zone, DailyCap: s.DailyCap, Lang: guild.Lang,
		MinPublishers: 1, CreatedAt: now(s.Now),
	}
	if c.Zone == "" {
		c.Zone = "UTC"
	}
	if c, err = s.apply(who, c, spec); err != nil {
		return bot.Subscription{}, DryRun{}, err
	}
	run, err := s.dryRun(ctx, c)
	return c, run, err
}

// Add saves a new subscription.
func (s *Subscriptions) Add(ctx context.Context, who Asker, spec SubscriptionSpec) (bot.Subscription, DryRun, error) {
	c, run, err := s.Plan(ctx, who, spec)
	if err != nil {
		return bot.Subscription{}, DryRun{}, err
	}
	if err := s.room(ctx, who); err != nil {
		return bot.Subscription{}, DryRun{}, err
	}
	c, err = s.save(ctx, c)
	return c, run, err
}

func (s *Subscriptions) room(ctx context.Context, who Asker) error {
	own, err := s.Store.Subscriptions(ctx, "*", who.UserID)
	if err != nil {
		return fmt.Errorf("subscriptions of user %s: %w", who.UserID, err)
	}
	if s.PerUser > 0 && len(own) >= s.PerUser {
		return bot.NewUserError("subscriptions_full", "You have {count} subscriptions, which is the most there can be. Remove one first.", "count", strconv.Itoa(len(own)))
	}
	if s.PerGuild <= 0 || who.GuildID == bot.DirectGuild {
		return nil
	}
	all, err := s.Store.Subscriptions(ctx, who.GuildID, "")
	if err != nil {
		return fmt.Errorf("subscriptions of guild %s: %w", who.GuildID, err)
	}
	if len(all) >= s.PerGuild {
		return bot.NewUserError("subscriptions_guild_full", "This server has {count} subscriptions, which is the most there can be.", "count", strconv.Itoa(len(all)))
	}
	return nil
}

// Edit changes a subscription.
func (s *Subscriptions) Edit(ctx context.Context, who Asker, id int64, spec SubscriptionSpec) (bot.Subscription, error) {
	c, err := s.Get(ctx, who, id)
	if err != nil {
		return bot.Subscription{}, err
	}
	was := c
	if c, err = s.apply(who, c, spec); err != nil {
		return bot.Subscription{}, err
	}
	if c.When != was.When || c.DailyAt != was.DailyAt || c.Zone != was.Zone {
		c.NextRunAt = time.Time{}
		if !was.NextRunAt.IsZero() { // what is held back is told at the new time
			zone, err := bot.LoadZone(c.Zone)
			if err != nil {
				return bot.Subscription{}, err
			}
			c.NextRunAt = bot.ClockTime(c.DailyAt, zone, now(s.Now)).UTC()
		}
	}
	return s.save(ctx, c)
}

// Pause stops a subscription, or lets it go on.
func (s *Subscriptions) Pause(ctx context.Context, who Asker, id int64, paused bool) (bot.Subscription, error) {
	return s.Edit(ctx, who, id, SubscriptionSpec{Paused: &paused})
}

// Remove deletes a subscription.
func (s *Subscriptions) Remove(ctx context.Context, who Asker, id int64) (bot.Subscription, error) {
	c, err := s.Get(ctx, who, id)
	if err != nil {
		return bot.Subscription{}, err
	}
	if err := s.Store.RemoveSubscription(ctx, id); err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Subscription{}, fmt.Errorf("remove subscription %d: %w", id, err)
	}
	s.changed()
	return c, nil
}

// Get returns a subscription that the asker may change; anybody else's is not
// found.
func (s *Subscriptions) Get(ctx context.Context, who Asker, id int64) (bot.Subscription, error) {
	c, err := s.Store.Subscription(ctx, id)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Subscription{}, fmt.Errorf("subscription %d: %w", id, err)
	}
	theirs := err == nil && (c.UserID == who.UserID || who.Manager && c.ChannelID != "" && who.GuildID != bot.DirectGuild && c.GuildID == who.GuildID)
	if !theirs {
		e := bot.NewUserError("subscription_unknown", "There is no such subscription of yours.")
		e.Err = bot.ErrNotFound
		return bot.Subscription{}, e
	}
	return c, nil
}

// List returns the asker's own subscriptions, everywhere in direct messages and
// of the guild otherwise; with a manager those in the guild's channels too.
func (s *Subscriptions) List(ctx context.Context, who Asker) ([]bot.Subscription, error) {
	if who.GuildID == bot.DirectGuild {
		return s.Store.Subscriptions(ctx, "*", who.UserID)
	}
	if !who.Manager {
		return s.Store.Subscriptions(ctx, who.GuildID, who.UserID)
	}
	all, err := s.Store.Subscriptions(ctx, who.GuildID, "")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c bot.Subscription) bool { return c.UserID != who.UserID && c.ChannelID == "" }), nil
}

func (s *Subscriptions) apply(who Asker, c bot.Subscription, spec SubscriptionSpec) (bot.Subscription, error) {
	var err error
	set(&c.ActorID, spec.ActorID)
	set(&c.StoryID, spec.StoryID)
	if spec.Query != nil {
		c.Query = strings.TrimSpace(*spec.Query)
	}
	if c.ActorID == 0 && c.StoryID == 0 {
		q, err := ParseTopic(c.Query)
		if err != nil {
			return c, err
		}
		if q.MatchesAll() {
			return c, bot.NewUserError("topic_everything", "“{query}” says only what is not wanted, and would match nearly everything. Add what you want to be told of.", "query", c.Query)
		}
	}
	if spec.ChannelID != nil {
		if *spec.ChannelID != "" && who.GuildID == bot.DirectGuild {
			return c, bot.NewUserError("channel_direct", "Subscribe in the server itself to be told in a channel.")
		}
		if *spec.ChannelID != "" && *spec.ChannelID != c.ChannelID && !who.Manager {
			return c, bot.NewUserError("channel_manager", "Only people who manage the server can have alerts posted in a channel. Choose a direct message.")
		}
		c.ChannelID = *spec.ChannelID
	}
	if spec.When != nil {
		switch when := bot.When(strings.ToLower(strings.TrimSpace(*spec.When))); when {
		case bot.Instantly, bot.Daily:
			c.When = when
		default:
			return c, bot.NewUserError("when_kind", "“{when}” is not how alerts come. Choose instantly or daily.", "when", *spec.When)
		}
	}
	if spec.DailyAt != nil {
		if c.DailyAt, err = bot.ParseClock(*spec.DailyAt); err != nil {
			return c, err
		}
	}
	if spec.Zone != nil {
		if c.Zone, err = bot.ZoneName(*spec.Zone); err != nil {
			return c, err
		}
	}
	if spec.Quiet != nil {
		if c.QuietFrom, c.QuietTo, err = ParseQuiet(*spec.Quiet); err != nil {
			return c, err
		}
	}
	if spec.MinPublishers != nil {
		if *spec.MinPublishers < 0 || *spec.MinPublishers > 50 {
			return c, bot.NewUserError("publishers", "Expected 0 to 50 publishers, not {count}.", "count", strconv.Itoa(*spec.MinPublishers))
		}
		c.MinPublishers = *spec.MinPublishers
	}
	if spec.DailyCap != nil {
		if *spec.DailyCap < 1 || *spec.DailyCap > 200 {
			return c, bot.NewUserError("cap", "Expected 1 to 200 alerts a day, not {count}.", "count", strconv.Itoa(*spec.DailyCap))
		}
		c.DailyCap = *spec.DailyCap
	}
	if spec.Lang != nil {
		if c.Lang, err = checkLang(*spec.Lang); err != nil {
			return c, err
		}
	}
	set(&c.Paused, spec.Paused)
	return c, nil
}

// ParseQuiet reads quiet hours: "22:00-07:00", "10pm to 7am", or "" for none.
func ParseQuiet(s string) (from, to int, err error) {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "", "none", "off", "no":
		return 0, 0, nil
	}
	for _, mark := range []string{"–", "—", "-", " to ", " bis ", " a ", " à ", " até "} {
		a, b, ok := strings.Cut(s, mark)
		if !ok {
			continue
		}
		if from, err = bot.ParseClock(a); err != nil {
			return 0, 0, err
		}
		if to, err = bot.ParseClock(b); err != nil {
			return 0, 0, err
		}
		if from == to {
			break
		}
		return from, to, nil
	}
	return 0, 0, bot.NewUserError("quiet", "“{quiet}” are no quiet hours. Expected two times, such as 22:00-07:00.", "quiet", s)
}

func (s *Subscriptions) save(ctx context.Context, c bot.Subscription) (bot.Subscription, error) {
	saved, err := s.Store.SaveSubscription(ctx, c)
	if errors.Is(err, bot.ErrDuplicate) {
		e := bot.NewUserError("subscription_duplicate", "You have that subscription already.")
		e.Err = err
		return bot.Subscription{}, e
	}
	if err != nil {
		return bot.Subscription{}, fmt.Errorf("save a subscription: %w", err)
	}
	s.changed()
	return saved, nil
}

func (s *Subscriptions) changed() {
	if s.Changed != nil {
		s.Changed()
	}
}

// dryRun matches a subscription with the stories of the last seven days.
func (s *Subscriptions) dryRun(ctx context.Context, c bot.Subscription) (DryRun, error) {
	run := DryRun{Days: dryDays}
	guilds := []string{c.GuildID}
	if c.GuildID == bot.DirectGuild {
		guilds = nil
		if s.SharedGuilds != nil {
			var err error
			if guilds, err = s.SharedGuilds(ctx, c.UserID); err != nil {
				return run, fmt.Errorf("guilds shared with user %s: %w", c.UserID, err)
			}
		}
	}
	var query topic.Query
	if c.ActorID == 0 && c.StoryID == 0 {
		var err error
		if query, err = ParseTopic(c.Query); err != nil {
			return run, err
		}
	}
	seen := map[int64]bool{}
	at := now(s.Now)
	for _, g := range guilds {
		stories, err := s.Stories.GuildStories(ctx, g, at.AddDate(0, 0, -dryDays), at, dryStories)
		if err != nil {
			return run, fmt.Errorf("stories of guild %s: %w", g, err)
		}
		filter := bot.FollowFilter{}
		if c.GuildID != bot.DirectGuild {
			follows, err := s.Stories.Follows(ctx, g)
			if err != nil {
				return run, fmt.Errorf("feeds of guild %s: %w", g, err)
			}
			filter = bot.NewFollowFilter(follows)
		}
		for _, story := range stories {
			story, ok := filter.Story(story)
			if !ok || seen[story.ID] {
				continue
			}
			seen[story.ID] = true
			run.Of++
			if story.Publishers < c.MinPublishers || !concerns(c, query, &story) {
				continue
			}
			run.Stories++
			run.Examples = append(run.Examples, story)
		}
	}
	slices.SortStableFunc(run.Examples, func(a, b summarize.Story) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	run.Examples = run.Examples[:min(len(run.Examples), dryExamples)]
	run.PerDay = float64(run.Stories) / dryDays
	run.Broad = c.When == bot.Instantly && c.DailyCap > 0 && run.PerDay > float64(c.DailyCap)
	return run, nil
}

func concerns(c bot.Subscription, query topic.Query, s *summarize.Story) bool {
	switch {
	case c.StoryID != 0:
		return s.ID == c.StoryID
	case c.ActorID != 0:
		return slices.ContainsFunc(s.Actors, func(a summarize.StoryActor) bool { return a.ActorID == c.ActorID })
	}
	return query.Match(topic.StoryDocument(s))
}
