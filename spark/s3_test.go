package spark_test

import (
	"testing"

	"smew/bucket/s3test"
	"smew/produce"
	"smew/spark/sparktest"
)

// The feed lies in S3, where the cluster reads it, and what is written anew goes there too.
func TestS3(t *testing.T) {
	s3 := s3test.Start(t)
	config := s3.Config()
	credentials, err := config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := sparktest.Start(t, sparktest.Options{S3: &sparktest.S3{Endpoint: config.Endpoint, Region: config.Region,
		AccessKey: credentials.AccessKeyID, SecretKey: credentials.SecretAccessKey}})
	b := (&server{c.Remote, c}).fresh(t)
	b.s3, b.name = s3, s3.Bucket(t)
	scenario, err := produce.ScenarioNamed("everything")
	if err != nil {
		t.Fatal(err)
	}
	p, err := produce.New(t.Context(), s3.Open(t, b.name), produce.Options{Seed: 6, Users: 20, Events: 60, PartRows: 30, Prefix: "feed/", Bucket: b.name, Scenario: scenario})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.load()
	b.agree()
}
