package bot

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func code(err error) string {
	var u *UserError
	if errors.As(err, &u) {
		return u.Code
	}
	if err != nil {
		return "not a UserError: " + err.Error()
	}
	return ""
}

func TestParseCronRefuses(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"":                             "cron_empty",
		"   ":                          "cron_empty",
		"@every 1s":                    "cron_descriptor",
		"@daily":                       "cron_descriptor",
		"TZ=Europe/Berlin 0 8 * *":     "cron_zone",
		"TZ=":                          "cron_zone",
		"CRON_TZ=UTC 0 8 * * *":        "cron_zone",
		"0 8 * *":                      "cron_fields",
		"0 0 8 * * *":                  "cron_fields",
		"0 8 31 2 *":                   "cron_never",
		"0 8 30 2 *":                   "cron_never",
		"0 8 31 4,6,9,11 *":            "cron_never",
		"60 8 * * *":                   "cron_field",
		"0 24 * * *":                   "cron_field",
		"0 8 0 * *":                    "cron_field",
		"0 8 * 13 *":                   "cron_field",
		"0 8 * * 8":                    "cron_field",
		"0 8 * * mond":                 "cron_field",
		"-1 8 * * *":                   "cron_field",
		"*/0 8 * * *":                  "cron_field",
		"5-1 8 * * *":                  "cron_field",
		"* 8 * * *":                    "cron_often",
		"*/10 * * * *":                 "cron_often",
		"0 8 * * 99999999999999999999": "cron_field",
	} {
		if _, err := ParseCron(expr); code(err) != want {
			t.Errorf("%q: got %s (%v), want %s", expr, code(err), err, want)
		}
	}
	_, err := ParseCron("0 8 * 13 *")
	if got := err.Error(); got != "The fourth field is “13”, which is no month." {
		t.Error(got)
	}
}

func TestParseCronTakes(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{"0 8 * * *", " 0  8 * * 1-5 ", "0,30 7-9 * * *", "*/15 * * * *", "0 8 29 2 *", "0 8 * jan-mar mon", "0 8 * * 7", "0 8 * * 5-7", "0 8 13 * 5", "0 8 ? * ?"} {
		if c, err := ParseCron(expr); err != nil || c.String() != strings.Join(strings.Fields(expr), " ") {
			t.Errorf("%q: %v", expr, err)
		}
	}
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestNextSlot(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, expr, zone, after, want string }{
		{"plain", "0 8 * * *", "Europe/Berlin", "2026-03-10T06:00:00Z", "2026-03-10T07:00:00Z"},
		{"at the slot", "0 8 * * *", "Europe/Berlin", "2026-03-10T07:00:00Z", "2026-03-11T07:00:00Z"},
		{"just before it", "0 8 * * *", "Europe/Berlin", "2026-03-10T06:59:59.999Z", "2026-03-10T07:00:00Z"},
		{"in the spring gap", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"the day after the gap", "30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"in the repeated hour", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"not a second time", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"between the two", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-26T01:30:00Z"},
		{"midnight that does not exist", "0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
		{"midnight that did not exist", "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"},
		{"half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
		{"a whole day skipped", "0 8 * * *", "Pacific/Apia", "2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z"},
		{"29 February", "0 8 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T08:00:00Z"},
		{"no leap year in 2100", "0 8 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T08:00:00Z"},
		{"day of the week and of the month", "0 8 13 * 5", "UTC", "2026-03-02T00:00:00Z", "2026-03-06T08:00:00Z"},
		{"Sunday as 7", "0 8 * * 7", "UTC", "2026-03-02T00:00:00Z", "2026-03-08T08:00:00Z"},
		{"Friday to Sunday", "0 8 * * 5-7", "UTC", "2026-03-07T09:00:00Z", "2026-03-08T08:00:00Z"},
		{"new year", "0 8 * * *", "Asia/Kolkata", "2026-12-31T12:00:00Z", "2027-01-01T02:30:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339Nano, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			got, err := NextSlot(tt.expr, tt.zone, after)
			if err != nil || got.Format(time.RFC3339) != tt.want {
				t.Errorf("got %s, %v, want %s", got.Format(time.RFC3339), err, tt.want)
			}
		})
	}
	if _, err := NextSlot("0 8 * * *", "Europe/Bonn", time.Now()); code(err) != "zone_unknown" {
		t.Errorf("got %v", err)
	}
}

// Every slot of every local day comes once, over two years in zones that treat
// their clocks in five ways.
func TestEverySlotOnceALocalDay(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Chatham"}
	times := []string{"0 0", "30 0", "30 1", "0 2", "15 2", "30 2", "45 2", "0 3", "30 23", "0 8"}
	for _, zone := range zones {
		loc := mustZone(t, zone)
		for _, at := range times {
			c, err := ParseCron(at + " * * *")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Date(2026, 1, 1, 12, 0, 0, 0, loc)
			seen := map[string]int{}
			for slot := c.Next(loc, start); slot.Before(start.AddDate(2, 0, 0)); slot = c.Next(loc, slot) {
				seen[slot.In(loc).Format("2006-01-02")]++
			}
			for day := start.AddDate(0, 0, 1); day.Before(start.AddDate(2, 0, 0)); day = day.AddDate(0, 0, 1) {
				if n := seen[day.Format("2006-01-02")]; n != 1 {
					t.Errorf("%s, %s: %d slots on %s", zone, at, n, day.Format("2006-01-02"))
				}
			}
		}
	}
}

// Whatever the clock shows when Next is asked, forward or back, the answer is
// the same slot: it depends on the moment alone.
func TestNextIsMonotone(t *testing.T) {
	t.Parallel()
	loc := mustZone(t, "Europe/Berlin")
	c, err := ParseCron("0,30 1-3 * * *")
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC)} {
		last := time.Time{}
		for m := range 12 * 60 {
			at := day.Add(time.Duration(m) * time.Minute)
			next := c.Next(loc, at)
			if !next.After(at) || next.Before(last) {
				t.Fatalf("after %s: %s, before that %s", at, next, last)
			}
			last = next
		}
	}
}

func TestLastSlot(t *testing.T) {
	t.Parallel()
	loc := mustZone(t, "Europe/Berlin")
	c, err := ParseCron("0 8 * * *")
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 3, 13, 8, 0, 0, 0, loc)
	monday := time.Date(2026, 3, 16, 9, 30, 0, 0, loc)
	if got := c.LastSlot(loc, friday, monday); !got.Equal(time.Date(2026, 3, 16, 8, 0, 0, 0, loc)) {
		t.Errorf("after a weekend: %s", got)
	}
	if got := c.LastSlot(loc, friday, friday); !got.Equal(friday) {
		t.Errorf("at the slot: %s", got)
	}
	if got := c.LastSlot(loc, friday.Add(time.Minute), friday.Add(time.Hour)); !got.IsZero() {
		t.Errorf("none was due: %s", got)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for _, z := range zoneNames {
		if _, err := time.LoadLocation(z); err != nil {
			t.Errorf("%s: %v", z, err)
		}
	}
	for place, z := range zonePlaces {
		if _, err := time.LoadLocation(z); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
	for in, want := range map[string]string{"europe/berlin": "Europe/Berlin", " UTC ": "UTC", "Asia/Calcutta": "Asia/Calcutta", "AMERICA/NEW_YORK": "America/New_York"} {
		if got, err := ZoneName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{"": "zone_empty", "Local": "zone_unknown", "../etc/passwd": "zone_unknown", "Berlin": "zone_near", "munich": "zone_near", "Mars/Base": "zone_unknown"} {
		if got, err := ZoneName(in); code(err) != want {
			t.Errorf("%q: %q, %v, want %s", in, got, err, want)
		}
	}
	_, err := ZoneName("München")
	if err == nil || err.Error() != "There is no time zone “München”. Did you mean Europe/Berlin?" {
		t.Errorf("got %v", err)
	}
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"berl": "Europe/Berlin (14:00)", "new y": "America/New_York (08:00)", "tok": "Asia/Tokyo (21:00)", "são p": "America/Sao_Paulo (09:00)", "europe/lis": "Europe/Lisbon (13:00)", "CET": "Europe/Berlin (14:00)"} {
		got := SuggestZones(in, now, 25)
		if len(got) == 0 || got[0].Label != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	if got := SuggestZones("", now, 25); len(got) < 20 || len(got) > 25 {
		t.Errorf("before anything is typed: %d", len(got))
	}
	if got := SuggestZones("zzz", now, 25); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func BenchmarkNextSlot(b *testing.B) {
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := NextSlot("30 2 * * *", "Europe/Berlin", at); err != nil {
			b.Fatal(err)
		}
	}
}
