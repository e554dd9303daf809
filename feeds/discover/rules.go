package discover

import (
	"net/url"
	"strings"
)

// Rules returns the feeds that a platform's scheme of addresses implies for u,
// nil for sites without such a scheme. It makes no requests.
func Rules(u *url.URL) []string {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	var p []string
	for s := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if s != "" {
			p = append(p, s)
		}
	}
	at := func(i int) string {
		if i < len(p) {
			return p[i]
		}
		return ""
	}
	under := func(domain string) bool { return strings.HasSuffix(host, "."+domain) }
	site := u.Scheme + "://" + u.Host
	// What already looks like a feed is left alone.
	if looksLikeFeed(u.String()) {
		return nil
	}
	switch {
	case host == "youtube.com" || host == "m.youtube.com":
		if list := u.Query().Get("list"); list != "" && at(0) == "playlist" {
			return []string{"https://www.youtube.com/feeds/videos.xml?playlist_id=" + url.QueryEscape(list)}
		}
		if at(0) == "channel" && at(1) != "" {
			return []string{"https://www.youtube.com/feeds/videos.xml?channel_id=" + url.QueryEscape(at(1))}
		}
		if at(0) == "user" && at(1) != "" {
			return []string{"https://www.youtube.com/feeds/videos.xml?user=" + url.QueryEscape(at(1))}
		}
	case host == "reddit.com" || under("reddit.com"):
		if (at(0) == "r" || at(0) == "user" || at(0) == "u") && at(1) != "" {
			return []string{"https://www.reddit.com/" + at(0) + "/" + at(1) + "/.rss"}
		}
	case host == "bsky.app":
		if at(0) == "profile" && at(1) != "" {
			return []string{"https://bsky.app/profile/" + at(1) + "/rss"}
		}
	case host == "github.com":
		if at(1) != "" && at(0) != "orgs" && at(0) != "topics" {
			repo := "https://github.com/" + at(0) + "/" + at(1)
			switch at(2) {
			case "commits", "tree":
				if at(3) != "" {
					return []string{repo + "/commits/" + at(3) + ".atom"}
				}
				return []string{repo + "/commits.atom"}
			case "tags":
				return []string{repo + "/tags.atom"}
			}
			return []string{repo + "/releases.atom", repo + "/commits.atom"}
		}
		if at(0) != "" && at(0) != "orgs" {
			return []string{"https://github.com/" + at(0) + ".atom"}
		}
	case host == "gitlab.com" || host == "codeberg.org":
		if at(1) != "" && host == "codeberg.org" {
			return []string{site + "/" + at(0) + "/" + at(1) + "/releases.rss", site + "/" + at(0) + "/" + at(1) + ".rss"}
		}
		if at(1) != "" {
			return []string{site + "/" + at(0) + "/" + at(1) + "/-/tags?format=atom", site + "/" + at(0) + "/" + at(1) + ".atom"}
		}
	case host == "medium.com":
		if at(0) != "" {
			return []string{"https://medium.com/feed/" + at(0)}
		}
	case under("medium.com"), under("substack.com"), under("wordpress.com"), under("beehiiv.com"):
		return []string{site + "/feed"}
	case under("ghost.io"):
		return []string{site + "/rss/"}
	case under("tumblr.com"):
		return []string{site + "/rss"}
	case under("livejournal.com"):
		return []string{site + "/data/rss"}
	case under("blogspot.com") || strings.Contains(host, ".blogspot."):
		return []string{site + "/feeds/posts/default"}
	case host == "vimeo.com":
		if at(0) != "" {
			return []string{"https://vimeo.com/" + at(0) + "/videos/rss"}
		}
	case host == "letterboxd.com":
		if at(0) != "" {
			return []string{"https://letterboxd.com/" + at(0) + "/rss/"}
		}
	case host == "dev.to":
		if at(0) != "" {
			return []string{"https://dev.to/feed/" + at(0)}
		}
	case host == "news.ycombinator.com":
		return []string{"https://news.ycombinator.com/rss"}
	case host == "lobste.rs":
		if at(0) == "t" && at(1) != "" {
			return []string{"https://lobste.rs/t/" + at(1) + ".rss"}
		}
		return []string{"https://lobste.rs/rss"}
	case host == "stackoverflow.com" || under("stackexchange.com"):
		if at(0) == "questions" && at(1) == "tagged" && at(2) != "" {
			return []string{site + "/feeds/tag/" + at(2)}
		}
		return []string{site + "/feeds"}
	case host == "arxiv.org":
		if at(0) == "list" && at(1) != "" {
			return []string{"https://rss.arxiv.org/rss/" + at(1)}
		}
	case host == "store.steampowered.com":
		if at(0) == "app" && at(1) != "" {
			return []string{"https://store.steampowered.com/feeds/news/app/" + at(1)}
		}
	}
	// Mastodon and its kin (Pixelfed, GoToSocial): /@user on any server.
	if len(p) >= 1 && strings.HasPrefix(p[0], "@") && len(p[0]) > 1 && !strings.Contains(p[0][1:], "@") && host != "medium.com" && host != "youtube.com" && host != "tiktok.com" && host != "threads.net" && host != "threads.com" {
		return []string{site + "/" + p[0] + ".rss"}
	}
	// Lemmy communities: /c/name on any server.
	if len(p) == 2 && p[0] == "c" && host != "youtube.com" {
		return []string{site + "/feeds/c/" + p[1] + ".xml?sort=New"}
	}
	return nil
}
