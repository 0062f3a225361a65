package report

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// What is stored is: the mark of the key (4) | nonce (24) | XChaCha20-Poly1305
// under the key of the row's day, with the row's name as associated data, so
// that nothing can be moved to another row.
const (
	keySize    = chacha20poly1305.KeySize
	markSize   = 4
	sealedHead = markSize + chacha20poly1305.NonceSizeX
	tagSize    = chacha20poly1305.Overhead
)

func poolName(id [16]byte) []byte { return append([]byte("pool/"), id[:]...) }

func mailName(addr [32]byte, n int) []byte {
	return append(append([]byte("mail/"), addr[:]...), byte(n))
}

// markOf names a key without telling anything of it.
func markOf(key []byte) (m [markSize]byte) {
	h := sha256.Sum256(append([]byte("mark/"), key...))
	copy(m[:], h[:])
	return m
}

// wrap seals plain under the key of a day, which is made if it is not there.
func (r *Ring) wrap(rand io.Reader, day int, name, plain []byte) ([]byte, error) {
	key, err := r.need(day)
	if err != nil {
		return nil, err
	}
	out := make([]byte, sealedHead, sealedHead+len(plain)+tagSize)
	m := markOf(key)
	copy(out, m[:])
	if _, err := io.ReadFull(rand, out[markSize:]); err != nil {
		return nil, fmt.Errorf("wrapping: %w", err)
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("wrapping: %w", err)
	}
	return aead.Seal(out, out[markSize:sealedHead], plain, name), nil
}

// unwrap opens what wrap made, or returns ErrUnreadable.
func (r *Ring) unwrap(day int, name, stored []byte) ([]byte, error) {
	key, ok := r.key(day)
	if !ok || len(stored) < sealedHead {
		return nil, ErrUnreadable
	}
	plain, err := open(key, name, stored)
	if err != nil {
		return nil, ErrUnreadable
	}
	return plain, nil
}

func open(key, name, stored []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, errors.Join(ErrUnreadable, err)
	}
	return aead.Open(nil, stored[markSize:sealedHead], stored[sealedHead:], name)
}
