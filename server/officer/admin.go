package officer

import (
	"context"
	"errors"
	"regexp"

	"hisn/server/fault"
)

// enrolDays is how long a first password serves.
const enrolDays = 7

var desks = regexp.MustCompile(`^(?:[A-Z]{2}-[A-Z0-9]{1,3}|[a-z][a-z0-9-]{1,31})$`)

// Why the host's command refuses.
var (
	ErrLogin    = errors.New("a login begins with a letter and has 2 to 32 of a-z 0-9 . _ -")
	ErrDesk     = errors.New("a desk is named like IQ-BG, or national")
	ErrTaken    = errors.New("this login exists, or existed; choose another, so that the trail stays clear")
	ErrUnknown  = errors.New("no officer has this login")
	ErrDisabled = errors.New("this account is disabled for good; take the officer on again under another login")
)

// Add takes on an officer and returns the first password. It is stored nowhere
// and serves for seven days. Whether the desk exists is for the caller to know.
func (b *Book) Add(ctx context.Context, login, desk string) (password string, err error) {
	login, ok := cleanLogin(login)
	if !ok {
		return "", ErrLogin
	}
	if !desks.MatchString(desk) {
		return "", ErrDesk
	}
	password, line, err := b.first(ctx)
	if err != nil {
		return "", err
	}
	raw, err := b.random(len(ID{}))
	if err != nil {
		return "", err
	}
	o := Officer{ID: ID(raw), Login: login, Desk: desk, Password: line, State: Fresh, Due: b.day() + enrolDays}
	err = b.change(ctx, func(tx Tx) error {
		if err := tx.AddOfficer(o); is(err, fault.Conflict) {
			return ErrTaken
		} else if err != nil {
			return err
		}
		return b.write(tx, o.ID, ActAdded, []byte(desk))
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

func (b *Book) first(ctx context.Context) (password, line string, err error) {
	leave, err := b.gate.enter(ctx, true)
	if err != nil {
		return "", "", err
	}
	defer leave()
	if password, err = b.firstPassword(); err != nil {
		return "", "", err
	}
	line, err = b.hashPassword(password)
	return password, line, err
}

// Disable closes an account for good and ends its sessions.
func (b *Book) Disable(ctx context.Context, login string) error {
	o, err := b.named(ctx, login)
	if err != nil {
		return err
	}
	return b.change(ctx, func(tx Tx) error {
		if err := tx.Disable(o.ID); is(err, fault.Conflict) {
			return ErrDisabled
		} else if err != nil {
			return err
		}
		if err := tx.EndSessions(o.ID, [32]byte{}); err != nil {
			return err
		}
		return b.write(tx, o.ID, ActDisabled, nil)
	})
}

// Reset forgets the authenticator and the password of an account, ends its
// sessions, and returns a new first password. It helps after a lost phone and
// after a forgotten password alike: whoever has found the one must not get in
// with the other.
func (b *Book) Reset(ctx context.Context, login string) (password string, err error) {
	o, err := b.named(ctx, login)
	if err != nil {
		return "", err
	}
	password, line, err := b.first(ctx)
	if err != nil {
		return "", err
	}
	err = b.change(ctx, func(tx Tx) error {
		if err := tx.Reset(o.ID, line, b.day()+enrolDays); is(err, fault.Conflict) {
			return ErrDisabled
		} else if err != nil {
			return err
		}
		if err := tx.EndSessions(o.ID, [32]byte{}); err != nil {
			return err
		}
		return b.write(tx, o.ID, ActReset, nil)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

func (b *Book) named(ctx context.Context, login string) (Officer, error) {
	login, ok := cleanLogin(login)
	if !ok {
		return Officer{}, ErrLogin
	}
	o, err := b.store.Officer(ctx, login)
	if is(err, fault.NotFound) {
		return Officer{}, ErrUnknown
	}
	return o, err
}

// Listed is an account as the host lists it: nothing of password or secret.
type Listed struct {
	Login, Desk string
	State       State
	Due         int64 // while Fresh: last day to set up the authenticator
}

// List returns all accounts by login.
func (b *Book) List(ctx context.Context) ([]Listed, error) {
	all, err := b.store.Officers(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, 0, len(all))
	for _, o := range all {
		out = append(out, Listed{o.Login, o.Desk, o.State, o.Due})
	}
	return out, nil
}
