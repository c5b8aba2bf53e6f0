package poll

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long Watch gathers what happens before it calls: a dump comes as several files.
const settle = 200 * time.Millisecond

// Watch calls wake when something happens in the named folders below dir, which must exist, or below
// those, until ctx ends. It is a hint and no more: a file system of the network may not tell.
func Watch(ctx context.Context, dir string, folders []string, wake func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	defer watcher.Close()
	if err := watcher.Add(dir); err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	for _, folder := range folders {
		if err := watchBelow(watcher, filepath.Join(dir, folder)); err != nil {
			return fmt.Errorf("watch %s: %w", dir, err)
		}
	}
	timer := time.NewTimer(0)
	<-timer.C
	waiting := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			waiting = false
			wake()
			continue
		case err := <-watcher.Errors: // events were lost, say: so it may be anything
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch %s: %w", dir, err)
			}
		case event := <-watcher.Events:
			if !concerns(event.Name, dir, folders) {
				continue
			}
			if event.Has(fsnotify.Create) { // what it cannot watch, the next look sees
				_ = watchBelow(watcher, event.Name)
			}
		}
		if !waiting {
			waiting = true
			timer.Reset(settle)
		}
	}
}

// concerns tells whether a path is in, or is, one of the folders. Files that are still written have a dot.
func concerns(path, dir string, folders []string) bool {
	rest, err := filepath.Rel(dir, path)
	if err != nil || strings.HasPrefix(filepath.Base(path), ".") {
		return false
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rest), "/")
	return slices.Contains(folders, first)
}

// watchBelow watches a folder and all below it; what is none is passed over.
func watchBelow(watcher *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.IsDir() {
			return err
		}
		return watcher.Add(path)
	})
}
