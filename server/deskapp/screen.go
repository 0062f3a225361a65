package deskapp

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/fault"
	"hisn/server/view"
	"hisn/server/web"
)

// stageIn is the stage of who may see reports.
const stageIn = "in"

// flash is what became of the last form. It is shown once. Key is a message
// under desk.done or, for a Problem, under desk.problem.
type flash struct {
	Key     string
	Problem bool
	Wait    int // seconds, for the problem "wait"
}

// screen is what every page has.
type screen struct {
	view.Page
	prefix  string
	Token   string // of forms
	In      bool
	Officer string
	Desk    string // its name
	Flash   *flash
	Keys    []string // what the line of help says, by message under desk.key
	Typed   bool     // the page holds a form whose words would be a loss
	Outdate bool     // the directory names another key for this desk
	NoDir   bool     // there is no signed directory
}

// URL returns the address of another page in the same language.
func (s screen) URL(address string) string { return s.prefix + "/" + string(s.Lang) + address }

// Alternates returns the page in all languages.
func (s screen) Alternates() []view.Alternate {
	out := s.Page.Alternates()
	for i := range out {
		out[i].URL = s.prefix + out[i].URL
	}
	return out
}

// screen starts a page. path is its address without the language.
func (a *App) screen(l locales.Lang, path, title string) screen {
	p := a.deps.Renderer.Page(l, path, title)
	p.Style = "desk"
	a.mu.Lock()
	defer a.mu.Unlock()
	s := screen{Page: p, prefix: a.prefix, Token: a.csrf, In: a.stage == stageIn, Flash: a.flash}
	a.flash = nil
	if s.In {
		s.Officer = a.work.Officer()
		s.Desk = a.deskName(l, a.work.Desk())
		s.Outdate = a.work.Outdated()
		s.NoDir = a.work.Directory() == nil
	}
	return s
}

// deskName returns the name of a desk in a language, or its id. The caller
// holds mu.
func (a *App) deskName(l locales.Lang, id string) string {
	if a.work == nil {
		return id
	}
	if d := a.work.Directory(); d != nil {
		if desk, ok := d.Desk(id); ok && desk.Names[string(l)] != "" {
			return desk.Names[string(l)]
		}
	}
	return id
}

func (a *App) render(c echo.Context, name string, data any) error {
	html, err := a.deps.Renderer.Render("desk/"+name, data)
	if err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, html)
}

// to leads to another page.
func (a *App) to(c echo.Context, l locales.Lang, address string) error {
	return c.Redirect(http.StatusSeeOther, a.prefix+"/"+string(l)+address)
}

// say notes what the next page shows.
func (a *App) say(f flash) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flash = &f
}

func (a *App) done(c echo.Context, l locales.Lang, key, address string) error {
	a.say(flash{Key: key})
	return a.to(c, l, address)
}

// refuse says why something was not done, and leads to a page. When the session
// is over it leads to signing in, and back afterwards.
func (a *App) refuse(c echo.Context, l locales.Lang, err error, address string) error {
	if fault.KindOf(err) == fault.Unauthorized {
		said := flash{Key: "kept"}
		if errors.Is(err, casework.ErrUnnoted) {
			said = a.problem(err)
		}
		a.mu.Lock()
		a.endLocked()
		a.back, a.flash = address, &said
		a.mu.Unlock()
		return a.to(c, l, "/in")
	}
	a.say(a.problem(err))
	return a.to(c, l, address)
}

// problem names what an error means for the officer.
func (a *App) problem(err error) flash {
	f := flash{Problem: true, Key: "other"}
	for is, key := range map[error]string{
		casework.ErrDirectory: "directory", casework.ErrNoMailbox: "mailbox", casework.ErrFull: "full", casework.ErrTooLong: "long",
		casework.ErrUnnoted: "unnoted", casework.ErrNotAllowed: "allowed",
	} {
		if errors.Is(err, is) {
			f.Key = key
			return f
		}
	}
	switch fault.KindOf(err) {
	case fault.Conflict:
		f.Key = "conflict"
	case fault.NotFound:
		f.Key = "gone"
	case fault.Unavailable:
		f.Key = "network"
	case fault.TooMany:
		f.Key, f.Wait = "wait", max(1, int(fault.AfterOf(err)/time.Second))
	default:
	}
	return f
}

// errorPage is shown where no page of ours can be.
type errorPage struct {
	screen
	Kind string
}

// answerError is the one place where an error becomes a page. It says its kind
// and nothing else.
func (a *App) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	kind := web.KindOf(err)
	l := a.deps.Lang
	if at, ok := strings.CutPrefix(c.Request().URL.Path, a.prefix); ok {
		if own, ok := locales.Of(at); ok {
			l = own
		}
	}
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	p := errorPage{screen: a.bare(l), Kind: kind.String()}
	if c.Get(knownKey) == true {
		p.screen = a.screen(l, "/list", "desk.name")
	}
	html, failed := a.deps.Renderer.Render("desk/error", p)
	if failed != nil {
		_ = c.String(http.StatusInternalServerError, "Hisn")
		return
	}
	_ = c.HTMLBlob(web.Status(kind), html)
}

// bare is a screen for somebody who may be a stranger: it leads nowhere and
// tells nothing of this run.
func (a *App) bare(l locales.Lang) screen {
	p := a.deps.Renderer.Page(l, "/", "desk.name")
	p.Style = "desk"
	return screen{Page: p}
}

// number reads the number of a thread in an address.
func number(c echo.Context) (int, error) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || n > 1<<20 {
		return 0, fault.New(fault.NotFound, nil)
	}
	return n, nil
}

// place returns where a draft of an address is kept: by the thread itself, so
// that it is found again whatever number the thread has. The caller holds mu.
func (a *App) place(address string) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(address, "/"), "/")
	if len(parts) != 3 || parts[0] != "t" || a.work == nil {
		return "", false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", false
	}
	t, ok := a.work.Thread(n)
	return t.Key + "/" + parts[2], ok
}
