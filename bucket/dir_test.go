package bucket_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
)

func openDir(t *testing.T) (*bucket.Dir, string) {
	t.Helper()
	root := t.TempDir()
	b, err := bucket.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	return b, root
}

func TestDir(t *testing.T) {
	buckettest.Run(t, func(t *testing.T) bucket.Bucket {
		b, _ := openDir(t)
		return b
	})
}

func TestOpenDirOfNoDirectory(t *testing.T) {
	root := t.TempDir()
	if _, err := bucket.OpenDir(filepath.Join(root, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.OpenDir(file); err == nil {
		t.Error("a file was opened as a directory")
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDirLinks(t *testing.T) {
	b, root := openDir(t)
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	buckettest.Put(t, b, "a/k", "inside")
	for _, l := range [][2]string{
		{"k", "a/in"},    // stays inside
		{"a", "folder"},  // stays inside
		{"..", "a/ring"}, // has no end
		{filepath.Join(outside, "secret"), "a/absolute"}, // leads out
		{"../../../../../../../../etc/passwd", "a/up"},   // leads out
		{outside, "out"}, // leads out
		{"nowhere", "a/broken"},
	} {
		if err := os.Symlink(l[0], filepath.Join(root, l[1])); err != nil {
			t.Fatal(err)
		}
	}
	readable := map[string]bool{"a/k": true, "a/in": true, "folder/k": true, "folder/in": true}
	var seen []string
	for o, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, o.Key)
		content, err := buckettest.Read(t.Context(), b, o)
		f, fileErr := b.OpenFile(t.Context(), o)
		if fileErr == nil {
			f.Close()
		}
		if readable[o.Key] {
			if err != nil || fileErr != nil || string(content) != "inside" {
				t.Errorf("%q gave %q, %v, %v", o.Key, content, err, fileErr)
			}
		} else if err == nil || fileErr == nil || !strings.Contains(err.Error(), o.Key) {
			t.Errorf("%q gave %q, %v, %v", o.Key, content, err, fileErr)
		}
	}
	want := []string{"a/absolute", "a/broken", "a/in", "a/k", "a/up",
		"folder/absolute", "folder/broken", "folder/in", "folder/k", "folder/up", "out"}
	if !slices.Equal(seen, want) {
		t.Errorf("listed as %q, want %q", seen, want)
	}
	for _, err := range b.List(t.Context(), "out/") {
		if err == nil {
			t.Error("a folder outside was listed")
		}
	}
	if err := b.Create(t.Context(), "out/new", strings.NewReader("x"), bucket.Options{}); err == nil {
		t.Error("an object was created outside")
	}
	if got := files(t, outside); !slices.Equal(got, []string{"secret"}) {
		t.Errorf("the folder outside holds %q", got)
	}
}

func TestDirKeysThatLeadOut(t *testing.T) {
	b, root := openDir(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(root), "beside"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := buckettest.Put(t, b, "a/k", "x")
	for _, key := range []string{"../beside", "a/../../beside", "a/../a/k", "/etc/passwd", "./a/k", "a//k", "a/k/", ".", "a/", "a\x00"} {
		o.Key = key
		if _, err := b.Open(t.Context(), o); err == nil {
			t.Errorf("%q was opened", key)
		}
		if err := b.Create(t.Context(), key, strings.NewReader("x"), bucket.Options{Overwrite: true}); err == nil {
			t.Errorf("%q was created", key)
		}
		for got, err := range b.List(t.Context(), key) {
			if key != "." && key != "a/" {
				t.Errorf("prefix %q listed %+v, %v", key, got, err)
			}
		}
	}
}

// A file that is altered in place while it is read does not end cleanly.
func TestDirAlteredWhileRead(t *testing.T) {
	b, root := openDir(t)
	o := buckettest.Put(t, b, "k", "12345678")
	r, err := b.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(root, "k"), 6); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, bucket.ErrChanged) {
		t.Fatalf("got %v", err)
	}
}
