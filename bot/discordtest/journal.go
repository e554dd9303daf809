package discordtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Journal is the record of everything that went over the wire: REST requests with their answers
// and gateway frames. It only grows.
type Journal struct {
	srv *Server

	mu       sync.Mutex
	requests []*Request
	frames   []Frame
}

// Request is one REST request and its answer.
type Request struct {
	// N numbers the requests from 0 in the order of their arrival.
	N int
	// Method, Path and Query are as sent; Route is the pattern that the path meets,
	// empty if it meets none, Params the values in it.
	Method, Path, Query, Route string
	Params                     map[string]string
	// Header is the request's header, without the token.
	Header http.Header
	// Body is the JSON of the request (payload_json, if it was a form), Files its files.
	Body  []byte
	Files []File
	// Status is the answer's, 0 as long as there is none (and for ever if the connection was broken).
	Status         int
	Response       []byte
	ResponseHeader http.Header
	// Did is the status that the work ended with, even if the answer was lost; 0 if it was not done.
	Did int
	// Fault names the fault that struck.
	Fault string
	// Arrived and Answered are times of the server's clock. Done says that nothing more will come.
	Arrived, Answered time.Time
	Done              bool
}

// File is a file of a request.
type File struct {
	N, Name, ContentType string
	Data                 []byte
}

// JSON is the request's body as an object; nil if it is none.
func (r *Request) JSON() map[string]any {
	var m map[string]any
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	dec.UseNumber()
	if dec.Decode(&m) != nil {
		return nil
	}
	return m
}

// String is the request in a line, for test messages.
func (r *Request) String() string {
	s := fmt.Sprintf("#%d %s %s -> %d", r.N, r.Method, r.Path, r.Status)
	if r.Fault != "" {
		s += " (" + r.Fault + ")"
	}
	return s
}

// Frame is one gateway message.
type Frame struct {
	// Conn numbers the connections from 1; Resume says that it came in by the address for resuming.
	Conn   int
	Resume bool
	// FromBot tells the bot's frames from Discord's.
	FromBot bool
	Op      int
	// Event is the name of a dispatched event ("READY"), Seq its number.
	Event string
	Seq   int64
	// Data is the frame's "d"; an identify or a resume has its token taken out.
	Data json.RawMessage
	// Close is the close code, if the frame is the end of the connection (1006: dropped).
	Close int
	At    time.Time
}

// String is the frame in a line, for test messages.
func (f Frame) String() string {
	who := "discord"
	if f.FromBot {
		who = "bot"
	}
	switch {
	case f.Close != 0:
		return fmt.Sprintf("conn %d: %s closes with %d", f.Conn, who, f.Close)
	case f.Event != "":
		return fmt.Sprintf("conn %d: %s %s seq %d", f.Conn, who, f.Event, f.Seq)
	}
	return fmt.Sprintf("conn %d: %s op %d", f.Conn, who, f.Op)
}

func (j *Journal) open(r *http.Request) int {
	h := r.Header.Clone()
	if h.Get("Authorization") != "" {
		h.Set("Authorization", "(present)")
	}
	path, ok := strings.CutPrefix(r.URL.Path, apiPrefix)
	if !ok {
		path = r.URL.Path
	}
	now := j.srv.clock.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = append(j.requests, &Request{N: len(j.requests), Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: h, Arrived: now})
	return len(j.requests) - 1
}

// update changes an entry and wakes who waits for it; the server's lock must not be held.
func (j *Journal) update(i int, f func(*Request)) {
	j.mu.Lock()
	f(j.requests[i])
	j.mu.Unlock()
	j.srv.mu.Lock()
	defer j.srv.mu.Unlock()
	j.srv.notify()
}

func (j *Journal) close(i int) { j.update(i, func(r *Request) { r.Done = true }) }

// frame notes a gateway frame and wakes who waits for it; the server's lock is held.
func (j *Journal) frame(f Frame) {
	f.At = j.srv.clock.Now()
	j.mu.Lock()
	j.frames = append(j.frames, f)
	j.mu.Unlock()
	j.srv.notify()
}

// Requests are the requests so far, in the order of their arrival, that meet one of the filters: a method
// and a route pattern as in Discord's documentation, "POST /channels/{channel_id}/messages", or one
// of both. Without filters: all.
func (j *Journal) Requests(filters ...string) []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Request
	for _, r := range j.requests {
		if len(filters) == 0 || slices.ContainsFunc(filters, r.meets) {
			out = append(out, *r)
		}
	}
	return out
}

// RequestsFrom are the requests from number n on, for those who look again and again.
func (j *Journal) RequestsFrom(n int) []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Request
	for _, r := range j.requests[min(n, len(j.requests)):] {
		out = append(out, *r)
	}
	return out
}

func (r *Request) meets(filter string) bool {
	method, route, both := strings.Cut(filter, " ")
	if !both {
		return filter == r.Method || filter == r.Route
	}
	return method == r.Method && route == r.Route
}

// Frames are the gateway frames so far.
func (j *Journal) Frames() []Frame {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.frames)
}

// Wait waits until the predicate is true of the journal; it is asked again after each request and frame.
func (j *Journal) Wait(ctx context.Context, what string, pred func(*Journal) bool) error {
	for {
		j.srv.mu.Lock()
		changed := j.srv.changed
		j.srv.mu.Unlock()
		if pred(j) {
			return nil
		}
		if err := j.srv.await(ctx, changed, what); err != nil {
			return err
		}
	}
}

// Checker says what is wrong with a request and its answer; openapi.Spec is one.
type Checker interface {
	Check(Request) []error
}

// Validate holds all requests and answers so far against a description of the API.
func (j *Journal) Validate(c Checker) []error {
	var errs []error
	for _, r := range j.Requests() {
		errs = append(errs, c.Check(r)...)
	}
	return errs
}
