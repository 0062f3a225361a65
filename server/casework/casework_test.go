package casework_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"hisn/server/casework"
	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/seal"
)

func TestWork_aReportIsFoundAnsweredAndClosed(t *testing.T) {
	t.Parallel()
	h := build(t)
	r, other := h.reporter(), h.reporter()
	r.write("IQ-BG", text("He wants money."))
	other.write("IQ-SU", text("for another desk"))
	o := h.officer("IQ-BG")
	o.fetch()
	th := o.only()
	if th.State != "new" || !th.Unopened || !th.Waits() || th.Kept || th.Reports()[0].F.Text != "He wants money." {
		t.Errorf("the thread is %+v", th)
	}
	if told, err := o.Open(t.Context(), th.Key); err != nil || !told {
		t.Errorf("opening: %t, %v", told, err)
	}
	if told, err := o.Open(t.Context(), th.Key); err != nil || told {
		t.Errorf("opening again: %t, %v", told, err)
	}
	if got := r.mail(); got != "IQ-BG opened" {
		t.Errorf("the mailbox holds %q", got)
	}
	if h.pool() != 2 || o.only().State != "open" {
		t.Errorf("%d blobs, state %s: reading stores nothing", h.pool(), o.only().State)
	}
	if err := o.answer(th.Key, "We are reading.", false); err != nil {
		t.Fatal(err)
	}
	if got := r.mail(); got != "IQ-BG opened; IQ-BG answered We are reading." {
		t.Errorf("the mailbox holds %q", got)
	}
	th = o.only()
	if th.State != "answered" || th.Waits() || !th.Kept || len(th.Messages) != 2 || h.pool() != 2 {
		t.Errorf("after the answer: %+v, %d blobs", th, h.pool())
	}
	// A colleague, and the same officer tomorrow, find all of it.
	colleague := h.officer("IQ-BG")
	colleague.fetch()
	if th := colleague.only(); th.State != "answered" || th.Unopened || len(th.Messages) != 2 || th.Messages[1].Claimed {
		t.Errorf("the colleague sees %+v", th)
	}
	r.write("IQ-BG", text("Thank you. One thing more."))
	colleague.fetch()
	if th := colleague.only(); !th.Unopened || !th.Waits() || len(th.Messages) != 3 {
		t.Errorf("after the follow-up: %+v", th)
	}
	if err := colleague.answer(th.Key, "", true); err != nil {
		t.Fatal(err)
	}
	if th := colleague.only(); th.State != "closed" || !th.Done() || h.pool() != 2 {
		t.Errorf("after closing: %+v, %d blobs", th, h.pool())
	}
	if got := r.mail(); !strings.HasSuffix(got, "IQ-BG closed") || strings.Contains(got, "?") {
		t.Errorf("the mailbox holds %q", got)
	}
}

func TestFetch_triesEveryBlobOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	for range 5 {
		h.reporter().write("IQ-SU", nil)
	}
	h.reporter().write("IQ-BG", nil)
	o := h.officer("IQ-BG")
	o.fetch()
	if p := o.Progress(); p.Of != 6 || p.Tried != 6 || p.Found != 1 || p.Running || p.Err != nil {
		t.Errorf("progress %+v", p)
	}
	h.reporter().write("IQ-SU", nil)
	o.fetch()
	if o.pool.tried != 7 {
		t.Errorf("%d headers were fetched, want 7", o.pool.tried)
	}
	if staffed := must[map[string]bool](t)(h.drops.Staffed(t.Context(), h.now())); !staffed["IQ-BG"] {
		t.Error("the desk did not say that it looked")
	}
	o.Forget()
	if len(o.Threads()) != 0 {
		t.Error("threads are left after forgetting")
	}
}

func TestNote_aColleagueWasFaster(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", text("x"))
	a, b := h.officer("IQ-BG"), h.officer("IQ-BG")
	a.fetch()
	b.fetch()
	if err := a.change(a.only().Key, casework.Change{Note: "of a", Labels: []string{"urgent", "nonsense"}}); err != nil {
		t.Fatal(err)
	}
	err := b.change(b.only().Key, casework.Change{Note: "of b"})
	if fault.KindOf(err) != fault.Conflict {
		t.Fatalf("the second note: %v", err)
	}
	if th := b.only(); th.Note != "of a" || !slices.Equal(th.Labels, []string{"urgent"}) {
		t.Errorf("after the conflict b sees %+v", th)
	}
	if err := b.change(b.only().Key, casework.Change{Note: "of b"}); err != nil {
		t.Error(err)
	}
	// An answer of a, who has not looked since, is refused before it is sent.
	if err := a.answer(a.only().Key, "twice", false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an answer to a changed thread: %v", err)
	}
	if got := r.mail(); got != "" {
		t.Errorf("the mailbox holds %q", got)
	}
	if h.pool() != 1 || a.only().Note != "of b" {
		t.Errorf("%d blobs, note %q", h.pool(), a.only().Note)
	}
}

func TestAnswer_isNeitherLostNorSentTwice(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", text("x"))
	o := h.officer("IQ-BG")
	o.fetch()
	key := o.only().Key
	// The answer arrives, and the network loses what the server says to it.
	o.pool.fail["reply"] = fault.New(fault.Unavailable, nil)
	if err := o.answer(key, "Hello.", false); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("a lost answer: %v", err)
	}
	// It arrives again, and then noting it fails.
	o.pool.fail["put"] = fault.New(fault.Unavailable, nil)
	if err := o.answer(key, "Hello.", false); !errors.Is(err, casework.ErrUnnoted) {
		t.Fatalf("an answer that could not be noted: %v", err)
	}
	if got := r.mail(); got != "IQ-BG answered Hello." {
		t.Errorf("the mailbox holds %q", got)
	}
	if n := len(o.only().Messages); n != 2 {
		t.Errorf("%d messages are shown, want 2", n)
	}
	if err := o.change(key, casework.Change{Note: "n"}); err != nil {
		t.Fatal(err)
	}
	// Noting it arrives, and the network loses that.
	o.pool.fail["put-lost"] = fault.New(fault.Unavailable, nil)
	if err := o.answer(key, "Again.", false); !errors.Is(err, casework.ErrUnnoted) {
		t.Fatalf("an answer whose noting was lost: %v", err)
	}
	o.fetch()
	if err := o.answer(key, "Again.", false); err != nil { // the officer means it
		t.Fatal(err)
	}
	b := h.officer("IQ-BG")
	b.fetch()
	var said []string
	for _, m := range b.only().Messages {
		said = append(said, m.Text)
	}
	if got := strings.Join(said, "|"); got != "|Hello.|Again.|Again." {
		t.Errorf("the colleague sees %q", got)
	}
}

func TestAnswer_aFullMailboxAndNone(t *testing.T) {
	t.Parallel()
	h := build(t)
	r, silent := h.reporter(), h.reporter()
	r.write("IQ-BG", text("x"))
	silent.write("IQ-BG", func(x *seal.Report) { x.Reply = nil })
	o := h.officer("IQ-BG")
	o.fetch()
	for i := range seal.Slots {
		if err := o.answer(r.keys.Thread, strings.Repeat("a", i+1), false); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.answer(r.keys.Thread, "one too many", false); !errors.Is(err, casework.ErrFull) {
		t.Errorf("a full mailbox: %v", err)
	}
	if told, err := o.Open(t.Context(), silent.keys.Thread); told || err != nil {
		t.Errorf("opening without a mailbox: %t, %v", told, err)
	}
	if err := o.answer(silent.keys.Thread, "x", false); !errors.Is(err, casework.ErrNoMailbox) {
		t.Errorf("answering without a mailbox: %v", err)
	}
	if err := o.answer(silent.keys.Thread, "", true); err != nil {
		t.Errorf("closing without a mailbox: %v", err)
	}
}

func TestOpen_aWithdrawnReportIsGone(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", text("x"))
	o := h.officer("IQ-BG")
	o.fetch()
	r.withdraw()
	if _, err := o.Open(t.Context(), r.keys.Thread); fault.KindOf(err) != fault.Conflict || len(o.Threads()) != 0 {
		t.Errorf("opening: %v, %d threads", err, len(o.Threads()))
	}
}

func TestMove_takesTheWholeThreadAlong(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", func(x *seal.Report) { x.F.Text, x.Flags.MoveOK = "first", true })
	a := h.officer("IQ-BG")
	a.fetch()
	if err := a.answer(r.keys.Thread, "Hello.", false); err != nil {
		t.Fatal(err)
	}
	r.write("IQ-BG", text("second"))
	a.fetch()
	if told, err := a.Move(t.Context(), r.keys.Thread, "IQ-SU", "closer to home"); err != nil || !told {
		t.Fatalf("moving: %t, %v", told, err)
	}
	if len(a.Threads()) != 0 || h.pool() != 1 {
		t.Errorf("%d threads and %d blobs are left", len(a.Threads()), h.pool())
	}
	a.fetch()
	if len(a.Threads()) != 0 {
		t.Error("the first desk can still open it")
	}
	if got := r.mail(); got != "IQ-BG answered Hello.; IQ-SU moved" {
		t.Errorf("the mailbox holds %q", got)
	}
	b := h.officer("IQ-SU")
	b.fetch()
	th := b.only()
	var said []string
	for _, m := range th.Messages {
		if m.Report != nil {
			said = append(said, m.Report.F.Text)
			continue
		}
		said = append(said, m.Text)
		if !m.Claimed {
			t.Error("words of another desk pass for proven")
		}
	}
	slices.Sort(said)
	if got := strings.Join(said, "|"); got != "Hello.|IQ-BG: closer to home|first|second" || !th.Moved || !th.Claimed || !th.Waits() {
		t.Errorf("the other desk sees %q, %+v", got, th)
	}
	if told, err := b.Open(t.Context(), th.Key); err != nil || !told {
		t.Errorf("the other desk opens it: %t, %v", told, err)
	}
	if err := b.answer(th.Key, "Here we are.", false); err != nil {
		t.Fatal(err)
	}
	if got := r.mail(); !strings.Contains(got, "IQ-SU answered Here we are.") || strings.Contains(got, "?") {
		t.Errorf("the mailbox holds %q", got)
	}
}

func TestMove_onlyWhatIsAllowed(t *testing.T) {
	t.Parallel()
	h := build(t)
	plain, mortal := h.reporter(), h.reporter()
	plain.write("IQ-BG", func(x *seal.Report) { x.F.Danger = []string{"home"} })
	mortal.write("IQ-BG", func(x *seal.Report) { x.F.Danger = []string{"life"} })
	o := h.officer("IQ-BG")
	o.fetch()
	for _, tc := range []struct {
		r            *reporter
		desk, reason string
		want         error
	}{
		{plain, "IQ-SU", "a reason", casework.ErrNotAllowed},
		{mortal, "IQ-SU", " ", casework.ErrNotAllowed},
		{mortal, "IQ-BG", "to itself", casework.ErrDirectory},
		{mortal, "IQ-XX", "to nobody", casework.ErrDirectory},
		{mortal, "IQ-SU", "fears for life", nil},
	} {
		if _, err := o.Move(t.Context(), tc.r.keys.Thread, tc.desk, tc.reason); !errors.Is(err, tc.want) {
			t.Errorf("to %s for %q: %v, want %v", tc.desk, tc.reason, err, tc.want)
		}
	}
}

func TestNational_readsOnlyWhatWasAllowed(t *testing.T) {
	t.Parallel()
	h := build(t)
	r, private := h.reporter(), h.reporter()
	r.write("IQ-BG", func(x *seal.Report) { x.Flags.National = true })
	private.write("IQ-BG", nil)
	o, unit := h.officer("IQ-BG"), h.officer("national")
	o.fetch()
	unit.fetch()
	if th := unit.only(); th.Key != r.keys.Thread {
		t.Error("the national unit sees another thread")
	}
	// What the desk notes stays readable for the unit, and the other way round.
	if err := o.answer(r.keys.Thread, "From the desk.", false); err != nil {
		t.Fatal(err)
	}
	unit.fetch()
	if th := unit.only(); len(th.Messages) != 2 || !th.Claimed || !th.Waits() {
		t.Errorf("the unit sees %+v", th)
	}
	if err := unit.answer(r.keys.Thread, "From the unit.", false); err != nil {
		t.Fatal(err)
	}
	o.fetch()
	if len(o.Threads()) != 2 {
		t.Errorf("the desk has %d threads, want 2", len(o.Threads()))
	}
	// Without the directory the desk cannot seal to the unit, and stores nothing.
	o.Know(nil)
	if err := o.change(r.keys.Thread, casework.Change{Note: "x"}); !errors.Is(err, casework.ErrDirectory) {
		t.Errorf("without a directory: %v", err)
	}
	if err := o.change(private.keys.Thread, casework.Change{Note: "x"}); err != nil {
		t.Errorf("without a directory and need of one: %v", err)
	}
}

// TestRecipients_notOfAClosedDesk: the key of a desk that takes no reports may
// be in other hands, so that nothing new is sealed to it.
func TestRecipients_notOfAClosedDesk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ closed, writes string }{{"national", "IQ-BG"}, {"IQ-BG", "national"}} {
		h := build(t)
		r := h.reporter()
		r.write("IQ-BG", func(x *seal.Report) { x.Flags.National = true })
		o, lost := h.officer(c.writes), h.officer(c.closed)
		o.fetch()
		for i := range h.dir.Desks {
			if h.dir.Desks[i].ID == c.closed {
				h.dir.Desks[i].Status = desks.HotlineOnly
			}
		}
		if err := o.Note(t.Context(), r.keys.Thread, casework.Change{State: "open", Note: "new words"}); err != nil {
			t.Errorf("%s writes: %v", c.writes, err)
		}
		for _, th := range lost.fetch() {
			if th.Note == "new words" {
				t.Errorf("the key of %s opens what was sealed after it was closed", c.closed)
			}
		}
	}
}

func TestCase_aStrangersIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", text("real"))
	o := h.officer("IQ-BG")
	o.fetch()
	if err := o.change(r.keys.Thread, casework.Change{State: "open", Note: "ours"}); err != nil {
		t.Fatal(err)
	}
	// Whoever knows the public key, and even the thread, makes a case of it.
	forged := seal.Report{
		V: 1, Kind: seal.KindCase, Desk: "IQ-BG", Epoch: "2026Q4", Day: "2026-11-23", Thread: r.keys.Thread, Cap: make([]byte, 32),
		Hashes: []seal.FileHash{}, Case: &seal.Case{
			State: "closed", Of: r.keys.Thread, Muted: true, Note: "pay him", Rev: 99,
			Messages: []seal.Message{{From: "desk", Day: "2026-11-23", State: "answered", Text: "Settled."}},
		},
	}
	var id [16]byte
	var capability, del [32]byte
	_, _ = rand.Read(id[:])
	_, _ = rand.Read(capability[:])
	forged.Cap = capability[:]
	h.drop(forged, id, capability, del)
	o.fetch()
	th := o.only()
	if th.State != "open" || th.Muted || th.Note != "ours" || th.Done() || !th.Waits() || !th.Claimed {
		t.Errorf("a forged case is believed: %+v", th)
	}
	for _, m := range th.Messages {
		if m.Text == "Settled." && !m.Claimed {
			t.Error("forged words pass for the desk's")
		}
	}
}

func TestSave_neverShortensTheReporter(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	long := strings.Repeat("ب", seal.MaxText/2)
	o := h.officer("IQ-BG")
	for range 4 {
		r.write("IQ-BG", func(x *seal.Report) { x.F.Text, x.F.Handles = long, strings.Repeat("h", seal.MaxHandles) })
		o.fetch()
		if err := o.answer(r.keys.Thread, strings.Repeat("ج", 400), false); err != nil {
			t.Fatal(err)
		}
		r.mail() // read, so that the next answer has room
	}
	b := h.officer("IQ-BG")
	b.fetch()
	th := b.only()
	if n := len(th.Reports()); n != 4 || len(th.Messages) < 5 {
		t.Fatalf("%d reports in %d messages", n, len(th.Messages))
	}
	for _, x := range th.Reports() {
		if x.F.Text != long || len(x.F.Handles) != seal.MaxHandles {
			t.Error("the reporter's words were shortened")
		}
	}
	if th.State != "answered" || th.Waits() {
		t.Errorf("state %s, waits %t", th.State, th.Waits())
	}
	// Once more: what lies in parts stays there and is not doubled.
	before := h.pool()
	if err := b.change(th.Key, casework.Change{Note: "n", State: "open"}); err != nil {
		t.Fatal(err)
	}
	if h.pool() != before {
		t.Errorf("%d blobs, were %d", h.pool(), before)
	}
}

func TestFetch_sealsOldCasesAgain(t *testing.T) {
	t.Parallel()
	h := build(t)
	open, done := h.reporter(), h.reporter()
	open.write("IQ-BG", text("a"))
	done.write("IQ-BG", text("b"))
	o := h.officer("IQ-BG")
	o.fetch()
	if err := o.change(open.keys.Thread, casework.Change{Note: "kept"}); err != nil {
		t.Fatal(err)
	}
	if err := o.answer(done.keys.Thread, "", true); err != nil {
		t.Fatal(err)
	}
	ids := func() map[[16]byte]bool {
		out := map[[16]byte]bool{}
		for _, id := range must[[][16]byte](t)(h.desk.IDs(t.Context())) {
			out[id] = true
		}
		return out
	}
	before := ids()
	h.pass(59)
	o.fetch()
	if len(ids()) != 2 {
		t.Fatalf("%d blobs", len(ids()))
	}
	for id := range ids() {
		if !before[id] {
			t.Error("a case was sealed again too early")
		}
	}
	h.pass(2)
	o.fetch()
	fresh := 0
	for id := range ids() {
		if !before[id] {
			fresh++
		}
	}
	if fresh != 1 || len(ids()) != 2 {
		t.Errorf("%d of %d blobs are fresh, want 1 of 2: the closed case may go", fresh, len(ids()))
	}
	for _, th := range o.Threads() {
		if th.Key == open.keys.Thread && (th.Note != "kept" || !th.Kept) {
			t.Errorf("the case is %+v", th)
		}
	}
}

func TestFetch_endsWithTheSession(t *testing.T) {
	t.Parallel()
	h := build(t)
	for range 3 {
		h.reporter().write("IQ-BG", nil)
	}
	w := must[*casework.Work](t)(casework.New(over{&near{Desk: h.desk}}, []seal.Identity{h.keys["IQ-BG"]}, h.now))
	if err := w.Fetch(t.Context()); fault.KindOf(err) != fault.Unauthorized {
		t.Errorf("fetching without a session: %v", err)
	}
	if p := w.Progress(); p.Running || fault.KindOf(p.Err) != fault.Unauthorized {
		t.Errorf("progress %+v", p)
	}
}

// over is a pool whose session ends after the list.
type over struct{ *near }

func (over) Header(context.Context, [16]byte) ([]byte, error) {
	return nil, fault.New(fault.Unauthorized, nil)
}

func TestThreads_order(t *testing.T) {
	t.Parallel()
	h := build(t)
	var names []string
	add := func(name string, danger ...string) *reporter {
		r := h.reporter()
		r.write("IQ-BG", func(x *seal.Report) { x.F.Text, x.F.Danger = name, danger })
		names = append(names, name)
		return r
	}
	closed := add("closed", "life")
	answered := add("answered")
	add("older")
	h.pass(1)
	add("newer")
	add("home", "home")
	add("life", "life")
	o := h.officer("IQ-BG")
	o.fetch()
	if err := o.answer(closed.keys.Thread, "", true); err != nil {
		t.Fatal(err)
	}
	if err := o.answer(answered.keys.Thread, "x", false); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, th := range o.Threads() {
		got = append(got, th.Reports()[0].F.Text)
	}
	if s := strings.Join(got, " "); s != "life home older newer answered closed" {
		t.Errorf("the order is %q", s)
	}
}

func TestExport_opensForItsRecipientOnly(t *testing.T) {
	t.Parallel()
	h := build(t)
	r := h.reporter()
	r.write("IQ-BG", func(x *seal.Report) {
		x.F.Text, x.F.Handles, x.F.Reach = "=HYPERLINK(\"http://x\")", "@boy", "-1+1"
	})
	o := h.officer("IQ-BG")
	o.fetch()
	var out bytes.Buffer
	if err := casework.Export(&out, o.Threads(), h.keys["IQ-SU"].Recipient()); err != nil {
		t.Fatal(err)
	}
	files := unpack(t, out.Bytes(), h.keys["IQ-SU"])
	for _, want := range []string{`"'=HYPERLINK(""hxxp://x"")"`, ",'@boy,", ",'-1+1,"} {
		if !strings.Contains(files["1.csv"], want) {
			t.Errorf("the table lacks %s:\n%s", want, files["1.csv"])
		}
	}
	if !strings.Contains(files["1.json"], `"handles": "@boy"`) {
		t.Errorf("the data is\n%s", files["1.json"])
	}
	for name, file := range files {
		for what, never := range map[string]string{"the mailbox": r.keys.ReplyTo().Mbox, "the thread": r.keys.Thread, "a key": "age1"} {
			if strings.Contains(file, never) {
				t.Errorf("%s holds %s", name, what)
			}
		}
	}
}
