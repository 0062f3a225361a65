package deskapp_test

import (
	"strings"
	"testing"
	"time"

	"hisn/server/deskapp/deskapptest"
	"hisn/server/seal"
)

func TestApp_fromADropToAnAnswerThatIsVerified(t *testing.T) {
	t.Parallel()
	var r *deskapptest.Reporter
	h, b := atWork(t, func(h *deskapptest.House) {
		r = h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) {
			x.F.Text, x.F.Danger, x.F.What, x.F.Age = "He threatens me.", []string{"life"}, []string{"picture"}, "under18"
			x.Flags.NoLocal, x.Flags.NoContact = true, true
		})
		h.Reporter().Write("IQ-BA", nil)
	})
	if b.path() != "/list" {
		t.Fatalf("after signing in at %s", b.path())
	}
	b.says("A real picture or video", "Afraid for life", "Under 18", "New", "No contact", "One is waiting")
	// Looking alone changes nothing: an unopened thread is opened by a form.
	b.to("/t/1")
	if b.path() != "/list" || len(r.Mail()) != 0 {
		t.Errorf("looking led to %s and the mailbox holds %q", b.path(), r.Mail())
	}
	b.post("/t/1/open")
	b.says("He threatens me.", "The reporter can now see that an officer has opened it.", "Do not contact.", "Do not pass it to the local police station.")
	if got := strings.Join(r.Mail(), "|"); got != "IQ-BG opened" {
		t.Errorf("the mailbox holds %q", got)
	}
	b.to("/t/1/reply")
	b.says("Never ask for a picture, a password, a code or money.", "We have opened a case")
	b.post("/t/1/reply", "text", "", "to", "ckb", "step", "use:case")
	b.says("کەیسێکمان بۆ ئەمە کردەوە")
	b.post("/t/1/reply", "text", "We are here for you.", "to", "en", "step", "send")
	b.says("The answer is locked and lies in the mailbox.", "We are here for you.", "Answered")
	if got := strings.Join(r.Mail(), "|"); got != "IQ-BG opened|IQ-BG answered We are here for you." {
		t.Errorf("the mailbox holds %q", got)
	}
	r.Write("IQ-BG", func(x *seal.Report) { x.F.Text = "Thank you." })
	b.post("/fetch")
	b.fetched()
	b.says("New words")
	b.post("/t/1/open")
	b.says("Thank you.", "Written later")
	b.post("/t/1/reply", "text", "", "to", "en", "step", "close")
	b.says("The case is closed.")
	if got := r.Mail(); got[len(got)-1] != "IQ-BG closed" {
		t.Errorf("the mailbox holds %q", got)
	}
	b.to("/list")
	b.says("Nothing fits.", "One more is hidden by the filter.")
	staffed, err := h.Drops.Staffed(t.Context(), h.Now())
	if err != nil || !staffed["IQ-BG"] {
		t.Errorf("staffed: %v, %v", staffed, err)
	}
}

func TestApp_neverAsksWithoutASecondLook(t *testing.T) {
	t.Parallel()
	var r *deskapptest.Reporter
	_, b := atWork(t, func(h *deskapptest.House) {
		r = h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) { x.F.Text = "x" })
	})
	b.post("/t/1/open")
	ask := "Please send us the picture and your password."
	b.post("/t/1/reply", "text", ask, "to", "en", "step", "send")
	b.says("This seems to ask for what no officer may ask for:", "a picture or video", "a password", ask)
	if strings.Contains(strings.Join(r.Mail(), ""), "answered") {
		t.Fatal("it was sent")
	}
	seen := strings.Split(strings.Split(b.page, `name="seen" value="`)[1], `"`)[0]
	// The second look holds for the very words that were looked at.
	b.post("/t/1/reply", "text", "Send the code, too.", "to", "en", "step", "send", "confirm", "yes", "seen", seen)
	b.says("a code")
	b.post("/t/1/reply", "text", ask, "to", "en", "step", "send", "seen", seen)
	b.says("a password")
	b.post("/t/1/reply", "text", ask, "to", "en", "step", "send", "confirm", "yes", "seen", seen)
	b.says("The answer is locked")
	// Words that were read before go out as they are.
	b.post("/t/1/reply", "text", "", "to", "ar", "step", "use:do-not-pay")
	start := strings.Index(b.page, `<textarea id="text"`)
	typed := b.page[start:]
	typed = typed[strings.Index(typed, ">")+1 : strings.Index(typed, "</textarea>")]
	b.post("/t/1/reply", "text", typed, "to", "ar", "step", "send")
	b.says("The answer is locked")
	if got := r.Mail(); len(got) != 3 {
		t.Errorf("the mailbox holds %q", got)
	}
}

func TestApp_handsAThreadOver(t *testing.T) {
	t.Parallel()
	var free, asked *deskapptest.Reporter
	h, b := atWork(t, func(h *deskapptest.House) {
		free, asked = h.Reporter(), h.Reporter()
		free.Write("IQ-BG", func(x *seal.Report) {
			x.F.Text, x.Flags.MoveOK, x.Flags.NoLocal, x.F.Danger = "from Basra", true, true, []string{"meet"}
		})
		asked.Write("IQ-BG", func(x *seal.Report) { x.F.Text = "stay" })
	})
	b.post("/t/1/open")
	b.post("/t/2/open")
	first, second := "/t/1", "/t/2"
	if b.to("/t/1/move"); !strings.Contains(b.page, `name="desk"`) {
		first, second = second, first
	}
	b.to(second + "/move")
	b.says("The reporter has not allowed this.")
	b.post(second+"/move", "desk", "IQ-BA", "reason", "because")
	if len(asked.Mail()) != 1 {
		t.Errorf("handed over without being allowed: %q", asked.Mail())
	}
	b.to(first + "/move")
	b.says("Basra", "Women officers")
	b.post(first+"/move", "desk", "IQ-BA", "reason", "closer")
	b.says("not to the local police station", "It is right all the same.")
	b.post(first+"/move", "desk", "IQ-BA", "reason", "closer", "confirm", "yes")
	b.says("Passed on. The reporter was told.")
	if got := free.Mail(); got[len(got)-1] != "IQ-BA moved" {
		t.Errorf("the mailbox holds %q", got)
	}
	other := open(t, h.App(host, "en", h.KeyOf("IQ-BA")))
	other.enroll(h, h.Hire("omar", "IQ-BA"))
	other.says("From another desk")
	other.post("/t/1/open")
	other.says("from Basra", "IQ-BG: closer", "Passed on by another desk")
	if got := free.Mail(); got[len(got)-1] != "IQ-BA opened" {
		t.Errorf("the mailbox holds %q", got)
	}
}

func TestApp_aColleagueWasFaster(t *testing.T) {
	t.Parallel()
	h, a := atWork(t, func(h *deskapptest.House) {
		h.Reporter().Write("IQ-BG", func(x *seal.Report) { x.F.Text = "x" })
	})
	b := open(t, h.App(host, "en", h.KeyOf("IQ-BG")))
	b.enroll(h, h.Hire("omar", "IQ-BG"))
	a.post("/t/1/open")
	b.post("/t/1/open")
	a.post("/t/1/note", "note", "of sara", "label", "urgent", "step", "mine")
	a.says("Stored.", "of sara")
	b.post("/t/1/note", "note", "of omar")
	b.says("A colleague has changed this thread meanwhile.", "of omar", "What was typed is still here")
	b.to("/list")
	b.says("Urgent", "sara")
	b.to("/t/1")
	b.post("/t/1/note", "note", "of both", "assignee", "omar")
	b.says("Stored.", "of both")
	if strings.Contains(b.page, "is still here") {
		t.Error("the draft is shown again after it was stored")
	}
}

func TestApp_nothingTypedIsLostWithTheSession(t *testing.T) {
	t.Parallel()
	var r *deskapptest.Reporter
	h, b := atWork(t, func(h *deskapptest.House) {
		r = h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) { x.F.Text = "secret words" })
	})
	o := h.Hire("zana", "IQ-BG")
	b.post("/out")
	b.says("Signed out.")
	b.enroll(h, o)
	b.post("/t/1/open")
	b.to("/t/1/reply")
	page := b.page
	h.Pass(16 * time.Minute)
	b.to("/t/1")
	if b.path() != "/in" || strings.Contains(b.page, "secret words") {
		t.Fatalf("after a quarter of an hour at %s", b.path())
	}
	b.page = page
	b.post("/t/1/reply", "text", "A long answer.", "to", "en", "step", "send")
	if b.path() != "/in" {
		t.Fatalf("sending led to %s", b.path())
	}
	b.says("What was typed is still here, and has not been sent.")
	if strings.Contains(strings.Join(r.Mail(), ""), "answered") {
		t.Error("it was sent without a session")
	}
	b.post("/in", "login", o.Login, "password", o.Password)
	b.post("/code", "code", o.Code())
	if b.path() != "/t/1/reply" {
		t.Fatalf("signing in again leads to %s", b.path())
	}
	b.says("A long answer.")
	b.post("/t/1/reply", "text", "A long answer.", "to", "en", "step", "send")
	b.says("The answer is locked")
	// Another officer at the same machine finds nothing of it.
	b.to("/t/1/reply")
	b.post("/keep", "at", "/t/1/reply", "text", "half an")
	if b.path() != "/in" {
		t.Fatalf("keeping led to %s", b.path())
	}
	h.Pass(30 * time.Second)
	b.enroll(h, h.Hire("omar", "IQ-BG"))
	b.to("/t/1/reply")
	if strings.Contains(b.page, "half an") {
		t.Error("the draft of another officer is shown")
	}
}

func TestApp_whatASignInSaysWhenItFails(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, day)
	b := open(t, h.App(host, "en", h.KeyOf("IQ-BG")))
	o := h.Hire("sara", "IQ-BG")
	b.post("/in", "login", "sara", "password", "wrong wrong wrong")
	b.says("Login or password is wrong.")
	b.enroll(h, o)
	b.post("/out")
	b.post("/in", "login", "sara", "password", o.Password)
	b.post("/code", "code", "000 000")
	b.says("This code is wrong")
	b.to("/list")
	if b.path() != "/in" && b.path() != "/code" {
		t.Errorf("half signed in at %s", b.path())
	}
	b.to("/code")
	arabic := strings.Map(func(r rune) rune { return '٠' + r - '0' }, o.Code())
	b.post("/code", "code", arabic)
	b.fetched()
	b.says("Nothing is here for this desk.")
	b.to("/password")
	b.post("/password", "old", o.Password, "new", "short", "again", "short")
	b.says("too short or too common")
	b.post("/password", "old", o.Password, "new", "one", "again", "two")
	b.says("are not the same")
	b.post("/password", "old", "not this one at all", "new", "garlic window seven harbour mist", "again", "garlic window seven harbour mist")
	b.says("The present password is wrong.")
	b.post("/password", "old", o.Password, "new", "garlic window seven harbour mist", "again", "garlic window seven harbour mist")
	b.says("The password is changed.")
	h.Door.Close()
	b.post("/fetch")
	b.fetched()
	b.says("The server does not answer.")
}

func TestApp_aButtonPressedTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	var r *deskapptest.Reporter
	_, b := atWork(t, func(h *deskapptest.House) {
		r = h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) { x.F.Text = "x" })
	})
	b.post("/t/1/open")
	b.to("/t/1/reply")
	page, at := b.page, b.at
	for range 2 {
		b.page, b.at = page, at
		b.post("/t/1/reply", "text", "Once.", "to", "en", "step", "send")
		b.says("The answer is locked and lies in the mailbox.")
	}
	if got := strings.Join(r.Mail(), "|"); got != "IQ-BG opened|IQ-BG answered Once." {
		t.Errorf("the mailbox holds %q", got)
	}
	// Something else from the same old page is not sent: the thread has changed.
	b.page, b.at = page, at
	b.post("/t/1/reply", "text", "Something else.", "to", "en", "step", "send")
	b.says("A colleague has changed this thread meanwhile.", "Something else.")
	if len(r.Mail()) != 2 {
		t.Errorf("the mailbox holds %q", r.Mail())
	}
}

// TestApp_aForgedCaseBreaksNoPage shows a case that a stranger made up, with
// values that no program of ours writes.
func TestApp_aForgedCaseBreaksNoPage(t *testing.T) {
	t.Parallel()
	_, b := atWork(t, func(h *deskapptest.House) {
		h.Reporter().Write("IQ-BG", func(x *seal.Report) {
			inner := *x
			inner.Kind, inner.Cap = seal.KindCanary, make([]byte, 32)
			x.Kind, x.Case = seal.KindMove, &seal.Case{
				State: "closed", Of: x.Thread, Muted: true, Labels: []string{"<b>"}, Note: "\u202Enote", Assignee: "\u2066x", Rev: -7,
				Messages: []seal.Message{
					{From: "desk", Day: "9999-99-99", State: "nonsense", Text: "from a desk?"},
					{From: "reporter", Day: "", State: "answered", Text: "no report"},
					{From: "reporter", Day: "2026-11-23", State: "x", Report: &inner},
				},
			}
		})
	})
	b.says("From another desk", "New")
	b.post("/t/1/open")
	b.says("from a desk?", "Said to come from a desk. Nothing proves it.", "U+202E", "This note came with the thread")
	for _, path := range deskapptest.Pages() {
		if b.to(path); b.code != 200 {
			t.Errorf("%s answers %d", path, b.code)
		}
	}
}
