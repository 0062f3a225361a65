package report

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"
)

func tempRing(t testing.TB) *Ring {
	t.Helper()
	r, err := OpenRing(filepath.Join(t.TempDir(), "keys", "ring.json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRing_keepsAKeyUntilItsDayIsOver(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	if err := r.turn(100); err != nil {
		t.Fatal(err)
	}
	var keys [][]byte
	for day := 100; day <= 100+longest+1; day++ {
		key, ok := r.key(day)
		if !ok {
			t.Fatalf("no key for day %d", day)
		}
		keys = append(keys, key)
	}
	if err := r.turn(103); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range keys {
		kept, ok := r.key(100 + i)
		written := bytes.Contains(raw, []byte(base64.StdEncoding.EncodeToString(key)))
		if gone := i < 3; ok == gone || written == gone || !gone && !bytes.Equal(kept, key) {
			t.Errorf("day %d: in memory %v, in the file %v", 100+i, ok, written)
		}
	}
}

func TestRing_isReadBackByAnotherProcess(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	again, err := OpenRing(r.file)
	if err != nil || again.Fresh() || !r.Fresh() {
		t.Fatalf("fresh %v then %v, %v", r.Fresh(), again.Fresh(), err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for day := range 10 {
				if _, err := []*Ring{r, again}[i%2].need(day); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for day := range 10 {
		a, _ := r.key(day)
		b, _ := again.key(day)
		if a == nil || !bytes.Equal(a, b) {
			t.Errorf("day %d: two processes hold different keys", day)
		}
	}
	made, err := r.need(77)
	if err != nil {
		t.Fatal(err)
	}
	if seen, ok := again.key(77); !ok || !bytes.Equal(made, seen) {
		t.Error("a key of one process is unknown to the other")
	}
}

func TestRing_isForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	if err := os.Chmod(r.file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := r.need(1); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(r.file))
	if err != nil || len(entries) != 2 { // the ring and its lock
		t.Errorf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestRing_overwritesWhatItReplaces(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	old, err := os.Open(r.file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	if _, err := r.need(1); err != nil {
		t.Fatal(err)
	}
	info, err := old.Stat()
	if err != nil || info.Size() == 0 {
		t.Fatalf("%v, %v", info, err)
	}
	raw := make([]byte, info.Size())
	if _, err := old.ReadAt(raw, 0); err != nil || bytes.Trim(raw, "\x00") != nil {
		t.Errorf("the old file still says something (%v)", err)
	}
}

func TestOpenRing_leavesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	whole, err := newRingState().format()
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"empty": nil, "cut": whole[:len(whole)-4], "two": append(bytes.Clone(whole), whole...),
		"of a later release":  bytes.Replace(whole, []byte(`"v": 1`), []byte(`"v": 2`), 1),
		"with an unknown key": bytes.Replace(whole, []byte(`"v": 1`), []byte(`"v": 1, "x": 2`), 1),
		"with a short key":    bytes.Replace(whole, []byte(`"days": {}`), []byte(`"days": {"5": "AAAA"}`), 1),
		"with a strange day":  bytes.Replace(whole, []byte(`"days": {}`), []byte(`"days": {"05": "`+base64.StdEncoding.EncodeToString(make([]byte, 32))+`"}`), 1),
		"too long":            append(bytes.Clone(whole), bytes.Repeat([]byte(" "), ringBytes)...),
	} {
		file := filepath.Join(t.TempDir(), "ring.json")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenRing(file); !errors.Is(err, errRing) {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, raw) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// TestRing_thatCannotBeSavedGivesNoKey: a key that is not on the disk must not
// wrap anything.
func TestRing_thatCannotBeSavedGivesNoKey(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	if err := os.RemoveAll(filepath.Dir(r.file)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.need(5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key came from a ring whose file is gone (%v)", err)
	}
	if _, ok := r.key(5); ok {
		t.Error("and was kept")
	}
}

// TestJudge_neverMovesByMoreThanADayUnasked: whatever a clock says, what is
// believed moves by a day at the most unless the clock has agreed with itself
// for a day, and never to before there was a ring.
func TestJudge_neverMovesByMoreThanADayUnasked(t *testing.T) {
	t.Parallel()
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for range 300 {
		s := ringState{}
		t0 := int64(20000 * secondsADay)
		if s.judge(t0) != nil {
			t.Fatal("the first reading is refused")
		}
		now, since := t0, t0 // since when no jump
		for range 300 {
			step := random.Int64N(secondsADay)
			if random.IntN(8) == 0 {
				if step = random.Int64N(800*secondsADay) - 400*secondsADay; step < 0 || step > secondsADay {
					since = max(1, now+step)
				}
			}
			now = max(1, now+step)
			before := s.Seen
			err := s.judge(now)
			moved := s.Seen - before
			switch {
			case err != nil && moved != 0:
				t.Fatal("a refused reading was believed")
			case err == nil && s.Seen != now:
				t.Fatal("a reading was accepted and not believed")
			case err == nil && (moved > secondsADay || moved < -secondsADay) && now-since < secondsADay:
				t.Fatalf("moved by %d s, %d s after a jump", moved, now-since)
			case s.Seen < s.Born-secondsADay:
				t.Fatal("went to before there was a ring")
			}
		}
	}
}

func TestWrap_opensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	r, id, addr := tempRing(t), [16]byte{1}, [32]byte{2}
	ct, err := r.wrap(rand.Reader, 9, poolName(id), []byte("sealed"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := r.unwrap(9, poolName(id), ct); err != nil || string(plain) != "sealed" {
		t.Errorf("%q, %v", plain, err)
	}
	if _, err := r.need(10); err != nil {
		t.Fatal(err)
	}
	spoilt := bytes.Clone(ct)
	spoilt[len(spoilt)-1] ^= 1
	for what, err := range map[string]error{
		"another day": second(r.unwrap(10, poolName(id), ct)), "no such day": second(r.unwrap(11, poolName(id), ct)),
		"another id": second(r.unwrap(9, poolName([16]byte{3}), ct)), "a mailbox": second(r.unwrap(9, mailName(addr, 0), ct)),
		"another bit": second(r.unwrap(9, poolName(id), spoilt)), "nothing": second(r.unwrap(9, poolName(id), nil)),
	} {
		if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second(_ []byte, err error) error { return err }

func TestRing_today(t *testing.T) {
	t.Parallel()
	r := tempRing(t)
	now := time.Unix(20000*secondsADay+3600, 0)
	if _, err := r.believe(now); err != nil {
		t.Fatal(err)
	}
	for move, want := range map[time.Duration]int{
		0: 20000, 30 * time.Hour: 20001, 9000 * time.Hour: 20375, -2 * time.Hour: 19999, -9000 * time.Hour: 20000,
	} {
		if got := r.today(now.Add(move)); got != want {
			t.Errorf("%v later: day %d, want %d", move, got, want)
		}
	}
}

func FuzzParseRing(f *testing.F) {
	s := newRingState()
	s.Days[20000], s.Seen, s.Line = newKey(), 20000*secondsADay, 20000
	raw, err := s.format()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := parseRing(raw)
		if err != nil {
			if !errors.Is(err, errRing) {
				t.Errorf("the error says more than it may: %v", err)
			}
			return
		}
		written, err := s.format()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseRing(written); err != nil || !reflect.DeepEqual(s, again) {
			t.Errorf("written and read back: %v", err)
		}
	})
}
