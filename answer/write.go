package answer

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"smew/duck"
)

//go:embed readme.md
var readme []byte

// scratchMemory is what DuckDB may take, in bytes, to write the files.
const scratchMemory = 384 << 20

// Write writes the key into the directory, which must not exist, be empty or hold a key and nothing else, which
// is replaced:
//
//	key.json                     what the key is about, and which file is what
//	README.md                    how to compare
//	final/<table>.parquet        what a right consumer holds in the end
//	after/<dump_id>/<table>.parquet  and once that dump's manifest, and all before it, had appeared
//
// It is made beside its place and renamed, so that a crash leaves no half key (where an old one is
// replaced, it may leave none, and the old one beside). Memory is bounded by the rows of the
// largest table, at less than 100 bytes each, whatever they hold.
func (k *Key) Write(ctx context.Context, dir string) (err error) {
	dir = filepath.Clean(dir)
	if err := replaceable(dir); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".new-*")
	if err != nil {
		return fmt.Errorf("write answer key: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	if err := k.write(ctx, fresh); err != nil {
		return fmt.Errorf("write answer key %s: %w", dir, err)
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return fmt.Errorf("write answer key: %w", err)
	}
	old := fresh + ".old"
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace answer key: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(fmt.Errorf("write answer key: %w", err), os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}

// replaceable refuses a directory that holds something else than a key.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(filepath.Dir(dir), 0o755)
	}
	if err != nil {
		return fmt.Errorf("write answer key: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	foreign := func(e fs.DirEntry) bool {
		return !slices.Contains([]string{keyName, "README.md", "final", "after"}, e.Name())
	}
	if _, err := readLayout(dir); err != nil || slices.ContainsFunc(entries, foreign) {
		return &OccupiedError{dir}
	}
	return nil
}

// OccupiedError says that a directory holds something else than an answer key.
type OccupiedError struct{ Dir string }

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("write answer key: %s holds something that is no answer key", e.Dir)
}

// Hint says what the user can do about it.
func (e *OccupiedError) Hint() string { return "name a directory that is empty or does not exist" }

func (k *Key) write(ctx context.Context, dir string) error {
	l, err := k.layout()
	if err != nil {
		return err
	}
	scratch := filepath.Join(dir, "scratch.duckdb")
	db, err := duck.Open(ctx, scratch, duck.Options{AtMost: scratchMemory})
	if err != nil {
		return err
	}
	err = errors.Join(k.writeStates(ctx, db, dir, l), db.Close())
	for _, left := range []string{scratch, scratch + ".wal", scratch + ".tmp"} {
		err = errors.Join(err, os.RemoveAll(left))
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), readme, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, keyName), append(text, '\n'), 0o644)
}

// layout is the key's, the states apart.
func (k *Key) layout() (*layout, error) {
	counted, err := counted(k.dumps)
	if err != nil {
		return nil, err
	}
	ids := idsOf(counted)
	l := &layout{Version: version, Feed: k.Feed, Dumps: []layoutDump{}, Faults: slices.Concat([]Fault{}, k.faults), After: []state{}}
	for _, d := range k.dumps {
		known := layoutDump{ID: d.ID, Tables: []string{}, Full: []string{}, Refused: d.Refused}
		known.Counts = !d.Refused && slices.Contains(ids, d.ID)
		for _, t := range d.Tables {
			known.Tables = append(known.Tables, t.Name)
			if t.isFull() {
				known.Full = append(known.Full, t.Name)
			}
		}
		l.Dumps = append(l.Dumps, known)
	}
	return l, nil
}

// writeStates writes the last state and those before it, and notes them in l.
func (k *Key) writeStates(ctx context.Context, db *duck.DB, dir string, l *layout) error {
	w := stateWriter{db: db, dir: dir, files: &fileNames{map[string]string{}, map[string]bool{}}}
	final, err := w.write(ctx, "final", k.dumps)
	if err != nil {
		return err
	}
	l.Final = final
	if k.FinalOnly {
		return nil
	}
	for i, d := range k.dumps {
		again := slices.ContainsFunc(k.dumps[i+1:], func(later Dump) bool { return later.ID == d.ID })
		if again {
			continue // the state after the last manifest of this id is what can be asked for
		}
		s, err := w.write(ctx, path.Join("after", strconv.FormatInt(d.ID, 10)), k.dumps[:i+1])
		if err != nil {
			return fmt.Errorf("state after dump %d: %w", d.ID, err)
		}
		s.After = &d.ID
		l.After = append(l.After, s)
	}
	return nil
}

// stateWriter writes states into a key's directory.
type stateWriter struct {
	db    *duck.DB
	dir   string
	files *fileNames
}

func (w *stateWriter) write(ctx context.Context, folder string, arrived []Dump) (state, error) {
	counted, err := counted(arrived)
	if err != nil {
		return state{}, err
	}
	s := state{Dumps: idsOf(counted), Tables: []fileTable{}}
	if err := os.MkdirAll(filepath.Join(w.dir, filepath.FromSlash(folder)), 0o755); err != nil {
		return state{}, err
	}
	shown := show(counted)
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		t := shown[name]
		if len(t.Columns) == 0 {
			continue // neither DuckDB nor Parquet has tables without columns
		}
		file := fileTable{Name: name, Delivered: t.Delivered, Columns: t.Columns, IDs: slices.Concat([]string{}, t.IDs), Key: t.Key,
			File: path.Join(folder, w.files.of(name)+".parquet")}
		columns := make([]duck.ParquetColumn, len(t.Columns))
		for i, c := range t.Columns {
			columns[i] = duck.ParquetColumn{Name: c, IsInt: slices.Contains(t.IDs, c)}
		}
		file.Rows, err = w.db.WriteParquet(ctx, filepath.Join(w.dir, filepath.FromSlash(file.File)), columns, t.Rows())
		if err != nil {
			return state{}, fmt.Errorf("table %q: %w", name, err)
		}
		s.Tables = append(s.Tables, file)
	}
	return s, nil
}
