//go:build unix

package bucket

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// fileETag names the content of a file as cheaply as can be. The dashes keep it
// from looking like an MD5.
func fileETag(info fs.FileInfo) string {
	var inode uint64
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = uint64(s.Ino)
	}
	return fmt.Sprintf("%x-%x-%x", inode, info.ModTime().UnixNano(), info.Size())
}

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

func syncDir(f *os.File) error { return f.Sync() }

// lockFile waits until nobody else has the file locked; closing it ends the lock.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
