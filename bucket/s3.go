package bucket

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// S3Config says how to reach S3. The zero value is what the SDK finds by
// itself: its files, its environment, the role of the machine.
type S3Config struct {
	// Endpoint is the base URL of an S3 look-alike; "" for AWS.
	Endpoint string
	// Region of the bucket; "" for the SDK's.
	Region string
	// Profile of the SDK's configuration files; "" for the SDK's.
	Profile string
	// PathStyle puts the bucket's name into the path, not the host's name.
	PathStyle bool
	// Checksums is "when_supported" (also "") or "when_required", which old
	// look-alikes need: they refuse the checksums that the SDK adds.
	Checksums string
	// Anonymous reads public buckets without signing.
	Anonymous bool
	// Credentials to use in place of the SDK's chain; nil for the chain.
	Credentials aws.CredentialsProvider
	// Attempts each request gets at most; 0 is 5.
	Attempts int
	// Timeout for an answer to begin, and for each read of its body; 0 is a
	// minute.
	Timeout time.Duration
}

// S3 is a bucket in S3.
type S3 struct{}

// OpenS3 is not built yet.
func OpenS3(ctx context.Context, name string, c S3Config) (*S3, error) {
	return nil, errors.ErrUnsupported
}

// List implements Bucket.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Object, error] { return nil }

// Open implements Bucket.
func (s *S3) Open(ctx context.Context, o Object) (io.ReadCloser, error) { return nil, nil }

// Create implements Bucket.
func (s *S3) Create(ctx context.Context, key string, r io.Reader, o Options) error { return nil }
