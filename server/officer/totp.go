package officer

import (
	"encoding/base32"
	"fmt"
	"net/url"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"golang.org/x/crypto/chacha20poly1305"

	"hisn/locales"
)

// One-time codes are those of RFC 6238 that every authenticator app knows:
// SHA-1, six digits, steps of 30 seconds; one step is forgiven on either side.
const (
	period     = 30
	skew       = 1
	codeLen    = 6
	secretSize = 20
	issuer     = "Hisn"
	maxTyped   = 64 // bytes of a typed code that are looked at
)

// newSecret draws a secret for an authenticator.
func (b *Book) newSecret() ([]byte, error) { return b.random(secretSize) }

// seal makes a secret unreadable in the database. It belongs to one officer:
// moved to another account it does not open.
func (b *Book) seal(id ID, secret []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(b.keys.secret)
	if err != nil {
		return nil, fmt.Errorf("officer: %w", err)
	}
	nonce, err := b.random(aead.NonceSize())
	if err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, secret, id[:]), nil
}

func (b *Book) open(id ID, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(b.keys.secret)
	if err != nil {
		return nil, fmt.Errorf("officer: %w", err)
	}
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("officer: a sealed secret is too short")
	}
	secret, err := aead.Open(nil, sealed[:n], sealed[n:], id[:])
	if err != nil {
		return nil, fmt.Errorf("officer: a sealed secret does not open: is this the right %s?", KeyFile)
	}
	return secret, nil
}

// step returns the time step that a typed code belongs to, if it is near now.
// Digits of any of our languages count, with spaces and hyphens. The library
// does not say which step matched, so each is tried; all of them, always.
func (b *Book) step(secret []byte, typed string) (step int64, ok bool) {
	if len(typed) > maxTyped {
		return 0, false
	}
	code, digits := locales.Typed(typed)
	if !digits || len(code) != codeLen {
		return 0, false
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	now := b.now().Unix() / period
	for at := now - skew; at <= now+skew; at++ {
		right, err := hotp.ValidateCustom(code, uint64(max(at, 0)), text, hotp.ValidateOpts{
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && right {
			step, ok = at, true
		}
	}
	return step, ok
}

// secretText returns a secret as a person types it, and as an app reads it.
func secretText(login string, secret []byte) (text, address string) {
	text = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	q := url.Values{"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return text, "otpauth://totp/" + issuer + ":" + url.PathEscape(login) + "?" + q.Encode()
}
