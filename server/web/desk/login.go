package desk

import (
	"context"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/web"
)

// login checks the password and opens the session in which the code is given.
func (d *Desk) login(c echo.Context) error {
	form, err := fields(c, "login", "password")
	if err != nil {
		return err
	}
	t, err := d.deps.Officers.Login(c.Request().Context(), officer.Credentials{
		Login: form.Get("login"), Password: form.Get("password"), Device: cookie(c, deviceCookie),
		Budget: func(ctx context.Context) error { return d.allowed(ctx, c.RealIP()) },
	})
	if err != nil {
		return err
	}
	return give(c, t)
}

func (d *Desk) allowed(ctx context.Context, address string) error {
	ok, wait, err := d.deps.Logins.Allow(ctx, address)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Later(fault.TooMany, wait)
	}
	return nil
}

// confirm takes the code and opens the real session, under a new token.
func (d *Desk) confirm(c echo.Context, v officer.Visit) error {
	form, err := fields(c, "code")
	if err != nil {
		return err
	}
	t, err := d.deps.Officers.Confirm(c.Request().Context(), v, form.Get("code"), cookie(c, deviceCookie))
	if err != nil {
		return err
	}
	return give(c, t)
}

// password changes the officer's own password. All other sessions end.
func (d *Desk) password(c echo.Context, v officer.Visit) error {
	form, err := fields(c, "old", "new")
	if err != nil {
		return err
	}
	if err := d.deps.Officers.SetPassword(c.Request().Context(), v, form.Get("old"), form.Get("new")); err != nil {
		return err
	}
	return done(c)
}

// logout ends the session. The device stays known: that opens nothing, and
// keeps strangers' wrong tries from delaying the next sign-in.
func (d *Desk) logout(c echo.Context, v officer.Visit) error {
	if err := empty(c); err != nil {
		return err
	}
	if err := d.deps.Officers.Logout(c.Request().Context(), v); err != nil {
		return err
	}
	setCookie(c, sessionCookie, "", -time.Second)
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return done(c)
}

// fields reads a form that has exactly these fields, each once.
func fields(c echo.Context, names ...string) (url.Values, error) {
	form, err := web.Form(c.Request())
	if err != nil {
		return nil, err
	}
	if len(form) != len(names) {
		return nil, invalid()
	}
	for _, name := range names {
		if len(form[name]) != 1 {
			return nil, invalid()
		}
	}
	return form, nil
}

// empty refuses a body where none belongs.
func empty(c echo.Context) error {
	if c.Request().ContentLength != 0 {
		return invalid()
	}
	return nil
}
