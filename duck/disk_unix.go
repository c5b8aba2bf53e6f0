//go:build linux || darwin

package duck

import (
	"io/fs"
	"os"
	"syscall"
)

// freeSpace is how many bytes more a folder's disk takes; ok is false where that is not known.
func freeSpace(dir string) (bytes int64, ok bool) {
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
