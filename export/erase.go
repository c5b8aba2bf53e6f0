package export

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smew/duck"
	"smew/sql"
)

// Erase takes an erased person out of what exports remember. names are what they were called: identities, emails,
// handles. Runs that did not come to their end are given up, as what they have pending may be the person's. Of rows
// in a state of mode diff that have an id or a name of theirs in any column, the values go and the key stays,
// so that the next run tells the reader that the row is removed, and then forgets it; rows of theirs that have neither
// go with that run too. It returns how many rows it found.
func Erase(ctx context.Context, tx *duck.Tx, ids []int64, names []string, now time.Time) (rows int64, err error) {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return 0, err
	}
	said := names
	for _, id := range ids {
		said = append(said, strconv.FormatInt(id, 10))
	}
	if err := do(ctx, tx, "list a person's names", sql.ExportErasePerson, said); err != nil {
		return 0, err
	}
	syncs, err := Syncs(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, sync := range syncs {
		if err := giveUp(ctx, tx, sync, now); err != nil {
			return rows, err
		}
		s, err := readState(ctx, tx, sync)
		if err != nil {
			return rows, err
		}
		if s.shape != nil {
			n, err := s.erase(ctx, tx)
			if err != nil {
				return rows, fmt.Errorf("erase from export %q: %w", sync, err)
			}
			rows += n
		}
	}
	if err := do(ctx, tx, "take values out of errors", sql.ExportEraseErrors); err != nil {
		return rows, err
	}
	if err := do(ctx, tx, "forget first lines", sql.ExportEraseFirst); err != nil {
		return rows, err
	}
	return rows, do(ctx, tx, "forget a person's names", duck.Fill(sql.ExportDrop, duck.Names{"table": "export_erased"}))
}

// erase takes values of the people in export_erased out of the state.
func (s state) erase(ctx context.Context, tx *duck.Tx) (int64, error) {
	var nulls, theirs []string
	look := func(columns []column, prefix string) {
		for i, c := range columns {
			name := fmt.Sprintf("%s%d", prefix, i+1)
			theirs = append(theirs, name+"::VARCHAR IN (FROM export_erased)")
			if prefix == "c" && !c.Key {
				nulls = append(nulls, name+" = NULL")
			}
		}
	}
	look(s.shape.Keys, "k")
	look(s.shape.kept(), "c")
	names := duck.Names{"table": s.table, "theirs": strings.Join(theirs, " OR ")}
	if s.shape.Mode == Insert {
		return tx.Exec(ctx, duck.Fill(sql.ExportEraseKeys, names))
	}
	names["nulls"] = ""
	if len(nulls) > 0 {
		names["nulls"] = ", " + strings.Join(nulls, ", ")
	}
	return tx.Exec(ctx, duck.Fill(sql.ExportEraseValues, names))
}
