package discordtest

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// GuildConfig describes a new guild (a server, as users call it).
type GuildConfig struct {
	Name string
	// Locale is the guild's preferred locale. Empty: en-US.
	Locale string
	// WithoutBot makes a guild that the bot isn't in; InviteBot adds it later, and users who
	// installed the application for themselves can use it there.
	WithoutBot bool
	// BotPermissions are those of the bot's own role. Zero: DefaultBotPermissions.
	BotPermissions Permissions
	// Everyone are the permissions of @everyone. Zero: DefaultPermissions.
	Everyone Permissions
}

// guild is a guild's record.
type guild struct {
	id, name, owner, locale string
	roles                   map[string]*role
	members                 map[string]*member
	botRole                 string
	botJoined               time.Time
}

type role struct {
	id, name    string
	permissions Permissions
	position    int
	managed     bool
	mentionable bool
}

type member struct {
	user   *user
	nick   string
	roles  []string
	joined time.Time
}

func (m *member) hasRole(id string) bool { return slices.Contains(m.roles, id) }

// Guild is a handle on one guild.
type Guild struct {
	srv *Server
	ID  string
}

// Role is a handle on one role; an option of a command can be one.
type Role struct {
	guild *Guild
	ID    string
	Name  string
}

// AddGuild makes a guild. Its owner is a user of its own, the bot is invited unless told otherwise.
func (s *Server) AddGuild(cfg GuildConfig) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cfg.Locale == "" {
		cfg.Locale = "en-US"
	}
	if cfg.Everyone == 0 {
		cfg.Everyone = DefaultPermissions
	}
	owner := s.newUser("owner", false)
	g := &guild{
		id: s.newGuildID(), name: cfg.Name, owner: owner.id, locale: cfg.Locale,
		roles: map[string]*role{}, members: map[string]*member{},
	}
	g.roles[g.id] = &role{id: g.id, name: "@everyone", permissions: cfg.Everyone}
	g.members[owner.id] = &member{user: owner, joined: s.clock.Now()}
	s.guilds[g.id] = g
	if !cfg.WithoutBot {
		s.inviteBot(g, cfg.BotPermissions)
	}
	s.notify()
	return &Guild{s, g.id}
}

// AddGuilds makes n guilds with one text channel each, for tests of size. They are named after prefix.
func (s *Server) AddGuilds(n int, prefix string) []*Guild {
	out := make([]*Guild, n)
	for i := range out {
		out[i] = s.AddGuild(GuildConfig{Name: fmt.Sprintf("%s %d", prefix, i+1)})
		out[i].AddChannel(ChannelConfig{Name: "general"})
	}
	return out
}

func (s *Server) inviteBot(g *guild, p Permissions) {
	if p == 0 {
		p = DefaultBotPermissions
	}
	r := &role{id: s.newID(), name: s.app.name, permissions: p, position: len(g.roles), managed: true}
	g.roles[r.id] = r
	g.botRole = r.id
	g.botJoined = s.clock.Now()
	g.members[s.botID] = &member{user: s.users[s.botID], roles: []string{r.id}, joined: g.botJoined}
	s.gateway.dispatchGuild(g.id, intentGuilds, "GUILD_CREATE", s.guildCreate(g))
}

func (g *Guild) rec() *guild { return g.srv.guilds[g.ID] }

// Name is the guild's name.
func (g *Guild) Name() string {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.rec().name
}

// Owner is the user who owns the guild and may do everything in it.
func (g *Guild) Owner() *User {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return &User{srv: g.srv, ID: g.rec().owner}
}

// AddRole adds a role, above the present ones.
func (g *Guild) AddRole(name string, p Permissions) *Role {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	rec := g.rec()
	r := &role{id: g.srv.newID(), name: name, permissions: p, position: len(rec.roles)}
	rec.roles[r.id] = r
	g.srv.gateway.dispatchGuild(g.ID, intentGuilds, "GUILD_ROLE_CREATE", map[string]any{"guild_id": g.ID, "role": r.json()})
	return &Role{g, r.id, name}
}

// Everyone is the guild's @everyone role.
func (g *Guild) Everyone() *Role { return &Role{g, g.ID, "@everyone"} }

// BotRole is the role that came with the bot.
func (g *Guild) BotRole() *Role {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return &Role{g, g.rec().botRole, g.srv.app.name}
}

// SetPermissions changes what a role allows.
func (r *Role) SetPermissions(p Permissions) {
	s := r.guild.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := r.guild.rec().roles[r.ID]
	rec.permissions = p
	s.gateway.dispatchGuild(r.guild.ID, intentGuilds, "GUILD_ROLE_UPDATE", map[string]any{"guild_id": r.guild.ID, "role": rec.json()})
	s.notify()
}

// SetMentionable lets everybody mention the role, or only those who may mention @everyone.
func (r *Role) SetMentionable(b bool) {
	r.guild.srv.mu.Lock()
	defer r.guild.srv.mu.Unlock()
	r.guild.rec().roles[r.ID].mentionable = b
}

// Mention is the text that mentions the role.
func (r *Role) Mention() string { return "<@&" + r.ID + ">" }

// SetBotPermissions changes what the bot's own role allows; what @everyone allows stays.
func (g *Guild) SetBotPermissions(p Permissions) { g.BotRole().SetPermissions(p) }

// BotPermissions is what the bot may do in the guild, before channel overwrites.
func (g *Guild) BotPermissions() Permissions {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.rec().basePermissions(g.srv.botID)
}

// InviteBot adds the bot to the guild; a zero p means DefaultBotPermissions.
func (g *Guild) InviteBot(p Permissions) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	if g.rec().members[g.srv.botID] == nil {
		g.srv.inviteBot(g.rec(), p)
		g.srv.notify()
	}
}

// KickBot removes the bot from the guild, with its role.
func (g *Guild) KickBot() {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.srv.removeBot(g.rec())
}

// Delete deletes the guild with everything in it, as its owner can.
func (g *Guild) Delete() {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := g.rec()
	s.removeBot(rec)
	for _, c := range s.guildChannels(rec) {
		delete(s.channels, c.id)
	}
	delete(s.guilds, g.ID)
	s.notify()
}

func (s *Server) removeBot(g *guild) {
	if g.members[s.botID] == nil {
		return
	}
	s.gateway.dispatchGuild(g.id, intentGuilds, "GUILD_DELETE", map[string]any{"id": g.id})
	delete(g.members, s.botID)
	delete(g.roles, g.botRole)
	g.botRole = ""
	s.commands.forgetGuild(g.id)
	s.notify()
}

// SetAvailable tells the bot that an outage took the guild away, or that it is over. The guild stays.
func (g *Guild) SetAvailable(available bool) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	if available {
		g.srv.gateway.dispatchGuild(g.ID, intentGuilds, "GUILD_CREATE", g.srv.guildCreate(g.rec()))
	} else {
		g.srv.gateway.dispatchGuild(g.ID, intentGuilds, "GUILD_DELETE", map[string]any{"id": g.ID, "unavailable": true})
	}
}

// Channel is the guild's channel or thread of that name; it panics if there is none.
func (g *Guild) Channel(name string) *Channel {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	for _, c := range g.srv.channels {
		if c.guild != nil && c.guild.id == g.ID && c.name == name {
			return &Channel{g.srv, c.id}
		}
	}
	panic(fmt.Sprintf("discordtest: guild %s has no channel %q", g.rec().name, name))
}

// Member is the guild's member of that name; it panics if there is none.
func (g *Guild) Member(name string) *User {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	for _, m := range g.rec().members {
		if m.user.name == name {
			return &User{srv: g.srv, ID: m.user.id}
		}
	}
	panic(fmt.Sprintf("discordtest: guild %s has no member %q", g.rec().name, name))
}

func (r *role) json() map[string]any {
	j := map[string]any{
		"id": r.id, "name": r.name, "description": nil, "permissions": r.permissions.wire(), "position": r.position, "color": 0,
		"colors": map[string]any{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist":  false, "managed": r.managed, "mentionable": r.mentionable, "icon": nil, "unicode_emoji": nil, "flags": 0,
	}
	return j
}

func (g *guild) sortedRoles() []*role {
	out := make([]*role, 0, len(g.roles))
	for _, r := range g.roles {
		out = append(out, r)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].position < out[j].position })
	return out
}

func (g *guild) rolesJSON() []any {
	out := []any{}
	for _, r := range g.sortedRoles() {
		out = append(out, r.json())
	}
	return out
}

// json is the guild as GET /guilds/{guild_id} gives it.
func (g *guild) json() map[string]any {
	return map[string]any{
		"id": g.id, "name": g.name, "icon": nil, "description": nil, "home_header": nil, "splash": nil,
		"discovery_splash": nil, "features": []any{"COMMUNITY", "NEWS"}, "banner": nil, "owner_id": g.owner, "application_id": nil,
		"region": "us-west", "afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil, "system_channel_flags": 0,
		"widget_enabled": false, "widget_channel_id": nil, "verification_level": 0, "roles": g.rolesJSON(),
		"default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0, "max_presences": nil,
		"max_members": 500000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": nil,
		"premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": g.locale, "rules_channel_id": nil,
		"safety_alerts_channel_id": nil, "public_updates_channel_id": nil, "premium_progress_bar_enabled": false,
		"nsfw": false, "nsfw_level": 0, "emojis": []any{}, "stickers": []any{}, "incidents_data": nil,
	}
}

// guildCreate is the guild as the gateway sends it: what the REST API gives, with members, channels and threads.
func (s *Server) guildCreate(g *guild) map[string]any {
	j := g.json()
	channels, threads := []any{}, []any{}
	for _, c := range s.guildChannels(g) {
		if c.isThread() {
			if !c.archived && s.permissionsIn(c, s.botID) != 0 {
				threads = append(threads, s.channelJSON(c))
			}
		} else {
			channels = append(channels, s.channelJSON(c))
		}
	}
	members := []any{}
	if m := g.members[s.botID]; m != nil {
		members = append(members, m.json())
	}
	j["joined_at"] = timestamp(g.botJoined)
	j["large"] = len(g.members) > 50
	j["unavailable"] = false
	j["member_count"] = len(g.members)
	j["voice_states"] = []any{}
	j["members"] = members
	j["channels"] = channels
	j["threads"] = threads
	j["presences"] = []any{}
	j["stage_instances"] = []any{}
	j["guild_scheduled_events"] = []any{}
	j["soundboard_sounds"] = []any{}
	return j
}

func (m *member) json() map[string]any {
	j := m.partial()
	j["user"] = m.user.json()
	return j
}

// partial is a member without its user, as interactions and messages carry it.
func (m *member) partial() map[string]any {
	var nick any
	if m.nick != "" {
		nick = m.nick
	}
	roles := m.roles
	if roles == nil {
		roles = []string{}
	}
	return map[string]any{
		"avatar": nil, "banner": nil, "communication_disabled_until": nil, "flags": 0, "joined_at": timestamp(m.joined),
		"nick": nick, "pending": false, "premium_since": nil, "roles": roles, "mute": false, "deaf": false,
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
