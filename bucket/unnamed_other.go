//go:build !linux

package bucket

import (
	"errors"
	"os"
)

// unnamed makes files that have no name yet, which only Linux has.
func unnamed(*os.Root, string) *os.File { return nil }

func nameIt(*os.Root, *os.File, string) error { return errors.ErrUnsupported }
