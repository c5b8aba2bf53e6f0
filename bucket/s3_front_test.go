package bucket_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"smew/bucket"
	"smew/bucket/s3test"
)

// front stands before the real server and gets in its way.
type front struct {
	proxy httputil.ReverseProxy
	// answer answers in the server's place when it returns true; nil: never.
	answer func(w http.ResponseWriter, r *http.Request) bool
	// body alters the body of the n-th answer that brings an object, from 1 on.
	body func(n int, body io.Reader) io.Reader
	// listing alters the body of an answer that brings a listing.
	listing func(body io.Reader) io.Reader

	mu     sync.Mutex
	ranges []string // asked for, by each request for an object
}

func newFront(t *testing.T, server *s3test.Server) *front {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{}
	f.proxy.FlushInterval = -1 // a body that is cut comes up to there
	f.proxy.ErrorLog = log.New(io.Discard, "", 0)
	f.proxy.Rewrite = func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}
	f.proxy.ModifyResponse = func(answer *http.Response) error {
		var altered io.Reader = answer.Body
		switch {
		case f.body != nil && isObject(answer.Request):
			f.mu.Lock()
			n := len(f.ranges)
			f.mu.Unlock()
			altered = f.body(n, answer.Body)
		case f.listing != nil && answer.Request.Method == http.MethodGet && !isObject(answer.Request):
			altered = f.listing(answer.Body)
		}
		answer.Body = struct {
			io.Reader
			io.Closer
		}{altered, answer.Body}
		return nil
	}
	f.proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	return f
}

// isObject tells a request for an object: the bucket is the path's first part.
func isObject(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") > 1
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isObject(r) {
		f.mu.Lock()
		f.ranges = append(f.ranges, r.Header.Get("Range"))
		f.mu.Unlock()
	}
	if f.answer == nil || !f.answer(w, r) {
		f.proxy.ServeHTTP(w, r)
	}
}

// open opens a bucket through the front.
func (f *front) open(t *testing.T, name string, alter func(*bucket.S3Config)) *bucket.S3 {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	c := (&s3test.Server{URL: server.URL}).Config()
	if alter != nil {
		alter(&c)
	}
	b, err := bucket.OpenS3(t.Context(), name, c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pemOf(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// cut breaks a body off after n bytes.
func cut(body io.Reader, n int64) io.Reader {
	return io.MultiReader(io.LimitReader(body, n), failing{errors.New("cut")})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// flip alters the byte at offset.
func flip(body io.Reader, offset int64) io.Reader {
	one := make([]byte, 1)
	return io.MultiReader(io.LimitReader(body, offset), readerFunc(func(p []byte) (int, error) {
		if one != nil {
			n, err := io.ReadFull(body, one)
			p[0] = one[0] ^ 1
			one = nil
			return n, err
		}
		return body.Read(p)
	}))
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func pattern(n int) string {
	return string(bytes.Repeat([]byte("0123456789abcde\n"), n/16))
}
