package loader

import (
	"context"
	"fmt"
	"slices"
	"time"

	"smew/duck"
	"smew/erase"
	"smew/feed"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// ErrNoLedger says that the database was not made by smew, or nothing was loaded yet.
var ErrNoLedger error = &adviceError{"nothing was loaded into the database yet", "smew load FEED --db FILE loads a feed into it, beside what it holds"}

// Status tells what a database holds, and how it stands to its feed. Times are UTC.
type Status struct {
	Feed     string         `json:"feed"`
	Dumps    int            `json:"dumps"`
	LastDump *LoadedDump    `json:"last_dump"` // the highest; nil: none
	Tables   []TableStatus  `json:"tables"`    // in the order of their first naming
	Choice   plan.Choice    `json:"choice"`    // of tables: the others are not loaded
	Unwanted []string       `json:"unwanted"`  // tables that loaded dumps name and that are not loaded
	Failures []LastFailure  `json:"failures"`  // by manifest
	Report   *ReportStatus  `json:"sync_report"`
	Merged   IdentityStatus `json:"identities"`
	Accepted []Acceptance   `json:"accepted"` // dumps that are accepted as lost
	Defined  DefinedStatus  `json:"definitions"`
	Erased   erase.Status   `json:"erased"`

	old bool // the ledger is of an older version
}

// DefinedStatus tells which property definitions are in force (R14).
type DefinedStatus struct {
	Properties int    `json:"properties"`
	From       *int64 `json:"dump_id"` // that brought them; nil: none did
	Given      bool   `json:"given"`   // they were given in place of the feed's
}

// LoadedDump is a dump that is in the database.
type LoadedDump struct {
	DumpID   int64     `json:"dump_id"`
	LoadedAt time.Time `json:"loaded_at"` // the last of any dump's
}

// TableStatus is one delivered table. Rows is what main shows; Delivered counts the rows of
// all parts that were read, Superseded and Invalidated those of them that gave way, and
// Hidden those that are kept and not shown (R7). Quarantined ones lie in smew.quarantine (R11).
type TableStatus struct {
	Name        string `json:"name"`       // as delivered
	Shown       string `json:"shown_name"` // in schema main
	Kind        string `json:"kind"`
	Rows        int64  `json:"rows"`
	Delivered   int64  `json:"rows_delivered"`
	Superseded  int64  `json:"rows_superseded"`
	Invalidated int64  `json:"rows_invalidated"`
	Hidden      int64  `json:"rows_hidden"`
	Quarantined int64  `json:"rows_quarantined"`
	Resync      *int64 `json:"last_full_resync"` // dump_id; nil: none
}

// LastFailure is the last try of a manifest that the database does not reflect.
type LastFailure struct {
	DumpID   *int64    `json:"dump_id"` // nil: not known
	Manifest string    `json:"manifest"`
	TriedAt  time.Time `json:"tried_at"`
	Error    string    `json:"error"`
}

// ReportStatus is the newest sync report that could be understood (R13).
type ReportStatus struct {
	Key        string     `json:"key"`
	Status     string     `json:"status"`
	Error      *string    `json:"error"`
	FinishedAt *time.Time `json:"finished_at"`
	NextSyncAt *time.Time `json:"next_sync_at"`
}

// Late is for how long the next dump has been due at the time now; 0: it is not, or nobody said when.
func (r *ReportStatus) Late(now time.Time) time.Duration {
	if r == nil || r.NextSyncAt == nil {
		return 0
	}
	return max(0, now.Sub(*r.NextSyncAt))
}

// IdentityStatus counts ids that are mapped, and the persons they are mapped to (R8).
type IdentityStatus struct {
	IDs     int64 `json:"ids"`
	Persons int64 `json:"persons"`
}

// ReadStatus reads the ledger. A database without one gives ErrNoLedger.
func ReadStatus(ctx context.Context, tx *duck.Tx) (Status, error) {
	s := Status{Tables: []TableStatus{}, Failures: []LastFailure{}, Accepted: []Acceptance{}, Unwanted: []string{}}
	version, err := versionOf(ctx, tx)
	if err != nil {
		return s, err
	}
	if version == 0 {
		return s, ErrNoLedger
	}
	if s.old = version < schemaVersion; !s.old {
		if s.Accepted, err = readAccepted(ctx, tx); err != nil {
			return s, err
		}
	}
	if s.Feed, err = setting(ctx, tx, "feed"); err != nil {
		return s, err
	}
	for _, read := range []func(context.Context, *duck.Tx) error{s.readChoice, s.readDefined, s.readDumps, s.readTables, s.readFailures, s.readReport, s.readIdentities} {
		if err := read(ctx, tx); err != nil {
			return s, err
		}
	}
	if version < schemaVersion {
		return s, nil // an older smew erased nobody
	}
	s.Erased, err = erase.ReadStatus(ctx, tx)
	return s, err
}

func (s *Status) readChoice(ctx context.Context, tx *duck.Tx) (err error) {
	if s.Choice, err = readChoice(ctx, tx); err != nil {
		return err
	}
	names, err := namedByAny(ctx, tx)
	for _, name := range names {
		if !s.Choice.Has(name) {
			s.Unwanted = append(s.Unwanted, name)
		}
	}
	return err
}

func (s *Status) readDefined(ctx context.Context, tx *duck.Tx) error {
	if s.old {
		return nil // an older smew applied none
	}
	settings, err := views.ReadSettings(ctx, tx)
	s.Defined = definedStatus(settings)
	return err
}

func definedStatus(s views.Settings) (d DefinedStatus) {
	d.Given = s.Given
	if s.From >= 0 {
		d.From = &s.From
	}
	if s.Definitions != nil {
		d.Properties = len(s.Definitions.Properties)
	}
	return d
}

func (s *Status) readDumps(ctx context.Context, tx *duck.Tx) error {
	var last *int64
	var at *time.Time
	if _, err := tx.Row(ctx, sql.StatusDumps, nil, &s.Dumps, &last, &at); err != nil {
		return fmt.Errorf("read dumps: %w", err)
	}
	if last != nil {
		s.LastDump = &LoadedDump{*last, *at}
	}
	return nil
}

func (s *Status) readTables(ctx context.Context, tx *duck.Tx) error {
	sch, err := readSchema(ctx, tx)
	if err != nil {
		return err
	}
	tables := sch.inOrder()
	names := make([]string, len(tables))
	for i, h := range tables {
		names[i] = h.name
	}
	for i, shown := range plan.Names(names, plan.ReservedTables) {
		h := tables[i]
		t := TableStatus{Name: h.name, Shown: shown, Kind: h.kind().String()}
		if h.resync >= 0 {
			t.Resync = &h.resync
		}
		if _, err := tx.Row(ctx, sql.StatusTable, []any{h.name}, &t.Delivered, &t.Superseded, &t.Invalidated); err != nil {
			return fmt.Errorf("read what was delivered of %q: %w", h.name, err)
		}
		if !s.old {
			if _, err := tx.Row(ctx, sql.StatusQuarantined, []any{h.name}, &t.Quarantined); err != nil {
				return fmt.Errorf("count quarantined rows of %q: %w", h.name, err)
			}
		}
		relation, statement := h.relation, sql.StatusRows
		switch h.kind() {
		case feed.Users:
			relation, statement = views.People, sql.StatusRowsAll
		case feed.UserMigrations:
			statement = sql.StatusRowsAll
		}
		count := duck.Fill(statement, duck.Names{"relation": duck.Quote(relation)})
		if _, err := tx.Row(ctx, count, nil, &t.Rows, &t.Hidden); err != nil {
			return fmt.Errorf("count rows of %q: %w", h.name, err)
		}
		s.Tables = append(s.Tables, t)
	}
	return nil
}

func (s *Status) readFailures(ctx context.Context, tx *duck.Tx) error {
	err := tx.Each(ctx, sql.StatusFailures, nil, func(scan func(...any) error) error {
		var f LastFailure
		err := scan(&f.DumpID, &f.Manifest, &f.TriedAt, &f.Error)
		accepted := func(a Acceptance) bool { return f.DumpID != nil && *f.DumpID == a.DumpID }
		if !slices.ContainsFunc(s.Accepted, accepted) {
			s.Failures = append(s.Failures, f)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	return nil
}

func (s *Status) readReport(ctx context.Context, tx *duck.Tx) (err error) {
	s.Report, err = newestReport(ctx, tx)
	return err
}

// newestReport reads the newest sync report that could be understood; nil: there is none.
func newestReport(ctx context.Context, tx *duck.Tx) (*ReportStatus, error) {
	r := &ReportStatus{}
	var status *string
	there, err := tx.Row(ctx, sql.StatusReport, nil, &r.Key, &status, &r.Error, &r.FinishedAt, &r.NextSyncAt)
	if err != nil {
		return nil, fmt.Errorf("read sync report: %w", err)
	}
	if !there {
		return nil, nil
	}
	if status != nil {
		r.Status = *status
	}
	return r, nil
}

func (s *Status) readIdentities(ctx context.Context, tx *duck.Tx) error {
	if _, err := tx.Row(ctx, sql.StatusIdentities, nil, &s.Merged.IDs, &s.Merged.Persons); err != nil {
		return fmt.Errorf("count identities: %w", err)
	}
	return nil
}

// ReadDefined tells which property definitions are in force, and which columns they make. A database without a ledger, or
// with an older one, gives the errors of Current.
func ReadDefined(ctx context.Context, tx *duck.Tx) (d DefinedStatus, columns []views.Expression, err error) {
	if err := Current(ctx, tx); err != nil {
		return d, nil, err
	}
	settings, err := views.ReadSettings(ctx, tx)
	if err != nil {
		return d, nil, err
	}
	sch, err := readSchema(ctx, tx)
	if err != nil {
		return d, nil, err
	}
	return definedStatus(settings), views.Expressions(sch.viewTables(), settings), nil
}
