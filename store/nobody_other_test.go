//go:build !linux

package store

import (
	"os"
	"testing"
)

func asNobody(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
}
