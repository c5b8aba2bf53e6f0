package loader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"smew/avro"
	"smew/bucket"
	"smew/duck"
	"smew/plan"
	"smew/sql"
	"smew/stage"
)

// Acceptance says that a dump which cannot be loaded is accepted as lost: that it is missing is no
// failure any more. It holds until the dump is tried again, which happens when the part that was
// lost is there, or has other content, or when the manifest changes.
type Acceptance struct {
	DumpID     int64     `json:"dump_id"`
	Part       string    `json:"part"` // the first that was met which is missing or damaged
	AcceptedAt time.Time `json:"accepted_at"`
	Reason     string    `json:"reason"` // as given
	Error      string    `json:"error"`  // what the last try said

	digest string
	etag   *string // of Part; nil: it is missing
}

// NotWaitingError says that a dump cannot be tried.
type NotWaitingError struct {
	DumpID int64
	Loaded bool
}

func (e *NotWaitingError) Error() string {
	if e.Loaded {
		return fmt.Sprintf("dump %d: it is loaded already", e.DumpID)
	}
	return fmt.Sprintf("dump %d: there is no manifest of it in the feed that could be read", e.DumpID)
}

// Hint says what the user can do about it.
func (e *NotWaitingError) Hint() string {
	if e.Loaded {
		return "--reload reads a loaded dump again"
	}
	return "smew ls lists the dumps of a feed, and what is wrong with their manifests"
}

// NotLostError says why a dump cannot be accepted as lost.
type NotLostError struct{ Err error }

func (e *NotLostError) Error() string { return "accept as lost: " + e.Err.Error() }
func (e *NotLostError) Unwrap() error { return e.Err }

// Hint says what can be.
func (e *NotLostError) Hint() string { return "only a dump whose parts are missing or damaged can be" }

// narrow leaves one dump of the plan, and returns what is wrong with it.
func (r *run) narrow(id int64, failed []Failure) ([]Failure, error) {
	r.plan.Dumps = slices.DeleteFunc(r.plan.Dumps, func(d plan.Dump) bool { return d.ID != id })
	failed = slices.DeleteFunc(failed, func(f Failure) bool { return f.DumpID != id })
	if _, loaded := r.known.ledger.Dumps[id]; loaded || len(r.plan.Dumps)+len(failed) == 0 {
		return nil, &NotWaitingError{DumpID: id, Loaded: loaded}
	}
	return failed, nil
}

// leaveAccepted takes the dumps out of the plan that are accepted as lost and still are as they were then.
func (r *run) leaveAccepted(ctx context.Context) error {
	for _, a := range r.known.accepted {
		at := slices.IndexFunc(r.plan.Dumps, func(d plan.Dump) bool { return d.ID == a.DumpID && d.Digest == a.digest })
		if at < 0 {
			continue
		}
		etag, err := etagOf(ctx, r.feed.Bucket, a.Part)
		if err != nil {
			return err
		}
		if (etag == nil) != (a.etag == nil) || etag != nil && *etag != *a.etag {
			continue
		}
		r.plan.Dumps = slices.Delete(r.plan.Dumps, at, at+1)
		r.summary.Accepted = append(r.summary.Accepted, a)
	}
	return nil
}

// etagOf is the ETag of an object, nil if there is none.
func etagOf(ctx context.Context, b bucket.Bucket, key string) (*string, error) {
	o, err := bucket.Stat(ctx, b, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &o.ETag, err
}

// accept makes an acceptance of a try that failed, if that is asked for.
func (r *run) accept(ctx context.Context, d plan.Dump, cause error) (*Acceptance, error) {
	if r.config.Accept == "" {
		return nil, nil
	}
	key, ok := lostPart(cause)
	if !ok {
		return nil, &NotLostError{cause}
	}
	etag, err := etagOf(ctx, r.feed.Bucket, key)
	if err != nil {
		return nil, err
	}
	return &Acceptance{
		DumpID: d.ID, Part: key, AcceptedAt: r.loader.Now().UTC(), Reason: r.config.Accept, Error: cause.Error(),
		digest: d.Digest, etag: etag,
	}, nil
}

// lostPart is the part that an error says is missing or damaged.
func lostPart(err error) (key string, ok bool) {
	var staged *stage.Error
	if errors.As(err, &staged) {
		return staged.Key, errors.Is(err, fs.ErrNotExist) || errors.Is(err, bucket.ErrCorrupt)
	}
	var part *duck.PartError
	var damage *avro.DamageError
	if errors.As(err, &part) && errors.As(err, &damage) {
		return part.Part, true
	}
	return "", false
}

// keepAccepted ends a dump's acceptance, or puts another one into its place.
func keepAccepted(ctx context.Context, tx *duck.Tx, dump int64, a *Acceptance) error {
	if _, err := tx.Exec(ctx, sql.AcceptedForget, dump); err != nil {
		return fmt.Errorf("forget what was accepted: %w", err)
	}
	if a == nil {
		return nil
	}
	var etag any
	if a.etag != nil {
		etag = *a.etag
	}
	if _, err := tx.Exec(ctx, sql.AcceptedKeep, a.DumpID, a.digest, a.Part, etag, a.AcceptedAt, a.Reason, a.Error); err != nil {
		return fmt.Errorf("keep what is accepted: %w", err)
	}
	return nil
}

// readAccepted reads the dumps that are accepted as lost.
func readAccepted(ctx context.Context, tx *duck.Tx) ([]Acceptance, error) {
	all := []Acceptance{}
	err := tx.Each(ctx, sql.AcceptedAll, nil, func(scan func(...any) error) error {
		var a Acceptance
		err := scan(&a.DumpID, &a.digest, &a.Part, &a.etag, &a.AcceptedAt, &a.Reason, &a.Error)
		all = append(all, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is accepted: %w", err)
	}
	return all, nil
}
