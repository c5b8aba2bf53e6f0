package bucket

import (
	"fmt"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// unnamed makes a file in a folder that has no name yet, so that no death of the process leaves it; nil where there are no such
// files, or no way to name them.
func unnamed(root *os.Root, folder string) *os.File {
	f, err := root.OpenFile(folder, unix.O_TMPFILE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(inProcess(f)); err != nil {
		f.Close()
		return nil
	}
	return f
}

// nameIt gives an unnamed file its first name; fs.ErrExist where that is taken.
func nameIt(root *os.Root, f *os.File, key string) error {
	folder, err := root.Open(path.Dir(key))
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := unix.Linkat(unix.AT_FDCWD, inProcess(f), int(folder.Fd()), path.Base(key), unix.AT_SYMLINK_FOLLOW); err != nil {
		return &os.LinkError{Op: "link", Old: "", New: key, Err: err}
	}
	return nil
}

// inProcess is where a file of this process is found without a name of its own.
func inProcess(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }
