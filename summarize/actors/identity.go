package actors

import (
	"slices"
	"strings"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A Decision says which known actor an article's actor is.
type Decision struct {
	ID          int64  // the known actor, 0 for one that isn't known
	Provisional bool   // a new actor known by a short or ambiguous name only
	Reason      string // what decided, for the log and for an operator
}

// Context returns what an article's actor is told from its namesakes by: the
// names it keeps company with there and the words of its roles, folded.
func Context(brief summarize.Brief, actor int) []string {
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) && len(out) < 60 {
			out = append(out, s)
		}
	}
	for i, a := range brief.Actors {
		if i != actor {
			add(strings.Join(nameWords(a.Name), " "))
			if a.Type == summarize.Place {
				add(country(strings.Join(nameWords(a.Name), " ")))
			}
		}
	}
	if actor >= 0 && actor < len(brief.Actors) {
		for _, r := range brief.Actors[actor].Roles {
			for _, w := range nameWords(r.Text) {
				if len(w) > 3 && !minorWords[w] && !statusNoise[w] {
					add(w)
					add(country(w))
				}
			}
		}
		for _, w := range nameWords(brief.Actors[actor].Name) {
			add(country(w))
		}
	}
	return out
}

var statusNoise = words(`former acting deputy interim outgoing incoming new late with from that this head chief member leader`)

// nameWords are the folded words of a name, without article, titles and
// possessive.
func nameWords(s string) []string {
	toks := text.Tokens(s)
	out := make([]string, 0, len(toks))
	for i, t := range toks {
		if t.Kind == text.Punct && t.Text != "&" || t.Text == "'s" || t.Text == "’s" {
			continue
		}
		low := lower(t.Text)
		if i < len(toks)-1 && len(out) == 0 && (low == "the" || low == "der" || low == "die" || low == "das" || honorifics[low]) {
			continue
		}
		out = append(out, text.FoldPlain(t.Text))
	}
	return out
}

// Resolve decides which of the candidates an article's actor is, if any. The
// candidates are those known actors that share an alias with it (see
// Directory.Candidates); context is what Context returns for it. In doubt it is
// none of them: a split can be mended, a wrong merge misleads.
func Resolve(local summarize.Actor, context []string, candidates []summarize.KnownActor) Decision {
	var fits []summarize.KnownActor
	reason := ""
	best := 0
	for _, k := range candidates {
		if k.Type != local.Type {
			continue
		}
		score, why := 0, ""
		switch local.Type {
		case summarize.Person:
			score, why = samePerson(local, context, k)
		case summarize.Org:
			score, why = sameBody(local, context, k)
		default:
			score, why = samePlace(local, k)
		}
		if score == 0 || score < best {
			continue
		}
		if score > best {
			best, fits, reason = score, nil, why
		}
		fits = append(fits, k)
	}
	if len(fits) == 1 {
		return Decision{ID: fits[0].ID, Reason: reason}
	}
	d := Decision{Provisional: provisional(local), Reason: "not known"}
	if len(fits) > 1 {
		// Namesakes: the one with more company in common, if clearly so.
		slices.SortStableFunc(fits, func(x, y summarize.KnownActor) int {
			return common(context, y.Context) - common(context, x.Context)
		})
		if first, second := common(context, fits[0].Context), common(context, fits[1].Context); first >= 2 && first >= 2*second+1 {
			return Decision{ID: fits[0].ID, Reason: reason + "; keeps its company"}
		}
		d.Reason = "several known actors bear the name"
		d.Provisional = true
	}
	return d
}

// provisional reports that all that is known of an actor is a short name.
func provisional(a summarize.Actor) bool {
	ws := nameWords(a.Name)
	switch a.Type {
	case summarize.Person:
		return len(ws) < 2
	case summarize.Org:
		return len(ws) == 1 && len(ws[0]) <= 4 || genericBody(ws)
	}
	return false
}

// common counts what two contexts share.
func common(x, y []string) int {
	in := make(map[string]bool, len(x))
	for _, w := range x {
		in[w] = true
	}
	n := 0
	for _, w := range y {
		if in[w] {
			n++
			in[w] = false
		}
	}
	return n
}

// formsOf are the forms by which an article names an actor, descriptions left
// out.
func formsOf(a summarize.Actor) []string {
	forms := []string{a.Name}
	for _, m := range a.Mentions {
		if !m.Descriptive && !slices.Contains(forms, m.Text) {
			forms = append(forms, m.Text)
		}
	}
	return forms
}

// samePerson compares an article's person with a known one.
func samePerson(a summarize.Actor, context []string, k summarize.KnownActor) (int, string) {
	mine := nameWords(a.Name)
	shared := common(context, k.Context)
	best, why := 0, ""
	for _, alias := range append([]string{k.Name}, k.Aliases...) {
		theirs := nameWords(alias)
		switch {
		case len(mine) == 0 || len(theirs) == 0:
		case len(mine) >= 2 && len(theirs) >= 2 && sameFullName(mine, theirs):
			// Two-word names are borne by many; with nothing at all in common but the
			// name, and enough known of both, they are two.
			rare := len(mine) > 2 || strings.Contains(strings.Join(mine, " "), "-")
			if shared == 0 && !rare && len(context) >= 6 && len(k.Context) >= 6 {
				continue
			}
			if best < 4 {
				best, why = 4, "same full name"
			}
		case len(mine) == 1 && len(theirs) == 1 && mine[0] == theirs[0] && len(nameWords(k.Name)) == 1:
			if shared >= 2 && best < 3 {
				best, why = 3, "same single name and company"
			}
		case len(mine) == 1 && len(theirs) >= 2 && theirs[len(theirs)-1] == mine[0],
			len(theirs) == 1 && len(mine) >= 2 && mine[len(mine)-1] == theirs[0] && len(nameWords(k.Name)) == 1:
			if shared >= 3 && best < 2 {
				best, why = 2, "same surname and company"
			}
		}
	}
	return best, why
}

// sameFullName compares full names: equal, or one with middle names or initials
// that the other leaves out.
func sameFullName(x, y []string) bool {
	if sameSpelling(x, y) {
		return true
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	// "J. R. Adeyemi" may be James R. Adeyemi, and may not: an initial is no name.
	return len(x) < len(y) && x[0] == y[0] && x[len(x)-1] == y[len(y)-1] && subsequence(x, y)
}

func sameBody(a summarize.Actor, context []string, k summarize.KnownActor) (int, string) {
	shared := common(context, k.Context)
	mineLong, theirsLong := nameWords(a.Name), nameWords(k.Name)
	generic := genericBody(mineLong) || genericBody(theirsLong)
	best, why := 0, ""
	give := func(score int, reason string) {
		if score > best {
			best, why = score, reason
		}
	}
	if b := worldBody(mineLong); b != "" && b == worldBody(theirsLong) {
		give(5, "same international body")
	}
	mine := canonical(mineLong)
	for _, alias := range append([]string{k.Name}, k.Aliases...) {
		theirs := canonical(nameWords(alias))
		if len(theirs) == 0 || len(mine) == 0 {
			continue
		}
		if slices.Equal(mine, theirs) {
			switch {
			case generic && !sharedCountry(context, k.Context) && shared < 3:
			case len(mineLong) == 1 && len(mineLong[0]) <= 4 && shared < 2 && len(theirsLong) > 1:
			default:
				give(4, "same name")
			}
		} else if shared >= 2 && len(mine) > 1 && len(theirs) > 1 {
			if k := kindless(mine); slices.Equal(k, theirs) || k == nil && slices.Equal(kindless(theirs), mine) {
				give(2, "same name but for its kind, and company")
			}
		}
	}
	if best > 0 {
		return best, why
	}
	// A short form or an acronym that both have.
	for _, form := range formsOf(a)[1:] {
		f := canonical(nameWords(form))
		for _, alias := range append([]string{k.Name}, k.Aliases...) {
			if !slices.Equal(f, canonical(nameWords(alias))) || len(f) == 0 {
				continue
			}
			if slices.Equal(f, canonical(theirsLong)) && !genericBody(f) && (len(f[0]) > 4 || len(f) > 1 || shared >= 2) {
				give(3, "its short form is the known name")
				continue
			}
			// Two long forms with one acronym: one body only where the company is the same.
			if shared >= 2 && len(mineLong) > 1 && len(theirsLong) > 1 {
				give(2, "same short form and company")
			}
		}
	}
	if best == 0 && len(mineLong) == 1 {
		for _, alias := range k.Aliases {
			if slices.Equal(mine, canonical(nameWords(alias))) && (shared >= 2 || len(mineLong[0]) > 5 && shared >= 1) {
				give(2, "a short form of the known name, in its company")
			}
		}
	}
	return best, why
}

func samePlace(a summarize.Actor, k summarize.KnownActor) (int, string) {
	mine := strings.Join(nameWords(a.Name), " ")
	for _, alias := range append([]string{k.Name}, k.Aliases...) {
		theirs := strings.Join(nameWords(alias), " ")
		if mine == theirs || country(mine) != "" && country(mine) == country(theirs) {
			return 4, "same place name"
		}
	}
	return 0, ""
}

// sharedCountry reports that two contexts speak of one country.
func sharedCountry(x, y []string) bool {
	for _, w := range x {
		if isCountry[w] && slices.Contains(y, w) {
			return true
		}
	}
	return false
}

// genericBody reports a name that many countries' bodies bear: "Senate",
// "Ministry of Health", "Supreme Court".
func genericBody(ws []string) bool {
	if len(ws) == 0 {
		return false
	}
	for _, w := range ws {
		if minorWords[w] || genericBodyWords[w] || properOrgNouns[w] && !companySuffixes[w] {
			continue
		}
		return false
	}
	return true
}

var genericBodyWords = words(`supreme high constitutional appeal appeals federal national central state royal civil public general interior foreign affairs finance health defense defence justice education
	trade industry agriculture energy environment labour labor transport culture economy economic security social commons lords representatives deputies people ministers statistics data protection
	electoral election elections criminal investigation intelligence emergency disaster management rescue fire coast border opposition conservatives liberals democrats republicans greens
	conservative liberal democratic republican labour social workers party bank reserve stock exchange monetary competition consumer financial treasury district county city town regional
	supremo suprema nacional federal central interior exteriores hacienda salud sanidad defensa justicia educacion diputados pueblo
	national nationale interieur affaires etrangeres finances sante justice economie
	bundes auswartiges amt finanz innen verteidigungs gesundheits notenbank zentralbank
	nacional saude fazenda justica defesa protecao civil`)
