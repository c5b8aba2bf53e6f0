//go:build !linux

package loader_test

import (
	"errors"
	"os/exec"
	"testing"

	"smew/bucket"
)

const notLinux = "this is not Linux"

func apart(*exec.Cmd) {}

func noTrouble(*testing.T, string) string { return notLinux }

func limitFiles(int64) error { return errors.New(notLinux) }

func onSmallDisk(bucket.Bucket, string, int64) trouble { return trouble{Error: notLinux} }
