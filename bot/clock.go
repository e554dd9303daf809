package bot

import "time"

// ClockTime is a minute of the local day, 0 to 1439, on the clocks of a zone:
// its next coming after a moment. Clocks that skip it in spring show it when
// they have skipped.
func ClockTime(minute int, zone *time.Location, after time.Time) time.Time {
	local := after.In(zone)
	for days := range 3 {
		wall := time.Date(local.Year(), local.Month(), local.Day()+days, minute/60, minute%60, 0, 0, time.UTC)
		if at := instant(wall, zone); at.After(after) {
			return at
		}
	}
	return after.Add(24 * time.Hour) // a zone that skips whole days
}

// DayStart is the beginning of the local day that a moment lies in.
func DayStart(zone *time.Location, at time.Time) time.Time {
	local := at.In(zone)
	return instant(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), zone)
}

// QuietUntil returns when a subscription's quiet hours end; zero when a moment
// lies outside of them.
func (s Subscription) QuietUntil(zone *time.Location, at time.Time) time.Time {
	if s.QuietFrom == s.QuietTo {
		return time.Time{}
	}
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	quiet := minute >= s.QuietFrom && minute < s.QuietTo
	if s.QuietFrom > s.QuietTo { // over midnight
		quiet = minute >= s.QuietFrom || minute < s.QuietTo
	}
	if !quiet {
		return time.Time{}
	}
	return ClockTime(s.QuietTo, zone, at)
}
