package casework

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"hisn/server/fault"
	"hisn/server/seal"
)

// Progress tells how far a fetch has come.
type Progress struct {
	Running bool
	Done    bool // it came to its end, at least once
	Tried   int  // of Of
	Of      int
	Found   int
	Missed  int   // could not be fetched now; they are tried again next time
	Err     error // why the last fetch stopped, or nil
}

// Progress returns how far the present or the last fetch has come.
func (w *Work) Progress() Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress
}

// perCore is how many blobs are under way for each core: while some wait for
// the network, others are tried.
const perCore = 8

// mostMissed is after how many failures a fetch gives up.
const mostMissed = 20

// Fetch looks at the whole pool: it forgets what is gone, tries the desk's keys
// on everything that it has not seen, on all cores, says that the desk has
// looked today, and seals cases again that would soon expire.
func (w *Work) Fetch(ctx context.Context) error {
	w.op.Lock()
	defer w.op.Unlock()
	if err := w.fetch(ctx); err != nil {
		return err
	}
	if err := w.pool.Beat(ctx); err != nil {
		return err
	}
	return w.renew(ctx)
}

// fetch is Fetch without what follows it. The caller holds op.
func (w *Work) fetch(ctx context.Context) error {
	w.note(func(p *Progress) { *p = Progress{Running: true, Done: p.Done} })
	err := w.try(ctx)
	w.note(func(p *Progress) { p.Running, p.Err, p.Done = false, err, p.Done || err == nil })
	return err
}

func (w *Work) note(change func(*Progress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.progress)
}

func (w *Work) try(ctx context.Context) error {
	ids, err := w.pool.IDs(ctx)
	if err != nil {
		return err
	}
	unseen := w.unseen(ids)
	w.note(func(p *Progress) { p.Of = len(unseen) })
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan [16]byte)
	var workers sync.WaitGroup
	for range min(len(unseen), perCore*runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for id := range queue {
				w.one(ctx, id, stop)
			}
		})
	}
	for _, id := range unseen {
		select {
		case queue <- id:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// unseen forgets what is no longer in the pool and returns what is new.
func (w *Work) unseen(ids [][16]byte) [][16]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	there := make(map[[16]byte]struct{}, len(ids))
	var out [][16]byte
	for _, id := range ids {
		there[id] = struct{}{}
		_, foreign := w.foreign[id]
		if _, mine := w.blobs[id]; !mine && !foreign {
			out = append(out, id)
		}
	}
	for id := range w.foreign {
		if _, ok := there[id]; !ok {
			delete(w.foreign, id)
		}
	}
	for id := range w.blobs {
		if _, ok := there[id]; !ok {
			delete(w.blobs, id)
		}
	}
	return out
}

// one tries one blob and notes what became of it.
func (w *Work) one(ctx context.Context, id [16]byte, stop context.CancelCauseFunc) {
	r, err := w.open(ctx, id)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return
	case is(err, fault.NotFound): // withdrawn or replaced meanwhile
	case errors.Is(err, seal.ErrNotMine), errors.Is(err, seal.ErrMalformed):
		w.foreign[id] = struct{}{}
	case is(err, fault.Unauthorized):
		stop(err)
		return
	case err != nil:
		w.progress.Missed++
		if w.progress.Missed >= mostMissed {
			stop(err)
		}
		return
	case r.Kind == seal.KindCanary: // for the monitor
		w.foreign[id] = struct{}{}
	default:
		w.progress.Found++
		w.blobs[id] = &blob{id, r, r.Case != nil && proven(r, w.keys)}
	}
	w.progress.Tried++
}

// open fetches a blob as far as it takes to see whom it is for.
func (w *Work) open(ctx context.Context, id [16]byte) (seal.Report, error) {
	header, err := w.pool.Header(ctx, id)
	if err != nil {
		return seal.Report{}, err
	}
	if err := seal.OpenHeader(header, w.ids...); err != nil {
		return seal.Report{}, err
	}
	rest, err := w.pool.Rest(ctx, id)
	if err != nil {
		return seal.Report{}, err
	}
	return seal.Open(append(header, rest...), w.ids...)
}

// A case that the desk put is kept for at least 76 days. renewAfter leaves two
// weeks in which somebody will surely fetch.
const renewAfter = 60 * 24 * time.Hour

// renew seals the desk's own cases again before they expire, unless they are
// closed: those may go.
func (w *Work) renew(ctx context.Context) error {
	for _, b := range w.aged() {
		r := b.report
		r.Day = w.today()
		to, err := w.recipients(r)
		if err != nil {
			continue // without the directory it cannot be done; there is time
		}
		if err := w.put(ctx, r, to, b); err != nil && !is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

func (w *Work) aged() []*blob {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*blob
	for _, b := range w.blobs {
		day, err := time.Parse(time.DateOnly, b.report.Day)
		if b.own && err == nil && w.now().Sub(day) > renewAfter && w.build(b.key()).State != StateClosed {
			out = append(out, b)
		}
	}
	return out
}

// Begin claims the next Fetch: false when one is under way. It lets a page say
// at once that something is happening.
func (w *Work) Begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress.Running {
		return false
	}
	w.progress = Progress{Running: true, Done: w.progress.Done}
	return true
}
