package fetch_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
)

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	handlers := map[string]http.HandlerFunc{
		"length":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "news") },
		"unchanged": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"chunked": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "ne")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "ws")
		},
		"gzip chunked": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(compress(t, "gzip", []byte("news")))
			w.(http.Flusher).Flush()
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/end", http.StatusFound)
			}
		},
		"close":    func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		"too long": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2*fetch.MaxBytes)) },
	}
	for name, h := range handlers {
		for pause, dials := range map[time.Duration]int{2 * time.Second: 1, time.Minute: 2} {
			synctest.Test(t, func(t *testing.T) {
				n := feedstest.NewNetwork()
				n.Serve("a.example", h)
				c := n.Client(fetch.Config{})
				defer n.Close()
				defer c.Close()
				for range 2 {
					if _, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/", Patience: time.Minute}); err != nil {
						t.Error(err)
					}
					time.Sleep(pause)
				}
				if name == "close" || name == "too long" {
					dials = 2
				}
				if got := len(n.Dialed()); got != dials {
					t.Errorf("%s, a pause of %v: %d connections for two requests, want %d", name, pause, got, dials)
				}
			})
		}
	}
}

func TestKeptConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := feedstest.NewNetwork()
		for i := range 3 {
			n.Serve(fmt.Sprintf("%d.example", i), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		}
		c := n.Client(fetch.Config{IdleConns: 2})
		defer n.Close()
		defer c.Close()
		ask := func(i int) int {
			before := len(n.Dialed())
			if _, err := c.Get(t.Context(), fetch.Request{URL: fmt.Sprintf("http://%d.example/", i), Patience: time.Minute}); err != nil {
				t.Error(err)
			}
			return len(n.Dialed()) - before
		}
		for i, want := range []int{1, 1, 1} {
			if got := ask(i); got != want {
				t.Errorf("host %d: %d dials", i, got)
			}
		}
		if ask(2) != 0 || ask(1) != 0 || ask(0) != 1 {
			t.Error("not the connection that was idle the longest was given up")
		}
	})
}

// script is a server that answers the n-th request of its m-th connection by hand.
func script(t *testing.T, answer func(conn, request int, w net.Conn) (more bool)) *fetch.Client {
	t.Helper()
	conns := 0
	c := fetch.New(fetch.Config{
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("23.0.0.1")}, nil
		},
		Dial: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			conn := conns
			conns++
			go func() {
				defer server.Close()
				r := bufio.NewReader(server)
				for n := 0; ; n++ {
					if _, err := http.ReadRequest(r); err != nil || !answer(conn, n, server) {
						return
					}
				}
			}()
			return client, nil
		},
	})
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, c *fetch.Client) (string, error) {
	t.Helper()
	res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/", Patience: time.Minute})
	return string(res.Body), err
}

const plain = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"

// What a server does with a connection between two requests is not the second
// one's trouble, and bytes that come unasked are never its answer.
func TestKeptConnectionThatIsSpoilt(t *testing.T) {
	t.Parallel()
	spoils := map[string]func(w net.Conn) bool{
		"hangs up": func(net.Conn) bool { return false },
		"times out": func(w net.Conn) bool {
			_, _ = io.WriteString(w, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
			return false
		},
		"answers twice": func(w net.Conn) bool {
			_, _ = io.WriteString(w, plain+"evil")
			return true
		},
	}
	for name, spoil := range spoils {
		synctest.Test(t, func(t *testing.T) {
			c := script(t, func(conn, _ int, w net.Conn) bool {
				_, _ = io.WriteString(w, plain+fmt.Sprintf("no %d", conn))
				time.Sleep(100 * time.Millisecond)
				return spoil(w)
			})
			for i := range 2 {
				if body, err := get(t, c); err != nil || body != fmt.Sprintf("no %d", i) {
					t.Errorf("%s: request %d: %q, %v", name, i, body, err)
				}
				time.Sleep(2 * time.Second)
			}
			c.Close()
			synctest.Wait()
		})
	}
	t.Run("hangs up when asked again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := script(t, func(conn, n int, w net.Conn) bool {
				if n > 0 {
					return false
				}
				_, _ = io.WriteString(w, plain+fmt.Sprintf("no %d", conn))
				return true
			})
			for i := range 2 {
				if body, err := get(t, c); err != nil || body != fmt.Sprintf("no %d", i) {
					t.Errorf("request %d: %q, %v", i, body, err)
				}
			}
			c.Close()
		})
	})
}

func TestInterimAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hints := "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
		for n, ok := range map[int]bool{0: true, 2: true, 100: false} {
			c := script(t, func(_, _ int, w net.Conn) bool {
				_, err := io.WriteString(w, strings.Repeat(hints, n)+plain+"news")
				return err == nil
			})
			if body, err := get(t, c); ok != (err == nil) || ok && body != "news" {
				t.Errorf("%d interim answers: %q, %v", n, body, err)
			}
			c.Close()
		}
	})
}

func TestNoAnswerAtAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := script(t, func(int, int, net.Conn) bool { return false })
		if _, err := get(t, c); fetch.KindOf(err) != fetch.KindNetwork {
			t.Errorf("hung up: %v", err)
		}
		c = script(t, func(_, _ int, w net.Conn) bool {
			_, _ = io.WriteString(w, "SSH-2.0-sshd\r\n")
			return false
		})
		if _, err := get(t, c); fetch.KindOf(err) != fetch.KindNetwork {
			t.Errorf("another protocol: %v", err)
		}
	})
}

func TestCancelledRequestEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		synctest.Test(t, func(t *testing.T) {
			silent := fetch.New(fetch.Config{
				Resolve: func(context.Context, string) ([]netip.Addr, error) {
					return []netip.Addr{netip.MustParseAddr("23.0.0.1")}, nil
				},
				Dial: func(context.Context, string, string) (net.Conn, error) {
					client, server := net.Pipe()
					go func() { _, _ = io.Copy(io.Discard, server) }()
					return client, nil
				},
			})
			ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errors.New("enough"))
			defer cancel()
			start := time.Now()
			_, err := silent.Get(ctx, fetch.Request{URL: scheme + "://a.example/"})
			if k := fetch.KindOf(err); k != fetch.KindTimeout || time.Since(start) > 4*time.Second {
				t.Errorf("%s, cancelled: %q after %v", scheme, k, time.Since(start))
			}
			start = time.Now()
			_, err = silent.Get(t.Context(), fetch.Request{URL: scheme + "://a.example/", Patience: time.Minute})
			if k := fetch.KindOf(err); k != fetch.KindTimeout || time.Since(start) > fetch.Timeout+2*time.Second {
				t.Errorf("%s, patient: %q after %v", scheme, k, time.Since(start))
			}
		})
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	var conns, resumed atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume {
			resumed.Add(1)
		}
		_, _ = io.WriteString(w, "news")
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	c := fetch.New(fetch.Config{AllowPrivate: local, RootCAs: roots, Spacing: -1})
	ask := func(c *fetch.Client) error {
		res, err := c.Get(t.Context(), fetch.Request{URL: srv.URL, Patience: time.Minute})
		if err == nil && string(res.Body) != "news" {
			t.Errorf("read %q", res.Body)
		}
		return err
	}
	for range 2 {
		if err := ask(c); err != nil {
			t.Fatal(err)
		}
	}
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections for two requests", n)
	}
	c.Close()
	if err := ask(c); err != nil || conns.Load() != 2 || resumed.Load() != 1 {
		t.Errorf("a new connection: %v, %d connections, %d requests on a resumed session", err, conns.Load(), resumed.Load())
	}
	c.Close()
	if err := ask(fetch.New(fetch.Config{AllowPrivate: local, Spacing: -1})); fetch.KindOf(err) != fetch.KindTLS {
		t.Errorf("an unknown authority: %v", err)
	}
}
