package bucket_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
)

func TestParseLocation(t *testing.T) {
	for _, c := range []struct {
		text string
		want bucket.Location
		back string
	}{
		{"s3://b", bucket.Location{Bucket: "b"}, "s3://b"},
		{"s3://b/", bucket.Location{Bucket: "b"}, "s3://b"},
		{"s3://b/p", bucket.Location{Bucket: "b", Prefix: "p/"}, "s3://b/p"},
		{"s3://b/p/q r=é//", bucket.Location{Bucket: "b", Prefix: "p/q r=é/"}, "s3://b/p/q r=é"},
		{"dir/", bucket.Location{Dir: "dir"}, "dir"},
		{".", bucket.Location{Dir: "."}, "."},
		{"/a/../b", bucket.Location{Dir: "/b"}, "/b"},
		{"file:///a/b%20c", bucket.Location{Dir: "/a/b c"}, "/a/b c"},
		{"file://localhost/a", bucket.Location{Dir: "/a"}, "/a"},
	} {
		got, err := bucket.ParseLocation(c.text)
		if err != nil || got != c.want || got.String() != c.back {
			t.Errorf("%q: got %+v %q, %v, want %+v %q", c.text, got, got, err, c.want, c.back)
		}
		again, err := bucket.ParseLocation(got.String())
		if err != nil || again != got {
			t.Errorf("%q: read back as %+v, %v", c.text, again, err)
		}
	}
	for _, text := range []string{"", "s3://", "s3:///p", "s3://b?x", "gs://b/p", "https://b.s3.amazonaws.com/p",
		"file://host/a", "file://", "file://%zz"} {
		if got, err := bucket.ParseLocation(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

// What stands before an @ may be a secret: no message has it.
func TestParseLocationWithSecret(t *testing.T) {
	for text, said := range map[string]string{
		"s3://key:hidden@b/p": "s3://…@b/p", "s3://hidden@b": "s3://…@b", "https://key:hidden@hidden@h?x@y": "https://…@h?x@y", "s3://b?x@y": "s3://b?x@y",
		"s3:/key:hidden@b/p": "s3://…@b/p", "S3:b/p": "s3://b/p",
	} {
		if got, err := bucket.ParseLocation(text); err == nil || !strings.Contains(err.Error(), said) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

func TestOpenLocation(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "k"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := bucket.Open(t.Context(), bucket.Location{Dir: dir}, bucket.S3Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := buckettest.Keys(t, b, ""); len(got) != 1 {
		t.Errorf("a directory lists %q", got)
	}
	if b, err = bucket.Open(t.Context(), bucket.Location{Dir: filepath.Join(dir, "missing")}, bucket.S3Config{}); err == nil || b != nil {
		t.Errorf("a missing directory opened as %v", b)
	}
	b, err = bucket.Open(t.Context(), bucket.Location{Bucket: "b"}, bucket.S3Config{Region: "eu-west-1", Anonymous: true})
	if _, ok := b.(*bucket.S3); err != nil || !ok {
		t.Errorf("an S3 bucket opened as %T, %v", b, err)
	}
}
