package discord

import (
	"context"
	"fmt"
	"strconv"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// How much one press leans a channel: more of it, or fewer. Each is one visible
// row that can be taken back.
const (
	moreFactor  = 1.5
	fewerFactor = 0.5
	reportQuota = 10 // reports a day of one user
)

// lean has a channel see more, or fewer, stories like the one that a button names.
func (d *desk) lean(factor float64) handler {
	return func(ctx context.Context, a *Ask) (Reply, error) {
		id, ok := a.id()
		if !ok {
			return explain("error.stale_button")(ctx, a)
		}
		s, err := d.storyOf(ctx, a, id)
		if err != nil {
			return Reply{}, err
		}
		kind, term := leaning(s)
		if term == "" {
			return Reply{}, bot.NewUserError("nothing_to_weigh", "This story names nothing that others could be likened by.")
		}
		w := bot.Weight{GuildID: a.GuildID, ChannelID: a.ChannelID, Term: term, Kind: kind, Factor: factor, By: a.UserID, At: a.Now}
		if err := d.Weights.AddWeight(ctx, w); err != nil {
			return Reply{}, fmt.Errorf("save the weight: %w", err)
		}
		key := "reply.weight.more"
		if factor < 1 {
			key = "reply.weight.fewer"
		}
		m := cards.Say(cards.Good, "", a.P.T(key, "Term", markdown.EscapeCut(term, 100), "Channel", markdown.Channel(a.ChannelID)))
		all, err := d.Weights.Weights(ctx, a.ChannelID)
		if err != nil {
			return Reply{}, fmt.Errorf("list the weights: %w", err)
		}
		var saved int64
		for _, x := range all {
			if x.Term == term && x.Kind == kind && x.By == a.UserID && x.ID > saved {
				saved = x.ID
			}
		}
		if saved != 0 {
			m = m.With(cards.Buttons(cards.Button(cards.ActUndoWeight, saved, a.P.Plain("btn.undo"))))
		}
		return say(m.Private()), nil
	}
}

// leaning is what makes other stories like this one: the actor that stands out
// most, or the only publisher.
func leaning(s summarize.Story) (kind, term string) {
	for _, actor := range s.Actors {
		if actor.Name != "" && actor.Type != summarize.Place {
			return "actor", actor.Name
		}
	}
	for _, actor := range s.Actors {
		if actor.Name != "" {
			return "actor", actor.Name
		}
	}
	for _, article := range s.Articles {
		if article.Publisher != "" {
			return "publisher", article.Publisher
		}
	}
	return "", ""
}

// undoWeight takes one leaning of this channel back.
func (d *desk) undoWeight(ctx context.Context, a *Ask) (Reply, error) {
	id, _ := a.id()
	all, err := d.Weights.Weights(ctx, a.ChannelID)
	if err != nil {
		return Reply{}, fmt.Errorf("list the weights: %w", err)
	}
	for _, w := range all {
		if w.ID == id && w.GuildID == a.GuildID {
			if err := d.Weights.RemoveWeight(ctx, id); err != nil {
				return Reply{}, fmt.Errorf("remove the weight: %w", err)
			}
			return Reply{Update: true, Messages: []cards.Message{cards.Say(cards.Good, "", a.P.T("reply.weight.undone", "Term", markdown.EscapeCut(w.Term, 100))).Private()}}, nil
		}
	}
	return Reply{}, bot.ErrNotFound
}

// report opens the form for what is wrong with a story.
func (d *desk) report(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	return Reply{Form: &Form{ID: cards.ID(cards.ActReportForm, id), Title: a.P.Plain("btn.report"),
		Fields: []cards.Component{cards.Paragraph("text", a.P.Plain("form.report"), 500)}}}, nil
}

// reported tells the admins what somebody found wrong.
func (d *desk) reported(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	s, err := d.storyOf(ctx, a, id)
	if err != nil {
		return Reply{}, err
	}
	if err := d.useQuota(ctx, a, "report:"+a.UserID, reportQuota, day); err != nil {
		return Reply{}, err
	}
	guild, err := d.Guilds.Get(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("load the server's settings: %w", err)
	}
	n := bot.Notice{Kind: "report", Lang: guild.Lang, At: a.Now, Args: map[string]string{"User": a.UserID, "Story": s.Headline, "Text": markdown.Cut(a.Fields["text"], 500)}}
	if err := d.Admins.TellAdmins(ctx, a.GuildID, n, "report:"+a.ID+":"+strconv.FormatInt(id, 10)); err != nil {
		return Reply{}, fmt.Errorf("tell the admins: %w", err)
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.reported")).Private()), nil
}
