package discordtest

import (
	"regexp"
	"slices"
)

// allowedMentions is what a request says about who may be notified; nil means everybody
// whom the text mentions.
type allowedMentions struct {
	everyone, allUsers, allRoles bool
	users, roles                 []string
}

// readAllowedMentions reads allowed_mentions. A kind given by "parse" can't be given by list, too.
func readAllowedMentions(f form) *allowedMentions {
	am, ok := f.object("allowed_mentions")
	if !ok {
		return nil
	}
	a := &allowedMentions{users: am.snowflakes("users", 100), roles: am.snowflakes("roles", 100)}
	for i, p := range am.list("parse", 0, 100) {
		switch p {
		case "everyone":
			a.everyone = true
		case "users":
			a.allUsers = true
		case "roles":
			a.allRoles = true
		default:
			am.errs.add(append(am.at("parse"), index(i)), "BASE_TYPE_CHOICES", "Value must be one of ('everyone', 'users', 'roles').")
		}
	}
	if a.allUsers && len(a.users) > 0 {
		am.fail("", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["users"] and users: [ids...] are mutually exclusive.`)
	}
	if a.allRoles && len(a.roles) > 0 {
		am.fail("", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["roles"] and roles: [ids...] are mutually exclusive.`)
	}
	am.boolean("replied_user")
	return a
}

var (
	everyonePattern    = regexp.MustCompile(`@(everyone|here)`)
	userMentionPattern = regexp.MustCompile(`<@!?([0-9]{1,20})>`)
	roleMentionPattern = regexp.MustCompile(`<@&([0-9]{1,20})>`)
)

// pings finds out who a message by the author notifies in the channel. Mentions within code are
// not told apart, as Discord notifies from those of bots as well.
func (s *Server) pings(c *channel, m *Message, allowed *allowedMentions, authorID string) Pings {
	if allowed == nil {
		allowed = &allowedMentions{everyone: true, allUsers: true, allRoles: true}
	}
	perms := s.permissionsIn(c, authorID)
	text := m.visibleText()
	var p Pings
	if allowed.everyone && everyonePattern.MatchString(text) && c.guild != nil && perms.Has(MentionEveryone) {
		p.Everyone = true
	}
	for _, g := range userMentionPattern.FindAllStringSubmatch(text, -1) {
		id := g[1]
		if s.users[id] == nil || slices.Contains(p.Users, id) {
			continue
		}
		if allowed.allUsers || slices.Contains(allowed.users, id) {
			p.Users = append(p.Users, id)
		}
	}
	if c.guild != nil {
		for _, g := range roleMentionPattern.FindAllStringSubmatch(text, -1) {
			r := c.guild.roles[g[1]]
			if r == nil || slices.Contains(p.Roles, r.id) || !(r.mentionable || perms.Has(MentionEveryone)) {
				continue
			}
			if allowed.allRoles || slices.Contains(allowed.roles, r.id) {
				p.Roles = append(p.Roles, r.id)
			}
		}
	}
	return p
}
