package feeds

import "testing"

func TestShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"no address", "no address"},
		{"https://a.example/feed?format=rss&page=2", "https://a.example/feed?format=rss&page=2"},
		{"https://ada:hush@a.example/feed", "https://…@a.example/feed"},
		{"https://ada:hu@sh@a.example/feed?x=1@b", "https://…@a.example/feed?x=1@b"},
		{"https://a.example/@ada/feed", "https://a.example/@ada/feed"},
		{"https://a.example/feed?token=hush&format=rss", "https://a.example/feed?token=…&format=rss"},
		{"https://a.example/feed?format=rss&user_token=hush#top", "https://a.example/feed?format=rss&user_token=…#top"},
		{"https://a.example/feed?api_key=hush;KEY=hush", "https://a.example/feed?api_key=…;KEY=…"},
		{"a.example/feed?auth=hush", "a.example/feed?auth=…"},
		{"https://a.example/feed?keyword=harbour&author=ada", "https://a.example/feed?keyword=harbour&author=ada"},
		{`Get "https://a.example/feed?access_token=hush": refused, then postgres://bot:hush@db/x`, `Get "https://a.example/feed?access_token=…": refused, then postgres://…@db/x`},
		{"https://a.example/?sig=hush%20hush&X-Amz-Signature=hush&X-Amz-Credential=hush&password=hush", "https://a.example/?sig=…&X-Amz-Signature=…&X-Amz-Credential=…&password=…"},
	} {
		if got := Shown(c.in); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.in, got, c.want)
		}
		if again := Shown(c.want); again != c.want {
			t.Errorf("twice: %s", again)
		}
	}
}
