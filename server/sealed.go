package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"hisn/server/demo"
	"hisn/server/desks"
	"hisn/server/limit"
	"hisn/server/officer"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/view"
	"hisn/server/web/desk"
	"hisn/server/web/private"
)

// vault is everything that the sealed report stands on. A site without a signed
// directory of desks has none: it opens no database and its officers' listener
// answers nothing.
type vault struct {
	db      *store.DB
	drops   *report.Dropbox
	pool    *report.Desk
	keeper  *report.Keeper
	book    *officer.Book
	sources *desks.Source
	kit     *demo.Kit // of a demonstration; else nil
	folder  string    // of the demonstration; removed at the end
	fresh   bool      // the ring of day keys was made now
}

// The limits of the sealed report. A whole carrier may be one network; beyond
// these sending costs more work, and never ends in a refusal.
const (
	dropsPerNetwork = "120-H"
	dropsOfAll      = "500-H"
	framesPerMinute = "600-M"
	loginsPerMinute = "60-M"
)

// openVault opens what the sealed report needs, if there is a directory of desks
// or a demonstration is asked for; else it returns nil.
func openVault(ctx context.Context, cfg Config, now func() time.Time) (*vault, error) {
	v := &vault{}
	folder := cfg.Data
	if cfg.Demo {
		v.folder = filepath.Join(cfg.Data, "demo")
		folder = v.folder
		if err := v.startDemo(now()); err != nil {
			return nil, fmt.Errorf("preparing the demonstration: %w", err)
		}
	} else if _, err := os.Stat(filepath.Join(folder, desks.SignersFile)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	v.sources = desks.NewSource(folder)
	if err := v.open(ctx, cfg.storage(folder), now); err != nil {
		return nil, err
	}
	if v.kit != nil {
		if err := v.hire(ctx, now); err != nil {
			return nil, errors.Join(err, v.close())
		}
	}
	return v, nil
}

// startDemo makes the throw-away directory in an empty folder.
func (v *vault) startDemo(now time.Time) error {
	if err := os.RemoveAll(v.folder); err != nil {
		return err
	}
	var err error
	v.kit, err = demo.Make(v.folder, now, rand.Reader)
	return err
}

func (v *vault) open(ctx context.Context, at *Storage, now func() time.Time) error {
	ring, err := report.OpenRing(at.RingFile())
	if err != nil {
		return fmt.Errorf("opening the ring of day keys: %w", err)
	}
	if v.db, err = store.Open(ctx, at.DSN()); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	v.fresh = ring.Fresh()
	v.drops, v.pool, v.keeper = report.New(v.db, ring, now, rand.Reader)
	if v.book, err = officer.Open(ctx, v.db, at.Data, now, rand.Reader); err != nil {
		return errors.Join(err, v.db.Close())
	}
	return nil
}

func (v *vault) close() error {
	v.drops.Wait()
	err := v.db.Close()
	if v.folder != "" {
		err = errors.Join(err, os.RemoveAll(v.folder))
	}
	return err
}

// hire takes on the officers of the demonstration, and has their desks look in.
func (v *vault) hire(ctx context.Context, now func() time.Time) error {
	if err := v.kit.Hire(ctx, enrolled{v.book, now}); err != nil {
		return err
	}
	for _, o := range v.kit.Officers {
		if err := v.pool.Beat(ctx, o.Desk); err != nil {
			return err
		}
	}
	return nil
}

// enrolled takes officers on in the way that officers sign in the first time,
// so that a demonstration has no door that a real site has not.
type enrolled struct {
	*officer.Book
	now func() time.Time
}

// AddEnrolled takes on an officer and sets up the authenticator.
func (e enrolled) AddEnrolled(ctx context.Context, login, deskID string) (password, secret string, err error) {
	password, err = e.Add(ctx, login, deskID)
	if errors.Is(err, officer.ErrTaken) { // a database that outlived an earlier demonstration
		password, err = e.Reset(ctx, login)
	}
	if err != nil {
		return "", "", err
	}
	half, err := e.Login(ctx, officer.Credentials{Login: login, Password: password})
	if err != nil {
		return "", "", err
	}
	visit, err := e.Visit(ctx, half.Token)
	if err != nil {
		return "", "", err
	}
	// The code of half a minute ago is good too; so the present one stays unused.
	const step = 30 * time.Second
	code, err := totp.GenerateCode(half.Secret, e.now().Add(-step))
	if err != nil {
		return "", "", err
	}
	in, err := e.Confirm(ctx, visit, code, "")
	if err != nil {
		return "", "", err
	}
	if visit, err = e.Visit(ctx, in.Token); err != nil {
		return "", "", err
	}
	return password, half.Secret, e.Logout(ctx, visit)
}

// PrintDemo says how to walk the demonstration, if this is one.
func (s *Server) PrintDemo(w io.Writer) error {
	if s.vault == nil || s.vault.kit == nil {
		return nil
	}
	return s.vault.kit.Print(w, s.cfg.base()+"/", "http://"+s.cfg.DeskAddr)
}

// Pool returns the officers' side of the pool. It is for tests.
func (s *Server) Pool() *report.Desk { return s.vault.pool }

// Demo returns the demonstration, or nil if this is none. It is for tests.
func (s *Server) Demo() *demo.Kit {
	if s.vault == nil {
		return nil
	}
	return s.vault.kit
}

// sealed reports whether the sealed report can be offered at this moment.
func (s *Server) sealed() bool {
	if s.vault == nil {
		return false
	}
	_, _, err := s.vault.sources.Current(s.now())
	return err == nil
}

// deskListener is the officers' listener: closed while there is no vault.
func (s *Server) deskListener() (http.Handler, error) {
	if s.vault == nil {
		return deskHandler(), nil
	}
	logins, err := limit.New(loginsPerMinute, s.now)
	if err != nil {
		return nil, err
	}
	d, err := desk.New(desk.Deps{Officers: s.vault.book, Pool: s.vault.pool, Logins: logins, Log: s.log, Now: s.now})
	if err != nil {
		return nil, err
	}
	e := newEcho()
	d.Routes(e)
	return e, nil
}

// privateScreens are the screens of the sealed report, on the public listener.
func (s *Server) privateScreens(renderer *view.Renderer) (*private.Private, error) {
	d := private.Deps{
		Renderer: renderer, Pool: noPool{}, Directory: noDirectory{}, Library: s.site.Library, Home: s.site.ShowPage,
		Now: s.now, Rand: rand.Reader,
		Alarm: func(err error) { s.log.Error("a report could not be stored", "err", err) },
	}
	if s.vault != nil {
		d.Pool, d.Directory = s.vault.drops, s.vault.sources
	}
	for rate, into := range map[string]*private.Limiter{
		framesPerMinute: &d.Forms, dropsPerNetwork: &d.Drops, dropsOfAll: &d.Everyone,
	} {
		l, err := limit.New(rate, s.now)
		if err != nil {
			return nil, err
		}
		*into = l
	}
	return private.New(d)
}

// noDirectory and noPool stand where a site offers no sealed report: its screens
// say so, and nothing is taken.
type (
	noDirectory struct{}
	noPool      struct{}
)

func (noDirectory) Current(time.Time) (*desks.Directory, []byte, error) {
	return nil, nil, desks.ErrNone
}
func (noDirectory) Signers() desks.Signers { return desks.Signers{} }

func (noPool) Submit(context.Context, seal.Frame, int) (seal.Status, error) {
	return seal.NotStored, nil
}

func (noPool) Mailbox(context.Context, [32]byte) ([seal.Slots][]byte, error) {
	return [seal.Slots][]byte{}, nil
}
func (noPool) Burn(context.Context, [32]byte, [32]byte) error { return nil }
func (noPool) Withdraw(context.Context, []report.Pair) error  { return nil }
func (noPool) Staffed(context.Context, time.Time) (map[string]bool, error) {
	return map[string]bool{}, nil
}

// keep runs the hourly work of the pool and of the officers' register until ctx
// ends.
func (s *Server) keep(ctx context.Context) {
	if s.vault == nil {
		return
	}
	if n, err := s.vault.pool.Unreadable(ctx); err == nil && n > 0 {
		s.log.Error("the ring of day keys is not the one that these blobs were wrapped with; they cannot be read any more",
			"blobs", n, "new_ring", s.vault.fresh)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		s.vault.keeper.Run(ctx, func(err error) { s.log.Error("upkeep of the pool", "err", err) })
	})
	wg.Go(func() { s.tidy(ctx) })
	wg.Wait()
}

// tidy forgets old sessions and old rows of the trail.
func (s *Server) tidy(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := s.vault.book.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("upkeep of the register", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// newEcho is a router that says nothing of its own.
func newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(io.Discard)
	e.IPExtractor = echo.ExtractIPDirect()
	return e
}
