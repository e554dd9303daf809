package actors

import (
	"math"
	"slices"
	"strings"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

type key struct {
	p *Passage
	i int
}

// A Reading is what an article's passages say of its actors.
type Reading struct {
	Body, Title *Passage
	Actors      []summarize.Actor // by salience
	Quotes      []summarize.Quote // in the order of the text

	cs        []*chain
	described map[key]*chain // first token of a description
	pronouns  map[key]*chain
	index     map[*chain]int // into Actors
}

// Of reads the actors, roles and quotes out of an article's body and title,
// whose names are marked.
func Of(body, title *Passage) *Reading {
	a := &Reading{Body: body, Title: title, described: map[key]*chain{}, pronouns: map[key]*chain{}, index: map[*chain]int{}}
	passages := []*Passage{body, title}
	a.cs = chains(passages)
	for _, p := range passages {
		for n := range p.Names {
			p.Names[n].Actor = -1
		}
	}
	for i, c := range a.cs {
		for _, m := range c.mentions {
			if n := m.p.Toks[m.first].Name; n >= 0 {
				m.p.Names[n].Actor = i
			}
		}
	}
	f := findRoles(body, a.cs)
	findRoles(title, a.cs)
	a.learnGenders(body)
	a.describe(body, f)
	for _, c := range a.cs {
		for _, m := range c.mentions {
			if m.descriptive {
				a.described[key{m.p, m.first}] = c
			}
		}
	}
	a.appositives()
	a.pronounRoles(body, f)
	speakers := a.speakers(body, f)
	a.rank(speakers)
	for m, q := range body.Marks {
		if para := body.paraAt(q.Open); para < 0 || !body.Paras[para].Prose {
			continue
		}
		if !body.quotable(m, speakers[m] != nil) {
			continue
		}
		out := summarize.Quote{Text: body.Text[q.Start:q.End], Speaker: -1,
			Evidence: summarize.Evidence{Part: body.Part, Start: q.Start, End: q.End, Text: body.Text[q.Start:q.End]}}
		if i, ok := a.index[speakers[m]]; ok && speakers[m] != nil {
			out.Speaker = i
		}
		a.Quotes = append(a.Quotes, out)
	}
	return a
}

// appositives adds the definite phrases of roles to the mentions: in "Ann Roe, the
// defence minister," she is spoken of as "the defence minister" too.
func (a *Reading) appositives() {
	for _, c := range a.cs {
		if c.kind != KindPerson {
			continue
		}
		for _, r := range c.roles {
			p := r.p
			if p != a.Body || r.from == r.first && r.first < len(p.Toks) && !p.definite(r.from) {
				continue
			}
			first := r.from - 1
			if p.definite(r.from) {
				first = r.from
			}
			if first < r.first || !p.definite(first) {
				continue
			}
			head := -1
			for i := first + 1; i < r.to && !linkers[p.low(i)]; i++ {
				if p.roleNoun(i) && p.Toks[i].Name < 0 {
					head = i
				}
			}
			if head < 0 || c.mentionedAt(p, first) || p.Lang != "en" && head > first+2 {
				continue
			}
			c.mentions = append(c.mentions, mention{p: p, first: first, last: head + 1, titled: first, descriptive: true})
		}
		c.settle()
	}
}

func (c *chain) mentionedAt(p *Passage, i int) bool {
	for _, m := range c.mentions {
		if m.p == p && m.first <= i && i < m.last {
			return true
		}
	}
	return false
}

// pronounRoles reads "She is our non-executive chair" and "He heads the cyclone
// desk": the role is that of the person the pronoun means.
func (a *Reading) pronounRoles(p *Passage, f *finder) {
	if p.Lang != "en" {
		return
	}
	for s, sent := range p.Sents {
		if !p.Paras[sent.Para].Prose || sent.First >= sent.Last || p.Toks[sent.First].Quoted {
			continue
		}
		a.preposed(p, f, s)
		g, ok := personalPronoun(p.low(sent.First), p.Lang)
		if !ok {
			continue
		}
		k := sent.First + 1
		for k < sent.Last && (relativeOpeners[p.low(k)] || adverbLike(p.low(k))) {
			k++
		}
		if k >= sent.Last || !beForms[p.low(k)] && !f.officeVerb(k) && p.low(k) != "becomes" && p.low(k) != "became" {
			continue
		}
		if s == 0 {
			continue
		}
		c := a.pronoun(p, sent.First, g)
		if c == nil {
			continue
		}
		n := -1 // any name of the actor, to file the role under
		for i := range p.Names {
			if p.Names[i].Actor >= 0 && a.cs[p.Names[i].Actor] == c && p.Names[i].First < sent.First {
				n = i
			}
		}
		if n < 0 || p.Toks[p.Names[n].First].Sent != s-1 {
			continue
		}
		if f.officeVerb(k) {
			if p.low(k+1) == "as" && f.asRole(n, k+1, p.Names[n].First) {
				continue
			}
			e := f.clauseEnd(k)
			f.give(n, role{first: p.Names[n].First, last: e, from: k, to: e, prefix: -1})
			continue
		}
		f.copula(n, k, p.Names[n].First)
	}
}

// preposed reads the apposition that opens a sentence before a pronoun: "A lawyer
// from Sund, she was little known".
func (a *Reading) preposed(p *Passage, f *finder, s int) {
	sent := p.Sents[s]
	i := sent.First
	if p.low(i) != "a" && p.low(i) != "an" {
		return
	}
	h, e := f.phrase(i+1, KindPerson, true)
	if h < 0 || s == 0 {
		return
	}
	for k := e; k < sent.Last-1 && k < i+26; k++ {
		if p.low(k) != "," || p.Toks[k].Quoted {
			continue
		}
		g, ok := personalPronoun(p.low(k+1), p.Lang)
		if !ok {
			continue
		}
		c := a.pronoun(p, k+1, g)
		if c == nil {
			return
		}
		c.mentions = append(c.mentions, mention{p: p, first: i, last: e, titled: i, descriptive: true})
		r := role{p: p, first: i, last: e, from: i + 1, to: e, prefix: -1}
		r.status = p.status(r)
		f.addTo(c, r)
		c.settle()
		return
	}
}

// rank turns the chains into actors, by salience, and marks the key ones: the
// headline, the early text, how often, and who speaks count. The features are
// those that trials on news showed to be worth it: headline, log frequency,
// early position.
func (a *Reading) rank(speakers []*chain) {
	spoken := map[*chain]int{}
	for _, c := range speakers {
		if c != nil {
			spoken[c]++
		}
	}
	sentences := max(1, len(a.Body.Sents))
	type scored struct {
		c     *chain
		score float64
	}
	var all []scored
	for _, c := range a.cs {
		if len(c.mentions) == 0 || !c.named() || c.titleWord(a.Title) {
			continue
		}
		named, described, inTitle := 0, 0, false
		firstSent := sentences
		subjects := 0
		for _, m := range c.mentions {
			if m.p == a.Title {
				inTitle = true
				continue
			}
			if m.descriptive {
				if a.described[key{m.p, m.first}] == c {
					described++
				}
			} else {
				named++
			}
			if s := m.p.Toks[m.first].Sent; s >= 0 {
				firstSent = min(firstSent, s)
				if m.first-m.p.Sents[s].First <= 2 {
					subjects++
				}
			}
		}
		s := keyBias + 0.9*math.Log1p(float64(named)) + 0.7*math.Log1p(float64(described)) + 1.7*math.Log1p(float64(subjects)) +
			3.5*(1-float64(firstSent)/float64(sentences)) + 0.65*math.Min(2, float64(spoken[c]))
		if inTitle {
			s += 0.4
		}
		if firstSent <= 1 {
			s += 0.7
		}
		if len(c.roles) > 0 {
			s += 0.7
		}
		switch c.kind {
		case KindPerson:
			s += 0.8
		case KindPlace:
			s -= 1.5
		}
		s = 1 / (1 + math.Exp(-s))
		all = append(all, scored{c, s})
	}
	slices.SortStableFunc(all, func(x, y scored) int {
		switch {
		case x.score > y.score:
			return -1
		case x.score < y.score:
			return 1
		}
		return x.c.first - y.c.first
	})
	keys := 0
	for _, x := range all {
		a.index[x.c] = len(a.Actors)
		act := x.c.actor()
		act.Salience = x.score
		if x.c.kind != KindPlace && (keys == 0 || x.score >= keyScore && keys < maxKeys) {
			act.Key = true
			keys++
		}
		a.Actors = append(a.Actors, act)
	}
}

// The salience of an actor is the likelihood, by a logistic regression on
// annotated briefings, that an editor would name it among those that the
// article is about. An actor is key from keyScore on: a reader misses a key actor
// more than one too many.
const (
	keyBias  = -5.1
	keyScore = 0.24
	maxKeys  = 6
)

// titleWord reports a single word that opens the headline and is named nowhere
// else: its capital says nothing.
func (c *chain) titleWord(title *Passage) bool {
	if len(c.mentions) != 1 || c.mentions[0].p != title || c.mentions[0].first != 0 {
		return false
	}
	switch c.mentions[0].last {
	case 1:
		return country(c.full[0]) == ""
	case 2:
		return c.kind == KindOrg && !properOrgNouns[c.full[len(c.full)-1]] && !companySuffixes[c.full[len(c.full)-1]]
	}
	return false
}

func (c *chain) named() bool {
	for _, m := range c.mentions {
		if !m.descriptive {
			return true
		}
	}
	return false
}

// actor turns a chain into the domain's actor.
func (c *chain) actor() summarize.Actor {
	act := summarize.Actor{Name: c.display(), Type: c.kind.actorType()}
	for _, m := range c.mentions {
		s := m.text()
		sp := m.p.span(m.first, m.last)
		if i := strings.Index(m.p.Text[sp.Start:sp.End], s); i >= 0 {
			sp = text.Span{Start: sp.Start + i, End: sp.Start + i + len(s)}
		}
		out := summarize.Mention{Text: s, Part: m.p.Part, Start: sp.Start, End: sp.End, Descriptive: m.descriptive}
		if m.titled < m.first && !m.descriptive {
			out.Titled = m.p.Text[m.p.Toks[m.titled].Start:sp.End]
		}
		act.Mentions = append(act.Mentions, out)
	}
	c.sortRoles()
	seen := map[string]bool{}
	for _, r := range c.roles {
		if role, ok := roleOf(r); ok && !seen[text.Fold(role.Text)] {
			seen[text.Fold(role.Text)] = true
			act.Roles = append(act.Roles, role)
		}
	}
	return act
}

// In returns the indexes into Actors of those that a sentence of the body names,
// describes, or means by a pronoun that was resolved, in their order; places
// last.
func (a *Reading) In(sent int) []int {
	p := a.Body
	if sent < 0 || sent >= len(p.Sents) {
		return nil
	}
	var who, where []int
	add := func(c *chain) {
		i, ok := a.index[c]
		if !ok || c == nil {
			return
		}
		list := &who
		if c.kind == KindPlace {
			list = &where
		}
		if !slices.Contains(*list, i) {
			*list = append(*list, i)
		}
	}
	for i := p.Sents[sent].First; i < p.Sents[sent].Last; i++ {
		if name, ok := p.nameAt(i); ok {
			if name.Actor >= 0 && name.First == i {
				add(a.cs[name.Actor])
			}
			continue
		}
		if c := a.described[key{p, i}]; c != nil {
			add(c)
			continue
		}
		if g, ok := personalPronoun(p.low(i), p.Lang); ok && !p.Toks[i].Quoted && p.Lang == "en" {
			add(a.pronoun(p, i, g))
		}
	}
	return append(who, where...)
}
