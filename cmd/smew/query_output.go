package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// writeFile puts what write writes in the place of a file. Until it is whole it lies beside it, under a name that begins
// with a dot; a crash leaves that, and the file as it was.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	mode := os.FileMode(0o644)
	if old, err := os.Stat(path); err == nil {
		mode = old.Mode().Perm()
	}
	if err := errors.Join(write(file), file.Chmod(mode), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// paged shows what write writes in the terminal, by the user's pager where there is one.
func (a *app) paged(ctx context.Context, write func(io.Writer) error) error {
	command, given := a.environ("PAGER")
	if !given {
		command = "less"
	}
	program, _, _ := strings.Cut(strings.TrimSpace(command), " ")
	if _, err := exec.LookPath(program); err != nil || program == "cat" {
		return write(a.stdout)
	}
	var held bytes.Buffer
	if err := write(&held); err != nil {
		return err
	}
	pager := exec.CommandContext(ctx, "sh", "-c", command)
	pager.Stdin, pager.Stdout, pager.Stderr = &held, terminalOf(a.stdout), a.stderr
	if _, set := a.environ("LESS"); !set { // what fits is just shown, what is too wide is cut and can be scrolled to
		pager.Env = append(os.Environ(), "LESS=FRSX")
	}
	if err := pager.Run(); err != nil {
		return fmt.Errorf("run pager %q: %w", command, err)
	}
	return nil
}

// terminalOf is the file behind the program's output, as a pager needs it.
func terminalOf(w io.Writer) io.Writer {
	if o, ok := w.(*output); ok {
		return o.Writer
	}
	return w
}
