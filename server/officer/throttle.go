package officer

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Five wrong tries are free; then each one doubles the time until the next.
const (
	freeTries  = 5
	firstDelay = 30 * time.Second
	mostDelay  = time.Hour
	forget     = 24 * time.Hour // after which wrong tries no longer count
	buckets    = 1 << 15        // for logins that do not exist
	sweepAbove = 4096           // entries from which old ones are looked for
)

// throttle counts wrong tries in memory. What is counted is a subject: an
// account as seen from devices nobody knows, or one known device of it. So
// whoever tries passwords from outside delays only outsiders, never the
// officer on the own machine, and never other accounts.
//
// Logins that do not exist are delayed in the same way, or the delay would tell
// which ones do. They share a fixed number of buckets: inventing logins costs
// no memory.
type throttle struct {
	key []byte

	mu    sync.Mutex
	known map[[32]byte]tries
	other []tries
	wrong map[wrong]bool // since the last take
}

// wrong says that something was tried in vain for an account.
type wrong struct {
	who  ID
	what string // tryPassword or tryCode
}

type tries struct {
	n    int32
	last int64 // Unix nanoseconds of the last one
}

func newThrottle(key []byte) *throttle {
	return &throttle{key: key, known: map[[32]byte]tries{}, other: make([]tries, buckets), wrong: map[wrong]bool{}}
}

// subject is what wrong tries are counted for.
type subject struct {
	name   [32]byte
	exists bool
	wrong  wrong
}

// Kinds of subjects. Passwords and codes are counted apart: who does not know
// the password cannot delay the code.
const (
	tryPassword = "password"
	tryCode     = "code"
)

func (t *throttle) subject(kind string, o Officer, login, device string) subject {
	mac := hmac.New(sha256.New, t.key)
	for _, part := range []string{kind, login, device} {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		mac.Write([]byte(part))
	}
	s := subject{exists: o.ID != ID{}, wrong: wrong{o.ID, kind}}
	mac.Sum(s.name[:0])
	return s
}

// begin counts a try before its outcome is known, so that many at once do not
// slip through. It returns how long the subject has to wait instead, or what
// to call with the outcome: a right try clears the count.
func (t *throttle) begin(s subject, now time.Time) (wait time.Duration, settle func(right bool)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.get(s)
	if now.Sub(time.Unix(0, before.last)) > forget {
		before = tries{}
	}
	if until := time.Unix(0, before.last).Add(delay(before.n)); before.n >= freeTries && now.Before(until) {
		return until.Sub(now), nil
	}
	t.set(s, tries{before.n + 1, now.UnixNano()}, now)
	return 0, func(right bool) {
		t.mu.Lock()
		defer t.mu.Unlock()
		switch {
		case right:
			t.set(s, tries{}, now)
		case s.exists:
			t.wrong[s.wrong] = true
		}
	}
}

// takeWrong returns what was tried in vain since the last call.
func (t *throttle) takeWrong() []wrong {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := slices.SortedFunc(maps.Keys(t.wrong), func(a, b wrong) int {
		return cmp.Or(bytes.Compare(a.who[:], b.who[:]), strings.Compare(a.what, b.what))
	})
	clear(t.wrong)
	return out
}

func delay(n int32) time.Duration {
	if n < freeTries {
		return 0
	}
	return min(mostDelay, firstDelay<<min(n-freeTries, 16))
}

func (t *throttle) get(s subject) tries {
	if s.exists {
		return t.known[s.name]
	}
	return t.other[binary.BigEndian.Uint32(s.name[:])%buckets]
}

func (t *throttle) set(s subject, to tries, now time.Time) {
	if !s.exists {
		t.other[binary.BigEndian.Uint32(s.name[:])%buckets] = to
		return
	}
	if to.n == 0 {
		delete(t.known, s.name)
		return
	}
	if len(t.known) > sweepAbove {
		t.sweep(now)
	}
	t.known[s.name] = to
}

func (t *throttle) sweep(now time.Time) {
	for name, n := range t.known {
		if now.Sub(time.Unix(0, n.last)) > forget {
			delete(t.known, name)
		}
	}
}
