package main

import (
	"encoding/json"
	"fmt"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
)

type pollCmd struct {
	Once bool     `help:"One round, then exit (the only form there is: the bot polls by itself)." default:"true" negatable:""`
	Feed []string `help:"Follow this feed first; may be given several times." placeholder:"URL"`
	OPML string   `help:"Follow the feeds of this list first." type:"existingfile" name:"opml" placeholder:"FILE"`
	Read bool     `help:"Read and brief the new articles too, and join them into stories."`
	JSON bool     `help:"Print the counts as JSON." name:"json"`
}

func (r *pollCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	var engine summarize.Summarizer // 60 MB that asking alone does without
	if r.Read {
		if engine, err = embedded(); err != nil {
			return err
		}
	}
	m, err := newMachine(p.ctx, c, engine, p.logger(c), tuning{})
	if err != nil {
		return err
	}
	defer m.close()
	urls := r.Feed
	if r.OPML != "" {
		listed, err := readOPML(r.OPML)
		if err != nil {
			return err
		}
		urls = append(urls, listed...)
	}
	if len(urls) > 0 {
		if err := m.follow(p.ctx, terminalGuild, urls, time.Now()); err != nil {
			return err
		}
	}
	stats, err := m.poller.Once(p.ctx)
	if err != nil {
		return err
	}
	if r.Read {
		guilds, err := m.store.Guilds(p.ctx)
		if err != nil {
			return err
		}
		for _, g := range guilds {
			if err := m.readAll(p.ctx, g.ID, p.progress); err != nil {
				return err
			}
		}
	}
	if r.JSON {
		return json.NewEncoder(p.stdout).Encode(stats)
	}
	printStats(p, stats)
	return nil
}

func printStats(p *program, s feeds.Stats) {
	fmt.Fprintf(p.stdout, "%d feeds checked: %d unchanged, %d changed, %d failed, %d put off. %d new articles, %d edited.\n",
		s.Checked, s.NotModified+s.SameBody, s.Changed, s.Failed, s.Deferred, s.Added, s.Edited)
}
