package main

import (
	"bytes"
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

	"github.com/google/go-cmp/cmp"
	"github.com/linkedin/goavro/v2"
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

// code runs a command and wants its exit code: code 3 smew load …
func code(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// second puts the second line of a file into a variable: second VAR FILE
func secondLine(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(ts.ReadFile(args[1]), "\n")
	if len(lines) < 2 {
		ts.Fatalf("%s has one line", args[1])
	}
	ts.Setenv(args[0], lines[1])
}

// part puts the path of a table's first part in a dump into a variable: part VAR FEED DUMP TABLE
func part(ts *testscript.TestScript, neg bool, args []string) {
	pattern := filepath.Join(ts.MkAbs(args[1]), "sync_"+args[2], "_heap_table_name="+args[3], "part-00000*.avro")
	found, err := filepath.Glob(pattern)
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("there is no %s", pattern)
	}
	ts.Setenv(args[0], found[0])
}

// damage spoils a file: damage cut FILE, damage flip FILE
func damage(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[1])
	data, err := os.ReadFile(path)
	ts.Check(err)
	switch args[0] {
	case "cut":
		data = data[:len(data)-len(data)/3]
	case "flip":
		data[len(data)*2/3] ^= 4
	default:
		ts.Fatalf("unknown damage %q", args[0])
	}
	ts.Check(os.WriteFile(path, data, 0o600))
}

// noID replaces a part by one whose only user_id is a text that is no number.
func noID(ts *testscript.TestScript, neg bool, args []string) {
	var b bytes.Buffer
	w, err := goavro.NewOCFWriter(goavro.OCFConfig{
		W: &b, Schema: `{"type":"record","name":"r","fields":[{"name":"user_id","type":"string"}]}`,
	})
	ts.Check(err)
	ts.Check(w.Append([]any{map[string]any{"user_id": "12"}, map[string]any{"user_id": "twelve"}}))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// upload copies a directory into the script's bucket, below a prefix: upload DIR PREFIX
func upload(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	to := ts.Value("bucket").(bucket.Bucket)
	from, err := bucket.OpenDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for o, err := range from.List(ctx, "") {
		ts.Check(err)
		r, err := from.Open(ctx, o)
		ts.Check(err)
		ts.Check(to.Create(ctx, args[1]+o.Key, r, bucket.Options{}))
		ts.Check(r.Close())
	}
}

// user makes somebody whom the S3 server allows nothing, whom $USER names, and lets commands be theirs; user owner lets
// them be the owner's again.
func user(ts *testscript.TestScript, neg bool, args []string) {
	u := s3test.Owner
	if len(args) == 0 {
		u = ts.Value("user").(func() s3test.User)()
		ts.Setenv("USER", u.AccessKey)
	}
	ts.Setenv("AWS_ACCESS_KEY_ID", u.AccessKey)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", u.SecretKey)
}

// policy makes what the last command printed, or a file holds, the policy of the script's bucket: policy stdout
func policy(ts *testscript.TestScript, neg bool, args []string) {
	ts.Value("policy").(func(string))(ts.ReadFile(args[0]))
}

// await waits until a file exists, or until a database holds a number of dumps: await DB 3
func await(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if len(args) == 1 {
			if _, err := os.Stat(path); err == nil {
				return
			}
		} else if fmt.Sprint(dumps(path)) == args[1] {
			return
		}
	}
	ts.Fatalf("waited in vain for %v", args)
}

// dumps counts the dumps in a database; -1 while it cannot be read.
func dumps(path string) (n int) {
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		return -1
	}
	defer db.Close()
	err = db.View(ctx, func(tx *duck.Tx) error {
		_, err := tx.Row(ctx, "SELECT count(*) FROM smew.dumps", nil, &n)
		return err
	})
	if err != nil {
		return -1
	}
	return n
}

// same holds all tables of main, typed and delivered of two databases against each other.
func same(ts *testscript.TestScript, neg bool, args []string) {
	one, two := contents(ts, args[0]), contents(ts, args[1])
	if len(one) < 10 || len(one["main.users"]) < 2 {
		ts.Fatalf("there is too little to compare: %d tables", len(one))
	}
	if diff := cmp.Diff(one, two); (diff == "") == neg {
		ts.Fatalf("%s and %s compare otherwise than wanted:\n%.4000s", args[0], args[1], diff)
	}
}

// contents reads all tables but those that tell when something was loaded: names of columns first, then the rows, sorted.
func contents(ts *testscript.TestScript, path string) map[string][]string {
	ctx := context.Background()
	db, err := duck.Open(ctx, ts.MkAbs(path), duck.Options{ReadOnly: true})
	ts.Check(err)
	defer db.Close()
	tables := map[string][]string{}
	ts.Check(db.View(ctx, func(tx *duck.Tx) error {
		var names []string
		const views = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('main', 'delivered', 'typed') AND NOT starts_with(table_name, '_sync_')"
		err := tx.Each(ctx, views, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			names = append(names, name)
			return err
		})
		for _, name := range names {
			tables[name] = readAll(ctx, ts, tx, name)
		}
		return err
	}))
	return tables
}

func readAll(ctx context.Context, ts *testscript.TestScript, tx *duck.Tx, name string) []string {
	schema, table, _ := strings.Cut(name, ".")
	rows, err := tx.Query(ctx, "FROM "+duck.Quote(schema)+"."+duck.Quote(table))
	ts.Check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	ts.Check(err)
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range at {
		at[i] = &values[i]
	}
	var lines []string
	for rows.Next() {
		ts.Check(rows.Scan(at...))
		lines = append(lines, fmt.Sprintf("%#v", values))
	}
	ts.Check(rows.Err())
	slices.Sort(lines)
	return append([]string{fmt.Sprintf("%q", columns)}, lines...)
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
