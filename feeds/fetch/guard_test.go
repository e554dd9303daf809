package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"sitrep/feeds/fetch"
)

// victim stands for everything that must never be reached: any address that is
// dialled leads to it. The guard alone keeps requests away.
type victim struct {
	mu     sync.Mutex
	srv    *httptest.Server
	dialed []string
	dns    map[string][][]string // answers in turn, the last one for ever
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{dns: map[string][][]string{}}
	v.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
			return
		}
		fmt.Fprint(w, "secret")
	}))
	t.Cleanup(v.srv.Close)
	return v
}

func (v *victim) dial(ctx context.Context, network, address string) (net.Conn, error) {
	v.mu.Lock()
	v.dialed = append(v.dialed, address)
	v.mu.Unlock()
	var d net.Dialer
	return d.DialContext(ctx, network, v.srv.Listener.Addr().String())
}

func (v *victim) resolve(_ context.Context, host string) ([]netip.Addr, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	turns, ok := v.dns[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	answer := turns[0]
	if len(turns) > 1 {
		v.dns[host] = turns[1:]
	}
	var out []netip.Addr
	for _, a := range answer {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

func (v *victim) client() *fetch.Client {
	return fetch.New(fetch.Config{Resolve: v.resolve, Dial: v.dial, Spacing: -1})
}

func (v *victim) reached() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.dialed
	v.dialed = nil
	return r
}

// notPublic are addresses of every kind that must not be asked.
var notPublic = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3", "127.255.255.255",
	"169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
	"198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1",
	"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
	"fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "5f00::1",
}

func TestGuardRefusesEverythingThatIsNotPublic(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	var vectors []string
	for _, a := range notPublic { // as they are written in a URL
		if strings.Contains(a, ":") {
			a = "[" + a + "]"
		}
		vectors = append(vectors, "http://"+a+"/", "https://"+a+"/latest/meta-data/", "http://"+a+":8080/")
	}
	for i, a := range notPublic { // and as names resolve to
		name := fmt.Sprintf("n%d.example", i)
		v.dns[name] = [][]string{{a}}
		vectors = append(vectors, "http://"+name+"/", "https://"+name+"/x")
	}
	v.dns["localhost"] = [][]string{{"127.0.0.1"}}
	v.dns["localhost.example"] = [][]string{{"::1", "127.0.0.1"}}
	v.dns["metadata.google.internal"] = [][]string{{"169.254.169.254"}}
	v.dns["public.example"] = [][]string{{"8.8.8.8"}}
	vectors = append(vectors,
		// Spellings.
		"http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/", "http://00000000000/", "http://127.0.0.1./", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::1%25lo]/", "http://[fe80::1%25eth0]/",
		"http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://loc%61lhost/", "http://LOCALHOST/", "http://localhost./", "http://localhost.example/", "http://metadata.google.internal/computeMetadata/v1/",
		"http://user:pass@127.0.0.1/", "http://public.example@127.0.0.1/", "http://127.0.0.1#@public.example/", "http://127.0.0.1\\@public.example/", "http://public.example:80@10.0.0.1/",
		// Schemes.
		"file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "unix:///var/run/docker.sock", "data:text/plain,x", "javascript:alert(1)", "jar:http://127.0.0.1!/", "//127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1", "127.0.0.1", "", " ", "http://", "http:///x",
		// Ports on public addresses.
		"http://public.example:22/", "http://public.example:25/", "http://public.example:6379/", "http://public.example:5432/", "http://public.example:2375/", "http://public.example:9200/", "http://public.example:65536/", "http://public.example:0/", "http://public.example:81/", "https://8.8.8.8:8444/",
		// Names that cannot be.
		"http://nowhere.example/", "http://exa mple/", "http://[::1/", "http://a..b/", "http://%00/",
	)
	c := v.client()
	texts := map[string]int{}
	for _, u := range vectors {
		res, err := c.Get(context.Background(), fetch.Request{URL: u})
		if err == nil {
			t.Errorf("%q: answered %d %q", u, res.Status, res.Body)
			continue
		}
		if d := v.reached(); len(d) > 0 {
			t.Errorf("%q: dialled %v", u, d)
		}
		texts[fetch.PublicError(err)]++
		for _, a := range notPublic {
			if len(a) > 4 && strings.Contains(err.Error(), a) {
				t.Errorf("%q: the error tells an address: %v", u, err)
			}
		}
	}
	if len(texts) != 1 {
		t.Errorf("users can tell the reasons apart: %v", texts)
	}
	if len(vectors) < 100 {
		t.Errorf("only %d vectors", len(vectors))
	}
	t.Logf("%d vectors refused", len(vectors))
}

// A public server may send us anywhere; each hop is judged anew.
func TestGuardJudgesEveryHop(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.dns["public.example"] = [][]string{{"8.8.8.8"}}
	v.dns["inside.example"] = [][]string{{"10.1.2.3"}}
	targets := []string{"http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/", "http://inside.example/", "file:///etc/passwd", "http://public.example:22/", "//10.0.0.1/", "http://0x7f000001/", "gopher://127.0.0.1/", "http://[64:ff9b::7f00:1]/"}
	for _, to := range targets {
		c := v.client()
		_, err := c.Get(context.Background(), fetch.Request{URL: "http://public.example/?to=" + strings.ReplaceAll(strings.ReplaceAll(to, "#", "%23"), "&", "%26")})
		if err == nil {
			t.Errorf("%s: followed", to)
		}
		for _, d := range v.reached() {
			if d != "8.8.8.8:80" {
				t.Errorf("%s: dialled %s", to, d)
			}
		}
	}
}

// A name may answer with a public address first and a private one later, or with
// both at once: what is dialled is what was checked.
func TestGuardRebinding(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.dns["turns.example"] = [][]string{{"8.8.8.8"}, {"127.0.0.1"}}
	v.dns["both.example"] = [][]string{{"127.0.0.1", "8.8.4.4", "10.0.0.1"}}
	c := v.client()
	if _, err := c.Get(context.Background(), fetch.Request{URL: "http://turns.example/"}); err != nil {
		t.Fatal(err)
	}
	if d := v.reached(); len(d) != 1 || d[0] != "8.8.8.8:80" {
		t.Fatalf("dialled %v", d)
	}
	c = v.client() // without the connection that is still open to the first
	if _, err := c.Get(context.Background(), fetch.Request{URL: "http://turns.example/"}); fetch.KindOf(err) != fetch.KindRefused {
		t.Errorf("second answer: %v", err)
	}
	if d := v.reached(); len(d) != 0 {
		t.Errorf("dialled %v", d)
	}
	if _, err := c.Get(context.Background(), fetch.Request{URL: "http://both.example/"}); err != nil {
		t.Error(err)
	}
	if d := v.reached(); len(d) != 1 || d[0] != "8.8.4.4:80" {
		t.Errorf("dialled %v", d)
	}
}

func TestGuardAllowsWhatTheOperatorAllows(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	c := fetch.New(fetch.Config{Resolve: v.resolve, Dial: v.dial, Spacing: -1, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/16")}})
	for url, ok := range map[string]bool{"http://127.0.0.1:9999/": true, "http://[::ffff:127.0.0.1]/": true, "http://[fd00::5]:81/": true, "http://10.0.0.1/": false, "http://[::1]/": false, "http://8.8.8.8:9999/": false, "http://8.8.8.8:8443/": true} {
		_, err := c.Get(context.Background(), fetch.Request{URL: url})
		if (err == nil) != ok {
			t.Errorf("%s: %v, want allowed %v", url, err, ok)
		}
	}
}

func TestGuardIgnoresProxies(t *testing.T) {
	v := newVictim(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, v.srv.URL)
	}
	c := v.client()
	if _, err := c.Get(context.Background(), fetch.Request{URL: "http://10.0.0.1/"}); fetch.KindOf(err) != fetch.KindRefused {
		t.Errorf("%v", err)
	}
	if d := v.reached(); len(d) != 0 {
		t.Errorf("dialled %v", d)
	}
}

func TestPublicErrorIsOneText(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&fetch.Error{Kind: fetch.KindDNS}, &fetch.Error{Kind: fetch.KindRefused}, errors.New("dial tcp 10.0.0.1:80: connect: connection refused"), context.DeadlineExceeded} {
		if got := fetch.PublicError(err); got != fetch.PublicText {
			t.Errorf("%v: %q", err, got)
		}
	}
	if fetch.PublicError(nil) != "" {
		t.Error("nil has a text")
	}
}
