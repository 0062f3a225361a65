package officer

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"

	"hisn/server/fault"
)

// A Ticket is what a step of signing in hands out. Token goes into the session
// cookie, Guard is what every later form has to repeat.
type Ticket struct {
	Stage   Stage
	Token   string
	Guard   string
	Secret  string // StageEnrol: the secret of the authenticator, shown this once
	Address string // StageEnrol: the same for a QR code (otpauth://…)
	Device  string // StageIn: the device cookie
}

// Credentials are what somebody who wants in has sent.
type Credentials struct {
	Login, Password string
	Device          string // the device cookie, if there was one
	// Budget says whether the sender's network may try once more. It is not
	// asked for a known device, nor when no place is free; so it hears of no
	// more networks than passwords can be hashed.
	Budget func(context.Context) error
}

var logins = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

func cleanLogin(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	return s, logins.MatchString(s)
}

// Login checks a password and opens a session for the second step. A wrong
// password, a login that does not exist and a disabled account give the same
// answer (fault.Unauthorized) after the same work. fault.TooMany says when to
// come back.
func (b *Book) Login(ctx context.Context, in Credentials) (Ticket, error) {
	if in.Password == "" || len(in.Password) > maxPassword {
		return Ticket{}, fault.New(fault.Invalid, nil)
	}
	o, login, err := b.find(ctx, in.Login)
	if err != nil {
		return Ticket{}, err
	}
	mark := b.deviceMark(o, in.Device)
	leave, err := b.gate.enter(ctx, mark != "")
	if err != nil {
		return Ticket{}, err
	}
	defer leave()
	if mark == "" && in.Budget != nil {
		if err := in.Budget(ctx); err != nil {
			return Ticket{}, err
		}
	}
	wait, settle := b.throttle.begin(b.throttle.subject(tryPassword, o, login, mark), b.now())
	if wait > 0 {
		return Ticket{}, fault.Later(fault.TooMany, wait)
	}
	right, err := b.passwordIs(o, in.Password)
	if err != nil {
		return Ticket{}, err
	}
	right = right && (o.State == Active || o.State == Fresh && b.day() <= o.Due)
	settle(right)
	if !right {
		return Ticket{}, errOut
	}
	return b.half(ctx, o)
}

// find returns the account of a login, or one that does not exist.
func (b *Book) find(ctx context.Context, typed string) (Officer, string, error) {
	login, ok := cleanLogin(typed)
	if !ok {
		sum := sha256.Sum256([]byte(typed)) // a name of bounded length to count under
		return Officer{}, string(sum[:]), nil
	}
	o, err := b.store.Officer(ctx, login)
	if err != nil && !is(err, fault.NotFound) {
		return Officer{}, "", err
	}
	if err != nil {
		o = Officer{}
	}
	return o, login, nil
}

// half opens the session between password and code.
func (b *Book) half(ctx context.Context, o Officer) (Ticket, error) {
	t := Ticket{Stage: StageCode}
	var pending []byte
	if o.State == Fresh {
		secret, err := b.newSecret()
		if err != nil {
			return Ticket{}, err
		}
		if pending, err = b.seal(o.ID, secret); err != nil {
			return Ticket{}, err
		}
		t.Stage = StageEnrol
		t.Secret, t.Address = secretText(o.Login, secret)
	}
	s, err := b.session(&t, o.ID)
	if err != nil {
		return Ticket{}, err
	}
	s.Pending = pending
	err = b.change(ctx, func(tx Tx) error { return tx.AddSession(s, mostSessions) })
	return t, err
}

// Confirm takes the code and opens the real session. The one that v stands for
// ends. A code is good once: its step is noted, durably, before anything else
// happens, so that it cannot be used again even if what follows fails.
func (b *Book) Confirm(ctx context.Context, v Visit, typed, device string) (Ticket, error) {
	var o Officer
	var err error
	switch v.session.Stage {
	case StageCode:
		o, err = b.checkCode(ctx, v, typed, device)
	case StageEnrol:
		o, err = b.enrol(ctx, v, typed)
	default:
		return Ticket{}, errOut
	}
	if err != nil {
		return Ticket{}, err
	}
	t := Ticket{Stage: StageIn}
	s, err := b.session(&t, o.ID)
	if err != nil {
		return Ticket{}, err
	}
	if t.Device, err = b.deviceCookie(o, b.deviceMark(o, device)); err != nil {
		return Ticket{}, err
	}
	err = b.change(ctx, func(tx Tx) error {
		if err := tx.EndSession(v.session.Hash); is(err, fault.NotFound) {
			return errOut // it has been used meanwhile
		} else if err != nil {
			return err
		}
		if err := tx.AddSession(s, mostSessions); err != nil {
			return err
		}
		return b.write(tx, o.ID, ActSignIn, nil)
	})
	return t, err
}

func (b *Book) checkCode(ctx context.Context, v Visit, typed, device string) (Officer, error) {
	o := v.officer
	secret, err := b.open(o.ID, o.Secret)
	if err != nil {
		return Officer{}, err
	}
	mark := b.deviceMark(o, device)
	wait, settle := b.throttle.begin(b.throttle.subject(tryCode, o, o.Login, mark), b.now())
	if wait > 0 {
		return Officer{}, fault.Later(fault.TooMany, wait)
	}
	step, right := b.step(secret, typed)
	if right {
		err = b.change(ctx, func(tx Tx) error { return tx.UseStep(o.ID, step) })
		if is(err, fault.Conflict) { // used before, or older than one that was
			right = false
		} else if err != nil {
			return Officer{}, err
		}
	}
	settle(right)
	if !right {
		return Officer{}, errOut
	}
	return o, nil
}

// enrol makes the secret that the session showed the account's own, once the
// first code proves that an app holds it.
func (b *Book) enrol(ctx context.Context, v Visit, typed string) (Officer, error) {
	o := v.officer
	secret, err := b.open(o.ID, v.session.Pending)
	if err != nil {
		return Officer{}, err
	}
	step, right := b.step(secret, typed)
	if !right {
		return Officer{}, errOut
	}
	o.Secret, o.State = v.session.Pending, Active
	err = b.change(ctx, func(tx Tx) error {
		if err := tx.Enrol(o.ID, o.Secret, step); err != nil {
			return err // fault.Conflict: somebody else has set one up
		}
		return b.write(tx, o.ID, ActEnrol, nil)
	})
	return o, err
}

// session makes a session of the ticket's stage, and fills in its tokens.
func (b *Book) session(t *Ticket, id ID) (Session, error) {
	raw, err := b.random(32)
	if err != nil {
		return Session{}, err
	}
	t.Token = base64.RawURLEncoding.EncodeToString(raw)
	t.Guard = b.guard(t.Token)
	now := b.now().Unix()
	return Session{Hash: sha256.Sum256([]byte(t.Token)), Officer: id, Stage: t.Stage, Seen: now, Born: now}, nil
}
