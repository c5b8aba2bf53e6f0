package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// measure is what one run of a process took. CPU is user and system time of the process and of
// all children it waited for; PeakMiB is the largest resident set of any one of them, so of a
// pipeline it is its largest process, not their sum.
type measure struct {
	Wall    float64 `json:"wall_s"`
	CPU     float64 `json:"cpu_s"`
	PeakMiB float64 `json:"peak_mib,omitempty"`
}

// command is a process to be measured.
type command struct {
	args   []string
	env    []string
	dir    string
	stdout string // a file for what it prints
}

// run runs the command to its end. This program itself stays small, since a child's
// peak begins with the size of the process that started it.
func (c command) run(ctx context.Context, threads int) (measure, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	// A signal ends the children of a pipeline too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Dir = c.dir
	cmd.Env = append(append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(threads)), c.env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if c.stdout != "" {
		f, err := os.Create(c.stdout)
		if err != nil {
			return measure{}, err
		}
		defer f.Close()
		cmd.Stdout = f
	}
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return measure{}, &commandError{filepath.Base(c.args[0]), said.Bytes(), err}
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return measure{Wall: wall.Seconds(), CPU: cpu.Seconds(), PeakMiB: float64(usage.Maxrss) / 1024}, nil
}
