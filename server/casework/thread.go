package casework

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"hisn/server/seal"
)

// Message is one piece of a thread.
type Message struct {
	seal.Message
	// Claimed says that the words are said to be a desk's, and that only who
	// sealed the blob says so.
	Claimed bool
}

// Thread is everything that belongs to one reporter's code, put together from
// the blobs that are there. It is a copy; changing it changes nothing.
type Thread struct {
	Key      string // 32 hexadecimal digits
	N        int    // its number in this run of the program; says nothing
	State    string
	Labels   []string
	Note     string
	Assignee string
	Muted    bool
	Rev      int
	Desk     string // that the reporter chose
	Epoch    string
	Reply    *seal.ReplyTo
	Flags    seal.Flags
	Messages []Message // oldest first
	Claimed  bool      // a case of another desk, or that only calls itself one
	Moved    bool      // handed over by another desk
	Unopened bool      // holds words of the reporter that no officer opened, as far as can be known
	Kept     bool      // the desk keeps a case of it; else it goes when the report expires

	blobs []*blob // the one to replace first
}

func (b *blob) key() string {
	if b.report.Case != nil {
		return b.report.Case.Of
	}
	return b.report.Thread
}

// Threads returns all threads in the order in which they are worked on: done
// ones last, danger first, then those that wait for an answer, the longest wait
// first.
func (w *Work) Threads() []Thread {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string][]*blob{}
	for _, b := range w.blobs {
		all[b.key()] = append(all[b.key()], b)
	}
	out := make([]Thread, 0, len(all))
	for key, blobs := range all {
		out = append(out, w.join(key, blobs))
	}
	slices.SortFunc(out, order)
	for i := range out {
		if out[i].N == 0 {
			out[i].N = len(w.numbers) + 1
			w.numbers[out[i].Key] = out[i].N
		}
	}
	return out
}

func order(a, b Thread) int {
	return cmp.Or(
		number(a.Done())-number(b.Done()), b.Danger()-a.Danger(), number(b.Waits())-number(a.Waits()),
		cmp.Compare(a.Since(), b.Since()), cmp.Compare(a.Key, b.Key),
	)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Thread returns one thread by its number.
func (w *Work) Thread(n int) (Thread, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, m := range w.numbers {
		if m == n {
			t := w.build(key)
			return t, len(t.blobs) > 0
		}
	}
	return Thread{}, false
}

// byKey returns one thread; without blobs when there is none.
func (w *Work) byKey(key string) Thread {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.build(key)
}

// build puts a thread together. The caller holds mu.
func (w *Work) build(key string) Thread {
	var blobs []*blob
	for _, b := range w.blobs {
		if b.key() == key {
			blobs = append(blobs, b)
		}
	}
	return w.join(key, blobs)
}

// join puts a thread together from its blobs. The caller holds mu.
func (w *Work) join(key string, blobs []*blob) Thread {
	t := Thread{Key: key, State: StateNew, N: w.numbers[key], blobs: blobs}
	slices.SortFunc(t.blobs, rankBlobs)
	for _, b := range t.blobs {
		t.take(b)
	}
	for _, u := range w.unnoted[key] {
		if t.Rev <= u.rev || !t.holds(u.Message, len(t.Messages)) {
			t.Messages = append(t.Messages, Message{Message: u.Message})
		}
	}
	t.Messages = settle(t.Messages)
	slices.SortStableFunc(t.Messages, func(a, b Message) int { return cmp.Compare(a.Day, b.Day) })
	t.Unopened = slices.ContainsFunc(t.blobs, func(b *blob) bool { return !b.own && !w.acked[b.id] })
	if t.State == StateNew && !t.Unopened {
		t.State = StateOpen
	}
	return t
}

// rankBlobs puts the desk's own case first, the newest before older ones, then
// what calls itself a case, then reports in the order of their days.
func rankBlobs(a, b *blob) int {
	rank := func(x *blob) int {
		switch {
		case x.own:
			return 0
		case x.report.Case != nil:
			return 1
		case x.report.Kind == seal.KindReport:
			return 2
		}
		return 3
	}
	rev := func(x *blob) int {
		if x.report.Case == nil {
			return 0
		}
		return x.report.Case.Rev
	}
	return cmp.Or(rank(a)-rank(b), cmp.Compare(rev(b), rev(a)), cmp.Compare(a.report.Day, b.report.Day), bytes.Compare(a.id[:], b.id[:]))
}

// take adds what one blob says.
func (t *Thread) take(b *blob) {
	r := b.report
	t.wishes(r.Flags)
	if t.Reply == nil {
		t.Reply = r.Reply
	}
	if t.Desk == "" {
		t.Desk, t.Epoch = r.Desk, r.Epoch
	}
	c, before := r.Case, len(t.Messages)
	if c == nil {
		r.Reply = nil
		m := seal.Message{From: "reporter", Day: r.Day, State: string(r.Kind), Report: &r}
		if !t.holds(m, before) {
			t.Messages = append(t.Messages, Message{Message: m})
		}
		return
	}
	switch {
	case b.own && !t.Kept:
		t.Kept, t.State, t.Labels, t.Note = true, c.State, slices.Clone(c.Labels), c.Note
		t.Assignee, t.Muted, t.Rev = c.Assignee, c.Muted, c.Rev
	case !b.own:
		t.Claimed = true
		t.Moved = t.Moved || r.Kind == seal.KindMove
		if t.Note == "" && !t.Kept {
			t.Note = c.Note
		}
	}
	for _, m := range c.Messages {
		if m.Report != nil {
			t.wishes(m.Report.Flags)
		}
		if !t.holds(m, before) {
			t.Messages = append(t.Messages, Message{m, !b.own})
		}
	}
}

// wishes adds flags: a wish that was said once holds, and so does a permission.
func (t *Thread) wishes(f seal.Flags) {
	t.Flags.WomanOfficer = t.Flags.WomanOfficer || f.WomanOfficer
	t.Flags.NoLocal = t.Flags.NoLocal || f.NoLocal
	t.Flags.NoContact = t.Flags.NoContact || f.NoContact
	t.Flags.National = t.Flags.National || f.National
	t.Flags.MoveOK = t.Flags.MoveOK || f.MoveOK
}

// holds says whether a message is among the first n: the same words can lie in
// the pool and in a case. Within one blob the same words count every time.
func (t *Thread) holds(m seal.Message, n int) bool {
	return slices.ContainsFunc(t.Messages[:n], func(have Message) bool { return same(have.Message, m) })
}

func same(a, b seal.Message) bool {
	if a.Report != nil && b.Report != nil {
		return bytes.Equal(a.Report.Cap, b.Report.Cap)
	}
	return a.Report == nil && b.Report == nil && a.From == b.From && a.Day == b.Day && a.State == b.State && a.Text == b.Text
}

// Reports returns what the reporter wrote, oldest first.
func (t Thread) Reports() []*seal.Report {
	var out []*seal.Report
	for _, m := range t.Messages {
		if m.Report != nil {
			out = append(out, m.Report)
		}
	}
	return out
}

// Taps returns the choices of a field over all that the reporter wrote.
func (t Thread) Taps(field string) []string {
	said := map[string]bool{}
	for _, r := range t.Reports() {
		for _, id := range taps(r.F, field) {
			said[id] = true
		}
	}
	var out []string
	for _, id := range seal.Choices(field) {
		if said[id] {
			out = append(out, id)
		}
	}
	return out
}

func taps(f seal.Fields, field string) []string {
	switch field {
	case "about":
		return []string{f.About}
	case "what":
		return f.What
	case "want":
		return f.Want
	case "where":
		return f.Where
	case "danger":
		return f.Danger
	case "who":
		return []string{f.Who}
	case "since":
		return []string{f.Since}
	case "paid":
		return []string{f.Paid}
	case "shared":
		return []string{f.Shared}
	case "age":
		return []string{f.Age}
	}
	return nil
}

// Danger ranks what the reporter said about danger: 2 for life, 1 for the rest,
// 0 when nothing was said.
func (t Thread) Danger() int {
	said := t.Taps("danger")
	switch {
	case slices.Contains(said, "life"), slices.Contains(said, "self"):
		return 2
	case len(said) > 0:
		return 1
	}
	return 0
}

// Mortal says whether the reporter fears for a life: then a thread may be handed
// over without having been allowed to.
func (t Thread) Mortal() bool { return t.Danger() == 2 }

// Done says that nothing is left to do.
func (t Thread) Done() bool { return t.Muted || t.State == StateClosed && !t.Waits() }

// Waits says that the reporter wrote last.
func (t Thread) Waits() bool {
	for _, m := range slices.Backward(t.Messages) {
		if m.Claimed {
			continue
		}
		return m.From == "reporter"
	}
	return true
}

// Since is the day since which the thread waits: that of the first words of the
// reporter after the last answer; or, when none waits, the day of the last words.
func (t Thread) Since() string {
	since := ""
	for _, m := range slices.Backward(t.Messages) {
		if m.From != "reporter" && !m.Claimed {
			break
		}
		since = m.Day
	}
	if since == "" && len(t.Messages) > 0 {
		since = t.Messages[len(t.Messages)-1].Day
	}
	return since
}

// A report that nobody made a case of is deleted after 23 days at the earliest.
const soon = 18 * 24 * time.Hour

// Expiring says that the reporter's words will soon be deleted, because the
// desk keeps no case of them.
func (t Thread) Expiring(now time.Time) bool {
	if t.Kept || t.Claimed || len(t.Messages) == 0 {
		return false
	}
	day, err := time.Parse(time.DateOnly, t.Messages[0].Day)
	return err == nil && now.Sub(day) > soon
}
