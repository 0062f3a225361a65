package deskapp

import (
	"context"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/desklink"
	"hisn/server/fault"
	"hisn/server/rehearsal"
)

// home leads to where the work goes on.
func (a *App) home(c echo.Context, l locales.Lang) error { return a.to(c, l, "/list") }

// inScreen asks for login and password.
type inScreen struct {
	screen
	Login string
	Wrong string // a message under desk.in, or ""
	Wait  int    // seconds
}

func (a *App) inPage(c echo.Context, l locales.Lang) error {
	s := inScreen{screen: a.screen(l, "/in", "desk.in.title")}
	s.Login = a.lastLogin()
	return a.render(c, "in", s)
}

func (a *App) lastLogin() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.login
}

func (a *App) signIn(c echo.Context, l locales.Lang) error {
	form := formOf(c)
	step, err := a.deps.Door.Login(c.Request().Context(), form.Get("login"), form.Get("password"))
	if err != nil {
		s := inScreen{screen: a.screen(l, "/in", "desk.in.title"), Login: form.Get("login")}
		s.Wrong, s.Wait = wrong(err)
		return a.render(c, "in", s)
	}
	a.mu.Lock()
	a.step, a.stage, a.login = step, step.Stage, form.Get("login")
	a.mu.Unlock()
	return a.to(c, l, "/code")
}

// wrong names what went wrong at signing in.
func wrong(err error) (key string, wait int) {
	switch fault.KindOf(err) {
	case fault.Unauthorized, fault.Invalid, fault.Forbidden:
		return "wrong", 0
	case fault.TooMany:
		return "wait", max(1, int(fault.AfterOf(err).Seconds()))
	default:
		return "network", 0
	}
}

// codeScreen asks for the code of the authenticator, and shows its secret to
// who has none yet.
type codeScreen struct {
	screen
	Enrol   bool
	Secret  []string // in groups of four
	Picture rehearsal.Picture
	Wrong   string
	Wait    int
}

func (a *App) codePage(c echo.Context, l locales.Lang) error { return a.askCode(c, l, nil) }

func (a *App) askCode(c echo.Context, l locales.Lang, err error) error {
	s := codeScreen{screen: a.screen(l, "/code", "desk.code.title")}
	a.mu.Lock()
	step := a.step
	a.mu.Unlock()
	if step.Stage == desklink.StageEnrol {
		s.Enrol = true
		for i := 0; i < len(step.Secret); i += 4 {
			s.Secret = append(s.Secret, step.Secret[i:min(i+4, len(step.Secret))])
		}
		var failed error
		if s.Picture, failed = rehearsal.Draw(step.URL); failed != nil {
			return failed
		}
	}
	if err != nil {
		s.Wrong, s.Wait = wrong(err)
	}
	return a.render(c, "code", s)
}

func (a *App) giveCode(c echo.Context, l locales.Lang) error {
	typed, ok := locales.Typed(formOf(c).Get("code"))
	if !ok {
		return a.askCode(c, l, fault.New(fault.Invalid, nil))
	}
	ctx := c.Request().Context()
	if _, err := a.deps.Door.Code(ctx, typed); err != nil {
		return a.askCode(c, l, err)
	}
	me, err := a.deps.Door.Me(ctx)
	if err != nil {
		return a.askCode(c, l, err)
	}
	a.arrive(me)
	a.mu.Lock()
	back := a.back
	a.back = ""
	a.mu.Unlock()
	if back != "" && back != "/list" {
		return a.to(c, l, back)
	}
	a.begin()
	return a.to(c, l, "/fetch")
}

// arrive sits an officer down. What the one before opened and typed stays only
// if it is the same officer.
func (a *App) arrive(me desklink.Me) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.work.Officer() != me.Login || a.work.Desk() != me.Desk {
		a.work.Forget()
		a.drafts, a.back, a.flash = map[string]draft{}, "", nil
	}
	a.work.Sit(me.Login, me.Desk)
	a.stage, a.step, a.seen = stageIn, desklink.Step{}, a.deps.Now()
}

// begin starts looking at the pool, unless that goes on already. It outlives
// the request that asked for it.
func (a *App) begin() {
	if !a.work.Begin() {
		return
	}
	go func() {
		ctx := context.Background()
		if d, err := a.deps.Directory(ctx); err == nil {
			a.work.Know(d)
		} else {
			a.work.Know(nil)
		}
		_ = a.work.Fetch(ctx) // what went wrong stands in its progress
	}()
}

// lockPage is where a page leads that nobody has touched for a while.
func (a *App) lockPage(c echo.Context, l locales.Lang) error {
	a.mu.Lock()
	in := a.stage == stageIn
	a.mu.Unlock()
	if in { // another page was in use
		return a.to(c, l, "/list")
	}
	return a.to(c, l, "/in")
}

// signOut ends the session and forgets all that was opened and typed.
func (a *App) signOut(c echo.Context, l locales.Lang) error {
	_ = a.deps.Door.Logout(c.Request().Context()) // the session is over here in any case
	a.mu.Lock()
	a.stage, a.back, a.flash, a.drafts, a.login = "", "", &flash{Key: "out"}, map[string]draft{}, ""
	if a.work != nil {
		a.work.Forget()
		a.work.Sit("", "")
	}
	a.mu.Unlock()
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return a.to(c, l, "/in")
}

// Close ends the session at the door, for when the program ends.
func (a *App) Close(ctx context.Context) {
	a.mu.Lock()
	in := a.stage != ""
	a.stage = ""
	a.mu.Unlock()
	if in {
		_ = a.deps.Door.Logout(ctx) // it ends by itself in a quarter of an hour
	}
}

// passwordScreen changes the password.
type passwordScreen struct {
	screen
	Wrong string
	Wait  int
}

func (a *App) passwordPage(c echo.Context, l locales.Lang) error {
	return a.render(c, "password", passwordScreen{screen: a.screen(l, "/password", "desk.password.title")})
}

func (a *App) setPassword(c echo.Context, l locales.Lang) error {
	form, ctx := formOf(c), c.Request().Context()
	again := func(key string, wait int) error {
		s := passwordScreen{screen: a.screen(l, "/password", "desk.password.title"), Wrong: key, Wait: wait}
		return a.render(c, "password", s)
	}
	if form.Get("new") != form.Get("again") {
		return again("differ", 0)
	}
	err := a.deps.Door.Password(ctx, form.Get("old"), form.Get("new"))
	switch fault.KindOf(err) {
	case fault.Internal:
		if err != nil {
			return err
		}
		return a.done(c, l, "password", "/list")
	case fault.Invalid:
		return again("weak", 0)
	case fault.Unauthorized:
		if _, err := a.deps.Door.Me(ctx); err != nil {
			return a.refuse(c, l, err, "/password")
		}
		return again("old", 0)
	case fault.TooMany:
		return again("wait", max(1, int(fault.AfterOf(err).Seconds())))
	default:
		return again("network", 0)
	}
}
