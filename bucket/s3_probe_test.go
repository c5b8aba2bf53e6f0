package bucket_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/s3test"
)

// TestProbe holds what a probe reads from the headers of an answer: the server's clock, the bucket's region, and
// how an object is encrypted.
func TestProbe(t *testing.T) {
	server := s3test.Start(t)
	name := server.Bucket(t)
	if err := server.Open(t, name).Create(t.Context(), "a/b", strings.NewReader("x"), bucket.Options{}); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-5 * time.Minute).UTC().Truncate(time.Second)
	f := newFront(t, server)
	alter := f.proxy.ModifyResponse
	f.proxy.ModifyResponse = func(answer *http.Response) error {
		answer.Header.Set("Date", then.Format(http.TimeFormat))
		answer.Header.Set("X-Amz-Bucket-Region", "eu-north-1")
		if answer.Request.Method == http.MethodHead {
			answer.Header.Set("X-Amz-Server-Side-Encryption", "aws:kms")
		}
		return alter(answer)
	}
	b := f.open(t, name, nil)
	p := b.Probe(t.Context(), "a/")
	if p.Err != nil || p.Status != 0 || p.BucketRegion != "eu-north-1" || !p.Server.Equal(then) || p.Local.Sub(then) < 5*time.Minute {
		t.Errorf("%+v", p)
	}
	o, err := bucket.Stat(t.Context(), b, "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if with, err := b.Encryption(t.Context(), o); err != nil || with != "aws:kms" {
		t.Errorf("encrypted with %q, %v", with, err)
	}
	if p := f.open(t, "no-such-bucket", nil).Probe(t.Context(), ""); p.Code != "NoSuchBucket" || p.Status != http.StatusNotFound || !p.Server.Equal(then) {
		t.Errorf("a bucket that is not there: %+v", p)
	}
}
