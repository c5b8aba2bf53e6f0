package stage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"smew/bucket"
)

// Cache keeps parts that were fetched whole and checked in a folder, so that a load which was
// killed does not fetch them again. A part is known by its bucket, key, ETag and size. Those
// that were used longest ago go when there are too many bytes; a crash leaves whole parts, and files
// that an hour later are removed.
type Cache struct {
	Dir    string // made, for this user only, where it is missing
	Bytes  int64  // at most; a larger part is not kept
	Bucket string // tells buckets apart: endpoint and name
}

// own are the names of files that are the cache's; whatever else lies in its folder stays.
var own = regexp.MustCompile(`^[0-9a-f]{64}\.part$|^fetching-[0-9]+$`)

// stale is the age at which a file that was being fetched is left from a crash.
const stale = time.Hour

func (c *Cache) path(o bucket.Object) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", c.Bucket, o.Key, o.ETag, o.Size))
	return filepath.Join(c.Dir, hex.EncodeToString(sum[:])+".part")
}

// open returns a kept part, nil if there is none.
func (c *Cache) open(o bucket.Object) *os.File {
	path := c.path(o)
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() != o.Size {
		file.Close()
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // a part that seems older than it is goes earlier, no more
	return file
}

// keep puts a file that was fetched whole into its place and makes room. The file stays open and good
// whatever becomes of its name. An error is a *TempError.
func (c *Cache) keep(file *os.File, o bucket.Object) error {
	err := file.Sync()
	if err == nil {
		err = os.Rename(file.Name(), c.path(o))
		if errors.Is(err, fs.ErrNotExist) {
			return nil // Clear took it
		}
	}
	if err == nil {
		err = c.makeRoom()
	}
	if err != nil {
		return &TempError{Err: err, Cache: true}
	}
	return nil
}

// Clear removes all parts of the cache, also those being fetched: who has one open can read on. It returns how many
// files they were; that there is no such folder is none.
func (c *Cache) Clear() (removed int, err error) {
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("clear cache: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !own.MatchString(e.Name()) {
			continue
		}
		err := os.Remove(filepath.Join(c.Dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody else made room
		}
		if err != nil {
			return removed, fmt.Errorf("clear cache: %w", err)
		}
		removed++
	}
	return removed, nil
}

// makeRoom removes what was used longest ago.
func (c *Cache) makeRoom() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return fmt.Errorf("look at it: %w", err)
	}
	var kept []os.FileInfo
	var bytes int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !own.MatchString(e.Name()) {
			continue // gone meanwhile, or not ours
		}
		if strings.HasPrefix(e.Name(), "fetching-") {
			if time.Since(info.ModTime()) > stale {
				os.Remove(filepath.Join(c.Dir, e.Name()))
			}
			continue
		}
		kept = append(kept, info)
		bytes += info.Size()
	}
	slices.SortFunc(kept, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range kept {
		if bytes <= c.Bytes {
			break
		}
		os.Remove(filepath.Join(c.Dir, info.Name())) // somebody else may have done so
		bytes -= info.Size()
	}
	return nil
}
