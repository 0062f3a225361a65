//go:build linux || darwin || freebsd || netbsd || openbsd

package report

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// lock takes a file for this process, or gives up at a moment.
func lock(f *os.File, until time.Time) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Now().After(until) {
			return os.ErrDeadlineExceeded
		}
		time.Sleep(5 * time.Millisecond)
	}
}
