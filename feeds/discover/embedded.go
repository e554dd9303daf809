package discover

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

var (
	applePodcast   = regexp.MustCompile(`/id(\d{5,12})`)
	youtubeChannel = regexp.MustCompile(`"(?:externalId|channelId)"\s*:\s*"(UC[A-Za-z0-9_-]{22})"`)
)

// lookup returns the address to read instead of u, "" to read u itself. Apple's
// podcast pages do not name their feed, its catalog does.
func lookup(u *url.URL) string {
	if host := strings.ToLower(u.Hostname()); host != "podcasts.apple.com" && host != "itunes.apple.com" {
		return ""
	}
	if m := applePodcast.FindStringSubmatch(u.Path); m != nil {
		return "https://itunes.apple.com/lookup?entity=podcast&id=" + m[1]
	}
	return ""
}

// embedded finds feeds that a platform names in data within its answer to u.
func embedded(u *url.URL, body []byte) []string {
	switch host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."); host {
	case "youtube.com", "m.youtube.com": // a handle: the channel's id stands in the page
		if m := youtubeChannel.FindSubmatch(body); m != nil {
			return []string{"https://www.youtube.com/feeds/videos.xml?channel_id=" + string(m[1])}
		}
	case "podcasts.apple.com", "itunes.apple.com":
		var answer struct {
			Results []struct {
				FeedURL string `json:"feedUrl"`
			} `json:"results"`
		}
		if json.Unmarshal(body, &answer) == nil {
			var out []string
			for _, r := range answer.Results {
				out = appendLink(out, u, r.FeedURL)
			}
			return out
		}
	}
	return nil
}
