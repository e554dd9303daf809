package stories

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A quantity is a number as a sentence states it, with its unit but without
// what is counted.
type quantity struct {
	value  float64
	high   float64 // end of a range, 0 when none
	unit   string  // "", "%", a currency ("EUR"), a span of time ("week"), "other"
	first  int     // words of the sentence that state it, first and last
	last   int
	start  int // bytes in the sentence: with hedges and unit, as it is to be shown
	end    int
	ordina bool // "fourth"
}

var numberWords = map[string]map[string]float64{
	"en": wordsOf("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 1,
		"twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 dozen 12"),
	"de": wordsOf("ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn", 1,
		"eins 1 eine 1 einen 1 zwanzig 20 dreissig 30 vierzig 40 funfzig 50 sechzig 60 siebzig 70 achtzig 80 neunzig 90 dutzend 12"),
	"fr": wordsOf("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", 1,
		"une 1 vingt 20 trente 30 quarante 40 cinquante 50 soixante 60 douzaine 12"),
	"es": wordsOf("un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 1,
		"una 1 uno 1 veinte 20 veintiuno 21 veintidos 22 veintitres 23 treinta 30 cuarenta 40 cincuenta 50 sesenta 60 setenta 70 ochenta 80 noventa 90 docena 12"),
	"pt": wordsOf("um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove", 1,
		"uma 1 duas 2 dezesseis 16 dezessete 17 dezenove 19 vinte 20 trinta 30 quarenta 40 cinquenta 50 sessenta 60 setenta 70 oitenta 80 noventa 90 duzia 12"),
	"it": wordsOf("un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove", 1,
		"una 1 uno 1 venti 20 trenta 30 quaranta 40 cinquanta 50 sessanta 60 settanta 70 ottanta 80 novanta 90 dozzina 12"),
}

func wordsOf(list string, from float64, rest string) map[string]float64 {
	m := map[string]float64{}
	for i, w := range strings.Fields(list) {
		m[w] = from + float64(i)
	}
	f := strings.Fields(rest)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]], _ = strconv.ParseFloat(f[i+1], 64)
	}
	return m
}

var ordinalWords = wordsOf("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth", 2,
	"zweite 2 dritte 3 vierte 4 funfte 5 tercera 3 tercer 3 cuarta 4 cuarto 4 quinta 5 quinto 5 troisieme 3 quatrieme 4 cinquieme 5 terceira 3 terceiro 3 quarta 4")

// scales are the words that multiply. A billion is a thousand million in
// English and a million million elsewhere.
var scales = map[string]float64{
	"hundred": 100, "hundert": 100, "cien": 100, "cento": 100, "thousand": 1e3, "tausend": 1e3, "mil": 1e3, "mille": 1e3, "mila": 1e3, "k": 1e3,
	"million": 1e6, "millions": 1e6, "m": 1e6, "mn": 1e6, "mio": 1e6, "millionen": 1e6, "millon": 1e6, "millones": 1e6, "milhao": 1e6, "milhoes": 1e6,
	"milione": 1e6, "milioni": 1e6, "milliard": 1e9, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9, "milliards": 1e9, "bn": 1e9, "b": 1e9,
	"miliardi": 1e9, "miliardo": 1e9, "trillion": 1e12, "tn": 1e12, "crore": 1e7, "lakh": 1e5,
}

func scale(form, lang string) (float64, bool) {
	switch form {
	case "billion", "billions":
		if lang == "de" || lang == "fr" {
			return 1e12, true
		}
		return 1e9, true
	case "billon", "billones", "bilhao", "bilhoes":
		if strings.HasPrefix(form, "bilh") {
			return 1e9, true
		}
		return 1e12, true
	}
	s, ok := scales[form]
	return s, ok
}

var currencies = map[string]string{
	"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "dolares": "USD", "dolar": "USD", "pound": "GBP", "pounds": "GBP", "yen": "JPY", "yuan": "CNY",
	"rupee": "INR", "rupees": "INR", "peso": "peso", "pesos": "peso", "franc": "CHF", "francs": "CHF", "franken": "CHF", "krone": "krone", "kroner": "krone",
	"kronor": "SEK", "crowns": "crown", "real": "BRL", "reais": "BRL", "roubles": "RUB", "rubles": "RUB", "rand": "ZAR", "naira": "NGN", "lira": "TRY", "zloty": "PLN",
	"us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF",
}

var timeUnits = map[string]string{
	"hour": "hour", "hours": "hour", "stunde": "hour", "stunden": "hour", "heure": "hour", "heures": "hour", "hora": "hour", "horas": "hour", "ora": "hour", "ore": "hour",
	"day": "day", "days": "day", "tag": "day", "tage": "day", "tagen": "day", "jour": "day", "jours": "day", "dia": "day", "dias": "day", "giorno": "day", "giorni": "day",
	"week": "week", "weeks": "week", "woche": "week", "wochen": "week", "semaine": "week", "semaines": "week", "semana": "week", "semanas": "week",
	"settimana": "week", "settimane": "week", "month": "month", "months": "month", "monat": "month", "monate": "month", "monaten": "month", "mois": "month",
	"mes": "month", "meses": "month", "mese": "month", "mesi": "month", "year": "year", "years": "year", "jahr": "year", "jahre": "year", "jahren": "year",
	"an": "year", "ans": "year", "annees": "year", "ano": "year", "anos": "year", "anni": "year", "anno": "year", "minute": "minute", "minutes": "minute",
	"minuten": "minute", "minutos": "minute", "minuti": "minute", "second": "second", "seconds": "second",
}

var otherUnits = set(`km kilometre kilometres kilometer kilometers kilometern kilometros quilometros mile miles metre metres meter meters metern metros m cm mm feet foot ft inch inches
	kg kilo kilos kilogram kilograms tonne tonnes ton tons tonnen toneladas litre litres liter hectare hectares acres degrees degree celsius fahrenheit knots
	mph kmh kph mw gw gigawatts megawatts kilowatts hp gb tb mb point points punkte punkten puntos pontos cents cent basis am pm uhr gmt bst est times fold storey story
	o'clock hrs nautical square barrels`)

var months = set(`january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
	januar februar marz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre janeiro fevereiro marco maio junho julho setembro outubro novembro
	dezembro gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre`)

var hedges = set(`at least more than over up to about around nearly almost some roughly approximately fewer less than under close as many
	mindestens mehr als uber bis zu etwa rund knapp fast al menos mas de unos unas cerca casi hasta alrededor au moins plus pres environ jusqu quelque
	pelo menos mais de perto quase ate cerca almeno piu oltre circa quasi fino a no`)

// quantities finds the numbers of a sentence. ws are its words.
func quantities(s string, ws []word, lang string) []quantity {
	var out []quantity
	number := func(w word) (v, mult float64, tail string, ok bool) {
		if w.digit {
			i := 0
			for i < len(w.form) && (w.form[i] >= '0' && w.form[i] <= '9' || w.form[i] == '.') {
				i++
			}
			v, err := strconv.ParseFloat(strings.TrimSuffix(w.form[:i], "."), 64)
			if err != nil {
				return 0, 0, "", false
			}
			tail = w.form[i:]
			if m, ok := scale(tail, "en"); ok && tail != "" {
				return v, m, "", true
			}
			return v, 1, tail, true
		}
		if table, known := numberWords[lang]; known {
			if v, ok := table[w.form]; ok {
				return v, 1, "", true
			}
		} else if v, ok := numberWords["en"][w.form]; ok {
			return v, 1, "", true
		}
		return 0, 0, "", false
	}
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		if v, ok := ordinalWords[w.form]; ok {
			out = append(out, quantity{value: v, ordina: true, first: i, last: i, start: w.start, end: w.end})
			continue
		}
		v, mult, tail, ok := number(w)
		if !ok || w.form == "one" && i > 0 && ws[i-1].form == "no" {
			continue
		}
		q := quantity{first: i, last: i, start: w.start, end: w.end}
		if tail != "" {
			if tail == "st" || tail == "nd" || tail == "rd" || tail == "th" {
				q.value, q.ordina = v, true
				out = append(out, q)
			}
			continue
		}
		// "twenty-three", "two hundred", "22 mil", "4.1 billion"
		for j := i + 1; j < len(ws) && ws[j].joined; j++ {
			if m, ok := scale(ws[j].form, lang); ok && (len(ws[j].form) > 2 || ws[j].form == "mn" || ws[j].form == "bn" || ws[j].form == "tn") {
				mult *= m
				q.last, q.end = j, ws[j].end
				continue
			}
			if !w.digit && v >= 20 && v < 100 && mult == 1 {
				if more, _, _, ok := number(ws[j]); ok && more < 10 && !ws[j].digit {
					v += more
					q.last, q.end = j, ws[j].end
					continue
				}
			}
			break
		}
		q.value = v * mult
		i = q.last
		unitOf(&q, s, ws)
		hedge(&q, s, ws)
		out = append(out, q)
	}
	return joinRanges(out, s, ws)
}

// unitOf reads the unit around a number.
func unitOf(q *quantity, s string, ws []word) {
	before, _ := utf8.DecodeLastRuneInString(s[:q.start])
	if c, ok := currencies[string(before)]; ok {
		q.unit = c
		q.start -= utf8.RuneLen(before)
		for q.start > 0 && unicode.IsUpper(rune(s[q.start-1])) { // US$, A$
			q.start--
		}
		return
	}
	rest := strings.TrimLeft(s[q.end:], " \u00a0\u202f")
	gap := len(s[q.end:]) - len(rest)
	if strings.HasPrefix(rest, "%") {
		q.unit, q.end = "%", q.end+gap+1
		return
	}
	if strings.HasPrefix(rest, "€") || strings.HasPrefix(rest, "£") || strings.HasPrefix(rest, "$") {
		r, n := utf8.DecodeRuneInString(rest)
		q.unit, q.end = currencies[string(r)], q.end+gap+n
		return
	}
	// A year stands alone.
	if w := ws[q.first]; w.digit && q.first == q.last && w.end-w.start == 4 && q.value >= 1900 && q.value < 2100 {
		q.unit = "calendar"
	}
	if before == ':' || strings.HasPrefix(s[q.end:], ":") && len(rest) > 1 && unicode.IsDigit(rune(rest[1])) {
		q.unit = "other" // a time of day
	}
	if q.first > 0 && ws[q.first].joined && months[ws[q.first-1].form] && q.value < 32 {
		q.unit = "other"
	}
	// An age stands between commas.
	if q.unit == "" && q.value < 120 && strings.HasSuffix(strings.TrimRight(s[:q.start], " "), ",") && (strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, ".")) {
		q.unit = "age"
	}
	n := q.last + 1
	if n >= len(ws) || !ws[n].joined {
		return
	}
	next := ws[n].form
	second := ""
	if n+1 < len(ws) && ws[n+1].joined {
		second = ws[n+1].form
	}
	switch {
	case next == "percent" || next == "prozent" || next == "percentage":
		q.unit, q.last, q.end = "%", n, ws[n].end
	case next == "per" && (second == "cent" || second == "cento"), next == "por" && (second == "ciento" || second == "cento"), next == "pour" && second == "cent":
		q.unit, q.last, q.end = "%", n+1, ws[n+1].end
	case currencies[next] != "":
		q.unit, q.last, q.end = currencies[next], n, ws[n].end
	case (next == "de" || next == "d" || next == "di") && currencies[second] != "":
		q.unit, q.last, q.end = currencies[second], n+1, ws[n+1].end
	case (next == "us" || next == "danish" || next == "swiss" || next == "canadian" || next == "australian") && currencies[second] != "":
		q.unit, q.last, q.end = currencies[second], n+1, ws[n+1].end
	case timeUnits[next] != "":
		q.unit, q.last, q.end = timeUnits[next], n, ws[n].end
	case otherUnits[next]:
		q.unit = "other"
	case months[next]:
		q.unit = "other"
	}
}

// hedge takes the words before a number that bound it into what is shown.
func hedge(q *quantity, s string, ws []word) {
	i := q.first
	for i > 0 && ws[i].joined && q.first-i < 3 && hedges[ws[i-1].form] {
		i--
	}
	if i == q.first {
		return
	}
	said := ""
	for _, w := range ws[i:q.first] {
		said += w.form + " "
	}
	switch said {
	case "at least ", "more than ", "over ", "up to ", "about ", "around ", "nearly ", "almost ", "some ", "roughly ", "approximately ", "fewer than ", "less than ", "close to ",
		"as many as ", "no more than ", "mindestens ", "mehr als ", "uber ", "bis zu ", "etwa ", "rund ", "knapp ", "fast ", "al menos ", "mas de ", "unos ", "unas ", "cerca de ", "casi ",
		"hasta ", "alrededor de ", "au moins ", "plus de ", "pres de ", "environ ", "jusqu a ", "pelo menos ", "mais de ", "perto de ", "quase ", "ate ", "almeno ", "piu di ", "oltre ",
		"circa ", "quasi ", "quelque ":
	default:
		return
	}
	q.start = min(q.start, ws[i].start)
}

// joinRanges makes "between 30 and 45 million euros" and "10-12 weeks" one
// quantity.
func joinRanges(qs []quantity, s string, ws []word) []quantity {
	var out []quantity
	for i := 0; i < len(qs); i++ {
		q := qs[i]
		if i+1 < len(qs) && q.unit == "" && !q.ordina {
			next := qs[i+1]
			between := strings.TrimSpace(s[q.end:max(q.end, ws[next.first].start)])
			opened := q.first > 0 && (ws[q.first-1].form == "between" || ws[q.first-1].form == "zwischen" || ws[q.first-1].form == "entre" || ws[q.first-1].form == "tra")
			if opened && next.first == q.last+2 || (between == "-" || between == "–" || between == "‑") && next.value > q.value {
				if m := next.value; m >= 1e3 && q.value < 1e3 {
					for q.value*1e3 < m*0.999 && q.value*1e3 <= m {
						q.value *= 1e3
					}
				}
				next.high = next.value
				next.value = q.value
				next.first, next.start = q.first, q.start
				if opened {
					next.start = ws[q.first-1].start
				}
				out = append(out, next)
				i++
				continue
			}
		}
		out = append(out, q)
	}
	return out
}
