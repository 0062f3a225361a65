package web

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"

	"hisn/server/fault"
)

// The bounds of a form. The longest check has some sixty fields.
const (
	maxFields = 400
	maxValue  = 4096
)

// Form reads an ordinary form from the body. There is no multipart parser and
// the query of the address is not looked at: what people say about themselves
// travels in the body and nowhere else. Errors never hold what was sent.
func Form(r *http.Request) (url.Values, error) { return parseForm(r, maxValue) }

// LongForm is Form for the one form in which people write as much as fits.
func LongForm(r *http.Request) (url.Values, error) { return parseForm(r, MaxBody) }

func parseForm(r *http.Request, longest int) (url.Values, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, fault.New(fault.WrongType, nil)
	}
	if charset := params["charset"]; charset != "" && charset != "utf-8" && charset != "UTF-8" {
		return nil, fault.New(fault.WrongType, nil)
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, nil)
	}
	if len(raw) > MaxBody {
		return nil, fault.New(fault.TooLarge, nil)
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, fault.New(fault.Invalid, nil)
	}
	fields := 0
	for name, list := range values {
		fields += len(list)
		if fields > maxFields || !utf8.ValidString(name) {
			return nil, fault.New(fault.Invalid, nil)
		}
		for _, v := range list {
			if len(v) > longest || !utf8.ValidString(v) {
				return nil, fault.New(fault.Invalid, nil)
			}
		}
	}
	return values, nil
}
