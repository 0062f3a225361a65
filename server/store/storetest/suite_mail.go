package storetest

import (
	"bytes"
	"testing"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// look reads a mailbox and waits until that has been marked.
func (h *House) look(t testing.TB, m mailbox) [seal.Slots][]byte {
	t.Helper()
	got, err := h.Box.Mailbox(t.Context(), m.key)
	must(t, err)
	h.Box.Wait()
	for i, reply := range got {
		if len(reply) != seal.ReplySize {
			t.Fatalf("place %d has %d bytes, want %d", i, len(reply), seal.ReplySize)
		}
	}
	return got
}

// finds says whether a mailbox holds these replies, in this order and no others
// of all.
func finds(got [seal.Slots][]byte, all [][]byte, want ...[]byte) bool {
	var found [][]byte
	for _, reply := range got {
		for _, known := range all {
			if bytes.Equal(reply, known) {
				found = append(found, known)
			}
		}
	}
	if len(found) != len(want) {
		return false
	}
	for i := range want {
		if !bytes.Equal(found[i], want[i]) || !bytes.Equal(got[i], want[i]) {
			return false
		}
	}
	return true
}

func letters(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = letter()
	}
	return out
}

func unknownMailbox(t *testing.T, s report.Store) {
	h, m := NewHouse(t, s), newMailbox()
	a, b := h.look(t, m), h.look(t, m)
	seen := map[[32]byte]bool{}
	for i := range a {
		seen[sum(a[i])], seen[sum(b[i])] = true, true
	}
	if len(seen) != 2*seal.Slots {
		t.Error("dummies repeat, which real replies of one mailbox would not do either way")
	}
}

func readReplies(t *testing.T, s report.Store) {
	h, m, all := NewHouse(t, s), newMailbox(), letters(7)
	for _, reply := range all[:4] {
		must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, all[2], false)) // the answer was lost
	wants(t, "a fifth unread reply", h.Desk.Reply(t.Context(), m.addr, all[4], false), fault.Conflict)
	if other := newMailbox(); !finds(h.look(t, other), all) {
		t.Error("replies in somebody else's mailbox")
	}
	if !finds(h.look(t, m), all, all[:4]...) {
		t.Fatal("the four replies are not there in their order")
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, all[4], false))
	must(t, h.Desk.Reply(t.Context(), m.addr, all[5], false))
	if !finds(h.look(t, m), all, all[2], all[3], all[4], all[5]) {
		t.Error("new replies did not take the places of the oldest that were read")
	}
}

func notices(t *testing.T, s report.Store) {
	h, m, all := NewHouse(t, s), newMailbox(), letters(6)
	for i, reply := range all[:4] {
		must(t, h.Desk.Reply(t.Context(), m.addr, reply, i == 2))
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, all[4], false))
	wants(t, "one more", h.Desk.Reply(t.Context(), m.addr, all[5], false), fault.Conflict)
	if !finds(h.look(t, m), all, all[0], all[1], all[3], all[4]) {
		t.Error("the notice did not give way, or something else did")
	}
}

func burning(t *testing.T, s report.Store) {
	h, m, all := NewHouse(t, s), newMailbox(), letters(2)
	for _, reply := range all {
		must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	}
	must(t, h.Box.Burn(t.Context(), newMailbox().key, sum(all[0])))
	must(t, h.Box.Burn(t.Context(), m.addr, sum(all[0]))) // the address is not the key
	must(t, h.Box.Burn(t.Context(), m.key, sum(letter())))
	if !finds(h.look(t, m), all, all...) {
		t.Fatal("burnt without the key or the hash")
	}
	must(t, h.Box.Burn(t.Context(), m.key, sum(all[0])))
	if !finds(h.look(t, m), all, all[1]) {
		t.Error("not burnt, or the wrong one")
	}
}

func acknowledging(t *testing.T, s report.Store) {
	h, phone, m, all := NewHouse(t, s), NewSender(t), newMailbox(), letters(1)
	wants(t, "before there is a report", h.Desk.Ack(t.Context(), phone.Proof(), m.addr, all[0]), fault.NotFound)
	h.send(t, phone.Frame, seal.Stored)
	wrong := report.Proof{ID: phone.Frame.ID, Cap: phone.Del}
	wants(t, "with the wrong capability", h.Desk.Ack(t.Context(), wrong, m.addr, all[0]), fault.Forbidden)
	if !finds(h.look(t, m), all) {
		t.Error("a notice without the capability")
	}
	for range 2 {
		must(t, h.Desk.Ack(t.Context(), phone.Proof(), m.addr, all[0]))
	}
	if !finds(h.look(t, m), all, all[0]) {
		t.Error("no notice, or two")
	}
}
