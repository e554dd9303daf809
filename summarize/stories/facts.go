package stories

import (
	"math"
	"slices"

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
	terms   map[string]float64 // stems and names with their rarity
	names   map[string]bool
	numbers map[string]bool
	figures []figure
	place   int // order in the article
}

// newFact reads a statement's words. seen counts in how many statements of
// the story each word stands: what all share tells nothing.
func newFact(statement, lang string) fact {
	f := fact{text: statement, lang: lang, terms: map[string]float64{}, names: map[string]bool{}, numbers: map[string]bool{}}
	ws := words(statement)
	for i, w := range ws {
		switch {
		case w.digit:
			f.numbers[w.form] = true
			f.terms[w.form] = 5
		case stopwords[w.form] || len(w.form) < 2:
		case w.upper && !w.opens && lang != "de" || w.upper && i+1 < len(ws) && ws[i+1].upper && ws[i+1].joined:
			f.names[w.form] = true
			f.terms[w.form] = background.rarity(hashOf(w.form))
		default:
			if len(w.form) > 2 {
				f.terms[stem(w.form)] = background.rarity(hashOf(stem(w.form)))
			}
		}
	}
	if lang != "" {
		for _, q := range quantities(statement, ws, lang) {
			if q.unit == "" && !ws[q.first].digit {
				key := plainFloat(q.value)
				f.numbers[key] = true
			}
		}
	}
	return f
}

// sameFact estimates whether two statements tell of one thing, 0..1. common
// holds how much of the story speaks of a word, 0..1.
func sameFact(a, b *fact, common map[string]float64) float64 {
	var dot, na, nb float64
	shared, sharedNames := 0, 0
	value := func(term string, r float64) float64 {
		return r * (1 - 0.7*common[term])
	}
	for t, r := range a.terms {
		v := value(t, r)
		na += v * v
		if _, ok := b.terms[t]; ok {
			dot += v * v
			shared++
			if a.names[t] || b.names[t] {
				sharedNames++
			}
		}
	}
	for t, r := range b.terms {
		v := value(t, r)
		nb += v * v
	}
	if dot == 0 {
		return 0
	}
	cos := dot / math.Sqrt(na*nb)
	part := dot / min(na, nb) // how much of the shorter is in the longer
	numbers := 0
	for n := range a.numbers {
		if b.numbers[n] {
			numbers++
		}
	}
	score := cos
	if shared >= 3 {
		score = max(score, 0.7*part)
	}
	if a.lang != b.lang {
		// Only names, figures and cognates can agree.
		score = max(score, 0.85*part*min(1, float64(shared)/4))
	}
	if numbers > 0 && len(a.numbers) == numbers && len(b.numbers) == numbers {
		score += 0.1
	}
	if len(a.figures) > 0 && len(b.figures) > 0 && sharesField(a.figures, b.figures) {
		score += 0.15
	}
	return min(1, score)
}

func sharesField(a, b []figure) bool {
	return slices.ContainsFunc(a, func(f figure) bool {
		return slices.ContainsFunc(b, func(g figure) bool { return f.field == g.field })
	})
}

const sameFactAt = 0.42

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
		best, at := sameFactAt, -1
		for g, group := range groups {
			sum, top := 0.0, 0.0
			for _, other := range group {
				s := sameFact(f, other, common)
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
