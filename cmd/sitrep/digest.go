package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/bot/topic"
	"sitrep/feeds"
	"sitrep/feeds/opml"
	"sitrep/summarize"
	"sitrep/summarize/llm"
)

type digestCmd struct {
	Feed   []string      `help:"A feed's URL; may be given several times." placeholder:"URL"`
	OPML   string        `help:"A list of feeds." type:"existingfile" name:"opml" placeholder:"FILE"`
	Since  time.Duration `help:"How far back." default:"24h"`
	Topics string        `help:"Topic query; empty = everything." placeholder:"QUERY"`
	Size   string        `help:"short, standard or long." enum:"short,standard,long" default:"standard"`
	JSON   bool          `help:"Print JSON." name:"json"`
	Engine string        `help:"embedded, or llm as configured." enum:"embedded,llm" default:"embedded"`
}

// terminalGuild owns what the terminal commands follow in their own database.
const terminalGuild = "terminal"

func (d *digestCmd) Run(p *program) error {
	urls := append([]string(nil), d.Feed...)
	if d.OPML != "" {
		listed, err := readOPML(d.OPML)
		if err != nil {
			return err
		}
		urls = append(urls, listed...)
	}
	if len(urls) == 0 {
		return usage("name at least one feed: sitrep digest --feed URL, or --opml FILE")
	}
	var query topic.Query
	if d.Topics != "" {
		var err error
		if query, err = topic.Parse(d.Topics); err != nil {
			return usage("topics: %v", err)
		}
	}
	c, err := p.config()
	if err != nil {
		return err
	}
	c.Database.URL = ":memory:"
	engine, err := p.summarizer(c, d.Engine)
	if err != nil {
		return err
	}
	m, err := newMachine(p.ctx, c, engine, slog.New(slog.DiscardHandler), tuning{})
	if err != nil {
		return err
	}
	defer m.close()
	m.reader.Backlog.Fresh, m.reader.Backlog.Age = d.Since, d.Since
	m.reader.Backlog.Items, m.reader.Backlog.Least = feeds.MaxItems, 0

	now := time.Now()
	if err := m.follow(p.ctx, terminalGuild, urls, now); err != nil {
		return err
	}
	p.progress("Reading %d feeds …", len(urls))
	if _, err := m.poller.Once(p.ctx); err != nil {
		return err
	}
	if err := m.readAll(p.ctx, terminalGuild, p.progress); err != nil {
		return err
	}
	follows, err := m.store.Follows(p.ctx, terminalGuild)
	if err != nil {
		return err
	}
	failed := 0
	for _, f := range follows {
		if f.Feed.Kind != "" {
			failed++
			fmt.Fprintf(p.stderr, "sitrep: %s: %s\n", feeds.Shown(f.Feed.URL), f.Feed.Reason)
		}
	}
	if failed == len(follows) {
		return fmt.Errorf("none of the feeds could be read")
	}
	model, _ := engine.(*llm.Engine)
	out, err := m.compose(p.ctx, model, terminalGuild, bot.Schedule{Size: bot.Size(d.Size), Topics: d.Topics, QuietDay: true, Lang: "en", Zone: "UTC"}, query, now.Add(-d.Since), time.Now().Add(time.Second))
	if err != nil {
		return err
	}
	if d.JSON {
		return digest.WriteJSON(p.stdout, out)
	}
	return digest.Write(p.stdout, out, digest.Options{Width: p.width(), Colour: p.colour()})
}

// follow has a guild follow feeds by their URLs.
func (m *machine) follow(ctx context.Context, guild string, urls []string, now time.Time) error {
	if err := m.store.SaveGuild(ctx, bot.Guild{ID: guild, Name: guild, Lang: "en", Zone: "UTC", JoinedAt: now}); err != nil {
		return err
	}
	owner := ownerOf(m.config)
	for _, url := range urls {
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			return usage("%q is no web address: a feed's URL begins with https://", url)
		}
		f := feeds.Feed{URL: url, State: feeds.StateActive, NextCheckAt: now}
		f.Publisher, f.Family, _ = owner(url)
		if _, err := m.store.AddFollow(ctx, bot.Follow{GuildID: guild, Feed: f, AddedAt: now}); err != nil && !errors.Is(err, bot.ErrDuplicate) {
			return fmt.Errorf("follow %s: %w", url, err)
		}
	}
	return nil
}

// readAll reads what the guild's feeds have brought, and joins it into stories.
func (m *machine) readAll(ctx context.Context, guild string, progress func(string, ...any)) error {
	follows, err := m.store.Follows(ctx, guild)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, f := range follows {
		g.Go(func() error {
			progress("Reading articles of %s …", cmp.Or(f.Feed.Title, feeds.Shown(f.Feed.URL)))
			return m.reader.Read(gctx, f.Feed.ID)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for {
		n, err := m.joiner.Once(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// compose makes a digest of what a guild's feeds have brought in a window, with
// a language model unless it is nil.
func (m *machine) compose(ctx context.Context, model *llm.Engine, guild string, s bot.Schedule, query topic.Query, since, until time.Time) (bot.Digest, error) {
	found, err := m.store.GuildStories(ctx, guild, since, until, 500)
	if err != nil {
		return bot.Digest{}, err
	}
	stats, err := m.store.FeedStats(ctx, guild, since, until)
	if err != nil {
		return bot.Digest{}, err
	}
	in := digest.Input{Schedule: s, Title: "Digest", Lang: s.Lang, Slot: until, Since: since, Until: until, Stories: found, Feeds: stats}
	if !query.IsZero() {
		in.Topic = func(st summarize.Story) (string, float64, bool) {
			return "", 1, query.Match(topic.StoryDocument(&st))
		}
	}
	return composer(model, m.store, m.log)(ctx, in), nil
}

func readOPML(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := opml.Read(f)
	if err != nil {
		return nil, usage("%s is not a list of feeds in OPML", name)
	}
	urls := make([]string, 0, len(entries))
	for _, e := range entries {
		urls = append(urls, e.URL)
	}
	return urls, nil
}
