package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"smew/duck"
	"smew/erase"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// MismatchError says that the database was loaded from another feed.
type MismatchError struct{ Remembered, Given string }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("the database was loaded from %s, not from %s", e.Remembered, e.Given)
}

// Hint says what the user can do about it.
func (e *MismatchError) Hint() string {
	return "if it is the same feed at another place, say --other-feed once; else choose another --db"
}

func setting(ctx context.Context, tx *duck.Tx, name string) (string, error) {
	var value string
	if _, err := tx.Row(ctx, sql.LedgerSetting, []any{name}, &value); err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

func keepSetting(ctx context.Context, tx *duck.Tx, name, value string) error {
	if _, err := tx.Exec(ctx, sql.LedgerForgetSetting, name); err != nil {
		return fmt.Errorf("forget setting %s: %w", name, err)
	}
	if _, err := tx.Exec(ctx, sql.LedgerKeepSetting, name, value); err != nil {
		return fmt.Errorf("keep setting %s: %w", name, err)
	}
	return nil
}

// adopt holds the feed's name against the one the file remembers.
func adopt(ctx context.Context, tx *duck.Tx, name string, other bool) error {
	remembered, err := setting(ctx, tx, "feed")
	if err != nil {
		return err
	}
	if remembered == name {
		return nil
	}
	if remembered != "" && !other {
		return &MismatchError{Remembered: remembered, Given: name}
	}
	return keepSetting(ctx, tx, "feed", name)
}

// objectID is an object as the ledger remembers it.
type objectID = manifests.ID

// snapshot is what a run needs to know of the database before it looks at the feed.
type snapshot struct {
	ledger    plan.Ledger
	manifests map[objectID]bool // need not be read again
	reports   map[objectID]bool
	attempts  map[objectID]string // what the last try said
	accepted  []Acceptance
	feed      string
	report    *ReportStatus // the newest
	given     string        // definitions that count in place of the feed's
	widest    int           // columns of the widest table
	old       bool          // the ledger is of an older version
}

func readSnapshot(ctx context.Context, tx *duck.Tx) (s snapshot, err error) {
	if s.ledger, err = readLedger(ctx, tx); err != nil {
		return s, err
	}
	if s.manifests, err = readObjects(ctx, tx, sql.LedgerManifests); err != nil {
		return s, err
	}
	if s.reports, err = readObjects(ctx, tx, sql.LedgerReports); err != nil {
		return s, err
	}
	if s.attempts, err = readAttempts(ctx, tx); err != nil {
		return s, err
	}
	if s.widest, err = readWidest(ctx, tx); err != nil {
		return s, err
	}
	if s.report, err = newestReport(ctx, tx); err != nil {
		return s, err
	}
	if s.given, err = setting(ctx, tx, views.GivenDefinitions); err != nil {
		return s, err
	}
	s.feed, err = setting(ctx, tx, "feed")
	return s, err
}

func readAttempts(ctx context.Context, tx *duck.Tx) (map[objectID]string, error) {
	attempts := map[objectID]string{}
	err := tx.Each(ctx, sql.LedgerLastAttempts, nil, func(scan func(...any) error) error {
		var o objectID
		var said string
		err := scan(&o.Key, &o.ETag, &said)
		attempts[o] = said
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	return attempts, nil
}

func readObjects(ctx context.Context, tx *duck.Tx, statement string, args ...any) (map[objectID]bool, error) {
	known := map[objectID]bool{}
	err := tx.Each(ctx, statement, args, func(scan func(...any) error) error {
		var o objectID
		if err := scan(&o.Key, &o.ETag); err != nil {
			return err
		}
		known[o] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	return known, nil
}

// readLedger reads what a plan needs.
func readLedger(ctx context.Context, tx *duck.Tx) (plan.Ledger, error) {
	l := plan.Ledger{Dumps: map[int64]plan.Loaded{}, Resyncs: map[string]int64{}}
	err := tx.Each(ctx, sql.LedgerDumps, nil, func(scan func(...any) error) error {
		var id int64
		var loaded plan.Loaded
		if err := scan(&id, &loaded.Key, &loaded.Digest); err != nil {
			return err
		}
		l.Dumps[id] = loaded
		return nil
	})
	if err != nil {
		return l, fmt.Errorf("read dumps: %w", err)
	}
	err = tx.Each(ctx, sql.LedgerResyncs, nil, func(scan func(...any) error) error {
		var name string
		var dump int64
		if err := scan(&name, &dump); err != nil {
			return err
		}
		l.Resyncs[name] = dump
		return nil
	})
	if err != nil {
		return l, fmt.Errorf("read full resyncs: %w", err)
	}
	l.Choice, err = readChoice(ctx, tx)
	return l, err
}

// keepRows inserts rows, given as JSON, by one statement.
func keepRows(ctx context.Context, tx *duck.Tx, statement string, rows any) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode ledger rows: %w", err)
	}
	if _, err := tx.Exec(ctx, statement, string(text)); err != nil {
		return fmt.Errorf("keep ledger rows: %w", err)
	}
	return nil
}

type manifestRow struct {
	Key    string `json:"key"`
	ETag   string `json:"etag"`
	DumpID int64  `json:"dump_id"`
}

type tableRow struct {
	DumpID      int64    `json:"dump_id"`
	Name        string   `json:"name"`
	Place       int      `json:"place"`
	Full        bool     `json:"full_resync"`
	Listed      []string `json:"listed"`
	Unlisted    []string `json:"unlisted"`
	Files       int      `json:"files"`
	Read        bool     `json:"read"`
	Rows        int64    `json:"rows_read"`
	Superseded  int64    `json:"rows_superseded"`
	Invalidated int64    `json:"rows_invalidated"`

	OwnSuperseded  int64 `json:"own_superseded"` // … by rows of the same dump
	OwnQuarantined int64 `json:"own_quarantined"`
	OwnErased      int64 `json:"own_erased"`
}

type partRow struct {
	DumpID int64   `json:"dump_id"`
	Table  string  `json:"table_name"`
	Place  int     `json:"place"`
	Key    string  `json:"key"`
	Size   *int64  `json:"size"`
	ETag   *string `json:"etag"`
	Rows   *int64  `json:"rows"`
}

type columnRow struct {
	Table string `json:"table_name"`
	plan.Column
	Physical string `json:"physical"`
}

// keepDump writes the ledger rows that make the dump loaded; they commit with its rows.
func keepDump(ctx context.Context, tx *duck.Tx, d plan.Dump, rec Record, tables []tableRow, parts []partRow, at time.Time) error {
	manifests := []manifestRow{{d.Key, d.ETag, d.ID}}
	for _, f := range d.Copies {
		manifests = append(manifests, manifestRow{f.Key, f.ETag, d.ID})
	}
	if err := keepRows(ctx, tx, sql.LedgerKeepManifests, manifests); err != nil {
		return err
	}
	if err := keepRows(ctx, tx, sql.LedgerKeepTables, tables); err != nil {
		return err
	}
	if err := keepRows(ctx, tx, sql.LedgerKeepParts, parts); err != nil {
		return err
	}
	var definitions any
	if d.Definitions != "" {
		definitions = d.Definitions
	}
	_, err := tx.Exec(ctx, sql.LedgerKeepDump, d.ID, d.Key, d.ETag, d.Digest, definitions, at.UTC(), rec.Seconds, rec.Bytes)
	if err != nil {
		return fmt.Errorf("keep dump %d: %w", d.ID, err)
	}
	return nil
}

// keepAttempt notes a try that failed, and returns what it says of it: without the values of erased people.
func keepAttempt(ctx context.Context, tx *duck.Tx, f Failure, at time.Time) (said string, err error) {
	var dump any
	if f.DumpID >= 0 {
		dump = f.DumpID
	}
	if said, err = erase.Redact(ctx, tx, f.Reason); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, sql.LedgerKeepAttempt, dump, f.Key, f.etag, at.UTC(), said); err != nil {
		return "", fmt.Errorf("keep attempt: %w", err)
	}
	return said, nil
}
