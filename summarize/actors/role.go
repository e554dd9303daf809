package actors

import (
	"slices"
	"strings"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A role is what a passage states that an actor is: tokens of the role's words
// and of the evidence around them.
type role struct {
	p           *Passage
	first, last int // evidence
	from, to    int // the role's own words, within the evidence
	prefix      int // token of a title that the words go with ("Governor … of Davao"), -1 without
	status      summarize.RoleStatus
	former      bool
	gained      bool // by being named, elected, becoming
}

// maxRole bounds a role phrase, in tokens.
const maxRole = 18

// roleNoun reports that token i can head a phrase saying what a person is.
func (p *Passage) roleNoun(i int) bool {
	if i < 0 || i >= len(p.Toks) || p.Toks[i].Kind != text.Word {
		return false
	}
	return isRoleNoun(p.Toks[i].Low, p.Lang)
}

func isRoleNoun(low, lang string) bool {
	if roleNouns[low] || ranks[low] {
		return true
	}
	if n := len(low); n > 3 && low[n-1] == 's' {
		if roleNouns[low[:n-1]] || n > 4 && strings.HasSuffix(low, "es") && roleNouns[low[:n-2]] || strings.HasSuffix(low, "ies") && roleNouns[low[:n-3]+"y"] ||
			strings.HasSuffix(low, "wives") {
			return true
		}
	}
	if strings.HasSuffix(low, "men") && len(low) > 5 && roleNouns[low[:len(low)-2]+"an"] {
		return true
	}
	if i := strings.LastIndexByte(low, '-'); i > 0 && i < len(low)-1 {
		head, tail := low[:i], low[i+1:]
		if tail == "elect" || tail == "designate" || tail == "general" || tail == "chief" || tail == "residence" || tail == "law" {
			return true
		}
		if roleNouns[tail] || roleNouns[head] && (tail == "owner" || tail == "in") {
			return true
		}
	}
	if lang == "de" {
		for _, tail := range germanTails {
			if len(low) > len(tail)+2 && strings.HasSuffix(low, tail) {
				return true
			}
		}
		return false
	}
	if lang != "en" && lang != "" && lang != "und" {
		return strings.HasPrefix(low, "ex") && len(low) > 5 && roleNouns[strings.TrimPrefix(strings.TrimPrefix(low, "ex"), "-")]
	}
	for _, tail := range englishTails {
		if len(low) > len(tail)+2 && strings.HasSuffix(low, tail) {
			return true
		}
	}
	if strings.HasSuffix(low, "ist") && len(low) > 6 && !notPeople[low] || strings.HasSuffix(low, "ician") {
		return true
	}
	return (strings.HasSuffix(low, "woman") || strings.HasSuffix(low, "man")) && len(low) > 6 && !notMen[low]
}

var (
	germanTails = strings.Fields(`minister ministerin präsident präsidentin kanzler kanzlerin meister meisterin sekretär sekretärin anwalt anwältin richter richterin admiral general kommissar
		kommissarin chef chefin leiter leiterin sprecher sprecherin direktor direktorin vorstand vorsitzender vorsitzende vorsitzenden mitglied experte expertin forscher forscherin trainer
		trainerin spieler spielerin führer führerin gründer gründerin inhaber inhaberin lehrer lehrerin arzt ärztin botschafter botschafterin kandidat kandidatin politiker politikerin
		händler händlerin fahrer fahrerin ökonom ökonomin volkswirt wissenschaftler wissenschaftlerin ingenieur ingenieurin beauftragter beauftragte beauftragten geschäftsführer vorgänger
		vorgängerin nachfolger nachfolgerin manager managerin unternehmer unternehmerin rat rätin`)
	englishTails = []string{"ologist", "ographer", "maker", "keeper", "worker", "holder", "smith", "owner", "person", "grapher", "fighter", "teacher", "master", "writer"}
	notPeople    = words(`consist persist checklist playlist shortlist blacklist backlist hitlist tracklist wishlist waitlist marxist leninist`)
	notMen       = words(`ottoman norman caiman roman-man isherman batman superman freeman`)
)

// orgNoun reports that token i can head a phrase saying what a body is.
func (p *Passage) orgNoun(i int) bool {
	if i < 0 || i >= len(p.Toks) || p.Toks[i].Kind != text.Word {
		return false
	}
	low := p.Toks[i].Low
	if orgNouns[low] {
		return true
	}
	if n := len(low); n > 3 && low[n-1] == 's' && (orgNouns[low[:n-1]] || strings.HasSuffix(low, "ies") && orgNouns[low[:n-3]+"y"]) {
		return true
	}
	if i := strings.LastIndexByte(low, '-'); i > 0 && i < len(low)-1 {
		return orgNouns[low[i+1:]]
	}
	if p.Lang == "en" {
		return strings.HasSuffix(low, "maker") || strings.HasSuffix(low, "makers")
	}
	if p.Lang == "de" {
		for _, tail := range []string{"unternehmen", "konzern", "bank", "gesellschaft", "verband", "verein", "gewerkschaft", "partei", "behörde", "betreiber", "hersteller", "versicherer", "reederei", "agentur", "firma"} {
			if len(low) > len(tail)+1 && strings.HasSuffix(low, tail) {
				return true
			}
		}
	}
	return false
}

// head reports that token i can head a role of an actor of this kind.
func (p *Passage) head(i int, kind Kind) bool {
	if kind == KindOrg {
		return p.orgNoun(i)
	}
	return p.roleNoun(i)
}

// inNP reports that token i can stand inside a role phrase before its head.
func (p *Passage) inNP(i int) bool {
	if i < 0 || i >= len(p.Toks) {
		return false
	}
	t := &p.Toks[i]
	if t.Kind == text.Punct || t.Kind == text.Link {
		switch t.Low {
		case "-": // "Nairobi-based", "ex-Bohemians"
			return i > 0 && i+1 < len(p.Toks) && p.Toks[i-1].End == t.Start && p.Toks[i+1].Start == t.End
		case "'", "’": // "doctors' lobby"
			return i > 0 && p.Toks[i-1].End == t.Start && strings.HasSuffix(p.Toks[i-1].Low, "s")
		}
		return false
	}
	if i > 0 && p.Toks[i-1].Low == "-" && p.Toks[i-1].End == t.Start {
		return true
	}
	if t.Name >= 0 {
		return p.Names[t.Name].Kind != KindPerson || p.low(p.Names[t.Name].Last) == "'s"
	}
	low := t.Low
	if t.Kind == text.Number {
		return strings.Contains(low, "year-old") || strings.ContainsAny(low, "thnrd")
	}
	if p.Lang == "en" && (low == "on" || low == "do" || low == "die" || low == "an") {
		return false
	}
	if determiners[low] || pronouns[low] || auxiliaries[low] || conjunctions[low] || linkers[low] || negations[low] || notNouns[low] {
		return false
	}
	if low == "'s" {
		return true
	}
	if roleMods[low] || roleNouns[low] && !speechVerbs[low] || statusWords[low] != "" && !strings.HasSuffix(low, "ed") {
		return true
	}
	if roleVerbs[low] && i > 0 && (statusWords[p.low(i-1)] != "" || p.low(i-1) == "deputy") && isRoleNoun(low, p.Lang) {
		return true // "two deputy heads"
	}
	if speechVerbs[low] || plainVerbs[low] || namingVerbs[low] || roleVerbs[low] && !isUpper(t.Text) {
		return false
	}
	if p.Lang == "de" && !p.roleNoun(i) && !p.orgNoun(i) {
		// Adjectives: German nouns before the head would be parts of it.
		if strings.HasSuffix(low, "te") || strings.HasSuffix(low, "ten") {
			return !isUpper(t.Text) && i > 0 && determiners[p.low(i-1)] // else a verb: "schimpfte Altbürgermeister …"
		}
		return !isUpper(t.Text) && (strings.HasSuffix(low, "e") || strings.HasSuffix(low, "en") || strings.HasSuffix(low, "er") || strings.HasSuffix(low, "es"))
	}
	if p.Lang == "en" {
		if !isUpper(t.Text) {
			if strings.HasSuffix(low, "ly") && len(low) > 4 && low != "family" && low != "elderly" && low != "newly" && low != "weekly" && low != "monthly" && low != "daily" && low != "supply" && low != "assembly" {
				return false
			}
			if (strings.HasSuffix(low, "ed") || strings.HasSuffix(low, "ing")) && len(low) > 4 && !strings.Contains(low, "-") && !(i > 0 && (determiners[p.low(i-1)] || p.low(i-1) == "'s" || p.low(i-1) == "of" || p.low(i-1) == "for") && p.same(i-1, i)) {
				return false // a verb, but for "a protected witness"
			}
		}
	}
	return true
}

// chunkLeft returns the start of the run of noun-phrase words that ends before
// token end.
func (p *Passage) chunkLeft(end int) int {
	i := end
	for i > 0 && p.same(i-1, end-1) && p.inNP(i-1) && !p.Toks[i-1].Quoted && end-i < maxRole {
		if n := p.Toks[i-1].Name; n >= 0 {
			i = p.Names[n].First
			continue
		}
		i--
	}
	return i
}

// withDeterminer widens a phrase by the article or possessor before it, and
// tells where the words to show start: an article is left out, a possessor not.
func (p *Passage) withDeterminer(first int) (start, show int) {
	low := p.low(first - 1)
	if !p.same(first-1, first) {
		return first, first
	}
	if determiners[low] && !(p.Lang == "en" && (low == "as" || low == "die" || low == "den" || low == "do")) {
		if possessives[low] && low != "its" && low != "their" && low != "whose" {
			return first - 1, first - 1
		}
		return first - 1, first
	}
	if (low == "'" || low == "’") && p.same(first-2, first) && p.Toks[first-2].Kind == text.Word { // "the rebels' chief negotiator"
		k := p.chunkLeft(first - 1)
		if k < first-1 {
			if determiners[p.low(k-1)] && p.same(k-1, first) {
				return k - 1, k
			}
			return k, k
		}
	}
	return first, first
}

// finder finds the roles of the names of one passage.
type finder struct {
	p     *Passage
	cs    []*chain
	left  []int // for each name, the token where its whole phrase starts
	right []int // and where it ends, its appositions with it
}

func findRoles(p *Passage, cs []*chain) *finder {
	f := &finder{p: p, cs: cs, left: make([]int, len(p.Names)), right: make([]int, len(p.Names))}
	for n, name := range p.Names {
		f.left[n], f.right[n] = name.First, name.Last
	}
	for n, name := range p.Names {
		if name.Actor < 0 || name.Kind != KindPerson && name.Kind != KindOrg || !p.prose(name.First) {
			continue
		}
		f.before(n)
		f.after(n)
		if name.Kind == KindPerson {
			f.predicate(n, f.right[n])
		} else if p.Lang == "en" {
			f.bodyPredicate(n)
		}
		f.namedAs(n)
	}
	if p.Lang == "en" {
		f.asPhrases()
	}
	return f
}

// add gives an actor a role unless it has it from the same words.
func (f *finder) add(n int, r role) {
	actor := f.p.Names[n].Actor
	if actor < 0 {
		return
	}
	f.addTo(f.cs[actor], r)
}

func (f *finder) addTo(c *chain, r role) {
	r.p = f.p
	if r.from >= r.to || r.first >= r.last || r.last-r.first > 48 {
		return
	}
	if strings.IndexByte(f.p.slice(r.first, r.last), '\n') >= 0 {
		return
	}
	for i := r.first; i < r.last; i++ {
		if f.p.Toks[i].Quoted { // what someone says of someone is no role that the article states
			return
		}
	}
	for i := range c.roles {
		o := &c.roles[i]
		if o.p == r.p && r.from < o.to && o.from < r.to && o.prefix == r.prefix {
			if r.to-r.from > o.to-o.from {
				*o = r
			}
			return
		}
	}
	c.roles = append(c.roles, r)
}

// before finds what stands before a name: titles and roles without a comma
// ("Defence Minister Astrid Norheim", "the philosopher Greta Vossberg"), and
// the apposition turned round ("Its president, Graciela Duarte").
func (f *finder) before(n int) {
	p, name := f.p, f.p.Names[n]
	end := name.First
	for end > 0 && p.same(end-1, name.First) && honorifics[p.low(end-1)] && p.Toks[end-1].Name < 0 && !ranks[p.low(end-1)] {
		end--
	}
	if p.low(end-1) == ")" && p.low(end-3) == "(" && p.same(end-4, name.First) { // Rear Admiral (retd)
		end -= 3
	}
	start := end
	if p.Lang == "en" || p.Lang == "de" {
		if s, ok := f.direct(n, end); ok {
			start = s
		}
	} else if s, ok := f.romance(n, end, false); ok {
		start = s
	}
	f.left[n] = start
	comma := start - 1
	if beForms[p.low(comma)] && p.same(comma, name.First) && name.Kind == KindPerson && p.Lang == "en" && p.Toks[comma].Quoted == p.Toks[name.First].Quoted {
		f.reversed(n, comma) // "Its candidate for governor is Ann Roe"
		f.left[n] = start
		return
	}
	if p.low(comma) != "," || !p.same(comma, name.First) || p.Toks[comma].Quoted != p.Toks[name.First].Quoted {
		return
	}
	if !f.closes(n) {
		return
	}
	if p.Lang == "en" || p.Lang == "de" {
		f.reversed(n, comma)
	} else if s, ok := f.romance(n, comma, true); ok {
		f.left[n] = s
	}
}

// closes reports that the name is followed by what may end an apposition.
func (f *finder) closes(n int) bool {
	p, name := f.p, f.p.Names[n]
	i := name.Last
	if i >= len(p.Toks) || !p.same(i, name.First) {
		return true
	}
	switch p.low(i) {
	case ",", ".", ";", ":", "(", ")", "and", "y", "et", "und", "e", "—", "–", "-", "who", "\"", "”", "?", "!", "of", "&", "»", "“":
		return true
	}
	return false
}

// direct finds a role that stands right before the name, ending before token end.
func (f *finder) direct(n, end int) (start int, ok bool) {
	p, name := f.p, f.p.Names[n]
	if end <= 0 || !p.same(end-1, name.First) || p.Toks[end-1].Name >= 0 && !p.head(end-1, name.Kind) {
		return 0, false
	}
	k := p.chunkLeft(end)
	if k < end && p.head(end-1, name.Kind) && p.Toks[end-1].Quoted == p.Toks[name.First].Quoted {
		if name.Kind == KindOrg && isUpper(p.Toks[end-1].Text) && end-1 != p.Sents[p.Toks[end-1].Sent].First && k == end-1 && p.Lang == "en" {
			return 0, false // "Bank Negara": a part of the name
		}
		k = f.trimVerb(k, end)
		// "agent and brother-in-law Quim"
		if conjunctions[p.low(k-1)] && p.roleNoun(k-2) && p.same(k-2, k) && name.Kind == KindPerson && !f.namePrecedes(k-2) {
			if k2 := p.chunkLeft(k - 1); k2 < k-1 {
				k = k2
			}
		}
		s, show := p.withDeterminer(k)
		f.give(n, role{first: s, last: name.Last, from: show, to: end, prefix: -1})
		f.spread(n, s, show, end)
		return s, true
	}
	// "Deputy mayor for reconstruction Ostap V.": the head, a link, its matter.
	if name.Kind == KindPerson && k < end {
		l := k - 1
		if determiners[p.low(l)] {
			l--
		}
		if linkers[p.low(l)] && p.same(l, name.First) && p.roleNoun(l-1) && end-l < 7 {
			k2 := p.chunkLeft(l)
			if k2 < l && (isUpper(p.Toks[k2].Text) || determiners[p.low(k2-1)]) {
				s, show := p.withDeterminer(k2)
				f.give(n, role{first: s, last: name.Last, from: show, to: end, prefix: -1})
				return s, true
			}
		}
	}
	return 0, false
}

// trimVerb moves the start of a phrase past a word that is a verb there: one
// after a name at the start of the clause ("Northgate dismissed head coach …").
func (f *finder) trimVerb(k, end int) int {
	p := f.p
	// A phrase that swallowed "Person said" and the like starts after the name.
	for i := end - 1; i > k; i-- {
		if name, ok := p.nameAt(i); ok && name.Kind == KindPerson && p.low(name.Last) != "'s" {
			return name.Last
		}
	}
	return k
}

func (f *finder) namePrecedes(i int) bool {
	name, ok := f.p.nameAt(i)
	return ok && name.Kind == KindPerson
}

// give files a role and notes how it holds.
func (f *finder) give(n int, r role) {
	r.status = f.p.status(r)
	f.add(n, r)
}

// status reads how a role holds off its own words.
func (p *Passage) status(r role) summarize.RoleStatus {
	if r.former {
		return summarize.RoleFormer
	}
	for i := r.from; i < r.to; i++ {
		low := p.low(i)
		if s, ok := statusWords[low]; ok && s != "" {
			if s == "deputy" && (i > r.from+2 || p.low(i+1) == "admiral" || p.low(i+1) == "marshal") { // "head of the vice squad", a rank
				continue
			}
			if low == "late" && i > r.from {
				continue
			}
			if low == "assistant" && (i == r.to-1 || linkers[p.low(i+1)]) {
				continue
			}
			return summarize.RoleStatus(s)
		}
		if strings.HasPrefix(low, "ex-") {
			return summarize.RoleFormer
		}
		if strings.HasSuffix(low, "-elect") || strings.HasSuffix(low, "-designate") {
			return summarize.RoleIncoming
		}
		if (strings.HasPrefix(low, "vice-") || strings.HasPrefix(low, "vize")) && !strings.HasSuffix(low, "admiral") {
			return summarize.RoleDeputy
		}
	}
	return summarize.RoleCurrent
}

// spread gives a plural role to every name of the list it opens ("carriers
// Orient Air and Delta Wings").
func (f *finder) spread(n, first, from, to int) {
	p := f.p
	head := p.low(to - 1)
	if p.low(to-1) == "," {
		head = p.low(to - 2)
	}
	if !strings.HasSuffix(head, "s") && !strings.HasSuffix(head, "men") && !strings.HasSuffix(head, "women") || strings.HasSuffix(head, "ss") {
		return
	}
	kind := p.Names[n].Kind
	for m := n + 1; m < len(p.Names); m++ {
		gap := p.Names[m].First - p.Names[m-1].Last
		sep := p.low(p.Names[m-1].Last)
		if p.Names[m].Kind != kind || !p.same(p.Names[m].First, first) || gap > 2 || gap < 1 || sep != "," && !conjunctions[sep] || p.Names[m].Last-first > 40 {
			return
		}
		f.give(m, role{first: first, last: p.Names[m].Last, from: from, to: to, prefix: -1})
		if conjunctions[sep] {
			return
		}
	}
}

// reversed finds the phrase before the comma at token comma, of which the name
// is the apposition.
func (f *finder) reversed(n, comma int) {
	p, name := f.p, f.p.Names[n]
	// Walk left as far as the words may be one noun phrase with its links.
	i := comma
	for i > 0 && comma-i < maxRole && p.same(i-1, comma) && !p.Toks[i-1].Quoted {
		t := &p.Toks[i-1]
		low := t.Low
		if t.Name >= 0 {
			if p.Names[t.Name].Kind == KindPerson && p.low(p.Names[t.Name].Last) != "'s" && !linkers[p.low(p.Names[t.Name].First-1)] {
				break
			}
			i = p.Names[t.Name].First
			continue
		}
		if t.Kind == text.Punct && low != "'" && low != "’" {
			break
		}
		if linkers[low] || determiners[low] || p.inNP(i-1) || conjunctions[low] {
			i--
			continue
		}
		// A relative or participle on the way: "the contractor that laid the rail,", "mediator named by UNESCO,".
		if rel := p.low(i - 2); (rel == "that" || rel == "which" || rel == "who") && p.head(i-3, name.Kind) {
			i -= 2
			continue
		}
		if low == "that" || low == "which" || low == "who" {
			if p.head(i-2, name.Kind) {
				i--
				continue
			}
		}
		if p.head(i-2, name.Kind) && (strings.HasSuffix(low, "ed") || strings.HasSuffix(low, "ing")) && p.Lang == "en" && !speechVerbs[low] {
			i--
			continue
		}
		break
	}
	for h := i; h < comma; h++ {
		if !p.head(h, name.Kind) || p.Toks[h].Name >= 0 {
			continue
		}
		next := p.low(h + 1)
		if h+1 != comma && !linkers[next] && !conjunctions[next] && next != "that" && next != "which" && next != "who" && !strings.HasSuffix(next, "ed") && !strings.HasSuffix(next, "ing") {
			continue
		}
		if conjunctions[next] && !f.coordinated(h+2, comma, name.Kind) {
			continue
		}
		k := p.chunkLeft(h)
		if k < i {
			k = i
		}
		k = f.trimVerb(k, h+1)
		s, show := p.withDeterminer(k)
		// "…, the minister, Jane Roe and …": the phrase belongs to the name before it.
		if p.low(s-1) == "," {
			if prev, ok := p.nameAt(s - 2); ok && p.same(s-2, s) && (prev.Kind == name.Kind || prev.Kind == KindPerson) {
				return
			}
			if p.Toks[max(s-2, 0)].Kind == text.Number && p.same(s-2, s) {
				return
			}
		}
		if k == h && s == k && !isUpper(p.Toks[k].Text) && name.Kind == KindOrg {
			continue
		}
		f.give(n, role{first: s, last: name.Last, from: show, to: comma, prefix: -1})
		f.spread(n, s, show, comma)
		f.left[n] = s
		return
	}
}

// coordinated reports that the tokens from i on are a role phrase up to end.
func (f *finder) coordinated(i, end int, kind Kind) bool {
	for ; i < end && i < len(f.p.Toks); i++ {
		if f.p.head(i, kind) {
			return true
		}
		if !f.p.inNP(i) && !determiners[f.p.low(i)] {
			return false
		}
	}
	return false
}

// romance finds the phrase before a name in the Romance languages, where what
// qualifies the head follows it: "la presidenta del tribunal, Graciela Duarte".
// end is the token before which it ends; with a comma the widest phrase counts,
// without one the nearest head.
func (f *finder) romance(n, end int, comma bool) (start int, ok bool) {
	p, name := f.p, f.p.Names[n]
	h := -1
	if end < 1 || linkers[p.low(end-1)] || determiners[p.low(end-1)] {
		return 0, false // "l'avocate de M. Roe": Roe is whom she defends
	}
	for i := end - 1; i >= 0 && end-i < 14 && p.same(i, name.First); i-- {
		t := &p.Toks[i]
		low := t.Low
		if t.Quoted != p.Toks[name.First].Quoted {
			break
		}
		if t.Name >= 0 {
			b := p.Names[t.Name].First - 1
			if honorifics[p.low(b)] {
				b--
			}
			if p.Names[t.Name].Kind == KindPerson && !linkers[p.low(b)] {
				break
			}
			continue
		}
		if honorifics[low] && p.Toks[i+1].Name >= 0 {
			continue
		}
		if t.Kind == text.Punct && low != "-" {
			break
		}
		if t.Kind == text.Number {
			continue
		}
		if p.head(i, name.Kind) && (i+1 == end || linkers[p.low(i+1)] || p.Toks[i+1].Kind == text.Word && !determiners[p.low(i+1)] && !speechVerbs[p.low(i+1)]) {
			if p.low(i+1) == "a" && p.Lang == "fr" {
				break
			}
			h = i
			if !comma {
				break
			}
			continue
		}
		if low == "por" || low == "par" || low == "da" && p.Lang == "it" && strings.HasSuffix(p.low(i-1), "to") {
			break // what was done by whom
		}
		if linkers[low] || determiners[low] && linkers[p.low(i-1)] {
			continue
		}
		if determiners[low] {
			// The article that opens the phrase.
			if h == i+1 || h > i && h <= i+3 {
				break
			}
			if low == "la" || low == "le" || low == "el" || low == "o" || low == "a" || low == "les" || low == "los" || low == "il" || low == "l'" || low == "l’" || low == "os" || low == "as" || low == "las" {
				break
			}
		}
		if auxiliaries[low] || pronouns[low] || speechVerbs[low] || conjunctions[low] && !comma || notNouns[low] || namingVerbs[low] || negations[low] {
			break
		}
	}
	if h < 0 {
		return 0, false
	}
	// Adjectives before the head: "ancien maire", "primer ministro", "próxima presidenta".
	k := h
	for k > 0 && h-k < 3 && p.same(k-1, h) && p.Toks[k-1].Name < 0 && (statusWords[p.low(k-1)] != "" || romanceMods[p.low(k-1)]) {
		k--
	}
	s, show := p.withDeterminer(k)
	if comma && p.low(s-1) == "," {
		if prev, ok := p.nameAt(s - 2); ok && prev.Kind == KindPerson {
			return 0, false
		}
	}
	f.give(n, role{first: s, last: name.Last, from: show, to: end, prefix: -1})
	return s, true
}

var romanceMods = words(`primer primera primero gran buen premier première grand grande jeune vieux vieille célèbre joven célebre nuevo nueva nouveau nouvelle novo nova nuovo nuova futuro futura
	principal actual ancien ancienne antiguo antigua antigo antiga ex próximo próxima segundo segunda tercera vice veterano veterana reconocido reconocida deux`)

// adverbs may open an apposition before its noun phrase.
var appositionOpeners = words(`now then today currently previously formerly once until recently last month months week weeks year years for these days himself herself itself long since from at also
	nine ten nineteen two three four five six many several few seven eight twenty noon that day monday tuesday wednesday thursday friday saturday sunday
	january february march april may june july august september october november december spring summer autumn winter ehemals früher zuletzt jetzt heute hoy ahora antes aujourd'hui hoje oggi già
	so-called described as time still already maybe perhaps it is briefly formally`)

var formerOpeners = words(`previously formerly once until ehemals früher antes già`)

// after finds the appositions that follow a name, and its relative clause.
func (f *finder) after(n int) {
	p, name := f.p, f.p.Names[n]
	j := name.Last
	if p.low(j) == "(" { // (Progressive Party)
		for k := j + 1; k < len(p.Toks) && k < j+7 && p.same(k, name.First); k++ {
			if p.low(k) == ")" {
				j = k + 1
				break
			}
		}
	}
	if name.Kind == KindPerson && (p.low(j) == "of" || p.low(j) == "from" || p.low(j) == "del" || p.low(j) == "de" && p.Lang != "en") {
		j = f.ofBody(n, j)
	}
	for round := 0; round < 4 && j < len(p.Toks) && p.same(j, name.First); round++ {
		sep := p.low(j)
		if sep == "who" && name.Kind == KindPerson || sep == "which" && name.Kind == KindOrg {
			f.relative(n, j)
			f.right[n] = j
			return
		}
		if sep != "," && sep != "—" && sep != "–" && sep != "-" {
			break
		}
		k := j + 1
		if k >= len(p.Toks) || !p.same(k, name.First) {
			break
		}
		if p.Toks[k].Kind == text.Number && (p.low(k+1) == "," || p.low(k+1) == ".") || p.low(k) == "aged" && p.Toks[min(k+1, len(p.Toks)-1)].Kind == text.Number {
			if p.low(k) == "aged" {
				k++
			}
			j = k + 1
			f.right[n] = j
			continue
		}
		if p.low(k) == "who" && name.Kind == KindPerson || (p.low(k) == "which" && name.Kind == KindOrg) {
			f.relative(n, k)
			if e := f.closingComma(k); e > 0 {
				f.right[n] = e + 1
			}
			return
		}
		if (formerOpeners[p.low(k)] || p.low(k) == "now") && (p.low(k+1) == "of" || p.low(k+1) == "with" || p.low(k+1) == "at") && name.Kind == KindPerson && p.same(k+1, k) {
			if m, ok := p.nameAt(afterThe(p, k+2)); ok && m.Kind == KindOrg {
				r := role{first: name.First, last: m.Last, from: k, to: m.Last, prefix: -1, former: formerOpeners[p.low(k)]}
				f.give(n, r)
				f.right[n] = m.Last
				if p.low(m.Last) == "," {
					f.right[n]++
				}
				return
			}
		}
		if (p.low(k) == "of" || p.low(k) == "from") && name.Kind == KindPerson {
			if e := f.ofBody(n, k); e > k {
				j = e
				f.right[n] = j
				continue
			}
			break
		}
		e, ok := f.apposition(n, k, round > 0)
		if !ok {
			if round == 0 {
				if e := f.closingComma(k); e > 0 && p.low(k) != "and" {
					f.right[n] = e + 1
				}
			}
			break
		}
		j = e
		f.right[n] = j
		if p.low(j) == "," {
			f.right[n] = j + 1
		}
		if p.low(j) == "who" || p.low(j) == "that" {
			f.relative(n, j)
			if c := f.closingComma(j); c > 0 {
				f.right[n] = c + 1
			}
			return
		}
	}
}

// afterThe returns the token after an article at i, or i.
func afterThe(p *Passage, i int) int {
	if determiners[p.low(i)] {
		return i + 1
	}
	return i
}

// closingComma finds the comma that closes an inserted clause which starts at i.
func (f *finder) closingComma(i int) int {
	p := f.p
	for k := i; k < len(p.Toks) && p.same(k, i) && k-i < 30; k++ {
		switch p.low(k) {
		case ",":
			if p.Toks[k].Quoted == p.Toks[i].Quoted {
				return k
			}
		case ";", ":", "—", "–":
			return 0
		}
	}
	return 0
}

// ofBody reads "of the Democratic Party" after a name, and returns where it ends.
func (f *finder) ofBody(n, of int) int {
	p, name := f.p, f.p.Names[n]
	k := of + 1
	for k < len(p.Toks) && k < of+6 && p.same(k, of) {
		m, ok := p.nameAt(k)
		if ok {
			titled := p.titled(name)
			hasTitle := titled < name.First && ranks[p.low(titled)] || f.left[n] < name.First
			if m.Kind == KindOrg || hasTitle && m.Kind == KindPlace {
				last := m.Last
				if p.low(last) == "province" || p.low(last) == "state" || p.low(last) == "county" || p.low(last) == "region" || p.low(last) == "party" {
					last++
				}
				r := role{first: name.First, last: last, from: of, to: last, prefix: -1}
				if hasTitle && titled < name.First {
					c := f.cs[name.Actor]
					// The title and what it is of are one role.
					for i := range c.roles {
						o := &c.roles[i]
						if o.p == p && o.last == name.Last && o.to <= name.First && name.First-o.to <= 3 {
							f.right[n] = last
							o.last, o.prefix = last, o.to
							o.to = last
							return last
						}
					}
				}
				if m.Kind == KindOrg {
					f.give(n, r)
				}
				f.right[n] = last
				return last
			}
			return of
		}
		if !determiners[p.low(k)] && !p.inNP(k) {
			return of
		}
		k++
	}
	return of
}

// apposition reads a noun phrase after the name from token k on, and returns
// where it ends.
func (f *finder) apposition(n, k int, later bool) (end int, ok bool) {
	p, name := f.p, f.p.Names[n]
	former := false
	open := k
	if conjunctions[p.low(k)] && later {
		k++
	}
	for k < len(p.Toks) && k < open+7 && p.same(k, name.First) && (appositionOpeners[p.low(k)] || p.Toks[k].Kind == text.Number) && !p.head(k, name.Kind) {
		former = former || formerOpeners[p.low(k)]
		k++
	}
	if !p.same(k, name.First) {
		return 0, false
	}
	start := k
	det := p.low(k)
	if det == "one" && p.low(k+1) == "of" { // one of the four deputy governors
		k += 2
		det = p.low(k)
	}
	hasDet := determiners[det]
	if hasDet {
		k++
	}
	if det == "the" && p.Lang == "en" || !hasDet {
		// "…, the World Bank and …" is the next of a list.
		if m, isName := p.nameAt(k); isName && p.low(m.Last) != "'s" && p.low(m.Last) != "'" && m.Kind != KindMisc && m.Kind != KindPlace && !p.inNPHead(m.Last, name.Kind) {
			return 0, false
		}
	}
	h, e := f.phrase(k, name.Kind, hasDet)
	if h < 0 {
		return 0, false
	}
	if !hasDet && name.Kind == KindOrg && !p.possessed(k, h) {
		return 0, false
	}
	if !hasDet && h-k > 6 {
		return 0, false
	}
	if p.Lang != "en" && !hasDet && h > k && statusWords[p.low(k)] == "" && !romanceMods[p.low(k)] {
		return 0, false // a verb may stand there: "…, reuniu líderes"
	}
	show := start
	if hasDet && !possessives[det] && start == k-1 {
		show = k
	}
	// Coordinated roles ("founder and chief executive of X") stand in one phrase;
	// each is its own observation.
	parts := f.split(show, e, name.Kind)
	for _, part := range parts {
		f.give(n, role{first: name.First, last: part[1], from: part[0], to: part[1], prefix: -1, former: former})
	}
	return e, true
}

// inNPHead reports that the words from i on lead to a role noun: "EU trade
// commissioner" after the name EU.
func (p *Passage) inNPHead(i int, kind Kind) bool {
	for k := i; k < i+4 && k < len(p.Toks) && p.same(k, i); k++ {
		if p.head(k, kind) {
			return true
		}
		if !p.inNP(k) {
			return false
		}
	}
	return false
}

// possessed reports a possessive within the tokens: "Canada's … start-up".
func (p *Passage) possessed(k, h int) bool {
	for i := k; i < h; i++ {
		if p.low(i) == "'s" {
			return true
		}
	}
	return false
}

// phrase reads a noun phrase from k on: its head and where it ends with what
// depends on it. The head is -1 where it isn't a role of this kind of actor.
func (f *finder) phrase(k int, kind Kind, det bool) (head, end int) {
	p := f.p
	i := k
	head = -1
	lastNoun := -1
	for i < len(p.Toks) && p.same(i, k) && i-k < maxRole && !(p.Toks[i].Quoted && !p.Toks[k].Quoted) {
		if !p.inNP(i) {
			break
		}
		if head >= 0 && i == head+1 && p.Lang == "en" && (participles[p.low(i)] || (strings.HasSuffix(p.low(i), "ing") || strings.HasSuffix(p.low(i), "ed")) && !p.head(i, kind)) {
			break // "a prosecutor leading the case", "a firm run by twins"
		}
		if p.head(i, kind) {
			head = i
			if p.Lang != "en" {
				i++
				break
			}
		}
		lastNoun = i
		if n := p.Toks[i].Name; n >= 0 {
			i = p.Names[n].Last
			continue
		}
		i++
	}
	if p.Lang == "en" && head >= 0 && head != lastNoun {
		// "a minister shake-up" is no minister; "deputy head of news" has its head last.
		if lastNoun-head > 1 || p.Toks[lastNoun].Name < 0 {
			head = -1
		}
	}
	if head < 0 && lastNoun >= 0 && p.Lang == "en" && det && kind == KindPerson && i < len(p.Toks) && p.Toks[lastNoun].Name < 0 {
		// An unknown noun after an article, followed by what only a person has.
		if next := p.low(i); (next == "who" || next == "whose") && (p.low(k-1) == "a" || p.low(k-1) == "an") {
			head = lastNoun
		}
	}
	if head < 0 && lastNoun >= 0 && p.Toks[lastNoun].Name >= 0 && kind == KindPerson && (p.low(k-1) == "a" || p.low(k-1) == "an") && p.Names[p.Toks[lastNoun].Name].Kind == KindMisc && (p.low(i) == "who" || p.low(i) == "from") {
		head = lastNoun // "a Croat who …"
	}
	if head < 0 && kind == KindOrg && det && lastNoun >= 0 && p.Lang == "en" && (p.low(k-1) == "a" || p.low(k-1) == "an") && p.Toks[lastNoun].Name < 0 && f.bodyLike(i) && !timeNouns[p.low(lastNoun)] {
		head = lastNoun
	}
	if head < 0 {
		return -1, k
	}
	return head, f.tail(i, k, kind)
}

// participles follow a noun that they qualify.
var participles = words(`run led held made built known born set put paid sold bought won told sent grown drawn chosen given taken better best famous turned last this next still now then there here`)

// bodyLike reports that what follows fits what is said of a body.
func (f *finder) bodyLike(i int) bool {
	switch f.p.low(i) {
	case "that", "which", "based", "owned", "of", "for", "in":
		return true
	}
	return false
}

var timeNouns = words(`day week month year moment time move decision step sign result blow case figure sum total rise fall bid deal law bill plan sort kind type lot number part way fact record first
	second third minute hour decade century`)

// tail extends a phrase over what depends on its head: links, participles.
func (f *finder) tail(i, k int, kind Kind) int {
	p := f.p
	for i < len(p.Toks) && p.same(i, k) && i-k < maxRole && !(p.Toks[i].Quoted && !p.Toks[k].Quoted) {
		t := &p.Toks[i]
		low := t.Low
		if t.Name >= 0 {
			i = p.Names[t.Name].Last
			continue
		}
		if t.Kind == text.Punct && low != "'" && low != "’" && low != "&" {
			break
		}
		if conjunctions[low] {
			// Goes on if what follows is a further role or a noun of the link.
			if p.same(i+1, k) && (p.inNP(i+1) || determiners[p.low(i+1)] || appositionOpeners[p.low(i+1)]) {
				if f.roleAhead(i+1, kind) || !f.clauseAhead(i+1) {
					i++
					continue
				}
			}
			break
		}
		if auxiliaries[low] || speechVerbs[low] || pronouns[low] && low != "who" || negations[low] {
			break
		}
		if low == "who" || low == "that" || low == "which" || low == "whose" || low == "que" || low == "qui" || low == "che" || low == "dont" || low == "où" || low == "because" || low == "but" || low == "while" || low == "when" || low == "after" || low == "before" || low == "as" {
			break
		}
		if plainVerbs[low] && !roleNouns[low] && !isUpper(t.Text) && !determiners[p.low(i-1)] && !linkers[p.low(i-1)] {
			break
		}
		i++
	}
	// No phrase ends on a word that wants another.
	for i > k+1 && (linkers[p.low(i-1)] || determiners[p.low(i-1)] || conjunctions[p.low(i-1)]) {
		i--
	}
	return i
}

func (f *finder) roleAhead(i int, kind Kind) bool {
	p := f.p
	for k := i; k < i+8 && k < len(p.Toks) && p.same(k, i); k++ {
		if p.head(k, kind) {
			return true
		}
		if !p.inNP(k) && !determiners[p.low(k)] && !appositionOpeners[p.low(k)] && p.Toks[k].Kind != text.Number {
			return false
		}
	}
	return false
}

// clauseAhead reports that a new clause with its own verb starts at i.
func (f *finder) clauseAhead(i int) bool {
	p := f.p
	for k := i; k < i+5 && k < len(p.Toks) && p.same(k, i); k++ {
		low := p.low(k)
		if auxiliaries[low] || speechVerbs[low] || plainVerbs[low] || roleVerbs[low] {
			return true
		}
		if p.Toks[k].Kind == text.Punct {
			return false
		}
	}
	return false
}

// split cuts a phrase at "and" where a further role follows.
func (f *finder) split(from, to int, kind Kind) [][2]int {
	p := f.p
	var parts [][2]int
	start := from
	for i := from + 1; i < to-1; i++ {
		if !conjunctions[p.low(i)] || !f.roleAhead(i+1, kind) || !p.head(i-1, kind) && !p.endsLink(start, i) {
			continue
		}
		if p.head(i-1, kind) && p.linkedAfter(i+1, to, kind) && i-start <= 3 && !statusOnly(p, i+1) {
			// "founder and chairman of X": both are of X; keep them together.
			continue
		}
		parts = append(parts, [2]int{start, i})
		start = i + 1
		for start < to-1 && (appositionOpeners[p.low(start)] || determiners[p.low(start)] && !possessives[p.low(start)]) && !p.head(start, kind) {
			start++
		}
	}
	return append(parts, [2]int{start, to})
}

func statusOnly(p *Passage, i int) bool { return appositionOpeners[p.low(i)] }

func (p *Passage) endsLink(from, i int) bool {
	for k := from; k < i; k++ {
		if linkers[p.low(k)] {
			return true
		}
	}
	return false
}

func (p *Passage) linkedAfter(from, to int, kind Kind) bool {
	for k := from; k < to-1; k++ {
		if p.head(k, kind) && linkers[p.low(k+1)] {
			return true
		}
	}
	return false
}

// relative reads "who chairs the committee" from the relative pronoun on.
func (f *finder) relative(n, who int) {
	p, name := f.p, f.p.Names[n]
	k := who + 1
	for k < len(p.Toks) && k < who+6 && p.same(k, who) && (relativeOpeners[p.low(k)] || appositionOpeners[p.low(k)] && !auxiliaries[p.low(k)]) {
		k++
	}
	if !p.same(k, who) {
		return
	}
	first := name.First
	if k-name.First > 36 {
		return
	}
	low := p.low(k)
	if beForms[low] || low == "became" || low == "becomes" {
		f.copula(n, k, first)
		return
	}
	if f.officeVerb(k) {
		if p.low(k+1) == "as" && p.same(k+1, k) && f.asRole(n, k+1, first) {
			return
		}
		e := f.clauseEnd(k)
		f.give(n, role{first: first, last: e, from: k, to: e, prefix: -1, former: pastOffice(p.low(who+1), p.low(who+2))})
		// "… and now advises the Senate"
		if conjunctions[p.low(e)] {
			j := e + 1
			for relativeOpeners[p.low(j)] {
				j++
			}
			if p.same(j, who) && beForms[p.low(j)] {
				f.copula(n, j, first)
			} else if f.officeVerb(j) && p.same(j, who) {
				e2 := f.clauseEnd(j)
				f.give(n, role{first: first, last: e2, from: j, to: e2, prefix: -1})
			}
		}
		return
	}
	// "who made her name as a finance director"
	if p.Lang == "en" && name.Kind == KindPerson {
		for i := k; i < k+8 && i < len(p.Toks) && p.same(i, who); i++ {
			if p.low(i) == "," {
				break
			}
			if p.low(i) == "as" {
				f.asRole(n, i, first)
				break
			}
		}
	}
}

func pastOffice(a, b string) bool {
	return a == "once" || a == "previously" || a == "formerly" || b == "previously"
}

var (
	relativeOpeners = words(`also now once currently still later has had have long since until recently formerly previously then jointly actually both already today`)
	beForms         = words(`is was were are been be remains remained 's es era fue será ist war wird est était sera é foi è era sarà`)
)

// officeVerb reports that the verb at i says what someone does by position.
func (f *finder) officeVerb(i int) bool {
	p := f.p
	low := p.low(i)
	if !roleVerbs[low] || p.Toks[i].Name >= 0 {
		return false
	}
	next := p.low(i + 1)
	switch low {
	case "sat", "sits":
		return next == "on"
	case "spoke", "speaks":
		return next == "for"
	case "works", "worked", "plays", "played":
		return next == "as" || next == "for" || next == "at" || next == "with" || low[0] == 'w' && next == "in"
	case "served", "serves":
		return next == "as" || next == "on" || next == "in"
	case "ran", "drove", "kept", "keeps", "led", "leads", "runs", "drives", "covers", "covered", "tracks", "monitors", "studies", "trains", "trained", "treats", "farms", "produces":
		return next == "the" || next == "a" || next == "an" || next == "its" || next == "his" || next == "her" || next == "their" || next == "for" && low == "runs" ||
			p.Toks[min(i+1, len(p.Toks)-1)].Name >= 0 || low == "leads" || low == "covers" || low == "studies" || low == "led" && next != "to" && next != "by" && next != "until" && next != "for" || low == "farms"
	}
	return !linkers[next] || next == "in" || next == "for" || next == "at" || next == "de" || next == "la"
}

// clauseEnd finds where a clause with its verb at k ends.
func (f *finder) clauseEnd(k int) int {
	p := f.p
	i := k + 1
	for i < len(p.Toks) && p.same(i, k) && i-k < 14 && p.Toks[i].Quoted == p.Toks[k].Quoted {
		t := &p.Toks[i]
		if t.Name >= 0 {
			i = p.Names[t.Name].Last
			continue
		}
		low := t.Low
		if t.Kind == text.Punct && low != "'" && low != "’" && low != "&" && low != "%" && low != "$" && low != "€" {
			break
		}
		if conjunctions[low] && f.clauseAhead(i+1) || low == "but" || low == "who" || low == "which" || low == "while" || speechVerbs[low] {
			break
		}
		i++
	}
	for i > k+1 && (linkers[p.low(i-1)] || determiners[p.low(i-1)]) {
		i--
	}
	return i
}

// copula reads "is the chairman of X" with its verb at k.
func (f *finder) copula(n, k, first int) bool {
	p := f.p
	former := p.low(k) == "was" && f.untilAhead(k)
	i := k + 1
	gained := strings.HasPrefix(p.low(k), "becom") || p.low(k) == "became"
	for i < len(p.Toks) && i < k+8 && p.same(i, k) && (auxiliaries[p.low(i)] || beForms[p.low(i)] || copulaAdverbs[p.low(i)] || appositionOpeners[p.low(i)] && p.low(i) != "as" || namingVerbs[p.low(i)] || p.low(i) == "to" || p.low(i) == "longer" || p.low(i) == "no") {
		if p.low(i) == "not" || p.low(i) == "n't" || p.low(i) == "never" {
			return false
		}
		if p.low(i) == "longer" {
			former = true
		}
		gained = gained || namingVerbs[p.low(i)] || p.low(i) == "become"
		if p.head(i, KindPerson) && !namingVerbs[p.low(i)] {
			break
		}
		i++
	}
	if p.low(i) == "as" {
		i++
	}
	det := determiners[p.low(i)]
	show := i
	if det {
		if !possessives[p.low(i)] {
			show = i + 1
		}
		i++
	}
	if !p.same(i, k) {
		return false
	}
	h, e := f.phrase(i, KindPerson, det)
	if h < 0 || !p.roleNoun(h) && p.Toks[h].Name < 0 {
		return false
	}
	for _, part := range f.split(show, e, KindPerson) {
		r := role{first: first, last: part[1], from: part[0], to: part[1], prefix: -1, former: former, gained: gained}
		r.status = p.status(r)
		f.add(n, r)
	}
	return true
}

func (f *finder) untilAhead(k int) bool {
	for i := k; i < k+16 && i < len(f.p.Toks) && f.p.same(i, k); i++ {
		if f.p.low(i) == "until" || f.p.low(i) == "till" {
			return true
		}
		if f.p.low(i) == "," {
			return false
		}
	}
	return false
}

var copulaAdverbs = words(`also now still then later soon currently again briefly formally officially himself herself unanimously widely recently previously formerly already only just today yesterday
	since sworn in as both a-former on be becoming become`)

// predicate reads what the sentence says of its subject by "is", "became", "was
// named", "serves as", from token j on.
func (f *finder) predicate(n, j int) {
	p, name := f.p, f.p.Names[n]
	if p.low(name.Last) == "'s" || j >= len(p.Toks) || !p.same(j, name.First) || j-name.First > 40 {
		return
	}
	k := j
	for k < len(p.Toks) && k < j+6 && p.same(k, j) && (auxiliaries[p.low(k)] && !beForms[p.low(k)] || copulaAdverbs[p.low(k)] && p.low(k) != "in" && p.low(k) != "as" && p.low(k) != "become") {
		if negations[p.low(k)] {
			return
		}
		k++
	}
	if k >= len(p.Toks) || !p.same(k, j) || p.Toks[k].Quoted != p.Toks[name.First].Quoted {
		return
	}
	first := name.First
	switch low := p.low(k); {
	case p.Lang != "en":
		if beForms[low] || low == "será" || low == "sera" || low == "wird" || low == "sarà" {
			f.copula(n, k, first)
		}
	case beForms[low], low == "become", low == "becomes", low == "became", low == "remain", low == "remains":
		f.copula(n, k, first)
	case namingVerbs[low] && (k > j || p.low(j-1) == ","):
		f.copula(n, k-1, first)
	case mainOffice[low] && f.officeVerb(k):
		e := f.clauseEnd(k)
		f.give(n, role{first: first, last: e, from: k, to: e, prefix: -1})
	}
	f.alsoHolds(n, k, first)
}

// mainOffice are the verbs that say what someone does by position in a plain
// clause too.
var mainOffice = words(`heads chairs teaches directs co-founded cofounded founded presides chaired headed`)

// alsoHolds reads a further clause with a verb of office: "… and now teaches at".
func (f *finder) alsoHolds(n, from, first int) {
	p := f.p
	for i := from; i < from+12 && i < len(p.Toks) && p.same(i, from); i++ {
		if p.Toks[i].Kind == text.Punct && p.low(i) != "%" {
			return
		}
		if !conjunctions[p.low(i)] {
			continue
		}
		j := i + 1
		for relativeOpeners[p.low(j)] && p.same(j, from) {
			j++
		}
		if p.same(j, from) && f.officeVerb(j) && p.Toks[j].Name < 0 {
			e := f.clauseEnd(j)
			f.give(n, role{first: first, last: e, from: j, to: e, prefix: -1})
			return
		}
	}
}

// bodyPredicate reads what a plain clause says a body is: "Bread and Peace remains
// the largest party".
func (f *finder) bodyPredicate(n int) {
	p, name := f.p, f.p.Names[n]
	k := name.Last
	if !p.same(k, name.First) || p.low(k) != "is" && p.low(k) != "remains" && p.low(k) != "was" || !determiners[p.low(k+1)] || p.Toks[k].Quoted {
		return
	}
	show := k + 2
	if possessives[p.low(k+1)] {
		show--
	}
	if h, e := f.phrase(k+2, KindOrg, true); h >= 0 && p.orgNoun(h) {
		f.give(n, role{first: name.First, last: e, from: show, to: e, prefix: -1})
	}
}

// namedAs reads "appointed X as governor", "named X its chief executive".
func (f *finder) namedAs(n int) {
	p, name := f.p, f.p.Names[n]
	if name.Kind != KindPerson {
		return
	}
	v := f.left[n] - 1
	if v < 0 || !p.same(v, name.First) {
		return
	}
	verb := p.low(v)
	if !namingVerbs[verb] || verb == "declared" || verb == "confirmed" && p.low(name.Last) != "as" {
		return
	}
	if auxiliaries[p.low(v-1)] && beForms[p.low(v-1)] {
		return
	}
	i := f.right[n]
	if p.low(name.Last) == "as" || p.low(name.Last) == "to" {
		i = name.Last
	}
	if p.low(i) == "as" {
		f.asRole(n, i, name.First)
		return
	}
	det := determiners[p.low(i)]
	show := i
	if det {
		if !possessives[p.low(i)] {
			show++
		}
		i++
	}
	if !p.same(i, name.First) {
		return
	}
	if h, e := f.phrase(i, KindPerson, det); h >= 0 && i == name.Last+b2i(det) {
		r := role{first: name.First, last: e, from: show, to: e, prefix: -1}
		f.give(n, r)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// asRole reads the role after the "as" at token as.
func (f *finder) asRole(n, as, first int) bool {
	p := f.p
	i := as + 1
	det := determiners[p.low(i)]
	show := i
	if det {
		if !possessives[p.low(i)] {
			show++
		}
		i++
	}
	if !p.same(i, as) || i >= len(p.Toks) {
		return false
	}
	h, e := f.phrase(i, KindPerson, det)
	if h < 0 || !p.roleNoun(h) || first > as {
		return false
	}
	for _, part := range f.split(show, e, KindPerson) {
		f.give(n, role{first: first, last: part[1], from: part[0], to: part[1], prefix: -1, gained: true})
	}
	return true
}

var asVerbs = words(`serve serves served serving act acts acted acting work works worked working stay stays stayed staying return returns returned speak speaking remain remains remained take took takes over start
	starts started join joins joined continue continues listed testify testified testifying sit sat stand stands standing stood resign resigned retire retired step stepped stepping quit hired appointed named
	elected posted employed installed sworn confirmed trained dismissed sacked fired succeeded succeed succeeds replace replaces replaced evidence half career began moves moved charge campaigned
	identified registered job command carry on recruited nominated picked chosen promoted brought arrived left`)

// asPhrases reads the roles after "as" in the sentences: "stays as assistant".
func (f *finder) asPhrases() {
	p := f.p
	for i := 1; i < len(p.Toks)-1; i++ {
		if p.Toks[i].Low != "as" || p.Toks[i].Quoted || !p.prose(i) {
			continue
		}
		switch p.low(i + 1) {
		case "well", "soon", "many", "much", "long", "far", "if", "though", "part", "of", "it", "he", "she", "they", "we", "to":
			continue
		}
		sent := p.Sents[p.Toks[i].Sent]
		verb := -1
		for k := i - 1; k >= sent.First && k > i-9; k-- {
			if asVerbs[p.low(k)] {
				verb = k
				break
			}
		}
		if verb < 0 {
			continue
		}
		n := -1
		for m := range p.Names {
			name := p.Names[m]
			if name.Kind == KindPerson && name.First >= sent.First && name.Last <= i {
				switch p.low(verb) {
				case "replaces", "replace", "replaced", "succeeds", "succeed", "succeeded":
					if n >= 0 {
						continue
					}
				}
				if p.low(name.Last) == "'s" || name.First > verb && !namingVerbs[p.low(verb)] && !losingVerbs[p.low(verb)] {
					continue
				}
				n = m
			}
		}
		if n < 0 || i-p.Names[n].First > 30 {
			continue
		}
		f.asRole(n, i, p.Names[n].First)
	}
}

// roleOf turns a found role into the domain's.
func roleOf(r role) (summarize.Role, bool) {
	words := r.p.slice(r.from, r.to)
	if r.prefix >= 0 {
		// "Governor" + "of Davao del Sur province": the name between is left out.
		of := r.prefix
		for of < r.to && r.p.Toks[of].Name >= 0 {
			of = r.p.Names[r.p.Toks[of].Name].Last
		}
		words = r.p.slice(r.from, r.prefix) + " " + r.p.slice(of, r.to)
	}
	words = strings.Join(strings.Fields(words), " ")
	words = strings.Trim(words, " ,;:–—-'\"")
	if words == "" || len(words) > 160 {
		return summarize.Role{}, false
	}
	return summarize.Role{Text: words, Status: r.status, Evidence: r.p.evidence(r.first, r.last)}, true
}

// sortRoles orders an actor's roles by where the article states them.
func (c *chain) sortRoles() {
	slices.SortStableFunc(c.roles, func(x, y role) int {
		if x.p != y.p {
			if x.p.Part == summarize.PartText {
				return -1
			}
			return 1
		}
		return x.first - y.first
	})
}
