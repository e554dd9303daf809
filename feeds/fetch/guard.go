package fetch

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// The ports that are asked on public addresses.
var publicPorts = map[string]bool{"80": true, "443": true, "8080": true, "8443": true}

// alsoDenied are addresses inside public space that answer for the machine we
// run on: the metadata and health endpoint of Azure.
var alsoDenied = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// A guard decides which addresses may be dialled. The list of special-purpose
// networks is that of code.dny.dev/ssrf, generated from the IANA registries. NAT64
// stays denied: through it every private IPv4 address has a second name.
type guard struct {
	allow []netip.Prefix
	ssrf  *ssrf.Guardian
}

func newGuard(allow []netip.Prefix) *guard {
	return &guard{allow: allow, ssrf: ssrf.New(ssrf.WithAnyPort(), ssrf.WithAnyNetwork())}
}

func (g *guard) allowed(addr netip.Addr) bool {
	for _, p := range g.allow {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// check says whether addr may be dialled on port. Private networks that the
// operator allows may be asked on any port.
func (g *guard) check(addr netip.Addr, port string) error {
	if addr.Zone() != "" {
		return errors.New("an address with a zone is local")
	}
	if g.allowed(addr.Unmap()) {
		return nil
	}
	if !publicPorts[port] {
		return fmt.Errorf("port %s is not asked", port)
	}
	if err := g.ssrf.SafeAddr(addr); err != nil { // a mapped IPv4 address counts as IPv6, and is refused
		return err
	}
	for _, p := range alsoDenied {
		if p.Contains(addr) {
			return fmt.Errorf("%s answers for this machine", addr)
		}
	}
	return nil
}

// parseURL accepts absolute http and https URLs with a plain host name or an
// address in the usual spelling. It drops user information and the fragment.
func parseURL(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > 2048 {
		return nil, failure(KindBadURL, errors.New("longer than 2,048 bytes"))
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, failure(KindBadURL, err)
	}
	return checkURL(u)
}

func checkURL(u *url.URL) (*url.URL, error) {
	c := *u
	c.Scheme = strings.ToLower(c.Scheme)
	if c.Scheme != "http" && c.Scheme != "https" {
		return nil, failure(KindRefused, fmt.Errorf("scheme %q", c.Scheme))
	}
	host, err := asciiHost(c.Hostname())
	if err != nil {
		return nil, failure(KindRefused, err)
	}
	if port := c.Port(); port != "" {
		c.Host = host + ":" + port
	} else {
		c.Host = host
	}
	c.User = nil
	c.Fragment, c.RawFragment = "", ""
	if c.Path == "" {
		c.Path = "/"
	}
	return &c, nil
}

// asciiHost returns the host as it is resolved and sent: lower case, punycode.
// Other spellings of an IPv4 address (0x7f.1, 2130706433, 0177.0.0.1) are
// refused here, because resolvers disagree on what they mean.
func asciiHost(host string) (string, error) {
	if host == "" {
		return "", errors.New("no host")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Is6() {
			return "[" + addr.String() + "]", nil
		}
		return addr.String(), nil
	}
	h, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil {
		// Names with an underscore are not host names, yet they are served.
		if h = strings.ToLower(strings.TrimSuffix(host, ".")); !plainName(h) {
			return "", fmt.Errorf("host %q: %w", host, err)
		}
	}
	if addr, err := netip.ParseAddr(h); err == nil { // full-width digits and dots fold to an address
		return addr.String(), nil
	}
	last := h[strings.LastIndexByte(h, '.')+1:]
	if last == "" || last[0] >= '0' && last[0] <= '9' {
		return "", fmt.Errorf("host %q ends in a number", host)
	}
	return h, nil
}

func plainName(h string) bool {
	if h == "" || len(h) > 253 {
		return false
	}
	for i := 0; i < len(h); i++ {
		c := h[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return true
}
