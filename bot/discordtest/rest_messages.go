package discordtest

import (
	"net/http"
	"sort"
	"strconv"
	"time"
)

// botChannel finds the channel of a request and makes sure that the bot sees it.
func (s *Server) botChannel(c *call) (*channel, Permissions, *apiError) {
	ch := s.channels[c.params["channel_id"]]
	if ch == nil {
		return nil, 0, errUnknownChannel
	}
	p := s.permissionsIn(ch, s.botID)
	if !p.Has(ViewChannel) {
		return nil, 0, errMissingAccess
	}
	s.expire(ch)
	return ch, p, nil
}

// botMessage finds the message of a request, which has to be one that everybody sees.
func (s *Server) botMessage(c *call) (*channel, *Message, Permissions, *apiError) {
	ch, p, err := s.botChannel(c)
	if err != nil {
		return nil, nil, 0, err
	}
	m := ch.message(c.params["message_id"])
	if m == nil || m.Deleted || m.EphemeralFor != "" {
		return nil, nil, 0, errUnknownMessage
	}
	return ch, m, p, nil
}

// mayWrite says whether a message may be written in the channel with these permissions.
func mayWrite(ch *channel, p Permissions) *apiError {
	switch {
	case ch.isForum():
		return errForumChannel
	case !ch.textual():
		return errNonText
	case ch.isThread() && !p.Has(SendMessagesInThreads), !ch.isThread() && !p.Has(SendMessages):
		return errMissingPermissions
	case ch.isThread() && ch.archived && ch.locked && !p.Has(ManageThreads):
		return errThreadArchived
	}
	return nil
}

// mayCarry says whether the author may put embeds and files into a message.
func mayCarry(m *Message, p Permissions) *apiError {
	if len(m.Embeds) > 0 && !p.Has(EmbedLinks) || len(m.Attachments) > 0 && !p.Has(AttachFiles) {
		return errMissingPermissions
	}
	return nil
}

func (s *Server) createMessage(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if refusal := mayWrite(ch, p); refusal != nil {
		return 0, nil, refusal
	}
	if ch.kind == ChannelDM {
		switch u := s.users[ch.recipients[0]]; {
		case !s.acquainted(u):
			return 0, nil, errNoMutualGuild
		case u.dmsClosed:
			return 0, nil, errCannotDM
		}
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	m, refusal := s.compose(f, composition{channel: ch, files: c.files, author: s.botID})
	if refusal != nil {
		return 0, nil, refusal
	}
	if refusal := mayCarry(m, p); refusal != nil {
		return 0, nil, refusal
	}
	if m.ReplyTo != "" && !p.Has(ReadMessageHistory) {
		return 0, nil, &apiError{403, 160002, "You cannot reply without permission to read message history", nil, 0}
	}
	if enforce, _ := f.boolean("enforce_nonce"); enforce {
		if twin := s.nonceTwin(s.botID, m.Nonce); twin != nil {
			return http.StatusOK, s.messageJSON(twin, true), nil
		}
	}
	s.post(ch, m)
	return http.StatusOK, s.messageJSON(m, true), nil
}

func (s *Server) getMessage(c *call) (int, any, *apiError) {
	_, m, p, refusal := s.botMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if !p.Has(ReadMessageHistory) {
		return 0, nil, errMissingAccess
	}
	return http.StatusOK, s.messageJSON(m, false), nil
}

func (s *Server) listMessages(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if !ch.textual() {
		return 0, nil, errNonText
	}
	var errs formErrors
	q := map[string]any{}
	for k := range c.query {
		q[k] = c.query.Get(k)
	}
	f := form{v: q, errs: &errs}
	limit := 50
	if n, ok := f.integer("limit", 1, 100); ok {
		limit = int(n)
	}
	before, after, around := f.snowflake("before"), f.snowflake("after"), f.snowflake("around")
	given := 0
	for _, id := range []string{before, after, around} {
		if id != "" {
			given++
		}
	}
	if given > 1 {
		f.fail("before", "MESSAGE_LIST_EXCLUSIVE", "before, after and around are mutually exclusive")
	}
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	out := []any{}
	if !p.Has(ReadMessageHistory) {
		return http.StatusOK, out, nil // as Discord answers, without a word
	}
	for _, m := range page(ch.messages, before, after, around, limit) {
		out = append(out, s.messageJSON(m, false))
	}
	return http.StatusOK, out, nil
}

// page cuts a page out of messages, which are oldest first; the page is newest first.
func page(all []*Message, before, after, around string, limit int) []*Message {
	var seen []*Message
	for _, m := range all {
		if !m.Deleted && m.EphemeralFor == "" {
			seen = append(seen, m)
		}
	}
	from := func(id string) int { // index of the first message not older than id
		return sort.Search(len(seen), func(i int) bool { return !idLess(seen[i].ID, id) })
	}
	lo, hi := max(len(seen)-limit, 0), len(seen)
	switch {
	case before != "":
		hi = from(before)
		lo = max(hi-limit, 0)
	case after != "":
		lo = from(after)
		if lo < len(seen) && seen[lo].ID == after {
			lo++
		}
		hi = min(lo+limit, len(seen))
	case around != "":
		lo = max(from(around)-limit/2, 0)
		hi = min(lo+limit, len(seen))
	}
	var out []*Message
	for i := hi - 1; i >= lo; i-- {
		out = append(out, seen[i])
	}
	return out
}

func (s *Server) editMessage(c *call) (int, any, *apiError) {
	ch, m, p, refusal := s.botMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if m.AuthorID != s.botID {
		return 0, nil, errNotAuthor
	}
	if ch.isThread() && ch.archived {
		return 0, nil, errThreadArchived
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	next, refusal := s.revise(f, composition{channel: ch, files: c.files, author: s.botID}, m)
	if refusal != nil {
		return 0, nil, refusal
	}
	if refusal := mayCarry(next, p); refusal != nil {
		return 0, nil, refusal
	}
	if !s.oldEdit(ch, m) {
		refusal := *errOldEdits
		refusal.retryAfter = time.Hour.Seconds()
		return 0, nil, &refusal
	}
	s.replace(ch, m, next)
	return http.StatusOK, s.messageJSON(m, false), nil
}

// replace makes an edit take effect. An edit notifies nobody, so the pings of the first version stay; an answer
// that was deferred has its first version only now.
func (s *Server) replace(ch *channel, m, next *Message) {
	if !m.Loading() {
		next.Edited = s.clock.Now()
		next.Revisions++
		next.Pings = m.Pings
	}
	*m = *next
	if m.EphemeralFor == "" {
		s.dispatchMessage(ch, "MESSAGE_UPDATE", m)
	}
	s.notify()
}

func (s *Server) deleteMessage(c *call) (int, any, *apiError) {
	ch, m, p, refusal := s.botMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if m.AuthorID != s.botID && !p.Has(ManageMessages) {
		if ch.kind == ChannelDM {
			return 0, nil, errDMChannel
		}
		return 0, nil, errMissingPermissions
	}
	s.removeMessage(ch, m)
	return http.StatusNoContent, nil, nil
}

func (s *Server) removeMessage(ch *channel, m *Message) {
	m.Deleted = true
	if m.EphemeralFor == "" {
		ev := map[string]any{"id": m.ID, "channel_id": ch.id}
		if ch.guild != nil {
			ev["guild_id"] = ch.guild.id
		}
		intent := intentGuildMessages
		if ch.guild == nil {
			intent = intentDirectMessages
		}
		s.gateway.dispatchContent(ch, intent, "MESSAGE_DELETE", ev, ev)
	}
	s.notify()
}

// DeleteMessage deletes a message as a moderator does.
func (s *Server) DeleteMessage(m *Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[m.ChannelID]; ch != nil {
		if rec := ch.message(m.ID); rec != nil {
			s.removeMessage(ch, rec)
		}
	}
}

func (s *Server) crosspost(c *call) (int, any, *apiError) {
	ch, m, p, refusal := s.botMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	switch {
	case ch.kind != ChannelAnnouncement:
		return 0, nil, errChannelType
	case m.AuthorID == s.botID && !p.Has(SendMessages), m.AuthorID != s.botID && !p.Has(ManageMessages):
		return 0, nil, errMissingPermissions
	case m.Flags&FlagCrossposted != 0:
		return 0, nil, errAlreadyCrossposted
	}
	m.Flags |= FlagCrossposted
	s.dispatchMessage(ch, "MESSAGE_UPDATE", m)
	s.notify()
	return http.StatusOK, s.messageJSON(m, false), nil
}

func (s *Server) typing(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if refusal := mayWrite(ch, p); refusal != nil {
		return 0, nil, refusal
	}
	return http.StatusNoContent, nil, nil
}

func boolParam(v string) bool {
	b, _ := strconv.ParseBool(v)
	return b
}
