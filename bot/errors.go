package bot

import (
	"errors"
	"strings"
)

// Sentinel errors of the use cases. Anything else is "something went wrong on
// our side" to a user, and whole in the log.
var (
	ErrNotFound  = errors.New("not found")
	ErrConflict  = errors.New("changed meanwhile") // a compare-and-set lost
	ErrDuplicate = errors.New("exists already")
	ErrQuota     = errors.New("quota used up")
)

// A UserError is a fault that the person addressed can mend. Its text is for
// them: what happened, and what to do.
type UserError struct {
	Code string            // stable; the message catalog's key
	Args map[string]string // what the message names
	Text string            // English
	Err  error             // for the log
}

func (e *UserError) Error() string { return e.Text }
func (e *UserError) Unwrap() error { return e.Err }

// NewUserError builds a UserError from its stable code, its English text, in
// which {name} stands for an argument, and the arguments' names and values.
func NewUserError(code, text string, args ...string) *UserError {
	e := &UserError{Code: code, Text: text}
	if len(args) > 0 {
		e.Args = make(map[string]string, len(args)/2)
		pairs := make([]string, 0, len(args))
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i]] = args[i+1]
			pairs = append(pairs, "{"+args[i]+"}", args[i+1])
		}
		e.Text = strings.NewReplacer(pairs...).Replace(text)
	}
	return e
}
