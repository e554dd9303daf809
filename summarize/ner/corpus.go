package ner

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"strings"

	"sitrep/summarize/text"
)

// document is a list of sentences that belong together.
type document struct {
	sents []sentence
	// partial marks gold in which names other than PER, ORG and LOC were not
	// annotated: an outside token may be MISC there.
	partial bool
	lang    string // of the articles of our own
}

// sentence is tokens, and their gold tags where it comes from a corpus.
type sentence struct {
	words []string
	gold  []tag
	may   []uint32 // see masks; nil: what the gold says
}

// readCoNLL reads lines of token, tab or space, BIO tag; an empty line ends a
// sentence, -DOCSTART- begins a document.
func readCoNLL(r io.Reader) ([]document, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<20)
	var docs []document
	var words, labels []string
	misc := false
	flush := func() {
		if len(words) == 0 {
			return
		}
		if len(docs) == 0 {
			docs = append(docs, document{})
		}
		s := sentence{words: words, gold: make([]tag, len(words))}
		for _, seg := range fromBIO(labels) {
			putSegment(s.gold, seg)
		}
		d := &docs[len(docs)-1]
		d.sents = append(d.sents, s)
		words, labels = nil, nil
	}
	line := 0
	for sc.Scan() {
		line++
		l := strings.TrimRight(sc.Text(), "\r ")
		if l == "" {
			flush()
			continue
		}
		k := strings.LastIndexAny(l, "\t ")
		if k < 0 {
			return nil, fmt.Errorf("line %d has no tag: %.40q", line, l)
		}
		w, label := strings.TrimRight(l[:k], "\t "), l[k+1:]
		if k := strings.IndexAny(w, "\t "); k > 0 {
			w = w[:k] // columns between
		}
		if w == "" {
			continue // a corpus or two have a mark that is lost
		}
		if w == "-DOCSTART-" {
			flush()
			if n := len(docs); n == 0 || len(docs[n-1].sents) > 0 {
				docs = append(docs, document{})
			}
			continue
		}
		if strings.HasSuffix(label, "-MISC") {
			misc = true
		}
		words = append(words, w)
		labels = append(labels, label)
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	flush()
	for n := len(docs); n > 0 && len(docs[n-1].sents) == 0; n = len(docs) {
		docs = docs[:n-1]
	}
	if !misc {
		for i := range docs {
			docs[i].partial = true
		}
	}
	return docs, nil
}

// readCoNLLFile is readCoNLL on a stream that may be gzipped.
func readCoNLLFile(r io.Reader) ([]document, error) {
	br := bufio.NewReader(r)
	if magic, _ := br.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, err
		}
		return readCoNLL(zr)
	}
	return readCoNLL(br)
}

var mark = regexp.MustCompile(`\[(PER|ORG|LOC|MISC) ([^\[\]]+)\]`)

// readMarked reads annotated articles as data/own/GUIDE.md describes them.
func readMarked(r io.Reader) ([]document, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var docs []document
	for _, block := range strings.Split("\n"+string(all), "\n# id: ")[1:] {
		head, body, ok := strings.Cut(block, "\nTITLE: ")
		if !ok {
			return nil, fmt.Errorf("article %.20q has no title", block)
		}
		title, body, ok := strings.Cut(body, "\nTEXT:\n")
		if !ok {
			return nil, fmt.Errorf("article %.20q has no text", block)
		}
		lang := "en"
		if k := strings.Index(head, "lang: "); k >= 0 {
			lang = strings.TrimSpace(head[k+6:])
		}
		if k := strings.LastIndex("\n"+body, "\nEND"); k >= 0 {
			body = body[:max(0, k-1)]
		}
		d := document{lang: lang}
		for _, part := range []string{title, body} {
			plain, marks := unmark(part)
			for _, sp := range text.Sentences(plain, lang) {
				d.sents = append(d.sents, markedSentence(plain, sp, marks))
			}
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// unmark takes the marks out and returns where they were.
func unmark(s string) (string, []Entity) {
	var b strings.Builder
	var marks []Entity
	at := 0
	for _, m := range mark.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[at:m[0]])
		start := b.Len()
		b.WriteString(s[m[4]:m[5]])
		for t := PER; t <= MISC; t++ {
			if t.String() == s[m[2]:m[3]] {
				marks = append(marks, Entity{text.Span{Start: start, End: b.Len()}, t})
			}
		}
		at = m[1]
	}
	b.WriteString(s[at:])
	return b.String(), marks
}

// markedSentence lays marks over the tokens of one sentence. A mark that ends
// within a token takes the whole of it.
func markedSentence(plain string, sp text.Span, marks []Entity) sentence {
	var s sentence
	toks := text.Tokens(sp.Of(plain))
	for _, t := range toks {
		s.words = append(s.words, t.Text)
	}
	s.gold = make([]tag, len(toks))
	for _, m := range marks {
		if m.Span.End <= sp.Start || m.Span.Start >= sp.End {
			continue
		}
		seg := segment{start: -1, typ: m.Type}
		for i, t := range toks {
			a, b := t.Start+sp.Start, t.End+sp.Start
			if b > m.Span.Start && a < m.Span.End && s.gold[i] == 0 {
				if seg.start < 0 {
					seg.start = i
				}
				seg.end = i + 1
			}
		}
		if seg.start >= 0 {
			putSegment(s.gold, seg)
		}
	}
	return s
}
