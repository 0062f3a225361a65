// Package desk is what officers' programs speak to: a small API on a listener
// of its own, which the public never reaches. It has no page. Officers read
// reports in a program on their own machine; here they fetch sealed blobs, all
// of them alike, and put sealed blobs back.
//
// Everything is closed until a session opens it. A handler gets the officer's
// visit as an argument, so one that forgot to ask for a session cannot be
// written down in the table of routes; only signing in is without.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/web"
)

// Pool is the blind pool, as officers work with it.
type Pool interface {
	IDs(ctx context.Context) ([][16]byte, error)
	Fetch(ctx context.Context, id [16]byte) ([]byte, error)
	Put(ctx context.Context, f seal.Frame, replaces *report.Proof) error
	Remove(ctx context.Context, p report.Proof) error
	Reply(ctx context.Context, addr [32]byte, ct []byte, spare bool) error
	Ack(ctx context.Context, p report.Proof, addr [32]byte, ct []byte) error
	Beat(ctx context.Context, desk string) error
}

// Limiter says whether one more try may come from an address.
type Limiter interface {
	Allow(ctx context.Context, address string) (ok bool, wait time.Duration, err error)
}

// Deps is what the desk is made of. All of it is needed.
type Deps struct {
	Officers *officer.Book
	Pool     Pool
	Logins   Limiter // passwords that one network may try, from devices nobody knows
	Log      *slog.Logger
	Now      func() time.Time
}

// Desk is the API.
type Desk struct{ deps Deps }

// New returns the API.
func New(deps Deps) (*Desk, error) {
	if deps.Officers == nil || deps.Pool == nil || deps.Logins == nil || deps.Log == nil || deps.Now == nil {
		return nil, errors.New("desk: officers, pool, limiter, log and clock are needed")
	}
	return &Desk{deps}, nil
}

// handler answers an officer. The session has been checked.
type handler func(c echo.Context, v officer.Visit) error

// route is one line of the table.
type route struct {
	method, path string
	handle       handler
	stages       []officer.Stage
}

func (d *Desk) routes() []route {
	half := []officer.Stage{officer.StageCode, officer.StageEnrol}
	in := []officer.Stage{officer.StageIn}
	return []route{
		{http.MethodPost, "/desk/totp", d.confirm, half},
		{http.MethodPost, "/desk/password", d.password, in},
		{http.MethodPost, "/desk/logout", d.logout, in},
		{http.MethodGet, "/desk/", d.who, in},
		{http.MethodGet, "/desk/pool", d.list, in},
		{http.MethodGet, "/desk/pool/:id", d.fetch, in},
		{http.MethodPost, "/desk/put", d.put, in},
		{http.MethodPost, "/desk/remove", d.remove, in},
		{http.MethodPost, "/desk/reply", d.reply, in},
		{http.MethodPost, "/desk/ack", d.ack, in},
		{http.MethodPost, "/desk/beat", d.beat, in},
		{http.MethodGet, "/desk/audit", d.audit, in},
	}
}

// Routes makes e the desk's listener: its errors, its policy, its addresses.
// Nothing else may be served by e.
func (d *Desk) Routes(e *echo.Echo) {
	if e.IPExtractor == nil { // echo's own believes what the sender claims
		e.IPExtractor = echo.ExtractIPDirect()
	}
	e.HTTPErrorHandler = d.answerError
	e.Use(web.Guard(), neverKept, ownSite)
	e.POST("/desk/login", d.login)
	for _, r := range d.routes() {
		e.Add(r.method, r.path, d.signedIn(r))
	}
}

// who tells the officer's program whom it speaks for.
func (d *Desk) who(c echo.Context, v officer.Visit) error {
	return c.JSON(http.StatusOK, struct {
		Login string `json:"login"`
		Desk  string `json:"desk"`
		Stage string `json:"stage"`
		Day   string `json:"day"`
	}{v.Login(), v.Desk(), v.Stage().String(), d.deps.Now().UTC().Format(time.DateOnly)})
}

// audit returns the newest rows of the trail about the officers of this desk.
func (d *Desk) audit(c echo.Context, v officer.Visit) error {
	rows, err := d.deps.Officers.DeskLines(c.Request().Context(), v)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Rows []officer.Line `json:"rows"`
	}{rows})
}

// done is the answer where there is nothing to say.
func done(c echo.Context) error { return c.JSONBlob(http.StatusOK, []byte("{}\n")) }

func invalid() error { return fault.New(fault.Invalid, nil) }
