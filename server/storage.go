package server

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
)

// Storage says where the host keeps what it keeps; every command that touches it
// reads it in the same way.
type Storage struct {
	Data string // folder
	DB   string // sqlite, or postgres://…
	Ring string // file of the day keys; "" is ring.json in Data
}

// Flags names the flags of s in fs.
func (s *Storage) Flags(fs *flag.FlagSet) {
	fs.StringVar(&s.Data, "data", "data", "folder for the database, the directory of desks and compressed pages")
	fs.StringVar(&s.DB, "db", "sqlite", "database for sealed reports: sqlite (a file in --data), or postgres://…")
	fs.StringVar(&s.Ring, "ring", "", "file of the day keys, best on a volume that is never backed up (default: ring.json in --data)")
}

// Validate returns what is wrong with s.
func (s *Storage) Validate() error {
	if s.DB != "sqlite" && !strings.HasPrefix(s.DB, "postgres://") && !strings.HasPrefix(s.DB, "postgresql://") {
		return errors.New("--db: neither sqlite nor postgres://…")
	}
	return nil
}

// DSN is the address of the database. That of SQLite lies in Data.
func (s *Storage) DSN() string {
	if s.DB == "sqlite" {
		return "sqlite:" + filepath.Join(s.Data, "hisn.db")
	}
	return s.DB
}

// RingFile is where the day keys are.
func (s *Storage) RingFile() string {
	if s.Ring != "" {
		return s.Ring
	}
	return filepath.Join(s.Data, "ring.json")
}

// FromEnvironment sets the flags of fs from the environment: --site-url is
// HISN_SITE_URL. It is called before the flags are read, which win.
func FromEnvironment(fs *flag.FlagSet, getenv func(string) string) error {
	var problems []error
	fs.VisitAll(func(f *flag.Flag) {
		name := "HISN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := getenv(name); v != "" {
			if err := fs.Set(f.Name, v); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	return errors.Join(problems...)
}
