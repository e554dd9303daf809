package bot

import "errors"

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
