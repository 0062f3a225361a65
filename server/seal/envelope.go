// Package seal is the cryptography of the sealed report and the shapes in which
// it travels: pure functions, the same here and in static/js/lib, held together
// by one set of vectors that both run.
//
// A report is JSON, padded to one size and sealed in the age format to exactly
// two post-quantum hybrid recipients: the desk, and either the national unit or
// a key that nobody has. From outside all reports are alike. The reporter's
// code, if she keeps it, derives every other key by which answers come back
// (report.md, 8.4 and 8.5).
package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"filippo.io/age"
)

// The sizes of the format, in bytes. They are constant, so that sizes tell
// nothing.
const (
	PlainSize  = 16384 // a padded report
	HeaderSize = 3184  // the age header for two hybrid recipients
	BodySize   = 19600 // a report sealed to two hybrid recipients
	FrameSize  = 19690 // a request
	AnswerSize = 24576 // the answer to any request
	ReplyPlain = 4096  // a padded reply
	ReplySize  = 5755  // a reply sealed to one hybrid recipient
	Slots      = 4     // replies in a mailbox

	lengthSize = 4
)

// ErrNotMine says that a blob is sealed for somebody else.
var ErrNotMine = errors.New("seal: sealed for somebody else")

// Recipient is whom something is sealed to, Identity is who can open it.
type (
	Recipient = *age.HybridRecipient
	Identity  = *age.HybridIdentity
)

// ParseRecipient reads a hybrid recipient, age1pq1…. Other kinds are refused:
// they would not stand against a quantum computer.
func ParseRecipient(s string) (Recipient, error) {
	r, err := age.ParseHybridRecipient(s)
	if err != nil {
		return nil, fmt.Errorf("%w: not a hybrid recipient", ErrMalformed)
	}
	return r, nil
}

// ParseIdentity reads a hybrid identity, AGE-SECRET-KEY-PQ-1….
func ParseIdentity(s string) (Identity, error) {
	id, err := age.ParseHybridIdentity(s)
	if err != nil {
		return nil, fmt.Errorf("%w: not a hybrid identity", ErrMalformed)
	}
	return id, nil
}

// ThrowAway returns a recipient whose key is forgotten at once: the second
// place of a report that only its desk may open.
func ThrowAway() (Recipient, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, err
	}
	return id.Recipient(), nil
}

// Pad puts a length before raw and zeros behind it, PlainSize bytes together.
func Pad(raw []byte) ([]byte, error) { return pad(raw, PlainSize) }

// Unpad returns what Pad was given. Anything but zeros behind it is refused.
func Unpad(p []byte) ([]byte, error) { return unpad(p, PlainSize) }

func pad(raw []byte, size int) ([]byte, error) {
	if len(raw) > size-lengthSize {
		return nil, fmt.Errorf("%w: too long", ErrMalformed)
	}
	out := make([]byte, size)
	binary.BigEndian.PutUint32(out, uint32(len(raw))) //nolint:gosec // checked above
	copy(out[lengthSize:], raw)
	return out, nil
}

func unpad(p []byte, size int) ([]byte, error) {
	if len(p) != size {
		return nil, ErrMalformed
	}
	n := binary.BigEndian.Uint32(p)
	if n > uint32(size-lengthSize) || len(bytes.Trim(p[lengthSize+n:], "\x00")) > 0 { //nolint:gosec // constants
		return nil, ErrMalformed
	}
	return p[lengthSize : lengthSize+n], nil
}

// Seal seals a report to its desk and to a second recipient, BodySize bytes.
// The order of the two is left to chance. The second is never the desk again:
// from outside it could not be told, and nobody would see the mistake.
func Seal(r Report, desk, second Recipient) ([]byte, error) {
	if desk == nil || second == nil || desk.String() == second.String() {
		return nil, fmt.Errorf("%w: not two recipients", ErrMalformed)
	}
	raw, err := Encode(r)
	if err != nil {
		return nil, err
	}
	plain, err := Pad(raw)
	if err != nil {
		return nil, err
	}
	to := []age.Recipient{desk, second}
	if rand.IntN(2) == 0 { //nolint:gosec // the order hides nothing by itself
		to[0], to[1] = to[1], to[0]
	}
	body, err := encrypt(plain, to...)
	if err == nil && len(body) != BodySize {
		err = fmt.Errorf("%w: sealed to %d bytes", ErrMalformed, len(body))
	}
	return body, err
}

func encrypt(plain []byte, to ...age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Open opens a report with any of ids. It returns ErrNotMine for what is sealed
// for somebody else, and ErrMalformed for what is sealed for us and broken.
func Open(body []byte, ids ...Identity) (Report, error) {
	if err := CheckBody(body); err != nil {
		return Report{}, err
	}
	plain, err := decrypt(body, ids)
	if err != nil {
		return Report{}, err
	}
	raw, err := Unpad(plain)
	if err != nil {
		return Report{}, err
	}
	return Decode(raw)
}

// OpenHeader tries ids on the first HeaderSize bytes of a sealed report: nil
// says that Open will go on, ErrNotMine that the rest need not be fetched, and
// ErrMalformed that it is no such header or was changed by somebody.
func OpenHeader(header []byte, ids ...Identity) error {
	if len(header) != HeaderSize {
		return ErrMalformed
	}
	if err := checkHeader(string(header), 2); err != nil {
		return err
	}
	_, err := age.DecryptHeader(header, identities(ids)...)
	return openError(err)
}

func decrypt(body []byte, ids []Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(body), identities(ids)...)
	if err != nil {
		return nil, openError(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrMalformed
	}
	return plain, nil
}

func identities(ids []Identity) []age.Identity {
	out := make([]age.Identity, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

func openError(err error) error {
	var none *age.NoIdentityMatchError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &none):
		return ErrNotMine
	}
	return ErrMalformed
}

// The shape of an age header with hybrid stanzas.
const (
	intro     = "age-encryption.org/v1\n"
	stanza    = "-> mlkem768x25519 "
	argSize   = 1494 // 1,120 bytes in base64
	shareSize = 43   // 32 bytes in base64
)

// CheckBody says whether a body is what the pool takes: exactly two hybrid
// stanzas with canonical base64, a MAC, and the right length. Who could open it
// cannot be told, and is not asked.
func CheckBody(body []byte) error {
	if len(body) != BodySize {
		return ErrMalformed
	}
	return checkHeader(string(body[:HeaderSize]), 2)
}

func checkHeader(h string, stanzas int) error {
	h, ok := strings.CutPrefix(h, intro)
	if !ok {
		return ErrMalformed
	}
	for range stanzas {
		if h, ok = strings.CutPrefix(h, stanza); !ok {
			return ErrMalformed
		}
		if h, ok = cutBase64(h, argSize); !ok {
			return ErrMalformed
		}
		if h, ok = cutBase64(h, shareSize); !ok {
			return ErrMalformed
		}
	}
	if h, ok = strings.CutPrefix(h, "--- "); !ok {
		return ErrMalformed
	}
	if h, ok = cutBase64(h, shareSize); !ok || h != "" {
		return ErrMalformed
	}
	return nil
}

// cutBase64 takes a line of canonical base64 off h.
func cutBase64(h string, size int) (rest string, ok bool) {
	if len(h) <= size || h[size] != '\n' {
		return h, false
	}
	_, err := base64.RawStdEncoding.Strict().DecodeString(h[:size])
	return h[size+1:], err == nil
}
