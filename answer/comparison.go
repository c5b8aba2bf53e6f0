package answer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smew/duck"
	"smew/sql"
)

// exampleRows is how many rows of a kind a report shows.
const exampleRows = 5

// comparison compares a table with a file in columns that both have. In its statements they are
// called c1, c2 …
type comparison struct {
	tx    *duck.Tx
	table string // quoted
	file  string

	columns     []string // the key's names
	asText      []bool   // ids that are compared as text
	wanted, got []string // expressions
	key         []int    // the columns that make a row unique
	user        int      // user_id among them, or -1
}

// add has a column compared: the consumer's is in.
func (c *comparison) add(t *fileTable, name string, in consumerColumn) {
	i := len(c.columns)
	if i == 0 {
		c.user = -1
	}
	wanted, got := duck.Quote(name), duck.Quote(in.name)
	isID := slices.Contains(t.IDs, name)
	c.asText = append(c.asText, isID && in.typ != "BIGINT")
	switch {
	case !isID:
		// A consumer's column may have a collation, under which different texts are equal.
		got = "CAST(" + got + ` AS VARCHAR) COLLATE "binary"`
	case c.asText[i]:
		wanted, got = "CAST("+wanted+" AS VARCHAR)", idText(got)
	}
	as := " AS " + ordinal(i)
	c.columns, c.wanted, c.got = append(c.columns, name), append(c.wanted, wanted+as), append(c.got, got+as)
	if slices.Contains(t.Key, name) {
		c.key = append(c.key, i)
		if slices.Index(t.Key, name) == len(t.Key)-1 { // of all keys the user is the last column
			c.user = i
		}
	}
}

// idText writes a value of whatever type as the whole number it stands for, else as it is. Casts to
// numbers round, so the text decides what is whole; only of one with an exponent, as large numbers
// in floating point have it, a DECIMAL does that holds any id and the longest fraction there.
func idText(expression string) string {
	text := "CAST(" + expression + " AS VARCHAR)"
	id := "TRY_CAST(" + text + " AS BIGINT)"
	return "CASE WHEN regexp_full_match(" + text + `, '\s*[+-]?\d+(\.0*)?\s*')` +
		" OR regexp_full_match(" + text + `, '[+-]?\d(\.\d{1,17})?e\+\d+')` + " AND TRY_CAST(" + text + " AS DECIMAL(38, 19)) = " + id +
		" THEN coalesce(CAST(" + id + " AS VARCHAR), " + text + ") ELSE " + text + " END"
}

func ordinal(i int) string { return "c" + strconv.Itoa(i+1) }

// ordinals lists columns as they are called in statements, each behind a prefix.
func ordinals(prefix string, columns []int) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = prefix + ordinal(column)
	}
	return strings.Join(names, ", ")
}

func (c *comparison) all() []int {
	all := make([]int, len(c.columns))
	for i := range all {
		all[i] = i
	}
	return all
}

// run compares the rows and notes in r what differs.
func (c *comparison) run(ctx context.Context, r *TableReport) error {
	if len(c.columns) == 0 { // there are only rows to count
		r.Missing, r.Extra = max(r.Wanted-r.Got, 0), max(r.Got-r.Wanted, 0)
		return nil
	}
	if differs, err := c.differ(ctx); err != nil || !differs {
		return err
	}
	if err := c.pair(ctx); err != nil {
		return fmt.Errorf("pair rows: %w", err)
	}
	if _, err := c.tx.Row(ctx, sql.CheckTotals, nil, &r.Missing, &r.Extra, &r.Differing); err != nil {
		return fmt.Errorf("count differences: %w", err)
	}
	return c.show(ctx, r)
}

// differ keeps the rows that differ, and says whether there are any.
func (c *comparison) differ(ctx context.Context) (differs bool, err error) {
	backwards := c.all()
	slices.Reverse(backwards)
	names := duck.Names{"table": c.table, "columns": ordinals("", c.all()), "reversed": ordinals("", backwards),
		"wanted": strings.Join(c.wanted, ", "), "got": strings.Join(c.got, ", ")}
	if _, err := c.tx.Exec(ctx, duck.Fill(sql.CheckUnequal, names), c.file); err != nil {
		return false, fmt.Errorf("compare rows: %w", err)
	}
	if _, err := c.tx.Row(ctx, sql.CheckAnyUnequal, nil, &differs); err != nil || !differs {
		return false, err
	}
	if _, err := c.tx.Exec(ctx, duck.Fill(sql.CheckDifferences, names), c.file); err != nil {
		return false, fmt.Errorf("find rows that differ: %w", err)
	}
	return true, nil
}

// pair finds rows of one key on both sides, and then rows that agree in the key but for the user:
// what a consumer holds that resolves identities otherwise.
func (c *comparison) pair(ctx context.Context) error {
	if _, err := c.tx.Exec(ctx, sql.CheckNoPairs); err != nil {
		return err
	}
	withoutUser := slices.DeleteFunc(slices.Clone(c.key), func(column int) bool { return column == c.user })
	for _, key := range [][]int{c.key, withoutUser} {
		if len(key) == 0 {
			continue
		}
		if _, err := c.tx.Exec(ctx, duck.Fill(sql.CheckPair, duck.Names{"columns": ordinals("", key)})); err != nil {
			return err
		}
	}
	return nil
}

// show notes the first differences.
func (c *comparison) show(ctx context.Context, r *TableReport) (err error) {
	if r.Missing > 0 {
		if r.MissingRows, err = c.examples(ctx, sql.CheckMissingRows); err != nil {
			return fmt.Errorf("show missing rows: %w", err)
		}
	}
	if r.Extra > 0 {
		if r.ExtraRows, err = c.examples(ctx, sql.CheckExtraRows); err != nil {
			return fmt.Errorf("show extra rows: %w", err)
		}
	}
	if r.Differing == 0 {
		return nil
	}
	if r.DifferingColumns, err = c.differingColumns(ctx); err != nil {
		return fmt.Errorf("count differing columns: %w", err)
	}
	if r.DifferingRows, err = c.differingRows(ctx); err != nil {
		return fmt.Errorf("show differing rows: %w", err)
	}
	return nil
}

func (c *comparison) examples(ctx context.Context, statement string) ([]Example, error) {
	examples := []Example{}
	statement = duck.Fill(statement, duck.Names{"columns": ordinals("", c.all())})
	err := c.each(ctx, statement, len(c.columns), []any{exampleRows}, func(values []any, times int64) {
		examples = append(examples, Example{c.row(c.all(), values), times})
	})
	return examples, err
}

func (c *comparison) differingColumns(ctx context.Context) ([]ColumnCount, error) {
	counts := make([]string, len(c.columns))
	found := make([]int64, len(c.columns))
	at := make([]any, len(c.columns))
	for i := range c.columns {
		counts[i] = fmt.Sprintf("coalesce(sum(p.times) FILTER (m.%s IS DISTINCT FROM e.%[1]s), 0)::BIGINT", ordinal(i))
		at[i] = &found[i]
	}
	if _, err := c.tx.Row(ctx, duck.Fill(sql.CheckDiffering, duck.Names{"counts": strings.Join(counts, ", ")}), nil, at...); err != nil {
		return nil, err
	}
	differing := []ColumnCount{}
	for i, n := range found {
		if n > 0 {
			differing = append(differing, ColumnCount{c.columns[i], n})
		}
	}
	return differing, nil
}

func (c *comparison) differingRows(ctx context.Context) ([]Pair, error) {
	pairs := []Pair{}
	n := len(c.columns)
	statement := duck.Fill(sql.CheckPairs, duck.Names{"wanted": ordinals("m.", c.all()), "got": ordinals("e.", c.all())})
	err := c.each(ctx, statement, 2*n, []any{exampleRows}, func(values []any, times int64) {
		p := Pair{Key: c.row(c.key, values), Times: times}
		for i, name := range c.columns {
			if values[i] != values[n+i] {
				p.Columns = append(p.Columns, Change{name, c.value(i, values[i]), c.value(i, values[n+i])})
			}
		}
		pairs = append(pairs, p)
	})
	return pairs, err
}

// each reads rows of n values and a number.
func (c *comparison) each(ctx context.Context, statement string, n int, args []any, fn func(values []any, times int64)) error {
	return c.tx.Each(ctx, statement, args, func(scan func(...any) error) error {
		var times int64
		values, at := make([]any, n), make([]any, n+1)
		for i := range values {
			at[i] = &values[i]
		}
		at[n] = &times
		if err := scan(at...); err != nil {
			return err
		}
		fn(values, times)
		return nil
	})
}

func (c *comparison) row(columns []int, values []any) Row {
	row := Row{}
	for _, i := range columns {
		row = append(row, Value{c.columns[i], c.value(i, values[i])})
	}
	return row
}

// value turns an id that was compared as text back into a number, if it is one.
func (c *comparison) value(column int, v any) any {
	text, ok := v.(string)
	if !ok || !c.asText[column] {
		return v
	}
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return id
	}
	return v
}
