// Package rehearsal lets a reader practise two-step sign-in with a secret that
// opens nothing. The server keeps nothing of it: the secret and how far the
// practice has come travel inside the form, sealed (AES-256-GCM) under a key
// that lives in the memory of this process and dies with it.
//
// Codes are those of RFC 6238 with SHA-1, six digits and steps of 30 seconds,
// which every authenticator app knows.
package rehearsal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"hisn/locales"
)

// Verdict says what became of a code.
type Verdict string

// The verdicts. A site that checks codes does just this, and says less.
const (
	Accepted Verdict = "accepted"
	Used     Verdict = "used"    // right, and accepted before: a real site refuses it
	Late     Verdict = "late"    // it ran out a moment ago
	Clock    Verdict = "clock"   // right for another time: the phone's clock is wrong
	Backup   Verdict = "backup"  // a backup code, accepted
	Spent    Verdict = "spent"   // a backup code that was used before
	Wrong    Verdict = "wrong"   // no code of this secret
	Unclear  Verdict = "unclear" // not six digits, and no backup code
)

// Verdicts lists all verdicts.
func Verdicts() []Verdict {
	return []Verdict{Accepted, Used, Late, Clock, Backup, Spent, Wrong, Unclear}
}

const (
	period    = 30               // seconds of a step
	skew      = 1                // steps that a site forgives on either side
	lateSteps = 3                // steps in which a code counts as run out
	clockSpan = 40               // steps (20 minutes) in which a wrong clock is recognised
	lifetime  = 30 * time.Minute // of a practice
	backups   = 4
	tries     = 60 // of one practice; a guesser gets no further
)

// ErrOver means that a practice is too old, from another run of the server, or
// not ours at all. The reader starts a new one; nothing is lost.
var ErrOver = errors.New("rehearsal: this practice is over")

// Practice is how far one reader has come.
type Practice struct {
	Secret  []byte    `json:"s"`
	Started time.Time `json:"t"`
	Last    int64     `json:"l"` // the last accepted step
	Spent   int       `json:"b"` // bit set of used backup codes
	Tries   int       `json:"n"`
	Done    int       `json:"d"` // bit set of verdicts seen
}

// Desk seals and opens practices.
type Desk struct {
	aead   cipher.AEAD
	random io.Reader
	now    func() time.Time
}

// New returns a desk with a fresh key.
func New(random io.Reader, now func() time.Time) (*Desk, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("rehearsal: making a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	return &Desk{aead, random, now}, nil
}

// Start begins a practice with a new secret of 160 bits.
func (d *Desk) Start() (Practice, error) {
	p := Practice{Secret: make([]byte, 20), Started: d.now()}
	_, err := io.ReadFull(d.random, p.Secret)
	return p, err
}

// Seal returns p as a field of a form.
func (d *Desk) Seal(p Practice) (string, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, d.aead.NonceSize())
	if _, err := io.ReadFull(d.random, nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(d.aead.Seal(nonce, nonce, plain, nil)), nil
}

// Open reads what Seal wrote, or returns ErrOver.
func (d *Desk) Open(sealed string) (Practice, error) {
	var p Practice
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < d.aead.NonceSize() {
		return p, ErrOver
	}
	n := d.aead.NonceSize()
	plain, err := d.aead.Open(nil, raw[:n], raw[n:], nil)
	if err != nil {
		return p, ErrOver
	}
	if err := json.Unmarshal(plain, &p); err != nil {
		return p, ErrOver
	}
	if age := d.now().Sub(p.Started); age < 0 || age > lifetime || p.Tries >= tries {
		return p, ErrOver
	}
	return p, nil
}

// Text returns the secret as an app takes it, in groups of four.
func (p Practice) Text() string {
	raw := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(p.Secret)
	var groups []string
	for len(raw) > 4 {
		groups, raw = append(groups, raw[:4]), raw[4:]
	}
	return strings.Join(append(groups, raw), " ")
}

// Key returns the secret for the app, labelled as practice.
func (p Practice) Key(issuer, account string) (*otp.Key, error) {
	return otp.NewKeyFromURL("otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) +
		"?secret=" + p.secret() + "&issuer=" + url.PathEscape(issuer) + "&algorithm=SHA1&digits=6&period=30")
}

func (p Practice) secret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(p.Secret)
}

// BackupCodes returns the codes for paper: eight digits each, made from the
// secret, so that nothing has to be kept.
func (p Practice) BackupCodes() []string {
	out := make([]string, backups)
	for i := range out {
		mac := hmac.New(sha256.New, p.Secret)
		fmt.Fprintf(mac, "backup %d", i)
		n := new(big.Int).SetBytes(mac.Sum(nil)[:8])
		out[i] = fmt.Sprintf("%08d", n.Mod(n, big.NewInt(100_000_000)).Int64())
	}
	return out
}

// Try checks a code that was typed, in digits of any of our languages, with
// spaces or hyphens. It returns the verdict, for Clock by how many minutes the
// phone is ahead (positive) or behind, and the practice as it stands now.
func (d *Desk) Try(p Practice, typed string) (Practice, Verdict, int) {
	p.Tries++
	code, _ := locales.Typed(typed) // anything else than digits is no code of ours
	verdict, minutes := d.judge(&p, code)
	for i, v := range Verdicts() {
		if v == verdict {
			p.Done |= 1 << i
		}
	}
	return p, verdict, minutes
}

// Seen reports whether the practice has met a verdict.
func (p Practice) Seen(v Verdict) bool {
	for i, known := range Verdicts() {
		if known == v {
			return p.Done&(1<<i) != 0
		}
	}
	return false
}

func (d *Desk) judge(p *Practice, code string) (Verdict, int) {
	if len(code) == 8 {
		for i, b := range p.BackupCodes() {
			if b != code {
				continue
			}
			if p.Spent&(1<<i) != 0 {
				return Spent, 0
			}
			p.Spent |= 1 << i
			return Backup, 0
		}
		return Wrong, 0
	}
	if len(code) != 6 {
		return Unclear, 0
	}
	step := d.now().Unix() / period
	offset, found := p.offset(code, step)
	switch {
	case !found:
		return Wrong, 0
	case offset >= -skew && offset <= skew:
		if step+offset <= p.Last {
			return Used, 0
		}
		p.Last = step + offset
		return Accepted, 0
	case step+offset == p.Last:
		return Used, 0
	case offset < 0 && offset >= -lateSteps:
		return Late, 0
	}
	minutes := int(offset) * period / 60
	if minutes == 0 {
		minutes = 1
	}
	return Clock, minutes
}

// offset finds the step, nearest first, for which code is right.
func (p *Practice) offset(code string, step int64) (int64, bool) {
	for distance := range int64(clockSpan + 1) {
		for _, off := range []int64{-distance, distance} {
			want, err := hotp.GenerateCodeCustom(p.secret(), uint64(max(0, step+off)), hotp.ValidateOpts{
				Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
			})
			if err == nil && hmac.Equal([]byte(want), []byte(code)) {
				return off, true
			}
		}
	}
	return 0, false
}
