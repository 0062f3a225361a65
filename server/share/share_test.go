package share_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"hisn/server/share"
)

func split(t testing.TB, secret []byte, need, n int) []string {
	t.Helper()
	parts, err := share.Split(secret, need, n, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestJoin_anyEnoughParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ need, n int }{{2, 3}, {3, 5}, {2, 2}, {5, 16}} {
		for size := 1; size < 300; size += 37 {
			secret := make([]byte, size)
			_, _ = rand.Read(secret)
			parts := split(t, secret, c.need, c.n)
			for from := range c.n {
				chosen := make([]string, c.need)
				for i := range chosen {
					chosen[i] = parts[(from+i*(c.n/c.need))%c.n]
				}
				if got, err := share.Join(chosen); err != nil || !bytes.Equal(got, secret) {
					t.Fatalf("%d of %d, %d bytes: %v", c.need, c.n, size, err)
				}
			}
			if got, err := share.Join(parts); err != nil || !bytes.Equal(got, secret) {
				t.Fatalf("all of %d: %v", c.n, err)
			}
		}
	}
}

// TestSplit_onePartTellsNothing: with the same chance a part of one secret is a
// part of any other of that length, shifted; over many splittings every byte
// takes every value.
func TestSplit_onePartTellsNothing(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 4000 {
		seen[split(t, []byte{7}, 2, 3)[0][len("hisn-part-1 2 1 "):][:1]] = true
	}
	if len(seen) != 64 {
		t.Errorf("the first digit of a part takes %d of 64 values", len(seen))
	}
}

func TestJoin_refuses(t *testing.T) {
	t.Parallel()
	a, b := split(t, []byte("a secret of one key"), 2, 3), split(t, []byte("a secret of another"), 2, 3)
	damaged := strings.Replace(a[1], string(a[1][30]), map[bool]string{true: "B", false: "A"}[a[1][30] == 'A'], 1)
	for name, parts := range map[string][]string{
		"none": nil, "one": a[:1], "one twice": {a[0], a[0]}, "of two keys": {a[0], b[1]}, "damaged": {a[0], damaged},
		"words": {"hello", "world"}, "an empty line": {a[0], ""}, "of another need": {a[0], split(t, []byte("a secret of one key"), 3, 3)[1]},
	} {
		if got, err := share.Join(parts); err == nil {
			t.Errorf("%s: restored %q", name, got)
		}
	}
	if _, err := share.Split(nil, 2, 3, rand.Reader); err == nil {
		t.Error("nothing was split")
	}
	if _, err := share.Split([]byte("x"), 1, 3, rand.Reader); err == nil {
		t.Error("one part would be enough")
	}
}

func FuzzJoin(f *testing.F) {
	parts := split(f, []byte("a secret"), 2, 3)
	f.Add(parts[0], parts[1])
	f.Add(parts[0], "hisn-part-1 2 2 AAAA")
	f.Fuzz(func(t *testing.T, a, b string) {
		secret, err := share.Join([]string{a, b})
		if err == nil && len(secret) == 0 {
			t.Error("an empty secret was restored")
		}
	})
}
