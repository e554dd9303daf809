package fetch

import (
	"errors"
	"fmt"
	"time"
)

// Kind tells why no usable answer came. HTTP statuses are not errors here: the
// caller finds them in the Response.
type Kind string

const (
	KindBadURL    Kind = "bad_url"   // not an absolute http(s) URL
	KindRefused   Kind = "refused"   // an address, port or scheme that is never asked
	KindDNS       Kind = "dns"       // the name does not resolve
	KindTLS       Kind = "tls"       // no trustworthy certificate
	KindTimeout   Kind = "timeout"   // not whole within the time allowed
	KindNetwork   Kind = "network"   // no connection, or it broke
	KindRedirects Kind = "redirects" // too many hops, a circle, or a hop to nowhere
	KindEncoding  Kind = "encoding"  // a content encoding unknown or broken
	KindHeld      Kind = "held"      // the host asked for quiet, or is being asked already
	KindStopped   Kind = "stopped"   // the caller's context ended
)

// An Error is a request that brought no answer. Its text is fit for users: it
// names the kind, never an address that was resolved. Detail is for the log.
type Error struct {
	Kind  Kind
	Until time.Time // KindHeld: when to ask again
	cause error
}

// Error implements error with a text that is safe to show.
func (e *Error) Error() string { return "fetch: " + string(e.Kind) }

// Detail tells the whole cause, for the operator's log only.
func (e *Error) Detail() string {
	if e.cause == nil {
		return string(e.Kind)
	}
	return fmt.Sprintf("%s: %v", e.Kind, e.cause)
}

// Is makes errors.Is match on the kind alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind
}

func failure(k Kind, cause error) *Error { return &Error{Kind: k, cause: cause} }

// KindOf returns the Kind of err, or "" when err does not come from this package.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Detail returns what the log should say of err.
func Detail(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Detail()
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// PublicText is all that a user is told of a request that brought no answer.
// It is the same for a dead host, a private address and a refused port, so that
// nobody can map a network by asking.
const PublicText = "The address could not be read. Check that it is a public http or https address, and try again later."

// PublicError returns the text to show to a user for err, "" for nil.
func PublicError(err error) string {
	if err == nil {
		return ""
	}
	return PublicText
}
