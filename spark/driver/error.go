package driver

import (
	"fmt"
	"regexp"
	"strings"
)

// Error is what Spark says of a statement.
type Error struct {
	Class   string // Spark's name of the error, such as "TABLE_OR_VIEW_NOT_FOUND"; "" where it has none
	State   string // SQLSTATE, or ""
	Message string // on one line, without the stack
}

// Cause is a link of a chain of errors, the outermost first.
type Cause struct{ Class, State, Kind, Message string }

// NewError is the error of a chain of causes: the first message, the last one where the first does not hold it, and the first class.
func NewError(chain []Cause) *Error {
	e := &Error{}
	for _, c := range chain {
		if e.Class == "" {
			e.Class, e.State = c.Class, c.State
		}
	}
	if len(chain) == 0 {
		return e
	}
	e.Message = clean(chain[0].Message)
	last := chain[len(chain)-1]
	if why := clean(last.Message); !strings.Contains(e.Message, why) {
		e.Message += ": " + last.Kind[strings.LastIndex(last.Kind, ".")+1:] + ": " + why
	}
	return e
}

func (e *Error) Error() string {
	if e.Class == "" || strings.HasPrefix(e.Message, "["+e.Class) {
		return e.Message
	}
	return fmt.Sprintf("[%s] %s", e.Class, e.Message)
}

// Hint says what to do about common faults.
func (e *Error) Hint() string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(e.Class, w) || strings.Contains(e.Message, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INVALID_HANDLE.SESSION_"):
		return "the Connect server was started again, or the session was closed or idle for too long: run the command again, it goes on where it stopped"
	case has("REQUIRES_SINGLE_PART_NAMESPACE", "CATALOG_NOT_FOUND"):
		return "the catalog is not configured: Spark needs spark.sql.catalog.NAME and its settings (docs/spark.md)"
	case has("Cannot find catalog plugin class", "ClassNotFoundException: org.apache.iceberg"):
		return "Spark needs the jar of Iceberg's runtime (docs/spark.md)"
	case has("DATA_SOURCE_NOT_FOUND", "Failed to find data source: avro"):
		return "Spark needs the package spark-avro (docs/spark.md)"
	case has("No FileSystem for scheme", "ClassNotFoundException: Class org.apache.hadoop.fs.s3a"):
		return "Spark needs the jars that read this kind of address, such as hadoop-aws for s3a:// (docs/spark.md)"
	}
	return ""
}

var (
	stack = regexp.MustCompile(`(?m)^(\s+at .*|\s*\.\.\. \d+ more|Driver stacktrace:.*|JVM stacktrace:.*)$\n?`)
	tree  = regexp.MustCompile(`(?s)(SQLSTATE: \w{5}(; line \d+ pos \d+)?);?\n.*`)
)

// clean takes the stack, the tree of a statement and line ends out of a message.
func clean(message string) string {
	message = stack.ReplaceAllString(message, "")
	if !strings.Contains(message, "Caused by:") {
		message = tree.ReplaceAllString(message, "$1")
	}
	return strings.Join(strings.Fields(message), " ")
}
