package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// Open notes that an officer has opened a thread, and tells the reporter so with
// a sealed notice, once for everything new in it. told is false when there is
// nothing new or no mailbox.
func (w *Work) Open(ctx context.Context, key string) (told bool, err error) {
	w.op.Lock()
	defer w.op.Unlock()
	t := w.byKey(key)
	var fresh []*blob
	w.mu.Lock()
	for _, b := range t.blobs {
		if !b.own && !w.acked[b.id] {
			fresh = append(fresh, b)
		}
	}
	w.mu.Unlock()
	if len(t.blobs) == 0 {
		return false, fault.New(fault.NotFound, nil)
	}
	if len(fresh) == 0 {
		return false, nil
	}
	if t.Reply != nil {
		newest := fresh[len(fresh)-1]
		addr, ct, err := w.letter(t, seal.Reply{State: "opened"})
		if err != nil {
			return false, err
		}
		if err := w.pool.Ack(ctx, newest.proof(), addr, ct); err != nil {
			return false, w.gone(ctx, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range fresh {
		w.acked[b.id] = true
	}
	return t.Reply != nil, nil
}

// gone looks at the pool again when an error says that a blob is no longer what
// it was, and makes it a Conflict.
func (w *Work) gone(ctx context.Context, err error) error {
	if !is(err, fault.NotFound) && !is(err, fault.Conflict) && !is(err, fault.Forbidden) {
		return err
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	return fault.New(fault.Conflict, err)
}

// letter seals a reply to the reporter of a thread.
func (w *Work) letter(t Thread, r seal.Reply) (addr [32]byte, ct []byte, err error) {
	if t.Reply == nil {
		return addr, nil, ErrNoMailbox
	}
	raw, err := hex.DecodeString(t.Reply.Mbox)
	if err != nil || copy(addr[:], raw) != len(addr) {
		return addr, nil, ErrNoMailbox
	}
	r.V, r.Thread, r.Day = 1, t.Key, w.today()
	if r.Desk == "" {
		r.Desk = w.Desk()
	}
	ct, err = seal.SealReply(r, *t.Reply)
	if errors.Is(err, seal.ErrMalformed) {
		err = ErrTooLong
	}
	return addr, ct, err
}

// Answer sends the reporter of a thread, which stands at rev, an answer and
// notes it in the case. With done set the case is closed with it, and text may
// be empty. Conflict says that somebody has changed the thread since: nothing
// was sent.
func (w *Work) Answer(ctx context.Context, key string, rev int, text string, done bool) error {
	w.op.Lock()
	defer w.op.Unlock()
	t := w.byKey(key)
	if err := t.standsAt(rev); err != nil {
		return err
	}
	if _, err := w.recipients(seal.Report{Desk: t.Desk, Flags: t.Flags}); err != nil {
		return err
	}
	state := StateAnswered
	if done {
		state = StateClosed
	}
	if t.Reply == nil && !done {
		return ErrNoMailbox
	}
	if _, err := w.pool.Header(ctx, t.blobs[0].id); err != nil {
		return w.gone(ctx, err)
	}
	if t.Reply != nil {
		if err := w.send(ctx, t, text, state); err != nil {
			return err
		}
	}
	w.mu.Lock()
	w.unnoted[key] = append(w.unnoted[key], unnoted{seal.Message{From: "desk", Day: w.today(), State: state, Text: text}, t.Rev})
	w.mu.Unlock()
	err := w.save(ctx, key, true, func(c *seal.Case) { c.State = state })
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnnoted, err)
	}
	return nil
}

// send puts an answer into the mailbox. The same words are sealed once only, so
// that what the network lost can be sent again and lies there once.
func (w *Work) send(ctx context.Context, t Thread, text, state string) error {
	addr, ct, err := w.letter(t, seal.Reply{State: state, Text: text})
	if err != nil {
		return err
	}
	w.mu.Lock()
	if before, ok := w.sent[t.Key]; ok && before.text == text && before.state == state {
		ct = before.ct
	} else {
		w.sent[t.Key] = sent{text, state, ct}
	}
	w.mu.Unlock()
	if err := w.pool.Reply(ctx, addr, ct, false); err != nil {
		if is(err, fault.Conflict) {
			return ErrFull
		}
		return err
	}
	w.mu.Lock()
	delete(w.sent, t.Key)
	w.mu.Unlock()
	return nil
}

// standsAt says whether a thread is there and at this number of its case.
func (t Thread) standsAt(rev int) error {
	switch {
	case len(t.blobs) == 0:
		return fault.New(fault.NotFound, nil)
	case t.Rev != rev:
		return fault.New(fault.Conflict, nil)
	}
	return nil
}

// Change is what an officer changes in a case.
type Change struct {
	Rev      int    // at which the officer saw the thread
	State    string // "" leaves it
	Labels   []string
	Note     string
	Assignee string
	Muted    bool
}

// MaxNote is how many bytes a desk's notes on a thread may have.
const MaxNote = 2000

// Note changes the case of a thread, which becomes one with its first change.
// Conflict says that somebody was faster: nothing was stored, and the thread now
// stands as it was left.
func (w *Work) Note(ctx context.Context, key string, ch Change) error {
	w.op.Lock()
	defer w.op.Unlock()
	if len(ch.Note) > MaxNote || len(ch.Assignee) > 100 {
		return ErrTooLong
	}
	if err := w.byKey(key).standsAt(ch.Rev); err != nil {
		return err
	}
	return w.save(ctx, key, false, func(c *seal.Case) {
		if ch.State != "" {
			c.State = ch.State
		}
		c.Labels = slices.DeleteFunc(Labels(), func(l string) bool { return !slices.Contains(ch.Labels, l) })
		c.Note, c.Assignee, c.Muted = ch.Note, ch.Assignee, ch.Muted
	})
}

// recipients returns to whom a thread of the desk is sealed: the desk that the
// reporter chose, and the national unit if she allowed it. The key of any desk
// but the officer's own comes from the signed directory or not at all; a desk
// that takes no reports may have lost its key to somebody else, so that nothing
// is sealed to it any more.
func (w *Work) recipients(r seal.Report) ([2]seal.Recipient, error) {
	var to [2]seal.Recipient
	first := w.Desk()
	d := w.Directory()
	if w.national() && !closed(d, r.Desk) {
		first = r.Desk
	}
	var err error
	if to[0], err = w.recipient(first); err != nil {
		return to, err
	}
	switch {
	case w.national() && first != w.Desk():
		to[1], err = w.recipient(w.Desk())
	case !r.Flags.National || w.national():
		to[1], err = seal.ThrowAway()
	case d == nil:
		err = ErrDirectory
	default:
		unit, ok := d.National()
		if !ok {
			return to, ErrDirectory
		}
		if closed(d, unit.ID) {
			to[1], err = seal.ThrowAway()
			break
		}
		to[1], err = w.recipient(unit.ID)
	}
	return to, err
}

// closed reports whether a directory says that a desk takes no reports.
func closed(d *desks.Directory, id string) bool {
	if d == nil {
		return false
	}
	desk, ok := d.Desk(id)
	return ok && desk.Status != desks.Open
}

func (w *Work) recipient(desk string) (seal.Recipient, error) {
	if desk == w.Desk() {
		n, _ := w.present()
		return w.ids[n].Recipient(), nil
	}
	d := w.Directory()
	if d == nil {
		return nil, ErrDirectory
	}
	to, ok := d.Desk(desk)
	if !ok {
		return nil, ErrDirectory
	}
	return seal.ParseRecipient(to.Recipient)
}

// put marks and seals a case, puts it in the place of old (nil for none), and
// does the same in memory.
func (w *Work) put(ctx context.Context, r seal.Report, to [2]seal.Recipient, old *blob) error {
	n, _ := w.present()
	if r.Kind == seal.KindCase {
		if err := mark(&r, w.keys[n]); err != nil {
			return ErrTooLong
		}
	}
	body, err := seal.Seal(r, to[0], to[1])
	if err != nil {
		return ErrTooLong
	}
	var id [16]byte
	var capability, del [32]byte
	copy(capability[:], r.Cap)
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	_, _ = rand.Read(del[:])
	var replaces *report.Proof
	if old != nil {
		p := old.proof()
		replaces = &p
	}
	if err := w.pool.Put(ctx, seal.NewFrame(id, capability, del, body), replaces); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if old != nil {
		delete(w.blobs, old.id)
	}
	if r.Kind == seal.KindCase {
		w.blobs[id] = &blob{id, r, true}
	}
	return nil
}

// drop removes blobs whose words stand elsewhere now. That one is gone already
// is as good.
func (w *Work) drop(ctx context.Context, blobs []*blob) error {
	for _, b := range blobs {
		if err := w.pool.Remove(ctx, b.proof()); err != nil && !is(err, fault.NotFound) {
			return err
		}
		w.mu.Lock()
		delete(w.blobs, b.id)
		w.mu.Unlock()
	}
	return nil
}

// Targets returns the desks to which a thread can be handed over.
func (w *Work) Targets() []desks.Desk {
	d := w.Directory()
	if d == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Desks), func(x desks.Desk) bool { return x.ID == w.Desk() || x.Status != desks.Open })
}
