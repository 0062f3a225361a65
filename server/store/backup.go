package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Errors of Backup and Restore.
var (
	// ErrServer means that the database is a server, which has tools of its own.
	ErrServer = errors.New("store: PostgreSQL is copied with pg_dump --format=custom --file=FILE and brought back with pg_restore --dbname=ADDRESS --clean --if-exists --single-transaction FILE; leave the ring of keys out of every copy")
	// ErrExists means that something stands where a file should be written.
	ErrExists = errors.New("store: there is a file already")
	// ErrBackup means that a file is not an intact copy of a database of Hisn.
	ErrBackup = errors.New("store: the file is not an intact copy of the database")
	// ErrInUse means that a server has the database open.
	ErrInUse = errors.New("store: the database is in use; stop the server first")
)

// Backup writes a consistent copy of the database at dsn to a new file, readable
// by its owner only, while a server may go on writing. What has been deleted is
// not in it, and neither are the keys of the ring: a report in a copy can be
// read only as long as the ring holds the key of its day.
func Backup(ctx context.Context, dsn, file string) error {
	source, err := sqliteFile(dsn)
	if err != nil {
		return err
	}
	if _, err := os.Stat(source); err != nil {
		return fmt.Errorf("reading the database: %w", cause(err))
	}
	// VACUUM INTO fills a file that is there and empty: one that only its owner
	// can read.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return ErrExists
	}
	if err != nil {
		return fmt.Errorf("writing the copy: %w", cause(err))
	}
	defer func() { _ = f.Close() }()
	err = vacuumInto(ctx, source, file)
	if err == nil {
		err = errors.Join(f.Sync(), syncFolder(file))
	}
	if err != nil {
		_ = os.Remove(file)
		return fmt.Errorf("writing the copy: %w", plain(cause(err)))
	}
	return nil
}

func vacuumInto(ctx context.Context, source, file string) error {
	db, err := sql.Open("sqlite", sqliteAddress(source, []string{"busy_timeout(5000)", "temp_store(memory)"}, "deferred"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", file)
	return errors.Join(err, db.Close())
}

// Restore puts a copy that Backup made where dsn points and brings its tables up
// to date. A database that is there is kept, with ErrExists, unless replace is
// set. What was deleted after the copy was made is there again; what has expired
// goes with the next purge, and cannot be read until then.
func Restore(ctx context.Context, dsn, file string, replace bool) error {
	target, err := sqliteFile(dsn)
	if err != nil {
		return err
	}
	if err := intact(ctx, file); err != nil {
		return err
	}
	if info, err := os.Stat(target); err == nil && info.Size() > 0 {
		if !replace {
			return ErrExists
		}
		if err := unused(ctx, target); err != nil {
			return err
		}
	}
	if err := copyFile(file, target); err != nil {
		return fmt.Errorf("writing the database: %w", cause(err))
	}
	_, err = Migrate(ctx, dsn)
	return err
}

// intact looks whether a file holds whole tables of this release or an older one.
func intact(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("reading the copy: %w", cause(err))
	}
	address := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: "mode=ro&immutable=1"}).String()
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return ErrBackup
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		return ErrBackup
	}
	var version, reports int
	err = db.QueryRowContext(ctx, "SELECT max(version_id), (SELECT count(*) FROM pool) FROM goose_db_version").Scan(&version, &reports)
	if err != nil {
		return ErrBackup
	}
	return nil
}

// unused moves the log of a database into it and fails if anybody else has it
// open.
func unused(ctx context.Context, target string) error {
	db, err := sql.Open("sqlite", sqliteAddress(target, []string{"busy_timeout(500)"}, "immediate"))
	if err != nil {
		return fmt.Errorf("opening the database: %w", plain(err))
	}
	defer func() { _ = db.Close() }()
	var mode string
	err = db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	switch {
	case judge(err) == again:
		return ErrInUse
	case err != nil:
		return nil // damaged: that is what a copy is for
	case mode != "delete":
		return ErrInUse
	}
	return nil
}

// copyFile replaces target by a copy of file in one step.
func copyFile(file, target string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(target), ".restore-") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(out.Name()) }() // nothing there once renamed
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	for _, side := range []string{"-wal", "-shm"} { // those of the old one
		if err := os.Remove(target + side); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(out.Name(), target); err != nil {
		return err
	}
	return syncFolder(target)
}

// syncFolder makes a new name last.
func syncFolder(file string) error {
	d, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	_ = d.Sync() // not every system can
	return nil
}

// sqliteFile returns the file of a dsn, or ErrServer.
func sqliteFile(dsn string) (string, error) {
	file, ok := strings.CutPrefix(dsn, "sqlite:")
	switch {
	case ok && file != "" && !strings.HasPrefix(file, ":") && !strings.ContainsAny(file, "?#"):
		return file, nil
	case strings.HasPrefix(dsn, "postgres"):
		return "", ErrServer
	}
	return "", ErrAddress
}

// cause drops the path from an error of the file system.
func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
