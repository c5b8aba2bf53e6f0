package buckettest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"smew/bucket"
)

func testCreateOnce(t *testing.T, b bucket.Bucket) {
	o := Put(t, b, "k", "first")
	err := b.Create(t.Context(), "k", strings.NewReader("second"), bucket.Options{})
	wantError(t, err, fs.ErrExist)
	wantContent(t, b, o, "first")
	wantKeys(t, Keys(t, b, ""), "k")
}

func testOneWins(t *testing.T, b bucket.Bucket)      { oneWins(t, b, 8, 0) }
func testOneWinsLarge(t *testing.T, b bucket.Bucket) { oneWins(t, b, 3, large) }

// oneWins has creators at work on one object at once, which is padded by some bytes.
func oneWins(t *testing.T, b bucket.Bucket, creators int, padding int64) {
	errs := make([]error, creators)
	// All have read their sources to the end before any of them comes to an end.
	var read sync.WaitGroup
	read.Add(creators)
	content := func(i int) io.Reader { return strings.NewReader(fmt.Sprint("creator ", i)) }
	var wg sync.WaitGroup
	for i := range creators {
		wg.Go(func() {
			source := io.MultiReader(content(i), io.LimitReader(zeros{}, padding), &together{all: &read})
			errs[i] = b.Create(t.Context(), "manifests/sync_1.json", source, bucket.Options{})
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("creators %d and %d both won", winner, i)
		case err == nil:
			winner = i
		default:
			wantError(t, err, fs.ErrExist)
		}
	}
	if winner < 0 {
		t.Fatal("no creator won")
	}
	o, err := bucket.Stat(t.Context(), b, "manifests/sync_1.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := io.ReadAll(io.MultiReader(content(winner), io.LimitReader(zeros{}, padding)))
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, b, o, string(want))
}

// together is an empty source that ends once it is asked of all.
type together struct {
	all  *sync.WaitGroup
	once sync.Once
}

func (g *together) Read([]byte) (int, error) {
	g.once.Do(g.all.Done)
	g.all.Wait()
	return 0, io.EOF
}

func testOverwrite(t *testing.T, b bucket.Bucket) {
	first := Put(t, b, "k", "first")
	for _, content := range []string{"second, which is longer", "3rd"} {
		err := b.Create(t.Context(), "k", strings.NewReader(content), bucket.Options{Overwrite: true, ContentType: "text/plain"})
		if err != nil {
			t.Fatal(err)
		}
		o, err := bucket.Stat(t.Context(), b, "k")
		if err != nil {
			t.Fatal(err)
		}
		if o.ETag == first.ETag {
			t.Fatal("the ETag is that of the replaced object")
		}
		wantContent(t, b, o, content)
	}
	if err := b.Create(t.Context(), "new", strings.NewReader("x"), bucket.Options{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, Keys(t, b, ""), "k", "new")
}

// testReplace has several replace one object at once: one does.
func testReplace(t *testing.T, b bucket.Bucket) {
	replace := func(etag, content string) error {
		return b.Create(t.Context(), "a/k", strings.NewReader(content), bucket.Options{Replaces: etag})
	}
	wantError(t, replace("none", "x"), bucket.ErrChanged)
	first := Put(t, b, "a/k", "first")
	results := make([]error, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { results[i] = replace(first.ETag, fmt.Sprint("number ", i)) })
	}
	wg.Wait()
	winner := -1
	for i, err := range results {
		if err == nil && winner >= 0 {
			t.Fatalf("%d and %d both replaced one object", winner, i)
		} else if err == nil {
			winner = i
		} else {
			wantError(t, err, bucket.ErrChanged)
		}
	}
	if winner < 0 {
		t.Fatal("nobody replaced the object")
	}
	o, err := bucket.Stat(t.Context(), b, "a/k")
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, b, o, fmt.Sprint("number ", winner))
	wantError(t, replace(first.ETag, "late"), bucket.ErrChanged)
}

func testFailingSource(t *testing.T, b bucket.Bucket) {
	broken := errors.New("the source broke")
	for _, size := range []int64{0, 100, large} {
		source := func() io.Reader {
			return io.MultiReader(io.LimitReader(zeros{}, size), iotest.ErrReader(broken))
		}
		wantError(t, b.Create(t.Context(), "folder/k", source(), bucket.Options{}), broken)
		wantKeys(t, Keys(t, b, ""))
	}
	o := Put(t, b, "kept", "former")
	for _, size := range []int64{3, large} {
		source := io.MultiReader(io.LimitReader(zeros{}, size), iotest.ErrReader(broken))
		wantError(t, b.Create(t.Context(), "kept", source, bucket.Options{Overwrite: true}), broken)
		wantContent(t, b, o, "former")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
