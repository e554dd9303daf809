package feeds

import (
	"net/url"
	"strings"
)

// resolveLink makes ref absolute against base and returns it if it is an http or
// https address, else "".
func resolveLink(base *url.URL, ref string) string {
	ref = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, ref))
	if ref == "" || len(ref) > maxURL {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		if u, err = url.Parse(strings.NewReplacer(" ", "%20", `\`, "/", "%", "%25").Replace(ref)); err != nil {
			return ""
		}
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.Host = strings.ToLower(u.Host)
	u.User = nil
	s := u.String()
	if len(s) > maxURL {
		return ""
	}
	return s
}

// baseURL resolves an xml:base against the document's address.
func baseURL(doc *url.URL, base string) *url.URL {
	if base == "" {
		return doc
	}
	if r := resolveLink(doc, base); r != "" {
		if u, err := url.Parse(r); err == nil {
			return u
		}
	}
	return doc
}

// CanonicalURL drops from an article's address what only says where the reader
// came from: tracking parameters and the fragment. Two addresses with the same
// canonical form are the same article. What is no http(s) address gives "".
func CanonicalURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Host = strings.ToLower(u.Host)
	if p := u.Port(); u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+p)
	}
	if !strings.HasPrefix(u.Fragment, "!") && !strings.HasPrefix(u.Fragment, "/") { // routes of single-page sites
		u.Fragment, u.RawFragment = "", ""
	}
	if u.RawQuery != "" {
		kept := ""
		for part := range strings.SplitSeq(u.RawQuery, "&") {
			name, _, _ := strings.Cut(part, "=")
			if part == "" || isTracking(strings.ToLower(name)) {
				continue
			}
			if kept != "" {
				kept += "&"
			}
			kept += part
		}
		u.RawQuery = kept
	}
	u.ForceQuery = false
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

func isTracking(name string) bool {
	if strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "at_") && name != "at_id" || strings.HasPrefix(name, "mtm_") || strings.HasPrefix(name, "pk_") {
		return true
	}
	switch name {
	case "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "twclid",
		"ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "cmpid", "cmp", "ftag", "ocid", "ito", "xtor", "wt.mc_id",
		"ref_src", "partner", "smid", "source_feed", "spm", "__twitter_impression", "_hsenc", "_hsmi", "guccounter", "sref", "traffic_source", "intcid":
		return true
	}
	return false
}
