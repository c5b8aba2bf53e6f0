package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStranger goes the way of somebody who has the README alone: builds smew as make does (but for what a debugger wants), runs the demo, and then what
// the page shows for a bucket of one's own, in its order, with the built program.
func TestStranger(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	text := pages(t)["README.md"]
	build := exec.Command("go", "build", "-ldflags=-s", "-o", filepath.Join(t.TempDir(), "smew"), "./cmd/smew")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.bin = filepath.Dir(build.Args[4])
	at := w.begin(t, true)
	if !strings.Contains(text, "    make demo ") {
		t.Error("the README does not begin with the demo")
	}
	at.shell(t, step{page: "Makefile", command: "smew demo demo"}, exitDone)
	at.walk(t, "README.md", text)
	for _, verb := range []string{"iam", "ls", "load", "status", "query", "poll", "export", "verify"} {
		if !strings.Contains(text, "\n    smew "+verb+" ") {
			t.Errorf("the README does not show smew %s", verb)
		}
	}
	for _, file := range []string{"demo/demo.duckdb", "policy.json", "shop.duckdb", "public.duckdb", "reports/users.csv"} {
		if info, err := os.Stat(filepath.Join(at.dir, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
