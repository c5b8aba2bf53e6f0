package bucket

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/logging"
)

// S3Config says how to reach S3. The zero value is what the SDK finds by
// itself: its files, its environment, the role of the machine.
type S3Config struct {
	// Endpoint is the base URL of an S3 look-alike; "" for the SDK's.
	Endpoint string
	// Region of the bucket; "" for the SDK's, or us-east-1 where there is none
	// and the endpoint is not that of AWS.
	Region string
	// Profile of the SDK's configuration files; "" for the SDK's.
	Profile string
	// PathStyle puts the bucket's name into the path, not into the host name.
	PathStyle bool
	// Checksums is "when_supported", "when_required", or "" for the SDK's. Old
	// look-alikes refuse the checksums that the SDK adds unless it is
	// "when_required".
	Checksums string
	// Anonymous reads public buckets without signing.
	Anonymous bool
	// Credentials take the place of the SDK's chain unless nil.
	Credentials aws.CredentialsProvider
	// Attempts that a request gets at most; 0 for the SDK's setting, or 5.
	Attempts int
	// Timeout within which an answer must begin, and each read of its body
	// must bring something; 0 is one minute.
	Timeout time.Duration

	// PartSize of uploads in bytes: 5 MiB, the least that S3 takes, or more; 0
	// is 8 MiB. An object of two parts or more goes up in parts of this size,
	// at most 10,000.
	PartSize int64
	// SSE is "AES256" to ask for encryption by S3 with its own keys (SSE-S3), or
	// "" for the bucket's default.
	SSE string
	// ACL is "bucket-owner-full-control" to hand new objects to the owner of the
	// bucket, or "" for none. Buckets that have ACLs disabled, as new ones have,
	// need none.
	ACL string
}

const (
	defaultAttempts = 5
	defaultTimeout  = time.Minute
	defaultPartSize = 8 << 20
	leastPartSize   = 5 << 20
)

// ConfigError says that a setting of S3Config makes no sense.
type ConfigError struct{ Err error }

func (e *ConfigError) Error() string { return e.Err.Error() }
func (e *ConfigError) Unwrap() error { return e.Err }

// check refuses what S3 would refuse only once something is written.
func (c S3Config) check() error {
	switch {
	case c.PartSize < leastPartSize:
		return fmt.Errorf("parts of %d bytes are smaller than the %d that S3 takes", c.PartSize, leastPartSize)
	case c.SSE != "" && c.SSE != string(types.ServerSideEncryptionAes256):
		return fmt.Errorf("encryption %q: only AES256 can be asked for; other kinds are the bucket's default or none", c.SSE)
	case c.ACL != "" && c.ACL != string(types.ObjectCannedACLBucketOwnerFullControl):
		return fmt.Errorf("ACL %q: only bucket-owner-full-control can be asked for", c.ACL)
	}
	return nil
}

// Check says what is wrong with the settings, as far as can be told without S3: a *ConfigError, or nil.
func (c S3Config) Check() error {
	if err := checkEndpoint(c.Endpoint); err != nil {
		return &ConfigError{err}
	}
	if err := c.checkChecksums(); err != nil {
		return &ConfigError{err}
	}
	return nil
}

func (c S3Config) checkChecksums() error {
	switch c.Checksums {
	case "", "when_supported", "when_required":
		return nil
	}
	return fmt.Errorf("checksums are %q, neither when_supported nor when_required", c.Checksums)
}

// checkEndpoint refuses a URL with a secret in it, which would get into messages: requests are signed, and
// nothing takes a name and a password.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil && strings.Contains(endpoint, "@"):
		return errors.New("the endpoint is no URL")
	case err != nil:
		return fmt.Errorf("the endpoint is no URL: %w", err)
	case endpoint != "" && u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("the endpoint %s does not begin with https:// or http://", withoutUser(endpoint))
	case u.User != nil:
		return fmt.Errorf("the endpoint %s has a user name or a password in it: credentials come from the AWS set-up", withoutUser(endpoint))
	}
	return nil
}

// S3 is a bucket in S3 or in something like it.
type S3 struct {
	client    *s3.Client
	name      string
	checksums aws.RequestChecksumCalculation
	partSize  int64
	sse, acl  string
}

// OpenS3 prepares the bucket of that name. Nothing is asked of the server yet.
func OpenS3(ctx context.Context, name string, c S3Config) (*S3, error) {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.PartSize == 0 {
		c.PartSize = defaultPartSize
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", name, &ConfigError{err})
	}
	options, err := c.loadOptions()
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", name, err)
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	var profile config.SharedConfigProfileNotExistError
	if errors.As(err, &profile) {
		err = &HintError{fmt.Errorf("there is no profile %q", profile.Profile), hintProfile}
	}
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", name, err)
	}
	if cfg.RetryMaxAttempts == 0 {
		cfg.RetryMaxAttempts = defaultAttempts
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.UsePathStyle || c.PathStyle
		if o.Region == "" && o.BaseEndpoint != nil {
			o.Region = "us-east-1" // look-alikes do not care, but the signature needs one
		}
		o.DisableLogOutputChecksumValidationSkipped = true
		o.HTTPClient = stallClient{o.HTTPClient, c.Timeout}
		// Another creator was at work on the same key; it is looked at again.
		o.Retryer = retry.AddWithErrorCodes(o.Retryer, "ConditionalRequestConflict")
	})
	if at := client.Options().BaseEndpoint; at != nil {
		if err := checkEndpoint(*at); err != nil {
			return nil, fmt.Errorf("open bucket %q: %w", name, &ConfigError{err})
		}
	}
	if client.Options().Region == "" {
		return nil, fmt.Errorf("open bucket %q: %w", name, &HintError{errors.New("no region is set"), hintRegion})
	}
	return &S3{client: client, name: name, checksums: cfg.RequestChecksumCalculation,
		partSize: c.PartSize, sse: c.SSE, acl: c.ACL}, nil
}

func (c S3Config) loadOptions() ([]func(*config.LoadOptions) error, error) {
	// A plain http.Client would make the SDK fail where AWS_CA_BUNDLE is set.
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout = c.Timeout
	})
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithLogger(logging.Nop{}), // errors are returned, and that is enough
	}
	if c.Endpoint != "" {
		options = append(options, config.WithBaseEndpoint(c.Endpoint))
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	if c.Attempts != 0 {
		options = append(options, config.WithRetryMaxAttempts(c.Attempts))
	}
	switch {
	case c.Anonymous:
		options = append(options, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	case c.Credentials != nil:
		options = append(options, config.WithCredentialsProvider(c.Credentials))
	}
	switch c.Checksums {
	case "":
	case "when_supported":
		options = append(options,
			config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenSupported),
			config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenSupported))
	case "when_required":
		options = append(options,
			config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired),
			config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired))
	default:
		return nil, &ConfigError{c.checkChecksums()}
	}
	return options, nil
}

// List implements Bucket: a request for each 1,000 objects.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		// Keys come URL-encoded, as XML cannot hold all characters.
		pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{
			Bucket: &s.name, Prefix: &prefix, EncodingType: types.EncodingTypeUrl,
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, s.failed(ctx, fmt.Sprintf("list %q", prefix), err))
				return
			}
			for _, listed := range page.Contents {
				o, err := listedObject(listed, page.EncodingType)
				if err != nil {
					yield(Object{}, fmt.Errorf("list %q in bucket %q: %w", prefix, s.name, err))
					return
				}
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// listedObject reads one entry; servers that ignore the wish for encoding do
// not name one.
func listedObject(listed types.Object, encoding types.EncodingType) (Object, error) {
	o := Object{
		Key:  aws.ToString(listed.Key),
		Size: aws.ToInt64(listed.Size),
		ETag: strings.Trim(aws.ToString(listed.ETag), `"`),
	}
	if encoding == types.EncodingTypeUrl {
		key, err := url.QueryUnescape(o.Key)
		if err != nil {
			return Object{}, fmt.Errorf("key %q: %w", o.Key, err)
		}
		o.Key = key
	}
	if o.ETag == "" {
		return Object{}, fmt.Errorf("object %q has no ETag", o.Key)
	}
	return o, nil
}
