package oneshot_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"hisn/server/oneshot"
)

func newBox(t *testing.T) (*oneshot.Box, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	return oneshot.New(rand.Reader, func() time.Time { return now }), &now
}

func put(t *testing.T, b *oneshot.Box, words string) string {
	t.Helper()
	key, err := b.Put([]byte(words))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestBox_answersOnce(t *testing.T) {
	t.Parallel()
	b, _ := newBox(t)
	key, other := put(t, b, "first"), put(t, b, "second")
	if got, ok := b.Take(key); !ok || string(got) != "first" {
		t.Fatalf("Take = %q, %v; want the answer", got, ok)
	}
	if got, ok := b.Take(key); ok {
		t.Errorf("a second Take = %q; want nothing", got)
	}
	if got, ok := b.Take(other); !ok || string(got) != "second" {
		t.Errorf("the other answer = %q, %v; want it untouched", got, ok)
	}
}

func TestBox_forgets(t *testing.T) {
	t.Parallel()
	b, now := newBox(t)
	key := put(t, b, "words")
	*now = now.Add(oneshot.Life - time.Second)
	late := put(t, b, "later")
	*now = now.Add(time.Second)
	if _, ok := b.Take(key); ok {
		t.Error("an answer was given after its time")
	}
	if b.Len() != 1 {
		t.Errorf("Len = %d; want the later answer only", b.Len())
	}
	if _, ok := b.Take(late); !ok {
		t.Error("an answer within its time is gone")
	}
}

func TestBox_refusesKeysThatAreNone(t *testing.T) {
	t.Parallel()
	b, _ := newBox(t)
	key := put(t, b, "words")
	for _, k := range []string{"", "x", key + "A", key[1:], "../../etc", string(bytes.Repeat([]byte("A"), 22)), "ءآ"} {
		if _, ok := b.Take(k); ok {
			t.Errorf("Take(%q) gave an answer", k)
		}
	}
	if _, ok := b.Take(key); !ok {
		t.Error("wrong keys took the answer away")
	}
}

func TestBox_isBounded(t *testing.T) {
	t.Parallel()
	b, _ := newBox(t)
	first := put(t, b, "first")
	big := string(bytes.Repeat([]byte("x"), 60<<10))
	var last string
	for range 5000 {
		last = put(t, b, big)
	}
	if n := b.Len(); n > 1100 {
		t.Errorf("%d answers of 60 KiB wait; want at most 64 MiB together", n)
	}
	if _, ok := b.Take(first); ok {
		t.Error("the oldest answer outlived newer ones")
	}
	if _, ok := b.Take(last); !ok {
		t.Error("the newest answer is gone")
	}
	for range 5000 {
		put(t, b, "small")
	}
	if n := b.Len(); n > 4096 {
		t.Errorf("%d small answers wait; want at most 4096", n)
	}
}
