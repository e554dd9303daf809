// Package guard keeps a panic over what strangers wrote from ending the
// program: parsers, ours and others', run behind it.
package guard

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrPanic is wrapped by what Run returns after a panic. Its text says where it
// came from.
var ErrPanic = errors.New("the parser panicked")

// Run calls f and returns what it does, or the zero value and an error that
// wraps ErrPanic when it panics.
func Run[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			var none T
			out, err = none, fmt.Errorf("%w: %v (%s)", ErrPanic, p, where())
		}
	}()
	return f()
}

// where is the line of code that panicked.
func where() string {
	calls := make([]uintptr, 32)
	frames := runtime.CallersFrames(calls[:runtime.Callers(3, calls)])
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
	}
	return "somewhere"
}
