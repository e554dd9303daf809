package actors

import (
	"strings"

	"sitrep/summarize/text"
)

// nameJoints may stand inside a name between its capitalised words.
var nameJoints = words(`de del de-la la van von der den ter ten el al bin ibn bint of da do dos das di della du des le st. and y e & of-the d' d’ zu ben`)

// calendar words are capitalised in English and name nobody.
var calendar = words(`monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
	jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec. mon. tue. wed. thu. fri. sat. sun. i`)

// Guess finds names without a model: runs of capitalised words away from the
// start of a sentence, or there if they come again, with a title or in brackets.
func Guess(p *Passage) []Entity {
	lang := p.Lang
	again := map[string]int{}
	for i := range p.Toks {
		t := &p.Toks[i]
		if t.Kind == text.Word && isUpper(t.Text) && t.Sent >= 0 && i > p.Sents[t.Sent].First {
			again[t.Text]++
		}
	}
	var out []Entity
	for i := 0; i < len(p.Toks); i++ {
		if !p.prose(i) || !p.capital(i) {
			continue
		}
		first := i == p.Sents[p.Toks[i].Sent].First || i > 0 && p.Toks[i].Quoted && !p.Toks[i-1].Quoted
		j := i + 1
		for j < len(p.Toks) && p.same(j, i) && p.Toks[j].Quoted == p.Toks[i].Quoted {
			if p.capital(j) {
				j++
				continue
			}
			if nameJoints[p.low(j)] && p.low(j) != "and" && p.low(j) != "y" && p.low(j) != "e" && p.capital(j+1) && p.same(j+1, i) {
				j += 2
				continue
			}
			if nameJoints[p.low(j)] && nameJoints[p.low(j+1)] && p.capital(j+2) && p.same(j+2, i) {
				j += 3
				continue
			}
			break
		}
		k := i
		// Titles and role words at the start are not the name's ("Harbour Minister Ann Roe").
		for t := i; t < j-1; t++ {
			if honorifics[p.low(t)] || ranks[p.low(t)] || p.roleNoun(t) {
				k = t + 1
			}
		}
		titled := k > i || i > 0 && p.same(i-1, i) && (honorifics[p.low(i-1)] || ranks[p.low(i-1)] || p.roleNoun(i-1))
		if first && k == i && j-i == 1 && again[p.Toks[i].Text] == 0 {
			continue
		}
		if first && k == i && j-i > 1 && (notNouns[p.low(i)] || determiners[p.low(i)]) {
			k++
		}
		if k >= j {
			continue
		}
		if lang == "de" && j-k == 1 && !titled || lang == "de" && !titled && j-k < 2 {
			i = j - 1
			continue
		}
		out = append(out, Entity{Start: p.Toks[k].Start, End: p.Toks[j-1].End, Kind: p.guessKind(k, j, titled)})
		i = j - 1
	}
	return out
}

func (p *Passage) capital(i int) bool {
	if i < 0 || i >= len(p.Toks) {
		return false
	}
	t := &p.Toks[i]
	return t.Kind == text.Word && isUpper(t.Text) && !calendar[t.Low] && t.Low != "'s"
}

func (p *Passage) guessKind(k, j int, titled bool) Kind {
	for i := k; i < j; i++ {
		if properOrgNouns[p.low(i)] || i == j-1 && i > k && companySuffixes[p.low(i)] || p.Toks[i].Text == "&" {
			return KindOrg
		}
	}
	if j-k == 1 && allCaps(p.Toks[k].Text) {
		return KindOrg
	}
	if titled {
		return KindPerson
	}
	switch p.low(k - 1) {
	case "in", "at", "near", "from", "en", "à", "em", "aus", "nach", "a":
		return KindPlace
	}
	for i := k; i < j; i++ {
		if strings.HasSuffix(p.low(i), "ese") || strings.HasSuffix(p.low(i), "ish") {
			return KindMisc
		}
	}
	if j-k >= 2 && j-k <= 4 {
		return KindPerson
	}
	if p.low(j) == "," || p.low(j) == "'s" {
		return KindPlace
	}
	return KindOrg
}
