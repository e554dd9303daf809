package stories

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/ner"
)

// A line of an event's story, with the marked facts that it tells.
type line struct {
	event      string
	members    int
	c          choice
	importance int // of the weightiest fact, 0 for none
	facts      map[byte]bool
}

// An ownEvent is a written event, read by an engine that hasn't learned from it.
type ownEvent struct {
	name    string
	members []Member
	facts   map[int64][]extractive.Statement // by article
}

// of returns the marked facts that a piece of evidence tells.
func (e *ownEvent) of(ev summarize.Evidence) (out []extractive.Statement) {
	for _, s := range e.facts[ev.ArticleID] {
		common := min(s.End, ev.End) - max(s.Start, ev.Start)
		if common*2 >= min(s.End-s.Start, ev.End-ev.Start) {
			out = append(out, s)
		}
	}
	return out
}

func ownEvents(t *testing.T) (out []*ownEvent) {
	f, err := os.Open("../extractive/data/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	articles, err := extractive.ReadEvents(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	tagger, err := ner.Load()
	if err != nil {
		t.Fatal(err)
	}
	marks, err := extractive.ReadMarks("../ner/data/own", "../extractive/data/marks.tsv")
	if err != nil {
		t.Fatal(err)
	}
	engine, err := extractive.New(tagger).Learn(context.Background(), marks)
	if err != nil {
		t.Fatal(err)
	}
	for i := range articles {
		m := &articles[i]
		if len(out) == 0 || out[len(out)-1].name != m.Event {
			out = append(out, &ownEvent{name: m.Event, facts: map[int64][]extractive.Statement{}})
		}
		e := out[len(out)-1]
		a := m.Article(int64(i + 1))
		b, err := engine.Summarize(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		e.members = append(e.members, Member{Article: a, Brief: &b})
		e.facts[a.ID] = m.Statements
	}
	return out
}

// ownLines makes a story of each written event, and returns all its lines and
// the facts wanted of it.
func ownLines(t *testing.T) (out []line, wanted map[string]map[byte]int) {
	wanted = map[string]map[byte]int{}
	for _, e := range ownEvents(t) {
		wanted[e.name] = map[byte]int{}
		for _, statements := range e.facts {
			for _, s := range statements {
				wanted[e.name][s.Fact] = s.Importance
			}
		}
		lang, voices := storyLang(e.members), voicesOf(e.members)
		for _, g := range groupFacts(factsOf(e.members, figuresOf(e.members))) {
			d, c := develop(g, e.members, voices, lang, time.Time{})
			l := line{event: e.name, members: len(e.members), c: c, facts: map[byte]bool{}}
			for _, src := range d.Sources {
				for _, s := range e.of(src.Evidence) {
					l.importance = max(l.importance, s.Importance)
					l.facts[s.Fact] = true
				}
			}
			out = append(out, l)
		}
	}
	return out, wanted
}

// regress is a logistic regression by Newton steps with a ridge.
func regress(x [][]float64, y, weight []float64, ridge float64) []float64 {
	n := len(x[0]) + 1
	b := make([]float64, n)
	for range 25 {
		g := make([]float64, n)
		h := make([][]float64, n)
		for k := range h {
			h[k] = make([]float64, n+1)
			h[k][k] = 1e-6
		}
		for i := range x {
			v := append(slices.Clone(x[i]), 1)
			z := 0.0
			for k := range v {
				z += b[k] * v[k]
			}
			p := logistic(z)
			for k := range v {
				g[k] += weight[i] * (y[i] - p) * v[k]
				for l := range v {
					h[k][l] += weight[i] * p * (1 - p) * v[k] * v[l]
				}
			}
		}
		for k := range n - 1 {
			g[k] -= ridge * b[k]
			h[k][k] += ridge
		}
		for k := range n {
			h[k][n] = g[k]
		}
		for c := range n { // elimination
			p := c
			for r := c; r < n; r++ {
				if math.Abs(h[r][c]) > math.Abs(h[p][c]) {
					p = r
				}
			}
			h[c], h[p] = h[p], h[c]
			for r := range n {
				if r != c && h[c][c] != 0 {
					f := h[r][c] / h[c][c]
					for k := c; k <= n; k++ {
						h[r][k] -= f * h[c][k]
					}
				}
			}
		}
		for k := range n {
			b[k] += h[k][n] / h[k][k]
		}
	}
	return b
}

// chosenOf applies worthTelling's rule to the lines of each event, and measures
// the recall of facts, by importance, the precision, and how often a main fact comes first.
func chosenOf(lines []line, score func(*line) float64, wanted map[string]map[byte]int) (recall, precision, first float64) {
	by := map[string][]*line{}
	for i := range lines {
		by[lines[i].event] = append(by[lines[i].event], &lines[i])
	}
	var main, shown, right, won, all float64
	for event, ls := range by {
		slices.SortStableFunc(ls, func(a, b *line) int { return cmp.Compare(score(b), score(a)) })
		if ls[0].importance == 3 {
			main++
		}
		facts := map[byte]bool{}
		for n, l := range ls {
			if n >= min(mostLines, 3+l.members) || score(l) < weighty && n >= leastLines {
				break
			}
			shown++
			if l.importance > 0 {
				right++
			}
			maps.Copy(facts, l.facts)
		}
		for f, importance := range wanted[event] {
			all += float64(importance)
			if facts[f] {
				won += float64(importance)
			}
		}
	}
	return won / all, right / shown, main / float64(len(by))
}

func TestFitChoice(t *testing.T) {
	if !*fitWeights {
		t.Skip("fits weights only with -fit")
	}
	lines, wanted := ownLines(t)
	// A line is worth the more the weightier its fact: so the first of a story's
	// lines tell what matters most.
	graded, counts := [4]float64{0, 0.4, 0.7, 1}, [4]float64{0, 1, 1.2, 3}
	fitted := func(but string) []float64 {
		var x [][]float64
		var y, weight []float64
		for i := range lines {
			if l := &lines[i]; l.event != but {
				x = append(x, l.c[:])
				if l.importance > 0 {
					y, weight = append(y, graded[l.importance]), append(weight, counts[l.importance])
				} else {
					y, weight = append(y, 0), append(weight, 1)
				}
			}
		}
		return regress(x, y, weight, 1)
	}
	heldOut := map[string][]float64{}
	for event := range wanted {
		heldOut[event] = fitted(event)
	}
	recall, precision, first := chosenOf(lines, func(l *line) float64 {
		b := heldOut[l.event]
		z := b[choices]
		for k, v := range l.c {
			z += b[k] * v
		}
		return logistic(z)
	}, wanted)
	t.Logf("each event left out in turn: recall %.3f, precision %.3f, the main fact first %.3f, of %d lines", recall, precision, first, len(lines))
	b := fitted("")
	t.Logf("chosenBy %.3f, chosenBias %.3f", b[:choices], b[choices])
}

// TestFitLikeness fits what decides whether two statements tell of one thing.
func TestFitLikeness(t *testing.T) {
	if !*fitWeights {
		t.Skip("fits weights only with -fit")
	}
	type pair struct {
		event string
		v     [likes]float64
		y     float64
	}
	var pairs []pair
	type shot struct {
		event string
		facts []fact
		e     *ownEvent
	}
	var shots []shot
	for _, e := range ownEvents(t) {
		facts := factsOf(e.members, figuresOf(e.members))
		us, _ := units(facts)
		alike(us, func(i, j int, v *[likes]float64) {
			a, b := e.of(us[i].ev), e.of(us[j].ev)
			if len(a)+len(b) == 0 {
				return // nobody has said whether they are the same
			}
			pairs = append(pairs, pair{e.name, *v, float64(b2i(oneFact(a, b)))})
		})
		shots = append(shots, shot{e.name, facts, e})
	}
	fitted := func(in func(event string) bool) []float64 {
		var x [][]float64
		var y, weight []float64
		for i := range pairs {
			if p := &pairs[i]; in(p.event) {
				x, y, weight = append(x, p.v[:]), append(y, p.y), append(weight, 1)
			}
		}
		return regress(x, y, weight, 1)
	}
	const folds = 7
	var scores []float64
	var order []int
	right := map[float64]int{}
	wrong := map[float64]int{}
	for k := range folds {
		fold := map[string]bool{}
		for i, s := range shots {
			if i%folds == k {
				fold[s.event] = true
			}
		}
		b := fitted(func(event string) bool { return !fold[event] })
		probability := func(v *[likes]float64) float64 {
			z := b[likes]
			for k, x := range v {
				z += b[k] * x
			}
			return logistic(z)
		}
		for i := range pairs {
			if fold[pairs[i].event] {
				scores, order = append(scores, probability(&pairs[i].v)), append(order, i)
			}
		}
		for _, s := range shots {
			if !fold[s.event] {
				continue
			}
			for at := 0.2; at < 0.6; at += 0.04 {
				for _, g := range groupBy(s.facts, probability, at) {
					for i := range g {
						for j := range i {
							a, b := s.e.of(g[i].ev), s.e.of(g[j].ev)
							if oneFact(a, b) {
								right[at]++
							} else if len(a)+len(b) > 0 {
								wrong[at]++
							}
						}
					}
				}
			}
		}
	}
	ranks := make([]int, len(scores))
	for i := range ranks {
		ranks[i] = i
	}
	slices.SortStableFunc(ranks, func(i, j int) int { return cmp.Compare(scores[j], scores[i]) })
	hits, ap, all := 0.0, 0.0, 0.0
	for n, i := range ranks {
		if pairs[order[i]].y > 0 {
			hits++
			ap += hits / float64(n+1)
		}
	}
	all = hits
	t.Logf("%d pairs, %.0f of one fact; events left out in turn: average precision %.3f", len(pairs), all, ap/all)
	for _, at := range slices.Sorted(maps.Keys(right)) {
		t.Logf("joined at %.2f: %d pairs rightly, %d wrongly", at, right[at], wrong[at])
	}
	b := fitted(func(string) bool { return true })
	t.Logf("likeWeights %.2f, likeBias %.2f", b[:likes], b[likes])
}

func oneFact(a, b []extractive.Statement) bool {
	return slices.ContainsFunc(a, func(s extractive.Statement) bool {
		return slices.ContainsFunc(b, func(o extractive.Statement) bool { return o.Fact == s.Fact })
	})
}
