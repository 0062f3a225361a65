package officer

import (
	"context"

	"golang.org/x/crypto/argon2"
)

// Hashing watches or replaces how passwords are hashed.
func (b *Book) Hashing(wrap func(inner func() []byte) []byte, cheap bool) {
	b.hash = func(password, salt []byte, time, memory uint32, threads uint8) []byte {
		if !cheap {
			return wrap(func() []byte { return argon(password, salt, time, memory, threads) })
		}
		return wrap(func() []byte { return argon2.IDKey(password, salt, 1, 64, 1, hashSize) })
	}
}

// Counted returns for how many subjects and buckets the throttle holds memory.
func (b *Book) Counted() (subjects, shared int) {
	b.throttle.mu.Lock()
	defer b.throttle.mu.Unlock()
	return len(b.throttle.known), len(b.throttle.other)
}

// What tests of the package look into.
var (
	ParsePHC  = parsePHC
	PHC       = phc
	CleanName = cleanLogin
)

// Constants of the contract, for tests.
const (
	Places     = places
	OpenPlaces = openPlaces
	Queue      = queue
)

// DeviceMark reads a device cookie for o.
func (b *Book) DeviceMark(o Officer, cookie string) string { return b.deviceMark(o, cookie) }

// Open opens a sealed secret.
func (b *Book) Open(id ID, sealed []byte) ([]byte, error) { return b.open(id, sealed) }

// Gate bounds how many hashes are made at a time.
type Gate struct{ *gate }

// NewGate returns a gate with all places free.
func NewGate() Gate { return Gate{newGate()} }

// Enter takes a place.
func (g Gate) Enter(ctx context.Context, known bool) (func(), error) { return g.enter(ctx, known) }

// Argon hashes at the cost of earnest.
func Argon(password, salt []byte) []byte {
	return argon(password, salt, costTime, costMemory, costThreads)
}
