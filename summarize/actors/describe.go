package actors

import (
	"strings"

	"sitrep/summarize/text"
)

// description is a noun phrase without a name that speaks of an actor: "the
// admiral", "the outgoing mayor of Encarnación". Tokens.
type description struct {
	first, head, last int
	kind              Kind
	linked            bool // goes on with "of …"
}

var (
	theWords = words(`the el la der die das le l' l’ il lo dem den`)
	ptWords  = words(`o a`)
)

// definite reports a definite article at token i.
func (p *Passage) definite(i int) bool {
	low := p.low(i)
	switch p.Lang {
	case "en", "":
		return low == "the"
	case "pt":
		return ptWords[low]
	}
	return theWords[low]
}

// describe finds the descriptions of a passage and links each to the actor that
// it can only mean, as a mention.
func (a *Reading) describe(p *Passage, f *finder) {
	taken := make([]bool, len(p.Toks))
	for _, c := range a.cs {
		for _, r := range c.roles {
			if r.p == p {
				for i := r.first; i < r.last; i++ {
					taken[i] = true
				}
			}
		}
	}
	for i := 0; i < len(p.Toks)-1; i++ {
		if !p.definite(i) || !p.prose(i) || p.Toks[i].Name >= 0 || taken[i] && taken[i+1] {
			continue
		}
		d, ok := p.descriptionAt(i)
		if !ok || taken[d.head] {
			continue
		}
		c := a.whom(p, d)
		if c == nil {
			continue
		}
		c.mentions = append(c.mentions, mention{p: p, first: d.first, last: d.last, titled: d.first, descriptive: true})
		if d.kind == KindPerson && p.freshRole(d) && (p.low(d.first+1) != "new" || c.tookOffice()) {
			show := d.first + 1
			r := role{p: p, first: d.first, last: d.last, from: show, to: d.last, prefix: -1}
			r.status = p.status(r)
			f.addTo(c, r)
		}
		i = d.last - 1
	}
	for _, c := range a.cs {
		c.settle()
	}
}

// descriptionAt reads the definite noun phrase that starts at token i.
func (p *Passage) descriptionAt(i int) (description, bool) {
	d := description{first: i, head: -1}
	k := i + 1
	for k < len(p.Toks) && k < i+6 && p.same(k, i) && p.Toks[k].Quoted == p.Toks[i].Quoted {
		if n, ok := p.nameAt(k); ok && n.Kind == KindPerson {
			return d, false
		}
		if !p.inNP(k) {
			break
		}
		if p.Toks[k].Name < 0 && (p.roleNoun(k) || p.orgNoun(k)) {
			d.head = k
			if p.Lang != "en" {
				k++
				break
			}
		}
		k++
	}
	if d.head < 0 || p.Lang == "en" && d.head != k-1 {
		return d, false
	}
	if low := p.low(d.head); p.Lang == "en" && (strings.HasSuffix(low, "s") && !strings.HasSuffix(low, "ss") && low != "boss" || strings.HasSuffix(low, "men") || genericPeople[low]) {
		return d, false
	}
	if n, ok := p.nameAt(k); ok && p.same(k, i) && n.Kind != KindMisc && n.Kind != KindPlace {
		return d, false
	}
	if p.low(k) == "'s" && p.same(k, i) { // "the court's president" is read as a role
		d.last = k
	}
	d.last = d.head + 1
	if p.Lang != "en" && p.same(d.last, i) && freshMods[p.low(d.last)] {
		d.last++ // "la presidenta electa"
	}
	d.kind = KindPerson
	if !p.roleNoun(d.head) || p.orgNoun(d.head) && orgFirst[p.low(d.head)] {
		d.kind = KindOrg
	}
	if linkers[p.low(d.last)] && (p.low(d.last) == "of" || p.low(d.last) == "de" || p.low(d.last) == "del") && p.same(d.last, i) {
		e := d.last + 1
		for e < len(p.Toks) && e < d.last+6 && p.same(e, i) && (determiners[p.low(e)] || p.inNP(e)) {
			e++
		}
		d.linked = true
		d.last = e
	}
	return d, true
}

// orgFirst are nouns of both lists that mean a body when they stand alone.
var orgFirst = words(`broker lender operator manufacturer producer supplier contractor developer maker importer exporter retailer insurer carrier regulator underwriter rival miner distributor publisher broadcaster
	watchdog rebel opposition operadora operador productora betreiber hersteller`)

// freshRole reports that a description says more than to point back: "the new
// governor", "the former finance chief", "the president-elect".
func (p *Passage) freshRole(d description) bool {
	for k := d.first + 1; k < d.last; k++ {
		low := p.low(k)
		if freshMods[low] || strings.HasSuffix(low, "-elect") || statusWords[low] != "" && low != "deputy" && low != "vice" {
			return true
		}
	}
	return false
}

// tookOffice reports that the article says of the actor that it gained a role.
func (c *chain) tookOffice() bool {
	for _, r := range c.roles {
		if r.gained || r.status == "acting" || r.status == "incoming" {
			return true
		}
	}
	return false
}

var freshMods = words(`new outgoing departing former acting interim incoming nueva nuevo neue neuer nouveau nouvelle nova novo electa electo saliente sortant`)

// whom finds the actor that a description means, or nil where none or several
// could be meant.
func (a *Reading) whom(p *Passage, d description) *chain {
	if d.kind == KindOrg {
		return a.whichBody(p, d)
	}
	head := p.low(d.head)
	var found []*chain
	for _, c := range a.cs {
		if c.kind != KindPerson || c.first > d.first && p.Part == "text" {
			continue
		}
		if c.hasRoleWord(head) && a.agrees(c, p, d) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return a.onlyJustBefore(p, d)
	case 1:
		return found[0]
	}
	if p.freshRole(d) {
		var coming []*chain
		for _, c := range found {
			if c.tookOffice() {
				coming = append(coming, c)
			}
		}
		if len(coming) == 1 {
			return coming[0]
		}
	}
	// Several: the one spoken of last, if that was just now and it alone.
	best, at := (*chain)(nil), -1
	second := -1
	for _, c := range found {
		last := c.lastBefore(p, d.first)
		if last > at {
			second, best, at = at, c, last
		} else if last > second {
			second = last
		}
	}
	if best == nil || at < 0 {
		return nil
	}
	gap := p.Toks[d.first].Sent - p.Toks[at].Sent
	if gap <= 1 && (second < 0 || p.Toks[second].Sent < p.Toks[at].Sent) {
		return best
	}
	return nil
}

// onlyJustBefore links a description that opens its sentence and says who someone
// is rather than which office acts ("The outgoing mayor of Sund", "The
// 34-year-old striker") to the one person of the sentence before.
func (a *Reading) onlyJustBefore(p *Passage, d description) *chain {
	s := p.Toks[d.first].Sent
	if s < 1 || d.first != p.Sents[s].First || !p.identifies(d) {
		return nil
	}
	var only *chain
	for i := p.Sents[s-1].First; i < p.Sents[s-1].Last; i++ {
		if name, ok := p.nameAt(i); ok && name.Kind == KindPerson && name.Actor >= 0 && !p.Toks[i].Quoted {
			if only != nil && only != a.cs[name.Actor] {
				return nil
			}
			only = a.cs[name.Actor]
		}
	}
	return only
}

// identifies reports words that tell who is meant: former, outgoing, -elect, an
// age.
func (p *Passage) identifies(d description) bool {
	for i := d.first + 1; i < d.last; i++ {
		low := p.low(i)
		if low == "outgoing" || low == "former" || strings.HasSuffix(low, "-elect") || strings.HasSuffix(low, "year-old") {
			return true
		}
	}
	return false
}

// hasRoleWord reports that a role of the actor is headed by the noun: "admiral"
// by "Vice Admiral", "minister" by "Verteidigungsminister".
func (c *chain) hasRoleWord(noun string) bool {
	for _, r := range c.roles {
		for i := r.from; i < r.to; i++ {
			low := r.p.low(i)
			if low == noun || len(noun) >= 5 && strings.HasSuffix(low, noun) || strings.HasPrefix(noun, low+"-") && len(low) > 4 || strings.HasPrefix(low, noun+"-") || kindred(low, noun) {
				return true
			}
			if linkers[low] && i > r.from {
				break
			}
		}
	}
	return false
}

// kindred are role nouns that speak of one office.
func kindred(x, y string) bool {
	pair := func(a, b string) bool { return x == a && y == b || x == b && y == a }
	return pair("chairs", "chairwoman") || pair("chairs", "chairman") || pair("chairs", "chair") || pair("chair", "chairman") || pair("chair", "chairwoman") ||
		pair("leads", "leader") || pair("heads", "head") || pair("owns", "owner") || pair("mp", "lawmaker") || pair("ceo", "executive") || pair("ceo", "boss") ||
		pair("attorney", "lawyer") || pair("owned", "owner") || pair("founded", "founder") || pair("directs", "director") || pair("runs", "boss") || pair("commands", "commander") ||
		pair("senador", "candidato") || pair("coach", "manager") || pair("prosecutor", "prosecuting")
}

// agrees reports that the words before the description's head, and what it is
// "of", don't speak of another office than the actor's.
func (a *Reading) agrees(c *chain, p *Passage, d description) bool {
	known := map[string]bool{}
	for _, r := range c.roles {
		for i := r.first; i < r.last; i++ {
			known[text.FoldPlain(r.p.Toks[i].Text)] = true
		}
	}
	for k := d.first + 1; k < d.last; k++ {
		low := p.low(k)
		if k == d.head || determiners[low] || linkers[low] || freshMods[low] || statusWords[low] != "" || lightMods[low] || low == "'s" {
			continue
		}
		if p.Toks[k].Kind == text.Number {
			continue
		}
		if !known[text.FoldPlain(p.Toks[k].Text)] {
			return false
		}
	}
	return true
}

var lightMods = words(`old young elder younger elderly veteran same then late great own famous top senior chief lead young-man`)

// lastBefore returns the token of the last mention before token i, -1 for none.
func (c *chain) lastBefore(p *Passage, i int) int {
	at := -1
	for _, m := range c.mentions {
		if m.p == p && m.first < i && m.first > at {
			at = m.first
		}
	}
	return at
}

// companyNouns may stand for any company.
var companyNouns = words(`company firm group business airline carrier bank lender retailer manufacturer operator developer contractor supplier start-up startup maker miner insurer broker brewer
	producer club team party union charity trust agency institute university school hospital movement foundation newspaper broadcaster publisher museum studio chain
	empresa compañía grupo aerolínea banco club partido instituto entreprise groupe société compagnie banque association instituto companhia
	unternehmen konzern firma bank notenbank verein partei verband behörde institut azienda società banca gruppo`)

// whichBody finds the body that "the company", "the institute" means.
func (a *Reading) whichBody(p *Passage, d description) *chain {
	noun := text.FoldPlain(p.Toks[d.head].Text)
	plain := strings.TrimSuffix(noun, "s")
	if d.linked {
		return nil
	}
	var named, any []*chain
	for _, c := range a.cs {
		if c.kind != KindOrg || c.first > d.first && p.Part == "text" {
			continue
		}
		hit := false
		for f := range c.forms {
			for _, w := range strings.Fields(f) {
				if w == noun || sameNoun(w, noun) {
					hit = true
				}
			}
		}
		for _, r := range c.roles {
			for i := r.from; i < r.to; i++ {
				if low := text.FoldPlain(r.p.Toks[i].Text); low == noun {
					hit = true
				}
			}
		}
		if hit {
			named = append(named, c)
		}
		any = append(any, c)
	}
	pick := func(cs []*chain, reach int) *chain {
		best, at := (*chain)(nil), -1
		for _, c := range cs {
			if l := c.lastBefore(p, d.first); l > at {
				best, at = c, l
			}
		}
		if best == nil || p.Toks[d.first].Sent-p.Toks[at].Sent > reach {
			return nil
		}
		return best
	}
	if len(named) == 1 {
		return named[0]
	}
	if len(named) > 1 {
		return pick(named, 2)
	}
	// "the Danish carrier": the body whose role, or whose country's name, says so.
	if nation := p.nationOf(d); nation != "" {
		var of []*chain
		for _, c := range any {
			if !publicBody(c) && c.ofNation(nation) {
				of = append(of, c)
			}
		}
		if len(of) == 1 {
			return of[0]
		}
	}
	if !companyNouns[p.low(d.head)] && !companyNouns[plain] {
		return nil
	}
	// "the Danish carrier", "the company": a company spoken of in this sentence or
	// just before, if only one was.
	var near []*chain
	for _, c := range any {
		if publicBody(c) && !properOrgNouns[p.low(d.head)] {
			continue
		}
		if l := c.lastBefore(p, d.first); l >= 0 && p.Toks[d.first].Sent-p.Toks[l].Sent <= 1 && p.Toks[l].Sent != p.Toks[d.first].Sent {
			near = append(near, c)
		}
	}
	if len(near) == 1 {
		return near[0]
	}
	return nil
}

// nationOf returns the country whose adjective stands in a description.
func (p *Passage) nationOf(d description) string {
	for i := d.first + 1; i < d.head; i++ {
		if c := country(text.FoldPlain(p.Toks[i].Text)); c != "" {
			return c
		}
	}
	return ""
}

// ofNation reports that a role of the actor, or the word before its name, says
// that it is of a country.
func (c *chain) ofNation(nation string) bool {
	for _, r := range c.roles {
		for i := r.first; i < r.last; i++ {
			if country(text.FoldPlain(r.p.Toks[i].Text)) == nation {
				return true
			}
		}
	}
	for _, m := range c.mentions {
		if m.descriptive {
			continue
		}
		before := m.first - 1
		if m.p.low(before) == "'s" {
			before--
		}
		if m.p.same(before, m.first) && country(text.FoldPlain(m.p.Toks[before].Text)) == nation {
			return true // "Italy's Corvina Airways"
		}
	}
	return false
}

func sameNoun(x, y string) bool {
	return len(x) > 4 && len(y) > 4 && (strings.HasSuffix(x, y) || strings.HasPrefix(x, y) && len(x)-len(y) < 3)
}

// publicBody reports authorities, courts, parliaments and the like, which no one
// calls "the company".
func publicBody(c *chain) bool {
	for _, w := range c.full {
		if publicNouns[w] {
			return true
		}
	}
	return false
}

var publicNouns = words(`ministry department office commission committee council court tribunal parliament assembly senate congress house union nations organization organisation government
	ministerio comision comite consejo senado congreso ministere conseil cour senat ministerium gericht kommission ministerio senado camara agency authority police army navy board`)
