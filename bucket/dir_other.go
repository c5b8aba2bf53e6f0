//go:build !unix

package bucket

import (
	"fmt"
	"io/fs"
	"os"
)

func fileETag(info fs.FileInfo) string {
	return fmt.Sprintf("%x-%x", info.ModTime().UnixNano(), info.Size())
}

func isNotDir(error) bool { return false }

// Folders cannot be synced here.
func syncDir(*os.File) error { return nil }

// Folders cannot be locked here.
func lockFile(*os.File) error { return nil }
