package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	engine "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"hisn/server/fault"
)

// trouble is how bad an error of the database is.
type trouble uint8

const (
	fine  trouble = iota // the caller's: not found, not unique, cancelled
	again                // another transaction was in the way; trying again may help
	sick                 // nothing can be written now; it may heal
	dead                 // the disk failed; only a new process may go on
)

// judge says how bad err is.
func judge(err error) trouble {
	var f *fault.Error
	var s *engine.Error
	var p *pgconn.PgError
	switch {
	case err == nil, errors.As(err, &f), errors.Is(err, sql.ErrNoRows),
		errors.Is(err, context.Canceled), errors.Is(err, errRollback), errors.Is(err, errCareful):
		return fine
	case errors.Is(err, errReading):
		return again
	case errors.As(err, &s):
		return judgeSQLite(s.Code())
	case errors.As(err, &p):
		return judgePostgres(p.Code)
	}
	return sick // a connection that broke, a time-out
}

func judgeSQLite(code int) trouble {
	switch code { // the index in shared memory holds nothing that has to last
	case lib.SQLITE_IOERR_SHMOPEN, lib.SQLITE_IOERR_SHMSIZE, lib.SQLITE_IOERR_SHMLOCK, lib.SQLITE_IOERR_SHMMAP:
		return sick
	}
	switch code & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return again
	case lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return dead
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_ERROR, lib.SQLITE_MISMATCH, lib.SQLITE_RANGE,
		lib.SQLITE_TOOBIG, lib.SQLITE_MISUSE, lib.SQLITE_SCHEMA, lib.SQLITE_INTERRUPT:
		return fine
	}
	return sick // full, read-only, cannot open, no memory
}

func judgePostgres(state string) trouble {
	switch {
	case state == "40001", state == "40P01", state == "55P03": // serialisation, deadlock, lock
		return again
	case state == "25006": // read-only transaction
		return sick
	}
	switch state[:min(2, len(state))] {
	case "08", "53", "55", "57", "58", "XX", "F0": // connection, resources, shutdown, system, internal
		return sick
	}
	return fine
}

// translate puts an error of the database into the words of fault. What is a
// fault already, or says that the caller went away, stays as it is.
func translate(ctx context.Context, err error) error {
	var f *fault.Error
	switch {
	case err == nil, errors.As(err, &f):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, nil)
	case ctx.Err() != nil:
		return ctx.Err()
	case unique(err):
		return fault.New(fault.Conflict, nil)
	case judge(err) == fine:
		return fault.New(fault.Internal, plain(err))
	}
	return fault.New(fault.Unavailable, plain(err))
}

// unique says whether err is about a key that is there already.
func unique(err error) bool {
	var s *engine.Error
	var p *pgconn.PgError
	if errors.As(err, &s) {
		return s.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY || s.Code() == lib.SQLITE_CONSTRAINT_UNIQUE
	}
	return errors.As(err, &p) && p.Code == "23505"
}

// plain drops from an error what could hold a value: PostgreSQL quotes keys in
// the detail of its errors, and pgx the address it wanted to reach.
func plain(err error) error {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return errors.New("the database answered " + p.Code)
	}
	var s *engine.Error
	if errors.As(err, &s) {
		text, _, _ := strings.Cut(engine.ErrorCodeString[s.Code()&0xff], "(")
		return errors.New("the database answered: " + strings.TrimSpace(text))
	}
	return hideAddress(err)
}
