package store

import (
	"cmp"
	"sync"
	"time"

	"hisn/server/fault"
)

// The rule after a write that failed, whatever it was for:
//
// The transaction is undone and nobody in it is told that anything was kept.
// From then on every write but a deletion is refused at once, before it is
// tried. If the disk was full or read-only, or the server out of reach, a trial
// write of the size of a report is made on a fresh connection after a second,
// and then after twice as long each time up to half a minute; when one has been
// committed, writes are taken again. Deletions are tried all along: they are
// what makes room, and each is acknowledged by its own commit.
//
// If the disk itself failed (an I/O error, a failed fsync, a damaged file),
// nothing heals it in this process, and deletions are refused as well: the
// system may have dropped what it could not write and tell so only once, so that
// a later success proves nothing. The file has to be looked at and the server
// started again.

// Times between trial writes.
const (
	probeFirst = time.Second
	probeLast  = 30 * time.Second
)

// health is whether writes are taken.
type health struct {
	mu    sync.Mutex
	state trouble       // fine, sick or dead
	first time.Duration // until the first trial; 0 means probeFirst
	wait  time.Duration // before the next
	due   time.Time     // when that is
	cause error
}

// refuses returns nil, or the fault.Unavailable with which a write is refused.
// One that only deletes is tried while it may help.
func (h *health) refuses(deletes bool) error {
	h.mu.Lock()
	state := h.state
	h.mu.Unlock()
	if deletes && state != dead {
		return nil
	}
	return h.err()
}

// err returns nil, or a fault.Unavailable when nothing new is taken.
func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state == fine {
		return nil
	}
	return fault.New(fault.Unavailable, h.cause)
}

// worse notes a failed write.
func (h *health) worse(t trouble, cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t < sick || h.state == dead {
		return
	}
	if h.state == fine {
		h.wait = cmp.Or(h.first, probeFirst)
		h.due = time.Now().Add(h.wait)
	}
	h.state, h.cause = t, cause
}

// tried notes how a trial write went.
func (h *health) tried(t trouble, cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.state == dead:
	case t == fine:
		h.state, h.cause = fine, nil
	case t == dead:
		h.state, h.cause = dead, cause
	default:
		h.wait = min(2*h.wait, probeLast)
		h.due = time.Now().Add(h.wait)
	}
}

// next says after how long to try again, whatever else is written until then; ok
// is false when there is nothing to try.
func (h *health) next() (wait time.Duration, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(0, time.Until(h.due)), h.state == sick
}
