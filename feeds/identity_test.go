package feeds

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// archive stores what Identify hands out, as a Store would.
type archive struct {
	feed   Feed
	known  []Known
	at     map[string]int // identity -> index in known
	edited int
}

func (a *archive) poll(items []Item) (added, edited int) {
	if a.at == nil {
		a.at = map[string]int{}
	}
	latest := make([]Known, len(a.known))
	for i, k := range a.known { // the latest first, as a Store answers
		latest[len(latest)-1-i] = k
	}
	articles, mem := Identify(a.feed, items, latest, fuzzNow)
	a.feed.Memory = mem
	for _, x := range articles {
		k := Known{ID: int64(len(a.known) + 1), Identity: x.Identity, GUID: x.GUID, URL: x.URL, Fingerprint: x.Fingerprint, ContentHash: x.ContentHash}
		if i, ok := a.at[x.Identity]; ok {
			k.ID = a.known[i].ID
			a.known[i] = k
			edited++
			continue
		}
		a.at[x.Identity] = len(a.known)
		a.known = append(a.known, k)
		added++
	}
	a.edited += edited
	return added, edited
}

func sample(n int) []Item {
	var out []Item
	for i := range n {
		out = append(out, Item{
			GUID: fmt.Sprintf("id-%d", i), URL: fmt.Sprintf("https://gazette.example/2026/03/story-number-%d-of-many", i),
			Title: fmt.Sprintf("Story number %d", i), Summary: fmt.Sprintf("This is what story number %d tells at some length.", i),
		})
	}
	return out
}

func change(items []Item, f func(i int, it *Item)) []Item {
	out := append([]Item(nil), items...)
	for i := range out {
		f(i, &out[i])
	}
	return out
}

// Each case polls again and again what are the same ten items in different
// disguise: they may be stored once only.
func TestIdentifySameItems(t *testing.T) {
	t.Parallel()
	base := sample(10)
	cases := map[string]func(round int) []Item{
		"unchanged": func(int) []Item { return base },
		"new GUIDs each time": func(r int) []Item {
			return change(base, func(i int, it *Item) { it.GUID = fmt.Sprintf("s%d-%d", r, i) })
		},
		"new links each time": func(r int) []Item {
			return change(base, func(i int, it *Item) { it.URL = fmt.Sprintf("https://gazette.example/go/%d?session=%d", i, r) })
		},
		"new GUIDs and links each time": func(r int) []Item {
			return change(base, func(i int, it *Item) {
				it.GUID, it.URL = fmt.Sprintf("s%d-%d", r, i), fmt.Sprintf("https://gazette.example/go/%d?session=%d", i, r)
			})
		},
		"no GUIDs, new links each time": func(r int) []Item {
			return change(base, func(i int, it *Item) { it.GUID, it.URL = "", fmt.Sprintf("https://gazette.example/go/%d?s=%d", i, r) })
		},
		"no GUIDs":           func(int) []Item { return change(base, func(_ int, it *Item) { it.GUID = "" }) },
		"no GUIDs, no links": func(int) []Item { return change(base, func(_ int, it *Item) { it.GUID, it.URL = "", "" }) },
		"one GUID for all":   func(int) []Item { return change(base, func(_ int, it *Item) { it.GUID = "feed" }) },
		"one link for all":   func(int) []Item { return change(base, func(_ int, it *Item) { it.URL = "https://gazette.example/" }) },
		"one GUID and one link for all": func(int) []Item {
			return change(base, func(_ int, it *Item) { it.GUID, it.URL = "feed", "https://gazette.example/" })
		},
		"GUIDs appear later": func(r int) []Item {
			return change(base, func(_ int, it *Item) {
				if r < 2 {
					it.GUID = ""
				}
			})
		},
		"GUIDs vanish later": func(r int) []Item {
			return change(base, func(_ int, it *Item) {
				if r >= 2 {
					it.GUID = ""
				}
			})
		},
		"the site moves to https": func(r int) []Item {
			return change(base, func(i int, it *Item) {
				scheme := "http://www."
				if r >= 2 {
					scheme = "https://"
				}
				it.URL = scheme + strings.TrimPrefix(it.URL, "https://")
				it.GUID = it.URL
			})
		},
		"two mirrors in turn": func(r int) []Item {
			return change(base, func(_ int, it *Item) {
				it.GUID = ""
				it.URL = strings.Replace(it.URL, "gazette", fmt.Sprintf("mirror%d", r%2), 1)
			})
		},
		"each item twice in the feed": func(int) []Item { return append(append([]Item(nil), base...), base...) },
		"shuffled": func(r int) []Item {
			out := append([]Item(nil), base...)
			rand.New(rand.NewPCG(1, uint64(r))).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
			return out
		},
		"half vanishes and returns": func(r int) []Item {
			if r%2 == 1 {
				return base[5:]
			}
			return base
		},
	}
	for name, items := range cases {
		var a archive
		for r := range 6 {
			a.poll(items(r))
		}
		if len(a.known) != 10 {
			t.Errorf("%s: %d articles of 10 items, memory %+v", name, len(a.known), a.feed.Memory)
		}
	}
}

// Each case brings one truly new item among nine known ones; it may not be taken
// for one of them.
func TestIdentifyNewItems(t *testing.T) {
	t.Parallel()
	base := sample(9)
	gallery := Item{GUID: "p-1", URL: "https://gazette.example/gallery/monday-1001", Title: "The day in pictures", Summary: "The best pictures of the day, as chosen by our editors."}
	tomorrow := gallery
	tomorrow.GUID, tomorrow.URL = "p-2", "https://gazette.example/gallery/tuesday-1002"
	live := Item{GUID: "l-1", URL: "https://gazette.example/live", Title: "Live: the storm", Summary: "Trees have fallen on the coast road."}
	livelater := live
	livelater.GUID, livelater.Summary, livelater.Title = "l-2", "The coast road is open again.", "Live: the flood"
	cases := map[string][2]Item{
		"same title and teaser every day":         {gallery, tomorrow},
		"one page that carries one after another": {live, livelater},
		"same title, no GUIDs":                    {{URL: "https://gazette.example/a-story-of-some-kind", Title: "Notes", Summary: "Short."}, {URL: "https://gazette.example/another-story-of-a-kind", Title: "Notes", Summary: "Short."}},
		"no GUIDs, no links":                      {{Title: "One"}, {Title: "Two"}},
	}
	for name, c := range cases {
		var a archive
		a.poll(append([]Item{c[0]}, base...))
		if added, _ := a.poll(append([]Item{c[1], c[0]}, base...)); added != 1 {
			t.Errorf("%s: %d added, want 1", name, added)
		}
		if added, edited := a.poll(append([]Item{c[1], c[0]}, base...)); added+edited != 0 {
			t.Errorf("%s: %d added and %d edited at the next poll", name, added, edited)
		}
	}
}

func TestIdentifyEdits(t *testing.T) {
	t.Parallel()
	base := sample(5)
	var a archive
	a.poll(base)
	retitled := change(base, func(i int, it *Item) {
		if i == 2 {
			it.Title = "Story number 2, corrected"
		}
	})
	if added, edited := a.poll(retitled); added != 0 || edited != 1 {
		t.Errorf("a new title: %d added, %d edited", added, edited)
	}
	redated := change(retitled, func(_ int, it *Item) { it.Published = fuzzNow.Add(-time.Hour) })
	if added, edited := a.poll(redated); added+edited != 0 {
		t.Errorf("a new date alone: %d added, %d edited", added, edited)
	}
	moved := change(redated, func(i int, it *Item) {
		if i == 1 { // the slug follows the title, the GUID stays
			it.URL, it.Title = "https://gazette.example/2026/03/a-whole-new-slug-for-it", "A whole new slug"
		}
	})
	if added, edited := a.poll(moved); added != 0 || edited != 1 {
		t.Errorf("a new slug: %d added, %d edited", added, edited)
	}
	if n := len(a.known); n != 5 {
		t.Errorf("%d articles", n)
	}
}

func TestMakeArticle(t *testing.T) {
	t.Parallel()
	feed := Feed{ID: 7, Lang: "en", Publisher: "Gazette", Family: "Holt Media"}
	articles, _ := Identify(feed, []Item{
		{GUID: "1", URL: "https://a.example/1", Title: "Whole", Summary: "short", Content: strings.Repeat("A long text. ", 200), Lang: "de", Published: fuzzNow.Add(-time.Hour)},
		{GUID: "2", Title: "Teaser", Summary: "Only a teaser …"},
		{GUID: "3", Title: "Headline"},
		{GUID: "4"},
	}, nil, fuzzNow)
	if len(articles) != 3 {
		t.Fatalf("%d articles", len(articles))
	}
	w, te, h := articles[0], articles[1], articles[2]
	if w.TextSource != TextFromFeed || !CarriesWhole(w) || w.Lang != "de" || w.Family != "Holt Media" || !w.PublishedAt.Equal(fuzzNow.Add(-time.Hour)) || w.Stage != StageStored {
		t.Errorf("whole: %+v", w)
	}
	if te.TextSource != TextFromFeed || CarriesWhole(te) || te.Lang != "en" || !te.PublishedAt.Equal(fuzzNow) {
		t.Errorf("teaser: %+v", te)
	}
	if h.TextSource != TextFromTitle || h.Text != "Headline" {
		t.Errorf("headline: %+v", h)
	}
}
