package duck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Publication is what Publish did.
type Publication struct {
	Bytes   int64 // of the copy
	Reflink bool  // the file system shares the blocks of both files: copying cost nothing
}

// SelfError says that a database cannot be published as itself.
type SelfError struct{ Path string }

func (e *SelfError) Error() string {
	return fmt.Sprintf("publish %s: it is the database itself", e.Path)
}

// Hint says what the user can do about it.
func (e *SelfError) Hint() string { return "give the published copy a path of its own" }

// Publish puts a copy of the database at path, as it was committed last, into the place of target, in one
// step: who has the former copy open keeps that, who opens target from then on has the new one. Readers of
// target never shut a writer of path out, nor the other way round.
//
// What lies in the database's log is brought into it first. It must not be open in this process. Other
// processes are kept from writing while it is copied, and readers of it are not disturbed. A copy costs reading
// and writing all of the file, unless the file system has reflinks. It can be read by whom the former one could
// be (the first time: the database), and written by nobody.
//
// A target that is no such copy gives a *TargetError; whether it is one of this database, the caller has to know.
//
// A crash at any moment leaves the former copy or the new one, and at most a file beside that the next
// Publish removes. One process publishes to a target at a time.
func Publish(ctx context.Context, path, target string, o Options) (done Publication, err error) {
	source, target, err := publicationPaths(path, target)
	if err != nil {
		return done, err
	}
	if err := noLog(target); err != nil { // somebody writes there, or did
		return done, fmt.Errorf("publish database: %w", err)
	}
	if err := checkTarget(target); err != nil {
		return done, err
	}
	deadline := time.Now().Add(o.Wait)
	for atRest := noLog(source) == nil; ; atRest = false {
		if !atRest {
			if err := checkpointed(ctx, source, o); err != nil {
				return done, err
			}
		}
		done, err = publish(ctx, source, target)
		var locked *LockedError
		if !errors.As(err, &locked) || o.Wait == 0 || o.Wait > 0 && time.Now().After(deadline) {
			return done, err
		}
		// Another process writes there, or came in between. Opening the database waits for it.
	}
}

// publicationPaths follows links: DuckDB keeps a log beside the file itself, and a link to a
// published copy stays one.
func publicationPaths(path, target string) (from, to string, err error) {
	if from, err = filepath.EvalSymlinks(path); err != nil {
		return "", "", fmt.Errorf("find database: %w", err)
	}
	to, err = filepath.EvalSymlinks(target)
	if errors.Is(err, fs.ErrNotExist) {
		return from, target, nil
	}
	if err != nil {
		return "", "", fmt.Errorf("find published copy: %w", err)
	}
	old, err := os.Stat(to)
	if err != nil {
		return "", "", fmt.Errorf("find published copy: %w", err)
	}
	if now, err := os.Stat(from); err == nil && os.SameFile(now, old) {
		return "", "", &SelfError{Path: path}
	}
	return from, to, nil
}

// checkpointed brings the log into the file.
func checkpointed(ctx context.Context, path string, o Options) error {
	o.ReadOnly, o.Confined = false, false
	db, err := Open(ctx, path, o)
	if err != nil {
		return err
	}
	return errors.Join(db.checkpoint(ctx), db.Close())
}

// publish copies a database that is at rest.
func publish(ctx context.Context, source, target string) (done Publication, err error) {
	from, err := os.Open(source)
	if err != nil {
		return done, fmt.Errorf("publish database: %w", err)
	}
	defer from.Close() // gives the lock up too
	if err := shareLock(from, source); err != nil {
		return done, err
	}
	before, err := from.Stat()
	if err == nil {
		err = noLog(source)
	}
	if err != nil {
		return done, fmt.Errorf("publish database: %w", err)
	}
	fresh, reflink, err := copyBeside(ctx, from, before, target)
	if err != nil {
		return done, fmt.Errorf("publish database: copy: %w", explained(err))
	}
	defer os.Remove(fresh) // unless it was renamed
	if err := replaceBy(fresh, target, before, source); err != nil {
		return done, fmt.Errorf("publish database: %w", err)
	}
	return Publication{Bytes: before.Size(), Reflink: reflink}, nil
}

// publishMark is in the names of the files that Publish writes, before a number.
const publishMark = ".publish-"

// copyBeside copies a file into the folder of target, all of it and onto the disk.
func copyBeside(ctx context.Context, from *os.File, info fs.FileInfo, target string) (path string, reflink bool, err error) {
	dir := filepath.Dir(target)
	removePublished(target)
	to, err := os.CreateTemp(dir, filepath.Base(target)+publishMark+"*")
	if err != nil {
		return "", false, err
	}
	defer func() {
		if err = errors.Join(err, to.Close()); err != nil {
			os.Remove(to.Name())
		}
	}()
	if reflink = clone(to, from) == nil; !reflink {
		if free, ok := FreeSpace(dir); ok && free < info.Size() {
			return "", false, &SpaceError{Dir: dir, Need: info.Size(), Free: free}
		}
		n, err := copyAll(ctx, to, from)
		if err == nil && n != info.Size() {
			err = fmt.Errorf("it has %d bytes, not %d", n, info.Size())
		}
		if err != nil {
			return "", false, err
		}
	}
	return to.Name(), reflink, errors.Join(permit(to.Name(), target, info), to.Sync())
}

// permit lets those read a copy who could read the former one, or else the database.
func permit(path, target string, database fs.FileInfo) error {
	like := database
	if old, err := os.Stat(target); err == nil {
		like = old
	}
	return errors.Join(keepOwner(path, like), os.Chmod(path, like.Mode().Perm()&^0o222))
}

// replaceBy renames a copy into its place, if what it was made of is the same still. The copy gets the
// database's time: that is how Published knows it again.
func replaceBy(fresh, target string, before fs.FileInfo, source string) error {
	now, err := os.Stat(source)
	if err != nil {
		return err
	}
	if !sameContent(before, now) || !os.SameFile(before, now) {
		return ErrReplaced
	}
	if err := os.Chtimes(fresh, time.Time{}, before.ModTime()); err != nil {
		return err
	}
	if err := noLog(target); err != nil {
		return err
	}
	if err := os.Rename(fresh, target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(target))
}

// Published says that the file at target is a copy that Publish made of the database at path as it is now.
// Neither is opened.
func Published(path, target string) bool {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	now, err := os.Stat(path)
	if err != nil || noLog(path) != nil {
		return false
	}
	copied, err := os.Stat(target)
	return err == nil && sameContent(now, copied)
}

func sameContent(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// removePublished removes what a killed Publish left.
func removePublished(target string) {
	pattern := regexp.MustCompile("^" + regexp.QuoteMeta(filepath.Base(target)+publishMark) + `\d+$`)
	entries, _ := os.ReadDir(filepath.Dir(target)) // as for removeLeftovers
	for _, e := range entries {
		if e.Type().IsRegular() && pattern.MatchString(e.Name()) {
			os.Remove(filepath.Join(filepath.Dir(target), e.Name()))
		}
	}
}

// copyAll copies all of a file, in steps between which ctx may end it. The system does it where it can.
func copyAll(ctx context.Context, to, from *os.File) (copied int64, err error) {
	const step = 64 << 20
	for {
		if err := ctx.Err(); err != nil {
			return copied, context.Cause(ctx)
		}
		n, err := io.Copy(to, io.LimitReader(from, step))
		if copied += n; err != nil || n < step {
			return copied, err
		}
	}
}
