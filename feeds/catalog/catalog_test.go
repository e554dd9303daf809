package catalog

import (
	"net/url"
	"strings"
	"testing"
)

func TestPacks(t *testing.T) {
	t.Parallel()
	all := Packs()
	if len(all) < 40 {
		t.Errorf("only %d packs", len(all))
	}
	ids, langs, feeds := map[string]bool{}, map[string]bool{}, 0
	for _, p := range all {
		if ids[p.ID] || p.ID == "" || strings.ToLower(p.ID) != p.ID || strings.Contains(p.ID, " ") {
			t.Errorf("id %q", p.ID)
		}
		ids[p.ID], langs[p.Lang] = true, true
		if p.Name == "" || p.Kind != "theme" && p.Kind != "country" || len(p.Lang) < 2 {
			t.Errorf("%+v", p)
		}
		if len(p.Feeds) < 3 || len(p.Feeds) > 20 {
			t.Errorf("%s has %d feeds", p.ID, len(p.Feeds))
		}
		seen := map[string]bool{}
		for _, f := range p.Feeds {
			u, err := url.Parse(f.URL)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || f.Title == "" || seen[f.URL] {
				t.Errorf("%s: %+v", p.ID, f)
			}
			seen[f.URL] = true
			feeds++
		}
		if got, ok := ByID(p.ID); !ok || got.Name != p.Name {
			t.Errorf("ByID(%s): %v %v", p.ID, got.Name, ok)
		}
	}
	if len(langs) < 10 {
		t.Errorf("only %d languages", len(langs))
	}
	if _, ok := ByID("no such pack"); ok {
		t.Error("found what is not there")
	}
	t.Logf("%d packs, %d feeds, %d languages, %d domains", len(all), feeds, len(langs), len(outlets()))
}

func TestPacksMayBeChanged(t *testing.T) {
	t.Parallel()
	a := Packs()
	a[0].Name, a[0].Feeds[0].URL = "changed", "changed"
	if b := Packs(); b[0].Name == "changed" || b[0].Feeds[0].URL == "changed" {
		t.Error("callers share what they get")
	}
}

func TestOwner(t *testing.T) {
	t.Parallel()
	_, age, ok := Owner("https://www.theage.com.au/rss/feed.xml")
	_, smh, ok2 := Owner("http://WWW.SMH.com.au./world")
	if !ok || !ok2 || age != smh || age == "" {
		t.Errorf("The Age belongs to %q (%v), the Sydney Morning Herald to %q (%v)", age, ok, smh, ok2)
	}
	if p, f, ok := Owner("https://mediapart.fr/articles/feed"); !ok || p != "Mediapart" || f != "Mediapart" {
		t.Errorf("an independent outlet: %q, %q, %v", p, f, ok)
	}
	for _, u := range []string{"https://gazette.example/", "https://com.au/", "https://notmediapart.fr/", "::", "", "https://127.0.0.1/"} {
		if p, _, ok := Owner(u); ok {
			t.Errorf("%s is said to be %q", u, p)
		}
	}
	for d, o := range outlets() {
		if o.Name == "" || o.Family == "" || strings.HasPrefix(d, "www.") {
			t.Errorf("%s: %+v", d, o)
		}
	}
}
