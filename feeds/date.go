package feeds

import (
	"strings"
	"time"
	"unicode"
)

// ParseDate reads a date as feeds write them: RFC 822 with its misspellings,
// ISO 8601, asctime, month names of a dozen languages. A date without a zone is
// taken as UTC. It reports false for what is no date, or names a day or an hour
// that does not exist; it does not judge whether the date is likely (see
// ClampDate).
func ParseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 128 {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), inRange(t)
	}
	if t, err := time.Parse(time.RFC1123Z, s); err == nil {
		return t.UTC(), inRange(t)
	}
	if t, ok := compactISO(s); ok {
		return t, true
	}
	var d dateParts
	d.zone = zoneNone
	s = strings.ToLower(s)
	if strings.ContainsAny(s, "년年") {
		if strings.Contains(s, "년") {
			d.fallbackZone = 9 * 3600
		}
		s = cjkDate.Replace(s)
	}
	for i, field := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
		if !d.take(field, i == 0) {
			return time.Time{}, false
		}
	}
	t, ok := d.time()
	return t, ok && inRange(t)
}

func inRange(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

var cjkDate = strings.NewReplacer("년 ", "-", "월 ", "-", "년", "-", "월", "-", "일", " ", "年", "-", "月", "-", "日", " ", "时", ":", "時", ":", "分", ":", "秒", "")

const zoneNone = 1 << 30

// dateParts collects what the words of a date say.
type dateParts struct {
	year, month, day   int
	haveYear           bool
	hour, min, sec, ns int
	haveTime           bool
	pm, am             bool
	zone               int // seconds east, zoneNone when not said
	fallbackZone       int
}

func (d *dateParts) take(f string, first bool) bool {
	f = strings.TrimRight(f, ".")
	if f == "" || f == "de" || f == "at" && !d.haveTime || f == "of" || f == "-" {
		return true
	}
	c := f[0]
	switch {
	case c >= '0' && c <= '9':
		return d.takeNumeric(f)
	case c == '+' || c == '-':
		return d.takeOffset(f)
	}
	switch f {
	case "am", "a.m", "오전", "上午", "午前":
		d.am = true
		return true
	case "pm", "p.m", "오후", "下午", "午後":
		if strings.Contains(f, "오") && d.fallbackZone == 0 {
			d.fallbackZone = 9 * 3600
		}
		d.pm = true
		return true
	}
	if m, ok := months[f]; ok && d.month == 0 {
		d.month = m
		return true
	}
	if weekdays[f] {
		return true
	}
	if z, ok := zones[strings.TrimPrefix(f, "etc/")]; ok {
		if d.zone == zoneNone || z != 0 {
			d.zone = z
		}
		return true
	}
	for _, p := range []string{"gmt", "utc", "ut"} { // GMT-01:01
		if rest, ok := strings.CutPrefix(f, p); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			return d.takeOffset(rest)
		}
	}
	if strings.HasPrefix(f, "(") && strings.HasSuffix(f, ")") { // (Central European Time)
		return true
	}
	// A weekday in a language unknown here.
	return first && !strings.ContainsAny(f, "0123456789")
}

// takeNumeric reads a word that starts with a digit: a day, a year, a time, a
// whole date, or a date and a time joined by "t".
func (d *dateParts) takeNumeric(f string) bool {
	if y, m, day, rest, ok := splitDate(f); ok {
		if d.haveYear || d.day != 0 {
			return false
		}
		d.year, d.month, d.day, d.haveYear = y, m, day, true
		rest = strings.TrimPrefix(rest, "t")
		if rest == "" || rest == "-" {
			return true
		}
		return rest[0] >= '0' && rest[0] <= '9' && d.takeClock(rest)
	}
	if strings.Contains(f, ":") {
		return d.takeClock(f)
	}
	n, rest := number(f)
	switch rest {
	case "":
		switch digits := len(f); {
		case digits == 4:
			if d.haveYear {
				return false
			}
			d.year, d.haveYear = n, true
		case digits > 2:
			return false
		case d.day == 0:
			d.day = n
		case !d.haveYear:
			d.year, d.haveYear = century(n), true
		case !d.haveTime:
			d.hour, d.haveTime = n, true
		default:
			return false
		}
		return true
	case "st", "nd", "rd", "th", "º", "er":
		d.day = n
		return true
	case "am", "pm":
		d.hour, d.haveTime = n, true
		d.am, d.pm = rest == "am", rest == "pm"
		return true
	}
	if strings.HasPrefix(rest, "-") { // 16-Dec-2012
		parts := strings.Split(f, "-")
		if m, ok := months[parts[1]]; ok && len(parts) == 3 {
			y, r := number(parts[2])
			if r != "" {
				return false
			}
			if len(parts[2]) == 2 {
				y = century(y)
			}
			d.day, d.month, d.year, d.haveYear = n, m, y, true
			return true
		}
	}
	return false
}

// takeClock reads hh:mm[:ss[.fff]] with an optional zone behind it.
func (d *dateParts) takeClock(f string) bool {
	if d.haveTime {
		return false
	}
	d.haveTime = true
	var rest string
	d.hour, rest = number(f)
	if !strings.HasPrefix(rest, ":") {
		return rest == "" || d.takeZone(rest)
	}
	if d.min, rest = number(rest[1:]); d.min > 59 {
		return false
	}
	if strings.HasPrefix(rest, ":") {
		sec := rest[1:]
		if sec == "" {
			return true
		}
		if d.sec, rest = number(sec); d.sec > 60 || len(sec) == len(rest) {
			return false
		}
		if strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ",") {
			frac := rest[1:]
			_, rest = number(frac)
			frac = frac[:len(frac)-len(rest)]
			scale := int(time.Second)
			for i := 0; i < len(frac) && scale >= 10; i++ {
				scale /= 10
				d.ns += int(frac[i]-'0') * scale
			}
		}
	}
	return d.takeZone(rest)
}

func (d *dateParts) takeZone(z string) bool {
	switch {
	case z == "":
		return true
	case z[0] == '+' || z[0] == '-':
		return d.takeOffset(z)
	case z == "am" || z == "pm":
		d.am, d.pm = z == "am", z == "pm"
		return true
	}
	off, ok := zones[z]
	if ok {
		d.zone = off
	}
	return ok
}

// takeOffset reads +hhmm, +hh:mm, +hh.
func (d *dateParts) takeOffset(f string) bool {
	sign := 1
	if f[0] == '-' {
		sign = -1
	}
	f = strings.TrimLeft(f, "+-")
	n, rest := number(f)
	digits := len(f) - len(rest)
	h, m := n, 0
	switch {
	case digits == 0 || digits > 4:
		return false
	case digits > 2:
		h, m = n/100, n%100
	case strings.HasPrefix(rest, ":"):
		mm := rest[1:]
		if m, rest = number(mm); len(mm)-len(rest) != 2 {
			return false
		}
	}
	if digits > 2 && rest != "" || rest != "" || h > 15 || m > 59 {
		return false
	}
	d.zone = sign * (h*3600 + m*60)
	return true
}

func (d *dateParts) time() (time.Time, bool) {
	if !d.haveYear || d.month < 1 || d.month > 12 {
		return time.Time{}, false
	}
	if d.day == 0 {
		d.day = 1
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	} else if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.hour == 24 && d.min == 0 && d.sec == 0 {
		d.hour = 0
		d.day++
	}
	if d.hour > 23 || d.day < 1 || d.day > 32 {
		return time.Time{}, false
	}
	if d.day > daysIn(d.month, d.year) && d.hour != 0 || d.day > daysIn(d.month, d.year)+1 {
		return time.Time{}, false
	}
	zone := d.zone
	if zone == zoneNone {
		zone = d.fallbackZone
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, d.ns, time.UTC)
	return t.Add(-time.Duration(zone) * time.Second), true
}

func daysIn(month, year int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// splitDate reads year, month and day from one word: 2006/09/15, 2003-012-31,
// 2004-július-13, 31.12.2003, 12/31/2003.
func splitDate(f string) (y, m, d int, rest string, ok bool) {
	n, r := number(f)
	digits := len(f) - len(r)
	if r == "" || digits > 4 {
		return
	}
	sep := r[0]
	if sep != '-' && sep != '/' && sep != '.' {
		return
	}
	r = r[1:]
	end := strings.IndexByte(r, sep)
	if end <= 0 {
		if digits != 4 { // 2003-12
			return
		}
		mon, r2 := number(r)
		if len(r)-len(r2) != 2 || r2 != "" || mon < 1 || mon > 12 {
			return
		}
		return n, mon, 1, "", true
	}
	word := r[:end]
	mon, mr := number(word)
	if mr != "" {
		if mon, ok = months[word]; !ok {
			return
		}
		ok = false
	} else if len(word) > 3 {
		return
	}
	r = r[end+1:]
	last, r2 := number(r)
	width := len(r) - len(r2)
	switch {
	case digits == 4 && width >= 1 && width <= 2:
		y, m, d = n, mon, last
	case digits <= 2 && (width == 4 || width == 2):
		if width == 2 {
			if sep != '.' && sep != '/' {
				return
			}
			last = century(last)
		}
		y, m, d = last, mon, n
		if sep == '/' && n <= 12 { // month first, as in the United States, unless that is impossible
			if y, m, d = last, n, mon; m < 1 {
				return
			}
		}
	default:
		return
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(m, y) {
		return 0, 0, 0, "", false
	}
	if strings.HasPrefix(r2, "-") { // 2013-01-27-01
		return 0, 0, 0, "", r2 == "-"
	}
	return y, m, d, r2, true
}

// compactISO reads the short spellings of ISO 8601 that no other rule covers.
func compactISO(s string) (time.Time, bool) {
	digits := func(x string) bool { return x != "" && strings.Trim(x, "0123456789") == "" }
	var y, m, d int
	switch {
	case len(s) == 4 && digits(s):
		y, _ = number(s)
		m, d = 1, 1
		if y < 1900 || y > 2100 {
			return time.Time{}, false
		}
	case len(s) == 8 && digits(s): // 20031231
		y, _ = number(s[:4])
		m, _ = number(s[4:6])
		d, _ = number(s[6:])
	case len(s) == 6 && digits(s): // 031231
		y, _ = number(s[:2])
		m, _ = number(s[2:4])
		d, _ = number(s[4:])
		y = century(y)
	case len(s) == 8 && s[2] == '-' && s[5] == '-' && digits(s[:2]+s[3:5]+s[6:]): // 03-12-31
		y, _ = number(s[:2])
		m, _ = number(s[3:5])
		d, _ = number(s[6:])
		y = century(y)
	case len(s) == 5 && s[0] == '-' && digits(s[1:]): // -0312
		y, _ = number(s[1:3])
		m, _ = number(s[3:])
		y, d = century(y), 1
	case len(s) == 6 && s[0] == '-' && s[3] == '-' && digits(s[1:3]+s[4:]): // -03-12
		y, _ = number(s[1:3])
		m, _ = number(s[4:])
		y, d = century(y), 1
	case len(s) == 15 && s[8] == 'T' && digits(s[:8]+s[9:]), len(s) == 16 && s[8] == 'T' && s[15] == 'Z' && digits(s[:8]+s[9:15]):
		t, err := time.Parse("20060102T150405", s[:15])
		return t, err == nil
	default:
		return time.Time{}, false
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(m, y) {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), true
}

func century(n int) int {
	if n >= 100 {
		return n
	}
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// number reads leading digits, at most nine of them.
func number(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:]
}

// ClampDate makes a publisher's date fit for ordering. A date that lies ahead by
// no more than a day is a clock or zone error and becomes now; anything further
// ahead, or before the web, is nonsense and becomes the zero time.
func ClampDate(t, now time.Time) time.Time {
	switch {
	case t.Year() < 1990:
		return time.Time{}
	case t.After(now.Add(24 * time.Hour)):
		return time.Time{}
	case t.After(now):
		return now
	}
	return t.UTC()
}

var months = func() map[string]int {
	m := make(map[string]int)
	for _, list := range []string{
		"january february march april may june july august september october november december",
		"jan feb mar apr may jun jul aug sep oct nov dec",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"jänner feber mär apr mai jun jul aug sept okt nov dez",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"janv févr mars avr mai juin juil août sept oct nov déc",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"ene feb mar abr may jun jul ago set oct nov dic",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"gen feb mar apr mag giu lug ago set ott nov dic",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"jan fev mar abr mai jun jul ago set out nov dez",
		"januari februari maart april mei juni juli augustus september oktober november december",
		"januari februari mars april maj juni juli augusti september oktober november december",
		"január február március április május június július augusztus szeptember október november december",
		"januári februári március április máujus júniusi júliusi augusztusi szeptemberi októberi novemberi decemberi",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"янв фев мар апр май июн июл авг сен окт ноя дек",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
		"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
		"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
		"ιαν φεβ μαρ απρ μάι ιουν ιουλ αυγ σεπ οκτ νοέ δεκ",
		"ιαν φεβ μάρ απρ μαι ιούν ιούλ αύγ σεπ οκτ νοε δεκ",
	} {
		for i, name := range strings.Fields(list) {
			if _, taken := m[name]; !taken {
				m[name] = i + 1
			}
		}
	}
	return m
}()

var weekdays = func() map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields("mon tue wed thu fri sat sun tues weds thur thurs monday tuesday wednesday thursday friday saturday sunday") {
		m[w] = true
	}
	return m
}()

// zones are the abbreviations met in feeds, in seconds east. Where one has
// several meanings, the North American or European one is meant in practice.
var zones = map[string]int{
	"z": 0, "gmt": 0, "utc": 0, "ut": 0, "wet": 0, "a": -3600, "n": 3600, "m": -12 * 3600, "y": 12 * 3600,
	"ast": -4 * 3600, "adt": -3 * 3600, "at": -4 * 3600,
	"est": -5 * 3600, "edt": -4 * 3600, "et": -5 * 3600,
	"cst": -6 * 3600, "cdt": -5 * 3600, "ct": -6 * 3600,
	"mst": -7 * 3600, "mdt": -6 * 3600, "mt": -7 * 3600,
	"pst": -8 * 3600, "pdt": -7 * 3600, "pt": -8 * 3600,
	"akst": -9 * 3600, "akdt": -8 * 3600, "hst": -10 * 3600, "nst": -12600, "ndt": -9000,
	"bst": 3600, "west": 3600, "cet": 3600, "met": 3600, "mez": 3600, "cest": 2 * 3600, "mest": 2 * 3600, "mesz": 2 * 3600, "met_dst": 2 * 3600,
	"eet": 2 * 3600, "eest": 3 * 3600, "msk": 3 * 3600, "msd": 4 * 3600, "sast": 2 * 3600, "cat": 2 * 3600, "eat": 3 * 3600, "wat": 3600,
	"ist": 19800, "pkt": 5 * 3600, "ict": 7 * 3600, "wib": 7 * 3600, "sgt": 8 * 3600, "hkt": 8 * 3600, "myt": 8 * 3600, "pht": 8 * 3600, "awst": 8 * 3600,
	"jst": 9 * 3600, "kst": 9 * 3600, "acst": 34200, "aest": 10 * 3600, "aedt": 11 * 3600, "nzst": 12 * 3600, "nzdt": 13 * 3600,
	"brt": -3 * 3600, "art": -3 * 3600, "clt": -4 * 3600, "cot": -5 * 3600, "pet": -5 * 3600,
}
