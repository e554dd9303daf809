package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuote is the length in bytes up to which a quotation is kept in one
// sentence with what introduces it, however many sentences it holds. Longer
// ones are divided: half a quotation is a poor sentence, a page of one a worse.
const maxQuote = 400

// Paragraphs returns the runs of text between blank lines, trimmed of space.
func Paragraphs(s string) []Span {
	var out []Span
	start := -1 // of the paragraph
	end := 0    // after its last character that is no space
	newlines := 0
	for i := 0; i < len(s); {
		r, w := runeAt(s, i, len(s))
		if r == 0x2029 {
			newlines = 2
		} else if r == '\n' || r == 0x2028 || r == '\v' || r == '\f' {
			newlines++
		} else if r == '\r' {
			if i+1 >= len(s) || s[i+1] != '\n' {
				newlines++
			}
		} else if !isBlank(r) {
			if newlines >= 2 && start >= 0 {
				out = append(out, Span{start, end})
				start = -1
			}
			if start < 0 {
				start = i
			}
			newlines = 0
			end = i + w
		}
		i += w
	}
	if start >= 0 {
		out = append(out, Span{start, end})
	}
	return out
}

// Sentences returns the sentences of s in order. lang is a code as Language
// returns it; it decides what a point after a number or a word means, and ""
// or "und" is read as English. Blank lines end a sentence; so does a line break
// after a short line without a full stop (a heading). Quotations of up to a few
// lines stay in one piece. A time stamp that opens a live-blog entry belongs to
// no sentence.
func Sentences(s string, lang string) []Span {
	var out []Span
	var toks []Token
	for _, p := range Paragraphs(s) {
		start := p.Start + timestamp(s[p.Start:p.End])
		if start >= p.End {
			out = append(out, p)
			continue
		}
		toks = appendTokens(toks[:0], s, start, p.End)
		out = splitSentences(out, s, toks, lang)
	}
	return out
}

func splitSentences(out []Span, s string, toks []Token, lang string) []Span {
	if len(toks) == 0 {
		return out
	}
	marks := quoteMarks(toks, s)
	begin := 0
	for i := 0; i < len(toks); i++ {
		end := sentenceEnd(s, toks, marks, begin, i, lang)
		if end < 0 {
			continue
		}
		out = append(out, Span{toks[begin].Start, toks[end].End})
		begin = end + 1
		i = end
	}
	if begin < len(toks) {
		out = append(out, Span{toks[begin].Start, toks[len(toks)-1].End})
	}
	return out
}

// mark says what a quotation mark or its inside is.
type mark struct {
	close  bool // this token closes a quotation
	open   bool // this token opens one
	inside bool // within a quotation short enough to keep whole
}

// quoteMarks pairs the quotation marks of a paragraph. Marks without a partner
// (a quotation that runs over paragraphs opens each) hold nothing together.
func quoteMarks(toks []Token, s string) []mark {
	marks := make([]mark, len(toks))
	pair := func(a, b int) {
		marks[a].open, marks[b].close = true, true
		if toks[b].End-toks[a].Start <= maxQuote {
			for k := a + 1; k < b; k++ {
				marks[k].inside = true
			}
		}
	}
	straight, curly, low, guill, guillIn, corner := -1, -1, -1, -1, -1, -1
	for i, t := range toks {
		if t.Kind != Punct {
			continue
		}
		switch t.Text {
		case `"`:
			// A straight mark opens or closes; space tells where pairing was lost.
			spaceBefore := t.Start == 0 || isBlankAt(s, t.Start-1) || i == 0
			spaceAfter := t.End >= len(s) || isBlankAt(s, t.End)
			if straight >= 0 && !(spaceBefore && !spaceAfter) {
				pair(straight, i)
				straight = -1
			} else {
				straight = i
				marks[i].open = true
			}
		case "“":
			if low >= 0 { // German: „…“
				pair(low, i)
				low = -1
			} else {
				curly = i
				marks[i].open = true
			}
		case "”":
			if curly >= 0 {
				pair(curly, i)
			} else if low >= 0 {
				pair(low, i)
				low = -1
			}
			marks[i].close = true
			curly = -1
		case "„":
			low = i
			marks[i].open = true
		case "«":
			if guillIn >= 0 { // »…«
				pair(guillIn, i)
				guillIn = -1
			} else {
				guill = i
				marks[i].open = true
			}
		case "»":
			if guill >= 0 {
				pair(guill, i)
				guill = -1
			} else {
				guillIn = i
				marks[i].open = true
			}
		case "「", "『":
			corner = i
			marks[i].open = true
		case "」", "』":
			if corner >= 0 {
				pair(corner, i)
			}
			corner = -1
			marks[i].close = true
		case "’", "'", ")", "]":
			marks[i].close = true
		case "‘", "(", "[":
			marks[i].open = true
		}
	}
	return marks
}

func isBlankAt(s string, i int) bool {
	return i < 0 || i >= len(s) || s[i] <= ' ' || s[i] == 0xa0
}

// sentenceEnd returns the index of the last token of a sentence that ends at
// token i, closing marks included, or -1 when none ends there.
func sentenceEnd(s string, toks []Token, marks []mark, begin, i int, lang string) int {
	t := toks[i]
	last := i == len(toks)-1
	if last {
		return i
	}
	gap := s[t.End:toks[i+1].Start]
	brk := strings.IndexByte(gap, '\n') >= 0

	// A line break after a short line without a stop: a heading, a list item.
	if brk && !marks[i].inside && lineBreaks(s, toks, begin, i) {
		return i
	}

	full := fullStop(t)
	if full == stopNone {
		return -1
	}
	if marks[i].inside {
		// Only where the quotation closes next can its stop end the sentence.
		if i+1 >= len(toks) || !marks[i+1].close {
			return -1
		}
	}
	// Take in closing marks, and further stops ("?!", "…").
	j := i
	quoted := false
	for j+1 < len(toks) && toks[j+1].Start == toks[j].End {
		n := toks[j+1]
		if marks[j+1].close && !marks[j+1].open {
			quoted = quoted || n.Text != ")" && n.Text != "]"
			j++
			continue
		}
		if n.Kind == Punct && fullStop(n) >= stopSoft {
			j++
			continue
		}
		break
	}
	// French and some German typesetting puts a space before the closing mark.
	if j+1 < len(toks) && marks[j+1].close && !marks[j+1].open && toks[j+1].Text == "»" {
		j++
		quoted = true
	}
	if j == len(toks)-1 {
		return j
	}
	if marks[j].inside {
		return -1
	}
	next := toks[j+1]
	if full == stopWide {
		return j
	}
	if next.Start == toks[j].End && full != stopAbbr {
		// No space: "ended.The" is two sentences, "3.x" and "…and" are not.
		if !(full == stopHard && next.Kind == Word && startsUpper(next.Text) && len(next.Text) > 1 && j == i && i > begin && toks[i-1].Kind == Word && len(toks[i-1].Text) > 1) {
			return -1
		}
	}
	// What comes after the marks that open the next sentence?
	k := j + 1
	for k < len(toks) && (marks[k].open || toks[k].Kind == Punct && (toks[k].Text == "¿" || toks[k].Text == "¡" || toks[k].Text == "–" || toks[k].Text == "—" || toks[k].Text == "•" || toks[k].Text == "-")) {
		k++
	}
	if k == len(toks) {
		return j
	}
	opened := k > j+1
	w := toks[k]
	if w.Kind == Punct {
		if full == stopHard && w.Text == "..." {
			return j
		}
		return -1
	}
	lower := startsLower(w.Text)
	if lower && !innerUpper(w.Text) {
		return -1
	}
	switch full {
	case stopAbbr:
		return abbrEnd(s, toks, begin, i, j, k, lang, opened)
	case stopSoft: // ellipsis
		if w.Kind == Number {
			return -1
		}
		return j
	}
	if t.Text == "." && i == begin+1 && toks[begin].Kind == Number && len(toks[begin].Text) <= 2 {
		return -1 // an enumeration's number
	}
	if t.Text == "." && lang == "de" && i > begin && ordinalPoint(toks, begin, i, w) {
		return -1
	}
	if t.Text != "." && quoted && attributed(toks, k) {
		// “Why?” Okafor asked.
		return -1
	}
	return j
}

const (
	stopNone = iota
	stopAbbr // a word that carries a point
	stopSoft // an ellipsis
	stopHard // . ! ?
	stopWide // stops of scripts that need no space after them
)

func fullStop(t Token) int {
	switch t.Kind {
	case Word:
		if len(t.Text) > 1 && t.Text[len(t.Text)-1] == '.' {
			return stopAbbr
		}
		return stopNone
	case Punct:
		switch t.Text {
		case ".", "!", "?", "؟", "۔", "।", "॥", "።", "‼", "⁉", "⁈":
			return stopHard
		case "…", "...", "....", "..":
			return stopSoft
		case "。", "！", "？", "｡", "．":
			return stopWide
		}
		if t.Text[0] == '!' || t.Text[0] == '?' {
			return stopHard
		}
	}
	return stopNone
}

// lineBreaks decides whether the line break after token i ends a sentence.
func lineBreaks(s string, toks []Token, begin, i int) bool {
	next := toks[i+1]
	if strings.IndexByte(s[toks[i].End:next.Start], '\n') < 0 {
		return false
	}
	if fullStop(toks[i]) >= stopHard {
		return startsUpper(next.Text) || next.Kind != Word
	}
	if next.Kind == Punct {
		return next.Text == "•" || next.Text == "-" || next.Text == "*" || next.Text == "–" || next.Text == "—"
	}
	lineStart := strings.LastIndexByte(s[toks[begin].Start:toks[i].End], '\n') + 1 + toks[begin].Start
	length := toks[i].End - lineStart
	if toks[i].Kind == Punct && (toks[i].Text == "," || toks[i].Text == "-" || toks[i].Text == "–") {
		return false
	}
	return length <= 48 && !startsLower(next.Text)
}

// abbrEnd decides whether a token with its own point (at i; closing marks up
// to j) ends the sentence, given the next word at k.
func abbrEnd(s string, toks []Token, begin, i, j, k int, lang string, opened bool) int {
	w := strings.TrimSuffix(toks[i].Text, ".")
	next := toks[k]
	starts := starter(next.Text, lang)
	class := abbreviation(w)
	if r, n := utf8.DecodeRuneInString(w); n == len(w) && unicode.IsUpper(r) {
		// An initial: "J. R. Adeyemi", but "He chose plan B. The council …".
		if starts && next.Kind == Word && !(i > begin && isInitial(toks[i-1])) {
			return j
		}
		return -1
	}
	switch class {
	case abbrTitle, abbrNever, abbrNumber:
		return -1
	case abbrMonth:
		if next.Kind == Number {
			return -1
		}
		if starts {
			return j
		}
		return -1
	}
	if opened && next.Kind == Word && !strings.HasPrefix(toks[j+1].Text, "(") {
		return j
	}
	switch strings.ToLower(w) {
	case "a.m", "p.m":
		if next.Kind == Number || clockWord(next.Text) {
			return -1
		}
		return j
	case "etc", "usw", "ecc":
		return j
	case "z.b", "d.h", "u.a", "i.e", "e.g", "s.a", "s.p.a", "p.ej", "c.a":
		if starts && strings.HasPrefix(strings.ToLower(w), "s.") {
			return j
		}
		return -1
	}
	if starts {
		return j
	}
	return -1
}

func isInitial(t Token) bool {
	if t.Kind != Word || !strings.HasSuffix(t.Text, ".") {
		return false
	}
	r, n := utf8.DecodeRuneInString(t.Text)
	return n == len(t.Text)-1 && unicode.IsUpper(r)
}

func clockWord(w string) bool {
	switch w {
	case "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "GMT", "BST", "CET", "CEST", "EST", "EDT", "ET", "PT", "PST", "PDT", "UTC", "Eastern", "Pacific", "Central", "Mountain", "AEST", "AEDT", "IST", "JST", "Jan", "Feb",
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December":
		return true
	}
	return false
}

// ordinalPoint reports a German ordinal ("am 3. März", "das 19. Jahrhundert"):
// a number of one or two digits whose point belongs to it.
func ordinalPoint(toks []Token, begin, i int, next Token) bool {
	n := toks[i-1]
	if n.Kind != Number || len(n.Text) > 2 {
		return false
	}
	if germanMonths[next.Text] {
		return true
	}
	if i-2 < begin {
		return false
	}
	switch toks[i-2].Text {
	case "am", "Am", "im", "Im", "vom", "Vom", "zum", "Zum", "der", "Der", "die", "Die", "das", "Das", "dem", "den", "des", "seit", "Seit", "bis", "beim", "ihr", "ihren", "sein", "seinen", "seinem", "ein", "eine", "und", "zur", "Zur", "ins", "nach", "ab", "Ab":
		return true
	}
	return false
}

var germanMonths = map[string]bool{
	"Januar": true, "Jänner": true, "Februar": true, "März": true, "April": true, "Mai": true, "Juni": true, "Juli": true, "August": true,
	"September": true, "Oktober": true, "November": true, "Dezember": true, "Jahrhundert": true, "Jahrhunderts": true, "Jahrhunderte": true, "Quartal": true,
}

// attributed reports that the words from k on say who spoke: up to four names
// or pronouns and a verb of saying.
func attributed(toks []Token, k int) bool {
	for n := 0; k < len(toks) && n < 5; k, n = k+1, n+1 {
		if toks[k].Kind != Word {
			return false
		}
		w := toks[k].Text
		if n > 0 && sayingVerbs[w] {
			return true
		}
		if n > 0 && startsLower(w) && len(w) > 3 {
			return false
		}
	}
	return false
}

var sayingVerbs = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`said says say asked asks wrote writes tweeted posted added adds replied told shouted yelled
		insisted wondered demanded exclaimed quipped joked recalled warned continued declared answered cried called
		sagte fragte schrieb erklärte dijo preguntó escribió afirmó añadió dit demanda écrit ajoute disse perguntou escreveu chiese scrisse`) {
		m[w] = true
	}
	return m
}()

func startsUpper(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

func startsLower(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsLower(r)
}

// innerUpper reports names that start small: iPhone, al-Shabab, eBay.
func innerUpper(w string) bool {
	if len(w) > 24 {
		w = w[:24]
	}
	for i, r := range w {
		if i > 0 && unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// starter reports capitalised words that commonly open a sentence and are no
// part of a name.
func starter(w, lang string) bool {
	if lang == "" || lang == "und" {
		lang = "en"
	}
	return starters[lang][w] || lang != "en" && starters["en"][w] && lang != "de"
}

var starters = func() map[string]map[string]bool {
	m := map[string]map[string]bool{}
	for lang, words := range map[string]string{
		"en": `The A An It He She They We I You In On At But And However This That These Those There Its His Her Their Our My As After
			Before When While If For From By With Under Some Many Most Both Last Earlier Later Meanwhile Since Now Then So No Not Yes What
			Who Why How Where Police Officials Authorities Analysts Investigators Critics Supporters Residents Several More About Around Also Although
			Because Despite During Until Only Other Another Each Every Such One Two Three Four Five All Asked Here Once Still Yet Among Instead Shares`,
		"es": `El La Los Las Un Una Unos Unas En De Del Al Por Para Con Sin Según Pero Y Mientras Cuando Como Tras Desde Hasta Su Sus Este Esta
			Estos Estas Ese Esa Eso Esto No Se Lo También Además Entre Sobre Ante Ayer Hoy Ya Así Aunque Si Que Ella Ellos`,
		"fr": `Le La Les L’ L' Un Une Des Du De En Dans Pour Par Avec Sans Selon Mais Et Ou Depuis Après Avant Il Elle Ils Elles On Ce Cette Ces C’ C'
			Sa Son Ses Leur Leurs Au Aux À Sur Sous Entre Alors Si Comme Quand Lors Ainsi Pourtant Hier`,
		"de": `Der Die Das Den Dem Des Ein Eine Einen Einem Einer Er Sie Es Wir Ich Ihr Ihre Sein Seine In Im Am An Auf Aus Bei Mit Nach Von Vom Zu
			Zum Zur Für Gegen Über Unter Vor Und Aber Doch Auch Nur Noch Wie Wenn Als Weil Dass Damit Dabei Dafür Dazu Diese Dieser Dieses Man Nicht
			Seit Bis Laut Während Zuvor Zudem Nun Jetzt Dann Da Dort Hier So`,
		"pt": `O A Os As Um Uma Em No Na Nos Nas De Do Da Dos Das Ao À Por Pelo Pela Para Com Sem Segundo Mas E Ou Quando Como Após Desde Até Seu Sua
			Este Esta Esse Essa Isso Ele Ela Elas Não Se Também Além Entre Sobre Já Ainda Embora`,
		"it": `Il Lo La I Gli Le L’ L' Un Uno Una In Nel Nella Nei Di Del Della Dei A Al Alla Da Dal Dalla Per Con Su Sul Sulla Ma E Ed O Quando Come Dopo
			Secondo Non Si Anche Intanto Mentre Se Che Suo Sua Questo Questa Lui Lei Loro`,
		"nl": `De Het Een In Op Aan Van Voor Met Bij Uit Naar Door Over Onder Maar En Of Als Toen Dat Die Dit Deze Hij Zij Ze Wij We Er Ook Nog Niet
			Volgens Na Sinds Tot Om Zijn Haar Hun`,
	} {
		set := map[string]bool{}
		for _, w := range strings.Fields(words) {
			set[w] = true
		}
		m[lang] = set
	}
	return m
}()
