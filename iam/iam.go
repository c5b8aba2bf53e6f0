// Package iam says what a role must be allowed in S3, and no more: the policies
// that an administrator attaches to a user or role, or to a bucket.
//
// Where smew does without an action that the vendors' pages list, docs/s3.md
// says why. That each action is needed, and all together suffice, is tested in
// cmd/smew against a server that enforces policies.
package iam

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Role is what somebody does in a bucket.
type Role string

const (
	// Producer writes a feed: smew produce, to S3.
	Producer Role = "producer"
	// Consumer reads a feed: smew load, poll, ls and cat.
	Consumer Role = "consumer"
	// Export writes files that may replace older ones, and reads nothing but where Place.Reads says so.
	Export Role = "export"
)

// Document is a policy, in the JSON form of AWS.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement allows Principal, or with none whomever the policy is attached to,
// every action on every resource.
type Statement struct {
	Sid       string
	Effect    string
	Principal *Principal `json:",omitempty"`
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// Principal names accounts, users or roles.
type Principal struct{ AWS []string }

// version is that of the policy language which knows variables such as ${*}.
const version = "2012-10-17"

// Place is where the role works.
type Place struct {
	Bucket string
	// Prefix is what all keys begin with: "" or a text that ends with "/".
	Prefix string
	// ACL says that objects are created with an ACL, as --acl does.
	ACL bool
	// Reads says that an Export looks at what is there: by if-absent, by guard, and for what killed uploads have left.
	Reads bool
}

// Policy is the least that role needs at p, to be attached to a user or role.
func Policy(role Role, p Place) (Document, error) {
	if err := CheckBucket(p.Bucket); err != nil {
		return Document{}, err
	}
	// A failed upload of several parts is given up, or somebody pays for them.
	write := []string{"s3:PutObject", "s3:AbortMultipartUpload"}
	if p.ACL {
		write = append(write, "s3:PutObjectAcl")
	}
	d := Document{Version: version}
	switch role {
	case Consumer:
		d.Statement = []Statement{
			p.list("ListFeed", ""),
			p.objects("ReadFeed", "", "s3:GetObject"),
		}
	case Producer:
		// The manifests tell which dump is next, and whose a manifest is.
		d.Statement = []Statement{
			p.list("ListManifests", "manifests/"),
			p.objects("ReadManifests", "manifests/", "s3:GetObject"),
			p.objects("WriteFeed", "", write...),
		}
	case Export:
		d.Statement = []Statement{p.objects("WriteExport", "", write...)}
		if p.Reads {
			// Listing uploads knows no prefix as a condition.
			uploads := Statement{Sid: "FindUploads", Effect: "Allow", Action: []string{"s3:ListBucketMultipartUploads"}, Resource: []string{arn(p.Bucket)}}
			d.Statement = append(d.Statement, p.objects("ReadExport", "", "s3:GetObject"), p.list("FindExport", ""), uploads)
		}
	default:
		return Document{}, fmt.Errorf("there is no role %q", role)
	}
	return d, nil
}

// For is the document as the policy of a bucket, for one principal: an
// account's number, or the ARN of a user or role.
func (d Document) For(principal string) (Document, error) {
	if strings.Contains(principal, "*") || principal == "" {
		return Document{}, fmt.Errorf("principal %q: it is one account, user or role", principal)
	}
	out := Document{Version: d.Version}
	for _, s := range d.Statement {
		s.Principal = &Principal{AWS: []string{principal}}
		out.Statement = append(out.Statement, s)
	}
	return out, nil
}

// list allows to list the keys below folder.
func (p Place) list(sid, folder string) Statement {
	s := Statement{Sid: sid, Effect: "Allow", Action: []string{"s3:ListBucket"}, Resource: []string{arn(p.Bucket)}}
	if below := p.Prefix + folder; below != "" {
		s.Condition = map[string]map[string][]string{"StringLike": {"s3:prefix": {literal(below) + "*"}}}
	}
	return s
}

// objects allows actions on the objects below folder.
func (p Place) objects(sid, folder string, actions ...string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: []string{arn(p.Bucket) + "/" + literal(p.Prefix+folder) + "*"}}
}

func arn(bucket string) string { return "arn:aws:s3:::" + bucket }

// literal keeps a policy from taking a key's characters for wildcards or the
// beginning of a variable.
var literal = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace

// CheckBucket refuses names that S3 never gave, among them those with wildcards.
func CheckBucket(name string) error {
	if !bucketName.MatchString(name) {
		return fmt.Errorf("%q is not the name of a bucket", name)
	}
	return nil
}

var bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$`)

// vendor is whom Data Connect writes as, and what its page calls the statement.
type vendor struct{ sid, account string }

// Vendor is the policy of a bucket that Data Connect delivers into, as the
// vendor's page on Amazon S3 (19 February 2026) has it for the region of the
// data, "us" or "eu": that account may do everything in the bucket.
func Vendor(region, bucket string) (Document, error) {
	if err := CheckBucket(bucket); err != nil {
		return Document{}, err
	}
	v, ok := map[string]vendor{
		"us": {"Stmt1441164338000", "085120003701"},
		"eu": {"ConnectEU", "556519846140"},
	}[region]
	if !ok {
		return Document{}, errors.New("the vendor's regions are us and eu")
	}
	return Document{Version: version, Statement: []Statement{{
		Sid:       v.sid,
		Effect:    "Allow",
		Principal: &Principal{AWS: []string{"arn:aws:iam::" + v.account + ":root"}},
		Action:    []string{"s3:*"},
		Resource:  []string{arn(bucket), arn(bucket) + "/*"},
	}}}, nil
}
