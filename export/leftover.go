package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"smew/bucket"
	"smew/duck"
	"smew/sql"
)

// emptied is the kind of a file of an earlier run that a run has emptied.
const emptied = "emptied"

// uploads is a bucket that keeps what killed uploads have sent.
type uploads interface {
	GiveUpUploads(ctx context.Context, key string) error
}

// giveUpUploads gives up what of torn files was sent, as somebody would pay for it.
func (s *sending) giveUpUploads(ctx context.Context, tx *duck.Tx) error {
	if _, ok := s.to.to.(uploads); !ok {
		return nil
	}
	keys, err := s.keys(ctx, tx, sql.ExportTorn)
	for _, key := range keys {
		if err == nil {
			err = s.giveUp(ctx, s.to.prefix+key)
		}
	}
	return err
}

// giveUp gives up what a killed process has sent to a key. Whoever may not look for it, or asks a server that cannot, leaves that to the
// bucket's own rule.
func (s *sending) giveUp(ctx context.Context, key string) error {
	if b, ok := s.to.to.(uploads); ok {
		_ = b.GiveUpUploads(ctx, key)
	}
	return ctx.Err()
}

// keys of files, of the run's sync.
func (s *sending) keys(ctx context.Context, tx *duck.Tx, statement string) (keys []string, err error) {
	err = tx.Each(ctx, statement, []any{s.run.Sync, s.run.ID}, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return keys, nil
}

// emptyStale empties files of earlier runs that this one has not written, so that whoever reads all files finds this run's rows
// alone.
func (s *sending) emptyStale(ctx context.Context, tx *duck.Tx, query string) error {
	if s.j.Sync.Stale != "empty" || s.db == nil || s.run.ID == 0 {
		return nil
	}
	keys, err := s.keys(ctx, tx, sql.ExportStale)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if s.seen[key] {
			continue
		}
		f := File{Key: key, Kind: emptied}
		if err := s.note(ctx, f); err != nil {
			return err
		}
		u, err := s.blankOne(ctx, tx, key, query)
		if err != nil {
			return err
		}
		err = s.db.Update(ctx, func(tx *duck.Tx) error {
			return do(ctx, tx, "note file", sql.ExportWholeFile, s.run.ID, key, 0, u.counted.bytes, u.sum(), nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// blank empties files that an attempt before may have written and this one has no rows for. Where nothing may be overwritten, that is
// an error.
func (s *sending) blank(ctx context.Context, tx *duck.Tx, query string) error {
	for key, f := range s.before {
		if s.seen[key] || f.Kind == manifestKind || f.Kind == emptied {
			continue
		}
		if s.j.Sync.IfAbsent {
			if _, err := bucket.Stat(ctx, s.to.to, s.to.prefix+key); err == nil {
				return &ExistsError{s.to.prefix + key, fs.ErrExist, true}
			} else if !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if _, err := s.blankOne(ctx, tx, key, query); err != nil {
			return err
		}
		err := s.db.Update(ctx, func(tx *duck.Tx) error {
			return do(ctx, tx, "forget file", sql.ExportForgetFile, s.run.ID, key)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// blankOne writes a file without rows, as it is where empty ones are written.
func (s *sending) blankOne(ctx context.Context, tx *duck.Tx, key, query string) (*upload, error) {
	how := s.j.Sync
	how.Empty = "write"
	c, err := tx.CopyOut(ctx, "FROM ("+query+"\n) LIMIT 0", how.copyOptions(s.columns))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := s.giveUp(ctx, s.to.prefix+key); err != nil {
		return nil, err
	}
	u, err := s.to.open(ctx, key)
	if err != nil {
		return nil, err
	}
	_, err = u.Write(textBegin(how))
	if err == nil {
		_, err = io.Copy(u, c)
	}
	if err == nil && how.format() == JSON {
		_, err = io.WriteString(u, "]\n")
	}
	if err != nil {
		return nil, u.abort(err)
	}
	return u, u.finish()
}
