package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// Run checks that a store keeps what package report promises. open returns an
// empty store, closed after the test.
func Run(t *testing.T, open func(t testing.TB) report.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s report.Store)
	}{
		{"a report is kept once, however often it is sent", keptOnce},
		{"what is not a report is refused", refused},
		{"a full pool takes nothing more and deletes nothing", fullPool},
		{"withdrawing takes the reporter's secret", withdrawing},
		{"removing takes the capability from inside", removing},
		{"a case takes the place of a report, for one desk only", replacing},
		{"many at once are all kept, each once", manyAtOnce},
		{"a write that nobody waits for any more is not acknowledged", givenUp},
		{"rewriting changes nothing that can be read", rewriting},
		{"a desk that has not looked for more than three days is not staffed", staffing},
		{"a mailbox that nobody wrote to looks like any other", unknownMailbox},
		{"replies come oldest first and give way only when read", readReplies},
		{"a notice gives way to a reply", notices},
		{"burning takes the mailbox's key and the reply's hash", burning},
		{"an opened notice takes the capability", acknowledging},
		{"everything expires between three and six weeks after it came", expiring},
		{"a case is kept for two and a half months", keepingCases},
		{"a clock that jumps deletes nothing until it has agreed for a day", clockAhead},
		{"a clock that falls back deletes nothing and dates nothing back", clockBack},
		{"what came while the clock was ahead is not kept for longer", redating},
		{"the keeper works by itself and tells what goes wrong", running},
		{"without its ring a pool is noise, and says so", lostRing},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

func keptOnce(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	for range 3 {
		h.send(t, phone.Frame, seal.Stored)
	}
	other := NewSender(t)
	other.Frame.ID = phone.Frame.ID
	h.send(t, other.Frame, seal.Conflict)
	same := phone.Frame // the same words for another capability are another frame
	same.CapHash[0] ^= 1
	h.send(t, same, seal.Conflict)
	ids, err := h.Desk.IDs(t.Context())
	must(t, err)
	if len(ids) != 1 || ids[0] != phone.Frame.ID || !h.holds(t, phone.Frame) {
		t.Errorf("%d blobs, want the one that was sent", len(ids))
	}
	wants(t, "fetching what is not there", second(h.Desk.Fetch(t.Context(), [16]byte{1})), fault.NotFound)
}

func second[T any](_ T, err error) error { return err }

func refused(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	for name, spoil := range map[string]func(f *seal.Frame){
		"a byte short": func(f *seal.Frame) { f.Body = f.Body[1:] },
		"no header":    func(f *seal.Frame) { f.Body = bytes.Repeat([]byte{'x'}, len(f.Body)) },
		"empty":        func(f *seal.Frame) { f.Body = nil },
		"another op":   func(f *seal.Frame) { f.Op = seal.Cover },
	} {
		f := phone.Frame
		spoil(&f)
		if status, err := h.Box.Submit(t.Context(), f, 0); status != seal.Refused || err != nil {
			t.Errorf("%s: status %d, %v", name, status, err)
		}
	}
	if status, err := h.Box.Submit(t.Context(), phone.Frame, 60); status != seal.NeedWork || err != nil {
		t.Errorf("without work: status %d, %v", status, err)
	}
	f := phone.Frame
	f.Body = []byte("words in the clear")
	wants(t, "putting what is not sealed", h.Desk.Put(t.Context(), f, nil), fault.Invalid)
	wants(t, "a reply of the wrong size", h.Desk.Reply(t.Context(), [32]byte{}, []byte("x"), false), fault.Invalid)
	n, err := s.Count(t.Context())
	if must(t, err); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func fullPool(t *testing.T, s report.Store) {
	h := NewHouse(t, s, report.Cap(2))
	a, b, c := NewSender(t), NewSender(t), NewSender(t)
	h.send(t, a.Frame, seal.Stored)
	h.send(t, b.Frame, seal.Stored)
	h.send(t, c.Frame, seal.NotStored)
	h.send(t, a.Frame, seal.Stored) // it is there
	if h.holds(t, c.Frame) || !h.holds(t, a.Frame) || !h.holds(t, b.Frame) {
		t.Error("a full pool took one more, or gave one up")
	}
	must(t, h.Desk.Remove(t.Context(), a.Proof()))
	h.Clock.Move(time.Minute)
	h.send(t, c.Frame, seal.Stored)
}

func withdrawing(t *testing.T, s report.Store) {
	h, mine, other := NewHouse(t, s), NewSender(t), NewSender(t)
	h.send(t, mine.Frame, seal.Stored)
	h.send(t, other.Frame, seal.Stored)
	must(t, h.Box.Withdraw(t.Context(), []report.Pair{
		{ID: other.Frame.ID, Del: mine.Del}, {ID: other.Frame.ID, Del: other.Cap}, {ID: [16]byte{9}}, mine.Pair(),
	}))
	if h.holds(t, mine.Frame) || !h.holds(t, other.Frame) {
		t.Error("withdrawn: the wrong one, or not the right one")
	}
	must(t, h.Box.Withdraw(t.Context(), []report.Pair{mine.Pair()}))
	wants(t, "seventeen at once", h.Box.Withdraw(t.Context(), make([]report.Pair, 17)), fault.Invalid)
}

func removing(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	h.send(t, phone.Frame, seal.Stored)
	wants(t, "with the reporter's secret", h.Desk.Remove(t.Context(), report.Proof{ID: phone.Frame.ID, Cap: phone.Del}), fault.Forbidden)
	if !h.holds(t, phone.Frame) {
		t.Fatal("removed without the capability")
	}
	must(t, h.Desk.Remove(t.Context(), phone.Proof()))
	if h.holds(t, phone.Frame) {
		t.Error("still there")
	}
	wants(t, "once more", h.Desk.Remove(t.Context(), phone.Proof()), fault.NotFound)
}

func replacing(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	h.send(t, phone.Frame, seal.Stored)
	proof := phone.Proof()
	wrong := report.Proof{ID: proof.ID, Cap: phone.Del}
	wants(t, "with the wrong capability", h.Desk.Put(t.Context(), NewSender(t).Frame, &wrong), fault.Forbidden)
	cases := []Sender{NewSender(t), NewSender(t), NewSender(t), NewSender(t)}
	var first atomic.Int32
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for i, c := range cases {
		wg.Go(func() {
			switch err := h.Desk.Put(t.Context(), c.Frame, &proof); {
			case err == nil:
				won.Add(1)
				first.Store(int32(i))
			case fault.KindOf(err) == fault.Conflict:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 3 {
		t.Fatalf("%d desks came first and %d second", won.Load(), lost.Load())
	}
	kept := cases[first.Load()]
	must(t, h.Desk.Put(t.Context(), kept.Frame, &proof)) // the answer was lost
	must(t, h.Box.Withdraw(t.Context(), []report.Pair{phone.Pair()}))
	ids, err := h.Desk.IDs(t.Context())
	must(t, err)
	if len(ids) != 1 || !h.holds(t, kept.Frame) {
		t.Errorf("%d blobs, want the case alone", len(ids))
	}
}

func manyAtOnce(t *testing.T, s report.Store) {
	h := NewHouse(t, s)
	frames := Frames(t, 400)
	var wg sync.WaitGroup
	for _, f := range append(slices.Clone(frames), frames...) { // each is sent twice
		wg.Go(func() {
			if status, err := h.Box.Submit(t.Context(), f, 0); status != seal.Stored {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
	wg.Wait()
	ids, err := h.Desk.IDs(t.Context())
	must(t, err)
	if len(ids) != len(frames) || !slices.IsSortedFunc(ids, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }) {
		t.Errorf("%d blobs, want %d in the order of their ids", len(ids), len(frames))
	}
	for _, f := range frames {
		if !h.holds(t, f) {
			t.Fatal("one was lost")
		}
	}
}

func givenUp(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	status, err := h.Box.Submit(cancelled(), phone.Frame, 0)
	if status != seal.NotStored {
		t.Errorf("status %d", status)
	}
	refuses(t, "sending", err, context.Canceled)
	if h.holds(t, phone.Frame) {
		t.Error("kept")
	}
}

func rewriting(t *testing.T, s report.Store) {
	h, m := NewHouse(t, s), newMailbox()
	frames, reply := Frames(t, 50), letter()
	for _, f := range frames {
		h.send(t, f, seal.Stored)
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	must(t, h.Keeper.Rewrite(t.Context()))
	for _, f := range frames {
		if !h.holds(t, f) {
			t.Fatal("one was lost")
		}
	}
	if got, err := h.Box.Mailbox(t.Context(), m.key); err != nil || !bytes.Equal(got[0], reply) {
		t.Errorf("the reply was lost: %v", err)
	}
}

func staffing(t *testing.T, s report.Store) {
	h := NewHouse(t, s)
	must(t, h.Desk.Beat(t.Context(), "IQ-BG"))
	h.Days(t, 2)
	must(t, h.Desk.Beat(t.Context(), "women"))
	h.Clock.Move(24 * time.Hour)
	for _, want := range []map[string]bool{{"IQ-BG": true, "women": true}, {"women": true}} {
		got, err := h.Box.Staffed(t.Context(), h.Clock.Now())
		if must(t, err); len(got) != len(want) || got["IQ-BG"] != want["IQ-BG"] || !got["women"] {
			t.Errorf("staffed: %v, want %v", got, want)
		}
		h.Clock.Move(24 * time.Hour)
	}
	wants(t, "a desk of no name", h.Desk.Beat(t.Context(), "x y"), fault.Invalid)
}

// hashes of replies, to tell them apart.
func sum(reply []byte) [32]byte { return sha256.Sum256(reply) }
