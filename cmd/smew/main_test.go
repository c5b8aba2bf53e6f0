package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"smew/bucket"
	"smew/bucket/s3test"
	"smew/duck"
	"smew/feed"
	"smew/sample"
	"smew/spark/sparktest"
)

// TestMain lets the test binary be smew itself, and processes that keep a database, measure smew, and erase and kill themselves.
func TestMain(m *testing.M) {
	testscript.Main(tidied{m}, map[string]func(){"smew": main, "keep": keep, "measured": measured, "erasing": erasing})
}

// tidied removes what tests share when all are done.
type tidied struct{ m *testing.M }

func (t tidied) Run() int {
	defer func() {
		if demo.dir != "" {
			os.RemoveAll(demo.dir)
		}
	}()
	return t.m.Run()
}

// keep opens the database that its argument names and holds it until it is told to stop.
func keep() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	db, err := duck.Open(ctx, os.Args[1], duck.Options{})
	if err == nil {
		err = os.WriteFile(os.Args[1]+".kept", nil, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-ctx.Done()
	db.Close()
}

const scripts = "../../testdata/script"

func TestScripts(t *testing.T) {
	t.Parallel()
	released, err := filepath.Abs("../../testdata/released")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: files(t, ""), Cmds: commands, Setup: func(env *testscript.Env) error {
		env.Setenv("RELEASED", released)
		return nil
	}})
}

// TestScriptsS3 runs the scripts that need an S3 server: each gets a bucket of its own.
func TestScriptsS3(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	testscript.Run(t, testscript.Params{Files: files(t, "s3"), Cmds: commands, Setup: func(env *testscript.Env) error {
		env.Vars = append(append(env.Vars, server.Env()...), "SMEW_PATH_STYLE=true", "ENDPOINT="+server.URL)
		name := server.Bucket(t)
		env.Setenv("BUCKET", name)
		env.Values["bucket"] = bucket.Bucket(server.Open(t, name))
		env.Values["policy"] = func(policy string) { server.Policy(t, name, policy) }
		env.Values["user"] = func() s3test.User { return server.User(t) }
		return nil
	}})
}

// TestSpark runs the scripts that need a Spark cluster, and follows a feed into one: one of them each day, or all if SMEW_TEST_STEPS says so.
func TestSpark(t *testing.T) {
	remote := sparktest.Start(t).Remote
	scripts := files(t, "cluster")
	for _, i := range sample.Turn(t, 1, len(scripts)+1) {
		if i == len(scripts) {
			t.Run("follow", func(t *testing.T) {
				followed(t, "--connect", remote, "--scratch", t.TempDir(), "--prefix", "followed_")
			})
			continue
		}
		testscript.Run(t, testscript.Params{Files: scripts[i : i+1], Cmds: commands, Setup: func(env *testscript.Env) error {
			env.Setenv("REMOTE", remote)
			env.Setenv("CATALOG_PREFIX", fmt.Sprintf("script%d_", i))
			return nil
		}})
	}
}

// files lists the scripts whose names begin so; "": with none of those that others begin with.
func files(t *testing.T, begin string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(scripts, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(path string) bool {
		name := filepath.Base(path)
		special := strings.HasPrefix(name, "s3") || strings.HasPrefix(name, "cluster")
		return !strings.HasPrefix(name, begin) || begin == "" && special
	})
	if len(all) == 0 {
		t.Fatalf("there are no scripts in %s", scripts)
	}
	return all
}

// commands that scripts have beside the usual ones.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"code": code, "part": part, "damage": damage, "same": same, "await": await, "upload": upload, "noid": noID, "answer": answerKey, "sql": runSQL, "second": secondLine,
	"catch": catch, "user": user, "policy": policy,
}

// TestSignals holds what a signal makes of commands that wait: the exit code, at once and without noise.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		sent os.Signal
		code int
	}{
		{"poll ends well when terminated", []string{"poll", "--every", "1h"}, syscall.SIGTERM, exitDone},
		{"poll interrupted", []string{"poll", "--every", "1h"}, os.Interrupt, exitInterrupted},
		{"load interrupted", []string{"load"}, os.Interrupt, exitInterrupted},
		{"load terminated", []string{"load"}, syscall.SIGTERM, exitInterrupted},
		{"compact interrupted", []string{"compact"}, os.Interrupt, exitInterrupted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			db := filepath.Join(dir, "kept.duckdb")
			kept := start(t, "keep", db)
			waitFor(t, func() bool { _, err := os.Stat(db + ".kept"); return err == nil })
			args := append(test.args, "--db", db)
			if test.args[0] != "compact" {
				args = append(args, emptyFeed(t, dir))
			}
			cmd := start(t, "smew", args...)
			output := cmd.Stderr.(*lockedBuffer)
			waitFor(t, func() bool { return strings.Contains(output.String(), "waiting for") })
			if !strings.Contains(output.String(), strconv.Itoa(kept.Process.Pid)) {
				t.Errorf("who has the database is not told: %s", output)
			}
			cmd.Process.Signal(test.sent)
			err := cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d (%v), want %d\n%s", code, err, test.code, output)
			}
		})
	}
}

// start runs this test binary under another name.
func start(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := process(t, name, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// process is this test binary under another name, not started yet. It ends with the test.
func process(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Args[0] = name
	cmd.Stderr = &lockedBuffer{}
	t.Cleanup(func() {
		if cmd.Process != nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// emptyFeed is a feed with nothing but a dump without tables.
func emptyFeed(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "feed", filepath.FromSlash(feed.ManifestKey(1)))
	text, err := (&feed.Manifest{DumpID: 1}).Encode()
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o600))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	return filepath.Join(dir, "feed")
}
