package discordtest

import (
	"math"
	"net/http"
)

func (s *Server) getChannel(c *call) (int, any, *apiError) {
	ch, _, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	return http.StatusOK, s.channelJSON(ch), nil
}

func (s *Server) editChannel(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if ch.guild == nil {
		return 0, nil, errDMChannel
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	if ch.isThread() {
		return s.editThread(f, ch, p)
	}
	if !p.Has(ManageChannels) {
		return 0, nil, errMissingPermissions
	}
	name, topic := ch.name, ch.topic
	if f.has("name") {
		name = f.str("name", 1, 100)
	}
	if f.present("topic") {
		topic = f.str("topic", 0, 4096)
	}
	kind := ch.kind
	if f.has("type") {
		kind, _ = f.choice("type", ChannelText, ChannelAnnouncement)
	}
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	ch.name, ch.topic, ch.kind = name, topic, kind
	s.gateway.dispatchGuild(ch.guild.id, intentGuilds, "CHANNEL_UPDATE", s.channelJSON(ch))
	s.notify()
	return http.StatusOK, s.channelJSON(ch), nil
}

func (s *Server) removeChannel(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if ch.guild == nil { // closing a direct message leaves it where it is
		return http.StatusOK, s.channelJSON(ch), nil
	}
	if ch.isThread() && !p.Has(ManageThreads) || !ch.isThread() && !p.Has(ManageChannels) {
		return 0, nil, errMissingPermissions
	}
	j := s.channelJSON(ch)
	s.deleteChannel(ch)
	return http.StatusOK, j, nil
}

func (s *Server) createGuildChannel(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if !g.basePermissions(s.botID).Has(ManageChannels) {
		return 0, nil, errMissingPermissions
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	name := f.reqStr("name", 1, 100)
	topic := f.str("topic", 0, 1024)
	kind := ChannelText
	if f.has("type") {
		kind, _ = f.choice("type", ChannelText, ChannelVoice, ChannelCategory, ChannelAnnouncement, ChannelForum)
	}
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	ch := &channel{id: s.newID(), name: name, topic: topic, kind: kind, guild: g, position: len(s.guildChannels(g))}
	s.channels[ch.id] = ch
	s.gateway.dispatchGuild(g.id, intentGuilds, "CHANNEL_CREATE", s.channelJSON(ch))
	s.notify()
	return http.StatusCreated, s.channelJSON(ch), nil
}

func (s *Server) putOverwrite(c *call) (int, any, *apiError) {
	ch, p, refusal := s.botChannel(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if ch.guild == nil {
		return 0, nil, errDMChannel
	}
	if !p.Has(ManageRoles) {
		return 0, nil, errMissingPermissions
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	o := overwrite{id: c.params["overwrite_id"]}
	if f.require("type") {
		kind, _ := f.choice("type", 0, 1)
		o.member = kind == 1
	}
	allow, _ := f.integer("allow", 0, math.MaxInt64)
	deny, _ := f.integer("deny", 0, math.MaxInt64)
	o.allow, o.deny = Permissions(allow), Permissions(deny)
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	if (o.allow|o.deny)&^p != 0 { // nobody hands on what they don't have
		return 0, nil, errMissingPermissions
	}
	next := []overwrite{o}
	for _, old := range ch.overwrites {
		if old.id != o.id {
			next = append(next, old)
		}
	}
	ch.overwrites = next
	s.gateway.dispatchGuild(ch.guild.id, intentGuilds, "CHANNEL_UPDATE", s.channelJSON(ch))
	s.notify()
	return http.StatusNoContent, nil, nil
}

func (s *Server) createDM(c *call) (int, any, *apiError) {
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	f.require("recipient_id")
	id := f.snowflake("recipient_id")
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	u := s.users[id]
	switch {
	case u == nil:
		return 0, nil, errUnknownUser
	case u.bot:
		return 0, nil, errCannotDM
	}
	// The channel can be had even where writing in it will be refused.
	return http.StatusOK, s.channelJSON(s.dmChannel(u)), nil
}
