package store_test

import (
	"errors"
	"testing"

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
