package manage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sitrep/bot"
	"sitrep/config"
	"sitrep/feeds"
)

// Declared brings about what the configuration file declares for guilds.
type Declared struct {
	Guilds    *Guilds
	Feeds     *Feeds
	Schedules *Schedules
}

// Check says what is wrong with the declarations by the bot's own rules (times,
// topics), with the lines. It needs no store.
func (d *Declared) Check(c *config.Config) error {
	var problems config.Problems
	fault := func(path string, err error) {
		problems = append(problems, c.Problem(path, err.Error()))
	}
	topics := func(path, query string) {
		if strings.TrimSpace(query) == "" {
			return
		}
		if _, err := ParseTopic(query); err != nil {
			fault(path, err)
		}
	}
	for i, g := range c.Guilds {
		for j, f := range g.Feeds {
			path := fmt.Sprintf("guilds[%d].feeds[%d]", i, j)
			topics(path+".include", f.Include)
			topics(path+".exclude", f.Exclude)
		}
		for j, s := range g.Digests {
			path := fmt.Sprintf("guilds[%d].digests[%d]", i, j)
			if _, _, err := bot.ParseWhen(s.When); err != nil {
				fault(path+".when", err)
			}
			topics(path+".topics", s.Topics)
			if _, err := checkName("name", s.Name, 80); err != nil {
				fault(path+".name", err)
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// Apply brings the store in step with the declarations: declared settings, feeds
// and digests are there as they stand in the file, and declared digests that
// stand there no more are gone. What was made by command stays. It may be called
// at every start.
func (d *Declared) Apply(ctx context.Context, c *config.Config) error {
	if err := d.Check(c); err != nil {
		return err
	}
	for _, g := range c.Guilds {
		if err := d.guild(ctx, g); err != nil {
			return fmt.Errorf("declared guild %s: %w", g.ID, err)
		}
	}
	return nil
}

func (d *Declared) guild(ctx context.Context, g config.Guild) error {
	id := string(g.ID)
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	if _, err := d.Guilds.Change(ctx, id, Settings{Lang: given(g.Lang), Zone: given(g.Zone), AdminChannel: given(string(g.AdminChannel))}); err != nil {
		return err
	}
	have, err := d.Feeds.Store.Follows(ctx, id)
	if err != nil {
		return fmt.Errorf("feeds: %w", err)
	}
	for _, f := range g.Feeds {
		address, err := CheckURL(f.URL)
		if err != nil {
			return err
		}
		follow, known := find(have, func(h bot.Follow) bool { return h.Feed.URL == address })
		if !known {
			if follow, err = d.Feeds.follow(ctx, id, "", "", feeds.Feed{URL: address}); err != nil && !errors.Is(err, bot.ErrDuplicate) {
				return err
			}
		}
		if follow.Include != f.Include || follow.Exclude != f.Exclude {
			if _, err := d.Feeds.Filter(ctx, id, follow.Feed.ID, f.Include, f.Exclude); err != nil {
				return err
			}
		}
	}
	return d.digests(ctx, id, g.Digests)
}

func (d *Declared) digests(ctx context.Context, guildID string, list []config.Digest) error {
	have, err := d.Schedules.Store.Schedules(ctx, guildID)
	if err != nil {
		return fmt.Errorf("schedules: %w", err)
	}
	stays := map[int64]bool{}
	for _, s := range list {
		c := bot.Schedule{
			GuildID: guildID, ChannelID: string(s.Channel), Name: s.Name, Words: s.When, Zone: s.Zone, Topics: s.Topics, Size: bot.Size(s.Size), Lang: s.Lang,
			QuietDay: s.QuietDay, Thread: s.Thread, Crosspost: s.Crosspost, PingRole: string(s.PingRole), MinPublishers: s.MinPublishers, Paused: s.Paused,
			Declared: s.Key, CreatedAt: now(d.Schedules.Now),
		}
		if known, ok := find(have, func(h bot.Schedule) bool { return h.Declared == s.Key }); ok {
			c.ID, c.CreatedAt, c.CreatedBy = known.ID, known.CreatedAt, known.CreatedBy
			stays[c.ID] = true
		}
		if _, err := d.Schedules.Save(ctx, c); err != nil {
			return fmt.Errorf("digest %s: %w", s.Key, err)
		}
	}
	for _, c := range have {
		if c.Declared != "" && !stays[c.ID] {
			if err := d.Schedules.Store.RemoveSchedule(ctx, c.ID); err != nil && !errors.Is(err, bot.ErrNotFound) {
				return fmt.Errorf("remove schedule %d: %w", c.ID, err)
			}
		}
	}
	return nil
}
