// Package oneshot keeps an answer for the few seconds between a form and the
// page that shows what came of it.
//
// A browser writes the body of a form into its session file on the phone when
// the answer is a page, and does not when the answer leads elsewhere. So every
// form with words in it is answered with an address that shows its result once
// (report.md, 5.2). What waits is encrypted under a key that only that address
// carries: memory that is looked at later shows nothing, and nobody but the
// reader can ask for it.
package oneshot

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// Life is how long an answer waits to be read.
const Life = 60 * time.Second

// The bounds of what waits at once. The longest form has 64 KiB.
const (
	maxCount = 4096
	maxBytes = 64 << 20
	keySize  = 16
)

// Box holds answers that wait. It is safe for concurrent use.
type Box struct {
	rand io.Reader
	now  func() time.Time

	mu    sync.Mutex
	held  map[[sha256.Size]byte]item
	queue [][sha256.Size]byte // in the order of arrival, which is the order of expiry
	bytes int
}

type item struct {
	sealed []byte
	until  time.Time
}

// New returns an empty box.
func New(rand io.Reader, now func() time.Time) *Box {
	return &Box{rand: rand, now: now, held: map[[sha256.Size]byte]item{}}
}

// Put keeps an answer and returns the key by which it can be read once. When
// too much waits, what came first goes first.
func (b *Box) Put(plain []byte) (string, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(b.rand, key); err != nil {
		return "", fmt.Errorf("drawing a key: %w", err)
	}
	place, secret, err := derive(key)
	if err != nil {
		return "", err
	}
	aead, err := chacha20poly1305.New(secret)
	if err != nil {
		return "", err
	}
	// The key serves once, so one fixed nonce does.
	sealed := aead.Seal(nil, make([]byte, aead.NonceSize()), plain, nil)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep()
	for len(b.queue) > 0 && (len(b.held) >= maxCount || b.bytes+len(sealed) > maxBytes) {
		b.drop(b.queue[0])
		b.queue = b.queue[1:]
	}
	b.held[place] = item{sealed, b.now().Add(Life)}
	b.queue = append(b.queue, place)
	b.bytes += len(sealed)
	return base64.RawURLEncoding.EncodeToString(key), nil
}

// Take returns the answer that key stands for, and forgets it. It reports false
// for a key that is unknown, used or too old.
func (b *Box) Take(key string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(raw) != keySize {
		return nil, false
	}
	place, secret, err := derive(raw)
	if err != nil {
		return nil, false
	}
	b.mu.Lock()
	b.sweep()
	it, ok := b.held[place]
	b.drop(place)
	b.mu.Unlock()
	if !ok {
		return nil, false
	}
	aead, err := chacha20poly1305.New(secret)
	if err != nil {
		return nil, false
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), it.sealed, nil)
	return plain, err == nil
}

// Len returns how many answers wait.
func (b *Box) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep()
	return len(b.held)
}

// sweep forgets what is too old. The caller holds the lock.
func (b *Box) sweep() {
	now := b.now()
	for len(b.queue) > 0 {
		it, ok := b.held[b.queue[0]]
		if ok && now.Before(it.until) {
			return
		}
		b.drop(b.queue[0])
		b.queue = b.queue[1:]
	}
}

// drop forgets one answer. The caller holds the lock.
func (b *Box) drop(place [sha256.Size]byte) {
	if it, ok := b.held[place]; ok {
		b.bytes -= len(it.sealed)
		delete(b.held, place)
	}
}

// derive returns where an answer lies and what it is encrypted with. Neither
// tells the other.
func derive(key []byte) (place [sha256.Size]byte, secret []byte, err error) {
	where, err := hkdf.Key(sha256.New, key, nil, "hisn/oneshot/place", sha256.Size)
	if err != nil {
		return place, nil, err
	}
	secret, err = hkdf.Key(sha256.New, key, nil, "hisn/oneshot/key", chacha20poly1305.KeySize)
	return [sha256.Size]byte(where), secret, err
}
