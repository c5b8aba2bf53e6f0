//go:build unix

package sparktest

import (
	"os"
	"os/exec"
	"syscall"
)

// join puts a program that is about to start into a process group, 0 for one of its own.
func join(cmd *exec.Cmd, group int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group}
}

func kill(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGKILL); err != syscall.ESRCH {
		return err
	}
	return os.ErrProcessDone
}

// lock waits until no other process has the file locked.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
