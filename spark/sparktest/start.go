package sparktest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"smew/bucket/s3test"
)

// Start returns a cluster with an empty catalog, for one test at a time: the one that SMEW_TEST_SPARK_CLUSTER hands over (command local), or one
// of its own that ends with the test. Where Java 17 or the tools of `make spark-tools` are absent the test is skipped, or fails when CI is set.
func Start(t testing.TB) *Cluster {
	t.Helper()
	tools := Tools(t)
	turn(t, filepath.Join(tools, "lock"))
	var c *Cluster
	var err error
	if dir := os.Getenv("SMEW_TEST_SPARK_CLUSTER"); dir != "" {
		if c, err = attach(dir); err == nil {
			err = c.empty()
		}
	} else {
		c, err = Launch(t.TempDir(), Options{Tools: tools, Tests: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Stop()
		if t.Failed() {
			t.Logf("the Connect server said:\n%s", c.Log("connect"))
		}
	})
	return c
}

// StartS3 starts an S3 server for tests, and returns the settings that lead s3a:// there, in a session; those of a driver begin with spark.hadoop.
func StartS3(t testing.TB) (*s3test.Server, map[string]string) {
	t.Helper()
	server := s3test.Start(t)
	config := server.Config()
	c, err := config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return server, map[string]string{
		"fs.s3a.endpoint":               config.Endpoint,
		"fs.s3a.endpoint.region":        config.Region,
		"fs.s3a.access.key":             c.AccessKeyID,
		"fs.s3a.secret.key":             c.SecretAccessKey,
		"fs.s3a.path.style.access":      "true",
		"fs.s3a.connection.ssl.enabled": strconv.FormatBool(strings.HasPrefix(config.Endpoint, "https:")),
	}
}

// turn waits until no other test has a cluster: go runs tests of several packages at once, which two cores would not bear.
func turn(t testing.TB, path string) {
	turn, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock(turn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { turn.Close() })
}

// Tools returns the folder that `make spark-tools` filled, or SMEW_TEST_SPARK names; it skips the test as Start does.
func Tools(t testing.TB) string {
	t.Helper()
	absent := func(why string) {
		t.Helper()
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	if runtime.GOOS == "windows" {
		t.Skip("a cluster is started on Unix only")
	}
	if !java17() {
		absent("no Spark to test with: it needs Java 17, which is not on the path")
	}
	tools := os.Getenv("SMEW_TEST_SPARK")
	if tools == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
		}
		tools = filepath.Join(dir, ".tools", "spark")
	}
	if _, err := os.Stat(filepath.Join(tools, "installed")); err != nil {
		absent("no Spark to test with: `make spark-tools` installs one, or set SMEW_TEST_SPARK to the folder of one it installed")
	}
	return tools
}

// java17 says whether the java that Spark would take is of version 17 or newer.
func java17() bool {
	java := "java"
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java = filepath.Join(home, "bin", "java")
	}
	said, err := exec.Command(java, "-version").CombinedOutput()
	found := regexp.MustCompile(`version "(\d+)`).FindSubmatch(said)
	if err != nil || found == nil {
		return false
	}
	major, err := strconv.Atoi(string(found[1]))
	return err == nil && major >= 17
}
