package officer

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: argon2id with three passes over 64 MiB in two lanes.
const (
	costTime    = 3
	costMemory  = 64 << 10 // KiB
	costThreads = 2
	saltSize    = 16
	hashSize    = 32
)

// hasher computes argon2id. Tests count and cheapen it; nothing else replaces it.
type hasher func(password, salt []byte, time, memory uint32, threads uint8) []byte

// argon collects its 64 MiB at once: left to the collector's own time, several
// hashes' worth would lie about beside those that are being made.
func argon(password, salt []byte, time, memory uint32, threads uint8) []byte {
	defer runtime.GC()
	return argon2.IDKey(password, salt, time, memory, threads, hashSize)
}

// phc writes a hash as "$argon2id$v=19$m=65536,t=3,p=2$salt$hash".
func phc(salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		costMemory, costTime, costThreads, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

// parsePHC reads what phc wrote, of the present cost only: a line that somebody
// put into the database cannot ask for more memory.
func parsePHC(s string) (salt, hash []byte, ok bool) {
	rest, ok := strings.CutPrefix(s, fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, costMemory, costTime, costThreads))
	left, right, cut := strings.Cut(rest, "$")
	if !ok || !cut {
		return nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(left)
	hash, err2 := base64.RawStdEncoding.Strict().DecodeString(right)
	if err1 != nil || err2 != nil || len(salt) != saltSize || len(hash) != hashSize {
		return nil, nil, false
	}
	return salt, hash, phc(salt, hash) == s // decoding passes over line breaks
}

// hashPassword returns the PHC string of a password. The caller holds a place.
func (b *Book) hashPassword(password string) (string, error) {
	salt, err := b.random(saltSize)
	if err != nil {
		return "", err
	}
	return phc(salt, b.hash([]byte(normal(password)), salt, costTime, costMemory, costThreads)), nil
}

// passwordIs reports whether password is that of o. For an account that does
// not exist, or has no password any more, the same work is done in vain. The
// caller holds a place.
func (b *Book) passwordIs(o Officer, password string) (bool, error) {
	salt, want, ok := parsePHC(o.Password)
	if !ok {
		var err error
		if salt, err = b.random(saltSize); err != nil {
			return false, err
		}
		want = make([]byte, hashSize)
	}
	got := b.hash([]byte(normal(password)), salt, costTime, costMemory, costThreads)
	return subtle.ConstantTimeCompare(got, want) == 1 && ok, nil
}
