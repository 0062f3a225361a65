package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"hisn/content"
	"hisn/locales"
	"hisn/server"
	"hisn/server/deskapp"
	"hisn/server/desklink"
	"hisn/server/desks"
	"hisn/server/view"
	"hisn/static"
)

// deskArgs is how hisn desk was called.
type deskArgs struct {
	server, site, note, signers string
	identities                  []string
	addr, lang                  string
	noBrowser                   bool
	passFile                    string
	login, to, out              string // export
}

// list is a flag that can be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (a *deskArgs) set(fs *flag.FlagSet, export bool) {
	fs.StringVar(&a.server, "server", "", "address of the desk's door, such as https://desk.example.org")
	fs.Var((*list)(&a.identities), "identity", "key file of the desk, locked with a passphrase or not; the present one first, older ones after it")
	fs.StringVar(&a.site, "site", "", "address of the public site, for the signed directory of desks")
	fs.StringVar(&a.note, "desks", "", "the signed directory as a file, instead of --site")
	fs.StringVar(&a.signers, "signers", "", "file with the signers of the directory; without it threads stay at this desk")
	fs.StringVar(&a.passFile, "passphrase-file", "", "file with the passphrase of the key files, instead of typing it")
	if export {
		fs.StringVar(&a.login, "login", "", "the officer's login")
		fs.StringVar(&a.to, "to", "", "public key of the one person who may open the export, age1pq1…")
		fs.StringVar(&a.out, "out", ".", "folder for the file; it gets the next free number")
		return
	}
	fs.StringVar(&a.addr, "addr", "127.0.0.1:0", "loopback address of the pages; port 0 is any free one")
	fs.StringVar(&a.lang, "lang", "ar", "language of the first page: ar, ckb or en")
	fs.BoolVar(&a.noBrowser, "no-browser", false, "print the address and open no browser")
}

// desk runs the officers' program on this machine until ctx ends.
func (e env) desk(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "export" {
		return e.deskExport(ctx, args[1:], bufio.NewReader(os.Stdin))
	}
	a, err := e.deskArgs(args, false)
	if err != nil {
		return err
	}
	ln, err := loopback(ctx, a.addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	app, err := e.program(a, ln.Addr().String())
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: app.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0), // it would name addresses
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	closeBrowser := e.invite(ctx, app, a.noBrowser)
	defer closeBrowser()
	select {
	case err = <-failed:
	case <-ctx.Done():
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		app.Close(last)
		stop()
		fmt.Fprintln(e.err, "Ended. Nothing is left on this computer.")
	}
	return errors.Join(err, srv.Close())
}

func (e env) deskArgs(args []string, export bool) (a deskArgs, err error) {
	fs := flag.NewFlagSet("hisn desk", flag.ContinueOnError)
	fs.SetOutput(e.err)
	a.set(fs, export)
	if err := server.FromEnvironment(fs, e.getenv); err != nil {
		return a, fmt.Errorf("%w: %w", errUsage, err)
	}
	given := a.identities
	a.identities = nil
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return a, err
		}
		return a, fmt.Errorf("%w: %w", errUsage, err)
	}
	if len(a.identities) == 0 {
		a.identities = given
	}
	return a, a.check(fs)
}

func (a deskArgs) check(fs *flag.FlagSet) error {
	_, known := locales.Parse(a.lang)
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("%w: %q is not a flag", errUsage, fs.Arg(0))
	case a.server == "":
		return fmt.Errorf("%w: --server is needed: the address of the desk's door", errUsage)
	case len(a.identities) == 0:
		return fmt.Errorf("%w: --identity is needed: the key file of the desk", errUsage)
	case a.lang != "" && !known:
		return fmt.Errorf("%w: --lang is ar, ckb or en", errUsage)
	case (a.site != "" || a.note != "") && a.signers == "":
		return fmt.Errorf("%w: --signers is needed to believe a directory", errUsage)
	}
	return nil
}

// loopback listens on an address that only this machine reaches.
func loopback(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%w: --addr: %w", errUsage, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%w: --addr: the pages show opened reports; only a loopback address such as 127.0.0.1:0 is taken", errUsage)
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
}

// program puts the officers' program together.
func (e env) program(a deskArgs, host string) (*deskapp.App, error) {
	catalog, err := locales.NewCatalog()
	if err != nil {
		return nil, err
	}
	assets, err := static.New()
	if err != nil {
		return nil, err
	}
	renderer, err := view.New(catalog, assets, view.Site{})
	if err != nil {
		return nil, err
	}
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		return nil, errors.New(problems[0].String())
	}
	link, err := desklink.New(a.server, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: --server: %w", errUsage, err)
	}
	keys, err := e.keyFiles(a)
	if err != nil {
		return nil, err
	}
	dir, err := a.directory()
	if err != nil {
		return nil, err
	}
	return deskapp.New(deskapp.Deps{
		Renderer: renderer, Assets: assets, Letters: lib.Letters, Door: link, Keys: keys, Directory: dir.Current,
		Now: time.Now, Host: host, Lang: locales.Lang(a.lang),
	})
}

// keyFiles reads the key files. Locked ones stay locked, unless the passphrase
// stands in a file: then the program asks for it on its first page.
func (e env) keyFiles(a deskArgs) ([]deskapp.KeyFile, error) {
	var out []deskapp.KeyFile
	for _, name := range a.identities {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--identity: %w", err)
		}
		k := deskapp.KeyFile{Name: filepath.Base(name), Raw: raw}
		if k.Locked() && a.passFile != "" {
			pass, err := readPassphrase(a.passFile)
			if err != nil {
				return nil, err
			}
			if k, err = k.Unlock(pass); err != nil {
				return nil, fmt.Errorf("--identity %s: %w", k.Name, err)
			}
		}
		if !k.Locked() {
			if _, err := k.Open(""); err != nil {
				return nil, fmt.Errorf("--identity %s: %w", k.Name, err)
			}
		}
		out = append(out, k)
	}
	return out, nil
}

func (a deskArgs) directory() (*deskapp.Directory, error) {
	d := &deskapp.Directory{Site: a.site, File: a.note, Client: &http.Client{}, Now: time.Now}
	if a.signers == "" {
		return d, nil
	}
	raw, err := os.ReadFile(a.signers)
	if err != nil {
		return nil, fmt.Errorf("--signers: %w", err)
	}
	d.Signers, err = desks.ParseSigners(raw)
	if err != nil {
		return nil, fmt.Errorf("--signers: %w", err)
	}
	return d, nil
}

// invite says where the pages are, and opens the browser. Each press of Enter
// gives a fresh address.
func (e env) invite(ctx context.Context, app *deskapp.App, quiet bool) (done func()) {
	show := func() {
		fmt.Fprintf(e.out, "\nOpen this in the browser of this computer. It works once:\n\n    %s\n\n", app.Start())
	}
	done = func() {}
	if !quiet {
		done = openBrowser(ctx, app.Start())
	}
	show()
	fmt.Fprintln(e.out, "Enter: a fresh address. Ctrl+C: end the program.")
	if term.IsTerminal(int(os.Stdin.Fd())) { //nolint:gosec // a small number
		go func() {
			for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
				show()
			}
		}()
	}
	return done
}
