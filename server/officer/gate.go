package officer

import (
	"context"
	"sync/atomic"
	"time"

	"hisn/server/fault"
)

// A hash takes 64 MiB, so only a few are made at a time. One place is kept for
// devices on which an officer has signed in before: whoever floods the sign-in
// from outside cannot take it.
const (
	places     = 4                // hashes at one time
	openPlaces = 3                // of these, for devices nobody knows
	queue      = 32               // known devices that may wait for a place
	patience   = 10 * time.Second // and for how long
	comeBack   = 2 * time.Second  // what others are told
)

type gate struct {
	all, open chan struct{}
	waiting   atomic.Int32
}

func newGate() *gate {
	return &gate{all: make(chan struct{}, places), open: make(chan struct{}, openPlaces)}
}

// enter takes a place, and returns what gives it back. A known device waits for
// its turn; any other is sent away at once, so that a flood holds no memory.
func (g *gate) enter(ctx context.Context, known bool) (leave func(), err error) {
	if known {
		return g.wait(ctx)
	}
	select {
	case g.open <- struct{}{}:
	default:
		return nil, fault.Later(fault.TooMany, comeBack)
	}
	select {
	case g.all <- struct{}{}:
		return func() { <-g.all; <-g.open }, nil
	default:
		<-g.open
		return nil, fault.Later(fault.TooMany, comeBack)
	}
}

func (g *gate) wait(ctx context.Context) (leave func(), err error) {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > queue {
		return nil, fault.Later(fault.TooMany, comeBack)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case g.all <- struct{}{}:
		return func() { <-g.all }, nil
	case <-ctx.Done():
		return nil, fault.Later(fault.TooMany, comeBack)
	}
}
