package discord

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// A close frame reaches Discord only from a bot that leaves.
func TestOnlyWhoLeavesClosesTheSession(t *testing.T) {
	t.Parallel()
	frame := []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8} // masked with noughts: 1000
	for _, leaves := range []bool{false, true} {
		ours, theirs := net.Pipe()
		var leaving atomic.Bool
		leaving.Store(leaves)
		c := &gatewayConn{Conn: ours, leaving: &leaving}
		got := make(chan []byte, 1)
		go func() {
			b, _ := io.ReadAll(theirs)
			got <- b
		}()
		if _, err := c.Write([]byte{0x81, 0x80, 0, 0, 0, 0}); err != nil {
			t.Fatal(err)
		}
		_, err := c.Write(frame)
		if errors.Is(err, errGatewayOver) == leaves {
			t.Errorf("leaving %v: %v", leaves, err)
		}
		if leaves {
			_ = c.Close()
		}
		if b := <-got; len(b) != 6 && !leaves || len(b) != 6+len(frame) && leaves {
			t.Errorf("leaving %v: Discord read %x", leaves, b)
		}
	}
}
