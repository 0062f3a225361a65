package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
)

// MaxBody is the largest form that is read.
const MaxBody = 64 << 10

// Guard is the outermost middleware: it puts the policy on the answer, turns a
// panic into an ordinary error, and refuses bodies that no page of ours sends.
func Guard() echo.MiddlewareFunc {
	policy := Policy()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			h := c.Response().Header()
			for name, value := range policy {
				h[name] = value
			}
			defer func() {
				if p := recover(); p != nil {
					err = fault.New(fault.Internal, fmt.Errorf("panic: %T", p))
				}
			}()
			if err := checkBody(c.Request()); err != nil {
				h["Connection"] = []string{"close"}
				return err
			}
			return next(c)
		}
	}
}

// checkBody refuses, before a byte is read, every body without a declared
// length (a request that carries both headers can be read as two by others on
// the way), one above the cap, and one of another type than a plain form.
func checkBody(r *http.Request) error {
	if len(r.TransferEncoding) > 0 || r.ContentLength < 0 {
		return fault.New(fault.LengthRequired, nil)
	}
	if r.ContentLength > MaxBody {
		return fault.New(fault.TooLarge, nil)
	}
	return nil
}

// SameOrigin refuses forms sent from other sites. It needs neither cookie nor
// token, so pages can be the same for everybody.
func SameOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return fault.New(fault.Forbidden, nil)
			}
			return next(c)
		}
	}
}
