// Package server puts the parts together: it reads the pack, renders the site,
// and serves three listeners until it is told to stop.
//
//	public  citizens, families, schools; no desk route at all
//	desk    officers; answers nothing where there is no directory of desks
//	ops     health and metrics, without anything about a person
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/limit"
	"hisn/server/rehearsal"
	"hisn/server/view"
	"hisn/server/web"
	"hisn/server/web/gallery"
	"hisn/server/web/private"
	"hisn/server/web/site"
	"hisn/static"
)

// Server is a site that is ready to be served.
type Server struct {
	cfg    Config
	log    *slog.Logger
	now    func() time.Time
	site   *site.Site
	public http.Handler
	desk   http.Handler
	ops    http.Handler
	vault  *vault // nil where no sealed report is offered
	brotli *compressor
	work   sync.WaitGroup // what goes on behind a new rendering
	marks  string         // state of the content folder that is in use
}

// guessLimit bounds the codes that one network may try in the rehearsal: a
// class of forty at once, and no machine.
const guessLimit = "300-M"

// New reads and renders everything. It opens no listener.
func New(cfg Config, logger *slog.Logger, now func() time.Time) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	catalog, err := locales.NewCatalog()
	if err != nil {
		return nil, err
	}
	assets, err := static.New()
	if err != nil {
		return nil, err
	}
	renderer, err := view.New(catalog, assets, view.Site{
		Demo: cfg.Demo, ExitURL: cfg.ExitURL, Contact: cfg.Contact, BaseURL: cfg.base(),
		Published: strings.TrimSuffix(cfg.SiteURL, "/"),
	})
	if err != nil {
		return nil, err
	}
	limiter, err := limit.New(cfg.Limit, now)
	if err != nil {
		return nil, fmt.Errorf("--limit: %w", err)
	}
	s := &Server{cfg: cfg, log: logger, now: now, brotli: newCompressor(cfg.Data, logger)}
	guesses, err := limit.New(guessLimit, now)
	if err != nil {
		return nil, err
	}
	desk, err := rehearsal.New(rand.Reader, now)
	if err != nil {
		return nil, err
	}
	if s.vault, err = openVault(context.Background(), cfg, now); err != nil {
		return nil, err
	}
	s.site, err = site.New(site.Deps{
		Renderer: renderer, Assets: assets, Limiter: limiter, Guesses: guesses, Rehearsal: desk, Sealed: s.sealed, Mailbox: func() bool { return s.vault != nil }, Now: now,
	})
	if err != nil {
		return nil, err
	}
	if err := s.first(); err != nil {
		return nil, err
	}
	screens, err := s.privateScreens(renderer)
	if err != nil {
		return nil, err
	}
	if s.desk, err = s.deskListener(); err != nil {
		return nil, err
	}
	s.public, s.ops = s.publicHandler(renderer, screens), s.opsHandler()
	return s, nil
}

// Close gives back what New has opened, when Run is not called.
func (s *Server) Close() error {
	if s.vault == nil {
		return nil
	}
	return s.vault.close()
}

// first reads the pack that the process starts with. A broken one stops it.
func (s *Server) first() error {
	if s.cfg.Content == "" {
		lib, problems := content.Load(content.Embedded())
		if len(problems) > 0 {
			return packError("the built-in content", problems)
		}
		return s.site.Start(lib)
	}
	s.marks = folderState(s.cfg.Content)
	lib, problems := content.Check(os.DirFS(s.cfg.Content))
	if len(problems) > 0 {
		return packError(s.cfg.Content, problems)
	}
	return s.site.Start(lib)
}

func packError(where string, problems []content.Problem) error {
	errs := []error{fmt.Errorf("%s was refused: %d problems", where, len(problems))}
	for _, p := range problems {
		errs = append(errs, errors.New(p.String()))
	}
	return errors.Join(errs...)
}

// Public returns the handler of the public listener, for tests.
func (s *Server) Public() http.Handler { return s.public }

// Desk returns the handler of the officers' listener, for tests.
func (s *Server) Desk() http.Handler { return s.desk }

// Ops returns the handler of the ops listener, for tests.
func (s *Server) Ops() http.Handler { return s.ops }

// Site returns the public site, for tests.
func (s *Server) Site() *site.Site { return s.site }

func (s *Server) publicHandler(renderer *view.Renderer, screens *private.Private) http.Handler {
	e := newEcho()
	e.SchemeExtractor = echo.ExtractSchemeDirect()
	if networks, err := s.cfg.proxyNetworks(); err == nil && len(networks) > 0 {
		trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
		for _, n := range networks {
			trust = append(trust, echo.TrustIPRange(n))
		}
		e.IPExtractor, e.SchemeExtractor = echo.ExtractIPFromXFFHeader(trust...), echo.ExtractSchemeFromHeaders(trust...)
	}
	e.HTTPErrorHandler = web.ErrorHandler(s.site, s.log)
	e.Use(web.Guard())
	screens.Routes(e)
	s.site.Routes(e)
	if s.cfg.Dev {
		gallery.New(renderer, e).Routes(e)
	}
	return e
}

// gcPercent keeps the heap tighter than Go's default of 100. Pages are served
// without allocating, so it costs next to nothing, and small machines have
// little memory to give.
const gcPercent = 50

// Time-outs: a slow phone may take its time to read, but not for ever to ask.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 75 * time.Second
	drain         = 10 * time.Second
	// net/http adds 4 KiB of slack to this; together 8 KiB of headers.
	maxHeader = 4 << 10
)

func httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		// net/http writes the sender's address into its messages.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// Run opens the listeners and serves until ctx ends, then lets answers that
// are under way finish.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listeners := []struct {
		name, addr string
		handler    http.Handler
	}{
		{"public", s.cfg.Addr, s.public},
		{"desk", s.cfg.DeskAddr, s.desk},
		{"ops", s.cfg.OpsAddr, s.ops},
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(listeners))
	var servers []*http.Server
	for _, l := range listeners {
		var lc net.ListenConfig
		ln, err := lc.Listen(ctx, "tcp", l.addr)
		if err != nil {
			cancel()
			shutdown(servers)
			return fmt.Errorf("opening the %s listener: %w", l.name, err)
		}
		srv := httpServer(l.handler)
		servers = append(servers, srv)
		s.log.Info("listening", "listener", l.name, "url", "http://"+ln.Addr().String()+"/")
		wg.Go(func() {
			if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
				errs <- err
				cancel()
			}
		})
	}
	debug.SetGCPercent(gcPercent)
	wg.Go(func() { s.compress(ctx) })
	wg.Go(func() { s.watch(ctx) })
	wg.Go(func() { s.keep(ctx) })
	<-ctx.Done()
	shutdown(servers)
	wg.Wait()
	s.work.Wait()
	close(errs)
	return errors.Join(<-errs, s.Close())
}

// compress renders what nobody has asked for yet and makes the small copies.
func (s *Server) compress(ctx context.Context) {
	bodies, err := s.site.Bodies()
	if err != nil {
		s.log.Error("a page cannot be rendered", "err", err)
		return
	}
	s.brotli.run(ctx, bodies)
}

func shutdown(servers []*http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, srv := range servers {
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
	}
}
