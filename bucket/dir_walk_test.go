package bucket

import (
	"io/fs"
	"testing"
)

// A listing descends only into folders that can hold its prefix.
func TestWalkMatches(t *testing.T) {
	for _, c := range []struct {
		prefix, key string
		mode        fs.FileMode
		want        bool
	}{
		{"", "sync_1", fs.ModeDir, true},
		{"sync_1/users/", "sync_1", fs.ModeDir, true},
		{"sync_1/users/", "sync_1", fs.ModeSymlink, true},
		{"sync_1/users/", "sync_1", 0, false},
		{"sync_1/users/", "sync_10", fs.ModeDir, false},
		{"sync_1/users/", "sync", fs.ModeDir, false},
		{"sync_1/us", "sync_1/users", fs.ModeDir, true},
		{"sync_1/us", "sync_1/sessions", fs.ModeDir, false},
		{"sync_1/us", "sync_1/us", 0, true},
		{"sync_1/us", "sync_1/u", 0, false},
	} {
		w := walk{prefix: c.prefix}
		if got := w.matches(c.key, c.mode); got != c.want {
			t.Errorf("prefix %q, %v %q: %v, want %v", c.prefix, c.mode, c.key, got, c.want)
		}
	}
}
