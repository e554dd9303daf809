package grounding

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxEvidence bounds an evidence text, in bytes: what is longer points at
// nothing.
const maxEvidence = 2000

// Find returns where evidence stands in text, as bytes of text: the exact
// words, or else the same ones with other quotation marks, dashes, spaces, case
// of letters or composition of accents. Whole words only. The span that is
// returned is the article's own; what differs in the evidence is forgotten.
func Find(text, evidence string) (start, end int, ok bool) {
	evidence = strings.TrimSpace(evidence)
	if evidence == "" || len(evidence) > maxEvidence || !hasWord(evidence) {
		return 0, 0, false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], evidence)
		if i < 0 {
			break
		}
		start, end = from+i, from+i+len(evidence)
		if bounded(text, start, end) {
			return start, end, true
		}
		_, w := utf8.DecodeRuneInString(text[start:])
		from = start + w
	}
	needle, _ := fold(evidence, nil)
	hay, at := fold(text, make([]int, 0, len(text)+1))
	needleText := strings.TrimSpace(string(needle))
	if needleText == "" {
		return 0, 0, false
	}
	for from := 0; ; {
		i := strings.Index(string(hay[from:]), needleText)
		if i < 0 {
			return 0, 0, false
		}
		start, end = at[from+i], at[from+i+len(needleText)-1]
		_, w := utf8.DecodeRuneInString(text[end:])
		end += w
		for end < len(text) { // marks that the last letter is composed with
			r, w := utf8.DecodeRuneInString(text[end:])
			if !unicode.Is(unicode.Mn, r) {
				break
			}
			end += w
		}
		if bounded(text, start, end) {
			return start, end, true
		}
		from += i + 1
	}
}

func hasWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// bounded reports that a span cuts no word at either end.
func bounded(s string, start, end int) bool {
	first, _ := utf8.DecodeRuneInString(s[start:end])
	last, _ := utf8.DecodeLastRuneInString(s[start:end])
	before, w := utf8.DecodeLastRuneInString(s[:start])
	if w > 0 && wordRune(first) && wordRune(before) {
		return false
	}
	after, w := utf8.DecodeRuneInString(s[end:])
	return w == 0 || !wordRune(last) || !wordRune(after)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// fold writes s in the form that evidence is compared in; at, where given,
// receives for each byte of it the place in s that it came from.
func fold(s string, at []int) (folded []byte, places []int) {
	folded = make([]byte, 0, len(s)+8)
	space := false
	var buf [16]byte
	for i, r := range s {
		var piece []byte
		switch {
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '‟' || r == '″':
			piece = append(buf[:0], '"')
		case r == '‘' || r == '’' || r == '‚' || r == '‹' || r == '›' || r == 'ʼ' || r == '′' || r == '`' || r == '´':
			piece = append(buf[:0], '\'')
		case r == '–' || r == '—' || r == '‐' || r == '‑' || r == '‒' || r == '―' || r == '−':
			piece = append(buf[:0], '-')
		case r == '…':
			piece = append(buf[:0], "..."...)
		case unicode.IsSpace(r):
			if space {
				continue
			}
			space = true
			folded = append(folded, ' ')
			if at != nil {
				at = append(at, i)
			}
			continue
		case r == 0xad || unicode.Is(unicode.Cf, r):
			continue
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			piece = append(buf[:0], byte(r))
		default:
			piece = norm.NFKD.AppendString(buf[:0], string(unicode.ToLower(r)))
		}
		space = false
		folded = append(folded, piece...)
		if at != nil {
			for range piece {
				at = append(at, i)
			}
		}
	}
	return folded, at
}
