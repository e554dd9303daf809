package discover

import "net/url"

// PageLinks shows all links found in a page to the tests.
func PageLinks(body []byte, base *url.URL) []string {
	announced, anchors := pageLinks(body, base)
	return append(append(announced, anchors...), embedded(base, body)...)
}
