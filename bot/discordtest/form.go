package discordtest

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// form is one JSON object of a request, read field by field; each rule that a field
// breaks is noted under its path. Null counts as absent, as with Discord.
type form struct {
	v    map[string]any
	path []string
	errs *formErrors
}

func (f form) at(name string) []string { return append(f.path[:len(f.path):len(f.path)], name) }

func (f form) fail(name, code, format string, args ...any) {
	p := f.path
	if name != "" {
		p = f.at(name)
	}
	f.errs.add(p, code, format, args...)
}

func (f form) has(name string) bool { return f.v[name] != nil }

// present says whether the field was sent at all, null included.
func (f form) present(name string) bool {
	_, ok := f.v[name]
	return ok
}

func (f form) require(name string) bool {
	if !f.has(name) {
		f.fail(name, "BASE_TYPE_REQUIRED", "This field is required")
		return false
	}
	return true
}

// str reads an optional string of min to max code points.
func (f form) str(name string, lo, hi int) string {
	v, ok := f.v[name]
	if !ok || v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		if n, isNum := v.(json.Number); isNum {
			s = n.String() // Discord turns numbers into strings
		} else {
			f.fail(name, "STRING_TYPE_CONVERT", "Could not interpret %q as string.", jsonText(v))
			return ""
		}
	}
	n := utf8.RuneCountInString(s)
	switch {
	case lo > 0 && (n < lo || n > hi):
		f.fail(name, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", lo, hi)
	case n > hi:
		f.fail(name, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", hi)
	}
	return s
}

// reqStr reads a string that has to be there.
func (f form) reqStr(name string, lo, hi int) string {
	if !f.require(name) {
		return ""
	}
	return f.str(name, lo, hi)
}

// integer reads an optional integer between lo and hi.
func (f form) integer(name string, lo, hi int64) (n int64, ok bool) {
	v, present := f.v[name]
	if !present || v == nil {
		return 0, false
	}
	switch x := v.(type) {
	case json.Number:
		var err error
		if n, err = x.Int64(); err != nil {
			fl, ferr := x.Float64()
			if ferr != nil || fl != math.Trunc(fl) {
				f.fail(name, "NUMBER_TYPE_COERCE", "Value %q is not int.", x.String())
				return 0, false
			}
			n = int64(fl)
		}
	case string:
		var err error
		if n, err = strconv.ParseInt(x, 10, 64); err != nil {
			f.fail(name, "NUMBER_TYPE_COERCE", "Value %q is not int.", x)
			return 0, false
		}
	default:
		f.fail(name, "NUMBER_TYPE_COERCE", "Value %q is not int.", jsonText(v))
		return 0, false
	}
	if n < lo {
		f.fail(name, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", lo)
		return n, false
	}
	if n > hi {
		f.fail(name, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", hi)
		return n, false
	}
	return n, true
}

// number reads an optional number.
func (f form) number(name string) (x float64, ok bool) {
	v, present := f.v[name]
	if !present || v == nil {
		return 0, false
	}
	n, isNum := v.(json.Number)
	if !isNum {
		f.fail(name, "NUMBER_TYPE_COERCE", "Value %q is not float.", jsonText(v))
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil
}

// choice reads an integer that has to be one of the given; ok is false if absent or wrong.
func (f form) choice(name string, among ...int64) (n int, ok bool) {
	x, ok := f.integer(name, math.MinInt64, math.MaxInt64)
	if !ok {
		return 0, false
	}
	for _, a := range among {
		if a == x {
			return int(x), true
		}
	}
	parts := make([]string, len(among))
	for i, a := range among {
		parts[i] = strconv.FormatInt(a, 10)
	}
	f.fail(name, "BASE_TYPE_CHOICES", "Value must be one of {%s}.", strings.Join(parts, ", "))
	return 0, false
}

// boolean reads an optional boolean.
func (f form) boolean(name string) (b, ok bool) {
	v, present := f.v[name]
	if !present || v == nil {
		return false, false
	}
	b, ok = v.(bool)
	if !ok {
		f.fail(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
	return b, ok
}

// list reads an optional list of lo to hi elements.
func (f form) list(name string, lo, hi int) []any {
	v, present := f.v[name]
	if !present || v == nil {
		return nil
	}
	l, ok := v.([]any)
	if !ok {
		f.fail(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return nil
	}
	switch {
	case lo > 0 && (len(l) < lo || len(l) > hi):
		f.fail(name, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", lo, hi)
	case len(l) > hi:
		f.fail(name, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", hi)
	}
	return l
}

// objects reads an optional list of objects.
func (f form) objects(name string, lo, hi int) []form {
	l := f.list(name, lo, hi)
	out := make([]form, 0, len(l))
	for i, v := range l {
		sub := form{path: append(f.at(name), index(i)), errs: f.errs}
		m, ok := v.(map[string]any)
		if !ok {
			sub.fail("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
			m = map[string]any{}
		}
		sub.v = m
		out = append(out, sub)
	}
	return out
}

// object reads an optional object.
func (f form) object(name string) (form, bool) {
	v, present := f.v[name]
	if !present || v == nil {
		return form{}, false
	}
	sub := form{path: f.at(name), errs: f.errs}
	m, ok := v.(map[string]any)
	if !ok {
		sub.fail("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return form{}, false
	}
	sub.v = m
	return sub, true
}

var snowflakePattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})$`)

// snowflake reads an optional id.
func (f form) snowflake(name string) string {
	v, present := f.v[name]
	if !present || v == nil {
		return ""
	}
	s := ""
	switch x := v.(type) {
	case string:
		s = x
	case json.Number:
		s = x.String()
	}
	if !snowflakePattern.MatchString(s) {
		f.fail(name, "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", jsonText(v))
		return ""
	}
	return s
}

// snowflakes reads an optional list of unique ids.
func (f form) snowflakes(name string, hi int) []string {
	var out []string
	seen := map[string]bool{}
	for i, v := range f.list(name, 0, hi) {
		s, ok := v.(string)
		if n, isNum := v.(json.Number); isNum {
			s, ok = n.String(), true
		}
		if !ok || !snowflakePattern.MatchString(s) {
			f.errs.add(append(f.at(name), index(i)), "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", jsonText(v))
			continue
		}
		if seen[s] {
			f.fail(name, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
			continue
		}
		seen[s] = true
		out = append(out, s)
	}
	return out
}

// web reads an optional URL with one of the schemes (http and https if none is given).
func (f form) web(name string, hi int, schemes ...string) string {
	s := f.str(name, 0, hi)
	if s == "" {
		if f.has(name) {
			f.fail(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
		}
		return ""
	}
	if len(schemes) == 0 {
		schemes = []string{"http", "https"}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		f.fail(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
		return s
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			if u.Host == "" {
				f.fail(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
			}
			return s
		}
	}
	f.fail(name, "URL_TYPE_INVALID_SCHEME", "Scheme %q is not supported. Scheme must be one of ('%s').", u.Scheme, strings.Join(schemes, "', '"))
	return s
}

// timestamp reads an optional ISO 8601 time.
func (f form) timestamp(name string) (time.Time, bool) {
	s := f.str(name, 0, 100)
	if s == "" {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	f.fail(name, "DATE_TIME_TYPE_PARSE", "Could not parse %s. Should be ISO8601.", s)
	return time.Time{}, false
}

// localizations reads an optional map of locale to text.
func (f form) localizations(name string, lo, hi int, ok func(string) bool) map[string]string {
	sub, present := f.object(name)
	if !present {
		return nil
	}
	out := map[string]string{}
	for loc := range sub.v {
		if !validLocale(loc) {
			sub.fail(loc, "BASE_TYPE_CHOICES", "Value must be one of the available locales.")
			continue
		}
		s := sub.reqStr(loc, lo, hi)
		if ok != nil && s != "" && !ok(s) {
			sub.fail(loc, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
		out[loc] = s
	}
	return out
}

func jsonText(v any) string {
	b, _ := json.Marshal(v) // v came out of a JSON decoder
	return string(b)
}

// validLocale says whether Discord knows the locale.
func validLocale(l string) bool {
	switch l {
	case "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-ES", "es-419", "fi", "fr", "he", "hi", "hr", "hu",
		"id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW":
		return true
	}
	return false
}
