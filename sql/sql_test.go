package sql

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each file says first what it is for, holds one statement (schemas and their upgrades apart), and is embedded once.
func TestEveryFileIsOneCommentedStatement(t *testing.T) {
	var source []byte
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	files := 0
	err = fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".sql") {
			return err
		}
		files++
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(string(body), "-- ") {
			t.Errorf("%s does not begin with a comment", path)
		}
		if n := strings.Count(string(source), "//go:embed "+path+"\n"); n != 1 {
			t.Errorf("%s is embedded %d times", path, n)
		}
		var code strings.Builder
		for line := range strings.Lines(string(body)) {
			text, _, _ := strings.Cut(line, "--")
			code.WriteString(text)
		}
		script := strings.HasSuffix(path, "/schema.sql") || strings.HasSuffix(path, "/macros.sql") || strings.HasSuffix(path, "/upgrade_columns.sql") || strings.HasSuffix(path, "/upgrade_definitions.sql")
		if !script && strings.Contains(code.String(), ";") {
			t.Errorf("%s holds more than one statement", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("found only %d files", files)
	}
}
