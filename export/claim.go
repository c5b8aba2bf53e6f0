package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"smew/bucket"
	"smew/duck"
	"smew/sql"
)

// ClaimedError says that somebody else sends a sync to its place: another database, or a copy of this one.
type ClaimedError struct{ Key string }

func (e *ClaimedError) Error() string {
	return fmt.Sprintf("%q is not what this database has written: something else sends this export to the same place", e.Key)
}

// Hint says what the user can do about it.
func (e *ClaimedError) Hint() string {
	return "give one of the two another place or another id; if the other one is gone for good, remove the object, and this one takes its place"
}

// claim is the object by which a sync claims its place. Each run writes another token, and remembers it, so that of two
// databases that send to one place, be one a copy of the other, each sees that the other has been there.
type claim struct {
	Version int    `json:"version"`
	Sync    string `json:"sync"`
	Run     int64  `json:"run_id"`
	Token   string `json:"token"`
}

const mostClaim = 1 << 16

func (s *sending) claimKey() string { return s.to.prefix + constant(claimName, s.j.Model, s.j.Sync) }

// claimed reads who claims the place, and which object says so; "": nobody does.
func (s *sending) claimed(ctx context.Context) (token, etag string, err error) {
	o, err := bucket.Stat(ctx, s.to.to, s.claimKey())
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	text, err := bucket.ReadAll(ctx, s.to.to, o, mostClaim)
	if err != nil {
		return "", "", err
	}
	var c claim
	if err := json.Unmarshal(text, &c); err != nil || c.Token == "" {
		return "", "", &ClaimedError{s.claimKey()} // it is nothing that smew wrote
	}
	return c.Token, o.ETag, nil
}

// claim claims the place for this run, if it is nobody else's. After a crash in between, what was about to be written counts as ours.
func (s *sending) claim(ctx context.Context) error {
	if !s.j.Sync.Guard {
		return nil
	}
	found, etag, err := s.claimed(ctx)
	if err != nil {
		return err
	}
	var token string
	err = s.db.Update(ctx, func(tx *duck.Tx) error {
		var ours, begun string
		if _, err := tx.Row(ctx, sql.ExportClaims, []any{s.j.Sync.ID}, &ours, &begun); err != nil {
			return fmt.Errorf("read what claims the place: %w", err)
		}
		if found != "" && found != ours && found != begun {
			return &ClaimedError{s.claimKey()}
		}
		if begun == found && begun != "" { // it took the former one's place
			if err := do(ctx, tx, "note what claims the place", sql.ExportClaimed, s.j.Sync.ID); err != nil {
				return err
			}
		}
		if _, err := tx.Row(ctx, sql.ExportClaim, []any{s.j.Sync.ID}, &token); err != nil {
			return fmt.Errorf("claim the place: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(claim{1, s.j.Sync.ID, s.run.ID, token}, "", "  ")
	if err != nil {
		return err
	}
	if err := s.giveUp(ctx, s.claimKey()); err != nil {
		return err
	}
	// Of two that have found the same, one goes on: the other's object is not the one that it found, or not new, any more.
	s.token = token
	err = s.to.to.Create(ctx, s.claimKey(), bytes.NewReader(append(text, '\n')), bucket.Options{Replaces: etag, ContentType: "application/json"})
	if errors.Is(err, fs.ErrExist) || errors.Is(err, bucket.ErrChanged) {
		return s.stillClaimed(ctx) // it is ours all the same if only the answer was lost
	}
	return err
}

// stillClaimed fails if somebody else has claimed the place meanwhile.
func (s *sending) stillClaimed(ctx context.Context) error {
	if !s.j.Sync.Guard {
		return nil
	}
	found, _, err := s.claimed(ctx)
	if err == nil && found != s.token {
		err = &ClaimedError{s.claimKey()}
	}
	return err
}
