package stage_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/stage"
)

// What was fetched is fetched once: a second run reads it from the cache, as long as the object is what it
// was and there is room. What was used longest ago goes first; what is not the cache's stays.
func TestCache(t *testing.T) {
	b := &watched{Bucket: bucket.NewMemory()}
	wants := feed(t, b, 6)
	dir := filepath.Join(t.TempDir(), "cache")
	o := stage.Options{Dir: filepath.Join(t.TempDir(), "temp"), Cache: &stage.Cache{Dir: dir, Bytes: 1000, Bucket: "b"}}
	fetch := func(want int64, wants ...stage.Want) {
		t.Helper()
		b.opens.Store(0)
		at := 0
		for p, err := range stage.Fetch(t.Context(), b, wants, o) {
			if err != nil {
				t.Fatal(err)
			}
			text := make([]byte, p.Size)
			if _, err := p.File.ReadAt(text, 0); err != nil || len(text) != 100 {
				t.Errorf("%s holds %q, %v", p.Key, text, err)
			}
			p.Close()
			at++
		}
		if n := b.opens.Load(); n != want || at != len(wants) {
			t.Errorf("%d parts, %d fetched, want %d", at, n, want)
		}
	}
	fetch(6, wants...)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	fetch(0, wants...)

	// Another object under the key, and one whose kept part was cut off.
	b.Bucket.(*bucket.Memory).Remove(wants[0].Key)
	buckettest.Put(t, b, wants[0].Key, strings.Repeat("another", 15)[:100])
	fetch(1, wants...)
	kept, _ := filepath.Glob(filepath.Join(dir, "*.part"))
	if len(kept) != 7 {
		t.Fatalf("kept %v", kept)
	}
	for _, path := range kept {
		if err := os.Truncate(path, 50); err != nil {
			t.Fatal(err)
		}
	}
	fetch(6, wants...)

	// Another bucket knows none of them; then there is room for three, and the last used stay.
	o.Cache.Bucket = "c"
	fetch(6, wants...)
	fetch(0, wants...)
	mine := filepath.Join(dir, "mine.txt")
	old := filepath.Join(dir, "fetching-123")
	for _, path := range []string{mine, old} {
		if err := os.WriteFile(path, make([]byte, 5000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-48*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	o.Cache.Bytes, o.Cache.Bucket = 300, "d"
	fetch(6, wants...)
	if kept, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(kept) != 3 {
		t.Errorf("kept %v", kept)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("what a crash left is still there")
	}
	// A part that is larger than the cache is not kept.
	o.Cache.Bytes = 99
	fetch(1, wants[0])
	fetch(1, wants[0])
	if left, _ := filepath.Glob(filepath.Join(dir, "fetching-*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// A cache that cannot be used is this machine's trouble, not a part's, and named as what it is.
func TestCacheCannotBeMade(t *testing.T) {
	b := bucket.NewMemory()
	wants := feed(t, b, 1)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := stage.Options{Dir: t.TempDir(), Cache: &stage.Cache{Dir: filepath.Join(file, "cache"), Bytes: 1000, Bucket: "b"}}
	for p, err := range stage.Fetch(t.Context(), b, wants, o) {
		var temp *stage.TempError
		if p != nil || !errors.As(err, &temp) || !strings.Contains(err.Error(), "keep it in the cache") || !strings.Contains(temp.Hint(), "--cache") {
			t.Errorf("%v, %v", p, err)
		}
	}
}

// Clear leaves what is not the cache's, and what is being read is read to its end.
func TestCacheIsCleared(t *testing.T) {
	b := &watched{Bucket: bucket.NewMemory()}
	wants := feed(t, b, 3)
	dir := t.TempDir()
	c := &stage.Cache{Dir: dir, Bytes: 1000, Bucket: "b"}
	for range 2 {
		for p, err := range stage.Fetch(t.Context(), b, wants, stage.Options{Ahead: 1, Workers: 1, Cache: c}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Clear(); err != nil {
				t.Error(err)
			}
			if _, err := p.File.ReadAt(make([]byte, p.Size), 0); err != nil {
				t.Error(err)
			}
			p.Close()
		}
	}
	if _, err := c.Clear(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fetching-123", strings.Repeat("a", 64) + ".part", "mine.part"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := c.Clear(); n != 2 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 || filepath.Base(left[0]) != "mine.part" {
		t.Errorf("left %v", left)
	}
	if n, err := (&stage.Cache{Dir: filepath.Join(dir, "none")}).Clear(); n != 0 || err != nil {
		t.Errorf("cleared %d of nothing, %v", n, err)
	}
}
