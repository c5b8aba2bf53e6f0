package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSecretsStayInside runs commands with credentials against endpoints that fail in every way, and searches
// all they write, and the database, for a piece of one.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	secrets := []string{"AKIAHIDDENHIDDEN0001", "hidden/secret+key/0002", "hidden-session-token-0003", "hidden-password-0004", "hidden-user-0005"}
	server := httptest.NewServer(http.HandlerFunc(deny))
	defer server.Close()
	withUser := func(url string) string {
		return strings.Replace(url, "://", "://"+secrets[4]+":"+secrets[3]+"@", 1)
	}
	dir := t.TempDir()
	feed := []string{"s3://bucket/deep", "--path-style"}
	db := filepath.Join(dir, "x.duckdb")
	run := func(want string, endpoint string, args ...string) {
		t.Helper()
		cmd := exec.Command(os.Args[0], args...)
		cmd.Args[0], cmd.Dir = "smew", dir
		said := &lockedBuffer{}
		cmd.Stdout, cmd.Stderr = said, said
		cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+secrets[0], "AWS_SECRET_ACCESS_KEY="+secrets[1], "AWS_SESSION_TOKEN="+secrets[2],
			"AWS_REGION=eu-west-1", "AWS_MAX_ATTEMPTS=1", "AWS_ENDPOINT_URL="+endpoint, "AWS_EC2_METADATA_DISABLED=true", "HOME="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		if args[0] == "poll" {
			waitFor(t, func() bool { return strings.Contains(said.String(), want) })
			cmd.Process.Signal(syscall.SIGTERM)
		}
		cmd.Wait()
		if !strings.Contains(said.String(), want) {
			t.Errorf("%v: %q is not in: %s", args, want, said)
		}
		for _, secret := range secrets {
			if strings.Contains(said.String(), secret) {
				t.Errorf("%v: %s is in: %s", args, secret, said)
			}
		}
	}
	for _, at := range []struct{ endpoint, list, load string }{
		{"http://127.0.0.1:1", "connection refused", "connection refused"},
		{server.URL + "/denied", "AccessDenied", "AccessDenied"},
		{server.URL, "sync_1", "AccessDenied"},
		{withUser(server.URL), "has a user name or a password in it", "has a user name or a password in it"},
		{withUser("http://bad host:x"), "the endpoint is no URL", "the endpoint is no URL"},
	} {
		run(at.list, at.endpoint, append([]string{"ls"}, feed...)...)
		run(at.load, at.endpoint, append([]string{"load", "--db", db}, feed...)...)
		run(at.load, at.endpoint, append([]string{"load", "--db", db, "--json"}, feed...)...)
	}
	run("connection refused", "http://127.0.0.1:1", append([]string{"poll", "--db", db, "--every", "1h"}, feed...)...)
	run("AccessDenied", server.URL+"/denied", append([]string{"produce", "--dumps", "1", "--users", "2", "--events", "2"}, feed...)...)
	run("AccessDenied", server.URL, "status", "--db", db)
	run("AccessDenied", server.URL, "status", "--db", db, "--json")
	run("is not the name of a bucket", "", "ls", "s3://"+secrets[4]+":"+secrets[3]+"@bucket/deep")
	run("is neither s3 nor file", "", "ls", "https://"+secrets[4]+":"+secrets[3]+"@bucket/deep")
	content, err := os.ReadFile(db)
	if err != nil || !strings.Contains(string(content), "sync_1") {
		t.Errorf("the database notes nothing of the try: %v", err)
	}
	for _, secret := range secrets {
		if strings.Contains(string(content), secret) {
			t.Errorf("%s is in the database", secret)
		}
	}
}

// deny is a bucket with one dump whose part may not be read.
func deny(w http.ResponseWriter, r *http.Request) {
	const manifest = `{"dump_id": 1, "tables": [{"name": "users", "files": ["s3://bucket/deep/sync_1/users/part.avro"], "columns": ["user_id"], "incremental": false}]}`
	object := func(key string, size int) string {
		return fmt.Sprintf(`<Contents><Key>%s</Key><Size>%d</Size><ETag>"e"</ETag></Contents>`, key, size)
	}
	prefix := r.URL.Query().Get("prefix")
	switch {
	case strings.HasPrefix(r.URL.Path, "/denied"), strings.HasSuffix(r.URL.Path, ".avro"):
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>", r.Header.Get("Authorization"))
	case strings.HasSuffix(r.URL.Path, ".json"):
		w.Header().Set("ETag", `"e"`)
		fmt.Fprint(w, manifest)
	case strings.HasPrefix(prefix, "deep/manifests"):
		fmt.Fprint(w, "<ListBucketResult>"+object("deep/manifests/sync_1.json", len(manifest))+"</ListBucketResult>")
	case strings.HasPrefix(prefix, "deep/sync_1"):
		fmt.Fprint(w, "<ListBucketResult>"+object("deep/sync_1/users/part.avro", 100)+"</ListBucketResult>")
	default:
		fmt.Fprint(w, "<ListBucketResult></ListBucketResult>")
	}
}
