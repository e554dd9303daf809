package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Limits of one request. They hold for every use of the client.
const (
	MaxBytes     = 10 << 20         // decoded body
	MaxRedirects = 5                // hops
	Timeout      = 20 * time.Second // from the first dial to the last byte, all hops together
	MaxRedirect  = 2048             // bytes of a URL
)

const (
	dialTimeout    = 8 * time.Second
	maxHeaderBytes = 128 << 10
	smallBody      = 1 << 20 // bodies over this size take one of bigBodies places
	bigBodies      = 3
	// hold429 is how long a host is left alone that says "too many requests"
	// without saying for how long.
	hold429 = 15 * time.Minute
	maxHold = 7 * 24 * time.Hour
)

// Config sets up a Client. The zero value is usable.
type Config struct {
	// UserAgent is sent with every request and should name a page or address
	// where the operator can be reached. Default "Sitrep".
	UserAgent string

	// AllowPrivate are networks that may be asked although they are not public,
	// on any port. For tests, demos and intranet feeds. Default none.
	AllowPrivate []netip.Prefix

	// Spacing is the pause between two requests to one host. Default 1 s;
	// negative for none.
	Spacing time.Duration

	// IdleConns bounds the connections kept open for reuse. Default 512.
	IdleConns int

	// Resolve looks a host name up. Default: the system's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)

	// Dial connects to an address that has passed the guard. Default: TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// RootCAs are the authorities trusted for https. Default: the system's.
	RootCAs *x509.CertPool
}

// A Client fetches what lies outside. It is safe for concurrent use.
type Client struct {
	userAgent string
	guard     *guard
	hosts     *hosts
	resolve   func(ctx context.Context, host string) ([]netip.Addr, error)
	dialAddr  func(ctx context.Context, network, address string) (net.Conn, error)
	tls       *tls.Config
	idle      *idleWires
	big       chan struct{}
	decoders  decoders
}

// New returns a Client for cfg.
func New(cfg Config) *Client {
	if cfg.UserAgent == "" {
		cfg.UserAgent = "Sitrep"
	}
	if cfg.Spacing == 0 {
		cfg.Spacing = time.Second
	}
	if cfg.IdleConns == 0 {
		cfg.IdleConns = 512
	}
	c := &Client{
		userAgent: cfg.UserAgent,
		guard:     newGuard(cfg.AllowPrivate),
		hosts:     newHosts(max(cfg.Spacing, 0)),
		resolve:   cfg.Resolve,
		dialAddr:  cfg.Dial,
		idle:      newIdleWires(cfg.IdleConns),
		big:       make(chan struct{}, bigBodies),
	}
	if c.resolve == nil {
		c.resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if c.dialAddr == nil {
		d := &net.Dialer{KeepAlive: -1}
		c.dialAddr = d.DialContext
	}
	// HTTP/1.1 alone: with one request at a time a host, HTTP/2 has nothing to
	// offer, and its connections cost twice the memory.
	c.tls = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            cfg.RootCAs,
		ClientSessionCache: newSessionCache(sessions),
		// Without the post-quantum exchange, which is a fifth of a handshake's
		// cost: what is read here is public, today and in twenty years.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384},
	}
	return c
}

// Close drops the connections that are kept for reuse.
func (c *Client) Close() { c.idle.closeAll() }

// UserAgent is what the client calls itself.
func (c *Client) UserAgent() string { return c.userAgent }

// A Request asks for one URL.
type Request struct {
	URL    string
	Accept string // default "*/*"

	// ETag and LastModified make the request conditional; they are sent byte for
	// byte as they were received.
	ETag         string
	LastModified string

	// MaxBytes bounds the decoded body; 0, or more than the constant MaxBytes,
	// means the constant.
	MaxBytes int64

	// Patience is how long to wait for the host's turn. A host that is busy for
	// longer gives an Error of KindHeld that says until when.
	Patience time.Duration

	// Follow is asked before each redirect to another host is followed; its error
	// ends the request and is returned as it is. Default: all are followed.
	Follow func(ctx context.Context, url string) error

	// Form is POSTed when it is not nil.
	Form url.Values
}

// A Response is an answer of any status.
type Response struct {
	URL       string // where the answer came from, after redirects
	Permanent string // where permanent redirects alone led to; "" when there was none
	Hops      int    // redirects followed
	Status    int
	Header    http.Header
	Body      []byte // decoded; nil for 304
	Truncated bool   // Body was cut off at MaxBytes
	Cut       bool   // the connection broke, or the encoding did, in the middle of Body

	RetryAt  time.Time     // Retry-After of a 429 or 503 as a time, else zero
	FreshFor time.Duration // what Cache-Control or Expires allow, 0 when they say nothing
}

// Get sends req and reads the answer whole.
func (c *Client) Get(ctx context.Context, req Request) (Response, error) {
	u, err := parseURL(req.URL)
	if err != nil {
		return Response{}, err
	}
	gate, err := c.hosts.acquire(ctx, hostOf(u), req.Patience)
	if err != nil {
		return Response{}, err
	}
	tctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	var res Response
	permanent := true
	seen := map[string]bool{}
	for {
		if seen[u.String()] {
			c.hosts.release(gate)
			return Response{}, failure(KindRedirects, errors.New("in a circle"))
		}
		seen[u.String()] = true
		next, err := c.once(tctx, u, req, &res)
		c.hosts.release(gate)
		if err != nil {
			return Response{}, c.classify(ctx, tctx, err)
		}
		if next == nil {
			res.URL = u.String()
			return res, nil
		}
		if res.Hops++; res.Hops > MaxRedirects {
			return Response{}, failure(KindRedirects, fmt.Errorf("more than %d", MaxRedirects))
		}
		if permanent = permanent && (res.Status == http.StatusMovedPermanently || res.Status == http.StatusPermanentRedirect); permanent {
			res.Permanent = next.String()
		}
		if req.Follow != nil && hostOf(next) != hostOf(u) {
			if err := req.Follow(ctx, next.String()); err != nil {
				return Response{}, err
			}
		}
		u = next
		// A hop to a host that is merely having its pause is worth a short wait;
		// one that asked for quiet is not.
		if gate, err = c.hosts.acquire(tctx, hostOf(u), c.hosts.spacing+time.Second); err != nil {
			return Response{}, c.classify(ctx, tctx, err)
		}
	}
}

// once makes one hop. It returns where to go on, or nil when res holds the answer.
func (c *Client) once(ctx context.Context, u *url.URL, req Request, res *Response) (next *url.URL, err error) {
	method, body := http.MethodGet, io.Reader(nil)
	if req.Form != nil {
		method, body = http.MethodPost, strings.NewReader(req.Form.Encode())
	}
	hr, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, failure(KindBadURL, err)
	}
	h := hr.Header
	h["User-Agent"] = []string{c.userAgent}
	h["Accept-Encoding"] = []string{acceptEncoding}
	if req.Accept != "" {
		h["Accept"] = []string{req.Accept}
	} else {
		h["Accept"] = []string{"*/*"}
	}
	if req.Form != nil {
		h["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	}
	if req.ETag != "" && httpguts.ValidHeaderFieldValue(req.ETag) {
		h["If-None-Match"] = []string{req.ETag}
	}
	if req.LastModified != "" && httpguts.ValidHeaderFieldValue(req.LastModified) {
		h["If-Modified-Since"] = []string{req.LastModified}
	}
	hres, err := c.exchange(ctx, hr)
	if err != nil {
		return nil, err
	}
	defer hres.Body.Close()

	now := time.Now()
	res.Status, res.Header = hres.StatusCode, hres.Header
	res.FreshFor = freshFor(hres.Header, now)
	switch hres.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		res.RetryAt = retryAt(hres.Header.Get("Retry-After"), now)
		hold := res.RetryAt
		if hold.IsZero() && hres.StatusCode == http.StatusTooManyRequests {
			hold = now.Add(hold429)
		}
		if !hold.IsZero() {
			c.hosts.holdUntil(hostOf(u), hold)
		}
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if req.Form == nil || hres.StatusCode >= 307 {
			_, _ = io.CopyN(io.Discard, hres.Body, 4<<10) // so that the connection can be used again
			return redirect(u, hres.Header.Get("Location"))
		}
	case http.StatusNotModified, http.StatusNoContent:
		return nil, nil
	}
	return nil, c.readBody(ctx, hres, req.MaxBytes, res)
}

func redirect(from *url.URL, location string) (*url.URL, error) {
	if location == "" || len(location) > MaxRedirect {
		return nil, failure(KindRedirects, errors.New("no usable Location"))
	}
	to, err := from.Parse(strings.TrimSpace(location))
	if err != nil {
		return nil, failure(KindRedirects, err)
	}
	return checkURL(to)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody reads and decodes up to limit bytes into res. Large bodies wait for
// one of a few places, so that many of them at once do not fill the memory.
func (c *Client) readBody(ctx context.Context, hres *http.Response, limit int64, res *Response) error {
	if limit <= 0 || limit > MaxBytes {
		limit = MaxBytes
	}
	raw := io.LimitReader(hres.Body, limit+(1<<20)) // a bomb of empty blocks ends here
	r, done, err := c.decoders.decode(hres.Header.Get("Content-Encoding"), raw)
	if err != nil {
		return err
	}
	defer done()
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	_, err = buf.ReadFrom(io.LimitReader(r, min(limit, smallBody)))
	if err != nil || int64(buf.Len()) < min(limit, smallBody) {
		res.Body = bytes.Clone(buf.Bytes())
		buffers.Put(buf)
		return broken(err, res)
	}
	select {
	case c.big <- struct{}{}:
		defer func() { <-c.big }()
	case <-ctx.Done():
		return ctx.Err()
	}
	big := make([]byte, limit)
	n := copy(big, buf.Bytes())
	buffers.Put(buf)
	m, err := io.ReadFull(r, big[n:])
	res.Body = big[:n+m]
	switch {
	case err == nil:
		var one [1]byte
		k, _ := io.ReadFull(r, one[:])
		res.Truncated = k == 1
	case errors.Is(err, io.EOF):
		err = nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		// Either the end of the body, or a connection that broke: ask again.
		_, err = r.Read(big[n+m:][:1])
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	return broken(err, res)
}

// broken decides what a failed read means: a body that broke off is handed out
// as far as it came, marked as Cut; running out of time is an error.
func broken(err error, res *Response) error {
	var ne net.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return err
	case len(res.Body) > 0:
		res.Cut = true
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &ne):
		return err
	default:
		return failure(KindEncoding, err)
	}
}

// dial resolves the host and connects to the first address that the guard lets
// through and that answers. It is the only way out of this package.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, failure(KindBadURL, err)
	}
	var addrs []netip.Addr
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = []netip.Addr{a}
	} else {
		found, err := c.resolve(ctx, host)
		if err != nil {
			return nil, failure(KindDNS, err)
		}
		for _, a := range found {
			addrs = append(addrs, a.Unmap())
		}
	}
	if len(addrs) == 0 {
		return nil, failure(KindDNS, fmt.Errorf("%s has no address", host))
	}
	var last error
	tried := 0
	for _, a := range addrs {
		if err := c.guard.check(a, port); err != nil {
			last = failure(KindRefused, err)
			continue
		}
		if tried++; tried > 4 {
			break
		}
		actx, cancel := context.WithTimeout(ctx, dialTimeout/time.Duration(min(len(addrs), 2)))
		conn, err := c.dialAddr(actx, network, netip.AddrPortFrom(a, portNumber(port)).String())
		cancel()
		if err == nil {
			return conn, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

func portNumber(s string) uint16 {
	var n uint16
	for i := 0; i < len(s); i++ {
		n = n*10 + uint16(s[i]-'0')
	}
	return n
}

// HeldUntil tells until when the host of rawURL wants no request; zero when it
// has not said so.
func (c *Client) HeldUntil(rawURL string) time.Time {
	u, err := parseURL(rawURL)
	if err != nil {
		return time.Time{}
	}
	if t := c.hosts.held(hostOf(u)); t.After(time.Now()) {
		return t
	}
	return time.Time{}
}

// Spacing is the pause the client keeps between two requests to one host.
func (c *Client) Spacing() time.Duration { return c.hosts.spacing }

func ctxError(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failure(KindTimeout, ctx.Err())
	}
	return failure(KindStopped, context.Cause(ctx))
}

// classify turns whatever went wrong into an Error.
func (c *Client) classify(parent, ctx context.Context, err error) error {
	var e *Error
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var ne net.Error
	switch {
	case errors.As(err, &e) && e.Kind != KindStopped && e.Kind != KindTimeout:
		return e
	case parent.Err() != nil:
		return ctxError(parent)
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return failure(KindTimeout, err)
	case errors.As(err, &dns):
		return failure(KindDNS, err)
	case errors.As(err, &cert), errors.As(err, &alert), errors.As(err, &record):
		return failure(KindTLS, err)
	case errors.As(err, &ne) && ne.Timeout():
		return failure(KindTimeout, err)
	default:
		return failure(KindNetwork, err)
	}
}
