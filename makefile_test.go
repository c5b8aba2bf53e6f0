package smew_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMeetingTestsExist: the race detector looks at the tests that the Makefile names (MEET), which has to follow when one gets
// another name.
func TestMeetingTestsExist(t *testing.T) {
	text, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := func(variable string) []string {
		found := regexp.MustCompile(`(?m)^` + variable + ` := ((?:.*\\\n)*.*)$`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("the Makefile has no %s", variable)
		}
		return strings.Fields(strings.ReplaceAll(string(found[1]), "\\\n", " "))
	}
	names, found := list("MEET"), map[string]bool{}
	for _, folder := range list("MEETING") {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no tests: %v", folder, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				found[name] = found[name] || strings.Contains(string(source), "\nfunc "+name+"(")
			}
		}
	}
	for _, name := range names {
		if !found[name] {
			t.Errorf("no package has %s, which the Makefile names", name)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d tests are named", len(names))
	}
}
