package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres returns the one connection that writes, and those that read.
func openPostgres(dsn string) (writer, reader *sql.DB, err error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, nil, ErrAddress // pgx's own error quotes the address
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "hisn"
	}
	writer = stdlib.OpenDB(*config)
	writer.SetMaxOpenConns(1)
	reader = stdlib.OpenDB(*config)
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return writer, reader, nil
}

// safe refuses a server that acknowledges before the disk has it.
func (db *DB) safe(ctx context.Context) error {
	for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		err := db.writer.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value)
		if err != nil {
			return fmt.Errorf("asking the database for its settings: %w", hideAddress(err))
		}
		if value == "off" {
			return ErrUnsafe
		}
	}
	return nil
}

// hideAddress drops what pgx says about where it wanted to connect: the address
// of the database belongs in no log.
func hideAddress(err error) error {
	var c *pgconn.ConnectError
	if errors.As(err, &c) {
		return errors.New("no connection to the database")
	}
	return err
}
