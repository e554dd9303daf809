package ner

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// attr is what is known of a token by itself.
type attr struct {
	word   string // as written
	exact  uint64 // hash of the word, digits as 0, quotes plain
	lower  uint64 // the same in lower case
	shape  uint64 // Xx, X.X., d,d …: runs as one
	lex    lexEntry
	phrase uint16 // gazetteer types of the phrase that covers it, with place
	upper  bool   // starts with a capital
	caps   bool   // letters all capitals, two or more
	alpha  bool   // has a letter
	hyphen bool   // is one
	joiner bool   // small word that joins capitalised ones: of, de, al
	first  bool   // opens the sentence (after marks)
	runL   int32  // the capitalised run that it is in: first token
	runR   int32  // and the one after the last; equal to runL outside runs
}

// run is a sequence of capitalised words somewhere in the document.
type run struct {
	sent, start, end int32
}

// docFeatures holds a document's attributes, and what its words do elsewhere.
type docFeatures struct {
	lex      *lexicon
	attrs    [][]attr
	capsFrac []uint8          // of each sentence: how capitalised it is, 0-3
	lowered  map[uint64]int32 // lower-case words that the document has in lower case
	occ      map[uint64]int32 // word, as written -> its first occurrence in occs
	occs     []occurrence     // linked lists of occurrences
	longest  map[uint64]run   // word -> the longest run with it
	initials map[uint64]run   // acronym -> the run that it abbreviates
	flat     []attr           // backing of attrs
	buf      []byte
	words    [][]string
}

type occurrence struct {
	sent, tok int32
	next      int32 // index of the next, -1 at the end
}

const maxOcc = 6 // occurrences of a word that are looked at

func newDocFeatures(lex *lexicon) *docFeatures {
	return &docFeatures{
		lex: lex, lowered: map[uint64]int32{}, occ: map[uint64]int32{},
		longest: map[uint64]run{}, initials: map[uint64]run{},
	}
}

var joiners = map[string]bool{
	"of": true, "de": true, "del": true, "da": true, "do": true, "dos": true, "di": true, "la": true, "le": true, "al": true, "el": true, "bin": true, "ibn": true, "van": true, "von": true,
	"der": true, "den": true, "du": true, "des": true, "ter": true, "&": true, "für": true, "della": true, "delle": true, "dei": true, "y": true, "e": true, "for": true, "the": true, "and": true,
}

// firmJoiners may join a run by themselves; "for", "the" and "and" may not.
func firmJoiner(w string) bool { return w != "for" && w != "the" && w != "and" && w != "e" && w != "y" }

func (d *docFeatures) load(sents [][]string) {
	n := 0
	for _, s := range sents {
		n += len(s)
	}
	if cap(d.flat) < n {
		d.flat = make([]attr, n+n/2)
	}
	flat := d.flat[:n]
	d.attrs = d.attrs[:0]
	d.capsFrac = d.capsFrac[:0]
	clear(d.lowered)
	clear(d.occ)
	clear(d.longest)
	clear(d.initials)
	d.occs = d.occs[:0]
	for _, s := range sents {
		as := flat[:len(s):len(s)]
		flat = flat[len(s):]
		d.attrs = append(d.attrs, as)
		alpha, upper, content, contentUpper := 0, 0, 0, 0
		first := true
		for i, w := range s {
			a := &as[i]
			d.describe(a, w)
			a.first = first && a.alpha
			if a.alpha {
				first = false
				alpha++
				if len(w) > 3 {
					content++
					if a.upper {
						contentUpper++
					}
				}
				if a.caps || a.upper && utf8.RuneCountInString(w) == 1 {
					upper++
				}
			}
		}
		frac := uint8(0)
		switch {
		case alpha >= 3 && upper*10 >= alpha*8:
			frac = 3
		case content >= 3 && contentUpper*10 >= content*8:
			frac = 2
		case content >= 3 && contentUpper*10 >= content*5:
			frac = 1
		}
		d.capsFrac = append(d.capsFrac, frac)
		d.findRuns(as)
		d.findPhrases(as)
	}
	d.link()
}

func (d *docFeatures) loadDocument(doc *document) {
	d.words = d.words[:0]
	for _, s := range doc.sents {
		d.words = append(d.words, s.words)
	}
	d.load(d.words)
}

func (d *docFeatures) describe(a *attr, w string) {
	*a = attr{word: w}
	b := d.buf[:0]
	letters, uppers := 0, 0
	shape := uint64(1469598103934665603)
	var lastClass byte
	for i, r := range w {
		var class byte
		switch {
		case r < utf8.RuneSelf && r >= '0' && r <= '9':
			class = 'd'
			b = append(b, '0')
		case r == '’' || r == '‘' || r == '`':
			class = '\''
			b = append(b, '\'')
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»':
			class = '"'
			b = append(b, '"')
		case r == '–' || r == '—':
			class = '-'
			b = append(b, '-', '-')
		case r < utf8.RuneSelf && r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsUpper(r):
			class = 'X'
			letters++
			uppers++
			if i == 0 {
				a.upper = true
			}
			b = utf8.AppendRune(b, r)
		case r < utf8.RuneSelf && r >= 'a' && r <= 'z' || r >= utf8.RuneSelf && unicode.IsLetter(r):
			class = 'x'
			letters++
			b = utf8.AppendRune(b, r)
		default:
			class = '.'
			if r < utf8.RuneSelf {
				class = byte(r)
			}
			b = utf8.AppendRune(b, r)
		}
		if class != lastClass {
			shape = (shape ^ uint64(class)) * 1099511628211
			lastClass = class
		}
	}
	if len(w) == 1 {
		shape++
	}
	a.shape = finish(shape)
	a.hyphen = w == "-"
	a.alpha = letters > 0
	a.caps = letters >= 2 && uppers == letters
	d.buf = b
	a.exact = hashBytes(b)
	if uppers > 0 {
		b = lowerBytes(b)
	}
	a.lower = hashBytes(b)
	a.lex = d.lex.word(a.lower)
	if !a.upper {
		a.joiner = len(w) <= 5 && joiners[w]
		if len(w) > 3 && uppers > 0 && (strings.HasPrefix(w, "al-") || strings.HasPrefix(w, "el-") || strings.HasPrefix(w, "d'") || strings.HasPrefix(w, "d’")) {
			a.upper = true // al-Harun, d'Arve
		}
	}
}

func hashBytes(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return finish(h)
}

// lowerBytes puts UTF-8 in lower case in place where the length allows.
func lowerBytes(b []byte) []byte {
	ascii := true
	for i, c := range b {
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	if ascii {
		return b
	}
	return []byte(strings.ToLower(string(b)))
}

// findRuns marks the sequences of capitalised words.
func (d *docFeatures) findRuns(as []attr) {
	for i := 0; i < len(as); i++ {
		as[i].runL, as[i].runR = int32(i), int32(i)
	}
	for i := 0; i < len(as); {
		if !as[i].upper {
			i++
			continue
		}
		j := i + 1
		for j < len(as) {
			if as[j].upper {
				j++
				continue
			}
			if as[j].hyphen && j+1 < len(as) && as[j+1].alpha && (as[j+1].upper || len(as[j+1].word) <= 6) {
				j += 2 // "Aas - Brekken", "Suk - han": some corpora split them
				continue
			}
			k := j
			firm := false
			for k < len(as) && k-j < 3 && as[k].joiner {
				firm = firm || firmJoiner(as[k].word)
				k++
			}
			if k > j && firm && k < len(as) && as[k].upper {
				j = k + 1
				continue
			}
			break
		}
		for k := i; k < j; k++ {
			as[k].runL, as[k].runR = int32(i), int32(j)
		}
		i = j
	}
}

// findPhrases looks names of several words up in the gazetteer.
func (d *docFeatures) findPhrases(as []attr) {
	for i := 0; i < len(as); i++ {
		n := int(as[i].lex.phrase)
		if n == 0 || !as[i].upper {
			continue
		}
		h := uint64(0)
		best, bits := 0, uint16(0)
		for j := i; j < len(as) && j-i < n; j++ {
			h = join(phraseTemplate, h, as[j].lower)
			if j > i {
				if g := d.lex.phrase(h); g != 0 && as[j].upper {
					best, bits = j-i+1, g
				}
			}
		}
		if best > 0 {
			for j := i; j < i+best; j++ {
				place := uint16(1)
				if j > i {
					place = 2
				}
				as[j].phrase = bits<<2 | place
			}
			i += best - 1
		}
	}
}

// link collects what the document's capitalised words do in all their places.
func (d *docFeatures) link() {
	for s, as := range d.attrs {
		headline := d.capsFrac[s] >= 2
		for i := range as {
			a := &as[i]
			if !a.alpha {
				continue
			}
			if !a.upper {
				d.lowered[a.lower]++
				continue
			}
			if headline {
				continue
			}
			prev, ok := d.occ[a.exact]
			if !ok {
				prev = -1
			}
			d.occ[a.exact] = int32(len(d.occs))
			d.occs = append(d.occs, occurrence{int32(s), int32(i), prev})
			r := run{int32(s), a.runL, a.runR}
			if old, ok := d.longest[a.exact]; !ok || r.end-r.start > old.end-old.start {
				d.longest[a.exact] = r
			}
		}
		if headline {
			continue
		}
		// Initials of the run's capitalised words, for acronyms.
		for i := 0; i < len(as); {
			if as[i].runR <= as[i].runL {
				i++
				continue
			}
			l, r := int(as[i].runL), int(as[i].runR)
			for from := l; from < r && from < l+3; from++ {
				b := d.buf[:0]
				for k := from; k < r; k++ {
					if as[k].upper {
						rn, _ := utf8.DecodeRuneInString(as[k].word)
						b = utf8.AppendRune(b, rn)
					}
					if len(b) > 8 {
						break
					}
				}
				if len(b) >= 2 && len(b) <= 8 {
					d.initials[hashBytes(b)] = run{int32(s), int32(from), int32(r)}
				}
				d.buf = b
			}
			i = r
		}
	}
}

const boundary = 0x5bd1e995 // stands for what is beyond the sentence

// features appends the keys of token i of sentence s.
func (d *docFeatures) features(out []uint64, s, i int) []uint64 {
	as := d.attrs[s]
	a := &as[i]
	at := func(k int) *attr {
		if k < 0 || k >= len(as) {
			return &edge
		}
		return &as[k]
	}
	l1, l2, r1, r2 := at(i-1), at(i-2), at(i+1), at(i+2)
	frac := uint64(d.capsFrac[s])
	up := uint64(0)
	if a.upper {
		up = 1
	}
	if a.caps {
		up = 2
	}
	first := uint64(0)
	if a.first {
		first = 1
	}
	ctx := up | first<<2 | frac<<3

	add := func(t, x, y uint64) { out = append(out, join(t, x, y)) }

	add(0, 0, 0)
	add(1, a.exact, 0)
	add(2, a.lower, 0)
	add(3, a.lower, ctx)
	add(4, l1.lower, 0)
	add(5, r1.lower, 0)
	add(6, l2.lower, 0)
	add(7, r2.lower, 0)
	add(8, l1.lower, a.lower)
	add(9, a.lower, r1.lower)
	add(10, l1.lower, r1.lower)
	add(11, l2.lower, l1.lower)
	add(12, r1.lower, r2.lower)
	add(13, l1.lower, a.shape)
	add(14, r1.lower, a.shape)

	add(20, a.shape, ctx)
	add(21, l1.shape, a.shape)
	add(22, a.shape, r1.shape)
	add(23, join(0, l1.shape, r1.shape), a.shape)

	if a.alpha {
		d.affixes(a, &out, up)
	}

	c, cl, cr := a.lex.c, l1.lex.c, r1.lex.c
	add(40, uint64(c[2]), up)
	add(41, uint64(c[1]), up)
	add(42, uint64(c[0]), ctx)
	add(43, uint64(cl[2]), up)
	add(44, uint64(cr[2]), up)
	add(45, uint64(cl[1]), up)
	add(46, uint64(cr[1]), up)
	add(47, uint64(l2.lex.c[1]), up)
	add(48, uint64(r2.lex.c[1]), up)
	add(49, uint64(cl[1]), uint64(c[1])<<2|up)
	add(50, uint64(c[1]), uint64(cr[1])<<2|up)
	add(51, uint64(cl[0])<<20|uint64(c[0])<<10|uint64(cr[0]), up)
	add(52, uint64(cl[1])<<20|uint64(cr[1]), up)
	add(53, uint64(l2.lex.c[0])<<20|uint64(cl[0])<<10|uint64(c[0]), up)
	add(54, uint64(c[0])<<20|uint64(cr[0])<<10|uint64(r2.lex.c[0]), up)
	add(55, uint64(c[1]), a.shape)

	g := uint64(a.lex.gaz)
	if g != 0 || a.phrase != 0 || l1.lex.gaz|r1.lex.gaz != 0 {
		add(60, g, ctx)
		add(61, uint64(l1.lex.gaz), g<<2|up)
		add(62, uint64(r1.lex.gaz), g<<2|up)
		add(63, uint64(a.phrase), up)
		for b := g; b != 0; b &= b - 1 {
			add(64, b&-b, up)
		}
		if r1.phrase != 0 || l1.phrase != 0 {
			add(65, uint64(r1.phrase), uint64(l1.phrase))
		}
	}

	// The capitalised run, what stands before and after it, its last word.
	if a.runR > a.runL && frac < 2 {
		l, r := int(a.runL), int(a.runR)
		before, after := at(l-1), at(r)
		head, tail := &as[l], &as[r-1]
		length := uint64(min(r-l, 6))
		place := uint64(0)
		if i == l {
			place |= 1
		}
		if i == r-1 {
			place |= 2
		}
		add(70, before.lower, place)
		add(71, after.lower, place)
		add(72, uint64(before.lex.c[1]), place<<8|length)
		add(73, uint64(after.lex.c[1]), place<<8|length)
		add(74, tail.lower, place)
		add(75, head.lower, place)
		add(76, uint64(tail.lex.c[1]), place<<8|length)
		add(77, uint64(head.lex.c[1]), place<<8|length)
		add(78, length, place<<1|first)
		add(79, uint64(tail.lex.c[2]), uint64(after.lex.c[1]))
		add(80, uint64(tail.lex.gaz), uint64(head.lex.gaz)<<16|place)
		add(81, before.lower, after.lower)
	}
	if a.upper && a.alpha {
		out = d.elsewhere(out, s, i, a)
	}
	return out
}

func (d *docFeatures) affixes(a *attr, out *[]uint64, up uint64) {
	w := a.word
	if len(w) > 40 {
		w = w[:40]
	}
	// Up to four characters from either end.
	n := 0
	for k := range w {
		if n >= 2 && n <= 4 {
			*out = append(*out, join(uint64(28+n), hashFold(w[:k]), up))
		}
		n++
		if n > 4 {
			break
		}
	}
	k := len(w)
	for n := 1; n <= 4 && k > 0; n++ {
		_, size := utf8.DecodeLastRuneInString(w[:k])
		k -= size
		if n >= 2 || len(w) > 3 {
			*out = append(*out, join(uint64(33+n), hashFold(w[k:]), up))
		}
	}
}

// hashFold hashes a short string with ASCII letters in lower case.
func hashFold(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return finish(h)
}

// elsewhere appends what the document tells of a capitalised word in its other
// places.
func (d *docFeatures) elsewhere(out []uint64, s, i int, a *attr) []uint64 {
	add := func(t, x, y uint64) { out = append(out, join(t, x, y)) }
	low := uint64(0)
	if d.lowered[a.lower] > 0 {
		low = 1
	}
	firstLow := low<<1 | b2u(a.first)
	frac := uint64(d.capsFrac[s])
	add(100, firstLow, frac)
	n := uint64(0)
	at, ok := d.occ[a.exact]
	if !ok && a.caps && d.capsFrac[s] >= 2 {
		// A headline in capitals: the body has the word in small letters.
		at, ok = d.occ[titleHash(a.word)]
	}
	if ok {
		for k := at; k >= 0 && n < maxOcc; k = d.occs[k].next {
			o := d.occs[k]
			if int(o.sent) == s && int(o.tok) == i {
				continue
			}
			n++
			as := d.attrs[o.sent]
			if int(o.tok) > 0 {
				l := &as[o.tok-1]
				add(101, l.lower, 0)
				add(102, uint64(l.lex.c[1]), 0)
			} else {
				add(101, boundary, 0)
			}
			if int(o.tok)+1 < len(as) {
				r := &as[o.tok+1]
				add(103, r.lower, 0)
				add(104, uint64(r.lex.c[1]), 0)
			}
		}
	}
	add(105, min(n, 3), frac)
	if r, ok := d.longest[a.exact]; ok && (int(r.sent) != s || r.start != a.runL) && r.end-r.start > a.runR-a.runL {
		as := d.attrs[r.sent]
		head, tail := &as[r.start], &as[r.end-1]
		place := uint64(0)
		if as[r.start].exact == a.exact {
			place |= 1
		}
		if as[r.end-1].exact == a.exact {
			place |= 2
		}
		length := uint64(min(r.end-r.start, 5))
		add(106, tail.lower, place)
		add(107, head.lower, place)
		add(108, uint64(tail.lex.c[1]), place<<4|length)
		add(109, uint64(head.lex.c[1]), place<<4|length)
		add(110, length, place)
		add(111, uint64(head.lex.gaz), place)
	}
	if a.caps && len(a.word) >= 2 && len(a.word) <= 8 {
		if r, ok := d.initials[a.exact]; ok {
			as := d.attrs[r.sent]
			tail := &as[r.end-1]
			add(112, tail.lower, 0)
			add(113, uint64(tail.lex.c[1]), 0)
			add(114, as[r.start].lower, 0)
			add(115, 0, 0)
		}
	}
	return out
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// titleHash is the exact hash of a word in capitals written with one.
func titleHash(w string) uint64 {
	b := make([]byte, 0, 32)
	for i, r := range w {
		if i > 0 {
			r = unicode.ToLower(r)
		}
		if '0' <= r && r <= '9' {
			r = '0'
		}
		b = utf8.AppendRune(b, r)
	}
	return hashBytes(b)
}

var edge = attr{exact: boundary, lower: boundary, shape: boundary, lex: lexEntry{c: [3]uint16{0xfff, 0xfff, 0xfff}}}
