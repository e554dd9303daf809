package stories

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

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
	subject string // the name that comes first
	past    bool   // speaks of an earlier year
	ahead   bool   // speaks of what is to come
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
	f.ahead = slices.ContainsFunc(ws, isAhead)
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
				f.subject = cmp.Or(f.subject, form)
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

// A vector is a statement's terms in an order that makes comparing cheap.
type vector struct {
	terms   []weighted // by id
	squares float64    // sum of the squares of their values
}

type weighted struct {
	id                         int32
	value                      float64
	abroad, name, number, acts bool
}

// vectors weighs the terms of statements that are to be compared. What many of
// them speak of tells little, where they are all of a story.
func vectors(us []*fact, ofStory bool) []vector {
	ids := map[string]int32{}
	var count []float64
	for _, u := range us {
		for form := range u.terms {
			id, ok := ids[form]
			if !ok {
				id = int32(len(count))
				ids[form] = id
				count = append(count, 0)
			}
			count[id]++
		}
	}
	out := make([]vector, len(us))
	for i, u := range us {
		v := &out[i]
		v.terms = make([]weighted, 0, len(u.terms))
		for form, t := range u.terms {
			w := weighted{id: ids[form], value: t.weight, abroad: t.abroad, name: t.name}
			if ofStory {
				w.value *= 1 - 0.6*(count[w.id]-1)/float64(len(us))
			}
			switch {
			case t.name:
				w.value *= nameShare
			case form[0] == '=':
				w.number = true
			case acts[form]:
				w.acts = true
			}
			v.terms = append(v.terms, w)
		}
		slices.SortFunc(v.terms, func(a, b weighted) int { return cmp.Compare(a.id, b.id) })
		for _, w := range v.terms {
			v.squares += w.value * w.value
		}
	}
	return out
}

// An agreement is what two statements share.
type agreement struct {
	score                        float64 // 0..1
	shared, names, numbers, acts uint16
}

// compare estimates whether two statements tell of one thing by what they
// share. Across languages only names, numbers, concepts and cognates can agree,
// and only they are asked to.
func compare(a, b *fact, va, vb *vector) agreement {
	var o agreement
	var dot, na, nb float64
	abroad := a.lang != b.lang
	alone := func(sum *float64, w *weighted) {
		if abroad && w.abroad {
			*sum += w.value * w.value
		}
	}
	i, j := 0, 0
	for i < len(va.terms) && j < len(vb.terms) {
		x, y := &va.terms[i], &vb.terms[j]
		switch {
		case x.id < y.id:
			alone(&na, x)
			i++
		case x.id > y.id:
			alone(&nb, y)
			j++
		default:
			dot += x.value * y.value
			na += x.value * x.value
			nb += y.value * y.value
			o.shared++
			switch {
			case x.name:
				o.names++
			case x.number:
				o.numbers++
			case x.acts:
				o.acts++
			}
			i++
			j++
		}
	}
	for ; i < len(va.terms); i++ {
		alone(&na, &va.terms[i])
	}
	for ; j < len(vb.terms); j++ {
		alone(&nb, &vb.terms[j])
	}
	if !abroad {
		na, nb = va.squares, vb.squares
	}
	if dot > 0 {
		o.score = dot / math.Sqrt(na*nb)
		if o.shared >= 3 {
			o.score = max(o.score, 0.7*min(1, dot/min(na, nb))) // the shorter is within the longer
		}
	}
	if o.names == o.shared {
		o.score *= 0.6 // only the same people
	}
	if sharesField(a.figures, b.figures) {
		o.score += fieldBonus
	}
	if a.lead && b.lead && abroad && o.shared >= 2 {
		o.score += leadBonus
	}
	o.score = min(1, o.score)
	return o
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

// What two statements are compared by when it is decided whether they tell of
// one thing.
const (
	lBase     = iota // compare's score
	lShared          // terms in both, log
	lNames           // of these, names, log
	lNumbers         // of these, numbers, two at most
	lActs            // of these, concepts of action, two at most
	lNews            // the later one opens an article that came hours after
	lAbroad          // in two languages
	lArticle         // of one article, which seldom says a thing twice
	lRival           // how much more alike than the next of the other's article: the lesser of both ways
	lRivals          // and the greater
	lSubject         // the same name comes first
	lYear            // only one speaks of an earlier year
	lDistance        // how far apart they stand in their articles
	likes
)

// likeWeights is a logistic regression on the pairs of statements of the
// written events in extractive/data (TestFitLikeness fits it anew). Events left
// out in turn, it joins 91 pairs rightly and 27 wrongly, of 269 that tell one
// thing; most others are told in words that share nothing.
var likeWeights = [likes]float64{0.59, 2.39, -1.03, 0.60, 0.48, -2.08, 0.61, -2.24, 1.99, 0.69, 0.34, -1.34, 0.26}

// newsAfter is how much later an article comes that opens with something new.
const newsAfter = 4 * time.Hour

// caution is how much likelier it must be that two statements are one fact where
// the later would take the place of the other: what is wrongly joined is lost
// then. Together with sameAt it comes to even odds.
const caution = 0.06

// retold is how alike statements of one language are of which the later retells
// the earlier.
const retold = 0.85

const (
	likeBias = -3.59
	sameAt   = 0.44 // three in four pairs that are joined tell one thing
)

// units are the sentences of facts, and of which fact each is.
func units(facts []fact) (us []*fact, of []int) {
	for i := range facts {
		f := &facts[i]
		if len(f.parts) == 0 {
			us, of = append(us, f), append(of, i)
		}
		for k := range f.parts {
			us, of = append(us, &f.parts[k]), append(of, i)
		}
	}
	return us, of
}

// alike compares all pairs of statements; visit is called for each with what it is
// judged by, which it must not keep: the next pair's stands in the same place.
func alike(us []*fact, visit func(i, j int, v *[likes]float64)) {
	vs := vectors(us, true)
	n := len(us)
	agreements := make([]agreement, 0, n*(n-1)/2)
	article := make([]int, n) // numbers the members
	numbers := map[*Member]int{}
	for i, u := range us {
		k, ok := numbers[u.member]
		if !ok {
			k = len(numbers)
			numbers[u.member] = k
		}
		article[i] = k
	}
	// Of each statement, the two most alike in each article.
	tops := make([][2]float64, n*len(numbers))
	note := func(i, j int, s float64) {
		t := &tops[i*len(numbers)+article[j]]
		if s > t[0] {
			t[0], t[1] = s, t[0]
		} else if s > t[1] {
			t[1] = s
		}
	}
	for i := range us {
		for j := range i {
			o := compare(us[i], us[j], &vs[i], &vs[j])
			agreements = append(agreements, o)
			note(i, j, o.score)
			note(j, i, o.score)
		}
	}
	lead := func(i, j int, s float64) float64 {
		t := tops[i*len(numbers)+article[j]]
		if t[0] > s {
			return s - t[0]
		}
		return s - t[1]
	}
	depths := make([]float64, n)
	times := make([]time.Time, n)
	for i, u := range us {
		depths[i], times[i] = math.Log(1+float64(u.ev.Start)/200), eventTime(u.member.Article)
	}
	var v [likes]float64 // visit is unknown here, so that one of each pair's own would lie on the heap
	for i, a := range us {
		for j, b := range us[:i] {
			o := &agreements[i*(i-1)/2+j]
			s := o.score
			clear(v[:])
			v[lBase] = s
			v[lShared], v[lNames] = math.Log(1+float64(o.shared)), math.Log(1+float64(o.names))
			v[lNumbers], v[lActs] = min(2, float64(o.numbers)), min(2, float64(o.acts))
			v[lAbroad] = float64(b2i(a.lang != b.lang))
			v[lArticle] = float64(b2i(a.member == b.member))
			x, y := lead(i, j, s), lead(j, i, s)
			v[lRival], v[lRivals] = min(x, y), max(x, y)
			v[lSubject] = float64(b2i(a.subject != "" && a.subject == b.subject))
			v[lYear] = float64(b2i(a.past != b.past))
			v[lDistance] = math.Abs(depths[i] - depths[j])
			newer, gap := a, times[i].Sub(times[j])
			if gap < 0 {
				newer, gap = b, -gap
			}
			v[lNews] = float64(b2i(newer.lead && gap > newsAfter))
			visit(i, j, &v)
		}
	}
}

// likely is how likely two statements tell of one thing, 0..1. What opens an
// article that came hours later is news, unless it has the same words: of the
// written events' pairs of that kind, no other tells one thing.
func likely(v *[likes]float64) float64 {
	if v[lNews] > 0 && v[lBase] < retold && v[lAbroad] == 0 {
		return 0
	}
	z := likeBias
	for k, w := range likeWeights {
		z += w * v[k]
	}
	return logistic(z)
}

// groupFacts joins the facts that tell of one thing: average link, heaviest
// facts first, so that the order of the members does not matter. What is told
// within a longer statement is told.
func groupFacts(facts []fact) [][]*fact { return groupBy(facts, likely, sameAt) }

func groupBy(facts []fact, likely func(*[likes]float64) float64, sameAt float64) [][]*fact {
	n := len(facts)
	same := make([]float64, n*n)
	us, of := units(facts)
	alike(us, func(i, j int, v *[likes]float64) {
		a, b := of[i], of[j]
		p := likely(v)
		if p > sameAt && compareFresh(us[i], us[j]) != 0 {
			p -= caution
		}
		s := max(same[a*n+b], p)
		same[a*n+b], same[b*n+a] = s, s
	})
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &facts[i], &facts[j]
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.ev.ArticleID, b.ev.ArticleID), cmp.Compare(a.ev.Start, b.ev.Start))
	})
	var groups [][]int
	for _, f := range order {
		best, at := 0.0, -1
		for g, group := range groups {
			sum, top := 0.0, -1.0
			for _, other := range group {
				s := same[f*n+other] - sameAt
				sum += s
				top = max(top, s)
			}
			if s := (sum/float64(len(group)) + top) / 2; s > best {
				best, at = s, g
			}
		}
		if at < 0 {
			groups = append(groups, []int{f})
		} else {
			groups[at] = append(groups[at], f)
		}
	}
	out := make([][]*fact, len(groups))
	for g, group := range groups {
		for _, f := range group {
			out[g] = append(out[g], &facts[f])
		}
	}
	return out
}
