package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hisn/server"
	"hisn/server/officer"
	"hisn/server/store"
)

// officerArgs is how the command was called.
type officerArgs struct {
	server.Storage
	part, login  string
	desk         string
	json, verify bool
}

// officer takes officers on and off. It runs on the host only: whoever may read
// the data folder may do this, and nobody may do it over the network.
func (e env) officer(ctx context.Context, args []string) (err error) {
	a, err := e.officerArgs(args)
	if err != nil {
		return err
	}
	book, closeStore, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	switch a.part {
	case "add":
		password, err := book.Add(ctx, a.login, a.desk)
		return e.first(a.login, password, err)
	case "reset-totp":
		password, err := book.Reset(ctx, a.login)
		return e.first(a.login, password, err)
	case "disable":
		if err := book.Disable(ctx, a.login); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is disabled, and all sessions have ended. Now change the key of the desk.\n", a.login)
		return nil
	case "list":
		return e.officers(ctx, book)
	}
	return e.trail(ctx, book, a)
}

// officerArgs reads the arguments; flags may stand anywhere.
func (e env) officerArgs(args []string) (a officerArgs, err error) {
	fs := flag.NewFlagSet("hisn officer", flag.ContinueOnError)
	fs.SetOutput(e.err)
	a.Storage.Flags(fs)
	if err := server.FromEnvironment(fs, e.getenv); err != nil {
		return a, fmt.Errorf("%w: %w", errUsage, err)
	}
	fs.StringVar(&a.desk, "desk", "", "add: id of the desk in the signed directory, such as IQ-BG")
	fs.BoolVar(&a.json, "json", false, "audit: every row in full, one JSON object a line")
	fs.BoolVar(&a.verify, "verify", false, "audit: follow the chain and say whether it is whole")
	words, err := anywhere(fs, args)
	if err != nil {
		return a, err
	}
	if len(words) == 0 {
		return a, fmt.Errorf("%w: officer add | disable | reset-totp | list | audit", errUsage)
	}
	takes := slices.Contains([]string{"add", "disable", "reset-totp"}, words[0])
	switch {
	case !takes && words[0] != "list" && words[0] != "audit":
		return a, fmt.Errorf("%w: officer has no part %q", errUsage, words[0])
	case takes && len(words) != 2:
		return a, fmt.Errorf("%w: officer %s LOGIN", errUsage, words[0])
	case !takes && len(words) != 1:
		return a, fmt.Errorf("%w: officer %s takes no login", errUsage, words[0])
	case words[0] == "add" && a.desk == "":
		return a, fmt.Errorf("%w: officer add LOGIN --desk ID", errUsage)
	}
	if a.part = words[0]; takes {
		a.login = strings.ToLower(words[1])
	}
	return a, nil
}

// open opens the register. Only taking somebody on may begin a new one: with a
// mistyped folder everything else would seem to be empty.
func (a officerArgs) open(ctx context.Context) (*officer.Book, func() error, error) {
	dsn := a.DSN()
	if file, ok := strings.CutPrefix(dsn, "sqlite:"); ok && a.part != "add" {
		if _, err := os.Stat(file); err != nil {
			return nil, nil, fmt.Errorf("no register of officers in %s: wrong --data?", filepath.Dir(file))
		}
	}
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, nil, err
	}
	book, err := officer.Open(ctx, db, a.Data, time.Now, rand.Reader)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return book, db.Close, nil
}

// first prints a first password, the only time that it is ever seen.
func (e env) first(login, password string, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The first password of %s, shown this once and stored nowhere:\n\n    %s\n\n"+
		"It serves for seven days. The first sign-in sets up the authenticator.\n", login, password)
	return nil
}

func (e env) officers(ctx context.Context, book *officer.Book) error {
	all, err := book.List(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "login\tdesk\tstate\tfirst password until")
	for _, o := range all {
		until := "-"
		if o.State == officer.Fresh {
			until = time.Unix(o.Due*24*60*60, 0).UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.Login, o.Desk, o.State, until)
	}
	return w.Flush()
}

// trail prints or verifies what officers did.
func (e env) trail(ctx context.Context, book *officer.Book, a officerArgs) error {
	if a.json {
		return book.Export(ctx, e.out)
	}
	if a.verify {
		proof, err := book.Verify(ctx)
		if err != nil {
			return fmt.Errorf("the trail is not whole: %w", err)
		}
		fmt.Fprintf(e.out, "%d rows, %d to %d, each follows the one before.\nWrite down the last one: %d %s\n",
			proof.Rows, proof.First, proof.Last, proof.Last, proof.Head)
		return nil
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "row\thour\tofficer\taction\tobject")
	if err := book.Lines(ctx, func(l officer.Line) error {
		_, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", l.Seq, l.Hour, l.Login, l.Action, l.Object)
		return err
	}); err != nil {
		return err
	}
	return w.Flush()
}
