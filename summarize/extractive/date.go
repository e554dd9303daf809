package extractive

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	weekdays = map[string]time.Weekday{}
	months   = map[string]time.Month{}
)

func init() {
	for lang, names := range map[string]string{
		"en": "sunday monday tuesday wednesday thursday friday saturday", "es": "domingo lunes martes miércoles jueves viernes sábado", "fr": "dimanche lundi mardi mercredi jeudi vendredi samedi",
		"de": "sonntag montag dienstag mittwoch donnerstag freitag samstag", "pt": "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
		"it": "domenica lunedì martedì mercoledì giovedì venerdì sabato",
	} {
		_ = lang
		for i, n := range strings.Fields(names) {
			weekdays[n] = time.Weekday(i)
		}
	}
	for _, names := range []string{
		"january february march april may june july august september october november december", "jan. feb. mar. apr. may jun. jul. aug. sept. oct. nov. dec.", "jan feb mar apr may jun jul aug sep oct nov dec",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"januar februar märz april mai juni juli august september oktober november dezember", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	} {
		for i, n := range strings.Fields(names) {
			months[n] = time.Month(i + 1)
		}
	}
	months["sept"] = time.September
}

var (
	monthDay = regexp.MustCompile(`(?i)\b(\p{L}{3,10}\.?) (\d{1,2})(?:st|nd|rd|th)?(?:, (\d{4}))?\b`)
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|\.|º|er)? (?:de |of )?(\p{L}{3,10}\.?)(?: (?:de )?(\d{4}))?\b`)
	dayWord  = regexp.MustCompile(`(?i)[\p{L}-]+`)
	toCome   = regexp.MustCompile(`(?i)\b(?:will|would|shall|is to|are to|is due|are due|set to|set for|going to|about to|is expected|is scheduled|plans? to|wird|werden|será|serán|sera|seront|sarà|würde|expected to|due to)\b`)
)

// eventDate returns the day on which a sentence says that it happened, at
// midnight UTC, counted from the article's publication; the zero time where the
// sentence names no day or the publication isn't known.
func eventDate(said string, published time.Time) time.Time {
	future := toCome.MatchString(said)
	day := published.UTC().Truncate(24 * time.Hour)
	if t, ok := calendarDate(said, day, future); ok {
		return t
	}
	if published.IsZero() {
		return time.Time{}
	}
	for _, w := range dayWord.FindAllString(said, 200) {
		switch low := strings.ToLower(w); low {
		case "today", "hoy", "aujourd'hui", "heute", "hoje", "oggi", "tonight":
			return day
		case "yesterday", "ayer", "hier", "gestern", "ontem", "ieri":
			return day.AddDate(0, 0, -1)
		case "tomorrow", "mañana", "demain", "amanhã", "domani":
			if low == "mañana" && !future {
				continue
			}
			return day.AddDate(0, 0, 1)
		default:
			wd, ok := weekdays[low]
			if !ok {
				continue
			}
			back := (int(day.Weekday()) - int(wd) + 7) % 7
			if future {
				ahead := (7 - back) % 7
				return day.AddDate(0, 0, ahead)
			}
			return day.AddDate(0, 0, -back)
		}
	}
	return time.Time{}
}

// calendarDate reads "March 3", "3 March 2026", "el 5 de mayo". Without a year it
// is the one that brings the day nearest to the publication.
func calendarDate(said string, published time.Time, future bool) (time.Time, bool) {
	type found struct {
		month time.Month
		day   int
		year  string
	}
	var f *found
	if m := monthDay.FindStringSubmatch(said); m != nil {
		if mon, ok := months[strings.ToLower(m[1])]; ok {
			d, _ := strconv.Atoi(m[2])
			f = &found{mon, d, m[3]}
		}
	}
	if f == nil {
		for _, m := range dayMonth.FindAllStringSubmatch(said, 8) {
			if mon, ok := months[strings.ToLower(m[2])]; ok {
				d, _ := strconv.Atoi(m[1])
				f = &found{mon, d, m[3]}
				break
			}
		}
	}
	if f == nil || f.day < 1 || f.day > 31 {
		return time.Time{}, false
	}
	if f.year != "" {
		y, _ := strconv.Atoi(f.year)
		t := time.Date(y, f.month, f.day, 0, 0, 0, 0, time.UTC)
		return t, t.Day() == f.day && y > 1500
	}
	if published.IsZero() {
		return time.Time{}, false
	}
	var best time.Time
	for y := published.Year() - 1; y <= published.Year()+1; y++ {
		t := time.Date(y, f.month, f.day, 0, 0, 0, 0, time.UTC)
		if t.Day() != f.day || future && t.Before(published) {
			continue
		}
		if best.IsZero() || t.Sub(published).Abs() < best.Sub(published).Abs() {
			best = t
		}
	}
	return best, !best.IsZero()
}
