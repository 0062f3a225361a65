package storetest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"hisn/server/report"
	"hisn/server/seal"
)

const day = 24 * time.Hour

func expiring(t *testing.T, s report.Store) {
	h, m := NewHouse(t, s), newMailbox()
	frames, reply := Frames(t, 60), letter()
	for _, f := range frames {
		h.send(t, f, seal.Stored)
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	gone := map[int]int{} // on which day how many
	left := len(frames)
	for d := 1; d <= 40; d++ {
		h.Days(t, 1)
		n, err := s.Count(t.Context())
		must(t, err)
		if n != left {
			gone[d], left = left-n, n
		}
		if d == 23 && (!finds(h.look(t, m), [][]byte{reply}, reply) || n != len(frames)) {
			t.Error("something went before its time")
		}
	}
	if left != 0 || !finds(h.look(t, m), [][]byte{reply}) {
		t.Errorf("%d blobs are left after forty days", left)
	}
	if len(gone) < 5 {
		t.Errorf("they went on %d days: the day of arrival is not blurred", len(gone))
	}
	for d := range gone {
		if d < 24 || d > 38 {
			t.Errorf("some went after %d days", d)
		}
	}
}

func keepingCases(t *testing.T, s report.Store) {
	h, c := NewHouse(t, s), NewSender(t)
	must(t, h.Desk.Put(t.Context(), c.Frame, nil))
	h.Days(t, 75)
	if !h.holds(t, c.Frame) {
		t.Error("gone before its time")
	}
	h.Days(t, 17)
	if h.holds(t, c.Frame) {
		t.Error("still there after three months")
	}
}

func clockAhead(t *testing.T, s report.Store) {
	h, phone := NewHouse(t, s), NewSender(t)
	h.send(t, phone.Frame, seal.Stored)
	h.Clock.Move(400 * day)
	for range 24 { // it agrees with itself for less than a day
		refuses(t, "purging", h.Keeper.Purge(t.Context()), report.ErrClock)
		h.Clock.Move(time.Hour - time.Second)
	}
	h.Clock.Move(-400*day - 23*time.Hour) // somebody has set it right
	must(t, h.Keeper.Purge(t.Context()))
	if !h.holds(t, phone.Frame) {
		t.Fatal("a jump of the clock purged the pool")
	}
	h.Clock.Move(10 * day) // the server rested
	refuses(t, "purging", h.Keeper.Purge(t.Context()), report.ErrClock)
	h.Clock.Move(12 * time.Hour)
	h.Clock.Move(30 * day) // and again: the two times do not agree
	refuses(t, "purging", h.Keeper.Purge(t.Context()), report.ErrClock)
	h.Clock.Move(day - time.Hour)
	refuses(t, "purging", h.Keeper.Purge(t.Context()), report.ErrClock)
	h.Clock.Move(time.Hour)
	must(t, h.Keeper.Purge(t.Context()))
	if !h.holds(t, phone.Frame) {
		t.Error("the first purge after a jump deleted more than a day")
	}
	for range 48 {
		h.Clock.Move(time.Hour)
		must(t, h.Keeper.Purge(t.Context()))
	}
	if h.holds(t, phone.Frame) {
		t.Error("two days later it has not caught up")
	}
}

func clockBack(t *testing.T, s report.Store) {
	h, early := NewHouse(t, s), NewSender(t)
	h.Days(t, 30)
	h.Clock.Move(-3000 * day) // an empty battery
	for range 72 {            // never believed: there was no ring then
		refuses(t, "purging", h.Keeper.Purge(t.Context()), report.ErrClock)
		h.Clock.Move(time.Hour)
	}
	h.send(t, early.Frame, seal.Stored)
	h.Clock.Move(3000*day - 72*time.Hour)
	h.Days(t, 22)
	if !h.holds(t, early.Frame) {
		t.Error("what came under a wrong clock went before its time")
	}
	h.Days(t, 17)
	if h.holds(t, early.Frame) {
		t.Error("what came under a wrong clock stays")
	}
}

func redating(t *testing.T, s report.Store) {
	h, phone, m, reply := NewHouse(t, s), NewSender(t), newMailbox(), letter()
	h.Clock.Move(1000 * day)
	h.send(t, phone.Frame, seal.Stored)
	must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	h.Clock.Move(-1000 * day)
	h.Days(t, 22)
	if !h.holds(t, phone.Frame) || !finds(h.look(t, m), [][]byte{reply}, reply) {
		t.Error("gone before its time")
	}
	h.Days(t, 70)
	if h.holds(t, phone.Frame) || !finds(h.look(t, m), [][]byte{reply}) {
		t.Error("kept for years")
	}
}

func lostRing(t *testing.T, s report.Store) {
	h := NewHouse(t, s)
	frames, m, reply := Frames(t, 3), newMailbox(), letter()
	for _, f := range frames {
		h.send(t, f, seal.Stored)
	}
	must(t, h.Desk.Reply(t.Context(), m.addr, reply, false))
	if n, err := h.Desk.Unreadable(t.Context()); n != 0 || err != nil {
		t.Errorf("%d unreadable, %v", n, err)
	}
	ring := Ring(t)
	if !ring.Fresh() {
		t.Error("a new ring does not say so")
	}
	box, desk, keeper := report.New(s, ring, h.Clock.Now, rand.Reader)
	must(t, keeper.Purge(t.Context()))
	later := NewSender(t)
	if status, err := box.Submit(t.Context(), later.Frame, 0); status != seal.Stored {
		t.Fatalf("status %d, %v", status, err)
	}
	if n, err := desk.Unreadable(t.Context()); n != len(frames) || err != nil {
		t.Errorf("%d unreadable (%v), want %d", n, err, len(frames))
	}
	_, err := desk.Fetch(t.Context(), frames[0].ID)
	refuses(t, "fetching", err, report.ErrUnreadable)
	if _, err := desk.Fetch(t.Context(), later.Frame.ID); err != nil {
		t.Error(err)
	}
	got, err := box.Mailbox(t.Context(), m.key)
	must(t, err)
	box.Wait()
	if !finds(got, [][]byte{reply}) {
		t.Error("a reply without its key")
	}
}

// running: the keeper works from the moment it is started, tells what goes wrong
// and stops when it is told to.
func running(t *testing.T, s report.Store) {
	h, old := NewHouse(t, s), NewSender(t)
	h.send(t, old.Frame, seal.Stored)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h.Clock.Move(50 * day)
	h.Keeper.Run(ctx, func(err error) {
		refuses(t, "purging after a jump", err, report.ErrClock)
		cancel()
	})
	if ctx.Err() == nil || !h.holds(t, old.Frame) {
		t.Error("the keeper told nothing, or deleted in spite of the clock")
	}
}
