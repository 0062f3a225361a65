package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/store/storetest"
)

// TestBackup_isWholeWhileReportsArrive: what was acknowledged before a copy was
// begun is in it, and it can be brought back.
func TestBackup_isWholeWhileReportsArrive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dsn, copied := "sqlite:"+filepath.Join(dir, "reports.db"), filepath.Join(dir, "copy.db")
	h := storetest.NewHouse(t, open(t, dsn))
	frames := storetest.Frames(t, 60)
	send := func(f seal.Frame) {
		if status, err := h.Box.Submit(context.Background(), f, 0); status != seal.Stored {
			t.Errorf("status %d, %v", status, err)
		}
	}
	for _, f := range frames[:30] {
		send(f)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, f := range frames[30:] {
			send(f)
		}
	})
	if err := store.Backup(t.Context(), dsn, copied); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	again := "sqlite:" + filepath.Join(dir, "again", "reports.db")
	if err := store.Restore(t.Context(), again, copied, false); err != nil {
		t.Fatal(err)
	}
	_, desk, _ := report.New(open(t, again), h.Ring, h.Clock.Now, rand.Reader)
	for _, f := range frames[:30] {
		if body, err := desk.Fetch(t.Context(), f.ID); err != nil || string(body) != string(f.Body) {
			t.Fatalf("one is missing in the copy: %v", err)
		}
	}
}

func TestRestore_overwritesNothingUnasked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dsn, copied := "sqlite:"+filepath.Join(dir, "reports.db"), filepath.Join(dir, "copy.db")
	db := open(t, dsn)
	h, phone := storetest.NewHouse(t, db), storetest.NewSender(t)
	if err := store.Backup(t.Context(), dsn, copied); err != nil {
		t.Fatal(err)
	}
	if status, err := h.Box.Submit(t.Context(), phone.Frame, 0); status != seal.Stored {
		t.Fatal(status, err)
	}
	wants := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	wants("over a database", store.Restore(t.Context(), dsn, copied, false), store.ErrExists)
	wants("under a running server", store.Restore(t.Context(), dsn, copied, true), store.ErrInUse)
	if _, err := h.Desk.Fetch(t.Context(), phone.Frame.ID); err != nil {
		t.Errorf("the database was harmed: %v", err)
	}
	whole, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"empty": nil, "words": []byte("no database"), "half": whole[:len(whole)/2]} {
		broken := filepath.Join(dir, name)
		if err := os.WriteFile(broken, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		wants(name, store.Restore(t.Context(), "sqlite:"+filepath.Join(dir, "x", name), broken, false), store.ErrBackup)
	}
	h.Box.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wants("over a database that rests", store.Restore(t.Context(), dsn, copied, true), nil)
	back := open(t, dsn)
	if n, err := back.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d reports (%v), want what the copy holds", n, err)
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if err != nil || filepath.Ext(e.Name()) == "" && e.Name()[0] == '.' {
			t.Errorf("%s was left behind (%v)", e.Name(), err)
		}
	}
}

func TestOpen_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"", "sqlite:", "sqlite::memory:", "sqlite:a?mode=ro", "mysql://x", "reports.db"} {
		if _, err := store.Open(t.Context(), dsn); !errors.Is(err, store.ErrAddress) {
			t.Errorf("%q: %v", dsn, err)
		}
	}
	path := filepath.Join(t.TempDir(), "reports.db")
	if err := open(t, "sqlite:"+path).Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "sqlite:"+path); !errors.Is(err, store.ErrNewer) {
		t.Errorf("tables of a later release: %v", err)
	}
}
