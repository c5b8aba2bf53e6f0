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
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	// abortTimeout is what giving up an upload may take after its context is done.
	abortTimeout = 30 * time.Second
	// partsAtOnce is how many parts of one object are on their way at a time.
	partsAtOnce = 5
)

// Create implements Bucket. An object of two parts or more (see
// S3Config.PartSize) goes up in parts, and appears, if absent, when the last is
// there. What came up is given up again when anything fails; should that fail
// too, the error says so. A killed process leaves the parts to the bucket's own
// rule for unfinished uploads. Each Create takes the memory of at most eleven
// parts, 88 MiB where they have 8: those on their way, one that is read, and
// what was read before the first.
func (s *S3) Create(ctx context.Context, key string, r io.Reader, o Options) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("create object %q in bucket %q: %w", key, s.name, err)
	}
	client := &uploadClient{S3APIClient: s.client}
	upload := transfermanager.New(client, func(t *transfermanager.Options) {
		t.PartSizeBytes, t.MultipartUploadThreshold, t.Concurrency = s.partSize, 2*s.partSize, partsAtOnce
		t.FailTimeout = abortTimeout
		t.RequestChecksumCalculation = s.checksums // the client's own is not asked
	})
	source := &sourceReader{r: contextReader{ctx, r}}
	_, err := upload.UploadObject(ctx, s.uploadInput(key, source, o))
	switch {
	case err == nil:
		return nil
	case source.err != nil && ctx.Err() == nil:
		err = fmt.Errorf("create object %q in bucket %q: %w", key, s.name, source.err)
	case o.Replaces != "" && (isPreconditionFailed(err) || codeOf(err) == "NoSuchKey"):
		err = fmt.Errorf("create object %q in bucket %q: %w", key, s.name, ErrChanged)
	case !o.Overwrite && isPreconditionFailed(err):
		err = fmt.Errorf("create object %q in bucket %q: %w", key, s.name, fs.ErrExist)
	default:
		err = s.failed(ctx, fmt.Sprintf("create object %q", key), err)
	}
	if client.aborting != nil {
		left := s.failed(context.WithoutCancel(ctx), "give up its uploaded parts", client.aborting)
		err = fmt.Errorf("%w; %w", err, left)
	}
	return err
}

func (s *S3) uploadInput(key string, source io.Reader, o Options) *transfermanager.UploadObjectInput {
	in := &transfermanager.UploadObjectInput{
		Bucket: &s.name, Key: &key, Body: source,
		ServerSideEncryption: types.ServerSideEncryption(s.sse),
		ACL:                  types.ObjectCannedACL(s.acl),
	}
	if s.checksums != aws.RequestChecksumCalculationWhenRequired {
		// Of the whole object, so that readers can hold it against the bytes:
		// by itself the SDK would send one of the parts' checksums.
		in.ChecksumType = types.ChecksumTypeFullObject
	}
	if o.ContentType != "" {
		in.ContentType = &o.ContentType
	}
	switch {
	case o.Replaces != "":
		in.IfMatch = aws.String(`"` + o.Replaces + `"`)
	case !o.Overwrite:
		in.IfNoneMatch = aws.String("*")
	}
	return in
}

// GiveUpUploads gives up uploads in parts to a key that are not complete: what a killed process has left. It needs
// s3:ListBucketMultipartUploads and s3:AbortMultipartUpload. Nobody may be uploading to the key meanwhile.
func (s *S3) GiveUpUploads(ctx context.Context, key string) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &s.name, Prefix: &key}
	for pages := s3.NewListMultipartUploadsPaginator(s.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.failed(ctx, fmt.Sprintf("list uploads to %q", key), err)
		}
		for _, u := range page.Uploads {
			if aws.ToString(u.Key) != key {
				continue
			}
			_, err := s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.name, Key: u.Key, UploadId: u.UploadId})
			if err != nil && codeOf(err) != "NoSuchUpload" {
				return s.failed(ctx, fmt.Sprintf("give up an upload to %q", key), err)
			}
		}
	}
	return nil
}

// uploadClient remembers why parts could not be given up, which the upload does
// not tell when it failed for another reason before.
type uploadClient struct {
	transfermanager.S3APIClient
	aborting error
}

func (u *uploadClient) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput, options ...func(*s3.Options)) (*s3.AbortMultipartUploadOutput, error) {
	out, err := u.S3APIClient.AbortMultipartUpload(ctx, in, options...)
	if codeOf(err) != "NoSuchUpload" { // else there is nothing left to give up
		u.aborting = err
	}
	return out, err
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
