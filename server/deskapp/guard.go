package deskapp

import (
	"crypto/subtle"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/web"
)

const cookieName = "hisn-desk"

// guards puts before every page what keeps others out.
func (a *App) guards(e *echo.Echo) {
	e.Use(web.Guard(), a.ownHost, neverKept, web.SameOrigin(), a.known)
}

// ownHost refuses requests for another name than that of the listener: a page
// elsewhere can make its own name lead to this machine, and would then pass for
// one of ours.
func (a *App) ownHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Host != a.deps.Host {
			return fault.New(fault.Forbidden, nil)
		}
		return next(c)
	}
}

func neverKept(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", web.CacheNever)
		return next(c)
	}
}

// known lets only the browser in that opened a start address. The cookie is
// sent to the path of this run alone, so that other programs on other ports of
// this machine never get to see it.
func (a *App) known(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if path == startPath || strings.HasPrefix(path, "/static/") {
			return next(c)
		}
		sent := c.Request().CookiesNamed(cookieName)
		if len(sent) != 1 || !equal(sent[0].Value, a.cookie) {
			return fault.New(fault.Forbidden, nil)
		}
		c.Set(knownKey, true)
		return next(c)
	}
}

// knownKey marks a request of the browser that the program belongs to.
const knownKey = "known"

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// start gives the cookie to whoever brings the token of a start address, and
// leads to the first page. It does so with a page of its own: after a redirect
// from another program, browsers would not send a strict cookie along.
func (a *App) start(c echo.Context) error {
	if !a.used(c.QueryParam("t")) {
		return fault.New(fault.Forbidden, nil)
	}
	c.SetCookie(&http.Cookie{
		Name: cookieName, Value: a.cookie, Path: a.prefix, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	first := a.prefix + "/" + string(a.deps.Lang) + "/"
	c.Response().Header().Set("Refresh", "0; url="+first)
	return c.HTML(http.StatusOK, `<!doctype html><meta charset="utf-8"><title>Hisn</title><a href="`+first+`">Hisn</a>`)
}

// used takes a start token, which is good once.
func (a *App) used(t string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	ok := t != "" && a.starts[t]
	delete(a.starts, t)
	return ok
}

// asset serves the files that pages need. They are the same for everybody.
func (a *App) asset(c echo.Context) error {
	f, ok := a.deps.Assets.Files()[c.Param("*")]
	if !ok || c.Param("hash") != a.deps.Assets.Hash() {
		return fault.New(fault.NotFound, nil)
	}
	c.Response().Header().Set("Cache-Control", web.CacheImmutable)
	return c.Blob(http.StatusOK, f.Type, f.Body)
}

// page is what every page does first: the language, how far one is, and for
// forms the token.
func (a *App) page(h handler, need stages) echo.HandlerFunc {
	return func(c echo.Context) error {
		l, ok := locales.Parse(c.Param("lang"))
		if !ok {
			return fault.New(fault.NotFound, nil)
		}
		if c.Request().Method == http.MethodPost {
			form, err := fields(c.Request())
			if err != nil {
				return err
			}
			if !equal(form.Get("csrf"), a.csrf) {
				return fault.New(fault.Forbidden, nil)
			}
			c.Set("form", form)
		}
		a.rest()
		if to := a.detour(need); to != "" {
			a.remember(c, need)
			return a.to(c, l, to)
		}
		return h(c, l)
	}
}

// rest ends the session when nothing was asked for a while.
func (a *App) rest() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.deps.Now()
	if now.Sub(a.seen) >= idle {
		a.endLocked()
	}
	a.seen = now
}

// endLocked forgets the session and keeps what was opened and typed for when
// the officer comes back. The caller holds mu.
func (a *App) endLocked() {
	if a.stage != "" {
		a.deps.Door.Drop()
	}
	a.stage = ""
}

// detour returns the page that has to come first, or "".
func (a *App) detour(need stages) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case need == atAnyStage:
		return ""
	case len(a.locked) > 0:
		return "/keys"
	case need == signedIn && a.stage != stageIn, need == atCode && a.stage == "":
		return "/in"
	case need == signedIn:
		return ""
	case a.stage == stageIn:
		return "/list"
	}
	return ""
}

// remember notes where somebody wanted to go who has to sign in first, and what
// the form held that could not be sent.
func (a *App) remember(c echo.Context, need stages) {
	if need != signedIn {
		return
	}
	form, _ := c.Get("form").(url.Values)
	a.mu.Lock()
	defer a.mu.Unlock()
	_, a.back, _ = strings.Cut(strings.TrimPrefix(c.Request().URL.Path, a.prefix+"/"), "/")
	a.back = "/" + a.back
	if form == nil {
		return
	}
	if at, ok := a.place(a.back); ok {
		a.drafts[at] = draft(form)
		a.flash = &flash{Key: "kept"}
	}
	a.back = strings.TrimSuffix(strings.TrimSuffix(a.back, "/note"), "/open")
	if !strings.HasPrefix(a.back, "/t/") {
		a.back = "/list"
	}
}

// maxForm is the largest form: an answer and some fields.
const maxForm = 32 << 10

// fields reads an ordinary form.
func fields(r *http.Request) (url.Values, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, fault.New(fault.WrongType, nil)
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	if err != nil || len(raw) > maxForm {
		return nil, fault.New(fault.TooLarge, nil)
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, fault.New(fault.Invalid, nil)
	}
	for _, values := range form {
		for i, v := range values {
			if !utf8.ValidString(v) {
				return nil, fault.New(fault.Invalid, nil)
			}
			values[i] = strings.ReplaceAll(v, "\r\n", "\n")
		}
	}
	return form, nil
}

func formOf(c echo.Context) url.Values {
	form, _ := c.Get("form").(url.Values)
	return form
}
