package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smew/bucket"
	"smew/iam"
)

// Codes of S3's errors, by what they say is wrong.
var (
	credentialCodes = []string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException", "InvalidToken"}
	regionCodes     = []string{"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
)

const (
	clockCode  = "RequestTimeTooSkewed"
	bucketCode = "NoSuchBucket"
)

// judgeProbe says what one listing tells. What is wrong leaves what builds on it unjudged.
func judgeProbe(f Facts) []Check {
	p := f.Probe
	checks := []Check{judgeCredentials(p)}
	if p.CredentialsErr != nil {
		return checks
	}
	checks = append(checks, judgeEndpoint(p))
	if unanswered(p) {
		return checks
	}
	return append(checks, judgeClock(p), judgeRegion(p), judgeBucket(f))
}

func unanswered(p *bucket.Probe) bool { return p.Err != nil && p.Status == 0 }

func judgeCredentials(p *bucket.Probe) Check {
	c := Check{Name: "credentials", Result: OK, Found: "from " + source(p.Credentials)}
	switch {
	case p.CredentialsErr != nil:
		return failed(c.Name, p.CredentialsErr, "")
	case slices.Contains(credentialCodes, p.Code):
		return failed(c.Name, p.Err, "Check the access key, its secret and the session token.")
	case p.Credentials == "":
		c.Found = "none: the bucket is read as anybody may"
	case !p.Expires.IsZero():
		c.Found += ", until " + p.Expires.UTC().Format("2006-01-02 15:04 UTC")
	}
	return c
}

// source says where credentials come from: the SDK names its own types.
func source(name string) string {
	kind, detail, _ := strings.Cut(name, ": ")
	switch kind {
	case "EnvConfigCredentials":
		return "the environment"
	case "SharedConfigCredentials":
		return "a profile in " + detail
	case "EC2RoleProvider":
		return "the machine's role"
	}
	return name
}

func judgeEndpoint(p *bucket.Probe) Check {
	c := Check{Name: "endpoint", Result: OK, Found: p.Endpoint + " answers"}
	if p.Endpoint == "" {
		c.Found = "AWS answers"
	}
	switch {
	case unanswered(p):
		return failed(c.Name, p.Err, "")
	case p.Status >= 500:
		return failed(c.Name, p.Err, "The server has trouble of its own: try again later, or ask whoever runs it.")
	}
	return c
}

// notedSkew is well below the quarter of an hour from which on S3 refuses requests. The SDK corrects what it can.
const notedSkew = time.Minute

func judgeClock(p *bucket.Probe) Check {
	c := Check{Name: "clock", Result: OK}
	if p.Server.IsZero() {
		c.Result, c.Found = Skipped, "the server does not tell the time"
		return c
	}
	off := skew(p.Server, p.Local)
	switch {
	case off > 0:
		c.Found = fmt.Sprintf("%s ahead of the server's", off)
	case off < 0:
		c.Found = fmt.Sprintf("%s behind the server's", -off)
	default:
		c.Found = "agrees with the server's"
	}
	const advice = "Set it by the network (timedatectl set-ntp true): S3 refuses requests that are 15 minutes off, and smew reckons with it when dumps are due."
	switch {
	case p.Code == clockCode:
		c.Result, c.Advice = Wrong, advice
	case off.Abs() >= notedSkew:
		c.Result, c.Advice = Warning, advice
	}
	return c
}

func judgeRegion(p *bucket.Probe) Check {
	c := Check{Name: "region", Result: OK, Found: p.Region}
	switch {
	case p.BucketRegion != "" && p.BucketRegion != p.Region:
		c.Result = Wrong
		c.Found = fmt.Sprintf("the bucket is in %s, and %s is asked", p.BucketRegion, p.Region)
		c.Advice = "Give --region " + p.BucketRegion + ", or set AWS_REGION or the profile's region to it."
	case slices.Contains(regionCodes, p.Code):
		return failed(c.Name, p.Err, "Give the bucket's region with --region.")
	case p.BucketRegion == "":
		c.Found += "; the server does not say where the bucket is"
	}
	return c
}

func judgeBucket(f Facts) Check {
	c := Check{Name: "bucket", Result: OK, Found: f.Place.Bucket + " is there"}
	err := iam.CheckBucket(f.Place.Bucket)
	switch {
	case err != nil:
		return failed(c.Name, err, "A bucket's name has letters, digits, dots and hyphens.")
	case f.Probe.Code == bucketCode:
		return failed(c.Name, f.Probe.Err, "")
	case f.Probe.Err != nil:
		c.Result, c.Found = Skipped, "not seen: the request was refused"
	case f.Role == iam.Consumer && !strings.HasPrefix(f.Place.Bucket, vendorsPrefix):
		c.Result = Warning
		c.Found += ", and its name does not begin with " + vendorsPrefix
		c.Advice = "Data Connect delivers into buckets of such names only. For a copy of a feed any name will do."
	}
	return c
}

// judgeAction says whether an action is allowed that the role needs.
func judgeAction(f Facts, a Action) Check {
	c := Check{Name: "policy " + a.Name, Result: OK, Found: "allowed: " + a.On}
	advice := "Look at the object with other tools: smew cannot."
	if f.Place.Bucket == "" {
		c.Name, advice = a.Name, "Let this user "+a.Name+" in the feed's folder."
	}
	var denied *bucket.DeniedError
	switch {
	case a.Err == nil && a.On == "":
		c.Result, c.Found = Skipped, "nothing to try it on"
	case errors.As(a.Err, &denied):
		policy := fmt.Sprintf("smew iam %s --bucket %s", f.Role, f.Place.Bucket)
		if f.Place.Prefix != "" {
			policy += " --prefix " + strings.TrimSuffix(f.Place.Prefix, "/")
		}
		c = failed(c.Name, a.Err, "")
		c.Advice += " `" + policy + "` prints the policy to attach."
	case a.Err != nil:
		return failed(c.Name, a.Err, advice)
	}
	return c
}
