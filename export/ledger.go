package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"smew/duck"
	"smew/sql"
)

// Run is what became of a run of a sync.
type Run struct {
	ID         int64      `json:"run_id"` // 0: of no sync, or a dry run
	Sync       string     `json:"sync"`
	Mode       Mode       `json:"mode"`
	Full       bool       `json:"full_resync"`
	Began      time.Time  `json:"began_at"`
	Attempts   int64      `json:"attempts"` // more than 1: it was killed or failed before
	Status     string     `json:"status"`   // running, done, failed or abandoned
	Ended      *time.Time `json:"ended_at"`
	Error      string     `json:"error,omitempty"`
	Seconds    float64    `json:"seconds"` // of the last attempt
	NullKeys   int64      `json:"null_keys"`
	Duplicates int64      `json:"duplicates"`
	ModelRows  int64      `json:"model_rows"` // that the model has without these
	Added      int64      `json:"added"`      // in mode all: all rows
	Changed    int64      `json:"changed"`
	Removed    int64      `json:"removed"`
	Files      []File     `json:"files"`
	FileCount  int64      `json:"file_count"`
	Bytes      int64      `json:"bytes"`
	// Repeated says that rows were sent which an attempt before had found.
	Repeated bool `json:"-"`
}

// Rows is how many rows were sent.
func (r Run) Rows() int64 { return r.Added + r.Changed + r.Removed }

// Running is the status of a run that is under way or, when nobody runs it, was killed.
const Running = "running"

// The other statuses of runs.
const (
	done      = "done"
	failed    = "failed"
	abandoned = "abandoned"
)

// definition is a digest of all that decides what a job's files hold and what they are called.
func (j Job) definition() (string, error) {
	j.Sync.Schedule, j.Sync.Alerts, j.Sync.S3 = "", Limits{}, S3{}
	text, err := json.Marshal(j)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// begin takes up the run that did not come to its end, if the definition is still the same, and otherwise begins
// a new one. It returns the shape of what is pending, nil if nothing is.
func begin(ctx context.Context, tx *duck.Tx, j Job, full bool, now time.Time) (r Run, pending *shape, err error) {
	if err := do(ctx, tx, "make the tables of exports", sql.ExportSchema); err != nil {
		return r, nil, err
	}
	definition, err := j.definition()
	if err != nil {
		return r, nil, err
	}
	var number int64
	var text *string
	known, err := tx.Row(ctx, sql.ExportSync, []any{j.Sync.ID}, &number, &text)
	if err == nil && !known {
		err = do(ctx, tx, "add export", sql.ExportAddSync, j.Sync.ID)
	}
	if err != nil {
		return r, nil, err
	}
	r = Run{Sync: j.Sync.ID, Mode: j.Sync.mode(), Full: full, Status: Running, Files: []File{}}
	pending, again, err := r.takeUp(ctx, tx, definition)
	if err != nil {
		return r, nil, err
	}
	if again {
		return r, pending, do(ctx, tx, "repeat run", sql.ExportAgainRun, r.ID)
	}
	if err := giveUp(ctx, tx, j.Sync.ID, now); err != nil {
		return r, nil, err
	}
	r.Attempts = 1
	r.Began = now.UTC().Truncate(time.Microsecond) // as it will be read
	_, err = tx.Row(ctx, sql.ExportBeginRun, []any{r.Sync, definition, string(r.Mode), full, r.Began}, &r.ID)
	if err != nil {
		err = fmt.Errorf("begin run: %w", err)
	}
	return r, nil, err
}

// takeUp makes r the run of its sync that did not come to its end, if there is one that the next run repeats. It returns the shape of what
// is pending, nil if nothing is.
func (r *Run) takeUp(ctx context.Context, tx *duck.Tx, definition string) (pending *shape, again bool, err error) {
	var before string
	var text *string
	open := *r
	is, err := tx.Row(ctx, sql.ExportOpenRun, []any{r.Sync}, &open.ID, &before, &open.Full, &text, &open.Began, &open.Attempts)
	if err != nil {
		return nil, false, fmt.Errorf("look for a run that was killed: %w", err)
	}
	if !is || before != definition || r.Full && !open.Full {
		return nil, false, nil
	}
	if text != nil {
		pending, open.Repeated = &shape{}, true
		err = json.Unmarshal([]byte(*text), pending)
	}
	*r = open
	return pending, true, err
}

// giveUp ends the runs of a sync that did not come to their end.
func giveUp(ctx context.Context, tx *duck.Tx, sync string, now time.Time) error {
	s, err := readState(ctx, tx, sync)
	if err != nil {
		return err
	}
	if err := do(ctx, tx, "drop pending rows", duck.Fill(sql.ExportDrop, duck.Names{"table": s.pending})); err != nil {
		return err
	}
	return do(ctx, tx, "give up run", sql.ExportAbandon, sync, now.UTC())
}

// end writes down how a run, or an attempt of it, ended.
func (r *Run) end(ctx context.Context, tx *duck.Tx, status string, now time.Time, problem error) error {
	ended := now.UTC()
	r.Status, r.Ended = status, &ended
	var text *string
	if problem != nil {
		r.Error = problem.Error()
		text = &r.Error
	}
	return do(ctx, tx, "end run", sql.ExportEndRun, r.ID, status, ended, text, r.Seconds, r.Added, r.Changed, r.Removed, r.FileCount, r.Bytes, r.ModelRows)
}

// files of earlier attempts of the run, by their key.
func (r *Run) files(ctx context.Context, tx *duck.Tx) (map[string]File, error) {
	all := map[string]File{}
	err := tx.Each(ctx, sql.ExportFiles, []any{r.ID}, func(scan func(...any) error) error {
		f, err := scanFile(scan)
		all[f.Key] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return all, nil
}

func scanFile(scan func(...any) error) (f File, err error) {
	var first string
	if err := scan(&f.Key, &f.Kind, &f.Part, &f.Rows, &f.Bytes, &f.SHA256, &first); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(first), &f.First)
}

// Reset forgets what of a sync was sent, and says whether anything was known of it: the next run sends all rows as added,
// and none as removed. A run that did not come to its end is given up.
func Reset(ctx context.Context, tx *duck.Tx, sync string, now time.Time) (known bool, err error) {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return false, err
	}
	var number int64
	var text *string
	if known, err = tx.Row(ctx, sql.ExportSync, []any{sync}, &number, &text); err != nil || !known {
		return false, err
	}
	if err := giveUp(ctx, tx, sync, now); err != nil {
		return true, err
	}
	s, err := readState(ctx, tx, sync)
	if err != nil {
		return true, err
	}
	if err := do(ctx, tx, "forget what was sent", duck.Fill(sql.ExportDrop, duck.Names{"table": s.table})); err != nil {
		return true, err
	}
	return true, do(ctx, tx, "forget what was sent", sql.ExportKeepShape, sync, nil)
}

// there says whether the database has the tables of exports.
func there(ctx context.Context, tx *duck.Tx) (bool, error) {
	var n int64
	if _, err := tx.Row(ctx, sql.ExportThere, nil, &n); err != nil {
		return false, fmt.Errorf("look for exports: %w", err)
	}
	return n > 0, nil
}

// Syncs are the ids of the syncs that the database knows.
func Syncs(ctx context.Context, tx *duck.Tx) (ids []string, err error) {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return nil, err
	}
	err = tx.Each(ctx, sql.ExportSyncs, nil, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read exports: %w", err)
	}
	return ids, nil
}

// Log reads the last runs, of one sync or, where sync is "", of all, the newest first.
func Log(ctx context.Context, tx *duck.Tx, sync string, most int) (runs []Run, err error) {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return nil, err
	}
	err = tx.Each(ctx, sql.ExportRuns, []any{sync, most}, func(scan func(...any) error) error {
		r := Run{Files: []File{}}
		err := scan(&r.ID, &r.Sync, &r.Mode, &r.Full, &r.Began, &r.Attempts, &r.Status, &r.Ended, &r.Error, &r.Seconds,
			&r.NullKeys, &r.Duplicates, &r.ModelRows, &r.Added, &r.Changed, &r.Removed, &r.FileCount, &r.Bytes)
		runs = append(runs, r)
		return err
	})
	for i := range runs {
		if err == nil {
			err = tx.Each(ctx, sql.ExportFiles, []any{runs[i].ID}, func(scan func(...any) error) error {
				f, err := scanFile(scan)
				runs[i].Files = append(runs[i].Files, f)
				return err
			})
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	return runs, nil
}
