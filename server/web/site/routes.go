package site

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/web"
)

// Limiter says whether one more form may come from an address.
type Limiter interface {
	Allow(ctx context.Context, address string) (ok bool, wait time.Duration, err error)
}

// Routes is the whole public site. Pages are found by their address in the
// current set; that is why one route stands for all of them.
func (s *Site) Routes(e *echo.Echo) {
	e.GET("/", s.pickLanguage)
	e.HEAD("/", s.pickLanguage)
	e.Any("/static/:hash/*", s.asset)
	e.Any("/robots.txt", s.robots)
	e.Any("/.well-known/security.txt", s.security)
	e.POST("/:lang/check", s.answerCheck, s.limited(s.deps.Limiter), web.SameOrigin())
	e.POST("/:lang/learn/quiz/:id/:form", s.answerQuiz, s.limited(s.deps.Limiter), web.SameOrigin())
	e.POST("/:lang/learn/two-step", s.rehearse, s.limited(s.deps.Guesses), web.SameOrigin())
	e.POST("/:lang"+agreementPath, s.answerAgreement, s.limited(s.deps.Limiter), web.SameOrigin())
	e.Any("/*", s.ShowPage)
}

// pickLanguage sends to the home page in the reader's language. Nothing is
// remembered: the language is in the address from then on.
func (s *Site) pickLanguage(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Cache-Control", web.CacheNever)
	h.Set("Vary", "Accept-Language")
	l := locales.Match(c.Request().Header.Get("Accept-Language"))
	return c.Redirect(http.StatusFound, "/"+string(l)+"/")
}

// ShowPage serves a prepared page. Addresses that differ only by a final slash
// or by another code for Sorani lead to the right one.
func (s *Site) ShowPage(c echo.Context) error {
	r := c.Request()
	path := r.URL.Path
	page, ok := s.Current().pages[path]
	if !ok {
		if to, found := s.elsewhere(path); found && isRead(r) {
			c.Response().Header().Set("Cache-Control", web.CacheShort)
			return c.Redirect(http.StatusMovedPermanently, to)
		}
		return fault.New(fault.NotFound, nil)
	}
	if !isRead(r) {
		allow := "GET, HEAD"
		if takesForms(path) {
			allow += ", POST"
		}
		c.Response().Header().Set("Allow", allow)
		return fault.New(fault.WrongMethod, nil)
	}
	body, err := page.body()
	if err != nil {
		return err
	}
	body.Serve(c.Response(), r)
	return nil
}

// takesForms reports whether the page at path is also the answer to a form.
func takesForms(path string) bool {
	return strings.Count(path, "/") == 2 && strings.HasSuffix(path, "/") || strings.HasSuffix(path, "/check") || strings.HasSuffix(path, "/learn/two-step") ||
		strings.HasSuffix(path, agreementPath) ||
		strings.Contains(path, "/learn/quiz/") && strings.Count(path, "/") == 5
}

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// elsewhere returns the address of an existing page that was meant.
func (s *Site) elsewhere(path string) (string, bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if l, ok := locales.Alias(first); ok {
		first = string(l)
	}
	for _, to := range []string{"/" + first + "/" + strings.TrimSuffix(rest, "/")} {
		if _, ok := s.Current().pages[to]; ok && to != path {
			return to, true
		}
	}
	return "", false
}

// asset serves a file of the tree. An address with an old hash gets the present
// file for a short time, so that a page from before an update still works.
func (s *Site) asset(c echo.Context) error {
	body, ok := s.assets[c.Param("*")]
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	if !isRead(c.Request()) {
		c.Response().Header().Set("Allow", "GET, HEAD")
		return fault.New(fault.WrongMethod, nil)
	}
	if c.Param("hash") != s.deps.Assets.Hash() {
		body = body.With(web.CacheShort)
	}
	body.Serve(c.Response(), c.Request())
	return nil
}

func (s *Site) robots(c echo.Context) error {
	return s.text(c, "User-agent: *\nAllow: /\n")
}

// security is the file of RFC 9116. Without an address of the operator it
// leads to the about page, which says how to reach them.
func (s *Site) security(c echo.Context) error {
	site := s.deps.Renderer.Site()
	about := site.BaseURL + "/en/about"
	contact := about
	switch {
	case strings.Contains(site.Contact, "://"):
		contact = site.Contact
	case strings.Contains(site.Contact, "@"):
		contact = "mailto:" + site.Contact
	}
	expires := s.Current().Day.UTC().AddDate(0, 6, 0).Truncate(24 * time.Hour).Format(time.RFC3339)
	return s.text(c, "Contact: "+contact+"\nExpires: "+expires+
		"\nPreferred-Languages: en, ar, ckb\nCanonical: "+site.BaseURL+"/.well-known/security.txt\nPolicy: "+about+"\n")
}

func (s *Site) text(c echo.Context, text string) error {
	if !isRead(c.Request()) {
		c.Response().Header().Set("Allow", "GET, HEAD")
		return fault.New(fault.WrongMethod, nil)
	}
	web.NewBody(http.StatusOK, "text/plain; charset=utf-8", web.CachePublic, []byte(text)).Serve(c.Response(), c.Request())
	return nil
}

// limited refuses forms above the limit of one network. Pages are never
// limited: they cost nothing, and a whole school reads them at once.
func (s *Site) limited(limiter Limiter) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ok, wait, err := limiter.Allow(c.Request().Context(), c.RealIP())
			if err != nil {
				return err
			}
			if !ok {
				return web.Later(c, wait)
			}
			return next(c)
		}
	}
}

// show renders an answer for one reader. Nobody keeps it.
func (s *Site) show(c echo.Context, status int, template string, data any) error {
	html, err := s.deps.Renderer.Render(template, data)
	if err != nil {
		return err
	}
	web.NewBody(status, htmlType, web.CacheNever, html).Serve(c.Response(), c.Request())
	return nil
}
