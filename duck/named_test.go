package duck

import (
	"context"
	"testing"
)

// A value reaches the parameter of its name and no other.
func TestQueryNamed(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []struct {
		statement  string
		values     map[string]string
		want, fail string
	}{
		{"SELECT $b || $a || $b", map[string]string{"a": "1", "b": "2"}, "212", ""},
		{"SELECT $a", map[string]string{"a": "'; DROP TABLE x"}, "'; DROP TABLE x", ""},
		{"SELECT i::VARCHAR FROM range(9) AS t(i) WHERE i = $Id", map[string]string{"Id": "7"}, "7", ""},
		{"SELECT i::VARCHAR FROM range(9) AS t(i) LIMIT $n::INTEGER", map[string]string{"n": "1"}, "0", ""},
		{"SELECT 'x'", nil, "x", ""},
		{"SELECT 'x'; SELECT 'y'", nil, "y", ""},
		{"SELECT $a", map[string]string{"b": "1"}, "", "the query has a parameter $a, and no value is given for it"},
		{"SELECT $a", nil, "", "the query has a parameter $a, and no value is given for it"},
		{"SELECT $a", map[string]string{"a": "1", "b": "1"}, "", "the query has no parameter $b"},
		{"SELECT ?", map[string]string{"a": "1"}, "", "the query has a parameter $1, and no value is given for it"},
		{"SELECT $a; SELECT 1", map[string]string{"a": "1"}, "", "parameters can be given to a single statement only"},
	} {
		err := db.View(ctx, func(tx *Tx) error {
			rows, err := tx.QueryNamed(ctx, c.statement, c.values)
			if err != nil {
				return err
			}
			defer rows.Close()
			var got string
			for rows.Next() {
				if err := rows.Scan(&got); err != nil {
					return err
				}
			}
			if got != c.want {
				t.Errorf("%s: %q, want %q", c.statement, got, c.want)
			}
			return rows.Err()
		})
		if c.fail == "" && err != nil || c.fail != "" && (err == nil || err.Error() != c.fail) {
			t.Errorf("%s: %v, want %q", c.statement, err, c.fail)
		}
	}
}
