package ner

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedFile returns the path of a file of the measuring sets, which are not
// part of the project, or skips the test.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no module root above the package")
		}
		dir = up
	}
	p := filepath.Join(dir, "..", "shared", "data", "ner", name)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("%s is not there: it is measured with, and not part of the project", name)
	}
	return p
}

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
			f, err := os.Open(sharedFile(t, tc.name))
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
