package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
)

func wantNoUploads(t *testing.T, server *s3test.Server, name string) {
	t.Helper()
	left, err := server.Client().ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil {
		t.Fatal(err)
	}
	if len(left.Uploads) > 0 {
		t.Errorf("%d unfinished uploads are left", len(left.Uploads))
	}
}

// An upload that fails leaves no parts that somebody pays for.
func TestS3GivesUploadsUp(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	b := server.Open(t, name)
	buckettest.Put(t, b, "taken", "x")
	broken := errors.New("broken")
	source := func() io.Reader {
		return io.MultiReader(strings.NewReader(strings.Repeat("x", 17<<20)), iotest.ErrReader(broken))
	}
	if err := b.Create(t.Context(), "k", source(), bucket.Options{}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := b.Create(t.Context(), "taken", io.LimitReader(source(), 17<<20), bucket.Options{}); !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	wantNoUploads(t, server, name)
}

// Where parts cannot be given up, whoever pays for them is told.
func TestS3CannotGiveUp(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	f := newFront(t, server)
	b := f.open(t, server.Bucket(t), func(c *bucket.S3Config) { c.PartSize = 5 << 20 })
	broken := errors.New("broken")
	for code, told := range map[string]bool{"AccessDenied": true, "NoSuchUpload": false} {
		f.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodDelete {
				answerError(w, http.StatusForbidden, code)
			}
			return r.Method == http.MethodDelete
		}
		source := io.MultiReader(strings.NewReader(strings.Repeat("x", 11<<20)), iotest.ErrReader(broken))
		err := b.Create(t.Context(), "k", source, bucket.Options{})
		if !errors.Is(err, broken) {
			t.Errorf("%s: what went wrong first is not told: %v", code, err)
		}
		var denied *bucket.DeniedError
		if errors.As(err, &denied) != told || told && denied.Action != "s3:AbortMultipartUpload" {
			t.Errorf("%s: %v, denied %+v", code, err, denied)
		}
	}
}

// Encryption and ACL are asked for with each object, however it goes up.
func TestS3Headers(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	for _, want := range []struct{ sse, acl string }{{"", ""}, {"AES256", "bucket-owner-full-control"}} {
		f := newFront(t, server)
		b := f.open(t, name, func(c *bucket.S3Config) { c.PartSize, c.SSE, c.ACL = 5<<20, want.sse, want.acl })
		made := 0
		f.answer = func(w http.ResponseWriter, r *http.Request) bool {
			query := r.URL.Query()
			if r.Method == http.MethodPut && !query.Has("uploadId") || query.Has("uploads") {
				made++
				if sse, acl := r.Header.Get("X-Amz-Server-Side-Encryption"), r.Header.Get("X-Amz-Acl"); sse != want.sse || acl != want.acl {
					t.Errorf("%s %s: encryption %q, ACL %q", r.Method, r.URL, sse, acl)
				}
			}
			return false
		}
		for key, size := range map[string]int{"small": 10, "large": 11 << 20} {
			if err := b.Create(t.Context(), key, strings.NewReader(strings.Repeat("x", size)), bucket.Options{Overwrite: true}); err != nil {
				t.Fatal(err)
			}
		}
		if made != 2 {
			t.Errorf("%d objects were begun, not 2", made)
		}
	}
	for _, alter := range []func(*bucket.S3Config){
		func(c *bucket.S3Config) { c.SSE = "aws:kms" },
		func(c *bucket.S3Config) { c.ACL = "public-read" },
		func(c *bucket.S3Config) { c.PartSize = 1 << 20 },
	} {
		config := server.Config()
		alter(&config)
		if _, err := bucket.OpenS3(t.Context(), name, config); err == nil {
			t.Errorf("taken: %+v", config)
		}
	}
}

// A denial names the action that is missing: the one that the answer names, or else the one that
// the request needs.
func TestS3Denied(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message, acl string
		do                 func(t *testing.T, b *bucket.S3) error
		action, resource   string
	}{
		{"list", "", "", func(t *testing.T, b *bucket.S3) error {
			_, err := bucket.Stat(t.Context(), b, "k")
			return err
		}, "s3:ListBucket", "arn:aws:s3:::b"},
		{"open", "", "", open, "s3:GetObject", "arn:aws:s3:::b/*"},
		{"create", "", "", create(10), "s3:PutObject", "arn:aws:s3:::b/*"},
		{"create in parts", "", "", create(17 << 20), "s3:PutObject", "arn:aws:s3:::b/*"},
		{"create with ACL", "", "bucket-owner-full-control", create(10), "s3:PutObject and s3:PutObjectAcl", "arn:aws:s3:::b/*"},
		{"create with ACL, said", "User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObjectAcl on resource: y",
			"bucket-owner-full-control", create(10), "s3:PutObjectAcl", "arn:aws:s3:::b/*"},
		{"key", "User: x is not authorized to perform: kms:Decrypt on resource: y", "", open, "kms:Decrypt", "the bucket's key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprintf(w, "<Error><Code>AccessDenied</Code><Message>%s</Message></Error>", c.message)
			}))
			defer server.Close()
			config := (&s3test.Server{URL: server.URL}).Config()
			config.ACL = c.acl
			b, err := bucket.OpenS3(t.Context(), "b", config)
			if err != nil {
				t.Fatal(err)
			}
			err = c.do(t, b)
			var denied *bucket.DeniedError
			if !errors.As(err, &denied) {
				t.Fatalf("got error %v", err)
			}
			if denied.Action != c.action || denied.Resource != c.resource || denied.Bucket != "b" {
				t.Errorf("missing is %+v", denied)
			}
		})
	}
}

func open(t *testing.T, b *bucket.S3) error {
	_, err := b.Open(t.Context(), bucket.Object{Key: "k", Size: 1, ETag: "e"})
	return err
}

func create(size int) func(*testing.T, *bucket.S3) error {
	return func(t *testing.T, b *bucket.S3) error {
		return b.Create(t.Context(), "k", strings.NewReader(strings.Repeat("x", size)), bucket.Options{})
	}
}
