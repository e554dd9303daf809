package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// Deadlines of interactions. Discord waits 3 s for the first answer and takes
// edits of it for 15 min.
const (
	ackAfter       = 250 * time.Millisecond // an answer that takes longer is deferred
	autocompleteIn = 2500 * time.Millisecond
	handleIn       = 60 * time.Second
	slowIn         = 10 * time.Minute
	formIn         = 2500 * time.Millisecond // a form can't be deferred
	maxFollowUps   = 4                       // with the answer itself: what a user-installed app may send
)

// A handler answers one interaction.
type handler func(ctx context.Context, a *Ask) (Reply, error)

// A Reply is what a handler wants to be seen.
type Reply struct {
	Messages []cards.Message // the answer, and what follows it
	Update   bool            // replace the message that the component sits on, instead of answering it
	Form     *Form           // a form to fill in; only routes marked form may ask for one
	Choices  []bot.Suggestion
}

func say(m ...cards.Message) Reply { return Reply{Messages: m} }

// A Form is a modal.
type Form struct {
	ID     string
	Title  string
	Fields []cards.Component
}

// A route is a handler with what is checked before it.
type route struct {
	handle handler
	public bool // answers in the channel; otherwise only the asker sees it
	slow   bool // waits for the network: deferred at once
	form   bool // may open a form, which can't be deferred
	manage bool // needs Manage Server
	guild  bool // only inside a server that the bot is a member of
	update bool // replaces the message it came from, so a deferral shows nothing
}

// Mux takes interactions to their handlers and the answers back.
type Mux struct {
	log       *slog.Logger
	now       func() time.Time
	ackAfter  time.Duration
	formIn    time.Duration
	suggestIn time.Duration
	meter     *meter
	members   Membership

	commands map[string]route // "digest schedule"
	complete map[string]handler
	actions  map[string]route // of components and forms, by custom id action
}

// Handle answers one interaction. It returns when the answer has been sent or
// given up, and never panics.
func (m *Mux) Handle(ctx context.Context, s *discordgo.Session, i *discordgo.InteractionCreate) {
	start := m.now()
	a := newAsk(i, start)
	if a == nil {
		m.log.WarnContext(ctx, "interaction left alone: it is incomplete")
		return
	}
	a.log = m.log.With("interaction", a.ID, "guild", i.GuildID, "channel", a.ChannelID, "user", a.UserID, "type", i.Type.String())
	defer func() {
		if r := recover(); r != nil {
			a.log.ErrorContext(ctx, "interaction handling panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	w := &responder{session: s, interaction: i.Interaction}
	var name string
	var err error
	switch i.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		name, err = a.Command, m.suggest(ctx, w, a)
	case discordgo.InteractionApplicationCommand:
		name = a.Command
		rt, ok := m.commands[name]
		if !ok {
			rt = route{handle: explain("error.unknown_command")}
		}
		err = m.serve(ctx, w, a, rt)
	case discordgo.InteractionMessageComponent, discordgo.InteractionModalSubmit:
		var rt route
		name, rt = m.action(i, a)
		err = m.serve(ctx, w, a, rt)
	default:
		a.log.WarnContext(ctx, "interaction left alone: unknown type")
		return
	}
	took := m.now().Sub(start)
	if err != nil {
		a.log.ErrorContext(ctx, "interaction not answered", "name", name, "took", took, "error", err)
		return
	}
	a.log.InfoContext(ctx, "interaction answered", "name", name, "took", took)
}

// action finds the route of a component or form, and gives it its arguments.
func (m *Mux) action(i *discordgo.InteractionCreate, a *Ask) (string, route) {
	var id string
	switch d := i.Data.(type) {
	case discordgo.MessageComponentInteractionData:
		id = d.CustomID
	case discordgo.ModalSubmitInteractionData:
		id = d.CustomID
	}
	action, args, known := cards.ParseID(id)
	if !known {
		return id, route{handle: explain("error.stale_button")}
	}
	rt, ok := m.actions[action]
	if !ok {
		return id, route{handle: explain("error.stale_button")}
	}
	a.Args = args
	return action, rt
}

// explain answers with a message of the catalog.
func explain(key string) handler {
	return func(_ context.Context, a *Ask) (Reply, error) {
		return say(cards.Say(cards.Warn, "", a.P.T(key)).Private()), nil
	}
}

// suggest answers an autocomplete. It fails to an empty list: there is no way to
// show an error.
func (m *Mux) suggest(ctx context.Context, w *responder, a *Ask) error {
	ctx, cancel := context.WithTimeout(ctx, m.suggestIn)
	defer cancel()
	var choices []bot.Suggestion
	if h, ok := m.complete[a.Command+" "+a.Focused]; ok {
		reply, err := m.run(ctx, a, route{handle: m.scoped(h)})
		if err != nil {
			a.log.WarnContext(ctx, "autocomplete failed", "name", a.Command, "option", a.Focused, "error", err)
		}
		choices = reply.Choices
	}
	return w.choices(ctx, choices)
}

// serve checks, runs and answers one interaction, deferring it when it takes long.
func (m *Mux) serve(ctx context.Context, w *responder, a *Ask, rt route) error {
	limit := handleIn
	switch {
	case rt.slow:
		limit = slowIn
	case rt.form:
		limit = m.formIn
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if refusal, ok := m.refuse(a, rt); ok {
		return w.answer(ctx, Reply{Messages: []cards.Message{refusal.Private()}}, rt)
	}
	if rt.slow {
		if err := w.deferAnswer(ctx, rt); err != nil {
			return fmt.Errorf("defer the answer: %w", err)
		}
	}
	type result struct {
		reply Reply
		err   error
	}
	done := make(chan result, 1)
	go func() {
		reply, err := m.run(ctx, a, route{handle: m.scoped(rt.handle)})
		done <- result{reply, err}
	}()
	var r result
	if rt.slow || rt.form {
		r = <-done
	} else {
		timer := time.NewTimer(m.ackAfter)
		defer timer.Stop()
		select {
		case r = <-done:
		case <-timer.C:
			if err := w.deferAnswer(ctx, rt); err != nil {
				cancel()
				<-done
				return fmt.Errorf("defer the answer: %w", err)
			}
			r = <-done
		}
	}
	if r.err != nil {
		r.reply = Reply{Messages: []cards.Message{m.excuse(ctx, a, r.err).Private()}}
	}
	// The deadline is the handler's: an answer that tells of it is still sent.
	sendCtx, stop := context.WithTimeout(context.WithoutCancel(ctx), handleIn)
	defer stop()
	return w.answer(sendCtx, r.reply, rt)
}

// run calls a handler and turns its panic into an error.
func (m *Mux) run(ctx context.Context, a *Ask, rt route) (reply Reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			a.log.ErrorContext(ctx, "handler panicked", "name", a.Command, "panic", r, "stack", string(debug.Stack()))
			reply, err = Reply{}, fmt.Errorf("handler panicked: %v", r)
		}
	}()
	return rt.handle(ctx, a)
}

// scoped finds out whose feeds may answer where the question comes from outside
// of a server.
func (m *Mux) scoped(h handler) handler {
	return func(ctx context.Context, a *Ask) (Reply, error) {
		switch {
		case m.members == nil:
		case a.GuildID != "":
			m.members.Saw(a.UserID, a.GuildID)
		default:
			guilds, err := m.members.Shared(ctx, a.UserID)
			if err != nil {
				return Reply{}, fmt.Errorf("find the servers shared with the user: %w", err)
			}
			a.Scope.Guilds = guilds
		}
		return h(ctx, a)
	}
}

// refuse tells what an asker may not do, before anything is done.
func (m *Mux) refuse(a *Ask, rt route) (cards.Message, bool) {
	switch {
	case (rt.guild || rt.manage) && a.GuildID == "":
		return cards.Say(cards.Warn, "", a.P.T("error.server_only")), true
	case rt.manage && !a.Manager:
		return cards.Say(cards.Warn, "", a.P.T("error.needs_manage")), true
	case !m.meter.allow(a.UserID, a.GuildID, a.Now):
		return cards.Say(cards.Warn, "", a.P.T("error.slow_down")), true
	}
	return cards.Message{}, false
}

// excuse says what went wrong, to the person who can mend it; what nobody there
// can mend goes to the log, and they get its number.
func (m *Mux) excuse(ctx context.Context, a *Ask, err error) cards.Message {
	p := a.P
	if text, ok := userText(p, err); ok {
		a.log.InfoContext(ctx, "interaction refused", "name", a.Command, "reason", err)
		return cards.Say(cards.Warn, "", text)
	}
	a.log.ErrorContext(ctx, "interaction failed", "name", a.Command, "error", err)
	key := "error.internal"
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) { // the process is being stopped
		key = "error.timeout"
	}
	return cards.Say(cards.Bad, "", p.T(key, "ID", markdown.Code(a.ID)))
}

// userText is what a user is told of an error that is theirs to mend.
func userText(p *locale.Printer, err error) (markdown.Text, bool) {
	var fault *bot.UserError
	switch {
	case errors.As(err, &fault):
		if key := "error." + fault.Code; fault.Code != "" && p.Has(key) {
			var args []any
			for name, value := range fault.Args {
				args = append(args, name, cards.Arg(name, value))
			}
			return p.T(key, args...), true
		}
		return markdown.EscapeCut(fault.Text, 1500), true
	case errors.Is(err, bot.ErrNotFound):
		return p.T("error.not_found"), true
	case errors.Is(err, bot.ErrDuplicate):
		return p.T("error.duplicate"), true
	case errors.Is(err, bot.ErrConflict):
		return p.T("error.conflict"), true
	case errors.Is(err, bot.ErrQuota):
		return p.T("error.quota"), true
	}
	return "", false
}
