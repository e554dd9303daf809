package discordtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The kinds of interaction, with Discord's numbers.
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

// The kinds of answer to an interaction, with Discord's numbers.
const (
	ResponsePong           = 1
	ResponseMessage        = 4
	ResponseDeferred       = 5
	ResponseDeferredUpdate = 6
	ResponseUpdate         = 7
	ResponseAutocomplete   = 8
	ResponseModal          = 9
)

const (
	// tokenLife is how long an interaction can be followed up.
	tokenLife = 15 * time.Minute
	// outsideFollowups is the number of follow-ups where the application is only installed for the user.
	outsideFollowups = 5
)

// interaction is an interaction's record.
type interaction struct {
	id, token   string
	kind        int
	commandName string
	commandKind int
	user        string
	channel     *channel
	context     int
	owners      map[string]string // how the application is installed: "0" guild, "1" user
	created     time.Time
	focused     CommandOption // of an autocomplete
	source      *Message      // whose component was used, or which a message command is about
	trigger     *interaction  // whose modal was submitted

	answered   int // the kind of the first answer; 0 while there is none
	answeredAt time.Time
	original   *Message
	revisions  int // of the original when it was answered
	modal      *Modal
	choices    []Choice
	followups  []*Message
}

// outside says whether the application is in the channel only by the user's own installation.
func (s *Server) outside(in *interaction) bool {
	if in.channel.guild != nil {
		return in.channel.guild.members[s.botID] == nil
	}
	return in.context == ContextPrivateChannel
}

func (s *Server) interactionMetadata(in *interaction) map[string]any {
	j := map[string]any{
		"id": in.id, "type": in.kind, "user": s.users[in.user].json(), "authorizing_integration_owners": in.owners,
	}
	switch in.kind {
	case interactionComponent:
		j["interacted_message_id"] = in.source.ID
	case interactionModal:
		j["triggering_interaction_metadata"] = s.interactionMetadata(in.trigger)
	case interactionCommand:
		if in.commandKind == CommandMessage {
			j["target_message_id"] = in.source.ID
		}
	}
	return j
}

// callback answers POST /interactions/{interaction_id}/{interaction_token}/callback.
func (s *Server) callback(c *call) (int, any, *apiError) {
	in := s.interactions[c.params["interaction_id"]]
	if in == nil || in.token != c.params["interaction_token"] {
		return 0, nil, errUnknownInteraction
	}
	if in.answered != 0 {
		return 0, nil, errAlreadyAcknowledged
	}
	now := s.clock.Now()
	if now.Sub(in.created) > s.cfg.ResponseTime {
		return 0, nil, errUnknownInteraction
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	f.require("type")
	kind, ok := f.choice("type", in.answers()...)
	if !ok {
		return 0, nil, errs.err()
	}
	data, hasData := f.object("data")
	if !hasData {
		data = form{v: map[string]any{}, path: f.at("data"), errs: &errs}
	}
	if refusal := s.answerInteraction(in, kind, data, hasData, c.files); refusal != nil {
		return 0, nil, refusal
	}
	in.answered, in.answeredAt = kind, now
	if in.original != nil {
		in.revisions = in.original.Revisions
	}
	s.notify()
	if boolParam(c.query.Get("with_response")) {
		return http.StatusOK, s.callbackJSON(in), nil
	}
	return http.StatusNoContent, nil, nil
}

// answers are the kinds of first answer that the interaction takes.
func (in *interaction) answers() []int64 {
	switch in.kind {
	case interactionAutocomplete:
		return []int64{ResponseAutocomplete}
	case interactionComponent:
		return []int64{ResponseMessage, ResponseDeferred, ResponseDeferredUpdate, ResponseUpdate, ResponseModal}
	case interactionModal:
		if in.source != nil {
			return []int64{ResponseMessage, ResponseDeferred, ResponseDeferredUpdate, ResponseUpdate}
		}
		return []int64{ResponseMessage, ResponseDeferred}
	}
	return []int64{ResponseMessage, ResponseDeferred, ResponseModal}
}

func (s *Server) answerInteraction(in *interaction, kind int, data form, hasData bool, files []upload) *apiError {
	comp := composition{channel: in.channel, webhook: true, files: files, author: s.botID}
	switch kind {
	case ResponseMessage:
		if !hasData {
			return errEmptyMessage
		}
		m, refusal := s.compose(data, comp)
		if refusal != nil {
			return refusal
		}
		in.original = s.postAnswer(in, m)
	case ResponseDeferred:
		m := &Message{AuthorID: s.botID, Flags: FlagLoading}
		comp.deferred = true
		s.readFlags(data, comp, m, true)
		if err := data.errs.err(); err != nil {
			return err
		}
		in.original = s.postAnswer(in, m)
	case ResponseDeferredUpdate:
		in.original = in.source
	case ResponseUpdate:
		ch, m := s.channels[in.source.ChannelID], in.source
		if m.Deleted {
			return errUnknownMessage
		}
		next, refusal := s.revise(data, comp, m)
		if refusal != nil {
			return refusal
		}
		s.replace(ch, m, next)
		in.original = m
	case ResponseAutocomplete:
		return readSuggestions(data, in)
	case ResponseModal:
		m := &Modal{srv: s, in: in}
		m.CustomID = data.reqStr("custom_id", 1, 100)
		m.Title = data.reqStr("title", 1, 45)
		m.Components = readModalComponents(data)
		if err := data.errs.err(); err != nil {
			return err
		}
		in.modal = m
	}
	return nil
}

func readSuggestions(data form, in *interaction) *apiError {
	data.require("choices")
	var out []Choice
	for _, c := range data.objects("choices", 0, maxChoices) {
		ch := Choice{Name: c.reqStr("name", 1, 100), NameLocalizations: c.localizations("name_localizations", 1, 100, nil)}
		ch.Value = readChoiceValue(c, in.focused.Type)
		out = append(out, ch)
	}
	if err := data.errs.err(); err != nil {
		return err
	}
	in.choices = out
	return nil
}

// postAnswer posts an answer or a follow-up of an interaction.
func (s *Server) postAnswer(in *interaction, m *Message) *Message {
	m.meta = in
	m.InteractionID = in.id
	switch {
	case in.kind == interactionComponent:
		m.Type, m.ReplyTo = messageReply, in.source.ID
	case in.kind == interactionCommand && in.commandKind == CommandChat && in.original == nil:
		m.Type = messageCommand
	case in.kind == interactionCommand && in.original == nil:
		m.Type = messageUserCommand
	}
	if s.outside(in) && in.channel.guild != nil && !s.permissionsIn(in.channel, in.user).Has(UseExternalApps) {
		m.Flags |= FlagEphemeral
	}
	if m.Flags&FlagEphemeral != 0 {
		m.EphemeralFor = in.user
	}
	s.post(in.channel, m)
	return m
}

func (s *Server) callbackJSON(in *interaction) map[string]any {
	j := map[string]any{"id": in.id, "type": in.kind, "channel_id": in.channel.id}
	if in.channel.guild != nil {
		j["guild_id"] = in.channel.guild.id
	}
	out := map[string]any{"interaction": j}
	if m := in.original; m != nil {
		j["response_message_id"] = m.ID
		j["response_message_loading"] = m.Loading()
		j["response_message_ephemeral"] = m.Ephemeral()
		if in.answered == ResponseMessage || in.answered == ResponseUpdate {
			out["resource"] = map[string]any{"type": in.answered, "message": s.messageJSON(m, false)}
		}
	}
	return out
}

// webhookInteraction finds the interaction of a follow-up request.
func (s *Server) webhookInteraction(c *call) (*interaction, *apiError) {
	in := s.byToken[c.params["webhook_token"]]
	if c.params["webhook_id"] != s.app.id || in == nil {
		return nil, errUnknownWebhook
	}
	if s.clock.Now().Sub(in.created) > tokenLife {
		return nil, errWebhookToken
	}
	if in.answered == 0 {
		return nil, errUnknownWebhook
	}
	if s.channels[in.channel.id] == nil {
		return nil, errUnknownChannel
	}
	return in, nil
}

func (s *Server) followup(c *call) (int, any, *apiError) {
	in, refusal := s.webhookInteraction(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if in.original != nil && in.original.Loading() && in.answered == ResponseDeferred {
		return s.editAnswer(c, in, in.original) // the first follow-up to a deferred answer is the answer
	}
	if s.outside(in) && len(in.followups) >= outsideFollowups {
		return 0, nil, errFollowupLimit
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	m, refusal := s.compose(f, composition{channel: in.channel, webhook: true, files: c.files, author: s.botID})
	if refusal != nil {
		return 0, nil, refusal
	}
	s.postAnswer(in, m)
	in.followups = append(in.followups, m)
	return http.StatusOK, s.messageJSON(m, false), nil
}

// answerMessage finds the message of a follow-up request: the original answer or a follow-up.
func (s *Server) answerMessage(c *call) (*interaction, *Message, *apiError) {
	in, refusal := s.webhookInteraction(c)
	if refusal != nil {
		return nil, nil, refusal
	}
	id, byID := c.params["message_id"]
	m := in.original
	if byID && (m == nil || m.ID != id) {
		i := slices.IndexFunc(in.followups, func(x *Message) bool { return x.ID == id })
		if i < 0 {
			return nil, nil, errUnknownMessage
		}
		m = in.followups[i]
	}
	if m == nil || m.Deleted {
		return nil, nil, errUnknownMessage
	}
	return in, m, nil
}

func (s *Server) getFollowup(c *call) (int, any, *apiError) {
	_, m, refusal := s.answerMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	return http.StatusOK, s.messageJSON(m, false), nil
}

func (s *Server) editFollowup(c *call) (int, any, *apiError) {
	in, m, refusal := s.answerMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	return s.editAnswer(c, in, m)
}

func (s *Server) editAnswer(c *call, in *interaction, m *Message) (int, any, *apiError) {
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	old := m.clone()
	old.Flags &^= FlagLoading
	next, refusal := s.revise(f, composition{channel: in.channel, webhook: true, files: c.files, ephemeral: m.Ephemeral(), author: s.botID}, old)
	if refusal != nil {
		return 0, nil, refusal
	}
	s.replace(in.channel, m, next)
	return http.StatusOK, s.messageJSON(m, false), nil
}

func (s *Server) deleteFollowup(c *call) (int, any, *apiError) {
	in, m, refusal := s.answerMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	s.removeMessage(in.channel, m)
	return http.StatusNoContent, nil, nil
}

// installations are the ways in which the application is there for an interaction of the user in the channel, out
// of those that the command is for.
func (s *Server) installations(u *user, ch *channel, types []int) map[string]string {
	owners := map[string]string{}
	if slices.Contains(types, installGuild) {
		switch {
		case ch.guild != nil && ch.guild.members[s.botID] != nil:
			owners["0"] = ch.guild.id
		case slices.Contains(ch.recipients, s.botID):
			owners["0"] = "0"
		}
	}
	if slices.Contains(types, installUser) && s.app.userInstall[u.id] {
		owners["1"] = u.id
	}
	return owners
}

// newInteraction records an interaction of the user in the channel.
func (s *Server) newInteraction(kind int, u *user, ch *channel, owners map[string]string) *interaction {
	in := &interaction{id: s.newID(), token: "int" + randomHex(40), kind: kind, user: u.id, channel: ch, created: s.clock.Now(), owners: owners}
	switch {
	case ch.guild != nil:
		in.context = ContextGuild
	case slices.Contains(ch.recipients, s.botID):
		in.context = ContextBotDM
	default:
		in.context = ContextPrivateChannel
	}
	s.interactions[in.id] = in
	s.byToken[in.token] = in
	// Wake those who wait for an answer when there will be none.
	s.clock.after(s.cfg.ResponseTime+time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notify()
	})
	return in
}

// dispatchInteraction sends an interaction to the bot.
func (s *Server) dispatchInteraction(in *interaction, data map[string]any) {
	ch, u := in.channel, s.users[in.user]
	appPerms := s.permissionsIn(ch, s.botID)
	if ch.guild == nil || ch.guild.members[s.botID] == nil {
		appPerms = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | AddReactions
	}
	chj := s.channelJSON(ch)
	chj["permissions"] = s.permissionsIn(ch, u.id).wire()
	j := map[string]any{
		"id": in.id, "application_id": s.app.id, "type": in.kind, "token": in.token, "version": 1, "data": data,
		"channel_id": ch.id, "channel": chj, "app_permissions": appPerms.wire(), "locale": u.locale, "context": in.context,
		"authorizing_integration_owners": in.owners, "entitlements": []any{}, "entitlement_sku_ids": []any{}, "attachment_size_limit": maxFileBytes,
	}
	if g := ch.guild; g != nil {
		m := g.members[u.id].json()
		m["permissions"] = s.permissionsIn(ch, u.id).wire()
		j["member"] = m
		j["guild_id"] = g.id
		j["guild_locale"] = g.locale
		j["guild"] = map[string]any{"id": g.id, "locale": g.locale, "features": []any{"COMMUNITY", "NEWS"}}
	} else {
		j["user"] = u.json()
	}
	if in.source != nil && (in.kind == interactionComponent || in.kind == interactionModal) {
		j["message"] = s.messageJSON(in.source, false)
	}
	s.gateway.dispatchInteraction(ch.guildID(), j)
}

// Response is the first answer to an interaction.
type Response struct {
	// Type is the kind of the answer, such as ResponseMessage.
	Type int
	// After is how long the bot took, by the server's clock.
	After time.Duration
	// Message is the message made or changed; nil for a modal and for suggestions. A deferred one
	// may be loading still.
	Message *Message
	Modal   *Modal
	Choices []Choice
}

func (in *interaction) response() *Response {
	r := &Response{Type: in.answered, After: in.answeredAt.Sub(in.created), Modal: in.modal, Choices: in.choices}
	if in.original != nil {
		r.Message = in.original.clone()
	}
	return r
}

func describe(in *interaction) string {
	switch in.kind {
	case interactionCommand, interactionAutocomplete:
		return fmt.Sprintf("/%s", in.commandName)
	case interactionComponent:
		return "a press on " + in.commandName
	}
	return "the modal " + in.commandName
}
