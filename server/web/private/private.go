// Package private is the way from a frightened person to the desk that she
// chooses: the form, the lock, and the mailbox for the answer.
//
// Every screen of it has the same address as the first page of the site, and
// the same title: a look at the history tells nothing. Words and codes arrive
// in two ways only: sealed on the phone, in a frame of constant size; or, when
// the browser cannot do that and the reader has chosen so, in a form that is
// sealed in memory on arrival. Such a form is always answered with an address
// that shows its result once, because then no browser keeps its body
// (report.md, 5.2). Nothing of either is logged, and nothing is kept but the
// sealed blob.
package private

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/oneshot"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/view"
	"hisn/server/web"
)

// Pool is the blind pool as the public may use it: nothing here can read what
// others wrote.
type Pool interface {
	// Submit stores a sealed report. need is the proof of work asked for, in
	// bits; 0 asks for none.
	Submit(ctx context.Context, f seal.Frame, need int) (seal.Status, error)
	// Mailbox returns the sealed answers for a key, filled up with dummies.
	Mailbox(ctx context.Context, key [32]byte) ([seal.Slots][]byte, error)
	Burn(ctx context.Context, key, hash [32]byte) error
	Withdraw(ctx context.Context, pairs []report.Pair) error
	// Staffed tells which desks looked in during the last three days.
	Staffed(ctx context.Context, now time.Time) (map[string]bool, error)
}

// Directory is where the signed directory of desks comes from.
type Directory interface {
	Current(now time.Time) (*desks.Directory, []byte, error)
	Signers() desks.Signers
}

// Limiter counts what comes from one network.
type Limiter interface {
	Allow(ctx context.Context, address string) (ok bool, wait time.Duration, err error)
}

// Deps is what the screens are built from. All fields are needed.
type Deps struct {
	Renderer  *view.Renderer
	Pool      Pool
	Directory Directory
	Library   func() *content.Library
	Home      echo.HandlerFunc // the first page of the site
	Forms     Limiter          // forms and frames of one network; beyond it the answer is "later"
	Drops     Limiter          // reports of one network; beyond it sending costs more work
	Everyone  Limiter          // reports of all networks together; beyond it likewise
	Now       func() time.Time
	Rand      io.Reader
	Alarm     func(error) // what the operator must know; it holds nothing of a reader
}

// Private serves the screens.
type Private struct {
	deps Deps
	box  *oneshot.Box
	pass *pass
}

// New returns the screens, without anything waiting.
func New(d Deps) (*Private, error) {
	if d.Renderer == nil || d.Pool == nil || d.Directory == nil || d.Library == nil || d.Home == nil ||
		d.Forms == nil || d.Drops == nil || d.Everyone == nil || d.Now == nil || d.Rand == nil || d.Alarm == nil {
		return nil, errors.New("private: a dependency is missing")
	}
	p, err := newPass(d.Rand, d.Now)
	if err != nil {
		return nil, err
	}
	return &Private{deps: d, box: oneshot.New(d.Rand, d.Now), pass: p}, nil
}

// Routes adds the one address, and the two answers that are the same for all.
func (p *Private) Routes(e *echo.Echo) {
	e.GET("/:lang/", p.open)
	e.POST("/:lang/", p.receive, p.limited, web.SameOrigin())
	e.GET("/d/desks", p.note)
	e.GET("/d/staffed", p.staffed)
}

// Open reports whether the sealed form can be offered at this moment.
func (p *Private) Open() bool {
	_, _, err := p.deps.Directory.Current(p.deps.Now())
	return err == nil
}

// open shows the answer that waits under the key of the address, once; without
// one it is the first page of the site.
func (p *Private) open(c echo.Context) error {
	key := c.QueryParam("k")
	l, ok := locales.Parse(c.Param("lang"))
	if key == "" || !ok {
		return p.deps.Home(c)
	}
	raw, ok := p.box.Take(key)
	if !ok {
		return p.deps.Home(c)
	}
	var s screen
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	return p.show(c, l, s)
}

// later answers a form with words in it: with the address that shows s once.
func (p *Private) later(c echo.Context, l locales.Lang, s screen) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	key, err := p.box.Put(raw)
	if err != nil {
		return err
	}
	return p.lead(c, "/"+string(l)+"/?k="+key)
}

func (p *Private) lead(c echo.Context, address string) error {
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	return c.Redirect(http.StatusSeeOther, address)
}

// The steps of the one address, as the field s of a form.
const (
	stepForm    = "2" // the empty form; no words in it
	stepSend    = "3" // the form with the words
	stepCode    = "4" // a code that opens a mailbox
	stepAskCode = "5" // the empty field for a code
	stepMailbox = "6" // what is to be done in an open mailbox; has the code in it
)

// receive is the one door for everything that is written.
func (p *Private) receive(c echo.Context) error {
	l, ok := locales.Parse(c.Param("lang"))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	if c.Request().Header.Get("Content-Type") == frameType {
		return p.frame(c)
	}
	form, err := web.LongForm(c.Request())
	if err != nil {
		return err
	}
	step := form.Get("s")
	if !slices.Contains([]string{stepForm, stepSend, stepCode, stepAskCode, stepMailbox}, step) {
		return fault.New(fault.Invalid, nil)
	}
	// Answers that lie here can be read also when the directory has expired.
	writing := step == stepForm || step == stepSend
	if writing && !p.Open() || len(p.deps.Directory.Signers().Keys) == 0 {
		return p.show(c, l, screen{Kind: kindClosed})
	}
	switch step {
	case stepForm:
		return p.fresh(c, l, form.Get("m") == "server")
	case stepSend:
		return p.send(c, l, form)
	case stepAskCode:
		return p.show(c, l, screen{Kind: kindCode})
	case stepCode:
		return p.mailbox(c, l, form)
	}
	return p.act(c, l, form)
}

// limited bounds what one network may send. It is generous, and it says how
// long to wait; a code is far too long to be guessed within it.
func (p *Private) limited(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ok, wait, err := p.deps.Forms.Allow(c.Request().Context(), c.RealIP())
		if err != nil {
			return err
		}
		if !ok {
			return web.Later(c, wait)
		}
		return next(c)
	}
}
