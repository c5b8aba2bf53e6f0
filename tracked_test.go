package smew_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoLinkIsTracked holds that no symbolic link is in the repository: one to a directory of somebody's machine, such as .tools,
// takes the place of everybody's own when it is checked out.
func TestNoLinkIsTracked(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "-s").Output()
	if err != nil {
		t.Skip("this is no clone")
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "120000 ") {
			t.Errorf("a link is tracked: %s", strings.TrimSpace(line[strings.IndexByte(line, '\t')+1:]))
		}
	}
}
