package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"smew/duck"
	"smew/sql"
)

// Recent is what the last dumps brought, for those who watch a feed. Times are UTC.
type Recent struct {
	Dumps       []RecentDump // the highest dump_id first
	Changes     []Change     // of these dumps, the highest first
	Quarantined []SetAside   // of all dumps
	Definitions *KeptDefinitions
	Failing     map[string]time.Time // since when, by key of the manifest; more than what Status calls a failure
}

// RecentDump is a loaded dump and the rows that were read of each table, in the manifest's order.
type RecentDump struct {
	DumpID int64
	Tables []RecentTable
}

// RecentTable counts the rows of a dump's table, named as delivered.
type RecentTable struct {
	Name string
	Full bool
	Rows int64
}

// Change is how the columns that a dump lists for a table differ from what was listed before.
type Change struct {
	DumpID      int64
	Table       string
	New         bool // no dump named the table before
	Added, Gone []string
}

// SetAside counts rows of a dump's table in smew.quarantine (R11).
type SetAside struct {
	DumpID int64
	Table  string
	Rows   int64
}

// KeptDefinitions are the property definitions of the highest dump that names some (R14).
type KeptDefinitions struct {
	DumpID  int64
	Key     string
	Problem *string // why they could not be understood; nil: they were
}

// ReadRecent reads what the last dumps, at most so many, brought. The errors are those of Current.
func ReadRecent(ctx context.Context, tx *duck.Tx, most int) (Recent, error) {
	r := Recent{Failing: map[string]time.Time{}}
	if err := Current(ctx, tx); err != nil {
		return r, err
	}
	if err := r.readDumps(ctx, tx, most); err != nil {
		return r, fmt.Errorf("read rows of the last dumps: %w", err)
	}
	if err := r.readChanges(ctx, tx, most); err != nil {
		return r, fmt.Errorf("read changes of columns: %w", err)
	}
	err := tx.Each(ctx, sql.RecentQuarantined, nil, func(scan func(...any) error) error {
		var s SetAside
		err := scan(&s.DumpID, &s.Table, &s.Rows)
		r.Quarantined = append(r.Quarantined, s)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("count quarantined rows: %w", err)
	}
	var d KeptDefinitions
	there, err := tx.Row(ctx, sql.RecentDefinitions, nil, &d.DumpID, &d.Key, &d.Problem)
	if err != nil {
		return r, fmt.Errorf("read property definitions: %w", err)
	}
	if there {
		r.Definitions = &d
	}
	err = tx.Each(ctx, sql.RecentFailing, nil, func(scan func(...any) error) error {
		var key string
		var since time.Time
		err := scan(&key, &since)
		r.Failing[key] = since
		return err
	})
	if err != nil {
		return r, fmt.Errorf("read first failures: %w", err)
	}
	return r, nil
}

func (r *Recent) readDumps(ctx context.Context, tx *duck.Tx, most int) error {
	return tx.Each(ctx, sql.RecentRows, []any{most}, func(scan func(...any) error) error {
		var id int64
		var t RecentTable
		if err := scan(&id, &t.Name, &t.Full, &t.Rows); err != nil {
			return err
		}
		if n := len(r.Dumps); n == 0 || r.Dumps[n-1].DumpID != id {
			r.Dumps = append(r.Dumps, RecentDump{DumpID: id})
		}
		d := &r.Dumps[len(r.Dumps)-1]
		d.Tables = append(d.Tables, t)
		return nil
	})
}

func (r *Recent) readChanges(ctx context.Context, tx *duck.Tx, most int) error {
	return tx.Each(ctx, sql.RecentChanges, []any{most}, func(scan func(...any) error) error {
		var c Change
		var added, gone string
		if err := scan(&c.DumpID, &c.Table, &c.New, &added, &gone); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(added), &c.Added); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(gone), &c.Gone); err != nil {
			return err
		}
		r.Changes = append(r.Changes, c)
		return nil
	})
}
