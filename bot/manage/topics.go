package manage

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"sitrep/bot"
	"sitrep/bot/topic"
)

// ParseTopic reads a topic query that somebody typed. Its UserError shows the
// place.
func ParseTopic(query string) (topic.Query, error) {
	q, err := topic.Parse(query)
	if err == nil {
		return q, nil
	}
	var e *topic.Error
	if !errors.As(err, &e) {
		return topic.Query{}, err
	}
	if strings.TrimSpace(query) == "" {
		return topic.Query{}, bot.NewUserError("topic_empty", "A topic is missing: words, a “phrase”, or a name.")
	}
	query = strings.TrimSpace(query)
	found := "the end"
	if e.Found != "" {
		found = "“" + e.Found + "”"
	}
	user := bot.NewUserError("topic", "The topic can't be understood at character {At}: expected {Expected}, found {Found}.\n{Mark}",
		"At", strconv.Itoa(e.At+1), "Expected", e.Expected, "Found", found, "Mark", mark(query, e.At), "Query", query)
	user.Err = err
	return topic.Query{}, user
}

// mark shows a place in a query, with what stands around it.
func mark(query string, at int) string {
	runes := []rune(query)
	at = min(at, len(runes))
	from, to := max(0, at-30), min(len(runes), at+30)
	s := string(runes[from:at]) + " ▸" + string(runes[at:to])
	if from > 0 {
		s = "…" + s
	}
	if to < len(runes) {
		s += "…"
	}
	return s
}

// checkName bounds a text that a user gives.
func checkName(what, s string, most int) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if n := utf8.RuneCountInString(s); n > most {
		return "", bot.NewUserError("too_long", "The {What} is too long: at most {Most} characters, not {Count}.",
			"What", what, "Most", strconv.Itoa(most), "Count", strconv.Itoa(n))
	}
	return s, nil
}
