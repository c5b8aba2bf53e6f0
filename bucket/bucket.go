// Package bucket says where a feed lies: in S3, in a directory, or (for tests)
// in memory. A Bucket lists, opens and creates whole objects and does nothing
// else; the suite in buckettest says what each kind must do.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
)

// Object is one object as a listing shows it. Together, Key and ETag name one
// content: an object that is replaced gets another ETag.
type Object struct {
	// Key is absolute in the bucket: no prefix is taken off. Its parts are
	// separated by "/". A key that ends with "/" is a folder marker.
	Key string
	// Size in bytes.
	Size int64
	// ETag without its quotes; never "".
	ETag string
}

// Options of Create.
type Options struct {
	// Overwrite replaces an object of that key. Objects of a feed never
	// change, so only exports set it.
	Overwrite bool
	// Replaces, where it is given, is the ETag of the object that is replaced:
	// if another is there, or none, nothing is written, and the error wraps
	// ErrChanged. An answer lost on the way gives that error too. Servers that
	// know no If-Match for writing replace any object. Overwrite is implied.
	Replaces string
	// ContentType is kept where the bucket can keep it; "" leaves it out.
	ContentType string
}

// Bucket holds objects. It may be used by many goroutines at once.
type Bucket interface {
	// List yields the objects whose key begins with prefix, in bytewise order
	// of their keys, asking for further pages as the loop goes on. A prefix
	// that matches nothing yields nothing. An error is yielded once and ends
	// the sequence.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]

	// Open reads o, and only o: content with another ETag is ErrChanged, no
	// object of that key is fs.ErrNotExist. The reader ends with io.EOF only
	// when it gave o.Size bytes that agree with the checksum the bucket holds
	// for them, and otherwise with an error that wraps ErrCorrupt. Cancelling
	// ctx ends the reader too. The caller closes it.
	Open(ctx context.Context, o Object) (io.ReadCloser, error)

	// Create makes an object of all that r gives. It is all or nothing: when r
	// or anything else fails, or the process is killed, no object (or the
	// former one) is there. Where an object of that key exists, the error
	// wraps fs.ErrExist unless o.Overwrite; of several creators at once, one
	// wins. Should the answer to a successful request be lost on the way, the
	// repeated request meets its own object and gives fs.ErrExist.
	Create(ctx context.Context, key string, r io.Reader, o Options) error
}

// ErrChanged says that an object is not the one that was listed.
var ErrChanged = errors.New("object changed since it was listed")

// ErrCorrupt says that the bytes of an object are not those the bucket holds a
// size or checksum for.
var ErrCorrupt = errors.New("object is damaged")

// Stat looks one object up by its key: one page of a listing. Where there is
// none the error wraps fs.ErrNotExist.
func Stat(ctx context.Context, b Bucket, key string) (Object, error) {
	for o, err := range b.List(ctx, key) {
		if err != nil {
			return Object{}, err
		}
		if o.Key == key { // a key sorts before all that it is a prefix of
			return o, nil
		}
		break
	}
	return Object{}, fmt.Errorf("find object %q: %w", key, fs.ErrNotExist)
}

// ReadAll returns the content of o, checked as Open says. An object of more
// than limit bytes is an error before anything is read.
func ReadAll(ctx context.Context, b Bucket, o Object, limit int64) ([]byte, error) {
	if o.Size > limit {
		return nil, fmt.Errorf("read object %q: it has %d bytes, more than %d", o.Key, o.Size, limit)
	}
	r, err := b.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, o.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("read object %q: %w", o.Key, err)
	}
	// The reader judges the bytes when it comes to the end.
	if n, err := io.Copy(io.Discard, r); err != nil {
		return nil, fmt.Errorf("read object %q: %w", o.Key, err)
	} else if n > 0 {
		return nil, fmt.Errorf("read object %q: it has more than %d bytes: %w", o.Key, o.Size, ErrCorrupt)
	}
	return data, nil
}

// checkKey refuses what no bucket takes as the key of a new object.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("the key is empty")
	case len(key) > 1024:
		return fmt.Errorf("the key has %d bytes, more than 1024", len(key))
	case strings.ContainsRune(key, 0):
		return errors.New("the key contains a zero byte")
	}
	return nil
}

// contextReader ends with the context's error once ctx is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
