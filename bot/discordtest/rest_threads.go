package discordtest

import (
	"net/http"
	"time"
)

const (
	maxThreadName  = 100
	maxAppliedTags = 5
	// forumTagNotFound is the field error for a tag that the forum doesn't have.
	forumTagNotFound = "FORUM_TAG_NOT_FOUND"
)

// threadSettings are what the three ways of starting a thread have in common.
type threadSettings struct {
	name         string
	archiveAfter int
}

func readThreadSettings(f form) threadSettings {
	t := threadSettings{name: f.reqStr("name", 1, maxThreadName), archiveAfter: 4320}
	if f.has("auto_archive_duration") {
		t.archiveAfter, _ = f.choice("auto_archive_duration", 60, 1440, 4320, 10080)
	}
	f.integer("rate_limit_per_user", 0, 21600)
	return t
}

func readAppliedTags(f form, parent *channel) []string {
	tags := f.snowflakes("applied_tags", maxAppliedTags)
	for i, id := range tags {
		found := false
		for _, t := range parent.tags {
			found = found || t.id == id
		}
		if !found {
			f.errs.add(append(f.at("applied_tags"), index(i)), forumTagNotFound, "Unknown tag.")
		}
	}
	return tags
}

func (s *Server) newThread(parent *channel, kind int, id, owner string, t threadSettings) *channel {
	th := &channel{
		id: id, name: t.name, kind: kind, guild: parent.guild, parent: parent, owner: owner,
		archiveAfter: t.archiveAfter, created: s.clock.Now(), threadMembers: map[string]bool{owner: true},
	}
	s.channels[id] = th
	return th
}

func (s *Server) announceThread(th *channel) {
	j := s.channelJSON(th)
	j["newly_created"] = true
	s.gateway.dispatchGuild(th.guild.id, intentGuilds, "THREAD_CREATE", j)
	s.notify()
}

// threadJSON is a thread with the bot's membership, as the API gives it to the one who started it.
func (s *Server) threadJSON(th *channel) map[string]any {
	j := s.channelJSON(th)
	if th.threadMembers[s.botID] {
		j["member"] = map[string]any{"id": th.id, "user_id": s.botID, "join_timestamp": timestamp(th.created), "flags": 1}
	}
	return j
}

func (s *Server) threadFromMessage(c *call) (int, any, *apiError) {
	ch, m, p, refusal := s.botMessage(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	kind := ChannelPublicThread
	switch ch.kind {
	case ChannelText:
	case ChannelAnnouncement:
		kind = ChannelAnnouncementThread
	default:
		return 0, nil, errChannelType
	}
	if !p.Has(CreatePublicThreads) {
		return 0, nil, errMissingPermissions
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	t := readThreadSettings(f)
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	if m.ThreadID != "" {
		return 0, nil, errThreadExists
	}
	th := s.newThread(ch, kind, m.ID, s.botID, t)
	m.ThreadID = th.id
	m.Flags |= FlagHasThread
	s.announceThread(th)
	s.dispatchMessage(ch, "MESSAGE_UPDATE", m)
	return http.StatusCreated, s.threadJSON(th), nil
}

func (s *Server) createThread(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	switch {
	case ch.isForum():
		return s.createPost(f, c, ch, p)
	case ch.kind != ChannelText && ch.kind != ChannelAnnouncement:
		return 0, nil, errChannelType
	}
	kind := ChannelPrivateThread // Discord's default, if no type is given
	if f.has("type") {
		kind, _ = f.choice("type", ChannelAnnouncementThread, ChannelPublicThread, ChannelPrivateThread)
	}
	t := readThreadSettings(f)
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	if (kind == ChannelAnnouncementThread) != (ch.kind == ChannelAnnouncement) {
		return 0, nil, errChannelType
	}
	need := CreatePublicThreads
	if kind == ChannelPrivateThread {
		need = CreatePrivateThreads
	}
	if !p.Has(need) {
		return 0, nil, errMissingPermissions
	}
	th := s.newThread(ch, kind, s.newID(), s.botID, t)
	s.announceThread(th)
	return http.StatusCreated, s.threadJSON(th), nil
}

// createPost starts a thread of a forum with its first message, which has the thread's id.
func (s *Server) createPost(f form, c *call, forum *channel, p Permissions) (int, any, *apiError) {
	if !p.Has(SendMessages) {
		return 0, nil, errMissingPermissions
	}
	t := readThreadSettings(f)
	tags := readAppliedTags(f, forum)
	f.require("message")
	msg, ok := f.object("message")
	if !ok {
		return 0, nil, f.errs.err()
	}
	th := &channel{guild: forum.guild, parent: forum, kind: ChannelPublicThread}
	th.id = s.newID()
	m, refusal := s.compose(msg, composition{channel: th, files: c.files, author: s.botID})
	if refusal != nil {
		return 0, nil, refusal
	}
	if refusal := mayCarry(m, p); refusal != nil {
		return 0, nil, refusal
	}
	if forum.flags&channelFlagRequireTag != 0 && len(tags) == 0 {
		return 0, nil, errTagRequired
	}
	th = s.newThread(forum, ChannelPublicThread, th.id, s.botID, t)
	th.appliedTags = tags
	s.announceThread(th)
	s.postFirst(th, m)
	j := s.threadJSON(th)
	j["message"] = s.messageJSON(m, false)
	return http.StatusCreated, j, nil
}

// postFirst posts a message that has the id of its thread.
func (s *Server) postFirst(th *channel, m *Message) {
	m.srv, m.ID, m.ChannelID, m.GuildID, m.Sent = s, th.id, th.id, th.guild.id, s.clock.Now()
	th.messages = append(th.messages, m)
	s.dispatchMessage(th, "MESSAGE_CREATE", m)
	s.notify()
}

func (s *Server) editThread(f form, th *channel, p Permissions) (int, any, *apiError) {
	manages := p.Has(ManageThreads)
	own := th.owner == s.botID
	name, archived, locked, after := th.name, th.archived, th.locked, th.archiveAfter
	if f.has("name") {
		name = f.str("name", 1, maxThreadName)
	}
	if b, ok := f.boolean("archived"); ok {
		archived = b
	}
	if b, ok := f.boolean("locked"); ok {
		locked = b
	}
	if f.has("auto_archive_duration") {
		after, _ = f.choice("auto_archive_duration", 60, 1440, 4320, 10080)
	}
	tags := th.appliedTags
	if f.has("applied_tags") {
		tags = readAppliedTags(f, th.parent)
	}
	if err := f.errs.err(); err != nil {
		return 0, nil, err
	}
	if !manages && (!own || locked != th.locked || th.locked) {
		return 0, nil, errMissingPermissions
	}
	if th.archived && archived && (name != th.name || after != th.archiveAfter) {
		return 0, nil, errThreadArchived
	}
	if archived != th.archived {
		th.archivedAt = s.clock.Now()
	}
	th.name, th.archived, th.locked, th.archiveAfter, th.appliedTags = name, archived, locked, after, tags
	s.gateway.dispatchGuild(th.guild.id, intentGuilds, "THREAD_UPDATE", s.channelJSON(th))
	s.notify()
	return http.StatusOK, s.channelJSON(th), nil
}

func (s *Server) joinThread(c *call) (int, any, *apiError) {
	return s.setThreadMember(c, true)
}

func (s *Server) leaveThread(c *call) (int, any, *apiError) {
	return s.setThreadMember(c, false)
}

func (s *Server) setThreadMember(c *call, member bool) (int, any, *apiError) {
	th, _, refusal := s.botChannel(c)
	switch {
	case refusal != nil:
		return 0, nil, refusal
	case !th.isThread():
		return 0, nil, errChannelType
	case th.archived:
		return 0, nil, errThreadArchived
	}
	if member {
		th.threadMembers[s.botID] = true
	} else {
		delete(th.threadMembers, s.botID)
	}
	s.notify()
	return http.StatusNoContent, nil, nil
}

func (s *Server) getActiveThreads(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	threads, members := []any{}, []any{}
	for _, th := range s.guildChannels(g) {
		if !th.isThread() || th.archived || !s.permissionsIn(th, s.botID).Has(ViewChannel) {
			continue
		}
		threads = append(threads, s.channelJSON(th))
		if th.threadMembers[s.botID] {
			members = append(members, map[string]any{"id": th.id, "user_id": s.botID, "join_timestamp": timestamp(th.created), "flags": 1})
		}
	}
	return http.StatusOK, map[string]any{"threads": threads, "members": members, "has_more": false}, nil
}

// expire archives a thread in which nothing was written for its time.
func (s *Server) expire(th *channel) {
	if !th.isThread() || th.archived {
		return
	}
	last := th.created
	if n := len(th.messages); n > 0 {
		last = th.messages[n-1].Sent
	}
	if now := s.clock.Now(); now.Sub(last) > time.Duration(th.archiveAfter)*time.Minute {
		th.archived, th.archivedAt = true, now
		s.gateway.dispatchGuild(th.guild.id, intentGuilds, "THREAD_UPDATE", s.channelJSON(th))
	}
}
