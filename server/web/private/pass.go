package private

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// The life of a form. A machine sends one at once; a person reads it first.
// Only when very much arrives does the lower bound matter.
const (
	tooFast = 60 * time.Second
	tooOld  = 6 * time.Hour
)

// pass stamps forms with the time at which they were given out, so that a flood
// of machines can be asked to wait. It names nobody: everybody who asks in the
// same second gets the same stamp. The key lives and dies with the process.
type pass struct {
	key []byte
	now func() time.Time
}

func newPass(rand io.Reader, now func() time.Time) (*pass, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	return &pass{key, now}, nil
}

// stamp returns the mark of a form that is given out now.
func (p *pass) stamp() string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(p.now().Unix())) //nolint:gosec // after 1970
	return base64.RawURLEncoding.EncodeToString(append(raw, p.mac(raw)...))
}

// age returns how long ago the form was given out. It reports false for a stamp
// that is not ours or too old; such a form is shown again, with its words.
func (p *pass) age(stamp string) (time.Duration, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(stamp)
	const size = 8
	if err != nil || len(raw) != size+sha256.Size || !hmac.Equal(raw[size:], p.mac(raw[:size])) {
		return 0, false
	}
	age := p.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(raw)), 0)) //nolint:gosec // our own number
	return age, age >= 0 && age < tooOld
}

func (p *pass) mac(raw []byte) []byte {
	m := hmac.New(sha256.New, p.key)
	m.Write(raw)
	return m.Sum(nil)
}
