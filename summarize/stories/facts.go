package stories

import (
	"math"
	"slices"
	"strings"

	"sitrep/summarize"
)

// A fact is one development of one member, prepared for comparison.
type fact struct {
	member  *Member
	text    string
	ev      summarize.Evidence
	weight  float64
	lang    string
	dev     *summarize.Development
	terms   map[string]term
	figures []figure
	lead    bool   // the first statement of its article
	parts   []fact // its sentences, where it has several
}

// maxStatement bounds, in bytes, what is read of one statement.
const maxStatement = 2000

// A term is one thing that a statement speaks of.
type term struct {
	weight float64
	abroad bool // means the same in another language: a name, a number, a concept
	name   bool
}

// newFact reads a statement's words. Of a name of several words each counts
// in part, so that who acts doesn't drown what is done.
func newFact(statement, lang string) fact {
	if len(statement) > maxStatement {
		statement = strings.ToValidUTF8(statement[:maxStatement], "")
	}
	f := fact{text: statement, lang: lang, terms: map[string]term{}}
	ws := words(statement)
	inNumber := make([]bool, len(ws))
	for _, q := range quantities(statement, ws, lang) {
		for i := q.first; i <= q.last; i++ {
			inNumber[i] = true
		}
		if q.unit == "calendar" || q.ordina {
			continue
		}
		if ws[q.first].digit || q.value > 2 {
			weight := 4.0
			if q.value >= 10 || q.value != math.Trunc(q.value) {
				weight = 6
			}
			f.terms["="+plainFloat(q.value)] = term{weight: weight, abroad: true}
		}
	}
	isName := func(i int) bool {
		w := ws[i]
		return !w.digit && !stopwords[w.form] && (w.upper && !w.opens && lang != "de" || w.upper && i+1 < len(ws) && ws[i+1].upper && ws[i+1].joined ||
			w.upper && i > 0 && ws[i-1].upper && w.joined)
	}
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		if inNumber[i] || w.digit || stopwords[w.form] || len(w.form) < 2 {
			continue
		}
		if isName(i) {
			end := i + 1
			for end < len(ws) && ws[end].joined && isName(end) {
				end++
			}
			for _, part := range ws[i:end] {
				form := nameForm(part.form)
				f.terms[form] = term{weight: background.rarity(hashOf(form)) / math.Sqrt(float64(end-i)), abroad: true, name: true}
			}
			i = end - 1
			continue
		}
		if len(w.form) > 2 {
			form := keyword(w.form, lang)
			f.terms[form] = term{weight: background.rarity(hashOf(form)), abroad: strings.HasPrefix(form, "§")}
		}
	}
	return f
}

// sameFact estimates whether two statements tell of one thing, 0..1. common
// holds how much of the story speaks of a word, 0..1: what all speak of tells
// nothing. Across languages only names, numbers, concepts and cognates can
// agree, and only they are asked to.
func sameFact(a, b *fact, common map[string]float64) float64 {
	var dot, na, nb float64
	shared, others := 0, 0
	abroad := a.lang != b.lang
	value := func(form string, t term) float64 {
		v := t.weight * (1 - 0.6*common[form])
		if t.name {
			v *= nameShare
		}
		return v
	}
	for form, t := range a.terms {
		u, both := b.terms[form]
		v := value(form, t)
		if both {
			dot += v * value(form, u)
			shared++
			if !t.name {
				others++
			}
		}
		if !abroad || t.abroad || both {
			na += v * v
		}
	}
	for form, t := range b.terms {
		if _, both := a.terms[form]; !abroad || t.abroad || both {
			v := value(form, t)
			nb += v * v
		}
	}
	score := 0.0
	if dot > 0 {
		score = dot / math.Sqrt(na*nb)
		if shared >= 3 {
			score = max(score, 0.7*min(1, dot/min(na, nb))) // the shorter is within the longer
		}
	}
	if others == 0 {
		score *= 0.6 // only the same people
	}
	if sharesField(a.figures, b.figures) {
		score += fieldBonus
	}
	if a.lead && b.lead && abroad && shared >= 2 {
		score += leadBonus
	}
	return min(1, score)
}

const (
	nameShare  = 0.7
	fieldBonus = 0.25
	leadBonus  = 0.2
)

func sharesField(a, b []figure) bool {
	return slices.ContainsFunc(a, func(f figure) bool {
		return slices.ContainsFunc(b, func(g figure) bool { return f.field == g.field })
	})
}

const (
	sameFactAt   = 0.42
	sameAbroadAt = 0.34
)

// tellSame is sameFact of two statements or of any sentence of theirs: what is
// told within a longer line is told.
func tellSame(a, b *fact, common map[string]float64) float64 {
	best := sameFact(a, b, common)
	for i := range a.parts {
		best = max(best, tellSame(&a.parts[i], b, common))
	}
	for i := range b.parts {
		best = max(best, sameFact(a, &b.parts[i], common))
	}
	return best
}

// groupFacts joins the facts that tell of one thing: average link, heaviest
// facts first, so that the order of the members does not matter.
func groupFacts(facts []fact) [][]*fact {
	common := map[string]float64{}
	for i := range facts {
		for t := range facts[i].terms {
			common[t]++
		}
	}
	for t, n := range common {
		common[t] = max(0, (n-1)/float64(len(facts)))
	}
	order := make([]*fact, len(facts))
	for i := range facts {
		order[i] = &facts[i]
	}
	slices.SortStableFunc(order, func(a, b *fact) int {
		switch {
		case a.weight != b.weight:
			if a.weight > b.weight {
				return -1
			}
			return 1
		case a.ev.ArticleID != b.ev.ArticleID:
			return int(a.ev.ArticleID - b.ev.ArticleID)
		}
		return a.ev.Start - b.ev.Start
	})
	var groups [][]*fact
	for _, f := range order {
		best, at := 0.0, -1
		for g, group := range groups {
			sum, top := 0.0, -1.0
			for _, other := range group {
				s := tellSame(f, other, common) - sameFactAt
				if f.lang != other.lang {
					s += sameFactAt - sameAbroadAt
				}
				sum += s
				top = max(top, s)
			}
			if s := (sum/float64(len(group)) + top) / 2; s > best {
				best, at = s, g
			}
		}
		if at < 0 {
			groups = append(groups, []*fact{f})
		} else {
			groups[at] = append(groups[at], f)
		}
	}
	return groups
}
