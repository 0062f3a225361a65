package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the engine, in pure Go
)

// readers is how many connections read at once.
const readers = 4

// pragmas are set on every connection, in this order. auto_vacuum has to come
// before the first table, busy_timeout before what may have to wait.
var pragmas = []string{
	"busy_timeout(5000)",
	"auto_vacuum(full)",     // a deleted page leaves the file
	"secure_delete(on)",     // and is overwritten before
	"journal_mode(wal)",     //
	"synchronous(full)",     // a commit has been through fsync
	"foreign_keys(on)",      //
	"temp_store(memory)",    // nothing spills into another file
	"trusted_schema(off)",   //
	"wal_autocheckpoint(0)", // done between two groups, where its errors are seen
}

// openSQLite returns the one connection that writes, and those that read.
func openSQLite(file string) (writer, reader *sql.DB, err error) {
	if err := ownFile(file); err != nil {
		return nil, nil, err
	}
	writer, err = sql.Open("sqlite", sqliteAddress(file, with("cache_size(-8000)"), "immediate")) // KiB
	if err != nil {
		return nil, nil, fmt.Errorf("opening the database: %w", err)
	}
	reader, err = sql.Open("sqlite", sqliteAddress(file, with("cache_size(-1000)", "query_only(on)"), "deferred"))
	if err != nil {
		_ = writer.Close()
		return nil, nil, fmt.Errorf("opening the database: %w", err)
	}
	writer.SetMaxOpenConns(1)
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return writer, reader, nil
}

// with returns the settings of a connection and further ones, which come first.
func with(further ...string) []string { return append(further, pragmas...) }

// ownFile makes the file, for its owner only, if it is not there: the engine
// gives its side files the permissions of this one.
func ownFile(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("making the folder of the database: %w", err)
	}
	f, err := os.OpenFile(file, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file of the database: %w", err)
	}
	return f.Close()
}

func sqliteAddress(file string, pragmas []string, lock string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {lock}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// checkpoint moves the write-ahead log into the database. With truncate nothing
// stays in the log's file, so that what was deleted is nowhere any more.
func (db *DB) checkpoint(ctx context.Context, truncate bool) error {
	if db.kind != sqlite {
		return nil
	}
	mode := "PASSIVE"
	if truncate {
		mode = "TRUNCATE"
	}
	var busy, log, moved int
	row := db.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")")
	if err := row.Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("emptying the log: %w", err)
	}
	if truncate && busy != 0 {
		return errReading
	}
	return nil
}

// errReading says that the log could not be emptied because of a reader; it is
// tried again with the next purge.
var errReading = errors.New("emptying the log: somebody is reading it")

// inMemory is up to which size, in bytes, a database is rewritten in memory.
const inMemory = 256 << 20

// vacuum rewrites the file in the order of the keys. What the engine needs for
// that it keeps in memory, as everywhere; a large database would not fit, so its
// rows, which are wrapped, go through a nameless file.
func (db *DB) vacuum(ctx context.Context) error {
	var pages, size int64
	err := db.writer.QueryRowContext(ctx, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size").Scan(&pages, &size)
	if err != nil {
		return err
	}
	if pages*size <= inMemory {
		return db.each(ctx, "VACUUM")
	}
	return errors.Join(db.each(ctx, "PRAGMA temp_store = FILE", "VACUUM"), db.each(ctx, "PRAGMA temp_store = MEMORY"))
}
