package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// busyError says that another run uses the data folder: the two would measure each other.
type busyError struct{ folder string }

func (e *busyError) Error() string {
	return fmt.Sprintf("another benchmark runs in %s", e.folder)
}

// lock keeps the data folder to this process until it ends, however it ends.
func lock(folder string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		f.Close()
		return nil, &busyError{folder}
	}
	return f, nil
}
