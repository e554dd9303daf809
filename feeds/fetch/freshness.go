package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAt reads Retry-After (RFC 9110, 10.2.3): seconds or a date. Zero when it
// is missing, past or nonsense; at most a week ahead.
func retryAt(v string, now time.Time) time.Time {
	v = strings.TrimSpace(v)
	if v == "" {
		return time.Time{}
	}
	var at time.Time
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		if s <= 0 {
			return time.Time{}
		}
		at = now.Add(time.Duration(min(s, int64(maxHold/time.Second))) * time.Second)
	} else if at, err = http.ParseTime(v); err != nil {
		return time.Time{}
	}
	if !at.After(now) {
		return time.Time{}
	}
	if limit := now.Add(maxHold); at.After(limit) {
		at = limit
	}
	return at
}

// freshFor is how long the answer may be reused without asking again (RFC 9111,
// 4.2), 0 when the server says nothing or forbids it.
func freshFor(h http.Header, now time.Time) time.Duration {
	var age time.Duration
	if s, err := strconv.Atoi(h.Get("Age")); err == nil && s > 0 {
		age = time.Duration(s) * time.Second
	}
	cc := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	for d := range strings.SplitSeq(cc, ",") {
		d = strings.TrimSpace(d)
		if d == "no-store" || d == "no-cache" {
			return 0
		}
	}
	for d := range strings.SplitSeq(cc, ",") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(d), "max-age="); ok {
			s, err := strconv.ParseInt(strings.Trim(v, `" `), 10, 64)
			if err != nil || s <= 0 {
				return 0
			}
			return max(time.Duration(min(s, 30*86400))*time.Second-age, 0)
		}
	}
	if e := h.Get("Expires"); e != "" {
		at, err := http.ParseTime(e)
		if err != nil {
			return 0
		}
		date := now
		if d, err := http.ParseTime(h.Get("Date")); err == nil {
			date = d
		}
		return min(max(at.Sub(date)-age, 0), 30*24*time.Hour)
	}
	return 0
}
