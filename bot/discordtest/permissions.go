package discordtest

import (
	"fmt"
	"strconv"
	"strings"
)

// Permissions is a set of Discord permission bits.
type Permissions uint64

// The permissions that the simulation checks, with Discord's bits.
const (
	KickMembers           Permissions = 1 << 1
	Administrator         Permissions = 1 << 3
	ManageChannels        Permissions = 1 << 4
	ManageGuild           Permissions = 1 << 5
	AddReactions          Permissions = 1 << 6
	ViewChannel           Permissions = 1 << 10
	SendMessages          Permissions = 1 << 11
	ManageMessages        Permissions = 1 << 13
	EmbedLinks            Permissions = 1 << 14
	AttachFiles           Permissions = 1 << 15
	ReadMessageHistory    Permissions = 1 << 16
	MentionEveryone       Permissions = 1 << 17
	ManageRoles           Permissions = 1 << 28
	UseCommands           Permissions = 1 << 31
	ManageThreads         Permissions = 1 << 34
	CreatePublicThreads   Permissions = 1 << 35
	CreatePrivateThreads  Permissions = 1 << 36
	SendMessagesInThreads Permissions = 1 << 38
	UseExternalApps       Permissions = 1 << 50
)

// AllPermissions is every bit that Discord has given a meaning.
const AllPermissions Permissions = 1<<53 - 1

// DefaultPermissions is what @everyone has in a new server.
const DefaultPermissions = AddReactions | ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
	UseCommands | CreatePublicThreads | SendMessagesInThreads | UseExternalApps

// DefaultBotPermissions is what the bot's own role is given by AddGuild, if nothing else is asked for.
const DefaultBotPermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
	CreatePublicThreads | SendMessagesInThreads | ManageMessages

var permissionNames = []struct {
	bit  Permissions
	name string
}{
	{KickMembers, "KICK_MEMBERS"}, {Administrator, "ADMINISTRATOR"}, {ManageChannels, "MANAGE_CHANNELS"}, {ManageGuild, "MANAGE_GUILD"},
	{AddReactions, "ADD_REACTIONS"}, {ViewChannel, "VIEW_CHANNEL"}, {SendMessages, "SEND_MESSAGES"}, {ManageMessages, "MANAGE_MESSAGES"},
	{EmbedLinks, "EMBED_LINKS"}, {AttachFiles, "ATTACH_FILES"}, {ReadMessageHistory, "READ_MESSAGE_HISTORY"},
	{MentionEveryone, "MENTION_EVERYONE"}, {ManageRoles, "MANAGE_ROLES"}, {UseCommands, "USE_APPLICATION_COMMANDS"}, {ManageThreads, "MANAGE_THREADS"},
	{CreatePublicThreads, "CREATE_PUBLIC_THREADS"}, {CreatePrivateThreads, "CREATE_PRIVATE_THREADS"},
	{SendMessagesInThreads, "SEND_MESSAGES_IN_THREADS"}, {UseExternalApps, "USE_EXTERNAL_APPS"},
}

// Has says whether all of p are in the set.
func (s Permissions) Has(p Permissions) bool { return s&p == p }

// String lists the names of the bits, for test messages.
func (s Permissions) String() string {
	if s == AllPermissions {
		return "ALL"
	}
	var names []string
	rest := s
	for _, n := range permissionNames {
		if s.Has(n.bit) {
			names = append(names, n.name)
			rest &^= n.bit
		}
	}
	if rest != 0 {
		names = append(names, fmt.Sprintf("%#x", uint64(rest)))
	}
	return strings.Join(names, "|")
}

// wire is how the API writes a set: a decimal string.
func (s Permissions) wire() string { return strconv.FormatUint(uint64(s), 10) }

// overwrite is a channel's exception for one role or member.
type overwrite struct {
	id          string
	member      bool // otherwise a role
	allow, deny Permissions
}

// basePermissions is what a member has in the guild by role, before channels.
func (g *guild) basePermissions(userID string) Permissions {
	if g.owner == userID {
		return AllPermissions
	}
	m := g.members[userID]
	if m == nil {
		return 0
	}
	p := g.roles[g.id].permissions
	for _, r := range m.roles {
		if role := g.roles[r]; role != nil {
			p |= role.permissions
		}
	}
	if p.Has(Administrator) {
		return AllPermissions
	}
	return p
}

// permissionsIn is what a user may do in a channel: base permissions, then the overwrites of
// @everyone, of the roles together, and of the member. A thread follows its parent.
// A user without VIEW_CHANNEL can do nothing there. In a DM everybody concerned may do what DMs allow.
func (s *Server) permissionsIn(ch *channel, userID string) Permissions {
	if ch.guild == nil {
		for _, r := range ch.recipients {
			if r == userID {
				return ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | AddReactions | UseCommands | MentionEveryone
			}
		}
		return 0
	}
	g := ch.guild
	p := g.basePermissions(userID)
	if p == AllPermissions {
		return p
	}
	m := g.members[userID]
	if m == nil {
		return 0
	}
	at := ch
	if ch.isThread() && ch.parent != nil {
		at = ch.parent
	}
	var roleAllow, roleDeny Permissions
	var own overwrite
	for _, o := range at.overwrites {
		switch {
		case !o.member && o.id == g.id:
			p = p&^o.deny | o.allow
		case !o.member && m.hasRole(o.id):
			roleAllow |= o.allow
			roleDeny |= o.deny
		case o.member && o.id == userID:
			own = o
		}
	}
	p = p&^roleDeny | roleAllow
	p = p&^own.deny | own.allow
	if !p.Has(ViewChannel) {
		return 0
	}
	if ch.kind == ChannelPrivateThread && !ch.threadMembers[userID] && !p.Has(ManageThreads) {
		return 0
	}
	return p
}
