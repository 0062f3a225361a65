// Package officer knows who may sit at a desk: accounts, passwords, one-time
// codes, sessions, and the trail of what was done.
//
// There is no administrator on the web. Accounts are made, disabled and reset
// by a command on the host. Signing in takes two steps: the password opens a
// session that can do one thing, namely give a code; the code opens the real
// one. An officer who has no authenticator yet is shown its secret once, in
// between, and nothing ever reads it out again.
//
// Nothing here opens a report. Desk keys live on the officers' own machines, so
// a new password never gives access to what was written before.
//
// One key file beside the database (see LoadKey) keeps the secrets of the
// authenticators unreadable in the database and its backups, and holds the
// trail together.
package officer

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"hisn/server/fault"
)

// ID names an officer in the database: 128 random bits.
type ID [16]byte

// State says what an account can do.
type State string

// The states of an account.
const (
	Fresh    State = "fresh"    // has not set up an authenticator yet
	Active   State = "active"   // signs in with password and code
	Disabled State = "disabled" // can do nothing, and never will again
)

// Officer is one account.
type Officer struct {
	ID       ID
	Login    string // lower case; unique for ever, also after disabling
	Desk     string // id of the desk in the signed directory, such as IQ-BG
	Password string // argon2id in PHC notation
	Secret   []byte // of the authenticator, sealed; nil while Fresh
	Step     int64  // last time step whose code was accepted
	State    State
	Due      int64 // while Fresh: last day (since 1970) to set up the authenticator
}

// Stage is how far a session has come.
type Stage uint8

// The stages. A session of one stage is never promoted: it ends, and another
// one with another token begins.
const (
	StageCode  Stage = 1 // the password was right, the code is due
	StageEnrol Stage = 2 // the same, and the authenticator is being set up
	StageIn    Stage = 3 // signed in
)

// String returns the name of the stage in the answers of the desk.
func (s Stage) String() string {
	switch s {
	case StageCode:
		return "totp"
	case StageEnrol:
		return "enrol"
	case StageIn:
		return "in"
	}
	return "out"
}

// Session is one sign-in on one device. Times are Unix seconds.
type Session struct {
	Hash    [32]byte // SHA-256 of the token; the token itself is stored nowhere
	Officer ID
	Stage   Stage
	Seen    int64  // last use, to the minute
	Born    int64  // when this stage began
	Pending []byte // StageEnrol: the secret that waits for its first code, sealed
}

// Row is one line of the trail. Object and both hashes are keyed: without the
// key file they neither tell what was touched nor can be made again.
type Row struct {
	Seq     int64
	Hour    int64 // since 1970
	Officer ID    // whose account acted, or was acted on by the host
	Action  string
	Object  []byte // 32 bytes
	Prev    []byte // 32 bytes: Hash of the row before
	Hash    []byte // 32 bytes
}

// Store keeps accounts, sessions and the trail. Reads that find nothing return
// fault.NotFound.
type Store interface {
	Officer(ctx context.Context, login string) (Officer, error)
	// Officers returns all accounts by login.
	Officers(ctx context.Context) ([]Officer, error)
	// Session returns a session and whose it is.
	Session(ctx context.Context, hash [32]byte) (Session, Officer, error)
	// Rows returns the rows above a sequence number, oldest first.
	Rows(ctx context.Context, above int64, most int) ([]Row, error)
	// DeskRows returns the newest rows of the officers of a desk, newest first.
	DeskRows(ctx context.Context, desk string, most int) ([]Row, error)
	// Change runs do in one transaction: all of it is durable when Change
	// returns nil, and nothing of it happened when it returns an error, which
	// is that of do or of the database. It may run do more than once.
	Change(ctx context.Context, do func(Tx) error) error
}

// Tx is what one transaction may do. It ends with the function it was given to.
type Tx interface {
	Accounts
	Sessions
	Trail
}

// Accounts changes accounts. Every change is conditional and returns
// fault.Conflict when the account is no longer as the condition says.
type Accounts interface {
	// AddOfficer refuses a login that exists or ever existed.
	AddOfficer(o Officer) error
	SetPassword(id ID, phc string) error
	// Enrol stores the secret and its first step, and makes a Fresh account Active.
	Enrol(id ID, secret []byte, step int64) error
	// UseStep moves the last accepted step forward, never back and never twice.
	UseStep(id ID, step int64) error
	// Reset forgets the secret and sets a password, due day and the state
	// Fresh, unless the account is Disabled.
	Reset(id ID, phc string, due int64) error
	// Disable forgets password and secret.
	Disable(id ID) error
}

// Sessions changes sessions.
type Sessions interface {
	// AddSession stores s, and ends the oldest of the officer's other sessions
	// so that most remain. Those that are signed in and those that are half-way
	// are counted apart: whoever has only the password cannot end the former.
	AddSession(s Session, most int) error
	// Touch notes that a session was used.
	Touch(hash [32]byte, seen int64) error
	// EndSession returns fault.NotFound when there was no such session.
	EndSession(hash [32]byte) error
	// EndSessions ends all sessions of an officer but one.
	EndSessions(id ID, except [32]byte) error
	// EndOld ends sessions last used, or begun, before these times.
	EndOld(seen, born int64) error
}

// Trail changes the trail.
type Trail interface {
	// LastRow returns fault.NotFound when the trail is empty.
	LastRow() (Row, error)
	// AddRow returns fault.Conflict when the sequence number is taken.
	AddRow(r Row) error
	// DropRows removes the rows up to the last one from before an hour, and
	// returns its sequence number, or 0 when there was none. It leaves the
	// newest row, from which the trail goes on.
	DropRows(before int64) (int64, error)
}

// Book is the register of officers.
type Book struct {
	store    Store
	now      func() time.Time
	rand     io.Reader
	keys     keys
	gate     *gate
	throttle *throttle
	hash     hasher
}

// keys are derived from the key file, one for each purpose.
type keys struct {
	secret, trail, token, device, try []byte
}

// KeySize is the length of the key in bytes.
const KeySize = 32

// New returns the register of officers in store. The key is that of LoadKey.
func New(store Store, key []byte, now func() time.Time, rand io.Reader) (*Book, error) {
	if store == nil || now == nil || rand == nil {
		return nil, errors.New("officer: store, clock and randomness are needed")
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("officer: the key has %d bytes, %d are needed", len(key), KeySize)
	}
	b := &Book{store: store, now: now, rand: rand, gate: newGate(), hash: argon}
	for label, to := range map[string]*[]byte{
		"secret": &b.keys.secret, "trail": &b.keys.trail, "token": &b.keys.token,
		"device": &b.keys.device, "try": &b.keys.try,
	} {
		var err error
		if *to, err = hkdf.Key(sha256.New, key, nil, "hisn/officer/v1/"+label, chacha20poly1305.KeySize); err != nil {
			return nil, fmt.Errorf("officer: deriving keys: %w", err)
		}
	}
	b.throttle = newThrottle(b.keys.try)
	return b, nil
}

// change runs do in one transaction, again when another writer was in the way.
func (b *Book) change(ctx context.Context, do func(Tx) error) error {
	const tries = 8
	var err error
	for range tries {
		lost := false
		err = b.store.Change(ctx, func(tx Tx) error {
			err := do(tx)
			lost = errors.Is(err, errLostRow)
			return err
		})
		if !lost {
			return err
		}
	}
	return err
}

func (b *Book) random(n int) ([]byte, error) {
	p := make([]byte, n)
	if _, err := io.ReadFull(b.rand, p); err != nil {
		return nil, fmt.Errorf("officer: reading randomness: %w", err)
	}
	return p, nil
}

func (b *Book) day() int64  { return b.now().Unix() / (24 * 60 * 60) }
func (b *Book) hour() int64 { return b.now().Unix() / (60 * 60) }

func is(err error, k fault.Kind) bool { return err != nil && fault.KindOf(err) == k }

var errOut = fault.New(fault.Unauthorized, nil)
