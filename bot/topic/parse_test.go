package topic

import (
	"errors"
	"strings"
	"testing"
)

// shape writes a query's tree: what is one term stands in [brackets].
func shape(n *node) string {
	switch n.op {
	case opTerm:
		if n.term.exact {
			return `"` + n.term.text + `"`
		}
		return "[" + n.term.text + "]"
	case opNot:
		return "-" + shape(n.kids[0])
	}
	mark := " & "
	if n.op == opOr {
		mark = " | "
	}
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = shape(k)
	}
	return "(" + strings.Join(parts, mark) + ")"
}

func TestParse(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"earthquake":                       "[earthquake]",
		"  dengue   vaccine ":              "([dengue] & [vaccine])",
		"interest rates":                   "[interest rates]",
		"artificial intelligence law":      "([artificial intelligence] & [law])",
		"merger AND airline":               "([merger] & [airline])",
		"a OR b c":                         "!",
		"trade OR tariffs steel":           "([trade] | ([tariffs] & [steel]))",
		`"peace talks" -football`:          `("peace talks" & -[football])`,
		"“peace talks” NOT football":       `("peace talks" & -[football])`,
		"„Frieden“ «paix»":                 `("Frieden" & "paix")`,
		"(oil OR gas) AND (Norway OR UK)":  "(([oil] | [gas]) & ([Norway] | [UK]))",
		"NOT NOT oil":                      "--[oil]",
		"-(oil gas)":                       "-([oil] & [gas])",
		"-oil gas":                         "(-[oil] & [gas])",
		"Tomasa Quill":                     "[Tomasa Quill]",
		"Tomasa Quill budget":              "([Tomasa Quill] & [budget])",
		"van der Hoek":                     "[van der Hoek]",
		"Joost van der Hoek trial":         "([Joost van der Hoek] & [trial])",
		"Bank of Ostmark":                  "[Bank of Ostmark]",
		"European Union sanctions":         "([European Union] & [sanctions])",
		"Flooding Bavaria":                 "([Flooding] & [Bavaria])",
		"Climate Change":                   "[Climate Change]",
		"Interest Rates":                   "[Interest Rates]",
		"earthquake in Chile":              "([earthquake] & [Chile])",
		"the economy of Chile":             "([economy] & [Chile])",
		"start-up":                         "[start up]",
		"+climate #energy":                 "([climate] & [energy])",
		"oil, gas":                         "([oil] & [gas])",
		"oil & gas | coal":                 "(([oil] & [gas]) | [coal])",
		"5G":                               "[5G]",
		"WHO":                              "[WHO]",
		"Covid-19":                         "[Covid 19]",
		"cessez-le-feu":                    "[cessez le feu]",
		"künstliche Intelligenz":           "[künstliche Intelligenz]",
		"人工知能":                             "[人工知能]",
		"Erdbeben OR terremoto OR séisme":  "([Erdbeben] | [terremoto] | [séisme])",
		"don't look up":                    "!",
		`"don't"`:                          `"don't"`,
		"rail -strike (north OR \"west\")": `([rail] & -[strike] & ([north] | "west"))`,
	} {
		q, err := Parse(source)
		if want == "!" {
			continue // only that it does not panic
		}
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := shape(q.root); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
		if q.String() != strings.TrimSpace(source) {
			t.Errorf("%q is told as %q", source, q)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"":                 "at character 1: expected a word, a “phrase”, a name or (, found the end",
		"oil AND":          "at character 8: expected a word, a “phrase”, a name or (, found the end",
		"AND oil":          "at character 1: expected a word, a “phrase”, a name or (, found “AND”",
		"oil OR OR gas":    "at character 8: expected a word, a “phrase”, a name or (, found “OR”",
		"(oil OR gas":      "at character 12: expected a ) for the ( at character 1, found the end",
		"oil) gas":         "at character 4: expected AND, OR, a word or the end, found “)”",
		`oil "peace talks`: "at character 17: expected a closing \" for the one at character 5, found the end",
		`oil ""`:           "at character 5: expected words between the quotation marks, found “\"\"”",
		"()":               "at character 2: expected a word, a “phrase”, a name or (, found “)”",
		"oil NOT":          "at character 8: expected a word, a “phrase”, a name or (, found the end",
		"the of":           "at character 1: expected a word that says more, found “the of”",
		"oil ***":          "at character 5: expected a word, a “phrase”, a name or (, found “***”",
		"ölpreis AND":      "at character 12: expected a word, a “phrase”, a name or (, found the end",
	} {
		_, err := Parse(source)
		var e *Error
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", source, err, want)
		}
	}
	for name, source := range map[string]string{
		"long":  strings.Repeat("oil ", 200),
		"many":  strings.Repeat("a1 OR ", 60) + "b1",
		"deep":  strings.Repeat("(", 40) + "oil" + strings.Repeat(")", 40),
		"nots":  strings.Repeat("NOT ", 40) + "oil",
		"minus": strings.Repeat("-(", 100) + "oil" + strings.Repeat(")", 100),
	} {
		if _, err := Parse(source); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestMatchesAll(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{"-sport": true, "oil -sport": false, "oil OR -sport": true, "NOT (a1 OR b1)": true, "NOT NOT oil": false} {
		q, err := Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.MatchesAll(); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
	if (Query{}).MatchesAll() || (Query{}).Match(NewDocument(nil, nil)) || !(Query{}).IsZero() {
		t.Error("the zero Query matches something")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"oil AND gas", `"a b" -c`, "(a OR (b))", "NOT", "-", "„“", "van der Hoek", "\xff", "a\x00b", "人工"} {
		f.Add(s)
	}
	doc := NewDocument([]Part{{"Oil and gas prices rise", "en", Title}, {"The talks went on in Oslo.", "en", Body}}, nil)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 0 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if q.IsZero() {
			t.Fatalf("%q: parsed to nothing", s)
		}
		matched := q.Match(doc)
		set := NewSet()
		set.Add(1, q)
		if got := len(set.Match(doc)) == 1; got != matched {
			t.Fatalf("%q: the set says %v, the query %v", s, got, matched)
		}
	})
}
