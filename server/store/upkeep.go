package store

import (
	"context"
	"database/sql"
	"errors"

	"hisn/server/report"
)

// Beat notes the day on which a desk looked.
func (db *DB) Beat(ctx context.Context, desk string, day int) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO beat (desk, day) VALUES ($1, $2)
			ON CONFLICT (desk) DO UPDATE SET day = excluded.day`, desk, day)
		return err
	})
}

// Beats returns for each desk the last day on which it looked.
func (db *DB) Beats(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := db.read(ctx, func(q *sql.DB) error {
		rows, err := q.QueryContext(ctx, "SELECT desk, day FROM beat")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var desk string
			var day int
			if err := rows.Scan(&desk, &day); err != nil {
				return err
			}
			out[desk] = day
		}
		return rows.Err()
	})
	return out, err
}

// batch is how many rows one write deletes: reports go in between.
const batch = 200

// Expire deletes what expired before a day, and then what is left of it in the
// write-ahead log (SQLite) or in dead rows (PostgreSQL).
func (db *DB) Expire(ctx context.Context, day int) error {
	for _, statement := range []string{
		"DELETE FROM pool WHERE n IN (SELECT n FROM pool WHERE exp < $1 LIMIT $2)",
		"DELETE FROM mail WHERE (addr, slot) IN (SELECT addr, slot FROM mail WHERE exp < $1 LIMIT $2)",
	} {
		for {
			var n int64
			err := db.shed(ctx, func(ctx context.Context, tx *sql.Tx) error {
				done, err := tx.ExecContext(ctx, statement, day, batch)
				if err != nil {
					return err
				}
				n, err = done.RowsAffected()
				return err
			})
			if err != nil {
				return err
			}
			if n < batch {
				break
			}
		}
	}
	return db.alone(ctx, func(ctx context.Context) error {
		if db.kind == sqlite {
			return db.checkpoint(ctx, true)
		}
		return db.each(ctx, "VACUUM pool", "VACUUM mail")
	})
}

// Rewrite writes the tables anew in the order of their keys.
func (db *DB) Rewrite(ctx context.Context) error {
	return db.alone(ctx, func(ctx context.Context) error {
		if db.kind == sqlite {
			return errors.Join(db.vacuum(ctx), db.checkpoint(ctx, true))
		}
		return db.each(ctx, "CLUSTER pool USING pool_pkey", "CLUSTER mail USING mail_pkey", "ANALYZE pool", "ANALYZE mail")
	})
}

// each runs statements that cannot be part of a transaction.
func (db *DB) each(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := db.writer.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Far lists the blobs and mailboxes with something that expires after a day, a
// thousand of each at the most.
func (db *DB) Far(ctx context.Context, day int) (ids [][16]byte, addrs [][32]byte, err error) {
	err = db.read(ctx, func(q *sql.DB) (err error) {
		if ids, err = keys[[16]byte](ctx, q, "SELECT id FROM pool WHERE exp > $1 LIMIT 1000", day); err != nil {
			return err
		}
		addrs, err = keys[[32]byte](ctx, q, "SELECT DISTINCT addr FROM mail WHERE exp > $1 LIMIT 1000", day)
		return err
	})
	return ids, addrs, err
}

// ChangeBlob lets fn change a row's day and content, or remove it.
func (db *DB) ChangeBlob(ctx context.Context, id [16]byte, fn func(exp int, ct []byte) (int, []byte, error)) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var exp int
		var ct []byte
		err := tx.QueryRowContext(ctx, "SELECT exp, ct FROM pool WHERE n = $1 AND id = $2", number(id), id[:]).Scan(&exp, &ct)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // taken away in the meantime
		}
		if err != nil {
			return err
		}
		exp, ct, err = fn(exp, ct)
		switch {
		case err != nil:
		case ct == nil:
			_, err = tx.ExecContext(ctx, "DELETE FROM pool WHERE n = $1", number(id))
		default:
			_, err = tx.ExecContext(ctx, "UPDATE pool SET exp = $2, ct = $3 WHERE n = $1", number(id), exp, ct)
		}
		return err
	})
}

// Marks counts the pool by the keys under which it was wrapped.
func (db *DB) Marks(ctx context.Context) (marks []report.Mark, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		rows, err := q.QueryContext(ctx, "SELECT exp, substr(ct, 1, 4) AS mark, count(*) FROM pool GROUP BY exp, mark")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var m report.Mark
			var key []byte
			if err := rows.Scan(&m.Exp, &key, &m.N); err != nil {
				return err
			}
			copy(m.Key[:], key)
			marks = append(marks, m)
		}
		return rows.Err()
	})
	return marks, err
}
