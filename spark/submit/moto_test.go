package submit_test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/emrserverless"
	"github.com/aws/aws-sdk-go-v2/service/emrserverless/types"

	"smew/bucket"
	"smew/spark/submit"
)

// moto runs the stand-in for AWS of that name, and returns its URL.
func moto(t *testing.T) string {
	t.Helper()
	program := "../../.tools/aws/bin/moto_server"
	if _, err := os.Stat(program); err != nil {
		const get = "no stand-in for AWS to test with: `make tools` installs one"
		if os.Getenv("CI") != "" {
			t.Fatal(get)
		}
		t.Skip(get)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	cmd := exec.Command(program, "-H", host, "-p", port)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	url := "http://" + l.Addr().String()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r, err := http.Get(url + "/moto-api/"); err == nil {
			r.Body.Close()
			return url
		}
	}
	t.Fatal("moto does not answer")
	return ""
}

// What is sent is what EMR Serverless takes, as far as moto checks that. It runs no jobs.
func TestMoto(t *testing.T) {
	c := client(moto(t))
	made, err := c.CreateApplication(t.Context(), &emrserverless.CreateApplicationInput{
		ClientToken: aws.String("once"), ReleaseLabel: aws.String("emr-7.13.0"), Type: aws.String("SPARK"), Name: aws.String("smew")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bucket.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	job := &submit.EMR{Client: c, Application: *made.ApplicationId, Role: "arn:aws:iam::123456789012:role/smew", Spark: "--conf spark.a=b", Name: "smew",
		Pause: time.Nanosecond, Box: submit.Box{Bucket: b, Root: "s3://bucket/"}}
	if err := job.Start(t.Context(), "s3://bucket/runner.py", "s3://bucket/"); err != nil {
		t.Fatal(err)
	}
	if err := job.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := job.Ended(t.Context()); err == nil || !strings.Contains(err.Error(), "CANCELLED") {
		t.Errorf("a job that was cancelled: %v", err)
	}
	listed, err := c.ListJobRuns(t.Context(), &emrserverless.ListJobRunsInput{ApplicationId: made.ApplicationId})
	if err != nil || len(listed.JobRuns) != 1 {
		t.Fatalf("its job runs are %+v: %v", listed, err)
	}
	got, err := c.GetJobRun(t.Context(), &emrserverless.GetJobRunInput{ApplicationId: made.ApplicationId, JobRunId: listed.JobRuns[0].Id})
	if err != nil {
		t.Fatal(err)
	}
	sent, ok := got.JobRun.JobDriver.(*types.JobDriverMemberSparkSubmit)
	if !ok || aws.ToString(sent.Value.EntryPoint) != "s3://bucket/runner.py" || aws.ToString(got.JobRun.ExecutionRole) != job.Role {
		t.Errorf("the job run is %+v", got.JobRun)
	}
}
