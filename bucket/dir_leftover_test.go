package bucket

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func noUnnamed(*os.Root, string) *os.File { return nil }

// While an object is made nothing else is to be seen, or, without files that have no name, a temporary file; afterwards there is none.
func TestDirTemporaryFiles(t *testing.T) {
	for name, how := range map[string]func(*os.Root, string) *os.File{"unnamed": unnamed, "named": noUnnamed} {
		root := t.TempDir()
		b, err := OpenDir(root)
		if err != nil {
			t.Fatal(err)
		}
		b.unnamed = how
		during := 1
		if f := openFolder(t, root); how(f, ".") == nil {
			during = 2
		}
		put := func(text string, overwrite bool) error {
			return b.Create(t.Context(), "a/k", strings.NewReader(text), Options{Overwrite: overwrite})
		}
		if err := errors.Join(put("w", true), put("x", true)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := put("y", false); !errors.Is(err, fs.ErrExist) {
			t.Fatalf("%s: %v", name, err)
		}
		source, write := io.Pipe()
		done := make(chan error)
		go func() { done <- b.Create(t.Context(), "a/l", source, Options{}) }()
		if _, err := write.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		if got := namesIn(t, filepath.Join(root, "a")); len(got) != during {
			t.Fatalf("%s: while creating, the folder holds %q", name, got)
		}
		for o, err := range b.List(t.Context(), "a/") {
			if err != nil || o.Key != "a/k" {
				t.Fatalf("%s: while creating, listed %q, %v", name, o.Key, err)
			}
		}
		write.CloseWithError(errors.New("broken"))
		if err := <-done; err == nil {
			t.Fatalf("%s: a broken source made an object", name)
		}
		if got := namesIn(t, filepath.Join(root, "a")); !slices.Equal(got, []string{"k"}) {
			t.Fatalf("%s: afterwards, the folder holds %q", name, got)
		}
		if text, err := os.ReadFile(filepath.Join(root, "a", "k")); err != nil || string(text) != "x" {
			t.Fatalf("%s: %q, %v", name, text, err)
		}
		info, err := os.Stat(filepath.Join(root, "a", "k"))
		if err != nil || info.Mode().Perm()&0o044 == 0 {
			t.Errorf("%s: others cannot read what was written: %v, %v", name, info.Mode(), err)
		}
		// Whoever comes while it is made has won.
		source, write = io.Pipe()
		go func() { done <- b.Create(t.Context(), "a/m", source, Options{}) }()
		if _, err := write.Write([]byte("late")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "a", "m"), []byte("first"), 0o600); err != nil {
			t.Fatal(err)
		}
		write.Close()
		if err := <-done; !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", name, err)
		}
		if got := namesIn(t, filepath.Join(root, "a")); !slices.Equal(got, []string{"k", "m"}) {
			t.Errorf("%s: afterwards, the folder holds %q", name, got)
		}
	}
}

// What a killed process has left of a file goes, and nothing else does.
func TestDirGivesUpFiles(t *testing.T) {
	root := t.TempDir()
	b, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.GiveUpUploads(t.Context(), "none/k"); err != nil {
		t.Error(err)
	}
	kept := []string{tempName("other") + "1", "k", ".smew-tmp-1", "kk"}
	for _, name := range append(kept, tempName("k")+"1", tempName("k")+"2") {
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.GiveUpUploads(t.Context(), "k"); err != nil {
		t.Error(err)
	}
	slices.Sort(kept)
	if got := namesIn(t, root); !slices.Equal(got, kept) {
		t.Errorf("%q is left, want %q", got, kept)
	}
}

func openFolder(t *testing.T, path string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func namesIn(t *testing.T, dir string) []string {
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
