// Package deskapptest builds what stands behind the officers' program in tests:
// a real pool in a real database, the desk's door over TLS, a signed directory,
// officers, and reporters who write.
package deskapptest

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"hisn/content"
	"hisn/locales"
	"hisn/server/deskapp"
	"hisn/server/desklink"
	"hisn/server/desks"
	"hisn/server/limit"
	"hisn/server/officer"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/view"
	"hisn/server/web/desk"
	"hisn/static"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// House is the server side, and who works and writes there.
type House struct {
	Drops     *report.Dropbox
	Pool      *report.Desk
	Officers  *officer.Book
	Keys      map[string]seal.Identity // by desk
	Directory *desks.Directory         // nil for none
	Door      *httptest.Server

	t     testing.TB
	mu    sync.Mutex
	clock func() time.Time
	ahead time.Duration
}

// Now is the clock of the house.
func (h *House) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock().Add(h.ahead)
}

// Pass lets time go by.
func (h *House) Pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ahead += d
}

// New builds a house whose clock starts where clock says.
func New(t testing.TB, clock func() time.Time) *House {
	t.Helper()
	dir := t.TempDir()
	h := &House{t: t, clock: clock, Keys: map[string]seal.Identity{}}
	db := must[*store.DB](t)(store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "hisn.db")))
	t.Cleanup(func() { _ = db.Close() })
	ring := must[*report.Ring](t)(report.OpenRing(filepath.Join(dir, "ring.json")))
	h.Drops, h.Pool, _ = report.New(db, ring, h.Now, rand.Reader)
	t.Cleanup(h.Drops.Wait)
	key := must[[]byte](t)(officer.LoadKey(dir, rand.Reader))
	h.Officers = must[*officer.Book](t)(officer.New(db, key, h.Now, rand.Reader))
	api := must[*desk.Desk](t)(desk.New(desk.Deps{
		Officers: h.Officers, Pool: h.Pool, Logins: must[*limit.Limiter](t)(limit.New("100-M", h.Now)),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: h.Now,
	}))
	e := echo.New()
	api.Routes(e)
	h.Door = httptest.NewTLSServer(e)
	t.Cleanup(h.Door.Close)
	h.directory()
	return h
}

// place is one desk of the directory.
type place struct {
	id, kind, region string
	women            bool
	names            [3]string // ar ckb en
}

func (h *House) directory() {
	h.t.Helper()
	day := h.Now()
	h.Directory = &desks.Directory{
		V: 1, Seq: 1, NotBefore: day.AddDate(0, 0, -3).Format(time.DateOnly), NotAfter: day.AddDate(0, 0, 30).Format(time.DateOnly),
	}
	for _, p := range []place{
		{"IQ-BG", desks.KindDesk, "federal", true, [3]string{"بغداد", "بەغدا", "Baghdad"}},
		{"IQ-BA", desks.KindDesk, "federal", false, [3]string{"البصرة", "بەسرە", "Basra"}},
		{"IQ-SU", desks.KindDesk, "krg", true, [3]string{"السليمانية", "سلێمانی", "Sulaymaniyah"}},
		{"women", desks.KindWomen, "", true, [3]string{"مكتب الضابطات", "نووسینگەی ئەفسەرانی ژن", "Women officers"}},
		{"national", desks.KindNational, "", false, [3]string{"الوحدة الوطنية", "یەکەی نیشتمانی", "National unit"}},
	} {
		key := must[seal.Identity](h.t)(age.GenerateHybridIdentity())
		h.Keys[p.id] = key
		to := key.Recipient().String()
		h.Directory.Desks = append(h.Directory.Desks, desks.Desk{
			ID: p.id, Kind: p.kind, Region: p.region, Women: p.women, Status: desks.Open, Recipient: to, Epoch: "2026Q4",
			Names:       map[string]string{"ar": p.names[0], "ckb": p.names[1], "en": p.names[2]},
			Fingerprint: must[[]string](h.t)(seal.Fingerprint(to, "en")),
		})
	}
	if err := h.Directory.Check(); err != nil {
		h.t.Fatal(err)
	}
}

// Reporter writes, with the code in hand.
type Reporter struct {
	h    *House
	Keys seal.Keys
	n    int
}

// Reporter returns somebody with a code of their own.
func (h *House) Reporter() *Reporter {
	h.t.Helper()
	return &Reporter{h: h, Keys: must[seal.Secret](h.t)(seal.NewSecret(rand.Reader)).Keys()}
}

// Write drops what the reporter writes next to a desk.
func (r *Reporter) Write(desk string, change func(*seal.Report)) {
	t := r.h.t
	t.Helper()
	id, del, capability := r.Keys.Drop(r.n)
	x := seal.Report{
		V: 1, Kind: seal.KindReport, Desk: desk, Epoch: "2026Q4", Day: r.h.Now().Format(time.DateOnly), Thread: r.Keys.Thread,
		Cap: capability[:], Reply: r.Keys.ReplyTo(), Hashes: []seal.FileHash{},
	}
	if r.n > 0 {
		x.Kind = seal.KindFollow
	}
	r.n++
	if change != nil {
		change(&x)
	}
	second := must[seal.Recipient](t)(seal.ThrowAway())
	if x.Flags.National {
		second = r.h.Keys["national"].Recipient()
	}
	body := must[[]byte](t)(seal.Seal(x, r.h.Keys[desk].Recipient(), second))
	f := seal.NewFrame(id, capability, del, body)
	f.Nonce = seal.Work(body, 1)
	if status := must[seal.Status](t)(r.h.Drops.Submit(context.Background(), f, 1)); status != seal.Stored {
		t.Fatalf("the drop was %s", status)
	}
}

// Withdraw takes back all that was not taken.
func (r *Reporter) Withdraw() {
	r.h.t.Helper()
	var pairs []report.Pair
	for n := range r.n {
		id, del, _ := r.Keys.Drop(n)
		pairs = append(pairs, report.Pair{ID: id, Del: del})
	}
	if err := r.h.Drops.Withdraw(context.Background(), pairs); err != nil {
		r.h.t.Fatal(err)
	}
}

// Mail returns what the reporter finds, as "desk state text", by arrival; what
// is not proven begins with a question mark.
func (r *Reporter) Mail() []string {
	r.h.t.Helper()
	slots := must[[seal.Slots][]byte](r.h.t)(r.h.Drops.Mailbox(context.Background(), r.Keys.MboxKey))
	var out []string
	for _, ct := range slots {
		reply, verified, err := seal.OpenReply(ct, r.Keys)
		if err != nil {
			continue
		}
		line := strings.TrimSpace(reply.Desk + " " + reply.State + " " + reply.Text)
		if !verified {
			line = "?" + line
		}
		out = append(out, line)
	}
	return out
}

// Officer is somebody who can sign in.
type Officer struct {
	h                       *House
	Login, Password, Secret string
}

// Hire takes an officer on, who has an authenticator unless fresh.
func (h *House) Hire(login, at string) *Officer {
	h.t.Helper()
	return &Officer{h: h, Login: login, Password: must[string](h.t)(h.Officers.Add(context.Background(), login, at))}
}

// Enrol sets up the officer's authenticator, as the first sign-in does.
func (h *House) Enrol(o *Officer) {
	h.t.Helper()
	link := h.Link()
	step := must[desklink.Step](h.t)(link.Login(context.Background(), o.Login, o.Password))
	o.Secret = step.Secret
	must[desklink.Step](h.t)(link.Code(context.Background(), o.Code()))
}

// Code returns the code that the officer's authenticator shows.
func (o *Officer) Code() string {
	o.h.t.Helper()
	return must[string](o.h.t)(totp.GenerateCode(o.Secret, o.h.Now()))
}

// kit is what every program has in common; making it takes a while.
type kit struct {
	assets   *static.Assets
	renderer *view.Renderer
	letters  []*content.Letter
}

var common = sync.OnceValues(func() (kit, error) {
	catalog, err := locales.NewCatalog()
	if err != nil {
		return kit{}, err
	}
	assets, err := static.New()
	if err != nil {
		return kit{}, err
	}
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		return kit{}, errors.New(problems[0].String())
	}
	renderer, err := view.New(catalog, assets, view.Site{})
	return kit{assets, renderer, lib.Letters}, err
})

// App starts the program of a desk. Host is the name by which it is reached.
func (h *House) App(host string, l locales.Lang, keys ...deskapp.KeyFile) *deskapp.App {
	h.t.Helper()
	return h.AppAt(h.Link(), host, l, keys...)
}

// Link returns a link to the door of the house.
func (h *House) Link() *desklink.Link {
	h.t.Helper()
	return must[*desklink.Link](h.t)(desklink.New(h.Door.URL, h.Door.Client().Transport))
}

// AppAt starts the program with another door.
func (h *House) AppAt(door deskapp.Door, host string, l locales.Lang, keys ...deskapp.KeyFile) *deskapp.App {
	h.t.Helper()
	k := must[kit](h.t)(common())
	return must[*deskapp.App](h.t)(deskapp.New(deskapp.Deps{
		Renderer: k.renderer, Assets: k.assets, Letters: k.letters,
		Door: door, Keys: keys, Now: h.Now, Host: host, Lang: l,
		Directory: func(context.Context) (*desks.Directory, error) {
			if h.Directory == nil {
				return nil, desks.ErrUnsigned
			}
			return h.Directory, nil
		},
	}))
}

// KeyOf returns the key file of a desk, in the clear.
func (h *House) KeyOf(desk string) deskapp.KeyFile {
	return deskapp.KeyFile{Name: desk + ".key", Raw: []byte("# " + desk + "\n" + h.Keys[desk].String() + "\n")}
}
