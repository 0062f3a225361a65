package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/store/storetest"
)

// The variables by which the test binary is told to be a server that will be
// killed, and how often to kill it.
const (
	crashDSN    = "HISN_TEST_CRASH_DSN"
	crashRing   = "HISN_TEST_CRASH_RING"
	crashCycles = "HISN_TEST_CRASH_CYCLES"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashDSN); dsn != "" {
		victim(dsn, os.Getenv(crashRing))
		return
	}
	os.Exit(m.Run())
}

// victim takes reports from 200 phones at once and prints each that it has
// acknowledged, until it is killed.
func victim(dsn, ringFile string) {
	check := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	db, err := store.Open(context.Background(), dsn)
	check(err)
	ring, err := report.OpenRing(ringFile)
	check(err)
	box, _, keeper := report.New(db, ring, time.Now, rand.Reader)
	check(keeper.Purge(context.Background()))
	body := storetest.Body(nil)
	if os.Getenv("HISN_TEST_ONE_PHONE") != "" {
		persist(box, body)
	}
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			for {
				f := seal.Frame{Op: seal.Drop, Body: append([]byte(nil), body...)}
				_, _ = rand.Read(f.Body[len(f.Body)-16000:])
				_, _ = rand.Read(f.ID[:])
				status, err := box.Submit(context.Background(), f, 0)
				if check(err); status != seal.Stored {
					check(fmt.Errorf("status %d", status))
				}
				h := sha256.Sum256(f.Body)
				_, err = os.Stdout.WriteString(hex.EncodeToString(f.ID[:]) + " " + hex.EncodeToString(h[:]) + "\n")
				check(err)
			}
		})
	}
	wg.Wait()
}

// persist sends one report after the other and prints + for each that was kept
// and - for each that was refused.
func persist(box *report.Dropbox, body []byte) {
	pause := time.NewTicker(time.Millisecond)
	for {
		f := seal.Frame{Op: seal.Drop, Body: body}
		_, _ = rand.Read(f.ID[:])
		word := "-\n"
		if status, _ := box.Submit(context.Background(), f, 0); status == seal.Stored {
			word = "+\n"
		}
		if _, err := os.Stdout.WriteString(word); err != nil {
			os.Exit(1)
		}
		<-pause.C
	}
}

// crash lets a server be killed again and again and then looks whether anything
// that it had acknowledged is missing. It returns how many were acknowledged.
func crash(t *testing.T, dsn, ringFile string, cycles int) map[[16]byte]string {
	t.Helper()
	acknowledged := map[[16]byte]string{}
	for range cycles {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashDSN+"="+dsn, crashRing+"="+ringFile)
		var said strings.Builder
		cmd.Stderr = &said
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(pipe)
		deadline := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		for n, most := 0, 50+mathrand.IntN(400); ; n++ {
			if n == most {
				_ = cmd.Process.Kill() // what is in the pipe was acknowledged
			}
			line, err := lines.ReadString('\n')
			if err == io.EOF {
				break
			}
			id, hash, ok := strings.Cut(strings.TrimSpace(line), " ")
			raw, decodeErr := hex.DecodeString(id)
			if err != nil || !ok || decodeErr != nil || len(raw) != 16 {
				t.Fatalf("the victim said %q (%v)", line, err)
			}
			acknowledged[[16]byte(raw)] = hash
		}
		deadline.Stop()
		_ = cmd.Wait()
		if said.Len() > 0 {
			t.Fatal(said.String())
		}
	}
	return acknowledged
}

// intact looks for everything that was acknowledged.
func intact(t *testing.T, dsn, ringFile string, acknowledged map[[16]byte]string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := report.OpenRing(ringFile)
	if err != nil || ring.Fresh() {
		t.Fatalf("the ring is gone (%v)", err)
	}
	_, desk, _ := report.New(db, ring, time.Now, rand.Reader)
	lost := 0
	for id, want := range acknowledged {
		body, err := desk.Fetch(t.Context(), id)
		if h := sha256.Sum256(body); err != nil || hex.EncodeToString(h[:]) != want {
			lost++
		}
	}
	ids, err := desk.IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d acknowledged, %d lost, %d kept", len(acknowledged), lost, len(ids))
	if lost > 0 || len(acknowledged) == 0 {
		t.Errorf("%d of %d acknowledged reports were lost", lost, len(acknowledged))
	}
}

// cycles is how often to kill: a few times, or what HISN_TEST_CRASH_CYCLES says.
func cycles(t *testing.T, few int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv(crashCycles)); err == nil {
		return n
	}
	return few
}

func TestCrash_sqliteLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, ring := filepath.Join(dir, "reports.db"), filepath.Join(dir, "ring.json")
	acknowledged := crash(t, "sqlite:"+path, ring, cycles(t, 5))
	intact(t, "sqlite:"+path, ring, acknowledged)
	raw, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var verdict string
	if err := raw.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s, %v", verdict, err)
	}
}

func TestCrash_postgresLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	server := storetest.Postgres(t)
	dsn, ring := server.DSN(t), filepath.Join(t.TempDir(), "ring.json")
	if _, err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	acknowledged := crash(t, dsn, ring, cycles(t, 4))
	server.Crash(t)
	intact(t, dsn, ring, acknowledged)
}
