package feedstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"sitrep/feeds/fetch"
)

// Network connects a fetch.Client to handlers by host name, over pipes instead of
// sockets. Each host gets a public address of its own; ports do not matter.
type Network struct {
	mu     sync.Mutex
	byHost map[string]netip.Addr
	byAddr map[netip.Addr]*pipeListener
	srvs   []*http.Server
	dialed []string
}

// NewNetwork returns a Network without hosts.
func NewNetwork() *Network {
	return &Network{byHost: map[string]netip.Addr{}, byAddr: map[netip.Addr]*pipeListener{}}
}

// Serve answers requests to host with h.
func (n *Network) Serve(host string, h http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := len(n.byHost) + 1
	addr := netip.AddrFrom4([4]byte{23, byte(i >> 16), byte(i >> 8), byte(i)})
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	n.byHost[host], n.byAddr[addr] = addr, l
	srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	n.srvs = append(n.srvs, srv)
	go func() { _ = srv.Serve(l) }()
}

// Close stops all servers.
func (n *Network) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.srvs {
		_ = s.Close()
	}
}

// Dialed returns the addresses that were connected to.
func (n *Network) Dialed() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.dialed...)
}

// Resolve is a resolver for fetch.Config.
func (n *Network) Resolve(_ context.Context, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a, ok := n.byHost[strings.TrimSuffix(host, ".")]; ok {
		return []netip.Addr{a}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// Dial is a dialer for fetch.Config.
func (n *Network) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.dialed = append(n.dialed, address)
	l := n.byAddr[ap.Addr()]
	n.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("connect to %s: no route", address)
	}
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client returns a fetch.Client on this network. cfg may set the rest.
func (n *Network) Client(cfg fetch.Config) *fetch.Client {
	cfg.Resolve, cfg.Dial = n.Resolve, n.Dial
	return fetch.New(cfg)
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
