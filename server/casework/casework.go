// Package casework is what an officer does with sealed reports, on the
// officer's own machine: find those that are for the desk among all that lie in
// the pool, put the pieces of a thread together, answer, keep notes, hand over,
// export.
//
// The pool is blind, so everything here starts with trying: the first bytes of
// each blob that was not seen before are fetched and the desk's keys tried on
// them. What opens is kept in memory for as long as the program runs, and
// nothing is ever written to the disk. What does not open is remembered by its
// id only.
//
// A desk keeps its notes on a thread as one more sealed blob, a case, which
// carries the whole thread and replaces what it was made from. Anybody can seal
// a blob to a desk, so a case is believed only when it proves that this desk
// made it (see prove.go); what comes from elsewhere is shown as a claim.
package casework

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// Pool is the pool as the desk's door offers it. Errors carry the kinds of
// package fault: Unauthorized when the session is over, NotFound and Conflict
// as report.Desk has them, Unavailable when the network does not answer.
type Pool interface {
	IDs(ctx context.Context) ([][16]byte, error)
	// Header returns the first seal.HeaderSize bytes of a blob.
	Header(ctx context.Context, id [16]byte) ([]byte, error)
	// Rest returns what follows them.
	Rest(ctx context.Context, id [16]byte) ([]byte, error)
	Put(ctx context.Context, f seal.Frame, replaces *report.Proof) error
	Remove(ctx context.Context, p report.Proof) error
	Reply(ctx context.Context, addr [32]byte, ct []byte, spare bool) error
	Ack(ctx context.Context, p report.Proof, addr [32]byte, ct []byte) error
	Beat(ctx context.Context) error
}

// Why something was not done. Errors wrap one of these or carry a fault.Kind.
var (
	// ErrDirectory means that a key of another desk is needed and there is no
	// signed directory to take it from.
	ErrDirectory = errors.New("casework: no signed directory")
	// ErrNoMailbox means that the thread has no way to answer.
	ErrNoMailbox = errors.New("casework: the thread takes no answer")
	// ErrFull means that the reporter's mailbox is full of unread answers.
	ErrFull = errors.New("casework: the mailbox is full")
	// ErrTooLong means that something does not fit into a blob.
	ErrTooLong = errors.New("casework: too long")
	// ErrUnnoted means that an answer went out and could not be noted; it is
	// kept in memory and goes along with the next change.
	ErrUnnoted = errors.New("casework: sent, and not noted")
	// ErrNotAllowed means that the reporter did not allow it.
	ErrNotAllowed = errors.New("casework: not allowed by the reporter")
)

// The states of a thread.
const (
	StateNew      = "new"
	StateOpen     = "open"
	StateAnswered = "answered"
	StateMoved    = "moved"
	StateClosed   = "closed"
)

// Labels returns the labels that a desk can put on a thread, in their order.
// They are a closed list, so that every officer reads them in their language.
func Labels() []string {
	return []string{"urgent", "call", "evidence", "school", "legal", "again", "robot"}
}

// Work is the desk's memory. It is safe for concurrent use; what changes
// something is done one after the other.
type Work struct {
	pool Pool
	ids  []seal.Identity
	keys [][]byte // by which each identity proves its cases
	now  func() time.Time

	op sync.Mutex // held while something is done over the network

	mu        sync.Mutex
	desk      string // the officer's desk
	officer   string
	directory *desks.Directory
	blobs     map[[16]byte]*blob
	foreign   map[[16]byte]struct{} // ids that are for others
	acked     map[[16]byte]bool     // whose opening the reporter was told
	unnoted   map[string][]unnoted
	sent      map[string]sent // the last answer of a thread, to send the very same again
	numbers   map[string]int
	progress  Progress
}

// sent is an answer as it was sealed.
type sent struct {
	text, state string
	ct          []byte
}

// unnoted is an answer that no case holds yet, as far as is known, and the
// number of the case when it was given.
type unnoted struct {
	seal.Message
	rev int
}

// blob is one opened blob.
type blob struct {
	id     [16]byte
	report seal.Report
	own    bool // a case that this desk proves to have made
}

func (b *blob) proof() report.Proof {
	p := report.Proof{ID: b.id}
	copy(p.Cap[:], b.report.Cap)
	return p
}

// New returns an empty memory for a desk with these identities. The first is
// the present one, unless the directory names another of them.
func New(pool Pool, ids []seal.Identity, now func() time.Time) (*Work, error) {
	if pool == nil || len(ids) == 0 || now == nil {
		return nil, errors.New("casework: a pool, an identity and a clock are needed")
	}
	w := &Work{pool: pool, ids: ids, now: now}
	for _, id := range ids {
		key, err := proofKey(id)
		if err != nil {
			return nil, err
		}
		w.keys = append(w.keys, key)
	}
	w.Forget()
	return w, nil
}

// Forget drops everything that was opened. Identities stay.
func (w *Work) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blobs, w.foreign, w.acked = map[[16]byte]*blob{}, map[[16]byte]struct{}{}, map[[16]byte]bool{}
	w.unnoted, w.sent, w.numbers = map[string][]unnoted{}, map[string]sent{}, map[string]int{}
	w.progress = Progress{}
}

// Sit says who works, and at which desk of the directory.
func (w *Work) Sit(officer, desk string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.officer, w.desk = officer, desk
}

// Desk returns the officer's desk.
func (w *Work) Desk() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.desk
}

// Officer returns who works.
func (w *Work) Officer() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.officer
}

// Know gives the signed directory, which has been verified. nil takes it away.
func (w *Work) Know(d *desks.Directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.directory = d
}

// Directory returns the signed directory, or nil.
func (w *Work) Directory() *desks.Directory {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.directory
}

// Identities returns how many keys the desk has here.
func (w *Work) Identities() int { return len(w.ids) }

func (w *Work) today() string { return w.now().Format(time.DateOnly) }

// present returns which of the identities is the one that the directory names
// for the officer's desk, and its epoch; the first, and "", when it names none.
func (w *Work) present() (n int, epoch string) {
	if d := w.Directory(); d != nil {
		if own, ok := d.Desk(w.Desk()); ok {
			n = slices.IndexFunc(w.ids, func(id seal.Identity) bool { return id.Recipient().String() == own.Recipient })
			if n >= 0 {
				return n, own.Epoch
			}
		}
	}
	return 0, ""
}

// national reports whether the officer's desk is the national unit.
func (w *Work) national() bool {
	if d := w.Directory(); d != nil {
		n, ok := d.National()
		return ok && n.ID == w.Desk()
	}
	return w.Desk() == desks.KindNational
}

// Outdated says that the directory names a key for the officer's desk, and that
// it is none of those that are here: new reports cannot be opened.
func (w *Work) Outdated() bool {
	d := w.Directory()
	if d == nil {
		return false
	}
	own, ok := d.Desk(w.Desk())
	return ok && !slices.ContainsFunc(w.ids, func(id seal.Identity) bool { return id.Recipient().String() == own.Recipient })
}

// is reports the kind of an error.
func is(err error, k fault.Kind) bool { return err != nil && fault.KindOf(err) == k }
