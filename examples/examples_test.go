// Package examples has programs that use smew's packages. This test builds them and runs one after the other.
package examples

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestExamples(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./produce", "./load", "./judge")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(name string, args ...string) (string, error) {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, step := range []struct {
		name, want string
		args       []string
	}{
		{"produce", "dump 854: ", []string{"feed", "key"}},
		{"load", "dump 854: ", []string{"feed", "shop.duckdb"}},
		{"judge", "all_events         agrees: 0 missing, 0 extra, 0 differing", []string{"key", "shop.duckdb"}},
	} {
		out, err := run(step.name, step.args...)
		if err != nil || !strings.Contains(out, step.want) {
			t.Fatalf("%s: %v\n%s", step.name, err, out)
		}
	}
	if out, err := run("load", "feed", "shop.duckdb"); err != nil || out != "" {
		t.Errorf("something is loaded twice: %v\n%s", err, out)
	}
	if out, err := run("judge", "key", "none.duckdb"); err == nil {
		t.Errorf("a database that is not there agrees\n%s", out)
	}
}
