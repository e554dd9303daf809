package discordtest

import (
	"slices"
	"strings"
	"time"
)

// Message flags, with Discord's bits.
const (
	FlagCrossposted           = 1 << 0
	FlagSuppressEmbeds        = 1 << 2
	FlagHasThread             = 1 << 5
	FlagEphemeral             = 1 << 6
	FlagLoading               = 1 << 7
	FlagSuppressNotifications = 1 << 12
	FlagComponentsV2          = 1 << 15
)

// Message types, with Discord's numbers.
const (
	messageDefault     = 0
	messageReply       = 19
	messageCommand     = 20
	messageUserCommand = 23
)

// Message is a snapshot of one message. Its parts are shared with the server and must not be changed.
type Message struct {
	ID, ChannelID, GuildID string
	AuthorID               string
	Type                   int
	Content                string
	Embeds                 []Embed
	Components             []Component
	Attachments            []Attachment
	Flags                  int
	// Nonce is the nonce the message was created with, a string or a json.Number.
	Nonce any
	// Sent and Edited are times of the server's clock; Edited is zero if it never was.
	Sent, Edited time.Time
	// Pings says who was really notified: mentioned in the text, allowed by
	// allowed_mentions, and permitted to the author.
	Pings Pings
	// ReplyTo is the id of the message this one answers.
	ReplyTo string
	// ThreadID is the id of the thread that was started from the message.
	ThreadID string
	// EphemeralFor is the id of the only user who sees the message.
	EphemeralFor string
	// InteractionID is the interaction whose answer or follow-up this is.
	InteractionID string
	// Revisions is how often the message was edited.
	Revisions int
	Deleted   bool

	srv  *Server
	meta *interaction
}

// Pings are those whom a message notifies.
type Pings struct {
	Everyone     bool
	Users, Roles []string
}

// None says whether nobody was notified.
func (p Pings) None() bool { return !p.Everyone && len(p.Users) == 0 && len(p.Roles) == 0 }

// Attachment is a file of a message. URL serves it.
type Attachment struct {
	ID, Filename, Description, ContentType string
	URL                                    string
	Size                                   int
	Ephemeral                              bool
}

// Data is the attachment's content.
func (m *Message) Data(attachmentID string) []byte {
	m.srv.mu.Lock()
	defer m.srv.mu.Unlock()
	if f := m.srv.attachments[attachmentID]; f != nil {
		return f.data
	}
	return nil
}

// Ephemeral says whether only one user sees the message.
func (m *Message) Ephemeral() bool { return m.EphemeralFor != "" }

// Loading says whether the message is a deferred answer that is still to come.
func (m *Message) Loading() bool { return m.Flags&FlagLoading != 0 }

// V2 says whether the message is made of Components V2.
func (m *Message) V2() bool { return m.Flags&FlagComponentsV2 != 0 }

// Text is all the text of the message that a person reads, a line a part: content,
// embeds, text displays, labels of buttons and options, names of files.
func (m *Message) Text() string {
	var lines []string
	add := func(s ...string) {
		for _, x := range s {
			if x != "" {
				lines = append(lines, x)
			}
		}
	}
	add(m.Content)
	for _, e := range m.Embeds {
		add(e.Author.Name, e.Title, e.Description)
		for _, f := range e.Fields {
			add(f.Name, f.Value)
		}
		add(e.Footer.Text)
	}
	for c := range Walk(m.Components) {
		add(c.Content, c.Label, c.Placeholder, c.Description)
		for _, o := range c.Options {
			add(o.Label, o.Description)
		}
		for _, i := range c.Items {
			add(i.Description)
		}
		if c.Type == ComponentFile {
			add(c.Name)
		}
	}
	for _, a := range m.Attachments {
		add(a.Filename)
	}
	return strings.Join(lines, "\n")
}

// Find is the first component with the custom id, or else with that label; nil if there is none.
func (m *Message) Find(customIDOrLabel string) *Component {
	for c := range Walk(m.Components) {
		if c.CustomID != "" && c.CustomID == customIDOrLabel {
			return c
		}
	}
	for c := range Walk(m.Components) {
		if c.Label == customIDOrLabel && c.Type == ComponentButton {
			return c
		}
	}
	return nil
}

func (m *Message) clone() *Message {
	c := *m
	return &c
}

// visibleText is the text in which mentions count.
func (m *Message) visibleText() string {
	parts := []string{m.Content}
	for c := range Walk(m.Components) {
		if c.Type == ComponentTextDisplay {
			parts = append(parts, c.Content)
		}
	}
	return strings.Join(parts, "\n")
}

// post appends a message to a channel, gives it id and time, and tells the gateway. s.mu is held.
func (s *Server) post(c *channel, m *Message) {
	m.srv = s
	m.ID = s.newID()
	m.ChannelID = c.id
	m.GuildID = c.guildID()
	m.Sent = s.clock.Now()
	c.messages = append(c.messages, m)
	if c.isThread() {
		c.sent++
		if !c.locked {
			c.archived = false
		}
	}
	if m.EphemeralFor == "" {
		s.dispatchMessage(c, "MESSAGE_CREATE", m)
	}
	s.notify()
}

// dispatchMessage sends a message event to the sessions that asked for it.
func (s *Server) dispatchMessage(c *channel, event string, m *Message) {
	intent := intentGuildMessages
	if c.guild == nil {
		intent = intentDirectMessages
	}
	full := s.messageJSON(m, event == "MESSAGE_CREATE")
	if c.guild != nil {
		full["guild_id"] = c.guild.id
		if mem := c.guild.members[m.AuthorID]; mem != nil {
			full["member"] = mem.partial()
		}
	}
	bare := full
	if m.AuthorID != s.botID && c.guild != nil && !slices.Contains(m.Pings.Users, s.botID) {
		bare = map[string]any{}
		for k, v := range full {
			bare[k] = v
		}
		bare["content"], bare["embeds"], bare["attachments"], bare["components"] = "", []any{}, []any{}, []any{}
	}
	s.gateway.dispatchContent(c, intent, event, full, bare)
}

// messageJSON is a message as the API gives it. The nonce is only given when the message is created.
func (s *Server) messageJSON(m *Message, withNonce bool) map[string]any {
	mentions, roles := []any{}, []string{}
	for _, u := range m.Pings.Users {
		mentions = append(mentions, s.users[u].json())
	}
	roles = append(roles, m.Pings.Roles...)
	embeds := []any{}
	for _, e := range m.Embeds {
		embeds = append(embeds, e.json())
	}
	components := []any{}
	for i := range m.Components {
		components = append(components, m.Components[i].json())
	}
	files := []any{}
	for _, a := range m.Attachments {
		files = append(files, a.json())
	}
	j := map[string]any{
		"id": m.ID, "channel_id": m.ChannelID, "type": m.Type, "content": m.Content, "author": s.users[m.AuthorID].json(),
		"mentions": mentions, "mention_roles": roles, "mention_everyone": m.Pings.Everyone, "attachments": files, "embeds": embeds,
		"timestamp": timestamp(m.Sent), "edited_timestamp": nil, "flags": m.Flags, "components": components, "pinned": false, "tts": false,
	}
	if !m.Edited.IsZero() {
		j["edited_timestamp"] = timestamp(m.Edited)
	}
	if withNonce && m.Nonce != nil {
		j["nonce"] = m.Nonce
	}
	if m.ReplyTo != "" {
		ref := map[string]any{"type": 0, "channel_id": m.ChannelID, "message_id": m.ReplyTo}
		if m.GuildID != "" {
			ref["guild_id"] = m.GuildID
		}
		j["message_reference"] = ref
	}
	if m.ThreadID != "" && s.channels[m.ThreadID] != nil {
		j["thread"] = s.channelJSON(s.channels[m.ThreadID])
	}
	if in := m.meta; in != nil {
		j["application_id"] = s.app.id
		j["webhook_id"] = s.app.id
		j["interaction_metadata"] = s.interactionMetadata(in)
		if in.kind == interactionCommand {
			j["interaction"] = map[string]any{"id": in.id, "type": in.kind, "name": in.commandName, "user": s.users[in.user].json()}
		}
	}
	return j
}

func (a Attachment) json() map[string]any {
	j := map[string]any{"id": a.ID, "filename": a.Filename, "size": a.Size, "url": a.URL, "proxy_url": a.URL, "content_type": a.ContentType}
	if a.Description != "" {
		j["description"] = a.Description
	}
	if a.Ephemeral {
		j["ephemeral"] = true
	}
	return j
}
