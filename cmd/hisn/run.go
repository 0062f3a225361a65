package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

// The exit codes: 0 done, 1 failed, 2 called wrongly.
const (
	exitOK    = 0
	exitFail  = 1
	exitUsage = 2
)

const usage = `Hisn: safer accounts, calm help and the right contact, in Arabic, Sorani and English.

  hisn serve    [flags]                        run the site; "hisn serve -h" lists the flags
  hisn content  check | status | graph [DIR]   check a content pack, list what is due, draw the triage
  hisn content  stamp DIR                      note that the translations have been read again
  hisn migrate  [flags]                        bring the tables of the database up to date
  hisn backup   [flags] FILE                   copy the database, without the keys of the days
  hisn restore  [flags] FILE                   bring a copy back
  hisn officer  add LOGIN --desk ID            take on an officer; prints the first password, once
  hisn officer  disable LOGIN | reset-totp LOGIN | list
  hisn officer  audit [--json | --verify]      what officers did; is the trail whole?
  hisn keys     new-signer | new-desk | rotate keys of signers and desks; see .github/OPERATING.md
  hisn keys     draft | sign | verify | show | install    the signed directory of desks
  hisn keys     split | join                   an identity in three hands, two of which restore it
  hisn desk     --server URL --identity FILE   the officers' program, in the browser of this machine
  hisn desk     export --to RECIPIENT          everything of a desk, locked to one person
  hisn healthcheck [URL]                       ask a running site whether it is ready
  hisn version                                 print the version
`

// errUsage says that the command was called wrongly; the reason is printed.
var errUsage = errors.New("called wrongly")

// env is what a command may use of the world.
type env struct {
	getenv func(string) string
	out    io.Writer
	err    io.Writer
}

// run carries out one command and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, out, errw io.Writer) int {
	e := env{getenv, out, errw}
	if len(args) == 0 {
		fmt.Fprint(errw, usage)
		return exitUsage
	}
	var err error
	switch args[0] {
	case "serve":
		err = e.serve(ctx, args[1:])
	case "content":
		err = e.content(args[1:])
	case "migrate":
		err = e.migrate(ctx, args[1:])
	case "backup":
		err = e.backup(ctx, args[1:])
	case "restore":
		err = e.restore(ctx, args[1:])
	case "officer":
		err = e.officer(ctx, args[1:])
	case "keys":
		err = e.keys(args[1:])
	case "desk":
		err = e.desk(ctx, args[1:])
	case "healthcheck":
		err = e.healthcheck(ctx, args[1:])
	case "version":
		fmt.Fprintln(out, version())
	case "help", "-h", "--help":
		fmt.Fprint(out, usage)
	default:
		fmt.Fprintf(errw, "hisn: no command is called %q\n\n%s", args[0], usage)
		return exitUsage
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		fmt.Fprintln(errw, "hisn:", err)
		return exitUsage
	}
	fmt.Fprintln(errw, "hisn:", err)
	return exitFail
}
