package report

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"hisn/server/seal"
)

// Ring holds the keys under which the rows of the pool are wrapped, one for each
// day on which something expires, and what the Keeper remembers of the clock. It
// is kept in a file of its own: outside the database, and in no backup. Dropping
// a day's key takes that day's rows out of every backup.
//
// Several processes may share the file; each change is made under a lock, and
// is on the disk before it is used. A ring that is lost cannot be replaced:
// everything wrapped under it is noise from then on.
type Ring struct {
	file  string
	fresh bool

	mu sync.RWMutex
	s  ringState
}

// OpenRing reads the ring at file, or makes it, readable by its owner only. A
// file that is there and is not a ring is an error and is left alone.
func OpenRing(file string) (*Ring, error) {
	r := &Ring{file: file}
	err := r.locked(func() error {
		s, err := loadRing(file)
		if err == nil {
			r.s = s
			return nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		r.fresh, r.s = true, newRingState()
		return saveRing(file, r.s)
	})
	if err != nil {
		return nil, fmt.Errorf("opening the ring: %w", err)
	}
	return r, nil
}

func newRingState() ringState {
	return ringState{Mac: newKey(), Days: map[int][]byte{}}
}

func newKey() []byte {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return key
}

// Fresh says whether the ring was made by OpenRing. Where there are blobs
// already, the old one has been lost.
func (r *Ring) Fresh() bool { return r.fresh }

// key returns the key of a day.
func (r *Ring) key(day int) ([]byte, bool) {
	r.mu.RLock()
	key, ok := r.s.Days[day]
	r.mu.RUnlock()
	if ok {
		return key, true
	}
	// Another process may have made it.
	if err := r.change(func(*ringState) bool { return false }); err != nil {
		return nil, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	key, ok = r.s.Days[day]
	return key, ok
}

// need returns the key of a day and makes it first if it is not there.
func (r *Ring) need(day int) ([]byte, error) {
	r.mu.RLock()
	key, ok := r.s.Days[day]
	r.mu.RUnlock()
	if ok {
		return key, nil
	}
	err := r.change(func(s *ringState) bool {
		if key, ok = s.Days[day]; ok {
			return false
		}
		key = newKey()
		s.Days[day] = key
		return true
	})
	return key, err
}

// holds says whether the key that a mark names is in the ring.
func (r *Ring) holds(m Mark) bool {
	key, ok := r.key(m.Exp)
	return ok && markOf(key) == m.Key
}

// change lets fn change the newest state, which is saved if fn returns true and
// used only if that succeeds.
func (r *Ring) change(fn func(*ringState) bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.locked(func() error {
		s, err := loadRing(r.file)
		if err != nil {
			return fmt.Errorf("reading the ring: %w", err)
		}
		if !fn(&s) {
			r.s = s
			return nil
		}
		if err := saveRing(r.file, s); err != nil {
			return fmt.Errorf("saving the ring: %w", err)
		}
		r.s = s
		return nil
	})
}

// turn drops the keys of the days before line and makes those that will be
// needed, so that no single report changes the file.
func (r *Ring) turn(line int) error {
	return r.change(func(s *ringState) bool {
		before := len(s.Days)
		maps.DeleteFunc(s.Days, func(day int, _ []byte) bool { return day < line })
		changed := len(s.Days) != before
		for day := line; day <= line+longest+1; day++ {
			if s.Days[day] == nil {
				s.Days[day], changed = newKey(), true
			}
		}
		return changed
	})
}

// mac returns the key of the hashes.
func (r *Ring) mac() []byte {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.s.Mac
}

// address returns what a mailbox's address is stored as: who has the database
// and a desk's identity still cannot tell which mailbox a report names.
func (r *Ring) address(addr [32]byte) [32]byte {
	return r.sum("address/", addr[:])
}

// frame returns the keyed hash by which the same frame is known again.
func (r *Ring) frame(f seal.Frame) [32]byte {
	return r.sum("frame/", f.ID[:], f.CapHash[:], f.DelHash[:], f.Body)
}

func (r *Ring) sum(label string, parts ...[]byte) (out [32]byte) {
	h := hmac.New(sha256.New, r.mac())
	h.Write([]byte(label))
	for _, p := range parts { // of fixed sizes, so that nothing can be shifted
		h.Write(p)
	}
	copy(out[:], h.Sum(nil))
	return out
}

const secondsADay = 24 * 60 * 60

// dayOf is the number of t's day since 1970-01-01 (UTC).
func dayOf(t time.Time) int { return int(t.Unix() / secondsADay) }

// today is the day of now, or of the last time that was believed if now is more
// than a day before that. A clock that is ahead is not held back: what it gives
// too late a day is redated (Keeper.Purge), and never deleted too early.
func (r *Ring) today(now time.Time) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if now.Unix() < r.s.Seen-secondsADay {
		return int(r.s.Seen / secondsADay)
	}
	return dayOf(now)
}

// believe notes a reading of the clock and returns the day before which
// everything may go, or ErrClock (see Keeper.Purge).
func (r *Ring) believe(now time.Time) (line int, err error) {
	judge := func(s *ringState) bool {
		if err = s.judge(now.Unix()); err == nil {
			s.Line = min(int(s.Seen/secondsADay), s.Line+1)
		}
		line = s.Line
		return true
	}
	if failed := r.change(judge); failed != nil && err == nil {
		// What is deleted may be what makes room to save again; turn tells of
		// a file that stays as it is.
		r.mu.Lock()
		defer r.mu.Unlock()
		judge(&r.s)
	}
	return line, err
}

// judge says whether a time, in Unix seconds, is to be believed.
func (s *ringState) judge(t int64) error {
	off := t - s.Seen
	switch {
	case s.Seen == 0:
		s.Born, s.Line = t, int(t/secondsADay)
	case -secondsADay <= off && off <= secondsADay:
	case t < s.Born-secondsADay: // such a time has never been
		s.DoubtFrom, s.DoubtLast = 0, 0
		return ErrClock
	case s.DoubtFrom == 0 || t < s.DoubtLast || t-s.DoubtLast > secondsADay:
		s.DoubtFrom, s.DoubtLast = t, t
		return ErrClock
	case t-s.DoubtFrom < secondsADay:
		s.DoubtLast = t
		return ErrClock
	}
	s.Seen, s.DoubtFrom, s.DoubtLast = t, 0, 0
	return nil
}
