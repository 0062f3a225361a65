package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/store/storetest"
)

// scan looks for values, as they are and written in hex or base64, in every file
// of a folder, and returns where it found which.
func scan(t *testing.T, dir string, values map[string][]byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(dir, name))
		for what, v := range values {
			for _, form := range [][]byte{
				v, []byte(hex.EncodeToString(v)), []byte(strings.ToUpper(hex.EncodeToString(v))),
				[]byte(base64.RawStdEncoding.EncodeToString(v)), []byte(base64.RawURLEncoding.EncodeToString(v)),
			} {
				if bytes.Contains(raw, form) {
					found[what] = name
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestAtRest_nothingTellsOfAReport: the database, its log and a copy hold no
// word, no desk, no secret, no address and no sealed byte as it came.
func TestAtRest_nothingTellsOfAReport(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		dsn := "sqlite:" + filepath.Join(dir, "reports.db")
		atRest(t, open(t, dsn), func() string {
			if err := store.Backup(t.Context(), dsn, filepath.Join(dir, "copy.db")); err != nil {
				t.Fatal(err)
			}
			return dir
		})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := storetest.Postgres(t)
		atRest(t, open(t, server.DSN(t)), func() string { return server.Files(t) })
	})
}

// atRest uses a pool in every way and then looks through the files of its store.
func atRest(t *testing.T, s report.Store, files func() string) {
	h := storetest.NewHouse(t, s)
	phone, written, desk := storetest.NewSender(t), storetest.NewSender(t), storetest.NewSender(t)
	for _, p := range []storetest.Sender{phone, written} {
		if status, err := h.Box.Submit(t.Context(), p.Frame, 0); status != seal.Stored {
			t.Fatal(status, err)
		}
	}
	key, addr := [32]byte(bytes.Repeat([]byte("mbox-key"), 4)), [32]byte(bytes.Repeat([]byte("mboxaddr"), 4))
	reply, proof := seal.DummyReply(nonce{}), written.Proof()
	if _, err := h.Box.Mailbox(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	h.Box.Wait()
	err := errors.Join(
		h.Desk.Put(t.Context(), desk.Frame, &proof),
		h.Desk.Ack(t.Context(), phone.Proof(), addr, reply),
		h.Desk.Beat(t.Context(), "IQ-XX"), // the one desk whose name may be seen
		h.Keeper.Rewrite(t.Context()),
	)
	if err != nil {
		t.Fatal(err)
	}
	dir := files()
	for what, name := range scan(t, dir, map[string][]byte{
		"the age header": []byte("age-encryption.org"), "the desk": []byte(storetest.Desk), "the words": []byte(storetest.Words),
		"a mailbox's key": key[:], "a mailbox's address": addr[:],
		"a capability": phone.Cap[:], "a secret to withdraw": phone.Del[:],
		"a sealed reply":  reply[len(reply)-64:],
		"a sealed report": phone.Frame.Body[10000:10064], "a replaced report": written.Frame.Body[10000:10064],
		"a case": desk.Frame.Body[10000:10064],
	}) {
		t.Errorf("%s has %s", name, what)
	}
	seen := scan(t, dir, map[string][]byte{"id": phone.Frame.ID[:], "staffed": []byte("IQ-XX")})
	if seen["id"] == "" || seen["staffed"] == "" {
		t.Fatal("the scan does not find what must be there")
	}
}

// nonce is a reader of something that does not repeat within a test.
type nonce struct{}

func (nonce) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i*i>>3) ^ byte(i)
	}
	return len(p), nil
}

// TestPurge_leavesNothing: after the purge what was stored is in no file of the
// database any more, and what an older copy holds cannot be opened.
func TestPurge_leavesNothing(t *testing.T) {
	t.Parallel()
	dir, apart := t.TempDir(), t.TempDir()
	dsn := "sqlite:" + filepath.Join(dir, "reports.db")
	db := open(t, dsn)
	h := storetest.NewHouse(t, db)
	addr := [32]byte{7}
	if err := h.Desk.Reply(t.Context(), addr, seal.DummyReply(nonce{}), false); err != nil {
		t.Fatal(err)
	}
	var withdrawn storetest.Sender
	stored := map[string][]byte{}
	for i := range 40 {
		phone := storetest.NewSender(t)
		if status, err := h.Box.Submit(t.Context(), phone.Frame, 0); status != seal.Stored {
			t.Fatal(status, err)
		}
		_, ct, err := db.Blob(t.Context(), phone.Frame.ID)
		if err != nil {
			t.Fatal(err)
		}
		for at := 64; at < len(ct); at += 3000 { // some of every page
			stored[string(rune('a'+i))+string(rune('0'+at/3000))] = ct[at : at+48]
		}
		withdrawn = phone
	}
	if err := store.Backup(t.Context(), dsn, filepath.Join(apart, "copy.db")); err != nil {
		t.Fatal(err)
	}
	if n := len(scan(t, dir, stored)); n != len(stored) {
		t.Fatalf("the scan finds %d of %d pieces while they are there", n, len(stored))
	}
	if err := h.Box.Withdraw(t.Context(), []report.Pair{withdrawn.Pair()}); err != nil {
		t.Fatal(err)
	}
	h.Days(t, 40)
	if found := scan(t, dir, stored); len(found) != 0 {
		t.Errorf("%d of %d pieces are left: %v", len(found), len(stored), found)
	}
	if info, err := os.Stat(filepath.Join(dir, "reports.db-wal")); err == nil && info.Size() != 0 {
		t.Errorf("the log has %d bytes", info.Size())
	}
	if n := len(scan(t, apart, stored)); n != len(stored) {
		t.Fatalf("the copy holds %d of %d pieces", n, len(stored))
	}
	old := "sqlite:" + filepath.Join(apart, "copy.db")
	_, desk, _ := report.New(open(t, old), h.Ring, h.Clock.Now, nonce{})
	if n, err := desk.Unreadable(t.Context()); n != 40 || err != nil {
		t.Errorf("%d of 40 in the copy are unreadable (%v)", n, err)
	}
	ids, err := desk.IDs(t.Context())
	if err != nil || len(ids) != 40 {
		t.Fatalf("%d ids, %v", len(ids), err)
	}
	for _, id := range ids {
		if _, err := desk.Fetch(t.Context(), id); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a purged report came out of a copy (%v)", err)
		}
	}
}

func TestFiles_areForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	dsn := "sqlite:" + filepath.Join(dir, "reports.db")
	h := storetest.NewHouse(t, open(t, dsn))
	if status, err := h.Box.Submit(t.Context(), storetest.NewSender(t).Frame, 0); status != seal.Stored {
		t.Fatal(status, err)
	}
	if err := store.Backup(t.Context(), dsn, filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
}
