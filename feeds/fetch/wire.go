package fetch

import (
	"bufio"
	"bytes"
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	handshakeTimeout = 8 * time.Second
	idleTimeout      = 15 * time.Second
	maxInterim       = 5 // answers of 1xx before the one that counts
)

// A wire is a connection to one server. It carries one request at a time and
// belongs to the goroutine that makes it, which is all that a client needs that
// asks each host for one thing at a time; the three goroutines that net/http
// keeps for a connection cost more than the rest of asking an unchanged feed.
// Requests are written and answers are read by net/http all the same.
type wire struct {
	net.Conn          // what requests go through: TLS, or raw
	raw      net.Conn // what was dialled
	target   string   // scheme, host and port that it leads to
	r        *bufio.Reader
	head     int64       // bytes that may still be read
	stop     func() bool // ends the watch over the request's context
	idleAt   time.Time
}

var errHead = errors.New("the head of the answer is too long")

// Read implements io.Reader with a bound on the head of an answer.
func (w *wire) Read(p []byte) (int, error) {
	if w.head <= 0 {
		return 0, errHead
	}
	n, err := w.Conn.Read(p[:min(int64(len(p)), w.head)])
	w.head -= int64(n)
	return n, err
}

// watch makes reads and writes fail from the end of ctx on, until w.stop.
func (w *wire) watch(ctx context.Context) {
	deadline, _ := ctx.Deadline()
	_ = w.raw.SetDeadline(deadline)
	w.stop = context.AfterFunc(ctx, func() { _ = w.raw.SetDeadline(time.Unix(1, 0)) })
}

// silent tells whether nothing has come over an idle connection. Its end, or an
// answer that nobody has asked for (some servers say 408 before they hang up),
// makes it useless.
func (w *wire) silent() bool {
	var one [1]byte
	for deadline := time.Now(); !time.Now().Before(deadline); { // past it nothing is read, and what came stays unseen
		deadline = time.Now().Add(time.Millisecond)
		_ = w.raw.SetReadDeadline(deadline)
	}
	_, err := w.raw.Read(one[:])
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

// unbuffer gives the reader back. The wire must not be read from after it.
func (w *wire) unbuffer() {
	if w.r != nil {
		w.r.Reset(nil)
		readers.Put(w.r)
		w.r = nil
	}
}

func (w *wire) close() {
	if w.stop != nil {
		w.stop()
	}
	w.unbuffer()
	_ = w.raw.Close() // without TLS's goodbye: there is nothing left to be cut off
}

// roundTrip sends req and reads the head of the answer. The wire is closed with
// an error, or by the body.
func (w *wire) roundTrip(req *http.Request, idle *idleWires) (*http.Response, error) {
	w.head = maxHeaderBytes
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	err := req.Write(buf)
	if err == nil {
		_, err = w.Write(buf.Bytes())
	}
	buffers.Put(buf)
	w.r = readers.Get().(*bufio.Reader)
	w.r.Reset(w)
	var res *http.Response
	for range 1 + maxInterim {
		if err != nil {
			break
		}
		if res, err = http.ReadResponse(w.r, req); err == nil && (res.StatusCode >= 200 || res.StatusCode == http.StatusSwitchingProtocols) {
			w.head = math.MaxInt64
			res.Body = &wireBody{Reader: res.Body, w: w, idle: idle, keep: !res.Close && res.StatusCode >= 200, whole: res.Body == http.NoBody}
			return res, nil
		}
	}
	if err == nil {
		err = errors.New("nothing but interim answers")
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	w.close()
	return nil, err
}

// unanswered tells whether the connection broke before a byte of an answer came:
// the server may have hung up just when it was used again.
func (w *wire) unanswered() bool { return w.head == maxHeaderBytes }

// wireBody is the body of an answer. Close keeps the wire for the next request to
// the same server where the body was read to its end.
type wireBody struct {
	io.Reader
	w     *wire
	idle  *idleWires
	keep  bool // the server doesn't mind
	whole bool // read to its end
}

func (b *wireBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.whole = b.whole || errors.Is(err, io.EOF)
	return n, err
}

func (b *wireBody) Close() error {
	w := b.w
	if !b.whole && b.keep && w.r.Buffered() > 0 { // what ends a chunked body is left when its content ended
		var one [1]byte
		_, _ = b.Read(one[:])
	}
	reusable := b.whole && b.keep && w.r.Buffered() == 0
	if !w.stop() || !reusable {
		w.close()
		return nil
	}
	w.unbuffer()
	b.idle.put(w)
	return nil
}

// exchange sends req on a connection that is kept for its server, or on a new
// one, and returns the answer with its body still to be read.
func (c *Client) exchange(ctx context.Context, req *http.Request) (*http.Response, error) {
	port := req.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[req.URL.Scheme]
	}
	address := net.JoinHostPort(req.URL.Hostname(), port)
	target := req.URL.Scheme + "://" + address
	if w := c.idle.take(target); w != nil && req.Method == http.MethodGet {
		if w.silent() {
			w.watch(ctx)
			res, err := w.roundTrip(req, c.idle)
			if err == nil || !w.unanswered() || ctx.Err() != nil {
				return res, err
			}
		} else {
			w.close()
		}
	}
	w, err := c.connect(ctx, req.URL, address)
	if err != nil {
		return nil, err
	}
	w.target = target
	return w.roundTrip(req, c.idle)
}

func (c *Client) connect(ctx context.Context, u *url.URL, address string) (*wire, error) {
	raw, err := c.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: raw, raw: raw}
	w.watch(ctx)
	if u.Scheme != "https" {
		return w, nil
	}
	cfg := c.tls.Clone()
	cfg.ServerName = u.Hostname()
	secured := tls.Client(raw, cfg)
	w.Conn = secured
	deadline, _ := ctx.Deadline()
	if soon := time.Now().Add(handshakeTimeout); soon.Before(deadline) {
		_ = raw.SetDeadline(soon)
	}
	err = secured.Handshake() // the watch ends it with ctx
	_ = raw.SetDeadline(deadline)
	if ctx.Err() != nil { // which may have ended before the line above
		err = ctx.Err()
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// idleWires keeps connections for a while: one a server, and not more than max.
type idleWires struct {
	max      int
	mu       sync.Mutex
	byAge    list.List // the longest idle first
	byTarget map[string]*list.Element
	sweeping bool
}

func newIdleWires(n int) *idleWires {
	return &idleWires{max: n, byTarget: make(map[string]*list.Element)}
}

// take returns the connection that is kept for target, or nil.
func (i *idleWires) take(target string) *wire {
	i.mu.Lock()
	defer i.mu.Unlock()
	if e := i.byTarget[target]; e != nil {
		return i.remove(e)
	}
	return nil
}

func (i *idleWires) remove(e *list.Element) *wire {
	w := i.byAge.Remove(e).(*wire)
	delete(i.byTarget, w.target)
	return w
}

func (i *idleWires) put(w *wire) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if e := i.byTarget[w.target]; e != nil {
		i.remove(e).close()
	}
	w.stop, w.idleAt = nil, time.Now()
	i.byTarget[w.target] = i.byAge.PushBack(w)
	if i.byAge.Len() > i.max {
		i.remove(i.byAge.Front()).close()
	}
	i.sweepLater()
}

// sweepLater sees to it that what is idle for too long is closed.
func (i *idleWires) sweepLater() {
	if e := i.byAge.Front(); e != nil && !i.sweeping {
		i.sweeping = true
		time.AfterFunc(time.Until(e.Value.(*wire).idleAt.Add(idleTimeout)), func() {
			i.mu.Lock()
			defer i.mu.Unlock()
			i.sweeping = false
			i.closeBefore(time.Now().Add(-idleTimeout))
			i.sweepLater()
		})
	}
}

// closeBefore closes what is idle since t or longer.
func (i *idleWires) closeBefore(t time.Time) {
	for e := i.byAge.Front(); e != nil && !e.Value.(*wire).idleAt.After(t); e = i.byAge.Front() {
		i.remove(e).close()
	}
}

func (i *idleWires) closeAll() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closeBefore(time.Now())
}
