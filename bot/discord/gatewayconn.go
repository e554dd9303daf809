package discord

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A verdict is why a gateway connection ended, as far as the server told.
type verdict struct {
	code      int  // close code, 0 when the connection just broke
	reconnect bool // op 7
	invalid   bool // op 9
	resumable bool // op 9 with d: true
	stalled   bool // nothing was heard for longer than the heartbeat allows
}

// errGatewayOver ends discordgo's reading; the verdict tells why.
var errGatewayOver = errors.New("discord: gateway connection over")

// A gatewayConn sits between the network and discordgo's WebSocket and watches
// the server's frames. discordgo hides close codes, deadlocks on an op 7 that
// comes before READY, answers an op 9 with an identify at once, and waits for
// ever for a HELLO: here each of these ends the connection, with a verdict. Nor
// does discordgo end the session for good, unless the bot leaves: a heartbeat
// that fails on one connection has it close the next with 1000.
type gatewayConn struct {
	net.Conn
	leaving *atomic.Bool

	mu      sync.Mutex
	verdict verdict
	idle    time.Duration // longest silence allowed

	// scanning of the server's frames
	headerDone bool   // the HTTP answer is behind us
	tail       []byte // the end of the HTTP answer so far
	head       []byte // a frame header being read
	opcode     byte
	left       uint64 // bytes of the current payload to come
	keep       bool   // the payload is small enough to look into
	payload    []byte
}

// maxWatched bounds the payloads that are looked into: control messages are
// small, events needn't be.
const maxWatched = 512

func (c *gatewayConn) Read(p []byte) (int, error) {
	c.mu.Lock()
	idle := c.idle
	c.mu.Unlock()
	_ = c.Conn.SetReadDeadline(time.Now().Add(idle))
	n, err := c.Conn.Read(p)
	if n > 0 && c.scan(p[:n]) {
		_ = c.Conn.Close() // before discordgo can close it with 1000, which would end the session
		return 0, errGatewayOver
	}
	if err != nil {
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			c.mu.Lock()
			c.verdict.stalled = true
			c.mu.Unlock()
		}
		_ = c.Conn.Close()
	}
	return n, err
}

// Write breaks the connection off instead of sending a close frame, unless the bot leaves.
func (c *gatewayConn) Write(p []byte) (int, error) {
	const finalClose = 0x88 // the first byte of the frame (RFC 6455, 5.2), which is written whole
	if len(p) > 0 && p[0] == finalClose && !c.leaving.Load() {
		_ = c.Conn.Close()
		return 0, errGatewayOver
	}
	return c.Conn.Write(p)
}

func (c *gatewayConn) why() verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verdict
}

// scan follows the frames in b and reports whether the connection is over.
func (c *gatewayConn) scan(b []byte) bool {
	if !c.headerDone {
		for i, ch := range b {
			c.tail = append(c.tail, ch)
			if len(c.tail) > 4 {
				c.tail = c.tail[1:]
			}
			if string(c.tail) == "\r\n\r\n" {
				c.headerDone = true
				b = b[i+1:]
				break
			}
		}
		if !c.headerDone {
			return false
		}
	}
	for len(b) > 0 {
		if c.left == 0 {
			c.head = append(c.head, b[0])
			b = b[1:]
			size, ok := frameSize(c.head)
			if !ok {
				continue
			}
			c.opcode, c.left, c.keep = c.head[0]&0x0f, size, size <= maxWatched
			c.head, c.payload = c.head[:0], c.payload[:0]
			if c.left == 0 && c.frame() {
				return true
			}
			continue
		}
		n := min(uint64(len(b)), c.left)
		if c.keep {
			c.payload = append(c.payload, b[:n]...)
		}
		c.left -= n
		b = b[n:]
		if c.left == 0 && c.keep && c.frame() {
			return true
		}
	}
	return false
}

// frameSize reads the payload size out of a server's frame header (RFC 6455, 5.2).
func frameSize(head []byte) (uint64, bool) {
	if len(head) < 2 {
		return 0, false
	}
	switch size := head[1] & 0x7f; {
	case size < 126:
		return uint64(size), true
	case size == 126 && len(head) == 4:
		return uint64(binary.BigEndian.Uint16(head[2:])), true
	case size == 127 && len(head) == 10:
		return binary.BigEndian.Uint64(head[2:]), true
	}
	return 0, false
}

// frame judges one whole small frame.
func (c *gatewayConn) frame() (over bool) {
	const opText, opClose = 1, 8
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.opcode {
	case opClose:
		if len(c.payload) >= 2 {
			c.verdict.code = int(binary.BigEndian.Uint16(c.payload))
		} else {
			c.verdict.code = 1005 // no status received
		}
		return true
	case opText:
		var m struct {
			Op int             `json:"op"`
			D  json.RawMessage `json:"d"`
		}
		if json.Unmarshal(c.payload, &m) != nil {
			return false
		}
		switch m.Op {
		case 7:
			c.verdict.reconnect = true
			return true
		case 9:
			c.verdict.invalid, c.verdict.resumable = true, string(m.D) == "true"
			return true
		case 10:
			var hello struct {
				Interval int `json:"heartbeat_interval"`
			}
			if json.Unmarshal(m.D, &hello) == nil && hello.Interval > 0 {
				// Each heartbeat is answered: one and a half intervals of silence mean that nobody is there.
				c.idle = time.Duration(hello.Interval) * time.Millisecond * 3 / 2
			}
		}
	}
	return false
}

// gatewayDialer makes gatewayConns, and can refuse a dial to make discordgo
// forget the gateway's address.
type gatewayDialer struct {
	hello   time.Duration
	leaving atomic.Bool // the bot leaves: the session is not to be resumed
	mu      sync.Mutex
	refuse  bool
	conn    *gatewayConn
}

func (d *gatewayDialer) wrap(dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		d.mu.Lock()
		if d.refuse {
			d.refuse = false
			d.mu.Unlock()
			return nil, errForget
		}
		d.mu.Unlock()
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, fmt.Errorf("dial gateway: %w", err)
		}
		g := &gatewayConn{Conn: c, leaving: &d.leaving, idle: d.hello}
		d.mu.Lock()
		d.conn = g
		d.mu.Unlock()
		return g, nil
	}
}

// errForget makes discordgo drop the gateway address that it has cached.
var errForget = errors.New("discord: gateway address dropped")

func (d *gatewayDialer) last() *gatewayConn {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.conn
}
