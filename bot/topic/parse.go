package topic

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// Limits of a query. A longer one is refused with an Error.
const (
	MaxLength = 500 // characters
	maxTerms  = 50
	maxDepth  = 16
)

// An Error tells where a query can't be understood, and what is expected there.
type Error struct {
	At       int    // characters before the place
	Expected string // "a word, a “phrase” or ("
	Found    string // what stands there; "" at the end
}

func (e *Error) Error() string {
	found := "the end"
	if e.Found != "" {
		found = "“" + e.Found + "”"
	}
	return fmt.Sprintf("at character %d: expected %s, found %s", e.At+1, e.Expected, found)
}

// A Query is a parsed topic query. The zero Query, like Parse(""), matches
// nothing.
type Query struct {
	source string
	root   *node
}

// String is the query as it was written, trimmed.
func (q Query) String() string { return q.source }

// IsZero reports a Query without terms.
func (q Query) IsZero() bool { return q.root == nil }

type op uint8

const (
	opTerm op = iota
	opAnd
	opOr
	opNot
)

type node struct {
	op   op
	kids []*node
	term *term
}

type lexeme struct {
	kind  lexKind
	text  string // a word, or what stands within quotes
	at    int    // characters
	glued bool   // nothing but space stands between it and the word before
}

type lexKind uint8

const (
	lexWord lexKind = iota
	lexPhrase
	lexAnd
	lexOr
	lexNot
	lexOpen
	lexClose
	lexEnd
)

const wantTerm = "a word, a “phrase”, a name or ("

// Parse reads a query. Errors are of type *Error.
func Parse(source string) (Query, error) {
	source = strings.TrimSpace(strings.ToValidUTF8(source, "\uFFFD"))
	if n := utf8.RuneCountInString(source); n > MaxLength {
		return Query{}, &Error{At: MaxLength, Expected: fmt.Sprintf("at most %d characters", MaxLength), Found: fmt.Sprintf("%d", n)}
	}
	lexemes, err := lex(source)
	if err != nil {
		return Query{}, err
	}
	p := &parser{lexemes: lexemes}
	root, err := p.or(0)
	if err != nil {
		return Query{}, err
	}
	if l := p.peek(); l.kind != lexEnd {
		return Query{}, &Error{At: l.at, Expected: "AND, OR, a word or the end", Found: l.text}
	}
	return Query{source: source, root: root}, nil
}

func lex(s string) ([]lexeme, error) {
	var out []lexeme
	runes := []rune(s)
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == ',' || r == ';':
			i++
		case r == '(' || r == ')':
			kind := lexOpen
			if r == ')' {
				kind = lexClose
			}
			out = append(out, lexeme{kind: kind, text: string(r), at: i})
			i++
		case isQuote(r):
			end := i + 1
			for end < len(runes) && !isQuote(runes[end]) {
				end++
			}
			if end == len(runes) {
				return nil, &Error{At: len(runes), Expected: fmt.Sprintf("a closing %c for the one at character %d", r, i+1)}
			}
			inner := strings.TrimSpace(string(runes[i+1 : end]))
			if len(wordsOf(inner)) == 0 {
				return nil, &Error{At: i, Expected: "words between the quotation marks", Found: string(runes[i : end+1])}
			}
			out = append(out, lexeme{kind: lexPhrase, text: inner, at: i})
			i = end + 1
		case (r == '-' || r == '−' || r == '!') && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) && runes[i+1] != r:
			out = append(out, lexeme{kind: lexNot, text: string(r), at: i})
			i++
		default:
			end := i
			for end < len(runes) && !unicode.IsSpace(runes[end]) && !isQuote(runes[end]) && runes[end] != '(' && runes[end] != ')' && runes[end] != ',' && runes[end] != ';' {
				end++
			}
			word := string(runes[i:end])
			kind := lexWord
			switch word {
			case "AND", "&&", "&", "+":
				kind = lexAnd
			case "OR", "||", "|":
				kind = lexOr
			case "NOT":
				kind = lexNot
			default:
				word = strings.TrimLeft(word, "+#@")
				if len(wordsOf(word)) == 0 {
					return nil, &Error{At: i, Expected: wantTerm, Found: string(runes[i:end])}
				}
			}
			glued := kind == lexWord && len(out) > 0 && out[len(out)-1].kind == lexWord
			out = append(out, lexeme{kind: kind, text: word, at: i, glued: glued})
			i = end
		}
	}
	return append(out, lexeme{kind: lexEnd, at: len(runes)}), nil
}

func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '‟', '«', '»', '″':
		return true
	}
	return false
}

// wordsOf are the words and numbers of a piece of a query, hyphenated ones in
// their parts.
func wordsOf(s string) (out []string) {
	for _, t := range text.Tokens(s) {
		if t.Kind == text.Punct || strings.HasPrefix(t.Text, "'") || strings.HasPrefix(t.Text, "’") {
			continue
		}
		out = append(out, splitHyphens(t.Text)...)
	}
	return out
}

func splitHyphens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		switch r {
		case '-', '‐', '‑', '–', '—', '/':
			return true
		}
		return false
	})
}

type parser struct {
	lexemes []lexeme
	i       int
	terms   int
}

func (p *parser) peek() lexeme { return p.lexemes[p.i] }

func (p *parser) next() lexeme {
	l := p.lexemes[p.i]
	if l.kind != lexEnd {
		p.i++
	}
	return l
}

func (p *parser) or(depth int) (*node, error) {
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	kids := []*node{first}
	for p.peek().kind == lexOr {
		p.next()
		kid, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, kid)
	}
	return group(opOr, kids), nil
}

func (p *parser) and(depth int) (*node, error) {
	var kids []*node
	for {
		kid, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, kid)
		switch l := p.peek(); l.kind {
		case lexAnd:
			p.next()
		case lexOr, lexClose, lexEnd:
			return group(opAnd, kids), nil
		}
	}
}

func (p *parser) not(depth int) (*node, error) {
	if p.peek().kind != lexNot {
		return p.primary(depth)
	}
	p.next()
	if depth++; depth > maxDepth {
		return nil, p.tooDeep()
	}
	kid, err := p.not(depth)
	if err != nil {
		return nil, err
	}
	return &node{op: opNot, kids: []*node{kid}}, nil
}

func (p *parser) tooDeep() error {
	l := p.peek()
	return &Error{At: l.at, Expected: fmt.Sprintf("at most %d levels of brackets and NOT", maxDepth), Found: l.text}
}

func (p *parser) primary(depth int) (*node, error) {
	l := p.next()
	if p.terms++; p.terms > maxTerms {
		return nil, &Error{At: l.at, Expected: fmt.Sprintf("at most %d terms", maxTerms), Found: l.text}
	}
	switch l.kind {
	case lexPhrase:
		return &node{term: phraseTerm(l.text)}, nil
	case lexOpen:
		if depth++; depth > maxDepth {
			return nil, p.tooDeep()
		}
		inner, err := p.or(depth)
		if err != nil {
			return nil, err
		}
		if end := p.next(); end.kind != lexClose {
			return nil, &Error{At: end.at, Expected: fmt.Sprintf("a ) for the ( at character %d", l.at+1), Found: end.text}
		}
		return inner, nil
	case lexWord:
		// A minus binds one word; otherwise words side by side are read together,
		// because two of them may be one name or one notion.
		run := []string{l.text}
		if !(p.i >= 2 && p.lexemes[p.i-2].kind == lexNot) {
			for p.peek().kind == lexWord && p.peek().glued {
				run = append(run, p.next().text)
			}
		}
		terms := runTerms(run)
		if p.terms += len(terms) - 1; p.terms > maxTerms {
			return nil, &Error{At: l.at, Expected: fmt.Sprintf("at most %d terms", maxTerms), Found: l.text}
		}
		if len(terms) == 0 {
			return nil, &Error{At: l.at, Expected: "a word that says more", Found: strings.Join(run, " ")}
		}
		kids := make([]*node, len(terms))
		for i, t := range terms {
			kids[i] = &node{term: t}
		}
		return group(opAnd, kids), nil
	}
	return nil, &Error{At: l.at, Expected: wantTerm, Found: l.text}
}

func group(o op, kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	flat := make([]*node, 0, len(kids))
	for _, k := range kids {
		if k.op == o {
			flat = append(flat, k.kids...)
		} else {
			flat = append(flat, k)
		}
	}
	return &node{op: o, kids: flat}
}
