package actors

import (
	"regexp"
	"strings"
	"testing"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

var marked = regexp.MustCompile(`\[(PER|ORG|LOC|MISC) ([^\]]+)\]`)

// unmark takes the marks of names out of a text: "[PER Ann Roe] said".
func unmark(s string) (string, []Entity) {
	var b strings.Builder
	var out []Entity
	last := 0
	for _, m := range marked.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[last:m[0]])
		kind := map[string]Kind{"PER": KindPerson, "ORG": KindOrg, "LOC": KindPlace, "MISC": KindMisc}[s[m[2]:m[3]]]
		out = append(out, Entity{Start: b.Len(), End: b.Len() + m[5] - m[4], Kind: kind})
		b.WriteString(s[m[4]:m[5]])
		last = m[1]
	}
	b.WriteString(s[last:])
	return b.String(), out
}

// read reads a marked title and body.
func read(t testing.TB, title, body string) *Reading {
	t.Helper()
	return readAs(t, title, body, "")
}

func readAs(t testing.TB, title, body, publisher string) *Reading {
	t.Helper()
	titleText, inTitle := unmark(title)
	bodyText, inBody := unmark(body)
	lang := text.Language(bodyText)
	if lang == "und" {
		lang = "en"
	}
	b, h := Read(summarize.PartText, bodyText, lang), Read(summarize.PartTitle, titleText, lang)
	b.Mark(inBody)
	h.Mark(inTitle)
	Correct(b, h, publisher)
	return Of(b, h)
}

// actor finds an actor by name.
func actor(t testing.TB, r *Reading, name string) summarize.Actor {
	t.Helper()
	for _, a := range r.Actors {
		if a.Name == name {
			return a
		}
	}
	var names []string
	for _, a := range r.Actors {
		names = append(names, a.Name)
	}
	t.Fatalf("no actor %q among %q", name, names)
	return summarize.Actor{}
}
