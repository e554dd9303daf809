package markdown

import (
	"math/rand"
	"strings"
	"testing"
	"testing/quick"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Harbour reopens", "Harbour reopens"},
		{"emphasis", "a *b* _c_ ~~d~~ ||e|| `f`", "a \\*b\\* \\_c\\_ \\~\\~d\\~\\~ \\|\\|e\\|\\| \\`f\\`"},
		{"backslash first", `\*x`, `\\\*x`},
		{"heading", "# Big", `\# Big`},
		{"small print", "-# tiny", `\-# tiny`},
		{"list", "- item", `\- item`},
		{"numbered list", "1. first", `1\. first`},
		{"a year is no list", "2026 begins", "2026 begins"},
		{"quote", "> said", `\> said`},
		{"everyone", "@everyone look, @HERE", "@\u200beveryone look, @\u200bHERE"},
		{"address", "write to ada@harbour.example", "write to ada@harbour.example"},
		{"role mention", "<@&42>", "\\<\u200b@\u200b&42\\>"},
		{"timestamp", "<t:0:R>", "\\<\u200bt:0:R\\>"},
		{"mask link", "[free](https://evil.example)", "\\[free\\](https:\u200b//evil.example)"},
		{"bare link", "see https://evil.example", "see https:\u200b//evil.example"},
		{"lines", "one\r\n# two\ttabs", "one # two tabs"},
		{"direction", "a\u202ecod.exe", "acod.exe"},
		{"zero width", "ad\u200bmi\u2060n\ufeff", "admin"},
		{"tags", "hi\U000e0041\U000e0042", "hi"},
		{"blank letters", "\u3164\u2800x\u3164", "x"},
		{"stacked marks", "Z" + strings.Repeat("\u0335", 30), "Z" + strings.Repeat("\u0335", 4)},
		{"broken bytes", "a\xff\xfeb", "ab"},
		{"NUL", "a\x00b", "ab"},
		{"arabic is isolated", "مرحبا بالعالم", "\u2068مرحبا بالعالم\u2069"},
		{"persian joiner stays", "می\u200cشود", "\u2068می\u200cشود\u2069"},
		{"latin joiner goes", "wo\u200drld", "world"},
		{"emoji family stays", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"},
		{"japanese", "首相が辞任を表明", "首相が辞任を表明"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := string(Escape(c.in)); got != c.want {
				t.Errorf("Escape(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"fits", "Harbour reopens", 15, "Harbour reopens"},
		{"at a word", "Harbour reopens after storm", 18, "Harbour reopens…"},
		{"no words", "首相が辞任を表明した", 6, "首相が辞任…"},
		{"family whole or not at all", "ab👩\u200d👩\u200d👧\u200d👦cd", 8, "ab…"},
		{"letter with mark", "cafe\u0301s", 5, "caf…"},
		{"flags", "🇩🇪🇫🇷🇧🇷", 9, "🇩🇪🇫🇷…"},
		{"no room", "abc", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Cut(c.in, c.limit)
			if got != c.want {
				t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
			}
		})
	}
}

func TestCutNeverBreaks(t *testing.T) {
	t.Parallel()
	check := func(s string, n uint8) bool {
		limit := int(n)
		for _, got := range []string{Cut(s, limit), string(EscapeCut(s, limit))} {
			if Len(got) > limit || !utf8.ValidString(got) {
				t.Logf("limit %d: %q (%d) from %q", limit, got, Len(got), s)
				return false
			}
		}
		plain, cut := Clean(s), strings.TrimSuffix(Cut(s, limit), "…")
		if !strings.HasPrefix(plain, cut) {
			return false
		}
		// The cut is at a border of grapheme clusters.
		for g, at := uniseg.NewGraphemes(plain), 0; g.Next(); at += len(g.Str()) {
			if at == len(cut) {
				return true
			}
		}
		return len(cut) == len(plain) || cut == ""
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 5000, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error(err)
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"https://harbour.example/a?b=c#d", "https://harbour.example/a?b=c#d", true},
		{"HTTP://harbour.example", "http://harbour.example", true},
		{"https://harbour.example/a_(b)", "https://harbour.example/a_%28b%29", true},
		{"https://harbour.example/a b<c>", "https://harbour.example/a%20b%3Cc%3E", true},
		{"https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4", true},
		{"javascript:alert(1)", "", false},
		{"data:text/html,x", "", false},
		{"//harbour.example/a", "", false},
		{"/a", "", false},
		{"https://user:pass@harbour.example/", "", false},
		{"https://harbour.example/" + strings.Repeat("a", 600), "", false},
		{"https://a b/", "", false},
	} {
		got, ok := URL(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("URL(%q) = %q, %v; want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, url, want string }{
		{"Harbour Post", "https://harbour.example/1", "[Harbour Post](https://harbour.example/1)"},
		{"x](https://evil.example) [y", "https://harbour.example/1", "[x\\](https:\u200b//evil.example) \\[y](https://harbour.example/1)"},
		{"Harbour Post", "javascript:alert(1)", "Harbour Post"},
		{"Harbour Post", "https://a/)[x](https://evil.example", "[Harbour Post](https://a/%29%5Bx%5D%28https://evil.example)"},
	} {
		if got := string(Link(c.text, c.url, 100)); got != c.want {
			t.Errorf("Link(%q, %q) = %q, want %q", c.text, c.url, got, c.want)
		}
	}
}

func TestMentionsAndTimes(t *testing.T) {
	t.Parallel()
	at := time.Unix(1764000000, 0)
	got := string(Join(" ", Time(at, "R"), Channel("12"), User("13"), Role("14"), Channel("x> @everyone"), Time(time.Time{}, "R"), Code("a`b")))
	if want := "<t:1764000000:R> <#12> <@13> <@&14> `a'b`"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
