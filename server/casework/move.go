package casework

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/seal"
)

// MayMove says whether a thread may be handed over to another desk: the
// reporter allowed it, or fears for a life. The latter takes a reason.
func (t Thread) MayMove() bool { return t.Flags.MoveOK || t.Mortal() }

// Move hands a thread over: the whole of it is sealed to the other desk in the
// place of the own case, the reporter is told, and the other blobs of the
// thread are removed here. The reason goes along. told is false when the
// reporter could not be told.
func (w *Work) Move(ctx context.Context, key, desk, reason string) (told bool, err error) {
	w.op.Lock()
	defer w.op.Unlock()
	t := w.byKey(key)
	reason = strings.TrimSpace(reason)
	switch {
	case len(t.blobs) == 0:
		return false, fault.New(fault.NotFound, nil)
	case !t.MayMove(), !t.Flags.MoveOK && reason == "":
		return false, ErrNotAllowed
	case len(reason) > MaxNote:
		return false, ErrTooLong
	}
	i := slices.IndexFunc(w.Targets(), func(d desks.Desk) bool { return d.ID == desk })
	if i < 0 {
		return false, ErrDirectory
	}
	target := w.Targets()[i]
	if err := w.handOver(ctx, t, target, reason); err != nil {
		return false, err
	}
	if t.Reply == nil {
		return false, nil
	}
	// The thread has moved, whatever becomes of the notice: the other desk tells
	// the reporter as well when it opens it.
	addr, ct, err := w.letter(t, seal.Reply{State: "moved", Desk: target.ID})
	if err != nil {
		return false, nil
	}
	return w.pool.Reply(ctx, addr, ct, true) == nil, nil
}

func (w *Work) handOver(ctx context.Context, t Thread, target desks.Desk, reason string) error {
	to, err := w.moveTo(t, target)
	if err != nil {
		return err
	}
	r := w.caseOf(t, seal.KindMove, target.ID, target.Epoch)
	r.Case.Note, r.Case.Rev = t.Note, t.Rev
	r.Case.Messages = append(r.Case.Messages, seal.Message{
		From: "desk", Day: w.today(), State: StateMoved, Text: strings.TrimSpace(w.Desk() + ": " + reason),
	})
	more, left, err := split(&r)
	if err != nil || len(left) > 0 {
		return ErrTooLong
	}
	for i, part := range append(more, r) {
		part.Cap = make([]byte, proofSize)
		_, _ = rand.Read(part.Cap) // never fails (crypto/rand)
		var lead *blob
		if i == len(more) { // the last one takes the place of what was here
			lead = t.blobs[0]
		}
		if err := w.put(ctx, part, to, lead); err != nil {
			return w.gone(ctx, err)
		}
	}
	if err := w.drop(ctx, t.blobs[1:]); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.unnoted, t.Key)
	return nil
}

// moveTo returns to whom a thread is sealed that is handed over.
func (w *Work) moveTo(t Thread, target desks.Desk) ([2]seal.Recipient, error) {
	var to [2]seal.Recipient
	var err error
	if to[0], err = w.recipient(target.ID); err != nil {
		return to, err
	}
	d := w.Directory()
	unit, ok := d.National()
	if t.Flags.National && ok && target.ID != unit.ID && !closed(d, unit.ID) {
		to[1], err = w.recipient(unit.ID)
	} else {
		to[1], err = seal.ThrowAway()
	}
	return to, err
}
