package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hisn/server"
)

// running is a site that really listens.
type running struct {
	public, desk, ops string
	data              string
	server            *server.Server
	log               *lines
}

// runServer starts a whole site on free ports, by the clock now, and stops it
// with the test.
func runServer(t *testing.T, now func() time.Time, args ...string) running {
	t.Helper()
	log := &lines{}
	r := running{data: t.TempDir(), log: log}
	cfg, err := server.FromFlags(append([]string{
		"--data", r.data, "--addr", "127.0.0.1:0", "--desk-addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0",
	}, args...), noEnv, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(cfg, slog.New(slog.NewJSONHandler(log, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	r.server = s
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	eventually(t, "three listeners", func() bool { return strings.Count(log.String(), `"listening"`) == 3 })
	for line := range strings.SplitSeq(log.String(), "\n") {
		var entry struct{ Listener, URL string }
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue
		}
		switch host := strings.TrimSuffix(strings.TrimPrefix(entry.URL, "http://"), "/"); entry.Listener {
		case "public":
			r.public = host
		case "desk":
			r.desk = host
		case "ops":
			r.ops = host
		}
	}
	return r
}

// raw sends bytes as they are and returns the status line's code.
func raw(t *testing.T, addr, request string) int {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestRun_listenersAndBadRequests(t *testing.T) {
	t.Parallel()
	r := runServer(t, time.Now)
	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	for name, tc := range map[string]struct {
		addr, request string
		want          int
	}{
		"page":          {r.public, "GET /ar/ HTTP/1.1\r\nHost: x\r\n\r\n", 200},
		"health":        {r.ops, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200},
		"desk":          {r.desk, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404},
		"chunked":       {r.public, "POST /ar/check HTTP/1.1\r\nHost: x\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n", 411},
		"both lengths":  {r.public, "POST /ar/check HTTP/1.1\r\nHost: x\r\n" + form + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"huge body":     {r.public, "POST /ar/check HTTP/1.1\r\nHost: x\r\n" + form + "Content-Length: 70000\r\n\r\n", 413},
		"huge header":   {r.public, "GET /ar/ HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 9000) + "\r\n\r\n", 431},
		"large header":  {r.public, "GET /ar/ HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 6000) + "\r\n\r\n", 200},
		"multipart":     {r.public, "POST /ar/check HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n\r\n--b--", 415},
		"no HTTP":       {r.public, "HELLO\r\n\r\n", 400},
		"absolute path": {r.public, "GET http://elsewhere/ar/ HTTP/1.1\r\nHost: x\r\n\r\n", 200},
	} {
		if got := raw(t, tc.addr, tc.request); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// TestRun_brotliIsMadeAndKept: the copies come by themselves, are served, and
// lie under the data folder for the next start.
func TestRun_brotliIsMadeAndKept(t *testing.T) {
	t.Parallel()
	r := runServer(t, time.Now)
	ask := func() (encoding, tag string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.public+"/ar/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip, br")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Header.Get("Content-Encoding"), resp.Header.Get("ETag")
	}
	if first, _ := ask(); first != "br" {
		t.Errorf("the first answer has the encoding %q", first)
	}
	eventually(t, "the small brotli of the home page", func() bool {
		_, tag := ask()
		return strings.HasSuffix(tag, `-br"`)
	})
	kept, err := filepath.Glob(filepath.Join(r.data, "brotli", "*.br"))
	if err != nil || len(kept) == 0 {
		t.Errorf("nothing is kept: %v", err)
	}
	entries, err := os.ReadDir(r.data)
	if err != nil || len(entries) != 1 {
		t.Errorf("the data folder holds more than compressed pages: %v, %v", entries, err)
	}
}

func TestRun_saysWhichListenerIsTaken(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cfg, err := server.FromFlags([]string{
		"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--desk-addr", "127.0.0.1:0", "--ops-addr", ln.Addr().String(),
	}, noEnv, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(fmt.Sprint(err), "ops") {
		t.Errorf("a taken port: %v", err)
	}
}
