package actors

import (
	"strings"

	"sitrep/summarize/text"
)

// Correct mends what a tagger leaves wrong where rules know better: names of
// persons that swallowed a title, repeats of a name that it missed, and the
// outlet that publishes the article: it is no actor in its own news.
func Correct(body, title *Passage, publisher string) {
	for _, p := range []*Passage{body, title} {
		p.trimTitles()
		p.withoutOutlet(publisher)
	}
	repeat(body, title)
}

// trimTitles moves honorifics and ranks out of persons' names.
func (p *Passage) trimTitles() {
	out := p.Names[:0]
	for _, n := range p.Names {
		if n.Kind == KindPerson {
			for n.Last-n.First > 1 && (honorifics[p.low(n.First)] || ranks[p.low(n.First)] && strings.HasSuffix(p.low(n.First), ".")) {
				n.First++
			}
		}
		for n.Last > n.First && (p.low(n.Last-1) == "'s" || p.low(n.Last-1) == "'" || p.low(n.Last-1) == "’") {
			n.Last--
		}
		if n.Last > n.First {
			out = append(out, n)
		}
	}
	p.Names = out
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
		if len(extra) == 0 {
			continue
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
