package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// width is how many columns the output has: those of the terminal, at most 100,
// or 80 where it goes elsewhere.
func (p *program) width() int {
	if f, ok := p.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			return min(w, 100)
		}
	}
	return 80
}

// colour reports whether the output is a terminal that wants colour
// (https://no-color.org).
func (p *program) colour() bool {
	f, ok := p.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
}

// progress tells a person at the terminal what is going on; elsewhere it is
// silent.
func (p *program) progress(format string, args ...any) {
	if f, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(p.stderr, format+"\n", args...)
	}
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("longer than %d bytes", limit)
	}
	return data, err
}

func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readAll(f, limit)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
