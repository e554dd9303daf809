package guard

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	t.Parallel()
	if n, err := Run(func() (int, error) { return 3, io.EOF }); n != 3 || !errors.Is(err, io.EOF) {
		t.Errorf("passed through: %d, %v", n, err)
	}
	n, err := Run(func() (int, error) {
		var none []int
		return none[4], nil
	})
	if n != 0 || !errors.Is(err, ErrPanic) || !strings.Contains(err.Error(), "(guard_test.go:") {
		t.Errorf("panicked: %d, %v", n, err)
	}
}
