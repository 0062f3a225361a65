//go:build unix

package storetest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// immediate ends a server and its children at once.
const immediate = syscall.SIGQUIT

// unprivileged returns whom a server started by root runs as: PostgreSQL refuses
// to run as root.
func unprivileged() (uid, gid int, ok bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return 0, 0, false
		}
	}
	uid, _ = strconv.Atoi(u.Uid)
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid, true
}

// give makes dir the server's own.
func give(dir string) error {
	if uid, gid, ok := unprivileged(); ok {
		return os.Chown(dir, uid, gid)
	}
	return nil
}

// asServer lets a command run as the server's user, in a process group of its
// own, so that an interrupt at the keyboard does not end it before the test.
func asServer(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if uid, gid, ok := unprivileged(); ok {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
}
