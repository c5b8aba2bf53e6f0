package smew_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryRuleHasATest holds that each rule of docs/rules.md has a test that is named after it, TestR5…, and that no test is named
// after one that there is not. `make rules` shows what it logs.
func TestEveryRuleHasATest(t *testing.T) {
	text, err := os.ReadFile("docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	titles := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^\*\*R(\d+), ([^.]+)\.\*\*`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1])
		titles[n] = m[2]
	}
	tests := map[int][]string{}
	named := regexp.MustCompile(`(?m)^func (TestR(\d+)[A-Za-z]*)\(`)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			n, _ := strconv.Atoi(m[2])
			tests[n] = append(tests[n], filepath.ToSlash(filepath.Dir(path))+" "+m[1])
			if titles[n] == "" {
				t.Errorf("%s: there is no rule R%d", m[1], n)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 14; n++ {
		if titles[n] == "" {
			t.Errorf("docs/rules.md does not say what R%d is", n)
		}
		if len(tests[n]) == 0 {
			t.Errorf("R%d, %s, has no test", n, titles[n])
		}
		slices.Sort(tests[n])
		t.Logf("R%-3d %-14s %s", n, titles[n], strings.Join(tests[n], ", "))
	}
}
