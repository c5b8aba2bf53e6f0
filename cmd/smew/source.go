package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/loader"
	"smew/plan"
)

// source is what the flags say about reaching a feed.
type source struct {
	s3   bucket.S3Config
	maps []string
}

// s3Flags adds the flags that say how S3 is reached.
func (s *source) s3Flags(flags *pflag.FlagSet) {
	flags.StringVar(&s.s3.Endpoint, "endpoint", "", "`URL` of an S3 look-alike (default: AWS)")
	flags.StringVar(&s.s3.Region, "region", "", "`region` of the bucket (default: what the AWS set-up says)")
	flags.StringVar(&s.s3.Profile, "profile", "", "`profile` of the AWS configuration files")
	flags.BoolVar(&s.s3.PathStyle, "path-style", false, "put the bucket's name into the path of URLs")
	flags.BoolVar(&s.s3.Anonymous, "anonymous", false, "read a public bucket without credentials")
	flags.StringVar(&s.s3.Checksums, "checksums", "", "`when` to add checksums: when_supported, or when_required for old look-alikes")
}

// writeFlags adds the flags that say how objects are made in S3.
func (s *source) writeFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.s3.SSE, "sse", "", "`encryption` by S3: AES256 (default: what the bucket is set to)")
	flags.StringVar(&s.s3.ACL, "acl", "", "`ACL` of new objects: bucket-owner-full-control (default: none)")
}

// mapFlags adds the flags for copies of a feed.
func (s *source) mapFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&s.maps, "map", nil, "look below another prefix for what the manifests name: `old=new`, such as s3://old/prefix=s3://new/prefix (repeatable)")
}

// open opens the feed that a command line names.
func (s *source) open(ctx context.Context, name string) (loader.Feed, error) {
	var f loader.Feed
	for _, text := range s.maps {
		m, err := plan.ParseMap(text)
		if err != nil {
			return f, &usageError{err.Error(), ""}
		}
		f.Source.Maps = append(f.Source.Maps, m)
	}
	at, err := bucket.ParseLocation(name)
	if err != nil {
		return f, &usageError{err.Error(), "a feed is a directory or s3://bucket/prefix"}
	}
	if f.Bucket, err = bucket.Open(ctx, at, s.s3); err != nil {
		return f, err
	}
	f.Name, f.Prefix, f.Source.Bucket = at.String(), at.Prefix, at.Bucket
	if at.Dir != "" {
		f.Name, err = realPath(at.Dir)
	}
	return f, err
}

// realPath is the one name of a directory, so that a database knows its feed again.
func realPath(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return "", fmt.Errorf("open feed %q: %w", dir, err)
	}
	return path, nil
}
