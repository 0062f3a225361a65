package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"hisn/server"
	"hisn/server/store"
)

// storage reads the flags that say where the database is; more names further
// flags. The rest of the arguments must be as many as files.
func (e env) storage(name string, args []string, files int, more func(*flag.FlagSet)) (at server.Storage, rest []string, err error) {
	fs := flag.NewFlagSet("hisn "+name, flag.ContinueOnError)
	fs.SetOutput(e.err)
	at.Flags(fs)
	if more != nil {
		more(fs)
	}
	problem := server.FromEnvironment(fs, e.getenv)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return at, nil, err
		}
		return at, nil, fmt.Errorf("%w: %s", errUsage, name)
	}
	if fs.NArg() != files {
		problem = errors.Join(problem, fmt.Errorf("%s takes %d file names after the flags", name, files))
	}
	if problem = errors.Join(problem, at.Validate()); problem != nil {
		return at, nil, fmt.Errorf("%w: %w", errUsage, problem)
	}
	return at, fs.Args(), nil
}

// migrate brings the tables up to date. SQLite's are when the site starts.
func (e env) migrate(ctx context.Context, args []string) error {
	at, _, err := e.storage("migrate", args, 0, nil)
	if err != nil {
		return err
	}
	steps, err := store.Migrate(ctx, at.DSN())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "the tables are up to date; %d steps taken\n", steps)
	return nil
}

// backup copies the database, never the ring of keys.
func (e env) backup(ctx context.Context, args []string) error {
	at, files, err := e.storage("backup", args, 1, nil)
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, at.DSN(), files[0]); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "copied, without the keys of the days: what has expired by then, nobody can read in it")
	return nil
}

// restore brings a copy back.
func (e env) restore(ctx context.Context, args []string) error {
	var replace bool
	at, files, err := e.storage("restore", args, 1, func(fs *flag.FlagSet) {
		fs.BoolVar(&replace, "replace", false, "overwrite the database that is there")
	})
	if err != nil {
		return err
	}
	switch err := store.Restore(ctx, at.DSN(), files[0], replace); {
	case errors.Is(err, store.ErrExists):
		return fmt.Errorf("%w; --replace overwrites it", err)
	case err != nil:
		return err
	}
	fmt.Fprintln(e.out, "brought back; it can be read with the ring of keys that it was written with")
	return nil
}
