package stage

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// unnamed makes a file that never has a name, so that no death of the process leaves it; nil where the file system
// has no such files.
func unnamed(dir string) *os.File {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), filepath.Join(dir, tempName))
}
