package report

import (
	"context"
	"errors"
	"time"
)

// Keeper deletes what has expired.
type Keeper struct {
	*core
	rewritten int // the day of the last Rewrite
}

// ErrClock means that the clock cannot be believed for now, so that nothing was
// deleted by it.
var ErrClock = errors.New("report: the clock has jumped by more than a day; nothing is purged until it agrees with itself for a day")

// Purge deletes the rows whose last day has passed, and the keys of those days;
// it is to be called every hour.
//
// It refuses with ErrClock when the clock has moved by more than a day against
// the last time that was believed, until two times that agree with each other
// lie a day apart; and one call never deletes more than one further day. So a
// clock that jumps cannot empty the pool before somebody has seen the alarm.
// After a long rest of the server the purge catches up by a day an hour.
//
// The keys are dropped even when the rows cannot be deleted: without them the
// rows are noise.
func (k *Keeper) Purge(ctx context.Context) error {
	line, err := k.ring.believe(k.now())
	if err != nil {
		return err
	}
	return errors.Join(
		k.redate(ctx),
		k.store.Expire(ctx, line),
		k.ring.turn(line),
	)
}

// redate gives a believable day to what came while the clock was ahead of time;
// it would be kept for too long.
func (k *Keeper) redate(ctx context.Context) error {
	far := k.today() + longest
	ids, addrs, err := k.store.Far(ctx, far)
	if err != nil {
		return err
	}
	var problems []error
	for _, id := range ids {
		problems = append(problems, k.store.ChangeBlob(ctx, id, func(exp int, ct []byte) (int, []byte, error) {
			body, err := k.ring.unwrap(exp, poolName(id), ct)
			if err != nil {
				return 0, nil, nil //nolint:nilerr // nobody can read it: it goes
			}
			if exp, err = k.until(keepCase); err != nil {
				return 0, nil, err
			}
			ct, err = k.ring.wrap(k.rand, exp, poolName(id), body)
			return exp, ct, err
		}))
	}
	for _, addr := range addrs {
		problems = append(problems, k.store.ChangeMail(ctx, addr, func(stored []Slot) ([]Slot, error) {
			return k.nearer(addr, stored, far)
		}))
	}
	return errors.Join(problems...)
}

// nearer gives the letters that expire after far a believable day, and empties
// the places of those that nobody can read.
func (k *Keeper) nearer(addr [32]byte, stored []Slot, far int) ([]Slot, error) {
	var out []Slot
	for _, s := range stored {
		if s.Exp <= far {
			continue
		}
		s.CT = nil
		for _, l := range k.ring.letters(addr, stored) {
			if l.n != s.N {
				continue
			}
			var err error
			if l.exp, err = k.until(keepReport); err != nil {
				return nil, err
			}
			if s, err = k.ring.slot(k.rand, addr, l); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// Rewrite writes the tables anew in the order of their random keys, so that the
// order of the file tells nothing of the order of arrival. It is for the night.
func (k *Keeper) Rewrite(ctx context.Context) error { return k.store.Rewrite(ctx) }

// baghdad is the time of the country, without summer time.
var baghdad = time.FixedZone("Baghdad", 3*60*60)

// night is the hour of Rewrite, in Baghdad.
const night = 3

// Run purges now and every hour, and rewrites every night, until ctx ends. alarm
// gets what goes wrong; it holds nothing of a report.
func (k *Keeper) Run(ctx context.Context, alarm func(error)) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := k.Purge(ctx); err != nil && ctx.Err() == nil {
			alarm(err)
		}
		now := k.now()
		if day := dayOf(now); now.In(baghdad).Hour() == night && day != k.rewritten {
			if err := k.Rewrite(ctx); err != nil && ctx.Err() == nil {
				alarm(err)
			} else {
				k.rewritten = day
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
