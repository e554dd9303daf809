package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a token is made of.
type Kind uint8

const (
	Word   Kind = iota // letters, perhaps with digits, hyphens, apostrophes or points within
	Number             // starts with a digit: 14, 3.5, 1,000, 10:30, 2nd
	Punct              // one mark, or a run of the same one
	Link               // a URL, an e-mail address, an @handle or a #tag
)

// Token is a word, number or mark, with its place in the text.
type Token struct {
	Span
	Text string
	Kind Kind
}

// Tokens splits s the way that news corpora are split: marks stand alone,
// abbreviations keep their points (U.S., Gen., p.m.), English clitics are
// tokens ('s, n't, 'll), Romance elisions too (l', d', dell'), hyphenated words
// stay whole except where a name carries a plain word (Kenya-led, ex-Kremlin:
// three tokens each). Han characters are tokens one by one.
func Tokens(s string) []Token {
	toks := make([]Token, 0, len(s)/5+4)
	return appendTokens(toks, s, 0, len(s))
}

func appendTokens(toks []Token, s string, lo, hi int) []Token {
	for i := lo; i < hi; {
		r, w := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(s[i:hi])
		}
		switch {
		case isBlank(r):
			i += w
		case isDigit(r):
			j := scanNumber(s, i, hi)
			toks = append(toks, Token{Span{i, j}, s[i:j], Number})
			i = j
		case isSolo(r):
			toks = append(toks, Token{Span{i, i + w}, s[i : i+w], Word})
			i += w
		case unicode.IsLetter(r) || unicode.IsMark(r):
			if j := scanLink(s, i, hi); j > i {
				toks = append(toks, Token{Span{i, j}, s[i:j], Link})
				i = j
				continue
			}
			j := scanWord(s, i, hi)
			toks = splitWord(toks, s, i, j, hi)
			i = toks[len(toks)-1].End
		case (r == '@' || r == '#') && i+1 < hi && isWordByte(s[i+1]) && (i == lo || !isWordByte(s[i-1])):
			j := i + 1
			for j < hi && (isWordByte(s[j]) || s[j] >= utf8.RuneSelf) {
				if s[j] >= utf8.RuneSelf {
					q, qw := utf8.DecodeRuneInString(s[j:hi])
					if !unicode.IsLetter(q) {
						break
					}
					j += qw
					continue
				}
				j++
			}
			toks = append(toks, Token{Span{i, j}, s[i:j], Link})
			i = j
		case (r == '\'' || r == '’') && clitic(s, i, i+w, hi) > 0:
			j := clitic(s, i, i+w, hi)
			toks = append(toks, Token{Span{i, j}, s[i:j], Word})
			i = j
		default:
			j := i + w
			if r == '.' || r == '-' || r == '*' || r == '_' || r == '=' || r == '!' || r == '?' {
				for j < hi && s[j] == byte(r) {
					j++
				}
			}
			toks = append(toks, Token{Span{i, j}, s[i:j], Punct})
			i = j
		}
	}
	return toks
}

// isBlank reports spaces of every kind, controls, and marks without width that
// stand between words.
func isBlank(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	switch r {
	case 0x200b, 0x200e, 0x200f, 0xfeff, 0x2060, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069:
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

func isDigit(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9'
	}
	return unicode.Is(unicode.Nd, r)
}

func isWordByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_'
}

// isSolo reports characters of scripts that put no space between words.
func isSolo(r rune) bool {
	return r >= 0x2e80 && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r))
}

func runeAt(s string, i, hi int) (rune, int) {
	if i >= hi {
		return 0, 0
	}
	if s[i] < utf8.RuneSelf {
		return rune(s[i]), 1
	}
	return utf8.DecodeRuneInString(s[i:hi])
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r < 0x80 && r > 0 && isWordByte(byte(r)) && r != '_'
	}
	return (unicode.IsLetter(r) || unicode.IsMark(r) || isDigit(r)) && !isSolo(r)
}

func scanNumber(s string, i, hi int) int {
	j := i
	for j < hi {
		r, w := runeAt(s, j, hi)
		if isDigit(r) {
			j += w
			continue
		}
		next, _ := runeAt(s, j+w, hi)
		if (r == '.' || r == ',' || r == ':' || r == '\'' || r == '/' || r == 0xa0 || r == 0x202f) && isDigit(next) {
			j += w
			continue
		}
		if r == '-' && isDigit(next) { // 2-1, 2019-20
			j += w
			continue
		}
		if isWordRune(r) { // 2nd, 747s, 5G, 10am
			for j < hi {
				r, w := runeAt(s, j, hi)
				if !isWordRune(r) {
					next, _ := runeAt(s, j+w, hi)
					if r == '-' && isWordRune(next) { // 17-year-old, 10am-run
						j += w
						continue
					}
					break
				}
				j += w
			}
			return j
		}
		if r == '-' && unicode.IsLower(next) { // 17-year-old
			j += w
			continue
		}
		break
	}
	return j
}

// scanWord finds the end of the run of word characters and inner joiners.
func scanWord(s string, i, hi int) int {
	j := i
	for j < hi {
		r, w := runeAt(s, j, hi)
		if isWordRune(r) || r == 0xad || r == 0x200d || r == 0x200c {
			j += w
			continue
		}
		next, _ := runeAt(s, j+w, hi)
		switch r {
		case '-', 0x2010, 0x2011:
			if isWordRune(next) {
				j += w
				continue
			}
		case '\'', '’', 'ʼ', '‘', '·':
			if r != '‘' && unicode.IsLetter(next) && j > i {
				j += w
				continue
			}
		case '&':
			if unicode.IsUpper(next) && j > i {
				j += w
				continue
			}
		case '_':
			if isWordRune(next) {
				j += w
				continue
			}
		case '.':
			// A point within: U.S., p.m., z.B., J.R.R., example.com, but not the
			// missing space of "ended.The".
			if next == '-' && segmentLen(s, i, j) == 1 { // J.-P.
				if after, _ := runeAt(s, j+2, hi); unicode.IsUpper(after) {
					j += 2
					continue
				}
			}
			if isWordRune(next) && (segmentLen(s, i, j) <= 1 || doubled(s, i, j, hi) || dotted(s, i, j) || unicode.IsLower(next) && hostLike(s, j+1, hi)) {
				j += w
				continue
			}
		}
		break
	}
	return j
}

// segmentLen counts the characters since the last point before j.
func segmentLen(s string, i, j int) int {
	n := 0
	for j > i && n < 4 {
		r, w := utf8.DecodeLastRuneInString(s[i:j])
		if r == '.' {
			break
		}
		j -= w
		n++
	}
	return n
}

// doubled reports plural abbreviations of Spanish at j: EE.UU., FF.AA.
func doubled(s string, i, j, hi int) bool {
	return j-i == 2 && j+2 < hi && s[i] == s[j-1] && s[j+1] == s[j+2] && s[i] >= 'A' && s[i] <= 'Z' && s[j+1] >= 'A' && s[j+1] <= 'Z'
}

// dotted reports that the word so far has a point and its last part is short.
func dotted(s string, i, j int) bool {
	k := segmentLen(s, i, j)
	return k <= 2 && j-k > i
}

// hostLike reports a lower-case rest such as "com" or "co.uk".
func hostLike(s string, j, hi int) bool {
	n := 0
	for j+n < hi && s[j+n] >= 'a' && s[j+n] <= 'z' && n < 5 {
		n++
	}
	switch s[j : j+n] {
	case "com", "org", "net", "io", "co", "gov", "edu", "info", "tv", "eu", "de", "fr", "es", "it", "uk", "news", "ai":
		return j+n == hi || !isWordByte(s[j+n])
	}
	return false
}

// scanLink returns the end of a URL or e-mail address at i, or i.
func scanLink(s string, i, hi int) int {
	rest := s[i:hi]
	isURL := strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") || strings.HasPrefix(rest, "www.")
	if !isURL {
		// An address: word characters, one @, a host with a point.
		j := i
		for j < hi && j-i < 64 && (isWordByte(s[j]) || s[j] == '.' || s[j] == '-' || s[j] == '+') {
			j++
		}
		if j >= hi || s[j] != '@' || j == i {
			return i
		}
		k := j + 1
		points := 0
		for k < hi && k-j < 128 && (isWordByte(s[k]) || s[k] == '.' || s[k] == '-') {
			if s[k] == '.' {
				points++
			}
			k++
		}
		for k > j && (s[k-1] == '.' || s[k-1] == '-') {
			if s[k-1] == '.' {
				points--
			}
			k--
		}
		if points < 1 {
			return i
		}
		return k
	}
	j := i
	for j < hi {
		r, w := runeAt(s, j, hi)
		if isBlank(r) || strings.ContainsRune("<>\"“”«»", r) {
			break
		}
		j += w
	}
	for j > i && strings.IndexByte(".,;:!?)]}'", s[j-1]) >= 0 {
		j--
	}
	return j
}

// clitic returns the end of an English clitic that starts with the apostrophe
// at i (the mark ends at k), or 0: for what stands after a word that ended
// otherwise, as in "[Meridian]'s" or "U.S.'s".
func clitic(s string, i, k, hi int) int {
	if i == 0 || isBlank(rune(s[i-1])) {
		return 0
	}
	j := k
	for j < hi && isWordByte(s[j]) {
		j++
	}
	if j < hi && s[j] >= utf8.RuneSelf {
		if r, _ := runeAt(s, j, hi); isWordRune(r) {
			return 0
		}
	}
	if isClitic(s[k:j]) {
		return j
	}
	return 0
}

func isClitic(w string) bool {
	switch w {
	case "s", "S", "d", "D", "m", "M", "t", "T", "re", "RE", "ve", "VE", "ll", "LL":
		return true
	}
	return false
}

// splitWord appends s[i:j] as one token or more: clitics, elisions, name
// compounds. A closing point is taken in where it belongs to an abbreviation.
func splitWord(toks []Token, s string, i, j, hi int) []Token {
	add := func(a, b int) {
		if a < b {
			toks = append(toks, Token{Span{a, b}, s[a:b], Word})
		}
	}
	// A closing point belongs to initials and abbreviations.
	if j < hi && s[j] == '.' && (j+1 >= hi || s[j+1] != '.') && takesPoint(s, i, j, hi) {
		add(i, j+1)
		return toks
	}
	w := s[i:j]
	// English clitics.
	if k := strings.LastIndexAny(w, "'’"); k > 0 {
		_, kw := utf8.DecodeRuneInString(w[k:])
		tail := w[k+kw:]
		if isClitic(tail) {
			if tail == "t" || tail == "T" {
				if k >= 2 && (w[k-1] == 'n' || w[k-1] == 'N') {
					add(i, i+k-1)
					add(i+k-1, j)
					return toks
				}
			} else {
				// What stands before can itself be a compound.
				toks = splitCompound(toks, s, i, i+k)
				add(i+k, j)
				return toks
			}
		}
	}
	// Romance elisions, one only.
	if k := strings.IndexAny(w, "'’"); k > 0 && k <= 7 && elides(w[:k]) {
		_, kw := utf8.DecodeRuneInString(w[k:])
		add(i, i+k+kw)
		return splitCompound(toks, s, i+k+kw, j)
	}
	return splitCompound(toks, s, i, j)
}

// splitCompound separates a name from the plain word that it is hyphenated
// with, so that the name can be marked by itself.
func splitCompound(toks []Token, s string, i, j int) []Token {
	w := s[i:j]
	add := func(a, b int, k Kind) {
		if a < b {
			toks = append(toks, Token{Span{a, b}, s[a:b], k})
		}
	}
	if k := strings.LastIndexByte(w, '-'); k > 0 && k+1 < len(w) {
		first, _ := utf8.DecodeRuneInString(w)
		if unicode.IsUpper(first) && carriedWord(w[k+1:]) {
			add(i, i+k, Word)
			add(i+k, i+k+1, Punct)
			add(i+k+1, j, Word)
			return toks
		}
		k = strings.IndexByte(w, '-')
		second, _ := utf8.DecodeRuneInString(w[k+1:])
		if unicode.IsUpper(second) && carryingPrefix(w[:k]) {
			add(i, i+k, Word)
			add(i+k, i+k+1, Punct)
			add(i+k+1, j, Word)
			return toks
		}
	}
	add(i, j, Word)
	return toks
}

// carriedWord reports plain words that follow a name and a hyphen.
func carriedWord(w string) bool {
	for k := 0; k < len(w); k++ {
		if w[k] < 'a' || w[k] > 'z' {
			return false
		}
	}
	switch w {
	case "born", "led", "run", "style", "era", "wide", "language", "made", "built", "bound", "area", "linked", "friendly", "like", "side", "only", "free", "type", "list", "leaning", "held", "drawn", "sent", "grown", "bred", "shot":
		return true
	}
	return len(w) >= 5 && (strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ing")) && w != "reed" && w != "speed"
}

func carryingPrefix(w string) bool {
	switch w {
	case "ex", "Ex", "pro", "Pro", "anti", "Anti", "non", "Non", "post", "Post", "pre", "Pre", "then", "Then", "mid", "trans", "Trans", "neo", "ultra":
		return true
	}
	return false
}

func elides(w string) bool {
	switch w {
	case "l", "L", "d", "j", "J", "m", "t", "s", "n", "N", "c", "C", "qu", "Qu", "jusqu", "lorsqu", "Lorsqu", "puisqu", "Puisqu",
		"dell", "all", "nell", "dall", "sull", "coll", "quell", "un", "Dell", "All", "Nell", "Dall", "Sull", "Quell", "Un", "quest", "Quest", "com", "Com", "c’", "dov", "Dov":
		return true
	}
	return false
}

// takesPoint reports whether the point at j belongs to the word s[i:j].
func takesPoint(s string, i, j, hi int) bool {
	w := s[i:j]
	r, rw := utf8.DecodeRuneInString(w)
	if rw == len(w) { // one letter: an initial
		return unicode.IsUpper(r)
	}
	if strings.IndexByte(w, '.') > 0 { // U.S, p.m, z.B
		if w[len(w)-1] >= 'a' && w[len(w)-1] <= 'z' && strings.LastIndexByte(w, '.') < len(w)-4 {
			return false // example.com
		}
		return true
	}
	switch class := abbreviation(w); class {
	case abbrNone:
		// J.-P., M.-C.
		if len(w) <= 8 && strings.HasSuffix(strings.ToUpper(w), w) && strings.IndexByte(w, '-') == len(w)-2 {
			return true
		}
		return false
	case abbrNumber:
		k := j + 1
		for k < hi && (s[k] == ' ' || s[k] == 0xc2 || s[k] == 0xa0) {
			k++
		}
		return k < hi && s[k] >= '0' && s[k] <= '9'
	case abbrMonth:
		// "in Dec. 2020" but "the 3rd of Mar."; short words as Sun and Sat are words too.
		k := j + 1
		for k < hi && s[k] == ' ' {
			k++
		}
		return k < hi && (s[k] >= '0' && s[k] <= '9' || s[k] == ',' || s[k] >= 'a' && s[k] <= 'z')
	default:
		return true
	}
}
