package stories

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"sitrep/feeds"
	"sitrep/summarize"
)

// A Doc is what the index remembers of an article: about half a kilobyte, whatever
// the article's length.
type Doc struct {
	ArticleID int64
	StoryID   int64 // 0 before the article is placed
	At        time.Time
	Lang      string // base language, "" when unknown
	Terms     []Term // by ID, each once
	Sketch    []uint32
	Shingles  int // distinct runs of words that the sketch was drawn from
}

// A Term is a word, name or number of a Doc.
type Term struct {
	ID     uint32 // hash of the folded form
	Weight uint8  // how much of the article speaks of it, in sixteenths
	Kind   termKind
}

type termKind uint8

const (
	kindName   termKind = 1 << iota // a name or part of one
	kindNumber                      // a figure that is rare enough to tell
	kindTitle                       // stands in the title
	kindLead                        // stands in the opening
	kindResult                      // the result of a match: 3-1
)

const (
	maxNames   = 44  // terms of names and numbers kept of an article
	maxWords   = 40  // other terms
	leadWords  = 70  // words that count as the opening
	readWords  = 900 // words read of an article; what comes later rarely names the event
	sketchSize = 32
)

// Features reduces an article to a Doc. A nil brief is allowed: names are then
// what is written with capitals. It is pure.
func Features(article *feeds.Article, brief *summarize.Brief) Doc {
	d := Doc{ArticleID: article.ID, At: eventTime(article), Lang: baseLang(article, brief)}
	source := limit(article.Text)
	title, body := words(article.Title), words(source)
	if len(body) == 0 {
		source = limit(article.Summary)
		body = words(source)
	}
	if len(body) > readWords {
		body = body[:readWords]
	}
	names := properNames(title, body, d.Lang, brief)

	type entry struct {
		weight float64
		kind   termKind
	}
	terms := make(map[string]entry)
	add := func(form string, w float64, k termKind) {
		e := terms[form]
		e.weight += w
		e.kind |= k
		terms[form] = e
	}
	walk := func(source string, ws []word, in termKind, shouting bool) {
		for i, w := range ws {
			where, weight := in, 1.0
			if in == kindTitle {
				weight = 2
			} else if i < leadWords {
				where |= kindLead
				weight = 1.3
			}
			if i+1 < len(ws) && where != 0 {
				if f := result(source, w, ws[i+1]); f != "" {
					add(f, weight, where|kindNumber|kindResult)
				}
			}
			switch {
			case w.digit:
				if f := tellingNumber(w.form); f != "" {
					add(f, weight, where|kindNumber)
				}
			case stopwords[w.form] || utf8.RuneCountInString(w.form) < 2:
			case (w.upper || shouting) && names[w.form]:
				add(nameForm(w.form), weight, where|kindName)
				if i+1 < len(ws) && ws[i+1].joined && (ws[i+1].upper || shouting) && names[ws[i+1].form] && !stopwords[ws[i+1].form] {
					add(w.form+" "+ws[i+1].form, weight, where|kindName)
				}
			default:
				if len(w.form) > 2 {
					add(keyword(w.form, d.Lang), weight, where)
				}
			}
		}
	}
	walk(article.Title, title, kindTitle, shouted(title))
	walk(source, body, 0, false)

	var kept [2][]Term // names and numbers, words
	var worth [2][]float64
	for form, e := range terms {
		id := uint32(xxhash.Sum64String(form))
		tf := 1 + math.Log(e.weight)
		t := Term{ID: id, Weight: uint8(min(255, max(1, tf*16))), Kind: e.kind}
		class := 1
		if e.kind&(kindName|kindNumber) != 0 {
			class = 0
		}
		kept[class] = append(kept[class], t)
		worth[class] = append(worth[class], tf*background.rarity(id))
	}
	for class, most := range [2]int{maxNames, maxWords} {
		d.Terms = append(d.Terms, heaviest(kept[class], worth[class], most)...)
	}
	slices.SortFunc(d.Terms, func(a, b Term) int { return cmp.Compare(a.ID, b.ID) })
	d.Terms = slices.CompactFunc(d.Terms, func(a, b Term) bool { return a.ID == b.ID })
	d.Sketch, d.Shingles = sketch(body)
	return d
}

// tellsName reports that a word with a capital is the telling part of a name: no
// title, and nothing that stands for a concept, as the bank of a central bank
// does.
func tellsName(form string) bool {
	if stopwords[form] || titles[form] {
		return false
	}
	c := concepts.of(form)
	return c == "" || countries[c]
}

var titles = set(`councillor councilor sir dame lord lady king queen prince princess pope bishop archbishop rev chancellor secretary commissioner general gen colonel col admiral
	captain sergeant officer professor prof doctor senator congressman congresswoman representative governor gov spokesman spokeswoman chairman chairwoman chair deputy vice
	acting former inspector superintendent detective ambassador justice coach manager herr frau senor senora monsieur madame don dona doutor signor`)

func heaviest(terms []Term, worth []float64, most int) []Term {
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(worth[b], worth[a]), cmp.Compare(terms[a].ID, terms[b].ID))
	})
	out := make([]Term, 0, min(most, len(order)))
	for _, i := range order[:min(most, len(order))] {
		out = append(out, terms[i])
	}
	return out
}

// limit bounds what is read of a hostile article.
func limit(s string) string {
	const most = 64 << 10
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// eventTime is when an article counts as told: publication, unless that is
// missing or later than when we saw it.
func eventTime(a *feeds.Article) time.Time {
	if a.PublishedAt.IsZero() || !a.SeenAt.IsZero() && a.PublishedAt.After(a.SeenAt) {
		return a.SeenAt
	}
	return a.PublishedAt
}

func baseLang(a *feeds.Article, brief *summarize.Brief) string {
	lang := a.Lang
	if brief != nil && brief.Lang != "" && brief.Lang != "und" {
		lang = brief.Lang
	}
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	return lang
}

// shouted reports a title in capitals, or with a capital to every word, from
// which nothing can be told of names.
func shouted(ws []word) bool {
	upper, letters := 0, 0
	for _, w := range ws {
		if w.digit || len(w.form) < 4 {
			continue
		}
		letters++
		if w.upper {
			upper++
		}
	}
	return letters > 2 && upper*10 >= letters*8
}

// properNames are the folded words that an article uses as (parts of) names:
// those of the brief's actors, and those written with a capital where nothing
// but being a name explains it.
func properNames(title, body []word, lang string, brief *summarize.Brief) map[string]bool {
	upper, lower := map[string]int{}, map[string]int{}
	count := func(ws []word) {
		for i, w := range ws {
			if w.digit {
				continue
			}
			switch {
			case !w.upper:
				lower[w.form]++
			case w.caps && len(w.form) > 1 && len(w.form) < 7:
				upper[w.form]++
			case w.opens:
				// A capital that opens a sentence tells nothing, unless a name goes on behind it.
				if i+1 < len(ws) && ws[i+1].joined && ws[i+1].upper && !stopwords[w.form] {
					upper[w.form]++
				}
			case lang == "de":
				// Every noun has a capital; a run of them without a small word between is more likely a name.
				next := i+1 < len(ws) && ws[i+1].joined && ws[i+1].upper
				if next || w.joined && i > 0 && ws[i-1].upper && !ws[i-1].opens {
					upper[w.form]++
				}
			default:
				upper[w.form]++
			}
		}
	}
	count(body)
	if !shouted(title) {
		count(title)
	}
	names := make(map[string]bool, len(upper))
	for form, n := range upper {
		if n > lower[form] && tellsName(form) {
			names[form] = true
		}
	}
	if brief != nil {
		for _, a := range brief.Actors {
			for _, w := range words(a.Name) {
				if !w.digit && w.upper && tellsName(w.form) {
					names[w.form] = true
				}
			}
		}
	}
	return names
}

// tellingNumber returns the form of a figure that can tell one event from another, "" of
// small counts, years and times of day.
func tellingNumber(form string) string {
	digits, point := 0, false
	for _, r := range form {
		if r >= '0' && r <= '9' {
			digits++
		} else {
			point = true
		}
	}
	switch {
	case digits < 2, digits > 9:
		return ""
	case !point && digits == 2:
		return ""
	case !point && digits == 4 && (strings.HasPrefix(form, "19") || strings.HasPrefix(form, "20")):
		return ""
	}
	return form
}

// result reads two small numbers with a dash or colon between as the result of
// a match, the higher one first: who is named first differs by outlet.
func result(source string, a, b word) string {
	if !a.digit || !b.digit || len(a.form) > 2 || len(b.form) > 2 {
		return ""
	}
	switch source[a.end:b.start] {
	case "-", "–", "‑", ":":
	default:
		return ""
	}
	hi, lo := a.form, b.form
	if len(lo) > len(hi) || len(lo) == len(hi) && lo > hi {
		hi, lo = lo, hi
	}
	if source[a.end:b.start] == ":" && len(b.form) == 2 {
		return "" // a time of day
	}
	return "~" + hi + "-" + lo
}

// sketch draws a bottom-k sample of an article's runs of four words, from which
// the share of text that two articles have in common is estimated (Broder,
// 1997).
func sketch(ws []word) ([]uint32, int) {
	const run = 4
	if len(ws) < run+8 {
		return nil, 0
	}
	hashes := make([]uint64, len(ws))
	for i, w := range ws {
		hashes[i] = xxhash.Sum64String(w.form)
	}
	all := make([]uint32, 0, len(ws)-run+1)
	for i := 0; i+run <= len(hashes); i++ {
		h := hashes[i]
		for _, next := range hashes[i+1 : i+run] {
			h = h*0x9e3779b97f4a7c15 + next
			h ^= h >> 29
		}
		h *= 0xbf58476d1ce4e5b9
		all = append(all, uint32(h>>32))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	n := len(all)
	return slices.Clone(all[:min(sketchSize, n)]), n
}

// contained estimates the share of the shorter text's runs of words that the
// other has too, 0..1.
func contained(a, b *Doc) float64 {
	if len(a.Sketch) == 0 || len(b.Sketch) == 0 {
		return 0
	}
	// Of the smallest k hashes of the union, the share that both have estimates the Jaccard index.
	k := min(len(a.Sketch), len(b.Sketch))
	i, j, both, seen := 0, 0, 0, 0
	for seen < k && i < len(a.Sketch) && j < len(b.Sketch) {
		switch {
		case a.Sketch[i] == b.Sketch[j]:
			both++
			i++
			j++
		case a.Sketch[i] < b.Sketch[j]:
			i++
		default:
			j++
		}
		seen++
	}
	if both == 0 {
		return 0
	}
	jaccard := float64(both) / float64(seen)
	small, sum := float64(min(a.Shingles, b.Shingles)), float64(a.Shingles+b.Shingles)
	return min(1, jaccard*sum/((1+jaccard)*small))
}
