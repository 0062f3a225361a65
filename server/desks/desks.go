// Package desks is the signed directory of the police desks that take sealed
// reports: who they are, and the keys that reports are sealed to.
//
// It is one text, signed by several people who do not work for each other, each
// with a key that never was on the server (golang.org/x/mod/sumdb/note). The
// site and every phone check the signatures; a host that wants to put its own
// key in the place of a desk's cannot. It is valid for a few weeks, and an older
// one is never taken back, so that a key that was lost stays lost.
package desks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hisn/server/seal"
)

// MaxLife is the longest time for which a directory may be valid.
const MaxLife = 45 * 24 * time.Hour

// The bounds of a directory.
const (
	maxSize  = 256 << 10
	maxDesks = 64
	maxName  = 200
)

// The kinds of desks.
const (
	KindDesk     = "desk"     // of a governorate
	KindNational = "national" // the duty unit of the whole country
	KindWomen    = "women"    // officers are women; of the whole country
)

// The states of a desk.
const (
	Open        = "open"
	HotlineOnly = "hotline_only" // no reports: a key was lost, or nobody is there
)

// Why a directory is not taken. Errors wrap one of these; none quotes the file.
var (
	ErrMalformed = errors.New("desks: the directory is malformed")
	ErrUnsigned  = errors.New("desks: the directory has too few valid signatures")
	ErrExpired   = errors.New("desks: the directory has expired")
	ErrNotYet    = errors.New("desks: the directory is not valid yet")
	ErrOlder     = errors.New("desks: the directory is older than one that was seen")
)

// Directory is what is signed. Dates are days, the last one included.
type Directory struct {
	V         int    `json:"v"`
	Seq       int    `json:"seq"` // rises with every directory
	NotBefore string `json:"not_before"`
	NotAfter  string `json:"not_after"`
	Desks     []Desk `json:"desks"`
}

// Desk is one desk. Names and Hours are by language.
type Desk struct {
	ID           string            `json:"id"`
	Kind         string            `json:"kind"`
	Names        map[string]string `json:"names"`
	Region       string            `json:"region"` // federal, krg, or "" for the whole country
	Governorates []string          `json:"governorates"`
	Hours        map[string]string `json:"hours"`
	Women        bool              `json:"women"` // a woman officer reads
	Status       string            `json:"status"`
	Recipient    string            `json:"recipient"`
	Epoch        string            `json:"epoch"`
	Fingerprint  []string          `json:"fingerprint"` // eight English words
}

// Signers is who must have signed.
type Signers struct {
	Keys      []string `json:"keys"`      // verifier keys of package note
	Threshold int      `json:"threshold"` // how many of them
	MinSeq    int      `json:"min_seq"`   // the oldest directory that is ever taken
}

// ParseSigners reads the file that names the signers: one verifier key on a
// line, and lines "threshold N" and "least N". Lines with # are comments.
func ParseSigners(raw []byte) (Signers, error) {
	s := Signers{Threshold: 2}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "threshold "):
			if _, err := fmt.Sscanf(line, "threshold %d", &s.Threshold); err != nil {
				return s, fmt.Errorf("%w: threshold", ErrMalformed)
			}
		case strings.HasPrefix(line, "least "):
			if _, err := fmt.Sscanf(line, "least %d", &s.MinSeq); err != nil {
				return s, fmt.Errorf("%w: least", ErrMalformed)
			}
		default:
			if _, err := note.NewVerifier(line); err != nil {
				return s, fmt.Errorf("%w: a verifier key", ErrMalformed)
			}
			if slices.Contains(s.Keys, line) {
				return s, fmt.Errorf("%w: a verifier key stands twice", ErrMalformed)
			}
			s.Keys = append(s.Keys, line)
		}
	}
	if s.Threshold < 2 || s.Threshold > len(s.Keys) {
		return s, fmt.Errorf("%w: the threshold must be at least 2 and at most the number of keys", ErrMalformed)
	}
	return s, nil
}

// Verify checks a signed directory: its signatures by different signers, its
// shape, its dates, and that it is not older than seen.
func Verify(raw []byte, s Signers, seen int, now time.Time) (*Directory, error) {
	d, err := read(raw, s)
	if err != nil {
		return nil, err
	}
	if err := d.inForce(max(seen, s.MinSeq), now); err != nil {
		return nil, err
	}
	return d, nil
}

// read returns a directory that is signed and well-formed, of whatever age.
func read(raw []byte, s Signers) (*Directory, error) {
	if len(raw) > maxSize {
		return nil, ErrMalformed
	}
	text, err := signed(raw, s)
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// inForce says whether a directory holds at a moment.
func (d *Directory) inForce(least int, now time.Time) error {
	from, to, err := d.life()
	switch {
	case err != nil:
		return err
	case d.Seq < least:
		return ErrOlder
	case now.Before(from):
		return ErrNotYet
	case !now.Before(to):
		return ErrExpired
	}
	return nil
}

// signed returns the text under enough signatures.
func signed(raw []byte, s Signers) ([]byte, error) {
	var list []note.Verifier
	for _, key := range s.Keys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("%w: a verifier key", ErrMalformed)
		}
		list = append(list, v)
	}
	n, err := note.Open(raw, note.VerifierList(list...))
	if err != nil {
		return nil, ErrUnsigned
	}
	by := map[string]bool{}
	for _, sig := range n.Sigs {
		by[fmt.Sprintf("%s+%08x", sig.Name, sig.Hash)] = true
	}
	if s.Threshold < 2 || len(by) < s.Threshold {
		return nil, ErrUnsigned
	}
	return []byte(n.Text), nil
}

// Parse reads the text of a directory without its signatures.
func Parse(text []byte) (*Directory, error) {
	if len(text) > maxSize {
		return nil, ErrMalformed
	}
	var d Directory
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil || len(bytes.TrimSpace(text[dec.InputOffset():])) > 0 {
		return nil, ErrMalformed
	}
	return &d, d.Check()
}

// Text returns the text to be signed.
func (d *Directory) Text() ([]byte, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(d, "", "  ")
	return append(raw, '\n'), err
}

// Check returns what is wrong with the shape of a directory.
func (d *Directory) Check() error {
	if d.V != 1 || d.Seq < 1 || len(d.Desks) == 0 || len(d.Desks) > maxDesks {
		return fmt.Errorf("%w: its head", ErrMalformed)
	}
	if _, _, err := d.life(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, desk := range d.Desks {
		if seen[desk.ID] || seen[desk.Recipient] || desk.Kind != KindDesk && seen[desk.Kind] {
			return fmt.Errorf("%w: a desk or a key stands twice", ErrMalformed)
		}
		seen[desk.ID], seen[desk.Recipient], seen[desk.Kind] = true, true, true
		if err := desk.check(); err != nil {
			return err
		}
	}
	return nil
}

// life returns from when to when a directory is valid.
func (d *Directory) life() (from, to time.Time, err error) {
	from, err1 := time.Parse(time.DateOnly, d.NotBefore)
	to, err2 := time.Parse(time.DateOnly, d.NotAfter)
	to = to.AddDate(0, 0, 1)
	if err1 != nil || err2 != nil || !from.Before(to) || to.Sub(from) > MaxLife+24*time.Hour {
		return from, to, fmt.Errorf("%w: its dates", ErrMalformed)
	}
	return from, to, nil
}

var (
	idShape    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,31}$`)
	epochShape = regexp.MustCompile(`^[A-Za-z0-9-]{1,16}$`)
)

// languages are those in which every desk has a name.
func languages() []string { return []string{"ar", "ckb", "en"} }

func (d Desk) check() error {
	wrong := func(what string) error { return fmt.Errorf("%w: %s of a desk", ErrMalformed, what) }
	switch {
	case !idShape.MatchString(d.ID):
		return wrong("the id")
	case !slices.Contains([]string{KindDesk, KindNational, KindWomen}, d.Kind):
		return wrong("the kind")
	case !slices.Contains([]string{Open, HotlineOnly}, d.Status):
		return wrong("the status")
	case !slices.Contains([]string{"federal", "krg", ""}, d.Region) || (d.Region == "") == (d.Kind == KindDesk):
		return wrong("the region")
	case !epochShape.MatchString(d.Epoch):
		return wrong("the epoch")
	}
	for _, l := range languages() {
		if d.Names[l] == "" || len(d.Names[l]) > maxName || len(d.Hours[l]) > maxName || (d.Hours[l] == "") != (len(d.Hours) == 0) {
			return wrong("a name or the hours")
		}
	}
	if len(d.Names) != len(languages()) || len(d.Hours) > len(languages()) || len(d.Governorates) > maxDesks {
		return wrong("a name or the hours")
	}
	words, err := seal.Fingerprint(d.Recipient, "en")
	if err != nil {
		return wrong("the recipient")
	}
	if !slices.Equal(words, d.Fingerprint) {
		return wrong("the fingerprint")
	}
	return nil
}

// Desk returns the desk with an id.
func (d *Directory) Desk(id string) (Desk, bool) {
	i := slices.IndexFunc(d.Desks, func(x Desk) bool { return x.ID == id })
	if i < 0 {
		return Desk{}, false
	}
	return d.Desks[i], true
}

// National returns the duty unit of the whole country, if there is one.
func (d *Directory) National() (Desk, bool) { return d.kind(KindNational) }

// Women returns the desk of women officers for the whole country, if there is
// one.
func (d *Directory) Women() (Desk, bool) { return d.kind(KindWomen) }

func (d *Directory) kind(kind string) (Desk, bool) {
	i := slices.IndexFunc(d.Desks, func(x Desk) bool { return x.Kind == kind })
	if i < 0 {
		return Desk{}, false
	}
	return d.Desks[i], true
}
