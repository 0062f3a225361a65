package main

import (
	"context"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// openBrowser opens an address in the browser of this machine. The arguments of
// a program can be seen by everybody on the machine, so the browser is given a
// file that only this user can read, and that leads to the address. Where that
// fails there is still the address in the terminal.
func openBrowser(ctx context.Context, address string) (done func()) {
	dir, err := os.MkdirTemp("", "hisn-desk")
	if err != nil {
		return func() {}
	}
	done = func() { _ = os.RemoveAll(dir) }
	name := filepath.Join(dir, "open.html")
	page := `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=` + html.EscapeString(address) + `">`
	if err := os.WriteFile(name, []byte(page), 0o600); err != nil {
		return done
	}
	file := (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String()
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", name) //nolint:gosec // our own file
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", file) //nolint:gosec // our own file
	default:
		cmd = exec.CommandContext(ctx, "xdg-open", file) //nolint:gosec // our own file
	}
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }()
	}
	return done
}
