// Package fault is the one vocabulary in which the layers tell each other what
// went wrong. It knows no HTTP and holds no prose: server/web turns a Kind into
// a status and a page in the reader's language, and the wrapped cause never
// reaches a reader.
package fault

import (
	"errors"
	"time"
)

// Kind says what sort of trouble an error is. The zero Kind is Internal, so an
// error nobody classified is never shown as the reader's mistake.
type Kind uint8

// The kinds that callers tell apart.
const (
	Internal       Kind = iota // ours; logged, never explained
	Invalid                    // the request cannot be understood
	NotFound                   // no such page or item
	Forbidden                  // sent from another site
	WrongMethod                // the address exists, the method does not fit
	LengthRequired             // a body without a declared length
	TooLarge                   // a body above the cap
	WrongType                  // a body that is not an ordinary form
	TooMany                    // over the rate limit
	Unavailable                // a part that is needed cannot answer now
	Unauthorized               // nobody is signed in, or not far enough
	Conflict                   // somebody else was there first
)

// String returns the stable name of the kind, as used in JSON answers, in
// metrics and in the keys of the error page's words.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Forbidden:
		return "forbidden"
	case WrongMethod:
		return "wrong_method"
	case LengthRequired:
		return "length_required"
	case TooLarge:
		return "too_large"
	case WrongType:
		return "wrong_type"
	case TooMany:
		return "too_many"
	case Unavailable:
		return "unavailable"
	case Unauthorized:
		return "unauthorized"
	case Conflict:
		return "conflict"
	case Internal:
		return "internal"
	}
	return "internal"
}

// Kinds lists every kind, for the code that prepares a page for each.
func Kinds() []Kind {
	return []Kind{
		Internal, Invalid, NotFound, Forbidden, WrongMethod,
		LengthRequired, TooLarge, WrongType, TooMany, Unavailable,
		Unauthorized, Conflict,
	}
}

// Error is an error with a kind. Err may be nil when the kind says it all.
// After says for how long asking again is useless; zero when nobody knows.
type Error struct {
	Kind  Kind
	Err   error
	After time.Duration
}

// New returns an error of kind k whose cause, if any, is err.
func New(k Kind, err error) *Error { return &Error{Kind: k, Err: err} }

// Later returns an error of kind k that passes by itself after wait.
func Later(k Kind, wait time.Duration) *Error { return &Error{Kind: k, After: wait} }

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Kind.String()
	}
	return e.Kind.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first Error in err's chain, or Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// AfterOf returns how long the first Error in err's chain asks to wait.
func AfterOf(err error) time.Duration {
	var f *Error
	if errors.As(err, &f) {
		return f.After
	}
	return 0
}
