package bucket_test

import (
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
)

func TestS3(t *testing.T) {
	server := s3test.Start(t)
	buckettest.Run(t, func(t *testing.T) bucket.Bucket { return server.Open(t, server.Bucket(t)) })
}
