package discord

import (
	"context"
	"errors"
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

const day = 24 * time.Hour

// status shows how the server's briefings stand: what is next, what waits, and
// what is in trouble.
func (d *desk) status(ctx context.Context, a *Ask) (Reply, error) {
	st, err := d.Status.Status(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("count: %w", err)
	}
	schedules, err := d.Schedules.Store.Schedules(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("list schedules: %w", err)
	}
	trouble, healthy, err := d.Feeds.Health(ctx, a.GuildID)
	if err != nil {
		return Reply{}, err
	}
	parked, err := d.Outbox.ParkedRoutes(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("list closed channels: %w", err)
	}
	paused := 0
	for _, s := range schedules {
		if s.Paused {
			paused++
		}
	}
	schedules = slices.DeleteFunc(schedules, func(s bot.Schedule) bool { return s.Paused || s.NextRunAt.IsZero() })
	slices.SortFunc(schedules, func(x, y bot.Schedule) int { return x.NextRunAt.Compare(y.NextRunAt) })
	var next []markdown.Text
	for i, s := range schedules {
		if i == 5 {
			break
		}
		next = append(next, a.P.T("card.status.due", "Name", "**"+scheduleName(a.P, s)+"**", "Channel", markdown.Channel(s.ChannelID), "At", s.NextRunAt))
	}
	weights, err := d.Weights.Weights(ctx, a.ChannelID)
	if err != nil {
		return Reply{}, fmt.Errorf("list the weights: %w", err)
	}
	model, err := d.Model.ModelStanding(ctx, a.GuildID)
	if err != nil {
		return Reply{}, fmt.Errorf("how the language model stands: %w", err)
	}
	guild, err := d.Guilds.Get(ctx, a.GuildID)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Status(a.P, cards.StatusCard{Status: st, Next: next, Paused: paused, Healthy: healthy, Trouble: trouble, Parked: parked, Weights: weights,
		Model: model, OptedOut: guild.LLMOptOut, Now: a.Now})), nil
}

// why tells what became of an article, story or message.
func (d *desk) why(ctx context.Context, a *Ask) (Reply, error) {
	query := messageID(a.Text("item"))
	traces, err := d.Traces.Trace(ctx, a.Scope, query)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return Reply{}, fmt.Errorf("trace: %w", err)
	}
	if len(traces) == 0 {
		return Reply{}, bot.NewUserError("no_trace", "Nothing of that is known in the feeds followed here. Give an article's link, a message's id or link, or a story's id.")
	}
	return say(cards.Traces(a.P, traces)...), nil
}

// messageID takes the message out of a link to it.
func messageID(s string) string {
	for _, host := range []string{"https://discord.com/channels/", "https://ptb.discord.com/channels/", "https://canary.discord.com/channels/"} {
		if rest, ok := strings.CutPrefix(s, host); ok {
			if parts := strings.Split(rest, "/"); len(parts) == 3 {
				return parts[2]
			}
		}
	}
	return s
}

// mergeActors makes two entries one.
func (d *desk) mergeActors(ctx context.Context, a *Ask) (Reply, error) {
	into, err := d.oneActor(ctx, a, "into")
	if err != nil {
		return Reply{}, err
	}
	from, err := d.oneActor(ctx, a, "from")
	if err != nil {
		return Reply{}, err
	}
	if into.ID == from.ID {
		return Reply{}, bot.NewUserError("same_actor", "These are the same entry already.")
	}
	op, err := d.ActorOps.MergeActors(ctx, into.ID, from.ID, a.UserID, a.Now)
	if err != nil {
		return Reply{}, fmt.Errorf("merge actors: %w", err)
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.actors.merged", "From", from.Name, "Into", into.Name, "Operation", strconv.FormatInt(op, 10)))), nil
}

// splitActor gives some of an entry's names to a new one.
func (d *desk) splitActor(ctx context.Context, a *Ask) (Reply, error) {
	actor, err := d.oneActor(ctx, a, "actor")
	if err != nil {
		return Reply{}, err
	}
	var names []string
	for name := range strings.SplitSeq(a.Text("aliases"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		i := slices.IndexFunc(actor.Aliases, func(alias string) bool { return strings.EqualFold(alias, name) })
		if i < 0 {
			return Reply{}, bot.NewUserError("no_alias", "“{Name}” is not one of its names: {Names}.", "Name", name, "Names", strings.Join(actor.Aliases, ", "))
		}
		names = append(names, actor.Aliases[i])
	}
	if len(names) == 0 || len(names) >= len(actor.Aliases)+1 {
		return Reply{}, bot.NewUserError("split_all", "Leave the entry at least one of its names, and give at least one away.")
	}
	op, _, err := d.ActorOps.SplitActor(ctx, actor.ID, names, a.UserID, a.Now)
	if err != nil {
		return Reply{}, fmt.Errorf("split actor: %w", err)
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.actors.split", "Names", strings.Join(names, ", "), "Actor", actor.Name, "Operation", strconv.FormatInt(op, 10)))), nil
}

// undoActors takes a merge or split back.
func (d *desk) undoActors(ctx context.Context, a *Ask) (Reply, error) {
	id, err := strconv.ParseInt(a.Text("operation"), 10, 64)
	if err != nil {
		return Reply{}, bot.ErrNotFound
	}
	if err := d.ActorOps.UndoActorOp(ctx, id); err != nil {
		return Reply{}, err
	}
	return say(cards.Say(cards.Good, "", a.P.T("reply.actors.undone", "Operation", a.Text("operation")))), nil
}

// oneActor is the actor that an option names, where it can be only one.
func (d *desk) oneActor(ctx context.Context, a *Ask, option string) (summarize.KnownActor, error) {
	actor, which, err := d.actor(ctx, a, a.Text(option))
	if err != nil {
		return summarize.KnownActor{}, err
	}
	if which != nil {
		return summarize.KnownActor{}, pickActor(a.Text(option))
	}
	dossier, err := d.Actors.Dossier(ctx, a.Scope, actor.ID, a.Now)
	if errors.Is(err, bot.ErrNotFound) {
		return summarize.KnownActor{}, noActor(a.Text(option))
	}
	if err != nil {
		return summarize.KnownActor{}, fmt.Errorf("load dossier %d: %w", actor.ID, err)
	}
	return dossier.Actor, nil
}

func pickActor(name string) error {
	return bot.NewUserError("pick_actor", "More than one goes by “{Name}”: pick one from the list that appears while you type.", "Name", name)
}

// exportPerson gives the asker everything that is stored about them.
func (d *desk) exportPerson(ctx context.Context, a *Ask) (Reply, error) {
	data, err := d.Persons.ExportPerson(ctx, a.UserID)
	if err != nil {
		return Reply{}, fmt.Errorf("export a person's data: %w", err)
	}
	return say(cards.Attach(cards.Say(cards.Good, "", a.P.T("reply.privacy.export")), cards.File{Name: "sitrep-data.json", ContentType: "application/json", Data: data}).Private()), nil
}

// deletePerson asks before everything about the asker is deleted.
func (d *desk) deletePerson(_ context.Context, a *Ask) (Reply, error) {
	return say(cards.Confirm(a.P.T("reply.privacy.ask"), cards.ID(cards.ActPrivacyDelete, a.UserID), a.P.Plain("btn.delete_all"), cards.ID(cards.ActCancel, ""), a.P.Plain("btn.cancel"))), nil
}

// deletedPerson deletes everything about the asker.
func (d *desk) deletedPerson(ctx context.Context, a *Ask) (Reply, error) {
	if a.Args != a.UserID {
		return explain("error.stale_button")(ctx, a)
	}
	if err := d.Persons.DeletePerson(ctx, a.UserID); err != nil {
		return Reply{}, fmt.Errorf("delete a person's data: %w", err)
	}
	return Reply{Update: true, Messages: []cards.Message{cards.Say(cards.Good, "", a.P.T("reply.privacy.deleted")).Private()}}, nil
}
