package store

import (
	"slices"
	"strconv"
	"strings"
)

// A search is what a person types: words, "phrases", AND, OR, NOT (or -) and
// parentheses, read leniently: what doesn't parse is words. It finds
// candidates; whether a story is about a topic is judged by package topic.
type search struct {
	op   byte // 't' term, '&', '|', '!'
	kids []*search
	// words of a term: more than one must stand side by side.
	words []string
	exact bool // quoted: no other form of the word
}

const (
	maxTerms = 24
	maxDepth = 12
)

// parseSearch reads a query; nil when nothing in it can be searched for.
func parseSearch(query string) *search {
	p := &searchParser{toks: searchLex(query)}
	var all []*search
	for p.at < len(p.toks) { // a closing parenthesis too many ends nothing
		if n := p.or(0); n != nil {
			all = append(all, n)
		}
		if p.at < len(p.toks) {
			p.at++
		}
	}
	return joinSearch('&', all)
}

type searchToken struct {
	kind byte // 'w' word, 'q' quoted, '(', ')', '-', 'A' and, 'O' or
	text string
}

func searchLex(s string) (toks []searchToken) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
			i++
		case c == '(' || c == ')':
			toks = append(toks, searchToken{c, ""})
			i++
		case c == '"':
			end := strings.IndexByte(s[i+1:], '"')
			if end < 0 {
				end = len(s) - i - 1
			}
			toks = append(toks, searchToken{'q', s[i+1 : i+1+end]})
			i = min(i+end+2, len(s))
		case c == '-' && i+1 < len(s) && s[i+1] != ' ':
			toks = append(toks, searchToken{'-', ""})
			i++
		default:
			end := strings.IndexAny(s[i:], " \t\n\r,()\"")
			if end < 0 {
				end = len(s) - i
			}
			w := s[i : i+end]
			i += end
			switch w {
			case "AND", "&", "&&":
				toks = append(toks, searchToken{'A', ""})
			case "OR", "|", "||":
				toks = append(toks, searchToken{'O', ""})
			case "NOT":
				toks = append(toks, searchToken{'-', ""})
			default:
				toks = append(toks, searchToken{'w', w})
			}
		}
	}
	return toks
}

type searchParser struct {
	toks  []searchToken
	at    int
	terms int
}

func (p *searchParser) peek() byte {
	if p.at < len(p.toks) {
		return p.toks[p.at].kind
	}
	return 0
}

func (p *searchParser) or(depth int) *search {
	alternatives := []*search{p.and(depth)}
	for p.peek() == 'O' {
		p.at++
		alternatives = append(alternatives, p.and(depth))
	}
	return joinSearch('|', slices.DeleteFunc(alternatives, func(n *search) bool { return n == nil }))
}

func (p *searchParser) and(depth int) *search {
	var all []*search
	for {
		switch p.peek() {
		case 0, ')', 'O':
			return joinSearch('&', all)
		case 'A':
			p.at++
		default:
			if n := p.one(depth); n != nil {
				all = append(all, n)
			}
		}
	}
}

func (p *searchParser) one(depth int) *search {
	tok := p.toks[p.at]
	p.at++
	switch tok.kind {
	case '-':
		switch p.peek() {
		case 'w', 'q', '(', '-':
		default:
			return nil
		}
		if depth > maxDepth {
			return nil
		}
		if n := p.one(depth + 1); n != nil {
			return &search{op: '!', kids: []*search{n}}
		}
		return nil
	case '(':
		if depth > maxDepth {
			return nil
		}
		n := p.or(depth + 1)
		if p.peek() == ')' {
			p.at++
		}
		return n
	}
	words := searchTokens(tok.text)
	if len(words) == 0 || p.terms >= maxTerms {
		return nil
	}
	p.terms++
	return &search{op: 't', words: words[:min(len(words), 12)], exact: tok.kind == 'q'}
}

func joinSearch(op byte, kids []*search) *search {
	switch len(kids) {
	case 0:
		return nil
	case 1:
		return kids[0]
	}
	return &search{op: op, kids: kids}
}

// forms are the ways that a word may stand in a text: singular and plural.
func forms(w string) []string {
	out := []string{w}
	if len(w) < 4 || strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return out
	}
	switch {
	case strings.HasSuffix(w, "ies"):
		return append(out, w[:len(w)-3]+"y")
	case strings.HasSuffix(w, "sses") || strings.HasSuffix(w, "shes") || strings.HasSuffix(w, "ches") || strings.HasSuffix(w, "xes"):
		return append(out, w[:len(w)-2])
	case strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return append(out, w[:len(w)-1])
	case strings.HasSuffix(w, "y") && !strings.ContainsAny(w[len(w)-2:len(w)-1], "aeiou"):
		return append(out, w[:len(w)-1]+"ies")
	case strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "sh") || strings.HasSuffix(w, "ch") || strings.HasSuffix(w, "x"):
		return append(out, w+"es")
	}
	return append(out, w+"s")
}

// fts5 writes a search as SQLite reads it.
func (n *search) fts5() string {
	switch n.op {
	case 't':
		if len(n.words) > 1 {
			return `"` + strings.Join(n.words, " ") + `"`
		}
		if n.exact {
			return `"` + n.words[0] + `"`
		}
		all := forms(n.words[0])
		if len(all) == 1 {
			return `"` + all[0] + `"`
		}
		return `("` + strings.Join(all, `" OR "`) + `")`
	case '|':
		parts := make([]string, len(n.kids))
		for i, k := range n.kids {
			parts[i] = k.fts5()
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	case '!':
		return `("` + anyDoc + `" NOT ` + n.kids[0].fts5() + ")"
	}
	var wanted, denied []string
	for _, k := range n.kids {
		if k.op == '!' {
			denied = append(denied, k.kids[0].fts5())
		} else {
			wanted = append(wanted, k.fts5())
		}
	}
	if len(wanted) == 0 {
		wanted = []string{`"` + anyDoc + `"`}
	}
	expr := "(" + strings.Join(wanted, " AND ") + ")"
	for _, d := range denied {
		expr = "(" + expr + " NOT " + d + ")"
	}
	return expr
}

// tsquery writes a search as PostgreSQL reads it.
func (n *search) tsquery() string {
	switch n.op {
	case 't':
		if len(n.words) > 1 {
			return "(" + strings.Join(n.words, " <-> ") + ")"
		}
		if n.exact {
			return n.words[0]
		}
		return "(" + strings.Join(forms(n.words[0]), " | ") + ")"
	case '!':
		return "!" + n.kids[0].tsquery()
	}
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = k.tsquery()
	}
	sep := " & "
	if n.op == '|' {
		sep = " | "
	}
	return "(" + strings.Join(parts, sep) + ")"
}

// fewFeeds is how many feeds a scope may have for its marks to lead a search.
const fewFeeds = 40

// feedSearch is a search for what one of the feeds carried.
func feedSearch(feedIDs []int64) *search {
	kids := make([]*search, len(feedIDs))
	for i, id := range feedIDs {
		kids[i] = &search{op: 't', words: []string{"zzf" + strconv.FormatInt(id, 10)}, exact: true}
	}
	return joinSearch('|', kids)
}
