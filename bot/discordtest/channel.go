package discordtest

import (
	"fmt"
	"sort"
	"time"
)

// The kinds of channel, with Discord's numbers.
const (
	ChannelText               = 0
	ChannelDM                 = 1
	ChannelVoice              = 2
	ChannelGroupDM            = 3
	ChannelCategory           = 4
	ChannelAnnouncement       = 5
	ChannelAnnouncementThread = 10
	ChannelPublicThread       = 11
	ChannelPrivateThread      = 12
	ChannelForum              = 15
	ChannelMedia              = 16
)

// channelFlagRequireTag makes a forum refuse posts without a tag.
const channelFlagRequireTag = 1 << 4

// ChannelConfig describes a new channel of a guild.
type ChannelConfig struct {
	Name  string
	Type  int // ChannelText if zero
	Topic string
	// Tags are the names of a forum's tags; RequireTag makes one necessary for each post.
	Tags       []string
	RequireTag bool
}

// channel is a channel's record: of a guild, a thread, or a DM.
type channel struct {
	id, name, topic string
	kind            int
	guild           *guild // nil for a DM
	parent          *channel
	position        int
	flags           int
	overwrites      []overwrite
	tags            []forumTag
	recipients      []string // of a DM: the user and the bot; of a group: its users
	messages        []*Message

	// Of threads.
	owner         string
	archived      bool
	locked        bool
	archiveAfter  int
	archivedAt    time.Time
	created       time.Time
	appliedTags   []string
	threadMembers map[string]bool
	sent          int // messages ever sent, without the starter of a text thread

	oldEdits []time.Time // of messages older than an hour
}

type forumTag struct {
	id, name string
}

func (c *channel) isThread() bool {
	return c.kind == ChannelAnnouncementThread || c.kind == ChannelPublicThread || c.kind == ChannelPrivateThread
}

func (c *channel) isForum() bool { return c.kind == ChannelForum || c.kind == ChannelMedia }

// textual says whether messages can be written there.
func (c *channel) textual() bool {
	switch c.kind {
	case ChannelText, ChannelDM, ChannelGroupDM, ChannelVoice, ChannelAnnouncement:
		return true
	}
	return c.isThread()
}

func (c *channel) guildID() string {
	if c.guild == nil {
		return ""
	}
	return c.guild.id
}

func (c *channel) message(id string) *Message {
	i := sort.Search(len(c.messages), func(i int) bool { return !idLess(c.messages[i].ID, id) })
	if i < len(c.messages) && c.messages[i].ID == id {
		return c.messages[i]
	}
	return nil
}

// idLess orders snowflakes, which are decimal numbers without leading zeros.
func idLess(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// Channel is a handle on one channel, thread or direct message.
type Channel struct {
	srv *Server
	ID  string
}

// AddChannel adds a channel to the guild.
func (g *Guild) AddChannel(cfg ChannelConfig) *Channel {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.newID(), name: cfg.Name, topic: cfg.Topic, kind: cfg.Type, guild: g.rec(), position: len(s.guildChannels(g.rec()))}
	for _, t := range cfg.Tags {
		c.tags = append(c.tags, forumTag{s.newID(), t})
	}
	if cfg.RequireTag {
		c.flags |= channelFlagRequireTag
	}
	s.channels[c.id] = c
	s.gateway.dispatchGuild(g.ID, intentGuilds, "CHANNEL_CREATE", s.channelJSON(c))
	s.notify()
	return &Channel{s, c.id}
}

func (s *Server) guildChannels(g *guild) []*channel {
	var out []*channel
	for _, c := range s.channels {
		if c.guild == g {
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool { return idLess(out[i].id, out[j].id) })
	return out
}

func (c *Channel) rec() *channel { return c.srv.channels[c.ID] }

// Name is the channel's name; of a direct message, the user's.
func (c *Channel) Name() string {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	return c.srv.channelName(c.ID)
}

func (s *Server) channelName(id string) string {
	rec := s.channels[id]
	if rec == nil {
		return "unknown"
	}
	if rec.kind == ChannelDM {
		return s.users[rec.recipients[0]].display()
	}
	return rec.name
}

// Guild is the channel's guild, nil for a direct message.
func (c *Channel) Guild() *Guild {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	if c.rec() == nil || c.rec().guild == nil {
		return nil
	}
	return &Guild{c.srv, c.rec().guild.id}
}

// Mention is the text that names the channel with a link.
func (c *Channel) Mention() string { return "<#" + c.ID + ">" }

// Messages are the channel's messages, oldest first, without ephemeral and deleted ones.
func (c *Channel) Messages() []*Message { return c.srv.Messages(c.ID) }

// Messages are the messages of a channel, oldest first, without ephemeral and deleted ones.
func (s *Server) Messages(channelID string) []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channelID]
	if c == nil {
		return nil
	}
	return visible(c, "")
}

// visible copies the messages of c that the user (or everybody, if empty) sees.
func visible(c *channel, userID string) []*Message {
	var out []*Message
	for _, m := range c.messages {
		if m.Deleted || m.EphemeralFor != "" && m.EphemeralFor != userID {
			continue
		}
		out = append(out, m.clone())
	}
	return out
}

// AddGroup makes a conversation of users among themselves, without the bot; those who installed the application for
// themselves can use it there.
func (s *Server) AddGroup(name string, users ...*User) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.newID(), name: name, kind: ChannelGroupDM}
	for _, u := range users {
		c.recipients = append(c.recipients, u.ID)
	}
	s.channels[c.id] = c
	return &Channel{s, c.id}
}

// Threads are the channel's threads and forum posts, oldest first.
func (c *Channel) Threads() []*Channel {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	var out []*Channel
	for _, t := range c.srv.guildChannels(c.rec().guild) {
		if t.parent != nil && t.parent.id == c.ID {
			out = append(out, &Channel{c.srv, t.id})
		}
	}
	return out
}

// TagID is the id of a forum's tag; it panics if there is none of that name.
func (c *Channel) TagID(name string) string {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	for _, t := range c.rec().tags {
		if t.name == name {
			return t.id
		}
	}
	panic(fmt.Sprintf("discordtest: channel %s has no tag %q", c.rec().name, name))
}

// Deny takes permissions away from the bot in this channel, by an overwrite for its role.
func (c *Channel) Deny(p Permissions) { c.overwriteBot(p, 0) }

// Allow gives the bot permissions in this channel, by an overwrite for its role.
func (c *Channel) Allow(p Permissions) { c.overwriteBot(0, p) }

func (c *Channel) overwriteBot(deny, allow Permissions) {
	g := c.Guild()
	if g == nil {
		panic("discordtest: a direct message has no permissions")
	}
	c.Overwrite(g.BotRole(), allow, deny)
}

// Overwrite changes what a role may do in this channel: allow and deny are added to the
// overwrite that is there, each taking its bits out of the other.
func (c *Channel) Overwrite(r *Role, allow, deny Permissions) {
	c.setOverwrite(overwrite{id: r.ID, allow: allow, deny: deny})
}

// OverwriteUser is Overwrite for one member.
func (c *Channel) OverwriteUser(u *User, allow, deny Permissions) {
	c.setOverwrite(overwrite{id: u.ID, member: true, allow: allow, deny: deny})
}

func (c *Channel) setOverwrite(o overwrite) {
	s := c.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := c.rec()
	next := make([]overwrite, 0, len(rec.overwrites)+1)
	for _, old := range rec.overwrites {
		if old.id == o.id {
			o.allow, o.deny = old.allow&^o.deny|o.allow, old.deny&^o.allow|o.deny
			continue
		}
		next = append(next, old)
	}
	rec.overwrites = append(next, o)
	s.gateway.dispatchGuild(rec.guild.id, intentGuilds, "CHANNEL_UPDATE", s.channelJSON(rec))
	s.notify()
}

// BotPermissions is what the bot may do in the channel.
func (c *Channel) BotPermissions() Permissions {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	return c.srv.permissionsIn(c.rec(), c.srv.botID)
}

// Delete deletes the channel or thread, with the threads below it.
func (c *Channel) Delete() {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	c.srv.deleteChannel(c.rec())
}

func (s *Server) deleteChannel(c *channel) {
	if c == nil {
		return
	}
	if c.isThread() {
		s.gateway.dispatchGuild(c.guild.id, intentGuilds, "THREAD_DELETE", map[string]any{
			"id": c.id, "guild_id": c.guild.id, "parent_id": c.parent.id, "type": c.kind,
		})
	} else {
		for _, t := range s.guildChannels(c.guild) {
			if t.parent == c {
				delete(s.channels, t.id)
			}
		}
		s.gateway.dispatchGuild(c.guild.id, intentGuilds, "CHANNEL_DELETE", s.channelJSON(c))
	}
	delete(s.channels, c.id)
	s.notify()
}

// Archive archives a thread, as Discord does after a time without messages; locked ones
// can be reopened by moderators only.
func (c *Channel) Archive(locked bool) {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	rec := c.rec()
	rec.archived, rec.locked, rec.archivedAt = true, locked, c.srv.clock.Now()
	c.srv.gateway.dispatchGuild(rec.guild.id, intentGuilds, "THREAD_UPDATE", c.srv.channelJSON(rec))
}

// channelJSON is a channel as the API gives it: a guild channel, a thread or a direct message.
func (s *Server) channelJSON(c *channel) map[string]any {
	j := map[string]any{"id": c.id, "type": c.kind, "flags": c.flags, "last_message_id": nil}
	for i := len(c.messages) - 1; i >= 0; i-- {
		if c.messages[i].EphemeralFor == "" {
			j["last_message_id"] = c.messages[i].ID
			break
		}
	}
	if c.kind == ChannelDM {
		j["recipients"] = []any{s.users[c.recipients[0]].json()}
		return j
	}
	if c.kind == ChannelGroupDM {
		users := []any{}
		for _, id := range c.recipients {
			users = append(users, s.users[id].json())
		}
		j["recipients"], j["name"], j["icon"], j["owner_id"], j["managed"] = users, c.name, nil, c.recipients[0], false
		return j
	}
	j["guild_id"] = c.guild.id
	j["name"] = c.name
	j["rate_limit_per_user"] = 0
	j["parent_id"] = nil
	if c.parent != nil {
		j["parent_id"] = c.parent.id
	}
	if c.isThread() {
		at := c.created
		if !c.archivedAt.IsZero() {
			at = c.archivedAt
		}
		j["owner_id"] = c.owner
		j["message_count"] = c.count()
		j["total_message_sent"] = c.sent
		j["member_count"] = len(c.threadMembers)
		j["thread_metadata"] = map[string]any{
			"archived": c.archived, "archive_timestamp": timestamp(at), "auto_archive_duration": c.archiveAfter,
			"locked": c.locked, "create_timestamp": timestamp(c.created),
		}
		if c.parent.isForum() {
			j["applied_tags"] = append([]string{}, c.appliedTags...)
		}
		return j
	}
	j["position"] = c.position
	j["topic"] = nil
	if c.topic != "" {
		j["topic"] = c.topic
	}
	j["nsfw"] = false
	ows := []any{}
	for _, o := range c.overwrites {
		kind := 0
		if o.member {
			kind = 1
		}
		ows = append(ows, map[string]any{"id": o.id, "type": kind, "allow": o.allow.wire(), "deny": o.deny.wire()})
	}
	j["permission_overwrites"] = ows
	if c.isForum() {
		tags := []any{}
		for _, t := range c.tags {
			tags = append(tags, map[string]any{"id": t.id, "name": t.name, "moderated": false, "emoji_id": nil, "emoji_name": nil})
		}
		j["available_tags"] = tags
		j["default_reaction_emoji"] = nil
		j["default_sort_order"] = nil
		j["default_forum_layout"] = 0
	}
	return j
}

// count is the number of messages in a thread, without the starter of a text thread and deleted ones.
func (c *channel) count() int {
	n := 0
	for _, m := range c.messages {
		if !m.Deleted && m.EphemeralFor == "" && m.Type == messageDefault {
			n++
		}
	}
	if c.parent != nil && c.parent.isForum() && n > 0 {
		n--
	}
	return n
}
