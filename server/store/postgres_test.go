package store_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/store/storetest"
)

func TestOpen_postgresWaitsForMigrate(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t).DSN(t)
	if _, err := store.Open(t.Context(), dsn); !errors.Is(err, store.ErrOld) {
		t.Fatalf("without tables: %v, want ErrOld", err)
	}
	steps, err := store.Migrate(t.Context(), dsn)
	if err != nil || steps == 0 {
		t.Fatalf("migrating: %d steps, %v", steps, err)
	}
	if steps, err = store.Migrate(t.Context(), dsn); err != nil || steps != 0 {
		t.Fatalf("migrating again: %d steps, %v", steps, err)
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMigrations_makeTheSameTables: the two folders must not drift apart.
func TestMigrations_makeTheSameTables(t *testing.T) {
	t.Parallel()
	columns := func(driver, dsn, query string) []string {
		db, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		var out []string
		for rows.Next() {
			var table, column, null string
			if err := rows.Scan(&table, &column, &null); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(table, "goose") && !strings.HasPrefix(table, "sqlite") {
				out = append(out, table+"."+column+" "+null)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(out)
		return out
	}
	dsn, path := storetest.Postgres(t).DSN(t), filepath.Join(t.TempDir(), "reports.db")
	open(t, dsn)
	open(t, "sqlite:"+path)
	there := columns("pgx", dsn, `SELECT table_name, column_name, is_nullable FROM information_schema.columns
		WHERE table_schema = current_schema()`)
	here := columns("sqlite", path, `SELECT m.name, c.name, CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN 'NO' ELSE 'YES' END
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	if len(here) < 10 || !slices.Equal(here, there) {
		t.Errorf("SQLite has\n%s\nPostgreSQL has\n%s", strings.Join(here, "\n"), strings.Join(there, "\n"))
	}
}

// TestServer_thatCameBackIsUsedAgain: while the server is away nothing is
// acknowledged; afterwards reports are taken again.
func TestServer_thatCameBackIsUsedAgain(t *testing.T) {
	t.Parallel()
	server := storetest.Postgres(t)
	dsn := server.DSN(t)
	h := storetest.NewHouse(t, open(t, dsn))
	frames := storetest.Frames(t, 3)
	if status, err := h.Box.Submit(t.Context(), frames[0], 0); status != seal.Stored {
		t.Fatal(status, err)
	}
	back := server.Away(t)
	for range 20 {
		status, err := h.Box.Submit(t.Context(), frames[1], 0)
		if status != seal.NotStored || err == nil || strings.Contains(err.Error(), "127.0.0.1") {
			t.Fatalf("status %d, %v while the server is away", status, err)
		}
	}
	back()
	for status := seal.NotStored; status != seal.Stored; {
		if status, _ = h.Box.Submit(t.Context(), frames[2], 0); t.Context().Err() != nil {
			t.Fatal("never taken again")
		}
	}
	for i, there := range []bool{true, false, true} {
		if _, err := h.Desk.Fetch(t.Context(), frames[i].ID); (err == nil) != there {
			t.Errorf("report %d: %v", i, err)
		}
	}
}
