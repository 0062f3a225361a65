package storetest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"

	"hisn/server/seal"
)

// Words stand in every sealed report of these tests, and Desk is the one it is
// for: neither may ever be seen outside of it.
const (
	Words = "QARA-MARKER-7f3a هيلين"
	Desk  = "IQ-NA"
)

// Body returns a sealed report for nobody in particular, about a hundred of its
// first bytes being those of every other. t may be nil where no test is: then
// trouble is a panic.
func Body(t testing.TB) []byte {
	var thread [16]byte
	var secret [32]byte
	_, _ = rand.Read(thread[:]) // never fails (crypto/rand)
	_, _ = rand.Read(secret[:])
	desk, err := seal.ThrowAway()
	second, err2 := seal.ThrowAway()
	if err == nil && err2 == nil {
		var body []byte
		body, err = seal.Seal(seal.Report{
			V: 1, Kind: seal.KindReport, Desk: Desk, Epoch: "2026Q4", Day: "2026-11-23",
			Thread: hex.EncodeToString(thread[:]), Cap: secret[:], F: seal.Fields{Text: Words},
		}, desk, second)
		if err == nil {
			return body
		}
	}
	if t == nil {
		panic(errors.Join(err, err2))
	}
	t.Helper()
	t.Fatal(err, err2)
	return nil
}
