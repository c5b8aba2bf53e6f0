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
// go with that run too. First lines that are kept go all. It says whether anything of this was there, so that the
// file may have copies of it in free blocks.
func Erase(ctx context.Context, tx *duck.Tx, ids []int64, names []string, now time.Time) (found bool, err error) {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return false, err
	}
	said := names
	for _, id := range ids {
		said = append(said, strconv.FormatInt(id, 10))
	}
	if err := do(ctx, tx, "list a person's names", sql.ExportErasePerson, said); err != nil {
		return false, err
	}
	syncs, err := Syncs(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, sync := range syncs {
		var open int64
		if _, err := tx.Row(ctx, sql.ExportOpen, []any{sync}, &open); err != nil {
			return false, fmt.Errorf("look for runs of export %q: %w", sync, err)
		}
		found = found || open > 0
		if err := giveUp(ctx, tx, sync, now); err != nil {
			return false, err
		}
		s, err := readState(ctx, tx, sync)
		if err != nil {
			return false, err
		}
		if s.shape != nil {
			n, err := s.erase(ctx, tx)
			if err != nil {
				return false, fmt.Errorf("erase from export %q: %w", sync, err)
			}
			found = found || n > 0
		}
	}
	for _, statement := range []string{sql.ExportEraseErrors, sql.ExportEraseFirst} {
		n, err := tx.Exec(ctx, statement)
		if err != nil {
			return false, fmt.Errorf("erase from the log of exports: %w", err)
		}
		found = found || n > 0
	}
	return found, do(ctx, tx, "forget a person's names", duck.Fill(sql.ExportDrop, duck.Names{"table": "export_erased"}))
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
