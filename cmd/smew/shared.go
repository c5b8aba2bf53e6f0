package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"smew/duck"
	"smew/web"
)

// shared is a database file that many read at once in this process. It is opened with the first and closed with the
// last of them, and never twice: closing one of two openings would take the other's lock away, and DuckDB gives a
// second one the database of the first. In between the file is free for whoever loads.
type shared struct {
	path    string
	options duck.Options // ReadOnly and Confined are added
	// gate is locked by whoever in this process has the file open, and so by an opening; nil: nobody else does.
	gate *sync.Mutex
	// holder says whom in another process the one at the gate waits for; "": nobody. nil: it is not known.
	holder func() string
	// apart says that nobody writes into the file, and that another one takes its place now and then: each file is opened
	// for itself, and who reads the old one keeps it.
	apart bool
	// absent says why there is no file to be read; "": there is one, or will be.
	absent string

	mu   sync.Mutex
	open *opening  // nil: closed
	free time.Time // the file is left alone until then
}

// opening is a file that is open, until its last reader leaves.
type opening struct {
	db      *duck.DB
	file    fs.FileInfo
	mark    string // of the file before it was opened
	since   time.Time
	readers int
}

const (
	// lockWait is how long a query waits for the file.
	lockWait = 5 * time.Second
	// turn is how long an opening takes in new readers. Then it comes to its end, which is a query's time away.
	turn = 30 * time.Second
	// drain is how long also those wait for readers to leave who do not wait for a loader: that is soon over.
	drain = time.Second
	// rest is how long the file is left alone after a turn: longer than a loader waits between two tries (duck.Open).
	rest = 2500 * time.Millisecond
)

// errDraining says that who reads the file has to leave before anybody is let in.
var errDraining error = &web.BusyError{Text: "Queries that run keep the database as it was: try again in a moment."}

// view runs fn in a transaction of its own; mark tells the state of the file that it reads (see shared.mark). A file that a
// loader has gives a *web.BusyError. When another file takes its place while it is read, those who come are
// given the old one for a while, rather than to fail.
func (s *shared) view(ctx context.Context, wait time.Duration, fn func(tx *duck.Tx, mark string) error) (err error) {
	if s.absent != "" {
		return &web.BusyError{Text: s.absent}
	}
	o, err := s.enter(ctx, wait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.leave(o)) }()
	return o.db.View(ctx, func(tx *duck.Tx) error { return fn(tx, o.mark) })
}

func (s *shared) enter(ctx context.Context, wait time.Duration) (*opening, error) {
	for begun := time.Now(); ; {
		waited := time.Since(begun)
		o, err := s.try(ctx, waited >= max(wait, drain))
		last := waited >= wait
		if errors.Is(err, errDraining) {
			last = waited >= max(wait, drain)
		}
		var busy *web.BusyError
		if last || !errors.As(err, &busy) {
			return o, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// try joins those who read, or opens the file. anyhow takes an opening that it would rather not.
func (s *shared) try(ctx context.Context, anyhow bool) (*opening, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.apart:
		return nil, &web.BusyError{Text: "No copy is published yet: the first one comes when a load has ended."}
	case errors.Is(err, fs.ErrNotExist):
		return nil, &missingError{s.path}
	case err != nil:
		return nil, err
	case s.open != nil:
		o := s.open
		young := now.Sub(o.since) < turn
		replaced := !os.SameFile(o.file, info)
		if s.apart && !replaced {
			o.readers++
			return o, nil
		}
		if s.apart {
			break // o is closed by the last of its readers
		}
		if young && !replaced || replaced && anyhow && now.Sub(o.since) < 4*turn {
			o.readers++
			return o, nil
		}
		return nil, errDraining
	case now.Before(s.free):
		return nil, &web.BusyError{Text: "The database is left to loads for a moment: try again."}
	}
	if s.gate != nil {
		if !s.gate.TryLock() {
			if s.holder != nil && s.holder() != "" {
				return nil, &web.BusyError{Text: s.holder()}
			}
			return nil, &web.BusyError{Text: "smew itself is loading into the database."}
		}
		defer func() {
			if s.open == nil {
				s.gate.Unlock()
			}
		}()
	}
	options := s.options
	options.ReadOnly, options.Confined, options.Apart = true, true, s.apart
	mark := s.mark()
	db, err := duck.Open(ctx, s.path, options)
	if err != nil {
		return nil, lockedOut(err)
	}
	if !s.apart { // where another file came just before, the next reader finds that this one is not it
		if info, err = os.Stat(s.path); err != nil { // duck.Open has seen to it that this is what it opened
			return nil, errors.Join(err, db.Close())
		}
	}
	s.open = &opening{db: db, file: info, mark: mark, since: now, readers: 1}
	return s.open, nil
}

func (s *shared) leave(o *opening) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.readers--
	if o.readers > 0 {
		return nil
	}
	if s.open == o {
		s.open = nil
	}
	if now := time.Now(); !s.apart && now.Sub(o.since) >= turn {
		s.free = now.Add(rest)
	}
	err := o.db.Close()
	if s.gate != nil {
		s.gate.Unlock()
	}
	return err
}

// lockedOut turns a lock of another process into what the page says of it.
func lockedOut(err error) error {
	var locked *duck.LockedError
	if !errors.As(err, &locked) {
		return err
	}
	return &web.BusyError{Text: holderOf(locked) + " is loading into the database and shuts readers out meanwhile."}
}

// holderOf names who has a database.
func holderOf(locked *duck.LockedError) string {
	if locked.PID == 0 {
		return "Another process"
	}
	return fmt.Sprintf("Process %d", locked.PID)
}

// mark tells one state of the file from another without opening it.
func (s *shared) mark() string {
	text := ""
	for _, path := range []string{s.path, s.path + ".wal"} {
		if info, err := os.Stat(path); err == nil {
			text += fmt.Sprintf("%d %d;", info.Size(), info.ModTime().UnixNano())
		}
	}
	return text
}
