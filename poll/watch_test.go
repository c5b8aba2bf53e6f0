package poll_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"smew/poll"
)

// TestWatch is told of what comes into the folders, also into those that are made later, and of nothing else.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "manifests"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	woken := make(chan struct{}, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- poll.Watch(ctx, dir, []string{"manifests", "sync_reports"}, func() { woken <- struct{}{} })
	}()
	write := func(path string) {
		t.Helper()
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := func(path string) {
		t.Helper()
		for end := time.After(time.Minute); ; {
			write(path)
			select {
			case <-woken:
				return
			case <-time.After(time.Second): // the watch may not have begun
			case <-end:
				t.Fatalf("nobody was told of %s", path)
			}
		}
	}
	told("manifests/a.json")
	told("manifests/deep/b.json")
	told("sync_reports/c.json")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := poll.Watch(t.Context(), filepath.Join(dir, "none"), nil, nil); err == nil {
		t.Error("a folder that is not there was watched")
	}
}
