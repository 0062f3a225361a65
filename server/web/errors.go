// Package web is the kit that the public site is built from: the policy on
// every answer, pages held ready in memory, forms, and the one place where an
// error becomes a page.
package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
)

// Status maps kinds of errors to HTTP statuses.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.WrongMethod:
		return http.StatusMethodNotAllowed
	case fault.LengthRequired:
		return http.StatusLengthRequired
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.WrongType:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Conflict:
		return http.StatusConflict
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// ErrorPages finds the prepared page for a kind of error.
type ErrorPages interface {
	ErrorPage(l locales.Lang, k fault.Kind) *Body
}

// ErrorHandler answers every error of the public site: a prepared page in the
// reader's language with the right status. It logs what is ours to mend, once,
// with the route and never with the address, a value or the sender.
func ErrorHandler(pages ErrorPages, log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		kind := KindOf(err)
		if kind == fault.Internal {
			log.Error("request failed", "route", c.Path(), "err", err)
		}
		body := pages.ErrorPage(Lang(c.Request()), kind)
		body.Serve(c.Response(), c.Request())
	}
}

// KindOf returns the kind of an error, also of those that the router makes.
func KindOf(err error) fault.Kind {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return fault.KindOf(err)
	}
	switch he.Code {
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusMethodNotAllowed:
		return fault.WrongMethod
	case http.StatusRequestEntityTooLarge:
		return fault.TooLarge
	case http.StatusBadRequest:
		return fault.Invalid
	}
	return fault.Internal
}

// Lang returns the language of a request: that of the address, or else the one
// the browser asks for.
func Lang(r *http.Request) locales.Lang {
	if l, ok := locales.Of(r.URL.Path); ok {
		return l
	}
	return locales.Match(r.Header.Get("Accept-Language"))
}

// Later is the error for somebody who sends too much: it says in how many
// seconds to come back.
func Later(c echo.Context, wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
	return fault.New(fault.TooMany, nil)
}
