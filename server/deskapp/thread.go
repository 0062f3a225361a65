package deskapp

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/fault"
	"hisn/server/seal"
)

// tap is what the reporter tapped in one question.
type tap struct {
	Field   string
	Choices []string
}

// words is what the reporter typed in one field, ready to be shown.
type words struct {
	Field  string
	Pieces []casework.Piece
}

// file is the fingerprint of a file that the reporter keeps.
type file struct {
	SHA256, Mime string
	Size         int
}

// said is one message of a thread, ready to be shown.
type said struct {
	Reporter bool
	Claimed  bool
	Kind     string // report, follow; answered, moved, closed
	Day      time.Time
	Taps     []tap
	Words    []words
	Files    []file
	Text     []casework.Piece // of the desk
}

// threadScreen is one thread.
type threadScreen struct {
	screen
	N           int
	Rev         int
	State       string
	Waits       bool
	Days        int
	Since       time.Time
	Danger      []string
	Binding     []string // what binds the desk, by message under desk.must
	Messages    []said
	CanReply    bool
	CanMove     bool
	Claimed     bool
	Moved       bool
	Expiring    bool
	Kept        bool
	Labels      []label
	Note        string
	NoteShown   []casework.Piece
	Assignee    string
	Mine        bool
	Muted       bool
	NoteClaimed bool // the note is another desk's
	Restored    bool // the form holds what was typed before
	Stored      bool // and something else is stored
}

// label is one label that can be put on a thread.
type label struct {
	ID string
	On bool
}

// open notes that the officer opens a thread, tells the reporter, and shows it.
func (a *App) open(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil {
		return err
	}
	told, err := a.work.Open(c.Request().Context(), t.Key)
	switch {
	case err != nil && (fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.NotFound):
		return a.refuse(c, l, fault.New(fault.NotFound, nil), "/list")
	case err != nil:
		return a.refuse(c, l, err, "/list")
	case told:
		return a.done(c, l, "told", at(t, ""))
	}
	return a.to(c, l, at(t, ""))
}

func (a *App) threadPage(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	if t.Unopened { // it is opened by a form: looking alone changes nothing
		return a.to(c, l, "/list")
	}
	s := a.threadScreen(l, at(t, ""), "desk.thread.title", t)
	s.help("thread")
	s.Typed = true
	return a.render(c, "thread", s)
}

// printPage is the thread for paper.
func (a *App) printPage(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil || t.Unopened {
		return a.to(c, l, "/list")
	}
	s := a.threadScreen(l, at(t, "/print"), "desk.thread.title", t)
	a.lockLater(c, s.screen)
	return a.render(c, "print", s)
}

func (a *App) threadScreen(l locales.Lang, path, title string, t casework.Thread) threadScreen {
	now := a.deps.Now()
	s := threadScreen{
		screen: a.screen(l, path, title), N: t.N, Rev: t.Rev, State: t.State, Waits: t.Waits() && !t.Done(), Danger: t.Taps("danger"),
		Binding: binding(t), CanReply: t.Reply != nil, CanMove: t.MayMove() && len(a.work.Targets()) > 0, Claimed: t.Claimed,
		Moved: t.Moved, Expiring: t.Expiring(now), Kept: t.Kept, Note: t.Note, NoteShown: casework.Shown(t.Note), Assignee: casework.Plain(t.Assignee), Muted: t.Muted,
		Mine: t.Assignee != "" && t.Assignee == a.work.Officer(), NoteClaimed: !t.Kept && t.Note != "",
	}
	s.Since, s.Days = days(t.Since(), now)
	for _, m := range t.Messages {
		s.Messages = append(s.Messages, show(m, now))
	}
	on := t.Labels
	if s.NoteClaimed {
		s.Note = casework.Plain(t.Note)
	}
	if d := a.draft(t, "note"); d != nil {
		s.Restored, on = true, d["label"]
		s.Note, s.Assignee, s.Muted = first(d["note"]), first(d["assignee"]), len(d["muted"]) > 0
		s.Stored = t.Note != "" && s.Note != t.Note
	}
	for _, id := range casework.Labels() {
		s.Labels = append(s.Labels, label{id, slices.Contains(on, id)})
	}
	return s
}

// binding lists what the reporter's wishes and permissions mean for the desk,
// the strictest first.
func binding(t casework.Thread) []string {
	var out []string
	add := func(on bool, key string) {
		if on {
			out = append(out, key)
		}
	}
	add(t.Flags.NoContact, "contact")
	add(t.Flags.NoLocal, "local")
	add(t.Flags.WomanOfficer, "woman")
	add(!t.MayMove(), "move")
	add(t.Flags.MoveOK, "moveok")
	add(!t.Flags.MoveOK && t.Mortal(), "movelife")
	add(t.Flags.National, "national")
	add(t.Reply == nil, "mailbox")
	return out
}

func show(m casework.Message, now time.Time) said {
	day, _ := days(m.Day, now)
	s := said{Reporter: m.From == "reporter", Claimed: m.Claimed, Kind: m.State, Day: day}
	if m.Report == nil {
		s.Text = casework.Shown(m.Text)
		if s.Reporter { // no program of ours writes such a one
			s.Kind = string(seal.KindFollow)
		} else if !slices.Contains(seal.States(), s.Kind) {
			s.Kind = casework.StateAnswered
		}
		return s
	}
	s.Kind = string(seal.KindReport)
	if m.Report.Kind == seal.KindFollow {
		s.Kind = string(seal.KindFollow)
	}
	f := m.Report.F
	for _, t := range []tap{
		{"about", []string{f.About}}, {"what", f.What}, {"want", f.Want}, {"who", []string{f.Who}}, {"where", f.Where},
		{"since", []string{f.Since}}, {"paid", []string{f.Paid}}, {"shared", []string{f.Shared}}, {"danger", f.Danger}, {"age", []string{f.Age}},
	} {
		t.Choices = slices.DeleteFunc(slices.Clone(t.Choices), func(id string) bool { return id == "" })
		if len(t.Choices) > 0 {
			s.Taps = append(s.Taps, t)
		}
	}
	for _, w := range []struct{ field, text string }{{"text", f.Text}, {"handles", f.Handles}, {"reach", f.Reach}, {"when", f.When}} {
		if w.text != "" {
			s.Words = append(s.Words, words{w.field, casework.Shown(w.text)})
		}
	}
	for _, h := range m.Report.Hashes {
		s.Files = append(s.Files, file{h.SHA256, h.Mime, int(h.Size)})
	}
	return s
}

// note stores labels, notes, who works on it, and whether it is put aside.
func (a *App) note(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	form := formOf(c)
	ch := casework.Change{Rev: rev(form), Labels: form["label"], Note: form.Get("note"), Assignee: form.Get("assignee"), Muted: form.Has("muted")}
	switch form.Get("step") {
	case "mine":
		ch.Assignee = a.work.Officer()
	case "reopen":
		ch.State = casework.StateOpen
	}
	a.save(t, "note", form)
	if err := a.work.Note(c.Request().Context(), t.Key, ch); err != nil {
		return a.refuse(c, l, err, at(t, ""))
	}
	a.drop(t, "note")
	return a.done(c, l, "noted", at(t, ""))
}

// rev reads at which number of its case a page showed a thread.
func rev(form url.Values) int {
	n, err := strconv.Atoi(form.Get("rev"))
	if err != nil {
		return -1 // no thread stands there
	}
	return n
}

// keep stores what was typed and ends the session: the page does so by itself
// when nobody has touched it for a while.
func (a *App) keep(c echo.Context, l locales.Lang) error {
	form := formOf(c)
	a.mu.Lock()
	defer a.mu.Unlock()
	address := form.Get("at")
	if p, ok := a.place(address); ok {
		a.drafts[p] = draft(form)
		a.back = strings.TrimSuffix(address, "/note")
		a.flash = &flash{Key: "kept"}
	}
	a.endLocked()
	return a.to(c, l, "/in")
}

// save keeps what was typed until it has been sent.
func (a *App) save(t casework.Thread, page string, form map[string][]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drafts[t.Key+"/"+page] = draft(form)
}

func (a *App) drop(t casework.Thread, page string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.drafts, t.Key+"/"+page)
}

func (a *App) draft(t casework.Thread, page string) draft {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.drafts[t.Key+"/"+page]
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
