package casework_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"hisn/server/casework"
	"hisn/server/desks"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// house is a real pool in a real database, and a directory of three desks.
type house struct {
	t     testing.TB
	drops *report.Dropbox
	desk  *report.Desk
	dir   *desks.Directory
	keys  map[string]seal.Identity

	mu    sync.Mutex
	clock time.Time
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(days int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.AddDate(0, 0, days)
}

func build(t testing.TB) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), keys: map[string]seal.Identity{}}
	db := must[*store.DB](t)(store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "hisn.db")))
	t.Cleanup(func() { _ = db.Close() })
	ring := must[*report.Ring](t)(report.OpenRing(filepath.Join(dir, "ring.json")))
	h.drops, h.desk, _ = report.New(db, ring, h.now, rand.Reader)
	t.Cleanup(h.drops.Wait)
	h.dir = &desks.Directory{V: 1, Seq: 1, NotBefore: "2026-11-01", NotAfter: "2026-12-10"}
	for id, kind := range map[string]string{"IQ-BG": desks.KindDesk, "IQ-SU": desks.KindDesk, "national": desks.KindNational} {
		key := must[seal.Identity](t)(age.GenerateHybridIdentity())
		h.keys[id] = key
		h.dir.Desks = append(h.dir.Desks, desks.Desk{
			ID: id, Kind: kind, Status: desks.Open, Recipient: key.Recipient().String(), Epoch: "2026Q4",
		})
	}
	return h
}

// near is the pool without the network between. It can be made to fail once.
type near struct {
	*report.Desk
	desk string

	mu    sync.Mutex
	tried int
	fail  map[string]error
}

func (n *near) failure(call string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	err := n.fail[call]
	delete(n.fail, call)
	return err
}

func (n *near) Header(ctx context.Context, id [16]byte) ([]byte, error) {
	n.mu.Lock()
	n.tried++
	n.mu.Unlock()
	body, err := n.Fetch(ctx, id)
	if err != nil {
		return nil, err
	}
	return body[:seal.HeaderSize:seal.HeaderSize], nil
}

func (n *near) Rest(ctx context.Context, id [16]byte) ([]byte, error) {
	body, err := n.Fetch(ctx, id)
	if err != nil {
		return nil, err
	}
	return body[seal.HeaderSize:], nil
}

func (n *near) Put(ctx context.Context, f seal.Frame, replaces *report.Proof) error {
	if err := n.failure("put"); err != nil {
		return err
	}
	err := n.Desk.Put(ctx, f, replaces)
	if lost := n.failure("put-lost"); lost != nil {
		return lost
	}
	return err
}

func (n *near) Reply(ctx context.Context, addr [32]byte, ct []byte, spare bool) error {
	err := n.Desk.Reply(ctx, addr, ct, spare)
	if lost := n.failure("reply"); lost != nil { // it arrived, and the answer was lost
		return lost
	}
	return err
}

func (n *near) Beat(ctx context.Context) error { return n.Desk.Beat(ctx, n.desk) }

// officer is one officer's program.
type officer struct {
	*casework.Work
	*house
	pool *near
}

func (h *house) officer(desk string) *officer {
	h.t.Helper()
	pool := &near{Desk: h.desk, desk: desk, fail: map[string]error{}}
	w := must[*casework.Work](h.t)(casework.New(pool, []seal.Identity{h.keys[desk]}, h.now))
	w.Sit("sara", desk)
	w.Know(h.dir)
	return &officer{w, h, pool}
}

func (o *officer) fetch() []casework.Thread {
	o.t.Helper()
	if err := o.Fetch(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return o.Threads()
}

// only returns the one thread that there is.
func (o *officer) only() casework.Thread {
	o.t.Helper()
	list := o.Threads()
	if len(list) != 1 {
		o.t.Fatalf("%d threads, want one", len(list))
	}
	return list[0]
}

// rev is at which number the officer sees a thread.
func (o *officer) rev(key string) int {
	for _, th := range o.Threads() {
		if th.Key == key {
			return th.Rev
		}
	}
	return 0
}

func (o *officer) answer(key, text string, done bool) error {
	return o.Answer(o.t.Context(), key, o.rev(key), text, done)
}

func (o *officer) change(key string, ch casework.Change) error {
	ch.Rev = o.rev(key)
	return o.Note(o.t.Context(), key, ch)
}

// reporter is who writes, with the code in hand.
type reporter struct {
	*house
	keys seal.Keys
	n    int
}

func (h *house) reporter() *reporter {
	return &reporter{house: h, keys: must[seal.Secret](h.t)(seal.NewSecret(rand.Reader)).Keys()}
}

// write drops what the reporter writes next to a desk.
func (r *reporter) write(desk string, change func(*seal.Report)) {
	r.t.Helper()
	id, del, capability := r.keys.Drop(r.n)
	x := seal.Report{
		V: 1, Kind: seal.KindReport, Desk: desk, Epoch: "2026Q4", Day: r.now().Format(time.DateOnly), Thread: r.keys.Thread,
		Cap: capability[:], Reply: r.keys.ReplyTo(), Hashes: []seal.FileHash{},
	}
	if r.n > 0 {
		x.Kind = seal.KindFollow
	}
	r.n++
	if change != nil {
		change(&x)
	}
	r.drop(x, id, capability, del)
}

// drop seals and drops anything to a desk.
func (h *house) drop(x seal.Report, id [16]byte, capability, del [32]byte) {
	h.t.Helper()
	second := must[seal.Recipient](h.t)(seal.ThrowAway())
	if x.Flags.National {
		second = h.keys["national"].Recipient()
	}
	body := must[[]byte](h.t)(seal.Seal(x, h.keys[x.Desk].Recipient(), second))
	f := seal.NewFrame(id, capability, del, body)
	f.Nonce = seal.Work(body, 4)
	if status := must[seal.Status](h.t)(h.drops.Submit(h.t.Context(), f, 4)); status != seal.Stored {
		h.t.Fatalf("the drop was %s", status)
	}
}

// withdraw takes back everything that was not taken.
func (r *reporter) withdraw() {
	r.t.Helper()
	var pairs []report.Pair
	for n := range r.n {
		id, del, _ := r.keys.Drop(n)
		pairs = append(pairs, report.Pair{ID: id, Del: del})
	}
	if err := r.drops.Withdraw(r.t.Context(), pairs); err != nil {
		r.t.Fatal(err)
	}
}

// mail returns what the reporter finds, as "state text" in order of arrival;
// unverified ones begin with a question mark.
func (r *reporter) mail() string {
	r.t.Helper()
	slots := must[[seal.Slots][]byte](r.t)(r.drops.Mailbox(r.t.Context(), r.keys.MboxKey))
	var out []string
	for _, ct := range slots {
		reply, verified, err := seal.OpenReply(ct, r.keys)
		if err != nil {
			continue
		}
		line := strings.TrimSpace(reply.Desk + " " + reply.State + " " + reply.Text)
		if !verified {
			line = "?" + line
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// pool returns how many blobs there are.
func (h *house) pool() int {
	h.t.Helper()
	return len(must[[][16]byte](h.t)(h.desk.IDs(h.t.Context())))
}

func text(s string) func(*seal.Report) { return func(r *seal.Report) { r.F.Text = s } }
