package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"smew/bucket"
)

// File is a file of a run.
type File struct {
	Key    string `json:"key"`  // below the bucket or directory
	Kind   string `json:"kind"` // all, added, changed or removed
	Part   int    `json:"part"` // of a batch, from 1
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// First are the first lines: of a dry run, and in the log those of the last run's first files.
	First []string `json:"first,omitempty"`
}

// ExistsError says that a file of a run that may overwrite nothing exists.
type ExistsError struct {
	Key string
	Err error
	own bool // an attempt of this run before may have written it
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("write %q: it exists, with other content", e.Key)
}
func (e *ExistsError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *ExistsError) Hint() string {
	return "give the files another name, remove this one, or leave out if-absent (--if-absent), which keeps files from being overwritten"
}

// destination is where files go.
type destination struct {
	to       bucket.Bucket
	prefix   string
	ifAbsent bool
	kind     string // of content
	compress string
	encrypt  []string // age recipients
}

// upload is a file on its way. What is written to it is compressed, counted and summed up, and goes up meanwhile.
type upload struct {
	io.Writer
	closers []io.Closer // of compression and encryption, in the order in which they end
	counted counter
	pipe    *io.PipeWriter
	created chan error
	cancel  context.CancelFunc
}

// counter knows what passed it.
type counter struct {
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.sum.Write(p[:n])
	c.bytes += int64(n)
	return n, err
}

// open begins a file. It takes its key only when the last byte is there, or, in a directory, at the end.
func (d destination) open(ctx context.Context, key string) (*upload, error) {
	ctx, cancel := context.WithCancel(ctx)
	from, to := io.Pipe()
	u := &upload{pipe: to, created: make(chan error, 1), cancel: cancel}
	go func() {
		err := d.to.Create(ctx, d.prefix+key, from, bucket.Options{Overwrite: !d.ifAbsent, ContentType: d.kind})
		if errors.Is(err, fs.ErrExist) {
			io.Copy(io.Discard, from) //nolint:errcheck // so that the sum of what would have been written is known
		}
		from.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		u.created <- err
	}()
	u.counted = counter{to: to, sum: sha256.New()}
	if err := d.packed(u); err != nil {
		return nil, u.abort(err)
	}
	return u, nil
}

// spool begins a file that lies in a temporary file until its name is known.
func (d destination) spool(f *os.File) (*upload, error) {
	u := &upload{counted: counter{to: f, sum: sha256.New()}}
	return u, d.packed(u)
}

// packed has what is written to u compressed and encrypted.
func (d destination) packed(u *upload) error {
	u.Writer = &u.counted
	if len(d.encrypt) > 0 {
		to, err := recipients(d.encrypt)
		if err != nil {
			return err
		}
		w, err := age.Encrypt(u.Writer, to...)
		if err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
		u.Writer, u.closers = w, []io.Closer{w}
	}
	switch d.compress {
	case "gzip": // the fastest level: the files are a few percent larger, and take a third of the time
		w, err := gzip.NewWriterLevel(u.Writer, gzip.BestSpeed)
		if err != nil {
			return err
		}
		u.Writer, u.closers = w, append([]io.Closer{w}, u.closers...)
	case "zstd":
		w, err := zstd.NewWriter(u.Writer, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		u.Writer, u.closers = w, append([]io.Closer{w}, u.closers...)
	}
	return nil
}

var errRecipient = errors.New("it is no age recipient, which begins with age1 (a secret key would not do: whoever sends needs the public one)")

// recipients reads keys. Its error does not show them.
func recipients(keys []string) (all []age.Recipient, err error) {
	for _, key := range keys {
		r, err := age.ParseX25519Recipient(key)
		if err != nil {
			return nil, errRecipient // the library's error shows the key, which may be a secret one
		}
		all = append(all, r)
	}
	return all, nil
}

// finish closes the file; it is whole when err is nil.
func (u *upload) finish() (err error) {
	for _, c := range u.closers {
		if err == nil {
			err = c.Close()
		}
	}
	if u.pipe == nil {
		return err
	}
	defer u.cancel()
	u.pipe.CloseWithError(err)
	return why(<-u.created, err)
}

// abort gives the file up: nothing of it stays. It returns err, or else why it could not be written.
func (u *upload) abort(err error) error {
	if u.pipe == nil {
		return err
	}
	defer u.cancel()
	u.pipe.CloseWithError(err)
	return why(<-u.created, err)
}

// why a file failed: the bucket's reason, where it has one of its own.
func why(created, err error) error {
	if created != nil {
		return created
	}
	return err
}

func (u *upload) sum() string { return hex.EncodeToString(u.counted.sum.Sum(nil)) }

// same tells whether an object is there with the content that u had.
func (d destination) same(ctx context.Context, key string, u *upload) (bool, error) {
	o, err := bucket.Stat(ctx, d.to, d.prefix+key)
	if err != nil || o.Size != u.counted.bytes {
		return false, err
	}
	r, err := d.to.Open(ctx, o)
	if err != nil {
		return false, err
	}
	defer r.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	return bytes.Equal(sum.Sum(nil), u.counted.sum.Sum(nil)), err
}
