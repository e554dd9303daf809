package actors

import (
	"strings"

	"sitrep/summarize/text"
)

// speakers says who speaks each quotation of the body: a chain, or nil where the
// article doesn't say.
func (a *Reading) speakers(p *Passage, f *finder) []*chain {
	out := make([]*chain, len(p.Marks))
	known := make([]bool, len(p.Marks))
	for m := range p.Marks {
		out[m], known[m] = a.attributed(p, f, m)
	}
	// What has no attribution of its own goes on from the quotation before it in
	// the paragraph ("… ," she said. "And …").
	para := -1
	var last *chain
	for m, q := range p.Marks {
		if at := p.paraAt(q.Open); at != para {
			last = a.carriedOver(p, known, m, at, para, last)
			para = at
		}
		if known[m] {
			last = out[m]
			continue
		}
		if p.wholeSentence(q) {
			if last == nil && !p.opensPara(q, para) {
				last = a.saidBefore(p, f, q)
			}
			out[m], known[m] = last, last != nil
		}
	}
	// An unclosed quotation is spoken by whom the next paragraph names.
	for m := len(p.Marks) - 2; m >= 0; m-- {
		if p.Marks[m].Unclosed && out[m+1] != nil && p.paraAt(p.Marks[m+1].Open) == p.paraAt(p.Marks[m].Open)+1 {
			out[m] = out[m+1]
		}
	}
	return out
}

// carriedOver returns who speaks on when a quotation opens a new paragraph: the
// last speaker where the paragraph is nothing but speech or the speech was left
// open, else nobody.
func (a *Reading) carriedOver(p *Passage, known []bool, m, at, before int, last *chain) *chain {
	q := p.Marks[m]
	switch {
	case known[m] || !p.opensPara(q, at):
		return nil
	case m > 0 && p.Marks[m-1].Unclosed && at == p.paraAt(p.Marks[m-1].Open)+1:
		return last
	case !p.alone(q, at) || at != p.nextProse(before):
		return nil
	case last == nil:
		return a.lastSubject(p, at)
	}
	return last
}

// saidBefore returns who speaks in the sentence before a quotation that stands by
// itself within a paragraph: "Markets don't care, says Ann Roe. “Ask me again.”"
func (a *Reading) saidBefore(p *Passage, f *finder, q Quotation) *chain {
	for s := len(p.Sents) - 1; s >= 0; s-- {
		if p.Sents[s].End > q.Open || p.Toks[p.Sents[s].First].Quoted {
			continue
		}
		if p.Sents[s].Para != p.paraAt(q.Open) {
			return nil
		}
		seg := [2]int{p.Sents[s].First, p.Sents[s].Last}
		if v := a.speechIn(p, seg); v >= 0 {
			if c, ok := a.subjectBefore(p, f, seg[0], v); ok && c != nil {
				return c
			}
			if c, ok := a.subjectAfter(p, f, v, seg[1]); ok && c != nil {
				return c
			}
		}
		return a.sentenceSubject(p, s, len(p.Toks), unknownGender)
	}
	return nil
}

func (p *Passage) nextProse(para int) int {
	for i := para + 1; i < len(p.Paras); i++ {
		if p.Paras[i].Prose {
			return i
		}
	}
	return -1
}

// lastSubject returns the person whom the last sentence of the prose before a
// paragraph is about.
func (a *Reading) lastSubject(p *Passage, para int) *chain {
	for i := para - 1; i >= 0 && i >= para-2; i-- {
		if !p.Paras[i].Prose || p.Paras[i].Last == 0 {
			continue
		}
		for s := p.Paras[i].Last - 1; s >= p.Paras[i].First; s-- {
			if c := a.sentenceSubject(p, s, len(p.Toks), unknownGender); c != nil {
				return c
			}
		}
		return nil
	}
	return nil
}

// sentenceSubject returns whom a sentence is about, of a gender, before token
// limit: the first person spoken of outside quotations whose gender is known to
// fit; else the first of whom nothing speaks against it.
func (a *Reading) sentenceSubject(p *Passage, s, limit int, g gender) *chain {
	c, _ := a.subjectOf(p, s, limit, g)
	return c
}

// subjectOf is sentenceSubject, and how well the person fits: 5 by known gender,
// 4 by the given name, 3 where nothing is known, 2 against the given name, 1 as
// a possessor.
func (a *Reading) subjectOf(p *Passage, s, limit int, g gender) (best *chain, fit int) {
	var owner *chain
	ownerFit := 0
	consider := func(c *chain, possessor bool) {
		if c == nil || c.kind != KindPerson {
			return
		}
		f := 3
		switch {
		case g == unknownGender:
		case c.gender == g:
			f = 5
		case c.gender != unknownGender:
			return
		case givenGender(c.full[0]) == female && g == female:
			f = 4
		case givenGender(c.full[0]) == female:
			f = 2
		}
		if possessor {
			if f < 5 {
				f = 1
			}
			if f > ownerFit {
				owner, ownerFit = c, f
			}
			return
		}
		if f > fit {
			best, fit = c, f
		}
	}
	for i := p.Sents[s].First; i < p.Sents[s].Last && i < limit; i++ {
		if p.Toks[i].Quoted {
			continue
		}
		if name, ok := p.nameAt(i); ok {
			if name.Actor >= 0 && name.First == i {
				if limit < p.Sents[s].Last && (p.low(name.First-1) == "of" || p.low(name.First-1) == "late") {
					continue // "a student of Ann Roe, she …"
				}
				consider(a.cs[name.Actor], p.low(name.Last) == "'s" || p.low(name.Last-1) == "'s")
			}
			continue
		}
		if d := a.described[key{p, i}]; d != nil {
			consider(d, false)
			continue
		}
		if pg, ok := personalPronoun(p.low(i), p.Lang); ok && (g == unknownGender || pg == g) && i < p.Sents[s].First+2 {
			consider(a.pronoun(p, i, pg), false)
		} else if c := a.pronouns[key{p, i}]; c != nil {
			consider(c, false)
		}
	}
	if fit < 3 && ownerFit > fit {
		return owner, ownerFit // "Roe's appointment was welcomed": about Roe, if about anyone
	}
	return best, fit
}

// paraAt returns the paragraph that byte b lies in, -1 for none.
func (p *Passage) paraAt(b int) int {
	for i := range p.Paras {
		if b < p.Paras[i].End {
			if b >= p.Paras[i].Start {
				return i
			}
			return -1
		}
	}
	return -1
}

func (p *Passage) opensPara(q Quotation, para int) bool {
	return para >= 0 && strings.TrimSpace(p.Text[p.Paras[para].Start:q.Open]) == ""
}

// alone reports that the paragraph holds nothing but quotations.
func (p *Passage) alone(q Quotation, para int) bool {
	return para >= 0 && strings.Trim(p.Text[q.Close:p.Paras[para].End], " .,\n") == "" && p.opensPara(q, para)
}

// wholeSentence reports that a quotation stands by itself between sentences.
func (p *Passage) wholeSentence(q Quotation) bool {
	r := firstRune(p.Text[q.Start:q.End])
	para := p.paraAt(q.Open)
	if para < 0 {
		return false
	}
	before := strings.TrimRight(p.Text[p.Paras[para].Start:q.Open], " ")
	after := strings.TrimLeft(p.Text[q.Close:p.Paras[para].End], " ")
	inner := p.Text[q.Start:q.End]
	ended := before == "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "!") || strings.HasSuffix(before, "?") || strings.HasSuffix(before, ":") ||
		strings.HasSuffix(before, "\"") || strings.HasSuffix(before, "”") || strings.HasSuffix(before, "’") || strings.HasSuffix(before, "»") || strings.HasSuffix(before, "“")
	stops := after == "" || strings.ContainsAny(inner[len(inner)-1:], ".!?") || strings.HasSuffix(inner, "…") || q.Unclosed || strings.HasPrefix(after, ".")
	return ended && stops && (isUpper(inner) || r >= '0' && r <= '9' || r > 0x80 || before == "")
}

// outside returns the tokens beside a quotation within its sentence that stand
// in no quotation: before it back to the one before or the sentence's start,
// and after it.
func (p *Passage) outside(m int) (before, after [2]int) {
	q := p.Marks[m]
	first, last := -1, -1
	for i := range p.Toks {
		if p.Toks[i].Start >= q.Open && p.Toks[i].End <= q.Close {
			if first < 0 {
				first = i
			}
			last = i
		}
		if p.Toks[i].Start >= q.Close {
			break
		}
	}
	if first < 0 {
		return
	}
	b := first
	s := p.Toks[first].Sent
	for b > 0 && !p.Toks[b-1].Quoted && p.Toks[b-1].Sent == s && s >= 0 {
		b--
	}
	before = [2]int{b, first}
	e := last + 1
	s = p.Toks[last].Sent
	for e < len(p.Toks) && !p.Toks[e].Quoted && p.Toks[e].Sent == s && s >= 0 {
		e++
	}
	after = [2]int{last + 1, e}
	return before, after
}

// attributed finds the speaker that a quotation's own sentence names. known is
// false where the sentence has no attribution.
func (a *Reading) attributed(p *Passage, f *finder, m int) (c *chain, known bool) {
	before, after := p.outside(m)
	q := p.Marks[m]
	inner := p.Text[q.Start:q.End]
	mid := before[1] > before[0] && p.low(before[1]-1) != "," || !isUpper(inner)
	lead := p.low(before[1]-1) == ":" || p.low(before[1]-1) == "," && a.speechIn(p, before) >= 0
	tryAfter := func() (*chain, bool) {
		if after[1] <= after[0] {
			return nil, false
		}
		return a.afterQuote(p, f, after)
	}
	tryBefore := func() (*chain, bool) {
		if before[1] <= before[0] {
			return nil, false
		}
		return a.beforeQuote(p, f, before)
	}
	if before[1] > before[0] && (lead || mid) {
		if c, ok := tryBefore(); ok {
			return c, true
		}
		// The clause may have begun before an earlier quotation of the sentence.
		if c, ok := tryAfter(); ok {
			return c, true
		}
		return a.byWords(p, before)
	}
	if c, ok := tryAfter(); ok {
		return c, true
	}
	return tryBefore()
}

// byWords reads "according to X" and "in X's words" off a sentence.
func (a *Reading) byWords(p *Passage, seg [2]int) (*chain, bool) {
	for i := seg[0]; i < seg[1]-1; i++ {
		if p.low(i) == "according" && p.low(i+1) == "to" || p.low(i) == "selon" || p.low(i) == "según" || p.low(i) == "laut" || p.low(i) == "segundo" || p.low(i) == "secondo" {
			for k := i + 1; k < seg[1] && k < i+8; k++ {
				if name, ok := p.nameAt(k); ok && name.Actor >= 0 && name.Kind != KindMisc {
					return a.cs[name.Actor], true
				}
			}
		}
	}
	return nil, false
}

// speechIn returns the last speech verb of a segment, -1 for none.
func (a *Reading) speechIn(p *Passage, seg [2]int) int {
	for i := seg[1] - 1; i >= seg[0]; i-- {
		if p.isSpeech(i) {
			return i
		}
	}
	return -1
}

// isSpeech reports that token i is a verb of saying there.
func (p *Passage) isSpeech(i int) bool {
	if i < 0 || i >= len(p.Toks) || p.Toks[i].Name >= 0 {
		return false
	}
	low := p.Toks[i].Low
	if !speechVerbs[low] {
		return false
	}
	if prev := p.low(i - 1); determiners[prev] && prev != "a" && prev != "lo" && prev != "la" && p.Lang == "en" || prev == "'s" && p.Lang == "en" {
		return false // "the reports", "its calls"
	}
	if p.low(i+1) == "by" && beForms[p.low(i-1)] || p.low(i-1) == "to" && (low == "put" || low == "ask") {
		return false
	}
	return true
}

// afterQuote reads the attribution that follows a quotation.
func (a *Reading) afterQuote(p *Passage, f *finder, seg [2]int) (*chain, bool) {
	i := seg[0]
	for i < seg[1] && (p.low(i) == "," || p.low(i) == "—" || p.low(i) == "–" || p.low(i) == "-" || p.low(i) == ".") {
		if p.low(i) == "." {
			return nil, false
		}
		i++
	}
	if i >= seg[1] {
		return nil, false
	}
	// Romance: "a déclaré X", "s'est félicitée la médiatrice X", "a-t-il dit".
	for k := i; k < seg[1] && k < i+4; k++ {
		low := p.low(k)
		if strings.HasSuffix(low, "-il") || strings.HasSuffix(low, "-elle") {
			g := male
			if strings.HasSuffix(low, "elle") {
				g = female
			}
			return a.pronoun(p, k, g), true
		}
	}
	v := i
	for v < seg[1] && v < i+4 && !p.isSpeech(v) && (auxiliaries[p.low(v)] || pronouns[p.low(v)] && p.Lang != "en" || p.low(v) == "s'" || p.low(v) == "s’" || p.low(v) == "se" || adverbLike(p.low(v))) {
		v++
	}
	if v < seg[1] && p.isSpeech(v) && (v == i || p.Lang != "en" || adverbLike(p.low(i))) {
		// Inverted: the subject follows the verb, unless the pronoun stood before it.
		if c, ok := a.subjectAfter(p, f, v, seg[1]); ok {
			return c, true
		}
		if p.Lang != "en" && p.Lang != "de" && p.Lang != "fr" && (v+1 >= seg[1] || p.Toks[v+1].Kind == text.Punct) {
			// The subject is left out: who the sentences before speak of.
			return a.antecedent(p, v, unknownGender), true
		}
		return nil, true
	}
	// "X said", "X, the mayor, told reporters".
	limit := min(seg[1], i+34)
	for v = i; v < limit; v++ {
		if p.low(v) == ";" || p.low(v) == ":" {
			break
		}
		if p.isSpeech(v) {
			if c, ok := a.subjectBefore(p, f, i, v); ok {
				return c, true
			}
			// "she told him": pronoun before, or nothing readable
			return nil, true
		}
	}
	// "…," was her first order.
	if p.low(i) == "was" || p.low(i) == "is" {
		for k := i; k < seg[1] && k < i+5; k++ {
			if p.low(k) == "her" || p.low(k) == "his" {
				g := male
				if p.low(k) == "her" {
					g = female
				}
				return a.pronoun(p, k, g), true
			}
			if name, ok := p.nameAt(k); ok && name.Kind == KindPerson {
				return a.cs[name.Actor], true
			}
		}
	}
	return nil, false
}

func adverbLike(low string) bool {
	return strings.HasSuffix(low, "ly") || low == "also" || low == "then" || low == "later" || low == "once" || low == "just" || low == "even" || low == "auch" || low == "aussi" || low == "también"
}

// beforeQuote reads the attribution that comes before a quotation: the last verb
// of saying whose subject can be read.
func (a *Reading) beforeQuote(p *Passage, f *finder, seg [2]int) (*chain, bool) {
	seen := false
	if p.low(seg[1]-1) == ":" {
		// "… sent this from its director, Ann Roe: “No.”"
		if name, ok := p.nameAt(seg[1] - 2); ok && name.Kind == KindPerson && name.Actor >= 0 {
			return a.cs[name.Actor], true
		}
	}
	for v := seg[1] - 1; v >= seg[0]; v-- {
		if !p.isSpeech(v) {
			continue
		}
		if infinitive := p.low(v - 1); infinitive == "to" {
			continue
		}
		seen = true
		if c, ok := a.subjectBefore(p, f, seg[0], v); ok {
			return c, true
		}
		if v == seg[0] || p.Lang != "en" {
			if c, ok := a.subjectAfter(p, f, v, seg[1]); ok {
				return c, true
			}
		}
	}
	if c, ok := a.byWords(p, seg); ok {
		return c, true
	}
	if p.low(seg[1]-1) == ":" {
		// "He would not be drawn: …" — whom the sentence is about, if a person.
		if s := p.Toks[seg[1]-1].Sent; s >= 0 {
			if c := a.firstActor(p, f, seg[0], seg[1]); c != nil {
				return c, true
			}
		}
	}
	return nil, seen
}

// firstActor returns the person at the start of a segment: named, described or
// a pronoun.
func (a *Reading) firstActor(p *Passage, f *finder, from, to int) *chain {
	for i := from; i < to && i < from+14; i++ {
		if name, ok := p.nameAt(i); ok {
			if name.Kind == KindPerson && p.low(name.Last) != "'s" && name.Actor >= 0 {
				return a.cs[name.Actor]
			}
			continue
		}
		if g, ok := personalPronoun(p.low(i), p.Lang); ok && i < from+3 {
			return a.pronoun(p, i, g)
		}
		if d := a.described[key{p, i}]; d != nil {
			return d
		}
	}
	return nil
}

func personalPronoun(low, lang string) (gender, bool) {
	switch low {
	case "he", "er", "ele":
		return male, true
	case "él", "lui":
		return male, true
	case "il":
		return male, lang == "fr"
	case "she", "sie", "ella", "elle", "ela", "lei":
		return female, true
	}
	return unknownGender, false
}

// subjectAfter reads the subject that follows an inverted verb at v.
func (a *Reading) subjectAfter(p *Passage, f *finder, v, limit int) (*chain, bool) {
	i := v + 1
	for i < limit && (adverbLike(p.low(i)) || auxiliaries[p.low(i)] && p.Lang != "en") {
		i++
	}
	if i >= limit {
		return nil, false
	}
	if g, ok := personalPronoun(p.low(i), p.Lang); ok {
		return a.pronoun(p, i, g), true
	}
	if p.low(i) == "it" || p.low(i) == "they" {
		return a.itself(p, i), true
	}
	for k := i; k < limit && k < i+16; k++ {
		if d := a.described[key{p, k}]; d != nil {
			return d, true
		}
		name, ok := p.nameAt(k)
		if !ok {
			if p.isSpeech(k) || p.low(k) == ";" || p.Toks[k].Low == "who" || auxiliaries[p.low(k)] && p.Lang == "en" {
				break
			}
			if p.low(k) == "," && k > i+1 {
				// An apposition turned round: "dijo la alcaldesa de Iquique, Begoña Núñez".
				if next, ok := p.nameAt(k + 1); ok && next.Kind == KindPerson {
					return a.cs[next.Actor], true
				}
			}
			continue
		}
		if name.Actor < 0 || name.Kind == KindMisc {
			k = name.Last - 1
			continue
		}
		if name.Kind == KindPerson {
			if p.low(name.Last) == "'s" { // "said Roe's lawyer, …"
				k = name.Last - 1
				continue
			}
			return a.cs[name.Actor], true
		}
		// A body or place may open the phrase of a person ("said Iquique Mayor B. N.").
		if c := a.personAhead(p, f, name.Last, limit, i); c != nil {
			return c, true
		}
		if name.Kind == KindOrg {
			return a.cs[name.Actor], true
		}
		k = name.Last - 1
	}
	return a.describedSubject(p, i, limit)
}

// personAhead returns the person whose phrase, titles and all, starts at token
// start or before `from` and who is named within the next words.
func (a *Reading) personAhead(p *Passage, f *finder, from, limit, start int) *chain {
	for n := range p.Names {
		name := p.Names[n]
		if name.First >= from && name.First < limit && name.First < from+12 && name.Kind == KindPerson && name.Actor >= 0 && f.left[n] < from {
			return a.cs[name.Actor]
		}
	}
	return nil
}

// describedSubject resolves a noun phrase at i that no name stands in.
func (a *Reading) describedSubject(p *Passage, i, limit int) (*chain, bool) {
	if i < limit && p.definite(i) {
		if d, ok := p.descriptionAt(i); ok {
			if c := a.whom(p, d); c != nil {
				return c, true
			}
		}
	}
	if low := p.low(i); low == "the" && p.orgNoun(i+1) {
		return a.itself(p, i), true
	}
	return nil, false
}

// subjectBefore finds the subject of the verb at v in the tokens from `from` on.
func (a *Reading) subjectBefore(p *Passage, f *finder, from, v int) (*chain, bool) {
	i := v - 1
	for i >= from && (auxiliaries[p.low(i)] || adverbLike(p.low(i)) || p.low(i) == "se" || p.low(i) == "only" || p.low(i) == "has") {
		i--
	}
	if i < from {
		return nil, false
	}
	if g, ok := personalPronoun(p.low(i), p.Lang); ok {
		return a.pronoun(p, i, g), true
	}
	switch p.low(i) {
	case "it", "they":
		return a.itself(p, i), true
	case "i", "we", "you", "who", "which", "that", "one":
		if p.low(i) == "who" {
			// "X, who told the court …": X.
			for k := i - 1; k >= from; k-- {
				if name, ok := p.nameAt(k); ok && name.Actor >= 0 && (name.Kind == KindPerson || name.Kind == KindOrg) {
					return a.cs[name.Actor], true
				}
			}
		}
		return nil, p.low(i) == "i" || p.low(i) == "we"
	}
	// The name whose phrase ends here.
	if name, ok := p.nameAt(i); ok && name.Actor >= 0 && name.Kind != KindMisc {
		n := p.Toks[i].Name
		// "Observers from the OAS reported", "a spokesman for Corvina said".
		if name.Kind == KindPerson || f.left[n] <= from+1 || !linkers[p.low(name.First-1)] && p.low(name.First-1) != "the" {
			// An apposition in between: "…Portugal's rail safety office, GPIAF, said".
			if name.Kind == KindPerson {
				return a.cs[name.Actor], true
			}
		}
		if owner := a.ownerOf(p, f, from, i+1); owner != nil {
			return owner, true
		}
		if name.Kind == KindOrg || name.Kind == KindPlace && !linkers[p.low(name.First-1)] {
			return a.cs[name.Actor], true
		}
	}
	if c := a.ownerOf(p, f, from, i+1); c != nil {
		return c, true
	}
	// A described subject: "the admiral said".
	for k := i; k >= from && k > i-7; k-- {
		if p.definite(k) {
			if d := a.described[key{p, k}]; d != nil {
				return d, true
			}
			if d, ok := p.descriptionAt(k); ok && (d.last == i+1 || p.low(i) == ",") {
				if c := a.whom(p, d); c != nil {
					return c, true
				}
			}
			break
		}
	}
	// Who the clause began with.
	var body *chain
	for k := i; k >= from; k-- {
		if p.low(k) == ";" || p.low(k) == ":" {
			break
		}
		name, ok := p.nameAt(k)
		if ok && name.Actor >= 0 && name.Kind == KindPerson && p.low(name.Last) != "'s" {
			first := name
			for j := k - 1; j >= from; j-- {
				if n2, ok := p.nameAt(j); ok && n2.Kind == KindPerson && p.low(n2.Last) != "'s" {
					first = n2
				}
				if p.low(j) == ";" {
					break
				}
			}
			return a.cs[first.Actor], true
		}
		if ok && name.Actor >= 0 && (name.Kind == KindOrg || name.Kind == KindPlace && body == nil && name.First <= from+1) {
			body = a.cs[name.Actor]
		}
		if g, ok := personalPronoun(p.low(k), p.Lang); ok && k <= from+1 {
			return a.pronoun(p, k, g), true
		}
	}
	if body != nil {
		return body, true
	}
	return nil, false
}

// ownerOf returns the actor whose whole phrase, appositions included, ends at
// token end.
func (a *Reading) ownerOf(p *Passage, f *finder, from, end int) *chain {
	for _, kind := range []Kind{KindPerson, KindOrg, KindPlace} {
		for n := range p.Names {
			name := p.Names[n]
			if name.Kind != kind || name.First < from || name.First >= end || name.Actor < 0 || f.right[n] <= name.Last && f.left[n] >= name.First {
				continue
			}
			if f.right[n] == end || f.right[n] == end-1 && p.low(end-1) == "," || f.left[n] < name.First && name.Last == end-1 && p.low(end-1) == "," {
				return a.cs[name.Actor]
			}
		}
	}
	return nil
}

// pronoun finds the person that "he" or "she" at token i means.
func (a *Reading) pronoun(p *Passage, i int, g gender) *chain {
	k := key{p, i}
	if c, ok := a.pronouns[k]; ok {
		return c
	}
	a.pronouns[k] = nil // what asks for itself on the way finds nobody
	c := a.antecedent(p, i, g)
	if c != nil && c.gender == unknownGender {
		c.gender = g
	}
	a.pronouns[k] = c
	return c
}

func (a *Reading) antecedent(p *Passage, i int, g gender) *chain {
	s := p.Toks[i].Sent
	if s < 0 {
		return nil
	}
	var best *chain
	fit := 0
	if best, fit = a.subjectOf(p, s, i, g); fit >= 3 {
		return best
	}
	para := p.Sents[s].Para
	for back := s - 1; back >= 0 && p.Sents[back].Para == para; back-- {
		if a.aboutNobodyKnown(p, back) {
			return nil
		}
		if c, f := a.subjectOf(p, back, len(p.Toks), g); f > fit {
			if best, fit = c, f; fit >= 3 {
				return best
			}
		}
	}
	if fit >= 2 {
		return best // somebody in the paragraph, of whom nothing speaks against it
	}
	// The paragraph before: whose gender is known to fit, else the nearest; then
	// the one before that.
	seen := 0
	for d := 1; d <= 6 && para-d >= 0 && seen < 2; d++ {
		pr := p.Paras[para-d]
		if !pr.Prose || pr.Last == 0 {
			continue
		}
		seen++
		for back := pr.Last - 1; back >= pr.First; back-- {
			c, f := a.subjectOf(p, back, len(p.Toks), g)
			if f == 5 || g == unknownGender && f >= 2 {
				return c
			}
			if f >= 3 && fit < 3 || f > 0 && fit == 0 {
				best, fit = c, f
			}
		}
		if fit >= 3 {
			return best
		}
	}
	if best != nil {
		return best
	}
	// Nobody near: the one whom the article speaks of most.
	most := 0
	for _, c := range a.cs {
		if c.kind == KindPerson && (c.gender == g || g == unknownGender) && c.first < i && len(c.mentions) > most {
			best, most = c, len(c.mentions)
		}
	}
	return best
}

// aboutNobodyKnown reports a sentence whose subject is described and not known by
// name: "The judge said …" where no judge was named. Whoever follows as "she" is
// her.
func (a *Reading) aboutNobodyKnown(p *Passage, s int) bool {
	i := p.Sents[s].First
	if i >= len(p.Toks) || !p.definite(i) || a.described[key{p, i}] != nil {
		return false
	}
	d, ok := p.descriptionAt(i)
	if !ok || d.kind != KindPerson || d.linked {
		return false
	}
	// "The speaker, Jo Roe, …" names him after all.
	for k := d.last; k < d.last+12 && k < p.Sents[s].Last && !p.isSpeech(k); k++ {
		if name, ok := p.nameAt(k); ok && name.Kind == KindPerson {
			return false
		}
	}
	return true
}

// itself finds the body that "it" at token i, or "the company", means.
func (a *Reading) itself(p *Passage, i int) *chain {
	s := p.Toks[i].Sent
	for back := s; back >= 0 && back >= s-2; back-- {
		for k := p.Sents[back].First; k < p.Sents[back].Last && k < i; k++ {
			if name, ok := p.nameAt(k); ok && name.Kind == KindOrg && name.Actor >= 0 && !p.Toks[k].Quoted && p.low(name.Last) != "'s" {
				return a.cs[name.Actor]
			}
		}
	}
	return nil
}

// learnGenders tells persons' genders by their roles and kin words, and by the
// pronouns that follow a name before another comes.
func (a *Reading) learnGenders(p *Passage) {
	for _, c := range a.cs {
		if c.kind != KindPerson || c.gender != unknownGender {
			continue
		}
		for _, r := range c.roles {
			for i := r.from; i < r.to && c.gender == unknownGender; i++ {
				low := r.p.low(i)
				if linkers[low] {
					break
				}
				if low == "'s" {
					c.gender = unknownGender
					continue
				}
				if r.p.low(i+1) != "'s" {
					c.gender = genderOf(low, r.p.Lang)
				}
			}
		}
	}
	for s, sent := range p.Sents {
		var first *chain
		at, several := -1, false
		for i := sent.First; i < sent.Last; i++ {
			if name, ok := p.nameAt(i); ok && name.Kind == KindPerson && name.Actor >= 0 && !p.Toks[i].Quoted {
				if first == nil {
					first, at = a.cs[name.Actor], name.Last
				} else if first != a.cs[name.Actor] {
					several = true
				}
			}
		}
		if first == nil || first.gender != unknownGender {
			continue
		}
		end := sent.Last
		if !several && s+1 < len(p.Sents) && p.Sents[s+1].Para == sent.Para {
			end = min(p.Sents[s+1].First+1, p.Sents[s+1].Last)
		}
		for i := at; i < end; i++ {
			if p.Toks[i].Quoted {
				continue
			}
			if name, ok := p.nameAt(i); ok {
				if name.Kind == KindPerson && name.Actor >= 0 && a.cs[name.Actor] != first {
					break
				}
				continue
			}
			if g, ok := personalPronoun(p.low(i), p.Lang); ok && (p.Lang == "en" || i == end-1) {
				first.gender = g
				break
			}
			if low := p.low(i); p.Lang == "en" && (low == "herself" || low == "himself" || (low == "her" || low == "his") && i-at < 7 && (p.low(i-1) == "and" || p.low(i-1) == "with" || p.low(i-1) == ",")) {
				if low[:2] == "hi" {
					first.gender = male
				} else {
					first.gender = female
				}
				break
			}
		}
	}
}

// quotable reports that a quotation is speech, not a title or a nickname: two
// words or more, or something said by someone; never a run of capitals.
func (p *Passage) quotable(m int, spoken bool) bool {
	q := p.Marks[m]
	inner := p.Text[q.Start:q.End]
	n, caps := 0, 0
	for _, t := range text.Tokens(inner) {
		if t.Kind == text.Punct {
			continue
		}
		n++
		if isUpper(t.Text) || minorWords[lower(t.Text)] {
			caps++
		}
	}
	ends := strings.ContainsAny(inner[len(inner)-1:], ".!?,") || strings.HasSuffix(inner, "…")
	switch {
	case n == 0:
		return false
	case n == 1:
		return spoken && !(caps == 1 && !ends)
	case caps == n && (!ends || !spoken && n < 7 && strings.HasSuffix(inner, ",")):
		return false
	}
	return true
}
