package discordtest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault makes requests fail. The zero Fault matches every request and changes nothing;
// fill in what should go wrong.
type Fault struct {
	// On is the method and route pattern that the fault is for, such as
	// "POST /channels/{channel_id}/messages"; "POST " is every POST, "" every request.
	On string
	// Skip is how many matching requests pass unharmed first.
	Skip int
	// Times is how many are hit then. Zero: one; negative: all from now on.
	Times int

	// Delay is waited before anything else, on the wall clock.
	Delay time.Duration

	// Status answers with this status and a body as servers in trouble give it (HTML for 5xx).
	Status int
	// Reset breaks the connection without an answer.
	Reset bool
	// Hang never answers: the client has to give up.
	Hang bool
	// RateLimit answers with a 429: its scope is "user", "shared" or "global", or "edge" for an HTML page of the
	// network in front. RetryAfter says how long (zero: one second).
	RateLimit  string
	RetryAfter time.Duration
	// Unauthorized answers with a 401, without touching the token.
	Unauthorized bool

	// After does the request's work first and then fails as told: the message is there, its
	// sender doesn't know.
	After bool

	hits int
}

// Fault switches a fault on; with several, the first that matches strikes. It returns a function that
// switches it off and says how many requests it has hit.
func (s *Server) Fault(f Fault) (stop func() int) {
	if f.Times == 0 {
		f.Times = 1
	}
	p := &f
	s.mu.Lock()
	s.faults = append(s.faults, p)
	s.mu.Unlock()
	return func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, x := range s.faults {
			if x == p {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
				break
			}
		}
		return p.hits
	}
}

// Outage takes all of Discord away: REST requests break, gateway connections are cut and refused. It returns
// a function that brings it back. Sessions can be resumed if it is back in time.
func (s *Server) Outage() (end func()) {
	stop := s.Fault(Fault{Times: -1, Reset: true})
	s.gateway.RefuseConnections(-1)
	s.gateway.Drop()
	return func() {
		stop()
		s.gateway.RefuseConnections(0)
	}
}

// takeFault finds the fault for a request and counts it. s.mu is held.
func (s *Server) takeFault(method string, rt *route) *Fault {
	for _, f := range s.faults {
		m, pattern, _ := strings.Cut(f.On, " ")
		if m != "" && m != method {
			continue
		}
		if pattern != "" && (rt == nil || rt.pattern != pattern) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times >= 0 && f.hits >= f.Times {
			continue
		}
		f.hits++
		return f
	}
	return nil
}

// fails says whether the fault replaces the answer, rather than only delaying it.
func (f *Fault) fails() bool { return f.Status != 0 || f.Reset || f.Hang || f.RateLimit != "" }

func (f *Fault) beforeWork() bool { return f.fails() && !f.After }

func (f *Fault) afterWork() bool { return f.fails() && f.After }

// name is the fault as the journal shows it.
func (f *Fault) name() string {
	var parts []string
	switch {
	case f.Reset:
		parts = append(parts, "reset")
	case f.Hang:
		parts = append(parts, "hang")
	case f.RateLimit != "":
		parts = append(parts, f.RateLimit+" 429")
	case f.Status != 0:
		parts = append(parts, fmt.Sprint(f.Status))
	case f.Unauthorized:
		parts = append(parts, "401")
	}
	if f.Delay > 0 {
		parts = append(parts, "delay "+f.Delay.String())
	}
	if f.After {
		parts = append(parts, "after work")
	}
	return strings.Join(parts, ", ")
}

// deliverFault fails a request as told.
func (s *Server) deliverFault(w http.ResponseWriter, r *http.Request, entry int, f *Fault) {
	switch {
	case f.Reset:
		panic(http.ErrAbortHandler)
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	case f.RateLimit != "":
		wait := f.RetryAfter
		if wait == 0 {
			wait = time.Second
		}
		a := edgeAnswer(wait)
		if f.RateLimit != "edge" {
			h := http.Header{}
			if f.RateLimit == "global" {
				h.Set("X-RateLimit-Global", "true")
			}
			a = *tooMany(h, wait, f.RateLimit, f.RateLimit == "global")
		}
		s.mu.Lock()
		s.limits.count(a)
		s.mu.Unlock()
		s.send(w, entry, a)
	default:
		h := http.Header{}
		var body []byte
		if f.Status >= 500 {
			h.Set("Content-Type", "text/html")
			body = fmt.Appendf(nil, "<html><head><title>%d %s</title></head><body></body></html>\n", f.Status, http.StatusText(f.Status))
		} else {
			jsonHeader(h)
			body = encode(statusError(f.Status).body())
		}
		a := answer{f.Status, h, body}
		s.mu.Lock()
		s.limits.count(a)
		s.mu.Unlock()
		s.send(w, entry, a)
	}
}
