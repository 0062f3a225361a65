package store_test

import (
	"path/filepath"
	"testing"

	"hisn/server/store"
	"hisn/server/store/storetest"
)

func TestOfficers_sqlite(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hisn.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	storetest.Officers(t, db)
}

func TestOfficers_postgres(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t).DSN(t)
	if _, err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	storetest.Officers(t, db)
}
