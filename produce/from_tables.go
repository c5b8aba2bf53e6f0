package produce

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"smew/avro"
	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
)

// extraction is a database on its way to a feed.
type extraction struct {
	ctx     context.Context // a part's rows are read while the bucket reads the part
	db      *duck.DB
	options FromOptions
	state   state
	lost    string       // manifest of the last dump, if the feed does not have it any more
	tables  []*extracted // what the dump delivers
	staged  *extracted   // the one whose rows are at hand
}

// extracted is a table or view of the database.
type extracted struct {
	name    string
	columns []avro.Column
	types   []string // of DuckDB
	source  string   // quoted
	full    bool
	rows    int // to be delivered
}

// change is what became of a table since it was delivered.
type change struct {
	known   bool // it was delivered before
	gone    int  // keys
	unkeyed int  // keys with a NULL whose rows changed
	fresh   int  // rows that are new or changed
	rows    int
	dropped []string // columns
	added   bool     // columns
}

// whyFull says why a table is to be delivered in full; "" if it need not be.
func (c change) whyFull(kind feed.Kind) string {
	switch {
	case !c.known:
		return "it was not delivered before"
	case c.dropped != nil:
		return fmt.Sprintf("column %q is gone", c.dropped[0])
	case kind.Key() == nil && (c.gone > 0 || c.unkeyed > 0 || c.fresh > 0):
		return "it changed, and its rows have no key"
	case c.gone > 0:
		return fmt.Sprintf("%d of its keys are gone", c.gone)
	case c.unkeyed > 0:
		return "rows changed that have NULL in their key"
	}
	return ""
}

// prepare decides what is delivered of each table and notes it as pending.
func (e *extraction) prepare(ctx context.Context, tx *duck.Tx) (FromSummary, error) {
	s := FromSummary{Why: map[string]string{}}
	if _, err := tx.Exec(ctx, sql.ProduceUseUTC); err != nil {
		return s, err
	}
	all, err := e.list(ctx, tx)
	if err != nil {
		return s, err
	}
	before, err := e.state.columns(ctx, tx)
	if err != nil {
		return s, err
	}
	s.Gone = e.gone(all, before)
	var migrations *extracted
	for _, t := range all {
		if err := t.check(ctx, tx); err != nil {
			return s, err
		}
		c, err := t.weigh(ctx, tx, e.state)
		if err != nil {
			return s, fmt.Errorf("compare table %q: %w", t.name, err)
		}
		c.compare(t.columns, before[t.name])
		kind := t.kind()
		why := c.whyFull(kind)
		switch {
		case e.lost != "":
			why = fmt.Sprintf("the feed has lost %s, which was delivered last", e.lost)
		case e.options.Full && why == "":
			why = "that was asked for"
		}
		t.full, t.rows = why != "", c.fresh
		if t.full || kind == feed.UserMigrations {
			t.rows = c.rows
		}
		switch {
		case kind == feed.UserMigrations && !t.full && !c.added:
			migrations = t // goes with whatever else is delivered
			continue
		case kind == feed.UserMigrations:
			t.full = true
		case t.full:
			s.Why[t.name] = why
		case c.fresh == 0 && !c.added:
			continue
		}
		e.tables = append(e.tables, t)
		if err := t.pend(ctx, tx, e.state); err != nil {
			return s, fmt.Errorf("note keys of table %q: %w", t.name, err)
		}
	}
	if migrations != nil && len(e.tables) > 0 {
		migrations.full = true // its keys are those already known
		e.tables = append(e.tables, migrations)
	}
	return s, nil
}

// gone are the tables that were delivered and are no longer there.
func (e *extraction) gone(now []*extracted, before map[string][]string) []string {
	if e.options.Tables != nil {
		return nil
	}
	var gone []string
	for name := range before {
		if !slices.ContainsFunc(now, func(t *extracted) bool { return t.name == name }) {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	return gone
}

// list returns the tables that are asked for.
func (e *extraction) list(ctx context.Context, tx *duck.Tx) ([]*extracted, error) {
	all, err := e.schema(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	wanted := e.options.Tables
	if wanted == nil {
		all = slices.DeleteFunc(all, func(t *extracted) bool {
			return slices.ContainsFunc(plan.ReservedTables, func(name string) bool { return strings.EqualFold(name, t.name) })
		})
		if len(all) == 0 {
			return nil, &FromError{Reason: fmt.Sprintf("schema %q has no tables", e.options.Schema), Advice: "name another one with --from-schema"}
		}
		return all, nil
	}
	var chosen []*extracted
	for _, name := range wanted {
		i := slices.IndexFunc(all, func(t *extracted) bool { return strings.EqualFold(t.name, name) })
		if i < 0 {
			return nil, &FromError{Reason: fmt.Sprintf("schema %q has no table %q", e.options.Schema, name), Advice: "smew query --db FILE 'SHOW ALL TABLES' lists them; --from-schema names another schema"}
		}
		if !slices.Contains(chosen, all[i]) {
			chosen = append(chosen, all[i])
		}
	}
	return chosen, nil
}

// schema returns all tables and views of the schema.
func (e *extraction) schema(ctx context.Context, tx *duck.Tx) ([]*extracted, error) {
	var all []*extracted
	err := tx.Each(ctx, sql.ProduceColumns, []any{e.options.Schema}, func(scan func(...any) error) error {
		var database, schema, table, column, kind string
		if err := scan(&database, &schema, &table, &column, &kind); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].name != table {
			all = append(all, &extracted{name: table, source: duck.Quote(database) + "." + duck.Quote(schema) + "." + duck.Quote(table)})
		}
		t := all[len(all)-1]
		c := avro.Column{Name: column}
		if feed.IsID(table, column) {
			c.Kind = avro.Long
		}
		t.columns, t.types = append(t.columns, c), append(t.types, kind)
		return nil
	})
	return all, err
}

func (t *extracted) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.Name
	}
	return names
}

func (t *extracted) kind() feed.Kind { return feed.KindOf(t.name, t.names()) }

// whole are the types of which every value is a whole 64-bit number.
var whole = []string{"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}

var avroName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// check refuses what a feed cannot carry.
func (t *extracted) check(ctx context.Context, tx *duck.Tx) error {
	for i, c := range t.columns {
		if !avroName.MatchString(c.Name) {
			return &FromError{t.name, c.Name, "Avro has no such names: letters of a to z, digits and _ make one",
				"give it another name in a view, and deliver that"}
		}
		if c.Kind != avro.Long || slices.Contains(whole, t.types[i]) {
			continue
		}
		var value string
		found, err := tx.Row(ctx, duck.Fill(sql.ProduceNotWhole, duck.Names{"source": t.source, "column": duck.Quote(c.Name)}), nil, &value)
		if err != nil {
			return fmt.Errorf("read table %q: %w", t.name, err)
		}
		if found {
			return &FromError{t.name, c.Name, fmt.Sprintf("%q is not a whole 64-bit number, which ids are", value),
				"make numbers of it in a view, or give the column another name there, and deliver that"}
		}
	}
	for _, column := range t.kind().Key() {
		if !slices.ContainsFunc(t.columns, func(c avro.Column) bool { return c.Name == column }) {
			return &FromError{t.name, column, "is not there, but is the key of this table", ""}
		}
	}
	return nil
}

// expression is column i as it is delivered.
func (t *extracted) expression(i int) string {
	column := "source." + duck.Quote(t.columns[i].Name)
	switch {
	case t.columns[i].Kind == avro.Text:
		return "CAST(" + column + " AS VARCHAR)"
	case slices.Contains(whole, t.types[i]):
		return "CAST(" + column + " AS BIGINT)"
	}
	return "CAST(CAST(" + column + " AS VARCHAR) AS BIGINT)"
}

// sorted are the columns as they are delivered, in an order that does not change with the table's.
func (t *extracted) sorted() string {
	names := t.names()
	slices.Sort(names)
	out := make([]string, len(names))
	for n, name := range names {
		out[n] = t.expression(slices.Index(t.names(), name))
	}
	return strings.Join(out, ", ")
}

// keys are the two expressions that stand for a row's key.
func (t *extracted) keys() duck.Names {
	of := duck.Names{"key_1": "CAST(NULL AS BIGINT)", "key_2": "CAST(0 AS BIGINT)"}
	for n, column := range t.kind().Key() {
		of[fmt.Sprintf("key_%d", n+1)] = t.expression(slices.Index(t.names(), column))
	}
	return of
}

// weigh compares the table with what was delivered of it.
func (t *extracted) weigh(ctx context.Context, tx *duck.Tx, s state) (change, error) {
	names := t.keys()
	names["source"], names["columns"] = t.source, t.sorted()
	if _, err := tx.Exec(ctx, duck.Fill(sql.ProduceWeigh, names)); err != nil {
		return change{}, err
	}
	var c change
	_, err := tx.Row(ctx, s.fill(sql.ProduceJudge, nil), []any{s.feed, t.name}, &c.gone, &c.unkeyed, &c.fresh, &c.rows)
	return c, err
}

// compare looks at which columns came and went.
func (c *change) compare(now []avro.Column, before []string) {
	c.known = before != nil
	for _, column := range now {
		c.added = c.added || !slices.Contains(before, column.Name)
	}
	for _, name := range before {
		if !slices.ContainsFunc(now, func(n avro.Column) bool { return n.Name == name }) {
			c.dropped = append(c.dropped, name)
		}
	}
}

// pend notes what the dump delivers of the weighed table.
func (t *extracted) pend(ctx context.Context, tx *duck.Tx, s state) error {
	if _, err := tx.Exec(ctx, s.fill(sql.ProducePendKeys, nil), s.feed, t.name, t.full); err != nil {
		return err
	}
	literals := make([]string, len(t.columns))
	for i, c := range t.columns {
		literals[i] = duck.QuoteText(c.Name)
	}
	columns := "[" + strings.Join(literals, ", ") + "]"
	_, err := tx.Exec(ctx, s.fill(sql.ProducePendTable, duck.Names{"columns": columns}), s.feed, t.name, t.full)
	return err
}
