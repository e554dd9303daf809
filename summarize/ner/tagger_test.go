package ner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tagger(t testing.TB) *Tagger {
	t.Helper()
	tg, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tg
}

func TestTagText(t *testing.T) {
	t.Parallel()
	in := "Harrow Bay mayor resigns\n\nOSLO, March 3 (Kestrel) — Norwegian Finance Minister Ida Rask met Tom Sayer of Pellow Holdings in Brussels on Monday. Rask’s ministry declined to comment."
	type found struct{ Text, Type string }
	var got []found
	for _, e := range tagger(t).TagText(in, "en") {
		if e.Type != MISC {
			got = append(got, found{e.Span.Of(in), e.Type.String()})
		}
	}
	want := []found{{"Harrow Bay", "LOC"}, {"OSLO", "LOC"}, {"Kestrel", "ORG"}, {"Ida Rask", "PER"}, {"Tom Sayer", "PER"}, {"Pellow Holdings", "ORG"}, {"Brussels", "LOC"}, {"Rask", "PER"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := decodeLexicon(lexiconData); err != nil {
			b.Fatal(err)
		}
		if _, err := decodeModel(modelData); err != nil {
			b.Fatal(err)
		}
	}
}
