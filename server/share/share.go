// Package share splits a secret into parts of which any two or more restore it
// and fewer tell nothing: Shamir's scheme over the field of 256 elements, each
// byte by itself. It is how the key of the national duty unit lies in three
// hands (report.md, 8.7).
package share

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrParts says that parts do not restore a secret: too few, not of one
// splitting, or damaged.
var ErrParts = errors.New("share: these parts do not restore a secret")

const (
	mostParts = 16
	maxSecret = 64 << 10
	checkSize = 8
	label     = "hisn-part-1"
)

// Split returns n parts of secret, any need of which restore it. Each is one
// line of text.
func Split(secret []byte, need, n int, random io.Reader) ([]string, error) {
	if need < 2 || n < need || n > mostParts || len(secret) == 0 || len(secret) > maxSecret {
		return nil, fmt.Errorf("share: %d of %d parts cannot be made", need, n)
	}
	sum := sha256.Sum256(secret)
	plain := append(append([]byte{}, secret...), sum[:checkSize]...)
	chance := make([]byte, len(plain)*(need-1))
	if _, err := io.ReadFull(random, chance); err != nil {
		return nil, fmt.Errorf("drawing the parts: %w", err)
	}
	out := make([]string, n)
	for i := range out {
		x := byte(i + 1)
		raw := make([]byte, len(plain))
		for j, constant := range plain {
			// The polynomial with this constant and chance for the rest, at x.
			var y byte
			for k := need - 2; k >= 0; k-- {
				y = mul(y, x) ^ chance[j*(need-1)+k]
			}
			raw[j] = mul(y, x) ^ constant
		}
		out[i] = fmt.Sprintf("%s %d %d %s", label, need, x, base64.StdEncoding.EncodeToString(raw))
	}
	return out, nil
}

type part struct {
	x   byte
	raw []byte
}

// Join restores a secret from its parts, in any order.
func Join(lines []string) ([]byte, error) {
	var parts []part
	need := 0
	for _, line := range lines {
		p, n, err := parse(line)
		if err != nil || need != 0 && (n != need || len(p.raw) != len(parts[0].raw)) {
			return nil, ErrParts
		}
		for _, other := range parts {
			if other.x == p.x {
				return nil, ErrParts
			}
		}
		need, parts = n, append(parts, p)
	}
	if need == 0 || len(parts) < need {
		return nil, ErrParts
	}
	plain := restore(parts[:need])
	secret, check := plain[:len(plain)-checkSize], plain[len(plain)-checkSize:]
	sum := sha256.Sum256(secret)
	if subtle.ConstantTimeCompare(check, sum[:checkSize]) != 1 {
		return nil, ErrParts
	}
	return secret, nil
}

func parse(line string) (part, int, error) {
	var p part
	var need, x int
	var text string
	if _, err := fmt.Sscanf(strings.TrimSpace(line), label+" %d %d %s", &need, &x, &text); err != nil {
		return p, 0, ErrParts
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || need < 2 || need > mostParts || x < 1 || x > mostParts || len(raw) <= checkSize || len(raw) > maxSecret+checkSize {
		return p, 0, ErrParts
	}
	return part{byte(x), raw}, need, nil
}

// restore finds the polynomials' values at zero (Lagrange).
func restore(parts []part) []byte {
	out := make([]byte, len(parts[0].raw))
	for i, p := range parts {
		weight := byte(1)
		for j, q := range parts {
			if i != j {
				weight = mul(weight, mul(q.x, inverse(q.x^p.x)))
			}
		}
		for k := range out {
			out[k] ^= mul(weight, p.raw[k])
		}
	}
	return out
}

// mul multiplies in GF(256) with the polynomial of AES, in constant time.
func mul(a, b byte) byte {
	var p byte
	for range 8 {
		p ^= -(b & 1) & a
		a = a<<1 ^ -(a>>7)&0x1b
		b >>= 1
	}
	return p
}

// inverse is a to the power of 254.
func inverse(a byte) byte {
	out := byte(1)
	for range 7 {
		a = mul(a, a)
		out = mul(out, a)
	}
	return out
}
