package topic

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"sitrep/summarize/text"
)

//go:embed lexicon.txt
var lexiconText string

//go:embed countries.txt
var countriesText string

//go:embed acronyms.txt
var acronymsText string

// queryLangs are the languages that a query's words are stemmed in, because
// nobody says in which one they are typed.
var queryLangs = []string{"en", "de", "es", "fr", "pt", "it", "nl"}

// A word is one word of a pattern.
type word struct {
	plain  string            // folded, without diacritics
	stems  map[string]string // by language: what a token's stem in that language must be; nil = only plain counts
	prefix bool              // plain stands for every word that begins with it
	upper  bool              // an acronym: the token must not be lower case
	keys   []string          // under which Document.index has it
	joined bool              // long enough to be found within a compound (German, Dutch, Nordic)
}

// A pattern is a sequence of words that names a term, and how much it says.
type pattern struct {
	words  []word
	factor float64 // 1 = the term itself
	own    bool    // typed by the user, not from the lexicon
}

// A notion is one line of the lexicon.
type notion struct {
	patterns []pattern
	place    bool
	name     bool // an organisation's names
}

const (
	synonymFactor = 0.9
	relatedFactor = 0.45 // not enough by itself, even in the title
	belongsFactor = 0.6  // "Chilean", of Chile
)

type dictionary struct {
	notions []notion
	// byKey finds the notions that a sequence of words names: language, colon,
	// stems with spaces between them.
	byKey    map[string][]int
	prefixes []prefixEntry
	longest  int
}

type prefixEntry struct {
	plain  string
	notion int
}

// lexicon is read when the first query is.
var lexicon = sync.OnceValue(func() *dictionary {
	d := &dictionary{byKey: map[string][]int{}}
	d.read(lexiconText, false, false)
	d.read(countriesText, true, false)
	d.read(acronymsText, false, true)
	return d
})

func (d *dictionary) read(source string, place, name bool) {
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		n := notion{place: place, name: name}
		at := len(d.notions)
		for i, field := range strings.Split(line, "|") {
			entries, lang := strings.Fields(field), "en"
			if i > 0 {
				lang, entries = entries[0], entries[1:]
			}
			for _, e := range entries {
				e, related := strings.CutSuffix(e, "~")
				p := pattern{factor: synonymFactor}
				switch {
				case related && place:
					p.factor = belongsFactor
				case related:
					p.factor = relatedFactor
				}
				for _, part := range strings.Split(e, "_") {
					for _, w := range wordsOf(part) {
						p.words = append(p.words, lexiconWord(w, lang, strings.HasSuffix(part, "*")))
					}
				}
				n.patterns = append(n.patterns, p)
				if related {
					continue
				}
				if len(p.words) == 1 && p.words[0].prefix {
					d.prefixes = append(d.prefixes, prefixEntry{p.words[0].plain, at})
					continue
				}
				stems := make([]string, len(p.words))
				for k, w := range p.words {
					stems[k] = w.stems[lang]
				}
				d.longest = max(d.longest, len(stems))
				d.add(lang+":"+strings.Join(stems, " "), at)
			}
		}
		d.notions = append(d.notions, n)
	}
}

func (d *dictionary) add(key string, at int) {
	have := d.byKey[key]
	if len(have) == 0 || have[len(have)-1] != at {
		d.byKey[key] = append(have, at)
	}
}

// find returns the notions that a sequence of typed words names.
func (d *dictionary) find(words []string) []*notion {
	var out []*notion
	seen := map[int]bool{}
	add := func(ids []int) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				out = append(out, &d.notions[id])
			}
		}
	}
	stems := make([]string, len(words))
	for _, lang := range queryLangs {
		for i, w := range words {
			stems[i] = stem(w, lang)
		}
		add(d.byKey[lang+":"+strings.Join(stems, " ")])
	}
	if len(words) == 1 {
		plain := text.FoldPlain(words[0])
		for _, p := range d.prefixes {
			if strings.HasPrefix(plain, p.plain) && len(plain) > len(p.plain) {
				add([]int{p.notion})
			}
		}
	}
	return out
}

// stem is a word's stem without diacritics.
func stem(w, lang string) string { return text.FoldPlain(text.Stem(w, lang)) }

func lexiconWord(w, lang string, prefix bool) word {
	plain := text.FoldPlain(w)
	out := word{plain: plain, upper: capitalised(w), stems: map[string]string{lang: stem(w, lang)}}
	if prefix {
		out.prefix = true
		out.stems = map[string]string{lang: ""}
		out.keys = []string{prefixKey(lang, plain)}
		return out
	}
	out.keys = []string{lang + ":" + out.stems[lang]}
	if compounding(lang) && len(plain) >= minCompound {
		out.joined = true
	}
	return out
}

// typedWord is a word of a query, in its forms in every language.
func typedWord(w string, exact bool) word {
	plain := text.FoldPlain(w)
	out := word{plain: plain, upper: isAcronym(w), keys: []string{"=" + plain}}
	if exact || out.upper {
		return out
	}
	out.stems = make(map[string]string, len(queryLangs))
	for _, lang := range queryLangs {
		s := stem(w, lang)
		out.stems[lang] = s
		out.keys = append(out.keys, lang+":"+s)
	}
	out.joined = len(plain) >= minCompound
	return out
}

// isAcronym reports a word in capitals that is short enough to be confused
// with an ordinary one, or that is plainly written as an abbreviation.
func isAcronym(w string) bool {
	n, capitals := 0, 0
	for _, r := range w {
		n++
		if isUpper(r) {
			capitals++
		}
	}
	return n >= 2 && n <= 6 && capitals >= 2 && capitals*2 > n
}

// Compounds: languages that write a notion and its modifier as one word.

const minCompound = 5

func compounding(lang string) bool {
	switch lang {
	case "de", "nl", "sv", "no", "da":
		return true
	}
	return false
}

// prefixKey is the index key of words that begin alike.
func prefixKey(lang, plain string) string {
	n := 0
	for i := range plain {
		if n == 3 {
			return lang + "^" + plain[:i]
		}
		n++
	}
	return lang + "^" + plain
}

func suffixKey(lang, plain string) string {
	for i, n := len(plain), 0; i > 0; n++ {
		if n == 4 {
			return lang + "$" + plain[i:]
		}
		_, size := utf8.DecodeLastRuneInString(plain[:i])
		i -= size
	}
	return lang + "$" + plain
}
