package bot

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// MaxSlotsPerHour is how often a digest may be due: every quarter of an hour.
const MaxSlotsPerHour = 4

// A Cadence is a parsed cron expression of five fields: minute, hour, day of
// the month, month, day of the week.
type Cadence struct {
	expr string
	spec *cron.SpecSchedule
}

// String is the expression, with single spaces.
func (c Cadence) String() string { return c.expr }

var fiveFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// ParseCron reads a cron expression of five fields. It refuses what a schedule
// can't keep: descriptors (@every), a zone within (TZ=), more than
// MaxSlotsPerHour, and days that never come (31 February). Errors are
// UserErrors.
func ParseCron(expr string) (Cadence, error) {
	fields := strings.Fields(expr)
	expr = strings.Join(fields, " ")
	switch {
	case len(fields) == 0:
		return Cadence{}, NewUserError("cron_empty", "A time is missing: words such as “every weekday at 8”, or five cron fields.")
	case strings.HasPrefix(expr, "@"):
		return Cadence{}, NewUserError("cron_descriptor",
			"{Expr} is not taken. Write five fields: minute, hour, day of the month, month, day of the week, such as 0 8 * * 1-5.", "Expr", fields[0])
	case strings.HasPrefix(expr, "TZ=") || strings.HasPrefix(expr, "CRON_TZ="):
		return Cadence{}, NewUserError("cron_zone", "The time zone has its own option; leave {Expr} out of the expression.", "Expr", fields[0])
	case len(fields) != 5:
		return Cadence{}, NewUserError("cron_fields",
			"A cron expression has five fields (minute, hour, day of the month, month, day of the week); this one has {Count}.", "Count", strconv.Itoa(len(fields)))
	}
	fields[4] = sundaySeven(fields[4])
	names := [5]string{"minute", "hour", "day of the month", "month", "day of the week"}
	for i, f := range fields {
		one := []string{"*", "*", "*", "*", "*"}
		one[i] = f
		if _, err := fiveFields.Parse(strings.Join(one, " ")); err != nil {
			e := NewUserError("cron_field", "The {Place} field is “{Value}”, which is no {Field}.",
				"Place", ordinals[i], "Value", strings.Fields(expr)[i], "Field", names[i])
			e.Err = err
			return Cadence{}, e
		}
	}
	parsed, err := fiveFields.Parse(strings.Join(fields, " "))
	if err != nil {
		e := NewUserError("cron_bad", "“{Expr}” is no cron expression.", "Expr", expr)
		e.Err = err
		return Cadence{}, e
	}
	spec := *parsed.(*cron.SpecSchedule)
	spec.Location = time.UTC
	c := Cadence{expr: expr, spec: &spec}
	if c.next(time.Date(2000, 2, 28, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Cadence{}, NewUserError("cron_never", "“{Expr}” never comes: there is no such day.", "Expr", expr)
	}
	if bits.OnesCount64(spec.Minute&^(1<<63)) > MaxSlotsPerHour {
		return Cadence{}, NewUserError("cron_often", "“{Expr}” is due too often: at most {Most} times an hour.", "Expr", expr, "Most", strconv.Itoa(MaxSlotsPerHour))
	}
	return c, nil
}

var ordinals = [5]string{"first", "second", "third", "fourth", "fifth"}

// sundaySeven writes the 7 that many crons take for Sunday as 0.
func sundaySeven(field string) string {
	parts := strings.Split(field, ",")
	for i, p := range parts {
		if p == "7" {
			parts[i] = "0"
		} else if from, ok := strings.CutSuffix(p, "-7"); ok && from != "" {
			parts[i] = from + "-6,0"
		}
	}
	return strings.Join(parts, ",")
}

// next is the first wall-clock time after t, as a time in UTC; zero when there
// is none. The library looks five years ahead; 29 February can be eight away.
func (c Cadence) next(t time.Time) time.Time {
	for range 3 {
		if n := c.spec.Next(t); !n.IsZero() {
			return n
		}
		t = t.AddDate(4, 0, 0)
	}
	return time.Time{}
}

// Next is the first slot after a moment, on the clocks of a zone. Each slot
// comes exactly once a local day: one that the clocks skip in spring comes when
// they have skipped, and one that they pass twice in autumn comes the first
// time. (The library's own Next loses the first kind for the day and repeats the
// second, which is why it only walks the wall clock here.)
func (c Cadence) Next(zone *time.Location, after time.Time) time.Time {
	local := after.In(zone)
	// The wall clock as if it were UTC, from before any change that could matter
	// (the largest known skipped a whole day).
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC).Add(-25 * time.Hour)
	for {
		wall = c.next(wall)
		if wall.IsZero() {
			return time.Time{}
		}
		if at := instant(wall, zone); at.After(after) {
			return at
		}
	}
}

// instant is when the clocks of a zone first show, or have just skipped, a wall
// time.
func instant(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	_, offset := t.Zone()
	shown := t.Add(time.Duration(offset) * time.Second).UTC()
	start, end := t.ZoneBounds()
	switch {
	case shown.Equal(wall): // it exists: does it come earlier too?
		if start.IsZero() {
			return t
		}
		_, before := start.Add(-time.Second).Zone()
		if first := wall.Add(-time.Duration(before) * time.Second); first.Before(start) {
			return first.In(zone)
		}
		return t
	case shown.After(wall): // skipped, and t lies behind the gap
		return start
	default: // skipped, and t lies before it
		return end
	}
}

// NextSlot is the first time after a moment that a cron expression is due on
// the clocks of an IANA zone. Errors are UserErrors.
func NextSlot(expr, zone string, after time.Time) (time.Time, error) {
	c, err := ParseCron(expr)
	if err != nil {
		return time.Time{}, err
	}
	loc, err := LoadZone(zone)
	if err != nil {
		return time.Time{}, err
	}
	return c.Next(loc, after).UTC(), nil
}

// LastSlot is the latest slot at or before a moment, not before since; zero
// when there is none. It tells a late digest which slot it stands for.
func (c Cadence) LastSlot(zone *time.Location, since, now time.Time) time.Time {
	var last time.Time
	// A year of quarter hours is 35,000 steps; nobody is owed more than the last.
	if floor := now.AddDate(-1, 0, 0); since.Before(floor) {
		since = floor
	}
	for at := c.Next(zone, since.Add(-time.Second)); !at.IsZero() && !at.After(now); at = c.Next(zone, at) {
		last = at
	}
	return last
}
