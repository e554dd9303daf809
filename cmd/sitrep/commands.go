package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/manage"
	"sitrep/feeds"
	"sitrep/feeds/fetch"
	"sitrep/feeds/page"
	"sitrep/summarize"
)

func (s *service) newMux() *discord.Mux { return discord.NewMux(s.muxConfig()) }

// muxConfig puts what commands stand on together.
func (s *service) muxConfig() discord.MuxConfig {
	return discord.MuxConfig{
		Log: s.log, Now: s.now, CommandsPerMinute: s.config.Limits.CommandsPerMinute, Members: s.people, SuggestAfter: s.tuning.patience,
		Services: discord.Services{
			Answers: s.store, Actors: s.store, Outbox: s.store, Digests: s.store,
			Guilds: s.guilds, Feeds: s.feeds, Schedules: s.schedules, Subscriptions: s.subscriptions, Quotas: s.quotas,
			Editor: s.editor, Admins: s.trouble,
			Persons: s.store, Weights: s.store, Status: s.store, Traces: s.store, ActorOps: s.store, Model: modelStanding{s.model},
			Channels: discord.Access{REST: s.rest},
			Briefer:  briefer{s.pages, s.reader.Summarizer, s.log.Info, s.now},
			Packs:    discord.CatalogPacks{}, Files: files{s.client}, Catchup: catchup{s.machine},
		},
	}
}

// briefer reads an article on demand.
type briefer struct {
	pages  *page.Reader
	engine summarize.Summarizer
	log    func(msg string, args ...any)
	now    func() time.Time
}

func (b briefer) Brief(ctx context.Context, guildID, rawURL string) (feeds.Article, summarize.Brief, error) {
	address, err := manage.CheckURL(rawURL)
	if err != nil {
		return feeds.Article{}, summarize.Brief{}, err
	}
	pg, err := b.pages.Read(ctx, address)
	status := (*page.StatusError)(nil)
	switch {
	case errors.Is(err, page.ErrRobots):
		err = bot.NewUserError("brief_robots", "That site doesn't allow its pages to be read by programs.")
	case errors.Is(err, page.ErrNotHTML), errors.Is(err, page.ErrNoText), errors.As(err, &status):
		err = bot.NewUserError("brief_none", "There is no article to read at that address.")
	case err != nil:
		b.log("an article that a user gave", "err", err)
		err = bot.NewUserError("brief_unread", "That address could not be read. Check that it is a public http or https address, and try again later.")
	case pg.Consent:
		err = bot.NewUserError("brief_consent", "That site shows a consent page instead of the article.")
	}
	if err != nil {
		return feeds.Article{}, summarize.Brief{}, err
	}
	article := pageArticle(pg, b.now())
	brief, err := b.engine.Summarize(askedBy(ctx, guildID), article)
	if err != nil {
		return feeds.Article{}, summarize.Brief{}, fmt.Errorf("brief %s: %w", address, err)
	}
	return *article, brief, nil
}

// files fetches what a user uploaded.
type files struct{ client *fetch.Client }

func (f files) Download(ctx context.Context, rawURL string) ([]byte, error) {
	resp, err := f.client.Get(ctx, fetch.Request{URL: rawURL})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// catchup waits for the workers to read what a guild has just begun to follow.
type catchup struct{ *machine }

// CatchUp returns when every feed of the guild has been asked and everything
// they brought is part of a story.
func (c catchup) CatchUp(ctx context.Context, guildID string) error {
	if _, err := c.poller.Once(ctx); err != nil { // at once, rather than when the poller looks next
		return err
	}
	return until(ctx, 200*time.Millisecond, func() (bool, error) {
		follows, err := c.store.Follows(ctx, guildID)
		if err != nil {
			return false, err
		}
		for _, f := range follows {
			if f.Feed.LastCheckedAt.IsZero() {
				return false, nil
			}
		}
		st, err := c.store.Status(ctx, guildID)
		return st.Waiting == 0, err
	})
}
