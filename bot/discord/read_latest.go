package discord

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

const (
	storiesAPage = 5
	catchupShown = 10
	catchupRead  = 60             // stories looked at for what is new
	catchupReach = 24 * time.Hour // how long after its publication an article may still be news here
	suggestions  = 25
)

// latest shows the newest stories, a page at a time.
func (d *desk) latest(ctx context.Context, a *Ask) (Reply, error) {
	l := cards.StoryList{Act: cards.ActLatest, Query: a.Text("topic"), Source: a.Text("source"), Since: since(a)}
	return d.stories(ctx, a, l)
}

// search shows the stories that a query finds.
func (d *desk) search(ctx context.Context, a *Ask) (Reply, error) {
	l := cards.StoryList{Act: cards.ActSearch, Query: a.Text("query"), Source: a.Text("source"), Since: since(a)}
	return d.stories(ctx, a, l)
}

// turnPage shows another page of a list. What it lists is in the ids of the
// message's buttons.
func (d *desk) turnPage(act string) handler {
	return func(ctx context.Context, a *Ask) (Reply, error) {
		f := strings.SplitN(a.Args, ":", 3) // which button, offset, since
		if len(f) != 3 {
			return explain("error.stale_button")(ctx, a)
		}
		offset, err1 := strconv.Atoi(f[1])
		from, err2 := strconv.ParseInt(f[2], 10, 64)
		if err1 != nil || err2 != nil || offset < 0 || offset > 10_000 {
			return explain("error.stale_button")(ctx, a)
		}
		l := cards.StoryList{Act: act, Offset: offset, Since: from, Query: a.State["q"], Source: a.State["s"]}
		r, err := d.stories(ctx, a, l)
		r.Update = true
		return r, err
	}
}

// stories answers with one page of a list.
func (d *desk) stories(ctx context.Context, a *Ask, l cards.StoryList) (Reply, error) {
	f := bot.StoryFilter{Publisher: l.Source, Offset: l.Offset, Limit: storiesAPage}
	if l.Since > 0 {
		f.Since = time.Unix(l.Since, 0)
	}
	var page bot.StoryPage
	var err error
	if l.Act == cards.ActSearch {
		l.Title = a.P.T("card.list.search")
		page, err = d.Answers.SearchStories(ctx, a.Scope, l.Query, f)
	} else {
		l.Title = a.P.T("card.list.latest")
		f.Topic = l.Query
		page, err = d.Answers.LatestStories(ctx, a.Scope, f)
	}
	if err != nil {
		return Reply{}, fmt.Errorf("list stories: %w", err)
	}
	l.Topic, l.Page, l.Size, l.About = l.Query, page, storiesAPage, about(a, l)
	return say(cards.Stories(a.P, l)), nil
}

// about tells what a list was narrowed to.
func about(a *Ask, l cards.StoryList) markdown.Text {
	var topic, from, source markdown.Text
	if l.Query != "" {
		topic = a.P.T("card.list.topic", "Topic", markdown.EscapeCut(l.Query, 120))
	}
	if l.Since > 0 {
		from = a.P.T("card.list.since", "At", markdown.Time(time.Unix(l.Since, 0), "f"))
	}
	if l.Source != "" {
		source = a.P.T("card.list.source", "Source", markdown.EscapeCut(l.Source, 80))
	}
	return markdown.Join(" · ", topic, from, source)
}

// since is the bound that the option names, in Unix seconds; 0 = none.
func since(a *Ask) int64 {
	d, err := time.ParseDuration(a.Text("since"))
	if err != nil || d <= 0 {
		return 0
	}
	return a.Now.Add(-d).Unix()
}

// catchup shows what is new since the asker last asked here.
func (d *desk) catchup(ctx context.Context, a *Ask) (Reply, error) {
	last, err := d.Persons.CaughtUp(ctx, a.UserID, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("look up when the user last caught up: %w", err)
	}
	from := last
	if from.IsZero() {
		from = a.Now.Add(-24 * time.Hour)
	}
	// What was published before the asker last asked may have been read here only
	// since: feeds are an hour behind, and some outlets date back.
	page, err := d.Answers.LatestStories(ctx, a.Scope, bot.StoryFilter{Since: from.Add(-catchupReach), Limit: catchupRead})
	if err != nil {
		return Reply{}, fmt.Errorf("list stories: %w", err)
	}
	page.Stories = slices.DeleteFunc(page.Stories, func(s summarize.Story) bool { return !s.UpdatedAt.After(from) })
	page.Total = len(page.Stories)
	page.Stories = page.Stories[:min(len(page.Stories), catchupShown)]
	if err := d.Persons.SetCaughtUp(ctx, a.UserID, a.GuildID, a.Now); err != nil {
		return Reply{}, fmt.Errorf("save that the user caught up: %w", err)
	}
	l := cards.StoryList{Title: a.P.T("card.list.catchup"), About: a.P.T("card.list.since", "At", markdown.Time(from, "f")), Page: page, Size: catchupShown}
	if len(page.Stories) == 0 {
		return say(cards.Say(cards.Good, a.P.T("card.list.catchup"), a.P.T("reply.caught_up", "At", markdown.Time(from, "f"))).Private()), nil
	}
	return say(cards.Stories(a.P, l).Private()), nil
}

func (d *desk) suggestSources(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Answers.SuggestSources(ctx, a.Scope, a.Text("source"), suggestions)
	return Reply{Choices: list}, err
}
