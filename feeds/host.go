package feeds

import (
	"net/url"
	"strings"
)

// HostKey names the server that answers for a URL: the lower-case host, with
// the port where it is not the scheme's own. Politeness (one request at a time,
// spacing, Retry-After) is counted by it. It is "" for what is no http(s) URL.
func HostKey(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return hostKey(u)
}

func hostKey(u *url.URL) string {
	scheme := strings.ToLower(u.Scheme)
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "" || (scheme != "http" && scheme != "https") {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	switch port := u.Port(); {
	case port == "", scheme == "http" && port == "80", scheme == "https" && port == "443":
		return host
	default:
		return host + ":" + port
	}
}
