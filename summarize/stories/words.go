package stories

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// A word is one word or number of a text, as the comparisons see it.
type word struct {
	form   string // folded: lower case, without accents and possessive
	start  int    // bytes in the text
	end    int
	upper  bool // starts with a capital
	caps   bool // two capitals or more and no small letter
	digit  bool // starts with a digit
	opens  bool // first word of a sentence, quotation or line
	joined bool // only spaces, a hyphen or an apostrophe since the word before
}

// words splits a text into words and numbers. It knows no language.
func words(s string) []word {
	out := make([]word, 0, len(s)/6+4)
	opens, joined := true, false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			switch r {
			case '.', '!', '?', ':', '\n', '"', '“', '”', '„', '«', '»', '¿', '¡', '…', '—', '|', '•':
				opens, joined = true, false
			case ' ', '-', '\'', '’', '\u00a0', '\u202f', '‐', '‑':
			default:
				joined = false
			}
			i += n
			continue
		}
		w := word{start: i, upper: unicode.IsUpper(r), digit: unicode.IsDigit(r), opens: opens, joined: joined}
		uppers, lowers := 0, 0
		j := i
		for j < len(s) {
			c, m := utf8.DecodeRuneInString(s[j:])
			if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) {
				if unicode.IsUpper(c) {
					uppers++
				} else if unicode.IsLower(c) {
					lowers++
				}
				j += m
				continue
			}
			next, _ := utf8.DecodeRuneInString(s[j+m:])
			inNumber := w.digit && (c == '.' || c == ',') && unicode.IsDigit(next)
			inInitials := c == '.' && unicode.IsLetter(next) && uppers > 0 && lowers == 0
			inWord := (c == '\'' || c == '’') && unicode.IsLetter(next) && !w.digit
			if inNumber || inInitials || inWord {
				j += m
				continue
			}
			break
		}
		w.end = j
		w.caps = uppers > 1 && lowers == 0
		if w.digit {
			w.form = plainNumber(strings.ToLower(s[i:j]))
		} else {
			w.form = fold(s[i:j])
		}
		opens, joined = false, true
		if w.form != "" {
			out = append(out, w)
		}
		i = j
		if i < len(s) && s[i] == '.' && (len(w.form) == 1 || titleAbbreviations[w.form]) {
			i++ // an initial or a title, not the end of a sentence
		}
	}
	return out
}

var titleAbbreviations = set("mr mrs ms dr prof sen rep gov gen lt col sgt capt st rev hon jr sr vs no nr hr fr sra sr")

func set(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// fold brings a word to the form in which it is compared: lower case, without
// accents, possessive and Romance elisions.
func fold(s string) string {
	s = text.FoldPlain(s)
	if i := strings.LastIndexByte(s, '\''); i >= 0 {
		switch {
		case len(s)-i <= 3: // 's, 'll, n't
			s = s[:i]
		case i == 1 && s[0] != 'o', s[:i] == "qu", s[:i] == "dell", s[:i] == "all": // l'etat, d'ivoire; but o'brien
			s = s[i+1:]
		}
		s = strings.ReplaceAll(s, "'", "")
	}
	if strings.IndexByte(s, '.') >= 0 {
		s = strings.ReplaceAll(s, ".", "")
	}
	return s
}

// plainNumber writes a number one way, whatever the marks for thousands and
// decimals: a mark before exactly three digits groups, any other divides.
func plainNumber(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '.' && c != ',' {
			b.WriteByte(c)
			continue
		}
		run := 0
		for i+1+run < len(s) && s[i+1+run] >= '0' && s[i+1+run] <= '9' {
			run++
		}
		if run != 3 || b.String() == "0" {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// stem cuts a common word to what its inflections, and often its relatives in
// neighbouring languages, share.
func stem(form string) string {
	const keep = 6
	if len(form) > 4 && strings.HasSuffix(form, "s") && !strings.HasSuffix(form, "ss") {
		form = form[:len(form)-1]
	}
	n := 0
	for i := range form {
		if n == keep {
			return form[:i]
		}
		n++
	}
	return form
}
