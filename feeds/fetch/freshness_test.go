package fetch

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "120": 2 * time.Minute, " 120 ": 2 * time.Minute, "99999999999": maxHold,
		"Wed, 04 Mar 2026 13:00:00 GMT": time.Hour, "Wed, 04 Mar 2026 11:00:00 GMT": 0, "Fri, 04 Mar 2999 13:00:00 GMT": maxHold,
	} {
		got := retryAt(in, now)
		if want == 0 && !got.IsZero() || want != 0 && !got.Equal(now.Add(want)) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestFreshFor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		h    map[string]string
		want time.Duration
	}{
		{nil, 0},
		{map[string]string{"Cache-Control": "max-age=600"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": `public, Max-Age="600"`, "Age": "100"}, 500 * time.Second},
		{map[string]string{"Cache-Control": "max-age=600", "Age": "1000"}, 0},
		{map[string]string{"Cache-Control": "max-age=600, no-cache"}, 0},
		{map[string]string{"Cache-Control": "max-age=-1"}, 0},
		{map[string]string{"Cache-Control": "max-age=junk"}, 0},
		{map[string]string{"Cache-Control": "max-age=99999999999"}, 30 * 24 * time.Hour},
		{map[string]string{"Expires": "Wed, 04 Mar 2026 13:00:00 GMT"}, time.Hour},
		{map[string]string{"Expires": "Wed, 04 Mar 2026 13:00:00 GMT", "Date": "Wed, 04 Mar 2026 12:30:00 GMT"}, 30 * time.Minute},
		{map[string]string{"Expires": "0"}, 0},
		{map[string]string{"Expires": "Wed, 04 Mar 2020 13:00:00 GMT"}, 0},
		{map[string]string{"Cache-Control": "max-age=60", "Expires": "Wed, 04 Mar 2026 13:00:00 GMT"}, time.Minute},
	} {
		h := http.Header{}
		for k, v := range c.h {
			h.Set(k, v)
		}
		if got := freshFor(h, now); got != c.want {
			t.Errorf("%v: %v, want %v", c.h, got, c.want)
		}
	}
}
