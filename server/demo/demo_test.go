package demo_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hisn/server/demo"
	"hisn/server/desks"
	"hisn/server/seal"
)

type hired map[string]string

func (h hired) AddEnrolled(_ context.Context, login, desk string) (password, secret string, err error) {
	h[login] = desk
	return "pass-" + login, "SECRET" + strings.ToUpper(login), nil
}

func TestMake_canBeWalked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "demo")
	kit, err := demo.Make(dir, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := desks.NewSource(dir).Current(now)
	if err != nil || len(d.Desks) != 2 {
		t.Fatalf("the directory: %v, %v; want two desks", d, err)
	}
	if _, _, err := desks.NewSource(dir).Current(now.AddDate(0, 2, 0)); err == nil {
		t.Error("the directory outlives its time")
	}
	got := hired{}
	if err := kit.Hire(t.Context(), got); err != nil || len(got) != 2 {
		t.Fatalf("hired %v, %v; want two officers", got, err)
	}
	var b strings.Builder
	if err := kit.Print(&b, "http://127.0.0.1:8080/", "http://127.0.0.1:8081"); err != nil {
		t.Fatal(err)
	}
	for _, o := range kit.Officers {
		desk, ok := d.Desk(o.Desk)
		if !ok {
			t.Fatalf("%s has no desk", o.Login)
		}
		raw, err := os.ReadFile(o.Identity)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		id, err := seal.ParseIdentity(lines[len(lines)-1])
		if err != nil || id.Recipient().String() != desk.Recipient {
			t.Errorf("%s: its key is not that of its desk (%v)", o.Login, err)
		}
		if info, err := os.Stat(o.Identity); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: others can read the key", o.Login)
		}
		for _, part := range []string{o.Login, o.Password, o.Secret, o.Identity} {
			if part == "" || !strings.Contains(b.String(), part) {
				t.Errorf("%s: %q is not printed", o.Login, part)
			}
		}
	}
}
