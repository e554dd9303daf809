package discordtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const apiPrefix = "/api/v10"

// route is one endpoint of the REST API. Its pattern is written as in Discord's own description.
type route struct {
	method, pattern string
	parts           []string
	handle          func(*Server, *call) (int, any, *apiError)
	// bucket is the rate-limit bucket that the route shares with others; empty: no limit of its own.
	bucket string
	// open routes take their authority from a token in the path: they need no
	// Authorization and don't count against the global limit.
	open bool
}

// call is one request on its way through the API. s.mu is held while it is handled.
type call struct {
	route  *route
	params map[string]string
	query  url.Values
	raw    []byte
	files  []upload
	header http.Header
}

// form is the body as an object.
func (c *call) form(errs *formErrors) (form, *apiError) {
	m, refusal := decodeObject(c.raw)
	if refusal != nil {
		return form{}, refusal
	}
	return form{v: m, errs: errs}, nil
}

func routeTable() []route {
	rs := []route{
		{method: "GET", pattern: "/gateway", handle: (*Server).getGateway, open: true},
		{method: "GET", pattern: "/gateway/bot", handle: (*Server).getGatewayBot, bucket: "gateway-bot"},
		{method: "GET", pattern: "/users/@me", handle: (*Server).getMe, bucket: "users-me"},
		{method: "GET", pattern: "/users/{user_id}", handle: (*Server).getUser, bucket: "users"},
		{method: "GET", pattern: "/users/@me/guilds", handle: (*Server).getMyGuilds, bucket: "users-me-guilds"},
		{method: "DELETE", pattern: "/users/@me/guilds/{guild_id}", handle: (*Server).leaveGuild, bucket: "users-me-guilds"},
		{method: "POST", pattern: "/users/@me/channels", handle: (*Server).createDM, bucket: "dms"},
		{method: "GET", pattern: "/applications/@me", handle: (*Server).getApplication, bucket: "applications-me"},
		{method: "GET", pattern: "/oauth2/applications/@me", handle: (*Server).getApplication, bucket: "applications-me"},

		{method: "GET", pattern: "/guilds/{guild_id}", handle: (*Server).getGuild, bucket: "guild"},
		{method: "GET", pattern: "/guilds/{guild_id}/channels", handle: (*Server).getGuildChannels, bucket: "guild"},
		{method: "POST", pattern: "/guilds/{guild_id}/channels", handle: (*Server).createGuildChannel, bucket: "guild-channels"},
		{method: "GET", pattern: "/guilds/{guild_id}/roles", handle: (*Server).getGuildRoles, bucket: "guild"},
		{method: "GET", pattern: "/guilds/{guild_id}/members/{user_id}", handle: (*Server).getGuildMember, bucket: "guild-member"},
		{method: "GET", pattern: "/guilds/{guild_id}/threads/active", handle: (*Server).getActiveThreads, bucket: "guild"},

		{method: "GET", pattern: "/channels/{channel_id}", handle: (*Server).getChannel, bucket: "channel"},
		{method: "PATCH", pattern: "/channels/{channel_id}", handle: (*Server).editChannel, bucket: "channel-edit"},
		{method: "DELETE", pattern: "/channels/{channel_id}", handle: (*Server).removeChannel, bucket: "channel-edit"},
		{method: "POST", pattern: "/channels/{channel_id}/typing", handle: (*Server).typing, bucket: "typing"},
		{method: "PUT", pattern: "/channels/{channel_id}/permissions/{overwrite_id}", handle: (*Server).putOverwrite, bucket: "channel-edit"},
		{method: "GET", pattern: "/channels/{channel_id}/messages", handle: (*Server).listMessages, bucket: "messages-read"},
		{method: "POST", pattern: "/channels/{channel_id}/messages", handle: (*Server).createMessage, bucket: "messages-create"},
		{method: "GET", pattern: "/channels/{channel_id}/messages/{message_id}", handle: (*Server).getMessage, bucket: "messages-read"},
		{method: "PATCH", pattern: "/channels/{channel_id}/messages/{message_id}", handle: (*Server).editMessage, bucket: "messages-edit"},
		{method: "DELETE", pattern: "/channels/{channel_id}/messages/{message_id}", handle: (*Server).deleteMessage, bucket: "messages-delete"},
		{method: "POST", pattern: "/channels/{channel_id}/messages/{message_id}/crosspost", handle: (*Server).crosspost, bucket: "crosspost"},
		{method: "POST", pattern: "/channels/{channel_id}/messages/{message_id}/threads", handle: (*Server).threadFromMessage, bucket: "threads"},
		{method: "POST", pattern: "/channels/{channel_id}/threads", handle: (*Server).createThread, bucket: "threads"},
		{method: "PUT", pattern: "/channels/{channel_id}/thread-members/@me", handle: (*Server).joinThread, bucket: "thread-members"},
		{method: "DELETE", pattern: "/channels/{channel_id}/thread-members/@me", handle: (*Server).leaveThread, bucket: "thread-members"},

		{method: "GET", pattern: "/applications/{application_id}/commands", handle: (*Server).listCommands, bucket: "commands"},
		{method: "PUT", pattern: "/applications/{application_id}/commands", handle: (*Server).overwriteCommands, bucket: "commands-write"},
		{method: "POST", pattern: "/applications/{application_id}/commands", handle: (*Server).createCommand, bucket: "commands-write"},
		{method: "GET", pattern: "/applications/{application_id}/commands/{command_id}", handle: (*Server).getCommand, bucket: "commands"},
		{method: "PATCH", pattern: "/applications/{application_id}/commands/{command_id}", handle: (*Server).editCommand, bucket: "commands-write"},
		{method: "DELETE", pattern: "/applications/{application_id}/commands/{command_id}", handle: (*Server).deleteCommand, bucket: "commands-write"},
		{method: "GET", pattern: "/applications/{application_id}/guilds/{guild_id}/commands", handle: (*Server).listCommands, bucket: "commands"},
		{method: "PUT", pattern: "/applications/{application_id}/guilds/{guild_id}/commands", handle: (*Server).overwriteCommands, bucket: "commands-write"},
		{method: "POST", pattern: "/applications/{application_id}/guilds/{guild_id}/commands", handle: (*Server).createCommand, bucket: "commands-write"},
		{method: "GET", pattern: "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", handle: (*Server).getCommand, bucket: "commands"},
		{method: "PATCH", pattern: "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", handle: (*Server).editCommand, bucket: "commands-write"},
		{method: "DELETE", pattern: "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", handle: (*Server).deleteCommand, bucket: "commands-write"},

		{method: "POST", pattern: "/interactions/{interaction_id}/{interaction_token}/callback", handle: (*Server).callback, open: true},
		{method: "POST", pattern: "/webhooks/{webhook_id}/{webhook_token}", handle: (*Server).followup, bucket: "webhook", open: true},
		{method: "GET", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/@original", handle: (*Server).getFollowup, bucket: "webhook", open: true},
		{method: "PATCH", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/@original", handle: (*Server).editFollowup, bucket: "webhook", open: true},
		{method: "DELETE", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/@original", handle: (*Server).deleteFollowup, bucket: "webhook", open: true},
		{method: "GET", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", handle: (*Server).getFollowup, bucket: "webhook", open: true},
		{method: "PATCH", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", handle: (*Server).editFollowup, bucket: "webhook", open: true},
		{method: "DELETE", pattern: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", handle: (*Server).deleteFollowup, bucket: "webhook", open: true},
	}
	for i := range rs {
		rs[i].parts = strings.Split(rs[i].pattern[1:], "/")
	}
	return rs
}

// match finds the route for a path below the API's prefix. Literal parts win over parameters.
// known says that the path exists, if only for other methods.
func (s *Server) match(method, path string) (r *route, params map[string]string, known bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	best := -1
	for i := range s.routes {
		cand := &s.routes[i]
		if len(cand.parts) != len(parts) {
			continue
		}
		p, literal, ok := map[string]string{}, 0, true
		for j, want := range cand.parts {
			switch {
			case want == parts[j]:
				literal++
			case want[0] == '{' && parts[j] != "" && (parts[j] != "@me" && parts[j] != "@original"):
				p[want[1:len(want)-1]] = parts[j]
			default:
				ok = false
			}
		}
		if !ok {
			continue
		}
		known = true
		if cand.method == method && literal > best {
			r, params, best = cand, p, literal
		}
	}
	return r, params, known
}

// serveHTTP is the front door of REST, gateway and attachments.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/gateway" || r.URL.Path == "/gateway/" || strings.HasPrefix(r.URL.Path, "/gateway-resume"):
		s.gateway.serve(w, r)
	case strings.HasPrefix(r.URL.Path, "/attachments/"):
		s.serveAttachment(w, r)
	default:
		s.serveREST(w, r)
	}
}

// answer is what goes back to the client.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	entry := s.journal.open(r)
	defer s.journal.close(entry)

	path, ok := strings.CutPrefix(r.URL.Path, apiPrefix)
	var rt *route
	var params map[string]string
	known := false
	if ok {
		rt, params, known = s.match(r.Method, path)
	}
	if rt != nil {
		s.journal.update(entry, func(e *Request) { e.Route, e.Params = rt.pattern, params })
	}
	raw, files, refusal := readBody(r)
	s.journal.update(entry, func(e *Request) {
		e.Body = raw
		for _, f := range files {
			e.Files = append(e.Files, File{f.n, f.name, f.contentType, f.data})
		}
	})

	s.mu.Lock()
	fault := s.takeFault(r.Method, rt)
	s.mu.Unlock()
	if fault != nil {
		s.journal.update(entry, func(e *Request) { e.Fault = fault.name() })
		if !s.delay(r, fault.Delay) {
			return
		}
		if fault.beforeWork() {
			s.deliverFault(w, r, entry, fault)
			return
		}
	}

	a := s.answer(r, rt, params, known, raw, files, refusal, fault)
	s.journal.update(entry, func(e *Request) { e.Did = a.status })
	if fault != nil && fault.afterWork() {
		s.deliverFault(w, r, entry, fault)
		return
	}
	s.send(w, entry, a)
}

// send writes the answer and notes it in the journal first, so that a test which has
// seen the answer finds the entry complete.
func (s *Server) send(w http.ResponseWriter, entry int, a answer) {
	s.journal.update(entry, func(e *Request) {
		e.Status, e.Response, e.ResponseHeader = a.status, a.body, a.header
		e.Answered = s.clock.Now()
	})
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away misses its answer
}

// delay waits for d of wall-clock time, or until the client or the server goes away.
func (s *Server) delay(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

// answer does the work of a request.
func (s *Server) answer(r *http.Request, rt *route, params map[string]string, known bool, raw []byte, files []upload, refusal *apiError, fault *Fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.limits.banned() {
		return edgeAnswer(s.limits.bannedFor())
	}
	header := http.Header{}
	a := func() answer {
		switch {
		case !strings.HasPrefix(r.URL.Path, apiPrefix+"/"), rt == nil && !known:
			return refuse(header, statusError(http.StatusNotFound))
		case rt == nil:
			return refuse(header, statusError(http.StatusMethodNotAllowed))
		}
		if fault != nil && fault.Unauthorized {
			return refuse(header, statusError(http.StatusUnauthorized))
		}
		if !rt.open {
			if r.Header.Get("Authorization") != "Bot "+s.token {
				return refuse(header, statusError(http.StatusUnauthorized))
			}
			if !strings.HasPrefix(r.Header.Get("User-Agent"), "DiscordBot") {
				return refuse(header, errUserAgent)
			}
		}
		if limited := s.limits.take(rt, params, header); limited != nil {
			return *limited
		}
		if refusal != nil {
			return refuse(header, refusal)
		}
		status, body, err := rt.handle(s, &call{rt, params, r.URL.Query(), raw, files, r.Header})
		if err != nil {
			return refuse(header, err)
		}
		if body == nil {
			return answer{status: status, header: header}
		}
		return answer{status, jsonHeader(header), encode(body)}
	}()
	s.limits.count(a)
	return a
}

func refuse(h http.Header, e *apiError) answer {
	return answer{e.status, jsonHeader(h), encode(e.body())}
}

func jsonHeader(h http.Header) http.Header {
	h.Set("Content-Type", "application/json")
	return h
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: encode an answer: " + err.Error())
	}
	return b
}
