package smew_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestContributing holds that what CONTRIBUTING.md tells to change is there: each file, each test, and each name "in" a file.
func TestContributing(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	files, names := 0, 0
	file := regexp.MustCompile("`([a-z_]+/[a-z_/]+\\.(?:go|py|txtar))`")
	for _, m := range file.FindAllStringSubmatch(string(text), -1) {
		files++
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("there is no %s", m[1])
		}
	}
	// As in: `kind`, `key` and `resolved` in `answer/resolve.go`.
	const name = "`([A-Za-z]+[0-9]*[A-Za-z]*)`"
	in := regexp.MustCompile("((?:" + name + "(?:, | and ))*" + name + ")\\s+in\\s+`([a-z_]+/[a-z_/]+\\.(?:go|py))`")
	for _, m := range in.FindAllStringSubmatch(string(text), -1) {
		source, err := os.ReadFile(filepath.FromSlash(m[4]))
		if err != nil {
			continue // told above
		}
		for _, said := range regexp.MustCompile(name).FindAllStringSubmatch(m[1], -1) {
			names++
			defines := regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type |var |const |\t|)` + said[1] + `(?:\(|\b.*=|\s)`)
			if !defines.Match(source) {
				t.Errorf("%s has no %s", m[4], said[1])
			}
		}
	}
	if files < 30 || names < 15 {
		t.Errorf("only %d files and %d names were found", files, names)
	}
	there := tests(t)
	for _, test := range regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllStringSubmatch(string(text), -1) {
		if !there[test[1]] {
			t.Errorf("there is no %s", test[1])
		}
	}
}

// tests are the names of all functions in files of tests.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names, function := map[string]bool{}, regexp.MustCompile(`(?m)^func (\w+)\(`)
	for _, p := range append(packages(t), goPackage{folder: "."}) {
		paths, err := filepath.Glob(filepath.Join(p.folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range function.FindAllStringSubmatch(string(source), -1) {
				names[m[1]] = true
			}
		}
	}
	return names
}
