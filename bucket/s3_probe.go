package bucket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Probe is what one listing tells of S3, of the bucket and of whom asks.
type Probe struct {
	// Credentials says where they come from, as the SDK calls it; "" where there are none.
	Credentials string
	// CredentialsErr is why there are none; nil for anonymous reading.
	CredentialsErr error
	// Expires is when the credentials do; zero: never, or nobody said.
	Expires time.Time
	// Endpoint is the URL of a look-alike; "" at AWS.
	Endpoint string
	// Region that requests are signed for, and BucketRegion that the answer names; "": it names none.
	Region, BucketRegion string
	// Server is the clock of the answer, in seconds, and Local this machine's when it came; zero: no answer.
	Server, Local time.Time
	// Code and Status of an answer that was an error; "" and 0 where all went well or no answer came.
	Code   string
	Status int
	// Err is of the listing, as List gives it.
	Err error
}

// Probe asks for one key below prefix.
func (s *S3) Probe(ctx context.Context, prefix string) Probe {
	o := s.client.Options()
	p := Probe{Region: o.Region, Endpoint: aws.ToString(o.BaseEndpoint)}
	if o.Credentials != nil {
		found, err := o.Credentials.Retrieve(ctx)
		if err != nil {
			p.CredentialsErr = &HintError{fmt.Errorf("find credentials: %w", err), hintKeys}
			return p
		}
		p.Credentials = found.Source
		if found.CanExpire {
			p.Expires = found.Expires
		}
	}
	out, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.name, Prefix: &prefix, MaxKeys: aws.Int32(1)})
	p.Local = time.Now()
	var answer *smithyhttp.Response
	if err == nil {
		answer = rawAnswer(out.ResultMetadata)
	} else {
		p.Err, p.Code = s.failed(ctx, fmt.Sprintf("list %q", prefix), err), codeOf(err)
		var failed *smithyhttp.ResponseError
		if errors.As(err, &failed) {
			answer, p.Status = failed.Response, failed.HTTPStatusCode()
		}
	}
	if answer == nil {
		return p
	}
	p.BucketRegion = answer.Header.Get("X-Amz-Bucket-Region")
	p.Server, _ = smithyhttp.ParseTime(answer.Header.Get("Date"))
	return p
}

func rawAnswer(m middleware.Metadata) *smithyhttp.Response {
	answer, _ := awsmiddleware.GetRawResponse(m).(*smithyhttp.Response)
	return answer
}

// Encryption tells how an object is encrypted: "AES256" by S3's own keys, "aws:kms" and the like by others,
// "" where the server does not say. It needs what reading needs.
func (s *S3) Encryption(ctx context.Context, o Object) (string, error) {
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.name, Key: &o.Key})
	if err != nil {
		return "", s.failed(ctx, fmt.Sprintf("look at object %q", o.Key), err)
	}
	return string(out.ServerSideEncryption), nil
}

// TryUpload begins an upload of several parts to key and gives it up: so it tells whether objects may be
// written, and leaves none.
func (s *S3) TryUpload(ctx context.Context, key string) error {
	in := &s3.CreateMultipartUploadInput{Bucket: &s.name, Key: &key, ACL: types.ObjectCannedACL(s.acl)}
	in.ServerSideEncryption = types.ServerSideEncryption(s.sse)
	begun, err := s.client.CreateMultipartUpload(ctx, in)
	if err != nil {
		return s.failed(ctx, fmt.Sprintf("begin object %q", key), err)
	}
	_, err = s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.name, Key: &key, UploadId: begun.UploadId})
	if err != nil {
		return s.failed(ctx, fmt.Sprintf("give up object %q", key), err)
	}
	return nil
}
