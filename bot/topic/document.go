package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A Document is an article or story, prepared once to be matched with many
// queries. It is not changed by matching and safe for concurrent use.
type Document struct {
	tokens    []token
	index     map[string][]int32 // key -> places of tokens, ascending
	compounds []int32            // places of long words of languages that write compounds, each word once
	actors    map[string]summarize.ActorType
	sentences int // in the body
}

type token struct {
	plain    string
	stem     string
	lang     string
	zone     zone
	sentence int32
	gap      bool // a mark that parts phrases stands before it
	capital  bool // begins with a capital
	caps     bool // has no lower-case letter, and two letters or more
	opening  bool // first of its sentence or in a shouted line: its capital tells nothing
}

type zone uint8

const (
	zoneBody zone = iota
	zoneLead
	zoneTitle
)

// A Part is one piece of a document's text.
type Part struct {
	Text string
	Lang string // BCP 47; "" = to be detected
	Zone Zone
}

// Zone tells where in a document a part stands.
type Zone int

const (
	Title Zone = iota // the headline
	Lead              // what opens it
	Body              // whose own beginning is the lead, where no part is
)

// Name is an actor's name or alias, with what it is the name of.
type Name struct {
	Text string
	Type summarize.ActorType
}

const (
	leadWords = 75   // the most of a Body part that is its lead, when the document has no Lead
	leastLead = 25   // and the least; between, it is a third
	maxTokens = 4000 // read of a document
)

// NewDocument prepares a document of its parts and of the names of its actors.
func NewDocument(parts []Part, names []Name) *Document {
	d := &Document{index: make(map[string][]int32, 512), actors: make(map[string]summarize.ActorType, len(names))}
	hasLead := false
	for _, p := range parts {
		hasLead = hasLead || p.Zone == Lead
	}
	for _, p := range parts {
		d.add(p, hasLead)
	}
	for _, n := range names {
		key := nameKey(n.Text)
		if _, known := d.actors[key]; key != "" && !known {
			d.actors[key] = n.Type
		}
	}
	return d
}

func nameKey(s string) string {
	words := wordsOf(s)
	for i, w := range words {
		words[i] = text.FoldPlain(w)
	}
	return strings.Join(words, " ")
}

// ArticleDocument prepares an article; brief may be nil.
func ArticleDocument(a *feeds.Article, brief *summarize.Brief) *Document {
	lang := a.Lang
	if brief != nil && brief.Lang != "" && brief.Lang != "und" {
		lang = brief.Lang
	}
	body := a.Text
	if body == "" {
		body = a.Summary
	}
	var names []Name
	if brief != nil {
		for _, actor := range brief.Actors {
			names = append(names, Name{actor.Name, actor.Type})
			for _, m := range actor.Mentions {
				if !m.Descriptive {
					names = append(names, Name{m.Text, actor.Type})
				}
			}
		}
	}
	return NewDocument([]Part{{a.Title, lang, Title}, {body, lang, Body}}, names)
}

// StoryDocument prepares a story: its articles' headlines, its weightiest
// developments as the lead, the others as the body.
func StoryDocument(s *summarize.Story) *Document {
	parts := []Part{{s.Headline, s.Lang, Title}}
	for i, a := range s.Articles {
		if i == 40 {
			break
		}
		if a.Title != s.Headline {
			parts = append(parts, Part{a.Title, a.Lang, Title})
		}
	}
	shown := 0
	for _, weighty := range []bool{true, false} {
		for _, dev := range s.Developments {
			if dev.Withdrawn || (dev.Weight >= 0.5) != weighty || shown >= 120 {
				continue
			}
			zone := Body
			if shown < 3 {
				zone = Lead
			}
			shown++
			parts = append(parts, Part{dev.Text, dev.Lang, zone})
		}
	}
	var names []Name
	for _, a := range s.Actors {
		names = append(names, Name{a.Name, a.Type})
	}
	return NewDocument(parts, names)
}

func (d *Document) add(p Part, hasLead bool) {
	lang := base(p.Lang)
	if lang == "" || lang == "und" {
		if lang = text.Language(p.Text); lang == "und" {
			lang = "en"
		}
	}
	shouted := isShouted(p.Text)
	words := 0
	var sentence int32
	if n := len(d.tokens); n > 0 {
		sentence = d.tokens[n-1].sentence + 1
	}
	opening, gap := true, true
	pending := 0 // sentences of the body that had a word
	forms := map[string]*form{}
	lastEnd := 0
	all := text.Tokens(p.Text)
	lead := min(leadWords, max(leastLead, len(all)/3))
	for _, t := range all {
		if strings.Contains(p.Text[lastEnd:t.Start], "\n\n") {
			sentence++
			opening, gap = true, true
		}
		lastEnd = t.End
		if t.Kind == text.Punct {
			switch t.Text {
			case "'", "’", "-", "‐", "‑", "\"", "“", "”", "„", "«", "»", "‘", "/", "*", "**", "#":
			case ".", "!", "?", "…", "...", "。":
				if !opening {
					sentence++
				}
				opening, gap = true, true
			default:
				gap = true
			}
			continue
		}
		if strings.HasPrefix(t.Text, "'") || strings.HasPrefix(t.Text, "’") { // clitics
			continue
		}
		for _, w := range splitHyphens(t.Text) {
			if len(d.tokens) >= maxTokens {
				break
			}
			zone := zoneBody
			switch {
			case p.Zone == Title:
				zone = zoneTitle
			case p.Zone == Lead, p.Zone == Body && !hasLead && words < lead:
				zone = zoneLead
			}
			words++
			f := forms[w]
			if f == nil {
				f = newForm(w, lang, t.Kind)
				forms[w] = f
			}
			tok := token{plain: f.plain, stem: f.stem, lang: lang, zone: zone, sentence: sentence, gap: gap, capital: f.capital, caps: f.caps, opening: opening || shouted}
			if opening && p.Zone == Body {
				pending++
			}
			opening, gap = false, false
			d.push(tok, f)
		}
	}
	d.sentences += pending
}

// A form is what a word of a document is, wherever it stands.
type form struct {
	plain, stem   string
	capital, caps bool
	keys          []string // of the index
	compound      bool     // long, in a language that writes compounds
}

func newForm(w, lang string, kind text.Kind) *form {
	f := &form{plain: text.FoldPlain(strings.TrimLeft(w, "#@")), capital: capitalised(w), caps: allCaps(w)}
	f.stem = f.plain
	if kind == text.Word {
		f.stem = stem(w, lang)
	}
	f.keys = []string{"=" + f.plain, lang + ":" + f.stem, prefixKey(lang, f.plain)}
	f.compound = compounding(lang) && len(f.plain) >= minCompound+3
	return f
}

func (d *Document) push(t token, f *form) {
	at := int32(len(d.tokens))
	d.tokens = append(d.tokens, t)
	if f.compound && len(d.index[f.keys[0]]) == 0 {
		key := suffixKey(t.lang, t.plain)
		d.index[key] = append(d.index[key], at)
		d.compounds = append(d.compounds, at)
	}
	for _, key := range f.keys {
		d.index[key] = append(d.index[key], at)
	}
}

func base(lang string) string {
	lang, _, _ = strings.Cut(lang, "-")
	return strings.ToLower(lang)
}

func allCaps(w string) bool {
	letters := 0
	for _, r := range w {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}

// isShouted reports a line written mostly in capitals.
func isShouted(s string) bool {
	if len(s) > 400 {
		return false
	}
	upper, lower := 0, 0
	for _, r := range s {
		switch {
		case isUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper > 8 && upper > 3*lower
}

// occurrence is a place where a pattern stands.
type occurrence struct {
	at     int32
	factor float64
}

// find calls each for every place where a pattern stands, in no order.
func (d *Document) find(p *pattern, each func(occurrence)) {
	head := &p.words[0]
	seen := map[int32]bool(nil)
	for k, key := range head.keys {
		for _, at := range d.index[key] {
			if !head.fits(&d.tokens[at]) || !d.follows(p, at) {
				continue
			}
			if len(head.keys) > 1 {
				if seen[at] {
					continue
				}
				if k < len(head.keys)-1 {
					if seen == nil {
						seen = map[int32]bool{}
					}
					seen[at] = true
				}
			}
			each(occurrence{at, p.factor})
		}
	}
	if len(p.words) == 1 && head.joined {
		for _, at := range d.compounds {
			t := &d.tokens[at]
			if head.within(t) {
				for _, place := range d.index["="+t.plain] {
					each(occurrence{place, p.factor * compoundFactor})
				}
			}
		}
	}
}

const compoundFactor = 0.9

func (d *Document) follows(p *pattern, at int32) bool {
	i := at
	for k := 1; k < len(p.words); k++ {
		i++
		// An initial between the parts of a name does not part them.
		if int(i) < len(d.tokens) && p.own && d.tokens[i].initial() && !p.words[k].fits(&d.tokens[i]) {
			i++
		}
		if int(i) >= len(d.tokens) {
			return false
		}
		t := &d.tokens[i]
		if t.gap || t.sentence != d.tokens[at].sentence || !p.words[k].fits(t) {
			return false
		}
	}
	return true
}

// initial reports the "T." of a name.
func (t *token) initial() bool {
	return t.capital && len(t.plain) <= 5 && strings.HasSuffix(t.plain, ".") && utf8.RuneCountInString(t.plain) == 2
}

// fits reports whether a token is a form of the word.
func (w *word) fits(t *token) bool {
	// "US" is not "us"; "Nato" may be NATO, but "Who" is not WHO.
	if w.upper && (!t.capital || !t.caps && (utf8.RuneCountInString(w.plain) <= 2 || text.StopWord(w.plain, t.lang) || text.StopWord(w.plain, "en"))) {
		return false
	}
	if w.prefix {
		_, lang := w.stems[t.lang]
		return lang && strings.HasPrefix(t.plain, w.plain)
	}
	if w.stems == nil {
		return t.plain == w.plain || compounding(t.lang) && t.plain == w.plain+"s" && t.capital
	}
	if s, ok := w.stems[t.lang]; ok && s == t.stem {
		return true
	}
	return len(w.stems) > 1 && t.plain == w.plain
}

// within reports whether a compound begins or ends with the word.
func (w *word) within(t *token) bool {
	s, ok := w.stems[t.lang]
	if !ok && len(w.stems) > 1 {
		s, ok = w.plain, true
	}
	if !ok || len(t.plain) < len(w.plain)+3 {
		return false
	}
	return len(s) >= minCompound && strings.HasPrefix(t.plain, s) || strings.HasSuffix(t.plain, w.plain)
}
