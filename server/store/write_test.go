package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
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
