package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Location is where a feed lies: in a directory when Dir is set, and otherwise
// below Prefix in an S3 bucket.
type Location struct {
	// Bucket is the name of an S3 bucket; "" for a directory.
	Bucket string
	// Prefix is what all keys begin with: "" or a text that ends with "/".
	// Always "" for a directory.
	Prefix string
	// Dir is a directory's path as it was given; "" for S3.
	Dir string
}

// ParseLocation reads "s3://bucket/prefix", a directory's path, or
// "file:///path".
func ParseLocation(s string) (Location, error) {
	scheme, rest, found := strings.Cut(s, "://")
	switch {
	case s == "":
		return Location{}, errors.New("a feed is a directory or s3://bucket/prefix: it is empty")
	case !found && strings.HasPrefix(strings.ToLower(s), "s3:"):
		meant := withoutUser("s3://" + strings.TrimLeft(s[len("s3:"):], "/"))
		return Location{}, fmt.Errorf("a feed in S3 is s3://bucket/prefix: was %s meant?", meant)
	case !found:
		return Location{Dir: filepath.Clean(s)}, nil
	case scheme == "s3":
		return parseS3(s, rest)
	case scheme == "file":
		u, err := url.Parse(s)
		if err != nil {
			return Location{}, fmt.Errorf("read feed %q: %w", s, err)
		}
		if (u.Host != "" && u.Host != "localhost") || u.Path == "" {
			return Location{}, fmt.Errorf("read feed %q: a file URL has the form file:///path", s)
		}
		return Location{Dir: filepath.Clean(filepath.FromSlash(u.Path))}, nil
	}
	return Location{}, fmt.Errorf("read feed %q: %q is neither s3 nor file", withoutUser(s), scheme)
}

// withoutUser leaves out what stands before an @ in a URL's authority, for messages: it may be a secret.
func withoutUser(s string) string {
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return s
	}
	authority, path := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, path = rest[:end], rest[end:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = "…" + authority[at:]
	}
	return scheme + "://" + authority + path
}

func parseS3(s, rest string) (Location, error) {
	name, prefix, _ := strings.Cut(rest, "/")
	if name == "" {
		return Location{}, fmt.Errorf("read feed %q: it has the form s3://bucket/prefix", s)
	}
	if strings.ContainsAny(name, "?#@ ") {
		return Location{}, fmt.Errorf("read feed %q: %q is not the name of a bucket", withoutUser(s), name[strings.LastIndexByte(name, '@')+1:])
	}
	prefix = strings.TrimRight(prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	return Location{Bucket: name, Prefix: prefix}, nil
}

// String gives l back in the form ParseLocation reads.
func (l Location) String() string {
	if l.Dir != "" {
		return l.Dir
	}
	return strings.TrimSuffix("s3://"+l.Bucket+"/"+l.Prefix, "/")
}

// Open opens the bucket or directory of l; c counts for S3 only. Keys stay
// absolute in the bucket, so those of the feed begin with l.Prefix.
func Open(ctx context.Context, l Location, c S3Config) (Bucket, error) {
	if l.Dir != "" {
		d, err := OpenDir(l.Dir)
		if err != nil {
			return nil, err // and no Bucket that holds a nil *Dir
		}
		return d, nil
	}
	s, err := OpenS3(ctx, l.Bucket, c)
	if err != nil {
		return nil, err
	}
	return s, nil
}
