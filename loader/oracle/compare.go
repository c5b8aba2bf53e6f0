package oracle

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxDifferences is how many rows an error of Compare shows of each side.
const maxDifferences = 5

// Compare returns nil if both tables have the same columns in the same order
// and the same rows in any order, each as often; else an error that shows the
// first differences. An int64 never equals a string. nil stands for a table
// that does not exist.
func Compare(want, got *Table) error {
	switch {
	case want == nil && got == nil:
		return nil
	case want == nil:
		return errors.New("the table should not exist")
	case got == nil:
		return errors.New("the table does not exist")
	case !slices.Equal(want.Columns, got.Columns):
		return fmt.Errorf("columns differ:\n  want %q\n  got  %q", want.Columns, got.Columns)
	}
	counts := map[string]int{} // wanted less got
	for _, r := range want.Rows {
		counts[rowText(r)]++
	}
	for _, r := range got.Rows {
		counts[rowText(r)]--
	}
	var missing, extra []string
	for text, n := range counts {
		for ; n > 0; n-- {
			missing = append(missing, text)
		}
		for ; n < 0; n++ {
			extra = append(extra, text)
		}
	}
	if len(missing)+len(extra) == 0 {
		return nil
	}
	return fmt.Errorf("rows differ (%d wanted, %d got), columns %q%s%s", len(want.Rows), len(got.Rows),
		want.Columns, listRows("missing", missing), listRows("not wanted", extra))
}

func listRows(what string, rows []string) string {
	slices.Sort(rows)
	var b strings.Builder
	for i, r := range rows {
		if i == maxDifferences {
			fmt.Fprintf(&b, "\n  … and %d more %s", len(rows)-i, what)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", what, r)
	}
	return b.String()
}

// rowText writes a row so that two rows have one text only if they are equal.
func rowText(r []any) string {
	values := make([]string, len(r))
	for i, v := range r {
		switch v := v.(type) {
		case nil:
			values[i] = "NULL"
		case int64:
			values[i] = strconv.FormatInt(v, 10)
		case string:
			values[i] = strconv.Quote(v)
		default:
			values[i] = fmt.Sprintf("%T(%v)", v, v)
		}
	}
	return "(" + strings.Join(values, ", ") + ")"
}
