package feeds

import "sitrep/feeds/fetch"

// HostKey names the server that answers for a URL: the lower-case host, with
// the port where it is not the scheme's own. Politeness (one request at a time,
// spacing, Retry-After) is counted by it. It is "" for what is no http(s) URL.
func HostKey(rawURL string) string { return fetch.HostKey(rawURL) }
