package ner

import (
	"math"
	"math/rand/v2"
)

// example is a sentence ready for training: the features of its tokens as
// indices of weight rows, and the tags that the gold allows each.
type example struct {
	feats []int32  // of all tokens, one after another
	ends  []int32  // where each token's end
	gold  []uint32 // per token, a bit for every tag that it may have
}

// dict numbers the features that are kept.
type dict struct {
	keys []uint64
	ids  []int32
	n    int
	all  []uint64 // keys by number
}

func newDict(capacity int) *dict {
	size := 1 << 16
	for size < capacity*2 {
		size *= 2
	}
	return &dict{keys: make([]uint64, size), ids: make([]int32, size)}
}

// add returns the number of a feature, a new one if need be.
func (d *dict) add(h uint64) int32 {
	if d.n*3 > len(d.keys)*2 {
		old := *d
		d.keys, d.ids = make([]uint64, 2*len(old.keys)), make([]int32, 2*len(old.ids))
		mask := uint64(len(d.keys) - 1)
		for i, id := range old.ids {
			if id != 0 {
				k := old.keys[i] & mask
				for d.ids[k] != 0 {
					k = (k + 1) & mask
				}
				d.keys[k], d.ids[k] = old.keys[i], id
			}
		}
	}
	mask := uint64(len(d.keys) - 1)
	for k := h & mask; ; k = (k + 1) & mask {
		if d.ids[k] == 0 {
			d.n++
			d.keys[k], d.ids[k] = h, int32(d.n)
			d.all = append(d.all, h)
			return int32(d.n - 1)
		}
		if d.keys[k] == h {
			return d.ids[k] - 1
		}
	}
}

// learner is a linear-chain CRF in training: AdaGrad with lazy L1.
type learner struct {
	w, g   []float32 // rows of numTags
	seen   []int32   // step to which each row's L1 is paid
	trans  [numTags + 1][numTags]float32
	transG [numTags + 1][numTags]float32
	step   int32
	rate   float32
	l1     float32
	damp   float32 // added to the sums of squares: rare features move less
	drop   float32 // share of a token's features left out of a step
	rand   *rand.Rand
	keep   []int32 // the features of the step, those left out taken out
	keepTo []int32

	score, alpha, beta, post, goldPost [][numTags]float64
	scale                              []float64
	expTrans                           [numTags + 1][numTags]float64
}

func newLearner(rows int, set settings) *learner {
	return &learner{
		w: make([]float32, rows*numTags), g: make([]float32, rows*numTags), seen: make([]int32, rows),
		rate: set.rate, l1: set.l1, damp: set.damp, drop: set.drop, rand: rand.New(rand.NewPCG(set.seed, 1)),
	}
}

// pay takes the L1 penalty of the steps since a row was last touched.
func (l *learner) pay(id int32) {
	k := l.step - l.seen[id]
	if k == 0 {
		return
	}
	l.seen[id] = l.step
	row := l.w[int(id)*numTags : int(id+1)*numTags]
	g := l.g[int(id)*numTags : int(id+1)*numTags]
	for t, w := range row {
		if w == 0 {
			continue
		}
		p := l.rate * l.l1 * float32(k) / sqrt32(g[t]+l.damp)
		switch {
		case w > p:
			row[t] = w - p
		case w < -p:
			row[t] = w + p
		default:
			row[t] = 0
		}
	}
}

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func (l *learner) grow(n int) {
	for len(l.score) < n {
		l.score = append(l.score, [numTags]float64{})
		l.alpha = append(l.alpha, [numTags]float64{})
		l.beta = append(l.beta, [numTags]float64{})
		l.post = append(l.post, [numTags]float64{})
		l.goldPost = append(l.goldPost, [numTags]float64{})
		l.scale = append(l.scale, 0)
	}
}

func (l *learner) emissions(ex *example) int {
	n := len(ex.ends)
	l.grow(n)
	from := int32(0)
	for i := range n {
		var s [numTags]float32
		for _, id := range ex.feats[from:ex.ends[i]] {
			l.pay(id)
			row := l.w[int(id)*numTags : int(id)*numTags+numTags]
			for t := range numTags {
				s[t] += row[t]
			}
		}
		for t := range numTags {
			s[t] /= 1 - l.drop
		}
		from = ex.ends[i]
		for t := range numTags {
			l.score[i][t] = float64(s[t])
		}
	}
	return n
}

// forwardBackward fills post with the tags' marginals among the tag sequences
// that mask allows (nil: all well-formed ones) and returns log Z. Transition
// expectations are added into tr.
func (l *learner) forwardBackward(n int, mask []uint32, post [][numTags]float64, tr *[numTags + 1][numTags]float64) float64 {
	logZ := 0.0
	exps := l.score // exponentiated in place by the caller
	for i := range n {
		sum := 0.0
		for t := range numTags {
			v := 0.0
			if mask == nil || mask[i]&(1<<t) != 0 {
				if i == 0 {
					v = l.expTrans[numTags][t]
				} else {
					for a := range numTags {
						v += l.alpha[i-1][a] * l.expTrans[a][t]
					}
				}
				v *= exps[i][t]
			}
			if i == n-1 && !allowed[t][0] {
				v = 0
			}
			l.alpha[i][t] = v
			sum += v
		}
		if sum < 1e-300 {
			return math.Inf(-1)
		}
		l.scale[i] = 1 / sum
		logZ += math.Log(sum)
		for t := range numTags {
			l.alpha[i][t] *= l.scale[i]
		}
	}
	for t := range numTags {
		l.beta[n-1][t] = b2f(allowed[t][0])
	}
	for i := n - 1; i >= 0; i-- {
		total := 0.0
		for t := range numTags {
			post[i][t] = l.alpha[i][t] * l.beta[i][t]
			total += post[i][t]
		}
		for t := range numTags {
			post[i][t] /= total
		}
		if i == 0 {
			if tr != nil {
				for t := range numTags {
					tr[numTags][t] += post[0][t]
				}
			}
			break
		}
		var eb [numTags]float64
		for t := range numTags {
			if mask == nil || mask[i]&(1<<t) != 0 {
				eb[t] = exps[i][t] * l.beta[i][t] * l.scale[i]
			}
		}
		for a := range numTags {
			v := 0.0
			for t := range numTags {
				x := l.expTrans[a][t] * eb[t]
				v += x
				if tr != nil {
					tr[a][t] += l.alpha[i-1][a] * x / total
				}
			}
			l.beta[i-1][a] = v
		}
	}
	return logZ
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// learn takes one step of stochastic gradient on a sentence and returns its
// negative log-likelihood.
func (l *learner) learn(ex *example) float64 {
	if l.drop > 0 {
		ex = l.thin(ex)
	}
	n := l.emissions(ex)
	for a := range numTags + 1 {
		for t := range numTags {
			if allowed[a][t] {
				l.expTrans[a][t] = math.Exp(float64(l.trans[a][t]))
			}
		}
	}
	for i := range n {
		m := l.score[i][0]
		for t := range numTags {
			m = max(m, l.score[i][t])
		}
		for t := range numTags {
			l.score[i][t] = math.Exp(l.score[i][t] - m)
		}
	}
	var free, held [numTags + 1][numTags]float64
	zFree := l.forwardBackward(n, nil, l.post, &free)
	zHeld := l.forwardBackward(n, ex.gold, l.goldPost, &held)
	if math.IsInf(zHeld, -1) || math.IsInf(zFree, -1) {
		return 0
	}
	l.step++
	from := int32(0)
	for i := range n {
		var d [numTags]float32
		var ts [numTags]int
		k := 0
		for t := range numTags {
			d[t] = float32(l.post[i][t]-l.goldPost[i][t]) / (1 - l.drop)
			if d[t] > 1e-3 || d[t] < -1e-3 {
				ts[k] = t
				k++
			}
		}
		if k > 0 {
			for _, id := range ex.feats[from:ex.ends[i]] {
				base := int(id) * numTags
				for _, t := range ts[:k] {
					l.g[base+t] += d[t] * d[t]
					l.w[base+t] -= l.rate * d[t] / sqrt32(l.g[base+t]+l.damp)
				}
			}
		}
		from = ex.ends[i]
	}
	for a := range numTags + 1 {
		for t := range numTags {
			if d := float32(free[a][t] - held[a][t]); allowed[a][t] && (d > 1e-3 || d < -1e-3) {
				l.transG[a][t] += d * d
				l.trans[a][t] -= l.rate * d / sqrt32(l.transG[a][t])
			}
		}
	}
	return zFree - zHeld
}

// thin returns the sentence without a random share of its features.
func (l *learner) thin(ex *example) *example {
	l.keep, l.keepTo = l.keep[:0], l.keepTo[:0]
	from := int32(0)
	limit := uint32(l.drop * (1 << 16))
	for _, to := range ex.ends {
		var bits uint64
		n := 0
		for _, id := range ex.feats[from:to] {
			if n == 0 {
				bits, n = l.rand.Uint64(), 4
			}
			if uint32(bits&0xffff) >= limit {
				l.keep = append(l.keep, id)
			}
			bits >>= 16
			n--
		}
		l.keepTo = append(l.keepTo, int32(len(l.keep)))
		from = to
	}
	return &example{feats: l.keep, ends: l.keepTo, gold: ex.gold}
}

// viterbi returns the best well-formed tags under scores and transitions.
func viterbi(out []tag, score [][numTags]float32, trans *[numTags + 1][numTags]float32, back [][numTags]uint8) []tag {
	n := len(score)
	if n == 0 {
		return out[:0]
	}
	var cur, next [numTags]float32
	const bad = -1e30
	for t := range numTags {
		cur[t] = bad
		if allowed[numTags][t] {
			cur[t] = trans[numTags][t] + score[0][t]
		}
	}
	for i := 1; i < n; i++ {
		for t := range numTags {
			best, from := float32(bad), uint8(0)
			for _, a := range before[t] {
				if v := cur[a] + trans[a][t]; v > best {
					best, from = v, a
				}
			}
			next[t] = best + score[i][t]
			back[i][t] = from
		}
		cur = next
	}
	best, t := float32(bad*2), tag(0)
	for k := range numTags {
		if allowed[k][0] && cur[k] > best {
			best, t = cur[k], tag(k)
		}
	}
	out = out[:n]
	for i := n - 1; i >= 0; i-- {
		out[i] = t
		t = back[i][t]
	}
	return out
}

// before lists the tags that may precede each.
var before = func() (m [numTags][]uint8) {
	for t := range numTags {
		for a := range numTags {
			if allowed[a][t] {
				m[t] = append(m[t], uint8(a))
			}
		}
	}
	return m
}()
