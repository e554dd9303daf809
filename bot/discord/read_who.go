package discord

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/summarize"
)

// who shows an actor's dossier.
func (d *desk) who(ctx context.Context, a *Ask) (Reply, error) {
	actor, which, err := d.actor(ctx, a, a.Text("name"))
	if err != nil || which != nil {
		return Reply{Messages: which}, err
	}
	return d.dossier(ctx, a, actor.ID)
}

// openActor shows the dossier that a button or menu names.
func (d *desk) openActor(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	return d.dossier(ctx, a, id)
}

func (d *desk) dossier(ctx context.Context, a *Ask, id int64) (Reply, error) {
	dossier, err := d.Actors.Dossier(ctx, a.Scope, id, a.Now)
	if errors.Is(err, bot.ErrNotFound) {
		return Reply{}, noActor("")
	}
	if err != nil {
		return Reply{}, fmt.Errorf("load dossier %d: %w", id, err)
	}
	return say(cards.Dossier(a.P, dossier)), nil
}

func noActor(name string) error {
	return bot.NewUserError("no_actor", "Nobody named “{Name}” is in the feeds followed here.", "Name", name)
}

// suggestPrefix marks the value of a picked suggestion, to tell it from a name
// that is typed. It can't start a name.
const suggestPrefix = "#"

// actor finds whom a name means. Where it may be several, the answer is a
// question back.
func (d *desk) actor(ctx context.Context, a *Ask, name string) (summarize.KnownActor, []cards.Message, error) {
	if id, ok := pickedID(name); ok {
		return summarize.KnownActor{ID: id, Name: name}, nil, nil
	}
	list, err := d.Actors.FindActors(ctx, a.Scope, name, 10)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return summarize.KnownActor{}, nil, fmt.Errorf("find actor: %w", err)
	}
	switch len(list) {
	case 0:
		return summarize.KnownActor{}, nil, noActor(name)
	case 1:
		return list[0], nil, nil
	}
	var exact []summarize.KnownActor
	for _, k := range list {
		if strings.EqualFold(k.Name, name) {
			exact = append(exact, k)
		}
	}
	if len(exact) == 1 {
		return exact[0], nil, nil
	}
	return summarize.KnownActor{}, []cards.Message{cards.WhichActor(a.P, name, list)}, nil
}

// pickedID reads the id out of a suggestion's value.
func pickedID(value string) (int64, bool) {
	id, err := strconv.ParseInt(strings.TrimPrefix(value, suggestPrefix), 10, 64)
	return id, err == nil && id > 0
}

// suggestActors completes names of actors.
func (d *desk) suggestActors(ctx context.Context, a *Ask) (Reply, error) {
	list, err := d.Actors.SuggestActors(ctx, a.Scope, a.Text(a.Focused), suggestions)
	return Reply{Choices: list}, err
}

// quotes shows what an actor is quoted with.
func (d *desk) quotes(ctx context.Context, a *Ask) (Reply, error) {
	actor, which, err := d.actor(ctx, a, a.Text("name"))
	if err != nil || which != nil {
		return Reply{Messages: which}, err
	}
	return d.showQuotes(ctx, a, actor.ID, a.Text("topic"))
}

// openQuotes shows the quotes of the actor that a button names.
func (d *desk) openQuotes(ctx context.Context, a *Ask) (Reply, error) {
	id, ok := a.id()
	if !ok {
		return explain("error.stale_button")(ctx, a)
	}
	return d.showQuotes(ctx, a, id, "")
}

func (d *desk) showQuotes(ctx context.Context, a *Ask, id int64, topic string) (Reply, error) {
	dossier, err := d.Actors.Dossier(ctx, a.Scope, id, a.Now)
	if errors.Is(err, bot.ErrNotFound) {
		return Reply{}, noActor("")
	}
	if err != nil {
		return Reply{}, fmt.Errorf("load dossier %d: %w", id, err)
	}
	list, err := d.Actors.QuotesBy(ctx, a.Scope, id, topic, 15)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return Reply{}, fmt.Errorf("find quotes: %w", err)
	}
	return say(cards.Quotes(a.P, dossier.Actor.Name, topic, list)...), nil
}

// between shows what two actors did with or to each other.
func (d *desk) between(ctx context.Context, a *Ask) (Reply, error) {
	var ids [2]int64
	var names [2]string
	for i, option := range []string{"a", "b"} {
		actor, which, err := d.actor(ctx, a, a.Text(option))
		if err != nil {
			return Reply{}, err
		}
		if which != nil {
			return Reply{}, pickActor(a.Text(option))
		}
		dossier, err := d.Actors.Dossier(ctx, a.Scope, actor.ID, a.Now)
		if errors.Is(err, bot.ErrNotFound) {
			return Reply{}, noActor(a.Text(option))
		}
		if err != nil {
			return Reply{}, fmt.Errorf("load dossier %d: %w", actor.ID, err)
		}
		ids[i], names[i] = actor.ID, dossier.Actor.Name
	}
	if ids[0] == ids[1] {
		return Reply{}, bot.NewUserError("same_two", "Name two different actors.")
	}
	lines, err := d.Actors.Between(ctx, a.Scope, ids[0], ids[1], 20)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return Reply{}, fmt.Errorf("find what they share: %w", err)
	}
	return say(cards.Between(a.P, names[0], names[1], lines)...), nil
}
