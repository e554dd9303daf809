package bot

import (
	"testing"
	"time"
)

func TestParseWhen(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"every weekday at 8":                    "0 8 * * 1-5",
		"Every weekday at 8:00 am":              "0 8 * * 1-5",
		"daily at 7:30":                         "30 7 * * *",
		"every day at 7.30":                     "30 7 * * *",
		"at 8":                                  "0 8 * * *",
		"8pm":                                   "0 20 * * *",
		"8 p.m.":                                "0 20 * * *",
		"mondays and thursdays at 18:00":        "0 18 * * 1,4",
		"Mon, Wed, Fri at noon":                 "0 12 * * 1,3,5",
		"every Sunday at midnight":              "0 0 * * 0",
		"weekends at 10":                        "0 10 * * 6,0",
		"monday to friday at 9":                 "0 9 * * 1-5",
		"mon-wed at 9":                          "0 9 * * 1,2,3",
		"friday to monday at 9":                 "0 9 * * 1,5,6,0",
		"daily at 8 and 18":                     "0 8,18 * * *",
		"every day at 8am and 6pm":              "0 8,18 * * *",
		"every 6 hours":                         "0 0,6,12,18 * * *",
		"every hour":                            "0 * * * *",
		"hourly":                                "0 * * * *",
		"every 4 hours on weekdays":             "0 0,4,8,12,16,20 * * 1-5",
		"every 8 hours at 6:30":                 "30 6,14,22 * * *",
		"monthly at 9":                          "0 9 1 * *",
		"on the 15th of every month at 9":       "0 9 15 * *",
		"on the 1st at 8":                       "0 8 1 * *",
		"0830":                                  "30 8 * * *",
		"werktags um 8":                         "0 8 * * 1-5",
		"jeden Montag um 8 Uhr":                 "0 8 * * 1",
		"täglich um 7:30 Uhr":                   "30 7 * * *",
		"montags und donnerstags um 18 Uhr 30":  "30 18 * * 1,4",
		"Montag bis Freitag um 9":               "0 9 * * 1-5",
		"alle 6 Stunden":                        "0 0,6,12,18 * * *",
		"am Wochenende um 10":                   "0 10 * * 6,0",
		"cada lunes a las 9":                    "0 9 * * 1",
		"todos los días a las 8:30":             "30 8 * * *",
		"lunes y jueves a las 18:00":            "0 18 * * 1,4",
		"cada 12 horas":                         "0 0,12 * * *",
		"días laborables a las 8":               "0 8 * * 1-5",
		"los fines de semana a las 10":          "0 10 * * 6,0",
		"tous les jours à 7h30":                 "30 7 * * *",
		"chaque lundi à 8 heures":               "0 8 * * 1",
		"lundi et jeudi à 18h":                  "0 18 * * 1,4",
		"jours ouvrables à 8h":                  "0 8 * * 1-5",
		"toutes les 6 heures":                   "0 0,6,12,18 * * *",
		"todos os dias às 7:30":                 "30 7 * * *",
		"segunda-feira e quinta-feira às 18:00": "0 18 * * 1,4",
		"dias úteis às 8":                       "0 8 * * 1-5",
		"a cada 6 horas":                        "0 0,6,12,18 * * *",
		"0 8 * * 1-5":                           "0 8 * * 1-5",
		"*/15 6-9 * * *":                        "*/15 6-9 * * *",
	} {
		c, words, err := ParseWhen(in)
		if err != nil || c.String() != want {
			t.Errorf("%q: got %q, %v, want %q", in, c, err, want)
			continue
		}
		if looksLikeCron(in) != (words == "") {
			t.Errorf("%q: words %q", in, words)
		}
	}
	for in, want := range map[string]string{
		"":                           "cron_empty",
		"every weekday":              "when_time",
		"whenever you like at 8":     "when_word",
		"every 5 hours":              "when_hours",
		"every 25 hours":             "when_hours",
		"at 25":                      "when_word",
		"at 8:75":                    "when_word",
		"daily at 8 and 18:30":       "when_minutes",
		"twice a day":                "when_twice",
		"@every 5m":                  "cron_descriptor",
		"0 8 31 2 *":                 "cron_never",
		"* * * * *":                  "cron_often",
		"on the 32nd at 8":           "when_day",
		"13pm":                       "when_word",
		"every blue moon at 8":       "when_word",
		"at 8 <@everyone>":           "when_word",
		"TZ=Europe/Berlin 0 8 * * *": "cron_zone",
	} {
		if c, _, err := ParseWhen(in); code(err) != want {
			t.Errorf("%q: got %q, %v, want %s", in, c, err, want)
		}
	}
}

// What is told back reads back as the same cadence, in every language.
func TestWords(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"0 8 * * 1-5":        "every weekday at 08:00",
		"30 7 * * *":         "every day at 07:30",
		"0 18 * * 1,4":       "every Monday and Thursday at 18:00",
		"0 8,12,18 * * *":    "every day at 08:00, 12:00 and 18:00",
		"0 */6 * * *":        "every 6 hours",
		"0 * * * *":          "every hour",
		"0 10 * * 6,0":       "on weekends at 10:00",
		"0 10 * * 7":         "every Sunday at 10:00",
		"0 9 15 * *":         "on day 15 of every month at 09:00",
		"0 9 15 * 1":         "0 9 15 * 1",
		"0 9 1 1 *":          "0 9 1 1 *",
		"0,30 9 * * *":       "0,30 9 * * *",
		"30 6,14,22 * * *":   "every day at 06:30, 14:30 and 22:30",
		"15 3,9,15,21 * * *": "every 6 hours (03:15 …)",
	} {
		c, err := ParseCron(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Words("en-GB"); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
	for _, expr := range []string{"0 8 * * 1-5", "30 7 * * *", "0 18 * * 1,4", "0 10 * * 6,0", "0 0,6,12,18 * * *", "0 8,18 * * *"} {
		c, err := ParseCron(expr)
		if err != nil {
			t.Fatal(err)
		}
		for lang := range frames {
			back, _, err := ParseWhen(c.Words(lang))
			if err != nil || back.String() != expr {
				t.Errorf("%s in %s is %q, which reads back as %q, %v", expr, lang, c.Words(lang), back, err)
			}
		}
	}
	c, _, err := ParseWhen("werktags um 8")
	if err != nil || c.Words("pt-BR") != "de segunda a sexta às 08:00" || c.Words("xx") != "every weekday at 08:00" {
		t.Errorf("got %q, %v", c.Words("pt-BR"), err)
	}
	if n := len(c.Upcoming(time.UTC, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 3)); n != 3 {
		t.Error(n)
	}
}

func TestQuietHoursAndClocks(t *testing.T) {
	t.Parallel()
	berlin := mustZone(t, "Europe/Berlin")
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	night := Subscription{QuietFrom: 22 * 60, QuietTo: 7 * 60}
	noon := Subscription{QuietFrom: 12 * 60, QuietTo: 13 * 60}
	for _, tt := range []struct {
		s        Subscription
		at, want string
	}{
		{night, "2026-03-10 23:00", "2026-03-11 07:00"},
		{night, "2026-03-10 03:00", "2026-03-10 07:00"},
		{night, "2026-03-10 22:00", "2026-03-11 07:00"},
		{night, "2026-03-10 07:00", ""},
		{night, "2026-03-10 12:00", ""},
		{noon, "2026-03-10 12:59", "2026-03-10 13:00"},
		{noon, "2026-03-10 13:00", ""},
		{Subscription{}, "2026-03-10 00:00", ""},
		{Subscription{QuietFrom: 60, QuietTo: 150}, "2026-03-29 01:30", "2026-03-29 03:00"}, // 02:30 is skipped
	} {
		got := ""
		if until := tt.s.QuietUntil(berlin, at(tt.at)); !until.IsZero() {
			got = until.In(berlin).Format("2006-01-02 15:04")
		}
		if got != tt.want {
			t.Errorf("%d-%d at %s: %q, want %q", tt.s.QuietFrom, tt.s.QuietTo, tt.at, got, tt.want)
		}
	}
	if got := DayStart(mustZone(t, "America/Santiago"), time.Date(2026, 9, 6, 15, 0, 0, 0, time.UTC)); !got.Equal(time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("a day without a midnight begins at %s", got)
	}
	for in, want := range map[string]int{"8": 480, "8:05": 485, "7h30": 450, "7h": 420, "8am": 480, "12 am": 0, "12pm": 720, "8:30 p.m.": 1230, "20 Uhr": 1200, "24:00": 0, "0:00": 0, "0830": 510} {
		if got, err := ParseClock(in); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", "25", "8:60", "24:01", "0pm", "13 am", "-1", "8:5", "888", "9999"} {
		if got, err := ParseClock(in); code(err) != "clock" {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
}
