package discordtest

import (
	"context"
	"slices"
)

// MemberConfig describes a new member of a guild.
type MemberConfig struct {
	// Locale is the language of the member's client. Empty: en-US.
	Locale string
	// Permissions, if any, come by a role made for this member.
	Permissions Permissions
	// Roles are further roles of the guild.
	Roles []*Role
	// Nick is the member's name in this guild, if not the same.
	Nick string
}

// user is a user's record.
type user struct {
	id, name, globalName string
	locale               string
	bot                  bool
	dmsClosed            bool
	dm                   *channel // with the bot
}

// User is a handle on one user, and a client to act with.
type User struct {
	srv *Server
	ID  string
	// anyway makes the client send what it would normally keep from the user.
	anyway bool
}

func (s *Server) newUser(name string, bot bool) *user {
	u := &user{id: s.newID(), name: name, locale: "en-US", bot: bot}
	s.users[u.id] = u
	return u
}

// AddUser makes a user who is in no guild yet.
func (s *Server) AddUser(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &User{srv: s, ID: s.newUser(name, false).id}
}

// AddMember makes a user and lets it join the guild.
func (g *Guild) AddMember(name string, cfg MemberConfig) *User {
	u := g.srv.AddUser(name)
	if cfg.Locale != "" {
		u.SetLocale(cfg.Locale)
	}
	u.Join(g, cfg)
	return u
}

// Join lets the user join one more guild; cfg.Locale is ignored.
func (u *User) Join(g *Guild, cfg MemberConfig) {
	if cfg.Permissions != 0 {
		cfg.Roles = append(slices.Clone(cfg.Roles), g.AddRole(u.Name()+"'s role", cfg.Permissions))
	}
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	m := &member{user: u.rec(), nick: cfg.Nick, joined: u.srv.clock.Now()}
	for _, r := range cfg.Roles {
		m.roles = append(m.roles, r.ID)
	}
	g.rec().members[u.ID] = m
}

// Leave lets the user leave the guild.
func (u *User) Leave(g *Guild) {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	delete(g.rec().members, u.ID)
}

func (u *User) rec() *user { return u.srv.users[u.ID] }

// Name is the user's name.
func (u *User) Name() string {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	return u.rec().name
}

// Mention is the text that mentions the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

// SetLocale changes the language of the user's client.
func (u *User) SetLocale(locale string) {
	if !validLocale(locale) {
		panic("discordtest: no such locale: " + locale)
	}
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.rec().locale = locale
}

// InstallApp installs the application for the user, so that its commands for user
// installs follow the user everywhere.
func (u *User) InstallApp() {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.srv.app.userInstall[u.ID] = true
}

// CloseDMs makes the user unreachable by direct message: 50007.
func (u *User) CloseDMs() { u.setDMs(true) }

// OpenDMs undoes CloseDMs.
func (u *User) OpenDMs() { u.setDMs(false) }

func (u *User) setDMs(closed bool) {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.rec().dmsClosed = closed
}

// DM is the direct-message channel of the user and the bot.
func (u *User) DM() *Channel {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	return &Channel{u.srv, u.srv.dmChannel(u.rec()).id}
}

func (s *Server) dmChannel(u *user) *channel {
	if u.dm == nil {
		u.dm = &channel{id: s.newID(), kind: ChannelDM, recipients: []string{u.id, s.botID}}
		s.channels[u.dm.id] = u.dm
	}
	return u.dm
}

// acquainted says whether the bot may write to the user at all: they have a guild in common, or the user has installed
// the application.
func (s *Server) acquainted(u *user) bool {
	if s.app.userInstall[u.id] {
		return true
	}
	for _, g := range s.guilds {
		if g.members[u.id] != nil && g.members[s.botID] != nil {
			return true
		}
	}
	return false
}

// Anyway is the same user with a client that has been tampered with: it sends commands, options
// and presses that a real one would not offer, so that the bot's own checks are seen.
func (u *User) Anyway() *User { return &User{u.srv, u.ID, true} }

// Say writes a message as the user.
func (u *User) Say(c *Channel, text string) *Message {
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &Message{Content: text, AuthorID: u.ID}
	m.Pings = s.pings(c.rec(), m, nil, u.ID)
	s.post(c.rec(), m)
	return m.clone()
}

// Sees are the messages that the user sees in the channel, oldest first: those of everybody and the
// ephemeral ones for this user.
func (u *User) Sees(c *Channel) []*Message {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	rec := c.rec()
	if rec == nil || !u.srv.permissionsIn(rec, u.ID).Has(ViewChannel) {
		return nil
	}
	return visible(rec, u.ID)
}

// WaitMessage waits for a message in the channel that meets the predicate (any, if nil); ephemeral ones count.
// Messages that are there already count, too.
func (s *Server) WaitMessage(ctx context.Context, c *Channel, pred func(*Message) bool) (*Message, error) {
	type version struct{ revisions, flags int }
	asked := map[string]version{} // versions that didn't meet it
	for {
		s.mu.Lock()
		changed := s.changed
		var news []*Message
		if rec := s.channels[c.ID]; rec != nil {
			for _, m := range rec.messages {
				v := version{m.Revisions, m.Flags}
				if old, ok := asked[m.ID]; m.Deleted || ok && old == v {
					continue
				}
				asked[m.ID] = v
				news = append(news, m.clone())
			}
		}
		s.mu.Unlock()
		for _, m := range news {
			if pred == nil || pred(m) {
				return m, nil
			}
		}
		if err := s.await(ctx, changed, "a message"); err != nil {
			return nil, err
		}
	}
}

func (u *user) display() string {
	if u.globalName != "" {
		return u.globalName
	}
	return u.name
}

func (u *user) json() map[string]any {
	var global any
	if u.globalName != "" {
		global = u.globalName
	}
	j := map[string]any{
		"id": u.id, "username": u.name, "avatar": nil, "discriminator": "0", "public_flags": 0, "flags": 0,
		"global_name": global, "primary_guild": nil, "avatar_decoration_data": nil, "banner": nil, "accent_color": nil,
	}
	if u.bot {
		j["bot"] = true
		j["discriminator"] = "4321"
	}
	return j
}
