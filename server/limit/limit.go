// Package limit counts requests per network address, without ever keeping one.
//
// What is counted is an HMAC of the address (IPv4 as it is, IPv6 by its /64
// network) under a key that is drawn at random, lives in memory and is replaced
// every hour. The counts cannot be turned back into addresses, and do not
// outlive the process. Limits are generous: a whole school, and often a whole
// mobile carrier, is one address.
package limit

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/memory"
)

// rotation is how long one key serves.
const rotation = time.Hour

// Limiter allows a number of requests per address and period.
type Limiter struct {
	limiter *limiter.Limiter
	now     func() time.Time

	mu    sync.Mutex
	key   []byte
	until time.Time
}

// New returns a limiter for a rate such as "1200-M" (S, M, H or D).
func New(rate string, now func() time.Time) (*Limiter, error) {
	r, err := limiter.NewRateFromFormatted(rate)
	if err != nil {
		return nil, fmt.Errorf("rate %q is not like 1200-M: %w", rate, err)
	}
	store := memory.NewStoreWithOptions(limiter.StoreOptions{CleanUpInterval: 30 * time.Second})
	return &Limiter{limiter: limiter.New(store, r), now: now}, nil
}

// Allow counts one request from address and reports whether it may go on; if
// not, wait says how long until it may.
func (l *Limiter) Allow(ctx context.Context, address string) (ok bool, wait time.Duration, err error) {
	state, err := l.limiter.Get(ctx, l.name(address))
	if err != nil {
		return false, 0, fmt.Errorf("counting requests: %w", err)
	}
	if !state.Reached {
		return true, 0, nil
	}
	wait = time.Unix(state.Reset, 0).Sub(l.now())
	return false, max(wait, time.Second), nil
}

// name turns an address into what is counted.
func (l *Limiter) name(address string) string {
	mac := hmac.New(sha256.New, l.current())
	mac.Write([]byte(Network(address)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

func (l *Limiter) current() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); l.key == nil || now.After(l.until) {
		l.key = make([]byte, sha256.Size)
		_, _ = rand.Read(l.key) // never fails (crypto/rand)
		l.until = now.Add(rotation)
	}
	return l.key
}

// Network returns the part of an address that one subscriber holds: the whole
// of IPv4, the /64 of IPv6. What is no address (a socket) counts as one.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "none"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return "none"
	}
	return p.String()
}
