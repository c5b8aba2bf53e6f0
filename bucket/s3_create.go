package bucket

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
)

// abortTimeout is what giving up an upload may take after its context is done.
const abortTimeout = 30 * time.Second

// Create implements Bucket. What is more than 16 MiB goes up in parts, which
// are given up again when anything fails; a killed process leaves the parts to
// the bucket's own rule for unfinished uploads.
func (s *S3) Create(ctx context.Context, key string, r io.Reader, o Options) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("create object %q in bucket %q: %w", key, s.name, err)
	}
	upload := transfermanager.New(s.client, func(t *transfermanager.Options) {
		t.FailTimeout = abortTimeout
		t.RequestChecksumCalculation = s.checksums // the client's own is not asked
	})
	source := &sourceReader{r: contextReader{ctx, r}}
	in := &transfermanager.UploadObjectInput{Bucket: &s.name, Key: &key, Body: source}
	if s.checksums != aws.RequestChecksumCalculationWhenRequired {
		// Of the whole object, so that readers can hold it against the bytes:
		// by itself the SDK would send one of the parts' checksums.
		in.ChecksumType = types.ChecksumTypeFullObject
	}
	if o.ContentType != "" {
		in.ContentType = &o.ContentType
	}
	if !o.Overwrite {
		in.IfNoneMatch = aws.String("*")
	}
	_, err := upload.UploadObject(ctx, in)
	switch {
	case err == nil:
		return nil
	case source.err != nil && ctx.Err() == nil:
		return fmt.Errorf("create object %q in bucket %q: %w", key, s.name, source.err)
	case !o.Overwrite && isPreconditionFailed(err):
		return fmt.Errorf("create object %q in bucket %q: %w", key, s.name, fs.ErrExist)
	}
	return s.failed(ctx, fmt.Sprintf("create object %q", key), err)
}

// sourceReader remembers the error of the source, which the upload may wrap in
// one of its own. It also hides that the source may be seekable.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
