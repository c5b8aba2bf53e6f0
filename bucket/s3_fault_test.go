package bucket_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
)

// A body that breaks off goes on where it ended, and never ends as if it were
// whole.
func TestS3BodyBreaksOff(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	const small, large = 1 << 20, 17 << 20 // the large one went up in parts, so its ETag is no MD5
	for _, c := range []struct {
		name   string
		size   int
		body   func(n int, body io.Reader) io.Reader
		want   error // nil: all bytes come
		ranges []string
	}{
		{"once", small, func(n int, body io.Reader) io.Reader {
			if n == 1 {
				return cut(body, 1000)
			}
			return body
		}, nil, []string{"", "bytes=1000-"}},
		{"twice", large, func(n int, body io.Reader) io.Reader {
			if n <= 2 {
				return cut(body, 5<<20)
			}
			return body
		}, nil, []string{"", "bytes=5242880-", "bytes=10485760-"}},
		{"always", small, func(n int, body io.Reader) io.Reader { return cut(body, 1<<10) }, io.ErrUnexpectedEOF,
			[]string{"", "bytes=1024-", "bytes=2048-", "bytes=3072-", "bytes=4096-", "bytes=5120-", "bytes=6144-"}},
		{"altered", small, func(n int, body io.Reader) io.Reader { return flip(body, 77) }, bucket.ErrCorrupt, []string{""}},
		{"altered, of parts", large, func(n int, body io.Reader) io.Reader { return flip(body, 9<<20) }, bucket.ErrCorrupt, []string{""}},
		{"altered after it broke off", small, func(n int, body io.Reader) io.Reader {
			if n == 1 {
				return cut(body, 1000)
			}
			return flip(body, 77)
		}, bucket.ErrCorrupt, []string{"", "bytes=1000-"}},
		{"altered after it broke off, of parts", large, func(n int, body io.Reader) io.Reader {
			if n == 1 {
				return cut(body, 1000)
			}
			return flip(body, 77)
		}, bucket.ErrCorrupt, []string{"", "bytes=1000-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, server)
			b := f.open(t, name, nil)
			key := fmt.Sprint("part-", c.size)
			content := pattern(c.size)
			if err := b.Create(t.Context(), key, strings.NewReader(content), bucket.Options{Overwrite: true}); err != nil {
				t.Fatal(err)
			}
			o, err := bucket.Stat(t.Context(), b, key)
			if err != nil {
				t.Fatal(err)
			}
			f.body = c.body
			got, err := buckettest.Read(t.Context(), b, o)
			if !errors.Is(err, c.want) || (err == nil) != (string(got) == content) {
				t.Errorf("got %d bytes of %d, error %v, want %v", len(got), c.size, err, c.want)
			}
			if c.want != nil && !strings.Contains(fmt.Sprint(err), key) {
				t.Errorf("the error does not name the object: %v", err)
			}
			if !slices.Equal(f.ranges, c.ranges) {
				t.Errorf("asked for %q, want %q", f.ranges, c.ranges)
			}
		})
	}
}

// A listing that breaks off is asked for again, and is never taken for whole.
func TestS3ListingBreaksOff(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	f := newFront(t, server)
	b := f.open(t, name, func(c *bucket.S3Config) { c.Timeout, c.Attempts = 300*time.Millisecond, 2 })
	for i := range 10 {
		buckettest.Put(t, b, fmt.Sprint("k", i), "x")
	}
	end := make(chan struct{})
	defer close(end)
	for fault, alter := range map[string]func(io.Reader) io.Reader{
		"cut": func(body io.Reader) io.Reader { return cut(body, 1200) },
		"stall": func(body io.Reader) io.Reader {
			return io.MultiReader(io.LimitReader(body, 1200), readerFunc(func([]byte) (int, error) {
				<-end
				return 0, io.ErrUnexpectedEOF
			}))
		},
	} {
		for _, times := range []int{1, 2} { // of two attempts
			left := times
			f.listing = func(body io.Reader) io.Reader {
				if left--; left >= 0 {
					return alter(body)
				}
				return body
			}
			var keys []string
			var failed error
			for o, err := range b.List(t.Context(), "") {
				if err != nil {
					failed = err
					break
				}
				keys = append(keys, o.Key)
			}
			if (failed == nil) != (times == 1) || (failed == nil) != (len(keys) == 10) {
				t.Errorf("%s %d times: %q, %v", fault, times, keys, failed)
			}
		}
	}
}

// An object that is replaced while its body is taken up again is noticed.
func TestS3ChangedWhileRead(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	f := newFront(t, server)
	name := server.Bucket(t)
	b := f.open(t, name, nil)
	o := buckettest.Put(t, b, "k", pattern(1<<20))
	f.body = func(n int, body io.Reader) io.Reader { return cut(body, 1000) }
	r, err := b.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	err = server.Open(t, name).Create(t.Context(), "k", strings.NewReader("new"), bucket.Options{Overwrite: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, bucket.ErrChanged) {
		t.Errorf("got error %v", err)
	}
}

// A server that answers nothing more holds nobody up for ever.
func TestS3Stalls(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	f := newFront(t, server)
	b := f.open(t, server.Bucket(t), func(c *bucket.S3Config) { c.Timeout, c.Attempts = 300*time.Millisecond, 2 })
	o := buckettest.Put(t, b, "k", pattern(1<<20))
	end := make(chan struct{})
	defer close(end)
	stall := func(body io.Reader) io.Reader {
		return io.MultiReader(io.LimitReader(body, 64<<10), readerFunc(func([]byte) (int, error) {
			<-end
			return 0, io.ErrUnexpectedEOF
		}))
	}
	f.body = func(n int, body io.Reader) io.Reader {
		if n == 1 {
			return stall(body)
		}
		return body
	}
	if got, err := buckettest.Read(t.Context(), b, o); err != nil || len(got) != 1<<20 {
		t.Errorf("a body that stalled once: %d bytes, %v", len(got), err)
	}
	f.answer = func(http.ResponseWriter, *http.Request) bool {
		<-end
		return true
	}
	if _, err := b.Open(t.Context(), o); err == nil {
		t.Error("a server that never answers gave an object")
	}
}

// answerError answers as S3 does when something is wrong.
func answerError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>told to</Message><RequestId>1</RequestId></Error>", code)
}

// What passes is tried again, and not for ever.
func TestS3Retries(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	f := newFront(t, server)
	b := f.open(t, name, func(c *bucket.S3Config) { c.Attempts = 2 })
	o := buckettest.Put(t, b, "k", "content")

	refuse := func(times int, status int, code string) (asked *int) {
		asked = new(int)
		f.answer = func(w http.ResponseWriter, r *http.Request) bool {
			*asked++
			if *asked > times {
				return false
			}
			io.Copy(io.Discard, r.Body)
			answerError(w, status, code)
			return true
		}
		return asked
	}
	refuse(1, http.StatusServiceUnavailable, "SlowDown")
	if got, err := buckettest.Read(t.Context(), b, o); err != nil || string(got) != "content" {
		t.Errorf("slowed down once: %q, %v", got, err)
	}
	asked := refuse(100, http.StatusServiceUnavailable, "SlowDown")
	if _, err := buckettest.Read(t.Context(), b, o); err == nil || !strings.Contains(err.Error(), "SlowDown") || *asked != 2 {
		t.Errorf("slowed down: asked %d times, error %v", *asked, err)
	}
	refuse(1, http.StatusConflict, "ConditionalRequestConflict")
	if err := b.Create(t.Context(), "new", strings.NewReader("x"), bucket.Options{}); err != nil {
		t.Errorf("conflict once: %v", err)
	}
	refuse(1, http.StatusConflict, "ConditionalRequestConflict")
	if err := b.Create(t.Context(), "new", strings.NewReader("x"), bucket.Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("conflict over a key that is taken: %v", err)
	}
	asked = refuse(100, http.StatusForbidden, "AccessDenied")
	if _, err := b.Open(t.Context(), o); err == nil || *asked != 1 {
		t.Errorf("denied: asked %d times, error %v", *asked, err)
	}
}

// A bucket elsewhere is told with its region.
func TestS3OtherRegion(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-central-1")
		answerError(w, http.StatusMovedPermanently, "PermanentRedirect")
	}))
	defer server.Close()
	if err, hint := listError(t, "b", (&s3test.Server{URL: server.URL}).Config()); !strings.Contains(hint, "eu-central-1") {
		t.Errorf("%v, hint %q", err, hint)
	}
}

// Keys that XML cannot hold come URL-encoded from servers that can do it.
func TestS3EncodedKeys(t *testing.T) {
	t.Parallel()
	const page = `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
<Contents><Key>a+b%2Bc%0A%01%25/x</Key><Size>3</Size><ETag>&quot;e&quot;</ETag></Contents></ListBucketResult>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("encoding-type") != "url" {
			t.Error("no encoding was asked for")
		}
		io.WriteString(w, page)
	}))
	defer server.Close()
	b, err := bucket.OpenS3(t.Context(), "b", (&s3test.Server{URL: server.URL}).Config())
	if err != nil {
		t.Fatal(err)
	}
	for o, err := range b.List(t.Context(), "") {
		if want := (bucket.Object{Key: "a b+c\n\x01%/x", Size: 3, ETag: "e"}); err != nil || o != want {
			t.Errorf("got %+v, %v, want %+v", o, err, want)
		}
	}
}

// Look-alikes that ignore If-Match are found out by the answer's ETag.
func TestS3IgnoredCondition(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"other"`)
		io.WriteString(w, "abc")
	}))
	defer server.Close()
	b, err := bucket.OpenS3(t.Context(), "b", (&s3test.Server{URL: server.URL}).Config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(t.Context(), bucket.Object{Key: "k", Size: 3, ETag: "e"}); !errors.Is(err, bucket.ErrChanged) {
		t.Errorf("got error %v", err)
	}
}
