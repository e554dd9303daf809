package stories

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"sitrep/feeds/feedstest/corpus"
)

var fitWeights = flag.Bool("fit", false, "fit the likeness weights anew and print them")

// lookAlikes is the weight of a sample from the set of look-alike events.
const lookAlikes = 0.15

type sample struct {
	m      measure
	same   bool
	weight float64
}

// samples replays a set in random order into its gold stories and measures each
// article against its own story and the candidates of others.
func samples(set goldSet, seed uint64) []sample {
	x := NewIndex(Options{})
	rng := rand.New(rand.NewPCG(seed, 1))
	number := map[string]int64{}
	var out []sample
	for _, i := range rng.Perm(len(set.ids)) {
		if set.event[i] == "" {
			continue
		}
		id, ok := number[set.event[i]]
		if !ok {
			id = int64(len(number) + 1)
			number[set.event[i]] = id
		}
		e := x.entryOf(Features(&set.articles[i], nil))
		own := x.storyOf(id)
		for _, s := range x.candidates(&e) {
			if s != own && len(s.members) > 0 {
				m, _ := x.judge(&e, s, -1)
				out = append(out, sample{m: m, weight: 1})
			}
		}
		if len(own.members) > 0 {
			m, _ := x.judge(&e, own, -1)
			out = append(out, sample{m: m, same: true, weight: 1})
		}
		x.insert(e, own)
	}
	return out
}

// fit is a logistic regression by Newton steps, with a small ridge.
func fit(data []sample, l2 float64) (w measure, bias float64) {
	const n = measures + 1
	var b [n]float64
	for iter := 0; iter < 30; iter++ {
		var g [n]float64
		var h [n][n]float64
		for _, s := range data {
			var v [n]float64
			copy(v[:], s.m[:])
			v[measures] = 1
			z := 0.0
			for k := range v {
				z += b[k] * v[k]
			}
			p := logistic(z)
			y := 0.0
			if s.same {
				y = 1
			}
			for k := range v {
				g[k] += s.weight * (y - p) * v[k]
				for l := range v {
					h[k][l] += s.weight * p * (1 - p) * v[k] * v[l]
				}
			}
		}
		for k := range g {
			if k < measures {
				g[k] -= l2 * b[k]
				h[k][k] += l2
			}
			h[k][k] += 1e-6
		}
		step := solve(h, g)
		for k := range b {
			b[k] += step[k]
		}
	}
	copy(w[:], b[:measures])
	return w, b[measures]
}

// solve solves h x = g by elimination.
func solve[T ~[measures + 1][measures + 1]float64](h T, g [measures + 1]float64) [measures + 1]float64 {
	const n = measures + 1
	for c := 0; c < n; c++ {
		p := c
		for r := c; r < n; r++ {
			if math.Abs(h[r][c]) > math.Abs(h[p][c]) {
				p = r
			}
		}
		h[c], h[p] = h[p], h[c]
		g[c], g[p] = g[p], g[c]
		for r := 0; r < n; r++ {
			if r == c || h[c][c] == 0 {
				continue
			}
			f := h[r][c] / h[c][c]
			for k := c; k < n; k++ {
				h[r][k] -= f * h[c][k]
			}
			g[r] -= f * g[c]
		}
	}
	for c := range g {
		g[c] /= h[c][c]
	}
	return g
}

func TestFit(t *testing.T) {
	if !*fitWeights {
		t.Skip("fits weights only with -fit")
	}
	all := map[string][]sample{}
	names := []string{"clusters", "ecbplus"}
	for _, name := range names {
		set := readGold(t, corpus.Path(t, "data/stories/"+name))
		for seed := uint64(0); seed < 6; seed++ {
			all[name] = append(all[name], samples(set, seed)...)
		}
	}
	var data []sample
	for _, name := range names {
		for _, s := range all[name] {
			if name == "ecbplus" {
				s.weight = lookAlikes
			}
			data = append(data, s)
		}
	}
	w, b := fit(data, 3)
	t.Logf("likeness %.2f, bias %.2f, of %d samples", w, b, len(data))
}
