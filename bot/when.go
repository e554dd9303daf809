package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/summarize/text"
)

// ParseWhen reads when a schedule is due: five cron fields, or words as people
// type them in English, German, Spanish, French or Portuguese: "every weekday at
// 8", "mondays and thursdays at 18:00", "daily at 7:30 and 19:30", "every 6
// hours", "werktags um 8", "cada lunes a las 9", "tous les jours à 7h30". words is
// what was typed, or "" for a cron expression. Errors are UserErrors.
func ParseWhen(s string) (c Cadence, words string, err error) {
	s = strings.TrimSpace(s)
	if looksLikeCron(s) {
		c, err = ParseCron(s)
		return c, "", err
	}
	expr, err := cronOfWords(s)
	if err != nil {
		return Cadence{}, "", err
	}
	c, err = ParseCron(expr)
	return c, s, err
}

// looksLikeCron reports what is meant as a cron expression, right or wrong.
func looksLikeCron(s string) bool {
	if s == "" || s[0] == '@' || strings.Contains(s, "TZ=") {
		return true
	}
	fields := strings.Fields(s)
	cronish := 0
	for _, f := range fields {
		if strings.Trim(f, "0123456789*/,-?") == "" {
			cronish++
		}
	}
	return strings.ContainsRune(s, '*') || cronish == len(fields) && len(fields) > 2
}

// Days of the week as cron counts them.
const (
	daily    = 0b1111111
	weekdays = 0b0111110
	weekends = 0b1000001
)

// dayWords name days, in bits from Sunday on. Plurals and "on mondays" forms are
// listed, because no stemmer is right for all five languages.
var dayWords = func() map[string]int {
	m := map[string]int{}
	put := func(bits int, words string) {
		for _, w := range strings.Fields(words) {
			m[w] = bits
		}
	}
	put(1<<1, "monday mondays mon montag montags lunes lundi lundis segunda segundas segunda-feira segundas-feiras")
	put(1<<2, "tuesday tuesdays tue tues dienstag dienstags martes mardi mardis terca tercas terca-feira tercas-feiras")
	put(1<<3, "wednesday wednesdays wed mittwoch mittwochs miercoles mercredi mercredis quarta quartas quarta-feira quartas-feiras")
	put(1<<4, "thursday thursdays thu thur thurs donnerstag donnerstags jueves jeudi jeudis quinta quintas quinta-feira quintas-feiras")
	put(1<<5, "friday fridays fri freitag freitags viernes vendredi vendredis sexta sextas sexta-feira sextas-feiras")
	put(1<<6, "saturday saturdays sat samstag samstags sonnabend sonnabends sabado sabados samedi samedis")
	put(1<<0, "sunday sundays sun sonntag sonntags domingo domingos dimanche dimanches")
	put(daily, "daily day days everyday taglich tag tage diario diariamente dia dias quotidien quotidiennement jour jours")
	put(weekdays, "weekday weekdays workday workdays werktag werktags werktage wochentags arbeitstag arbeitstags laborable laborables habil habiles ouvrable ouvrables ouvre ouvres semaine util uteis")
	put(weekends, "weekend weekends week-end week-ends wochenende wochenenden finde findes")
	return m
}()

// fillers may stand anywhere and say nothing.
var fillers = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`every each at on the and in of a an o'clock oclock jeden jede jedes alle um am und uhr den der die
		cada todos todas los las el la a al y en de por semana tous toutes les le l a et de en du chaque
		todo toda o os as e ao aos no na nos nas das do dia week per sharp local time , & + -`) {
		m[w] = true
	}
	return m
}()

var partsOfDay = map[string]int{
	"noon": 12, "midday": 12, "midnight": 0, "mittag": 12, "mittags": 12, "mitternacht": 0, "mediodia": 12, "medianoche": 0, "midi": 12, "minuit": 0, "meio-dia": 12, "meia-noite": 0,
}

var hourWords = map[string]bool{"hour": true, "hours": true, "hourly": true, "stunde": true, "stunden": true, "stundlich": true, "hora": true, "horas": true, "heure": true, "heures": true}

var monthWords = map[string]bool{"month": true, "monthly": true, "monat": true, "monats": true, "monatlich": true, "mes": true, "mensual": true, "mensualmente": true, "mois": true, "mensuel": true, "mensal": true, "mensalmente": true}

const whenExample = "such as “every weekday at 8”, “mondays and thursdays at 18:00”, “every 6 hours”, or five cron fields"

// cronOfWords turns words into a cron expression.
func cronOfWords(s string) (string, error) {
	folded := text.FoldPlain(s)
	tokens := strings.FieldsFunc(folded, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\u00a0' })
	for i := range tokens {
		tokens[i] = strings.Trim(tokens[i], ".!\"'()")
	}
	var (
		days, dayOfMonth int
		times            []int // minutes of the day
		every            int   // hours
		monthly, hourly  bool
	)
	for i := 0; i < len(tokens); i++ {
		w := tokens[i]
		next := func(n int) string {
			if i+n < len(tokens) {
				return strings.ReplaceAll(tokens[i+n], ".", "")
			}
			return ""
		}
		if w == "" {
			continue
		}
		if w == "jour" || w == "jours" {
			if n := next(1); strings.HasPrefix(n, "ouvr") || n == "de" && next(2) == "semaine" {
				days |= weekdays
				i++
				continue
			}
		}
		if (w == "dia" || w == "dias") && (next(1) == "laborables" || next(1) == "laborable" || next(1) == "habiles" || next(1) == "uteis" || next(1) == "util") {
			days |= weekdays
			i++
			continue
		}
		if (w == "fin" || w == "fins" || w == "fines" || w == "fim") && next(1) == "de" { // de semana, de semaine
			days |= weekends
			i += 2
			continue
		}
		if w == "week" && strings.HasPrefix(next(1), "day") {
			days |= weekdays
			i++
			continue
		}
		if w == "week" && strings.HasPrefix(next(1), "end") {
			days |= weekends
			i++
			continue
		}
		if w == "twice" || w == "zweimal" {
			return "", NewUserError("when_twice", "Say the times themselves: “daily at 8 and 18”.")
		}
		if hour, ok := partsOfDay[w]; ok {
			times = append(times, hour*60)
			continue
		}
		if hourWords[w] {
			hourly = true
			if every == 0 {
				every = 1
			}
			continue
		}
		if monthWords[w] {
			monthly = true
			continue
		}
		if bits, ok := dayWords[w]; ok {
			if (w == "day" || w == "tag" || w == "jour" || w == "dia") && dayOfMonth > 0 && monthly {
				continue
			}
			days |= bits
			continue
		}
		if from, to, ok := strings.Cut(w, "-"); ok && dayWords[from] != 0 && dayWords[to] != 0 {
			days |= dayRange(dayWords[from], dayWords[to])
			continue
		}
		if isRange(w) && i > 0 && days != 0 && dayWords[next(1)] != 0 {
			days |= dayRange(dayWords[tokens[i-1]], dayWords[next(1)])
			i++
			continue
		}
		if fillers[w] {
			continue
		}
		if n, ok := ordinal(w); ok {
			dayOfMonth = n
			continue
		}
		if n, err := strconv.Atoi(w); err == nil && hourWords[next(1)] && (i > 0 && isEvery(tokens[i-1])) {
			every, hourly = n, true
			i++
			continue
		}
		// "8 am", "8 uhr 30", "8 h 30", "8 heures"
		word := w
		used := 0
		switch n := next(1); n {
		case "am", "pm", "a", "p":
			if n == "am" && next(2) != "" && dayWords[next(2)] != 0 {
				break // German: "8 am Montag"
			}
			word += n
			used = 1
			if (n == "a" || n == "p") && next(2) == "m" {
				word += "m"
				used = 2
			}
		case "uhr", "h", "heures", "heure", "horas", "hs":
			used = 1
			if m := next(2); len(m) == 2 && strings.Trim(m, "0123456789") == "" {
				word += ":" + m
				used = 2
			}
		}
		minute, err := ParseClock(word)
		if err != nil {
			return "", NewUserError("when_word", "“{Word}” is not understood as a time or day. Expected words {Example}.", "Word", w, "Example", whenExample)
		}
		times = append(times, minute)
		i += used
	}
	slices.Sort(times)
	times = slices.Compact(times)
	if hourly {
		return everyHours(every, days, times)
	}
	if len(times) == 0 {
		return "", NewUserError("when_time", "A time of the day is missing: {Example}.", "Example", whenExample)
	}
	minute := times[0] % 60
	var hours []string
	for _, t := range times {
		if t%60 != minute {
			return "", NewUserError("when_minutes", "One digest can't come at {A} and at {B}: the minutes must be the same. Make two digests.",
				"A", clock(times[0]), "B", clock(t))
		}
		hours = append(hours, strconv.Itoa(t/60))
	}
	dom, dow := "*", "*"
	switch {
	case dayOfMonth > 0:
		if dayOfMonth > 31 {
			return "", NewUserError("when_day", "There is no day {Day} in a month.", "Day", strconv.Itoa(dayOfMonth))
		}
		dom = strconv.Itoa(dayOfMonth)
	case monthly:
		dom = "1"
	}
	if days != 0 && days != daily && dom == "*" {
		dow = cronDays(days)
	}
	return fmt.Sprintf("%d %s %s * %s", minute, strings.Join(hours, ","), dom, dow), nil
}

func everyHours(every, days int, times []int) (string, error) {
	if every < 1 || every > 23 || 24%every != 0 {
		return "", NewUserError("when_hours", "Every {Count} hours does not divide a day. Choose 1, 2, 3, 4, 6, 8 or 12.", "Count", strconv.Itoa(every))
	}
	start := 0
	if len(times) > 0 {
		start = times[0]
	}
	var hours []string
	for h := (start / 60) % every; h < 24; h += every {
		hours = append(hours, strconv.Itoa(h))
	}
	field := strings.Join(hours, ",")
	if every == 1 {
		field = "*"
	}
	dow := "*"
	if days != 0 && days != daily {
		dow = cronDays(days)
	}
	return fmt.Sprintf("%d %s * * %s", start%60, field, dow), nil
}

func isEvery(w string) bool {
	switch w {
	case "every", "alle", "cada", "toutes", "tous", "les", "each":
		return true
	}
	return false
}

func isRange(w string) bool {
	switch w {
	case "to", "through", "thru", "until", "bis", "a", "au", "ate", "hasta", "-", "–":
		return true
	}
	return false
}

func dayRange(from, to int) int {
	bits := 0
	for d := from; ; {
		bits |= d
		if d == to || bits == daily {
			return bits
		}
		if d <<= 1; d > 1<<6 {
			d = 1
		}
	}
}

func cronDays(bits int) string {
	if bits == weekdays {
		return "1-5"
	}
	var out []string
	for _, d := range []int{1, 2, 3, 4, 5, 6, 0} {
		if bits&(1<<d) != 0 {
			out = append(out, strconv.Itoa(d))
		}
	}
	return strings.Join(out, ",")
}

// ordinal reads "1st", "15th", "1er", "1º", "first".
func ordinal(w string) (int, bool) {
	switch w {
	case "first", "ersten", "primero", "primeiro", "premier":
		return 1, true
	}
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyzºª°")
	switch strings.TrimPrefix(w, digits) {
	case "st", "nd", "rd", "th", "er", "o", "º", "°":
		n, err := strconv.Atoi(digits)
		return n, err == nil && n > 0
	}
	return 0, false
}

// ParseClock reads a time of the day ("8", "8:30", "7.30", "7h30", "8am", "8:30
// p.m.", "20 Uhr") as a minute of it, 0 to 1439. Errors are UserErrors.
func ParseClock(s string) (int, error) {
	bad := NewUserError("clock", "“{Time}” is no time of the day. Expected 8:00, 20:30 or 8 pm.", "Time", strings.TrimSpace(s))
	w := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "")
	w = strings.NewReplacer("a.m.", "am", "p.m.", "pm", "uhr", ":", "h", ":", ".", ":").Replace(w)
	half := 0
	switch {
	case strings.HasSuffix(w, "am"):
		half, w = 1, strings.TrimSuffix(w, "am")
	case strings.HasSuffix(w, "pm"):
		half, w = 2, strings.TrimSuffix(w, "pm")
	}
	w = strings.TrimSuffix(w, ":")
	hours, minutes, parted := strings.Cut(w, ":")
	h, err := strconv.Atoi(hours)
	if err != nil || len(hours) > 2 {
		if len(w) == 4 && !parted { // 0830
			if n, err := strconv.Atoi(w); err == nil && n/100 < 24 && n%100 < 60 && half == 0 {
				return n/100*60 + n%100, nil
			}
		}
		return 0, bad
	}
	m := 0
	if parted {
		if m, err = strconv.Atoi(minutes); err != nil || len(minutes) != 2 {
			return 0, bad
		}
	}
	switch {
	case m < 0 || m > 59 || h < 0 || half == 0 && h > 24 || half != 0 && (h < 1 || h > 12) || h == 24 && m > 0:
		return 0, bad
	case half == 1 && h == 12:
		h = 0
	case half == 2 && h < 12:
		h += 12
	}
	return h%24*60 + m, nil
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// frame holds the words of one language for telling a cadence.
type frame struct {
	daily, weekdays, weekends, on, at, and, hourly, hours, monthly string
	days                                                           [7]string // from Sunday on
}

var frames = map[string]frame{
	"en": {"every day", "every weekday", "on weekends", "every %s", "at", "and", "every hour", "every %d hours", "on day %s of every month",
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}},
	"de": {"täglich", "werktags", "am Wochenende", "jeden %s", "um", "und", "stündlich", "alle %d Stunden", "am %s. jedes Monats",
		[7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}},
	"es": {"todos los días", "de lunes a viernes", "los fines de semana", "cada %s", "a las", "y", "cada hora", "cada %d horas", "el día %s de cada mes",
		[7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}},
	"fr": {"tous les jours", "du lundi au vendredi", "le week-end", "chaque %s", "à", "et", "toutes les heures", "toutes les %d heures", "le %s de chaque mois",
		[7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}},
	"pt": {"todos os dias", "de segunda a sexta", "aos fins de semana", "toda %s", "às", "e", "a cada hora", "a cada %d horas", "no dia %s de cada mês",
		[7]string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"}},
}

// Words tells a cadence in a language ("en", "de", "es", "fr", "pt", regions
// allowed), so that who typed it sees that it was understood: "every weekday at
// 08:00". A cadence that has no short wording is told as its cron expression.
func (c Cadence) Words(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	f, ok := frames[base]
	if !ok {
		f = frames["en"]
	}
	field := strings.Fields(c.expr)
	if len(field) != 5 || field[3] != "*" {
		return c.expr
	}
	minutes, hours := members(c.spec.Minute, 0, 59), members(c.spec.Hour, 0, 23)
	if len(minutes) != 1 {
		return c.expr
	}
	var when string
	if every := step(hours); every > 0 && field[2] == "*" && field[4] == "*" {
		when = f.hourly
		if every > 1 {
			when = fmt.Sprintf(f.hours, every)
		}
		if minutes[0] != 0 || hours[0] != 0 {
			when += " (" + clock(hours[0]*60+minutes[0]) + " …)"
		}
		return when
	}
	if len(hours) > 6 {
		return c.expr
	}
	var clocks []string
	for _, h := range hours {
		clocks = append(clocks, clock(h*60+minutes[0]))
	}
	days := f.daily
	bits := 0
	for _, d := range members(c.spec.Dow, 0, 6) {
		bits |= 1 << d
	}
	restricted := field[4] != "*" && field[4] != "?"
	switch {
	case field[2] != "*" && field[2] != "?":
		if restricted || strings.Trim(field[2], "0123456789") != "" {
			return c.expr
		}
		days = fmt.Sprintf(f.monthly, field[2])
	case !restricted || bits == daily:
	case bits == weekdays:
		days = f.weekdays
	case bits == weekends:
		days = f.weekends
	default:
		var names []string
		for _, d := range []int{1, 2, 3, 4, 5, 6, 0} {
			if bits&(1<<d) != 0 {
				names = append(names, f.days[d])
			}
		}
		days = fmt.Sprintf(f.on, series(names, f.and))
	}
	return days + " " + f.at + " " + series(clocks, f.and)
}

func members(bits uint64, low, high int) (out []int) {
	for i := low; i <= high; i++ {
		if bits&(1<<uint(i)) != 0 {
			out = append(out, i)
		}
	}
	return out
}

// step is the even distance between hours that go round the day, 0 where they
// don't.
func step(hours []int) int {
	n := len(hours)
	if n < 4 || 24%n != 0 {
		return 0
	}
	d := 24 / n
	for i, h := range hours {
		if h != hours[0]+i*d {
			return 0
		}
	}
	return d
}

func series(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + and + " " + words[len(words)-1]
}

// Upcoming are the next n slots of a cadence after a moment.
func (c Cadence) Upcoming(zone *time.Location, after time.Time, n int) []time.Time {
	var out []time.Time
	for at := c.Next(zone, after); !at.IsZero() && len(out) < n; at = c.Next(zone, at) {
		out = append(out, at)
	}
	return out
}
