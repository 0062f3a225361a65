package static_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"hisn/static"
)

// TestVendored: what a browser gets is what was recorded when it was bundled,
// and the licences of what is inside come with it.
func TestVendored(t *testing.T) {
	t.Parallel()
	a, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile("js/vendor/age.js.sha256")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(a.Files()["js/vendor/age.js"].Body)
	if got := hex.EncodeToString(sum[:]) + "  age.js\n"; got != string(recorded) {
		t.Errorf("served: %srecorded: %s", got, recorded)
	}
	for _, name := range []string{"age-encryption", "@noble/curves", "@noble/post-quantum", "@scure/base"} {
		if !strings.Contains(string(a.Files()["js/vendor/LICENSE"].Body), name) {
			t.Errorf("the licence of %s is not served", name)
		}
	}
}

// TestWords: the page reads the same words as the server.
func TestWords(t *testing.T) {
	t.Parallel()
	a, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range static.WordLanguages() {
		if got := strings.TrimSpace(string(a.Files()["words/"+lang+".txt"].Body)); got != strings.Join(static.Words(lang), "\n") {
			t.Errorf("%s: other words are served", lang)
		}
	}
}
