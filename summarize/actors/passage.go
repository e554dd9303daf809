package actors

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize"
	"sitrep/summarize/grounding"
	"sitrep/summarize/text"
)

// Kind is what a name names.
type Kind uint8

const (
	KindMisc Kind = iota // events, works, ships, peoples: never an actor
	KindPerson
	KindOrg
	KindPlace
)

func (k Kind) actorType() summarize.ActorType {
	switch k {
	case KindPerson:
		return summarize.Person
	case KindOrg:
		return summarize.Org
	}
	return summarize.Place
}

// An Entity is a name that a tagger found: bytes of a passage's text.
type Entity struct {
	Start, End int
	Kind       Kind
}

// A Passage is one part of an article, cut into sentences and tokens, with the
// names in it.
type Passage struct {
	Part  summarize.Part
	Text  string
	Lang  string
	Toks  []Tok
	Sents []Sent
	Paras []Para
	Names []Name      // in order, disjoint
	Marks []Quotation // what stands in quotation marks, in order
}

// A Tok is a token with its surroundings.
type Tok struct {
	text.Span
	Text   string
	Low    string // lower case
	Kind   text.Kind
	Sent   int  // index into Sents, -1 for none
	Name   int  // index into Names of the name that covers it, -1 for none
	Quoted bool // within quotation marks
}

// A Sent is a sentence: bytes and tokens [First, Last).
type Sent struct {
	text.Span
	First, Last int
	Para        int
}

// A Para is a paragraph. Only prose is read for actors, quotes and developments.
type Para struct {
	text.Span
	First, Last int // sentences [First, Last)
	Prose       bool
	Body        int // where the prose starts: after a dateline
}

// A Name is a named mention: tokens [First, Last).
type Name struct {
	First, Last int
	Kind        Kind
	Actor       int // cluster, -1 before clustering
}

// Read cuts a passage. lang is a code as text.Language returns it.
func Read(part summarize.Part, s, lang string) *Passage {
	p := &Passage{Part: part, Text: s, Lang: lang}
	toks := text.Tokens(s)
	sents := text.Sentences(s, lang)
	p.Toks = make([]Tok, len(toks))
	for i, t := range toks {
		p.Toks[i] = Tok{Span: t.Span, Text: t.Text, Low: lower(t.Text), Kind: t.Kind, Sent: -1, Name: -1}
	}
	begun := false // the first paragraph of prose may open with a dateline
	for _, span := range text.Paragraphs(s) {
		body := span.Of(s)
		para := Para{Span: span, Body: span.Start, Prose: part == summarize.PartTitle || text.Classify(body) == text.Prose}
		if para.Prose && part == summarize.PartText && grounding.Instruction(body) {
			para.Prose = false
		}
		if !begun && part == summarize.PartText && para.Prose {
			begun = true
			if _, rest, ok := text.Dateline(body); ok {
				para.Body = span.Start + rest.Start
			}
		}
		p.Paras = append(p.Paras, para)
	}
	t, pi := 0, 0
	for _, span := range sents {
		for pi < len(p.Paras) && p.Paras[pi].End <= span.Start {
			pi++
		}
		for t < len(p.Toks) && p.Toks[t].End <= span.Start {
			t++
		}
		first := t
		for t < len(p.Toks) && p.Toks[t].Start < span.End {
			p.Toks[t].Sent = len(p.Sents)
			t++
		}
		if pi == len(p.Paras) || first == t {
			continue
		}
		if p.Paras[pi].Last == 0 {
			p.Paras[pi].First = len(p.Sents)
		}
		p.Paras[pi].Last = len(p.Sents) + 1
		p.Sents = append(p.Sents, Sent{Span: span, First: first, Last: t, Para: pi})
	}
	for i := range p.Toks { // sentences that were dropped above left their number behind
		if p.Toks[i].Sent >= len(p.Sents) {
			p.Toks[i].Sent = -1
		}
	}
	p.Marks = Quotations(s, p.Paras)
	m := 0
	for i := range p.Toks {
		for m < len(p.Marks) && p.Marks[m].Close <= p.Toks[i].Start {
			m++
		}
		p.Toks[i].Quoted = m < len(p.Marks) && p.Toks[i].Start >= p.Marks[m].Open
	}
	return p
}

// Mark puts a tagger's names into the passage: those in prose, aligned to
// tokens, the longer where two overlap.
func (p *Passage) Mark(entities []Entity) {
	p.Names = p.Names[:0]
	t := 0
	for _, e := range entities {
		for t < len(p.Toks) && p.Toks[t].End <= e.Start {
			t++
		}
		first := t
		last := first
		for last < len(p.Toks) && p.Toks[last].Start < e.End {
			last++
		}
		for i := first + 1; i < last; i++ { // no name runs over a line
			if strings.IndexByte(p.Text[p.Toks[i-1].End:p.Toks[i].Start], '\n') >= 0 {
				last = i
			}
		}
		if first == last || !p.prose(first) || p.Toks[first].Start < p.Paras[p.Sents[p.Toks[first].Sent].Para].Body {
			continue
		}
		if n := len(p.Names); n > 0 && p.Names[n-1].Last > first {
			continue
		}
		p.Names = append(p.Names, Name{First: first, Last: last, Kind: e.Kind, Actor: -1})
		t = last
	}
	p.index()
}

func (p *Passage) index() {
	for i := range p.Toks {
		p.Toks[i].Name = -1
	}
	for n, name := range p.Names {
		for i := name.First; i < name.Last; i++ {
			p.Toks[i].Name = n
		}
	}
}

// prose reports that a token lies in a sentence of the article's own prose.
func (p *Passage) prose(t int) bool {
	s := p.Toks[t].Sent
	return s >= 0 && p.Paras[p.Sents[s].Para].Prose
}

// span returns the bytes of tokens [first, last).
func (p *Passage) span(first, last int) text.Span {
	if first >= last {
		return text.Span{}
	}
	return text.Span{Start: p.Toks[first].Start, End: p.Toks[last-1].End}
}

// slice returns the text of tokens [first, last) as it stands.
func (p *Passage) slice(first, last int) string { return p.span(first, last).Of(p.Text) }

// evidence returns the evidence that tokens [first, last) are.
func (p *Passage) evidence(first, last int) summarize.Evidence {
	sp := p.span(first, last)
	return summarize.Evidence{Part: p.Part, Start: sp.Start, End: sp.End, Text: sp.Of(p.Text)}
}

// low returns the lower-case text of token i, "" outside the passage.
func (p *Passage) low(i int) string {
	if i < 0 || i >= len(p.Toks) {
		return ""
	}
	return p.Toks[i].Low
}

// same reports that tokens i and j lie in one sentence.
func (p *Passage) same(i, j int) bool {
	return i >= 0 && j >= 0 && i < len(p.Toks) && j < len(p.Toks) && p.Toks[i].Sent >= 0 && p.Toks[i].Sent == p.Toks[j].Sent
}

// nameAt returns the name that covers token i.
func (p *Passage) nameAt(i int) (Name, bool) {
	if i < 0 || i >= len(p.Toks) || p.Toks[i].Name < 0 {
		return Name{}, false
	}
	return p.Names[p.Toks[i].Name], true
}

func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || 'A' <= s[i] && s[i] <= 'Z' {
			return strings.ReplaceAll(strings.ToLower(s), "’", "'")
		}
	}
	return s
}

func isUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// allCaps reports a word in capitals: NATO, U.S., TSJE.
func allCaps(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}
