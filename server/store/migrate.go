package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the tables at dsn up to date and returns how many steps that
// took; 0 means that they were.
func Migrate(ctx context.Context, dsn string) (int, error) {
	db, err := connect(dsn)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.disconnect() }()
	return db.migrate(ctx)
}

// provider knows the steps of this release.
func (db *DB) provider() (*goose.Provider, error) {
	folder, dialect := "migrations/sqlite", goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.kind == postgres {
		folder, dialect = "migrations/postgres", goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // two servers, one at a time
		if err != nil {
			return nil, fmt.Errorf("preparing the migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	steps, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, fmt.Errorf("preparing the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db.writer, steps, options...)
	if err != nil {
		return nil, fmt.Errorf("preparing the migrations: %w", err)
	}
	return p, nil
}

// migrate takes the steps that are missing. It never goes back: a mistake is
// mended by a further step.
func (db *DB) migrate(ctx context.Context) (int, error) {
	p, err := db.provider()
	if err != nil {
		return 0, err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the version of the tables: %w", hideAddress(err))
	}
	if have > want {
		return 0, ErrNewer
	}
	done, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("making the tables: %w", hideAddress(err))
	}
	return len(done), nil
}

// current refuses tables that are not those of this release.
func (db *DB) current(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("reading the version of the tables: %w", hideAddress(err))
	case have > want:
		return ErrNewer
	case have < want:
		return ErrOld
	}
	return nil
}
