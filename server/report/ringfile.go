package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// ringState is what the file of the ring holds. Times are Unix seconds.
type ringState struct {
	Mac  []byte         // of the keyed hashes; 32 bytes
	Days map[int][]byte // day → key of 32 bytes

	Born      int64 // the first time that was believed
	Seen      int64 // the last
	DoubtFrom int64 // the first of the times that agree with each other only
	DoubtLast int64 // the last of them
	Line      int   // the day before which everything has been purged
}

// ringJSON is its form in the file.
type ringJSON struct {
	V         int               `json:"v"`
	Mac       []byte            `json:"mac"`
	Born      int64             `json:"born"`
	Seen      int64             `json:"seen"`
	DoubtFrom int64             `json:"doubt_from"`
	DoubtLast int64             `json:"doubt_last"`
	Line      int               `json:"line"`
	Days      map[string][]byte `json:"days"`
}

// errRing means that a file is not a ring. It says nothing of what is in it.
var errRing = errors.New("the file is not a ring of this release")

// Bounds of a ring that makes sense.
const (
	ringBytes = 1 << 20
	lastDay   = 1 << 20 // in the year 4840
	lastTime  = lastDay * secondsADay
)

// parseRing reads a ring. What is not exactly one is errRing.
func parseRing(raw []byte) (ringState, error) {
	var j ringJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return ringState{}, errRing // the decoder's words may quote the file
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ringState{}, errRing
	}
	if j.V != 1 || len(j.Mac) != keySize || j.Line < 0 || j.Line > lastDay {
		return ringState{}, errRing
	}
	for _, t := range []int64{j.Born, j.Seen, j.DoubtFrom, j.DoubtLast} {
		if t < 0 || t > lastTime {
			return ringState{}, errRing
		}
	}
	s := ringState{
		Mac: j.Mac, Days: make(map[int][]byte, len(j.Days)), Born: j.Born, Seen: j.Seen,
		DoubtFrom: j.DoubtFrom, DoubtLast: j.DoubtLast, Line: j.Line,
	}
	for name, key := range j.Days {
		day, err := strconv.Atoi(name)
		if err != nil || strconv.Itoa(day) != name || day < 0 || day > lastDay || len(key) != keySize {
			return ringState{}, errRing
		}
		s.Days[day] = key
	}
	return s, nil
}

// format writes a ring as parseRing reads it.
func (s ringState) format() ([]byte, error) {
	j := ringJSON{
		V: 1, Mac: s.Mac, Born: s.Born, Seen: s.Seen, DoubtFrom: s.DoubtFrom,
		DoubtLast: s.DoubtLast, Line: s.Line, Days: make(map[string][]byte, len(s.Days)),
	}
	for day, key := range s.Days {
		j.Days[strconv.Itoa(day)] = key
	}
	raw, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the ring: %w", err)
	}
	return append(raw, '\n'), nil
}

// loadRing reads the file and takes it away from everybody but its owner.
func loadRing(file string) (ringState, error) {
	f, err := os.Open(file)
	if err != nil {
		return ringState{}, fmt.Errorf("the file cannot be read: %w", bare(err))
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600)
	}
	raw, err := io.ReadAll(io.LimitReader(f, ringBytes+1))
	if err != nil {
		return ringState{}, fmt.Errorf("the file cannot be read: %w", bare(err))
	}
	if len(raw) > ringBytes {
		return ringState{}, errRing
	}
	return parseRing(raw)
}

// saveRing replaces the file in one step, through the disk, and overwrites what
// the old one held. (On a disk that writes elsewhere each time that is no
// promise; a ring in memory, or on a volume of its own, is better.)
func saveRing(file string, s ringState) error {
	raw, err := s.format()
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	next, err := os.CreateTemp(dir, ".ring-") // 0600
	if err != nil {
		return bare(err)
	}
	defer func() { _ = os.Remove(next.Name()) }() // nothing there once renamed
	_, err = next.Write(raw)
	err = errors.Join(err, next.Sync(), next.Close())
	if err != nil {
		return bare(err)
	}
	var old *os.File
	if runtime.GOOS != "windows" { // where an open file cannot be replaced
		old, _ = os.OpenFile(file, os.O_WRONLY, 0)
	}
	renamed := os.Rename(next.Name(), file)
	if old != nil {
		blank(old, renamed == nil)
	}
	if renamed != nil {
		return bare(renamed)
	}
	return syncDir(dir)
}

// blank closes a file and overwrites it first if it has no name any more.
func blank(f *os.File, nameless bool) {
	if info, err := f.Stat(); err == nil && nameless {
		_, _ = f.Write(make([]byte, info.Size()))
		_ = f.Sync()
	}
	_ = f.Close()
}

// syncDir makes the renaming last. Where folders cannot be synced there is
// nothing more to do.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return bare(err)
	}
	defer func() { _ = d.Close() }()
	_ = d.Sync()
	return nil
}

// bare drops the path from an error, keeping its cause.
func bare(err error) error {
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// locked runs fn while no other process changes the ring.
func (r *Ring) locked(fn func() error) error {
	if err := os.MkdirAll(filepath.Dir(r.file), 0o700); err != nil {
		return bare(err)
	}
	f, err := os.OpenFile(r.file+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return bare(err)
	}
	defer func() { _ = f.Close() }() // gives the lock back
	if err := lock(f, time.Now().Add(10*time.Second)); err != nil {
		return fmt.Errorf("waiting for another process: %w", err)
	}
	return fn()
}
