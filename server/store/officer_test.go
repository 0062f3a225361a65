package store_test

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hisn/server/officer"
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

// TestTrail_twoProcesses: two sites on one database write the trail at the same
// time. Whoever loses a row takes the next one, and the chain stays whole.
func TestTrail_twoProcesses(t *testing.T) {
	t.Parallel()
	pg := storetest.Postgres(t).DSN(t)
	if _, err := store.Migrate(t.Context(), pg); err != nil {
		t.Fatal(err)
	}
	for _, dsn := range []string{pg, "sqlite:" + filepath.Join(t.TempDir(), "hisn.db")} {
		var books []*officer.Book
		for range 2 {
			db, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			book, err := officer.New(db, make([]byte, officer.KeySize), time.Now, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			books = append(books, book)
			if len(books) > 1 {
				continue
			}
			for n := range byte(40) {
				o := officer.Officer{ID: officer.ID{n, 1}, Login: fmt.Sprint("o", n), Desk: "IQ-BG", State: officer.Fresh}
				if err := db.Change(t.Context(), func(tx officer.Tx) error { return tx.AddOfficer(o) }); err != nil {
					t.Fatal(err)
				}
			}
		}
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				if err := books[n%2].Disable(t.Context(), fmt.Sprint("o", n)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if proof, err := books[0].Verify(t.Context()); err != nil || proof.Rows != 40 {
			t.Errorf("%+v, %v", proof, err)
		}
	}
}
