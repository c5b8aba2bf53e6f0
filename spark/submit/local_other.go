//go:build !unix

package submit

import "os/exec"

func apart(*exec.Cmd) {}

func end(cmd *exec.Cmd, hard bool) { _ = cmd.Process.Kill() }
