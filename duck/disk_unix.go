//go:build linux || darwin

package duck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// FreeSpace is how many bytes more a folder's disk takes; ok is false where that is not known.
func FreeSpace(dir string) (bytes int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}

// keepOwner gives a file the owner and group of another, if it has not got them.
func keepOwner(path string, from fs.FileInfo) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	has, ok := info.Sys().(*syscall.Stat_t)
	wanted, known := from.Sys().(*syscall.Stat_t)
	if !ok || !known || has.Uid == wanted.Uid && has.Gid == wanted.Gid {
		return nil
	}
	return os.Chown(path, int(wanted.Uid), int(wanted.Gid))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// shareLock keeps other processes from writing to a file until f is closed, by the lock that DuckDB takes
// to read. A process that has the file for writing gives a *LockedError.
func shareLock(f *os.File, path string) error {
	lock := syscall.Flock_t{Type: syscall.F_RDLCK, Whence: io.SeekStart}
	err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock)
	if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES) {
		if err != nil {
			err = fmt.Errorf("lock %s: %w", path, err)
		}
		return err
	}
	locked := &LockedError{Path: path, Err: err}
	if syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock) == nil && lock.Type != syscall.F_UNLCK {
		locked.PID = int(lock.Pid)
	}
	return locked
}
