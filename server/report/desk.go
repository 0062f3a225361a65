package report

import (
	"context"
	"crypto/sha256"
	"fmt"

	"hisn/server/fault"
	"hisn/server/seal"
)

// Desk is the officers' side: everybody at every desk sees the whole pool, and
// can read of it what was sealed to their desk. Whether a blob may be removed
// is not a question of the account: it takes the capability inside it.
type Desk struct{ *core }

// Proof is a blob and the capability that only its decrypter has: the preimage
// of the frame's CapHash.
type Proof struct {
	ID  [16]byte
	Cap [32]byte
}

func (p Proof) claim() Claim { return Claim{p.ID, sha256.Sum256(p.Cap[:])} }

// IDs lists the pool, in the order of the ids.
func (d *Desk) IDs(ctx context.Context) ([][16]byte, error) { return d.store.IDs(ctx) }

// Fetch returns a sealed body, seal.BodySize bytes; fault.NotFound when it is not
// there, or is of no use to anybody because its day's key is gone (ErrUnreadable).
func (d *Desk) Fetch(ctx context.Context, id [16]byte) ([]byte, error) {
	exp, ct, err := d.store.Blob(ctx, id)
	if err != nil {
		return nil, err
	}
	body, err := d.ring.unwrap(exp, poolName(id), ct)
	if err != nil {
		return nil, fault.New(fault.NotFound, err)
	}
	return body, nil
}

// Unreadable returns how many blobs nobody can read any more because the ring
// was lost. It is 0 in good health.
func (d *Desk) Unreadable(ctx context.Context) (int, error) {
	marks, err := d.store.Marks(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range marks {
		if !d.ring.holds(m) {
			n += m.N
		}
	}
	return n, nil
}

// Put keeps what a desk sealed itself, for about 83 days. With replaces set the
// blob named there is removed in the same moment; fault.Conflict when it is
// gone, because a colleague was faster, and fault.Forbidden with the wrong
// capability. The same frame may be put again.
func (d *Desk) Put(ctx context.Context, f seal.Frame, replaces *Proof) error {
	if err := seal.CheckBody(f.Body); err != nil {
		return fault.New(fault.Invalid, err)
	}
	row, err := d.row(f, keepCase)
	if err != nil {
		return err
	}
	if replaces == nil {
		return d.store.Drop(ctx, row, false)
	}
	return d.store.Replace(ctx, row, replaces.claim())
}

// Remove deletes a blob: fault.NotFound, fault.Forbidden.
func (d *Desk) Remove(ctx context.Context, p Proof) error { return d.store.Remove(ctx, p.claim()) }

// Reply puts a sealed reply of seal.ReplySize bytes into a mailbox, known by its
// address; nothing tells whether anybody will look there. The oldest reply that
// was read, or that is spare, gives way; fault.Conflict when all are unread. A
// spare one is a mere notice. The same reply may be put again.
func (d *Desk) Reply(ctx context.Context, addr [32]byte, ct []byte, spare bool) error {
	if len(ct) != seal.ReplySize {
		return fault.New(fault.Invalid, fmt.Errorf("a reply of %d bytes", len(ct)))
	}
	exp, err := d.until(keepReport)
	if err != nil {
		return err
	}
	keyed := d.ring.address(addr)
	return d.store.ChangeMail(ctx, keyed, func(stored []Slot) ([]Slot, error) {
		return d.ring.post(d.rand, keyed, stored, ct, exp, spare)
	})
}

// Ack puts the spare notice that a report has been opened. It takes the
// capability of that report: fault.NotFound, fault.Forbidden.
func (d *Desk) Ack(ctx context.Context, p Proof, addr [32]byte, ct []byte) error {
	if err := d.store.Holds(ctx, p.claim()); err != nil {
		return err
	}
	return d.Reply(ctx, addr, ct, true)
}

// Beat notes that a desk has looked today.
func (d *Desk) Beat(ctx context.Context, desk string) error {
	if !deskName(desk) {
		return fault.New(fault.Invalid, nil)
	}
	return d.store.Beat(ctx, desk, d.today())
}

// deskName says whether s can be the id of a desk, such as IQ-BG.
func deskName(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 32
}
