package locale

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"sitrep/bot/discord/markdown"
)

func catalog(t *testing.T, lang string) map[string]any {
	t.Helper()
	raw, err := files.ReadFile(lang + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := yaml.UnmarshalWithOptions(raw, &out, yaml.DisallowUnknownField()); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func placeholders(v any) []string {
	set := map[string]bool{}
	add := func(s string) {
		for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
			set[m[1]] = true
		}
	}
	switch v := v.(type) {
	case string:
		add(v)
	case map[string]any:
		if s, ok := v["other"].(string); ok {
			add(s)
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	t.Parallel()
	base := catalog(t, Default)
	if len(base) == 0 {
		t.Fatal("the default catalog is empty")
	}
	for _, lang := range langs[1:] {
		other := catalog(t, lang)
		for key, v := range base {
			w, ok := other[key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
				continue
			}
			// A translation may leave out what is English in itself, but knows nothing more.
			for _, name := range placeholders(w) {
				if !slices.Contains(placeholders(v), name) {
					t.Errorf("%s, %s: puts in %s, which the default doesn't", lang, key, name)
				}
			}
			_, plural := v.(map[string]any)
			if _, too := w.(map[string]any); plural != too {
				t.Errorf("%s, %s: plural %v, the default %v", lang, key, too, plural)
			}
		}
		for key := range other {
			if _, ok := base[key]; !ok {
				t.Errorf("%s has %s, which the default lacks", lang, key)
			}
		}
	}
}

func TestPluralsForEveryCount(t *testing.T) {
	t.Parallel()
	for key, v := range catalog(t, Default) {
		if _, plural := v.(map[string]any); !plural {
			continue
		}
		for _, lang := range langs {
			for _, n := range []int{0, 1, 2, 5, 11, 21, 1000, 1_000_000, 2_500_000} {
				got := string(For(lang).N(key, n))
				if got == key || strings.Contains(got, "<no value>") && !strings.Contains(key, "range") && !strings.Contains(key, "one") && !strings.Contains(key, "chart") && len(placeholders(v)) == 1 {
					t.Errorf("%s, %s, %d: %q", lang, key, n, got)
				}
			}
		}
	}
	if got := For("fr").N("card.publishers", 0); got != "0 média" {
		t.Errorf("French zero is singular, got %q", got)
	}
	if got := For("de").N("card.publishers", 1234); got != "1.234 Medien" {
		t.Errorf("got %q", got)
	}
}

// TestRefusalsInEveryLanguage finds the codes that the use cases refuse with, and
// holds them against the catalog: a code that it lacks is told in English.
func TestRefusalsInEveryLanguage(t *testing.T) {
	t.Parallel()
	base := catalog(t, Default)
	code := regexp.MustCompile(`(?:NewUserError|refused)\(\s*"([a-z_]+)"`)
	found := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
			found++
			if _, ok := base["error."+m[1]]; !ok {
				t.Errorf("%s refuses with %q, which the catalog lacks", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 30 {
		t.Errorf("only %d refusals found: the pattern misses them", found)
	}
}

// TestKeysInCode finds the keys that the code says and holds them against the catalog.
func TestKeysInCode(t *testing.T) {
	t.Parallel()
	base := catalog(t, Default)
	said := regexp.MustCompile(`\.(?:T|N|Plain|PlainN|Has)\("([a-z_.]+[a-z_])"|explain\("([a-z_.]+)"\)|NewUserError\("([a-z_]+)"|(?:section|add)\(\"([a-z_.]+)"|"((?:card|btn|reply|form|error|perm)\.[a-z_.]+[a-z_])"`)
	found := 0
	err := filepath.WalkDir("..", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range said.FindAllStringSubmatch(string(raw), -1) {
			key := m[1] + m[2] + m[4] + m[5]
			if m[3] != "" {
				key = "error." + m[3]
			}
			if strings.HasSuffix(key, ".") {
				continue
			}
			found++
			if _, ok := base[key]; !ok {
				t.Errorf("%s says %q, which the catalog lacks", path, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("only %d keys found in the code: the pattern misses them", found)
	}
}

func TestArgumentsAreEscaped(t *testing.T) {
	t.Parallel()
	p := For("en")
	if got, want := p.T("card.alert.title", "Topic", "**x** @everyone"), markdown.Text("🔔 New on \\*\\*x\\*\\* @\u200beveryone"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.T("card.alert.title", "Topic", markdown.Text("**x**")), markdown.Text("🔔 New on **x**"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.T("card.first_seen", "At", time.Unix(5, 0)), markdown.Text("first seen <t:5:R>"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.T("card.alert.title", "Topic", "{{.Count}}"), markdown.Text("🔔 New on {{.Count}}"); got != want {
		t.Errorf("an argument was taken for a template: %q", got)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"en-US": "en", "en-GB": "en", "de": "de", "es-ES": "es", "es-419": "es", "fr": "fr", "fr-CA": "fr", "pt-BR": "pt-BR", "pt": "pt-BR", "ja": "en", "": "en", "zz": "en"} {
		if got := Match(in); got != want {
			t.Errorf("Match(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnknownKeyIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	if got := For("de").T("no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkSay(b *testing.B) {
	p := For("de")
	for b.Loop() {
		p.N("card.publishers", 3)
	}
}
