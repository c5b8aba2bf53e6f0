package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/linkedin/goavro/v2"
	"github.com/rogpeppe/go-internal/testscript"

	"smew/bucket"
	"smew/bucket/s3test"
	"smew/duck"
)

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
