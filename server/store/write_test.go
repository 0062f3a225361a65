package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"hisn/server/fault"
)

func temporary(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "a b%", "reports.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestWrite_undoesOnlyTheJobThatFails(t *testing.T) {
	t.Parallel()
	db := temporary(t)
	put := func(desk string, fail error) error {
		return db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO beat (desk, day) VALUES ($1, $2)", desk, 1); err != nil {
				return err
			}
			return fail
		})
	}
	boom := fault.New(fault.Invalid, nil)
	if err := put("a", nil); err != nil {
		t.Fatal(err)
	}
	if err := put("b", boom); !errors.Is(err, boom) {
		t.Errorf("the job's own error came back as %v", err)
	}
	if err := put("a", nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a key twice is %v, want conflict", err)
	}
	if err := put("c", errRollback); err != nil {
		t.Errorf("undoing on purpose is %v, want no error", err)
	}
	var n int
	if err := db.reader.QueryRow("SELECT count(*) FROM beat").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows (%v), want 1", n, err)
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("errors of callers made the database ill: %v", err)
	}
}

// TestWrite_forgetsTheOrderOfArrival: what waited together is written in the
// order of the ids.
func TestWrite_forgetsTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	db := temporary(t)
	var wg sync.WaitGroup
	var written [][]byte
	const n = 40
	err := db.alone(t.Context(), func(context.Context) error { // nothing is written meanwhile
		for range n {
			id := make([]byte, 16)
			_, _ = rand.Read(id) // never fails (crypto/rand)
			wg.Go(func() {
				err := db.writeInOrder(t.Context(), id, func(context.Context, *sql.Tx) error {
					written = append(written, id)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		for len(db.queue) < n {
			runtime.Gosched()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if len(written) != n || !slices.IsSortedFunc(written, bytes.Compare) {
		t.Errorf("%d written, not in the order of their ids", len(written))
	}
}

// TestWrite_outlivesAPanic: a mistake in one write is not the end of the others.
func TestWrite_outlivesAPanic(t *testing.T) {
	t.Parallel()
	db := temporary(t)
	put := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO beat (desk, day) VALUES ('x', 1)")
		return err
	}
	for name, write := range map[string]func(func(context.Context, *sql.Tx) error) error{
		"marked": func(fn func(context.Context, *sql.Tx) error) error { return db.write(t.Context(), fn) },
		"bare":   func(fn func(context.Context, *sql.Tx) error) error { return db.writeBare(t.Context(), nil, fn) },
	} {
		err := write(func(ctx context.Context, tx *sql.Tx) error {
			if err := put(ctx, tx); err != nil {
				return err
			}
			panic("words of a report")
		})
		if fault.KindOf(err) != fault.Internal || !errors.Is(err, errPanic) || err.Error() != "internal: "+errPanic.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := db.write(t.Context(), put); err != nil {
		t.Errorf("what the panicking writes did is still there: %v", err)
	}
}

func TestExpire_waitsForNoReader(t *testing.T) {
	t.Parallel()
	db := temporary(t)
	if _, err := db.writer.Exec("PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Beat(t.Context(), "IQ-BG", 1); err != nil {
		t.Fatal(err)
	}
	tx, err := db.reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM beat").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := db.Beat(t.Context(), "IQ-BG", 2); err != nil {
		t.Fatal(err)
	}
	if err := db.Expire(t.Context(), 1); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("with a reader: %v, want unavailable", err)
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("a reader made the database ill: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := db.Expire(t.Context(), 1); err != nil {
		t.Errorf("without a reader: %v", err)
	}
}
