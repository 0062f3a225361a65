package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// The cost of turning a code into keys: about 0.1 s here and 32 MiB, so that
// guessing codes is hopeless even for who has all mailboxes.
const (
	scryptN    = 1 << 15
	scryptR    = 8
	scryptP    = 1
	scryptSalt = "hisn/receipt/v1"
)

// Keys is everything that a code stands for.
type Keys struct {
	MboxKey [32]byte // opens the mailbox at Addr
	Mac     [32]byte // with it a desk proves that it opened the report
	Thread  string   // 32 hex digits
	Reply   Identity // opens replies

	master []byte
}

// Keys derives what the code stands for.
func (s Secret) Keys() Keys {
	master, err := scrypt.Key(s[:], []byte(scryptSalt), scryptN, scryptR, scryptP, keySize)
	if err != nil {
		panic("seal: constant parameters of scrypt: " + err.Error())
	}
	k := Keys{master: master}
	copy(k.MboxKey[:], k.derive("mbox-key", keySize))
	copy(k.Mac[:], k.derive("reply-mac", keySize))
	k.Thread = hex.EncodeToString(k.derive("thread", 16))
	// Any 32 bytes are a seed of a hybrid key.
	id, err := ParseIdentity(strings.ToUpper(bech32("age-secret-key-pq-", k.derive("reply-seed", keySize))))
	if err != nil {
		panic("seal: a seed of the right size: " + err.Error())
	}
	k.Reply = id
	return k
}

func (k Keys) derive(label string, size int) []byte {
	out, err := hkdf.Key(sha256.New, k.master, nil, label, size)
	if err != nil {
		panic("seal: constant parameters of HKDF: " + err.Error())
	}
	return out
}

// Drop returns the id of the n-th report of this code, what withdraws it, and
// the capability for the desk. Number 0 is the report, 1 to 15 follow it.
func (k Keys) Drop(n int) (id [16]byte, del, capability [32]byte) {
	suffix := ""
	if n > 0 {
		suffix = fmt.Sprintf("/%d", n)
	}
	copy(id[:], k.derive("drop-id"+suffix, len(id)))
	copy(del[:], k.derive("del"+suffix, len(del)))
	copy(capability[:], k.derive("cap"+suffix, len(capability)))
	return id, del, capability
}

// Addr is where the mailbox lies. It does not tell the key.
func (k Keys) Addr() [32]byte { return sha256.Sum256(k.MboxKey[:]) }

// ReplyTo is what a report tells the desk, so that it can answer.
func (k Keys) ReplyTo() *ReplyTo {
	addr := k.Addr()
	return &ReplyTo{To: k.Reply.Recipient().String(), Mbox: hex.EncodeToString(addr[:]), Mac: k.Mac[:]}
}

// bech32 encodes data as BIP 173 does, of any length, in lower case.
func bech32(prefix string, data []byte) string {
	const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var values []byte
	acc, n := uint32(0), 0
	for _, b := range data {
		acc, n = acc<<8|uint32(b), n+8
		for n >= 5 {
			n -= 5
			values = append(values, byte(acc>>n&31))
		}
	}
	if n > 0 {
		values = append(values, byte(acc<<(5-n)&31))
	}
	var sum []byte
	for _, c := range []byte(prefix) {
		sum = append(sum, c>>5)
	}
	sum = append(sum, 0)
	for _, c := range []byte(prefix) {
		sum = append(sum, c&31)
	}
	check := polymod(append(append(sum, values...), 0, 0, 0, 0, 0, 0)) ^ 1
	for i := range 6 {
		values = append(values, byte(check>>(5*(5-i))&31))
	}
	out := prefix + "1"
	for _, v := range values {
		out += charset[v : v+1]
	}
	return out
}

func polymod(values []byte) uint32 {
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	chk := uint32(1)
	for _, v := range values {
		top := chk >> 25
		chk = chk&0x1ffffff<<5 ^ uint32(v)
		for i, g := range generator {
			if top>>i&1 == 1 {
				chk ^= g
			}
		}
	}
	return chk
}
