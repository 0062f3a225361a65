package desks_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"hisn/server/desks"
	"hisn/server/seal"
)

var today = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// signer is one of the people who sign.
type signer struct {
	note.Signer
	key string
}

func newSigners(t *testing.T, n int) []signer {
	t.Helper()
	out := make([]signer, n)
	for i := range out {
		private, public, err := note.GenerateKey(rand.Reader, "witness-"+string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := note.NewSigner(private)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = signer{s, public}
	}
	return out
}

func rules(list ...signer) desks.Signers {
	s := desks.Signers{Threshold: 2, MinSeq: 1}
	for _, x := range list {
		s.Keys = append(s.Keys, x.key)
	}
	return s
}

func desk(t *testing.T, id, kind, region string) desks.Desk {
	t.Helper()
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	words, err := seal.Fingerprint(key.Recipient().String(), "en")
	if err != nil {
		t.Fatal(err)
	}
	return desks.Desk{
		ID: id, Kind: kind, Region: region, Names: map[string]string{"ar": "مكتب", "ckb": "نووسینگە", "en": "Desk " + id},
		Status: desks.Open, Recipient: key.Recipient().String(), Epoch: "2026Q4", Fingerprint: words,
	}
}

func directory(t *testing.T) *desks.Directory {
	t.Helper()
	return &desks.Directory{
		V: 1, Seq: 7, NotBefore: "2026-11-20", NotAfter: "2026-12-20",
		Desks: []desks.Desk{desk(t, "IQ-BG", desks.KindDesk, "federal"), desk(t, "national", desks.KindNational, "")},
	}
}

func sign(t *testing.T, d *desks.Directory, list ...signer) []byte {
	t.Helper()
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var by []note.Signer
	for _, s := range list {
		by = append(by, s)
	}
	raw, err := note.Sign(&note.Note{Text: string(text) + "\n"}, by...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVerify(t *testing.T) {
	t.Parallel()
	s := newSigners(t, 4)
	witnesses, stranger := s[:3], s[3]
	d := directory(t)
	good := sign(t, d, witnesses[0], witnesses[2])
	cases := map[string]struct {
		raw  []byte
		seen int
		now  time.Time
		want error
	}{
		"two of three":           {good, 7, today, nil},
		"three of three":         {sign(t, d, witnesses...), 0, today, nil},
		"one of three":           {sign(t, d, witnesses[0]), 0, today, desks.ErrUnsigned},
		"one, and a stranger":    {sign(t, d, witnesses[0], stranger), 0, today, desks.ErrUnsigned},
		"one of them twice":      {[]byte(string(good[:strings.LastIndex(string(good), "— ")]) + lastLine(sign(t, d, witnesses[0]))), 0, today, desks.ErrUnsigned},
		"nobody":                 {[]byte("{}\n"), 0, today, desks.ErrUnsigned},
		"a letter changed":       {[]byte(strings.Replace(string(good), "IQ-BG", "IQ-BA", 1)), 0, today, desks.ErrUnsigned},
		"older than one seen":    {good, 8, today, desks.ErrOlder},
		"before its first day":   {good, 0, time.Date(2026, 11, 19, 23, 0, 0, 0, time.UTC), desks.ErrNotYet},
		"on its last day":        {good, 0, time.Date(2026, 12, 20, 23, 0, 0, 0, time.UTC), nil},
		"the day after its last": {good, 0, time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), desks.ErrExpired},
	}
	for name, c := range cases {
		got, err := desks.Verify(c.raw, rules(witnesses...), c.seen, c.now)
		if !errors.Is(err, c.want) || (err == nil) != (got != nil) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
}

func lastLine(raw []byte) string {
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return lines[len(lines)-1] + "\n" + lines[len(lines)-1] + "\n"
}

func TestCheck_refuses(t *testing.T) {
	t.Parallel()
	s := newSigners(t, 2)
	for name, spoil := range map[string]func(d *desks.Directory){
		"no desk":               func(d *desks.Directory) { d.Desks = nil },
		"a version of tomorrow": func(d *desks.Directory) { d.V = 2 },
		"valid for too long":    func(d *desks.Directory) { d.NotAfter = "2027-03-01" },
		"no date":               func(d *desks.Directory) { d.NotAfter = "soon" },
		"an id twice":           func(d *desks.Directory) { d.Desks[1].ID = d.Desks[0].ID },
		"a key twice":           func(d *desks.Directory) { d.Desks[1].Recipient = d.Desks[0].Recipient },
		"two national units":    func(d *desks.Directory) { d.Desks[0].Kind, d.Desks[0].Region = desks.KindNational, "" },
		"no name in Sorani":     func(d *desks.Directory) { delete(d.Desks[0].Names, "ckb") },
		"hours in one language": func(d *desks.Directory) { d.Desks[0].Hours = map[string]string{"en": "8-16"} },
		"another sort of key": func(d *desks.Directory) {
			d.Desks[0].Recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
		},
		"a key under other words": func(d *desks.Directory) { d.Desks[0].Fingerprint[0] = "other" },
		"a desk of no region":     func(d *desks.Directory) { d.Desks[0].Region = "" },
		"an unknown state":        func(d *desks.Directory) { d.Desks[0].Status = "asleep" },
	} {
		d := directory(t)
		spoil(d)
		if _, err := desks.Verify(sign(t, d, s...), rules(s...), 0, today); !errors.Is(err, desks.ErrMalformed) {
			t.Errorf("%s: %v; want ErrMalformed", name, err)
		}
	}
}

func TestSource_neverGoesBack(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigners(t, 3)
	src := desks.NewSource(dir)
	if _, _, err := src.Current(today); !errors.Is(err, desks.ErrNone) {
		t.Fatalf("without files: %v; want ErrNone", err)
	}
	lines := "# who signs\nthreshold 2\nleast 3\n"
	for _, x := range s {
		lines += x.key + "\n"
	}
	write(t, dir, desks.SignersFile, []byte(lines))
	d := directory(t)
	old := sign(t, d, s[0], s[1])
	write(t, dir, desks.NoteFile, old)
	if got, raw, err := src.Current(today); err != nil || got.Seq != 7 || string(raw) != string(old) {
		t.Fatalf("Current = %v, %v", got, err)
	}
	d.Seq, d.NotAfter = 9, "2026-12-30"
	if _, err := desks.Install(dir, sign(t, d, s[1], s[2]), today); err != nil {
		t.Fatal(err)
	}
	if got, _, err := src.Current(today); err != nil || got.Seq != 9 {
		t.Fatalf("after a new one: %v; want number 9 without a restart", err)
	}
	if _, err := desks.Install(dir, old, today); !errors.Is(err, desks.ErrOlder) {
		t.Errorf("installing the old one: %v; want ErrOlder", err)
	}
	write(t, dir, desks.NoteFile, old)
	if _, _, err := src.Current(today); !errors.Is(err, desks.ErrOlder) {
		t.Errorf("the old file in its place: %v; want ErrOlder", err)
	}
	if _, _, err := desks.NewSource(dir).Current(today); !errors.Is(err, desks.ErrOlder) {
		t.Errorf("after a restart: %v; want ErrOlder", err)
	}
}

func write(t *testing.T, dir, name string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestParseSigners_refuses(t *testing.T) {
	t.Parallel()
	s := newSigners(t, 2)
	for name, text := range map[string]string{
		"one key":           s[0].key,
		"one key twice":     s[0].key + "\n" + s[0].key,
		"a threshold of 1":  "threshold 1\n" + s[0].key + "\n" + s[1].key,
		"too high":          "threshold 3\n" + s[0].key + "\n" + s[1].key,
		"not a key":         "hello\n" + s[0].key + "\n" + s[1].key,
		"not a number":      "least many\n" + s[0].key + "\n" + s[1].key,
		"nothing whatever":  "",
		"a comment, no key": "# nobody",
	} {
		if _, err := desks.ParseSigners([]byte(text)); !errors.Is(err, desks.ErrMalformed) {
			t.Errorf("%s: %v; want ErrMalformed", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"v":1,"seq":1,"not_before":"2026-11-20","not_after":"2026-12-20","desks":[{"id":"x"}]}`))
	f.Add([]byte(`{"v":1,"desks":[[]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := desks.Parse(raw)
		if err != nil {
			return
		}
		text, err := d.Text()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := desks.Parse(text); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
