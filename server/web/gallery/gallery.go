package gallery

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/view"
	"hisn/server/web"
)

// Path is where the gallery stands.
const Path = "/_gallery"

type page struct {
	view.Page
	States []State
	Langs  []locales.Lang
}

// Gallery serves the states of a site.
type Gallery struct {
	renderer *view.Renderer
	site     http.Handler
	frames   string // policy of pages inside the gallery
	index    string // policy of the gallery itself
}

// New returns a gallery of site.
func New(renderer *view.Renderer, site http.Handler) *Gallery {
	policy := web.Policy().Get("Content-Security-Policy")
	return &Gallery{
		renderer: renderer, site: site,
		frames: strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1),
		index:  policy + "; frame-src 'self'",
	}
}

// Routes adds the gallery to e.
func (g *Gallery) Routes(e *echo.Echo) {
	e.GET(Path, g.show)
	e.GET(Path+"/:lang/:state", g.state)
}

func (g *Gallery) show(c echo.Context) error {
	p := page{Page: g.renderer.Titled(locales.English, "/", "Gallery"), States: States(), Langs: locales.All()}
	p.Style = "gallery"
	html, err := g.renderer.Render("gallery", p)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", g.index)
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	return c.HTMLBlob(http.StatusOK, html)
}

// state sends the request of one state to the site and passes the answer on,
// with a policy that lets the gallery frame it.
func (g *Gallery) state(c echo.Context) error {
	l, ok := locales.Parse(c.Param("lang"))
	n, err := strconv.Atoi(c.Param("state"))
	states := States()
	if !ok || err != nil || n < 0 || n >= len(states) {
		return fault.New(fault.NotFound, nil)
	}
	answer := Answer(g.site, l, states[n])
	h := c.Response().Header()
	h.Set("Content-Security-Policy", g.frames)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cache-Control", web.CacheNever)
	h.Set("Content-Type", answer.Header.Get("Content-Type"))
	c.Response().WriteHeader(answer.StatusCode)
	_, err = io.Copy(c.Response(), answer.Body)
	return err
}

// Answer returns what site answers to the request of one state.
func Answer(site http.Handler, l locales.Lang, s State) *http.Response {
	method, body := http.MethodGet, []byte(nil)
	if s.Form != nil {
		method, body = http.MethodPost, []byte(s.Form.Encode())
	}
	r := httptest.NewRequest(method, "/"+string(l)+s.Path, bytes.NewReader(body))
	if s.Form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	if rec.Code == http.StatusSeeOther { // what becomes of words stands at another address, once
		next := httptest.NewRequest(http.MethodGet, rec.Header().Get("Location"), nil)
		rec = httptest.NewRecorder()
		site.ServeHTTP(rec, next)
	}
	return rec.Result()
}
