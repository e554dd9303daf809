// Package catalog knows real feeds and outlets: starter packs by theme, country
// and language, and who owns which outlet, so that the papers of one house are
// not counted as independent voices.
//
// Both are data, embedded from packs.tsv and owners.tsv. PROVENANCE.md tells
// where they come from; the program in generate makes them anew.
package catalog

import (
	_ "embed"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// A Pack is a list of feeds that go together.
type Pack struct {
	ID    string // short and stable: "space", "de-news"
	Name  string // in English
	Kind  string // "theme" or "country"
	Lang  string // BCP 47 of most of its feeds
	Feeds []Feed
}

// A Feed is one feed of a pack.
type Feed struct {
	URL   string
	Title string
}

//go:embed packs.tsv
var packsTSV string

//go:embed owners.tsv
var ownersTSV string

var packs = sync.OnceValue(func() []Pack {
	var out []Pack
	for line := range strings.Lines(packsTSV) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		switch {
		case len(f) == 5 && f[0] == "pack":
			out = append(out, Pack{ID: f[1], Kind: f[2], Lang: f[3], Name: f[4]})
		case len(f) == 2 && len(out) > 0:
			p := &out[len(out)-1]
			p.Feeds = append(p.Feeds, Feed{URL: f[0], Title: f[1]})
		}
	}
	return out
})

// Packs returns all packs, those of themes first, by name. The caller may keep
// and change what it gets.
func Packs() []Pack {
	out := slices.Clone(packs())
	for i := range out {
		out[i].Feeds = slices.Clone(out[i].Feeds)
	}
	return out
}

// ByID returns the pack with an ID.
func ByID(id string) (Pack, bool) {
	for _, p := range packs() {
		if p.ID == id {
			p.Feeds = slices.Clone(p.Feeds)
			return p, true
		}
	}
	return Pack{}, false
}

// An Outlet is who speaks under a domain.
type Outlet struct {
	Name    string
	Family  string // the owner; the outlet's own name where it is independent
	Country string // in English, "" when unknown
}

var outlets = sync.OnceValue(func() map[string]Outlet {
	m := make(map[string]Outlet)
	for line := range strings.Lines(ownersTSV) {
		if f := strings.Split(strings.TrimRight(line, "\n"), "\t"); len(f) == 4 {
			m[f[0]] = Outlet{Name: f[1], Family: f[2], Country: f[3]}
		}
	}
	return m
})

// Lookup returns the outlet behind an address: that of the longest known domain
// which its host is, or lies under.
func Lookup(rawURL string) (Outlet, bool) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return Outlet{}, false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for strings.Contains(host, ".") {
		if o, ok := outlets()[host]; ok {
			return o, true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return Outlet{}, false
}

// Owner returns the outlet's name and its family.
func Owner(rawURL string) (publisher, family string, ok bool) {
	o, ok := Lookup(rawURL)
	return o.Name, o.Family, ok
}
