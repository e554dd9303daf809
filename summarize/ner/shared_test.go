package ner

import (
	"os"
	"path/filepath"
	"testing"

	"sitrep/feeds/feedstest/corpus"
)

// TestFloors holds the embedded model to what it reached, less half a point.
func TestFloors(t *testing.T) {
	for _, tc := range []struct {
		name  string
		floor float64
	}{
		{"test/conll2020.test", 0.875},
		{"test/worldwide.dev", 0.795},
		{"test/conllpp.test", 0.83},
	} {
		t.Run(filepath.Base(tc.name), func(t *testing.T) {
			f, err := os.Open(corpus.Path(t, "data", "ner", tc.name))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			r, err := Evaluate(f)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s\n%s", tc.name, r)
			if f1 := r.Micro().F1(); f1 < tc.floor {
				t.Errorf("F1 %.4f is under %.4f", f1, tc.floor)
			}
		})
	}
}
