// Command generate makes packs.tsv and owners.tsv from public collections of
// feeds; see PROVENANCE.md.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"sitrep/feeds/opml"
)

// perPack bounds a pack: it is to be followed as a whole.
const perPack = 14

// themes are the files of awesome-rss-feeds that become packs.
var themes = []struct{ id, file, name string }{
	{"android", "Android", "Android"}, {"android-dev", "Android Development", "Android development"}, {"apple", "Apple", "Apple"},
	{"architecture", "Architecture", "Architecture"}, {"beauty", "Beauty", "Beauty"}, {"books", "Books", "Books"},
	{"business", "Business & Economy", "Business and economy"}, {"cars", "Cars", "Cars"}, {"cricket", "Cricket", "Cricket"},
	{"diy", "DIY", "Do it yourself"}, {"fashion", "Fashion", "Fashion"}, {"food", "Food", "Food"}, {"football", "Football", "Football"},
	{"funny", "Funny", "Funny"}, {"gaming", "Gaming", "Gaming"}, {"history", "History", "History"}, {"interior", "Interior design", "Interior design"},
	{"ios-dev", "iOS Development", "iOS development"}, {"movies", "Movies", "Movies"}, {"music", "Music", "Music"}, {"world", "News", "World news"},
	{"money", "Personal finance", "Personal finance"}, {"photography", "Photography", "Photography"}, {"programming", "Programming", "Programming"},
	{"science", "Science", "Science"}, {"space", "Space", "Space"}, {"sports", "Sports", "Sports"}, {"startups", "Startups", "Startups"},
	{"tech", "Tech", "Technology"}, {"television", "Television", "Television"}, {"tennis", "Tennis", "Tennis"}, {"travel", "Travel", "Travel"},
	{"design", "UI - UX", "Design of interfaces"}, {"web-dev", "Web Development", "Web development"},
}

// countries of awesome-rss-feeds, with the language of most of their feeds.
var countries = []struct{ id, file, name, lang string }{
	{"au-news", "Australia", "Australia", "en"}, {"bd-news", "Bangladesh", "Bangladesh", "en"}, {"br-news", "Brazil", "Brazil", "pt"},
	{"ca-news", "Canada", "Canada", "en"}, {"fr-news", "France", "France", "fr"}, {"de-news", "Germany", "Germany", "de"},
	{"hk-news", "Hong Kong SAR China", "Hong Kong", "en"}, {"in-news", "India", "India", "en"}, {"id-news", "Indonesia", "Indonesia", "id"},
	{"ir-news", "Iran", "Iran", "fa"}, {"ie-news", "Ireland", "Ireland", "en"}, {"it-news", "Italy", "Italy", "it"}, {"jp-news", "Japan", "Japan", "ja"},
	{"mx-news", "Mexico", "Mexico", "es"}, {"mm-news", "Myanmar (Burma)", "Myanmar", "en"}, {"ng-news", "Nigeria", "Nigeria", "en"},
	{"pk-news", "Pakistan", "Pakistan", "en"}, {"ph-news", "Philippines", "Philippines", "en"}, {"pl-news", "Poland", "Poland", "pl"},
	{"ru-news", "Russia", "Russia", "ru"}, {"za-news", "South Africa", "South Africa", "en"}, {"es-news", "Spain", "Spain", "es"},
	{"ua-news", "Ukraine", "Ukraine", "uk"}, {"gb-news", "United Kingdom", "United Kingdom", "en"}, {"us-news", "United States", "United States", "en"},
}

// kite are the categories of the second collection that fill the gaps.
var kite = []struct{ id, kind, category, name string }{
	{"ai", "theme", "AI", "Artificial intelligence"}, {"security", "theme", "Cybersecurity", "Security of computers"}, {"privacy", "theme", "Privacy", "Privacy"},
	{"climate", "theme", "Climate Change", "Climate"}, {"energy", "theme", "Energy", "Energy"}, {"linux", "theme", "Linux & OSS", "Linux and open source"},
	{"defense", "theme", "Defense", "Defence"}, {"medicine", "theme", "Medicine", "Medicine"}, {"aviation", "theme", "Aviation", "Aviation"},
	{"maritime", "theme", "Maritime", "Ships and ports"}, {"formula1", "theme", "Formula 1", "Formula 1"}, {"nba", "theme", "NBA", "NBA"},
	{"africa", "country", "Africa", "Africa"}, {"middle-east", "country", "Middle East", "Middle East"}, {"europe", "country", "Europe", "Europe"},
	{"ar-news", "country", "Argentina", "Argentina"}, {"at-news", "country", "Austria", "Austria"}, {"be-news", "country", "Belgium", "Belgium"},
	{"bg-news", "country", "Bulgaria", "Bulgaria"}, {"cl-news", "country", "Chile", "Chile"}, {"co-news", "country", "Colombia", "Colombia"},
	{"hr-news", "country", "Croatia", "Croatia"}, {"cz-news", "country", "Czech Republic", "Czechia"}, {"dk-news", "country", "Denmark", "Denmark"},
	{"ee-news", "country", "Estonia", "Estonia"}, {"fi-news", "country", "Finland", "Finland"}, {"gr-news", "country", "Greece", "Greece"},
	{"hu-news", "country", "Hungary", "Hungary"}, {"is-news", "country", "Iceland", "Iceland"}, {"il-news", "country", "Israel", "Israel"},
	{"ke-news", "country", "Kenya", "Kenya"}, {"lv-news", "country", "Latvia", "Latvia"}, {"lt-news", "country", "Lithuania", "Lithuania"},
	{"nz-news", "country", "New Zealand", "New Zealand"}, {"no-news", "country", "Norway", "Norway"}, {"pt-news", "country", "Portugal", "Portugal"},
	{"ro-news", "country", "Romania", "Romania"}, {"rs-news", "country", "Serbia", "Serbia"}, {"sk-news", "country", "Slovakia", "Slovakia"},
	{"si-news", "country", "Slovenia", "Slovenia"}, {"kr-news", "country", "South Korea", "South Korea"}, {"se-news", "country", "Sweden", "Sweden"},
	{"ch-de-news", "country", "Switzerland (DE)", "Switzerland, in German"}, {"ch-fr-news", "country", "Switzerland (FR)", "Switzerland, in French"},
	{"tw-news", "country", "Taiwan", "Taiwan"}, {"nl-news", "country", "The Netherlands", "Netherlands"}, {"tr-news", "country", "Turkey", "Türkiye"},
	{"vn-news", "country", "Vietnam", "Vietnam"},
}

// notNews are hosts whose feeds are no outlet's own, or are closed to programs.
var notNews = []string{"reddit.com", "youtube.com", "news.google.com", "medium.com", "twitter.com", "rsshub.app", "openrss.org", "rss.app", "feedx.net", "politepol.com", "fetchrss.com", "morss.it", "kill-the-newsletter.com"}

// platforms serve the feeds of others: their owner says nothing about who speaks.
var platforms = []string{"feedburner.com", "feeds.feedburner.com", "google.com", "youtube.com", "blogspot.com", "wordpress.com", "medium.com", "substack.com", "github.io", "github.com", "reddit.com", "yahoo.com", "msn.com", "flipboard.com", "t.me", "podbean.com", "libsyn.com", "tumblr.com"}

type feed struct{ url, title string }

type pack struct {
	id, kind, lang, name string
	feeds                []feed
}

type outlet struct{ name, family, country string }

func main() {
	log.SetFlags(0)
	from := flag.String("from", "", "directory with awesome-rss-feeds/, kite_feeds.json and media_data.json")
	to := flag.String("to", "feeds/catalog", "where packs.tsv and owners.tsv are written")
	flag.Parse()
	if *from == "" {
		flag.Usage()
		os.Exit(2)
	}
	owners := readOwners(filepath.Join(*from, "media_data.json"))
	packs := readPacks(*from, owners)
	write(filepath.Join(*to, "owners.tsv"), ownersTSV(owners))
	write(filepath.Join(*to, "packs.tsv"), packsTSV(packs))
	n := 0
	for _, p := range packs {
		n += len(p.feeds)
	}
	fmt.Printf("%d packs, %d feeds, %d domains\n", len(packs), n, len(owners))
}

func write(path string, data []byte) {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		log.Fatal(err)
	}
}

func readPacks(dir string, owners map[string]outlet) []pack {
	var out []pack
	list := func(path string) []feed {
		f, err := os.Open(path)
		if err != nil {
			log.Fatal(err)
		}
		defer f.Close()
		entries, err := opml.Read(f)
		if err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		var feeds []feed
		for _, e := range entries {
			feeds = append(feeds, feed{e.URL, e.Title})
		}
		return pick(feeds, owners)
	}
	arf := filepath.Join(dir, "awesome-rss-feeds")
	for _, t := range themes {
		out = append(out, pack{t.id, "theme", "en", t.name, list(filepath.Join(arf, "recommended", "with_category", t.file+".opml"))})
	}
	for _, c := range countries {
		out = append(out, pack{c.id, "country", c.lang, c.name, list(filepath.Join(arf, "countries", "without_category", c.file+".opml"))})
	}
	var categories map[string]struct {
		Language string   `json:"source_language"`
		Feeds    []string `json:"feeds"`
	}
	readJSON(filepath.Join(dir, "kite_feeds.json"), &categories)
	for _, k := range kite {
		c, ok := categories[k.category]
		if !ok {
			log.Fatalf("no category %q", k.category)
		}
		var feeds []feed
		for _, u := range c.Feeds {
			feeds = append(feeds, feed{url: u})
		}
		out = append(out, pack{k.id, k.kind, c.Language, k.name, pick(feeds, owners)})
	}
	out = slices.DeleteFunc(out, func(p pack) bool { return len(p.feeds) < 3 })
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].kind != out[j].kind {
			return out[i].kind == "theme"
		}
		return out[i].name < out[j].name
	})
	return out
}

// pick chooses the feeds of a pack: outlets' own, one of a house after the other,
// known outlets first.
func pick(all []feed, owners map[string]outlet) []feed {
	var good []feed
	seen := map[string]bool{}
	for _, f := range all {
		u, err := url.Parse(strings.TrimSpace(f.url))
		if err != nil || u.Host == "" || strings.ContainsAny(f.url, "\t\n") || len(f.url) > 200 {
			continue
		}
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		if seen[u.String()] || excluded(host) {
			continue
		}
		seen[u.String()] = true
		good = append(good, feed{u.String(), title(f.title, host, owners)})
	}
	perHost := map[string]int{}
	rank := make(map[string]int, len(good))
	for _, f := range good {
		u, _ := url.Parse(f.url)
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		r := perHost[host] * 10
		perHost[host]++
		if _, ok := find(host, owners); !ok {
			r++
		}
		if u.Scheme != "https" {
			r++
		}
		rank[f.url] = r
	}
	sort.SliceStable(good, func(i, j int) bool { return rank[good[i].url] < rank[good[j].url] })
	return good[:min(len(good), perPack)]
}

func excluded(host string) bool {
	for _, n := range notNews {
		if host == n || strings.HasSuffix(host, "."+n) {
			return true
		}
	}
	return false
}

// title shortens a feed's name to the outlet's, without its slogan.
func title(s, host string, owners map[string]outlet) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		if o, ok := find(host, owners); ok {
			return o.name
		}
		return host
	}
	for _, sep := range []string{" | ", " » ", " :: ", " — ", " – ", " : "} {
		if i := strings.Index(s, sep); i > 3 {
			s = s[:i]
		}
	}
	if len(s) > 50 {
		s = s[:50]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
		if i := strings.LastIndexByte(s, ' '); i > 15 {
			s = s[:i]
		}
	}
	s = strings.TrimRight(s, " -:,")
	if o, ok := find(host, owners); ok && !strings.Contains(strings.ToLower(s), strings.ToLower(strings.TrimPrefix(strings.Fields(o.name)[0], "The "))) && len(o.name) < 30 {
		s = o.name + ": " + s // "World news" of whom?
	}
	return s
}

func find(host string, owners map[string]outlet) (outlet, bool) {
	for strings.Contains(host, ".") {
		if o, ok := owners[host]; ok {
			return o, true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return outlet{}, false
}

func readJSON(path string, into any) {
	data, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		log.Fatalf("%s: %v", path, err)
	}
}

func readOwners(path string) map[string]outlet {
	var rows []struct {
		Country, Organization, Owner string
		Domains                      []string
	}
	readJSON(path, &rows)
	out := map[string]outlet{}
	for _, r := range rows {
		name := plain(r.Organization)
		o := outlet{name, family(name, r.Owner), plain(r.Country)}
		for _, d := range r.Domains {
			d = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d)), "www.")
			if i := strings.IndexByte(d, '/'); i >= 0 {
				d = d[:i]
			}
			if slices.Contains(platforms, d) || !strings.Contains(d, ".") || strings.ContainsAny(d, " \t") || name == "" {
				continue
			}
			if _, taken := out[d]; !taken {
				out[d] = o
			}
		}
	}
	return out
}

// family makes a short name of what is known of an owner, and the outlet's own
// where that is a sentence, nobody, or the outlet itself.
func family(name, owner string) string {
	o := plain(owner)
	for _, sep := range []string{" (", ";", ",", " via ", " - ", " – ", ". "} {
		if i := strings.Index(o, sep); i > 0 {
			o = o[:i]
		}
	}
	o = strings.TrimSuffix(strings.TrimSpace(o), ".")
	words := len(strings.Fields(o))
	low := strings.ToLower(o)
	switch {
	case len(o) < 4 && strings.Contains(o, "."), o == "", words > 6, len(o) > 60, strings.Contains(o, " is "), strings.Contains(o, " are "):
		return name
	case low == "unknown", low == "independent", low == "private", low == "n/a", low == "none", low == "self-owned", low == "public broadcaster", low == "public", low == "state-owned",
		strings.HasPrefix(low, "independent"), strings.HasPrefix(low, "privately"), strings.HasPrefix(low, "owned by"), strings.HasPrefix(low, "various"), strings.HasPrefix(low, "founded"), strings.HasPrefix(low, "public broadcaster"), strings.HasPrefix(low, "not "), strings.HasPrefix(low, "non-profit"), strings.HasPrefix(low, "nonprofit"), strings.HasPrefix(low, "government"):
		return name
	}
	return o
}

func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

func ownersTSV(owners map[string]outlet) []byte {
	var domains []string
	for d := range owners {
		domains = append(domains, d)
	}
	sort.Strings(domains)
	var b bytes.Buffer
	for _, d := range domains {
		o := owners[d]
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", d, o.name, o.family, o.country)
	}
	return b.Bytes()
}

func packsTSV(packs []pack) []byte {
	var b bytes.Buffer
	for _, p := range packs {
		fmt.Fprintf(&b, "pack\t%s\t%s\t%s\t%s\n", p.id, p.kind, p.lang, p.name)
		for _, f := range p.feeds {
			fmt.Fprintf(&b, "%s\t%s\n", f.url, f.title)
		}
	}
	return b.Bytes()
}
