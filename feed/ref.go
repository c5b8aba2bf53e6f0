package feed

import (
	"fmt"
	"strings"
)

// Ref names an object as manifests do. Key is raw: a percent sign in it is a
// percent sign.
type Ref struct{ Bucket, Key string }

// RefError says why a reference to an object is refused (R3).
type RefError struct {
	Ref    string // as given
	Reason string
}

func (e *RefError) Error() string { return fmt.Sprintf("file %q: %s", shown(e.Ref), e.Reason) }

// ParseRef reads "s3://bucket/key". It refuses, with a *RefError, whatever
// could name something outside the bucket or the feed's directory: other
// schemes, a missing bucket, an empty or absolute key, "." and ".." segments,
// NUL (R3).
func ParseRef(s string) (Ref, error) {
	refuse := func(reason string) (Ref, error) { return Ref{}, &RefError{Ref: s, Reason: reason} }
	rest, ok := strings.CutPrefix(s, "s3://")
	if !ok {
		return refuse("not an s3:// path")
	}
	bucket, key, _ := strings.Cut(rest, "/")
	switch {
	case strings.ContainsRune(s, 0):
		return refuse("contains a NUL character")
	case bucket == "":
		return refuse("names no bucket")
	case key == "":
		return refuse("names no object")
	case strings.HasPrefix(key, "/"):
		return refuse("has an absolute key")
	}
	for segment := range strings.SplitSeq(rest, "/") {
		if segment == "." || segment == ".." {
			return refuse(fmt.Sprintf("has a %q segment", segment))
		}
	}
	return Ref{Bucket: bucket, Key: key}, nil
}

// String returns "s3://bucket/key".
func (r Ref) String() string { return "s3://" + r.Bucket + "/" + r.Key }
