package discover_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sitrep/feeds/discover"
	"sitrep/feeds/feedstest"
	"sitrep/feeds/fetch"
)

func TestRules(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://www.youtube.com/channel/UCabc":          "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
		"https://youtube.com/user/Someone/videos":        "https://www.youtube.com/feeds/videos.xml?user=Someone",
		"https://www.youtube.com/playlist?list=PL1":      "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1",
		"https://www.youtube.com/@handle":                "",
		"https://old.reddit.com/r/golang/top":            "https://www.reddit.com/r/golang/.rss",
		"https://www.reddit.com/user/someone":            "https://www.reddit.com/user/someone/.rss",
		"https://mastodon.example/@runa":                 "https://mastodon.example/@runa.rss",
		"https://mastodon.example/@runa/1234":            "https://mastodon.example/@runa.rss",
		"https://bsky.app/profile/runa.example":          "https://bsky.app/profile/runa.example/rss",
		"https://norrvik.substack.com/p/hello":           "https://norrvik.substack.com/feed",
		"https://norrvik.wordpress.com/2026/":            "https://norrvik.wordpress.com/feed",
		"https://medium.com/@runa/story":                 "https://medium.com/feed/@runa",
		"https://github.com/runa/tool":                   "https://github.com/runa/tool/releases.atom https://github.com/runa/tool/commits.atom",
		"https://github.com/runa/tool/commits/main":      "https://github.com/runa/tool/commits/main.atom",
		"https://github.com/runa":                        "https://github.com/runa.atom",
		"https://github.com/runa/tool/releases.atom":     "",
		"https://codeberg.org/runa/tool":                 "https://codeberg.org/runa/tool/releases.rss https://codeberg.org/runa/tool.rss",
		"https://norrvik.blogspot.com/":                  "https://norrvik.blogspot.com/feeds/posts/default",
		"https://norrvik.tumblr.com/":                    "https://norrvik.tumblr.com/rss",
		"https://lemmy.example/c/news":                   "https://lemmy.example/feeds/c/news.xml?sort=New",
		"https://news.ycombinator.com/":                  "https://news.ycombinator.com/rss",
		"https://stackoverflow.com/questions/tagged/go":  "https://stackoverflow.com/feeds/tag/go",
		"https://arxiv.org/list/cs.CL/recent":            "https://rss.arxiv.org/rss/cs.CL",
		"https://store.steampowered.com/app/570/Dota_2/": "https://store.steampowered.com/feeds/news/app/570",
		"https://gazette.example/":                       "",
		"https://gazette.example/@":                      "",
		"https://www.youtube.com/c/legacy":               "",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(discover.Rules(u), " "); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"gazette.example": "https://gazette.example/", " <https://gazette.example/x#y> ": "https://gazette.example/x", "feed://gazette.example/rss": "https://gazette.example/rss",
		"feed:https://gazette.example/rss": "https://gazette.example/rss", "@runa@mastodon.example": "https://mastodon.example/@runa", "//gazette.example/a": "https://gazette.example/a",
		"HTTP://Gazette.Example": "http://Gazette.Example/", "localhost": "", "file:///etc/passwd": "", "two words.example": "", "": "", "javascript:alert(1)": "",
	} {
		got, err := discover.Normalize(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

// site answers by path; feeds are "feed:title".
func site(pages map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.RequestURI()]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "feed:"):
			w.Header().Set("Content-Type", "application/rss+xml")
			_, _ = w.Write(feedstest.RSS(body[5:], feedstest.Entries(1, 3, time.Now().Add(-time.Hour))...))
		case strings.HasPrefix(body, "link:"):
			w.Header().Set("Link", body[5:])
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html><body>no link tags</body></html>"))
		case strings.HasPrefix(body, "to:"):
			http.Redirect(w, r, body[3:], http.StatusFound)
		default:
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(body))
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	net := feedstest.NewNetwork()
	t.Cleanup(net.Close)
	serve := func(host string, pages map[string]string) { net.Serve(host, site(pages)) }
	serve("tags.example", map[string]string{
		"/":              `<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed"><link rel=alternate type="application/rss+xml" href="feeds/all.xml?a=1&amp;b=2"></head></html>`,
		"/comments/feed": "feed:Comments on Tags", "/feeds/all.xml?a=1&b=2": "feed:Tags",
	})
	serve("itself.example", map[string]string{"/any": "feed:Itself"})
	serve("header.example", map[string]string{"/": `link:</h.xml>; rel="alternate"; type="application/atom+xml", </other>; rel=next`, "/h.xml": "feed:Header"})
	serve("anchor.example", map[string]string{"/": `<html><body><a href="/about">x</a><a href="//anchor.example/news/rss/">RSS</a></body></html>`, "/news/rss/": "feed:Anchor"})
	serve("path.example", map[string]string{"/sub/page": `<html><body>nothing</body></html>`, "/feed.xml": "feed:Path"})
	serve("moved.example", map[string]string{"/": "to:http://tags.example/"})
	serve("none.example", map[string]string{"/": "<html></html>"})
	serve("liar.example", map[string]string{"/": `<link rel="alternate" type="application/rss+xml" href="/liar"><link rel="alternate" type="application/rss+xml" href="http://127.0.0.1/feed"><link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">`, "/liar": "<html>no feed</html>"})
	serve("social.example", map[string]string{"/@runa.rss": "feed:Runa on social"})
	client := net.Client(fetch.Config{Spacing: -1})
	for in, want := range map[string]string{
		"http://tags.example":          "Tags (link), Comments on Tags (link)",
		"http://itself.example/any":    "Itself (address)",
		"http://header.example":        "Header (link)",
		"http://anchor.example":        "Anchor (page)",
		"http://path.example/sub/page": "Path (path)",
		"http://moved.example":         "Tags (link), Comments on Tags (link)",
		"http://none.example":          "",
		"http://liar.example":          "",
		"http://social.example/@runa":  "Runa on social (platform)",
	} {
		got, err := discover.Find(context.Background(), client, in)
		if want == "" {
			if !errors.Is(err, discover.ErrNone) {
				t.Errorf("%s: %v, %v", in, got, err)
			}
			continue
		}
		var names []string
		for _, c := range got {
			names = append(names, c.Title+" ("+c.How+")")
			if c.Items != 3 || c.Newest.IsZero() || c.Format != "rss" {
				t.Errorf("%s: %+v", in, c)
			}
		}
		if s := strings.Join(names, ", "); err != nil || s != want {
			t.Errorf("%s: %q %v, want %q", in, s, err, want)
		}
	}
	if _, err := discover.Find(context.Background(), client, "http://nowhere.example"); fetch.KindOf(err) != fetch.KindDNS {
		t.Errorf("dead host: %v", err)
	}
	for _, d := range net.Dialed() {
		if strings.HasPrefix(d, "127.") {
			t.Errorf("dialled %s", d)
		}
	}
	if got := discover.Suggest(context.Background(), client, "http://tags.example/old.xml", "http://tags.example/", "Tags"); !strings.HasPrefix(got, "http://tags.example/feeds/all.xml") {
		t.Errorf("Suggest: %q", got)
	}
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, body, want string }{
		{"https://www.youtube.com/@runa", `<script>{"externalId":"UCabcdefghijklmnopqrstuv"}</script>`, "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"},
		{"https://podcasts.apple.com/us/podcast/x/id123456789", `{"resultCount":1,"results":[{"feedUrl":"https://cast.example/feed"}]}`, "https://cast.example/feed"},
		{"https://podcasts.apple.com/us/podcast/x/id123456789", `{"results":[{"feedUrl":"file:///etc/passwd"}]}`, ""},
		{"https://gazette.example/", `{"externalId":"UCabcdefghijklmnopqrstuv"}`, ""},
	} {
		u, err := url.Parse(c.page)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(discover.PageLinks([]byte(c.body), u), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("gazette.example", "<link rel=alternate type=application/rss+xml href=/x>")
	f.Add("https://www.youtube.com/@a", `"channelId":"UCabcdefghijklmnopqrstuv"`)
	f.Add("@a@b.example", "<base href=http://[::1><a href=/feed>")
	f.Fuzz(func(t *testing.T, address, body string) {
		s, err := discover.Normalize(address)
		if err != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("Normalize(%q) = %q: %v", address, s, err)
		}
		for _, l := range append(discover.Rules(u), discover.PageLinks([]byte(body), u)...) {
			if !strings.HasPrefix(l, "http://") && !strings.HasPrefix(l, "https://") {
				t.Errorf("%q, %q: link %q", address, body, l)
			}
		}
	})
}
