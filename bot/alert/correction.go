package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

// CorrectionStore is what corrections need of a store.
type CorrectionStore interface {
	GuildsOfStory(ctx context.Context, storyID int64) ([]string, error)
	Schedules(ctx context.Context, guildID string) ([]bot.Schedule, error)
	Guild(ctx context.Context, id string) (bot.Guild, error)
	Shown(ctx context.Context, channelID string, storyIDs []int64) (map[int64]int, error)
	StoryOf(ctx context.Context, s bot.Scope, storyID int64) (summarize.Story, error)
	Enqueue(ctx context.Context, deliveries []bot.Delivery) error
}

// Corrections tells channels that an article was edited at its source after a
// digest had shown a figure or claim of it.
type Corrections struct {
	Store    CorrectionStore
	Renderer interface {
		Notice(n bot.Notice) ([]bot.Message, error)
	}
	Sent func() // called when something was put into the outbox; may be nil
	Now  func() time.Time
}

// Story compares a story with what it was before an article of it was edited,
// and enqueues one notice for each posted line that changed. It may be called
// again.
func (c *Corrections) Story(ctx context.Context, before, after *summarize.Story) error {
	changed := corrected(before, after)
	if len(changed) == 0 {
		return nil
	}
	guilds, err := c.Store.GuildsOfStory(ctx, after.ID)
	if err != nil {
		return fmt.Errorf("who may see story %d: %w", after.ID, err)
	}
	var problems []error
	for _, id := range guilds {
		if err := c.guild(ctx, id, after.ID, changed); err != nil {
			problems = append(problems, fmt.Errorf("correction for guild %s: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

// corrected are the lines that read otherwise than before or are stated no more,
// by id, with the text before.
func corrected(before, after *summarize.Story) map[int64]string {
	was := map[int64]summarize.StoryDevelopment{}
	for _, d := range before.Developments {
		was[d.ID] = d
	}
	out := map[int64]string{}
	for _, d := range after.Developments {
		old, ok := was[d.ID]
		if ok && !old.Withdrawn && (d.Version > old.Version || d.Withdrawn) {
			out[d.ID] = old.Text
		}
	}
	return out
}

func (c *Corrections) guild(ctx context.Context, guildID string, storyID int64, changed map[int64]string) error {
	schedules, err := c.Store.Schedules(ctx, guildID)
	if err != nil {
		return err
	}
	var story summarize.Story
	guild, err := c.Store.Guild(ctx, guildID)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	now := time.Now()
	if c.Now != nil {
		now = c.Now()
	}
	done := map[string]bool{}
	for _, s := range schedules {
		if done[s.ChannelID] {
			continue
		}
		done[s.ChannelID] = true
		shown, err := c.Store.Shown(ctx, s.ChannelID, []int64{storyID})
		if err != nil {
			return err
		}
		for id, was := range changed {
			if shown[id] == 0 {
				continue
			}
			if story.ID == 0 {
				if story, err = c.Store.StoryOf(ctx, bot.Scope{GuildID: guildID}, storyID); errors.Is(err, bot.ErrNotFound) {
					return nil
				} else if err != nil {
					return err
				}
			}
			for _, d := range story.Developments {
				if d.ID != id || shown[id] >= d.Version && !d.Withdrawn {
					continue
				}
				lang := s.Lang
				if lang == "" {
					lang = guild.Lang
				}
				if err := c.send(ctx, s.ChannelID, guildID, lang, story, d, was, now); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *Corrections) send(ctx context.Context, channelID, guildID, lang string, story summarize.Story, d summarize.StoryDevelopment, was string, now time.Time) error {
	n := bot.Notice{Kind: "correction", Lang: lang, At: now, Args: map[string]string{"Story": story.Headline, "Was": was, "Text": d.Text}}
	if d.Withdrawn {
		n.Args["Text"] = "—"
	}
	if len(d.Sources) > 0 {
		n.Args["Publisher"], n.Args["URL"] = d.Sources[0].Publisher, d.Sources[0].URL
	}
	messages, err := c.Renderer.Notice(n)
	if err != nil {
		return fmt.Errorf("render a correction: %w", err)
	}
	deliveries := make([]bot.Delivery, len(messages))
	for i, m := range messages {
		deliveries[i] = bot.Delivery{
			Key:     fmt.Sprintf("correction:%s:%d:%d:%t:%d", channelID, d.ID, d.Version, d.Withdrawn, i),
			GuildID: guildID, ChannelID: channelID, Part: i, Payload: m.Payload, State: bot.Pending, CreatedAt: now,
		}
	}
	if err := c.Store.Enqueue(ctx, deliveries); err != nil {
		return fmt.Errorf("enqueue a correction: %w", err)
	}
	if c.Sent != nil {
		c.Sent()
	}
	return nil
}
