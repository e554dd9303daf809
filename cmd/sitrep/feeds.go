package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/discover"
	"sitrep/feeds/fetch"
)

type feedsCmd struct {
	Check feedsCheckCmd `cmd:"" help:"What the bot would make of these feeds: found, freshness, quality, how often it would ask."`
}

type feedsCheckCmd struct {
	Source []string `arg:"" help:"A feed's or site's URL, or a list of feeds in OPML."`
	JSON   bool     `help:"Print JSON, one object a line." name:"json"`
}

func (f *feedsCheckCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	var urls []string
	for _, source := range f.Source {
		if _, err := os.Stat(source); err == nil {
			listed, err := readOPML(source)
			if err != nil {
				return err
			}
			urls = append(urls, listed...)
			continue
		}
		urls = append(urls, source)
	}
	client := client(c, 0)
	defer client.Close()
	pace := feeds.Pace{Min: c.Feeds.MinInterval.Std(), Max: c.Feeds.MaxInterval.Std()}
	bad := 0
	for _, url := range urls {
		address, err := discover.Normalize(url)
		if err != nil {
			return usage("%q is no web address", url)
		}
		report, err := feeds.Examine(p.ctx, client, address, pace, time.Now())
		if err != nil {
			return err
		}
		var found []discover.Candidate
		if !report.OK && report.Kind != feeds.FailNone {
			// Perhaps a site: which feeds does it have?
			found, err = discover.Find(p.ctx, client, address)
			if err != nil && !errors.Is(err, discover.ErrNone) && p.ctx.Err() != nil {
				return err
			}
		}
		if len(found) > 0 && (len(found) > 1 || found[0].URL != address) {
			if !f.JSON {
				fmt.Fprintf(p.stdout, "%s is no feed itself. It has:\n", feeds.Shown(address))
				for _, candidate := range found {
					fmt.Fprintf(p.stdout, "  %s  %s (%s, %d items)\n", feeds.Shown(candidate.URL), candidate.Title, candidate.Format, candidate.Items)
				}
				fmt.Fprintln(p.stdout)
			}
			report, err = feeds.Examine(p.ctx, client, found[0].URL, pace, time.Now())
			if err != nil {
				return err
			}
		}
		if !report.OK {
			bad++
		}
		if f.JSON {
			if err := json.NewEncoder(p.stdout).Encode(report); err != nil {
				return err
			}
			continue
		}
		report.URL, report.FinalURL = feeds.Shown(report.URL), feeds.Shown(report.FinalURL)
		if err := report.WriteText(p.stdout, time.Now()); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d could not be read as feeds. %s", bad, len(urls), strings.TrimSpace(hintPrivate(c.HTTP.AllowPrivate)))
	}
	return nil
}

// hintPrivate reminds an operator of the guard, which says nothing to others.
func hintPrivate(allowed []string) string {
	if len(allowed) > 0 {
		return ""
	}
	return fetch.PublicText
}
