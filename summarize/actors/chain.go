package actors

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// A chain is the mentions that are one actor.
type chain struct {
	kind     Kind
	full     []string // folded words of its fullest name
	forms    map[string]bool
	mentions []mention // in the order of the reading: body, then title
	first    int       // token of its first mention in the body, or a large number
	gender   gender
	roles    []role
	dead     bool // merged into another
}

// A mention is where a passage names or describes the actor.
type mention struct {
	p           *Passage
	first, last int // tokens
	titled      int // first token with the title before the name, == first without one
	descriptive bool
	person      bool
}

type gender uint8

const (
	unknownGender gender = iota
	male
	female
)

// core returns the folded words that a name is compared by: without article,
// honorifics and possessive mark.
func (p *Passage) core(n Name) []string {
	out := make([]string, 0, n.Last-n.First)
	for i := n.First; i < n.Last; i++ {
		low := p.Toks[i].Low
		if low == "'s" || low == "'" || low == "’" || p.Toks[i].Kind == text.Punct && low != "&" {
			continue
		}
		if len(out) == 0 && (low == "the" || n.Kind == KindPerson && honorifics[low]) && n.Last-i > 1 {
			continue
		}
		if n.Kind == KindOrg && len(out) == 0 && (low == "der" || low == "die" || low == "das" || low == "el" || low == "la" && n.Last-i > 2) && n.Last-i > 1 {
			continue
		}
		out = append(out, text.FoldPlain(p.Toks[i].Text))
	}
	return out
}

// chains clusters the names of an article's passages, the body first.
func chains(passages []*Passage) []*chain {
	b := &builder{passages: passages}
	b.retype()
	b.people()
	b.bodies()
	b.places()
	out := b.chains[:0]
	for _, c := range b.chains {
		if !c.dead {
			out = append(out, c)
		}
	}
	return out
}

type builder struct {
	passages []*Passage
	chains   []*chain
}

type ref struct {
	p    *Passage
	n    int
	core []string
}

func (b *builder) refs(kind Kind) []ref {
	var out []ref
	for _, p := range b.passages {
		for n, name := range p.Names {
			if name.Kind == kind && name.Actor < 0 {
				if core := p.core(name); len(core) > 0 {
					out = append(out, ref{p, n, core})
				}
			}
		}
	}
	return out
}

// retype settles the kind of each name by what the whole article shows: a rank
// before it, a company's ending, the kind it has elsewhere.
func (b *builder) retype() {
	votes := map[string]*[4]int{}
	for _, p := range b.passages {
		weight := 2
		if p.Part == "title" {
			weight = 1
		}
		for _, name := range p.Names {
			key := strings.Join(p.core(name), " ")
			if votes[key] == nil {
				votes[key] = new([4]int)
			}
			votes[key][name.Kind] += weight
			if k, ok := p.evidentKind(name); ok {
				votes[key][k] += 16
			}
		}
	}
	for _, p := range b.passages {
		for n := range p.Names {
			v := votes[strings.Join(p.core(p.Names[n]), " ")]
			best := p.Names[n].Kind
			for k := range v {
				if v[k] > v[best] {
					best = Kind(k)
				}
			}
			if best == p.Names[n].Kind || v[best] < v[p.Names[n].Kind]+2 {
				continue
			}
			// A place and the body of that name live side by side ("Leeds", "Kenya").
			if best == KindPlace && p.Names[n].Kind == KindOrg || best == KindOrg && p.Names[n].Kind == KindPlace && v[best] < 16 && (country(strings.Join(p.core(p.Names[n]), " ")) != "" || p.located(p.Names[n])) {
				continue
			}
			p.Names[n].Kind = best
		}
	}
	// "Corvina" alone, tagged a person or place, where "Corvina Airways" is a body.
	heads := map[string]bool{}
	people := map[string]bool{}
	for _, p := range b.passages {
		for _, name := range p.Names {
			core := p.core(name)
			switch {
			case name.Kind == KindOrg && len(core) > 1:
				heads[core[0]] = true
			case name.Kind == KindPerson && len(core) > 1:
				for _, w := range core {
					people[w] = true
				}
			}
		}
	}
	for _, p := range b.passages {
		for n := range p.Names {
			core := p.core(p.Names[n])
			if len(core) == 1 && p.Names[n].Kind == KindPerson && heads[core[0]] && !people[core[0]] {
				p.Names[n].Kind = KindOrg
			}
		}
	}
}

// located reports that a preposition of place stands before the name.
func (p *Passage) located(n Name) bool {
	switch p.low(n.First - 1) {
	case "in", "at", "near", "from", "to", "across", "en", "à", "em", "nach", "aus", "outside":
		return true
	}
	return false
}

// evidentKind tells a name's kind where its own words or the word before leave
// no doubt.
func (p *Passage) evidentKind(name Name) (Kind, bool) {
	first, last := p.low(name.First), p.low(name.Last-1)
	if last == "'s" && name.Last-name.First > 1 {
		last = p.low(name.Last - 2)
	}
	n := name.Last - name.First
	if n > 1 && companySuffixes[last] && name.Kind != KindPlace && isUpper(p.Toks[name.Last-1].Text) && (len(last) > 2 || allCaps(p.Toks[name.Last-1].Text)) {
		return KindOrg, true
	}
	before := p.low(name.First - 1)
	if p.vessel(name) {
		return KindMisc, true
	}
	if p.same(name.First-1, name.First) && p.Toks[name.First-1].Name < 0 && before != "" {
		b := name.First - 1
		switch {
		case p.orgNoun(b) && (!p.roleNoun(b) || firmNouns[before]) && (p.Lang == "de" || !isUpper(p.Toks[b].Text)) && (name.Kind != KindPlace && name.Kind != KindMisc || name.Kind == KindPlace && !siteNouns[before]):
			return KindOrg, true // "the rail operator Treno", "der Betreiber Fjordlink"
		case p.Lang != "en" && p.Lang != "de" && name.Kind == KindPerson && p.bodyPhrase(name.First):
			return KindOrg, true // "l'entreprise de travaux publics Garonnel"
		case p.roleNoun(b) && !p.orgNoun(b) && name.Kind == KindOrg && n > 1 && !p.bodily(name) && (p.Lang != "de" || !strings.HasSuffix(before, "rat")):
			return KindPerson, true // "chief executive Jo Roe"
		}
	}
	if name.Kind == KindPerson && p.Lang == "de" && n > 1 && p.orgNoun(name.Last-1) && !p.roleNoun(name.Last-1) {
		return KindOrg, true
	}
	if name.Kind == KindPerson && n > 1 && (p.Lang != "en" && p.Lang != "de" && properOrgNouns[first] && isUpper(p.Toks[name.First].Text) || bodyEnds[last] && p.Lang == "en") {
		return KindOrg, true // "Fundação M.", "M. Foundation"
	}
	if name.Kind == KindPerson && p.isFirm(name) && !p.personApposed(name) {
		return KindOrg, true // "Clear Rhine, a civic group"
	}
	if name.Kind != KindPerson && name.Kind != KindPlace || !p.same(name.First-1, name.First) {
		return 0, false
	}
	if honorifics[before] && !strings.Contains("sr m", before) || honorifics[first] && n > 1 && name.Kind == KindPerson {
		return KindPerson, true
	}
	if ranks[before] && isUpper(p.Toks[name.First-1].Text) && p.Toks[name.First-1].Name < 0 && !strings.Contains(" general father mother prince king ", " "+before+" ") && n > 1 {
		return KindPerson, true
	}
	return 0, false
}

// bodyEnds end the names of bodies and of no person.
var bodyEnds = words(`foundation institute university ministry committee association federation party agency authority orchestra federation museum`)

// firmNouns are nouns of both lists that mean a firm before a name.
var firmNouns = words(`lender operator insurer carrier manufacturer supplier retailer underwriter producer exporter importer`)

// siteNouns head phrases of places as well as of bodies.
var siteNouns = words(`port airport station hotel restaurant church monastery house school hospital clinic plant factory mill farm mine orchard nursery dairy museum gallery university college shop yard shipyard
	center centre observatory lab island escuela hospital aeropuerto puerto école hôpital port schule`)

// bodyPhrase reports that a Romance phrase for a body ends right before token i.
func (p *Passage) bodyPhrase(i int) bool {
	for k := i - 1; k >= 0 && i-k < 6 && p.same(k, i); k-- {
		t := &p.Toks[k]
		if t.Name >= 0 || t.Kind != text.Word || isUpper(t.Text) && k != p.Sents[t.Sent].First {
			return false
		}
		if p.orgNoun(k) && !p.roleNoun(k) {
			return determiners[p.low(k-1)]
		}
		if speechVerbs[t.Low] || auxiliaries[t.Low] || pronouns[t.Low] || determiners[t.Low] && !linkers[t.Low] || p.roleNoun(k) {
			return false
		}
	}
	return false
}

// personApposed reports that the apposition after a name calls it a person.
func (p *Passage) personApposed(n Name) bool {
	for i := n.Last + 2; i < n.Last+7 && p.same(i, n.First); i++ {
		if p.orgNoun(i) && !p.roleNoun(i) && !p.inNP(i+1) {
			return false
		}
		if p.roleNoun(i) && !p.inNP(i+1) {
			return true
		}
	}
	return false
}

// bodily reports that a name holds a word that only bodies' names do.
func (p *Passage) bodily(name Name) bool {
	for i := name.First; i < name.Last; i++ {
		if low := p.low(i); properOrgNouns[low] || companySuffixes[low] || p.Toks[i].Text == "&" || allCaps(p.Toks[i].Text) && len(p.Toks[i].Text) > 2 {
			return true
		}
	}
	return false
}

var vessels = words(`tanker ship vessel frigate ferry trawler yacht freighter destroyer submarine lifeboat tugboat tug dinghy schooner corvette icebreaker liner bulker barge cutter motorboat
	mv m/v ss uss hms hmcs hmas rrs usns petrolero buque barco navire pétrolier cargo frégate öltanker schiff fregatte frachter fähre navio petroleiro nave petroliera spacecraft probe
	telescope satellite rocket hurricane typhoon storm cyclone novel film book album play song opera podcast documentary journal`)

// vessel reports a ship, a storm or a work: what bears a name and acts for
// nobody.
func (p *Passage) vessel(name Name) bool {
	b := name.First - 1
	if m := b; m >= 0 && p.same(m, name.First) {
		if low := p.low(b); low == "“" || low == "\"" || low == "„" || low == "«" || low == "‘" || low == "'" {
			b--
		}
	}
	if p.same(b, name.First) && vessels[p.low(b)] || vessels[p.low(name.First)] && name.Last-name.First > 1 {
		return true
	}
	for i := name.First; i < name.Last; i++ {
		if low := p.low(i); vessels[low] && p.Toks[i].Text == low {
			return true // "European probe Callisto"
		}
	}
	// "The Heron, a 23-year-old vessel"
	if p.low(name.Last) == "," && (p.low(name.Last+1) == "a" || p.low(name.Last+1) == "an" || p.low(name.Last+1) == "the") {
		for i := name.Last + 2; i < name.Last+6 && p.same(i, name.First); i++ {
			if vessels[p.low(i)] && p.low(i) != "book" && p.low(i) != "journal" && !p.inNP(i+1) {
				return true
			}
			if !p.inNP(i) {
				break
			}
		}
	}
	return false
}

// people clusters the persons: full names first, then what is short for them.
func (b *builder) people() {
	refs := b.refs(KindPerson)
	full := make([]ref, 0, len(refs))
	var short []ref
	for _, r := range refs {
		if len(r.core) > 1 {
			full = append(full, r)
		} else {
			short = append(short, r)
		}
	}
	// Longest first, so that "Warren Ashcombe" finds "Warren B. Ashcombe".
	slices.SortStableFunc(full, func(x, y ref) int { return len(y.core) - len(x.core) })
	start := len(b.chains)
	var partial []ref
	for _, r := range full {
		c := b.findFull(start, r)
		if c == nil {
			if b.couldBePart(start, r) {
				partial = append(partial, r)
				continue
			}
			c = b.open(KindPerson, r)
		}
		b.add(c, r)
	}
	// Those that are but the end or the start of a longer name ("van der Meulen").
	short = append(short, partial...)
	for _, c := range b.chains[start:] {
		c.settle()
	}
	slices.SortStableFunc(short, func(x, y ref) int {
		if x.p != y.p {
			return slices.Index(b.passages, x.p) - slices.Index(b.passages, y.p)
		}
		return x.n - y.n
	})
	for _, r := range short {
		c := b.findShort(start, r)
		if c == nil {
			c = b.open(KindPerson, r)
			c.settle()
		}
		b.add(c, r)
	}
	for _, c := range b.chains[start:] {
		c.settle()
	}
}

func (b *builder) open(kind Kind, r ref) *chain {
	c := &chain{kind: kind, full: r.core, forms: map[string]bool{}, first: 1 << 30}
	b.chains = append(b.chains, c)
	return c
}

func (b *builder) add(c *chain, r ref) {
	name := r.p.Names[r.n]
	m := mention{p: r.p, first: name.First, last: name.Last, titled: r.p.titled(name), person: c.kind == KindPerson}
	c.mentions = append(c.mentions, m)
	c.forms[strings.Join(r.core, " ")] = true
	if r.p.Part == "text" && name.First < c.first {
		c.first = name.First
	}
	r.p.Names[r.n].Actor = slices.Index(b.chains, c)
	if c.kind == KindPerson && c.gender == unknownGender {
		for i := m.titled; i < m.first; i++ {
			if g := genderOf(r.p.low(i), r.p.Lang); g != unknownGender {
				c.gender = g
			}
		}
	}
}

// settle puts the mentions in the order of the reading.
func (c *chain) settle() {
	slices.SortStableFunc(c.mentions, func(x, y mention) int {
		if x.p != y.p {
			if x.p.Part == "text" {
				return -1
			}
			return 1
		}
		return x.first - y.first
	})
}

// titled finds where the title before a person's name starts.
func (p *Passage) titled(name Name) int {
	i := name.First
	if name.Kind == KindMisc {
		return i
	}
	if name.Kind != KindPerson {
		// Outside English an article is part of how a body is called.
		if p.Lang != "en" && i > 0 && p.same(i-1, i) && p.definite(i-1) && p.Toks[i-1].Name < 0 {
			return i - 1
		}
		return i
	}
	for i > 0 && p.same(i-1, name.First) && p.Toks[i-1].Name < 0 {
		low := p.low(i - 1)
		switch {
		case honorifics[low] || ranks[low] && isUpper(p.Toks[i-1].Text):
		case i < name.First && isUpper(p.Toks[i-1].Text) && (low == "vice" || low == "lieutenant" || low == "rear" || low == "major" || low == "chief" || low == "prime" || low == "lt." || low == "brig."):
		case strings.HasSuffix(low, "-elect") && isUpper(p.Toks[i-1].Text):
		case p.Lang != "en" && ranks[low]:
			return i - 1
		default:
			return i
		}
		i--
		if name.First-i >= 4 {
			break
		}
	}
	return i
}

// findFull finds the chain that a name of several words belongs to: the same
// words, or the same first and last with something between.
func (b *builder) findFull(start int, r ref) *chain {
	for _, c := range b.chains[start:] {
		if slices.Equal(c.full, r.core) {
			return c
		}
	}
	for _, c := range b.chains[start:] {
		if len(c.full) > len(r.core) && c.full[0] == r.core[0] && subsequence(r.core, c.full) {
			return c
		}
		if sameSpelling(c.full, r.core) {
			return c
		}
	}
	return nil
}

// sameSpelling joins names that differ by a hyphen or an initial's point.
func sameSpelling(x, y []string) bool {
	squash := func(ws []string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == '.' || r == ' ' || r == '\'' {
				return -1
			}
			return r
		}, strings.Join(ws, " "))
	}
	return squash(x) == squash(y)
}

func subsequence(short, long []string) bool {
	i := 0
	for _, w := range long {
		if i < len(short) && short[i] == w {
			i++
		}
	}
	return i == len(short)
}

// couldBePart reports that the words are the end of a longer name that is known.
func (b *builder) couldBePart(start int, r ref) bool {
	for _, c := range b.chains[start:] {
		if len(c.full) > len(r.core) && slices.Equal(c.full[len(c.full)-len(r.core):], r.core) {
			return true
		}
		if len(c.full) > len(r.core)+1 && slices.Equal(c.full[1:1+len(r.core)], r.core) {
			return true // "Quispe" of "Rosaura Quispe Landa", "Te Rangihaeata" of "Moana Te Rangihaeata Hill"
		}
	}
	return false
}

// fit says how well a short name can stand for a full one: 0 not at all.
func fit(short, full []string) int {
	n := len(short)
	if len(full) <= n {
		if len(full) == n && slices.Equal(short, full) {
			return 4
		}
		return 0
	}
	last := full
	for len(last) > 1 && (last[len(last)-1] == "jr." || last[len(last)-1] == "jr" || last[len(last)-1] == "sr." || last[len(last)-1] == "ii" || last[len(last)-1] == "iii") {
		last = last[:len(last)-1]
	}
	if slices.Equal(last[len(last)-n:], short) {
		return 3
	}
	if slices.Equal(full[:n], short) {
		return 2
	}
	for i := 1; i+n < len(full); i++ {
		if slices.Equal(full[i:i+n], short) {
			return 2
		}
	}
	if n == 1 {
		w := short[0]
		for i, f := range full {
			if len(w) < 3 {
				break
			}
			if h := strings.Trim(f, "\"'“”‘’"); h != f && h == w { // a nickname in marks
				return 2
			}
			if i > 0 && strings.Contains(f, "-") {
				for _, part := range strings.Split(f, "-") {
					if part == w {
						return 1
					}
				}
			}
		}
	}
	return 0
}

// findShort finds whom a short name stands for, or nil: none, or too many.
func (b *builder) findShort(start int, r ref) *chain {
	name := r.p.Names[r.n]
	best := 0
	var found []*chain
	for _, c := range b.chains[start:] {
		f := 0
		if len(c.full) > 1 || slices.Equal(c.full, r.core) {
			f = fit(r.core, c.full)
		}
		switch {
		case f == 0 || f < best:
		case f > best:
			best, found = f, []*chain{c}
		default:
			found = append(found, c)
		}
	}
	if len(found) <= 1 {
		if len(found) == 1 {
			return found[0]
		}
		return nil
	}
	// Namesakes. A title may tell them apart by gender …
	if g := r.p.titleGender(name); g != unknownGender {
		var same []*chain
		for _, c := range found {
			if c.gender == g || c.gender == unknownGender && givenGender(c.full[0]) == g {
				same = append(same, c)
			}
		}
		if len(same) == 0 {
			for _, c := range found {
				if c.gender == unknownGender && givenGender(c.full[0]) == unknownGender {
					same = append(same, c)
				}
			}
		}
		if len(same) == 1 {
			same[0].gender = g
			return same[0]
		}
		if len(same) > 0 {
			found = same
		}
	}
	// … or by the role that both state ("President-elect Quiroga").
	if t := r.p.titled(name); t < name.First {
		title := lower(r.p.slice(t, name.First))
		var same []*chain
		for _, c := range found {
			for _, m := range c.mentions {
				if m.titled < m.first && lower(m.p.slice(m.titled, m.first)) == title {
					same = append(same, c)
					break
				}
			}
		}
		if len(same) == 1 {
			return same[0]
		}
	}
	// Else it is the one that the article has named by then; the one it has been
	// speaking of, where it has named both.
	if r.p.Part == "title" {
		return earliest(found)
	}
	var before []*chain
	for _, c := range found {
		if c.first < name.First {
			before = append(before, c)
		}
	}
	if len(before) == 0 {
		return earliest(found)
	}
	if len(before) == 1 {
		return before[0]
	}
	best = -1
	var recent *chain
	main := earliest(before)
	for _, c := range before {
		for _, m := range c.mentions {
			if m.p == r.p && m.first < name.First && m.first > best {
				best, recent = m.first, c
			}
		}
	}
	// A bare surname that came up in this very sentence or the one before goes
	// with it; further away it is the one whom the article is about.
	if recent != nil && r.p.Toks[best].Sent >= 0 && r.p.Toks[name.First].Sent-r.p.Toks[best].Sent <= 1 {
		return recent
	}
	return main
}

// givenGender guesses from a given name's ending, as Romance and Slavic names
// have it: enough to tell two namesakes apart, for nothing else.
func givenGender(given string) gender {
	switch {
	case strings.HasSuffix(given, "a"):
		return female
	case strings.HasSuffix(given, "o"):
		return male
	}
	return unknownGender
}

func earliest(cs []*chain) *chain {
	return slices.MinFunc(cs, func(x, y *chain) int { return x.first - y.first })
}

func (p *Passage) titleGender(name Name) gender {
	for i := p.titled(name); i < name.First; i++ {
		if g := genderOf(p.low(i), p.Lang); g != unknownGender {
			return g
		}
	}
	return unknownGender
}

// bodies clusters the organisations: by name, by acronym, by what is short for
// the long form.
func (b *builder) bodies() {
	refs := b.refs(KindOrg)
	slices.SortStableFunc(refs, func(x, y ref) int { return len(y.core) - len(x.core) })
	start := len(b.chains)
	for _, r := range refs {
		c := b.findBody(start, r)
		if c == nil {
			c = b.open(KindOrg, r)
		}
		b.add(c, r)
	}
	// An acronym in brackets belongs to the name before it, whatever its letters.
	for _, p := range b.passages {
		for n := 1; n < len(p.Names); n++ {
			name, prev := p.Names[n], p.Names[n-1]
			if name.Kind != KindOrg || prev.Kind != KindOrg || prev.Last != name.First-1 || p.low(prev.Last) != "(" || p.low(name.Last) != ")" || name.Last-name.First > 2 {
				continue
			}
			if !allCaps(p.Toks[name.First].Text) && !initials(p.core(name)[0], p.core(prev)) {
				continue
			}
			b.merge(b.chains[prev.Actor], b.chains[name.Actor])
		}
	}
	for _, c := range b.chains[start:] {
		c.settle()
	}
}

func (b *builder) merge(into, from *chain) {
	if into == from || from.dead || into.dead {
		return
	}
	at := slices.Index(b.chains, into)
	for _, m := range from.mentions {
		for n := range m.p.Names {
			if m.p.Names[n].First == m.first {
				m.p.Names[n].Actor = at
			}
		}
	}
	into.mentions = append(into.mentions, from.mentions...)
	for f := range from.forms {
		into.forms[f] = true
	}
	into.first = min(into.first, from.first)
	from.dead, from.mentions = true, nil
}

var minorWords = words(`of the and for in on de del la el las los y e da do das dos des du le les et der die das und für von van di dell della degli & to at a`)

// initials reports that letters are the first ones of the words.
func initials(acronym string, full []string) bool {
	letters := strings.ToLower(strings.ReplaceAll(acronym, ".", ""))
	if len(letters) < 2 || len(full) < 2 {
		return false
	}
	match := func(minor bool) bool {
		rest := letters
		for _, w := range full {
			if minorWords[w] && !minor {
				continue
			}
			for _, part := range strings.Split(w, "-") {
				r, size := utf8.DecodeRuneInString(part)
				if size == 0 {
					continue
				}
				if !strings.HasPrefix(rest, string(r)) {
					return false
				}
				rest = rest[size:]
			}
		}
		return rest == ""
	}
	return match(false) || match(true)
}

func (b *builder) findBody(start int, r ref) *chain {
	for _, c := range b.chains[start:] {
		if slices.Equal(c.full, r.core) || sameSpelling(c.full, r.core) {
			return c
		}
	}
	raw := r.p.Toks[r.p.Names[r.n].First].Text
	if len(r.core) == 1 && allCaps(raw) {
		for _, c := range b.chains[start:] {
			if initials(raw, c.full) {
				return c
			}
		}
	}
	var found []*chain
	for _, c := range b.chains[start:] {
		if shortBody(r.core, c.full) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	if len(found) > 1 {
		// The one named last before.
		name := r.p.Names[r.n]
		var best *chain
		at := -1
		for _, c := range found {
			for _, m := range c.mentions {
				if m.p == r.p && m.first < name.First && m.first > at {
					best, at = c, m.first
				}
			}
		}
		return best
	}
	return nil
}

// shortBody reports that the words are a name's usual short form: its start
// ("Castellan" Marine), its end (Northgate "Rovers"), or both without the kind
// of company it is.
func shortBody(short, full []string) bool {
	if len(short) >= len(full) {
		return false
	}
	n := len(short)
	if slices.Equal(full[:n], short) {
		rest := full[n:]
		if n == 1 && (properOrgNouns[short[0]] && !companySuffixes[rest[len(rest)-1]]) {
			return false
		}
		// "Ministry of Health" is not short for "Ministry of Health and Sport" alone,
		// but it is where nothing else fits; "European Union" is no "European Union Agency".
		if minorWords[rest[0]] && n > 1 || len(rest) > 2 && n == 1 && !companySuffixes[rest[len(rest)-1]] && !properOrgNouns[rest[len(rest)-1]] {
			return n == 1
		}
		return n == 1 || companySuffixes[rest[len(rest)-1]] || len(rest) == 1 && properOrgNouns[rest[0]] && rest[0] != "agency" && rest[0] != "bank"
	}
	if slices.Equal(full[len(full)-n:], short) {
		before := full[len(full)-n-1]
		if minorWords[before] {
			return !properOrgNouns[short[0]] && n == 1 // House of "Commons"
		}
		return true
	}
	return false
}

func (b *builder) places() {
	for _, kind := range []Kind{KindPlace} {
		byForm := map[string]*chain{}
		for _, r := range b.refs(kind) {
			key := strings.Join(r.core, " ")
			if len(r.core) > 1 && (r.core[0] == "county" || r.core[0] == "lake" && byForm[r.core[1]] != nil) {
				key = strings.Join(r.core[1:], " ")
			}
			c := byForm[key]
			if c == nil {
				c = b.open(kind, r)
				byForm[key] = c
			}
			b.add(c, r)
		}
	}
}

// display returns the name to show: the fullest form, in running capitals where
// the text has it so, without article and possessive.
func (c *chain) display() string {
	best, score := "", -1
	for _, m := range c.mentions {
		if m.descriptive {
			continue
		}
		s := m.text()
		n := 10 * len(strings.Fields(s))
		if c.kind == KindOrg && len(strings.Fields(s)) == 1 && allCaps(s) && len(c.full) > 1 {
			n -= 15
		}
		if m.p.Part == "text" {
			n += 4
		}
		if shouting(s) {
			n -= 12
		}
		n = n*4 + min(3, len(s)/8)
		if n > score {
			best, score = s, n
		}
	}
	return best
}

// shouting reports a name in capitals that is no acronym: "NORDVIND".
func shouting(s string) bool { return allCaps(s) && utf8.RuneCountInString(s) > 5 }

// text returns the mention's own words, without article and possessive.
func (m mention) text() string {
	first, last := m.first, m.last
	for last-1 > first && (m.p.low(last-1) == "'s" || m.p.low(last-1) == "'" || m.p.low(last-1) == "’") {
		last--
	}
	for first < last-1 && !m.descriptive && (m.p.low(first) == "the" || m.person && honorifics[m.p.low(first)] && unicode.IsUpper(firstRune(m.p.Toks[first+1].Text)) && m.p.low(first) != "sheikh" && m.p.low(first) != "m") {
		first++
	}
	s := m.p.slice(first, last)
	if last-first == 1 && len(s) == 2 && s[1] == '.' {
		return s[:1] // the point ends the sentence: "on X."
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
