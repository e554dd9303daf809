package ner

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitHyphens returns the document with hyphenated words as three tokens, the
// way of some corpora.
func splitHyphens(d document) document {
	out := document{partial: d.partial, lang: d.lang}
	for _, s := range d.sents {
		var n sentence
		segs := segments(s.gold)
		at := make([]int, len(s.words)+1) // old token -> new
		for i, w := range s.words {
			at[i] = len(n.words)
			parts := strings.Split(w, "-")
			whole := len(parts) < 2
			for _, p := range parts {
				r, _ := utf8.DecodeRuneInString(p)
				whole = whole || !unicode.IsLetter(r)
			}
			if whole {
				n.words = append(n.words, w)
				continue
			}
			for k, p := range parts {
				if k > 0 {
					n.words = append(n.words, "-")
				}
				n.words = append(n.words, p)
			}
		}
		at[len(s.words)] = len(n.words)
		n.gold = make([]tag, len(n.words))
		for _, g := range segs {
			putSegment(n.gold, segment{at[g.start], at[g.end], g.typ})
		}
		out.sents = append(out.sents, n)
	}
	return out
}

// shout returns the document with one sentence in ten, and two titles in
// three, as headlines have them: in capitals, or Each Word With One.
func shout(d document, r *rand.Rand) document {
	out := document{partial: d.partial, lang: d.lang}
	for i, s := range d.sents {
		p := r.IntN(30)
		if i == 0 {
			p /= 10
		}
		if p > 1 {
			out.sents = append(out.sents, s)
			continue
		}
		n := sentence{gold: s.gold}
		for k, w := range s.words {
			switch {
			case p == 0:
				n.words = append(n.words, strings.ToUpper(w))
			case k == 0 || len(w) > 3:
				r, size := utf8.DecodeRuneInString(w)
				n.words = append(n.words, string(unicode.ToUpper(r))+w[size:])
			default:
				n.words = append(n.words, w)
			}
		}
		out.sents = append(out.sents, n)
	}
	return out
}
