package main

import (
	"bufio"
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"hisn/server/deskapp/deskapptest"
	"hisn/server/seal"
)

// TestDeskExport runs the export as a script would, with what is asked for in a
// pipe, and opens what came out.
func TestDeskExport(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, time.Now)
	plain := httptest.NewServer(h.Door.Config.Handler) // on this machine no certificate is needed
	t.Cleanup(plain.Close)
	h.Reporter().Write("IQ-BG", func(r *seal.Report) { r.F.Text = "for the judge" })
	h.Reporter().Write("IQ-BA", nil)
	officer := h.Hire("sara", "IQ-BG")
	h.Enrol(officer)
	dir := t.TempDir()
	key := filepath.Join(dir, "desk.key")
	if err := os.WriteFile(key, h.KeyOf("IQ-BG").Raw, 0o600); err != nil {
		t.Fatal(err)
	}
	judge, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"hisn-export-1.age", "hisn-export-2.age"} {
		h.Pass(30 * time.Second) // the next code
		var out, errs bytes.Buffer
		e := env{func(string) string { return "" }, &out, &errs}
		typed := strings.Join([]string{officer.Login, officer.Password, officer.Code()}, "\n") + "\n"
		err := e.deskExport(t.Context(), []string{
			"--server", plain.URL, "--identity", key, "--to", judge.Recipient().String(), "--out", dir,
		}, bufio.NewReader(strings.NewReader(typed)))
		if err != nil {
			t.Fatalf("export %d: %v", n+1, err)
		}
		if !strings.Contains(out.String(), want+": 1 threads") {
			t.Errorf("it says %q", out.String())
		}
		if strings.Contains(out.String()+errs.String(), officer.Password) {
			t.Error("the password is printed")
		}
		raw, err := os.ReadFile(filepath.Join(dir, want))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := age.Decrypt(bytes.NewReader(raw), judge); err != nil {
			t.Errorf("%s does not open: %v", want, err)
		}
		if bytes.Contains(raw, []byte("for the judge")) {
			t.Error("the export is in the clear")
		}
	}
}

func TestLoopback_refusesEverythingElse(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "10.0.0.1:0", "example.org:0", "127.0.0.1", "fe80::1:0"} {
		if ln, err := loopback(t.Context(), addr); err == nil {
			_ = ln.Close()
			t.Errorf("%s is taken", addr)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		ln, err := loopback(t.Context(), addr)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		_ = ln.Close()
	}
}
