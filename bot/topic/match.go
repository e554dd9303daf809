package topic

import (
	"math"
	"strings"

	"sitrep/summarize"
)

// Threshold is the Score from which a document is about a query.
const Threshold = 1.5

// Strength of one mention by where it stands. A word in the title, or in the
// opening, is what the document is about; in the body it is so as often as it
// comes back.
const (
	inTitle = 3.0
	inLead  = 2.0
	inBody  = 1.0
)

// leastOf is what each of several terms must reach: one mention of the term or of
// a near-synonym. What is only related to it does not stand for it.
const leastOf = 0.8

// Match reports whether a document is about the query.
func (q Query) Match(d *Document) bool { return q.Score(d) >= Threshold }

// Score tells how much a document is about the query: 0 not at all, Threshold
// and more enough to be told of it, 3 by its title. What must be there counts
// by its mean, what may be there by its best.
func (q Query) Score(d *Document) float64 {
	if q.root == nil {
		return 0
	}
	return q.root.score(d)
}

// MatchesAll reports a query that a document without any of its terms matches,
// such as "-sport".
func (q Query) MatchesAll() bool {
	return q.root != nil && q.root.score(&Document{}) >= Threshold
}

func (n *node) score(d *Document) float64 {
	switch n.op {
	case opTerm:
		return n.term.strength(d)
	case opNot:
		if n.kids[0].there(d) {
			return 0
		}
		return inTitle
	case opOr:
		best := 0.0
		for _, k := range n.kids {
			best = max(best, k.score(d))
		}
		return best
	}
	sum, wanted, denied := 0.0, 0, false
	for _, k := range n.kids {
		s := k.score(d)
		if s < leastOf {
			return 0
		}
		if k.op == opNot {
			denied = true
			continue
		}
		sum += s
		wanted++
	}
	if wanted == 0 && denied {
		return inTitle
	}
	return sum / float64(wanted)
}

// there reports whether a denied part stands anywhere in a document, by what
// was typed and not by its near-synonyms.
func (n *node) there(d *Document) bool {
	switch n.op {
	case opTerm:
		return n.term.there(d)
	case opNot:
		return !n.kids[0].there(d)
	case opOr:
		for _, k := range n.kids {
			if k.there(d) {
				return true
			}
		}
		return false
	}
	for _, k := range n.kids {
		if !k.there(d) {
			return false
		}
	}
	return true
}

func (t *term) there(d *Document) bool {
	for i := range t.patterns {
		found := false
		if t.patterns[i].own {
			d.find(&t.patterns[i], func(occurrence) { found = true })
		}
		if found {
			return true
		}
	}
	return false
}

// strength tells how much a document is about one term.
func (t *term) strength(d *Document) float64 {
	var title, lead, body, any float64
	count := 0
	proper, mentions := 0, 0 // of what was typed: written with a capital where it tells
	for i := range t.patterns {
		p := &t.patterns[i]
		d.find(p, func(o occurrence) {
			tok := &d.tokens[o.at]
			f := o.factor
			if p.own && len(p.words) == 1 && t.name && !t.exact && !tok.capital && !tok.opening {
				f *= lowerFactor
			}
			if p.own && !tok.opening {
				mentions++
				if tok.capital {
					proper++
				}
			}
			any = max(any, f)
			count++
			switch tok.zone {
			case zoneTitle:
				title = max(title, f)
			case zoneLead:
				lead = max(lead, f)
				body += f
			default:
				body += f
			}
		})
	}
	if any == 0 {
		return 0
	}
	if count == 1 && t.isPlace(d) {
		lead *= oncePlace
	}
	s := max(inTitle*title, inLead*lead)
	if body > 0 {
		s = max(s, inBody*min(body, 1)+through(body, d.sentences))
	}
	switch {
	case t.exact:
		s = max(s, inLead*any)
	case t.named(d, proper, mentions):
		// In a short report a name counts wherever it stands. In a long one it has
		// to come back, or it was mentioned in passing.
		s = max(s, inLead*any*min(1, float64(namedEvery*count)/math.Max(float64(d.sentences), 1)))
	}
	return s
}

const (
	namedEvery = 20  // sentences to a mention of a name
	oncePlace  = 0.6 // weighs a place that is named once, in the opening: news come from somewhere
)

// lowerFactor weighs a mention in lower case of what was typed with a capital:
// a telephone writes "Sturgeon" for sturgeon, but Apple is no apple.
const lowerFactor = 0.6

// through is what repeated mentions add: up to one more, where they run through
// a quarter of the sentences.
func through(mentions float64, sentences int) float64 {
	if mentions < 2 {
		return 0
	}
	return min(1, 4*mentions/math.Max(float64(sentences), 8))
}

// named reports that a term is a name, in this document, of somebody who counts
// wherever they are mentioned: a person or an organisation, not a place.
func (t *term) named(d *Document, proper, mentions int) bool {
	if t.isPlace(d) {
		return false
	}
	if _, known := d.actors[nameKey(t.text)]; known {
		return true
	}
	return t.name && (len(t.patterns[0].words) > 1 || proper == mentions)
}

// isPlace reports a term that is known for a place, or is one in this document.
func (t *term) isPlace(d *Document) bool {
	return t.place || d.actors[nameKey(t.text)] == summarize.Place
}

// A Branch is one alternative of a query, with its text.
type Branch struct {
	Label string
	Query Query
}

// Branches are the alternatives of a query that is an OR at its top, otherwise
// the query alone: which part of its topics something belongs to.
func (q Query) Branches() []Branch {
	if q.root == nil {
		return nil
	}
	if q.root.op != opOr {
		return []Branch{{q.source, q}}
	}
	out := make([]Branch, len(q.root.kids))
	for i, k := range q.root.kids {
		label := k.label(false)
		out[i] = Branch{label, Query{source: label, root: k}}
	}
	return out
}

// label writes a part of a query.
func (n *node) label(nested bool) string {
	switch n.op {
	case opTerm:
		if n.term.exact {
			return "“" + n.term.text + "”"
		}
		return n.term.text
	case opNot:
		return "-" + n.kids[0].label(true)
	}
	mark := " "
	if n.op == opOr {
		mark = " OR "
	}
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = k.label(true)
	}
	s := strings.Join(parts, mark)
	if nested {
		return "(" + s + ")"
	}
	return s
}
