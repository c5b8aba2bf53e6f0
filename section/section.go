// Package section gathers what is wrong with a section of a configuration, each in its place. What is wrong the
// packages say whose section it is; whoever reads the file knows the lines.
package section

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is what is wrong at a place. Path is a path of YAML keys below the section, such as channels[0].email.to[1]; "":
// the section itself.
type Problem struct{ Path, Text string }

func (p Problem) String() string { return p.Path + ": " + p.Text }

// Check gathers problems. The zero Check has found none.
type Check struct{ Problems []Problem }

// Wrong notes a problem.
func (k *Check) Wrong(path, format string, args ...any) {
	k.Problems = append(k.Problems, Problem{path, fmt.Sprintf(format, args...)})
}

// Among refuses a value that is given and none of those.
func (k *Check) Among(path, value string, wanted ...string) {
	if value != "" && !slices.Contains(wanted, value) {
		k.Wrong(path, "%q is none of %s", value, strings.Join(wanted, ", "))
	}
}
