package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const exportBucket = "exports"

// exportS3 sends some 5 GB to an S3 server here. The other side has DuckDB write a local file and aws, as it is installed,
// upload that. The server's own time is in neither side's CPU, and in both's wall.
func (b *bench) exportS3(name string) error {
	script, err := b.tools.script("aws", "export.py")
	if err != nil {
		return err
	}
	path, err := b.once("export-s3", func(path string) error { return b.makeTable(path, script, 50_000_000) })
	if err != nil {
		return err
	}
	s3, err := b.serveDisk()
	if err != nil {
		return err
	}
	defer s3.stop()
	run, err := b.exportRun("all", b.work(), "s3://"+exportBucket, path)
	if err != nil {
		return err
	}
	run = append(run, "--endpoint", s3.url, "--path-style")
	ready := func(object string) func(string) error {
		return func(string) error { return errors.Join(s3.forget(object), warm(path)) }
	}
	ours := side{name: "smew, All", ready: ready("all.csv"), command: func(string) command { return command{env: s3.env, args: run} }}
	theirs := side{name: "DuckDB's COPY, then aws s3 cp", ready: ready("copy.csv"), command: func(dir string) command {
		line := fmt.Sprintf("set -e; %s %s copy %s copy.csv %d; %s s3 cp --quiet copy.csv s3://%s/copy.csv",
			script[0], script[1], path, b.threads, filepath.Join(filepath.Dir(script[0]), "aws"), exportBucket)
		return command{env: s3.env, dir: dir, args: []string{"bash", "-c", line}}
	}}
	return b.exportPair(name, ours, theirs, func([2]string) (string, error) {
		one, err := fileSize(s3.path("all.csv"))
		if err != nil {
			return "", err
		}
		other, err := fileSize(s3.path("copy.csv"))
		if err == nil && one != other {
			err = fmt.Errorf("objects of %d and of %d bytes", one, other)
		}
		return fmt.Sprintf("the same number of bytes, %.1f GB", float64(one)/1e9), err
	})
}

// diskS3 is an S3 server that keeps its objects as files, with the bucket exportBucket.
type diskS3 struct {
	url  string
	env  []string // for who talks to it
	dir  string
	stop func()
}

func (s diskS3) path(object string) string { return filepath.Join(s.dir, exportBucket, object) }

// forget removes an object, if it is there, and what its last upload left for the disk to write.
func (s diskS3) forget(object string) error {
	if err := os.Remove(s.path(object)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return exec.Command("sync").Run()
}

func (b *bench) serveDisk() (diskS3, error) {
	bin := filepath.Join(b.tools.dir, "versitygw")
	build := exec.CommandContext(b.ctx, "go", "build", "-o", bin, "github.com/versity/versitygw/cmd/versitygw")
	build.Dir = filepath.Join(b.root, "tools")
	if err := quiet(build); err != nil {
		return diskS3{}, err
	}
	address, err := freeAddress()
	if err != nil {
		return diskS3{}, err
	}
	dir, known := filepath.Join(b.work(), "objects"), filepath.Join(b.work(), "metadata")
	if err := errors.Join(os.MkdirAll(dir, 0o777), os.MkdirAll(known, 0o777)); err != nil {
		return diskS3{}, err
	}
	const user, secret = "bench", "bench-secret"
	server := exec.Command(bin, "--quiet", "--port", address, "posix", "--sidecar", known, dir)
	server.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+user, "ROOT_SECRET_KEY="+secret)
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		return diskS3{}, err
	}
	s := diskS3{url: "http://" + address, dir: dir, stop: func() { server.Process.Kill(); server.Wait() }}
	s.env = s3Env(s.url, user, secret)
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := s.create(ctx, filepath.Join(b.tools.dir, "aws", "bin", "aws")); err != nil {
		s.stop()
		return diskS3{}, &commandError{"versitygw", said.Bytes(), err}
	}
	return s, nil
}

// s3Env is the environment of who talks to an S3 server.
func s3Env(url, user, secret string) []string {
	return []string{"AWS_ACCESS_KEY_ID=" + user, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ENDPOINT_URL_S3=" + url}
}

// create makes the bucket, asking again until the server answers.
func (s diskS3) create(ctx context.Context, aws string) error {
	for {
		make := exec.CommandContext(ctx, aws, "s3", "mb", "s3://"+exportBucket)
		make.Env = append(os.Environ(), s.env...)
		err := quiet(make)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// freeAddress is one that nobody listens on now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
