package store

import (
	"cmp"
	"context"
	"database/sql"

	"hisn/server/fault"
	"hisn/server/officer"
)

var _ officer.Store = (*DB)(nil)

const officerColumns = `o.id, o.desk, o.login, o.pw, o.totp_enc, o.totp_last, o.state, o.due`

// scanner is a row, or the present one of several.
type scanner interface{ Scan(to ...any) error }

func scanOfficer(row scanner, o *officer.Officer, more ...any) error {
	var id []byte
	err := row.Scan(append([]any{&id, &o.Desk, &o.Login, &o.Password, &o.Secret, &o.Step, &o.State, &o.Due}, more...)...)
	if err != nil {
		return err
	}
	copy(o.ID[:], id)
	return nil
}

// Officer returns the account of a login.
func (db *DB) Officer(ctx context.Context, login string) (o officer.Officer, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		row := q.QueryRowContext(ctx, `SELECT `+officerColumns+` FROM officer o WHERE o.login = $1`, login)
		return scanOfficer(row, &o)
	})
	return o, err
}

// Officers returns all accounts by login.
func (db *DB) Officers(ctx context.Context) (all []officer.Officer, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		rows, err := q.QueryContext(ctx, `SELECT `+officerColumns+` FROM officer o ORDER BY o.login`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var o officer.Officer
			if err := scanOfficer(rows, &o); err != nil {
				return err
			}
			all = append(all, o)
		}
		return rows.Err()
	})
	return all, err
}

// Session returns a session and whose it is.
func (db *DB) Session(ctx context.Context, hash [32]byte) (s officer.Session, o officer.Officer, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		row := q.QueryRowContext(ctx, `SELECT `+officerColumns+`, s.stage, s.seen, s.born, s.pending
			FROM sess s JOIN officer o ON o.id = s.officer WHERE s.tok_h = $1`, hash[:])
		return scanOfficer(row, &o, &s.Stage, &s.Seen, &s.Born, &s.Pending)
	})
	s.Hash, s.Officer = hash, o.ID
	return s, o, err
}

const rowColumns = `seq, hour, officer, act, obj, prev, h`

// Rows returns rows of the trail above a sequence number, oldest first.
func (db *DB) Rows(ctx context.Context, above int64, most int) ([]officer.Row, error) {
	return db.rows(ctx, `SELECT `+rowColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, above, most)
}

// DeskRows returns the newest rows of the officers of a desk, newest first.
func (db *DB) DeskRows(ctx context.Context, desk string, most int) ([]officer.Row, error) {
	return db.rows(ctx, `SELECT `+rowColumns+` FROM audit
		WHERE officer IN (SELECT id FROM officer WHERE desk = $1) ORDER BY seq DESC LIMIT $2`, desk, most)
}

func (db *DB) rows(ctx context.Context, query string, args ...any) (all []officer.Row, err error) {
	err = db.read(ctx, func(q *sql.DB) error {
		rows, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			r, err := scanRow(rows)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return rows.Err()
	})
	return all, err
}

func scanRow(row scanner) (officer.Row, error) {
	var r officer.Row
	var id []byte
	err := row.Scan(&r.Seq, &r.Hour, &id, &r.Action, &r.Object, &r.Prev, &r.Hash)
	copy(r.Officer[:], id)
	return r, err
}

// Change runs do in one transaction, maybe more than once. The error is that of
// do, unless the database could not carry the transaction out.
func (db *DB) Change(ctx context.Context, do func(officer.Tx) error) error {
	var own error
	err := db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		t := &officerTx{ctx: ctx, tx: tx}
		if own = do(t); own == nil {
			return t.err
		}
		return cmp.Or(t.err, errRollback)
	})
	if err != nil {
		return err
	}
	return own
}

// officerTx is what one transaction may do with officers, sessions and trail.
type officerTx struct {
	ctx context.Context // that of the transaction, not of the caller
	tx  *sql.Tx
	err error // the first one that is not the caller's
}

var _ officer.Tx = (*officerTx)(nil)

// told keeps err for the transaction if it is not about what was asked, and
// puts it into the words of fault.
func (t *officerTx) told(err error) error {
	if judge(err) != fine && t.err == nil {
		t.err = err
	}
	return translate(t.ctx, err)
}

// one runs a statement that must change exactly one row, or else returns k.
func (t *officerTx) one(k fault.Kind, query string, args ...any) error {
	res, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return t.told(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return t.told(err)
	}
	if n != 1 {
		return fault.New(k, nil)
	}
	return nil
}

func (t *officerTx) exec(query string, args ...any) error {
	_, err := t.tx.ExecContext(t.ctx, query, args...)
	return t.told(err)
}

func (t *officerTx) AddOfficer(o officer.Officer) error {
	return t.exec(`INSERT INTO officer (id, desk, login, pw, totp_enc, totp_last, state, due)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		o.ID[:], o.Desk, o.Login, o.Password, o.Secret, o.Step, string(o.State), o.Due)
}

func (t *officerTx) SetPassword(id officer.ID, phc string) error {
	return t.one(fault.Conflict, `UPDATE officer SET pw = $2 WHERE id = $1 AND state = 'active'`, id[:], phc)
}

func (t *officerTx) Enrol(id officer.ID, secret []byte, step int64) error {
	return t.one(fault.Conflict, `UPDATE officer SET totp_enc = $2, totp_last = $3, state = 'active', due = 0
		WHERE id = $1 AND state = 'fresh'`, id[:], secret, step)
}

func (t *officerTx) UseStep(id officer.ID, step int64) error {
	return t.one(fault.Conflict, `UPDATE officer SET totp_last = $2
		WHERE id = $1 AND totp_last < $2 AND state = 'active'`, id[:], step)
}

func (t *officerTx) Reset(id officer.ID, phc string, due int64) error {
	return t.one(fault.Conflict, `UPDATE officer SET pw = $2, totp_enc = NULL, totp_last = 0, state = 'fresh', due = $3
		WHERE id = $1 AND state <> 'disabled'`, id[:], phc, due)
}

func (t *officerTx) Disable(id officer.ID) error {
	return t.one(fault.Conflict, `UPDATE officer SET pw = '', totp_enc = NULL, totp_last = 0, state = 'disabled', due = 0
		WHERE id = $1 AND state <> 'disabled'`, id[:])
}

// AddSession counts sessions that are signed in (stage 3) and half-way ones
// apart.
func (t *officerTx) AddSession(s officer.Session, most int) error {
	from, to := officer.StageCode, officer.StageEnrol
	if s.Stage == officer.StageIn {
		from, to = officer.StageIn, officer.StageIn
	}
	err := t.exec(`DELETE FROM sess WHERE officer = $1 AND stage BETWEEN $2 AND $3 AND tok_h NOT IN (
		SELECT tok_h FROM sess WHERE officer = $1 AND stage BETWEEN $2 AND $3 ORDER BY born DESC, tok_h LIMIT $4)`,
		s.Officer[:], int64(from), int64(to), most-1)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO sess (tok_h, officer, stage, seen, born, pending) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Hash[:], s.Officer[:], int64(s.Stage), s.Seen, s.Born, s.Pending)
}

func (t *officerTx) Touch(hash [32]byte, seen int64) error {
	return t.exec(`UPDATE sess SET seen = $2 WHERE tok_h = $1 AND seen < $2`, hash[:], seen)
}

func (t *officerTx) EndSession(hash [32]byte) error {
	return t.one(fault.NotFound, `DELETE FROM sess WHERE tok_h = $1`, hash[:])
}

func (t *officerTx) EndSessions(id officer.ID, except [32]byte) error {
	return t.exec(`DELETE FROM sess WHERE officer = $1 AND tok_h <> $2`, id[:], except[:])
}

func (t *officerTx) EndOld(seen, born int64) error {
	return t.exec(`DELETE FROM sess WHERE seen < $1 OR born < $2`, seen, born)
}

func (t *officerTx) LastRow() (officer.Row, error) {
	r, err := scanRow(t.tx.QueryRowContext(t.ctx, `SELECT seq, hour, officer, act, obj, prev, h FROM audit ORDER BY seq DESC LIMIT 1`))
	return r, t.told(err)
}

func (t *officerTx) AddRow(r officer.Row) error {
	return t.exec(`INSERT INTO audit (seq, hour, officer, act, obj, prev, h) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.Seq, r.Hour, r.Officer[:], r.Action, r.Object, r.Prev, r.Hash)
}

func (t *officerTx) DropRows(before int64) (int64, error) {
	var last sql.NullInt64
	err := t.tx.QueryRowContext(t.ctx, `SELECT max(seq) FROM audit
		WHERE hour < $1 AND seq < (SELECT max(seq) FROM audit)`, before).Scan(&last)
	if err != nil {
		return 0, t.told(err)
	}
	if !last.Valid {
		return 0, nil
	}
	return last.Int64, t.exec(`DELETE FROM audit WHERE seq <= $1`, last.Int64)
}
