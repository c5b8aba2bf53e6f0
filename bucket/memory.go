package bucket

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Memory is a bucket for tests, as strict as S3.
type Memory struct {
	mu      sync.Mutex
	objects map[string]memoryObject // guarded by mu; contents are never altered
}

type memoryObject struct {
	etag string
	data []byte
}

// NewMemory returns an empty bucket.
func NewMemory() *Memory {
	return &Memory{objects: map[string]memoryObject{}}
}

// List implements Bucket. It shows the bucket as it is when the loop begins.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for _, o := range m.snapshot(prefix) {
			if err := ctx.Err(); err != nil {
				yield(Object{}, fmt.Errorf("list %q: %w", prefix, err))
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (m *Memory) snapshot(prefix string) []Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Object
	for key, o := range m.objects {
		if strings.HasPrefix(key, prefix) {
			found = append(found, Object{Key: key, Size: int64(len(o.data)), ETag: o.etag})
		}
	}
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return found
}

// Open implements Bucket.
func (m *Memory) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open object %q: %w", o.Key, err)
	}
	m.mu.Lock()
	held, ok := m.objects[o.Key]
	m.mu.Unlock()
	switch {
	case !ok:
		return nil, fmt.Errorf("open object %q: %w", o.Key, fs.ErrNotExist)
	case held.etag != o.ETag:
		return nil, fmt.Errorf("open object %q: %w", o.Key, ErrChanged)
	case int64(len(held.data)) != o.Size:
		return nil, fmt.Errorf("open object %q: %d bytes, not %d: %w", o.Key, len(held.data), o.Size, ErrCorrupt)
	}
	return io.NopCloser(contextReader{ctx, bytes.NewReader(held.data)}), nil
}

// Create implements Bucket.
func (m *Memory) Create(ctx context.Context, key string, r io.Reader, o Options) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("create object %q: %w", key, err)
	}
	data, err := io.ReadAll(contextReader{ctx, r})
	if err != nil {
		return fmt.Errorf("create object %q: %w", key, err)
	}
	sum := md5.Sum(data)
	m.mu.Lock()
	defer m.mu.Unlock()
	before, ok := m.objects[key]
	switch {
	case o.Replaces != "" && before.etag != o.Replaces:
		return fmt.Errorf("create object %q: %w", key, ErrChanged)
	case ok && !o.Overwrite && o.Replaces == "":
		return fmt.Errorf("create object %q: %w", key, fs.ErrExist)
	}
	m.objects[key] = memoryObject{etag: hex.EncodeToString(sum[:]), data: data}
	return nil
}

// Remove takes an object away, as a test's stand-in for whoever tidies buckets.
func (m *Memory) Remove(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
}
