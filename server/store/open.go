// Package store keeps the sealed reports, the mailboxes and the officers in
// SQLite or PostgreSQL. The SQL is written by hand, one text for both; only the
// tables are made by a folder of migrations for each.
//
// Everything that changes a row goes through one goroutine, which joins what
// waits into one transaction (write.go): a write is acknowledged only after the
// transaction that holds it is on the disk. When the disk no longer says so,
// nothing is acknowledged (health.go).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"hisn/server/fault"
)

// DB is an open database. Its methods may be called from many goroutines.
type DB struct {
	kind   kind
	writer *sql.DB // one connection; used by the goroutine of write.go only
	reader *sql.DB // reads only
	health health

	unsettled int // writes since the log was moved; of the writing goroutine

	queue  chan *job
	quit   chan struct{}
	once   sync.Once
	closed chan struct{} // closed when the writing goroutine has ended
}

// kind is which engine a database is kept in.
type kind uint8

const (
	sqlite kind = iota
	postgres
)

// Errors of Open. They carry no part of the address, which may hold a password.
var (
	// ErrAddress means that the address of the database is of no known form.
	ErrAddress = errors.New("store: the address is neither sqlite:FILE nor postgres://…")
	// ErrOld means that the tables are older than this release.
	ErrOld = errors.New("store: the tables are older than this release; run hisn migrate")
	// ErrNewer means that the tables were made by a later release.
	ErrNewer = errors.New("store: the tables were made by a later release")
	// ErrUnsafe means that the server may lose what it has acknowledged.
	ErrUnsafe = errors.New("store: the database does not wait for the disk (fsync or synchronous_commit is off)")
)

// Open opens the database at dsn: "sqlite:FILE" or "postgres://…". A file that
// is not there is made, readable by its owner only, and its tables are brought
// up to date; those of PostgreSQL are made by Migrate alone, so that two servers
// never do it at once.
func Open(ctx context.Context, dsn string) (*DB, error) {
	db, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := db.prepare(ctx); err != nil {
		db.disconnect()
		return nil, err
	}
	go db.work()
	return db, nil
}

// connect returns the database without having spoken to it.
func connect(dsn string) (*DB, error) {
	db := &DB{kind: sqlite, queue: make(chan *job, queued), quit: make(chan struct{}), closed: make(chan struct{})}
	var err error
	switch {
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		db.kind = postgres
		db.writer, db.reader, err = openPostgres(dsn)
	default:
		var file string
		if file, err = sqliteFile(dsn); err != nil {
			return nil, err
		}
		db.writer, db.reader, err = openSQLite(file)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// prepare sees to it that the tables are there and that the database keeps what
// it acknowledges.
func (db *DB) prepare(ctx context.Context) error {
	if db.kind == sqlite {
		_, err := db.migrate(ctx)
		return err
	}
	if err := db.safe(ctx); err != nil {
		return err
	}
	return db.current(ctx)
}

// Close waits for the writes that are under way and closes the database. What
// still waits is refused.
func (db *DB) Close() error {
	db.once.Do(func() { close(db.quit) })
	<-db.closed
	return db.disconnect()
}

func (db *DB) disconnect() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// read runs fn for something that only reads, outside of any transaction, and
// puts its error into the words of fault.
func (db *DB) read(ctx context.Context, fn func(q *sql.DB) error) error {
	return translate(ctx, fn(db.reader))
}

// Ready reports whether reports can be taken: nil, or a fault.Unavailable.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.health.err(); err != nil {
		return err
	}
	if err := db.reader.PingContext(ctx); err != nil {
		return fault.New(fault.Unavailable, fmt.Errorf("asking the database: %w", err))
	}
	return nil
}
