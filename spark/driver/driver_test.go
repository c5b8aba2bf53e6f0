package driver

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewError(t *testing.T) {
	for name, c := range map[string]struct {
		chain []Cause
		want  string
		class string
	}{
		"a statement that is not understood": {[]Cause{{Class: "TABLE_OR_VIEW_NOT_FOUND", Message: "[TABLE_OR_VIEW_NOT_FOUND] The table `x` cannot be found.\nVerify it. SQLSTATE: 42P01; line 2 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [x]\n"}},
			"[TABLE_OR_VIEW_NOT_FOUND] The table `x` cannot be found. Verify it. SQLSTATE: 42P01; line 2 pos 14", "TABLE_OR_VIEW_NOT_FOUND"},
		"a task that failed": {[]Cause{
			{Kind: "org.apache.spark.SparkException", Message: "Job aborted due to stage failure: Lost task 0.3 (TID 4): java.io.IOException: Invalid sync!\n\tat org.apache.avro.X.y(X.java:1)\n\t... 20 more\n\nDriver stacktrace:"},
			{Kind: "org.apache.spark.SparkException", Class: "FAILED_READ_FILE.NO_HINT", Message: "[FAILED_READ_FILE.NO_HINT] Encountered error while reading file a.avro."},
			{Kind: "java.io.IOException", Message: "Invalid sync!"}},
			"[FAILED_READ_FILE.NO_HINT] Job aborted due to stage failure: Lost task 0.3 (TID 4): java.io.IOException: Invalid sync!", "FAILED_READ_FILE.NO_HINT"},
		"a cause that the message does not hold": {[]Cause{{Class: "FAILED_READ_FILE.NO_HINT", Message: "[FAILED_READ_FILE.NO_HINT] While reading a.avro."}, {Kind: "java.io.IOException", Message: "Invalid sync!"}},
			"[FAILED_READ_FILE.NO_HINT] While reading a.avro.: IOException: Invalid sync!", "FAILED_READ_FILE.NO_HINT"},
	} {
		e := NewError(c.chain)
		if e.Error() != c.want || e.Class != c.class {
			t.Errorf("%s:\n%s (%s), want\n%s (%s)", name, e, e.Class, c.want, c.class)
		}
	}
}

func TestNamed(t *testing.T) {
	for sql, want := range map[string]string{
		"-- Merge the sessions of 1002.\nMERGE INTO t": "Merge the sessions of 1002: no",
		"  SELECT 1": "run SELECT 1: no",
		"INSERT INTO heap.main.sessions SELECT a, b, c, d, e, f, g FROM t": "run INSERT INTO heap.main.sessions SELECT a, b, c, d, e, f, g FR…: no",
	} {
		if got := Named(sql, errors.New("no")).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if Named("SELECT 1", nil) != nil {
		t.Error("no error became one")
	}
}

func TestPaths(t *testing.T) {
	got, err := Paths([]string{"/a/{b}[c]*?.avro", `s3a://b/a\b`, "/é b%20"})
	if diff := cmp.Diff([]string{`/a/\{b\}\[c\]\*\?.avro`, `s3a://b/a\\b`, "/é b%20"}, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if _, err := Paths([]string{"b", "a", "b"}); err == nil {
		t.Error("a file that is listed twice passed")
	}
	if _, err := Paths(nil); err == nil {
		t.Error("no files passed")
	}
}

func TestComplete(t *testing.T) {
	files := []string{"/x/a b.avro", "/x/_b.avro"}
	if err := Complete(files, []string{"file:///x/a%20b.avro", "file:///x/_b.avro"}); err != nil {
		t.Error(err)
	}
	if err := Complete(files, []string{"file:///x/a%20b.avro"}); err == nil || err.Error() != `Spark does not read file "/x/_b.avro"` {
		t.Errorf("a file that is not read: %v", err)
	}
}
