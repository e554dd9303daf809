package discordtest_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"sitrep/bot/discordtest"
)

// frame is a frame as a gateway client reads it.
type frame struct {
	Op int             `json:"op"`
	T  string          `json:"t"`
	S  int64           `json:"s"`
	D  json.RawMessage `json:"d"`
	// closed is the code with which the connection ended, -1 if it just did.
	closed int
	binary bool
}

func (f frame) String() string {
	return fmt.Sprintf("op %d %s seq %d, closed %d: %.200s", f.Op, f.T, f.S, f.closed, f.D)
}

func (f frame) data(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(f.D, &m); err != nil {
		t.Fatalf("op %d %s: %s: %v", f.Op, f.T, f.D, err)
	}
	return m
}

// socket is a bare gateway client.
type socket struct {
	t     *testing.T
	ws    *websocket.Conn
	ctx   context.Context
	token string
}

// dial opens a connection and reads HELLO.
func dial(t *testing.T, srv *discordtest.Server, url string) *socket {
	t.Helper()
	ctx := within(t)
	ws, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(1 << 22)
	s := &socket{t, ws, ctx, srv.Token()}
	t.Cleanup(func() { _ = ws.CloseNow() })
	return s
}

func (s *socket) close() { _ = s.ws.CloseNow() }

func (s *socket) read() frame {
	s.t.Helper()
	kind, data, err := s.ws.Read(s.ctx)
	if err != nil {
		var ce websocket.CloseError
		if errors.As(err, &ce) {
			return frame{closed: int(ce.Code)}
		}
		return frame{closed: -1}
	}
	f := frame{binary: kind == websocket.MessageBinary}
	if f.binary {
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			s.t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := json.Unmarshal(data, &f); err != nil {
		s.t.Fatal(err)
	}
	return f
}

// until reads on to the event.
func (s *socket) until(event string) frame {
	s.t.Helper()
	for {
		f := s.read()
		if f.T == event {
			return f
		}
		if f.closed != 0 {
			s.t.Fatalf("closed with %d before %s", f.closed, event)
		}
	}
}

func (s *socket) send(op int, d any) {
	s.t.Helper()
	data, err := json.Marshal(map[string]any{"op": op, "d": d})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.ws.Write(s.ctx, websocket.MessageText, data); err != nil {
		s.t.Fatal(err)
	}
}

// identity is an identify's data, with changes.
func (s *socket) identity(changes ...any) map[string]any {
	d := map[string]any{"token": s.token, "intents": 1, "properties": map[string]any{"os": "linux"}}
	for i := 0; i < len(changes); i += 2 {
		d[changes[i].(string)] = changes[i+1]
	}
	return d
}

// connect opens a connection, identifies with the intents besides Guilds, and reads READY.
func connect(t *testing.T, srv *discordtest.Server, intents int) *socket {
	t.Helper()
	s := dial(t, srv, srv.GatewayURL()+"/?v=10&encoding=json")
	if f := s.read(); f.Op != 10 {
		t.Fatalf("op %d instead of HELLO", f.Op)
	}
	s.send(2, s.identity("intents", 1|intents))
	s.until("READY")
	return s
}

func TestGatewayLife(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{HeartbeatInterval: 20 * time.Minute})
	s := dial(t, r.srv, r.srv.GatewayURL()+"?v=10&encoding=json")
	if d := s.read().data(t); d["heartbeat_interval"] != 1200000.0 {
		t.Errorf("hello = %v", d)
	}
	s.send(1, nil)
	if f := s.read(); f.Op != 11 {
		t.Errorf("heartbeat answered with op %d", f.Op)
	}
	s.send(2, s.identity("token", "Bot "+s.token, "compress", true))
	ready := s.read()
	d := ready.data(t)
	if ready.T != "READY" || ready.S != 1 || len(d["guilds"].([]any)) != 1 || d["user"].(map[string]any)["id"] != r.srv.BotID() {
		t.Errorf("ready = %+v", d)
	}
	create := s.read()
	g := create.data(t)
	if create.T != "GUILD_CREATE" || !create.binary || g["id"] != r.guild.ID || len(g["channels"].([]any)) != 1 || len(g["members"].([]any)) != 1 {
		t.Errorf("guild = %s, compressed %v", create.D, create.binary)
	}
	r.news.Deny(discordtest.SendMessages)
	if f := s.read(); f.T != "CHANNEL_UPDATE" {
		t.Errorf("got %s", f.T)
	}
	r.news.Delete()
	if f := s.read(); f.T != "CHANNEL_DELETE" {
		t.Errorf("got %s", f.T)
	}
	r.guild.KickBot()
	if f := s.until("GUILD_DELETE"); f.data(t)["unavailable"] != nil {
		t.Errorf("kicked: %s", f.D)
	}
	r.guild.InviteBot(0)
	s.until("GUILD_CREATE")
	r.guild.SetAvailable(false)
	if f := s.until("GUILD_DELETE"); f.data(t)["unavailable"] != true {
		t.Errorf("outage: %s", f.D)
	}
	r.srv.RevokeToken()
	if f := s.read(); f.closed != 4004 {
		t.Errorf("after the token was reset: %s", f)
	}
}

func TestIdentifyRefusals(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)) // so that each shard has one guild
	srv := start(t, discordtest.Config{Clock: clock, PrivilegedIntents: 1 << 15, ShardGuildLimit: 2})
	srv.AddGuilds(3, "guild")
	for _, c := range []struct {
		name    string
		changes []any
		closed  int // 0: READY
	}{
		{"sharded", []any{"shard", list(0, 3)}, 0},
		{"too few shards", nil, 4011},
		{"wrong token", []any{"token", "wrong"}, 4004},
		{"no properties", []any{"properties", nil}, 4002},
		{"no intents", []any{"intents", nil, "shard", list(0, 3)}, 4013},
		{"unknown intents", []any{"intents", 1 << 30, "shard", list(0, 3)}, 4013},
		{"privileged intent that is on", []any{"intents", 1<<15 | 1, "shard", list(0, 3)}, 0},
		{"privileged intent that is off", []any{"intents", 1<<1 | 1, "shard", list(0, 3)}, 4014},
		{"shard out of range", []any{"shard", list(3, 3)}, 4010},
	} {
		clock.Advance(5 * time.Second)
		s := dial(t, srv, srv.GatewayURL())
		s.read()
		s.send(2, s.identity(c.changes...))
		f := s.read()
		if f.closed != c.closed || c.closed == 0 && f.T != "READY" {
			t.Errorf("%s: %+v, want close %d", c.name, f, c.closed)
		}
		s.close()
	}
}

func TestGatewayManners(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)) // however long the frames of a minute take
	for _, c := range []struct {
		name   string
		do     func(s *socket)
		closed int
	}{
		{"unknown opcode", func(s *socket) { s.send(99, nil) }, 4001},
		{"not JSON", func(s *socket) { _ = s.ws.Write(s.ctx, websocket.MessageText, []byte("hi")) }, 4002},
		{"4,097 bytes", func(s *socket) { s.send(3, strings.Repeat("x", 4097-len(`{"d":"","op":3}`))) }, 4002},
		{"presence before identify", func(s *socket) { s.send(3, map[string]any{}) }, 4003},
		{"identify twice", func(s *socket) { s.send(2, s.identity()); s.until("READY"); s.send(2, s.identity()) }, 4005},
		{"presence without activities", func(s *socket) {
			s.send(2, s.identity())
			s.until("READY")
			s.send(3, map[string]any{"activities": nil, "status": "online", "afk": false, "since": nil})
		}, 4002},
		{"121 frames a minute", func(s *socket) {
			for range 121 {
				s.send(1, nil)
			}
		}, 4008},
		{"resume without a number", func(s *socket) { s.send(6, map[string]any{"token": s.token, "session_id": "x"}) }, 4002},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := start(t, discordtest.Config{Clock: clock})
			s := dial(t, srv, srv.GatewayURL())
			s.read()
			c.do(s)
			for {
				f := s.read()
				if f.closed != 0 {
					if f.closed != c.closed {
						t.Errorf("closed with %d, want %d", f.closed, c.closed)
					}
					return
				}
			}
		})
	}
	srv := start(t, discordtest.Config{Clock: clock})
	for query, code := range map[string]int{"?v=6": 4012, "?encoding=etf": 4002, "?compress=zlib-stream": 4002} {
		if f := dial(t, srv, srv.GatewayURL()+query).read(); f.closed != code {
			t.Errorf("%s: %+v, want close %d", query, f, code)
		}
	}
	// Just inside: 4,096 bytes and 120 frames.
	s := dial(t, srv, srv.GatewayURL())
	s.read()
	for range 119 {
		s.send(1, nil)
		s.read()
	}
	s.send(1, strings.Repeat("x", 4096-len(`{"d":"","op":1}`)))
	if f := s.read(); f.Op != 11 {
		t.Errorf("just inside: %s", f)
	}
}

func TestIdentifyBudget(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	srv := start(t, discordtest.Config{Clock: clock, IdentifyLimit: 4, NoRateLimits: true})
	identify := func() frame {
		s := dial(t, srv, srv.GatewayURL())
		defer s.close()
		s.read()
		s.send(2, s.identity())
		return s.read()
	}
	if f := identify(); f.T != "READY" {
		t.Fatalf("%s", f)
	}
	clock.Advance(4999 * time.Millisecond)
	if f := identify(); f.Op != 9 || string(f.D) != "false" {
		t.Errorf("within 5 s: %s", f)
	}
	clock.Advance(time.Second)
	if f := identify(); f.T != "READY" {
		t.Errorf("after 5 s: %s", f)
	}
	limit := call(t, srv, "GET", "/gateway/bot", nil).ok(t).body["session_start_limit"].(map[string]any)
	if limit["remaining"] != 1.0 || limit["total"] != 4.0 {
		t.Errorf("limit = %v", limit)
	}
	clock.Advance(10 * time.Second)
	identify()
	clock.Advance(10 * time.Second)
	token := srv.Token()
	if f := identify(); f.closed != 4004 || srv.Token() == token {
		t.Errorf("over the day's budget: %s", f)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock})
	hello := func(url string) *socket {
		s := dial(t, r.srv, url)
		s.read()
		return s
	}
	s := hello(r.srv.GatewayURL())
	s.send(2, s.identity())
	ready := s.read().data(t)
	last := s.until("GUILD_CREATE").S
	id, url := ready["session_id"].(string), ready["resume_gateway_url"].(string)
	resume := func(s *socket, session string, seq int64) {
		s.send(6, map[string]any{"token": s.token, "session_id": session, "seq": seq})
	}
	ended := func(s *socket) { // the client's half of a close is over before the server has noted it
		t.Helper()
		if err := r.srv.Journal().Wait(s.ctx, "the end", func(*discordtest.Journal) bool { return r.srv.Gateway().Sessions() == 0 }); err != nil {
			t.Fatal(err)
		}
	}
	lose := func(s *socket) {
		t.Helper()
		s.close()
		ended(s)
	}
	lose(s)

	// What happened meanwhile is told after the resume.
	r.guild.AddRole("one", 0)
	r.guild.AddRole("two", 0)
	s = hello(url)
	resume(s, id, last)
	for i, want := range []string{"GUILD_ROLE_CREATE", "GUILD_ROLE_CREATE", "RESUMED"} {
		if f := s.read(); f.T != want || f.S != last+int64(i)+1 {
			t.Errorf("event %d: %s seq %d", i, f.T, f.S)
		}
	}
	if fs := r.srv.Journal().Frames(); !fs[len(fs)-1].Resume {
		t.Error("the journal doesn't say that the resume URL was used")
	}
	lose(s)

	// A sequence from the future, an unknown session, a token that is wrong.
	s = hello(url)
	resume(s, "unknown", 1)
	if f := s.read(); f.Op != 9 || string(f.D) != "false" {
		t.Errorf("unknown session: %s", f)
	}
	s = hello(url)
	s.send(6, map[string]any{"token": "wrong", "session_id": id, "seq": 1})
	if f := s.read(); f.closed != 4004 {
		t.Errorf("wrong token: %s", f)
	}
	s = hello(url)
	resume(s, id, 1000)
	if f := s.read(); f.closed != 4007 {
		t.Errorf("sequence from the future: %s", f)
	}

	// A session is kept for a while only, and not at all if the bot closed it with 1000.
	clock.Advance(time.Minute)
	s = hello(url)
	s.send(2, s.identity())
	id = s.read().data(t)["session_id"].(string)
	lose(s)
	clock.Advance(3*time.Minute + time.Second)
	s = hello(url)
	resume(s, id, 1)
	if f := s.read(); f.Op != 9 {
		t.Errorf("too late: %s", f)
	}
	s.send(2, s.identity())
	id = s.until("READY").data(t)["session_id"].(string)
	_ = s.ws.Close(websocket.StatusNormalClosure, "")
	ended(s)
	s = hello(url)
	resume(s, id, 1)
	if f := s.read(); f.Op != 9 {
		t.Errorf("after a close with 1000: %s", f)
	}
}

func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	srv := start(t, discordtest.Config{IdentifyInterval: time.Nanosecond})
	srv.AddGuild(discordtest.GuildConfig{Name: "g"})
	g := srv.Gateway()

	g.NoHello(1)
	s := dial(t, srv, srv.GatewayURL())
	s.send(1, nil)
	if f := s.read(); f.Op != 11 { // the first thing heard is the answer to the heartbeat
		t.Errorf("without hello: %s", f)
	}
	g.RefuseConnections(1)
	if _, _, err := websocket.Dial(within(t), srv.GatewayURL(), nil); err == nil {
		t.Error("a refused connection was made")
	}
	identify := func() (*socket, frame) {
		s := dial(t, srv, srv.GatewayURL())
		s.read()
		s.send(2, s.identity())
		return s, s.read()
	}
	g.ReconnectBeforeReady(1)
	if _, f := identify(); f.Op != 7 {
		t.Errorf("op 7 before READY: %s", f)
	}
	g.InvalidIdentifies(1)
	if _, f := identify(); f.Op != 9 {
		t.Errorf("invalid identify: %s", f)
	}
	up := func() *socket {
		s, f := identify()
		if f.T != "READY" {
			t.Fatalf("%s", f)
		}
		s.until("GUILD_CREATE")
		return s
	}
	for _, code := range []int{1000, 1001, 4000, 4001, 4002, 4003, 4004, 4005, 4007, 4008, 4009, 4010, 4011, 4012, 4013, 4014} {
		s := up()
		g.Close(code)
		if f := s.read(); f.closed != code {
			t.Errorf("close %d: %+v", code, f)
		}
		s.close()
	}
	s = up()
	g.Drop()
	if f := s.read(); f.closed != -1 {
		t.Errorf("drop: %s", f)
	}
	s = up()
	g.Reconnect()
	if f := s.read(); f.Op != 7 {
		t.Errorf("reconnect: %s", f)
	}
	g.RequestHeartbeats()
	if f := s.read(); f.Op != 1 {
		t.Errorf("heartbeat request: %s", f)
	}
	g.InvalidateSessions(true)
	if f := s.read(); f.Op != 9 || string(f.D) != "true" {
		t.Errorf("invalid session: %s", f)
	}
	g.InvalidateSessions(false)
	if f := s.read(); f.Op != 9 || string(f.D) != "false" || g.Sessions() != 0 {
		t.Errorf("invalid session: %+v, %d sessions", f, g.Sessions())
	}
	s = up()
	g.Dispatch("GUILD_CREATE", map[string]any{"id": 5})
	if f := s.read(); f.T != "GUILD_CREATE" || string(f.D) != `{"id":5}` {
		t.Errorf("event of the test: %s", f)
	}
	g.IgnoreIdentifies(1)
	silent1 := dial(t, srv, srv.GatewayURL())
	silent1.read()
	silent1.send(2, silent1.identity())
	silent1.send(1, nil)
	if f := silent1.read(); f.Op != 11 { // the heartbeat is answered, the identify wasn't
		t.Errorf("ignored identify: %s", f)
	}
	forgotten, f := identify()
	id := f.data(t)["session_id"]
	g.Forget()
	forgotten.close()
	again := dial(t, srv, srv.GatewayURL())
	again.read()
	again.send(6, map[string]any{"token": again.token, "session_id": id, "seq": 1})
	if f := again.read(); f.Op != 9 {
		t.Errorf("forgotten session: %s", f)
	}
	beats := func(op int) (n int) {
		for _, f := range srv.Journal().Frames() {
			if f.Op == op && f.FromBot == (op == 1) {
				n++
			}
		}
		return n
	}
	wait := func(what string, cond func() bool) {
		t.Helper()
		if err := srv.Journal().Wait(s.ctx, what, func(*discordtest.Journal) bool { return cond() }); err != nil {
			t.Fatal(err)
		}
	}
	s = up()
	sent, acks := beats(1), beats(11)
	g.AckHeartbeats(false)
	s.send(1, nil)
	wait("the heartbeat", func() bool { return beats(1) > sent })
	g.RequestHeartbeats()
	if f := s.read(); f.Op != 1 {
		t.Errorf("without acks: %s", f)
	}
	g.AckHeartbeats(true)
	g.Stall()
	s.send(1, nil)
	_ = s.ws.Close(websocket.StatusNormalClosure, "") // noted after the heartbeat, if that was heard
	wait("the end", func() bool { return g.Sessions() == 0 })
	if n := beats(11); n != acks {
		t.Errorf("stalled: %d heartbeats answered, %d before", n, acks)
	}
}

// TestZombie closes a connection whose client has stopped its heartbeats.
func TestZombie(t *testing.T) {
	t.Parallel()
	srv := start(t, discordtest.Config{HeartbeatInterval: 50 * time.Millisecond})
	s := dial(t, srv, srv.GatewayURL())
	s.read()
	if f := s.read(); f.closed != 4009 {
		t.Errorf("without heartbeats: %s", f)
	}
}

// TestEvents is which events come with which intents, and with what in them.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true, PrivilegedIntents: 1 << 15, IdentifyInterval: time.Nanosecond})
	plain := connect(t, r.srv, 0)
	messages := connect(t, r.srv, 1<<9|1<<12)
	content := connect(t, r.srv, 1<<9|1<<15)
	call(t, r.srv, "POST", r.messages(), map[string]any{"content": "mine", "nonce": "n1"}).ok(t)
	if d := messages.until("MESSAGE_CREATE").data(t); d["content"] != "mine" || d["nonce"] != "n1" || d["guild_id"] != r.guild.ID {
		t.Errorf("echo = %v", d)
	}
	content.until("MESSAGE_CREATE")
	r.ada.Say(r.news, "theirs")
	if d := messages.until("MESSAGE_CREATE").data(t); d["content"] != "" {
		t.Errorf("without the content intent: %v", d)
	}
	if d := content.until("MESSAGE_CREATE").data(t); d["content"] != "theirs" {
		t.Errorf("with the content intent: %v", d)
	}
	r.ada.Say(r.ada.DM(), "hello")
	if d := messages.until("MESSAGE_CREATE").data(t); d["content"] != "" && d["content"] != "hello" || d["guild_id"] != nil {
		t.Errorf("direct message: %v", d)
	}
	call(t, r.srv, "POST", "/channels/"+r.news.ID+"/threads", map[string]any{"name": "t", "type": 11}).ok(t)
	if d := plain.until("THREAD_CREATE").data(t); d["newly_created"] != true || d["parent_id"] != r.news.ID {
		t.Errorf("thread = %v", d)
	}
	for _, f := range r.srv.Journal().Frames() {
		if f.Conn == 1 && strings.HasPrefix(f.Event, "MESSAGE_") {
			t.Errorf("without an intent for messages: %s", f.Event)
		}
	}
	if s := fmt.Sprint(r.srv.Journal().Frames()); strings.Contains(s, r.srv.Token()) {
		t.Error("the token is in the journal")
	}
}

func TestRequestMembers(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{})
	s := connect(t, r.srv, 0)
	s.send(8, map[string]any{"guild_id": r.guild.ID, "user_ids": list(r.ada.ID, "1"), "nonce": "n"})
	d := s.until("GUILD_MEMBERS_CHUNK").data(t)
	if len(d["members"].([]any)) != 1 || fmt.Sprint(d["not_found"]) != "[1]" || d["nonce"] != "n" {
		t.Errorf("chunk = %v", d)
	}
	s.send(8, map[string]any{"guild_id": list(r.guild.ID), "query": "a", "limit": 5})
	if d = s.until("GUILD_MEMBERS_CHUNK").data(t); len(d["members"].([]any)) != 1 {
		t.Errorf("chunk = %v", d)
	}
	s.send(8, map[string]any{"guild_id": r.guild.ID, "query": "", "limit": 0})
	if f := s.read(); f.closed != 4014 {
		t.Errorf("everybody, without the intent: %s", f)
	}
}

// TestShards sends each guild's events to its shard only.
func TestShards(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)) // so that each shard has every second guild
	srv := start(t, discordtest.Config{Clock: clock, MaxConcurrency: 16})
	guilds := srv.AddGuilds(8, "guild")
	seen, inShard := map[string]int{}, [2]int{}
	for shard := range 2 {
		s := dial(t, srv, srv.GatewayURL())
		s.read()
		s.send(2, s.identity("shard", list(shard, 2)))
		for range s.until("READY").data(t)["guilds"].([]any) {
			seen[s.until("GUILD_CREATE").data(t)["id"].(string)]++
			inShard[shard]++
		}
	}
	if len(seen) != 8 || inShard[0] == 0 || inShard[1] == 0 {
		t.Errorf("guilds seen: %v, by shard %v", seen, inShard)
	}
	for _, g := range guilds {
		if seen[g.ID] != 1 {
			t.Errorf("guild %s came %d times", g.ID, seen[g.ID])
		}
	}
}
