// Package ner finds the names of persons, organisations and places in news
// text.
//
// In come an article's sentences as tokens (package text); out go its entities,
// as byte spans with a type. The work is done by a linear-chain conditional
// random field over hashed features: words, affixes, shapes, the context, word
// clusters, gazetteers, and what the document does with a word elsewhere. Its
// weights and its lexicon are embedded; TrainFiles makes them.
package ner

import (
	_ "embed"
	"runtime/debug"
	"slices"
	"sync"

	"sitrep/summarize/text"
)

//go:embed model.bin
var modelData []byte

//go:embed lexicon.bin
var lexiconData []byte

// Tagger marks entities. It is safe for use by several goroutines.
type Tagger struct {
	lex     *lexicon
	model   *model
	scratch sync.Pool
}

// scratch is what tagging a document works in.
type scratch struct {
	doc   *docFeatures
	words [][]string
	texts []string // backing of words
	feats []uint64
	score [][numTags]float32
	back  [][numTags]uint8
	tags  []tag
}

var load = sync.OnceValues(func() (*Tagger, error) {
	type result struct {
		lex *lexicon
		err error
	}
	// What is read stays: there is nothing to collect meanwhile.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	lexed := make(chan result, 1)
	go func() {
		lex, err := decodeLexicon(lexiconData)
		lexed <- result{lex, err}
	}()
	m, err := decodeModel(modelData)
	if err != nil {
		return nil, err
	}
	r := <-lexed
	if r.err != nil {
		return nil, r.err
	}
	m.keys, r.lex.keys, r.lex.phraseKeys = nil, nil, nil // for writing them again
	return newTagger(r.lex, m), nil
})

// Load returns the tagger that is embedded in the program. The first call
// unpacks it; all calls return the same one.
func Load() (*Tagger, error) { return load() }

func newTagger(lex *lexicon, m *model) *Tagger {
	t := &Tagger{lex: lex, model: m}
	t.scratch.New = func() any { return &scratch{doc: newDocFeatures(lex)} }
	return t
}

// Tag finds the entities of one document, given as the tokens of its sentences
// in order, the title's among them: how a word is used in one place helps to
// read it in another. The entities come sentence by sentence; their spans run
// from the first byte of their first token to the end of their last, in
// whatever string the tokens were measured in.
func (t *Tagger) Tag(sentences [][]text.Token) [][]Entity {
	s := t.scratch.Get().(*scratch)
	defer t.scratch.Put(s)
	s.words, s.texts = s.words[:0], s.texts[:0]
	n := 0
	for _, toks := range sentences {
		n += len(toks)
	}
	s.texts = slices.Grow(s.texts, n)
	for _, toks := range sentences {
		from := len(s.texts)
		for _, tok := range toks {
			s.texts = append(s.texts, tok.Text)
		}
		s.words = append(s.words, s.texts[from:len(s.texts):len(s.texts)])
	}
	out := make([][]Entity, len(sentences))
	t.tag(s, func(k int, tags []tag) {
		toks := sentences[k]
		for _, seg := range segments(tags) {
			out[k] = append(out[k], Entity{
				Span: text.Span{Start: toks[seg.start].Start, End: toks[seg.end-1].End},
				Type: seg.typ,
			})
		}
	})
	return out
}

// TagText finds the entities of a text: sentences and tokens are read as lang
// has them (a code as text.Language returns it).
func (t *Tagger) TagText(s, lang string) []Entity {
	var sents [][]text.Token
	for _, sp := range text.Sentences(s, lang) {
		toks := text.Tokens(sp.Of(s))
		for i := range toks {
			toks[i].Span = toks[i].Shift(sp.Start)
		}
		sents = append(sents, toks)
	}
	var out []Entity
	for _, es := range t.Tag(sents) {
		out = append(out, es...)
	}
	return out
}

// tag gives each sentence's tags to emit, which may not keep them.
func (t *Tagger) tag(s *scratch, emit func(sentence int, tags []tag)) {
	s.doc.load(s.words)
	for k, ws := range s.words {
		n := len(ws)
		if len(s.score) < n {
			s.score, s.back, s.tags = make([][numTags]float32, n+n/2), make([][numTags]uint8, n+n/2), make([]tag, n+n/2)
		}
		for i := range ws {
			s.feats = s.doc.features(s.feats[:0], k, i)
			t.model.score(s.feats, &s.score[i])
		}
		emit(k, viterbi(s.tags, s.score[:n], &t.model.trans, s.back))
	}
}

func (s *scratch) loadDocument(d *document) {
	s.words = s.words[:0]
	for _, se := range d.sents {
		s.words = append(s.words, se.words)
	}
}
