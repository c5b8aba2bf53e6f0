package stage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
	"smew/stage"
)

// watched counts what is asked of a bucket and can get in its way. It is not
// bucket.Local, so parts are fetched.
type watched struct {
	bucket.Bucket
	lists, opens atomic.Int64
	opening      func(ctx context.Context, o bucket.Object) (io.ReadCloser, error) // nil: as ever
}

func (w *watched) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	w.lists.Add(1)
	return w.Bucket.List(ctx, prefix)
}

func (w *watched) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	w.opens.Add(1)
	if w.opening != nil {
		return w.opening(ctx, o)
	}
	return w.Bucket.Open(ctx, o)
}

func content(i int) string { return strings.Repeat(fmt.Sprintf("%04d|", i), 20) } // 100 bytes

// feed fills b with n parts of 100 bytes in two tables.
func feed(t *testing.T, b bucket.Bucket, n int) []stage.Want {
	t.Helper()
	var wants []stage.Want
	for i := range n {
		want := stage.Want{Table: []string{"users", "event é"}[i%2], Place: i/2 + 1}
		want.Key = fmt.Sprintf("feed/sync_1/%s/part-%05d.avro", want.Table, i)
		err := b.Create(t.Context(), want.Key, strings.NewReader(content(i)), bucket.Options{})
		if err != nil {
			t.Fatal(err)
		}
		wants = append(wants, want)
	}
	buckettest.Put(t, b, "feed/sync_1/users/part-foreign", "x")
	return wants
}

func wantPart(t *testing.T, p *stage.Part, want stage.Want, content string) {
	t.Helper()
	got := make([]byte, p.Size)
	if _, err := p.File.ReadAt(got, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	if p.Want != want || p.Object.Key != want.Key || string(got) != content {
		t.Fatalf("got part %+v of %+v holding %q, want %+v holding %q", p.Want, p.Object, got, want, content)
	}
}

func isEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if len(entries) > 0 {
		t.Errorf("%d temporary files are left", len(entries))
	}
}

// Parts come in the order of wants however long each takes, and none is left
// behind.
func TestFetch(t *testing.T) {
	const parts = 40
	dirBucket, err := bucket.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]bucket.Bucket{"memory": bucket.NewMemory(), "directory": dirBucket} {
		wants := feed(t, b, parts)
		for _, o := range []stage.Options{
			{}, {Workers: 1, Ahead: 1}, {Workers: 8, Ahead: 3}, {Ahead: 100, AheadBytes: 250}, {AheadBytes: 7},
		} {
			t.Run(fmt.Sprintf("%s/%d workers, %d ahead, %d bytes", name, o.Workers, o.Ahead, o.AheadBytes), func(t *testing.T) {
				o.Dir = filepath.Join(t.TempDir(), "parts")
				var progress atomic.Int64
				o.Progress = func(n int64) { progress.Add(n) }
				i := 0
				for p, err := range stage.Fetch(t.Context(), b, wants, o) {
					if err != nil {
						t.Fatal(err)
					}
					wantPart(t, p, wants[i], content(i))
					if err := p.Close(); err != nil {
						t.Fatal(err)
					}
					i++
				}
				if i != parts || progress.Load() != parts*100 {
					t.Fatalf("%d parts and %d bytes came", i, progress.Load())
				}
				isEmpty(t, o.Dir)
			})
		}
	}
}

func TestFetchFromS3(t *testing.T) {
	server := s3test.Start(t)
	b := server.Open(t, server.Bucket(t))
	wants := feed(t, b, 20)
	dir := t.TempDir()
	wants = append(wants, stage.Want{Key: "feed/sync_1/users/missing"})
	checkEnd(t, stage.Fetch(t.Context(), b, wants, stage.Options{Dir: dir}), wants, 20, fs.ErrNotExist)
	isEmpty(t, dir)
}

func TestFetchSlowParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &watched{Bucket: bucket.NewMemory()}
		wants := feed(t, b, 50)
		b.opening = func(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			time.Sleep(time.Duration(rand.N(1000)) * time.Millisecond)
			return b.Bucket.Open(ctx, o)
		}
		i := 0
		for p, err := range stage.Fetch(t.Context(), b, wants, stage.Options{Dir: t.TempDir()}) {
			if err != nil {
				t.Fatal(err)
			}
			wantPart(t, p, wants[i], content(i))
			p.Close()
			i++
		}
		if i != len(wants) {
			t.Fatalf("%d parts came", i)
		}
	})
}

func TestFetchNothing(t *testing.T) {
	for range stage.Fetch(t.Context(), bucket.NewMemory(), nil, stage.Options{}) {
		t.Fatal("something came")
	}
}

// One listing serves all parts of a folder.
func TestFetchLists(t *testing.T) {
	b := &watched{Bucket: bucket.NewMemory()}
	var wants []stage.Want
	for i := range 1_000 {
		key := fmt.Sprintf("sync_1/table_%d/part-%05d", i%10, i)
		if err := b.Create(t.Context(), key, strings.NewReader("x"), bucket.Options{}); err != nil {
			t.Fatal(err)
		}
		wants = append(wants, stage.Want{Key: key})
	}
	for p, err := range stage.Fetch(t.Context(), b, wants, stage.Options{Dir: t.TempDir()}) {
		if err != nil {
			t.Fatal(err)
		}
		p.Close()
	}
	if n := b.lists.Load(); n != 10 {
		t.Errorf("%d listings", n)
	}
}

// The loop may rest on a part while others are fetched, but only so many.
func TestFetchAhead(t *testing.T) {
	for _, c := range []struct {
		o     stage.Options
		opens int64 // while the loop has the first part
	}{
		{stage.Options{Ahead: 5, Workers: 2}, 1 + 5},
		{stage.Options{Ahead: 5, Workers: 20}, 1 + 5},
		{stage.Options{Ahead: 1, Workers: 4}, 1 + 1},
		{stage.Options{Ahead: 20, Workers: 4, AheadBytes: 399}, 1 + 3},
		{stage.Options{Ahead: 20, Workers: 4, AheadBytes: 50}, 1 + 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &watched{Bucket: bucket.NewMemory()}
			wants := feed(t, b, 30)
			c.o.Dir = t.TempDir()
			for p, err := range stage.Fetch(t.Context(), b, wants, c.o) {
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				p.Close()
				break
			}
			if n := b.opens.Load(); n != c.opens {
				t.Errorf("%+v: %d parts were fetched, want %d", c.o, n, c.opens)
			}
		})
	}
}

// The first error in the order of wants is told, after all parts before it.
func TestFetchErrors(t *testing.T) {
	const bad = 7
	broken := errors.New("broken")
	truncated := func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("short")), nil
	}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, m *bucket.Memory, key string)
		open  func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error)
		want  error
	}{
		{"missing", func(t *testing.T, m *bucket.Memory, key string) { m.Remove(key) }, nil, fs.ErrNotExist},
		{"changed", nil, func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			m.Create(ctx, o.Key, strings.NewReader("new"), bucket.Options{Overwrite: true})
			return m.Open(ctx, o)
		}, bucket.ErrChanged},
		{"removed after the listing", nil, func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			m.Remove(o.Key)
			return m.Open(ctx, o)
		}, fs.ErrNotExist},
		{"truncated", nil, truncated, bucket.ErrCorrupt},
		{"too long", nil, func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(strings.Repeat("x", 200))), nil
		}, bucket.ErrCorrupt},
		{"broken", nil, func(m *bucket.Memory, ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			return nil, broken
		}, broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := bucket.NewMemory()
			wants := feed(t, m, 20)
			if c.spoil != nil {
				c.spoil(t, m, wants[bad].Key)
			}
			b := &watched{Bucket: m}
			b.opening = func(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
				if c.open != nil && o.Key == wants[bad].Key {
					return c.open(m, ctx, o)
				}
				return m.Open(ctx, o)
			}
			dir := t.TempDir()
			checkEnd(t, stage.Fetch(t.Context(), b, wants, stage.Options{Dir: dir}), wants, bad, c.want)
			isEmpty(t, dir)
		})
	}
}

// checkEnd wants all parts before bad, then one error that names bad.
func checkEnd(t *testing.T, parts iter.Seq2[*stage.Part, error], wants []stage.Want, bad int, want error) {
	t.Helper()
	i, ended := 0, false
	for p, err := range parts {
		if ended {
			t.Fatal("something came after the error")
		}
		if i < bad {
			if err != nil {
				t.Fatalf("part %d: %v", i, err)
			}
			wantPart(t, p, wants[i], content(i))
			p.Close()
			i++
			continue
		}
		ended = true
		var named *stage.Error
		if p != nil || !errors.Is(err, want) || !errors.As(err, &named) || named.Key != wants[bad].Key {
			t.Fatalf("got %v, %v, want %v for %q", p, err, want, wants[bad].Key)
		}
	}
	if !ended {
		t.Fatal("no error came")
	}
}

func TestFetchListingFails(t *testing.T) {
	broken := errors.New("broken")
	b := brokenList{bucket.NewMemory(), broken}
	wants := feed(t, b.Memory, 3)
	checkEnd(t, stage.Fetch(t.Context(), b, wants, stage.Options{Dir: t.TempDir()}), wants, 0, broken)
}

type brokenList struct {
	*bucket.Memory
	err error
}

func (b brokenList) List(context.Context, string) iter.Seq2[bucket.Object, error] {
	return func(yield func(bucket.Object, error) bool) { yield(bucket.Object{}, b.err) }
}

// The folder for temporary files is nobody else's, and holds no name that a
// crash would leave.
func TestFetchTemporaryFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files keep their names on Windows")
	}
	b := bucket.NewMemory()
	wants := feed(t, b, 3)
	dir := filepath.Join(t.TempDir(), "a", "parts")
	var parts []*stage.Part
	for p, err := range stage.Fetch(t.Context(), b, wants, stage.Options{Dir: dir}) {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	isEmpty(t, dir)
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
	for i, p := range parts { // they stay readable until they are closed
		wantPart(t, p, wants[i], content(i))
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Without a folder given, one is made and removed.
func TestFetchOwnFolder(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	b := bucket.NewMemory()
	for p, err := range stage.Fetch(t.Context(), b, feed(t, b, 3), stage.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		p.Close()
	}
	isEmpty(t, temp)
}
