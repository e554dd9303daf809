package discordtest

// The methods in this file make the gateway go wrong. Those that take a number concern the next so
// many connections or identifies; -1 means all from now on, 0 switches the fault off.

// NoHello lets the next n connections wait for HELLO in vain.
func (g *Gateway) NoHello(n int) { g.set(&g.noHello, n) }

// ReconnectBeforeReady answers the next n identifies or resumes with op 7 instead of READY.
func (g *Gateway) ReconnectBeforeReady(n int) { g.set(&g.earlyReconnect, n) }

// RefuseConnections answers the next n connections with a 503.
func (g *Gateway) RefuseConnections(n int) { g.set(&g.refuseConns, n) }

// InvalidIdentifies answers the next n identifies with an invalid session.
func (g *Gateway) InvalidIdentifies(n int) { g.set(&g.invalidIdentify, n) }

// IgnoreIdentifies leaves the next n identifies without any answer.
func (g *Gateway) IgnoreIdentifies(n int) { g.set(&g.silentIdentify, n) }

// AckHeartbeats says whether heartbeats are acknowledged, as they are at first.
func (g *Gateway) AckHeartbeats(ack bool) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.noAck = !ack
}

func (g *Gateway) set(field *int, n int) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	*field = n
}

// Close closes the connections of all sessions with a code. Sessions can be resumed after
// 4000 to 4003, 4005, 4008 and 1xxx; after others they are over.
func (g *Gateway) Close(code int) {
	g.connected(func(ses *session) {
		switch code {
		case 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014:
			delete(g.sessions, ses.id)
		}
		c := ses.conn
		g.part(ses)
		c.close(code, "")
	})
}

// Drop cuts the connections of all sessions without a close frame.
func (g *Gateway) Drop() {
	g.connected(func(ses *session) {
		c := ses.conn
		g.part(ses)
		c.drop()
	})
}

// Stall keeps the connections of all sessions open and says and hears nothing more on them.
func (g *Gateway) Stall() { g.connected(func(ses *session) { ses.conn.stalled = true }) }

// Reconnect asks all sessions to reconnect and resume: op 7.
func (g *Gateway) Reconnect() { g.connected(func(ses *session) { ses.conn.send(opReconnect, nil) }) }

// RequestHeartbeats asks all sessions for a heartbeat at once: op 1.
func (g *Gateway) RequestHeartbeats() {
	g.connected(func(ses *session) { ses.conn.send(opHeartbeat, nil) })
}

// InvalidateSessions sends op 9 to all sessions. Those that can't be resumed are over.
func (g *Gateway) InvalidateSessions(resumable bool) {
	g.connected(func(ses *session) {
		c := ses.conn
		c.send(opInvalidSession, resumable)
		if !resumable {
			delete(g.sessions, ses.id)
			ses.conn, c.session = nil, nil
		}
	})
}

// Forget ends all sessions without a word, so that a resume is answered with an invalid session.
func (g *Gateway) Forget() {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	clear(g.sessions)
}

// ForgetIdentifies frees all identify buckets and the day's budget.
func (g *Gateway) ForgetIdentifies() {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.identifies = nil
	clear(g.lastByKey)
}

// Dispatch sends an event of the test's own to all sessions, for instance one that
// can't be decoded.
func (g *Gateway) Dispatch(event string, data any) {
	g.connected(func(ses *session) { g.dispatch(ses, event, encode(data)) })
}

// Sessions is the number of sessions that are connected.
func (g *Gateway) Sessions() int {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	n := 0
	for _, ses := range g.sessions {
		if ses.conn != nil {
			n++
		}
	}
	return n
}

// Identifies is the number of identifies counted against the day's budget.
func (g *Gateway) Identifies() int {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return len(g.recentIdentifies())
}

// part takes a session off its connection, as when the connection has ended.
func (g *Gateway) part(ses *session) {
	ses.conn.session = nil
	ses.conn = nil
	ses.lost = g.srv.clock.Now()
}

func (g *Gateway) connected(f func(*session)) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	for _, ses := range g.sessions {
		if ses.conn != nil {
			f(ses)
		}
	}
	g.srv.notify()
}
