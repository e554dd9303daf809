package grounding

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// Carries reports whether an evidence text carries a claim, and why not if it
// doesn't. Every name, number and date of the claim must occur in the evidence;
// most of its words must; a denial or a doubt that the evidence puts on what
// the claim says must be in the claim; and the claim may not bring its own. A
// claim that is a subsequence of the evidence's words passes when what was left
// out turns nothing round.
func Carries(evidence, claim string) (ok bool, reason string) {
	ev, cl := words(evidence), words(claim)
	if len(cl) == 0 {
		return false, "says nothing"
	}
	if at, sub := align(cl, ev); sub {
		if w := droppedTurn(ev, at); w != "" {
			return false, fmt.Sprintf("leaves out %q", w)
		}
		return true, ""
	}
	return carriesFreely(ev, cl)
}

// word is a token in the forms that claims are compared in.
type word struct {
	text  string // as it stands
	low   string // folded
	stem  string
	mark  bool // punctuation
	first bool // starts a sentence
}

func words(s string) []word {
	toks := text.Tokens(s)
	out := make([]word, 0, len(toks))
	first := true
	for _, t := range toks {
		w := word{text: t.Text, low: text.FoldPlain(t.Text), mark: t.Kind == text.Punct}
		if w.mark {
			out = append(out, w)
			if t.Text == "." || t.Text == "!" || t.Text == "?" || t.Text == ":" {
				first = true
			}
			continue
		}
		w.first, first = first, false
		out = append(out, w)
	}
	return out
}

// align finds the claim's words in the evidence in their order, and returns the
// evidence index of each. Of several ways the one that ends first counts.
func align(cl, ev []word) (at []int, ok bool) {
	j := 0
	for _, c := range cl {
		if c.mark {
			continue
		}
		for j < len(ev) && (ev[j].mark || ev[j].low != c.low) {
			j++
		}
		if j == len(ev) {
			return nil, false
		}
		at = append(at, j)
		j++
	}
	return at, len(at) > 0
}

// turns are the words that turn a statement round or put it in doubt.
var turns = set(`not n't no never none nobody nothing neither nor without cannot deny denied denies denying refuse refused refuses reject rejected rejects fail failed fails unless if whether
	could may might would allegedly alleged reportedly reported apparently possibly perhaps probably likely unlikely suspected accused claims claimed claim rumoured rumored doubt doubted
	false falsely wrongly hoax untrue unconfirmed plans planned hopes hoped intends proposes proposed considering considers threatened threatens expected expects believed
	hardly barely scarcely almost nearly planned rather instead except
	nunca jamás sin ni negó niega niegan podría podrían presunto presunta presuntamente supuesto supuestamente quizá acaso
	ne n' pas jamais sans nie nié pourrait pourraient présumé présumée peut-être selon
	nicht kein keine keinen keiner nie ohne bestreitet bestritt könnte könnten soll sollen angeblich mutmaßlich mutmaßliche mutmaßlicher wohl vielleicht
	não nem sem nunca negou nega poderia poderiam poderá suposto suposta alegadamente
	non mai senza nega negato potrebbe potrebbero presunto presunta`)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[text.FoldPlain(w)] = true
	}
	return m
}

// droppedTurn returns a word that turns the statement round and was left out,
// or "". What stands between marks on both sides, or after a comma with a
// relative pronoun, is an insertion of its own and may go.
func droppedTurn(ev []word, at []int) string {
	kept := make([]bool, len(ev))
	for _, i := range at {
		kept[i] = true
	}
	for i := 0; i < len(ev); {
		if kept[i] || ev[i].mark {
			i++
			continue
		}
		j := i
		for j < len(ev) && !kept[j] {
			j++
		}
		// ev[i:j] was left out, marks at its ends apart.
		opened := i > 0 && ev[i-1].mark && !strings.Contains("-%", ev[i-1].text)
		end := j
		for end > i && ev[end-1].mark {
			end--
		}
		closed := end < j
		whole := opened && (closed || j == len(ev)) && i > 0
		for k := i; k < end; k++ {
			if !turns[ev[k].low] {
				continue
			}
			switch {
			case i == 0 || !anyKept(kept[:i]):
				// What came before the claim: an opening is free to go where it is a
				// phrase of its own ("If asked, …" is not).
				if closed && !conditional[ev[k].low] && sentenceEnd(ev[k:end+1]) {
					continue
				}
				return ev[k].text
			case whole && insertion(ev[i:end]):
				continue
			case j == len(ev) && sentenceBreak(ev[:i]):
				continue // a sentence of its own after the claim
			}
			return ev[k].text
		}
		i = j
	}
	return ""
}

func anyKept(kept []bool) bool {
	for _, k := range kept {
		if k {
			return true
		}
	}
	return false
}

var conditional = set(`if unless whether deny denied denies rejected rejects refused refuses false doubt`)

// sentenceEnd reports that the run ends a sentence before what follows.
func sentenceEnd(ws []word) bool {
	for _, w := range ws {
		if w.mark && (w.text == "." || w.text == ";" || w.text == "!" || w.text == "?") {
			return true
		}
	}
	return false
}

// sentenceBreak reports that the last mark before is a full stop.
func sentenceBreak(ws []word) bool {
	for i := len(ws) - 1; i >= 0; i-- {
		if !ws[i].mark {
			return false
		}
		if ws[i].text == "." || ws[i].text == "!" || ws[i].text == "?" || ws[i].text == ";" {
			return true
		}
	}
	return false
}

// insertion reports that the words are a clause about something within the
// statement, not about the statement: a relative one, an apposition, brackets.
func insertion(ws []word) bool {
	if len(ws) == 0 {
		return true
	}
	switch ws[0].low {
	case "who", "which", "whose", "where", "that", "qui", "que", "dont", "der", "die", "das", "quien", "cuyo", "che", "cui", "a", "an", "the", "un", "una", "une", "ein", "eine", "um", "uma":
		return true
	}
	return conditionalFree(ws) && len(ws) <= 4
}

func conditionalFree(ws []word) bool {
	for _, w := range ws {
		if turns[w.low] {
			return false
		}
	}
	return true
}

// carriesFreely checks a claim in words of its own.
func carriesFreely(ev, cl []word) (bool, string) {
	have := map[string]bool{}
	numbers := map[string]bool{}
	for i := range ev {
		if ev[i].mark {
			continue
		}
		ev[i].stem = text.Stem(ev[i].text, "en")
		have[ev[i].low], have[ev[i].stem] = true, true
		for _, part := range strings.FieldsFunc(ev[i].low, func(r rune) bool { return r == '-' || r == '\'' }) {
			have[part], have[text.Stem(part, "en")] = true, true
		}
		if n, ok := number(ev[i].low); ok {
			numbers[n] = true
		}
		for _, part := range strings.FieldsFunc(ev[i].low, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' }) {
			if n, ok := number(strings.Trim(part, ".,")); ok {
				numbers[n] = true
			}
		}
	}
	content, found := 0, 0
	for i := range cl {
		c := &cl[i]
		if c.mark {
			continue
		}
		c.stem = text.Stem(c.text, "en")
		known := have[c.low] || have[c.stem]
		if n, ok := number(c.low); ok {
			if !numbers[n] && !(n == "1" && have["a"]) {
				return false, fmt.Sprintf("the number %q is not in the evidence", c.text)
			}
			continue
		}
		if strings.ContainsFunc(c.low, unicode.IsDigit) {
			for _, part := range strings.FieldsFunc(c.low, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' }) {
				if n, ok := number(strings.Trim(part, ".,")); ok && !numbers[n] {
					return false, fmt.Sprintf("the number %q is not in the evidence", c.text)
				}
			}
			continue
		}
		if calendar[c.low] && !known {
			return false, fmt.Sprintf("the date %q is not in the evidence", c.text)
		}
		r, _ := utf8.DecodeRuneInString(c.text)
		if unicode.IsUpper(r) && !known && !(c.first && text.StopWord(c.text, "en")) && c.low != "i" {
			parts := strings.FieldsFunc(c.low, func(r rune) bool { return r == '-' || r == '\'' || r == '.' })
			all := len(parts) > 1
			for _, p := range parts {
				all = all && have[p]
			}
			if !all {
				return false, fmt.Sprintf("the name %q is not in the evidence", c.text)
			}
		}
		if !text.StopWord(c.text, "en") && !turns[c.low] {
			content++
			if known {
				found++
			}
		}
	}
	if content == 0 {
		return false, "says nothing"
	}
	if found*10 < content*6 {
		return false, "most of its words are not in the evidence"
	}
	return sameTurns(ev, cl)
}

// denials are the turns that reverse a statement; any stands for any other.
var denials = set(`not n't no never none nobody nothing neither nor without cannot denied denies deny denying refused refuses refuse rejected rejects reject failed fails fail false untrue unlikely
	nicht kein keine nie ohne pas jamais sans ne n' no nunca sin ni não nem sem non mai senza hardly barely scarcely`)

// subordinates open a clause of their own.
var subordinates = set(`after because before when while since although though who which where but
	nachdem weil bevor während obwohl aber después porque mientras aunque pero après parce pendant mais depois enquanto embora mas dopo perché mentre`)

// sameTurns checks that a claim in its own words denies and doubts just where
// the evidence does.
func sameTurns(ev, cl []word) (bool, string) {
	claimed := map[string]bool{}
	denies, doubts := false, false
	for _, c := range cl {
		if c.mark {
			continue
		}
		claimed[c.low], claimed[c.stem] = true, true
		if denials[c.low] {
			denies = true
		} else if turns[c.low] {
			doubts = true
		}
	}
	evDenies := false
	// Clause by clause: a turn counts where the clause is one that the claim tells.
	start := 0
	for i := 0; i <= len(ev); i++ {
		if i < len(ev) && !(ev[i].mark && strings.ContainsAny(ev[i].text, ".,;:!?—–()\"“”")) && !subordinates[ev[i].low] {
			continue
		}
		total, told := 0, 0
		denial, doubt := "", ""
		for _, w := range ev[start:i] {
			if w.mark {
				continue
			}
			if denials[w.low] {
				denial, evDenies = w.text, true
			} else if turns[w.low] {
				doubt = w.text
			}
			if !text.StopWord(w.text, "en") && !turns[w.low] {
				total++
				if claimed[w.low] || claimed[w.stem] {
					told++
				}
			}
		}
		start = i + 1
		if total == 0 || told*2 < total {
			continue
		}
		if denial != "" && !denies {
			return false, fmt.Sprintf("leaves out %q", denial)
		}
		if doubt != "" && !doubts && !denies {
			return false, fmt.Sprintf("leaves out %q", doubt)
		}
	}
	if denies && !evDenies {
		return false, "denies what the evidence doesn't"
	}
	return true, ""
}

var calendar = set(`monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december yesterday today tomorrow
	lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre
	montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz juni juli oktober dezember`)

var numerals = func() map[string]string {
	m := map[string]string{}
	for i, w := range strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty") {
		m[w] = fmt.Sprint(i)
	}
	for i, w := range strings.Fields("thirty forty fifty sixty seventy eighty ninety") {
		m[w] = fmt.Sprint(30 + 10*i)
	}
	m["hundred"], m["thousand"], m["million"], m["billion"], m["trillion"], m["dozen"] = "hundred", "thousand", "million", "billion", "trillion", "dozen"
	return m
}()

// number returns the normal form of a number: 1,900 and 1.900 are one, and the
// words up to twenty are their figures.
func number(low string) (string, bool) {
	if n, ok := numerals[low]; ok {
		return n, true
	}
	if low == "" || !unicode.IsDigit(rune(low[0])) {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(low); i++ {
		c := low[i]
		switch {
		case c >= '0' && c <= '9':
			b.WriteByte(c)
		case (c == ',' || c == '.') && thousands(low[i+1:]):
		case c == ',' || c == '.':
			b.WriteByte('.')
		case c == '%' || i > 0 && (strings.HasPrefix(low[i:], "bn") || strings.HasPrefix(low[i:], "m") || strings.HasPrefix(low[i:], "k") || strings.HasPrefix(low[i:], "th") || strings.HasPrefix(low[i:], "st") || strings.HasPrefix(low[i:], "nd") || strings.HasPrefix(low[i:], "rd")):
			return b.String(), true
		default:
			return "", false
		}
	}
	return strings.TrimRight(b.String(), "."), true
}

// thousands reports that a group of exactly three digits follows.
func thousands(s string) bool {
	if len(s) < 3 {
		return false
	}
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 3 || s[3] < '0' || s[3] > '9'
}
