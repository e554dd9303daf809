package discord

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/markdown"
	"sitrep/bot/manage"
)

const (
	findQuota   = 60 // addresses looked at an hour, for one server
	importQuota = 10
	largestOPML = 1 << 20
)

// addFeed looks at an address and shows what is there, before anything is followed.
func (d *desk) addFeed(ctx context.Context, a *Ask) (Reply, error) {
	return d.showFound(ctx, a, a.Text("url"), a.Text("include"), a.Text("exclude"))
}

// pickFeed shows the one of several feeds that was picked.
func (d *desk) pickFeed(ctx context.Context, a *Ask) (Reply, error) {
	if len(a.Values) == 0 {
		return explain("error.stale_button")(ctx, a)
	}
	return d.showFound(ctx, a, a.Values[0], a.State["i"], a.State["e"])
}

func (d *desk) showFound(ctx context.Context, a *Ask, address, include, exclude string) (Reply, error) {
	for _, q := range []string{include, exclude} {
		if q == "" {
			continue
		}
		if _, err := manage.ParseTopic(q); err != nil {
			return Reply{}, err
		}
	}
	if err := d.useQuota(ctx, a, "find:"+a.GuildID, findQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	found, err := d.Feeds.Find(ctx, address)
	if err != nil {
		return Reply{}, err
	}
	card := cards.FoundFeeds{Include: include, Exclude: exclude}
	for _, f := range found {
		card.Feeds = append(card.Feeds, cards.FoundFeed{Feed: f.Feed, Articles: f.Articles, Whole: f.Whole})
	}
	return say(cards.Found(a.P, card)), nil
}

// followFeed follows the feed that a preview shows. Its address is that of the
// preview's link button.
func (d *desk) followFeed(ctx context.Context, a *Ask) (Reply, error) {
	address := a.State["u"]
	if address == "" {
		return explain("error.stale_button")(ctx, a)
	}
	if err := d.useQuota(ctx, a, "find:"+a.GuildID, findQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	found, err := d.Feeds.Find(ctx, address)
	if err != nil {
		return Reply{}, err
	}
	f, err := d.Feeds.Add(ctx, a.GuildID, a.UserID, "", found[0].Feed)
	if err != nil {
		return Reply{}, err
	}
	if a.State["i"] != "" || a.State["e"] != "" {
		if f, err = d.Feeds.Filter(ctx, a.GuildID, f.Feed.ID, a.State["i"], a.State["e"]); err != nil {
			return Reply{}, err
		}
	}
	r := say(cards.Say(cards.Good, a.P.T("reply.feed.added", "Feed", markdown.EscapeCut(manage.FeedName(f.Feed), 100)), filterLines(a, f)...))
	r.Update = true
	return r, nil
}

func filterLines(a *Ask, f bot.Follow) []markdown.Text {
	var out []markdown.Text
	if f.Include != "" {
		out = append(out, a.P.T("card.feed.include", "Topic", markdown.EscapeCut(f.Include, 200)))
	}
	if f.Exclude != "" {
		out = append(out, a.P.T("card.feed.exclude", "Topic", markdown.EscapeCut(f.Exclude, 200)))
	}
	if len(out) == 0 {
		out = append(out, a.P.T("reply.feed.next"))
	}
	return out
}

// removeFeed ends following a feed.
func (d *desk) removeFeed(ctx context.Context, a *Ask) (Reply, error) {
	f, err := d.followed(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if f, err = d.Feeds.Remove(ctx, a.GuildID, f.Feed.ID); err != nil {
		return Reply{}, err
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.feed.removed", "Feed", markdown.EscapeCut(manage.FeedName(f.Feed), 100)))), nil
}

// filterFeed sets which articles of a feed are taken.
func (d *desk) filterFeed(ctx context.Context, a *Ask) (Reply, error) {
	f, err := d.followed(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if f, err = d.Feeds.Filter(ctx, a.GuildID, f.Feed.ID, a.Text("include"), a.Text("exclude")); err != nil {
		return Reply{}, err
	}
	lines := []markdown.Text{a.P.T("reply.feed.unfiltered")}
	if f.Include != "" || f.Exclude != "" {
		lines = filterLines(a, f)
	}
	return say(cards.Say(cards.Good, a.P.T("reply.feed.filtered", "Feed", markdown.EscapeCut(manage.FeedName(f.Feed), 100)), lines...)), nil
}

// followed is the feed that the option names, by id, name or address.
func (d *desk) followed(ctx context.Context, a *Ask) (bot.Follow, error) {
	named := a.Text("feed")
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return d.Feeds.Get(ctx, a.GuildID, id)
	}
	list, err := d.Feeds.List(ctx, a.GuildID)
	if err != nil {
		return bot.Follow{}, err
	}
	for _, f := range list {
		if strings.EqualFold(manage.FeedName(f.Feed), named) || f.Feed.URL == named {
			return f, nil
		}
	}
	return bot.Follow{}, bot.NewUserError("no_feed", "This server follows no feed named “{Name}”. Pick one from the list that appears while you type.", "Name", named)
}

func (d *desk) suggestFeeds(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Feeds.Suggest(ctx, a.GuildID, a.Text("feed"), suggestions)
	return Reply{Choices: list}, err
}

// listFeeds shows what the server follows.
func (d *desk) listFeeds(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Feeds.List(ctx, a.GuildID)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Feeds(a.P, list, listedAtOnce)...), nil
}

// feedHealth shows the feeds in trouble.
func (d *desk) feedHealth(ctx context.Context, a *Ask) (Reply, error) {
	trouble, healthy, err := d.Feeds.Health(ctx, a.GuildID)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Health(a.P, trouble, healthy, listedAtOnce)...), nil
}

// importFeeds follows all feeds of an uploaded OPML file.
func (d *desk) importFeeds(ctx context.Context, a *Ask) (Reply, error) {
	if d.Files == nil {
		return explain("error.switched_off")(ctx, a)
	}
	file := a.Files[a.Snowflake("file")]
	if file == nil {
		return Reply{}, bot.NewUserError("no_file", "The file did not arrive. Try again.")
	}
	if file.Size > largestOPML {
		return Reply{}, bot.NewUserError("file_too_large", "That file is too large: an OPML file has at most 1 MB.")
	}
	if err := d.useQuota(ctx, a, "import:"+a.GuildID, importQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	data, err := d.Files.Download(ctx, file.URL)
	if err != nil {
		a.log.WarnContext(ctx, "an uploaded file could not be fetched", "error", err)
		return Reply{}, bot.NewUserError("no_file", "The file did not arrive. Try again.")
	}
	done, err := d.Feeds.Import(ctx, a.GuildID, a.UserID, bytes.NewReader(data))
	if err != nil {
		return Reply{}, err
	}
	return say(imported(a, a.P.T("reply.import.title"), done)), nil
}

// imported tells what became of a list of feeds.
func imported(a *Ask, title markdown.Text, done manage.Imported) cards.Message {
	return cards.Say(cards.Good, title, importLines(a, done)...)
}

func importLines(a *Ask, done manage.Imported) []markdown.Text {
	var lines []markdown.Text
	if done.Added > 0 || done.Known == 0 {
		lines = append(lines, a.P.N("reply.import.added", done.Added))
	}
	if done.Known > 0 {
		lines = append(lines, a.P.N("reply.import.known", done.Known))
	}
	if done.Left > 0 {
		lines = append(lines, a.P.N("reply.import.left", done.Left))
	}
	if len(done.Failed) > 0 {
		lines = append(lines, a.P.N("reply.import.failed", len(done.Failed)))
		for i, address := range done.Failed {
			if i == 5 {
				lines = append(lines, "- …")
				break
			}
			lines = append(lines, "- "+markdown.EscapeCut(address, 200))
		}
	}
	return lines
}

// exportFeeds gives what the server follows as an OPML file.
func (d *desk) exportFeeds(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Feeds.List(ctx, a.GuildID)
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 0 {
		return say(cards.Feeds(a.P, nil, 1)...), nil
	}
	data, err := d.Feeds.Export(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("write OPML: %w", err)
	}
	return say(cards.Attach(cards.Say(cards.Good, "", a.P.N("reply.export.done", len(list))), cards.File{Name: "feeds.opml", ContentType: "text/x-opml", Data: data})), nil
}

// packs shows the starter packs, or what is in one.
func (d *desk) packs(ctx context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil {
		return explain("error.switched_off")(ctx, a)
	}
	if id := a.Text("pack"); id != "" {
		return d.showPack(ctx, a, id)
	}
	return say(cards.ChoosePack(a.P, cards.ActPickPack, d.Packs.SuggestPacks("", a.P.Lang(), suggestions))), nil
}

// pickPack shows the pack that was picked.
func (d *desk) pickPack(ctx context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil || len(a.Values) == 0 {
		return explain("error.stale_button")(ctx, a)
	}
	return d.showPack(ctx, a, a.Values[0])
}

func (d *desk) showPack(_ context.Context, a *Ask, id string) (Reply, error) {
	pack, err := d.pack(a, id)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Pack(a.P, pack.ID, pack.Name, pack.Feeds)), nil
}

// pack finds a pack by its id, or by what somebody typed.
func (d *desk) pack(a *Ask, id string) (Pack, error) {
	if pack, ok := d.Packs.Pack(id, a.P.Lang()); ok {
		return pack, nil
	}
	if near := d.Packs.SuggestPacks(id, a.P.Lang(), 1); len(near) > 0 {
		if pack, ok := d.Packs.Pack(near[0].Value, a.P.Lang()); ok {
			return pack, nil
		}
	}
	return Pack{}, bot.NewUserError("no_pack", "There is no starter pack named “{Name}”. `/feeds packs` shows them.", "Name", id)
}

// followPack follows all feeds of the pack that a button names.
func (d *desk) followPack(ctx context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil {
		return explain("error.stale_button")(ctx, a)
	}
	pack, ok := d.Packs.Pack(a.Args, a.P.Lang())
	if !ok {
		return Reply{}, bot.ErrNotFound
	}
	done, err := d.Feeds.AddAll(ctx, a.GuildID, a.UserID, pack.ID, pack.Feeds)
	if err != nil {
		return Reply{}, err
	}
	r := say(imported(a, a.P.T("reply.pack.followed", "Name", markdown.EscapeCut(pack.Name, 100)), done))
	r.Update = true
	return r, nil
}

func (d *desk) suggestPacks(_ context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil {
		return Reply{}, nil
	}
	return Reply{Choices: d.Packs.SuggestPacks(a.Text("pack"), a.P.Lang(), suggestions)}, nil
}

// setup goes from nothing to the first digest: feeds, a schedule, and a digest
// at once. Without a pack it asks which.
func (d *desk) setup(ctx context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil {
		return explain("error.switched_off")(ctx, a)
	}
	if id := a.Text("pack"); id != "" {
		return d.setUp(ctx, a, id, a.Snowflake("channel"), a.Text("when"), a.Text("zone"))
	}
	return say(cards.Setup(a.P, d.Packs.SuggestPacks("", a.P.Lang(), suggestions), a.Snowflake("channel"), a.Text("when"), a.Text("zone"))), nil
}

// setupPack goes on with the pack that was picked.
func (d *desk) setupPack(ctx context.Context, a *Ask) (Reply, error) {
	if d.Packs == nil || len(a.Values) == 0 {
		return explain("error.stale_button")(ctx, a)
	}
	channel, zone, _ := strings.Cut(a.Args, ":")
	return d.setUp(ctx, a, a.Values[0], channel, a.State["w"], zone)
}

// defaultWhen is when the first digest's schedule is due, where nobody said.
const defaultWhen = "every day at 8"

func (d *desk) setUp(ctx context.Context, a *Ask, packID, channelID, when, zone string) (Reply, error) {
	pack, err := d.pack(a, packID)
	if err != nil {
		return Reply{}, err
	}
	channelID, when = nonEmpty(channelID, a.ChannelID), nonEmpty(when, defaultWhen)
	guild, err := d.Guilds.Get(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("load the server's settings: %w", err)
	}
	lang := a.P.Lang()
	s := bot.Schedule{GuildID: a.GuildID, ChannelID: channelID, Words: when, Zone: nonEmpty(zone, guild.Zone), Name: pack.Name, Lang: lang, Size: bot.SizeStandard, CreatedBy: a.UserID}
	// Everything that can be refused is refused before anything is saved.
	if _, err := d.Schedules.Check(ctx, s); err != nil {
		return Reply{}, err
	}
	if err := d.checkChannel(ctx, a, s); err != nil {
		return Reply{}, err
	}
	if err := d.useQuota(ctx, a, "setup:"+a.GuildID, importQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	done, err := d.Feeds.AddAll(ctx, a.GuildID, a.UserID, pack.ID, pack.Feeds)
	if err != nil {
		return Reply{}, err
	}
	change := manage.Settings{Lang: &lang}
	if zone != "" {
		change.Zone = &zone
	}
	if _, err := d.Guilds.Change(ctx, a.GuildID, change); err != nil {
		return Reply{}, err
	}
	if s, err = d.Schedules.Save(ctx, s); err != nil {
		return Reply{}, err
	}
	if d.Catchup != nil {
		reading, stop := context.WithTimeout(ctx, 40*time.Second)
		err := d.Catchup.CatchUp(reading, a.GuildID)
		stop()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			a.log.WarnContext(ctx, "not all feeds were read for the first digest", "error", err)
		}
	}
	lines := append(importLines(a, done), scheduleLines(a.P, s)...)
	digest, err := d.Editor.Post(ctx, s, a.ID)
	if err != nil {
		return Reply{}, err
	}
	lines = append(lines, a.P.N("reply.digest.posted", len(digest.Items), "Channel", markdown.Channel(channelID)), a.P.T("reply.setup.next"))
	r := say(cards.Say(cards.Good, a.P.T("reply.setup.done", "Name", markdown.EscapeCut(pack.Name, 100)), lines...))
	r.Update = len(a.Values) > 0
	return r, nil
}
