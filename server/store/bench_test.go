package store_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"hisn/server/store"
	"hisn/server/store/storetest"
)

func open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	if _, err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func file(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "reports.db") }

func BenchmarkDrops(b *testing.B) {
	for _, phones := range []int{1, 8, 64} {
		b.Run("sqlite/"+strconv.Itoa(phones), func(b *testing.B) {
			storetest.BenchDrops(b, open(b, file(b)), phones)
		})
	}
	b.Run("postgres", func(b *testing.B) {
		server := storetest.Postgres(b)
		for _, phones := range []int{1, 8, 64} {
			b.Run(strconv.Itoa(phones), func(b *testing.B) {
				server.Warm(b)
				storetest.BenchDrops(b, open(b, server.DSN(b)), phones)
			})
		}
	})
}
