package actors

import (
	"strings"
	"unicode"

	"sitrep/summarize/text"
)

// Correct mends what a tagger leaves wrong where rules know better: names of
// persons that swallowed a title, repeats of a name that it missed, and the
// outlet that publishes the article: it is no actor in its own news.
func Correct(body, title *Passage, publisher string) {
	for _, p := range []*Passage{body, title} {
		p.cut()
		p.trim()
		p.extend()
	}
	title.surnamesOnly(body)
	if body.Lang == "de" {
		body.germanNouns()
	}
	ships(body, title)
	body.pairs()
	body.introduced()
	body.worldBodies()
	body.officeNames()
	body.unnamedBodies()
	repeat(body, title)
	body.withoutOutlet(publisher)
	title.withoutOutlet(publisher)
}

// portfolios are what ministers are of: before the word for the office they are
// part of a title, not a body.
var portfolios = words(`defence defense finance foreign interior health innovation justice trade energy transport education culture environment agriculture labour labor infrastructure economy housing
	tourism sports sport digital security welfare home treasury planning prime deputy vice industry water fisheries immigration development science police press general attorney`)

// cut ends names where they run on: at "and the", which joins two, at a plain
// word, at a verb.
func (p *Passage) cut() {
	var extra []Name
	for i := range p.Names {
		n := &p.Names[i]
		if n.Kind == KindMisc {
			continue
		}
		for k := n.First + 1; k < n.Last; k++ {
			low := p.low(k)
			if p.Toks[k].Kind == text.Punct || strings.ContainsFunc(p.Toks[k].Text, unicode.IsUpper) || low == "'s" { // el-Amrani has one within
				continue
			}
			if conjunctions[low] && p.low(k+1) == "the" && k+2 < n.Last {
				extra = append(extra, Name{First: k + 2, Last: n.Last, Kind: n.Kind, Actor: -1})
				n.Last = k
				break
			}
			plain := !nameJoints[low] && !minorWords[low] && !determiners[low] && !linkers[low]
			switch p.Lang {
			case "en", "de":
				plain = plain && !properOrgNouns[low] && !strings.HasPrefix(low, "al-") && low != "airport" && low != "government" && low != "city" && low != "town" && low != "county" && p.Toks[k].Kind == text.Word
			default:
				plain = plain && (auxiliaries[low] || speechVerbs[low]) || cutWords[low]
			}
			if plain {
				n.Last = k
				break
			}
		}
		for n.Last-n.First > 1 && (nameJoints[p.low(n.Last-1)] || minorWords[p.low(n.Last-1)] || linkers[p.low(n.Last-1)] || determiners[p.low(n.Last-1)]) && !isUpper(p.Toks[n.Last-1].Text) {
			n.Last--
		}
	}
	p.insert(extra)
}

var cutWords = words(`dans pendant lors afin avec pour après avant depuis durante tras hasta ante pelo pela com dopo prima mentre`)

// trim takes out of the names what is no part of them: titles, articles, role
// words and plain nouns at their edges.
func (p *Passage) trim() {
	out := p.Names[:0]
	for _, n := range p.Names {
		for n.Last > n.First && (p.low(n.Last-1) == "'s" || p.low(n.Last-1) == "'" || p.low(n.Last-1) == "’") {
			n.Last--
		}
		for n.Last-n.First > 1 {
			low, up := p.low(n.First), isUpper(p.Toks[n.First].Text)
			next := isUpper(p.Toks[n.First+1].Text) || nameJoints[p.low(n.First+1)]
			switch {
			case up && (determiners[low] || possessives[low]) && n.Kind != KindMisc && p.Lang == "en" && (low == "its" || low == "his" || low == "her" || low == "their" || low == "a" || low == "an" || low == "this"):
				n.First++
				continue
			case n.Kind == KindPerson && p.Lang == "en" && up && p.titleWords(n) > 0:
				n.First += p.titleWords(n)
				continue
			case n.Kind == KindOrg && p.Lang == "en" && (low == "state" || portfolios[low]) && p.low(n.First-1) == "of" && p.roleNoun(n.First-2) && isUpper(p.Toks[n.First-2].Text) && !properOrgNouns[p.low(n.Last-1)]:
				n.First, n.Kind = n.First+1, KindPerson // Secretary of "State Ann Roe"
				continue
			case n.Kind == KindPerson && (honorifics[low] || ranks[low] && strings.HasSuffix(low, ".")),
				n.Kind == KindPerson && p.Lang != "en" && next && p.roleNoun(n.First),
				n.Kind != KindMisc && p.Lang == "de" && next && (orgNouns[low] && !properOrgNouns[low] || p.roleNoun(n.First) || determiners[low]),
				p.Lang == "de" && determiners[low],
				p.Lang == "de" && up && (notNouns[low] || linkers[low]),
				p.Lang != "en" && up && determiners[low] && (low == "les" || low == "los" || low == "las" || low == "der" || low == "die" || low == "das"),
				!up && n.Kind == KindPlace && p.Toks[n.First].Kind == text.Word && low != "d'" && low != "l'":
				n.First++
				continue
			}
			break
		}
		for n.Last-n.First > 1 && p.Toks[n.Last-1].Kind == text.Word && !isUpper(p.Toks[n.Last-1].Text) && p.Lang == "de" && n.Kind != KindMisc {
			n.Last--
		}
		one := n.Last-n.First == 1
		low := p.low(n.First)
		switch {
		case n.Last <= n.First:
			continue
		case p.plainWords(n):
			continue
		case n.Kind == KindOrg && p.Lang != "en" && p.Lang != "de" && linkers[p.low(n.First-1)] && p.same(n.First-2, n.First) && (strings.HasPrefix(p.low(n.First-2), "minist") || strings.HasPrefix(p.low(n.First-2), "secr")) && p.roleNoun(n.First-2) && !properOrgNouns[low]:
			// "ministra da Saúde do Brasil": a portfolio, not a body.
			if isCountryName([]string{text.FoldPlain(p.Toks[n.Last-1].Text)}) && !one {
				n.First, n.Kind = n.Last-1, KindPlace
				break
			}
			continue
		case one && n.First == p.Sents[p.Toks[n.First].Sent].First && (determiners[low] || pronouns[low] || notNouns[low]) && n.Kind != KindMisc:
			continue // "Uma vacina …"
		case one && p.Lang == "de" && n.Kind != KindMisc && (p.low(n.First-1) == "das" || p.low(n.First-1) == "ein" || p.low(n.First-1) == "eine" || p.low(n.First-1) == "einem" || p.low(n.First-1) == "einen") &&
			!allCaps(p.Toks[n.First].Text) && !properOrgNouns[low] && !strings.HasSuffix(low, "amt") && !strings.HasSuffix(low, "ministerium") && !strings.HasSuffix(low, "gericht"):
			continue // a common noun: German capitalises them all
		case one && p.Lang == "de" && n.Kind == KindPerson && p.roleNoun(n.First):
			continue
		case n.Kind == KindOrg && p.roleNoun(n.Last) && isUpper(p.Toks[n.Last].Text) && portfolios[p.low(n.Last-1)] && p.same(n.Last, n.First):
			continue // "Norwegian Defence" Minister
		case one && (n.Kind == KindPlace || n.Kind == KindOrg) && (low == "u.s." || low == "u.k." || low == "us" || low == "uk") && p.same(n.Last, n.First) && p.Toks[n.Last].Kind == text.Word &&
			!auxiliaries[p.low(n.Last)] && !speechVerbs[p.low(n.Last)] && !linkers[p.low(n.Last)] && !plainVerbs[p.low(n.Last)] && !conjunctions[p.low(n.Last)] && p.low(n.Last) != "'s" && p.low(n.First-1) != "the" && !notNouns[p.low(n.Last)]:
			n.Kind = KindMisc // an adjective: "U.S. troops"
		case n.Kind == KindOrg && isCountry[strings.Join(p.core(n), " ")] && one == (len(p.core(n)) == 1),
			n.Kind == KindPerson && (!one || p.Lang != "en") && isCountry[country(strings.Join(p.core(n), " "))]:
			n.Kind = KindPlace
		case p.Lang == "de" && n.Kind == KindPerson && !one && !strings.Contains(p.low(n.First), "isch") && isCountry[country(text.FoldPlain(p.Toks[n.First].Text))]:
			n.Last, n.Kind = n.First+1, KindPlace // "Norwegen" Hilfe
		case n.Kind == KindMisc && one && parties[low] && (p.low(n.First-1) == "opposition" || p.low(n.First-1) == "ruling" || p.low(n.First-1) == "governing" || p.low(n.First-1) == "the"):
			n.Kind = KindOrg // "the opposition Conservatives"
		case one && n.Kind == KindPlace && properOrgNouns[low] && !siteNouns[low]:
			n.Kind = KindOrg // "el Senado"
		}
		out = append(out, n)
	}
	p.Names = out
	p.index()
}

// plainTitles are the ranks that are nobody's given or family name.
var plainTitles = words(`minister secretary president senator governor professor ambassador mayor commissioner representative congressman congresswoman councillor lieutenant colonel admiral captain
	premier general sergeant brigadier corporal detective inspector superintendent spokesman spokeswoman director chairman chairwoman`)

// titleWords counts the words at the start of a person's name that are a title or
// open the sentence: "Foreign Secretary Ann Roe", "Earlier Ann Roe".
func (p *Passage) titleWords(n Name) int {
	for i := n.Last - 2; i >= n.First; i-- {
		if plainTitles[p.low(i)] {
			return i + 1 - n.First
		}
	}
	if low := p.low(n.First); n.First == p.Sents[p.Toks[n.First].Sent].First && (notNouns[low] || strings.HasSuffix(low, "ly") || low == "but" || low == "and") && n.Last-n.First > 1 {
		return 1
	}
	return 0
}

// parties are called by what they stand for.
var parties = words(`conservatives liberals democrats republicans greens socialists nationalists reformists christian-democrats`)

// plainWords reports a "name" of lower-case words alone.
func (p *Passage) plainWords(n Name) bool {
	for i := n.First; i < n.Last; i++ {
		for _, r := range p.Toks[i].Text {
			if !unicode.IsLower(r) {
				return false
			}
		}
	}
	return true
}

// extensions are lower-case nouns that belong to the name of a place or people
// before them.
var extensions = map[string]Kind{"airport": KindPlace, "government": KindOrg, "police": KindOrg, "parliament": KindOrg, "army": KindOrg, "navy": KindOrg, "university": KindOrg}

// extend widens names by what belongs to them: "Shannon airport", "Rotterdam
// city council", "the Danish government", a foreign article.
func (p *Passage) extend() {
	for i := range p.Names {
		n := &p.Names[i]
		next := n.Last
		if next < len(p.Toks) && p.same(next, n.First) && p.Toks[next].Name < 0 {
			low := p.low(next)
			k, ok := extensions[low]
			switch {
			case n.Kind == KindPlace && low == "airport":
				n.Last++
			case (n.Kind == KindPlace || n.Kind == KindMisc && country(strings.Join(p.core(*n), " ")) != "") && ok && k == KindOrg && p.low(next+1) != "officer" && p.low(next+1) != "officers" && p.low(next+1) != "spokesman" &&
				p.low(next+1) != "station" && p.low(next+1) != "force" && p.low(next+1) != "officials" && p.low(next+1) != "official":
				n.Last, n.Kind = n.Last+1, k
			case n.Kind == KindPlace && (low == "city" || low == "town" || low == "county" || low == "district" || low == "regional") && p.low(next+1) == "council" && p.same(next+1, n.First):
				n.Last, n.Kind = n.Last+2, KindOrg
			case n.Kind == KindPlace && low == "'s" && p.low(next+1) == "government" && p.same(next+1, n.First) && isCountry[strings.Join(p.core(*n), " ")]:
				// "South Sudan's government": the body; the place is named often enough.
				n.Last, n.Kind = n.Last+2, KindOrg
			}
		}
		if p.Lang != "en" && n.Kind == KindPlace && isCountryName(p.core(*n)) && linkers[p.low(n.First-1)] && governments[p.low(n.First-2)] && p.same(n.First-2, n.First) {
			n.First, n.Kind = n.First-2, KindOrg // "le gouvernement du Soudan du Sud"
		}
		if b := n.First - 1; p.Lang != "en" && p.Lang != "de" && n.Kind != KindMisc && b >= 0 && p.same(b, n.First) && p.Toks[b].Name < 0 && isUpper(p.Toks[b].Text) && properOrgNouns[p.low(b)] {
			n.First, n.Kind = b, KindOrg // "Instituto" Osvaldo T.
		}
		before := n.First - 1
		if p.Lang == "en" && before >= 0 && p.same(before, n.First) && p.Toks[before].Name < 0 && n.Kind == KindOrg && isUpper(p.Toks[before].Text) {
			switch p.Toks[before].Text {
			case "De", "El", "La", "Le", "Les", "Los", "Las", "Die", "Der", "Das", "Het", "Il":
				n.First--
			}
		}
		// "his Bread and Peace Party": tagged from the second part on.
		if n.Kind == KindOrg && before > 1 && (p.low(before) == "and" || p.low(before) == "&") && p.capital(before-1) && p.Toks[before-1].Name < 0 && properOrgNouns[p.low(n.Last-1)] &&
			determiners[p.low(before-2)] && p.same(before-2, n.First) {
			n.First -= 2
		}
	}
	p.index()
}

var governments = words(`gobierno gouvernement governo regierung`)

func isCountryName(core []string) bool { return country(strings.Join(core, " ")) != "" }

// surnamesOnly takes from persons' names in a title what isn't a part of the name
// that the body gives them: "Procès Delacroix".
func (p *Passage) surnamesOnly(body *Passage) {
	given := map[string]map[string]bool{}
	for _, n := range body.Names {
		if core := body.core(n); n.Kind == KindPerson && len(core) > 1 {
			last := core[len(core)-1]
			if given[last] == nil {
				given[last] = map[string]bool{}
			}
			for _, w := range core[:len(core)-1] {
				given[last][w] = true
			}
		}
	}
	for i := range p.Names {
		n := &p.Names[i]
		core := p.core(*n)
		if n.Kind != KindPerson || len(core) < 2 {
			continue
		}
		if known := given[core[len(core)-1]]; known != nil && !known[core[0]] {
			n.First = n.Last - 1
		}
	}
	p.index()
}

// seaWords tell that an article is about a vessel, crafts of the air and of space
// included.
var seaWords = words(`ferry ship vessel tanker barge trawler hull aboard crew master aground capsized sank sunk moored docked freighter frigate submarine yacht lifeboat bow stern spacecraft probe lander orbiter rover
	rocket launch orbit ferries ships vessels tankers barges hulls crews captain shipping fleet oil-tanker`)

// ships unmarks the vessels of an article about one: what always has "the" before
// it, no word for a body in it, and a role of nobody's. A ship acts for nobody.
func ships(passages ...*Passage) {
	body := passages[0]
	if body.Lang != "en" {
		return
	}
	words := 0
	for i := range body.Toks {
		if seaWords[body.Toks[i].Low] {
			words++
		}
	}
	if words < 3 {
		return
	}
	type use struct{ all, the int }
	uses := map[string]*use{}
	for _, n := range body.Names {
		if n.Kind != KindOrg || body.bodily(n) || body.low(n.Last) == "," && body.possessed(n.Last, min(n.Last+4, len(body.Toks))) {
			continue
		}
		key := strings.Join(body.core(n), " ")
		if uses[key] == nil {
			uses[key] = &use{}
		}
		uses[key].all++
		if body.low(n.First-1) == "the" || body.low(n.First) == "the" {
			uses[key].the++
		}
	}
	for _, p := range passages {
		for i := range p.Names {
			n := &p.Names[i]
			if u := uses[strings.Join(p.core(*n), " ")]; n.Kind == KindOrg && u != nil && u.all == u.the && worldBody(p.core(*n)) == "" && !strings.HasSuffix(p.low(n.Last-1), "s") {
				n.Kind = KindMisc
			}
		}
	}
}

// germanNouns drops single words that come once, belong to no longer name and
// stand for no acronym or known body: German capitalises every noun.
func (p *Passage) germanNouns() {
	count := map[string]int{}
	parts := map[string]bool{}
	for _, n := range p.Names {
		core := p.core(n)
		if len(core) > 1 {
			for _, w := range core {
				parts[w] = true
			}
		}
		count[strings.Join(core, " ")]++
	}
	out := p.Names[:0]
	for _, n := range p.Names {
		core := p.core(n)
		if (n.Kind == KindPerson || n.Kind == KindOrg) && len(core) == 1 && count[core[0]] == 1 && !parts[core[0]] && !allCaps(p.Toks[n.First].Text) && worldBody(core) == "" &&
			!honorifics[p.low(n.First-1)] && !p.roleNoun(n.First-1) && !p.orgNoun(n.First-1) && !properOrgNouns[core[0]] {
			continue
		}
		out = append(out, n)
	}
	p.Names = out
	p.index()
}

// pairs joins the halves of names such as "Wren and Barlow": two single names
// that the article never has but together.
func (p *Passage) pairs() {
	count := map[string]int{}
	for _, n := range p.Names {
		if n.Last-n.First == 1 {
			count[p.Toks[n.First].Text]++
		}
	}
	together := map[[2]string]int{}
	for i := 1; i < len(p.Names); i++ {
		x, y := p.Names[i-1], p.Names[i]
		if x.Last-x.First == 1 && y.Last-y.First == 1 && y.First == x.Last+1 && (p.low(x.Last) == "and" || p.low(x.Last) == "&") {
			together[[2]string{p.Toks[x.First].Text, p.Toks[y.First].Text}]++
		}
	}
	out := p.Names[:0]
	for i := 0; i < len(p.Names); i++ {
		x := p.Names[i]
		if i+1 < len(p.Names) {
			y := p.Names[i+1]
			pair := [2]string{p.Toks[x.First].Text, p.Toks[y.First].Text}
			if n := together[pair]; y.First == x.Last+1 && n > 0 && x.Last-x.First == 1 && y.Last-y.First == 1 && count[pair[0]] == n && count[pair[1]] == n &&
				country(text.FoldPlain(pair[0])) == "" && country(text.FoldPlain(pair[1])) == "" && (n > 1 || p.isFirm(y)) {
				out = append(out, Name{First: x.First, Last: y.Last, Kind: KindOrg, Actor: -1})
				i++
				continue
			}
		}
		out = append(out, x)
	}
	p.Names = out
	p.index()
}

// isFirm reports that a singular apposition calls the name a firm.
func (p *Passage) isFirm(n Name) bool {
	if p.low(n.Last) != "," || p.low(n.Last+1) != "a" && p.low(n.Last+1) != "an" && p.low(n.Last+1) != "the" {
		return false
	}
	for i := n.Last + 2; i < n.Last+6 && p.same(i, n.First); i++ {
		if p.orgNoun(i) {
			return true
		}
		if !p.inNP(i) {
			return false
		}
	}
	return false
}

// introduced marks single names that open a sentence and are introduced there:
// "Suharyanto, the founder and chairman, …".
func (p *Passage) introduced() {
	lowers := map[string]bool{}
	for i := range p.Toks {
		if p.Toks[i].Kind == text.Word && !isUpper(p.Toks[i].Text) {
			lowers[p.Toks[i].Low] = true
		}
	}
	var extra []Name
	f := &finder{p: p}
	for _, s := range p.Sents {
		i := s.First
		if s.Last-i < 6 || !p.Paras[s.Para].Prose || p.Toks[i].Name >= 0 || p.Toks[i].Quoted || p.low(i+1) != "," || !p.capital(i) || lowers[p.Toks[i].Low] || text.StopWord(p.Toks[i].Text, p.Lang) ||
			len(p.Toks[i].Text) < 4 || strings.HasSuffix(p.Toks[i].Low, "ly") || notNouns[p.Toks[i].Low] || allCaps(p.Toks[i].Text) || p.roleNoun(i) {
			continue
		}
		k := i + 2
		det := determiners[p.low(k)]
		if det {
			k++
		}
		owned := false
		if n, ok := p.nameAt(k); ok && p.low(n.Last) == "'s" {
			owned = true
		}
		if !det && !owned {
			continue
		}
		if h, e := f.phrase(k, KindPerson, det); h >= 0 && (p.low(e) == "," || p.low(e) == "who") && p.same(e, i) {
			extra = append(extra, Name{First: i, Last: i + 1, Kind: KindPerson, Actor: -1})
		}
	}
	p.insert(extra)
}

// officeNames marks runs of capitals that end in the word for a body and were
// missed: "its Monetary Authority".
func (p *Passage) officeNames() {
	if p.Lang == "de" {
		return
	}
	var extra []Name
	for i := 0; i < len(p.Toks); i++ {
		if p.Lang == "en" && p.low(i) == "no." && p.low(i+1) == "10" && p.same(i, i+1) && p.prose(i) && p.Toks[i].Name < 0 && p.Toks[i+1].Name < 0 && (p.isSpeech(i+2) || auxiliaries[p.low(i+2)] || plainVerbs[p.low(i+2)]) {
			extra = append(extra, Name{First: i, Last: i + 2, Kind: KindOrg, Actor: -1}) // the British prime minister's office
			i++
			continue
		}
		misc, isMisc := p.nameAt(i)
		isMisc = isMisc && misc.Kind == KindMisc && misc.Last-misc.First == 1 && country(text.FoldPlain(p.Toks[i].Text)) != ""
		if !p.prose(i) || p.Toks[i].Name >= 0 && !isMisc || !p.capital(i) || !p.same(i-1, i) || p.Toks[i].Quoted || !determiners[p.low(i-1)] {
			continue
		}
		j := i
		if isMisc {
			j++
		}
		for j < len(p.Toks) && p.same(j, i) && p.Toks[j].Name < 0 && (p.capital(j) || j > i && (p.low(j) == "of" || p.low(j) == "and" || p.low(j) == "for") && p.capital(j+1) && p.Toks[j+1].Name < 0 && p.same(j+1, i)) {
			j++
		}
		office := false
		for k := i; k < j; k++ {
			if properOrgNouns[p.low(k)] && !companySuffixes[p.low(k)] && (k == j-1 || p.low(k+1) == "of" || p.low(k+1) == "for") {
				office = true
			}
		}
		if office && j-i >= 2 && !p.roleNoun(j) {
			if isMisc { // "the Norwegian Joint Staff"
				at := p.Toks[i].Name
				p.Names = append(p.Names[:at:at], p.Names[at+1:]...)
				p.index()
			}
			extra = append(extra, Name{First: i, Last: j, Kind: KindOrg, Actor: -1})
		}
		i = max(i, j-1)
	}
	p.insert(extra)
}

// worldBodies marks the international bodies by the one word that they go by, in
// whatever language: "der Kreml", "la OTAN".
func (p *Passage) worldBodies() {
	var extra []Name
	for i := range p.Toks {
		t := &p.Toks[i]
		if t.Name >= 0 || t.Kind != text.Word || !isUpper(t.Text) || !p.prose(i) || len(t.Text) < 4 && !allCaps(t.Text) || len(t.Text) < 2 {
			continue
		}
		if worldBody([]string{text.FoldPlain(t.Text)}) != "" {
			extra = append(extra, Name{First: i, Last: i + 1, Kind: KindOrg, Actor: -1})
		}
	}
	p.insert(extra)
}

// unnamedBodies marks bodies that are called by what they are, in lower case:
// "the data protection authority", "a government commission". One word alone
// ("the committee") is no name.
func (p *Passage) unnamedBodies() {
	if p.Lang != "en" {
		return
	}
	var extra []Name
	for i := range p.Toks {
		low := p.low(i)
		if low != "commission" && low != "committee" && low != "authority" && low != "trust" || p.Toks[i].Text != low || !p.prose(i) || p.Toks[i].Quoted || p.Toks[i].Name >= 0 {
			continue
		}
		k := i
		for k > 0 && i-k < 4 && p.same(k-1, i) && p.Toks[k-1].Name < 0 && p.inNP(k-1) && !lightMods[p.low(k-1)] && !freshMods[p.low(k-1)] && !bareMods[p.low(k-1)] && p.low(k-1) != "'s" {
			k--
		}
		for k < i && (p.Toks[k].Kind != text.Word || p.low(k) == "'s") {
			k++
		}
		last := i + 1
		if p.low(last) == "on" && p.same(last+2, i) && p.inNP(last+1) && !determiners[p.low(last+1)] {
			last += 2
			for p.same(last+1, i) && conjunctions[p.low(last)] && p.inNP(last+1) && p.Toks[last+1].Kind == text.Word && !p.opensClause(last+1) {
				last += 2
			}
		}
		if k == i && last == i+1 || p.Toks[min(last, len(p.Toks)-1)].Name >= 0 && p.same(last, i) {
			continue
		}
		if b := p.low(k - 1); !determiners[b] && b != "'s" && b != "’s" && !(b == "'" || b == "’") || b == "no" {
			continue
		}
		// "parliament's defence committee", "the British government's emergency committee"
		if b := p.low(k - 1); (b == "'s" || b == "’s") && p.same(k-2, i) {
			if owner, ok := p.nameAt(k - 2); ok && p.low(owner.Last-1) == "government" {
				at := p.Toks[k-2].Name
				p.Names = append(p.Names[:at:at], p.Names[at+1:]...)
				p.index()
				k = owner.First
			} else if p.low(k-2) == "parliament" || p.low(k-2) == "government" {
				k -= 2
			}
		}
		extra = append(extra, Name{First: k, Last: last, Kind: KindOrg, Actor: -1})
	}
	p.insert(extra)
}

// bareMods stand before a body without naming it.
var bareMods = words(`own first second third last final single joint special powerful independent whole entire full public private local national small large big such own competent relevant tax trade-off good mutual
	growing deep basic great little blind absolute moral legal ultimate final complete lost broken total sole top leading key`)

// opensClause reports a verb that opens a clause of its own.
func (p *Passage) opensClause(i int) bool {
	return auxiliaries[p.low(i)] || speechVerbs[p.low(i)] || plainVerbs[p.low(i)]
}

// insert adds names to the passage's, which stay in order.
func (p *Passage) insert(extra []Name) {
	if len(extra) == 0 {
		return
	}
	merged := make([]Name, 0, len(p.Names)+len(extra))
	x := 0
	for _, n := range p.Names {
		for x < len(extra) && extra[x].First < n.First {
			merged = append(merged, extra[x])
			x++
		}
		merged = append(merged, n)
	}
	p.Names = append(merged, extra[x:]...)
	p.index()
}

// repeat marks every further occurrence of a name of several words, and of the
// surnames of persons, that the tagger missed.
func repeat(body, title *Passage) {
	known := map[string]Kind{}
	surnames := map[string]bool{}
	for _, p := range []*Passage{body, title} {
		for _, n := range p.Names {
			if n.Kind == KindMisc {
				continue
			}
			core := p.core(n)
			if len(core) > 1 || len(core) == 1 && len(core[0]) > 3 {
				known[strings.Join(core, " ")] = n.Kind
			}
			if n.Kind == KindOrg && len(core) > 2 && core[len(core)-1] == "party" {
				known[strings.Join(core[:len(core)-1], " ")] = n.Kind // "Bread and Peace"
			}
			if n.Kind == KindPerson && len(core) > 1 {
				if last := core[len(core)-1]; len(last) > 3 {
					surnames[last] = true
				}
			}
		}
	}
	if len(known) == 0 {
		return
	}
	for _, p := range []*Passage{body, title} {
		for i := range p.Names {
			n := &p.Names[i]
			if core := p.core(*n); len(core) == 1 && surnames[core[0]] && (n.Kind == KindMisc || p.Lang != "en") && country(core[0]) == "" {
				n.Kind = KindPerson
			}
		}
	}
	for _, p := range []*Passage{body, title} {
		var extra []Name
		for i := 0; i < len(p.Toks); i++ {
			if p.Toks[i].Name >= 0 || p.Toks[i].Kind != text.Word || !isUpper(p.Toks[i].Text) || !p.prose(i) {
				continue
			}
			best, kind := 0, KindMisc
			key := ""
			for n := 1; n <= 5 && i+n <= len(p.Toks) && p.Toks[i+n-1].Name < 0 && p.same(i, i+n-1); n++ {
				if n > 1 {
					key += " "
				}
				key += text.FoldPlain(p.Toks[i+n-1].Text)
				if k, ok := known[key]; ok {
					best, kind = n, k
				}
			}
			if best == 0 && surnames[text.FoldPlain(p.Toks[i].Text)] && !(allCaps(p.Toks[i].Text) && len(p.Toks[i].Text) < 4) {
				best, kind = 1, KindPerson
			}
			if best == 0 || best == 1 && roleNouns[p.Toks[i].Low] {
				continue
			}
			extra = append(extra, Name{First: i, Last: i + best, Kind: kind, Actor: -1})
			i += best - 1
		}
		p.insert(extra)
	}
}

// mediaNouns end the names of outlets, which call themselves by them alone.
var mediaNouns = words(`herald ledger tribune courier post times wire chronicle gazette journal mail mirror guardian observer telegraph standard star sun echo argus examiner dispatch sentinel
	review record globe press bulletin monitor express independent news radio tv agency faro diario periódico quotidien journal zeitung blatt kurier bote diário jornal giornale corriere gazzetta`)

// withoutOutlet unmarks the names of the article's own publisher.
func (p *Passage) withoutOutlet(publisher string) {
	own := nameWords(publisher)
	if len(own) == 0 {
		return
	}
	last := own[len(own)-1]
	out := p.Names[:0]
	for _, n := range p.Names {
		core := p.core(n)
		switch {
		case len(core) == len(own) && strings.Join(core, " ") == strings.Join(own, " "),
			len(core) == 1 && len(own) > 1 && core[0] == last && mediaNouns[last],
			len(core) == 1 && len(own) == 2 && core[0] == own[0] && mediaNouns[own[1]] && p.low(n.First-1) == "(" && p.low(n.Last) == ")":
			continue
		}
		out = append(out, n)
	}
	p.Names = out
	p.index()
}
