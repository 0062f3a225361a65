package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// Clock is a clock that moves when it is told to.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts at a moment in the first hour of a day.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC)} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Move moves the clock.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// House is the three sides of one pool, with a clock to move.
type House struct {
	Store  report.Store
	Ring   *report.Ring
	Clock  *Clock
	Box    *report.Dropbox
	Desk   *report.Desk
	Keeper *report.Keeper
}

// NewHouse builds the sides over a store, with a new ring.
func NewHouse(t testing.TB, s report.Store, options ...report.Option) *House {
	t.Helper()
	h := &House{Store: s, Ring: Ring(t), Clock: NewClock()}
	h.Box, h.Desk, h.Keeper = report.New(s, h.Ring, h.Clock.Now, rand.Reader, options...)
	t.Cleanup(h.Box.Wait)
	if err := h.Keeper.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// Days lets n days pass as they do, with a purge now and then.
func (h *House) Days(t testing.TB, n int) {
	t.Helper()
	for range n * 3 {
		h.Clock.Move(8 * time.Hour)
		if err := h.Keeper.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Sender is a phone with its secrets.
type Sender struct {
	Frame    seal.Frame
	Cap, Del [32]byte
}

// NewSender returns a phone with a report to send.
func NewSender(t testing.TB) Sender {
	t.Helper()
	s := Sender{Frame: Frames(t, 1)[0]}
	_, _ = rand.Read(s.Cap[:]) // never fails (crypto/rand)
	_, _ = rand.Read(s.Del[:])
	s.Frame.CapHash, s.Frame.DelHash = sha256.Sum256(s.Cap[:]), sha256.Sum256(s.Del[:])
	return s
}

// Proof is what a desk finds inside.
func (s Sender) Proof() report.Proof { return report.Proof{ID: s.Frame.ID, Cap: s.Cap} }

// Pair is what the reporter withdraws with.
func (s Sender) Pair() report.Pair { return report.Pair{ID: s.Frame.ID, Del: s.Del} }

// send drops a report and expects a status.
func (h *House) send(t testing.TB, f seal.Frame, want seal.Status) {
	t.Helper()
	got, err := h.Box.Submit(t.Context(), f, 0)
	if got != want || err != nil && want != seal.NotStored {
		t.Fatalf("sending: status %d (%v), want %d", got, err, want)
	}
	if want == seal.NotStored && err == nil {
		t.Error("nothing stored, and no cause for the operator")
	}
}

// holds says whether a desk can fetch exactly this frame.
func (h *House) holds(t testing.TB, f seal.Frame) bool {
	t.Helper()
	body, err := h.Desk.Fetch(t.Context(), f.ID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != string(f.Body) {
		t.Fatal("what a desk fetches differs from what was sent")
	}
	return true
}

// wants fails unless err is of a kind.
func wants(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// refuses fails unless err is the given one.
func refuses(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// letter returns a sealed reply for nobody in particular.
func letter() []byte { return seal.DummyReply(rand.Reader) }

// box is a mailbox of a reporter.
type mailbox struct{ key, addr [32]byte }

func newMailbox() mailbox {
	var m mailbox
	_, _ = rand.Read(m.key[:]) // never fails (crypto/rand)
	m.addr = sha256.Sum256(m.key[:])
	return m
}

// cancelled returns a context that has ended.
func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
