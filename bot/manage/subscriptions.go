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

// RecentStories gives what a subscription is tried on.
type RecentStories interface {
	GuildStories(ctx context.Context, guildID string, since, until time.Time, limit int) ([]summarize.Story, error)
	Follows(ctx context.Context, guildID string) ([]bot.Follow, error)
}

// Subscriptions keeps what people want to be told. Who may change which is the
// caller's to check.
type Subscriptions struct {
	Store   bot.SubscriptionStore
	Stories RecentStories
	Guilds  bot.GuildStore
	// SharedGuilds are the guilds that a user shares with the bot, for
	// subscriptions in direct messages. Nil: none.
	SharedGuilds func(ctx context.Context, userID string) ([]string, error)
	PerUser      int              // the most of one user; 0 = no limit
	PerGuild     int              // the most of one guild; 0 = no limit
	DailyCap     int              // of a subscription that sets none
	Changed      func()           // called after each change, for caches; may be nil
	Now          func() time.Time // default time.Now
}

// DefaultDailyAt is the minute of the day at which daily subscribers are told,
// where they set none.
const DefaultDailyAt = 8 * 60

// Save checks a subscription, completes it and saves it; ID 0 is a new one. Zone
// and language are by default the guild's. Errors that the user can mend are
// UserErrors.
func (s *Subscriptions) Save(ctx context.Context, c bot.Subscription) (bot.Subscription, error) {
	c, err := s.check(ctx, c)
	if err != nil {
		return bot.Subscription{}, err
	}
	if c.ID == 0 {
		if err := s.room(ctx, c); err != nil {
			return bot.Subscription{}, err
		}
	} else if err := s.retime(ctx, &c); err != nil {
		return bot.Subscription{}, err
	}
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

// retime has what is held back told at the new time, where it changed.
func (s *Subscriptions) retime(ctx context.Context, c *bot.Subscription) error {
	was, err := s.Store.Subscription(ctx, c.ID)
	if err != nil {
		if errors.Is(err, bot.ErrNotFound) {
			return unknownSubscription()
		}
		return fmt.Errorf("subscription %d: %w", c.ID, err)
	}
	c.NextRunAt = was.NextRunAt
	if was.NextRunAt.IsZero() || c.When == was.When && c.DailyAt == was.DailyAt && c.Zone == was.Zone {
		return nil
	}
	zone, err := bot.LoadZone(c.Zone)
	if err != nil {
		return err
	}
	c.NextRunAt = bot.ClockTime(c.DailyAt, zone, now(s.Now)).UTC()
	return nil
}

func unknownSubscription() error {
	e := bot.NewUserError("subscription_unknown", "There is no such subscription.")
	e.Err = bot.ErrNotFound
	return e
}

func (s *Subscriptions) room(ctx context.Context, c bot.Subscription) error {
	own, err := s.Store.Subscriptions(ctx, "*", c.UserID)
	if err != nil {
		return fmt.Errorf("subscriptions of user %s: %w", c.UserID, err)
	}
	if s.PerUser > 0 && len(own) >= s.PerUser {
		return refused("subscriptions_full", "You have {Count} subscriptions, which is the most there can be. Remove one first.", "Count", strconv.Itoa(len(own)))
	}
	if s.PerGuild <= 0 || c.GuildID == bot.DirectGuild {
		return nil
	}
	all, err := s.Store.Subscriptions(ctx, c.GuildID, "")
	if err != nil {
		return fmt.Errorf("subscriptions of guild %s: %w", c.GuildID, err)
	}
	if len(all) >= s.PerGuild {
		return refused("subscriptions_guild_full", "This server has {Count} subscriptions, which is the most there can be.", "Count", strconv.Itoa(len(all)))
	}
	return nil
}

// Remove deletes a subscription.
func (s *Subscriptions) Remove(ctx context.Context, id int64) error {
	err := s.Store.RemoveSubscription(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return unknownSubscription()
	}
	if err != nil {
		return fmt.Errorf("remove subscription %d: %w", id, err)
	}
	s.changed()
	return nil
}

func (s *Subscriptions) changed() {
	if s.Changed != nil {
		s.Changed()
	}
}

func (s *Subscriptions) check(ctx context.Context, c bot.Subscription) (bot.Subscription, error) {
	guild, err := (&Guilds{Store: s.Guilds}).Get(ctx, c.GuildID)
	if err != nil {
		return c, fmt.Errorf("guild %s: %w", c.GuildID, err)
	}
	if c.Query = strings.TrimSpace(c.Query); c.ActorID == 0 && c.StoryID == 0 {
		q, err := ParseTopic(c.Query)
		if err != nil {
			return c, err
		}
		if q.MatchesAll() {
			return c, bot.NewUserError("topic_everything", "“{Query}” says only what is not wanted, and would match nearly everything. Add what you want to be told of.", "Query", c.Query)
		}
	}
	if c.ChannelID != "" && c.GuildID == bot.DirectGuild {
		return c, bot.NewUserError("channel_direct", "Subscribe in the server itself to be told in a channel.")
	}
	switch c.When = bot.When(strings.ToLower(strings.TrimSpace(string(c.When)))); c.When {
	case bot.Instantly, bot.Daily:
	case "":
		c.When = bot.Instantly
	default:
		return c, bot.NewUserError("when_kind", "“{When}” is not how alerts come. Choose instantly or daily.", "When", string(c.When))
	}
	if c.DailyAt == 0 && c.ID == 0 {
		c.DailyAt = DefaultDailyAt
	}
	for _, minute := range []int{c.DailyAt, c.QuietFrom, c.QuietTo} {
		if minute < 0 || minute >= 24*60 {
			return c, bot.NewUserError("clock", "“{Time}” is no time of the day. Expected 8:00, 20:30 or 8 pm.", "Time", strconv.Itoa(minute))
		}
	}
	if c.Zone == "" {
		if c.Zone = guild.Zone; c.Zone == "" {
			c.Zone = "UTC"
		}
	}
	if c.Zone, err = bot.ZoneName(c.Zone); err != nil {
		return c, err
	}
	if c.MinPublishers < 0 || c.MinPublishers > 50 {
		return c, bot.NewUserError("publishers", "Expected 0 to 50 publishers, not {Count}.", "Count", strconv.Itoa(c.MinPublishers))
	}
	if c.DailyCap == 0 {
		c.DailyCap = s.DailyCap
	}
	if c.DailyCap < 0 || c.DailyCap > 200 {
		return c, bot.NewUserError("cap", "Expected 1 to 200 alerts a day, not {Count}.", "Count", strconv.Itoa(c.DailyCap))
	}
	if c.Lang == "" {
		c.Lang = guild.Lang
	}
	if c.Lang != "" {
		if c.Lang, err = checkLang(c.Lang); err != nil {
			return c, err
		}
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now(s.Now)
	}
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
	return 0, 0, bot.NewUserError("quiet", "“{Quiet}” are no quiet hours. Expected two times, such as 22:00-07:00.", "Quiet", s)
}

// A Trial is what a subscription would have told in the last days.
type Trial struct {
	Days    int
	Matched int               // stories that would have been told
	Carried int               // stories that there were
	PerDay  float64           // alerts a day
	Stories []summarize.Story // the newest of those that matched, at most five
	Broad   bool              // it would exceed its daily cap
}

const (
	trialDays    = 7
	trialStories = 5000
	trialShown   = 5
)

// Try matches a subscription with the stories of the last seven days. It saves
// nothing. Errors that the user can mend are UserErrors.
func (s *Subscriptions) Try(ctx context.Context, c bot.Subscription) (Trial, error) {
	trial := Trial{Days: trialDays}
	c, err := s.check(ctx, c)
	if err != nil {
		return trial, err
	}
	guilds := []string{c.GuildID}
	if c.GuildID == bot.DirectGuild {
		guilds = nil
		if s.SharedGuilds != nil {
			if guilds, err = s.SharedGuilds(ctx, c.UserID); err != nil {
				return trial, fmt.Errorf("guilds shared with user %s: %w", c.UserID, err)
			}
		}
	}
	var query topic.Query
	if c.ActorID == 0 && c.StoryID == 0 {
		if query, err = ParseTopic(c.Query); err != nil {
			return trial, err
		}
	}
	seen := map[int64]bool{}
	at := now(s.Now)
	for _, g := range guilds {
		stories, err := s.Stories.GuildStories(ctx, g, at.AddDate(0, 0, -trialDays), at, trialStories)
		if err != nil {
			return trial, fmt.Errorf("stories of guild %s: %w", g, err)
		}
		filter := bot.FollowFilter{}
		if c.GuildID != bot.DirectGuild {
			follows, err := s.Stories.Follows(ctx, g)
			if err != nil {
				return trial, fmt.Errorf("feeds of guild %s: %w", g, err)
			}
			filter = bot.NewFollowFilter(follows)
		}
		for _, story := range stories {
			story, ok := filter.Story(story)
			if !ok || seen[story.ID] {
				continue
			}
			seen[story.ID] = true
			trial.Carried++
			if story.Publishers < c.MinPublishers || !concerns(c, query, &story) {
				continue
			}
			trial.Matched++
			trial.Stories = append(trial.Stories, story)
		}
	}
	slices.SortStableFunc(trial.Stories, func(a, b summarize.Story) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	trial.Stories = trial.Stories[:min(len(trial.Stories), trialShown)]
	trial.PerDay = float64(trial.Matched) / trialDays
	trial.Broad = c.When == bot.Instantly && c.DailyCap > 0 && trial.PerDay > float64(c.DailyCap)
	return trial, nil
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
