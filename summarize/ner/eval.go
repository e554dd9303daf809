package ner

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Score counts entities: those in the gold, those found, and those found that
// are right in span and type.
type Score struct {
	Gold, Found, Right int
}

// Precision is the share of the found that is right, 0 to 1.
func (s Score) Precision() float64 { return ratio(s.Right, s.Found) }

// Recall is the share of the gold that was found, 0 to 1.
func (s Score) Recall() float64 { return ratio(s.Right, s.Gold) }

// F1 is the harmonic mean of precision and recall, 0 to 1.
func (s Score) F1() float64 { return ratio(2*s.Right, s.Gold+s.Found) }

// Plus adds two counts up.
func (s Score) Plus(o Score) Score {
	return Score{s.Gold + o.Gold, s.Found + o.Found, s.Right + o.Right}
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Report is how the tagger did on a corpus.
type Report struct {
	Types     [numTypes + 1]Score // by Type
	Documents int
	Sentences int
	Tokens    int
	Elapsed   time.Duration // of the tagging alone
}

// Micro is the score over persons, organisations and places together, the
// figure that is compared.
func (r Report) Micro() Score {
	return r.Types[PER].Plus(r.Types[ORG]).Plus(r.Types[LOC])
}

// TokensPerSecond is the tagging's speed.
func (r Report) TokensPerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Tokens) / r.Elapsed.Seconds()
}

// Plus adds two reports up.
func (r Report) Plus(o Report) Report {
	for t := range r.Types {
		r.Types[t] = r.Types[t].Plus(o.Types[t])
	}
	r.Documents += o.Documents
	r.Sentences += o.Sentences
	r.Tokens += o.Tokens
	r.Elapsed += o.Elapsed
	return r
}

// String lays the report out as the CoNLL evaluation script does.
func (r Report) String() string {
	var b strings.Builder
	m := r.Micro()
	fmt.Fprintf(&b, "processed %d tokens in %d sentences of %d documents with %d phrases; found: %d phrases; correct: %d.\n",
		r.Tokens, r.Sentences, r.Documents, m.Gold, m.Found, m.Right)
	line := func(name string, s Score) {
		fmt.Fprintf(&b, "%17s: precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f  %d\n",
			name, 100*s.Precision(), 100*s.Recall(), 100*s.F1(), s.Found)
	}
	line("PER+ORG+LOC", m)
	for _, t := range []Type{LOC, ORG, PER} {
		line(t.String(), r.Types[t])
	}
	if r.Types[MISC].Gold > 0 {
		line("(MISC)", r.Types[MISC])
	}
	fmt.Fprintf(&b, "%17s: %.0f tokens/s\n", "speed", r.TokensPerSecond())
	return b.String()
}

// Evaluate measures the embedded tagger on a corpus in CoNLL format: a token
// and its BIO tag a line (the first and the last column), an empty line after a
// sentence, -DOCSTART- before a document; it may be gzipped. An entity counts
// as right when its span and type are.
func Evaluate(r io.Reader) (Report, error) {
	t, err := Load()
	if err != nil {
		return Report{}, err
	}
	docs, err := readCoNLLFile(r)
	if err != nil {
		return Report{}, err
	}
	return t.evaluate(docs), nil
}

func (t *Tagger) evaluate(docs []document) Report {
	var rep Report
	s := t.scratch.Get().(*scratch)
	defer t.scratch.Put(s)
	for d := range docs {
		doc := &docs[d]
		s.loadDocument(doc)
		rep.Documents++
		rep.Sentences += len(doc.sents)
		found := make([][]segment, len(doc.sents))
		start := time.Now()
		t.tag(s, func(k int, tags []tag) { found[k] = segments(tags) })
		rep.Elapsed += time.Since(start)
		for k, sent := range doc.sents {
			rep.Tokens += len(sent.words)
			rep.count(segments(sent.gold), found[k])
		}
	}
	return rep
}

func (r *Report) count(gold, found []segment) {
	for _, g := range gold {
		r.Types[g.typ].Gold++
	}
	for i, j := 0, 0; i < len(found); i++ {
		f := found[i]
		r.Types[f.typ].Found++
		for j < len(gold) && gold[j].start < f.start {
			j++
		}
		if j < len(gold) && gold[j] == f {
			r.Types[f.typ].Right++
		}
	}
}
