package answer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// version is that of the directory's layout.
const version = 1

const keyName = "key.json"

// layout is key.json: what the key is about, and which file is what.
type layout struct {
	Version int          `json:"version"`
	Feed    string       `json:"feed"`
	Dumps   []layoutDump `json:"dumps"` // in the order in which their manifests appeared
	Faults  []Fault      `json:"faults"`
	Final   state        `json:"final"`
	After   []state      `json:"after"` // none if they were left out
}

type layoutDump struct {
	ID      int64    `json:"dump_id"`
	Tables  []string `json:"tables"`
	Full    []string `json:"full"`    // those of its tables that are full resyncs
	Counts  bool     `json:"counts"`  // in the final state
	Refused bool     `json:"refused"` // no consumer may ever load it
}

// state is what a right consumer holds at some time.
type state struct {
	After  *int64      `json:"dump_id"` // the dump whose manifest had appeared last; null: all had
	Dumps  []int64     `json:"dumps"`   // those that count, ascending
	Tables []fileTable `json:"tables"`
}

// fileTable is a table of a state and the Parquet file that holds it.
type fileTable struct {
	Name      string   `json:"table"`
	Delivered string   `json:"delivered,omitempty"` // its name in the feed; none for all_events
	File      string   `json:"file"`                // below the key's directory, with slashes
	Columns   []string `json:"columns"`
	IDs       []string `json:"ids"` // the columns that are BIGINT; the others are VARCHAR
	Key       []string `json:"key"` // the columns that make a row unique; null: none do
	Rows      int64    `json:"rows"`
}

// DirError says that a directory is no answer key that can be read.
type DirError struct {
	Dir string
	Err error
}

func (e *DirError) Error() string { return fmt.Sprintf("read answer key %s: %v", e.Dir, e.Err) }
func (e *DirError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *DirError) Hint() string {
	return "an answer key is a directory with a " + keyName + ", as smew produce --answer writes it"
}

func readLayout(dir string) (*layout, error) {
	text, err := os.ReadFile(filepath.Join(dir, keyName))
	if err != nil {
		return nil, &DirError{dir, err}
	}
	var l layout
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, &DirError{dir, fmt.Errorf("%s: %w", keyName, err)}
	}
	if l.Version != version {
		return nil, &DirError{dir, fmt.Errorf("its version is %d, not %d", l.Version, version)}
	}
	return &l, nil
}

// state finds the state after the dump; nil is the final one.
func (l *layout) state(after *int64) (*state, error) {
	if after == nil {
		return &l.Final, nil
	}
	for i := range l.After {
		if *l.After[i].After == *after {
			return &l.After[i], nil
		}
	}
	return nil, &StateError{After: *after, None: len(l.After) == 0}
}

// StateError says that the key does not hold the state that was asked for.
type StateError struct {
	After int64
	None  bool // it holds no states after single dumps
}

func (e *StateError) Error() string {
	if e.None {
		return fmt.Sprintf("the answer key holds only the last state, not that after dump %d", e.After)
	}
	return fmt.Sprintf("the answer key knows no dump %d", e.After)
}

// fileNames gives tables names that any file system takes, one each.
type fileNames struct {
	names map[string]string // by table
	taken map[string]bool   // in lower case
}

func (f *fileNames) of(table string) string {
	if name, ok := f.names[table]; ok {
		return name
	}
	plain := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, table)
	plain = plain[:min(len(plain), 100)]
	name := plain
	for n := 2; f.taken[strings.ToLower(name)]; n++ {
		name = plain + "-" + strconv.Itoa(n)
	}
	f.taken[strings.ToLower(name)] = true
	f.names[table] = name
	return name
}
