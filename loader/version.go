package loader

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"smew/ask"
	"smew/duck"
	"smew/sql"
	"smew/views"
)

// schemaVersion is the version of the ledger's tables that this smew writes. It reads older
// ones, and brings them up when it next writes.
const schemaVersion = 5

// ErrNewer says that a later smew wrote the database.
var ErrNewer error = &adviceError{"the database was written by a newer smew", "update smew: the newest one reads all older databases"}

// adviceError is an error to be compared with, which says what the user can do about it.
type adviceError struct{ text, hint string }

func (e *adviceError) Error() string { return e.text }
func (e *adviceError) Hint() string  { return e.hint }

// OlderError says that an earlier smew wrote the database, and its ledger lacks what is asked for.
type OlderError struct{ Version int }

func (e *OlderError) Error() string {
	return fmt.Sprintf("the database was written by an older smew: its ledger has version %d, %d is needed", e.Version, schemaVersion)
}

// Hint says what the user can do about it.
func (e *OlderError) Hint() string {
	return "the next smew load brings it up, also when no dump is waiting"
}

// ForeignError says that the database has a schema smew or delivered that smew did not make.
type ForeignError struct{ Err error }

func (e *ForeignError) Error() string { return "create ledger: " + e.Err.Error() }
func (e *ForeignError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *ForeignError) Hint() string {
	return "the schemas smew and delivered are smew's own: rename yours, or choose another --db"
}

// Migrate gives a fresh file the ledger's tables, brings those of an older smew up, and refuses
// those of a newer one.
func Migrate(ctx context.Context, tx *duck.Tx) error {
	version, err := versionOf(ctx, tx)
	switch {
	case err != nil || version == schemaVersion:
		return err
	case version > 0:
		if err := upgrade(ctx, tx, version); err != nil {
			return fmt.Errorf("bring the ledger up to version %d: %w", schemaVersion, err)
		}
	default:
		if _, err := tx.Exec(ctx, sql.LedgerSchema); err != nil {
			if strings.Contains(err.Error(), "already exists") {
				return &ForeignError{Err: err}
			}
			return fmt.Errorf("create ledger: %w", err)
		}
	}
	for _, statement := range append([]string{sql.QuarantineCreate, sql.AcceptedCreate, sql.LedgerMacros}, ask.Macros()...) {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("create ledger: %w", err)
		}
	}
	if version > 0 && version < 4 {
		if err := upgradeTables(ctx, tx); err != nil {
			return fmt.Errorf("bring the tables up to version %d: %w", schemaVersion, err)
		}
	}
	return keepSetting(ctx, tx, "schema_version", strconv.Itoa(schemaVersion))
}

// upgrade brings the tables of an older ledger up to version 5, but for what upgradeTables does.
func upgrade(ctx context.Context, tx *duck.Tx, version int) error {
	for _, statement := range []string{sql.LedgerUpgradeErased, sql.LedgerUpgradeNames, sql.LedgerUpgradeTargets} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if version == 1 {
		if err := upgradeCounts(ctx, tx); err != nil {
			return err
		}
	}
	if version >= 3 {
		return nil
	}
	if _, err := tx.Exec(ctx, sql.LedgerUpgradeDefinitions); err != nil {
		return err
	}
	return judgeDefinitions(ctx, tx)
}

// upgradeCounts brings a ledger of version 1 to version 2: it counts once what has become of each dump's rows.
func upgradeCounts(ctx context.Context, tx *duck.Tx) error {
	if _, err := tx.Exec(ctx, sql.LedgerUpgradeColumns); err != nil {
		return err
	}
	s, err := readSchema(ctx, tx)
	if err != nil {
		return err
	}
	for _, h := range s.tables {
		count := duck.Fill(sql.LedgerUpgradeCounts, duck.Names{"relation": duck.Quote(h.relation)})
		if _, err := tx.Exec(ctx, count, h.name, h.resync); err != nil {
			return err
		}
	}
	return nil
}

// upgradeTables brings the tables from version 3 to version 4, which keeps the instants that their times stand for, and
// the views with them.
func upgradeTables(ctx context.Context, tx *duck.Tx) error {
	s, err := readSchema(ctx, tx)
	if err != nil || len(s.tables) == 0 {
		return err
	}
	for _, statement := range []string{sql.LedgerUpgradeTimes, sql.LedgerUpgradeInstants} {
		for _, h := range s.inOrder() {
			if !h.timed() {
				continue
			}
			if _, err := tx.Exec(ctx, duck.Fill(statement, duck.Names{"relation": duck.Quote(h.relation)})); err != nil {
				return err
			}
		}
	}
	settings, err := views.ReadSettings(ctx, tx)
	if err != nil {
		return err
	}
	return views.Apply(ctx, tx, views.Render(s.viewTables(), settings))
}

// Current says whether the database has the ledger that this smew writes. Where it has not, the error
// is ErrNoLedger, wraps ErrNewer or is an *OlderError.
func Current(ctx context.Context, tx *duck.Tx) error {
	version, err := versionOf(ctx, tx)
	switch {
	case err != nil:
		return err
	case version == 0:
		return ErrNoLedger
	case version < schemaVersion:
		return &OlderError{Version: version}
	}
	return nil
}

// Audits says whether the database can be audited against the feed of that name: it has the ledger of this
// smew (see Current) and was loaded from there, or other says that it is the same feed. Else the error may be a *MismatchError.
func Audits(ctx context.Context, tx *duck.Tx, feed string, other bool) error {
	if err := Current(ctx, tx); err != nil {
		return err
	}
	remembered, err := setting(ctx, tx, "feed")
	if err == nil && remembered != feed && !other {
		err = &MismatchError{Remembered: remembered, Given: feed}
	}
	return err
}

// versionOf is the version of the ledger's tables, which this smew can read; 0: there are none.
func versionOf(ctx context.Context, tx *duck.Tx) (int, error) {
	var n int
	if _, err := tx.Row(ctx, sql.LedgerExists, nil, &n); err != nil {
		return 0, fmt.Errorf("look for ledger: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	text, err := setting(ctx, tx, "schema_version")
	if err != nil {
		return 0, err
	}
	if v, err := strconv.Atoi(text); err == nil && v >= 1 && v <= schemaVersion {
		return v, nil
	}
	return 0, fmt.Errorf("%w: its ledger has version %q, this smew knows %d", ErrNewer, text, schemaVersion)
}
