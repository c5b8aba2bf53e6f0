package plan

import (
	"fmt"
	"strings"

	"smew/feed"
)

// Source is where the feed lies, as far as the paths in its manifests matter.
type Source struct {
	Bucket string // the bucket's name; "" for a directory, whose root stands for any one bucket
	Maps   []Map  // tried in order, the first that fits counts
}

// Map rewrites the beginning of a listed path, for copies of a feed: whole path
// segments only, s3://old/prefix to s3://new/prefix.
type Map struct{ From, To feed.Ref }

// ParseMap reads "s3://old/prefix=s3://new/prefix"; the prefixes may be empty.
func ParseMap(text string) (Map, error) {
	from, to, ok := strings.Cut(text, "=s3://")
	if !ok {
		return Map{}, fmt.Errorf("map %q: want s3://old/prefix=s3://new/prefix", text)
	}
	var m Map
	var err error
	if m.From, err = parseStem(from); err != nil {
		return Map{}, fmt.Errorf("map %q: %w", text, err)
	}
	if m.To, err = parseStem("s3://" + to); err != nil {
		return Map{}, fmt.Errorf("map %q: %w", text, err)
	}
	return m, nil
}

func parseStem(text string) (feed.Ref, error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	if !ok {
		return feed.Ref{}, fmt.Errorf("%q is no s3:// path", text)
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	if bucket == "" {
		return feed.Ref{}, fmt.Errorf("%q names no bucket", text)
	}
	return feed.Ref{Bucket: bucket, Key: strings.Trim(prefix, "/")}, nil
}

func (m Map) apply(r feed.Ref) (feed.Ref, bool) {
	if r.Bucket != m.From.Bucket {
		return r, false
	}
	rest := r.Key
	if m.From.Key != "" {
		var ok bool
		if rest, ok = strings.CutPrefix(r.Key, m.From.Key+"/"); !ok {
			return r, false
		}
	}
	if m.To.Key != "" {
		rest = m.To.Key + "/" + rest
	}
	return feed.Ref{Bucket: m.To.Bucket, Key: rest}, true
}

// OutsideError says that a manifest lists a file that does not lie in the feed's bucket (R3).
type OutsideError struct{ File, Bucket string }

func (e *OutsideError) Error() string {
	return fmt.Sprintf("file %q lies outside the feed's bucket %q", e.File, e.Bucket)
}

// Hint says what the user can do about it.
func (e *OutsideError) Hint() string {
	return "if this is a copy of a feed, say where its files went: --map s3://old/prefix=s3://new/prefix"
}

// resolver turns one manifest's paths into keys. In a directory the first path's
// bucket name is the one that all others must share.
type resolver struct {
	src    Source
	bucket string
}

func (s Source) resolver() *resolver { return &resolver{src: s, bucket: s.Bucket} }

func (r *resolver) key(file string) (string, error) {
	ref, err := feed.ParseRef(file)
	if err != nil {
		return "", err
	}
	for _, m := range r.src.Maps {
		if mapped, ok := m.apply(ref); ok {
			ref = mapped
			break
		}
	}
	if r.bucket == "" {
		r.bucket = ref.Bucket
	}
	if ref.Bucket != r.bucket {
		return "", &OutsideError{File: file, Bucket: r.bucket}
	}
	return ref.Key, nil
}

// Key resolves a single path, such as that of the property definitions.
func (s Source) Key(file string) (string, error) { return s.resolver().key(file) }
