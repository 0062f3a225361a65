package storetest

import (
	"crypto/rand"
	"testing"

	"hisn/server/seal"
)

// Body returns a sealed report for nobody in particular. t may be nil where no
// test is: then trouble is a panic.
func Body(t testing.TB) []byte {
	if t != nil {
		t.Helper()
	}
	body := make([]byte, seal.BodySize)
	_, _ = rand.Read(body)
	copy(body, "age-encryption.org/v1\n")
	return body
}
