package desk

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/web"
)

// The cookies. The prefix makes browsers insist on HTTPS, on this host and on
// all its paths.
const (
	sessionCookie = "__Host-d"
	deviceCookie  = "__Host-dev"
	deviceAge     = 180 * 24 * time.Hour
	tokenHeader   = "X-Desk-Token"
)

// neverKept marks every answer as one that nobody may keep.
func neverKept(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", web.CacheNever)
		return next(c)
	}
}

// ownSite refuses whatever another site made a browser send. Programs that are
// no browsers send none of these headers.
func ownSite(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		r := c.Request()
		for _, from := range r.Header.Values("Sec-Fetch-Site") {
			if from != "none" && from != "same-origin" {
				return fault.New(fault.Forbidden, nil)
			}
		}
		if protection.Check(r) != nil {
			return fault.New(fault.Forbidden, nil)
		}
		return next(c)
	}
}

// signedIn lets a request through to a route whose session has come far enough
// and, where something is changed, repeats the session's token.
func (d *Desk) signedIn(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := d.deps.Officers.Visit(c.Request().Context(), cookie(c, sessionCookie))
		if err != nil {
			return err
		}
		if !slices.Contains(r.stages, v.Stage()) {
			return fault.New(fault.Unauthorized, nil)
		}
		if r.method != http.MethodGet && !v.Guarded(only(c.Request().Header.Values(tokenHeader))) {
			return fault.New(fault.Forbidden, nil)
		}
		return r.handle(c, v)
	}
}

// cookie returns the value of a cookie that was sent once, or "".
func cookie(c echo.Context, name string) string {
	var values []string
	for _, sent := range c.Request().CookiesNamed(name) {
		values = append(values, sent.Value)
	}
	return only(values)
}

func only(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// setCookie gives a cookie; age 0 lasts until the program ends.
func setCookie(c echo.Context, name, value string, age time.Duration) {
	c.SetCookie(&http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// defaultWait is what is asked for when something passes and nobody knows when.
const defaultWait = 5 * time.Second

// answerError is the one place where an error becomes an answer. It says the
// kind and nothing else.
func (d *Desk) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	kind := web.KindOf(err)
	if kind == fault.Internal {
		d.deps.Log.Error("request failed", "route", c.Path(), "err", err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", web.CacheNever)
	if kind == fault.TooMany || kind == fault.Unavailable {
		wait := fault.AfterOf(err)
		if wait <= 0 {
			wait = defaultWait
		}
		h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	_ = c.JSON(web.Status(kind), struct {
		Error string `json:"error"`
	}{kind.String()})
}

// give hands out what a step of signing in has opened.
func give(c echo.Context, t officer.Ticket) error {
	setCookie(c, sessionCookie, t.Token, 0)
	if t.Device != "" {
		setCookie(c, deviceCookie, t.Device, deviceAge)
	}
	return c.JSON(http.StatusOK, struct {
		Stage  string `json:"stage"`
		Token  string `json:"token"`
		Secret string `json:"secret,omitempty"`
		URL    string `json:"url,omitempty"`
	}{t.Stage.String(), t.Guard, t.Secret, t.Address})
}
