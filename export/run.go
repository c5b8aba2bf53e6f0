package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/sql"
)

// Options of a run.
type Options struct {
	// Full sends all rows as added and none as removed, as if nothing had been sent before.
	Full bool
	// Open opens where files go; prefix is what their keys begin with.
	Open func(ctx context.Context, to string, s S3) (b bucket.Bucket, prefix string, err error)
	// Now is the clock.
	Now func() time.Time
	// Temp is a directory for files whose names hold their {hash}; "": the system's.
	Temp string
}

// Send runs a sync. db has to be open for writing, and is so for the whole run: that is what keeps two runs of one
// sync apart. The run is in the log before its first file is begun, and what was sent counts as such when all files are
// whole, in one transaction. After a crash at any moment the next Send repeats the run under its id, to the same files:
// of modes insert and diff with the same rows, of mode all with those of now. Where the first attempt has written other rows, and
// nothing may be overwritten, the run is given up for a new one. A *StateError says that the sync
// has become another one, a *MappingError that its columns do not fit its model.
func Send(ctx context.Context, db *duck.DB, j Job, o Options) (Run, error) {
	began := o.Now()
	r, pending, err := start(ctx, db, j, o.Full, began)
	if err != nil {
		return r, fmt.Errorf("export %q: %w", j.Sync.ID, err)
	}
	err = attempt(ctx, db, j, o, &r, pending)
	var exists *ExistsError
	if errors.As(err, &exists) && exists.own {
		if r, pending, err = restart(ctx, db, j, r, o.Now()); err == nil {
			err = attempt(ctx, db, j, o, &r, pending)
		}
	}
	if err == nil {
		return r, nil
	}
	r.Seconds = o.Now().Sub(began).Seconds()
	noted := db.Update(context.WithoutCancel(ctx), func(tx *duck.Tx) error {
		return r.end(context.WithoutCancel(ctx), tx, failed, o.Now(), err)
	})
	return r, errors.Join(fmt.Errorf("export %q: %w", j.Sync.ID, err), noted)
}

// start begins a run, or takes one up, in the log.
func start(ctx context.Context, db *duck.DB, j Job, full bool, now time.Time) (r Run, pending *shape, err error) {
	err = db.Update(ctx, func(tx *duck.Tx) (err error) {
		r, pending, err = begin(ctx, tx, j, full, now)
		return err
	})
	return r, pending, err
}

// restart gives a run up that may overwrite nothing, not even files that an attempt before has written and whose rows are others
// now, and begins one under an id and names of its own.
func restart(ctx context.Context, db *duck.DB, j Job, r Run, now time.Time) (next Run, pending *shape, err error) {
	err = db.Update(ctx, func(tx *duck.Tx) (err error) {
		if err := giveUp(ctx, tx, j.Sync.ID, now); err != nil {
			return err
		}
		next, pending, err = begin(ctx, tx, j, r.Full, now)
		return err
	})
	if err != nil {
		return r, nil, err
	}
	return next, pending, nil
}

// attempt carries out a run that has begun.
func attempt(ctx context.Context, db *duck.DB, j Job, o Options, r *Run, pending *shape) error {
	began := o.Now()
	to, err := o.destination(ctx, j)
	if err != nil {
		return err
	}
	if r.Mode != All {
		if pending, err = pend(ctx, db, j, r, pending); err != nil {
			return err
		}
	}
	s := &sending{j: j, o: o, to: to, run: r, db: db, name: nameOf(j, r.ID, r.Began), seen: map[string]bool{}}
	if err := s.claim(ctx); err != nil {
		return err
	}
	err = db.View(ctx, func(tx *duck.Tx) (err error) {
		if s.before, err = r.files(ctx, tx); err != nil {
			return err
		}
		if err := s.giveUpUploads(ctx, tx); err != nil {
			return err
		}
		return s.all(ctx, tx, pending)
	})
	if err != nil {
		return err
	}
	if err := s.stillClaimed(ctx); err != nil {
		return err
	}
	r.Seconds = o.Now().Sub(began).Seconds()
	return db.Update(ctx, func(tx *duck.Tx) error {
		if r.Mode != All {
			before, err := readState(ctx, tx, j.Sync.ID)
			if err != nil {
				return err
			}
			if err := advance(ctx, tx, j.Sync.ID, *pending, before, r.Full); err != nil {
				return err
			}
		}
		if err := do(ctx, tx, "forget first lines", sql.ExportForgetFirst, r.Sync, r.ID); err != nil {
			return err
		}
		if err := do(ctx, tx, "note what claims the place", sql.ExportClaimed, r.Sync); err != nil {
			return err
		}
		return r.end(ctx, tx, done, o.Now(), nil)
	})
}

// pend finds what is to be sent, unless an attempt before has done so, and keeps it until all of it is sent.
func pend(ctx context.Context, db *duck.DB, j Job, r *Run, pending *shape) (*shape, error) {
	err := db.Update(ctx, func(tx *duck.Tx) error {
		s, err := readState(ctx, tx, j.Sync.ID)
		if err != nil {
			return err
		}
		if pending != nil {
			_, err := tx.Row(ctx, sql.ExportCounts, []any{r.ID}, &r.NullKeys, &r.Duplicates, &r.ModelRows)
			return err
		}
		now, n, err := s.prepare(ctx, tx, j, r.Full, false)
		if err != nil {
			return err
		}
		pending = r.counted(now, n)
		for _, temporary := range []string{"export_result", "export_moved", "export_model"} {
			if err := do(ctx, tx, "drop result", duck.Fill(sql.ExportDrop, duck.Names{"table": temporary})); err != nil {
				return err
			}
		}
		text, err := json.Marshal(now)
		if err != nil {
			return err
		}
		return do(ctx, tx, "note what is to be sent", sql.ExportPrepared, r.ID, string(text), r.NullKeys, r.Duplicates, r.ModelRows)
	})
	return pending, err
}

// counted notes what was counted while rows were found that are to be sent, and returns their shape.
func (r *Run) counted(now shape, n counts) *shape {
	r.NullKeys, r.Duplicates, r.ModelRows = n.nullKeys, n.duplicates, n.rows
	return &now
}

// prepare reads the shape, and finds what is to be sent.
func (s state) prepare(ctx context.Context, tx *duck.Tx, j Job, full, dry bool) (now shape, n counts, err error) {
	if err := do(ctx, tx, "set time zone", sql.ExportUseUTC); err != nil {
		return now, n, err
	}
	if now, err = readShape(ctx, tx, j); err != nil {
		return now, n, err
	}
	n, err = prepare(ctx, tx, j, now, s, full, dry)
	return now, n, err
}

// Preview tells what Send would do: it makes the files, counts them and throws them away. db may be open for reading.
func Preview(ctx context.Context, db *duck.DB, j Job, o Options) (Run, error) {
	began := o.Now()
	r := Run{Sync: j.Sync.ID, Mode: j.Sync.mode(), Full: o.Full, Began: began.UTC(), Attempts: 1, Files: []File{}}
	s := &sending{j: j, o: o, to: destination{to: nowhere{}, compress: j.Sync.Compression}, run: &r, seen: map[string]bool{}, dry: true}
	err := db.View(ctx, func(tx *duck.Tx) error {
		pending, run, err := s.foresee(ctx, tx)
		if err != nil {
			return err
		}
		s.name = nameOf(j, max(run, 1), r.Began)
		return s.all(ctx, tx, pending)
	})
	r.Status, r.Seconds = "dry run", o.Now().Sub(began).Seconds()
	if err != nil {
		err = fmt.Errorf("export %q: %w", j.Sync.ID, err)
	}
	return r, err
}

// foresee finds what a run would send, and its id: of a run that did not come to its end, what that has still to send.
func (s *sending) foresee(ctx context.Context, tx *duck.Tx) (pending *shape, run int64, err error) {
	r, before := s.run, state{table: "smew.export_state_0"}
	known, err := there(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	if known {
		definition, err := s.j.definition()
		if err != nil {
			return nil, 0, err
		}
		again := false
		if pending, again, err = r.takeUp(ctx, tx, definition); err == nil && !again {
			_, err = tx.Row(ctx, sql.ExportNextRun, nil, &r.ID)
		}
		if err == nil {
			before, err = readState(ctx, tx, s.j.Sync.ID)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	run, r.ID = r.ID, 0
	switch {
	case r.Mode == All:
		return nil, run, nil
	case pending != nil:
		_, err = tx.Row(ctx, sql.ExportCounts, []any{run}, &r.NullKeys, &r.Duplicates, &r.ModelRows)
		return pending, run, err
	}
	before.pending = "export_pending"
	now, n, err := before.prepare(ctx, tx, s.j, r.Full, true)
	return r.counted(now, n), run, err
}

// Once sends all rows of a query that belongs to no sync; nothing is remembered of it, so db may be open for reading.
func Once(ctx context.Context, db *duck.DB, j Job, o Options) (Run, error) {
	began := o.Now()
	r := Run{Mode: All, Began: began.UTC(), Status: done, Attempts: 1, Files: []File{}}
	to, err := o.destination(ctx, j)
	if err != nil {
		return r, err
	}
	s := &sending{j: j, o: o, to: to, run: &r, name: nameOf(j, 0, r.Began), seen: map[string]bool{}}
	err = db.View(ctx, func(tx *duck.Tx) error { return s.all(ctx, tx, nil) })
	r.Seconds = o.Now().Sub(began).Seconds()
	return r, err
}

func (o Options) destination(ctx context.Context, j Job) (destination, error) {
	b, prefix, err := o.Open(ctx, j.Sync.To, j.Sync.S3)
	if err != nil {
		return destination{}, err
	}
	return destination{b, prefix, j.Sync.IfAbsent, j.Sync.contentType(), j.Sync.Compression, j.Sync.Encrypt}, nil
}

// nowhere takes files and forgets them.
type nowhere struct{}

func (nowhere) List(context.Context, string) iter.Seq2[bucket.Object, error] {
	return func(func(bucket.Object, error) bool) {}
}

func (nowhere) Open(context.Context, bucket.Object) (io.ReadCloser, error) {
	return nil, errors.New("nothing is kept")
}

func (nowhere) Create(_ context.Context, _ string, r io.Reader, _ bucket.Options) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
