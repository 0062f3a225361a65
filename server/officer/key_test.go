package officer_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hisn/server/officer"
)

func TestLoadKey_isMadeOnceAndKeptFromOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	var mu sync.Mutex
	var keys [][]byte
	var all sync.WaitGroup
	for range 16 { // whoever is quicker, all have the same
		all.Go(func() {
			key, err := officer.LoadKey(dir, rand.Reader)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			keys = append(keys, key)
			mu.Unlock()
		})
	}
	all.Wait()
	for _, k := range keys {
		if len(k) != officer.KeySize || !bytes.Equal(k, keys[0]) {
			t.Fatalf("keys differ: %x %x", k, keys[0])
		}
	}
	name := filepath.Join(dir, officer.KeyFile)
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("files in the folder: %v, %v", left, err)
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.LoadKey(dir, rand.Reader); err == nil {
		t.Error("a key that the group can read was used")
	}
	if err := os.WriteFile(name, []byte("abcd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.LoadKey(dir, rand.Reader); err == nil {
		t.Error("a short key was used")
	}
	if raw, err := os.ReadFile(name); err != nil || string(raw) != "abcd\n" {
		t.Errorf("the broken key was replaced: %q, %v", raw, err)
	}
}

func TestNew_wantsAWholeKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := officer.New(d.db, make([]byte, n), d.now, rand.Reader); err == nil {
			t.Errorf("a key of %d bytes was accepted", n)
		}
	}
}

func TestOpen_neverReplacesALostKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	dir := filepath.Join(t.TempDir(), "data")
	book, err := officer.Open(t.Context(), d.db, dir, d.now, rand.Reader)
	if err != nil {
		t.Fatalf("an empty register: %v", err)
	}
	if _, err := book.Add(t.Context(), "sara", "IQ-BG"); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.Open(t.Context(), d.db, dir, d.now, rand.Reader); err != nil {
		t.Errorf("with its key: %v", err)
	}
	name := filepath.Join(dir, officer.KeyFile)
	if err := os.Rename(name, name+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.Open(t.Context(), d.db, dir, d.now, rand.Reader); err == nil {
		t.Error("without its key the register opened")
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("a new key was put in the place of the lost one")
	}
	if _, err := officer.LoadKey(dir, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.Open(t.Context(), d.db, dir, d.now, rand.Reader); err == nil {
		t.Error("with another key the register opened")
	}
}
