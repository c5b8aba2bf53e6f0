// Package s3test runs a real S3 server for tests.
package s3test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"smew/bucket"
)

const (
	accessKey = "smew-test"
	secretKey = "smew-test-secret"
	region    = "us-east-1"
)

// Server is a running server. It ends with the test that started it.
type Server struct {
	// URL of the server: "http://127.0.0.1:port".
	URL     string
	binary  string
	objects string // folder of the buckets, and of what is known of their objects
	about   string
	buckets atomic.Int64
	users   atomic.Int64
}

// Start runs versitygw over a temporary directory until the test ends. The
// binary is the one SMEW_TEST_S3_SERVER names, or the one `make tools` builds.
// Without it the test is skipped, or fails when CI is set.
func Start(t testing.TB) *Server {
	t.Helper()
	binary := find(t)
	// A port that was free may be taken before the server has it.
	var failed error
	for range 5 {
		s, err := start(t, binary)
		if err == nil {
			return s
		}
		failed = err
	}
	t.Fatalf("start S3 server: %v", failed)
	return nil
}

func find(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("SMEW_TEST_S3_SERVER"); path != "" {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(dir, ".tools", "versitygw")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	const get = "no S3 server to test with: `make tools` builds one, or set SMEW_TEST_S3_SERVER to versitygw's path"
	if os.Getenv("CI") != "" {
		t.Fatal(get)
	}
	t.Skip(get)
	return ""
}

func start(t testing.TB, binary string) (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dirs := [3]string{t.TempDir(), t.TempDir(), t.TempDir()}
	// Metadata in a folder beside: not every file system has attributes. The users' folder is absolute,
	// as the server changes its own.
	cmd := exec.Command(binary, "--quiet", "--port", address, "--health", "/healthz", "--iam-dir", dirs[2],
		"posix", "--sidecar", dirs[1], dirs[0])
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s := &Server{URL: "http://" + address, binary: binary, objects: dirs[0], about: dirs[1]}
	if err := s.ready(ended); err != nil {
		cmd.Process.Kill()
		return nil, fmt.Errorf("%w\n%s", err, output.Bytes())
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
	})
	return s, nil
}

// freeAddress finds a port that nobody listens on right now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// ready waits until the server answers.
func (s *Server) ready(ended <-chan error) error {
	client := http.Client{Timeout: time.Second}
	deadline := time.After(time.Minute)
	for {
		answer, err := client.Get(s.URL + "/healthz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %v", err)
		case <-deadline:
			return fmt.Errorf("it does not answer at %s", s.URL)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// User is whom the server knows: by an access key, which policies name as the principal, and its
// secret.
type User struct{ AccessKey, SecretKey string }

// Owner owns all buckets and is allowed everything.
var Owner = User{accessKey, secretKey}

// User makes a user who is allowed nothing until a policy says otherwise.
func (s *Server) User(t testing.TB) User {
	t.Helper()
	u := User{fmt.Sprintf("user-%d", s.users.Add(1)), "user-secret"}
	cmd := exec.Command(s.binary, "admin", "--endpoint-url", s.URL, "--region", region, "--access", accessKey, "--secret", secretKey,
		"create-user", "--access", u.AccessKey, "--secret", u.SecretKey, "--role", "user")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("create user: %v\n%s", err, output)
	}
	return u
}

// Policy gives the bucket of that name a policy, a JSON document, in place of the one it has.
func (s *Server) Policy(t testing.TB, name, policy string) {
	t.Helper()
	if _, err := s.Client().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &name, Policy: &policy}); err != nil {
		t.Fatalf("set the policy of bucket %q: %v\n%s", name, err, policy)
	}
}

// Config reaches the server as its owner.
func (s *Server) Config() bucket.S3Config { return s.ConfigOf(Owner) }

// ConfigOf reaches the server as u.
func (s *Server) ConfigOf(u User) bucket.S3Config {
	return bucket.S3Config{
		Endpoint: s.URL, Region: region, PathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(u.AccessKey, u.SecretKey, ""),
	}
}

// Env is EnvOf its owner.
func (s *Server) Env() []string { return s.EnvOf(Owner) }

// EnvOf are the variables that make a command reach the server as u, and nothing of the machine's
// own AWS set-up.
func (s *Server) EnvOf(u User) []string {
	return []string{
		"AWS_ENDPOINT_URL_S3=" + s.URL,
		"AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + u.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + u.SecretKey,
		"AWS_SESSION_TOKEN=",
		"AWS_PROFILE=",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// Client is the SDK's client for the server.
func (s *Server) Client() *s3.Client {
	c := s.Config()
	return s3.New(s3.Options{
		BaseEndpoint: &c.Endpoint, Region: c.Region, UsePathStyle: true, Credentials: c.Credentials,
	})
}

// Bucket makes a new bucket and returns its name, which no other server has a bucket of: who talks to several may remember buckets by name.
func (s *Server) Bucket(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("smew-test-%s%03d", s.URL[strings.LastIndex(s.URL, ":")+1:], s.buckets.Add(1))
	s.MakeBucket(t, name)
	return name
}

// MakeBucket makes a bucket of that name.
func (s *Server) MakeBucket(t testing.TB, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.Client().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
		t.Fatalf("create bucket %q: %v", name, err)
	}
}

// Open opens the bucket of that name, as smew does.
func (s *Server) Open(t testing.TB, name string) *bucket.S3 {
	t.Helper()
	b, err := bucket.OpenS3(t.Context(), name, s.Config())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Copy makes further objects of one that is there, in the server's own files: by requests, ten thousand
// would take minutes.
func (s *Server) Copy(t testing.TB, name, key string, keys []string) {
	t.Helper()
	for _, to := range keys {
		for root, link := range map[string]func(string, string) error{s.objects: os.Link, s.about: os.Symlink} {
			from, to := filepath.Join(root, name, key), filepath.Join(root, name, to)
			err := os.MkdirAll(filepath.Dir(to), 0o755)
			if err == nil {
				err = link(from, to)
			}
			if err != nil {
				t.Fatalf("copy object %q: %v", key, err)
			}
		}
	}
}
