package server_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hisn/content"
	"hisn/server"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eventually waits for a condition; the limit is far above what it takes.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestContentFolder replaces the pack of a running site, breaks it and mends it.
func TestContentFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, content.Embedded()); err != nil {
		t.Fatal(err)
	}
	r := runServer(t, time.Now, "--content", dir)

	file := filepath.Join(dir, "fixes", "whatsapp-two-step", "en.yaml")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page := func() string { return get(r.server.Public(), "/en/fix/whatsapp-two-step").Body.String() }

	changed := strings.Replace(string(good), "\ntitle: ", "\ntitle: New words. ", 1)
	changed = strings.Replace(changed, "\ntitle: New words. \"", "\ntitle: \"New words. ", 1)
	write(changed)
	eventually(t, "the new words are shown", func() bool { return strings.Contains(page(), "New words.") })

	write(changed + "\nunknown: key\n")
	eventually(t, "the broken pack is refused with file and line", func() bool {
		return strings.Contains(r.log.String(), "whatsapp-two-step/en.yaml:") && strings.Contains(r.log.String(), "unknown")
	})
	if !strings.Contains(page(), "New words.") || get(r.server.Public(), "/en/").Code != http.StatusOK {
		t.Error("the last good pack did not stay")
	}

	write(string(good))
	eventually(t, "the mended pack is taken", func() bool { return !strings.Contains(page(), "New words.") })
}

func TestContentFolder_brokenAtStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, content.Embedded()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "triage", "triage.yaml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(raw, "\nnonsense: 1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := server.FromFlags([]string{"--content", dir, "--data", t.TempDir()}, noEnv, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.New(cfg, slog.New(slog.DiscardHandler), time.Now)
	if err == nil || !strings.Contains(err.Error(), "triage/triage.yaml:") || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a broken pack at start: %v", err)
	}
}

// TestNewDay renders again when a day has passed, so that what became due is
// marked without a restart.
func TestNewDay(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	r := runServer(t, clock)
	stale := func() bool {
		return strings.Contains(get(r.server.Public(), "/en/fix/whatsapp-two-step").Body.String(), "c-note--stale")
	}
	if stale() {
		t.Fatal("facts of yesterday count as stale")
	}
	mu.Lock()
	now = now.AddDate(1, 0, 0).AddDate(0, 0, 5)
	mu.Unlock()
	eventually(t, "old facts are marked", stale)
}
