package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkFirstAnswer starts the real binary and measures the time until its
// first page has been read, and what the process holds in memory once its
// compressed pages are there.
func BenchmarkFirstAnswer(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "hisn")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	start := func() *exec.Cmd {
		cmd := exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--desk-addr", "127.0.0.1:0",
			"--ops-addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
		pipe, err := cmd.StderrPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			var entry struct{ Listener, URL string }
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Listener == "public" {
				go func() { _, _ = io.Copy(io.Discard, pipe) }()
				resp, err := http.Get(entry.URL + "ar/")
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				return cmd
			}
		}
		b.Fatal("the site never listened")
		return nil
	}
	stop := func(cmd *exec.Cmd) {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	for b.Loop() {
		cmd := start()
		b.StopTimer()
		stop(cmd)
		b.StartTimer()
	}
	cmd := start()
	defer stop(cmd)
	resident := 0.0
	for before := -1.0; resident != before; { // until it no longer changes
		before = resident
		time.Sleep(3 * time.Second)
		resident = rss(b, cmd.Process.Pid)
	}
	b.ReportMetric(resident, "MiB-resident")
}

// rss returns the resident memory of a process in MiB.
func rss(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("no /proc here")
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		var kib float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kib); err == nil {
			return kib / 1024
		}
	}
	return 0
}
