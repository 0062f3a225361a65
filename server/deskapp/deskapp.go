// Package deskapp is the officer's program: pages on this machine, for the
// browser of this machine, from which an officer signs in to the desk's door
// and works with reports that are opened here and nowhere else.
//
// It listens on the loopback only, and treats everything else on the same
// machine as a stranger. Each run has a random path under which all pages lie
// and a cookie that is sent to that path only; both are handed out once, to
// whoever opens the address that the program prints. Requests for another host
// name, forms from other sites and forms without the token of this run are
// refused (guard.go).
//
// Pages are made here, hold no script of their own, and show what a reporter
// wrote as text and nothing else. Nothing is written to the disk: opened
// reports, half-written answers and keys are in memory, and gone when the
// program ends.
package deskapp

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/desklink"
	"hisn/server/desks"
	"hisn/server/seal"
	"hisn/server/view"
	"hisn/static"
)

// Door is the desk's door: what casework needs of it, and signing in.
type Door interface {
	casework.Pool
	Login(ctx context.Context, login, password string) (desklink.Step, error)
	Code(ctx context.Context, code string) (desklink.Step, error)
	Me(ctx context.Context) (desklink.Me, error)
	Password(ctx context.Context, old, fresh string) error
	Logout(ctx context.Context) error
	Drop()
}

// Deps is what the program is made of. All of it is needed.
type Deps struct {
	Renderer *view.Renderer
	Assets   *static.Assets
	Letters  []*content.Letter // ready-made replies
	Door     Door
	Keys     []KeyFile // of the desk; the present one first
	// Directory returns the signed directory of desks, verified now, or an
	// error: then nothing can be handed over or shared with the national unit.
	Directory func(ctx context.Context) (*desks.Directory, error)
	Now       func() time.Time
	Host      string       // host and port of the listener, as browsers name it
	Lang      locales.Lang // of the first page
}

// idle is after what time without a request the program asks for the password
// again. The door does the same.
const idle = 15 * time.Minute

// App is one run of the program, for one officer at a time.
type App struct {
	deps   Deps
	prefix string // the path under which the pages lie
	cookie string // its value
	csrf   string // repeated by every form

	mu     sync.Mutex
	starts map[string]bool // addresses that open the program, once each
	ids    []seal.Identity
	locked []KeyFile // that still wait for their passphrase
	work   *casework.Work
	stage  string // of signing in
	step   desklink.Step
	login  string
	seen   time.Time
	back   string // where to go after signing in again
	flash  *flash
	drafts map[string]draft
	files  int // that were exported
}

// draft is what was typed and not sent yet, by the names of the fields.
type draft map[string][]string

// New returns a run of the program.
func New(deps Deps) (*App, error) {
	if deps.Renderer == nil || deps.Assets == nil || deps.Door == nil || len(deps.Keys) == 0 || len(deps.Letters) == 0 ||
		deps.Directory == nil || deps.Now == nil || deps.Host == "" || deps.Lang == "" {
		return nil, errors.New("deskapp: something is missing")
	}
	a := &App{
		deps: deps, prefix: "/" + token(), cookie: token(), csrf: token(),
		starts: map[string]bool{}, drafts: map[string]draft{}, seen: deps.Now(),
	}
	for _, k := range deps.Keys {
		if k.Locked() {
			a.locked = append(a.locked, k)
			continue
		}
		ids, err := k.Open("")
		if err != nil {
			return nil, err
		}
		a.ids = append(a.ids, ids...)
	}
	return a, a.unlocked()
}

// unlocked makes the desk's memory when the last key is open.
func (a *App) unlocked() error {
	if len(a.locked) > 0 {
		return nil
	}
	w, err := casework.New(a.deps.Door, a.ids, a.deps.Now)
	if err != nil {
		return err
	}
	a.work = w
	return nil
}

// token returns 128 random bits that can stand in an address.
func token() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Start returns an address that opens the program in one browser, once.
func (a *App) Start() string {
	t := token()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.starts[t] = true
	return "http://" + a.deps.Host + startPath + "?t=" + t
}

const startPath = "/start"

// Handler returns the pages.
func (a *App) Handler() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(io.Discard)
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = a.answerError
	a.guards(e)
	e.GET(startPath, a.start)
	e.GET("/static/:hash/*", a.asset)
	g := e.Group(a.prefix + "/:lang")
	open := func(method, path string, h handler, s stages) { g.Add(method, path, a.page(h, s)) }
	for _, r := range a.routes() {
		open(r.method, r.path, r.handle, r.stages)
	}
	return e
}

// stages says how far one has to be for a page.
type stages uint8

const (
	atAnyStage stages = iota
	atPassword        // the keys are open
	atCode            // the password was right
	signedIn
)

// handler answers one request in a language.
type handler func(c echo.Context, l locales.Lang) error

type route struct {
	method, path string
	handle       handler
	stages       stages
}

func (a *App) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/", a.home, atAnyStage},
		{get, "/keys", a.keysPage, atAnyStage},
		{post, "/keys", a.openKeys, atAnyStage},
		{get, "/in", a.inPage, atPassword},
		{post, "/in", a.signIn, atPassword},
		{get, "/code", a.codePage, atCode},
		{post, "/code", a.giveCode, atCode},
		{get, "/lock", a.lockPage, atAnyStage},
		{post, "/out", a.signOut, atAnyStage},
		{get, "/password", a.passwordPage, signedIn},
		{post, "/password", a.setPassword, signedIn},
		{get, "/fetch", a.fetchPage, signedIn},
		{post, "/fetch", a.fetch, signedIn},
		{get, "/list", a.listPage, signedIn},
		{get, "/export", a.exportPage, signedIn},
		{post, "/export", a.export, signedIn},
		{get, "/t/:n", a.threadPage, signedIn},
		{post, "/t/:n/open", a.open, signedIn},
		{post, "/t/:n/note", a.note, signedIn},
		{get, "/t/:n/reply", a.replyPage, signedIn},
		{post, "/t/:n/reply", a.reply, signedIn},
		{get, "/t/:n/move", a.movePage, signedIn},
		{post, "/t/:n/move", a.move, signedIn},
		{get, "/t/:n/print", a.printPage, signedIn},
		{get, "/t/:n/export", a.exportPage, signedIn},
		{post, "/t/:n/export", a.export, signedIn},
		{post, "/keep", a.keep, signedIn},
	}
}
