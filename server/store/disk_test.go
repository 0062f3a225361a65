//go:build linux

package store_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patientEnv tells the test binary to be a server with one phone that goes on
// sending when it is refused.
const patientEnv = "HISN_TEST_ONE_PHONE"

// tracer finds strace, which makes the system's calls fail for a process.
func tracer(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err == nil {
		return path
	}
	const reason = "no strace: failures of the disk cannot be made"
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// phone is a server with one phone, in a process of its own.
type phone struct {
	cmd   *exec.Cmd
	lines chan string // "+" kept, "-" refused
}

func startPhone(t *testing.T) *phone {
	t.Helper()
	dir := t.TempDir()
	p := &phone{cmd: exec.Command(os.Args[0]), lines: make(chan string, 1<<16)}
	p.cmd.Env = append(os.Environ(), patientEnv+"=1",
		crashDSN+"=sqlite:"+filepath.Join(dir, "reports.db"), crashRing+"="+filepath.Join(dir, "ring.json"))
	pipe, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	go func() {
		defer close(p.lines)
		for in := bufio.NewScanner(pipe); in.Scan(); {
			p.lines <- in.Text()
		}
	}()
	return p
}

// await reads until n lines of a kind have come and returns how many of the
// other kind came before.
func (p *phone) await(t *testing.T, kind string, n int) (others int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		select {
		case line, ok := <-p.lines:
			switch {
			case !ok:
				t.Fatal("the server ended")
			case line != kind:
				others++
			default:
				if n--; n == 0 {
					return others
				}
			}
		case <-ctx.Done():
			t.Fatalf("no %q came for a minute", kind)
		}
	}
}

// attach lets strace act on the server until the returned function is called,
// which returns what strace wrote.
func (p *phone) attach(t *testing.T, strace string, args ...string) (detach func() string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, append([]string{"-f", "-o", out, "-p", strconv.Itoa(p.cmd.Process.Pid)}, args...)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(said)
	for {
		line, err := in.ReadString('\n')
		if strings.Contains(line, "attached") {
			break
		}
		if err != nil {
			_ = cmd.Wait()
			if os.Getenv("CI") == "true" {
				t.Fatalf("strace cannot attach: %s", line)
			}
			t.Skipf("strace cannot attach: %s", line)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
	}()
	return func() string {
		_ = cmd.Process.Signal(os.Interrupt)
		<-done
		_ = cmd.Wait()
		raw, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
}

// TestDisk_isWaitedFor: between two acknowledgements the disk has been waited
// for, as the system sees it.
func TestDisk_isWaitedFor(t *testing.T) {
	t.Parallel()
	strace, p := tracer(t), startPhone(t)
	p.await(t, "+", 20)
	detach := p.attach(t, strace, "-e", "trace=fsync,fdatasync,write", "-e", "signal=none")
	p.await(t, "+", 1<<9)
	trace := detach()
	synced, seen, bad := false, 0, 0
	sync, ack := regexp.MustCompile(`(fsync|fdatasync)[( ].*= 0$`), regexp.MustCompile(`write\(1, "\+`)
	for line := range strings.SplitSeq(trace, "\n") {
		switch {
		case sync.MatchString(line):
			synced = true
		case ack.MatchString(line):
			if seen++; !synced && seen > 1 {
				bad++
			}
			synced = false
		}
	}
	t.Logf("%d acknowledgements seen", seen)
	if seen < 100 || bad > 0 {
		t.Errorf("%d of %d acknowledgements came without a word from the disk", bad, seen)
	}
}

// TestDisk_thatFailsEndsAcknowledging: after a failed fsync nothing is
// acknowledged by this process any more, even when the disk seems well again.
func TestDisk_thatFailsEndsAcknowledging(t *testing.T) {
	t.Parallel()
	strace, p := tracer(t), startPhone(t)
	p.await(t, "+", 50)
	detach := p.attach(t, strace, "-e", "inject=fsync,fdatasync:error=EIO", "-e", "signal=none")
	p.await(t, "-", 1)
	if n := p.await(t, "-", 50); n != 0 {
		t.Errorf("%d acknowledged while every fsync failed", n)
	}
	detach()
	if n := p.await(t, "-", 4000); n != 0 {
		t.Errorf("%d acknowledged after a failed fsync", n)
	}
}

// TestDisk_thatIsFullIsUsedAgain: a full disk refuses, and once there is room
// reports are taken again.
func TestDisk_thatIsFullIsUsedAgain(t *testing.T) {
	t.Parallel()
	strace, p := tracer(t), startPhone(t)
	p.await(t, "+", 50)
	detach := p.attach(t, strace, "-e", "inject=pwrite64:error=ENOSPC", "-e", "signal=none")
	p.await(t, "-", 1)
	if n := p.await(t, "-", 50); n != 0 {
		t.Errorf("%d acknowledged on a full disk", n)
	}
	detach()
	p.await(t, "+", 50)
}
