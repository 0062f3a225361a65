package officer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"hisn/server/fault"
)

// How long sessions last.
const (
	idle         = 15 * time.Minute
	lifetime     = 8 * time.Hour
	halfLifetime = 30 * time.Minute // before the code
	grain        = time.Minute      // uses are noted no more often than that
	mostSessions = 8                // of one officer
	tokenLen     = 43               // 256 bits in base64
)

// Visit is a request that came with a session that is alive.
type Visit struct {
	session Session
	officer Officer
	guard   string
}

// Stage returns how far the session has come.
func (v Visit) Stage() Stage { return v.session.Stage }

// Login returns who it is.
func (v Visit) Login() string { return v.officer.Login }

// Desk returns the id of the officer's desk.
func (v Visit) Desk() string { return v.officer.Desk }

// Guarded reports whether what a form repeated is the guard of this session.
func (v Visit) Guarded(sent string) bool {
	return subtle.ConstantTimeCompare([]byte(sent), []byte(v.guard)) == 1
}

// guard returns what forms of a session have to repeat. It is made from the
// token, so it changes with every stage, and is stored nowhere.
func (b *Book) guard(token string) string {
	mac := hmac.New(sha256.New, b.keys.token)
	mac.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Visit returns the visit that a session cookie stands for. Everything that is
// not a session in its time, of an account that may sign in, is
// fault.Unauthorized.
func (b *Book) Visit(ctx context.Context, token string) (Visit, error) {
	if len(token) != tokenLen {
		return Visit{}, errOut
	}
	hash := sha256.Sum256([]byte(token))
	s, o, err := b.store.Session(ctx, hash)
	if is(err, fault.NotFound) {
		return Visit{}, errOut
	}
	if err != nil {
		return Visit{}, err
	}
	if !b.alive(s) || !fits(s.Stage, o.State) {
		return Visit{}, errOut
	}
	if now := b.now().Unix(); now-s.Seen >= int64(grain/time.Second) {
		s.Seen = now
		// Without the note the session ends sooner; that is no reason to stop.
		_ = b.change(ctx, func(tx Tx) error { return tx.Touch(hash, now) })
	}
	return Visit{session: s, officer: o, guard: b.guard(token)}, nil
}

func (b *Book) alive(s Session) bool {
	most := lifetime
	if s.Stage != StageIn {
		most = halfLifetime
	}
	now := b.now()
	seen, born := now.Sub(time.Unix(s.Seen, 0)), now.Sub(time.Unix(s.Born, 0))
	return seen >= -grain && seen < idle && born >= -grain && born < most
}

// fits reports whether an account in this state may have a session of this
// stage at all.
func fits(stage Stage, state State) bool {
	switch stage {
	case StageCode, StageIn:
		return state == Active
	case StageEnrol:
		return state == Fresh
	}
	return false
}

// Logout ends the session.
func (b *Book) Logout(ctx context.Context, v Visit) error {
	return b.change(ctx, func(tx Tx) error {
		if err := tx.EndSession(v.session.Hash); is(err, fault.NotFound) {
			return errOut
		} else if err != nil {
			return err
		}
		return b.write(tx, v.officer.ID, ActSignOut, nil)
	})
}

// SetPassword changes the officer's own password, which takes the old one. All
// other sessions end. fault.Unauthorized says that the old one is wrong,
// fault.Invalid that the new one is too weak.
func (b *Book) SetPassword(ctx context.Context, v Visit, old, fresh string) error {
	if old == "" || len(old) > maxPassword {
		return fault.New(fault.Invalid, nil)
	}
	if err := CheckPassword(v.officer.Login, fresh); err != nil {
		return fault.New(fault.Invalid, err)
	}
	leave, err := b.gate.enter(ctx, true)
	if err != nil {
		return err
	}
	defer leave()
	mark := string(v.session.Hash[:])
	wait, settle := b.throttle.begin(b.throttle.subject(tryPassword, v.officer, v.officer.Login, mark), b.now())
	if wait > 0 {
		return fault.Later(fault.TooMany, wait)
	}
	right, err := b.passwordIs(v.officer, old)
	if err != nil {
		return err
	}
	settle(right)
	if !right {
		return errOut
	}
	line, err := b.hashPassword(fresh)
	if err != nil {
		return err
	}
	return b.change(ctx, func(tx Tx) error {
		if err := tx.SetPassword(v.officer.ID, line); err != nil {
			return err
		}
		if err := tx.EndSessions(v.officer.ID, v.session.Hash); err != nil {
			return err
		}
		return b.write(tx, v.officer.ID, ActPassword, nil)
	})
}
