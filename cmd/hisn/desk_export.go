package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"hisn/server/casework"
	"hisn/server/desklink"
	"hisn/server/fault"
	"hisn/server/seal"
)

// deskExport signs an officer in on the terminal, opens everything that is for
// the desk, and writes it into one file that only one person can open. What is
// asked for can also come from a pipe, a line each: login, password, code.
func (e env) deskExport(ctx context.Context, args []string, in *bufio.Reader) error {
	a, err := e.deskArgs(args, true)
	if err != nil {
		return err
	}
	to, err := seal.ParseRecipient(a.to)
	if err != nil {
		return fmt.Errorf("%w: --to is the public key of the person who may open the export, age1pq1…", errUsage)
	}
	words, err := seal.Fingerprint(a.to, "en")
	if err != nil {
		return err
	}
	link, err := desklink.New(a.server, nil)
	if err != nil {
		return fmt.Errorf("%w: --server: %w", errUsage, err)
	}
	ids, err := e.identities(a)
	if err != nil {
		return err
	}
	work, err := casework.New(link, ids, time.Now)
	if err != nil {
		return err
	}
	me, err := e.signIn(ctx, a, link, in)
	if err != nil {
		return err
	}
	defer func() { _ = link.Logout(context.WithoutCancel(ctx)) }()
	work.Sit(me.Login, me.Desk)
	if dir, err := a.directory(); err == nil {
		if d, err := dir.Current(ctx); err == nil {
			work.Know(d)
		}
	}
	if err := work.Fetch(ctx); err != nil {
		return told(err)
	}
	name, err := writeExport(a.out, work.Threads(), to)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %d threads, for the holder of the key %s\n", name, len(work.Threads()), strings.Join(words, " "))
	return nil
}

// identities opens the key files, with passphrases from the terminal.
func (e env) identities(a deskArgs) ([]seal.Identity, error) {
	files, err := e.keyFiles(a)
	if err != nil {
		return nil, err
	}
	var out []seal.Identity
	for _, k := range files {
		pass := ""
		if k.Locked() {
			if pass, err = e.passphrase("", k.Name); err != nil {
				return nil, err
			}
		}
		ids, err := k.Open(pass)
		if err != nil {
			return nil, fmt.Errorf("--identity %s: %w", k.Name, err)
		}
		out = append(out, ids...)
	}
	return out, nil
}

func (e env) signIn(ctx context.Context, a deskArgs, link *desklink.Link, in *bufio.Reader) (desklink.Me, error) {
	login := a.login
	var err error
	if login == "" {
		if login, err = e.ask(in, "Login: ", false); err != nil {
			return desklink.Me{}, err
		}
	}
	password, err := e.ask(in, "Password: ", true)
	if err != nil {
		return desklink.Me{}, err
	}
	step, err := link.Login(ctx, login, password)
	if err != nil {
		return desklink.Me{}, told(err)
	}
	if step.Stage == desklink.StageEnrol {
		return desklink.Me{}, errors.New("this account has no authenticator yet; sign in once with hisn desk")
	}
	code, err := e.ask(in, "Code of the authenticator: ", false)
	if err != nil {
		return desklink.Me{}, err
	}
	if _, err := link.Code(ctx, code); err != nil {
		return desklink.Me{}, told(err)
	}
	me, err := link.Me(ctx)
	return me, told(err)
}

// ask reads one line, unseen when it is secret and there is a terminal.
func (e env) ask(in *bufio.Reader, what string, secret bool) (string, error) {
	at := int(os.Stdin.Fd()) //nolint:gosec // a small number
	fmt.Fprint(e.err, what)
	if secret && in.Buffered() == 0 && term.IsTerminal(at) {
		raw, err := term.ReadPassword(at)
		fmt.Fprintln(e.err)
		return string(raw), err
	}
	line, err := in.ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("%w: nothing was typed", errUsage)
	}
	return strings.TrimSpace(line), nil
}

// told says in words what the door refused.
func told(err error) error {
	if err == nil {
		return nil
	}
	switch fault.KindOf(err) {
	case fault.Unauthorized, fault.Invalid, fault.Forbidden:
		return errors.New("login, password or code is wrong, or the session has ended")
	case fault.TooMany:
		return fmt.Errorf("too many tries; again in %s", fault.AfterOf(err))
	case fault.Unavailable:
		return errors.New("the server does not answer")
	default:
		return err
	}
}

// writeExport writes the export under the next free number.
func writeExport(dir string, threads []casework.Thread, to seal.Recipient) (string, error) {
	const most = 10_000
	for n := 1; n < most; n++ {
		name := filepath.Join(dir, fmt.Sprintf("hisn-export-%d.age", n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the officer's own folder
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		err = errors.Join(casework.Export(f, threads, to), f.Sync(), f.Close())
		return name, err
	}
	return "", errors.New("too many exports in this folder")
}
