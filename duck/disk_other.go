//go:build !linux && !darwin

package duck

import (
	"io/fs"
	"os"
)

// FreeSpace is not known here.
func FreeSpace(dir string) (bytes int64, ok bool) { return 0, false }

func keepOwner(string, fs.FileInfo) error { return nil }

// Folders cannot be synced here.
func syncDir(string) error { return nil }

// Without locks that bind, Publish notices that a file was written only by its time and size.
func shareLock(*os.File, string) error { return nil }
