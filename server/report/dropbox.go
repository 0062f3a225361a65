package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"hisn/server/fault"
	"hisn/server/seal"
)

// Dropbox takes reports and hands out replies. It cannot read the pool.
type Dropbox struct {
	*core
	room  gauge
	marks sync.WaitGroup
	slots chan struct{} // marks under way
}

// marking is how many readings are marked at once before the readers wait.
const marking = 256

func newDropbox(c *core) *Dropbox {
	return &Dropbox{core: c, slots: make(chan struct{}, marking)}
}

// Submit keeps a report: seal.Stored, also when the very same frame is there
// already, so that a phone may repeat what it got no answer to. Refused is for
// what does not have the shape of a report, NeedWork for a frame without need
// bits of work, Conflict for an id that belongs to another frame. NotStored comes
// with the cause, which is for the operator: a pool that is full, a store that
// cannot write. Nothing is kept then.
func (d *Dropbox) Submit(ctx context.Context, f seal.Frame, need int) (seal.Status, error) {
	if f.Op != seal.Drop || seal.CheckBody(f.Body) != nil {
		return seal.Refused, nil
	}
	if need > 0 && !seal.CheckWork(f.Body, f.Nonce, need) {
		return seal.NeedWork, nil
	}
	row, err := d.row(f, keepReport)
	if err != nil {
		return seal.NotStored, err
	}
	full, err := d.room.full(ctx, d.core)
	if err != nil {
		return seal.NotStored, err
	}
	switch err := d.store.Drop(ctx, row, full); {
	case err == nil:
		return seal.Stored, nil
	case fault.KindOf(err) == fault.Conflict:
		return seal.Conflict, nil
	case errors.Is(err, ErrFull):
		return seal.NotStored, fault.New(fault.Unavailable, ErrFull)
	default:
		return seal.NotStored, err
	}
}

// Mailbox returns the replies under a mailbox's key, the oldest first, and marks
// them as read. Places without a reply hold dummies, and an address that nobody
// ever wrote to is answered in the same way: nothing tells whether it exists.
func (d *Dropbox) Mailbox(ctx context.Context, key [32]byte) ([seal.Slots][]byte, error) {
	var out [seal.Slots][]byte
	addr := d.ring.address(sha256.Sum256(key[:]))
	stored, err := d.store.Mail(ctx, addr)
	if err != nil {
		return out, err
	}
	letters, err := d.letters(addr, stored)
	if err != nil {
		return out, err
	}
	seen := make([]uint32, 0, seal.Slots)
	for i := range out {
		out[i] = seal.DummyReply(d.rand)
		if i < len(letters) {
			out[i] = letters[i].ct
			seen = append(seen, letters[i].seq)
		}
	}
	d.mark(ctx, addr, seen)
	return out, nil
}

// letters unwraps what is stored, the oldest first. What is missing to four is
// replaced by as many dummies under the same cipher, to take as long.
func (d *Dropbox) letters(addr [32]byte, stored []Slot) ([]letter, error) {
	for n := len(stored); n < seal.Slots; n++ {
		if err := d.ring.dummy(d.rand); err != nil {
			return nil, err
		}
	}
	return d.ring.letters(addr, stored), nil
}

// mark notes that letters were read, after the answer and in the same way for a
// mailbox that has none: whoever measures the time learns nothing.
func (d *Dropbox) mark(ctx context.Context, addr [32]byte, seen []uint32) {
	work := func(ctx context.Context) {
		// A mark that is lost does no harm: the letter stays unread.
		_ = d.store.ChangeMail(ctx, addr, func(stored []Slot) ([]Slot, error) {
			return d.ring.read(d.rand, addr, stored, seen)
		})
	}
	select {
	case d.slots <- struct{}{}:
		later, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		d.marks.Go(func() {
			defer func() { cancel(); <-d.slots }()
			work(later)
		})
	default:
		work(ctx)
	}
}

// Wait returns when everything that was read has been marked so.
func (d *Dropbox) Wait() { d.marks.Wait() }

// Burn deletes the reply whose SHA-256 is hash. It is nil also when there is none.
func (d *Dropbox) Burn(ctx context.Context, key, hash [32]byte) error {
	addr := d.ring.address(sha256.Sum256(key[:]))
	return d.store.ChangeMail(ctx, addr, func(stored []Slot) ([]Slot, error) {
		return d.ring.burn(addr, stored, hash), nil
	})
}

// Pair is a blob and the preimage of its frame's DelHash.
type Pair struct {
	ID  [16]byte
	Del [32]byte
}

// Withdraw deletes the reporter's own blobs, at most 16 at once. Those that are
// gone, or that a desk has taken over, are passed over.
func (d *Dropbox) Withdraw(ctx context.Context, pairs []Pair) error {
	if len(pairs) > 16 {
		return fault.New(fault.Invalid, nil)
	}
	claims := make([]Claim, len(pairs))
	for i, p := range pairs {
		claims[i] = Claim{p.ID, sha256.Sum256(p.Del[:])}
	}
	return d.store.Withdraw(ctx, claims)
}

// Staffed returns the desks that have looked during the last three days.
func (d *Dropbox) Staffed(ctx context.Context, now time.Time) (map[string]bool, error) {
	beats, err := d.store.Beats(ctx)
	if err != nil {
		return nil, err
	}
	today, out := dayOf(now), map[string]bool{}
	for desk, day := range beats {
		if today-day <= staffed {
			out[desk] = true
		}
	}
	return out, nil
}

// gauge knows about how full the pool is without counting it for each report.
type gauge struct {
	mu    sync.Mutex
	n     int
	at    time.Time
	known bool
}

// Times after which the rows are counted again.
const (
	countFull   = 10 * time.Second // while the pool is full
	countOthers = 10 * time.Minute // for what others add and delete
)

// full says whether there is no room for one more, and takes the room if there is.
func (g *gauge) full(ctx context.Context, c *core) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	age := c.now().Sub(g.at).Abs()
	if !g.known || age > countOthers || g.n >= c.most && age > countFull {
		n, err := c.store.Count(ctx)
		if err != nil {
			return false, err
		}
		g.n, g.at, g.known = n, c.now(), true
	}
	if g.n >= c.most {
		return true, nil
	}
	g.n++
	return false, nil
}
