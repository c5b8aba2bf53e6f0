//go:build !unix

package sparktest

import (
	"errors"
	"os"
	"os/exec"
)

// What starts a cluster relies on process groups.

func join(*exec.Cmd, int) {}

func kill(int) error { return errors.ErrUnsupported }

func lock(*os.File) error { return errors.ErrUnsupported }
