package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/iam"
)

// TestJudge holds what is said of facts that no test's server can be made to give, and that what is wrong has advice.
func TestJudge(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	said := errors.New("said by the server")
	probe := func(change func(*bucket.Probe)) Facts {
		p := bucket.Probe{Credentials: "EC2RoleProvider", Region: "eu-west-1", BucketRegion: "eu-west-1", Server: now, Local: now}
		change(&p)
		return Facts{Role: iam.Consumer, Place: iam.Place{Bucket: "csq-rs3-shop"}, Probe: &p}
	}
	encrypted := func(name, with string) Facts {
		f := probe(func(*bucket.Probe) {})
		f.Place.Bucket, f.Encryption = name, &with
		return f
	}
	for _, test := range []struct {
		name   string
		facts  Facts
		check  string
		result Result
		found  string
	}{
		{"all well", probe(func(*bucket.Probe) {}), "bucket", OK, "csq-rs3-shop is there"},
		{"AWS", probe(func(*bucket.Probe) {}), "endpoint", OK, "AWS answers"},
		{"a role", probe(func(p *bucket.Probe) { p.Expires = now }), "credentials", OK, "from the machine's role, until 2026-03-01 12:00 UTC"},
		{"anonymous", probe(func(p *bucket.Probe) { p.Credentials = "" }), "credentials", OK, "as anybody may"},
		{"expired", probe(func(p *bucket.Probe) { p.Err, p.Status, p.Code = said, 400, "ExpiredToken" }), "credentials", Wrong, "said by"},
		{"clock a little ahead", probe(func(p *bucket.Probe) { p.Local = now.Add(2 * time.Minute) }), "clock", Warning, "2m0s ahead"},
		{"clock far behind", probe(func(p *bucket.Probe) { p.Local = now.Add(-time.Hour) }), "clock", Warning, "1h0m0s behind"},
		{"clock refused", probe(func(p *bucket.Probe) { p.Err, p.Status, p.Code = said, 403, "RequestTimeTooSkewed" }), "clock", Wrong, "agrees"},
		{"a slow answer", probe(func(p *bucket.Probe) { p.Local = now.Add(1500 * time.Millisecond) }), "clock", OK, "agrees"},
		{"no clock", probe(func(p *bucket.Probe) { p.Server = time.Time{} }), "clock", Skipped, ""},
		{"another region", probe(func(p *bucket.Probe) { p.Region = "us-east-1" }), "region", Wrong, "in eu-west-1, and us-east-1 is asked"},
		{"redirected", probe(func(p *bucket.Probe) { p.Err, p.Status, p.Code, p.BucketRegion = said, 301, "PermanentRedirect", "" }), "region", Wrong, "said by"},
		{"trouble there", probe(func(p *bucket.Probe) { p.Err, p.Status, p.Code = said, 503, "SlowDown" }), "endpoint", Wrong, "said by"},
		{"nobody there", probe(func(p *bucket.Probe) { p.Err = said }), "endpoint", Wrong, "said by"},
		{"SSE-S3", encrypted("csq-rs3-shop", "AES256"), "encryption", OK, "SSE-S3"},
		{"not said", encrypted("csq-rs3-shop", ""), "encryption", OK, "does not say"},
		{"KMS where the vendor delivers", encrypted("csq-rs3-shop", "aws:kms"), "encryption", Wrong, "aws:kms"},
		{"KMS in a copy", encrypted("copy", "aws:kms"), "encryption", Warning, "aws:kms"},
		{"other name", encrypted("copy", ""), "bucket", Warning, "does not begin with csq-rs3-"},
		{"no name", encrypted("a*b", ""), "bucket", Wrong, "not the name of a bucket"},
		{"little room", Facts{Disks: []Disk{{Name: "it", Dir: "d", Free: 5e9, Need: 7e9}}}, "disk for it", Warning, "5.0 GB free, 7.0 GB may be needed"},
		{"room", Facts{Disks: []Disk{{Name: "it", Dir: "d", Free: 8e9, Need: 7e9}}}, "disk for it", OK, "8.0 GB free"},
		{"older", Facts{Database: &Database{There: true, Err: said, Older: true}}, "database", Warning, "said by"},
		{"no reports", Facts{Layout: &Layout{Manifests: 1}}, "sync reports", Warning, "none"},
		{"coming", Facts{Layout: &Layout{Manifests: 1, Coming: []string{"a"}}}, "strays", OK, "being delivered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, c := range Judge(test.facts) {
				if c.Result == Wrong && c.Advice == "" && c.Found != said.Error() {
					t.Errorf("%s is wrong, and nobody says what to do: %+v", c.Name, c)
				}
				if c.Name != test.check {
					continue
				}
				if c.Result != test.result || !strings.Contains(c.Found, test.found) {
					t.Errorf("%+v, want %s: %s", c, test.result, test.found)
				}
				return
			}
			t.Errorf("nothing is said of %s", test.check)
		})
	}
}

// TestUnanswered: what nobody answered is not judged any further.
func TestUnanswered(t *testing.T) {
	got := Judge(Facts{Role: iam.Consumer, Place: iam.Place{Bucket: "csq-rs3-shop"}, Probe: &bucket.Probe{Err: errors.New("no route")}})
	if len(got) != 2 || got[1].Name != "endpoint" {
		t.Errorf("%+v", got)
	}
}
