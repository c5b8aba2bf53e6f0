package duck

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// besideMark and newMark are in the names of the folders beside a database in which Compact and create
// work, before a number.
const (
	besideMark = ".compact-"
	newMark    = ".new-"
)

// tempDir is where DuckDB puts what does not fit into memory.
func tempDir(path string) string { return filepath.Clean(path) + ".tmp" }

// tempMark begins the names of all files that DuckDB makes there.
const tempMark = "duckdb_temp_"

// takeOver removes what killed processes left beside a database, and makes the folder for what does not fit
// into memory: DuckDB would let everybody look into it. The caller has the database to itself, so nobody is
// at work there; a folder that cannot be made, DuckDB makes when it is needed.
func takeOver(path string) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		removeLeftovers(target)
	}
	dir := tempDir(path)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasPrefix(e.Name(), tempMark) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	if os.Mkdir(dir, 0o700) != nil && len(entries) == 0 {
		return // of somebody who knows why
	}
	_ = os.Chmod(dir, 0o700)
}

// removeLeftovers removes the folders that a killed process worked in beside a file.
func removeLeftovers(target string) {
	name := filepath.Base(target)
	pattern := regexp.MustCompile("^" + regexp.QuoteMeta(name) + `(` + regexp.QuoteMeta(besideMark) + `|` + regexp.QuoteMeta(newMark) + `)\d+$`)
	entries, _ := os.ReadDir(filepath.Dir(target)) // a folder that cannot be listed has leftovers or not
	for _, e := range entries {
		if e.IsDir() && pattern.MatchString(e.Name()) {
			discard(filepath.Join(filepath.Dir(target), e.Name()), name)
		}
	}
}

// discard removes a folder of ours with the files that can be in it, and none of another name:
// should the folder be somebody else's, it stays.
func discard(dir, name string) {
	begun, _ := filepath.Glob(filepath.Join(dir, "*"+newMark+"*"))
	for _, path := range append(begun, filepath.Join(dir, name+".tmp")) {
		if strings.HasPrefix(filepath.Base(path), name+".") {
			os.RemoveAll(path) // of create, and of DuckDB
		}
	}
	for _, ending := range append(logs(), "") {
		os.Remove(filepath.Join(dir, name+ending))
	}
	os.Remove(dir)
}
