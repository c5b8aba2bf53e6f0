package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// tools are the programs that are measured: smew and the Go programs here, built from the tree,
// and Python environments with the peers, at the versions that peers/*.txt pin.
type tools struct {
	ctx    context.Context
	dir    string // where they are built
	here   string // the benchmark's own folder
	python string

	smew, parts, goavro, encode string
}

func newTools(ctx context.Context, s settings) (tools, error) {
	dir := filepath.Join(s.root, ".tools", "bench")
	t := tools{
		ctx: ctx, dir: dir, here: filepath.Join(s.root, "bench"), python: s.python,
		smew: filepath.Join(dir, "smew"), parts: filepath.Join(dir, "parts"), goavro: filepath.Join(dir, "goavro"),
		encode: filepath.Join(dir, "encode"),
	}
	for _, build := range []struct{ folder, source, program string }{
		{s.root, "./cmd/smew", t.smew}, {t.here, "./parts", t.parts}, {t.here, "./goavro", t.goavro},
		{t.here, "./encode", t.encode},
	} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", build.program, build.source)
		cmd.Dir = build.folder
		if err := quiet(cmd); err != nil {
			return t, err
		}
	}
	return t, nil
}

// peer returns the folder of the programs of a peer's Python environment. The requirements it was
// made from lie in it, written last.
func (t tools) peer(name string) (string, error) {
	pinned := filepath.Join(t.here, "peers", name+".txt")
	want, err := os.ReadFile(pinned)
	if err != nil {
		return "", err
	}
	env := filepath.Join(t.dir, name)
	bin, mark := filepath.Join(env, "bin"), filepath.Join(env, "installed.txt")
	if have, err := os.ReadFile(mark); err == nil && bytes.Equal(have, want) {
		return bin, nil
	}
	fmt.Fprintln(os.Stderr, "  installing", name)
	err = os.RemoveAll(env)
	for _, args := range [][]string{
		{t.python, "-m", "venv", env},
		{filepath.Join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", pinned},
	} {
		if err == nil {
			err = quiet(exec.CommandContext(t.ctx, args[0], args[1:]...))
		}
	}
	if err != nil {
		return "", err
	}
	return bin, os.WriteFile(mark, want, 0o666)
}

// script is the beginning of a command that runs a script of peers/ in a peer's environment.
func (t tools) script(peer, name string) ([]string, error) {
	bin, err := t.peer(peer)
	return []string{filepath.Join(bin, "python"), filepath.Join(t.here, "peers", name)}, err
}

// commandError is a command that failed, with the end of what it said.
type commandError struct {
	command string
	output  []byte
	err     error
}

func (e *commandError) Error() string {
	said := bytes.TrimSpace(e.output)
	if len(said) > 2000 {
		said = said[len(said)-2000:]
	}
	return fmt.Sprintf("%s: %v\n%s", e.command, e.err, said)
}

func (e *commandError) Unwrap() error { return e.err }

// quiet runs a command that is not measured.
func quiet(cmd *exec.Cmd) error {
	_, err := output(cmd)
	return err
}

// output runs a command that is not measured and returns what it printed.
func output(cmd *exec.Cmd) ([]byte, error) {
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		return nil, &commandError{filepath.Base(cmd.Path), complaints.Bytes(), errors.Join(err)}
	}
	return out.Bytes(), nil
}
