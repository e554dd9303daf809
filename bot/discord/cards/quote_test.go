package cards

import "testing"

func TestQuotesEndWithoutTheirComma(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"We will not wait,":    "We will not wait",
		"Wir warten nicht, ":   "Wir warten nicht",
		"待たない、":                "待たない",
		"لن ننتظر،":            "لن ننتظر",
		"We, the crew, waited": "We, the crew, waited",
		"Who waited?":          "Who waited?",
		"":                     "",
	} {
		if got := quoted(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"“We will not wait,”":                      "“We will not wait”",
		"She said: “We will not wait,” ":           "She said: “We will not wait”",
		"\"We will not wait,\"":                    "\"We will not wait\"",
		"Er sagte: „Wir warten nicht,“":            "Er sagte: „Wir warten nicht“",
		"Ella dijo: «No esperaremos,»":             "Ella dijo: «No esperaremos»",
		"Elle a dit : «\u00a0Nous partons,\u00a0»": "Elle a dit : «\u00a0Nous partons\u00a0»",
		"彼女は「待たない、」":                               "彼女は「待たない」",
		"“We will not wait,” she said.":            "“We will not wait,” she said.", // the speaker follows
		"“We will not wait.”":                      "“We will not wait.”",
		"“One,” she said, and: “Two.”":             "“One,” she said, and: “Two.”",
		"Elle a dit : «\u00a0Nous partons.\u00a0»": "Elle a dit : «\u00a0Nous partons.\u00a0»",
		"Nothing quoted, and nothing to be mended": "Nothing quoted, and nothing to be mended",
		"The list ends with a comma,":              "The list ends with a comma,",
		"":                                         "",
		"”":                                        "”",
		",”":                                       "”",
	} {
		if got := unled(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
