package main

import (
	"errors"
	"strings"
	"testing"
)

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A result that could not be written is no success.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"produce", "--help"}, {"produce", t.TempDir(), "--dumps", "1", "--users", "5", "--events", "10"}} {
		var stderr strings.Builder
		a := &app{stdin: strings.NewReader(""), stdout: full{}, stderr: &stderr, environ: func(string) (string, bool) { return "", false }}
		if code := run(args, a); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: exit code %d, said %q", args, code, stderr.String())
		}
	}
}
