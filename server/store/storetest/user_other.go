//go:build !unix

package storetest

import (
	"os"
	"os/exec"
)

//nolint:gochecknoglobals // a constant elsewhere
var immediate = os.Kill

func give(string) error { return nil }

func asServer(*exec.Cmd) {}
