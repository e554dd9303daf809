package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// languageSample is how many bytes of the text are looked at.
const languageSample = 6000

// Language returns the BCP 47 code of the language that s is most likely
// written in, or "und" where it can't tell. Scripts that one language uses
// decide by themselves; languages in Latin letters are told apart by their
// commonest words. It would rather not know than be wrong: a line without a
// handful of such words is "und".
func Language(s string) string {
	if len(s) > languageSample {
		s = s[:languageSample]
	}
	if code := byScript(s); code != "latn" {
		return code
	}
	counts := map[string]float64{}
	words, found := 0, 0
	letters := map[rune]int{}
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		w := strings.ToLower(s[start:end])
		start = -1
		if len(w) > 12 {
			words++
			return
		}
		words++
		if ls := profileWords[w]; ls != nil {
			found++
			weight := 1 / float64(len(ls))
			for _, l := range ls {
				counts[l] += weight
			}
		}
	}
	for i, r := range s {
		if unicode.IsLetter(r) {
			if start < 0 {
				start = i
			}
			if r > 0x7f {
				letters[unicode.ToLower(r)]++
			}
			continue
		}
		flush(i)
	}
	flush(len(s))
	if words == 0 || found < 2 {
		return "und"
	}
	for r, n := range letters {
		for _, l := range profileLetters[r] {
			counts[l] += 0.5 * float64(min(n, 6))
		}
	}
	best, second := "", 0.0
	for _, l := range profileOrder {
		switch v := counts[l]; {
		case best == "" || v > counts[best]:
			if best != "" {
				second = counts[best]
			}
			best = l
		case v > second:
			second = v
		}
	}
	score := counts[best]
	if score < 1.5 || score < 1.4*second || score/float64(words) < 0.12 {
		return "und"
	}
	return best
}

// byScript decides by the letters' scripts; "latn" asks for more.
func byScript(s string) string {
	var latin, cyrillic, greek, arabic, hebrew, han, kana, hangul, total int
	var others [8]int
	otherScripts := [8]*unicode.RangeTable{unicode.Devanagari, unicode.Bengali, unicode.Thai, unicode.Tamil, unicode.Telugu, unicode.Georgian, unicode.Armenian, unicode.Ethiopic}
	otherCodes := [8]string{"hi", "bn", "th", "ta", "te", "ka", "hy", "am"}
	ukrainian, russian, persian, urdu := 0, 0, 0, 0
	for i := 0; i < len(s); {
		r, w := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(s[i:])
		}
		i += w
		if r < utf8.RuneSelf {
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				latin++
				total++
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		total++
		switch {
		case r < 0x250 || r >= 0x1e00 && r < 0x1f00:
			latin++
		case r >= 0x400 && r < 0x530:
			cyrillic++
			switch r {
			case 'і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ':
				ukrainian++
			case 'ы', 'э', 'ё', 'Ы', 'Э', 'Ё', 'ъ':
				russian++
			}
		case r >= 0x370 && r < 0x400 || r >= 0x1f00 && r < 0x2000:
			greek++
		case r >= 0x600 && r < 0x780 || r >= 0xfb50 && r < 0xfe00 || r >= 0xfe70 && r < 0xff00:
			arabic++
			switch r {
			case 'پ', 'چ', 'ژ', 'گ', 'ی', 'ک':
				persian++
			case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں':
				urdu++
			}
		case r >= 0x590 && r < 0x600:
			hebrew++
		case r >= 0x3040 && r < 0x3100:
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Han, r):
			han++
		default:
			for k, t := range otherScripts {
				if unicode.Is(t, r) {
					others[k]++
				}
			}
		}
	}
	if total < 4 {
		return "und"
	}
	most := func(n int) bool { return 2*n > total }
	switch {
	case most(latin):
		return "latn"
	case most(cyrillic):
		switch {
		case ukrainian > russian:
			return "uk"
		case russian > ukrainian && russian*200 > cyrillic:
			return "ru"
		}
		return "und"
	case most(greek):
		return "el"
	case most(arabic):
		switch {
		case urdu > 0 && urdu*100 > arabic:
			return "ur"
		case persian*40 > arabic:
			return "fa"
		}
		return "ar"
	case most(hebrew):
		return "he"
	case most(hangul):
		return "ko"
	case most(kana + han):
		if kana*10 > han {
			return "ja"
		}
		return "zh"
	}
	for k := range others {
		if most(others[k]) {
			return otherCodes[k]
		}
	}
	return "und"
}

// profileOrder fixes the order in which languages are compared.
var profileOrder = []string{"en", "es", "fr", "de", "pt", "it", "nl", "sv", "da", "no", "fi", "pl", "cs", "ro", "hu", "tr", "id", "ca", "sw", "vi", "tl", "hr"}

// profileLetters are letters that speak for a language.
var profileLetters = map[rune][]string{
	'ñ': {"es"}, '¿': {"es"}, '¡': {"es"}, 'ß': {"de"}, 'ä': {"de", "sv", "fi"}, 'ö': {"de", "sv", "fi", "tr", "hu"}, 'ü': {"de", "tr", "hu"}, 'ã': {"pt"}, 'õ': {"pt"},
	'ê': {"fr", "pt"}, 'è': {"fr", "it", "ca"}, 'ù': {"fr", "it"}, 'ò': {"it", "ca"}, 'ì': {"it"}, 'œ': {"fr"}, 'ç': {"fr", "pt", "tr", "ca"},
	'å': {"sv", "da", "no"}, 'ø': {"da", "no"}, 'æ': {"da", "no"}, 'ł': {"pl"}, 'ż': {"pl"}, 'ę': {"pl"}, 'ą': {"pl"}, 'ś': {"pl"}, 'ř': {"cs"}, 'ě': {"cs"}, 'ů': {"cs"},
	'ă': {"ro", "vi"}, 'ț': {"ro"}, 'ș': {"ro"}, 'ő': {"hu"}, 'ű': {"hu"}, 'ğ': {"tr"}, 'ı': {"tr"}, 'ş': {"tr"}, 'đ': {"vi", "hr"}, 'ơ': {"vi"}, 'ư': {"vi"},
}

// profileWords maps a common word to the languages that have it.
var profileWords = func() map[string][]string {
	m := map[string][]string{}
	for _, lang := range profileOrder {
		words := decoys[lang]
		if words == "" {
			words = stopWordLists[lang]
		}
		seen := map[string]bool{}
		for _, w := range strings.Fields(words) {
			if !seen[w] && !strings.ContainsRune(w, '\'') {
				seen[w] = true
				m[w] = append(m[w], lang)
			}
		}
	}
	return m
}()

// decoys are languages that are recognised so as not to be taken for another.
var decoys = map[string]string{
	"sv": "och att det som en på är av för med den till inte har de ett om hade men var jag sig från vi så kan när år säger under också efter eller nu där vid mot ska skulle kommer ut",
	"da": "og at det som en på er af for med den til ikke har de et om havde men var jeg sig fra vi så kan når år siger også efter eller nu hvor ved mod skal skulle blev mere hun han deres efter",
	"no": "og at det som en på er av for med den til ikke har de et om hadde men var jeg seg fra vi så kan når år sier også etter eller nå der ved mot skal skulle ble mer hun han deres etter",
	"fi": "ja on ei se että oli hän mutta ovat niin kun myös joka sen kuin mukaan ole jo vain sekä vuoden vuonna tai nyt sitten kanssa",
	"pl": "i w na z się nie do że to jest o jak po od za co przez dla ale są był tym już które oraz jego może także tak był było",
	"cs": "a v na se že je to s z do o i jako za pro ale by podle po jsou která který které jeho bylo od také už k ve při",
	"ro": "și în de la că o a cu pe din nu au fost este sunt care pentru mai să un al prin după ca se dar",
	"hu": "a az és hogy nem is egy van meg volt már csak ez de azt még mint el ki kell szerint lesz után",
	"tr": "ve bir bu da de için ile olarak olan daha çok gibi ama sonra kadar ne ise var değil oldu dedi",
	"id": "yang dan di ini itu dengan untuk dari dalam tidak akan pada juga ke karena ada oleh mereka telah sudah bisa saat tersebut",
	"ca": "el la els les de del i a que en amb per un una és no són han dels al als aquest aquesta també però més va ha o com segons perquè seva",
	"sw": "na ya wa kwa ni katika la za kuwa hii huo hiyo cha yake hilo pia baada lakini kama watu mwaka alisema",
	"vi": "và của là có trong cho không được các một người với những này đã khi năm về từ ra đến",
	"tl": "ang ng sa na mga ay at ni para ito hindi kanyang siya naman nang kung may din niya",
	"hr": "i je u na se da su za od s o kao što koji koja koje nije bio biti ali iz ne po već samo prema nakon",
}
