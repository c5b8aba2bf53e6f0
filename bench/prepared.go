package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// database returns a database with the first dumps of a feed, made by smew in this run: one of
// an earlier run could be another smew's.
func (b *bench) database(feed string, dumps int) (string, error) {
	return b.once(fmt.Sprintf("%s-first-%d", feed, dumps), func(path string) error {
		part, err := b.feeds.first(feed, dumps)
		if err != nil {
			return err
		}
		return b.quietly(b.loadArgs(part, path))
	})
}

// once returns a database that is kept until the end of the run, made at path when it is first asked for.
func (b *bench) once(name string, prepare func(path string) error) (string, error) {
	if path, ok := b.prepared[name]; ok {
		return path, nil
	}
	path, err := b.fresh(name)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(os.Stderr, "  preparing", name)
	if err := prepare(path); err != nil {
		return "", err
	}
	b.prepared[name] = path
	return path, nil
}

// fresh is a path for a database that is kept until the end of the run.
func (b *bench) fresh(name string) (string, error) {
	dir := filepath.Join(b.work(), "prepared")
	path := filepath.Join(dir, name+".duckdb")
	return path, errors.Join(os.MkdirAll(dir, 0o777), os.RemoveAll(path))
}

func (b *bench) quietly(args []string) error {
	return quiet(exec.CommandContext(b.ctx, args[0], args[1:]...))
}

// script runs a script of peers/ that is not measured.
func (b *bench) script(name string, args ...string) error {
	start, err := b.tools.script("duckdb", name)
	if err != nil {
		return err
	}
	return b.quietly(append(start, args...))
}

// copyFile copies a database, down to the disk: writing it back must not fall into what is measured.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}
