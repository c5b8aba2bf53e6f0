package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// maxResumed is how often the reading of one object is taken up again after
// its body broke off; resumePause is waited before the first, and twice as long
// before each further one.
const (
	maxResumed  = 6
	resumePause = 50 * time.Millisecond
)

// Open implements Bucket. A body that breaks off or stalls is taken up again
// where it ended.
func (s *S3) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	r := &s3Reader{ctx: ctx, s: s, o: o}
	out, err := r.get(0)
	if err != nil {
		return nil, err
	}
	if n := out.ContentLength; n != nil && *n != o.Size {
		r.Close()
		return nil, fmt.Errorf("open object %q in bucket %q: %d bytes, not %d: %w", o.Key, s.name, *n, o.Size, ErrCorrupt)
	}
	r.check = newCheck(s.name, o, out)
	return r, nil
}

// s3Reader reads one object through as many requests as it takes.
type s3Reader struct {
	ctx     context.Context
	s       *S3
	o       Object
	check   check
	body    io.ReadCloser
	read    int64 // bytes given so far
	resumed int
	err     error // how it ended
}

// get asks for the object from offset on, and makes the answer's body r's.
func (r *s3Reader) get(offset int64) (*s3.GetObjectOutput, error) {
	in := &s3.GetObjectInput{Bucket: &r.s.name, Key: &r.o.Key, IfMatch: aws.String(`"` + r.o.ETag + `"`)}
	if offset > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", offset))
	} else if r.s.checksums != aws.RequestChecksumCalculationWhenRequired {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	out, err := r.s.client.GetObject(r.ctx, in)
	if err == nil && strings.Trim(aws.ToString(out.ETag), `"`) != r.o.ETag {
		out.Body.Close()
		err = ErrChanged // the server did not care for our condition
	}
	if err == nil && offset > 0 && !strings.HasPrefix(aws.ToString(out.ContentRange), fmt.Sprintf("bytes %d-", offset)) {
		out.Body.Close()
		err = fmt.Errorf("range from byte %d on: the answer has range %q", offset, aws.ToString(out.ContentRange))
	}
	if err != nil {
		return nil, r.openFailed(err)
	}
	r.body = out.Body
	return out, nil
}

func (r *s3Reader) openFailed(err error) error {
	switch {
	case r.ctx.Err() != nil:
	case isPreconditionFailed(err):
		err = ErrChanged
	case isMissing(err):
		err = fs.ErrNotExist
	}
	return r.s.failed(r.ctx, fmt.Sprintf("open object %q", r.o.Key), err)
}

func (r *s3Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if err := r.ctx.Err(); err != nil {
		return 0, r.failed(err)
	}
	n, err := r.body.Read(p)
	r.read += int64(n)
	r.check.add(p[:n])
	switch {
	case r.read > r.o.Size:
		return n, r.failed(fmt.Errorf("more than %d bytes: %w", r.o.Size, ErrCorrupt))
	case err == nil:
		return n, nil
	case r.read < r.o.Size:
		return n, r.resume(err)
	case !errors.Is(err, io.EOF): // all bytes are there: it is the SDK's checksum
		return n, r.failed(fmt.Errorf("%w: %w", ErrCorrupt, err))
	}
	if err := r.check.verify(); err != nil {
		return n, r.failed(err)
	}
	r.err = io.EOF
	return n, io.EOF
}

// resume takes the object up again after its body ended early with cause.
func (r *s3Reader) resume(cause error) error {
	if r.ctx.Err() != nil {
		return r.failed(r.ctx.Err())
	}
	if r.resumed == maxResumed {
		if errors.Is(cause, io.EOF) {
			cause = io.ErrUnexpectedEOF
		}
		return r.failed(fmt.Errorf("broke off %d times, at last after %d of %d bytes: %w",
			r.resumed+1, r.read, r.o.Size, cause))
	}
	r.release()
	select {
	case <-time.After(resumePause << r.resumed):
	case <-r.ctx.Done():
		return r.failed(r.ctx.Err())
	}
	r.resumed++
	if _, err := r.get(r.read); err != nil {
		r.err = err
	}
	return r.err
}

// failed keeps how the reading ended.
func (r *s3Reader) failed(err error) error {
	r.err = fmt.Errorf("read object %q in bucket %q: %w", r.o.Key, r.s.name, err)
	return r.err
}

// release gives the answer up, if there is one. What was left unread may come
// with an error, which is no news.
func (r *s3Reader) release() {
	if r.body != nil {
		r.body.Close()
		r.body = nil
	}
}

func (r *s3Reader) Close() error {
	if r.err == nil {
		r.err = r.failed(errors.New("it was closed"))
	}
	r.release()
	return nil
}
