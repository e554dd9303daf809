package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// redacted is what every printed form of a Secret shows.
const redacted = "[secret]"

// A Secret is a value that must not be printed. Only Reveal gives it away.
type Secret string

// Reveal returns the value itself, for the one who has to present it.
func (s Secret) Reveal() string { return string(s) }

// String tells only whether there is a value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format prints String for every verb, also those that fmt would apply to the
// characters.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue keeps it out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps it out of JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Engine names the database's kind: "postgres" or "sqlite".
func (d Database) Engine() string {
	if isPostgres(string(d.URL)) {
		return "postgres"
	}
	return "sqlite"
}

// Display shows where the database is, without user name, password and
// parameters.
func (d Database) Display() string {
	if d.Engine() == "sqlite" {
		return string(d.URL)
	}
	u, err := url.Parse(string(d.URL))
	if err != nil {
		return "postgres://" + redacted
	}
	return "postgres://" + u.Host + u.Path
}

func isPostgres(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}
