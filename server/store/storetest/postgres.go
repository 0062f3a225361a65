// Package storetest is what the tests of the stores share: a PostgreSQL server
// that lives as long as a test, and the suite that every store must pass.
package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server.
type Server struct {
	dsn  string
	data string       // folder of its files; "" when it is not ours
	run  func() error // starts it again; nil when it is not ours
	stop func(how os.Signal)
}

// Postgres returns the server of TEST_POSTGRES_DSN, or starts one on this
// machine that ends with the test. Where there is neither it fails in continuous
// integration (CI=true) and skips elsewhere.
func Postgres(t testing.TB) *Server {
	t.Helper()
	if dsn := os.Getenv("TEST_POSTGRES_DSN"); dsn != "" {
		return &Server{dsn: dsn}
	}
	bin := binaries()
	if bin == "" {
		const reason = "no PostgreSQL: neither TEST_POSTGRES_DSN nor Debian's package postgresql is here"
		if os.Getenv("CI") == "true" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	return start(t, bin)
}

// DSN returns the address of an empty schema of its own, dropped after the test.
func (s *Server) DSN(t testing.TB) string {
	t.Helper()
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	schema := "t" + hex.EncodeToString(id[:])
	s.exec(t, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { s.exec(t, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(s.dsn)
	if err != nil {
		t.Fatal("TEST_POSTGRES_DSN is not an address such as postgres://user@host/database")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *Server) exec(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// Files returns the folder in which the server keeps everything, its log
// included, after it has written there what it still had in memory.
func (s *Server) Files(t testing.TB) string {
	t.Helper()
	if s.data == "" {
		t.Skip("the files of the server of TEST_POSTGRES_DSN are not here")
	}
	s.exec(t, "CHECKPOINT")
	return s.data
}

// Warm fills the log once and empties it, as weeks of use would: a server writes
// into the old pieces of its log, and a new one has none.
func (s *Server) Warm(t testing.TB) {
	t.Helper()
	s.exec(t, "SELECT pg_logical_emit_message(false, 'warm', repeat('x', 1000000)) FROM generate_series(1, 900)")
	s.exec(t, "CHECKPOINT")
}

// binaries returns the folder of initdb and postgres, or "".
func binaries() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if _, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(path)
		}
	}
	return ""
}

// start makes a database cluster in a temporary folder and serves it on a
// loopback port and a socket in that folder. The server waits for the disk as
// it would in earnest.
func start(t testing.TB, bin string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "hisn-pg-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+dir)
		asServer(cmd)
		return cmd
	}
	if err := give(dir); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if out, err := run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", data).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := freePort(t)
	s := &Server{data: data, dsn: "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"}
	s.run = func() error {
		server := run("postgres", "-D", data, "-k", dir, "-p", port, "-c", "listen_addresses=127.0.0.1",
			"-c", "fsync=on", "-c", "min_wal_size=1GB", "-c", "max_wal_size=2GB",
			"-c", "log_statement=none", "-c", "max_connections=60")
		var said bytes.Buffer
		server.Stdout, server.Stderr = &said, &said
		if err := server.Start(); err != nil {
			return err
		}
		s.stop = func(how os.Signal) {
			_ = server.Process.Signal(how)
			_ = server.Wait()
		}
		if err := reach(t.Context(), s.dsn); err != nil {
			s.stop(os.Kill)
			return fmt.Errorf("the server never answered: %w\n%s", err, strings.TrimSpace(said.String()))
		}
		return nil
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(os.Interrupt) }) // a fast shutdown
	return s
}

// Crash ends the server as a failure of the machine would, without writing
// anything more, and starts it again. A server of TEST_POSTGRES_DSN is left
// alone.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	if s.run != nil {
		s.Away(t)()
	}
}

// Away ends the server in the same way; the function that it returns starts it
// again. A server of TEST_POSTGRES_DSN cannot be ended: the test is skipped.
func (s *Server) Away(t testing.TB) (back func()) {
	t.Helper()
	if s.run == nil {
		t.Skip("the server of TEST_POSTGRES_DSN is not for this test to end")
	}
	s.stop(immediate)
	return func() {
		t.Helper()
		if err := s.run(); err != nil {
			t.Fatal(err)
		}
	}
}

// reach waits until a server answers.
func reach(ctx context.Context, dsn string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var err error
	for {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(ctx, dsn); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up: %w", err)
		case <-tick.C:
		}
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
