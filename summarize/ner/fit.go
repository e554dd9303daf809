package ner

import (
	"context"
	"math/bits"
	"math/rand/v2"
)

// source is documents to learn from, each so many times an epoch.
type source struct {
	docs  []document
	times int
}

// settings of the learner; the standard ones were chosen on articles held out
// of data/own.
type settings struct {
	epochs int
	rate   float32 // AdaGrad's
	l1     float32
	drop   float32 // share of the features left out of each step
	damp   float32
	least  uint8 // occurrences that a feature needs
	seed   uint64
}

var standard = settings{epochs: 4, rate: 0.15, l1: 2e-5, drop: 0.6, damp: 1, least: 2, seed: 1}

// counterBits is the logarithm of the number of counters that the features of
// so many tokens are counted with; a few that collide are kept without need.
func counterBits(tokens int) int { return min(27, 10+bits.Len(uint(tokens))) }

// fit trains a model; progress is told of each epoch's loss.
func fit(ctx context.Context, lex *lexicon, sources []source, set settings, progress func(format string, args ...any)) (*model, error) {
	doc := newDocFeatures(lex)
	tokens := 0
	for _, src := range sources {
		for _, d := range src.docs {
			for _, s := range d.sents {
				tokens += len(s.words)
			}
		}
	}
	shift := 64 - counterBits(tokens)
	counts := make([]uint8, 1<<(64-shift))
	var feats []uint64
	each := func(do func(s *sentence, partial bool, k int)) {
		for _, src := range sources {
			for i := range src.docs {
				d := &src.docs[i]
				doc.loadDocument(d)
				for k := range d.sents {
					do(&d.sents[k], d.partial, k)
				}
			}
		}
	}
	each(func(s *sentence, _ bool, k int) {
		for i := range s.words {
			feats = doc.features(feats[:0], k, i)
			for _, h := range feats {
				if c := &counts[h>>shift]; *c < 255 {
					*c++
				}
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	known := newDict(1 << 20)
	var examples []example
	each(func(s *sentence, partial bool, k int) {
		ex := example{gold: s.masks(partial)}
		for i := range s.words {
			feats = doc.features(feats[:0], k, i)
			for _, h := range feats {
				if counts[h>>shift] >= set.least {
					ex.feats = append(ex.feats, known.add(h))
				}
			}
			ex.ends = append(ex.ends, int32(len(ex.feats)))
		}
		examples = append(examples, ex)
	})
	counts = nil
	var order []int
	n := 0
	for _, src := range sources {
		for i := range src.docs {
			for range src.docs[i].sents {
				for range src.times {
					order = append(order, n)
				}
				n++
			}
		}
	}
	progress("%d tokens, %d features, %d sentences an epoch", tokens, known.n, len(order))

	l := newLearner(known.n, set)
	r := rand.New(rand.NewPCG(set.seed, 2))
	mean := make([]float32, len(l.w))
	var meanTrans [numTags + 1][numTags]float32
	snapshots := float32(0)
	for e := range set.epochs {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		loss := 0.0
		quarter := len(order)/4 + 1
		for q, k := range order {
			loss += l.learn(&examples[k])
			if e == 0 && set.epochs > 1 || q%quarter != quarter-1 && q != len(order)-1 {
				continue
			}
			// The mean of the weights along the way errs less than the last ones.
			snapshots++
			for id := range known.n {
				l.pay(int32(id))
			}
			for i, w := range l.w {
				mean[i] += w
			}
			for a := range l.trans {
				for b, w := range l.trans[a] {
					meanTrans[a][b] += w
				}
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		progress("epoch %d: loss %.4f a sentence", e+1, loss/float64(max(1, len(order))))
	}
	for i := range mean {
		mean[i] /= snapshots
	}
	for a := range meanTrans {
		for b := range meanTrans[a] {
			meanTrans[a][b] /= snapshots
		}
	}
	m := quantise(known.all, mean, &meanTrans)
	progress("%d features kept", len(m.keys))
	return m, nil
}
