// Package site is the public site: what every page shows, and the few answers
// to forms.
//
// All pages that can be read with GET are rendered once, for each language,
// into a Set and served from memory (see web.Body). A new Set replaces the old
// one as a whole when the pack changes or a day has passed, because dates on
// pages age. Only answers to forms are rendered for one reader, and they are
// kept by nobody.
package site

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hisn/content"
	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/rehearsal"
	"hisn/server/view"
	"hisn/server/web"
	"hisn/static"
)

// Deps is what the site is built from. All fields are needed.
type Deps struct {
	Renderer  *view.Renderer
	Assets    *static.Assets
	Limiter   Limiter
	Guesses   Limiter // of codes in the rehearsal, stricter
	Rehearsal *rehearsal.Desk
	Sealed    func() bool // whether a sealed report can be written now
	Mailbox   func() bool // whether answers to sealed reports can lie here
	Now       func() time.Time
}

// Site serves the public pages.
type Site struct {
	deps   Deps
	assets map[string]*web.Body
	set    atomic.Pointer[Set]
}

// Set is one rendering of the whole site from one pack on one day. It is
// read-only, and so safe for concurrent use.
type Set struct {
	Library *content.Library
	Day     time.Time
	Sealed  bool // whether pages offer the sealed report
	Mailbox bool // whether they lead to its answers

	booster *content.Quiz
	pages   map[string]*page // by path, with the language
	errors  map[locales.Lang]map[fault.Kind]*web.Body
	order   []*page // in the order in which brotli should be made
}

// page is a page that is rendered when it is first asked for, once. There are
// more than a thousand: the first visitor does not wait for them all.
type page struct{ body func() (*web.Body, error) }

// New returns a site without pages; Use gives it some.
func New(d Deps) (*Site, error) {
	if d.Renderer == nil || d.Assets == nil || d.Limiter == nil || d.Guesses == nil || d.Rehearsal == nil || d.Sealed == nil || d.Mailbox == nil || d.Now == nil {
		return nil, errors.New("site: a dependency is missing")
	}
	s := &Site{deps: d, assets: map[string]*web.Body{}}
	for name, f := range d.Assets.Files() {
		s.assets[name] = web.NewBody(http.StatusOK, f.Type, web.CacheImmutable, f.Body)
	}
	return s, nil
}

// Start serves lib at once; pages are rendered as they are asked for, and all of
// them by Bodies. It is for the pack that a process starts with.
func (s *Site) Start(lib *content.Library) error { return s.use(lib, false) }

// Use renders the whole site from lib and then serves it. On an error the set
// in use stays.
func (s *Site) Use(lib *content.Library) error { return s.use(lib, true) }

func (s *Site) use(lib *content.Library, whole bool) error {
	b := builder{site: s, lib: lib, now: s.deps.Now(), set: &Set{
		Library: lib, Day: s.deps.Now(), Sealed: s.deps.Sealed(), Mailbox: s.deps.Mailbox(),
		pages: map[string]*page{}, errors: map[locales.Lang]map[fault.Kind]*web.Body{},
	}}
	if err := b.build(); err != nil {
		return err
	}
	if whole {
		if err := b.set.render(); err != nil {
			return err
		}
	}
	s.set.Store(b.set)
	return nil
}

// Library returns the pack in use.
func (s *Site) Library() *content.Library { return s.Current().Library }

// Current returns the set in use.
func (s *Site) Current() *Set { return s.set.Load() }

// render renders what has not been rendered yet, on all cores.
func (s *Set) render() error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range s.order {
		g.Go(func() error {
			_, err := p.body()
			return err
		})
	}
	return g.Wait()
}

// Bodies renders everything and returns what is worth compressing harder:
// assets and first pages first.
func (s *Site) Bodies() ([]*web.Body, error) {
	var out []*web.Body
	for _, name := range []string{"css/app.css", "js/app.js"} {
		out = append(out, s.assets[name])
	}
	for name, b := range s.assets {
		if name != "css/app.css" && name != "js/app.js" && b.Compressible() {
			out = append(out, b)
		}
	}
	set := s.Current()
	if err := set.render(); err != nil {
		return nil, err
	}
	for _, p := range set.order {
		body, err := p.body()
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, nil
}

// Paths returns the addresses of all pages, with their language.
func (s *Set) Paths() []string {
	out := make([]string, 0, len(s.pages))
	for p := range s.pages {
		out = append(out, p)
	}
	return out
}

// ErrorPage returns the prepared page for a kind of error.
func (s *Site) ErrorPage(l locales.Lang, k fault.Kind) *web.Body { return s.Current().errors[l][k] }

// builder renders one Set.
type builder struct {
	site *Site
	lib  *content.Library
	now  time.Time
	set  *Set
}

// job is one page to render.
type job struct {
	path     string // without language
	template string
	data     func(l locales.Lang) any
}

func (b *builder) build() error {
	var err error
	if b.set.booster, err = b.booster(); err != nil {
		return err
	}
	for _, j := range b.jobs() {
		for _, l := range locales.All() {
			b.add("/"+string(l)+j.path, func() (*web.Body, error) {
				html, err := b.site.deps.Renderer.Render(j.template, j.data(l))
				if err != nil {
					return nil, fmt.Errorf("page %s in %s: %w", j.path, l, err)
				}
				return web.NewBody(http.StatusOK, htmlType, web.CachePublic, html), nil
			})
		}
	}
	for _, l := range locales.All() {
		b.add("/"+string(l)+"/later.ics", func() (*web.Body, error) { return b.later(l) })
	}
	return b.errorPages()
}

// add enters a page under its address.
func (b *builder) add(path string, body func() (*web.Body, error)) {
	p := &page{sync.OnceValues(body)}
	b.set.pages[path] = p
	b.set.order = append(b.set.order, p)
}

const htmlType = "text/html; charset=utf-8"

func (b *builder) errorPages() error {
	for _, l := range locales.All() {
		b.set.errors[l] = map[fault.Kind]*web.Body{}
		for _, k := range fault.Kinds() {
			page := errorPage{Page: b.page(l, "/", "error."+k.String()+".title"), Kind: k}
			html, err := b.site.deps.Renderer.Render("error", page)
			if err != nil {
				return err
			}
			b.set.errors[l][k] = web.NewBody(web.Status(k), htmlType, web.CacheNever, html)
		}
	}
	return nil
}

// jobs lists every page of the site, the ones that people open first first.
func (b *builder) jobs() []job {
	out := []job{
		{"/", "home", b.home},
		{"/now", "now", b.nowPage},
		{"/check", "check", b.check},
		{"/contact", "contact", b.contact},
		{"/learn", "learn", b.learn},
		{"/access", "access", b.accessList},
		{"/check/sheet", "paper", b.paper},
		{"/learn/two-step", "twostep", b.twoStep},
		{"/learn/passphrase", "passphrase", b.passphrase},
	}
	out = append(out, b.familyPages()...)
	for _, p := range b.lib.Pages {
		out = append(out, job{"/" + p.ID, "plain", b.plain(p)})
	}
	for _, s := range b.lib.Services {
		out = append(out, job{"/check/" + s.ID, "service", b.service(s)})
	}
	for _, a := range b.lib.Access {
		out = append(out, job{"/access/" + a.Service, "wayback", b.access(a)})
	}
	for _, g := range b.lib.Guides {
		out = append(out, job{"/learn/" + g.ID, "guide", b.guide(g)})
	}
	for _, q := range append(slices.Clone(b.lib.Quizzes), b.set.booster) {
		if q != b.set.booster {
			out = append(out, job{"/learn/quiz/" + q.ID, "quiz", b.quiz(q)})
		}
		for form := range q.Forms {
			out = append(out, job{"/learn/quiz/" + q.ID + "/" + form, "quizform", b.quizForm(q, form)})
		}
	}
	for _, c := range b.lib.Chats {
		out = append(out, job{"/learn/chat/" + c.ID, "chat", b.chat(c)})
		for _, id := range c.NodeOrder() {
			out = append(out, job{"/learn/chat/" + c.ID + "/" + id, "node", b.node(c, id)})
		}
	}
	for _, f := range b.lib.Fixes {
		out = append(out, job{"/fix/" + f.ID, "fix", b.fix(f)})
	}
	return out
}

func (b *builder) page(l locales.Lang, path, key string) view.Page {
	return b.site.deps.Renderer.Page(l, path, key)
}

func (b *builder) titled(l locales.Lang, path, title string) view.Page {
	return b.site.deps.Renderer.Titled(l, path, title)
}
