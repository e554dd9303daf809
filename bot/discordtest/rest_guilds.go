package discordtest

import (
	"net/http"
	"sort"
)

// botGuild finds the guild of a request, which the bot has to be in.
func (s *Server) botGuild(c *call) (*guild, *apiError) {
	g := s.guilds[c.params["guild_id"]]
	if g == nil || g.members[s.botID] == nil {
		return nil, errUnknownGuild
	}
	return g, nil
}

func (s *Server) getGuild(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	j := g.json()
	if boolParam(c.query.Get("with_counts")) {
		j["approximate_member_count"] = len(g.members)
		j["approximate_presence_count"] = len(g.members)
	}
	return http.StatusOK, j, nil
}

func (s *Server) getGuildChannels(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	out := []any{}
	for _, ch := range s.guildChannels(g) {
		if !ch.isThread() { // all of them, seen by the bot or not
			out = append(out, s.channelJSON(ch))
		}
	}
	return http.StatusOK, out, nil
}

func (s *Server) getGuildRoles(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	return http.StatusOK, g.rolesJSON(), nil
}

func (s *Server) getGuildMember(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	if s.users[c.params["user_id"]] == nil {
		return 0, nil, errUnknownUser
	}
	m := g.members[c.params["user_id"]]
	if m == nil {
		return 0, nil, errUnknownMember
	}
	return http.StatusOK, m.json(), nil
}

func (s *Server) getMe(*call) (int, any, *apiError) {
	j := s.users[s.botID].json()
	j["mfa_enabled"] = true
	j["locale"] = "en-US"
	j["premium_type"] = 0
	j["email"] = nil
	j["verified"] = true
	return http.StatusOK, j, nil
}

func (s *Server) getUser(c *call) (int, any, *apiError) {
	u := s.users[c.params["user_id"]]
	if u == nil {
		return 0, nil, errUnknownUser
	}
	return http.StatusOK, u.json(), nil
}

func (s *Server) getMyGuilds(c *call) (int, any, *apiError) {
	var errs formErrors
	q := map[string]any{}
	for k := range c.query {
		q[k] = c.query.Get(k)
	}
	f := form{v: q, errs: &errs}
	limit := 200
	if n, ok := f.integer("limit", 1, 200); ok {
		limit = int(n)
	}
	before, after := f.snowflake("before"), f.snowflake("after")
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	var mine []*guild
	for _, g := range s.guilds {
		if g.members[s.botID] == nil || after != "" && !idLess(after, g.id) || before != "" && !idLess(g.id, before) {
			continue
		}
		mine = append(mine, g)
	}
	sort.Slice(mine, func(i, j int) bool { return idLess(mine[i].id, mine[j].id) })
	if before != "" && after == "" && len(mine) > limit {
		mine = mine[len(mine)-limit:]
	}
	out := []any{}
	for _, g := range mine[:min(limit, len(mine))] {
		j := map[string]any{
			"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false,
			"permissions": g.basePermissions(s.botID).wire(), "features": []any{"COMMUNITY", "NEWS"},
		}
		if boolParam(c.query.Get("with_counts")) {
			j["approximate_member_count"] = len(g.members)
			j["approximate_presence_count"] = len(g.members)
		}
		out = append(out, j)
	}
	return http.StatusOK, out, nil
}

func (s *Server) leaveGuild(c *call) (int, any, *apiError) {
	g, refusal := s.botGuild(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	s.removeBot(g)
	return http.StatusNoContent, nil, nil
}

func (s *Server) getApplication(*call) (int, any, *apiError) {
	guilds := 0
	for _, g := range s.guilds {
		if g.members[s.botID] != nil {
			guilds++
		}
	}
	return http.StatusOK, map[string]any{
		"id": s.app.id, "name": s.app.name, "icon": nil, "description": "", "type": nil,
		"verify_key": "5b1b4e7c2f3f6c7c1d0d2c1d8a2b5d6f9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c", "flags": 0, "flags_new": "0",
		"redirect_uris": []any{}, "interactions_endpoint_url": nil, "role_connections_verification_url": nil,
		"owner": s.users[s.app.owner].json(), "approximate_guild_count": guilds,
		"approximate_user_install_count": len(s.app.userInstall), "approximate_user_authorization_count": len(s.app.userInstall),
		"explicit_content_filter": 0, "team": nil, "eligible_oauth2_scopes": []any{}, "bot_public": true, "bot_require_code_grant": false,
		"bot": s.users[s.botID].json(),
		"integration_types_config": map[string]any{
			"0": map[string]any{"oauth2_install_params": map[string]any{"scopes": []any{"applications.commands", "bot"}, "permissions": DefaultBotPermissions.wire()}},
			"1": map[string]any{"oauth2_install_params": map[string]any{"scopes": []any{"applications.commands"}, "permissions": "0"}},
		},
	}, nil
}
