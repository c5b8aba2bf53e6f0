package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// HintError is an error with advice for whoever reads it.
type HintError struct {
	Err    error
	Advice string // whole sentences, shown on lines of their own
}

func (e *HintError) Error() string { return e.Err.Error() }
func (e *HintError) Unwrap() error { return e.Err }

// Hint returns the advice.
func (e *HintError) Hint() string { return e.Advice }

const (
	hintRegion = "Set the bucket's region: region in the configuration, AWS_REGION, or the AWS profile."
	hintKeys   = "No AWS credentials were found: set a profile, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, " +
		"or give the machine a role. Public buckets are read without: anonymous."
	hintSignature = "The credentials are refused: check the access key, its secret, and the clock of this machine."
	hintExpired   = "The credentials have expired: log in again."
	hintBucket    = "Check the bucket's name, and the endpoint if it is not at AWS."
)

// serverError says in short what the SDK says at length.
type serverError struct {
	text string
	err  error
}

func (e *serverError) Error() string { return e.text }
func (e *serverError) Unwrap() error { return e.err }

// failed names what failed in which bucket, shortened and with a hint.
func (s *S3) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s in bucket %q: %w", what, s.name, ctx.Err())
	}
	hint := s.hint(err)
	err = shorten(err)
	if hint != "" {
		err = &HintError{err, hint}
	}
	return fmt.Errorf("%s in bucket %q: %w", what, s.name, err)
}

func shorten(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		text := strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": ")
		if status := statusOf(err); status != 0 {
			text += fmt.Sprintf(" (status %d, request %s)", status, requestOf(err))
		}
		return &serverError{text, err}
	}
	var send *smithyhttp.RequestSendError
	if errors.As(err, &send) {
		return &serverError{send.Err.Error(), err}
	}
	return err
}

func statusOf(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

func requestOf(err error) string {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.RequestID != "" {
		return answer.RequestID
	}
	return "unnamed"
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// hint gives advice for the errors that a newcomer meets.
func (s *S3) hint(err error) string {
	if region := regionOf(err); region != "" && region != s.client.Options().Region {
		return fmt.Sprintf("The bucket is in region %s: %s", region, hintRegion)
	}
	switch codeOf(err) {
	case "AccessDenied", "Forbidden", "AllAccessDisabled":
		return fmt.Sprintf("Reading needs s3:ListBucket on arn:aws:s3:::%s and s3:GetObject on arn:aws:s3:::%[1]s/*, "+
			"writing s3:PutObject; encrypted buckets also need kms:Decrypt.", s.name)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed":
		return hintSignature
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken":
		return hintExpired
	case "NoSuchBucket":
		return hintBucket
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
		return hintRegion
	case "":
		if statusOf(err) == 0 && strings.Contains(err.Error(), "get credentials") {
			return hintKeys
		}
	}
	return ""
}

// regionOf tells in which region the bucket is, where the answer says so.
func regionOf(err error) string {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil && answer.HTTPStatusCode() != http.StatusOK {
		return answer.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return ""
}

// isMissing tells that there is no such object; a missing bucket is not that.
func isMissing(err error) bool {
	code := codeOf(err)
	return code == "NoSuchKey" || code == "NotFound"
}

func isPreconditionFailed(err error) bool {
	return statusOf(err) == http.StatusPreconditionFailed
}
