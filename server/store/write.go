package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"hisn/server/fault"
)

const (
	grouped = 128              // writes in one transaction at the most
	settled = 128              // writes after which the log is moved into the database
	queued  = 1024             // writes that wait before further callers do
	patient = 30 * time.Second // for one transaction; then it is undone
)

// errRollback is returned by a job that wants its changes undone without an
// error of its own.
var errRollback = errors.New("store: undo")

// errCareful says that a job without marks went wrong in a way that was not
// foreseen: the group is undone and run once more with marks.
var errCareful = errors.New("store: once more with marks")

// errPanic stands for the value of a panic, which may hold anything.
var errPanic = errors.New("store: a write panicked")

// job is one write that waits for its turn.
type job struct {
	run   func(ctx context.Context, tx *sql.Tx) error
	alone func(ctx context.Context) error // instead of run: outside of any transaction
	order []byte                          // jobs of one group are run in this order
	bare  bool                            // has changed nothing when it returns a fault
	shed  bool                            // only deletes: tried although nothing is taken

	taken atomic.Bool // by the writer, or by a caller that gave up
	done  chan error
}

// write runs fn in a transaction and returns after that is on the disk. fn may
// be run more than once and must not use anything but tx; its changes are undone
// if it returns an error, which write returns. Other errors are
// fault.Unavailable: then nothing was kept. The exception is a server that went
// away during its commit; that is Unavailable too, so that a caller never
// acknowledges what may be lost, and every write here may be repeated.
//
// A caller whose ctx ends while fn waits gets ctx's error and fn is not run.
func (db *DB) write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return db.submit(ctx, &job{run: fn})
}

// writeInOrder is write for rows whose order of arrival must not be kept: those
// of one group are written in the order of id, which is random.
func (db *DB) writeInOrder(ctx context.Context, id []byte, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return db.submit(ctx, &job{run: fn, order: id})
}

// writeBare is writeInOrder for an fn that has changed nothing when it returns a
// fault. It needs no mark to be undone to, which would take two more questions
// to a server for each report.
func (db *DB) writeBare(ctx context.Context, id []byte, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return db.submit(ctx, &job{run: fn, order: id, bare: true})
}

// shed is write for what only deletes.
func (db *DB) shed(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return db.submit(ctx, &job{run: fn, shed: true})
}

// alone runs fn while nothing is written, on the connection that writes.
func (db *DB) alone(ctx context.Context, fn func(ctx context.Context) error) error {
	return db.submit(ctx, &job{alone: fn, shed: true})
}

func (db *DB) submit(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.health.refuses(j.shed); err != nil {
		return err
	}
	j.done = make(chan error, 1)
	select {
	case db.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closed:
		return errClosed()
	}
	select {
	case err := <-j.done:
		return err
	case <-db.closed:
		return j.result(errClosed())
	case <-ctx.Done():
		return j.result(ctx.Err())
	}
}

// result gives the job up with err, unless it is being run: then its own result
// is waited for, since fn may still use what belongs to the caller.
func (j *job) result(err error) error {
	if j.taken.CompareAndSwap(false, true) {
		return err
	}
	return <-j.done
}

func errClosed() error { return fault.New(fault.Unavailable, errors.New("store: closed")) }

// work is the one goroutine that writes.
func (db *DB) work() {
	defer close(db.closed)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait, ok := db.health.next()
		if !ok {
			wait = time.Hour
		}
		timer.Reset(wait)
		if ok && wait == 0 { // even if there is always something to delete
			db.probe()
			continue
		}
		select {
		case j := <-db.queue:
			db.serve(db.collect(j))
		case <-timer.C:
			if ok {
				db.probe()
			}
		case <-db.quit:
			return
		}
	}
}

// collect takes what else waits, without waiting itself: while one transaction
// is on its way to the disk the next group gathers.
func (db *DB) collect(first *job) []*job {
	group := []*job{first}
	for len(group) < grouped && group[len(group)-1].alone == nil {
		select {
		case j := <-db.queue:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// serve carries out a group. One that runs alone stands at its end, if at all.
func (db *DB) serve(group []*job) {
	group = slices.DeleteFunc(group, func(j *job) bool { return !j.taken.CompareAndSwap(false, true) })
	if len(group) == 0 {
		return
	}
	last := group[len(group)-1]
	if last.alone != nil {
		group = group[:len(group)-1]
	}
	slices.SortStableFunc(group, func(a, b *job) int { return bytes.Compare(a.order, b.order) })
	db.commit(group)
	if last.alone != nil {
		last.done <- db.byItself(last)
	}
}

func (db *DB) byItself(j *job) error {
	ctx := context.Background()
	err := j.alone(ctx)
	db.ill(err)
	return translate(ctx, err)
}

// ill notes an error after which nothing is taken.
func (db *DB) ill(err error) {
	if t := judge(err); t >= sick {
		db.health.worse(t, plain(err))
		db.reconnect()
	}
}

// reconnect drops the connection that writes: after an error the next write
// starts from what the disk holds, not from what this connection remembers.
func (db *DB) reconnect() {
	db.writer.SetMaxIdleConns(-1)
	db.writer.SetMaxIdleConns(1)
}

// commit runs the jobs in one transaction and tells each how it went.
func (db *DB) commit(group []*job) {
	group = slices.DeleteFunc(group, func(j *job) bool {
		err := db.health.refuses(j.shed)
		if err != nil {
			j.done <- err
		}
		return err != nil
	})
	if len(group) == 0 {
		return
	}
	own := make([]error, len(group))
	var err error
	for careful, try := false, 0; try < 3; try++ {
		clear(own)
		err = db.transact(group, own, careful)
		if careful = errors.Is(err, errCareful); !careful && judge(err) != again {
			break
		}
	}
	db.ill(err)
	for i, j := range group {
		if err != nil {
			j.done <- fault.New(fault.Unavailable, plain(err))
			continue
		}
		j.done <- own[i]
	}
	if err == nil {
		db.settle(len(group))
	}
}

// transact runs the jobs, each undone by itself when it fails, and commits. The
// error is about the whole: nothing was kept.
func (db *DB) transact(group []*job, own []error, careful bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for i, j := range group {
		run := db.step
		if j.bare && !careful {
			run = db.bareStep
		}
		err := run(ctx, tx, j)
		if judge(err) != fine || errors.Is(err, errCareful) {
			return err
		}
		own[i] = translate(ctx, err)
	}
	return tx.Commit()
}

// step runs one job between two marks of the transaction.
func (db *DB) step(ctx context.Context, tx *sql.Tx, j *job) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT j"); err != nil {
		return err
	}
	err := guarded(ctx, tx, j.run)
	if judge(err) != fine {
		return err
	}
	if err != nil {
		if _, back := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT j"); back != nil {
			return back
		}
	}
	if _, release := tx.ExecContext(ctx, "RELEASE SAVEPOINT j"); release != nil {
		return release
	}
	if errors.Is(err, errRollback) {
		return nil
	}
	return err
}

// bareStep runs one job without marks.
func (db *DB) bareStep(ctx context.Context, tx *sql.Tx, j *job) error {
	err := guarded(ctx, tx, j.run)
	var f *fault.Error
	if err == nil || judge(err) != fine || errors.As(err, &f) && !errors.Is(err, errPanic) {
		return err
	}
	return errCareful
}

// guarded turns a panic of one job into an error: the others must not pay.
func guarded(ctx context.Context, tx *sql.Tx, fn func(context.Context, *sql.Tx) error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Internal, errPanic)
		}
	}()
	return fn(ctx, tx)
}

// settle moves the log into the database once it has grown to some megabytes.
// The engine would do so by itself, and would keep to itself that it failed.
func (db *DB) settle(writes int) {
	db.unsettled += writes
	if db.kind != sqlite || db.unsettled < settled {
		return
	}
	db.unsettled = 0
	db.ill(db.checkpoint(context.Background(), false))
}

// probeSize is that of a report with all that belongs to it.
const probeSize = 20 << 10

// probe tries whether a report could be kept now.
func (db *DB) probe() {
	db.reconnect()
	put := &job{run: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO probe (id, ct) VALUES (1, $1)
			ON CONFLICT (id) DO UPDATE SET ct = excluded.ct`, make([]byte, probeSize))
		return err
	}}
	take := &job{run: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM probe WHERE id = 1")
		return err
	}}
	for _, j := range []*job{put, take} {
		own := make([]error, 1)
		err := errors.Join(db.transact([]*job{j}, own, true), own[0])
		if err == nil {
			continue
		}
		t := judge(err)
		db.health.tried(max(t, sick), plain(err))
		return
	}
	db.health.tried(fine, nil)
}
