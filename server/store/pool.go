package store

import (
	"bytes"
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"

	"hisn/server/fault"
	"hisn/server/report"
)

var _ report.Store = (*DB)(nil)

// Drop adds a row to the pool.
func (db *DB) Drop(ctx context.Context, row report.Row, full bool) error {
	return db.writeBare(ctx, row.ID[:], func(ctx context.Context, tx *sql.Tx) error {
		return drop(ctx, tx, row, full)
	})
}

func drop(ctx context.Context, tx *sql.Tx, row report.Row, full bool) error {
	if !full {
		done, err := tx.ExecContext(ctx, `INSERT INTO pool (n, id, exp, cap_h, del_h, body_h, ct)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (n) DO NOTHING`,
			number(row.ID), row.ID[:], row.Exp, row.CapH[:], row.DelH[:], row.BodyH[:], row.CT)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
	}
	have, err := same(ctx, tx, row)
	switch {
	case errors.Is(err, sql.ErrNoRows) && full:
		return fault.New(fault.Unavailable, report.ErrFull)
	case err == nil && !have:
		return fault.New(fault.Conflict, nil)
	}
	return err
}

// number is the key of a row: the first 63 bits of its id, which is random.
func number(id [16]byte) int64 { return int64(binary.BigEndian.Uint64(id[:]) >> 1) }

// same says whether the row of this id is the very same: BodyH covers the id.
func same(ctx context.Context, tx *sql.Tx, row report.Row) (bool, error) {
	var body []byte
	err := tx.QueryRowContext(ctx, "SELECT body_h FROM pool WHERE n = $1", number(row.ID)).Scan(&body)
	return subtle.ConstantTimeCompare(body, row.BodyH[:]) == 1, err
}

// Replace adds a row and removes the one that it stands for.
func (db *DB) Replace(ctx context.Context, row report.Row, old report.Claim) error {
	return db.writeInOrder(ctx, row.ID[:], func(ctx context.Context, tx *sql.Tx) error {
		if have, err := same(ctx, tx, row); have && row.ID != old.ID {
			return err // the very same request was carried out before
		}
		err := remove(ctx, tx, old)
		if fault.KindOf(translate(ctx, err)) == fault.NotFound {
			return fault.New(fault.Conflict, nil)
		}
		if err != nil {
			return err
		}
		return drop(ctx, tx, row, false)
	})
}

// Remove removes a blob by the hash of its capability.
func (db *DB) Remove(ctx context.Context, c report.Claim) error {
	return db.shed(ctx, func(ctx context.Context, tx *sql.Tx) error { return remove(ctx, tx, c) })
}

func remove(ctx context.Context, tx *sql.Tx, c report.Claim) error {
	if err := check(ctx, tx, "SELECT cap_h FROM pool WHERE n = $1 AND id = $2", c); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM pool WHERE n = $1", number(c.ID))
	return err
}

// querier is what reads: a transaction, or the readers.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// check compares the hash that a query returns with that of the claim.
func check(ctx context.Context, q querier, query string, c report.Claim) error {
	var hash []byte
	if err := q.QueryRowContext(ctx, query, number(c.ID), c.ID[:]).Scan(&hash); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(hash, c.Hash[:]) != 1 {
		return fault.New(fault.Forbidden, nil)
	}
	return nil
}

// Withdraw removes the blobs that the claims' hashes give the right to.
func (db *DB) Withdraw(ctx context.Context, claims []report.Claim) error {
	return db.shed(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range claims {
			err := check(ctx, tx, "SELECT del_h FROM pool WHERE n = $1 AND id = $2", c)
			if errors.Is(err, sql.ErrNoRows) || fault.KindOf(err) == fault.Forbidden {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM pool WHERE n = $1", number(c.ID)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Holds checks a claim by the hash of the capability.
func (db *DB) Holds(ctx context.Context, c report.Claim) error {
	return db.read(ctx, func(q *sql.DB) error {
		return check(ctx, q, "SELECT cap_h FROM pool WHERE n = $1 AND id = $2", c)
	})
}

// IDs lists the pool.
func (db *DB) IDs(ctx context.Context) (ids [][16]byte, err error) {
	err = db.read(ctx, func(q *sql.DB) (err error) {
		ids, err = keys[[16]byte](ctx, q, "SELECT id FROM pool")
		return err
	})
	slices.SortFunc(ids, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	return ids, err
}

// keys reads a column of keys of one size.
func keys[K [16]byte | [32]byte](ctx context.Context, q *sql.DB, query string, args ...any) ([]K, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []K
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return nil, err
		}
		out = append(out, K(raw))
	}
	return out, rows.Err()
}

// Blob returns the day and the content of a row.
func (db *DB) Blob(ctx context.Context, id [16]byte) (exp int, ct []byte, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		return q.QueryRowContext(ctx, "SELECT exp, ct FROM pool WHERE n = $1 AND id = $2", number(id), id[:]).Scan(&exp, &ct)
	})
	return exp, ct, err
}

// Count returns how many blobs there are.
func (db *DB) Count(ctx context.Context) (n int, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		return q.QueryRowContext(ctx, "SELECT count(*) FROM pool").Scan(&n)
	})
	return n, err
}

// Mail returns the filled places of a mailbox.
func (db *DB) Mail(ctx context.Context, addr [32]byte) (slots []report.Slot, err error) {
	err = db.read(ctx, func(q *sql.DB) (err error) {
		slots, err = mail(ctx, q, addr)
		return err
	})
	return slots, err
}

// rowser is what reads several rows: a transaction, or the readers.
type rowser interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func mail(ctx context.Context, q rowser, addr [32]byte) ([]report.Slot, error) {
	rows, err := q.QueryContext(ctx, "SELECT slot, exp, ct FROM mail WHERE addr = $1 ORDER BY slot", addr[:])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []report.Slot
	for rows.Next() {
		var s report.Slot
		if err := rows.Scan(&s.N, &s.Exp, &s.CT); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// ChangeMail lets fn change a mailbox.
func (db *DB) ChangeMail(ctx context.Context, addr [32]byte, fn func([]report.Slot) ([]report.Slot, error)) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		have, err := mail(ctx, tx, addr)
		if err != nil {
			return err
		}
		change, err := fn(have)
		if err != nil {
			return err
		}
		for _, s := range change {
			if s.CT == nil {
				_, err = tx.ExecContext(ctx, "DELETE FROM mail WHERE addr = $1 AND slot = $2", addr[:], s.N)
			} else {
				_, err = tx.ExecContext(ctx, `INSERT INTO mail (addr, slot, exp, ct) VALUES ($1, $2, $3, $4)
					ON CONFLICT (addr, slot) DO UPDATE SET exp = excluded.exp, ct = excluded.ct`, addr[:], s.N, s.Exp, s.CT)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
