package iam_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/iam"
)

// The documents are kept as an administrator would read them; with SMEW_TEST_UPDATE set they are
// written anew.
func TestGolden(t *testing.T) {
	policy := func(role iam.Role, p iam.Place) func() (iam.Document, error) {
		return func() (iam.Document, error) { return iam.Policy(role, p) }
	}
	whole := iam.Place{Bucket: "csq-rs3-example"}
	for name, make := range map[string]func() (iam.Document, error){
		"consumer":        policy(iam.Consumer, whole),
		"consumer-prefix": policy(iam.Consumer, iam.Place{Bucket: "my-bucket", Prefix: "feeds/shop/"}),
		"producer":        policy(iam.Producer, whole),
		"producer-prefix": policy(iam.Producer, iam.Place{Bucket: "my-bucket", Prefix: "feeds/shop/", ACL: true}),
		"export":          policy(iam.Export, whole),
		"export-prefix":   policy(iam.Export, iam.Place{Bucket: "my-bucket", Prefix: "reports/", ACL: true}),
		"export-reads":    policy(iam.Export, iam.Place{Bucket: "my-bucket", Prefix: "reports/", Reads: true}),
		"vendor-us":       func() (iam.Document, error) { return iam.Vendor("us", "csq-rs3-example") },
		"vendor-eu":       func() (iam.Document, error) { return iam.Vendor("eu", "csq-rs3-example") },
		"consumer-bucket": func() (iam.Document, error) {
			d, err := iam.Policy(iam.Consumer, whole)
			if err != nil {
				return d, err
			}
			return d.For("arn:aws:iam::123456789012:role/loader")
		},
		// None of a key's characters is a wildcard.
		"consumer-odd": policy(iam.Consumer, iam.Place{Bucket: "my-bucket", Prefix: "a*b?${c}/"}),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := make()
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(d, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".json")
			if os.Getenv("SMEW_TEST_UPDATE") != "" {
				if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("other than %s:\n%s", path, diff)
			}
		})
	}
}

// What would allow more than was meant is refused.
func TestRefused(t *testing.T) {
	for _, name := range []string{"", "*", "my-*", "a", "my bucket", "my/bucket", "${aws:username}", "-bucket", "bücket"} {
		if d, err := iam.Policy(iam.Consumer, iam.Place{Bucket: name}); err == nil {
			t.Errorf("bucket %q was taken: %+v", name, d)
		}
		if _, err := iam.Vendor("eu", name); err == nil {
			t.Errorf("bucket %q was taken for the vendor", name)
		}
	}
	if _, err := iam.Policy("administrator", iam.Place{Bucket: "my-bucket"}); err == nil {
		t.Error("a role that is none was taken")
	}
	if _, err := iam.Vendor("us-east-1", "my-bucket"); err == nil {
		t.Error("a region of AWS was taken for one of the vendor's")
	}
	for _, principal := range []string{"", "*", "arn:aws:iam::*:root"} {
		if _, err := (iam.Document{}).For(principal); err == nil {
			t.Errorf("principal %q was taken", principal)
		}
	}
}
