package bucket

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The checksums of "123456789" are those in the catalogue of CRC algorithms.
func TestCheck(t *testing.T) {
	const (
		crc32Sum  = "cbf43926"
		crc32cSum = "e3069283"
		crc64Sum  = "ae8b14860a799888"
		sha1Sum   = "f7c3bc1d808e04732adf679965ccc34ca7ae3441"
		sha256Sum = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
		md5Sum    = "25f9e794323b453885f5181f1b624d0b"
		parts     = "0123456789abcdef0123456789abcdef-2" // an ETag of two parts
	)
	b64 := func(sum string) *string {
		raw, err := hex.DecodeString(sum)
		if err != nil {
			t.Fatal(err)
		}
		return aws.String(base64.StdEncoding.EncodeToString(raw))
	}
	for _, c := range []struct {
		name, bucket, etag string
		out                s3.GetObjectOutput
		finds              bool // that "023456789" is other than "123456789"
	}{
		{"MD5", "b", md5Sum, s3.GetObjectOutput{}, true},
		{"MD5, encrypted by S3", "b", md5Sum, s3.GetObjectOutput{ServerSideEncryption: types.ServerSideEncryptionAes256}, true},
		{"CRC32", "b", parts, s3.GetObjectOutput{ChecksumCRC32: b64(crc32Sum)}, true},
		{"CRC32C", "b", parts, s3.GetObjectOutput{ChecksumCRC32C: b64(crc32cSum)}, true},
		{"CRC64NVME", "b", parts, s3.GetObjectOutput{ChecksumCRC64NVME: b64(crc64Sum)}, true},
		{"SHA1", "b", parts, s3.GetObjectOutput{ChecksumSHA1: b64(sha1Sum)}, true},
		{"SHA256", "b", parts, s3.GetObjectOutput{ChecksumSHA256: b64(sha256Sum)}, true},
		{"not MD5, but a checksum", "b", "00000000000000000000000000000000",
			s3.GetObjectOutput{ServerSideEncryption: types.ServerSideEncryptionAwsKms, ChecksumCRC32: b64(crc32Sum)}, true},

		// Nothing of these may be held against the bytes.
		{"parts", "b", parts, s3.GetObjectOutput{}, false},
		{"KMS", "b", crc64Sum + crc64Sum, s3.GetObjectOutput{ServerSideEncryption: types.ServerSideEncryptionAwsKms}, false},
		{"key of a customer", "b", crc64Sum + crc64Sum, s3.GetObjectOutput{SSECustomerAlgorithm: aws.String("AES256")}, false},
		{"directory bucket", "b--usw2-az1--x-s3", crc64Sum + crc64Sum, s3.GetObjectOutput{}, false},
		{"not hexadecimal", "b", "z" + md5Sum[1:], s3.GetObjectOutput{}, false},
		{"checksum of checksums", "b", parts, s3.GetObjectOutput{
			ChecksumType: types.ChecksumTypeComposite, ChecksumCRC32: b64("00000000")}, false},
		{"checksum of checksums, by its form", "b", parts, s3.GetObjectOutput{ChecksumCRC32: aws.String("AAAAAA==-2")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			right := newCheck(c.bucket, Object{ETag: c.etag}, &c.out)
			right.add([]byte("1234"))
			right.add([]byte("56789"))
			if err := right.verify(); err != nil {
				t.Errorf("the right bytes: %v", err)
			}
			wrong := newCheck(c.bucket, Object{ETag: c.etag}, &c.out)
			wrong.add([]byte("023456789"))
			if err := wrong.verify(); errors.Is(err, ErrCorrupt) != c.finds {
				t.Errorf("other bytes: %v", err)
			}
		})
	}
}
