package extractive

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// TrainOptions says what the choice of developments is learned from.
type TrainOptions struct {
	// Articles is the folder with the tagger's annotated articles (n*.txt), whose
	// sentences Marks marks; Events are events of several articles, marked in
	// place. data/README.md has the formats.
	Articles, Marks, Events string
	// Out is the file that the model is written to.
	Out string
}

// TrainDevelopments learns which sentences of an article an account of its
// event would hold, and writes the model, telling on w how well it orders
// articles that it did not learn from. The same files and the same tagger give
// the same model, byte for byte, on machines of one architecture. It takes
// some ten seconds.
func TrainDevelopments(ctx context.Context, w io.Writer, e *Engine, opts TrainOptions) error {
	articles, err := ReadMarks(opts.Articles, opts.Marks)
	if err != nil {
		return err
	}
	f, err := os.Open(opts.Events)
	if err != nil {
		return fmt.Errorf("opening the events: %w", err)
	}
	defer func() { _ = f.Close() }()
	events, err := ReadEvents(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", opts.Events, err)
	}
	all := e.lessons(articles)
	told := e.lessons(events)
	// Each fifth in turn is left out and ordered by what the rest taught.
	const parts = 5
	learn := func(but int) (*worthModel, error) {
		var from []lesson
		for i, l := range all {
			if i%parts != but {
				from = append(from, l)
			}
		}
		for range eventCopies {
			for _, l := range told {
				if int(xxhash.Sum64String(l.id)%parts) != but {
					from = append(from, l)
				}
			}
		}
		return fitWorth(ctx, from, worthStandard)
	}
	logits := map[*worthVector]float64{}
	for part := range parts {
		m, err := learn(part)
		if err != nil {
			return err
		}
		for i, l := range slices.Concat(all, told) {
			if i < len(all) && i%parts == part || i >= len(all) && int(xxhash.Sum64String(l.id)%parts) == part {
				for k := range l.vectors {
					logits[&l.vectors[k]] = m.logit(&l.vectors[k])
				}
			}
		}
	}
	for _, set := range []struct {
		name string
		of   []lesson
	}{{"articles", all}, {"articles of events", told}} {
		first, top, auc := worthMeasure(set.of, func(v *worthVector) float64 { return logits[v] })
		leadFirst, leads, _ := worthMeasure(set.of, func(v *worthVector) float64 { return -float64(v.dense[fPlace]) })
		fmt.Fprintf(w, "%d %s held out: of the n best sentences %.3f are among their n developments (the first n: %.3f); area under the curve %.3f; %.3f put the main development first (the opening: %.3f)\n",
			len(set.of), set.name, top, leads, auc, first, leadFirst)
	}
	m, err := learn(-1)
	if err != nil {
		return err
	}
	data := m.encode()
	fmt.Fprintf(w, "%s: %d bytes, %d words\n", opts.Out, len(data), len(m.words))
	return os.WriteFile(opts.Out, data, 0o644) //nolint:gosec // for everybody to read
}

// Learn returns an engine like e whose choice of developments was learned from
// these articles alone: whoever trains on what an engine chooses must not have
// it choose among what it has learned by heart.
func (e *Engine) Learn(ctx context.Context, from []Marked) (*Engine, error) {
	m, err := fitWorth(ctx, e.lessons(from), worthStandard)
	if err != nil {
		return nil, err
	}
	return &Engine{namer: e.namer, worth: m}, nil
}

// eventCopies is how often the articles of events count: they are marked with
// more care.
const eventCopies = 2

// A lesson is an article whose sentences were marked.
type lesson struct {
	id      string
	vectors []worthVector
	worth   []float32 // 0: no development; 1, 2, 3: its importance
}

// lessons reads the articles as the engine does.
func (e *Engine) lessons(all []Marked) []lesson {
	var out []lesson
	for i := range all {
		m := &all[i]
		body := bound(m.Text)
		r := e.Reading(m.Title, body, language(m.Article(1), body), m.Publisher)
		cands := candidates(r)
		l := lesson{id: m.Event, vectors: describe(r, cands, m.At), worth: make([]float32, len(cands))}
		for k, c := range cands {
			for _, s := range m.Statements {
				common := min(s.End, c.span.End) - max(s.Start, c.span.Start)
				if common*2 >= min(s.End-s.Start, c.span.End-c.span.Start) {
					l.worth[k] = max(l.worth[k], float32(s.Importance))
				}
			}
		}
		out = append(out, l)
	}
	return out
}

// worthSettings of training.
type worthSettings struct {
	epochs          int
	rate            float64
	l1              float64 // draws the weights of words to zero
	seen            int     // a word must have been seen in so many sentences
	one, two, three float64 // what a sentence counts by its importance
}

var worthStandard = worthSettings{epochs: 12, rate: 0.15, l1: 0.1, seen: 4, one: 0.4, two: 0.75, three: 2.5}

// fitWorth is AdaGrad over the sentences in random order, averaged; words are
// drawn to zero (L1) as they come.
func fitWorth(ctx context.Context, all []lesson, set worthSettings) (*worthModel, error) {
	type grain struct {
		v *worthVector
		y float64
		w float64
	}
	var data []grain
	count := map[uint32]int{}
	for i := range all {
		for k := range all[i].vectors {
			g := grain{v: &all[i].vectors[k], w: 1}
			switch all[i].worth[k] {
			case 1:
				g.y = set.one
			case 2:
				g.y = set.two
			case 3:
				g.y, g.w = 1, set.three
			}
			data = append(data, g)
			for _, h := range g.v.words {
				count[h]++
			}
		}
	}
	m := &worthModel{words: map[uint32]float32{}}
	type slot struct{ w, g2, sum float64 }
	dense := make([]slot, worthDense+1)
	words := map[uint32]*slot{}
	for h, n := range count {
		if n >= set.seen {
			words[h] = &slot{}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	steps := 0.0
	step := func(s *slot, g, l1 float64) {
		s.g2 += g * g
		r := set.rate / math.Sqrt(s.g2+1)
		s.w -= r * g
		if l1 > 0 {
			s.w = math.Copysign(math.Max(0, math.Abs(s.w)-r*l1), s.w)
		}
	}
	for epoch := range set.epochs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, i := range rng.Perm(len(data)) {
			d := data[i]
			z := dense[worthDense].w
			for k, x := range d.v.dense {
				z += dense[k].w * float64(x)
			}
			for _, h := range d.v.words {
				if s := words[h]; s != nil {
					z += s.w
				}
			}
			g := d.w * (1/(1+math.Exp(-z)) - d.y)
			step(&dense[worthDense], g, 0)
			for k, x := range d.v.dense {
				if x != 0 {
					step(&dense[k], g*float64(x), 0)
				}
			}
			for _, h := range d.v.words {
				if s := words[h]; s != nil {
					step(s, g, set.l1)
				}
			}
		}
		if epoch >= set.epochs/2 {
			steps++
			for k := range dense {
				dense[k].sum += dense[k].w
			}
			for _, s := range words {
				s.sum += s.w
			}
		}
	}
	for k := range m.dense {
		m.dense[k] = float32(dense[k].sum / steps)
	}
	m.bias = float32(dense[worthDense].sum / steps)
	for h, s := range words {
		if w := float32(s.sum / steps); math.Abs(float64(w)) > 0.01 {
			m.words[h] = w
		}
	}
	return m, nil
}

// worthMeasure is how well sentences are ordered: the share of developments
// among an article's n best, n the number that it has, and the area under the
// curve over all sentences.
func worthMeasure(all []lesson, logit func(*worthVector) float64) (first, top, auc float64) {
	type sentence struct {
		z    float64
		told bool
		main bool
	}
	byLogit := func(a, b sentence) int { return cmp.Compare(b.z, a.z) }
	var every []sentence
	hits, wanted := 0, 0
	for i := range all {
		l := &all[i]
		n := 0
		of := make([]sentence, len(l.vectors))
		for k := range l.vectors {
			of[k] = sentence{logit(&l.vectors[k]), l.worth[k] > 0, l.worth[k] == 3}
			if of[k].told {
				n++
			}
		}
		slices.SortStableFunc(of, byLogit)
		if n > 0 && of[0].main {
			first++
		}
		for _, s := range of[:n] {
			if s.told {
				hits++
			}
		}
		wanted += n
		every = append(every, of...)
	}
	slices.SortStableFunc(every, byLogit)
	told, other, right := 0.0, 0.0, 0.0
	for _, s := range every {
		if s.told {
			told++
		} else {
			other++
			right += told
		}
	}
	return first / float64(len(all)), float64(hits) / float64(max(1, wanted)), right / (told * other)
}
