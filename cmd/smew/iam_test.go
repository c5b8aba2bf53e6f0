package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"smew/bucket"
	"smew/bucket/s3test"
	"smew/duck"
	"smew/iam"
)

// What each action of a role's policy is needed for; a test of a role takes one away after the other
// and sees its job denied.
var neededFor = map[iam.Role]map[string]string{
	iam.Consumer: {
		"s3:ListBucket": "finding manifests, reports and parts",
		"s3:GetObject":  "reading them",
	},
	iam.Producer: {
		"s3:ListBucket":           "finding the dump that is next",
		"s3:GetObject":            "reading the dump_id of the manifests that are there",
		"s3:PutObject":            "writing all objects, whole or in parts",
		"s3:AbortMultipartUpload": "giving up the parts of an upload that failed",
		"s3:PutObjectAcl":         "writing objects with --acl",
	},
	iam.Export: {
		"s3:PutObject":            "writing files, whole or in parts, and replacing them",
		"s3:AbortMultipartUpload": "giving up the parts of an upload that failed",
		"s3:PutObjectAcl":         "writing files with --acl",
	},
}

// notAsked are actions that AWS asks for and the test's server does not: versitygw 1.8.0 asks for
// s3:PutObject alone where a new object comes with an ACL.
var notAsked = []string{"s3:PutObjectAcl"}

// roleTest is one role at work, as a user of its own.
type roleTest struct {
	role   iam.Role
	server *s3test.Server
	bucket string
	user   s3test.User
	// job is what the role does; what it could not do is told in text, as the user reads it.
	job func(t *testing.T, r *roleTest) (text string, err error)
}

// The policies are enough for the real jobs, and each of their actions is needed.
func TestPolicies(t *testing.T) {
	server := s3test.Start(t)
	for _, r := range []*roleTest{
		{role: iam.Consumer, job: consume},
		{role: iam.Producer, job: producing},
		{role: iam.Export, job: exporting},
	} {
		t.Run(string(r.role), func(t *testing.T) {
			r.server, r.bucket, r.user = server, server.Bucket(t), server.User(t)
			t.Setenv("SMEW_PATH_STYLE", "true")
			r.as(t, s3test.User{}) // the owner
			for _, prefix := range []string{"feed", "other"} {
				if code, text := smew("produce", r.at(prefix), "--dumps", "1", "--users", "5", "--events", "10"); code != 0 {
					t.Fatal(text)
				}
			}
			r.test(t)
		})
	}
}

func (r *roleTest) at(prefix string) string { return "s3://" + r.bucket + "/" + prefix }

// as lets commands reach the server as a user, or as the owner.
func (r *roleTest) as(t *testing.T, u s3test.User) {
	env := r.server.EnvOf(u)
	if u.AccessKey == "" {
		env = r.server.Env()
	}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

func (r *roleTest) test(t *testing.T) {
	full := r.document(t)
	r.as(t, r.user)
	r.server.Policy(t, r.bucket, encode(t, full))
	if text, err := r.job(t, r); err != nil {
		t.Fatalf("the policy is not enough: %v\n%s", err, text)
	}
	r.keepsToPrefix(t)
	var actions []string
	for _, s := range full.Statement {
		actions = append(actions, s.Action...)
	}
	for action := range neededFor[r.role] {
		if !slices.Contains(actions, action) {
			t.Errorf("%s is not in the policy", action)
		}
	}
	for _, action := range actions {
		if neededFor[r.role][action] == "" {
			t.Errorf("nobody knows what %s is needed for", action)
			continue
		}
		r.server.Policy(t, r.bucket, encode(t, without(full, action)))
		text, err := r.job(t, r)
		if slices.Contains(notAsked, action) {
			if err != nil {
				t.Errorf("the server asks for %s now (%v): it needs no exception any more", action, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("without %s all goes well: it is not needed", action)
		} else if !strings.Contains(text, "do not allow "+action) {
			t.Errorf("without %s, which is needed for %s, that is not told:\n%s", action, neededFor[r.role][action], text)
		}
	}
}

// document is what smew iam prints, for the server's user.
func (r *roleTest) document(t *testing.T) (d iam.Document) {
	t.Helper()
	var stdout bytes.Buffer
	args := []string{"iam", string(r.role), "--bucket", r.bucket, "--prefix", "feed/", "--principal", r.user.AccessKey}
	if r.role != iam.Consumer {
		args = append(args, "--acl", "bucket-owner-full-control")
	}
	if code := run(args, &app{stdout: &stdout, stderr: os.Stderr, environ: os.LookupEnv}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// keepsToPrefix sees that beside the prefix nothing is allowed.
func (r *roleTest) keepsToPrefix(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	b := r.open(t)
	var denied *bucket.DeniedError
	for _, err := range b.List(ctx, "other/") {
		if !errors.As(err, &denied) {
			t.Errorf("another prefix is listed: %v", err)
		}
	}
	owned := r.server.Open(t, r.bucket)
	other, err := bucket.Stat(ctx, owned, "other/manifests/sync_852.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(ctx, other); !errors.As(err, &denied) {
		t.Errorf("another prefix is read: %v", err)
	}
	for _, key := range []string{"other/new", "feedback"} {
		if err := b.Create(ctx, key, strings.NewReader(""), bucket.Options{}); !errors.As(err, &denied) {
			t.Errorf("%s is written: %v", key, err)
		}
	}
	if r.role == iam.Consumer {
		if err := b.Create(ctx, "feed/new", strings.NewReader(""), bucket.Options{}); !errors.As(err, &denied) {
			t.Errorf("a consumer writes: %v", err)
		}
	}
}

// open opens the bucket as the user, with the least parts.
func (r *roleTest) open(t *testing.T) *bucket.S3 {
	t.Helper()
	config := r.server.ConfigOf(r.user)
	config.PartSize, config.ACL = 5<<20, "bucket-owner-full-control"
	b, err := bucket.OpenS3(t.Context(), r.bucket, config)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func without(d iam.Document, action string) iam.Document {
	out := iam.Document{Version: d.Version}
	for _, s := range d.Statement {
		s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return a == action })
		if len(s.Action) > 0 {
			out.Statement = append(out.Statement, s)
		}
	}
	return out
}

func encode(t *testing.T, d iam.Document) string {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// smew runs a command in this process and returns its exit code and what it wrote to stderr.
func smew(args ...string) (code int, text string) {
	var stderr bytes.Buffer
	code = run(append(args, "--quiet"), &app{stdout: io.Discard, stderr: &stderr, environ: os.LookupEnv})
	return code, stderr.String()
}

// command is a role's job that a command does; denials come with the command's hint.
func command(role iam.Role, args ...string) (string, error) {
	code, text := smew(args...)
	if code == 0 {
		return text, nil
	}
	if !strings.Contains(text, "smew iam "+string(role)+" --bucket ") {
		text += "(nobody is told of smew iam)"
		return text, errors.New("failed without advice")
	}
	return text, errors.New("failed")
}

func consume(t *testing.T, r *roleTest) (string, error) {
	if text, err := command(r.role, "load", r.at("feed"), "--db", filepath.Join(t.TempDir(), "x.duckdb")); err != nil {
		return text, err
	}
	return command(r.role, "ls", r.at("feed"))
}

func producing(t *testing.T, r *roleTest) (string, error) {
	text, err := command(r.role, "produce", r.at("feed"), "--dumps", "1", "--users", "5", "--events", "10",
		"--sse", "AES256", "--acl", "bucket-owner-full-control")
	if err != nil {
		return text, err
	}
	return giveUp(t.Context(), r.open(t))
}

// exporting sends a file in parts, and another in its place.
func exporting(t *testing.T, r *roleTest) (string, error) {
	db := filepath.Join(t.TempDir(), "x.duckdb")
	inside(t, db, func(*duck.Tx) error { return nil })
	for range 2 {
		text, err := command(r.role, "export", "--db", db, "--to", r.at("feed"), "--file", "export.csv", "--sse", "AES256",
			"--query", "SELECT md5(i::VARCHAR) AS a, md5((i + 1)::VARCHAR) AS b FROM range(300000) AS t(i)")
		if err != nil {
			return text, err
		}
	}
	return giveUp(t.Context(), r.open(t))
}

// giveUp has an upload of several parts fail in the middle.
func giveUp(ctx context.Context, b bucket.Bucket) (string, error) {
	broken := errors.New("broken")
	source := io.MultiReader(strings.NewReader(strings.Repeat("x", 11<<20)), iotest.ErrReader(broken))
	err := b.Create(ctx, "feed/large", source, bucket.Options{})
	var denied *bucket.DeniedError
	if errors.Is(err, broken) && !errors.As(err, &denied) {
		return "", nil
	}
	return denial(err)
}

func denial(err error) (string, error) {
	return strings.Join(hints(err), "\n"), err
}
