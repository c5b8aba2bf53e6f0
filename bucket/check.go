package bucket

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// check holds the bytes of an object against what S3 says of them (R12).
type check struct {
	name string
	hash hash.Hash // nil where S3 says nothing that can be held against them
	want []byte
}

// newCheck takes the ETag where it is an MD5, and else a checksum of the whole
// object. The SDK looks at checksums too, but not when a body was taken up
// again in the middle.
func newCheck(bucket string, o Object, out *s3.GetObjectOutput) check {
	if want := md5ETag(bucket, o.ETag, out); want != nil {
		return check{"MD5 of the ETag", md5.New(), want}
	}
	if out.ChecksumType == types.ChecksumTypeComposite {
		return check{}
	}
	for _, c := range []struct {
		name string
		new  func() hash.Hash
		want *string
	}{
		{"CRC64NVME", func() hash.Hash { return crc64.New(crc64.MakeTable(crc64NVME)) }, out.ChecksumCRC64NVME},
		{"CRC32C", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }, out.ChecksumCRC32C},
		{"CRC32", func() hash.Hash { return crc32.NewIEEE() }, out.ChecksumCRC32},
		{"SHA256", sha256.New, out.ChecksumSHA256},
		{"SHA1", sha1.New, out.ChecksumSHA1},
	} {
		// A checksum of checksums has "-" and their number at its end.
		want, err := base64.StdEncoding.DecodeString(aws.ToString(c.want))
		if err == nil && len(want) == c.new().Size() {
			return check{c.name, c.new(), want}
		}
	}
	return check{}
}

// crc64NVME is the polynomial, reversed as hash/crc64 wants it.
const crc64NVME = 0x9a6c9329ac4bc9b5

// md5ETag gives the MD5 of the content where the ETag is one. It is not for
// objects made of several parts, with keys of a customer or of KMS, and in
// directory buckets.
func md5ETag(bucket, etag string, out *s3.GetObjectOutput) []byte {
	switch {
	case len(etag) != 2*md5.Size, strings.HasSuffix(bucket, "--x-s3"), out.SSECustomerAlgorithm != nil,
		out.ServerSideEncryption != "" && out.ServerSideEncryption != types.ServerSideEncryptionAes256:
		return nil
	}
	sum, err := hex.DecodeString(etag)
	if err != nil {
		return nil
	}
	return sum
}

func (c check) add(p []byte) {
	if c.hash != nil {
		c.hash.Write(p)
	}
}

func (c check) verify() error {
	if c.hash == nil {
		return nil
	}
	if got := c.hash.Sum(nil); !bytes.Equal(got, c.want) {
		return fmt.Errorf("%s is %x, not %x: %w", c.name, got, c.want, ErrCorrupt)
	}
	return nil
}
