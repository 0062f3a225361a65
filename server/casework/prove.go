package casework

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"hisn/server/seal"
)

// Whoever knows a desk's public key can seal a blob that calls itself a case,
// with any state and any words "of the desk" in it. What the desk makes itself
// is therefore marked: the capability of a case is half chance and half an
// HMAC of its content, under a key that is derived from the desk's identity.
// The host, which gets to see the capability when the case is replaced, can do
// nothing with it: the mark holds for this content only.
const (
	proofSize  = 32
	chanceSize = 16
	keyLabel   = "hisn/desk-case/v1"
)

func proofKey(id seal.Identity) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(id.String()), nil, keyLabel, proofSize)
}

// mark gives r a capability that proves who made it.
func mark(r *seal.Report, key []byte) error {
	r.Cap = make([]byte, proofSize)
	sum, err := content(*r)
	if err != nil {
		return err
	}
	chance := make([]byte, chanceSize)
	_, _ = rand.Read(chance) // never fails (crypto/rand)
	r.Cap = append(chance, tag(key, chance, sum)...)
	return nil
}

// proven says whether one of keys has marked r.
func proven(r seal.Report, keys [][]byte) bool {
	if len(r.Cap) != proofSize {
		return false
	}
	sum, err := content(r)
	if err != nil {
		return false
	}
	for _, key := range keys {
		if hmac.Equal(r.Cap[chanceSize:], tag(key, r.Cap[:chanceSize], sum)) {
			return true
		}
	}
	return false
}

// content is the SHA-256 of a report without its capability.
func content(r seal.Report) ([sha256.Size]byte, error) {
	r.Cap = make([]byte, proofSize)
	raw, err := seal.Encode(r)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(raw), nil
}

func tag(key, chance []byte, sum [sha256.Size]byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(chance)
	m.Write(sum[:])
	return m.Sum(nil)[:proofSize-chanceSize]
}
