package submit_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/emrserverless"
	"github.com/google/go-cmp/cmp"

	"smew/bucket"
	"smew/spark/submit"
)

// cloud answers as EMR Serverless does: one job run, whose state the test says.
type cloud struct {
	mu        sync.Mutex
	state     string
	details   string
	broken    bool
	started   map[string]any
	cancelled bool
	asked     func(method string) // if not nil, told of each request
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked != nil {
		c.asked(r.Method)
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/applications/app1/jobruns":
		json.NewDecoder(r.Body).Decode(&c.started)
		io.WriteString(w, `{"applicationId": "app1", "arn": "arn:run1", "jobRunId": "run1"}`)
	case r.Method == http.MethodGet && r.URL.Path == "/applications/app1/jobruns/run1" && c.broken:
		w.Header().Set("X-Amzn-ErrorType", "InternalServerException")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"message": "out of order"}`)
	case r.Method == http.MethodGet && r.URL.Path == "/applications/app1/jobruns/run1":
		fmt.Fprintf(w, `{"jobRun": {"applicationId": "app1", "jobRunId": "run1", "state": %q, "stateDetails": %q}}`, c.state, c.details)
	case r.Method == http.MethodDelete && r.URL.Path == "/applications/app1/jobruns/run1":
		c.cancelled = true
		io.WriteString(w, `{"applicationId": "app1", "jobRunId": "run1"}`)
	default:
		w.Header().Set("X-Amzn-ErrorType", "ResourceNotFoundException")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"message": "no such thing"}`)
	}
}

func (c *cloud) is(state, details string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state, c.details = state, details
}

// emr is a job of the cloud, and the folder that it has instead of a bucket.
func emr(t *testing.T, c *cloud) (*submit.EMR, string) {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &submit.EMR{Client: client(server.URL), Application: "app1", Role: "arn:role", Spark: "--conf spark.a=b", Name: "smew", Timeout: 90 * time.Second,
		Pause: time.Millisecond, Box: submit.Box{Bucket: b, Prefix: "work/", Root: "s3://bucket/work/"}}, dir
}

func client(url string) *emrserverless.Client {
	return emrserverless.New(emrserverless.Options{BaseEndpoint: &url, Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
}

// drive answers requests as the runner does, with what each step asked for, until it is told to end.
func drive(dir string) {
	for n := 1; ; {
		found, _ := filepath.Glob(filepath.Join(dir, "work", "session-*", fmt.Sprint(n)+".request"))
		if len(found) == 0 {
			time.Sleep(time.Millisecond)
			continue
		}
		request, err := os.ReadFile(found[0])
		if err != nil || string(request) == "null" {
			return
		}
		var steps []submit.Step
		json.Unmarshal(request, &steps)
		var answers []map[string]any
		for _, s := range steps {
			answers = append(answers, map[string]any{"rows": [][]any{{s.SQL}}})
		}
		data, _ := json.Marshal(answers)
		answer := strings.TrimSuffix(found[0], "request") + "answer"
		os.WriteFile(answer+".half", data, 0o644)
		os.Rename(answer+".half", answer)
		n++
	}
}

func TestEMR(t *testing.T) {
	c := &cloud{state: "PENDING", broken: true}
	job, dir := emr(t, c)
	go func() {
		drive(dir)
		c.is("SUCCESS", "")
	}()
	s, err := submit.Open(t.Context(), job, job.Box, submit.Options{Idle: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.broken, c.state = false, "RUNNING"
	c.mu.Unlock()
	got, err := s.Rows(t.Context(), "SELECT 1")
	if diff := cmp.Diff([][]any{{"SELECT 1"}}, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c.cancelled {
		t.Error("a job that ended was cancelled")
	}
	sessions, _ := filepath.Glob(filepath.Join(dir, "work", "session-*"))
	if len(sessions) != 1 {
		t.Fatalf("there are sessions %v", sessions)
	}
	at := "s3://bucket/work/" + filepath.Base(sessions[0]) + "/"
	delete(c.started, "clientToken")
	want := map[string]any{
		"name": "smew", "executionRoleArn": "arn:role", "executionTimeoutMinutes": 2.0,
		"jobDriver": map[string]any{"sparkSubmit": map[string]any{"entryPoint": at + "runner.py",
			"entryPointArguments": []any{at, "60", "0.5"}, "sparkSubmitParameters": "--conf spark.a=b"}},
		"configurationOverrides": map[string]any{"monitoringConfiguration": map[string]any{
			"s3MonitoringConfiguration": map[string]any{"logUri": "s3://bucket/work/logs/"}}},
	}
	if diff := cmp.Diff(want, c.started); diff != "" {
		t.Errorf("the job that was started: -want +got\n%s", diff)
	}
}

func TestEMRFails(t *testing.T) {
	for _, c := range []struct {
		name, state, log string
		says             []string
	}{
		{"with a log", "FAILED", "Traceback\nno catalog\n", []string{"FAILED, job failed", "it said: Traceback\nno catalog"}},
		{"before it has one", "FAILED", "", []string{"see s3://bucket/work/logs/applications/app1/jobs/run1/SPARK_DRIVER/stderr.gz"}},
		{"cancelled by another", "CANCELLED", "", []string{"CANCELLED"}},
		{"done, and no answer", "SUCCESS", "", []string{"SUCCESS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			there := &cloud{state: c.state, details: "job failed"}
			job, dir := emr(t, there)
			if c.log != "" {
				var packed bytes.Buffer
				z := gzip.NewWriter(&packed)
				io.WriteString(z, c.log)
				z.Close()
				path := filepath.Join(dir, "work/logs/applications/app1/jobs/run1/SPARK_DRIVER/stderr.gz")
				os.MkdirAll(filepath.Dir(path), 0o755)
				if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, err := submit.Open(t.Context(), job, job.Box, submit.Options{})
			var ended *submit.EndedError
			if !errors.As(err, &ended) {
				t.Fatalf("it gave %v", err)
			}
			for _, says := range append(c.says, "EMR Serverless job run run1") {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("it does not say %q: %v", says, err)
				}
			}
		})
	}
	t.Run("no such application", func(t *testing.T) {
		job, _ := emr(t, &cloud{})
		job.Application = "app2"
		_, err := submit.Open(t.Context(), job, job.Box, submit.Options{})
		if err == nil || !strings.Contains(err.Error(), "application app2") || !strings.Contains(err.Error(), "no such thing") {
			t.Errorf("it gave %v", err)
		}
	})
}

// A load that is given up does not leave a job that costs, also where that happens while it is handed in.
func TestEMRCancelled(t *testing.T) {
	for _, when := range []string{http.MethodPost, http.MethodGet} {
		c := &cloud{state: "RUNNING"}
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		c.asked = func(method string) {
			if method == when {
				cancel(enough)
			}
		}
		job, _ := emr(t, c)
		if _, err := submit.Open(ctx, job, job.Box, submit.Options{}); !errors.Is(err, enough) {
			t.Errorf("at %s it ended with %v", when, err)
		}
		if !c.cancelled {
			t.Errorf("at %s the job was not cancelled", when)
		}
	}
}
