package fetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
)

func serve(t *testing.T, hosts map[string]http.HandlerFunc) *fetch.Client {
	t.Helper()
	n := feedstest.NewNetwork()
	for h, f := range hosts {
		n.Serve(h, f)
	}
	c := n.Client(fetch.Config{})
	t.Cleanup(func() {
		c.Close()
		n.Close()
	})
	return c
}

func compress(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, err = flate.NewWriter(&b, 5)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testEncodings)
}

func testEncodings(t *testing.T) {
	text := []byte(strings.Repeat("All the news of Norrvik. ", 4000))
	bodies := map[string]struct {
		header string
		body   []byte
	}{
		"/plain":    {"", text},
		"/identity": {"identity", text},
		"/gzip":     {"gzip", compress(t, "gzip", text)},
		"/x-gzip":   {"x-gzip", compress(t, "gzip", text)},
		"/br":       {"br", compress(t, "br", text)},
		"/zstd":     {"zstd", compress(t, "zstd", text)},
		"/zlib":     {"deflate", compress(t, "zlib", text)},
		"/flate":    {"deflate", compress(t, "flate", text)},
		"/twice":    {"gzip, br", compress(t, "br", compress(t, "gzip", text))},
		"/lie":      {"gzip", text},
	}
	c := serve(t, map[string]http.HandlerFunc{"a.example": func(w http.ResponseWriter, r *http.Request) {
		b := bodies[r.URL.Path]
		if b.header != "" {
			w.Header().Set("Content-Encoding", b.header)
		}
		_, _ = w.Write(b.body)
	}})
	for range 2 { // decoders are used again
		for path := range bodies {
			res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example" + path, Patience: time.Minute})
			if err != nil || !bytes.Equal(res.Body, text) || res.Truncated || res.Cut {
				t.Errorf("%s: %v, %d bytes, truncated %v, cut %v", path, err, len(res.Body), res.Truncated, res.Cut)
			}
		}
	}
}

func TestBombsAndBrokenBodies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		zeros := bytes.Repeat(make([]byte, 1<<20), 40)
		c := serve(t, map[string]http.HandlerFunc{"a.example": func(w http.ResponseWriter, r *http.Request) {
			switch name := r.URL.Path[1:]; name {
			case "gzip", "br", "zstd":
				w.Header().Set("Content-Encoding", name)
				_, _ = w.Write(compress(t, name, zeros))
			case "long":
				_, _ = w.Write(zeros)
			case "exact":
				_, _ = w.Write(zeros[:fetch.MaxBytes])
			case "large":
				_, _ = w.Write(zeros[:3<<20])
			case "cut":
				w.Header().Set("Content-Length", "1000")
				_, _ = w.Write([]byte("<rss>half"))
			case "cutgzip":
				w.Header().Set("Content-Encoding", "gzip")
				z := compress(t, "gzip", []byte(strings.Repeat("some text, ", 9000)))
				_, _ = w.Write(z[:len(z)-20])
			case "badgzip":
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write([]byte{0x1f, 0x8b, 9, 9, 9})
			case "unknown":
				w.Header().Set("Content-Encoding", "snappy")
				_, _ = w.Write([]byte("x"))
			case "header":
				for i := range 5000 {
					w.Header().Set(fmt.Sprintf("X-H%d", i), strings.Repeat("x", 100))
				}
			}
		}})
		cases := []struct {
			path           string
			kind           fetch.Kind
			size           int
			truncated, cut bool
		}{
			{"gzip", "", fetch.MaxBytes, true, false},
			{"br", "", fetch.MaxBytes, true, false},
			{"zstd", "", fetch.MaxBytes, true, false},
			{"long", "", fetch.MaxBytes, true, false},
			{"exact", "", fetch.MaxBytes, false, false},
			{"large", "", 3 << 20, false, false},
			{"cut", "", 9, false, true},
			{"cutgzip", "", -1, false, true},
			{"badgzip", fetch.KindEncoding, 0, false, false},
			{"unknown", fetch.KindEncoding, 0, false, false},
			{"header", fetch.KindNetwork, 0, false, false},
		}
		for _, k := range cases {
			res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/" + k.path, Patience: time.Minute})
			if fetch.KindOf(err) != k.kind {
				t.Errorf("%s: %v, want kind %q", k.path, fetch.Detail(err), k.kind)
				continue
			}
			if k.kind == "" && (k.size >= 0 && len(res.Body) != k.size || k.size < 0 && len(res.Body) == 0 || res.Truncated != k.truncated || res.Cut != k.cut) {
				t.Errorf("%s: %d bytes, truncated %v, cut %v", k.path, len(res.Body), res.Truncated, res.Cut)
			}
		}
		res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/long", MaxBytes: 1000, Patience: time.Minute})
		if err != nil || len(res.Body) != 1000 || !res.Truncated {
			t.Errorf("own limit: %v, %d bytes", err, len(res.Body))
		}
	})
}

// Whatever a server does with time, a request ends after Timeout.
func TestSlowServers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		drip := func(w http.ResponseWriter, r *http.Request) {
			for range 10_000 {
				if _, err := w.Write([]byte("x")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
					return
				}
			}
		}
		silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		hop := 0
		slowHops := func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(6 * time.Second):
			case <-r.Context().Done():
				return
			}
			hop++
			http.Redirect(w, r, fmt.Sprintf("/%d", hop), http.StatusFound)
		}
		c := serve(t, map[string]http.HandlerFunc{"drip.example": drip, "silent.example": silent, "hops.example": slowHops})
		for _, host := range []string{"drip.example", "silent.example", "hops.example"} {
			start := time.Now()
			_, err := c.Get(t.Context(), fetch.Request{URL: "http://" + host + "/"})
			if fetch.KindOf(err) != fetch.KindTimeout {
				t.Errorf("%s: %v", host, err)
			}
			if took := time.Since(start); took > fetch.Timeout+time.Second {
				t.Errorf("%s: took %v", host, took)
			}
		}
	})
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := map[string]struct {
			status   int
			location string
		}{
			"/perm":   {301, "/end"},
			"/perm2":  {308, "http://b.example/perm"},
			"/mixed":  {301, "/temp"},
			"/temp":   {302, "/end"},
			"/circle": {302, "/circle2"}, "/circle2": {302, "/circle"},
			"/none": {302, ""},
			"/bad":  {302, "http://[::1"},
			"/1":    {302, "/2"}, "/2": {302, "/3"}, "/3": {302, "/4"}, "/4": {302, "/5"}, "/5": {302, "/6"}, "/6": {302, "/end"},
		}
		var cookies atomic.Int32
		h := func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" || r.Header.Get("Authorization") != "" {
				cookies.Add(1)
			}
			w.Header().Set("Set-Cookie", "session=1")
			if d, ok := to[r.URL.Path]; ok {
				if d.location != "" {
					w.Header().Set("Location", d.location)
				}
				w.WriteHeader(d.status)
				return
			}
			_, _ = w.Write([]byte("end"))
		}
		c := serve(t, map[string]http.HandlerFunc{"a.example": h, "b.example": h})
		cases := []struct {
			path, url, permanent string
			hops                 int
			kind                 fetch.Kind
		}{
			{"/end", "http://a.example/end", "", 0, ""},
			{"/perm", "http://a.example/end", "http://a.example/end", 1, ""},
			{"/perm2", "http://b.example/end", "http://b.example/end", 2, ""},
			{"/mixed", "http://a.example/end", "http://a.example/temp", 2, ""},
			{"/temp", "http://a.example/end", "", 1, ""},
			{"/circle", "", "", 0, fetch.KindRedirects},
			{"/none", "", "", 0, fetch.KindRedirects},
			{"/bad", "", "", 0, fetch.KindRedirects},
			{"/1", "", "", 0, fetch.KindRedirects},
			{"/2", "http://a.example/end", "", 5, ""},
		}
		for _, k := range cases {
			res, err := c.Get(t.Context(), fetch.Request{URL: "http://user:pw@a.example" + k.path, Patience: time.Minute})
			if fetch.KindOf(err) != k.kind || k.kind == "" && (res.URL != k.url || res.Permanent != k.permanent || res.Hops != k.hops) {
				t.Errorf("%s: %v, %q, permanent %q, %d hops", k.path, err, res.URL, res.Permanent, res.Hops)
			}
		}
		if n := cookies.Load(); n > 0 {
			t.Errorf("%d requests carried cookies, a referrer or credentials", n)
		}
		stop := errors.New("not there")
		_, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/perm2", Patience: time.Minute, Follow: func(_ context.Context, url string) error { return stop }})
		if !errors.Is(err, stop) {
			t.Errorf("Follow: %v", err)
		}
	})
}

func TestValidatorsAreByteExact(t *testing.T) {
	t.Parallel()
	var got http.Header
	c := serve(t, map[string]http.HandlerFunc{"a.example": func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.WriteHeader(http.StatusNotModified)
	}})
	etag, modified := `W/"a  b, 'c'-gzip"`, "Tue, 3 Mar 2026 8:00:00 +0000"
	res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/", ETag: etag, LastModified: modified})
	if err != nil || res.Status != http.StatusNotModified || got.Get("If-None-Match") != etag || got.Get("If-Modified-Since") != modified {
		t.Errorf("%v, %d, %q", err, res.Status, got)
	}
}

func TestHostsAreAskedOneAtATimeWithAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var busy, most atomic.Int32
		var at []time.Time
		c := serve(t, map[string]http.HandlerFunc{"a.example": func(w http.ResponseWriter, r *http.Request) {
			if n := busy.Add(1); n > most.Load() {
				most.Store(n)
			}
			at = append(at, time.Now())
			time.Sleep(300 * time.Millisecond)
			busy.Add(-1)
		}})
		done := make(chan error, 5)
		for range 5 {
			go func() {
				_, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/", Patience: time.Minute})
				done <- err
			}()
		}
		for range 5 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most.Load() != 1 {
			t.Errorf("%d requests at once", most.Load())
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap < 1300*time.Millisecond {
				t.Errorf("a pause of %v", gap-300*time.Millisecond)
			}
		}
		_, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/"})
		var e *fetch.Error
		if !errors.As(err, &e) || e.Kind != fetch.KindHeld || !e.Until.After(time.Now()) {
			t.Errorf("without patience: %v", err)
		}
	})
}

func TestRetryAfterHoldsTheHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n int
		c := serve(t, map[string]http.HandlerFunc{
			"a.example": func(w http.ResponseWriter, r *http.Request) {
				n++
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(http.StatusTooManyRequests)
			},
			"b.example": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		})
		res, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/1"})
		if err != nil || time.Until(res.RetryAt) < 59*time.Minute {
			t.Fatalf("%v %v", err, res.RetryAt)
		}
		if _, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/2", Patience: time.Minute}); fetch.KindOf(err) != fetch.KindHeld {
			t.Errorf("another page of the host: %v", err)
		}
		if n != 1 {
			t.Errorf("asked %d times", n)
		}
		if c.HeldUntil("http://a.example/3").IsZero() || !c.HeldUntil("https://other.example/").IsZero() {
			t.Error("HeldUntil")
		}
		time.Sleep(time.Hour)
		if _, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/2", Patience: time.Minute}); err != nil || n != 2 {
			t.Errorf("after the hold: %v, asked %d times", err, n)
		}
		if _, err := c.Get(t.Context(), fetch.Request{URL: "http://b.example/"}); err != nil {
			t.Error(err)
		}
		if held := time.Until(c.HeldUntil("http://b.example/")); held < 10*time.Minute {
			t.Errorf("429 without Retry-After holds for %v", held)
		}
	})
}
