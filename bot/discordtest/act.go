package discordtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// ErrUnavailable means that the user's client doesn't offer the command or component.
	ErrUnavailable = errors.New("not available")
	// ErrInvalidInput means that the user's client doesn't send what was entered.
	ErrInvalidInput = errors.New("invalid input")
	// ErrNoResponse means that the bot didn't answer in time (Config.ResponseTime): "The application did not respond".
	ErrNoResponse = errors.New("the application did not respond")
)

// Option is a named value for a command.
type Option struct {
	Name  string
	Value any
}

// Opt is an option with its value: a string, a bool, an int or float64, a *User, *Channel or *Role, or an Upload.
func Opt(name string, value any) Option { return Option{name, value} }

// Upload is a file that a user sends with a command or in a modal.
type Upload struct {
	Name, ContentType string
	Data              []byte
}

// Interaction is the handle of one act of a user: what the bot makes of it.
type Interaction struct {
	srv *Server
	in  *interaction
	// ID and Token are those that the bot got.
	ID, Token string
}

// Modal is a form that the bot asked a user to fill in.
type Modal struct {
	CustomID, Title string
	Components      []Component
	srv             *Server
	in              *interaction
}

// Input is the modal's component with the custom id, nil if there is none.
func (m *Modal) Input(customID string) *Component {
	for c := range Walk(m.Components) {
		if c.CustomID == customID {
			return c
		}
	}
	return nil
}

func (s *Server) handle(in *interaction) *Interaction {
	return &Interaction{srv: s, in: in, ID: in.id, Token: in.token}
}

// Response waits for the first answer. It fails with ErrNoResponse when there is none within
// Config.ResponseTime of the server's clock.
func (i *Interaction) Response(ctx context.Context) (*Response, error) {
	var r *Response
	late := false
	err := i.srv.wait(ctx, "an answer to "+describe(i.in), func() bool {
		if i.in.answered != 0 {
			r = i.in.response()
			return true
		}
		late = i.srv.clock.Now().Sub(i.in.created) > i.srv.cfg.ResponseTime
		return late
	})
	if err == nil && late && r == nil {
		err = fmt.Errorf("discordtest: %s: %w", describe(i.in), ErrNoResponse)
	}
	return r, err
}

// Message waits for the finished message: the answer, the edit that completes a deferred answer, or the
// message that a component changed.
func (i *Interaction) Message(ctx context.Context) (*Message, error) {
	r, err := i.Response(ctx)
	if err != nil {
		return nil, err
	}
	if r.Message == nil {
		return nil, fmt.Errorf("discordtest: %s was answered without a message (type %d)", describe(i.in), r.Type)
	}
	var m *Message
	gone := false
	err = i.srv.wait(ctx, "the deferred answer to "+describe(i.in), func() bool {
		o := i.in.original
		if o.Deleted {
			gone = true
			return true
		}
		if o.Loading() || i.in.answered == ResponseDeferredUpdate && o.Revisions == i.in.revisions {
			return false
		}
		m = o.clone()
		return true
	})
	if err == nil && gone {
		return nil, fmt.Errorf("discordtest: the answer to %s was deleted", describe(i.in))
	}
	return m, err
}

// Modal waits for the answer and expects it to be a modal.
func (i *Interaction) Modal(ctx context.Context) (*Modal, error) {
	r, err := i.Response(ctx)
	if err != nil {
		return nil, err
	}
	if r.Modal == nil {
		return nil, fmt.Errorf("discordtest: %s was answered with type %d, not with a modal", describe(i.in), r.Type)
	}
	return r.Modal, nil
}

// Followup waits for the n-th follow-up message, counted from 0.
func (i *Interaction) Followup(ctx context.Context, n int) (*Message, error) {
	var m *Message
	err := i.srv.wait(ctx, fmt.Sprintf("follow-up %d of %s", n, describe(i.in)), func() bool {
		if len(i.in.followups) <= n {
			return false
		}
		m = i.in.followups[n].clone()
		return true
	})
	return m, err
}

// Followups are the follow-up messages so far.
func (i *Interaction) Followups() []*Message {
	i.srv.mu.Lock()
	defer i.srv.mu.Unlock()
	var out []*Message
	for _, m := range i.in.followups {
		if !m.Deleted {
			out = append(out, m.clone())
		}
	}
	return out
}

// Command invokes a chat command in the channel. Its name may be followed by those of a subcommand
// group and a subcommand: "digest schedule".
func (u *User) Command(ctx context.Context, c *Channel, name string, options ...Option) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, ch, words, err := u.command(c, CommandChat, name)
	if err != nil {
		return nil, err
	}
	opts, path, err := subcommand(cmd, words)
	if err != nil {
		return nil, err
	}
	in := s.newInteraction(interactionCommand, u.rec(), ch, s.installations(u.rec(), ch, cmd.IntegrationTypes))
	in.commandName, in.commandKind = name, CommandChat
	res := newResolved(s, ch)
	values, err := u.fill(opts, options, "", res)
	if err != nil {
		return nil, fmt.Errorf("discordtest: /%s: %w", name, err)
	}
	s.dispatchInteraction(in, commandData(cmd, nest(path, values), res))
	return s.handle(in), nil
}

// Autocomplete types into an option of a command and returns the suggestions; further options are those
// that are filled in already.
func (u *User) Autocomplete(ctx context.Context, c *Channel, name string, typing Option, options ...Option) ([]Choice, error) {
	s := u.srv
	in, err := func() (*interaction, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		cmd, ch, words, err := u.command(c, CommandChat, name)
		if err != nil {
			return nil, err
		}
		opts, path, err := subcommand(cmd, words)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(opts, func(o CommandOption) bool { return o.Name == typing.Name })
		if i < 0 || !opts[i].Autocomplete {
			return nil, fmt.Errorf("discordtest: /%s: %w: option %q has no autocomplete", name, ErrInvalidInput, typing.Name)
		}
		in := s.newInteraction(interactionAutocomplete, u.rec(), ch, s.installations(u.rec(), ch, cmd.IntegrationTypes))
		in.commandName, in.commandKind, in.focused = name, CommandChat, opts[i]
		res := newResolved(s, ch)
		values, err := u.fill(opts, append(slices.Clone(options), typing), typing.Name, res)
		if err != nil {
			return nil, fmt.Errorf("discordtest: /%s: %w", name, err)
		}
		s.dispatchInteraction(in, commandData(cmd, nest(path, values), res))
		return in, nil
	}()
	if err != nil {
		return nil, err
	}
	r, err := s.handle(in).Response(ctx)
	if err != nil {
		return nil, err
	}
	return r.Choices, nil
}

// MessageCommand invokes a command from a message's menu, such as "Brief this".
func (u *User) MessageCommand(ctx context.Context, m *Message, name string) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, ch, _, err := u.command(&Channel{s, m.ChannelID}, CommandMessage, name)
	if err != nil {
		return nil, err
	}
	target := ch.message(m.ID)
	if target == nil || target.Deleted {
		return nil, fmt.Errorf("discordtest: %q: %w: the message is gone", name, ErrUnavailable)
	}
	in := s.newInteraction(interactionCommand, u.rec(), ch, s.installations(u.rec(), ch, cmd.IntegrationTypes))
	in.commandName, in.commandKind, in.source = name, CommandMessage, target
	data := commandData(cmd, nil, newResolved(s, ch))
	data["target_id"] = target.ID
	data["resolved"] = map[string]any{"messages": map[string]any{target.ID: s.messageJSON(target, false)}}
	s.dispatchInteraction(in, data)
	return s.handle(in), nil
}

// UserCommand invokes a command from a user's menu.
func (u *User) UserCommand(ctx context.Context, c *Channel, target *User, name string) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, ch, _, err := u.command(c, CommandUser, name)
	if err != nil {
		return nil, err
	}
	in := s.newInteraction(interactionCommand, u.rec(), ch, s.installations(u.rec(), ch, cmd.IntegrationTypes))
	in.commandName, in.commandKind = name, CommandUser
	res := newResolved(s, ch)
	res.user(target.ID)
	data := commandData(cmd, nil, res)
	data["target_id"] = target.ID
	s.dispatchInteraction(in, data)
	return s.handle(in), nil
}

// command finds the command that the user's client offers under a name.
func (u *User) command(c *Channel, kind int, name string) (*CommandInfo, *channel, []string, error) {
	s := u.srv
	fail := func(format string, args ...any) (*CommandInfo, *channel, []string, error) {
		return nil, nil, nil, fmt.Errorf("discordtest: %q for %s: %w: %s", name, u.rec().name, ErrUnavailable, fmt.Sprintf(format, args...))
	}
	ch := s.channels[c.ID]
	if ch == nil {
		return fail("the channel is gone")
	}
	words := []string{name}
	if kind == CommandChat {
		words = strings.Fields(strings.TrimPrefix(name, "/"))
	}
	if len(words) == 0 {
		return fail("no name")
	}
	locale := u.rec().locale
	var cmd *CommandInfo
	for _, x := range append(s.commands.of(ch.guildID()), s.commands.of("")...) {
		if x.Type == kind && (x.Name == words[0] || x.NameLocalizations[locale] == words[0]) {
			cmd = x
			break
		}
	}
	if cmd == nil {
		return fail("no such command is registered")
	}
	if reason := u.hidden(cmd, ch); reason != "" && !u.anyway {
		return fail("%s", reason)
	}
	if ch.guild != nil && ch.guild.members[u.ID] == nil {
		return fail("not a member of the guild")
	}
	return cmd, ch, words[1:], nil
}

// hidden says why the user's client would not offer the command in the channel; empty if it would.
func (u *User) hidden(cmd *CommandInfo, ch *channel) string {
	s := u.srv
	p := s.permissionsIn(ch, u.ID)
	if !p.Has(ViewChannel) {
		return "the user doesn't see the channel"
	}
	kind := ContextPrivateChannel
	byGuild := false
	switch {
	case ch.guild != nil:
		kind = ContextGuild
		byGuild = ch.guild.members[s.botID] != nil && slices.Contains(cmd.IntegrationTypes, installGuild)
	case slices.Contains(ch.recipients, s.botID):
		kind = ContextBotDM
		byGuild = slices.Contains(cmd.IntegrationTypes, installGuild) && s.acquainted(u.rec())
	}
	byUser := s.app.userInstall[u.ID] && slices.Contains(cmd.IntegrationTypes, installUser)
	if cmd.Contexts != nil && !slices.Contains(cmd.Contexts, kind) {
		return fmt.Sprintf("the command isn't for context %d", kind)
	}
	if !byGuild && !byUser {
		return "the application isn't installed here"
	}
	if byGuild && !byUser && ch.guild != nil {
		if !p.Has(UseCommands) {
			return "the user may not use commands in the channel"
		}
		if need := cmd.DefaultMemberPermissions; need != nil {
			if *need == 0 && p != AllPermissions {
				return "the command is for administrators"
			}
			if !p.Has(*need) {
				return fmt.Sprintf("the command needs %s", *need)
			}
		}
	}
	return ""
}

// subcommand walks down the words after a command's name; path is what leads to the options.
func subcommand(cmd *CommandInfo, words []string) (opts []CommandOption, path []CommandOption, err error) {
	opts = cmd.Options
	for len(opts) > 0 && (opts[0].Type == OptionSubcommand || opts[0].Type == OptionSubcommandGroup) {
		if len(words) == 0 {
			return nil, nil, fmt.Errorf("discordtest: /%s: %w: a subcommand is needed", cmd.Name, ErrInvalidInput)
		}
		i := slices.IndexFunc(opts, func(o CommandOption) bool { return o.Name == words[0] })
		if i < 0 {
			return nil, nil, fmt.Errorf("discordtest: /%s: %w: no subcommand %q", cmd.Name, ErrUnavailable, words[0])
		}
		path = append(path, opts[i])
		isLeaf := opts[i].Type == OptionSubcommand
		opts, words = opts[i].Options, words[1:]
		if isLeaf {
			break
		}
	}
	if len(words) > 0 {
		return nil, nil, fmt.Errorf("discordtest: /%s: %w: nothing is called %q", cmd.Name, ErrUnavailable, words[0])
	}
	return opts, path, nil
}

func nest(path []CommandOption, values []any) []any {
	for i := len(path) - 1; i >= 0; i-- {
		values = []any{map[string]any{"name": path[i].Name, "type": path[i].Type, "options": values}}
	}
	return values
}

func commandData(cmd *CommandInfo, options []any, res *resolved) map[string]any {
	d := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": cmd.Type}
	if len(options) > 0 {
		d["options"] = options
	}
	if cmd.GuildID != "" {
		d["guild_id"] = cmd.GuildID
	}
	if !res.empty() {
		d["resolved"] = res.json
	}
	return d
}

// resolved collects the objects that an interaction's values stand for.
type resolved struct {
	srv  *Server
	ch   *channel
	json map[string]map[string]any
}

func newResolved(s *Server, ch *channel) *resolved {
	return &resolved{s, ch, map[string]map[string]any{}}
}

func (r *resolved) empty() bool { return len(r.json) == 0 }

func (r *resolved) put(kind, id string, v any) {
	if r.json[kind] == nil {
		r.json[kind] = map[string]any{}
	}
	r.json[kind][id] = v
}

func (r *resolved) user(id string) {
	r.put("users", id, r.srv.users[id].json())
	if r.ch.guild != nil && r.ch.guild.members[id] != nil {
		m := r.ch.guild.members[id].partial()
		delete(m, "deaf")
		delete(m, "mute")
		m["permissions"] = r.srv.permissionsIn(r.ch, id).wire()
		r.put("members", id, m)
	}
}

func (r *resolved) role(id string) { r.put("roles", id, r.ch.guild.roles[id].json()) }

// channel puts in a partial channel: its overwrites, for one, are not among what Discord sends.
func (r *resolved) channel(id, userID string) {
	ch := r.srv.channels[id]
	j := map[string]any{"permissions": r.srv.permissionsIn(ch, userID).wire()}
	full := r.srv.channelJSON(ch)
	for _, k := range []string{"id", "name", "type", "last_message_id", "nsfw", "parent_id", "guild_id", "flags", "rate_limit_per_user", "topic", "position", "thread_metadata"} {
		if v, ok := full[k]; ok {
			j[k] = v
		}
	}
	r.put("channels", id, j)
}

func (r *resolved) upload(up Upload) string {
	s := r.srv
	id := s.newID()
	name := cleanFilename(up.Name)
	s.attachments[id] = &storedFile{name, up.ContentType, up.Data}
	a := Attachment{ID: id, Filename: name, ContentType: up.ContentType, Size: len(up.Data), Ephemeral: true,
		URL: fmt.Sprintf("http://%s/attachments/%s/%s/%s", s.addr, r.ch.id, id, name)}
	r.put("attachments", id, a.json())
	return id
}

// fill turns the user's options into those of the interaction, and checks them as a client does.
// focused is the option that is being typed, which may be unfinished.
func (u *User) fill(opts []CommandOption, given []Option, focused string, res *resolved) ([]any, error) {
	out := []any{}
	seen := map[string]bool{}
	for _, g := range given {
		i := slices.IndexFunc(opts, func(o CommandOption) bool { return o.Name == g.Name })
		if i < 0 {
			return nil, fmt.Errorf("%w: no option %q", ErrInvalidInput, g.Name)
		}
		if seen[g.Name] {
			return nil, fmt.Errorf("%w: option %q twice", ErrInvalidInput, g.Name)
		}
		seen[g.Name] = true
		v, err := u.value(opts[i], g.Value, g.Name == focused, res)
		if err != nil {
			return nil, fmt.Errorf("option %q: %w", g.Name, err)
		}
		j := map[string]any{"name": g.Name, "type": opts[i].Type, "value": v}
		if g.Name == focused {
			j["focused"] = true
		}
		out = append(out, j)
	}
	if focused == "" && !u.anyway {
		for _, o := range opts {
			if o.Required && !seen[o.Name] {
				return nil, fmt.Errorf("%w: option %q is required", ErrInvalidInput, o.Name)
			}
		}
	}
	return out, nil
}

func (u *User) value(o CommandOption, v any, typing bool, res *resolved) (any, error) {
	wrong := func() (any, error) {
		return nil, fmt.Errorf("%w: %T for an option of type %d", ErrInvalidInput, v, o.Type)
	}
	strict := !typing && !u.anyway
	switch o.Type {
	case OptionString:
		x, ok := v.(string)
		if !ok {
			return wrong()
		}
		n := utf8.RuneCountInString(x)
		if strict && (o.MinLength != nil && n < *o.MinLength || o.MaxLength != nil && n > *o.MaxLength || n > 6000) {
			return nil, fmt.Errorf("%w: %d characters", ErrInvalidInput, n)
		}
		if strict && len(o.Choices) > 0 {
			return pick(o, x)
		}
		return x, nil
	case OptionInteger, OptionNumber:
		var x float64
		switch n := v.(type) {
		case int:
			x = float64(n)
		case int64:
			x = float64(n)
		case float64:
			x = n
		case string: // a client sends what is being typed as it is, and the name of a choice as its value
			if typing {
				return n, nil
			}
			if len(o.Choices) > 0 {
				return pick(o, n)
			}
			return wrong()
		default:
			return wrong()
		}
		if o.Type == OptionInteger && x != math.Trunc(x) {
			return wrong()
		}
		if strict && (o.MinValue != nil && x < *o.MinValue || o.MaxValue != nil && x > *o.MaxValue) {
			return nil, fmt.Errorf("%w: %v is out of bounds", ErrInvalidInput, x)
		}
		if strict && len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return c.Value == x }) {
			return nil, fmt.Errorf("%w: %v is not a choice", ErrInvalidInput, x)
		}
		return x, nil
	case OptionBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return wrong()
	case OptionUser, OptionRole, OptionMentionable, OptionChannel:
		return u.entity(o, v, res)
	case OptionAttachment:
		if up, ok := v.(Upload); ok {
			return res.upload(up), nil
		}
		return wrong()
	}
	return wrong()
}

// pick is the value of the choice with the name or value s.
func pick(o CommandOption, s string) (any, error) {
	for _, c := range o.Choices {
		if c.Value == s || c.Name == s {
			return c.Value, nil
		}
	}
	return nil, fmt.Errorf("%w: %q is not a choice", ErrInvalidInput, s)
}

// entity resolves a user, role or channel for an option or a select.
func (u *User) entity(o CommandOption, v any, res *resolved) (any, error) {
	switch x := v.(type) {
	case *User:
		if o.Type == OptionUser || o.Type == OptionMentionable {
			res.user(x.ID)
			return x.ID, nil
		}
	case *Role:
		if (o.Type == OptionRole || o.Type == OptionMentionable) && res.ch.guild != nil && res.ch.guild.roles[x.ID] != nil {
			res.role(x.ID)
			return x.ID, nil
		}
	case *Channel:
		if o.Type != OptionChannel {
			break
		}
		ch := u.srv.channels[x.ID]
		if ch == nil || ch.guild != res.ch.guild || ch.guild == nil {
			return nil, fmt.Errorf("%w: the channel is not in this guild", ErrInvalidInput)
		}
		if !u.anyway && len(o.ChannelTypes) > 0 && !slices.Contains(o.ChannelTypes, ch.kind) {
			return nil, fmt.Errorf("%w: a channel of type %d", ErrInvalidInput, ch.kind)
		}
		if !u.anyway && !u.srv.permissionsIn(ch, u.ID).Has(ViewChannel) {
			return nil, fmt.Errorf("%w: the user doesn't see the channel", ErrInvalidInput)
		}
		res.channel(x.ID, u.ID)
		return x.ID, nil
	}
	return nil, fmt.Errorf("%w: %T for an option of type %d", ErrInvalidInput, v, o.Type)
}

// component finds the component of a message that the user is about to use, in the message's
// present version.
func (u *User) component(m *Message, customIDOrLabel string) (*Message, *Component, *channel, error) {
	s := u.srv
	fail := func(reason string) (*Message, *Component, *channel, error) {
		return nil, nil, nil, fmt.Errorf("discordtest: %q for %s: %w: %s", customIDOrLabel, u.rec().name, ErrUnavailable, reason)
	}
	ch := s.channels[m.ChannelID]
	if ch == nil {
		return fail("the channel is gone")
	}
	rec := ch.message(m.ID)
	if rec == nil || rec.Deleted && !u.anyway {
		return fail("the message is gone")
	}
	if rec.AuthorID != s.botID {
		return fail("the message isn't the bot's")
	}
	if !s.permissionsIn(ch, u.ID).Has(ViewChannel) || rec.EphemeralFor != "" && rec.EphemeralFor != u.ID {
		return fail("the user doesn't see the message")
	}
	c := rec.Find(customIDOrLabel)
	if c == nil && u.anyway {
		c = &Component{Type: ComponentButton, CustomID: customIDOrLabel}
	}
	switch {
	case c == nil:
		return fail("the message has no such component")
	case c.CustomID == "":
		return fail("the component sends nothing")
	case c.Disabled && !u.anyway:
		return fail("the component is disabled")
	}
	return rec, c, ch, nil
}

// componentOwners are the installations for a component: those of the interaction that made its message, or the guild's.
func (s *Server) componentOwners(u *user, ch *channel, m *Message) map[string]string {
	if m.meta != nil {
		return m.meta.owners
	}
	return s.installations(u, ch, []int{installGuild})
}

// Press presses a button, found by custom id or label in the present version of the message. With
// Anyway, a custom id that isn't there is sent all the same, as from a client that is behind.
func (u *User) Press(ctx context.Context, m *Message, customIDOrLabel string) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, c, ch, err := u.component(m, customIDOrLabel)
	if err != nil {
		return nil, err
	}
	if c.Type != ComponentButton {
		return nil, fmt.Errorf("discordtest: %q: %w: not a button", customIDOrLabel, ErrInvalidInput)
	}
	in := s.newInteraction(interactionComponent, u.rec(), ch, s.componentOwners(u.rec(), ch, rec))
	in.commandName, in.source = customIDOrLabel, rec
	s.dispatchInteraction(in, map[string]any{"custom_id": c.CustomID, "component_type": c.Type, "id": c.ID})
	return s.handle(in), nil
}

// Select chooses values in a select: strings (values or labels of options) in a string select, *User, *Role or
// *Channel in the others.
func (u *User) Select(ctx context.Context, m *Message, customID string, values ...any) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, c, ch, err := u.component(m, customID)
	if err != nil {
		return nil, err
	}
	if !c.IsSelect() {
		return nil, fmt.Errorf("discordtest: %q: %w: not a select", customID, ErrInvalidInput)
	}
	res := newResolved(s, ch)
	ids, err := u.selected(c, values, res)
	if err != nil {
		return nil, fmt.Errorf("discordtest: %q: %w", customID, err)
	}
	in := s.newInteraction(interactionComponent, u.rec(), ch, s.componentOwners(u.rec(), ch, rec))
	in.commandName, in.source = customID, rec
	data := map[string]any{"custom_id": c.CustomID, "component_type": c.Type, "id": c.ID, "values": ids}
	if !res.empty() {
		data["resolved"] = res.json
	}
	s.dispatchInteraction(in, data)
	return s.handle(in), nil
}

// selected are the wire values of a choice in a select, a radio group or a checkbox group.
func (u *User) selected(c *Component, values []any, res *resolved) ([]string, error) {
	if n := len(values); !u.anyway && (n < c.MinValues || n > c.MaxValues) {
		return nil, fmt.Errorf("%w: %d values, between %d and %d can be chosen", ErrInvalidInput, n, c.MinValues, c.MaxValues)
	}
	kinds := map[int]int{ComponentUserSelect: OptionUser, ComponentRoleSelect: OptionRole, ComponentMentionableSelect: OptionMentionable, ComponentChannelSelect: OptionChannel}
	ids := []string{}
	for _, v := range values {
		if kind := kinds[c.Type]; kind != 0 {
			id, err := u.entity(CommandOption{Type: kind, ChannelTypes: c.ChannelTypes}, v, res)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id.(string))
			continue
		}
		x, ok := v.(string)
		i := slices.IndexFunc(c.Options, func(o SelectOption) bool { return o.Value == x })
		if i < 0 {
			i = slices.IndexFunc(c.Options, func(o SelectOption) bool { return o.Label == x })
		}
		switch {
		case ok && i >= 0:
			ids = append(ids, c.Options[i].Value)
		case ok && u.anyway:
			ids = append(ids, x)
		default:
			return nil, fmt.Errorf("%w: %v is not an option", ErrInvalidInput, v)
		}
	}
	return ids, nil
}

// SubmitModal fills in a modal and sends it. Values are strings for text inputs and radio groups, []any as for
// Select for selects and checkbox groups, bools for checkboxes, []Upload for file uploads. What is not
// given keeps what the bot has filled in.
func (u *User) SubmitModal(ctx context.Context, m *Modal, values map[string]any) (*Interaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.in.user != u.ID {
		return nil, fmt.Errorf("discordtest: modal %q: %w: it was opened for somebody else", m.CustomID, ErrUnavailable)
	}
	for id := range values {
		if m.Input(id) == nil {
			return nil, fmt.Errorf("discordtest: modal %q: %w: no input %q", m.CustomID, ErrInvalidInput, id)
		}
	}
	res := newResolved(s, m.in.channel)
	list := []any{}
	for i := range m.Components {
		c := &m.Components[i]
		j := map[string]any{"type": c.Type, "id": c.ID}
		switch c.Type {
		case ComponentActionRow:
			x, err := u.input(&c.Components[0], values, res)
			if err != nil {
				return nil, fmt.Errorf("discordtest: modal %q: %w", m.CustomID, err)
			}
			j["components"] = []any{x}
		case ComponentLabel:
			x, err := u.input(c.Component, values, res)
			if err != nil {
				return nil, fmt.Errorf("discordtest: modal %q: %w", m.CustomID, err)
			}
			j["component"] = x
		}
		list = append(list, j)
	}
	in := s.newInteraction(interactionModal, u.rec(), m.in.channel, m.in.owners)
	in.commandName, in.trigger = m.CustomID, m.in
	if m.in.kind == interactionComponent {
		in.source = m.in.source
	}
	data := map[string]any{"custom_id": m.CustomID, "components": list}
	if !res.empty() {
		data["resolved"] = res.json
	}
	s.dispatchInteraction(in, data)
	return s.handle(in), nil
}

// input is what a modal's input sends.
func (u *User) input(c *Component, values map[string]any, res *resolved) (map[string]any, error) {
	j := map[string]any{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	v, given := values[c.CustomID]
	bad := func(why string) (map[string]any, error) {
		return nil, fmt.Errorf("%q: %w: %s", c.CustomID, ErrInvalidInput, why)
	}
	switch c.Type {
	case ComponentTextInput:
		text := c.Value
		if given {
			x, ok := v.(string)
			if !ok {
				return bad("text is needed")
			}
			text = x
		}
		n := utf8.RuneCountInString(text)
		if !u.anyway {
			if n == 0 && c.Required {
				return bad("this field is required")
			}
			if n > c.MaxLength || n > 0 && n < c.MinLength {
				return bad(fmt.Sprintf("%d characters, between %d and %d are allowed", n, c.MinLength, c.MaxLength))
			}
		}
		j["value"] = text
	case ComponentCheckbox:
		on := c.DefaultChecked
		if given {
			x, ok := v.(bool)
			if !ok {
				return bad("true or false is needed")
			}
			on = x
		}
		j["value"] = on
	case ComponentFileUpload:
		ups, _ := v.([]Upload)
		if given && ups == nil {
			return bad("files are needed")
		}
		if !u.anyway && (len(ups) > c.MaxValues || (len(ups) > 0 || c.Required) && len(ups) < c.MinValues) {
			return bad(fmt.Sprintf("%d files", len(ups)))
		}
		ids := []string{}
		for _, up := range ups {
			ids = append(ids, res.upload(up))
		}
		j["values"] = ids
	default:
		var chosen []any
		switch x := v.(type) {
		case nil:
			for _, o := range c.Options {
				if o.Default {
					chosen = append(chosen, o.Value)
				}
			}
		case []any:
			chosen = x
		default:
			chosen = []any{x}
		}
		if len(chosen) == 0 && !c.Required {
			j["values"] = []string{}
			if c.Type == ComponentRadioGroup {
				delete(j, "values")
				j["value"] = nil
			}
			return j, nil
		}
		if c.Type == ComponentRadioGroup && len(chosen) == 0 {
			return bad("this field is required")
		}
		ids, err := u.selected(c, chosen, res)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", c.CustomID, err)
		}
		if c.Type == ComponentRadioGroup {
			j["value"] = ids[0]
			return j, nil
		}
		j["values"] = ids
	}
	return j, nil
}
