package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/iam"
)

// iamFlags are the flags of iam.
type iamFlags struct {
	bucket, prefix, acl, principal, region string
	reads                                  bool
}

func (a *app) iamCmd() *cobra.Command {
	var f iamFlags
	cmd := &cobra.Command{
		Use:   "iam producer|consumer|export|vendor --bucket NAME",
		Short: "Print the least S3 policy for producing, loading or exporting",
		Long: `Print the least policy that a role needs in an S3 bucket: a producer writes a
feed (smew produce), a consumer reads one (load, poll, ls and cat), and export
writes files and reads nothing; with --reads it also looks at what is there, as
if-absent and guard need it, and lists uploads, which has those of killed runs
given up. It is to be attached to a user or a role; with
--principal it is a policy for the bucket itself, as another account needs it,
or something like S3 that has no others.

vendor is the bucket policy that Data Connect asks for, with the account that
delivers to the region of your data, us or eu. It has no --prefix, as Data
Connect delivers to the top of a bucket.`,
		Example: examples(
			"smew iam consumer --bucket csq-rs3-example",
			"smew iam producer --bucket my-bucket --prefix test/feed --acl bucket-owner-full-control",
			"smew iam consumer --bucket my-bucket --principal arn:aws:iam::123456789012:role/loader",
			"smew iam vendor --region eu --bucket csq-rs3-example > policy.json",
			"aws s3api put-bucket-policy --bucket csq-rs3-example --policy file://policy.json"),
		ValidArgs: []string{string(iam.Producer), string(iam.Consumer), string(iam.Export), "vendor"},
		Args:      arguments(0, "the role"),
		RunE: func(cmd *cobra.Command, args []string) error {
			// A region of AWS, from the environment or a file, is no region of the vendor's.
			if !cmd.Flags().Changed("region") {
				f.region = ""
			}
			policy, err := f.policy(args[0])
			if err != nil {
				return &usageError{err.Error(), "see smew iam --help"}
			}
			return a.printJSON(policy) // it is JSON with and without --json
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.bucket, "bucket", "", "`name` of the bucket")
	flags.StringVar(&f.prefix, "prefix", "", "`prefix` that the role keeps to (default: all of the bucket)")
	flags.StringVar(&f.acl, "acl", "", "`ACL` that objects will be made with: bucket-owner-full-control (default: none)")
	flags.BoolVar(&f.reads, "reads", false, "of export: what if-absent, guard, and giving up killed uploads need too")
	flags.StringVar(&f.principal, "principal", "", "make it a bucket's policy, for this `account`, user or role (an ARN)")
	flags.StringVar(&f.region, "region", "", "of vendor: the `region` of your data, us or eu")
	return cmd
}

// policy is what the flags ask for.
func (f iamFlags) policy(role string) (iam.Document, error) {
	if f.bucket == "" {
		return iam.Document{}, errors.New("--bucket is missing")
	}
	if role == "vendor" {
		if f.region == "" {
			return iam.Document{}, errors.New("--region is missing: us or eu")
		}
		if f.prefix != "" || f.principal != "" || f.reads {
			return iam.Document{}, errors.New("vendor takes neither --prefix nor --principal nor --reads")
		}
		return iam.Vendor(f.region, f.bucket)
	}
	if f.region != "" {
		return iam.Document{}, fmt.Errorf("--region is of vendor, not of %s", role)
	}
	if f.acl != "" && f.acl != "bucket-owner-full-control" {
		return iam.Document{}, fmt.Errorf("--acl is %q: only bucket-owner-full-control can be asked for", f.acl)
	}
	at, err := bucket.ParseLocation("s3://" + f.bucket + "/" + f.prefix)
	if err != nil {
		return iam.Document{}, err
	}
	if f.reads && role != string(iam.Export) {
		return iam.Document{}, fmt.Errorf("--reads is of export, not of %s", role)
	}
	policy, err := iam.Policy(iam.Role(role), iam.Place{Bucket: f.bucket, Prefix: at.Prefix, ACL: f.acl != "", Reads: f.reads})
	if err != nil || f.principal == "" {
		return policy, err
	}
	return policy.For(f.principal)
}

// roles of the commands that reach S3, for which iam prints what they need.
var roles = map[string]iam.Role{
	"produce": iam.Producer, "load": iam.Consumer, "poll": iam.Consumer, "ls": iam.Consumer, "cat": iam.Consumer,
	"export": iam.Export, "export run": iam.Export,
}

// policyHint tells where to find all that a command needs, when S3 denied something.
func policyHint(cmd *cobra.Command, err error) string {
	var denied *bucket.DeniedError
	name := strings.TrimPrefix(cmd.CommandPath(), "smew ")
	role, ok := roles[name]
	if !ok || !errors.As(err, &denied) {
		return ""
	}
	reads := ""
	if role == iam.Export && !strings.Contains(denied.Action, "Put") {
		reads = " --reads"
	}
	return fmt.Sprintf("`smew iam %s --bucket %s%s` prints the policy that smew %s needs.", role, denied.Bucket, reads, name)
}
