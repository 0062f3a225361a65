package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hisn": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}})
}

// waitFor waits until an address answers: "waitfor URL".
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 600 {
		resp, err := http.Get(args[0])
		if err == nil {
			_ = resp.Body.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%s never answered", args[0])
}

// TestCommands plays the scripts of testdata: each command with help, success
// and a failure.
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"waitfor": waitFor},
		Setup: func(e *testscript.Env) error {
			pack, err := os.Getwd()
			e.Setenv("PACK", pack+"/../../content")
			return err
		},
	})
}
