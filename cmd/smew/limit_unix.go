//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// limitIsAnError makes a write beyond the limit on file sizes (ulimit -f) an error, not the end of the process.
func limitIsAnError() { signal.Ignore(syscall.SIGXFSZ) }
