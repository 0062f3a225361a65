package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"io"
	"slices"

	"hisn/server/fault"
	"hisn/server/seal"
)

// letter is one reply in a mailbox. Its state and its place in the order stand
// inside of what is wrapped: the database alone does not show whether anybody
// has read it.
type letter struct {
	n, exp int
	seq    uint32 // greater than that of every earlier letter of the mailbox
	state  byte
	ct     []byte
}

// The bits of a letter's state. A letter with any of them may be overwritten.
const (
	wasRead byte = 1 << iota
	isSpare      // a mere notice, such as "opened"
)

const letterHead = 1 + 4

// letters unwraps the places of a mailbox, the oldest letter first. What cannot
// be read, because its key is gone, is left out.
func (r *Ring) letters(addr [32]byte, stored []Slot) []letter {
	var out []letter
	for _, s := range stored {
		plain, err := r.unwrap(s.Exp, mailName(addr, s.N), s.CT)
		if err != nil || len(plain) != letterHead+seal.ReplySize {
			continue
		}
		out = append(out, letter{
			n: s.N, exp: s.Exp, state: plain[0],
			seq: binary.BigEndian.Uint32(plain[1:]), ct: plain[letterHead:],
		})
	}
	slices.SortFunc(out, func(a, b letter) int { return cmp.Compare(a.seq, b.seq) })
	return out
}

// slot wraps a letter.
func (r *Ring) slot(rand io.Reader, addr [32]byte, l letter) (Slot, error) {
	plain := make([]byte, letterHead, letterHead+len(l.ct))
	plain[0] = l.state
	binary.BigEndian.PutUint32(plain[1:], l.seq)
	ct, err := r.wrap(rand, l.exp, mailName(addr, l.n), append(plain, l.ct...))
	return Slot{N: l.n, Exp: l.exp, CT: ct}, err
}

// dummy does what unwrapping a letter would.
func (r *Ring) dummy(rand io.Reader) error {
	var nothing [sealedHead + letterHead + seal.ReplySize + tagSize]byte
	if _, err := io.ReadFull(rand, nothing[:sealedHead]); err != nil {
		return err
	}
	_, _ = open(r.mac(), mailName([32]byte{}, 0), nothing[:])
	return nil
}

// read returns the places that change when the letters seen have been read.
func (r *Ring) read(rand io.Reader, addr [32]byte, stored []Slot, seen []uint32) ([]Slot, error) {
	var out []Slot
	for _, l := range r.letters(addr, stored) {
		if l.state&wasRead != 0 || !slices.Contains(seen, l.seq) {
			continue
		}
		l.state |= wasRead
		s, err := r.slot(rand, addr, l)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// burn returns the emptied place of the letter with this hash, if there is one.
func (r *Ring) burn(addr [32]byte, stored []Slot, hash [32]byte) []Slot {
	var out []Slot
	for _, l := range r.letters(addr, stored) {
		if h := sha256.Sum256(l.ct); subtle.ConstantTimeCompare(h[:], hash[:]) == 1 {
			out = append(out, Slot{N: l.n})
		}
	}
	return out
}

// post returns the place that a new letter takes: an empty one, or that of the
// oldest letter which was read or is a mere notice. A mailbox full of unread
// letters is fault.Conflict; a letter that is there already changes nothing.
func (r *Ring) post(rand io.Reader, addr [32]byte, stored []Slot, ct []byte, exp int, spare bool) ([]Slot, error) {
	present := r.letters(addr, stored)
	l := letter{n: -1, exp: exp, ct: ct}
	if spare {
		l.state = isSpare
	}
	taken := map[int]bool{}
	for _, p := range present {
		if bytes.Equal(p.ct, ct) {
			return nil, nil
		}
		taken[p.n] = true
		l.seq = max(l.seq, p.seq+1)
	}
	for n := range seal.Slots {
		if !taken[n] {
			l.n = n
			break
		}
	}
	if l.n < 0 {
		i := slices.IndexFunc(present, func(p letter) bool { return p.state != 0 })
		if i < 0 {
			return nil, fault.New(fault.Conflict, nil)
		}
		l.n = present[i].n
	}
	s, err := r.slot(rand, addr, l)
	if err != nil {
		return nil, err
	}
	return []Slot{s}, nil
}
