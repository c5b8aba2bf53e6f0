package stage

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"smew/bucket"
)

// folders looks wanted keys up by listing, one listing for each folder that
// holds any, which is far less than a request for each key.
type folders struct {
	all    []*folder // in the order in which they are wanted
	byName map[string]*folder
	next   atomic.Int64 // the first of all that nobody lists yet
}

// folder is the wanted part of one folder.
type folder struct {
	prefix  string                   // begins all wanted keys
	objects map[string]bucket.Object // by wanted key; Key is "" until found
	listed  chan struct{}            // closed when objects and err are final
	err     error
}

func newFolders(wants []Want) *folders {
	l := &folders{byName: map[string]*folder{}}
	for _, want := range wants {
		name := folderOf(want.Key)
		f := l.byName[name]
		if f == nil {
			f = &folder{prefix: want.Key, objects: map[string]bucket.Object{}, listed: make(chan struct{})}
			l.byName[name] = f
			l.all = append(l.all, f)
		}
		f.prefix = commonPrefix(f.prefix, want.Key)
		f.objects[want.Key] = bucket.Object{}
	}
	return l
}

// folderOf is all up to the last "/".
func folderOf(key string) string { return key[:strings.LastIndexByte(key, '/')+1] }

// commonPrefix does not cut a character in two.
func commonPrefix(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}

// list lists folders until none is left. Several may do so at once.
func (l *folders) list(ctx context.Context, b bucket.Bucket) {
	for {
		i := int(l.next.Add(1)) - 1
		if i >= len(l.all) {
			return
		}
		l.all[i].err = l.all[i].list(ctx, b)
		close(l.all[i].listed)
	}
}

// list ends as soon as all that is wanted was found.
func (f *folder) list(ctx context.Context, b bucket.Bucket) error {
	missing := len(f.objects)
	for o, err := range b.List(ctx, f.prefix) {
		if err != nil {
			return err
		}
		if found, wanted := f.objects[o.Key]; !wanted || found.Key != "" {
			continue
		}
		f.objects[o.Key] = o
		if missing--; missing == 0 {
			break
		}
	}
	return nil
}

// find waits until the key's folder is listed. A key that is not in it gives
// fs.ErrNotExist.
func (l *folders) find(ctx context.Context, key string) (bucket.Object, error) {
	f := l.byName[folderOf(key)]
	select {
	case <-f.listed:
	case <-ctx.Done():
		return bucket.Object{}, ctx.Err()
	}
	if o := f.objects[key]; o.Key != "" {
		return o, nil
	}
	if f.err != nil {
		return bucket.Object{}, fmt.Errorf("look it up: %w", f.err)
	}
	return bucket.Object{}, errMissing
}

var errMissing = fmt.Errorf("it is not in the bucket: %w", fs.ErrNotExist)
