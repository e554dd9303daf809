package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/bot/manage"
	"sitrep/summarize"
)

// mine lists the subscriptions that the asker may see and change: their own,
// everywhere in direct messages and of the server otherwise; for managers those
// in the server's channels too.
func (d *desk) mine(ctx context.Context, a *Ask) ([]bot.Subscription, error) {
	guild, user := a.GuildID, a.UserID
	switch {
	case guild == bot.DirectGuild:
		guild = "*"
	case a.Manager:
		user = ""
	}
	all, err := d.Subscriptions.Store.Subscriptions(ctx, guild, user)
	if err != nil {
		return nil, fmt.Errorf("list subscriptions: %w", err)
	}
	return slices.DeleteFunc(all, func(s bot.Subscription) bool { return !a.mayChange(s) }), nil
}

// mayChange reports whether a subscription is the asker's, or in a channel of
// the server that they manage.
func (a *Ask) mayChange(s bot.Subscription) bool {
	return s.UserID == a.UserID || a.Manager && s.ChannelID != "" && s.GuildID == a.GuildID
}

// A draft is a subscription between its dry run and its saving. It travels in
// the ids of the two buttons below the dry run.
type draft struct {
	channel    bool
	daily      bool
	publishers int
	query      string
}

func (t draft) ids() (save, cancel string) {
	flags := "d"
	if t.channel {
		flags = "c"
	}
	if t.daily {
		flags += "d"
	} else {
		flags += "i"
	}
	rs := []rune(t.query)
	cut := min(len(rs), 75)
	return cards.ID(cards.ActSubscribe, flags, t.publishers, string(rs[:cut])), cards.ID(cards.ActCancel, string(rs[cut:]))
}

// readDraft puts a draft together again from the ids of a message's buttons.
func readDraft(ids []string) (t draft, ok bool) {
	var rest string
	for _, id := range ids {
		action, args, known := cards.ParseID(id)
		if !known {
			continue
		}
		switch action {
		case cards.ActSubscribe:
			f := strings.SplitN(args, ":", 3)
			if len(f) != 3 || len(f[0]) != 2 {
				return draft{}, false
			}
			n, err := strconv.Atoi(f[1])
			if err != nil {
				return draft{}, false
			}
			t = draft{channel: f[0][0] == 'c', daily: f[0][1] == 'd', publishers: n, query: f[2]}
			ok = true
		case cards.ActCancel:
			rest = args
		}
	}
	t.query += rest
	return t, ok
}

func (t draft) subscription(a *Ask) bot.Subscription {
	s := bot.Subscription{GuildID: a.GuildID, UserID: a.UserID, Query: t.query, When: bot.Instantly, MinPublishers: t.publishers, Lang: a.P.Lang()}
	if t.daily {
		s.When, s.DailyAt = bot.Daily, manage.DefaultDailyAt
	}
	if t.channel {
		s.ChannelID = a.ChannelID
	}
	return s
}

// subscribe tries a topic out and asks whether to save it.
func (d *desk) subscribe(ctx context.Context, a *Ask) (Reply, error) {
	t := draft{query: a.Text("topic"), channel: a.Text("where") == "channel", daily: a.Text("when") == string(bot.Daily), publishers: a.Int("publishers", 0)}
	if err := t.allowed(a); err != nil {
		return Reply{}, err
	}
	sub := t.subscription(a)
	trial, err := d.Subscriptions.Try(ctx, sub)
	if err != nil {
		return Reply{}, err
	}
	save, cancel := t.ids()
	return say(cards.Trial(a.P, cards.TrialResult{Lines: subscriptionLines(a.P, sub), Title: "**" + markdown.EscapeCut(sub.Query, 160) + "**", Days: trial.Days, Matched: trial.Matched, Of: trial.Carried,
		PerDay: trial.PerDay, Broad: trial.Broad, Examples: trial.Stories}, save, cancel)), nil
}

// allowed refuses alerts in a channel to those who don't manage the server, and
// where the bot can't post.
func (t draft) allowed(a *Ask) error {
	switch {
	case !t.channel:
		return nil
	case a.GuildID == bot.DirectGuild:
		return bot.NewUserError("channel_direct", "Subscribe in the server itself to be told in a channel.")
	case !a.Manager:
		return bot.NewUserError("channel_manager", "Only people who manage the server can have alerts posted in a channel. Choose a direct message.")
	case a.AppPerms&needInside.bit != 0:
		return nil // enough in a thread; elsewhere it comes with sending messages
	}
	if lacks := missing(a.P, a.AppPerms, []need{needView, needSend}); len(lacks) > 0 {
		return lacking(a.ChannelID, lacks)
	}
	return nil
}

// saveDraft saves the subscription that a dry run showed.
func (d *desk) saveDraft(ctx context.Context, a *Ask) (Reply, error) {
	t, ok := readDraft(a.IDs)
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	if err := t.allowed(a); err != nil {
		return Reply{}, err
	}
	sub, err := d.Subscriptions.Save(ctx, t.subscription(a))
	if err != nil {
		return Reply{}, err
	}
	r, err := d.subscribed(ctx, a, sub)
	r.Update = true
	return r, err
}

func (d *desk) subscribed(ctx context.Context, a *Ask, sub bot.Subscription) (Reply, error) {
	lines, err := d.subscriptionText(ctx, a, sub)
	return say(cards.Say(cards.Good, a.P.T("reply.subscribed"), append(lines, a.P.T("reply.subscribed_next"))...).Private()), err
}

// cancel puts a question away.
func (d *desk) cancel(_ context.Context, a *Ask) (Reply, error) {
	return Reply{Update: true, Messages: []cards.Message{cards.Say(cards.Plain, "", a.P.T("reply.cancelled")).Private()}}, nil
}

// followStory and followActor subscribe the asker to what a button names.
func (d *desk) followStory(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	if _, err := d.storyOf(ctx, a, id); err != nil {
		return Reply{}, err
	}
	return d.follow(ctx, a, bot.Subscription{StoryID: id})
}

func (d *desk) followActor(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	return d.follow(ctx, a, bot.Subscription{ActorID: id})
}

func (d *desk) follow(ctx context.Context, a *Ask, s bot.Subscription) (Reply, error) {
	s.GuildID, s.UserID, s.When, s.Lang = a.GuildID, a.UserID, bot.Instantly, a.P.Lang()
	s, err := d.Subscriptions.Save(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	return d.subscribed(ctx, a, s)
}

// watched is what a subscription watches: its topic, a story's headline or an
// actor's name.
func (d *desk) watched(ctx context.Context, a *Ask, s bot.Subscription) (string, error) {
	scope := a.Scope
	if s.GuildID != bot.DirectGuild {
		scope = bot.Scope{GuildID: s.GuildID, UserID: a.UserID}
	}
	var name, gone string
	var err error
	switch {
	case s.Query != "":
		return s.Query, nil
	case s.StoryID != 0:
		var story summarize.Story
		story, err = d.Answers.StoryOf(ctx, scope, s.StoryID)
		name, gone = story.Headline, "card.sub.story_gone"
	default:
		var dossier bot.Dossier
		dossier, err = d.Actors.Dossier(ctx, scope, s.ActorID, a.Now)
		name, gone = dossier.Actor.Name, "card.sub.actor_gone"
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return "", fmt.Errorf("name what subscription %d watches: %w", s.ID, err)
	}
	return nonEmpty(name, a.P.Plain(gone)), nil
}

// subscriptionText is what a subscription watches and how it alerts, a line each.
func (d *desk) subscriptionText(ctx context.Context, a *Ask, s bot.Subscription) ([]markdown.Text, error) {
	name, err := d.watched(ctx, a, s)
	return append([]markdown.Text{"**" + markdown.EscapeCut(name, 160) + "**"}, subscriptionLines(a.P, s)...), err
}

// subscriptionLines tell how a subscription alerts.
func subscriptionLines(p *locale.Printer, s bot.Subscription) []markdown.Text {
	where := p.T("choice.where.dm")
	if s.ChannelID != "" {
		where = markdown.Channel(s.ChannelID)
	}
	when := p.T("choice.when.instantly")
	if s.When == bot.Daily {
		when = p.T("card.sub.daily", "Time", clock(s.DailyAt))
	}
	parts := []markdown.Text{where, when}
	if s.MinPublishers > 1 {
		parts = append(parts, p.N("card.schedule.floor", s.MinPublishers))
	}
	if s.QuietFrom != s.QuietTo {
		parts = append(parts, p.T("card.sub.quiet", "From", clock(s.QuietFrom), "To", clock(s.QuietTo)))
	}
	if s.DailyCap > 0 {
		parts = append(parts, p.N("card.sub.cap", s.DailyCap))
	}
	if s.Zone != "" && (s.When == bot.Daily || s.QuietFrom != s.QuietTo) {
		parts = append(parts, markdown.Escape(s.Zone))
	}
	lines := []markdown.Text{"-# " + markdown.Join(" · ", parts...)}
	if s.Paused {
		lines = append(lines, p.T("card.schedule.paused"))
	}
	return lines
}

// clock writes a minute of the day.
func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// subscriptions lists the asker's own, with a menu to change one.
func (d *desk) subscriptions(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.mine(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 0 {
		return say(cards.Say(cards.Plain, a.P.T("card.subs.title"), a.P.T("card.subs.none"))), nil
	}
	var rows []cards.Row
	for _, s := range list {
		lines, err := d.subscriptionText(ctx, a, s)
		if err != nil {
			return Reply{}, err
		}
		rows = append(rows, cards.Row{Lines: lines})
	}
	parts := cards.List(a.P, cards.Plain, a.P.T("card.subs.title"), a.P.N("card.subs.count", len(list)), rows, listedAtOnce)
	choices, err := d.subscriptionChoices(ctx, a, list)
	if err != nil {
		return Reply{}, err
	}
	last := len(parts) - 1
	parts[last] = parts[last].With(cards.Menu(cards.ID(cards.ActSubscription), a.P.Plain("card.subs.pick"), choices))
	return say(parts...), nil
}

func (d *desk) subscriptionChoices(ctx context.Context, a *Ask, list []bot.Subscription) ([]bot.Suggestion, error) {
	var out []bot.Suggestion
	for _, s := range list {
		label, err := d.watched(ctx, a, s)
		if err != nil {
			return nil, err
		}
		out = append(out, bot.Suggestion{Label: label, Value: strconv.FormatInt(s.ID, 10)})
	}
	return out, nil
}

// subscription shows one of them, with what can be done.
func (d *desk) subscription(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.subscriptionOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	card, err := d.subscriptionCard(ctx, a, "", s)
	return say(card), err
}

func (d *desk) subscriptionOf(ctx context.Context, a *Ask) (bot.Subscription, error) {
	id, _ := a.id()
	return d.subscriptionByID(ctx, a, id)
}

func (d *desk) subscriptionByID(ctx context.Context, a *Ask, id int64) (bot.Subscription, error) {
	s, err := d.Subscriptions.Store.Subscription(ctx, id)
	if errors.Is(err, bot.ErrNotFound) || err == nil && !a.mayChange(s) {
		return bot.Subscription{}, noSubscription()
	}
	if err != nil {
		return bot.Subscription{}, fmt.Errorf("load subscription %d: %w", id, err)
	}
	return s, nil
}

func noSubscription() error {
	return bot.NewUserError("subscription_unknown", "There is no such subscription of yours.")
}

func (d *desk) subscriptionCard(ctx context.Context, a *Ask, title markdown.Text, s bot.Subscription) (cards.Message, error) {
	lines, err := d.subscriptionText(ctx, a, s)
	pause := a.P.Plain("btn.pause")
	if s.Paused {
		pause = a.P.Plain("btn.resume")
	}
	return cards.Say(cards.Plain, title, lines...).With(cards.Buttons(
		cards.Button(cards.ActSubPause, s.ID, pause), cards.Button(cards.ActSubEdit, s.ID, a.P.Plain("btn.edit")), cards.Danger(cards.ActSubDelete, s.ID, a.P.Plain("btn.delete")))).Private(), err
}

// pauseSubscription pauses a subscription, or lets it go on.
func (d *desk) pauseSubscription(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.subscriptionOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	s.Paused = !s.Paused
	if s, err = d.Subscriptions.Save(ctx, s); err != nil {
		return Reply{}, err
	}
	card, err := d.subscriptionCard(ctx, a, "", s)
	return Reply{Update: true, Messages: []cards.Message{card}}, err
}

// deleteSubscription deletes the subscription that a button names.
func (d *desk) deleteSubscription(ctx context.Context, a *Ask) (Reply, error) {
	id, _ := a.id()
	r, err := d.unsubscribed(ctx, a, id)
	r.Update = true
	return r, err
}

// unsubscribe deletes the subscription that the option names.
func (d *desk) unsubscribe(ctx context.Context, a *Ask) (Reply, error) {
	named := a.Text("subscription")
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return d.unsubscribed(ctx, a, id)
	}
	list, err := d.mine(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	for _, s := range list {
		name, err := d.watched(ctx, a, s)
		if err != nil {
			return Reply{}, err
		}
		if strings.EqualFold(name, named) {
			return d.unsubscribed(ctx, a, s.ID)
		}
	}
	return Reply{}, noSubscription()
}

func (d *desk) unsubscribed(ctx context.Context, a *Ask, id int64) (Reply, error) {
	s, err := d.subscriptionByID(ctx, a, id)
	if err != nil {
		return Reply{}, err
	}
	name, err := d.watched(ctx, a, s)
	if err != nil {
		return Reply{}, err
	}
	if err := d.Subscriptions.Remove(ctx, id); err != nil {
		return Reply{}, err
	}
	return say(cards.Say(cards.Good, a.P.T("reply.unsubscribed"), "**"+markdown.EscapeCut(name, 160)+"**").Private()), nil
}

func (d *desk) suggestSubscriptions(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.mine(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	choices, err := d.subscriptionChoices(ctx, a, list)
	if err != nil {
		return Reply{}, err
	}
	var out []bot.Suggestion
	for _, s := range choices {
		if strings.Contains(strings.ToLower(s.Label), strings.ToLower(a.Text("subscription"))) {
			out = append(out, s)
		}
	}
	return Reply{Choices: out}, nil
}

// editSubscription opens the form with what can be changed.
func (d *desk) editSubscription(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.subscriptionOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	var fields []cards.Component
	if s.Query != "" {
		fields = append(fields, cards.Input("topic", a.P.Plain("form.topic"), s.Query, 200, true))
	}
	when := string(bot.Instantly)
	if s.When == bot.Daily {
		when = clock(s.DailyAt)
	}
	quiet := ""
	if s.QuietFrom != s.QuietTo {
		quiet = clock(s.QuietFrom) + "-" + clock(s.QuietTo)
	}
	fields = append(fields,
		cards.Input("when", a.P.Plain("form.when"), when, 20, true),
		cards.Input("quiet", a.P.Plain("form.quiet"), quiet, 20, false),
		cards.Input("cap", a.P.Plain("form.cap"), strconv.Itoa(s.DailyCap), 3, false),
		cards.Input("zone", a.P.Plain("form.zone"), s.Zone, 60, false))
	return Reply{Form: &Form{ID: cards.ID(cards.ActSubEditForm, s.ID), Title: a.P.Plain("form.subscription"), Fields: fields}}, nil
}

// editedSubscription saves what the form says.
func (d *desk) editedSubscription(ctx context.Context, a *Ask) (Reply, error) {
	s, err := d.subscriptionOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	if v := a.Fields["topic"]; v != "" && s.Query != "" {
		s.Query = v
	}
	switch v := strings.ToLower(a.Fields["when"]); v {
	case "":
	case string(bot.Instantly):
		s.When = bot.Instantly
	case string(bot.Daily):
		s.When, s.DailyAt = bot.Daily, manage.DefaultDailyAt
	default:
		if s.DailyAt, err = bot.ParseClock(v); err != nil {
			return Reply{}, err
		}
		s.When = bot.Daily
	}
	if v, ok := a.Fields["quiet"]; ok {
		if s.QuietFrom, s.QuietTo, err = manage.ParseQuiet(v); err != nil {
			return Reply{}, err
		}
	}
	if v := a.Fields["cap"]; v != "" {
		if s.DailyCap, err = strconv.Atoi(v); err != nil {
			return Reply{}, bot.NewUserError("cap", "Expected 1 to 200 alerts a day, not {count}.", "count", v)
		}
	}
	if v := a.Fields["zone"]; v != "" {
		s.Zone = v
	}
	if s, err = d.Subscriptions.Save(ctx, s); err != nil {
		return Reply{}, err
	}
	card, err := d.subscriptionCard(ctx, a, a.P.T("reply.sub.changed"), s)
	return Reply{Update: true, Messages: []cards.Message{card}}, err
}
