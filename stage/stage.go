// Package stage brings the parts of a dump to this machine before they are
// decoded: fetched whole, a bounded stretch ahead, and their bytes checked
// (R12). A directory's parts are read where they are.
package stage

import (
	"context"
	"fmt"
	"iter"
	"os"

	"smew/bucket"
)

// Want is one part to fetch.
type Want struct {
	Table string
	Place int    // in the manifest's list for the table, from 1 on
	Key   string // in the bucket
}

// Part is a part that was fetched.
type Part struct {
	Want
	Object bucket.Object
	// File holds the whole part; read it with ReadAt.
	File *os.File
	Size int64 // bytes in File

	remove string // path to remove when closing; "" when nothing is there
}

// Close closes the file, which ends it if it is a temporary one.
func (p *Part) Close() error {
	err := p.File.Close()
	if p.remove != "" {
		if e := os.Remove(p.remove); err == nil {
			err = e
		}
		p.remove = ""
	}
	return err
}

// Options of Fetch. The zero value will do.
type Options struct {
	// Dir holds the temporary files, which only this user can read, and is made,
	// for this user only, where it is missing; "" is the system's. A crash leaves
	// nothing in it where files can be removed while they are open.
	Dir string
	// Ahead is how many parts are fetched before they are asked for; 0 is 16.
	Ahead int
	// AheadBytes is how many bytes these have at most, a larger part being
	// fetched alone; 0 is 1 GiB.
	AheadBytes int64
	// Workers fetch or list at the same time; 0 is 4.
	Workers int
	// Cache keeps what was fetched; nil: nothing is kept.
	Cache *Cache
	// Progress is told how many bytes came in, from several goroutines.
	Progress func(bytes int64)
}

func (o Options) withDefaults() Options {
	if o.Ahead <= 0 {
		o.Ahead = 16
	}
	if o.AheadBytes <= 0 {
		o.AheadBytes = 1 << 30
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	return o
}

// Error names the part that could not be fetched. It wraps fs.ErrNotExist,
// bucket.ErrChanged or bucket.ErrCorrupt where it is one of these.
type Error struct {
	Key string
	Err error
}

func (e *Error) Error() string { return fmt.Sprintf("fetch part %q: %v", e.Key, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// TempError says that this machine has no place for a part, which is no fault of the part's.
type TempError struct {
	Err   error
	Cache bool // the place is Options.Cache; else Options.Dir
}

func (e *TempError) Error() string {
	if e.Cache {
		return "keep it in the cache: " + e.Err.Error()
	}
	return "keep it in a temporary file: " + e.Err.Error()
}

func (e *TempError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *TempError) Hint() string {
	if e.Cache {
		return "make room there, lower --cache-size, or name another folder by --cache"
	}
	return "make room there, or name another folder by --temp-dir: up to 1 GB of parts is fetched ahead, or one part if it is larger"
}

// Fetch yields the wanted parts in the order of wants. Their sizes and ETags
// come from one listing of each folder they lie in. The first error, in that
// order, is yielded with no part and ends the sequence.
//
// Fetching begins with the loop (or with the first call of iter.Pull2's next)
// and goes on in the background, bounded by o, while the loop does other
// things. The loop closes each part it is given. Leaving the loop or cancelling
// ctx ends all goroutines and removes what was not yielded.
func Fetch(ctx context.Context, b bucket.Bucket, wants []Want, o Options) iter.Seq2[*Part, error] {
	return func(yield func(*Part, error) bool) {
		if len(wants) == 0 {
			return
		}
		o := o.withDefaults()
		if err := makeDir(b, o.Dir); err != nil {
			yield(nil, err)
			return
		}
		if _, local := b.(bucket.Local); o.Cache != nil && !local {
			if err := os.MkdirAll(o.Cache.Dir, 0o700); err != nil {
				yield(nil, &TempError{Err: fmt.Errorf("make folder: %w", err), Cache: true})
				return
			}
		}
		ctx, cancel := context.WithCancel(ctx)
		f := newFetch(ctx, b, wants, o)
		f.start()
		defer f.drain() // last, after the goroutines ended
		defer f.wg.Wait()
		defer cancel()
		f.yieldAll(yield)
	}
}

// makeDir makes the folder for temporary files, if any are needed. In the system's own they need none of
// theirs, which a crash would leave.
func makeDir(b bucket.Bucket, dir string) error {
	if _, local := b.(bucket.Local); local || dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &TempError{Err: fmt.Errorf("make folder: %w", err)}
	}
	return nil
}
