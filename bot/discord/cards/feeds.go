package cards

import (
	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/feeds"
)

// FoundFeeds is what was found at an address.
type FoundFeeds struct {
	Feeds            []FoundFeed
	Include, Exclude string // filters that were asked for: carried by the buttons
}

// FoundFeed is one feed with what it carries now.
type FoundFeed struct {
	Feed     feeds.Feed
	Articles []feeds.Article
	Whole    bool // its items carry whole articles
}

// Found draws a feed before it is followed, with its latest headlines. Where an
// address leads to several, it asks which.
func Found(p *locale.Printer, f FoundFeeds) Message {
	if len(f.Feeds) != 1 {
		return chooseFeed(p, f)
	}
	found := f.Feeds[0]
	head := []markdown.Text{"### " + feedName(found.Feed, 100)}
	if found.Feed.Description != "" {
		head = append(head, markdown.EscapeCut(found.Feed.Description, 200))
	}
	lines := []markdown.Text{bold(p.T("card.feed.latest"))}
	for i, a := range found.Articles {
		if i == 4 {
			break
		}
		lines = append(lines, bullet(markdown.Join(" · ", markdown.Link(nonEmpty(a.Title, p.Plain("card.untitled")), a.URL, 140), markdown.Time(a.PublishedAt, "R"))))
	}
	if len(found.Articles) == 0 {
		lines = append(lines, p.T("card.feed.empty"))
	}
	note := p.T("card.feed.teaser")
	if found.Whole {
		note = p.T("card.feed.whole")
	}
	m := Message{Ephemeral: true, Components: []Component{container(colourPlain, text(head...), separator(), text(append(lines, small(note))...))}}
	open, ok := linkButton(found.Feed.URL, p.Plain("btn.open_feed"))
	if !ok {
		return m.With(text(p.T("card.feed.too_long")))
	}
	buttons := []Component{primary(ID(ActAddFeed), p.Plain("btn.follow_feed")), open}
	return m.With(row(append(buttons, filterState(p, f)...)...))
}

// filterState carries filters in buttons that can't be pressed, and shows them.
func filterState(p *locale.Printer, f FoundFeeds) []Component {
	var out []Component
	for _, s := range []struct{ kind, topic, key string }{{"i", f.Include, "btn.include"}, {"e", f.Exclude, "btn.exclude"}} {
		if s.topic != "" {
			b := button(ID(ActState, s.kind, s.topic), p.Plain(s.key, "Topic", s.topic))
			b.Disabled = true
			out = append(out, b)
		}
	}
	return out
}

func chooseFeed(p *locale.Printer, f FoundFeeds) Message {
	var options []SelectOption
	seen := map[string]bool{}
	for _, found := range f.Feeds {
		if u := found.Feed.URL; len(u) <= maxOptionText && !seen[u] && len(options) < maxOptions {
			seen[u] = true
			options = append(options, SelectOption{Label: nonEmpty(markdown.Cut(found.Feed.Title, maxOptionText), markdown.Cut(u, maxOptionText)), Value: u, Description: markdown.Cut(u, maxOptionText)})
		}
	}
	m := Say(Plain, p.T("card.feed.several"), p.T("card.feed.several_text")).Private()
	if len(options) == 0 {
		return m
	}
	m = m.With(row(selectMenu(ID(ActPickFeed), p.Plain("card.which.pick"), options)))
	if state := filterState(p, f); len(state) > 0 {
		m = m.With(row(state...))
	}
	return m
}

func feedName(f feeds.Feed, limit int) markdown.Text {
	for _, name := range []string{f.Title, f.Publisher, hostOf(f.URL)} {
		if t := markdown.EscapeCut(name, limit); t != "" {
			return t
		}
	}
	return "?"
}

// feedLink is a feed's name, linked to its site or itself.
func feedLink(f feeds.Feed) markdown.Text {
	name := f.Title
	if name == "" {
		name = f.Publisher
	}
	if name == "" {
		name = hostOf(f.URL)
	}
	target := f.SiteURL
	if _, ok := markdown.URL(target); !ok || len(target) > 200 {
		target = f.URL
	}
	if len(target) > 300 || feeds.Shown(target) != target { // too long, or a key to the feed
		target = ""
	}
	return markdown.Link(name, target, 80)
}

// Feeds draws what a server follows.
func Feeds(p *locale.Printer, follows []bot.Follow, limit int) []Message {
	if len(follows) == 0 {
		return []Message{Say(Plain, p.T("card.feeds.title"), p.T("card.feeds.none"))}
	}
	var rows []Row
	for _, f := range follows {
		lines := []markdown.Text{feedState(p, f.Feed) + " " + feedLink(f.Feed)}
		var about []markdown.Text
		if f.Include != "" {
			about = append(about, p.T("card.feed.include", "Topic", markdown.EscapeCut(f.Include, 80)))
		}
		if f.Exclude != "" {
			about = append(about, p.T("card.feed.exclude", "Topic", markdown.EscapeCut(f.Exclude, 80)))
		}
		if len(about) > 0 {
			lines = append(lines, small(markdown.Join(" · ", about...)))
		}
		rows = append(rows, Row{Lines: lines, Tight: true})
	}
	return List(p, Plain, p.T("card.feeds.title"), p.N("card.feeds.count", len(follows)), rows, limit)
}

func feedState(p *locale.Printer, f feeds.Feed) markdown.Text {
	switch f.State {
	case feeds.StateFailing:
		return "🟠"
	case feeds.StateGone:
		return "🔴"
	case feeds.StatePaused:
		return "⏸️"
	}
	if f.LastCheckedAt.IsZero() {
		return "⚪"
	}
	return "🟢"
}

// Health draws the feeds in trouble: since when, why, and when they are tried again.
func Health(p *locale.Printer, trouble []bot.Follow, healthy, limit int) []Message {
	if len(trouble) == 0 {
		return []Message{Say(Good, p.T("card.health.title"), p.N("card.health.all", healthy))}
	}
	var rows []Row
	for _, f := range trouble {
		lines := []markdown.Text{feedState(p, f.Feed) + " **" + feedName(f.Feed, 80) + "**"}
		if f.Feed.Reason != "" {
			lines = append(lines, reason(p, f.Feed.Reason, 240))
		}
		var times []markdown.Text
		if !f.Feed.Since.IsZero() {
			times = append(times, p.T("card.health.since", "At", f.Feed.Since))
		}
		if f.Feed.Fails > 0 {
			times = append(times, p.N("card.health.fails", f.Feed.Fails))
		}
		switch {
		case f.Feed.State == feeds.StateGone:
			times = append(times, p.T("card.health.gone"))
		case !f.Feed.NextCheckAt.IsZero():
			times = append(times, p.T("card.health.next", "At", f.Feed.NextCheckAt))
		}
		lines = append(lines, small(markdown.Join(" · ", times...)))
		if f.Feed.Moved != "" {
			lines = append(lines, p.T("card.health.moved", "URL", markdown.EscapeCut(feeds.Shown(f.Feed.Moved), 200)))
		}
		rows = append(rows, Row{Lines: lines})
	}
	about := p.N("card.health.trouble", len(trouble)) + " · " + p.N("card.health.healthy", healthy)
	return List(p, Warn, p.T("card.health.title"), about, rows, limit)
}

// ChoosePack asks for a starter pack.
func ChoosePack(p *locale.Printer, action string, packs []bot.Suggestion, args ...any) Message {
	m := Say(Plain, p.T("card.packs.title"), p.T("card.packs.text"))
	return withPacks(p, m, ID(action, args...), packs)
}

func withPacks(p *locale.Printer, m Message, id string, packs []bot.Suggestion) Message {
	var options []SelectOption
	for _, s := range packs {
		if label := markdown.Cut(s.Label, maxOptionText); label != "" && len(options) < maxOptions {
			options = append(options, SelectOption{Label: label, Value: s.Value})
		}
	}
	if len(options) == 0 {
		return m
	}
	return m.With(row(selectMenu(id, p.Plain("card.packs.pick"), options)))
}

// Pack draws what is in a starter pack, with a button to follow it all.
func Pack(p *locale.Printer, id, name string, list []feeds.Feed) Message {
	var lines []markdown.Text
	for i, f := range list {
		if i == 15 {
			lines = append(lines, bullet(p.T("card.more_sources", "Count", len(list)-i)))
			break
		}
		lines = append(lines, bullet(feedLink(f)))
	}
	return Say(Plain, markdown.EscapeCut(name, 100), append([]markdown.Text{p.N("card.feeds.count", len(list))}, lines...)...).
		With(row(primary(ID(ActFollowPack, id), p.PlainN("btn.follow_pack", len(list)))))
}

// Setup asks for the pack, on the way to the first digest. What else was given
// is carried along.
func Setup(p *locale.Printer, packs []bot.Suggestion, channelID, when, zone string) Message {
	m := withPacks(p, Say(Good, p.T("card.setup.title"), p.T("card.setup.text")), ID(ActSetup, channelID, zone), packs)
	if when != "" {
		b := button(ID(ActState, "w", when), when)
		b.Disabled = true
		m = m.With(row(b))
	}
	return m
}

// Attach adds a file to a message, shown at the end of its last container.
func Attach(m Message, f File) Message {
	m.Files = append(m.Files, f)
	return m.With(Component{Type: typeFile, File: &Media{URL: "attachment://" + f.Name}})
}
