package text

import (
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/hungarian"
	"github.com/kljensen/snowball/norwegian"
	"github.com/kljensen/snowball/russian"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"
)

// Stem returns the folded stem of a word: Snowball's where that has the
// language; a light one of ours for German, Portuguese, Italian and Dutch,
// which takes common inflections off and no more; elsewhere the folded word.
func Stem(word, lang string) string {
	w := Fold(word)
	if len(w) < 4 || len(w) > 64 || strings.ContainsAny(w, " .0123456789'") {
		return w
	}
	switch lang {
	case "en", "", "und":
		return english.Stem(w, true)
	case "es":
		return spanish.Stem(w, true)
	case "fr":
		return french.Stem(w, true)
	case "ru":
		return russian.Stem(w, true)
	case "sv":
		return swedish.Stem(w, true)
	case "no":
		return norwegian.Stem(w, true)
	case "hu":
		return hungarian.Stem(w, true)
	}
	for _, end := range lightEndings[lang] {
		if len(w)-len(end) >= 4 && strings.HasSuffix(w, end) {
			return w[:len(w)-len(end)]
		}
	}
	return w
}

var lightEndings = map[string][]string{
	"de": {"ungen", "heiten", "keiten", "innen", "ung", "ern", "em", "en", "er", "es", "e", "s", "n"},
	"pt": {"amentos", "imentos", "mente", "ações", "adores", "ação", "ador", "ados", "adas", "aram", "eram", "iram", "ando", "endo", "indo", "ado", "ada", "ões", "os", "as", "es", "o", "a", "e", "s"},
	"it": {"amenti", "imenti", "amento", "azioni", "azione", "mente", "atori", "atore", "ando", "endo", "ati", "ate", "ato", "ata", "are", "ere", "ire", "i", "e", "o", "a"},
	"nl": {"heden", "ingen", "ing", "en", "e", "s"},
}

// StopWord reports that a word is one of its language's most common and
// carries no matter. It folds the word.
func StopWord(word, lang string) bool {
	if lang == "" || lang == "und" {
		lang = "en"
	}
	set := stopWords[lang]
	if set == nil {
		return false
	}
	return set[Fold(word)]
}
