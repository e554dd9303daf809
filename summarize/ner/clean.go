package ner

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const anyTag = 1<<numTags - 1

// masks returns, for each token of the sentence, the tags that training allows
// it: the gold's one, or several where the gold says less.
func (s *sentence) masks(partial bool) []uint32 {
	if s.may != nil {
		return s.may
	}
	m := make([]uint32, len(s.gold))
	for i, g := range s.gold {
		m[i] = 1 << g
		if g == 0 && partial {
			for p := range places {
				m[i] |= 1 << tagOf(MISC, p)
			}
		}
	}
	return m
}

// clean brings the gold of a corpus of others nearer to our guide: titles and
// articles stand outside names; what is written small and is no name is none,
// or is left open where the corpus is of a kind that writes names small.
func clean(docs []document, small bool) {
	for d := range docs {
		for k := range docs[d].sents {
			s := &docs[d].sents[k]
			segs := segments(s.gold)
			clear(s.gold)
			var open []segment
			for _, g := range segs {
				lower, handle := true, g.start > 0 && s.words[g.start-1] == "@"
				for _, w := range s.words[g.start:g.end] {
					if strings.ContainsFunc(w, unicode.IsUpper) {
						lower = false
					}
					handle = handle || strings.HasPrefix(w, "@") || strings.HasPrefix(w, "#")
				}
				if lower || handle {
					if small || handle {
						open = append(open, g)
					}
					continue
				}
				for g.start < g.end-1 && outside(s.words[g.start], g.typ, s.words[g.start+1]) {
					g.start++
				}
				w := s.words[g.start]
				if g.end-g.start == 1 && (pronouns[strings.ToLower(w)] || strings.EqualFold(w, "the")) {
					continue
				}
				putSegment(s.gold, g)
			}
			if open != nil {
				s.may = s.masks(docs[d].partial)
				for _, g := range open {
					for i := g.start; i < g.end; i++ {
						s.may[i] = anyTag
					}
				}
			}
		}
	}
}

// outside reports words that stand before a name and, by our guide, not in it.
func outside(w string, t Type, next string) bool {
	r, _ := utf8.DecodeRuneInString(next)
	if w == "the" || w == "The" && t != ORG && t != MISC && next != "Hague" && next != "Gambia" && next != "Bronx" {
		return true
	}
	if t == PER {
		return unicode.IsUpper(r) && titles[w] || titles[w] && next == "of" || w == "of" || w == "for"
	}
	if t == LOC {
		return !strings.ContainsFunc(w, unicode.IsUpper) && unicode.IsUpper(r) && len(w) > 3 && !strings.ContainsAny(w, "-'’")
	}
	return false
}

var titles = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`Mr. Mr Mrs. Mrs Ms. Ms Dr. Dr Prof. Prof Professor President Prime Minister General Gen. Gen Colonel Col. Col
		Lieutenant Lt. Lt Sir Lord Lady Sheikh Ayatollah Chancellor Secretary Governor Congressman Rep. Judge Justice Mayor Dame Reverend Rev. Former former Vice
		Ambassador Spokesman Spokeswoman Foreign Defense Defence Senator Sen. Captain Capt. Major Maj. Admiral Adm. Emperor Chief State Deputy Commander U.S. US`) {
		m[w] = true
	}
	return m
}()

var pronouns = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("we us our they them their he him his she her it its i me my you your who that this these those there here") {
		m[w] = true
	}
	return m
}()
