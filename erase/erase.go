// Package erase removes a person from everywhere smew keeps them, and keeps them out of later loads.
//
// A person is all ids that resolve to one (R8). Of each a salted hash is remembered, nothing else, so
// that a dump which brings the person again can be told. Whoever the feed later says is the same
// person as an erased id is erased with it.
package erase

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"smew/duck"
	"smew/export"
	"smew/sql"
)

// Who names a person: by any of their ids, or by what identity says in users.
type Who struct {
	UserID   int64
	Identity string // "": UserID counts
}

// Found is what a database holds of a person.
type Found struct {
	IDs     []int64     `json:"user_ids"` // ascending
	Tables  []TableRows `json:"tables"`   // that hold rows of them
	Parts   []PartRows  `json:"parts"`    // that brought these rows; the bucket still holds them
	Foreign []string    `json:"foreign_tables"`
	held    []heldTable
	names   map[string]bool
}

// TableRows counts a table's rows, hidden and quarantined ones and mappings included.
type TableRows struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// PartRows counts the rows that a part of a dump brought.
type PartRows struct {
	DumpID int64  `json:"dump_id"`
	Table  string `json:"table"`
	Key    string `json:"key"`
	Rows   int64  `json:"rows"`
}

// UnknownError says that no record of users has the identity.
type UnknownError struct{ Identity string }

func (e *UnknownError) Error() string { return fmt.Sprintf("nobody has the identity %q", e.Identity) }

// Hint says what the user can do about it.
func (e *UnknownError) Hint() string {
	return "it has to be as in users.identity; --user-id takes an id, also one that is in no table yet"
}

// SeveralError says that the records of several people have the identity.
type SeveralError struct {
	Identity string
	IDs      []int64
}

func (e *SeveralError) Error() string {
	return fmt.Sprintf("%d people have the identity %q: %s", len(e.IDs), e.Identity, strings.Trim(fmt.Sprint(e.IDs), "[]"))
}

// Hint says what the user can do about it.
func (e *SeveralError) Hint() string { return "say which by --user-id, once for each of them" }

// heldTable is a delivered table and its relation.
type heldTable struct{ name, relation string }

// Tables of which smew knows what their rows are about by other columns than user_id.
const (
	users      = "users"
	migrations = "user_migrations"
)

func readHeld(ctx context.Context, tx *duck.Tx) (all []heldTable, err error) {
	err = tx.Each(ctx, sql.LedgerHeld, nil, func(scan func(...any) error) error {
		var h heldTable
		var dump, place int64
		var resync *int64
		err := scan(&h.name, &h.relation, &dump, &place, &resync)
		all = append(all, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tables: %w", err)
	}
	return all, nil
}

func (h heldTable) fill(statement string) string {
	return duck.Fill(statement, duck.Names{"relation": duck.Quote(h.relation)})
}

func exec(ctx context.Context, tx *duck.Tx, doing string, statement string, args ...any) error {
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Find looks for a person and changes nothing. A user id that is in no table is somebody's all the same:
// the feed may bring it yet. An identity that is nobody's is an *UnknownError, one of several people's a
// *SeveralError.
func Find(ctx context.Context, tx *duck.Tx, who Who) (Found, error) {
	f := Nothing()
	var err error
	if f.held, err = readHeld(ctx, tx); err != nil {
		return f, err
	}
	id := who.UserID
	if who.Identity != "" {
		if id, err = f.identified(ctx, tx, who.Identity); err != nil {
			return f, err
		}
	}
	if err := exec(ctx, tx, "look up the person's ids", sql.EraseIDs, id); err != nil {
		return f, err
	}
	if err := f.readIDs(ctx, tx); err != nil {
		return f, err
	}
	if f.names, err = readNames(ctx, tx, f.held); err != nil {
		return f, err
	}
	if err := count(ctx, tx, f.held, f.whose()); err != nil {
		return f, err
	}
	if err := f.readGone(ctx, tx); err != nil {
		return f, err
	}
	return f, f.readForeign(ctx, tx)
}

// readIDs reads the table erased_ids.
func (f *Found) readIDs(ctx context.Context, tx *duck.Tx) error {
	err := tx.Each(ctx, sql.EraseReadIDs, nil, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		f.IDs = append(f.IDs, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the person's ids: %w", err)
	}
	return nil
}

// whose tells who was found.
func (f *Found) whose() whose {
	return whose{
		id:   func(id int64) bool { _, found := slices.BinarySearch(f.IDs, id); return found },
		name: func(name string) bool { return f.names[name] },
	}
}

// Names are what the person's records say in identity, email and handle.
func (f *Found) Names() []string { return slices.Sorted(maps.Keys(f.names)) }

// identified is the id of the one person with that identity.
func (f *Found) identified(ctx context.Context, tx *duck.Tx, identity string) (int64, error) {
	var ids []int64
	for _, h := range f.held {
		if h.name != users {
			continue
		}
		err := tx.Each(ctx, h.fill(sql.EraseIdentity), []any{identity}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("look up identity: %w", err)
		}
	}
	switch len(ids) {
	case 0:
		return 0, &UnknownError{Identity: identity}
	case 1:
		return ids[0], nil
	}
	return 0, &SeveralError{Identity: identity, IDs: ids}
}

// count fills the table gone with what is stored of erased_ids and set aside of theirs.
func count(ctx context.Context, tx *duck.Tx, held []heldTable, theirs whose) error {
	if err := exec(ctx, tx, "begin counting", sql.EraseBeginGone); err != nil {
		return err
	}
	for _, h := range held {
		statement := sql.EraseCountRows
		if h.name == migrations {
			statement = sql.EraseCountMappings
		}
		if err := exec(ctx, tx, fmt.Sprintf("count rows of %q", h.name), h.fill(statement), h.name); err != nil {
			return err
		}
	}
	if _, err := theirs.quarantined(ctx, tx, func(aside) bool { return true }); err != nil {
		return err
	}
	return exec(ctx, tx, "count rows in quarantine", sql.EraseCountQuarantined)
}

func (f *Found) readGone(ctx context.Context, tx *duck.Tx) error {
	rows := map[string]int64{}
	err := tx.Each(ctx, sql.EraseGone, nil, func(scan func(...any) error) error {
		var p PartRows
		var key *string
		if err := scan(&p.DumpID, &p.Table, &key, &p.Rows); err != nil {
			return err
		}
		if key != nil {
			p.Key = *key
		}
		f.Parts = append(f.Parts, p)
		rows[p.Table] += p.Rows
		return nil
	})
	if err != nil {
		return fmt.Errorf("read which parts brought them: %w", err)
	}
	for _, h := range f.held {
		if rows[h.name] > 0 {
			f.Tables = append(f.Tables, TableRows{h.name, rows[h.name]})
		}
	}
	return nil
}

func (f *Found) readForeign(ctx context.Context, tx *duck.Tx) error {
	err := tx.Each(ctx, sql.EraseForeign, nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		f.Foreign = append(f.Foreign, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for tables that are not smew's: %w", err)
	}
	return nil
}

// Nothing is what there is of nobody: its lists are not nil.
func Nothing() Found {
	return Found{IDs: []int64{}, Tables: []TableRows{}, Parts: []PartRows{}, Foreign: []string{}}
}

// Rows is how many rows there are in all.
func (f Found) Rows() (n int64) {
	for _, t := range f.Tables {
		n += t.Rows
	}
	return n
}

// Erase finds a person, removes all their rows, and remembers their ids by hash. It belongs in one
// transaction: a crash leaves the person in whole or not at all. The file still has their rows in blocks that
// are free now, until it is rewritten (duck.Compact): that this is due is kept with the removal, until
// Rewritten. random gives the database its salt, the first time.
func Erase(ctx context.Context, tx *duck.Tx, who Who, now time.Time, random io.Reader) (Found, error) {
	f, err := Find(ctx, tx, who)
	if err != nil {
		return f, err
	}
	keys, err := salted(ctx, tx, random)
	if err != nil {
		return f, err
	}
	var last int64
	if _, err := tx.Row(ctx, sql.EraseErasures, nil, &last); err != nil {
		return f, fmt.Errorf("count erased people: %w", err)
	}
	if err := keys.hash(ctx, tx, "erased_ids"); err != nil {
		return f, err
	}
	if err := exec(ctx, tx, "remember the person's ids", sql.EraseRemember, last+1, now.UTC()); err != nil {
		return f, err
	}
	return f, f.remove(ctx, tx, keys, now, f.Rows())
}

// remove removes what is stored of erased_ids and counted in gone, what is quoted of them and what exports remember, and
// remembers their names.
func (f *Found) remove(ctx context.Context, tx *duck.Tx, keys *hmacKeys, now time.Time, rows int64) error {
	held := f.held
	for name := range f.names {
		if err := exec(ctx, tx, "remember the person's names", sql.EraseRememberName, keys.name(name), now.UTC()); err != nil {
			return err
		}
	}
	for _, h := range held {
		statement := sql.EraseRemoveRows
		if h.name == migrations {
			statement = sql.EraseRemoveMappings
		}
		if err := exec(ctx, tx, fmt.Sprintf("remove rows of %q", h.name), h.fill(statement)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(held, func(h heldTable) bool { return h.name == users }) {
		if err := exec(ctx, tx, "remove merged users", sql.EraseRemovePeople); err != nil {
			return err
		}
	}
	for _, statement := range []string{sql.EraseRemoveIdentities, sql.ResolveAfresh} {
		if err := exec(ctx, tx, "remove identities", statement); err != nil {
			return err
		}
	}
	if err := exec(ctx, tx, "remove rows in quarantine", sql.EraseRemoveQuarantined); err != nil {
		return err
	}
	if err := exec(ctx, tx, "count removed rows", sql.EraseAccount); err != nil {
		return err
	}
	silenced, err := f.whose().silence(ctx, tx)
	if err != nil {
		return err
	}
	exported, err := export.Erase(ctx, tx, f.IDs, f.Names(), now)
	if err != nil || rows == 0 && !silenced && !exported {
		return err
	}
	return keepSetting(ctx, tx, dueSetting, "true")
}
