package bucket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Create implements Bucket. The content goes to a temporary file beside its
// place, reaches the disk, and only then gets its name: a crash leaves the
// object in whole or not at all, and at most a temporary file.
func (d *Dir) Create(ctx context.Context, key string, r io.Reader, o Options) error {
	if err := d.create(ctx, key, r, o); err != nil {
		return fmt.Errorf("create object %q: %w", key, err)
	}
	return nil
}

func (d *Dir) create(ctx context.Context, key string, r io.Reader, o Options) (err error) {
	if err := checkPath(key); err != nil {
		return err
	}
	root, err := d.root()
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Lstat(key); err == nil && !o.Overwrite {
		return fs.ErrExist // before anything is written; place decides in the end
	}
	folder := path.Dir(key)
	if err := makeFolder(root, folder); err != nil {
		return fmt.Errorf("make folder %q: %w", folder, withoutPath(err))
	}
	temp := path.Join(folder, TempPrefix+rand.Text())
	defer func() {
		if e := root.Remove(temp); e != nil && err == nil && !errors.Is(e, fs.ErrNotExist) {
			err = withoutPath(e)
		}
	}()
	if err := writeFile(ctx, root, temp, r); err != nil {
		return err
	}
	if err := place(root, temp, key, o.Overwrite); err != nil {
		return withoutPath(err)
	}
	return syncFolder(root, folder)
}

// place gives the finished file its name. Linking fails where the name is
// taken, which renaming would not.
func place(root *os.Root, temp, key string, overwrite bool) error {
	if overwrite {
		return root.Rename(temp, key)
	}
	return root.Link(temp, key)
}

func writeFile(ctx context.Context, root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return withoutPath(err)
	}
	_, err = io.Copy(f, contextReader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// makeFolder makes the folder and those above it, each reaching the disk, so
// that no crash loses a part whose manifest is there.
func makeFolder(root *os.Root, folder string) error {
	if _, err := root.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := root.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for folder != "." {
		folder = path.Dir(folder)
		if err := syncFolder(root, folder); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(root *os.Root, folder string) error {
	f, err := root.Open(folder)
	if err != nil {
		return withoutPath(err)
	}
	defer f.Close()
	return syncDir(f)
}
