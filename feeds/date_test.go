package feeds

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Tue, 03 Mar 2026 08:05:09 +0100": "2026-03-03T07:05:09Z", "3 Mar 2026 08:05 GMT": "2026-03-03T08:05:00Z", "Tuesday, March 3, 2026 8:05 PM": "2026-03-03T20:05:00Z",
		"Tue, 03 Mar 26 08:05:09 EST": "2026-03-03T13:05:09Z", "Tue Mar  3 08:05:09 2026": "2026-03-03T08:05:09Z", "Tue, 3 Mar 2026 08:05:09 GMT+0200": "2026-03-03T06:05:09Z",
		"2026-03-03": "2026-03-03T00:00:00Z", "2026-03-03T08:05Z": "2026-03-03T08:05:00Z", "2026-03-03T08:05:09.123456+05:30": "2026-03-03T02:35:09Z", "20260303T080509Z": "2026-03-03T08:05:09Z", "20260303": "2026-03-03T00:00:00Z",
		"03.03.2026 08:05": "2026-03-03T08:05:00Z", "3/31/2026": "2026-03-31T00:00:00Z", "31/3/2026 10:00": "2026-03-31T10:00:00Z", "2026/3/3 8:05:09": "2026-03-03T08:05:09Z", "3-Mar-2026 08:05": "2026-03-03T08:05:00Z",
		"3 de marzo de 2026 08:05": "2026-03-03T08:05:00Z", "3 März 2026": "2026-03-03T00:00:00Z", "3 mars 2026, 08:05": "2026-03-03T08:05:00Z", "3 марта 2026": "2026-03-03T00:00:00Z", "2026年3月3日 08:05": "2026-03-03T08:05:00Z",
		"March 3rd, 2026": "2026-03-03T00:00:00Z", "Tue, 03 Mar 2026 24:00:00 GMT": "2026-03-04T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT": "1970-01-01T00:00:00Z", "Sat, 29 Feb 2020 10:00:00 Z": "2020-02-29T10:00:00Z",
		"": "", "yesterday": "", "Tue, 32 Mar 2026 08:05:09 GMT": "", "2026-13-01": "", "2026-02-30": "", "Sun, 29 Feb 2026 10:00:00 GMT": "", "25:00": "", "March 2026 was wet": "", "0": "", "1772524800": "", "-": "", "2026-03-03T99:00:00Z": "", "12345678901234567890": "", "::": "", "+": "", "Tue, 03 Mar 2026 08:05:09 +9999": "",
	} {
		got, ok := ParseDate(in)
		s := ""
		if ok {
			s = got.Truncate(time.Second).Format(time.RFC3339)
		}
		if s != want {
			t.Errorf("%q: %q, want %q", in, s, want)
		}
	}
}

func TestClampDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ in, want time.Time }{
		{now.Add(-time.Hour), now.Add(-time.Hour)},
		{now.Add(time.Hour), now}, // a wrong clock, or a zone
		{now.Add(48 * time.Hour), time.Time{}},
		{time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}},
		{time.Unix(0, 0), time.Time{}},
		{time.Date(1995, 5, 5, 0, 0, 0, 0, time.UTC), time.Date(1995, 5, 5, 0, 0, 0, 0, time.UTC)},
	} {
		if got := ClampDate(c.in, now); !got.Equal(c.want) {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}
