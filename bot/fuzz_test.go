package bot

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Whatever is typed is either refused with a UserError, or a cadence that has a
// next slot and reads back as itself.
func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"every weekday at 8", "0 8 * * 1-5", "mondays and thursdays at 18:00", "every 6 hours", "tous les jours à 7h30", "TZ=", "@every 1s", "0 8 31 2 *", "8am pm", "fri to mon at 9", "5-7 * * * 7"} {
		f.Add(s)
	}
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		c, words, err := ParseWhen(s)
		if err != nil {
			var u *UserError
			if !errors.As(err, &u) || u.Code == "" || strings.Contains(u.Text, "{") && !strings.Contains(s, "{") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		next := c.Next(time.UTC, at)
		if !next.After(at) {
			t.Fatalf("%q: next %s", s, next)
		}
		again, err := ParseCron(c.String())
		if err != nil || again.String() != c.String() || !again.Next(time.UTC, at).Equal(next) {
			t.Fatalf("%q is %q, which reads back as %q, %v", s, c, again, err)
		}
		if words != "" && words != strings.TrimSpace(s) {
			t.Fatalf("%q is kept as %q", s, words)
		}
	})
}
