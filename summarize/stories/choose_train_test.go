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

	"sitrep/feeds"
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

// ownLines makes a story of each written event, with an engine that hasn't
// learned from it, and returns all its lines and the facts wanted of it.
func ownLines(t *testing.T) (out []line, wanted map[string]map[byte]int) {
	f, err := os.Open("../extractive/data/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	events, err := extractive.ReadEvents(f)
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
	wanted = map[string]map[byte]int{}
	by := map[string][]int{}
	var order []string
	articles := make([]*feeds.Article, len(events))
	for i := range events {
		m := &events[i]
		articles[i] = m.Article(int64(i + 1))
		if by[m.Event] == nil {
			order = append(order, m.Event)
			wanted[m.Event] = map[byte]int{}
		}
		by[m.Event] = append(by[m.Event], i)
		for _, s := range m.Statements {
			wanted[m.Event][s.Fact] = s.Importance
		}
	}
	for _, event := range order {
		var members []Member
		for _, i := range by[event] {
			b, err := engine.Summarize(context.Background(), articles[i])
			if err != nil {
				t.Fatal(err)
			}
			members = append(members, Member{Article: articles[i], Brief: &b})
		}
		lang := storyLang(members)
		voices := voicesOf(members)
		for _, g := range groupsOf(members, figuresOf(members)) {
			d, c := develop(g, members, voices, lang, time.Time{})
			l := line{event: event, members: len(members), c: c, facts: map[byte]bool{}}
			for _, src := range d.Sources {
				m := &events[src.ArticleID-1]
				for _, s := range m.Statements {
					common := min(s.End, src.Evidence.End) - max(s.Start, src.Evidence.Start)
					if common*2 >= min(s.End-s.Start, src.Evidence.End-src.Evidence.Start) {
						l.importance = max(l.importance, s.Importance)
						l.facts[s.Fact] = true
					}
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
