// Package corpus finds the material that tests measure with. It is no part of
// the project: it lies in a folder shared beside the checkout, where there is
// one.
package corpus

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns where a file or folder of the material lies, given by the parts
// of its path below the folder, and skips the test where it isn't there.
func Path(t testing.TB, parts ...string) string {
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
			t.Skip("no module root above the package: no material to measure with")
		}
		dir = up
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no material to measure with: %s is not beside the checkout", filepath.Join(parts...))
	}
	return path
}
