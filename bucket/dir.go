package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Local is implemented by buckets whose objects are files of this machine, so
// that they can be read in place.
type Local interface {
	// OpenFile opens the file that holds o for reading, refusing what Open
	// refuses: other content than was listed, and links that lead out.
	OpenFile(ctx context.Context, o Object) (*os.File, error)
}

// TempPrefix begins the names of files that Create has not finished. A killed
// process leaves them; List passes over them.
const TempPrefix = ".smew-tmp-"

// Dir is a directory as a bucket: keys are slash-separated paths below it.
//
// Links are followed as long as they are relative and stay inside; one that
// does not is listed, so that reading it can refuse it by name. An ETag is made
// of a file's inode, time and size, so it changes when a file is replaced, and
// also when a feed is copied.
type Dir struct {
	path string // absolute
	// unnamed makes files without a name; it gives nil where there are none.
	unnamed func(root *os.Root, folder string) *os.File
}

// OpenDir takes the directory at root, which must exist, as a bucket.
func OpenDir(root string) (*Dir, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", root, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", root, withoutPath(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open directory %q: it is a file", root)
	}
	return &Dir{path: abs, unnamed: unnamed}, nil
}

// root is opened for each operation: a directory that was swapped for another
// is then seen, and no descriptor is held.
func (d *Dir) root() (*os.Root, error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", d.path, withoutPath(err))
	}
	return root, nil
}

// List implements Bucket. Only folders that can hold the prefix are read.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		root, err := d.root()
		if err != nil {
			yield(Object{}, err)
			return
		}
		defer root.Close()
		w := walk{ctx: ctx, root: root, prefix: prefix, yield: yield}
		folder := prefix[:strings.LastIndexByte(prefix, '/')+1]
		if folder != "" && !fs.ValidPath(strings.TrimSuffix(folder, "/")) {
			return // no file of ours has such a key
		}
		if err := w.start(folder); err != nil && !errors.Is(err, errStop) {
			yield(Object{}, fmt.Errorf("list %q: %w", prefix, err))
		}
	}
}

// errStop says that the loop over a listing was left.
var errStop = errors.New("stop")

// walk goes through the folders of one listing in the order of the keys.
type walk struct {
	ctx    context.Context
	root   *os.Root
	prefix string
	yield  func(Object, error) bool
	above  []fs.FileInfo // the folders from the root to the one being read
}

// start walks folder ("" or ending in "/"), a missing one being empty.
func (w *walk) start(folder string) error {
	for i := range folder {
		if folder[i] != '/' {
			continue
		}
		parent := path.Dir(folder[:i])
		info, err := w.root.Stat(parent)
		if err == nil {
			w.above = append(w.above, info)
		}
	}
	err := w.folder(folder)
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return nil
	}
	return err
}

func (w *walk) folder(folder string) error {
	name := path.Clean(folder) // "." for ""
	dir, err := w.root.Open(name)
	if err != nil {
		return fmt.Errorf("open folder %q: %w", name, withoutPath(err))
	}
	defer dir.Close()
	info, err := dir.Stat()
	if err != nil {
		return fmt.Errorf("open folder %q: %w", name, withoutPath(err))
	}
	if slices.ContainsFunc(w.above, func(up fs.FileInfo) bool { return os.SameFile(up, info) }) {
		return nil // a link to a folder that holds it: its keys would have no end
	}
	w.above = append(w.above, info)
	defer func() { w.above = w.above[:len(w.above)-1] }()

	entries, err := dir.ReadDir(-1)
	if err != nil {
		return fmt.Errorf("read folder %q: %w", name, withoutPath(err))
	}
	for _, e := range w.sorted(folder, entries) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if err := e.visit(w); err != nil {
			return err
		}
	}
	return nil
}

// entry is a file, or a folder when its key ends in "/".
type entry struct {
	key  string
	info fs.FileInfo
}

// sorted gives the entries that match the prefix. A folder sorts as its name
// with "/", which is what its keys begin with: "a-b" comes before "a/x".
func (w *walk) sorted(folder string, entries []fs.DirEntry) []entry {
	var found []entry
	for _, e := range entries {
		key := folder + e.Name()
		if strings.HasPrefix(e.Name(), TempPrefix) || !w.matches(key, e.Type()) {
			continue
		}
		info, err := w.stat(key, e)
		if err != nil {
			continue // removed meanwhile
		}
		switch {
		case info.IsDir():
			found = append(found, entry{key + "/", info})
		case info.Mode().IsRegular(), info.Mode().Type() == fs.ModeSymlink:
			found = append(found, entry{key, info})
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return found
}

// matches tells whether key, or a key below it, can begin with the prefix.
func (w *walk) matches(key string, t fs.FileMode) bool {
	return strings.HasPrefix(key, w.prefix) ||
		(t.IsDir() || t == fs.ModeSymlink) && strings.HasPrefix(w.prefix, key+"/")
}

// stat follows a link, and gives the link itself where it leads nowhere.
func (w *walk) stat(key string, e fs.DirEntry) (fs.FileInfo, error) {
	if e.Type() == fs.ModeSymlink {
		if info, err := w.root.Stat(key); err == nil {
			return info, nil
		}
	}
	return e.Info()
}

func (e entry) visit(w *walk) error {
	if strings.HasSuffix(e.key, "/") {
		err := w.folder(e.key)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		return err
	}
	o := Object{Key: e.key, Size: e.info.Size(), ETag: fileETag(e.info)}
	if !w.yield(o, nil) {
		return errStop
	}
	return nil
}

// Open implements Bucket.
func (d *Dir) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	f, err := d.OpenFile(ctx, o)
	if err != nil {
		return nil, err
	}
	return &fileReader{ctx: ctx, f: f, o: o}, nil
}

// OpenFile implements Local.
func (d *Dir) OpenFile(ctx context.Context, o Object) (*os.File, error) {
	f, err := d.openFile(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open object %q: %w", o.Key, err)
	}
	return f, nil
}

func (d *Dir) openFile(ctx context.Context, o Object) (*os.File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkPath(o.Key); err != nil {
		return nil, err
	}
	root, err := d.root()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	// Looked at before it is opened: opening a pipe would wait for its writer.
	info, err := root.Stat(o.Key)
	if isNotDir(err) {
		return nil, fs.ErrNotExist // a file where its folder should be
	}
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is not a file: %w", fs.ErrNotExist)
	}
	f, err := root.Open(o.Key)
	if err != nil {
		return nil, withoutPath(err)
	}
	if err := unchanged(f, o); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func unchanged(f *os.File, o Object) error {
	info, err := f.Stat()
	if err != nil {
		return withoutPath(err)
	}
	if fileETag(info) != o.ETag || info.Size() != o.Size {
		return ErrChanged
	}
	return nil
}

// fileReader holds a file against its object when it comes to the end.
type fileReader struct {
	ctx  context.Context
	f    *os.File
	o    Object
	read int64
}

func (r *fileReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.f.Read(p)
	r.read += int64(n)
	if err != io.EOF {
		return n, err
	}
	if err := unchanged(r.f, r.o); err != nil {
		return n, fmt.Errorf("read object %q: %w", r.o.Key, err)
	}
	if r.read != r.o.Size {
		return n, fmt.Errorf("read object %q: %d bytes, not %d: %w", r.o.Key, r.read, r.o.Size, ErrCorrupt)
	}
	return n, io.EOF
}

func (r *fileReader) Close() error { return r.f.Close() }

// checkPath refuses keys that are not a path below the root: "..", "//", a
// leading or a closing "/".
func checkPath(key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if !fs.ValidPath(key) || key == "." || !filepath.IsLocal(filepath.FromSlash(key)) {
		return errors.New("the key is not a path below the directory")
	}
	return nil
}

// withoutPath takes the operation and path off an error of package os: the
// caller names the object.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
