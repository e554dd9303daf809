package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// A term is one notion, name or quotation of a query.
type term struct {
	text     string
	exact    bool // quoted
	name     bool // written as a name
	place    bool // known as a place
	patterns []pattern
}

func isUpper(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) }

func capitalised(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isUpper(r)
}

func phraseTerm(s string) *term {
	words := wordsOf(s)
	p := pattern{factor: 1, own: true}
	for _, w := range words {
		tw := typedWord(w, true)
		tw.upper = false
		p.words = append(p.words, tw)
	}
	return &term{text: s, exact: true, patterns: []pattern{p}}
}

// particles join the parts of a name.
var particles = map[string]bool{
	"van": true, "der": true, "den": true, "de": true, "ten": true, "ter": true, "von": true, "vom": true, "zu": true, "zum": true, "zur": true, "la": true, "le": true,
	"du": true, "des": true, "da": true, "do": true, "dos": true, "das": true, "del": true, "di": true, "della": true, "dei": true, "el": true, "al": true, "bin": true, "ibn": true,
	"bint": true, "of": true, "for": true, "the": true, "and": true, "y": true, "e": true, "et": true, "und": true,
}

// runTerms reads words that stand side by side: names (capitals, with their
// particles), then the longest notions of the lexicon, then single words.
// Words too common to carry a meaning are dropped.
func runTerms(run []string) (out []*term) {
	var words []string
	for _, r := range run {
		parts := wordsOf(r)
		if len(parts) > 1 && unspaced(r) {
			t := phraseTerm(r) // the tokens are characters: they must stand together
			t.exact = false
			out = append(out, t)
			continue
		}
		words = append(words, parts...)
	}
	for i := 0; i < len(words); {
		// A name: capitals, with particles before or between.
		if end := nameEnd(words, i); end > i+1 {
			if t := nameTerm(words[i:end]); t != nil {
				out = append(out, t)
				i = end
				continue
			}
		}
		if t, n := notionTerm(words[i:]); t != nil {
			out = append(out, t)
			i += n
			continue
		}
		w := words[i]
		i++
		if !isAcronym(w) && !capitalised(w) && common(w) {
			continue
		}
		out = append(out, wordTerm(w))
	}
	return out
}

// unspaced reports a word of a script that puts no space between words.
func unspaced(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			return true
		}
	}
	return false
}

func common(w string) bool {
	if unspaced(w) {
		return false
	}
	if text.StopWord(w, "en") || utf8.RuneCountInString(w) < 2 {
		return true
	}
	// Of other languages only what can't be a word of news in English.
	for _, lang := range []string{"de", "es", "fr", "pt", "it"} {
		if text.StopWord(w, lang) && utf8.RuneCountInString(w) <= 3 {
			return true
		}
	}
	return false
}

func nameEnd(words []string, i int) int {
	j, last := i, i
	for j < len(words) && particles[strings.ToLower(words[j])] && !capitalised(words[j]) {
		switch words[j] {
		case "of", "for", "the", "and", "y", "e", "et", "und":
			return i // these only stand between
		}
		j++
	}
	for j < len(words) {
		w := words[j]
		switch {
		case capitalised(w) || j > last && isNumber(w):
			last = j + 1
		case particles[w] && last > i:
		default:
			return last
		}
		j++
	}
	return last
}

func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// nameTerm is the term of two words or more that are written as a name; nil
// where they rather are notions, written with capitals.
func nameTerm(words []string) *term {
	if t, n := notionTerm(words); t != nil && n == len(words) {
		return t
	}
	notions := 0
	for i := 0; i < len(words); {
		t, n := notionTerm(words[i:])
		if t == nil {
			break
		}
		notions++
		if i += n; i == len(words) {
			return nil
		}
	}
	if notions > 0 && notions < len(words) && len(words) == 2 && !isPlace(words[0]) {
		return nil // "Flooding Bavaria"
	}
	p := pattern{factor: 1, own: true}
	for _, w := range words {
		tw := typedWord(w, true)
		p.words = append(p.words, tw)
	}
	return &term{text: strings.Join(words, " "), name: true, patterns: []pattern{p}}
}

func isPlace(w string) bool {
	for _, n := range lexicon().find([]string{w}) {
		if n.place {
			return true
		}
	}
	return false
}

// notionTerm finds the longest notion that words begin with, and how many words
// it takes.
func notionTerm(words []string) (*term, int) {
	for n := min(lexicon().longest, len(words)); n > 0; n-- {
		notions := lexicon().find(words[:n])
		if len(notions) == 0 {
			continue
		}
		if n == 1 && !isAcronym(words[0]) && common(words[0]) {
			return nil, 0
		}
		t := &term{text: strings.Join(words[:n], " ")}
		own := pattern{factor: 1, own: true}
		for _, w := range words[:n] {
			own.words = append(own.words, typedWord(w, false))
		}
		t.patterns = append(t.patterns, own)
		for _, notion := range notions {
			t.place = t.place || notion.place
			t.name = t.name || notion.name
			t.patterns = append(t.patterns, notion.patterns...)
		}
		return t, n
	}
	return nil, 0
}

func wordTerm(w string) *term {
	t := &term{text: w, name: capitalised(w)}
	t.patterns = []pattern{{words: []word{typedWord(w, false)}, factor: 1, own: true}}
	return t
}
