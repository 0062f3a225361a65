package store_test

import (
	"crypto/rand"
	"crypto/sha256"
	"path/filepath"
	"strconv"
	"testing"

	"hisn/server/seal"
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

// BenchmarkMailbox compares a mailbox with replies and one that nobody ever wrote
// to: the answer must not tell them apart by its time.
func BenchmarkMailbox(b *testing.B) {
	h := storetest.NewHouse(b, open(b, file(b)))
	known, unknown := [32]byte{1}, [32]byte{2}
	for range 4 {
		err := h.Desk.Reply(b.Context(), sha256.Sum256(known[:]), seal.DummyReply(rand.Reader), false)
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, key := range map[string][32]byte{"known": known, "unknown": unknown} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Box.Mailbox(b.Context(), key); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				h.Box.Wait() // what is marked afterwards is not part of the answer
				b.StartTimer()
			}
		})
	}
}
