package officer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// KeyFile is the name of the key file in the data folder.
const KeyFile = "officer.key"

// Open returns the register of officers in store, with the key from folder. A
// key is made only while nobody was ever taken on: where officers exist and
// their key is gone, or is that of another database, nobody could sign in, and
// the error says so.
func Open(ctx context.Context, store Store, folder string, now func() time.Time, random io.Reader) (*Book, error) {
	rows, err := store.Rows(ctx, 0, 1)
	if err != nil {
		return nil, fmt.Errorf("reading the trail: %w", err)
	}
	name := filepath.Join(folder, KeyFile)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && len(rows) > 0 {
		return nil, fmt.Errorf("%s is missing: bring it back, without it no officer can sign in", name)
	}
	key, err := LoadKey(folder, random)
	if err != nil {
		return nil, err
	}
	b, err := New(store, key, now, random)
	if err != nil {
		return nil, err
	}
	if err := b.Fits(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// LoadKey reads the key from folder, and makes it first if there is none. A
// file that others may read is refused, and so is one of another length: a key
// that was cut short must not be replaced in silence, because every
// authenticator would stop to work.
func LoadKey(folder string, random io.Reader) ([]byte, error) {
	name := filepath.Join(folder, KeyFile)
	key, err := readKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	fresh := make([]byte, KeySize)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("making %s: %w", KeyFile, err)
	}
	if err := writeKey(folder, name, fresh); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("making %s: %w", KeyFile, err)
	}
	return readKey(name) // another process may have been quicker
}

func readKey(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600", name)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("%s is not a key of %d bytes in hexadecimal", name, KeySize)
	}
	return key, nil
}

// writeKey puts a whole file in place or none at all, and never over another.
func writeKey(folder, name string, key []byte) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, KeyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	if _, err := f.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name)
}
