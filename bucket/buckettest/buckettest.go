// Package buckettest holds the suite that every kind of bucket must pass.
package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"smew/bucket"
)

// large is the size of an object that goes up in parts where those are of at
// most 5 MiB: two and some more.
const large = 11<<20 + 1

// Run runs the suite. open gives an empty bucket each time it is called.
func Run(t *testing.T, open func(t *testing.T) bucket.Bucket) {
	for _, c := range []struct {
		name string
		test func(*testing.T, bucket.Bucket)
	}{
		{"round trip", testRoundTrip},
		{"empty object", testEmpty},
		{"large object", testLarge},
		{"key order", testKeyOrder},
		{"prefix", testPrefix},
		{"pages", testPages},
		{"listing stopped early", testStopped},
		{"create only if absent", testCreateOnce},
		{"one creator wins", testOneWins},
		{"one creator of a large object wins", testOneWinsLarge},
		{"overwrite", testOverwrite},
		{"replace", testReplace},
		{"failing source", testFailingSource},
		{"missing object", testMissing},
		{"changed object", testChanged},
		{"other size", testOtherSize},
		{"cancelled", testCancelled},
		{"key that is none", testBadKey},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Put creates an object and returns it as the listing shows it.
func Put(t testing.TB, b bucket.Bucket, key, content string) bucket.Object {
	t.Helper()
	if err := b.Create(t.Context(), key, strings.NewReader(content), bucket.Options{}); err != nil {
		t.Fatal(err)
	}
	o, err := bucket.Stat(t.Context(), b, key)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Keys lists the keys below prefix.
func Keys(t testing.TB, b bucket.Bucket, prefix string) []string {
	t.Helper()
	var keys []string
	for o, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// Read returns what o holds, or the first error.
func Read(ctx context.Context, b bucket.Bucket, o bucket.Object) ([]byte, error) {
	r, err := b.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func wantContent(t *testing.T, b bucket.Bucket, o bucket.Object, want string) {
	t.Helper()
	got, err := Read(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatalf("%q holds %d bytes %.40q, want %d bytes %.40q", o.Key, len(got), got, len(want), want)
	}
}

func wantKeys(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("keys\n got %q\nwant %q", got, want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want one that wraps %v", err, want)
	}
}

func testRoundTrip(t *testing.T, b bucket.Bucket) {
	o := Put(t, b, "sync_1/users/part-00000.avro", "some bytes")
	if o.Key != "sync_1/users/part-00000.avro" || o.Size != 10 || o.ETag == "" || strings.Contains(o.ETag, `"`) {
		t.Fatalf("listed as %+v", o)
	}
	wantContent(t, b, o, "some bytes")
	data, err := bucket.ReadAll(t.Context(), b, o, 10)
	if err != nil || string(data) != "some bytes" {
		t.Fatalf("ReadAll gave %q, %v", data, err)
	}
	if _, err := bucket.ReadAll(t.Context(), b, o, 9); err == nil {
		t.Fatal("ReadAll gave more than its limit")
	}
}

func testEmpty(t *testing.T, b bucket.Bucket) {
	o := Put(t, b, "empty", "")
	if o.Size != 0 || o.ETag == "" {
		t.Fatalf("listed as %+v", o)
	}
	wantContent(t, b, o, "")
}

// A large object goes up in several parts.
func testLarge(t *testing.T, b bucket.Bucket) {
	content := make([]byte, large)
	rng := rand.NewChaCha8([32]byte{1})
	rng.Read(content)
	// Neither the size nor a way back is known of a stream.
	source := struct{ io.Reader }{bytes.NewReader(content)}
	if err := b.Create(t.Context(), "large", source, bucket.Options{}); err != nil {
		t.Fatal(err)
	}
	o, err := bucket.Stat(t.Context(), b, "large")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back other than the %d that were sent", len(got), len(content))
	}
	other := func() io.Reader { return io.LimitReader(zeros{}, large) }
	wantError(t, b.Create(t.Context(), "large", other(), bucket.Options{}), fs.ErrExist)
	wantContent(t, b, o, string(content))
	if err := b.Create(t.Context(), "large", other(), bucket.Options{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	_, err = Read(t.Context(), b, o)
	wantError(t, err, bucket.ErrChanged)
}

func testKeyOrder(t *testing.T, b bucket.Bucket) {
	want := []string{
		"a b/x", "a!/x", "a%2Fb", "a%20b", "a+b", "a-b", "a-c/x", "a.txt", "a/x", "a/y/z", "a0", "a=1/x",
		"B", "_x", "aa", "event name=é/x", "é", "ÿ/x", "日本/x", "\U0001F986",
	}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(want)) {
		Put(t, b, want[i], want[i])
	}
	slices.Sort(want) // Go compares the bytes
	wantKeys(t, Keys(t, b, ""), want...)
	for o, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		wantContent(t, b, o, o.Key)
	}
}

func testPrefix(t *testing.T, b bucket.Bucket) {
	for _, key := range []string{
		"other", "sync_1/users/p0", "sync_1/users/p1", "sync_1/users_x/p0", "sync_10/users/p0", "sync 1/a+b=%20/é",
	} {
		Put(t, b, key, "")
	}
	wantKeys(t, Keys(t, b, "sync_1/users/"), "sync_1/users/p0", "sync_1/users/p1")
	wantKeys(t, Keys(t, b, "sync_1/users/p1"), "sync_1/users/p1")
	wantKeys(t, Keys(t, b, "sync_1/users"), "sync_1/users/p0", "sync_1/users/p1", "sync_1/users_x/p0")
	wantKeys(t, Keys(t, b, "sync_1"), "sync_1/users/p0", "sync_1/users/p1", "sync_1/users_x/p0", "sync_10/users/p0")
	wantKeys(t, Keys(t, b, "sync 1/a+b=%20/"), "sync 1/a+b=%20/é")
	wantKeys(t, Keys(t, b, "sync 1/a+b= /"))
	wantKeys(t, Keys(t, b, "sync_2/"))
	wantKeys(t, Keys(t, b, "other/"))
	wantKeys(t, Keys(t, b, "/"))
	wantKeys(t, Keys(t, b, "../"))
}

// pageObjects is more than S3 gives in one page.
const pageObjects = 1_100

func testPages(t *testing.T, b bucket.Bucket) {
	want := make([]string, pageObjects)
	for i := range want {
		want[i] = fmt.Sprintf("many/part-%05d", i)
	}
	var next sync.Mutex
	left := slices.Clone(want)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				next.Lock()
				if len(left) == 0 {
					next.Unlock()
					return
				}
				key := left[0]
				left = left[1:]
				next.Unlock()
				if err := b.Create(t.Context(), key, strings.NewReader("x"), bucket.Options{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	Put(t, b, "nany", "")
	wantKeys(t, Keys(t, b, "many/"), want...)
}

func testStopped(t *testing.T, b bucket.Bucket) {
	for _, key := range []string{"a/1", "a/2", "b"} {
		Put(t, b, key, "")
	}
	list := b.List(t.Context(), "")
	for range 2 { // a sequence may be gone through again
		n := 0
		for o, err := range list {
			if err != nil || o.Key != "a/1" {
				t.Fatalf("listing began with %+v, %v", o, err)
			}
			n++
			break
		}
		if n != 1 {
			t.Fatal("the listing is empty")
		}
	}
}

func testMissing(t *testing.T, b bucket.Bucket) {
	o := Put(t, b, "a/k", "x")
	for _, key := range []string{"b", "a/l", "a/k/x", "a"} {
		o.Key = key
		_, err := Read(t.Context(), b, o)
		wantError(t, err, fs.ErrNotExist)
		_, err = bucket.Stat(t.Context(), b, key)
		wantError(t, err, fs.ErrNotExist)
	}
}

func testChanged(t *testing.T, b bucket.Bucket) {
	listed := Put(t, b, "k", "first")
	if err := b.Create(t.Context(), "k", strings.NewReader("other"), bucket.Options{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	_, err := Read(t.Context(), b, listed)
	wantError(t, err, bucket.ErrChanged)
}

// An object that has another size than its listing says is never read to a
// clean end.
func testOtherSize(t *testing.T, b bucket.Bucket) {
	listed := Put(t, b, "k", "12345")
	for _, size := range []int64{0, 4, 6} {
		o := listed
		o.Size = size
		_, err := Read(t.Context(), b, o)
		if !errors.Is(err, bucket.ErrCorrupt) && !errors.Is(err, bucket.ErrChanged) {
			t.Fatalf("size %d: got error %v", size, err)
		}
	}
}

func testCancelled(t *testing.T, b bucket.Bucket) {
	o := Put(t, b, "k", "x")
	ctx, cancel := context.WithCancel(t.Context())
	r, err := b.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	_, err = io.ReadAll(r)
	wantError(t, err, context.Canceled)
	_, err = Read(ctx, b, o)
	wantError(t, err, context.Canceled)
	wantError(t, b.Create(ctx, "l", strings.NewReader("x"), bucket.Options{}), context.Canceled)
	n := 0
	for _, e := range b.List(ctx, "") {
		n++
		wantError(t, e, context.Canceled)
	}
	if n != 1 {
		t.Fatalf("a cancelled listing yields %d times", n)
	}
	wantKeys(t, Keys(t, b, ""), "k")
}

func testBadKey(t *testing.T, b bucket.Bucket) {
	for _, key := range []string{"", strings.Repeat("k", 1025)} {
		if err := b.Create(t.Context(), key, strings.NewReader("x"), bucket.Options{}); err == nil {
			t.Errorf("key %.20q was taken", key)
		}
	}
	wantKeys(t, Keys(t, b, ""))
}
