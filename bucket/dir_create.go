package bucket

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Create implements Bucket. The content goes to a file without a name, or, where
// the file system has none, to a temporary one beside its place; it reaches the
// disk, and only then gets its name: a crash leaves the object in whole or not
// at all, and at most a temporary file, which GiveUpUploads removes.
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
	o.Overwrite = o.Overwrite || o.Replaces != ""
	if _, err := root.Lstat(key); err == nil && !o.Overwrite {
		return fs.ErrExist // before anything is written; place decides in the end
	}
	folder := path.Dir(key)
	if err := makeFolder(root, folder); err != nil {
		return fmt.Errorf("make folder %q: %w", folder, withoutPath(err))
	}
	t := &temporary{root: root, name: path.Join(folder, tempName(path.Base(key))+rand.Text())}
	if err := t.write(ctx, r, d.unnamed); err != nil {
		return errors.Join(err, t.remove())
	}
	if err := t.replace(key, o); err != nil {
		return errors.Join(withoutPath(err), t.remove())
	}
	return errors.Join(t.remove(), syncFolder(root, folder))
}

// tempName is what the temporary files begin with that become a file of that
// name.
func tempName(base string) string {
	sum := sha256.Sum256([]byte(base))
	return TempPrefix + hex.EncodeToString(sum[:8]) + "-"
}

// GiveUpUploads removes temporary files that were to become key: what a killed
// process has left. Nobody may be writing key meanwhile.
func (d *Dir) GiveUpUploads(ctx context.Context, key string) error {
	root, err := d.root()
	if err != nil {
		return err
	}
	defer root.Close()
	folder, err := root.Open(path.Dir(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("give up files of %q: %w", key, withoutPath(err))
	}
	defer folder.Close()
	for err == nil && ctx.Err() == nil {
		var names []string
		if names, err = folder.Readdirnames(1000); errors.Is(err, io.EOF) {
			return nil
		}
		for _, name := range names {
			if strings.HasPrefix(name, tempName(path.Base(key))) && err == nil {
				err = root.Remove(path.Join(path.Dir(key), name))
			}
		}
	}
	if err != nil {
		err = fmt.Errorf("give up files of %q: %w", key, withoutPath(err))
	}
	return errors.Join(err, ctx.Err())
}

// temporary is a file on its way to its place.
type temporary struct {
	root  *os.Root
	name  string   // which it has, or may get
	named bool     // it has it
	file  *os.File // open while the file has no name
}

func (t *temporary) write(ctx context.Context, r io.Reader, unnamed func(*os.Root, string) *os.File) error {
	f := unnamed(t.root, path.Dir(t.name))
	if f == nil {
		var err error
		if f, err = t.root.OpenFile(t.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err != nil {
			return withoutPath(err)
		}
		t.named = true
	}
	_, err := io.Copy(f, contextReader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if t.named {
		return errors.Join(err, f.Close())
	}
	t.file = f
	return err
}

// replace places the finished file, if it takes the place of the right one. A
// lock on the folder keeps others away who replace that one too.
func (t *temporary) replace(key string, o Options) error {
	if o.Replaces == "" {
		return t.place(key, o.Overwrite)
	}
	folder, err := t.root.Open(path.Dir(key))
	if err != nil {
		return err
	}
	defer folder.Close() // and with it the lock
	if err := lockFile(folder); err != nil {
		return err
	}
	info, err := t.root.Stat(key)
	if errors.Is(err, fs.ErrNotExist) || err == nil && fileETag(info) != o.Replaces {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	return t.place(key, true)
}

// place gives the finished file its name. Linking fails where the name is
// taken, which renaming would not.
func (t *temporary) place(key string, overwrite bool) error {
	switch {
	case t.named && overwrite:
		err := t.root.Rename(t.name, key)
		t.named = err != nil
		return err
	case t.named:
		return t.root.Link(t.name, key)
	case overwrite:
		if err := nameIt(t.root, t.file, t.name); err != nil {
			return err
		}
		t.named = true
		return t.place(key, overwrite)
	}
	return nameIt(t.root, t.file, key)
}

// remove leaves nothing but what was placed.
func (t *temporary) remove() (err error) {
	if t.file != nil {
		err = t.file.Close()
	}
	if t.named {
		err = errors.Join(err, withoutPath(t.root.Remove(t.name)))
	}
	return err
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
