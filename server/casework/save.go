package casework

import (
	"context"
	"encoding/hex"
	"slices"

	"hisn/server/fault"
	"hisn/server/seal"
)

// tries is how often a change that cannot hurt anybody else's is made again on
// top of what a colleague stored meanwhile.
const tries = 3

// save stores a changed case of a thread. With again set a conflict is met by
// making the same change on what is there now. The caller holds op.
func (w *Work) save(ctx context.Context, key string, again bool, change func(*seal.Case)) error {
	for n := 1; ; n++ {
		t := w.byKey(key)
		if len(t.blobs) == 0 {
			return fault.New(fault.NotFound, nil)
		}
		err := w.store(ctx, t, change)
		if err == nil {
			w.mu.Lock()
			delete(w.unnoted, key)
			w.mu.Unlock()
			return nil
		}
		if err = w.gone(ctx, err); !again || n == tries || !is(err, fault.Conflict) {
			return err
		}
	}
}

// store puts the case of a thread: in the place of the blob that leads it, and
// removes those whose words it has taken up.
func (w *Work) store(ctx context.Context, t Thread, change func(*seal.Case)) error {
	r := w.caseOf(t, seal.KindCase, w.Desk(), t.Epoch)
	if w.national() {
		r.Desk = t.Desk
	}
	r.Case.State, r.Case.Labels, r.Case.Note = t.State, t.Labels, t.Note
	r.Case.Assignee, r.Case.Muted, r.Case.Rev = t.Assignee, t.Muted, t.Rev+1
	change(r.Case)
	to, err := w.recipients(r)
	if err != nil {
		return err
	}
	lead, parts := t.blobs[0], ownParts(t.blobs)
	for i, m := range r.Case.Messages {
		if m.Report != nil && holds(parts, m) {
			r.Case.Messages[i] = stub(m)
		}
	}
	more, left, err := split(&r)
	if err != nil {
		return err
	}
	for _, part := range more {
		if err := w.put(ctx, part, to, nil); err != nil {
			return err
		}
	}
	stays := func(b *blob) bool {
		return slices.ContainsFunc(left, func(m seal.Message) bool { return carries(b, m) })
	}
	if stays(lead) {
		lead = nil
	}
	if err := w.put(ctx, r, to, lead); err != nil {
		return err
	}
	return w.drop(ctx, slices.DeleteFunc(slices.Clone(t.blobs), func(b *blob) bool {
		return b == t.blobs[0] || stays(b) || slices.Contains(parts, b)
	}))
}

// caseOf begins a blob that carries a whole thread.
func (w *Work) caseOf(t Thread, kind seal.Kind, desk, epoch string) seal.Report {
	if _, own := w.present(); own != "" && kind == seal.KindCase {
		epoch = own
	}
	r := seal.Report{
		V: 1, Kind: kind, Desk: desk, Epoch: epoch, Day: w.today(), Thread: t.Key, Cap: make([]byte, proofSize),
		Reply: t.Reply, Flags: t.Flags, Hashes: []seal.FileHash{},
		Case: &seal.Case{State: StateNew, Labels: []string{}, Of: t.Key},
	}
	for _, m := range t.Messages {
		r.Case.Messages = append(r.Case.Messages, m.Message)
	}
	return r
}

// ownParts returns the desk's own blobs that only carry words which the case
// had no room for.
func ownParts(blobs []*blob) []*blob {
	var out []*blob
	for _, b := range blobs[1:] {
		if b.own {
			out = append(out, b)
		}
	}
	return out
}

func holds(parts []*blob, m seal.Message) bool {
	return slices.ContainsFunc(parts, func(b *blob) bool { return carries(b, m) })
}

// carries says whether a message stands in a blob.
func carries(b *blob, m seal.Message) bool {
	if b.report.Case == nil {
		return m.Report != nil && slices.Equal(m.Report.Cap, b.report.Cap)
	}
	return slices.ContainsFunc(b.report.Case.Messages, func(x seal.Message) bool { return same(x, m) })
}

// split makes r fit into a blob. What the desk wrote is shortened, oldest first;
// when that is not enough, words of the reporter go into blobs of their own,
// longest first, and are never shortened. left are those too long even for that:
// they have to stay in the blob in which they came.
func split(r *seal.Report) (more []seal.Report, left []seal.Message, err error) {
	whole := r.Case.Messages
	for {
		r.Case.Messages = slices.Clone(whole)
		if seal.Fit(r) {
			return more, left, nil
		}
		longest, size := -1, 0
		for i, m := range whole {
			if m.Report != nil && words(*m.Report) > size {
				longest, size = i, words(*m.Report)
			}
		}
		if longest < 0 {
			return nil, nil, ErrTooLong
		}
		m := whole[longest]
		whole = slices.Clone(whole)
		whole[longest] = stub(m)
		part := *r
		part.Case = &seal.Case{State: r.Case.State, Labels: []string{}, Of: r.Case.Of, Messages: []seal.Message{m}}
		if _, err := seal.Encode(part); err != nil {
			left = append(left, m)
			continue
		}
		more = append(more, part)
	}
}

// stubState marks a message of a case that keeps the place of one whose words
// lie in another blob.
const stubState = "elsewhere"

func stub(m seal.Message) seal.Message {
	return seal.Message{From: m.From, Day: m.Day, State: stubState, Text: hex.EncodeToString(m.Report.Cap)}
}

// settle puts messages into the places that stubs keep for them. A stub whose
// words are not here is left out.
func settle(list []Message) []Message {
	at := map[string]Message{}
	for _, m := range list {
		if m.Report != nil {
			at[hex.EncodeToString(m.Report.Cap)] = m
		}
	}
	kept := map[string]bool{}
	for _, m := range list {
		kept[m.Text] = kept[m.Text] || m.State == stubState && m.Report == nil
	}
	var out []Message
	for _, m := range list {
		switch real, found := at[m.Text]; {
		case m.Report != nil && kept[hex.EncodeToString(m.Report.Cap)]:
		case m.State != stubState || m.Report != nil:
			out = append(out, m)
		case found:
			out = append(out, real)
		}
	}
	return out
}

func words(r seal.Report) int {
	return 1 + len(r.F.Text) + len(r.F.Handles) + len(r.F.Reach) + len(r.F.When) + 100*len(r.Hashes)
}
