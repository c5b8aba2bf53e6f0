package export

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"smew/duck"
)

// column is a column of the model's key, or of the files. On their way columns are called k1 … and c1 …, so
// that what they are called outside clashes with nothing.
type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Key says that a column of the files is one of the key's as it is.
	Key bool `json:"key,omitempty"`
	sql string
}

// shape is what rows of a sync look like.
type shape struct {
	Mode    Mode     `json:"mode"`
	Engine  string   `json:"engine"` // what made the hashes: a version of DuckDB, and of hashed
	Keys    []column `json:"keys"`
	Columns []column `json:"columns"`
}

// MappingError says that the columns of a sync do not fit its model.
type MappingError struct{ Sync, Text string }

func (e *MappingError) Error() string { return "columns: " + e.Text }

// Hint says what the user can do about it.
func (e *MappingError) Hint() string {
	return "columns lists what files have: each with a name, and from, value, sql or template; without it they have the model's columns"
}

// variant finds a type that tables of smew's files cannot hold.
var variant = regexp.MustCompile(`\bVARIANT([],)[]|$)`)

// readShape asks DuckDB for the model's columns and what the sync makes of them.
func readShape(ctx context.Context, tx *duck.Tx, j Job) (shape, error) {
	s := shape{Mode: j.Sync.mode()}
	model, err := tx.Columns(ctx, j.Model.query())
	if err != nil {
		return s, fmt.Errorf("read model %q: %w", j.Model.ID, err)
	}
	if s.Mode != All {
		for _, key := range j.Model.PrimaryKey {
			i := slices.IndexFunc(model, func(c duck.QueryColumn) bool { return strings.EqualFold(c.Name, key) })
			if i < 0 {
				return s, &MappingError{j.Sync.ID, fmt.Sprintf("the model has no column %q, which its primary-key names", key)}
			}
			s.Keys = append(s.Keys, column{Name: model[i].Name, Type: model[i].Type, sql: duck.Quote(model[i].Name)})
		}
	}
	if s.Columns, err = mapped(j, s.Keys, model); err != nil {
		return s, err
	}
	if len(j.Sync.Columns) > 0 {
		if err := s.readTypes(ctx, tx, j); err != nil {
			return s, err
		}
	}
	if s.Mode != All {
		for _, c := range slices.Concat(s.Keys, s.Columns) {
			if variant.MatchString(c.Type) {
				return s, &MappingError{j.Sync.ID, fmt.Sprintf("%q is of type %s, of which what was sent cannot be kept: give it another by sql, such as %[1]q::JSON", c.Name, c.Type)}
			}
		}
	}
	_, err = tx.Row(ctx, "SELECT version()", nil, &s.Engine)
	s.Engine += "/" + hashing
	return s, err
}

// mapped are the columns of the files. The types of those that are expressions are not known yet.
func mapped(j Job, keys []column, model []duck.QueryColumn) (all []column, err error) {
	wrong := func(format string, args ...any) ([]column, error) {
		return nil, &MappingError{j.Sync.ID, fmt.Sprintf(format, args...)}
	}
	names := make([]string, len(model))
	for i, c := range model {
		names[i] = c.Name
	}
	isKey := func(name string) bool {
		return slices.ContainsFunc(keys, func(k column) bool { return strings.EqualFold(k.Name, name) })
	}
	if len(j.Sync.Columns) == 0 {
		for _, c := range model {
			all = append(all, column{Name: c.Name, Type: c.Type, Key: isKey(c.Name), sql: duck.Quote(c.Name)})
		}
	}
	for _, c := range j.Sync.Columns {
		out := column{Name: c.Name}
		switch from := or(c.From, c.Name); {
		case c.Value != nil:
			out.sql = duck.QuoteText(*c.Value)
		case c.SQL != "":
			out.sql = "(" + c.SQL + "\n)"
		case c.Template != "":
			if out.sql, err = templateSQL(c.Template, names); err != nil {
				return wrong("template of %q: %v", c.Name, err)
			}
		case !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, from) }):
			return wrong("the model has no column %q; it has %s", from, strings.Join(names, ", "))
		default:
			out.sql, out.Key = duck.Quote(from), isKey(from)
		}
		all = append(all, out)
	}
	for i, c := range all {
		if slices.ContainsFunc(all[:i], func(o column) bool { return strings.EqualFold(o.Name, c.Name) }) {
			return wrong("two are called %q (upper and lower case are one)", c.Name)
		}
	}
	return all, nil
}

// readTypes finds the types of expressions.
func (s *shape) readTypes(ctx context.Context, tx *duck.Tx, j Job) error {
	types, err := tx.Columns(ctx, s.selection(j.Model, s.Columns, "c"))
	if err != nil {
		return &MappingError{j.Sync.ID, err.Error()}
	}
	for i := range s.Columns {
		s.Columns[i].Type = types[i].Type
	}
	return nil
}

// selection is the model's rows with columns under names such as c1.
func (s *shape) selection(m Model, columns []column, prefix string) string {
	return "SELECT " + defined(columns, prefix) + "\nFROM (" + m.query() + "\n) AS model"
}

// defined are expressions with their names, and named the names alone: "c1, c2".
func defined(columns []column, prefix string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("%s AS %s%d", c.sql, prefix, i+1)
	}
	return strings.Join(parts, ", ")
}

func named(columns []column, prefix string) string {
	parts := make([]string, len(columns))
	for i := range columns {
		parts[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return strings.Join(parts, ", ")
}

// table quotes a name such as typed.users.
func table(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = duck.Quote(p)
	}
	return strings.Join(parts, ".")
}

// kept are the columns whose values the state keeps: Diff alone tells what a removed row was.
func (s *shape) kept() []column {
	if s.Mode == Diff {
		return s.Columns
	}
	return nil
}
