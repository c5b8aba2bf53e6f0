package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// stallClient gives up answers whose body brings nothing for a while. The SDK
// waits for them without end.
type stallClient struct {
	next    s3.HTTPClient
	timeout time.Duration
}

func (c stallClient) Do(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	answer, err := c.next.Do(r.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return answer, err
	}
	stalled := &bodyError{fmt.Errorf("nothing came for %v", c.timeout)}
	b := &stallBody{body: answer.Body, ctx: ctx, cancel: cancel, timeout: c.timeout, stalled: stalled}
	b.timer = time.AfterFunc(c.timeout, func() { cancel(stalled) })
	b.timer.Stop()
	answer.Body = b
	return answer, nil
}

// stallBody times each read, but not what its reader does in between.
type stallBody struct {
	body    io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
	stalled *bodyError
}

func (b *stallBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.timeout)
	n, err := b.body.Read(p)
	b.timer.Stop()
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if errors.Is(context.Cause(b.ctx), b.stalled) {
		return n, b.stalled
	}
	return n, &bodyError{err}
}

func (b *stallBody) Close() error {
	b.timer.Stop()
	err := b.body.Close()
	b.cancel(nil)
	return err
}

// bodyError is a body that broke off. The SDK's retryer asks for the method.
type bodyError struct{ err error }

func (e *bodyError) Error() string        { return e.err.Error() }
func (e *bodyError) Unwrap() error        { return e.err }
func (e *bodyError) RetryableError() bool { return true }
