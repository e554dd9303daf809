package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
)

// ChannelAccess is what the bot may do in a channel, and what kind it is.
type ChannelAccess struct {
	Permissions int64
	Kind        discordgo.ChannelType
}

// Access asks Discord what the bot may do in a channel, by the roles and the
// channel's own rules.
type Access struct{ REST *REST }

// Permissions returns the bot's permissions in a channel. A channel that it
// can't see at all has none; it is not an error.
func (c Access) Permissions(ctx context.Context, guildID, channelID string) (ChannelAccess, error) {
	s := c.REST.Session()
	ch, err := s.Channel(channelID, discordgo.WithContext(ctx))
	if err != nil {
		var refused *discordgo.RESTError
		if errors.As(err, &refused) && refused.Response != nil && (refused.Response.StatusCode == http.StatusForbidden || refused.Response.StatusCode == http.StatusNotFound) {
			return ChannelAccess{}, nil
		}
		return ChannelAccess{}, fmt.Errorf("look at channel %s: %w", channelID, err)
	}
	access := ChannelAccess{Kind: ch.Type}
	if ch.IsThread() { // a thread has the rules of the channel it belongs to
		if ch, err = s.Channel(ch.ParentID, discordgo.WithContext(ctx)); err != nil {
			return ChannelAccess{}, fmt.Errorf("look at the channel of thread %s: %w", channelID, err)
		}
	}
	guild, err := s.Guild(guildID, discordgo.WithContext(ctx))
	if err != nil {
		return ChannelAccess{}, fmt.Errorf("look at server %s: %w", guildID, err)
	}
	me, err := s.User("@me", discordgo.WithContext(ctx))
	if err != nil {
		return ChannelAccess{}, fmt.Errorf("look at the bot's own user: %w", err)
	}
	member, err := s.GuildMember(guildID, me.ID, discordgo.WithContext(ctx))
	if err != nil {
		return ChannelAccess{}, fmt.Errorf("look at the bot as a member: %w", err)
	}
	access.Permissions = permissionsIn(guild, ch, me.ID, member.Roles)
	return access, nil
}

// permissionsIn computes permissions in the order that Discord documents:
// everyone's, the roles', then the channel's overwrites for everyone, for the
// roles together, and for the member.
func permissionsIn(g *discordgo.Guild, ch *discordgo.Channel, userID string, roles []string) int64 {
	if g.OwnerID == userID {
		return discordgo.PermissionAll
	}
	var p int64
	for _, r := range g.Roles {
		if r.ID == g.ID || slices.Contains(roles, r.ID) {
			p |= r.Permissions
		}
	}
	if p&discordgo.PermissionAdministrator != 0 {
		return discordgo.PermissionAll
	}
	var allow, deny int64
	for _, o := range ch.PermissionOverwrites {
		switch {
		case o.ID == g.ID:
			p = p&^o.Deny | o.Allow
		case o.Type == discordgo.PermissionOverwriteTypeRole && slices.Contains(roles, o.ID):
			allow |= o.Allow
			deny |= o.Deny
		}
	}
	p = p&^deny | allow
	for _, o := range ch.PermissionOverwrites {
		if o.Type == discordgo.PermissionOverwriteTypeMember && o.ID == userID {
			p = p&^o.Deny | o.Allow
		}
	}
	if p&discordgo.PermissionViewChannel == 0 {
		return 0
	}
	return p
}

// A need is a permission with its key in the catalog.
type need struct {
	bit int64
	key string
}

var (
	needView    = need{discordgo.PermissionViewChannel, "perm.view_channel"}
	needSend    = need{discordgo.PermissionSendMessages, "perm.send_messages"}
	needHistory = need{discordgo.PermissionReadMessageHistory, "perm.read_history"}
	needThreads = need{discordgo.PermissionCreatePublicThreads, "perm.create_threads"}
	needInside  = need{discordgo.PermissionSendMessagesInThreads, "perm.send_in_threads"}
	needMention = need{discordgo.PermissionMentionEveryone, "perm.mention"}
)

// needsOf lists what the bot needs to post a schedule's digests.
func needsOf(kind discordgo.ChannelType, s bot.Schedule) []need {
	out := []need{needView, needHistory}
	switch {
	case kind == discordgo.ChannelTypeGuildForum || kind == discordgo.ChannelTypeGuildMedia:
		out = append(out, needSend, needInside)
	case isThread(kind):
		out = append(out, needInside)
	default:
		out = append(out, needSend)
		if s.Thread {
			out = append(out, needThreads, needInside)
		}
	}
	if s.PingRole != "" {
		out = append(out, needMention)
	}
	return out
}

func isThread(kind discordgo.ChannelType) bool {
	return kind == discordgo.ChannelTypeGuildPublicThread || kind == discordgo.ChannelTypeGuildPrivateThread || kind == discordgo.ChannelTypeGuildNewsThread
}

// missing names the needs that permissions don't meet.
func missing(p *locale.Printer, has int64, needs []need) []string {
	var out []string
	for _, n := range needs {
		if has&n.bit == 0 {
			out = append(out, p.Plain(n.key))
		}
	}
	return out
}

// checkChannel refuses a schedule whose channel the bot can't post in, naming
// what it lacks there. For the channel of the interaction Discord has said so;
// others are asked for.
func (d *desk) checkChannel(ctx context.Context, a *Ask, s bot.Schedule) error {
	access := ChannelAccess{Permissions: a.AppPerms}
	if ch := a.Channels[s.ChannelID]; ch != nil {
		access.Kind = ch.Type
	}
	if s.ChannelID != a.ChannelID || a.Channels[s.ChannelID] == nil {
		var err error
		if access, err = d.Channels.Permissions(ctx, a.GuildID, s.ChannelID); err != nil {
			return err
		}
	}
	if lacks := missing(a.P, access.Permissions, needsOf(access.Kind, s)); len(lacks) > 0 {
		return lacking(s.ChannelID, lacks)
	}
	return nil
}
