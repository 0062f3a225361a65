// Package report is the blind pool: sealed reports and sealed replies, of which
// the host knows neither the words nor the desk nor the time.
//
// Three types share one store. A Dropbox takes reports and gives replies out; it
// has no method that returns a report. A Desk lists and fetches the whole pool,
// since only who holds a desk's identity can tell which blobs are meant for it.
// A Keeper deletes what has expired. The public site is built with a Dropbox
// only, so that no mistake in it can hand out a report.
//
// A row of the pool has an id that the phone chose at random, and no time, no
// sequence and no desk. It expires on a day about a month after it came, blurred
// by a week. What is stored is wrapped once more under the key of that day,
// which the Ring keeps outside the database and its backups: once the key is
// dropped, the row cannot be read in any backup either.
package report

import (
	"context"
	"errors"
	"io"
	"time"

	"hisn/server/seal"
)

// How long things are kept, in days, each blurred by fuzz days either way.
const (
	keepReport = 30 // reports of the phone, and replies
	keepCase   = 83 // what a desk puts
	fuzz       = 7
	longest    = keepCase + fuzz
	staffed    = 3 // a desk that has not looked for more days is not staffed
)

// Most is how many blobs the pool holds when New is told nothing else: about a
// gigabyte.
const Most = 50_000

// Row is one blob as it is stored. Hashes are SHA-256 of what gives the right
// to something; BodyH is an HMAC of the whole frame, under a key of the ring.
type Row struct {
	ID                [16]byte
	Exp               int // the last day on which it is kept, since 1970-01-01
	CapH, DelH, BodyH [32]byte
	CT                []byte
}

// Claim is what a right is checked by: a blob and the hash that its row holds.
type Claim struct {
	ID   [16]byte
	Hash [32]byte
}

// Slot is one place of a mailbox as it is stored. To change a mailbox a nil CT
// empties the place.
type Slot struct {
	N   int // 0 to seal.Slots-1
	Exp int
	CT  []byte
}

// Mark counts the rows that were wrapped under one key: the day and the first
// bytes of what is stored, which name the key.
type Mark struct {
	Exp int
	Key [markSize]byte
	N   int
}

// Pool keeps the blobs. Every method that changes something returns after that
// is on the disk; an error of another kind than those named is
// fault.Unavailable, and nothing was kept.
type Pool interface {
	// Drop adds a row. It is nil as well when the very same is there, and
	// fault.Conflict when the id belongs to another. With full set a row that is
	// not there yet is refused with ErrFull.
	Drop(ctx context.Context, row Row, full bool) error
	// Replace adds row and removes the blob that old names by its CapH.
	// fault.Conflict when that is gone, fault.Forbidden when the hash is wrong;
	// nil when row is there already.
	Replace(ctx context.Context, row Row, old Claim) error
	// Remove removes a blob by its CapH: fault.NotFound, fault.Forbidden.
	Remove(ctx context.Context, c Claim) error
	// Withdraw removes the blobs whose DelH is that of the claim; others are
	// passed over without a word.
	Withdraw(ctx context.Context, claims []Claim) error
	// Holds checks a claim by CapH: nil, fault.NotFound, fault.Forbidden.
	Holds(ctx context.Context, c Claim) error
	// IDs lists the pool in the order of the ids.
	IDs(ctx context.Context) ([][16]byte, error)
	// Blob returns a row's day and content, or fault.NotFound.
	Blob(ctx context.Context, id [16]byte) (exp int, ct []byte, err error)
	// Count returns how many rows there are.
	Count(ctx context.Context) (int, error)
}

// Mail keeps the mailboxes, by the keyed hash of their address.
type Mail interface {
	// Mail returns the places of a mailbox that are filled.
	Mail(ctx context.Context, addr [32]byte) ([]Slot, error)
	// ChangeMail gives fn what Mail returns and writes what fn returns, in one
	// transaction. fn may be called more than once.
	ChangeMail(ctx context.Context, addr [32]byte, fn func([]Slot) ([]Slot, error)) error
}

// Upkeep is what the Keeper and the daily check of the desks need.
type Upkeep interface {
	// Expire removes all rows with Exp < day, and what is left of them in files.
	Expire(ctx context.Context, day int) error
	// Far lists what expires after a day.
	Far(ctx context.Context, day int) (ids [][16]byte, addrs [][32]byte, err error)
	// ChangeBlob replaces a row's day and content; without content it removes
	// the row. fn may be called more than once.
	ChangeBlob(ctx context.Context, id [16]byte, fn func(exp int, ct []byte) (int, []byte, error)) error
	// Marks counts the pool by the keys under which it was wrapped.
	Marks(ctx context.Context) ([]Mark, error)
	// Rewrite writes the tables anew, in the order of their random keys.
	Rewrite(ctx context.Context) error
	// Beat notes the day on which a desk looked; Beats returns all.
	Beat(ctx context.Context, desk string, day int) error
	Beats(ctx context.Context) (map[string]int, error)
}

// Store is the whole of what is kept.
type Store interface {
	Pool
	Mail
	Upkeep
}

// Errors that say why nothing was kept or nothing can be read.
var (
	// ErrFull means that the pool holds as much as it may.
	ErrFull = errors.New("report: the pool is full")
	// ErrUnreadable means that the key of a blob is no longer in the ring.
	ErrUnreadable = errors.New("report: the key of this blob is gone")
)

// core is what the three types share.
type core struct {
	store Store
	ring  *Ring
	now   func() time.Time
	rand  io.Reader
	most  int
}

// Option changes what New builds.
type Option func(*core)

// Cap sets how many blobs the pool holds at the most. When it is full nothing
// more is taken, and nothing is deleted to make room: what nobody has read yet
// must not give way to a flood.
func Cap(blobs int) Option { return func(c *core) { c.most = blobs } }

// New returns the three sides of one pool. rand must be as good as crypto/rand.
func New(store Store, ring *Ring, now func() time.Time, rand io.Reader, options ...Option) (*Dropbox, *Desk, *Keeper) {
	c := &core{store: store, ring: ring, now: now, rand: rand, most: Most}
	for _, o := range options {
		o(c)
	}
	return newDropbox(c), &Desk{c}, &Keeper{core: c}
}

// today is the number of the present day.
func (c *core) today() int { return c.ring.today(c.now()) }

// until returns a day about keep days away.
func (c *core) until(keep int) (int, error) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(c.rand, b[:]); err != nil {
			return 0, err
		}
		if n := int(b[0]); n < 255 { // 255 = 17 × 15: every day is as likely
			return c.today() + keep + n%(2*fuzz+1) - fuzz, nil
		}
	}
}

// row wraps a frame for the store.
func (c *core) row(f seal.Frame, keep int) (Row, error) {
	exp, err := c.until(keep)
	if err != nil {
		return Row{}, err
	}
	r := Row{ID: f.ID, Exp: exp, CapH: f.CapHash, DelH: f.DelHash, BodyH: c.ring.frame(f)}
	r.CT, err = c.ring.wrap(c.rand, exp, poolName(f.ID), f.Body)
	return r, err
}
