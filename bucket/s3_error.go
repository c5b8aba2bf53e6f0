package bucket

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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
	hintRegion = "Set the bucket's region: --region, AWS_REGION, or that of the AWS profile."
	hintKeys   = "No AWS credentials were found: set a profile, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, " +
		"or give the machine a role. Public buckets are read with --anonymous."
	hintSignature = "The credentials are refused: check the access key, its secret, and the clock of this machine."
	hintExpired   = "The credentials have expired: log in again."
	hintProfile   = "Profiles stand in ~/.aws/config and ~/.aws/credentials, or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say: `aws configure list-profiles` lists them."
	hintReach     = "Check the endpoint, this machine's network, and its proxy (HTTPS_PROXY)."
	hintTrust     = "Check the endpoint's certificate; AWS_CA_BUNDLE names the file of a private authority."
	hintPlain     = "The server does not speak TLS: its endpoint begins with http://."
	hintBucket    = "Check the bucket's name, and the endpoint if it is not at AWS."
)

// DeniedError says that S3 answered, and denied what was asked.
type DeniedError struct {
	Err    error
	Bucket string
	// Action that is missing, such as "s3:GetObject"; where S3 does not say which
	// of several it is, all of them.
	Action string
	// Resource that it is needed on: an ARN.
	Resource string
}

func (e *DeniedError) Error() string { return e.Err.Error() }
func (e *DeniedError) Unwrap() error { return e.Err }

// Hint names what is missing.
func (e *DeniedError) Hint() string {
	return fmt.Sprintf("The credentials, or the bucket's policy, do not allow %s on %s.", e.Action, e.Resource)
}

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
	short, hint := shorten(err), s.hint(err)
	switch action := s.deniedAction(err); {
	case action != "":
		err = &DeniedError{short, s.name, action, s.resource(action)}
	case hint != "":
		err = &HintError{short, hint}
	default:
		err = short
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
		var request *url.Error // it names the whole URL
		if errors.As(err, &request) {
			if at, failed := url.Parse(request.URL); failed == nil {
				return &serverError{fmt.Sprintf("reach %s://%s: %v", at.Scheme, at.Host, request.Err), err}
			}
		}
		return &serverError{send.Err.Error(), err}
	}
	if _, why, found := strings.Cut(err.Error(), "get credentials: "); found {
		return &serverError{"find credentials: " + why, err}
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
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed":
		return hintSignature
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken":
		return hintExpired
	case "NoSuchBucket":
		return hintBucket
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
		return hintRegion
	case "":
		if statusOf(err) == 0 || withoutKeys(err) {
			return unansweredHint(err)
		}
	}
	return ""
}

// withoutKeys tells that nothing was asked of S3, as there were no credentials: what was asked for them may have answered.
func withoutKeys(err error) bool { return strings.Contains(err.Error(), "get credentials") }

// unansweredHint gives advice where no answer came.
func unansweredHint(err error) string {
	var send *smithyhttp.RequestSendError
	var untrusted *tls.CertificateVerificationError
	switch {
	case withoutKeys(err):
		return hintKeys
	case !errors.As(err, &send):
		return ""
	case errors.As(err, &untrusted):
		return hintTrust
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return hintPlain
	}
	return hintReach
}

// saidAction is how AWS names the action that it denied.
var saidAction = regexp.MustCompile(`not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)`)

// deniedAction names the action that was missing, or "" if that was not what went wrong: the one
// that the answer names, or else what the request needs.
func (s *S3) deniedAction(err error) string {
	switch codeOf(err) {
	case "AccessDenied", "Forbidden", "AllAccessDisabled":
	default:
		return ""
	}
	if said := saidAction.FindStringSubmatch(err.Error()); said != nil {
		return said[1]
	}
	var request *smithy.OperationError
	if !errors.As(err, &request) {
		return "the request"
	}
	switch name := request.OperationName; name {
	case "ListObjectsV2":
		return "s3:ListBucket"
	case "PutObject", "CreateMultipartUpload":
		if s.acl != "" {
			return "s3:PutObject and s3:PutObjectAcl"
		}
		return "s3:PutObject"
	case "UploadPart", "CompleteMultipartUpload":
		return "s3:PutObject"
	case "HeadObject":
		return "s3:GetObject"
	case "ListMultipartUploads":
		return "s3:ListBucketMultipartUploads"
	default:
		return "s3:" + name // they are called the same
	}
}

// resource is what an action is needed on.
func (s *S3) resource(action string) string {
	switch {
	case strings.HasPrefix(action, "kms:"):
		return "the bucket's key"
	case strings.HasPrefix(action, "s3:ListBucket"):
		return "arn:aws:s3:::" + s.name
	}
	return "arn:aws:s3:::" + s.name + "/*"
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
