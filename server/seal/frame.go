package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

const version = 1

// Op says what a frame asks for.
type Op uint8

// The requests. Only Drop carries a sealed body; the others carry a little in
// its place and chance behind it, so that all are of one size.
const (
	Cover    Op = iota // nothing; hides when the others happen
	Drop               // store a sealed report
	Mailbox            // read a mailbox: its key, 32 bytes
	Burn               // delete a reply: the mailbox key, and SHA-256 of its ciphertext
	Withdraw           // delete reports: a count, then pairs of id (16) and proof (32)
)

// Frame is a request: version, op, id, SHA-256 of the desk's capability,
// SHA-256 of the reporter's, proof of work, body; FrameSize bytes.
type Frame struct {
	Op      Op
	ID      [16]byte
	CapHash [32]byte
	DelHash [32]byte
	Nonce   [8]byte
	Body    []byte // BodySize
}

// NewFrame is the frame that drops a sealed body. Its two capabilities go into
// it as their hashes. It has no proof of work yet.
func NewFrame(id [16]byte, capability, del [32]byte, body []byte) Frame {
	return Frame{Op: Drop, ID: id, CapHash: sha256.Sum256(capability[:]), DelHash: sha256.Sum256(del[:]), Body: body}
}

// ParseFrame reads a request. The body is not looked at, and shares the memory
// of raw.
func ParseFrame(raw []byte) (Frame, error) {
	if len(raw) != FrameSize || raw[0] != version || Op(raw[1]) > Withdraw {
		return Frame{}, ErrMalformed
	}
	f := Frame{Op: Op(raw[1])}
	rest := raw[2:]
	for _, part := range [][]byte{f.ID[:], f.CapHash[:], f.DelHash[:], f.Nonce[:]} {
		rest = rest[copy(part, rest):]
	}
	f.Body = rest
	return f, nil
}

// Bytes returns the request as it travels. A body that is too short is filled
// up with chance.
func (f Frame) Bytes() []byte {
	out := make([]byte, 0, FrameSize)
	out = append(out, version, byte(f.Op))
	for _, part := range [][]byte{f.ID[:], f.CapHash[:], f.DelHash[:], f.Nonce[:], f.Body} {
		out = append(out, part...)
	}
	filled := out[:FrameSize]
	_, _ = rand.Read(filled[len(out):]) // never fails (crypto/rand)
	return filled
}

// Status says what became of a request.
type Status uint8

// The outcomes. What is not told apart here is not told apart at all: reading,
// burning and withdrawing say Done whether or not there was anything.
const (
	Done      Status = iota
	Stored           // durable
	NeedWork         // more proof of work is asked for; see Answer.Need
	Refused          // not of the shape of a report
	NotStored        // could not be stored; nothing was
	Conflict         // the id is taken by something else
	Busy             // try again later
)

// Answer is the answer to any request: version, status, bits of work asked for,
// a zero, the slots of a mailbox, chance; AnswerSize bytes.
type Answer struct {
	Status Status
	Need   uint8
	Slots  [Slots][]byte // ReplySize each; nil is filled with chance
}

// ParseAnswer reads an answer.
func ParseAnswer(raw []byte) (Answer, error) {
	const head = 4
	if len(raw) != AnswerSize || raw[0] != version || Status(raw[1]) > Busy {
		return Answer{}, ErrMalformed
	}
	a := Answer{Status: Status(raw[1]), Need: raw[2]}
	for i := range a.Slots {
		a.Slots[i] = raw[head+i*ReplySize:][:ReplySize]
	}
	return a, nil
}

// Bytes returns the answer as it travels.
func (a Answer) Bytes(random io.Reader) []byte {
	const head = 4
	out := make([]byte, AnswerSize)
	_, _ = io.ReadFull(random, out) // a short read leaves zeros, which open for nobody either
	copy(out, []byte{version, byte(a.Status), a.Need, 0})
	for i, slot := range a.Slots {
		copy(out[head+i*ReplySize:][:ReplySize], slot)
	}
	return out
}

// DummyReply looks like a reply and opens for nobody. Its stanza is a true one,
// for a key that is forgotten at once: chance in its place could be told from it
// (a point of X25519 has its highest bit clear). The rest is chance in both.
func DummyReply(random io.Reader) []byte {
	key, end := make([]byte, 16), make([]byte, 32)
	_, _ = io.ReadFull(random, key)
	_, _ = io.ReadFull(random, end)
	out := append(make([]byte, 0, ReplySize), intro...)
	for _, line := range forNobody(key) {
		out = append(append(out, line...), '\n')
	}
	out = append(out, "--- "...)
	out = append(base64.RawStdEncoding.AppendEncode(out, end), '\n')
	tail := out[len(out):ReplySize]
	_, _ = io.ReadFull(random, tail)
	return out[:ReplySize]
}

// forNobody returns the two lines of a stanza for a recipient whose key nobody has.
func forNobody(key []byte) []string {
	r, err := ThrowAway()
	if err != nil {
		panic("seal: no chance: " + err.Error())
	}
	s, err := r.Wrap(key)
	if err != nil || len(s) != 1 {
		panic("seal: a fresh recipient takes no key")
	}
	return []string{stanza + s[0].Args[0], base64.RawStdEncoding.EncodeToString(s[0].Body)}
}

// workLabel keeps work done for reports from being of use elsewhere.
const workLabel = "drop1"

// CheckWork says whether nonce proves work for body: that
// SHA-256(label || SHA-256(body) || nonce) begins with that many zero bits.
func CheckWork(body []byte, nonce [8]byte, zeros int) bool {
	sum := sha256.Sum256(body)
	return leading(sha256.Sum256(bytes.Join([][]byte{[]byte(workLabel), sum[:], nonce[:]}, nil))) >= zeros
}

// Work finds a nonce. It takes about two to the power of zeros hashes.
func Work(body []byte, zeros int) [8]byte {
	sum := sha256.Sum256(body)
	try := append(append([]byte(workLabel), sum[:]...), make([]byte, 8)...)
	var nonce [8]byte
	for n := uint64(0); ; n++ {
		binary.BigEndian.PutUint64(nonce[:], n)
		copy(try[len(try)-len(nonce):], nonce[:])
		if leading(sha256.Sum256(try)) >= zeros {
			return nonce
		}
	}
}

func leading(h [sha256.Size]byte) int {
	n := 0
	for _, b := range h {
		n += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return n
}

// String names a status, for logs and tests.
func (s Status) String() string {
	names := []string{"done", "stored", "needwork", "refused", "notstored", "conflict", "busy"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("status %d", uint8(s))
}
