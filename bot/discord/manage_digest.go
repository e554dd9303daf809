package discord

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

const (
	postNowQuota = 12 // digests on demand an hour in one server
	previewQuota = 30
	listedAtOnce = 1 + maxFollowUps
)

// scheduleDigest saves a new schedule and says when it is first due.
func (d *desk) scheduleDigest(ctx context.Context, a *Ask) (Reply, error) {
	guild, err := d.Guilds.Get(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("load the server's settings: %w", err)
	}
	s := bot.Schedule{GuildID: a.GuildID, Zone: guild.Zone, Size: bot.SizeStandard, CreatedBy: a.UserID}
	applyOptions(a, &s)
	return d.saveSchedule(ctx, a, s, "reply.digest.scheduled")
}

// editDigest changes what was given, and leaves the rest.
func (d *desk) editDigest(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.schedule(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	applyOptions(a, &s)
	return d.saveSchedule(ctx, a, s, "reply.digest.changed")
}

// saveSchedule saves a schedule once its channel has been looked at, opens the
// channel should it have been closed, and tells what was saved.
func (d *desk) saveSchedule(ctx context.Context, a *Ask, s bot.Schedule, key string) (Reply, error) {
	if s.Declared != "" {
		return Reply{}, declared(s)
	}
	if err := d.checkChannel(ctx, a, s); err != nil {
		return Reply{}, err
	}
	s, err := d.Schedules.Save(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	if err := d.Outbox.UnparkRoute(ctx, bot.Delivery{ChannelID: s.ChannelID}.Route()); err != nil {
		return Reply{}, fmt.Errorf("open the channel again: %w", err)
	}
	return say(cards.Say(cards.Good, a.P.T(key, "Name", scheduleName(a.P, s)), scheduleLines(a.P, s)...).
		With(cards.Buttons(cards.Button(cards.ActPostNow, s.ID, a.P.Plain("btn.post_now")), cards.Button(cards.ActPreview, s.ID, a.P.Plain("btn.preview"))))), nil
}

// declared refuses to change what the configuration file says.
func declared(s bot.Schedule) error {
	return bot.NewUserError("declared", "The digest “{name}” stands in the configuration file, and has to be changed there.", "name", nonEmpty(s.Name, s.Declared))
}

// applyOptions puts the options that were given into a schedule.
func applyOptions(a *Ask, s *bot.Schedule) {
	if id := a.Snowflake("channel"); id != "" {
		s.ChannelID = id
	}
	if when := a.Text("when"); when != "" {
		s.Words, s.Cron = when, ""
	}
	for name, to := range map[string]*string{"topics": &s.Topics, "name": &s.Name, "zone": &s.Zone, "language": &s.Lang} {
		if v := a.Text(name); v != "" {
			*to = v
		}
	}
	if everything(s.Topics) {
		s.Topics = ""
	}
	if v := a.Text("size"); v != "" {
		s.Size = bot.Size(v)
	}
	s.Thread = a.Bool("thread", s.Thread)
	s.Crosspost = a.Bool("crosspost", s.Crosspost)
	s.QuietDay = a.Bool("quiet", s.QuietDay)
	s.MinPublishers = a.Int("publishers", s.MinPublishers)
	if id := a.Snowflake("ping"); id != "" {
		s.PingRole = id
	}
	if a.Bool("silent", false) {
		s.PingRole = ""
	}
}

// everything reports what people type to take a topic back.
func everything(topics string) bool {
	switch strings.ToLower(topics) {
	case "*", "-", "all", "everything", "alles", "todo", "tout", "tudo":
		return true
	}
	return false
}

// scheduleName is what a schedule is called, also where nobody named it.
func scheduleName(p *locale.Printer, s bot.Schedule) markdown.Text {
	if name := markdown.EscapeCut(s.Name, 80); name != "" {
		return name
	}
	return p.T("card.digest.title")
}

// scheduleLines tell what a schedule does.
func scheduleLines(p *locale.Printer, s bot.Schedule) []markdown.Text {
	lines := []markdown.Text{p.T("card.schedule.when", "Channel", markdown.Channel(s.ChannelID), "When", said(p, s), "Zone", s.Zone)}
	if s.Paused {
		lines = append(lines, p.T("card.schedule.paused"))
	} else if !s.NextRunAt.IsZero() {
		lines = append(lines, p.T("card.schedule.next", "At", markdown.Time(s.NextRunAt, "f"), "In", markdown.Time(s.NextRunAt, "R")))
	}
	if s.Topics != "" {
		lines = append(lines, p.T("card.schedule.topics", "Topics", markdown.EscapeCut(s.Topics, 200)))
	}
	var extra []markdown.Text
	if s.Size == bot.SizeShort || s.Size == bot.SizeLong {
		extra = append(extra, p.T("choice.size."+string(s.Size)))
	}
	if s.MinPublishers > 1 {
		extra = append(extra, p.N("card.schedule.floor", s.MinPublishers))
	}
	for on, key := range map[string]bool{"card.schedule.thread": s.Thread, "card.schedule.crosspost": s.Crosspost, "card.schedule.quiet": s.QuietDay} {
		if key {
			extra = append(extra, p.T(on))
		}
	}
	if role := markdown.Role(s.PingRole); role != "" {
		extra = append(extra, p.T("card.schedule.ping", "Role", role))
	}
	if s.Declared != "" {
		extra = append(extra, p.T("card.schedule.declared"))
	}
	if len(extra) > 0 {
		lines = append(lines, "-# "+markdown.Join(" · ", sorted(extra)...))
	}
	return lines
}

// said tells a schedule's times in the reader's language.
func said(p *locale.Printer, s bot.Schedule) string {
	cadence, err := bot.ParseCron(s.Cron)
	if err != nil {
		return nonEmpty(s.Words, s.Cron)
	}
	return cadence.Words(p.Lang())
}

// listDigests shows the schedules of the server.
func (d *desk) listDigests(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Schedules.Store.Schedules(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("list schedules: %w", err)
	}
	if len(list) == 0 {
		return say(cards.Say(cards.Plain, a.P.T("card.schedules.title"), a.P.T("card.schedules.none"))), nil
	}
	var rows []cards.Row
	for _, s := range list {
		rows = append(rows, cards.Row{Lines: append([]markdown.Text{"**" + scheduleName(a.P, s) + "**"}, scheduleLines(a.P, s)...)})
	}
	return say(cards.List(a.P, cards.Plain, a.P.T("card.schedules.title"), a.P.N("card.schedules.count", len(list)), rows, listedAtOnce)...), nil
}

// pauseDigest pauses a schedule, or lets it go on.
func (d *desk) pauseDigest(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.schedule(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if s.Declared != "" {
		return Reply{}, declared(s)
	}
	s.Paused = !s.Paused
	if s, err = d.Schedules.Save(ctx, s); err != nil {
		return Reply{}, err
	}
	key := "reply.digest.resumed"
	if s.Paused {
		key = "reply.digest.paused"
	}
	return say(cards.Say(cards.Good, a.P.T(key, "Name", scheduleName(a.P, s)), scheduleLines(a.P, s)...)), nil
}

// removeDigest stops a schedule for good. What it posted stays.
func (d *desk) removeDigest(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.schedule(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if s.Declared != "" {
		return Reply{}, declared(s)
	}
	if err := d.Schedules.Remove(ctx, a.GuildID, s.ID); err != nil {
		return Reply{}, err
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.digest.removed", "Name", scheduleName(a.P, s), "Channel", markdown.Channel(s.ChannelID)))), nil
}

// postNow posts a digest at once: of the schedule that is named, of the only one
// there is, or of everything into this channel.
func (d *desk) postNow(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.scheduleOrHere(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	return d.post(ctx, a, s)
}

// postNowButton posts a digest of the schedule that a button names.
func (d *desk) postNowButton(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.scheduleByID(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	return d.post(ctx, a, s)
}

func (d *desk) post(ctx context.Context, a *Ask, s bot.Schedule) (Reply, error) {
	if err := d.checkChannel(ctx, a, s); err != nil {
		return Reply{}, err
	}
	if err := d.useQuota(ctx, a, "digest_now:"+a.GuildID, postNowQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	digest, err := d.Editor.Post(ctx, s, a.ID)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Say(cards.Good, "", a.P.N("reply.digest.posted", len(digest.Items), "Channel", markdown.Channel(s.ChannelID)))), nil
}

// previewDigest shows what a digest would say, to the asker alone.
func (d *desk) previewDigest(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.scheduleOrHere(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if topics := a.Text("topics"); topics != "" {
		s.Topics = topics
	}
	return d.preview(ctx, a, s)
}

func (d *desk) previewButton(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.scheduleByID(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	return d.preview(ctx, a, s)
}

func (d *desk) preview(ctx context.Context, a *Ask, s bot.Schedule) (Reply, error) {
	if err := d.useQuota(ctx, a, "preview:"+a.GuildID, previewQuota, time.Hour); err != nil {
		return Reply{}, err
	}
	s.PingRole = ""
	digest, _, err := d.Editor.Preview(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Preview(locale.For(digest.Lang), digest, s)...), nil
}

// schedule is the one that the option names.
func (d *desk) schedule(ctx context.Context, a *Ask) (bot.Schedule, error) {
	list, err := d.Schedules.Store.Schedules(ctx, a.GuildID)
	if err != nil {
		return bot.Schedule{}, fmt.Errorf("list schedules: %w", err)
	}
	named := a.Text("digest")
	for _, s := range list {
		if strconv.FormatInt(s.ID, 10) == named || strings.EqualFold(s.Name, named) {
			return s, nil
		}
	}
	return bot.Schedule{}, bot.NewUserError("no_digest", "There is no digest named “{Name}”. Pick one from the list that appears while you type.", "Name", named)
}

// scheduleByID is the one that a button names, if it belongs to this server.
func (d *desk) scheduleByID(ctx context.Context, a *Ask) (bot.Schedule, error) {
	id, _ := a.id()
	return d.Schedules.Get(ctx, a.GuildID, id)
}

// scheduleOrHere is the schedule that is named, the only one there is, or one
// of everything for this channel.
func (d *desk) scheduleOrHere(ctx context.Context, a *Ask) (bot.Schedule, error) {
	if a.Given("digest") {
		return d.schedule(ctx, a)
	}
	list, err := d.Schedules.Store.Schedules(ctx, a.GuildID)
	if err != nil {
		return bot.Schedule{}, fmt.Errorf("list schedules: %w", err)
	}
	if len(list) == 1 {
		return list[0], nil
	}
	guild, err := d.Guilds.Get(ctx, a.GuildID)
	if err != nil {
		return bot.Schedule{}, fmt.Errorf("load the server's settings: %w", err)
	}
	return bot.Schedule{GuildID: a.GuildID, ChannelID: a.ChannelID, Size: bot.SizeStandard, Zone: guild.Zone, Lang: guild.Lang, CreatedBy: a.UserID}, nil
}

// suggestDigests completes the names of schedules.
func (d *desk) suggestDigests(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Schedules.Store.Schedules(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("list schedules: %w", err)
	}
	var out []bot.Suggestion
	for _, s := range list {
		label := nonEmpty(s.Name, a.P.Plain("card.digest.title")) + " · " + said(a.P, s)
		if strings.Contains(strings.ToLower(label), strings.ToLower(a.Text("digest"))) {
			out = append(out, bot.Suggestion{Label: label, Value: strconv.FormatInt(s.ID, 10)})
		}
	}
	return Reply{Choices: out}, nil
}

func (d *desk) suggestZones(_ context.Context, a *Ask) (Reply, error) {
	return Reply{Choices: bot.SuggestZones(a.Text("zone"), a.Now, suggestions)}, nil
}
