package bucket_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
)

// The suite runs with the smallest parts, and none of its tests may leave some that somebody pays
// for.
func TestS3(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	buckettest.Run(t, func(t *testing.T) bucket.Bucket {
		name := server.Bucket(t)
		t.Cleanup(func() { wantNoUploads(t, server, name) })
		config := server.Config()
		config.PartSize = 5 << 20
		b, err := bucket.OpenS3(t.Context(), name, config)
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestS3FolderMarker(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	b := server.Open(t, server.Bucket(t))
	buckettest.Put(t, b, "manifests/", "")
	buckettest.Put(t, b, "manifests/sync_1.json", "{}")
	if got := buckettest.Keys(t, b, "manifests/"); !slices.Equal(got, []string{"manifests/", "manifests/sync_1.json"}) {
		t.Fatalf("listed as %q", got)
	}
}

func TestS3ContentType(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	b := server.Open(t, name)
	key := "export.csv"
	if err := b.Create(t.Context(), key, strings.NewReader("a,b"), bucket.Options{ContentType: "text/csv"}); err != nil {
		t.Fatal(err)
	}
	head, err := server.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	if head.ContentType == nil || *head.ContentType != "text/csv" {
		t.Errorf("content type %v", head.ContentType)
	}
}

// listError is what listing gives, with its hint.
func listError(t *testing.T, name string, c bucket.S3Config) (err error, hint string) {
	t.Helper()
	b, err := bucket.OpenS3(t.Context(), name, c)
	if err == nil {
		for _, err = range b.List(t.Context(), "") {
			break
		}
	}
	if err == nil {
		t.Fatal("listing gave no error")
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		hint = hinted.Hint()
	}
	return err, hint
}

// What a newcomer gets wrong is told with advice, and is never an empty feed.
func TestS3Hints(t *testing.T) {
	server := s3test.Start(t)
	name := server.Bucket(t)
	for _, c := range []struct {
		name, bucket string
		alter        func(*bucket.S3Config)
		text, hint   string
	}{
		{"wrong secret", name, func(c *bucket.S3Config) {
			c.Credentials = credentials.NewStaticCredentialsProvider("smew-test", "wrong", "")
		}, "SignatureDoesNotMatch", "access key"},
		{"anonymous", name, func(c *bucket.S3Config) { c.Anonymous = true }, "AccessDenied", "s3:ListBucket"},
		{"missing bucket", "no-such-bucket", func(c *bucket.S3Config) {}, "NoSuchBucket", "bucket's name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := server.Config()
			c.alter(&config)
			err, hint := listError(t, c.bucket, config)
			if !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), c.bucket) {
				t.Errorf("got error %v", err)
			}
			if !strings.Contains(hint, c.hint) {
				t.Errorf("got hint %q", hint)
			}
			if errors.Is(err, fs.ErrNotExist) {
				t.Error("it passes for an object that is not there")
			}
		})
	}
}

// isolate keeps the machine's own AWS set-up out of a test.
func isolate(t *testing.T, server *s3test.Server, without ...string) {
	t.Helper()
	for _, env := range server.Env() {
		name, value, _ := strings.Cut(env, "=")
		if slices.Contains(without, name) {
			value = ""
		}
		t.Setenv(name, value)
	}
	t.Setenv("AWS_DEFAULT_REGION", "")
}

func TestS3Environment(t *testing.T) {
	server := s3test.Start(t)
	name := server.Bucket(t)
	isolate(t, server)
	b, err := bucket.OpenS3(t.Context(), name, bucket.S3Config{})
	if err != nil {
		t.Fatal(err)
	}
	buckettest.Put(t, b, "k", "x")

	isolate(t, server, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
	if err, hint := listError(t, name, bucket.S3Config{}); !strings.Contains(hint, "No AWS credentials") {
		t.Errorf("without credentials: %v, hint %q", err, hint)
	}
	// A machine of EC2 without a role answers too, if with an error.
	machine := httptest.NewServer(http.NotFoundHandler())
	defer machine.Close()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.URL)
	if err, hint := listError(t, name, bucket.S3Config{}); !strings.Contains(hint, "No AWS credentials") {
		t.Errorf("on a machine without a role: %v, hint %q", err, hint)
	}
	isolate(t, server, "AWS_REGION", "AWS_ENDPOINT_URL_S3")
	if err, hint := listError(t, name, bucket.S3Config{}); !strings.Contains(hint, "AWS_REGION") {
		t.Errorf("without region: %v, hint %q", err, hint)
	}
	isolate(t, server, "AWS_REGION")
	if b, err = bucket.OpenS3(t.Context(), name, bucket.S3Config{}); err != nil {
		t.Fatal(err)
	}
	if got := buckettest.Keys(t, b, ""); len(got) != 1 {
		t.Errorf("without region at a look-alike: %q", got)
	}
	if _, err := bucket.OpenS3(t.Context(), name, bucket.S3Config{Checksums: "never"}); err == nil {
		t.Error("checksums: never was taken")
	}
}

// AWS_CA_BUNDLE is for endpoints with a certificate of the house.
func TestS3CABundle(t *testing.T) {
	server := s3test.Start(t)
	name := server.Bucket(t)
	isolate(t, server)
	front := httptest.NewTLSServer(newFront(t, server))
	defer front.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pemOf(front.Certificate()), 0o600); err != nil {
		t.Fatal(err)
	}
	c := bucket.S3Config{Endpoint: front.URL, PathStyle: true, Attempts: 1}
	if err, _ := listError(t, name, c); !strings.Contains(err.Error(), "certificate") {
		t.Fatalf("without the bundle: %v", err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	b, err := bucket.OpenS3(t.Context(), name, c)
	if err != nil {
		t.Fatal(err)
	}
	// Over TLS, the SDK sends checksums in trailers.
	o := buckettest.Put(t, b, "k", "content")
	if got, err := buckettest.Read(t.Context(), b, o); err != nil || string(got) != "content" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Old look-alikes refuse the checksums that the SDK adds.
func TestS3Checksums(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	for _, c := range []struct {
		checksums string
		want      bool
	}{{"", true}, {"when_supported", true}, {"when_required", false}} {
		var sent atomic.Bool
		front := newFront(t, server)
		front.answer = func(w http.ResponseWriter, r *http.Request) bool {
			for header := range r.Header {
				if r.Method == http.MethodPut && strings.HasPrefix(header, "X-Amz-Checksum-") {
					sent.Store(true)
				}
			}
			return false
		}
		b := front.open(t, name, func(config *bucket.S3Config) { config.Checksums = c.checksums })
		for key, size := range map[string]int{"small": 10, "large": 17 << 20} {
			content := strings.Repeat("x", size)
			if err := b.Create(t.Context(), key, strings.NewReader(content), bucket.Options{Overwrite: true}); err != nil {
				t.Fatal(err)
			}
			o, err := bucket.Stat(t.Context(), b, key)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := buckettest.Read(t.Context(), b, o); err != nil || string(got) != content {
				t.Errorf("%s: %d bytes, %v", key, len(got), err)
			}
		}
		if sent.Load() != c.want {
			t.Errorf("checksums %q: sent is %v", c.checksums, sent.Load())
		}
	}
}
