package stories

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A figure is a quantity of something that articles of one event can be
// compared by.
type figure struct {
	field      string // what is counted: one of the fields below, or "#" and the stem of the counted noun
	label      string // what a person reads
	value      float64
	high       float64 // end of a range
	stated     string  // as the article says it
	lang       string
	context    map[string]bool // stems around it, for counted nouns
	evidence   summarize.Evidence
	superseded []float64 // values that the same sentence takes back
}

// fieldWords name, by the beginning of a folded word, what a number beside them
// counts. The first that fits holds.
var fieldWords = []struct {
	field string
	words []string // a trailing * stands for any ending
}{
	{"dead", strings.Fields(`killed kill kills killing dead deaths death died die dies dying toll fatalit* slain perished tot tote toten todes* getotet gestorben muert* murier* murio fallecid* fallecier* mortales
		mort morts morte mortes tues tue tuee tuees deces morto mortos mortas morreram morreu mortais morti vittime ucciso uccisi`)},
	{"injured", strings.Fields(`injured injuries injuring injury wounded wounding hurt verletzt* verwundet* herid* lesionad* blesse* ferido* ferida* feriti ferite`)},
	{"missing", strings.Fields(`missing unaccounted vermisst* desaparecid* disparu* dispersi`)},
	{"arrested", strings.Fields(`arrested arrests detained festgenommen* verhaftet* detenid* arrestad* arretes interpell* detidos detidas arrestati`)},
	{"evacuated", strings.Fields(`evacuat* evakuier* evacuar evacuad* evacue*`)},
	{"displaced", strings.Fields(`displaced vertrieben* desplazad* deplacee* deplaces deslocad* sfollati`)},
	{"magnitude", strings.Fields(`magnitude magnitud magnitud* starke`)},
	{"turnout", strings.Fields(`turnout wahlbeteiligung participacion participation participacao affluenza`)},
	{"inflation", strings.Fields(`inflation inflacion inflacao inflazione teuerung inflationsrate`)},
	{"unemployment", strings.Fields(`unemployment jobless arbeitslos* desempleo chomage desemprego disoccupazione`)},
	{"none", strings.Fields(`aftershock* children women men rescued alive survivors nachbeben replicas`)},
}

// moneyWords name what a sum is for. The one nearest to the sum holds.
var moneyWords = []struct {
	field string
	words []string
}{
	{"price", strings.Fields(`buy buys bought buying purchase acquire acquires acquired acquisition pay pays paying takeover deal price bid offer kauf* kauft ubernahme* ubernimmt preis
		comprar compra* adquir* precio oferta acheter achete* rachat prix preco aquisi* acquist* prezzo offerta`)},
	{"ransom", strings.Fields(`ransom losegeld rescate rancon resgate riscatto`)},
	{"fine", strings.Fields(`fine fined penalty geldstrafe bussgeld multa amende`)},
	{"damage", strings.Fields(`damage damages schaden danos degats danni`)},
	{"other", strings.Fields(`valued value worth debt debts loan loans aid stake pension* revenue profit losses loss sales dividend cost costs budget fund funding invest* raised shares share
		market savings capital wert schulden darlehen umsatz gewinn verlust* valor deuda* prestamo* ventas beneficio* dette* pret* chiffre benefice* divida* emprestimo* lucro* receita*`)},
}

var jobNouns = set("job jobs post posts position positions worker workers staff employee employees role roles redundancies stellen arbeitsplatze mitarbeiter jobs empleos puestos trabajadores emplois postes salaries empregos postos trabalhadores posti")

var jobVerbs = strings.Fields("cut cuts cutting lose lost losing axe axed redundan* layoff* slash* eliminat* shed shedding dismiss* lay laid fire fired abbau* abgebaut streich* gestrichen entlass* despid* despedir* recort* suprim* licenci* supprim* demit* eliminar* tagli*")

var durationWords = []struct{ field, label, words string }{
	{"repair time", "repair time", "repair* mend mending reparatur* reparac* reparat* reparaz* reparos"},
	{"delay", "delay", "delay* verspat* verzoger* retras* retard* atras* ritard*"},
	{"ceasefire", "ceasefire", "ceasefire truce waffenruhe feuerpause tregua treve cessez tregua"},
}

var voteWords = strings.Fields("vote votes voted voting ballot stimmen votos voix voti approved passed abstim* abstenc*")

var againstWords = set("to gegen contre contra a against zu contro vs versus")

// takenBack, right before a number, say that it no longer holds.
var takenBack = []string{
	"rather than", "instead of", "not the", "down from", "up from", "earlier total of", "earlier figure of", "earlier estimate of", "earlier toll of", "previous toll of",
	"statt", "und nicht", "en lugar de", "y no", "au lieu de", "et non", "em vez de", "e nao", "invece di", "had put at", "had put it at",
}

// atFirst, some words before a number, say the same.
var atFirst = set("zunachst zuvor previously initially originally inicialmente initialement inizialmente")

// revises marks sentences that set a figure anew: what follows "to" holds.
var revises = strings.Fields("corrected revised lowered raised rose climbed risen reduced updated upgraded downgraded fallen increased korrigiert* gestiegen stieg gesenkt corrig* revis* elev* subio aument* subiu monte porte")

var towards = set("to at auf a para in at")

// partOf, around a number, says that it counts a part, or more of the same.
var partOf = set("more another further additional extra other others weitere weiterer otros otras mas autres outros outras mais altri every each per")

// figures finds what an article states of the fields that sources can differ
// on. Numbers of the past (a sentence with an earlier year) and parts of a
// whole are left out: precision first.
func figures(a *feeds.Article, lang string) []figure {
	var out []figure
	body := limit(a.Text)
	when := eventTime(a)
	for _, sp := range text.Sentences(body, lang) {
		out = append(out, sentenceFigures(body[sp.Start:sp.End], lang, when, func() summarize.Evidence {
			return summarize.Evidence{ArticleID: a.ID, Part: summarize.PartText, Start: sp.Start, End: sp.End, Text: body[sp.Start:sp.End]}
		})...)
	}
	out = append(out, sentenceFigures(a.Title, lang, when, func() summarize.Evidence {
		return summarize.Evidence{ArticleID: a.ID, Part: summarize.PartTitle, Start: 0, End: len(a.Title), Text: a.Title}
	})...)
	return out
}

func sentenceFigures(s, lang string, when time.Time, evidence func() summarize.Evidence) []figure {
	if len(s) > maxStatement || text.Boilerplate(s) {
		return nil
	}
	ws := words(s)
	qs := quantities(s, ws, lang)
	if len(qs) == 0 {
		return nil
	}
	past := slices.ContainsFunc(qs, func(q quantity) bool {
		return q.unit == "calendar" && (when.IsZero() || q.value < float64(when.Year()))
	})
	var out []figure
	emit := func(field, label string, q quantity, value float64, stated string) {
		out = append(out, figure{field: field, label: label, value: value, high: q.high, stated: stated, lang: lang, evidence: evidence()})
	}
	revised := containsAny(ws, revises)
	used := make([]bool, len(qs))
	// Votes: two numbers with a word of opposition between.
	for i := 0; i+1 < len(qs); i++ {
		a, b := qs[i], qs[i+1]
		if a.unit != "" || b.unit != "" || a.ordina || b.ordina || b.first-a.last > 3 || !containsAny(ws, voteWords) {
			continue
		}
		if againstWords[ws[b.first-1].form] {
			hi, lo := max(a.value, b.value), min(a.value, b.value)
			emit("vote", "vote", quantity{}, hi*1e6+lo, plainFloat(a.value)+"–"+plainFloat(b.value))
			used[i], used[i+1] = true, true
		}
	}
	old := map[string][]float64{}
	taken := "" // field of a number that the sentence has set anew
	for i, q := range qs {
		if used[i] || q.unit == "calendar" || q.unit == "age" || q.unit == "other" {
			continue
		}
		field, label := fieldOf(s, ws, qs, i)
		if field == "" && taken != "" && ledTo(ws, q) {
			field, label = taken, taken
		}
		if field == "" || past && !strings.HasPrefix(field, "#") {
			continue // of an earlier year: background
		}
		stated := q.stated(s, ws, lang)
		if isTakenBack(ws, q) || revised && !ledTo(ws, q) && laterLedTo(ws, qs, i) {
			old[field] = append(old[field], q.value)
			taken = field
			continue
		}
		emit(field, label, q, q.value, stated)
		if strings.HasPrefix(field, "#") {
			out[len(out)-1].context = around(ws, q)
		}
	}
	for i := range out {
		out[i].superseded = old[out[i].field]
	}
	return out
}

// stated is the quantity as the sentence says it, with number words as digits,
// so that sources in different words and languages can be read side by side.
func (q quantity) stated(s string, ws []word, lang string) string {
	if q.ordina {
		return plainFloat(q.value)
	}
	first := ws[q.first]
	if first.digit || q.high > 0 {
		return strings.TrimSpace(s[q.start:q.end])
	}
	last := q.first // the last word of the number itself
	for last < q.last {
		form := ws[last+1].form
		_, scaled := scale(form, lang)
		if _, small := numberWords[lang][form]; !small && (!scaled || scales[form] >= 1e6) {
			break
		}
		last++
	}
	value := q.value
	for _, w := range ws[last+1 : q.last+1] {
		if m, ok := scale(w.form, lang); ok {
			value /= m
		}
	}
	return strings.TrimSpace(s[q.start:first.start] + plainFloat(value) + s[ws[last].end:q.end])
}

// isTakenBack reports that the words before a number take it back.
func isTakenBack(ws []word, q quantity) bool {
	i := q.first
	for i > 0 && ws[i].joined && hedges[ws[i-1].form] && ws[i-1].form != "not" && q.first-i < 2 {
		i--
	}
	before := ""
	for _, w := range ws[max(0, i-5):i] {
		before += w.form + " "
	}
	before = " " + before
	for _, t := range takenBack {
		if strings.HasSuffix(before, " "+t+" ") {
			return true
		}
	}
	return slices.ContainsFunc(ws[max(0, i-5):i], func(w word) bool { return atFirst[w.form] })
}

// ledTo reports that a number follows "to": "rose to 23".
func ledTo(ws []word, q quantity) bool {
	i := q.first
	for i > 0 && ws[i].joined && hedges[ws[i-1].form] && !towards[ws[i-1].form] && q.first-i < 3 {
		i--
	}
	return i > 0 && towards[ws[i-1].form] && ws[i-1].form != "at"
}

func laterLedTo(ws []word, qs []quantity, i int) bool {
	for _, q := range qs[i+1:] {
		if q.unit == qs[i].unit && ledTo(ws, q) {
			return true
		}
	}
	return false
}

func matches(form string, patterns []string) bool {
	for _, p := range patterns {
		if p[len(p)-1] == '*' {
			if strings.HasPrefix(form, p[:len(p)-1]) {
				return true
			}
		} else if form == p {
			return true
		}
	}
	return false
}

func containsAny(ws []word, patterns []string) bool {
	return slices.ContainsFunc(ws, func(w word) bool { return matches(w.form, patterns) })
}

// nearest finds which of several word lists has the word nearest to a
// number, within reach words; what follows counts as nearer than what leads.
func nearest(s string, ws []word, q quantity, reach float64, crosses func(i int) bool, each func(form string) int) (best int, distance float64) {
	best, distance = -1, reach
	for i, w := range ws {
		if i >= q.first && i <= q.last {
			continue
		}
		list := each(w.form)
		if list < 0 {
			continue
		}
		d := 0.0
		lo, hi := i, q.first
		if i > q.last {
			d = float64(i - q.last)
			lo, hi = q.last, i
		} else {
			d = float64(q.first-i) + 0.5
		}
		for j := lo + 1; j <= hi; j++ {
			if !ws[j].joined {
				d += 3
			}
			if j < hi || i < q.first {
				if crosses(j) && j != q.first {
					d += 6
				}
			}
			switch ws[j].form {
			case "and", "und", "et", "y", "e", "but", "aber", "while", "wahrend", "mais", "pero":
				d += 1
			}
		}
		if d < distance {
			best, distance = list, d
		}
	}
	return best, distance
}

// fieldOf says what a number counts, "" when nothing that can be compared.
func fieldOf(s string, ws []word, qs []quantity, i int) (field, label string) {
	q := qs[i]
	next := func(n int) string {
		if q.last+n < len(ws) {
			return ws[q.last+n].form
		}
		return ""
	}
	prev := func(n int) string {
		if q.first-n >= 0 {
			return ws[q.first-n].form
		}
		return ""
	}
	inQuantity := func(j int) bool {
		return slices.ContainsFunc(qs, func(o quantity) bool { return j >= o.first && j <= o.last })
	}
	if q.ordina {
		if next(1) == "person" || next(1) == "victim" || next(1) == "death" || next(1) == "fatality" {
			for _, w := range ws[q.last+1 : min(len(ws), q.last+6)] {
				if w.form == "die" || w.form == "dies" || w.form == "died" || w.form == "death" || w.form == "dead" || w.form == "fatality" {
					return "dead", "dead"
				}
			}
		}
		return "", ""
	}
	if partOf[next(1)] || partOf[prev(1)] || next(1) == "of" && (next(2) == "the" || next(2) == "them" || next(2) == "its" || next(2) == "those") ||
		next(1) == "der" && q.unit == "" || next(1) == "des" || next(1) == "dos" || next(1) == "das" || next(1) == "delle" || next(1) == "dei" ||
		next(1) == "de" && (next(2) == "los" || next(2) == "las" || next(2) == "les" || next(2) == "ellos") {
		return "", ""
	}
	switch q.unit {
	case "%":
		best, _ := nearest(s, ws, q, 14, inQuantity, func(f string) int { return fieldIndex(f, "turnout", "inflation", "unemployment") })
		if best >= 0 {
			return fieldWords[best].field, fieldWords[best].field
		}
		return "", ""
	case "":
	case "hour", "day", "week", "month", "year", "minute", "second":
		for _, d := range durationWords {
			if containsAny(ws, strings.Fields(d.words)) && !strings.HasPrefix(next(1), "ago") {
				return d.field + " in " + q.unit + "s", d.label
			}
		}
		return "", ""
	default:
		best, d := nearest(s, ws, q, 12, func(int) bool { return false }, func(f string) int {
			for i, m := range moneyWords {
				if matches(f, m.words) {
					return i
				}
			}
			return -1
		})
		if best < 0 || moneyWords[best].field == "other" || d > 12 {
			return "", ""
		}
		return moneyWords[best].field + " in " + q.unit, moneyWords[best].field
	}
	// Jobs that go.
	for n := 1; n <= 3 && q.last+n < len(ws) && ws[q.last+n].joined; n++ {
		if jobNouns[next(n)] {
			if containsAny(ws, jobVerbs) {
				return "job cuts", "job cuts"
			}
			return "", ""
		}
	}
	decimal := q.value != math.Trunc(q.value)
	for _, w := range ws[q.last+1 : min(len(ws), q.last+4)] {
		if worse[w.form] {
			return "", "" // the badly hurt are a part of the hurt
		}
	}
	reach := 7.5
	if ledTo(ws, q) {
		reach = 16 // "the number of people who died in the fire at the mill rose to 7"
	}
	if containsAny(ws, revises) {
		reach = max(reach, 10) // "the toll, first put at 12, was corrected to 9"
	}
	best, d := nearest(s, ws, q, reach, inQuantity, func(f string) int {
		return fieldIndex(f, "dead", "injured", "missing", "arrested", "evacuated", "displaced", "magnitude", "none")
	})
	if best >= 0 {
		name := fieldWords[best].field
		switch {
		case name == "none":
			return "", ""
		case name == "magnitude":
			if q.value < 10 && q.value >= 2 && d < 5 {
				return name, name
			}
			return "", ""
		case decimal || q.value == 0:
			return "", ""
		}
		// Something else is counted between the number and the word.
		if n := counted(ws, q); n == "" || peopleNouns[n] || matches(n, fieldWords[best].words) || d <= 1 || reach > 8 && n == "" || suffers(ws, q, fieldWords[best].words) || strings.HasPrefix(name, "disp") || name == "evacuated" {
			return name, name
		}
		return "", ""
	}
	if decimal || q.value < 10 {
		return "", ""
	}
	noun := counted(ws, q)
	if noun == "" || peopleNouns[noun] || utf8.RuneCountInString(noun) < 4 || stopwords[noun] {
		return "", ""
	}
	return "#" + stem(noun), noun
}

var worse = set("seriously critically severely gravely badly schwer schwerverletzte lebensgefahrlich gravemente grievement critico")

// suffers reports that the noun after a number is the subject of one of the
// words: "27 miners died", "40 pupils were hurt".
func suffers(ws []word, q quantity, words []string) bool {
	i := q.last + 2
	for i < len(ws) && ws[i].joined && auxiliaries[ws[i].form] {
		i++
	}
	return i < len(ws) && ws[i].joined && matches(ws[i].form, words)
}

var auxiliaries = set("were was are is have has had been be remain remained still fueron foram ont sont etaient wurden sind sono furono resultaron resultaram ficaram")

func fieldIndex(form string, among ...string) int {
	for i, f := range fieldWords {
		if slices.Contains(among, f.field) && matches(form, f.words) {
			return i
		}
	}
	return -1
}

var peopleNouns = set(`people persons person victims victim residents passengers personas persona victimas menschen personen opfer personnes victimes pessoas vitimas persone vittime
	civilians others civiles civils civis were was have had are sind wurden waren`)

// counted is the folded noun that follows a number: the word at which its noun
// group ends in English, the first one elsewhere; "" when there is none.
func counted(ws []word, q quantity) string {
	i := q.last + 1
	if i < len(ws) && (ws[i].form == "de" || ws[i].form == "d") && ws[i].joined {
		i++
	}
	if i >= len(ws) || !ws[i].joined || ws[i].digit || stopwords[ws[i].form] && !peopleNouns[ws[i].form] {
		return ""
	}
	return ws[i].form
}

// around are the stems of the words near a number.
func around(ws []word, q quantity) map[string]bool {
	m := map[string]bool{}
	for i := max(0, q.first-7); i < min(len(ws), q.last+8); i++ {
		if i >= q.first && i <= q.last || stopwords[ws[i].form] || len(ws[i].form) < 4 {
			continue
		}
		m[stem(ws[i].form)] = true
	}
	return m
}
