package stories

import (
	_ "embed"
	"strings"
)

//go:embed concepts.txt
var conceptList string

var (
	countries = map[string]bool{} // concepts that are countries
	concepts  = readConcepts(conceptList)
)

// A conceptTable finds the concept of a word: whole words, and beginnings by
// their length.
type conceptTable struct {
	whole    map[string]string
	starts   map[string]string
	shortest int
	longest  int
}

func readConcepts(list string) conceptTable {
	t := conceptTable{whole: map[string]string{}, starts: map[string]string{}, shortest: 99}
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		country := strings.HasPrefix(f[0], "@")
		name := "§" + strings.TrimPrefix(f[0], "@")
		if country {
			countries[name] = true
		}
		for _, w := range f[1:] {
			m := t.whole
			if strings.HasSuffix(w, "*") {
				m, w = t.starts, w[:len(w)-1]
				t.shortest, t.longest = min(t.shortest, len(w)), max(t.longest, len(w))
			}
			if _, ok := m[w]; !ok {
				m[w] = name
			}
		}
	}
	return t
}

// of returns the concept of a folded word, "" when it has none. The longest
// beginning wins.
func (t conceptTable) of(form string) string {
	if c, ok := t.whole[form]; ok {
		return c
	}
	for n := min(t.longest, len(form)); n >= t.shortest; n-- {
		if c, ok := t.starts[form[:n]]; ok {
			return c
		}
	}
	return ""
}

// keyword is the form under which a common word is compared: its concept, or
// its stem. Of a German compound, what it ends in counts: a Datenkabel is a
// cable.
func keyword(form, lang string) string {
	if c := concepts.of(form); c != "" {
		return c
	}
	if lang == "de" && len(form) > 8 && len(form) < 48 {
		for cut := 3; cut+4 <= len(form); cut++ {
			if c := concepts.of(form[cut:]); c != "" && !countries[c] {
				return c
			}
		}
	}
	return stem(form)
}

// nameForm is the form under which a name is compared: a country's, or itself.
func nameForm(form string) string {
	if c := concepts.of(form); c != "" && countries[c] {
		return c
	}
	return form
}
