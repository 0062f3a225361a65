// Package seal stands in for the real one until that is merged.
package seal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/bits"
)

const (
	BodySize  = 19600
	ReplySize = 5755
	Slots     = 4
)

type Op uint8

const (
	Cover Op = iota
	Drop
	Mailbox
	Burn
	Withdraw
)

type Status uint8

const (
	Done Status = iota
	Stored
	NeedWork
	Refused
	NotStored
	Conflict
	Busy
)

type Frame struct {
	Op               Op
	ID               [16]byte
	CapHash, DelHash [32]byte
	Nonce            [8]byte
	Body             []byte
}

func CheckBody(body []byte) error {
	if len(body) != BodySize || !bytes.HasPrefix(body, []byte("age-encryption.org/v1\n")) {
		return errors.New("malformed")
	}
	return nil
}

func CheckWork(body []byte, nonce [8]byte, need int) bool {
	h := sha256.Sum256(body)
	h = sha256.Sum256(append(append([]byte("drop1"), h[:]...), nonce[:]...))
	n := 0
	for _, b := range h {
		if b != 0 {
			n += bits.LeadingZeros8(b)
			break
		}
		n += 8
	}
	return n >= need
}

func DummyReply(rand io.Reader) []byte {
	out := make([]byte, ReplySize)
	_, _ = io.ReadFull(rand, out)
	copy(out, "age-encryption.org/v1\n")
	return out
}
