package alert

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// sendError says why a message was not taken.
type sendError struct {
	err   error
	final bool          // the same message will never be taken
	after time.Duration // the service asked to be left alone for so long
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// wire sends over the network, with patience.
type wire struct {
	client *http.Client
	first  time.Duration // the first pause after a failure
	most   time.Duration // how long one delivery may take, pauses included
	now    func() time.Time
	roots  *x509.CertPool // that mail servers are held against; nil: the system's
}

const (
	oneTry     = 10 * time.Second
	firstPause = 500 * time.Millisecond
	allTries   = 30 * time.Second
	mostTries  = 4
)

// retry runs send until it succeeds, fails for good, or time is up; pauses grow.
func (w wire) retry(ctx context.Context, send func(context.Context) error) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = w.first
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		one, cancel := context.WithTimeout(ctx, oneTry)
		defer cancel()
		err := send(one)
		var failed *sendError
		switch {
		case err == nil || !errors.As(err, &failed):
		case failed.final:
			err = backoff.Permanent(err)
		case failed.after > 0:
			err = fmt.Errorf("%w: %w", err, &backoff.RetryAfterError{Duration: failed.after})
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(mostTries), backoff.WithMaxElapsedTime(w.most))
	return err
}

// request is a message as a service wants it.
type request struct {
	address string
	header  map[string]string
	body    []byte
	secrets []string // to be kept out of errors
}

// post sends a request until the service takes it.
func (w wire) post(ctx context.Context, r request) error {
	return w.retry(ctx, func(ctx context.Context) error {
		err := w.postOnce(ctx, r)
		var failed *sendError
		if errors.As(err, &failed) {
			failed.err = errors.New(redact(failed.err.Error(), r.secrets...))
		}
		return err
	})
}

func (w wire) postOnce(ctx context.Context, r request) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, bytes.NewReader(r.body))
	if err != nil {
		return &sendError{err: errors.New("the address makes no sense"), final: true} // without it: it can be a secret
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	req.Header.Set("User-Agent", "smew")
	resp, err := w.client.Do(req)
	if err != nil {
		var in *url.Error // its text has the address
		if errors.As(err, &in) {
			err = in.Err
		}
		return &sendError{err: fmt.Errorf("reach %s: %w", req.URL.Host, err)}
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // whatever it is, the status decides
	if resp.StatusCode/100 == 2 {
		return nil
	}
	failed := &sendError{err: fmt.Errorf("%s answered %s", req.URL.Host, resp.Status)}
	if text := cut(clean(string(said)), 200); text != "" {
		failed.err = fmt.Errorf("%w: %s", failed.err, text)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable:
		failed.after = retryAfter(resp.Header.Get("Retry-After"), w.now())
	case resp.StatusCode < 500:
		failed.final = true
	}
	return failed
}

// retryAfter reads seconds or an instant.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, maxPause)
	}
	if t, err := http.ParseTime(text); err == nil && t.After(now) {
		return min(t.Sub(now), maxPause)
	}
	return 0
}

// newClient follows no redirects: a secret is for the address it was given for.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       oneTry,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
