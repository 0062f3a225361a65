package desks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The files of a directory in a data folder.
const (
	NoteFile    = "desks.note"
	SignersFile = "signers.txt"
	seqFile     = "desks.seq"
)

// ErrNone says that there is no directory. That is the normal state of a site
// that offers no sealed report.
var ErrNone = errors.New("desks: there is no directory")

// Source is the directory of a running site. It looks at its files again when
// they change, so that a new one needs no restart, and remembers the newest
// that it took. It is safe for concurrent use.
type Source struct {
	dir string

	mu      sync.Mutex
	files   [2]os.FileInfo // as they were read; nil for one that is not there
	looked  bool
	raw     []byte
	parsed  *Directory // what raw says, signatures checked
	signers Signers
	seen    int
	err     error
}

// NewSource reads the directory in a data folder. That there is none is no
// error; see Current.
func NewSource(dir string) *Source { return &Source{dir: dir} }

// Current returns the directory that is in force, and its signed text. Without
// one that can be trusted at this moment it returns an error that says why.
func (s *Source) Current(now time.Time) (*Directory, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read()
	if s.err != nil {
		return nil, nil, s.err
	}
	d := s.parsed
	if err := d.inForce(max(s.seen, s.signers.MinSeq), now); err != nil {
		return nil, nil, err
	}
	if d.Seq > s.seen {
		if err := writeFile(filepath.Join(s.dir, seqFile), []byte(strconv.Itoa(d.Seq)+"\n")); err != nil {
			return nil, nil, fmt.Errorf("remembering the directory: %w", err)
		}
		s.seen = d.Seq
	}
	return d, s.raw, nil
}

// Signers returns who signs the directory. It is empty without one.
func (s *Source) Signers() Signers {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read()
	return s.signers
}

// read looks at the files if they have changed. The caller holds the lock.
func (s *Source) read() {
	files := s.look()
	if s.looked && same(files[0], s.files[0]) && same(files[1], s.files[1]) {
		return
	}
	s.files, s.looked = files, true
	s.raw, s.parsed, s.signers, s.err = nil, nil, Signers{}, nil
	signers, err := os.ReadFile(filepath.Join(s.dir, SignersFile))
	if err == nil {
		s.raw, err = os.ReadFile(filepath.Join(s.dir, NoteFile))
	}
	if errors.Is(err, os.ErrNotExist) {
		s.err = ErrNone
		return
	}
	if err != nil {
		s.err = fmt.Errorf("reading the directory: %w", err)
		return
	}
	s.signers, s.err = ParseSigners(signers)
	if s.err == nil {
		s.parsed, s.err = read(s.raw, s.signers)
	}
	if s.err == nil {
		s.seen, s.err = readSeq(s.dir)
	}
}

// look returns the state of the two files.
func (s *Source) look() (files [2]os.FileInfo) {
	for i, name := range []string{NoteFile, SignersFile} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			files[i] = info
		}
	}
	return files
}

// same says whether a file is the one that was read. Time and size are not
// enough: two directories of one size can be installed within one tick.
func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// readSeq returns the newest directory that was ever taken. A file that cannot
// be read stops the report rather than opening the way back.
func readSeq(dir string) (int, error) {
	raw, err := os.ReadFile(filepath.Join(dir, seqFile))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the newest directory: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0, fmt.Errorf("%w: %s is no number", ErrMalformed, seqFile)
	}
	return n, nil
}

// Install puts a signed directory into a data folder: only one that verifies
// there now and is not older than the last.
func Install(dir string, raw []byte, now time.Time) (*Directory, error) {
	lines, err := os.ReadFile(filepath.Join(dir, SignersFile))
	if err != nil {
		return nil, fmt.Errorf("reading who signs: %w", err)
	}
	signers, err := ParseSigners(lines)
	if err != nil {
		return nil, err
	}
	seen, err := readSeq(dir)
	if err != nil {
		return nil, err
	}
	d, err := Verify(raw, signers, seen, now)
	if err != nil {
		return nil, err
	}
	return d, writeFile(filepath.Join(dir, NoteFile), raw)
}

// writeFile replaces a file as a whole, and only when its bytes are on the disk.
func writeFile(name string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
