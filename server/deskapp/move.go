package deskapp

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/desks"
	"hisn/server/seal"
)

// target is a desk to which a thread can be handed over.
type target struct {
	ID, Name, Hours string
	Women, Local    bool
	On              bool
}

// moveScreen hands a thread over.
type moveScreen struct {
	screen
	N        int
	Allowed  bool
	Freely   bool // the reporter allowed it; else a reason is needed
	Targets  []target
	Binding  []string
	Reason   string
	Problem  string // a message under desk.move, or ""
	Warnings []string
	Confirm  bool
}

func (a *App) movePage(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil || t.Unopened {
		return a.to(c, l, "/list")
	}
	d := a.draft(t, "move")
	return a.render(c, "move", a.moveScreen(l, t, first(d["desk"]), first(d["reason"])))
}

func (a *App) moveScreen(l locales.Lang, t casework.Thread, desk, reason string) moveScreen {
	s := moveScreen{
		screen: a.screen(l, at(t, "/move"), "desk.move.title"), N: t.N, Allowed: t.MayMove(), Freely: t.Flags.MoveOK,
		Binding: binding(t), Reason: reason,
	}
	for _, d := range a.work.Targets() {
		name, hours := d.Names[string(l)], d.Hours[string(l)]
		if name == "" {
			name = d.ID
		}
		s.Targets = append(s.Targets, target{d.ID, name, hours, d.Women, d.Kind == desks.KindDesk, d.ID == desk})
	}
	return s
}

func (a *App) move(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	form := formOf(c)
	a.save(t, "move", form)
	s := a.moveScreen(l, t, form.Get("desk"), strings.TrimSpace(form.Get("reason")))
	if !s.ready(t, form.Get("confirm") == "yes") {
		return a.render(c, "move", s)
	}
	told, err := a.work.Move(c.Request().Context(), t.Key, form.Get("desk"), s.Reason)
	if err != nil {
		return a.refuse(c, l, err, at(t, "/move"))
	}
	a.drop(t, "move")
	if !told {
		return a.done(c, l, "movedsilent", "/list")
	}
	return a.done(c, l, "moved", "/list")
}

// ready says whether the thread may go. Handing it against a wish of the
// reporter takes a second look.
func (s *moveScreen) ready(t casework.Thread, confirmed bool) bool {
	var to *target
	for i := range s.Targets {
		if s.Targets[i].On {
			to = &s.Targets[i]
		}
	}
	switch {
	case !s.Allowed:
		return false
	case to == nil:
		s.Problem = "desk"
		return false
	case !s.Freely && s.Reason == "":
		s.Problem = "reason"
		return false
	}
	if t.Flags.NoLocal && to.Local {
		s.Warnings = append(s.Warnings, "local")
	}
	if t.Flags.WomanOfficer && !to.Women {
		s.Warnings = append(s.Warnings, "woman")
	}
	s.Confirm = len(s.Warnings) > 0
	return !s.Confirm || confirmed
}

// exportScreen seals threads to somebody outside.
type exportScreen struct {
	screen
	N         int // 0 for all threads
	Count     int
	Name      string
	Recipient string
	Words     []string // by which the recipient is recognised
	Problem   string
}

func (a *App) exportPage(c echo.Context, l locales.Lang) error {
	s, _, err := a.exportScreen(c, l)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	return a.render(c, "export", s)
}

func (a *App) exportScreen(c echo.Context, l locales.Lang) (exportScreen, []casework.Thread, error) {
	if c.Param("n") == "" {
		list := a.work.Threads()
		return exportScreen{screen: a.screen(l, "/export", "desk.export.title"), Count: len(list)}, list, nil
	}
	t, err := a.thread(c)
	if err != nil {
		return exportScreen{}, nil, err
	}
	return exportScreen{screen: a.screen(l, at(t, "/export"), "desk.export.title"), N: t.N, Count: 1}, []casework.Thread{t}, nil
}

// export shows the words of a recipient first, to be compared with that person,
// and gives the file then. Its name is the day and nothing of what is in it.
func (a *App) export(c echo.Context, l locales.Lang) error {
	s, list, err := a.exportScreen(c, l)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	form := formOf(c)
	s.Name, s.Recipient = strings.TrimSpace(form.Get("name")), strings.Join(strings.Fields(form.Get("recipient")), "")
	to, err := seal.ParseRecipient(s.Recipient)
	switch {
	case err != nil:
		s.Problem = "recipient"
	case s.Name == "":
		s.Problem = "name"
	}
	if s.Problem != "" {
		return a.render(c, "export", s)
	}
	if s.Words, err = seal.Fingerprint(s.Recipient, string(l)); err != nil {
		return err
	}
	if form.Get("step") != "export" {
		return a.render(c, "export", s)
	}
	var out bytes.Buffer
	if err := casework.Export(&out, list, to); err != nil {
		return err
	}
	name := fmt.Sprintf("hisn-%s-%d.age", a.deps.Now().Format(time.DateOnly), a.count())
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "application/octet-stream", out.Bytes())
}

// count numbers the files of this run.
func (a *App) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files++
	return a.files
}
