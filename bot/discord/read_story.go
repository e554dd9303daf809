package discord

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/summarize"
)

// story shows one story's timeline.
func (d *desk) story(ctx context.Context, a *Ask) (Reply, error) {
	value := a.Text("story")
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil { // typed, not picked
		list, err := d.Answers.SuggestStories(ctx, a.Scope, value, 1)
		if err != nil {
			return Reply{}, fmt.Errorf("find the story: %w", err)
		}
		if len(list) == 0 {
			return Reply{}, bot.NewUserError("no_story", "No story matches “{Query}”.", "Query", value)
		}
		if id, err = strconv.ParseInt(list[0].Value, 10, 64); err != nil {
			return Reply{}, fmt.Errorf("read the story's id %q: %w", list[0].Value, err)
		}
	}
	return d.showStory(ctx, a, id, cards.Report|cards.Lean)
}

// openStory shows the story that a button or menu names.
func (d *desk) openStory(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	tools := cards.Report
	if a.Manager { // nobody else sees this card, and nobody else may lean the channel
		tools |= cards.Lean
	}
	return d.showStory(ctx, a, id, tools)
}

func (d *desk) showStory(ctx context.Context, a *Ask, id int64, tools cards.Tools) (Reply, error) {
	if a.GuildID == bot.DirectGuild {
		tools = 0
	}
	s, err := d.storyOf(ctx, a, id)
	if err != nil {
		return Reply{}, err
	}
	var quotes []bot.QuoteBy
	for i, actor := range s.Actors {
		if i == 3 {
			break
		}
		if actor.ActorID == 0 || actor.Type == summarize.Place {
			continue
		}
		list, err := d.Actors.QuotesBy(ctx, a.Scope, actor.ActorID, "", 10)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return Reply{}, fmt.Errorf("find quotes: %w", err)
		}
		quotes = append(quotes, quotesIn(s, list)...)
	}
	return say(cards.Story(a.P, s, quotes, s.Headline, tools)...), nil
}

// quotesIn keeps the quotes that stand in the story's own articles.
func quotesIn(s summarize.Story, list []bot.QuoteBy) []bot.QuoteBy {
	in := map[int64]bool{}
	for _, article := range s.Articles {
		in[article.ArticleID] = true
	}
	var out []bot.QuoteBy
	for _, q := range list {
		if in[q.ArticleID] {
			out = append(out, q)
		}
	}
	return out
}

func (d *desk) storyOf(ctx context.Context, a *Ask, id int64) (summarize.Story, error) {
	s, err := d.Answers.StoryOf(ctx, a.Scope, id)
	if errors.Is(err, bot.ErrNotFound) {
		return s, &bot.UserError{Code: "story_gone", Text: "That story is no longer stored, or this server no longer follows its feeds.", Err: err}
	}
	if err != nil {
		return s, fmt.Errorf("load story %d: %w", id, err)
	}
	return s, nil
}

// receipts shows the sentences behind one story.
func (d *desk) receipts(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	s, err := d.storyOf(ctx, a, id)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Receipts(a.P, s.Headline, cards.StoryReceipts(s), 1+maxFollowUps)...), nil
}

// digestReceipts shows the sentences behind one part of a digest, as it was posted.
func (d *desk) digestReceipts(ctx context.Context, a *Ask) (Reply, error) {
	f := strings.Split(a.Args, ":")
	if len(f) != 3 {
		return explain("error.stale_button")(ctx, a)
	}
	from, err1 := strconv.Atoi(f[1])
	to, err2 := strconv.Atoi(f[2])
	if err1 != nil || err2 != nil || from < 0 || to < from {
		return explain("error.stale_button")(ctx, a)
	}
	digest, err := d.digestOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	items := cards.InOrder(digest.Items)
	var list []cards.Receipt
	for _, it := range items[min(from, len(items)):min(to, len(items))] {
		list = append(list, cards.ItemReceipts(it)...)
	}
	return say(cards.Receipts(a.P, digest.Title, list, 1+maxFollowUps)...), nil
}

// digestOf is the edition that the message with the pressed button belongs to.
func (d *desk) digestOf(ctx context.Context, a *Ask) (bot.Digest, error) {
	gone := bot.NewUserError("digest_gone", "This digest is no longer stored.")
	delivery, err := d.Outbox.DeliveryByMessage(ctx, a.MessageID)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Digest{}, gone
	}
	if err != nil {
		return bot.Digest{}, fmt.Errorf("find the delivery of message %s: %w", a.MessageID, err)
	}
	if delivery.GuildID != a.GuildID || delivery.DigestID == 0 {
		return bot.Digest{}, gone
	}
	digest, err := d.Digests.Digest(ctx, delivery.DigestID)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Digest{}, gone
	}
	if err != nil {
		return bot.Digest{}, fmt.Errorf("load digest %d: %w", delivery.DigestID, err)
	}
	return digest, nil
}

func (d *desk) suggestStories(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Answers.SuggestStories(ctx, a.Scope, a.Text(a.Focused), suggestions)
	return Reply{Choices: list}, err
}

// id is the id that a custom id or a menu's choice names.
func (a *Ask) id() (int64, bool) {
	text, _, _ := strings.Cut(a.Args, ":")
	if len(a.Values) > 0 {
		text = a.Values[0]
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}
