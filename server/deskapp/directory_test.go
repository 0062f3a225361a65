package deskapp_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"hisn/server/deskapp"
	"hisn/server/deskapp/deskapptest"
	"hisn/server/desks"
)

// signers returns two signers, and the rule that both are needed.
func signers(t *testing.T) ([]note.Signer, desks.Signers) {
	t.Helper()
	rule := desks.Signers{Threshold: 2}
	var out []note.Signer
	for _, name := range []string{"ministry", "witness"} {
		private, public, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := note.NewSigner(private)
		if err != nil {
			t.Fatal(err)
		}
		out, rule.Keys = append(out, s), append(rule.Keys, public)
	}
	return out, rule
}

func signed(t *testing.T, d desks.Directory, by ...note.Signer) []byte {
	t.Helper()
	text, err := d.Text()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: string(text)}, by...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestDirectory_isBelievedForItsSignaturesOnly(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, day)
	both, rule := signers(t)
	fresh := *h.Directory
	fresh.Seq = 7
	older := *h.Directory
	older.Seq = 6
	var body []byte
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/d/desks" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(site.Close)
	d := &deskapp.Directory{Site: site.URL + "/", Signers: rule, Client: site.Client(), Now: day}
	for _, tc := range []struct {
		name string
		body []byte
		want error
	}{
		{"nothing", nil, desks.ErrUnsigned},
		{"one signature", signed(t, fresh, both[0]), desks.ErrUnsigned},
		{"both", signed(t, fresh, both...), nil},
		{"an older one after it", signed(t, older, both...), desks.ErrOlder},
		{"the same again", signed(t, fresh, both...), nil},
	} {
		body = tc.body
		if got, err := d.Current(t.Context()); !errors.Is(err, tc.want) || err == nil && got.Seq != fresh.Seq {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	file := filepath.Join(t.TempDir(), "desks.note")
	if err := os.WriteFile(file, signed(t, fresh, both...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&deskapp.Directory{File: file, Signers: rule, Now: day}).Current(t.Context()); err != nil {
		t.Errorf("from a file: %v", err)
	}
	if _, err := (&deskapp.Directory{Signers: rule, Now: day}).Current(t.Context()); !errors.Is(err, deskapp.ErrNoDirectory) {
		t.Errorf("from nowhere: %v", err)
	}
}

// TestApp_withoutADirectory keeps to what can be done without one.
func TestApp_withoutADirectory(t *testing.T) {
	t.Parallel()
	h, b := atWork(t, func(h *deskapptest.House) { h.Fill() })
	h.Directory = nil
	b.post("/fetch")
	b.fetched()
	b.says("There is no signed directory of desks here.")
	b.post("/t/1/open") // the first of the list allows the national unit
	b.post("/t/1/reply", "text", "Hello.", "to", "en", "step", "send")
	b.says("The signed directory of desks is needed for this", "Hello.")
	b.to("/t/1/move")
	b.says("The signed directory of desks is needed for this")
}
