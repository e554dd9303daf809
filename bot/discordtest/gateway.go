package discordtest

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Gateway opcodes, as in Discord's documentation.
const (
	opDispatch            = 0
	opHeartbeat           = 1
	opIdentify            = 2
	opPresence            = 3
	opVoiceState          = 4
	opResume              = 6
	opReconnect           = 7
	opRequestGuildMembers = 8
	opInvalidSession      = 9
	opHello               = 10
	opHeartbeatAck        = 11
)

// Intents, with Discord's bits.
const (
	intentGuilds         = 1 << 0
	intentGuildMembers   = 1 << 1
	intentGuildPresences = 1 << 8
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentMessageContent = 1 << 15
	privilegedIntents    = intentGuildMembers | intentGuildPresences | intentMessageContent
	allIntents           = 1<<26 - 1
)

const (
	maxGatewayPayload  = 4096
	gatewaySends       = 120
	gatewaySendsWindow = time.Minute
	identifyDay        = 24 * time.Hour
	// compressFrom is the size from which a client that asked for it gets payloads compressed.
	compressFrom = 1024
)

// Gateway is the WebSocket half of the server: sessions and what can go wrong with them. What it keeps
// is guarded by the server's lock.
type Gateway struct {
	srv      *Server
	sessions map[string]*session
	conns    map[*conn]bool
	connN    int

	identifies []time.Time
	lastByKey  map[int]time.Time

	noHello, earlyReconnect, refuseConns, invalidIdentify, silentIdentify int
	noAck                                                                 bool
}

// session is a gateway session; it outlives its connection for a while, so that it can be resumed.
type session struct {
	id       string
	shard    int
	shards   int
	intents  int
	compress bool
	seq      int64
	events   []dispatched
	conn     *conn
	lost     time.Time // when it lost its connection
}

type dispatched struct {
	seq   int64
	event string
	data  json.RawMessage
}

// conn is one WebSocket connection. Frames to it are queued, so that nobody waits for it.
type conn struct {
	gw     *Gateway
	ws     *websocket.Conn
	n      int
	resume bool // came in by the address for resuming
	ctx    context.Context
	cancel context.CancelFunc

	session *session
	sends   []time.Time
	stalled bool
	closing bool

	mu    sync.Mutex
	queue []outgoing
	wake  chan struct{}
}

// outgoing is a frame to send, or the close of the connection.
type outgoing struct {
	data  []byte
	zlib  bool
	close int
	text  string
	drop  bool
}

func newGateway(s *Server) *Gateway {
	return &Gateway{srv: s, sessions: map[string]*session{}, conns: map[*conn]bool{}, lastByKey: map[int]time.Time{}}
}

func (s *Server) getGateway(*call) (int, any, *apiError) {
	return http.StatusOK, map[string]any{"url": s.GatewayURL()}, nil
}

func (s *Server) getGatewayBot(*call) (int, any, *apiError) {
	guilds := 0
	for _, g := range s.guilds {
		if g.members[s.botID] != nil {
			guilds++
		}
	}
	used := s.gateway.recentIdentifies()
	reset := time.Duration(0)
	if len(used) > 0 {
		reset = used[0].Add(identifyDay).Sub(s.clock.Now())
	}
	return http.StatusOK, map[string]any{
		"url": s.GatewayURL(), "shards": 1 + (guilds-1)/max(min(s.cfg.ShardGuildLimit, 1000), 1),
		"session_start_limit": map[string]any{
			"total": s.cfg.IdentifyLimit, "remaining": max(s.cfg.IdentifyLimit-len(used), 0),
			"reset_after": reset.Milliseconds(), "max_concurrency": s.cfg.MaxConcurrency,
		},
	}, nil
}

// serve takes in a WebSocket connection.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	s := g.srv
	s.mu.Lock()
	if strike(&g.refuseConns) {
		s.mu.Unlock()
		http.Error(w, "upstream connect error", http.StatusServiceUnavailable)
		return
	}
	s.mu.Unlock()

	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(1 << 20)
	ctx, cancel := context.WithCancel(context.Background())
	c := &conn{gw: g, ws: ws, resume: strings.HasPrefix(r.URL.Path, "/gateway-resume"), ctx: ctx, cancel: cancel, wake: make(chan struct{}, 1)}
	defer cancel()

	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		_ = ws.CloseNow()
		return
	default:
	}
	g.connN++
	c.n = g.connN
	g.conns[c] = true
	hello := !strike(&g.noHello)
	s.mu.Unlock()

	done := make(chan struct{})
	go func() {
		defer close(done)
		c.writeLoop()
	}()
	q := r.URL.Query()
	s.mu.Lock()
	switch {
	case q.Get("v") != "" && q.Get("v") != "10" && q.Get("v") != "9":
		c.close(4012, "Invalid API version specified.")
	case q.Get("encoding") != "" && q.Get("encoding") != "json", q.Get("compress") != "":
		c.close(4002, "The simulation speaks uncompressed JSON, or payloads compressed as IDENTIFY asks.")
	case hello:
		c.send(opHello, map[string]any{"heartbeat_interval": s.cfg.HeartbeatInterval.Milliseconds(), "_trace": []string{"discordtest"}})
	}
	s.mu.Unlock()
	c.readLoop()
	<-done
}

// readLoop reads the bot's frames until the connection ends.
func (c *conn) readLoop() {
	s := c.gw.srv
	frames := make(chan []byte)
	ended := make(chan error, 1)
	go func() {
		for {
			_, data, err := c.ws.Read(c.ctx)
			if err != nil {
				ended <- err
				return
			}
			select {
			case frames <- data:
			case <-c.ctx.Done():
				ended <- c.ctx.Err()
				return
			}
		}
	}()
	// A client that misses two heartbeats is given up on.
	patience := 2 * s.cfg.HeartbeatInterval
	zombie := time.NewTimer(patience)
	defer zombie.Stop()
	for {
		select {
		case data := <-frames:
			s.mu.Lock()
			stalled := c.stalled
			if !stalled {
				if c.handle(data) {
					zombie.Reset(patience)
				}
				s.notify()
			}
			s.mu.Unlock()
		case <-zombie.C:
			s.mu.Lock()
			if !c.stalled {
				c.close(4009, "Session timed out.")
			}
			s.mu.Unlock()
		case err := <-ended:
			c.ended(err)
			return
		}
	}
}

// ended notes the end of a connection. A session closed by the bot with 1000 or 1001 is over; else it can be resumed.
func (c *conn) ended(err error) {
	code := 1006
	var ce websocket.CloseError
	if errors.As(err, &ce) {
		code = int(ce.Code)
	}
	s := c.gw.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(c.gw.conns, c)
	if ses := c.session; ses != nil && ses.conn == c {
		ses.conn = nil
		ses.lost = s.clock.Now()
		if code == 1000 || code == 1001 {
			delete(c.gw.sessions, ses.id)
		}
	}
	c.session = nil
	s.journal.frame(Frame{Conn: c.n, Resume: c.resume, FromBot: true, Close: code})
	c.cancel()
	s.notify()
}

// writeLoop sends what is queued.
func (c *conn) writeLoop() {
	for {
		c.mu.Lock()
		var o outgoing
		have := len(c.queue) > 0
		if have {
			o, c.queue = c.queue[0], c.queue[1:]
		}
		c.mu.Unlock()
		if !have {
			select {
			case <-c.wake:
				continue
			case <-c.ctx.Done():
				_ = c.ws.CloseNow()
				return
			}
		}
		switch {
		case o.drop:
			_ = c.ws.CloseNow()
			return
		case o.close != 0:
			_ = c.ws.Close(websocket.StatusCode(o.close), o.text)
			return
		}
		kind := websocket.MessageText
		if o.zlib {
			kind = websocket.MessageBinary
		}
		if c.ws.Write(c.ctx, kind, o.data) != nil {
			return
		}
	}
}

func (c *conn) enqueue(o outgoing) {
	c.mu.Lock()
	c.queue = append(c.queue, o)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// send sends a frame that is no event.
func (c *conn) send(op int, d any) {
	data := encode(map[string]any{"op": op, "d": d, "s": nil, "t": nil})
	c.gw.srv.journal.frame(Frame{Conn: c.n, Resume: c.resume, Op: op, Data: encode(d)})
	c.enqueue(outgoing{data: data})
}

// close closes the connection with a code; the peer needn't agree.
func (c *conn) close(code int, text string) {
	c.closing = true
	c.gw.srv.journal.frame(Frame{Conn: c.n, Resume: c.resume, Close: code})
	c.enqueue(outgoing{close: code, text: text})
}

func (c *conn) drop() {
	c.gw.srv.journal.frame(Frame{Conn: c.n, Resume: c.resume, Close: 1006})
	c.enqueue(outgoing{drop: true})
}

// event sends an event of the session.
func (c *conn) event(ses *session, e dispatched) {
	if c.stalled {
		return
	}
	data := encode(map[string]any{"op": opDispatch, "t": e.event, "s": e.seq, "d": e.data})
	c.gw.srv.journal.frame(Frame{Conn: c.n, Resume: c.resume, Op: opDispatch, Event: e.event, Seq: e.seq, Data: e.data})
	if ses.compress && len(data) >= compressFrom {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(data) // a bytes.Buffer takes everything
		_ = z.Close()
		c.enqueue(outgoing{data: b.Bytes(), zlib: true})
		return
	}
	c.enqueue(outgoing{data: data})
}

// handle handles one frame of the bot; it says whether it was a heartbeat. s.mu is held.
func (c *conn) handle(data []byte) (heartbeat bool) {
	s := c.gw.srv
	if c.closing {
		return false
	}
	if len(data) > maxGatewayPayload {
		c.close(4002, "Error while decoding payload.")
		return false
	}
	var in struct {
		Op *int            `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if json.Unmarshal(data, &in) != nil || in.Op == nil {
		c.close(4002, "Error while decoding payload.")
		return false
	}
	shown := in.D
	if *in.Op == opIdentify || *in.Op == opResume {
		shown = withoutToken(in.D)
	}
	s.journal.frame(Frame{Conn: c.n, Resume: c.resume, FromBot: true, Op: *in.Op, Data: shown})

	now := s.clock.Now()
	recent := c.sends[:0]
	for _, t := range c.sends {
		if now.Sub(t) < gatewaySendsWindow {
			recent = append(recent, t)
		}
	}
	c.sends = append(recent, now)
	if len(c.sends) > gatewaySends {
		c.close(4008, "You are being rate limited.")
		return false
	}

	switch *in.Op {
	case opHeartbeat:
		if !c.gw.noAck {
			c.send(opHeartbeatAck, nil)
		}
		return true
	case opIdentify:
		c.identify(in.D)
	case opResume:
		c.resumeSession(in.D)
	case opPresence, opVoiceState, opRequestGuildMembers:
		switch {
		case c.session == nil:
			c.close(4003, "Not authenticated.")
		case *in.Op == opPresence:
			var p struct {
				Activities []json.RawMessage `json:"activities"`
				Status     string            `json:"status"`
				AFK        *bool             `json:"afk"`
			}
			if json.Unmarshal(in.D, &p) != nil || p.Activities == nil || p.AFK == nil ||
				!slices.Contains([]string{"online", "dnd", "idle", "invisible", "offline"}, p.Status) {
				c.close(4002, "Error while decoding payload.")
			}
		case *in.Op == opRequestGuildMembers:
			c.sendMembers(in.D)
		}
	default:
		c.close(4001, "Unknown opcode.")
	}
	return false
}

func withoutToken(d json.RawMessage) json.RawMessage {
	var m map[string]any
	if json.Unmarshal(d, &m) != nil {
		return nil
	}
	if m["token"] != nil {
		m["token"] = "(present)"
	}
	return encode(m)
}

func (c *conn) identify(d json.RawMessage) {
	g, s := c.gw, c.gw.srv
	var id struct {
		Token      string         `json:"token"`
		Intents    *int           `json:"intents"`
		Properties map[string]any `json:"properties"`
		Compress   bool           `json:"compress"`
		Shard      *[2]int        `json:"shard"`
	}
	switch {
	case json.Unmarshal(d, &id) != nil, id.Properties == nil:
		c.close(4002, "Error while decoding payload.")
		return
	case c.session != nil:
		c.close(4005, "Already authenticated.")
		return
	case strike(&g.earlyReconnect):
		c.send(opReconnect, nil)
		return
	case strike(&g.silentIdentify):
		return
	case strings.TrimPrefix(id.Token, "Bot ") != s.token:
		c.close(4004, "Authentication failed.")
		return
	case id.Intents == nil, *id.Intents&^allIntents != 0:
		c.close(4013, "Invalid intent(s).")
		return
	case *id.Intents&privilegedIntents&^s.cfg.PrivilegedIntents != 0:
		c.close(4014, "Disallowed intent(s).")
		return
	}
	shard := [2]int{0, 1}
	if id.Shard != nil {
		shard = *id.Shard
	}
	if shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1] {
		c.close(4010, "Invalid shard.")
		return
	}
	mine := s.shardGuilds(shard[0], shard[1])
	if len(mine) > s.cfg.ShardGuildLimit {
		c.close(4011, "Sharding required.")
		return
	}
	now := s.clock.Now()
	g.identifies = append(g.recentIdentifies(), now)
	if len(g.identifies) > s.cfg.IdentifyLimit {
		s.resetToken()
		c.close(4004, "Authentication failed.")
		return
	}
	key := shard[0] % s.cfg.MaxConcurrency
	last, seen := g.lastByKey[key]
	if since := now.Sub(last); seen && since >= 0 && since < s.cfg.IdentifyInterval {
		c.send(opInvalidSession, false)
		return
	}
	g.lastByKey[key] = now
	if strike(&g.invalidIdentify) {
		c.send(opInvalidSession, false)
		return
	}
	ses := &session{id: randomHex(16), shard: shard[0], shards: shard[1], intents: *id.Intents, compress: id.Compress, conn: c}
	g.sessions[ses.id] = ses
	c.session = ses

	guilds := []any{}
	for _, gd := range mine {
		guilds = append(guilds, map[string]any{"id": gd.id, "unavailable": true})
	}
	me := s.users[s.botID].json()
	me["verified"], me["mfa_enabled"], me["email"] = true, true, nil
	g.dispatch(ses, "READY", encode(map[string]any{
		"v": 10, "user": me, "guilds": guilds, "session_id": ses.id, "resume_gateway_url": s.resumeURL(),
		"session_type": "normal", "shard": shard, "application": map[string]any{"id": s.app.id, "flags": 0},
		"private_channels": []any{}, "presences": []any{}, "relationships": []any{}, "_trace": []string{"discordtest"},
	}))
	if ses.intents&intentGuilds != 0 {
		for _, gd := range mine {
			g.dispatch(ses, "GUILD_CREATE", encode(s.guildCreate(gd)))
		}
	}
}

func (c *conn) resumeSession(d json.RawMessage) {
	g, s := c.gw, c.gw.srv
	var r struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       *int64 `json:"seq"`
	}
	switch {
	case json.Unmarshal(d, &r) != nil, r.Seq == nil:
		c.close(4002, "Error while decoding payload.")
		return
	case c.session != nil:
		c.close(4005, "Already authenticated.")
		return
	case strings.TrimPrefix(r.Token, "Bot ") != s.token:
		c.close(4004, "Authentication failed.")
		return
	case strike(&g.earlyReconnect):
		c.send(opReconnect, nil)
		return
	}
	ses := g.sessions[r.SessionID]
	if ses != nil && ses.conn == nil && s.clock.Now().Sub(ses.lost) > s.cfg.ResumeWindow {
		delete(g.sessions, ses.id)
		ses = nil
	}
	switch {
	case ses == nil:
		c.send(opInvalidSession, false)
		return
	case *r.Seq > ses.seq || *r.Seq < 0:
		c.close(4007, "Invalid seq.")
		delete(g.sessions, ses.id)
		return
	}
	if old := ses.conn; old != nil { // the old connection is of no use any more
		old.session = nil
		old.drop()
	}
	ses.conn = c
	c.session = ses
	for _, e := range ses.events {
		if e.seq > *r.Seq {
			c.event(ses, e)
		}
	}
	g.dispatch(ses, "RESUMED", encode(map[string]any{"_trace": []string{"discordtest"}}))
}

func (c *conn) sendMembers(d json.RawMessage) {
	s := c.gw.srv
	var q struct {
		GuildID json.RawMessage `json:"guild_id"`
		Query   *string         `json:"query"`
		UserIDs json.RawMessage `json:"user_ids"`
		Limit   int             `json:"limit"`
		Nonce   string          `json:"nonce"`
	}
	if json.Unmarshal(d, &q) != nil {
		c.close(4002, "Error while decoding payload.")
		return
	}
	ids := oneOrMore(q.UserIDs)
	if q.Query != nil && *q.Query == "" && q.Limit == 0 && c.session.intents&intentGuildMembers == 0 {
		c.close(4014, "Disallowed intent(s).")
		return
	}
	for _, gid := range oneOrMore(q.GuildID) {
		g := s.guilds[gid]
		if g == nil || g.members[s.botID] == nil {
			continue
		}
		members, missing := []any{}, []string{}
		for _, id := range ids {
			if m := g.members[id]; m != nil {
				members = append(members, m.json())
			} else {
				missing = append(missing, id)
			}
		}
		if q.Query != nil {
			for _, m := range g.members {
				if strings.HasPrefix(strings.ToLower(m.user.name), strings.ToLower(*q.Query)) && (q.Limit == 0 || len(members) < min(q.Limit, 100)) {
					members = append(members, m.json())
				}
			}
		}
		c.gw.dispatch(c.session, "GUILD_MEMBERS_CHUNK", encode(map[string]any{
			"guild_id": gid, "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": missing, "nonce": q.Nonce,
		}))
	}
}

func oneOrMore(raw json.RawMessage) []string {
	var one string
	var more []string
	if json.Unmarshal(raw, &more) == nil {
		return more
	}
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}

// strike counts down a fault and says whether it strikes; a negative one always does.
func strike(n *int) bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

func (g *Gateway) recentIdentifies() []time.Time {
	oldest := g.srv.clock.Now().Add(-identifyDay)
	g.identifies = slices.DeleteFunc(g.identifies, func(t time.Time) bool { return !t.After(oldest) })
	return g.identifies
}

// shardOf is the shard of a guild; direct messages come to shard 0.
func shardOf(guildID string, shards int) int {
	id, err := strconv.ParseUint(guildID, 10, 64)
	if err != nil {
		return 0
	}
	return int(id >> 22 % uint64(shards))
}

// shardGuilds are the guilds of the bot in a shard, oldest first.
func (s *Server) shardGuilds(shard, shards int) []*guild {
	var out []*guild
	for _, g := range s.guilds {
		if g.members[s.botID] != nil && shardOf(g.id, shards) == shard {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *guild) int {
		if idLess(a.id, b.id) {
			return -1
		}
		return 1
	})
	return out
}

// dispatch gives a session its next event. Sessions that lost their connection get it when they resume.
func (g *Gateway) dispatch(ses *session, event string, data json.RawMessage) {
	ses.seq++
	e := dispatched{ses.seq, event, data}
	ses.events = append(ses.events, e)
	if ses.conn != nil {
		ses.conn.event(ses, e)
	}
}

// each calls f for every session of the guild's shard that can still be resumed.
func (g *Gateway) each(guildID string, f func(*session)) {
	now := g.srv.clock.Now()
	for id, ses := range g.sessions {
		if ses.conn == nil && now.Sub(ses.lost) > g.srv.cfg.ResumeWindow {
			delete(g.sessions, id)
			continue
		}
		if shardOf(guildID, ses.shards) == ses.shard {
			f(ses)
		}
	}
}

// dispatchGuild sends an event about a guild, if the bot is in it.
func (g *Gateway) dispatchGuild(guildID string, intent int, event string, data any) {
	if rec := g.srv.guilds[guildID]; rec == nil || rec.members[g.srv.botID] == nil {
		return
	}
	var raw json.RawMessage
	g.each(guildID, func(ses *session) {
		if ses.intents&intent == 0 {
			return
		}
		if raw == nil {
			raw = encode(data)
		}
		g.dispatch(ses, event, raw)
	})
}

// dispatchContent sends a message event: in full to sessions that may read content, bare to others.
func (g *Gateway) dispatchContent(c *channel, intent int, event string, full, bare any) {
	s := g.srv
	if !s.permissionsIn(c, s.botID).Has(ViewChannel) {
		return
	}
	g.each(c.guildID(), func(ses *session) {
		switch {
		case ses.intents&intent == 0:
		case ses.intents&intentMessageContent != 0:
			g.dispatch(ses, event, encode(full))
		default:
			g.dispatch(ses, event, encode(bare))
		}
	})
}

// dispatchInteraction sends an interaction, which needs no intent.
func (g *Gateway) dispatchInteraction(guildID string, data any) {
	raw := encode(data)
	g.each(guildID, func(ses *session) { g.dispatch(ses, "INTERACTION_CREATE", raw) })
}

// invalidateAll ends every session for good and closes its connection with the code.
func (g *Gateway) invalidateAll(code int, text string) {
	for id, ses := range g.sessions {
		delete(g.sessions, id)
		if ses.conn != nil {
			ses.conn.session = nil
			ses.conn.close(code, text)
		}
	}
}

func (g *Gateway) dropAll() {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	for c := range g.conns {
		c.enqueue(outgoing{drop: true})
		c.cancel()
	}
}
