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
// last of them, and never twice: closing one of two openings would take the other's lock away. In between the
// file is free for whoever loads. A file that takes its place is opened beside it, for those who come then.
type shared struct {
	path    string
	options duck.Options // ReadOnly and Confined are added
	// gate is closed (write-locked) by whoever in this process writes the file; nil: nobody does.
	gate *sync.RWMutex

	mu   sync.Mutex
	open *opening // the newest; nil: closed
}

// opening is a file that is open, until its last reader leaves.
type opening struct {
	db      *duck.DB
	file    fs.FileInfo
	readers int
}

// lockWait is how long a query waits for a loader to give the file free.
const lockWait = 2 * time.Second

// view runs fn in a transaction of its own. A file that a loader has gives a *web.BusyError.
func (s *shared) view(ctx context.Context, wait time.Duration, fn func(*duck.Tx) error) (err error) {
	if s.gate != nil {
		if !s.gate.TryRLock() {
			return &web.BusyError{Text: "A dump is being loaded into the database."}
		}
		defer s.gate.RUnlock()
	}
	o, err := s.enter(ctx, wait)
	if err != nil {
		return s.busy(err)
	}
	defer func() { err = errors.Join(err, s.leave(o)) }()
	return o.db.View(ctx, fn)
}

func (s *shared) enter(ctx context.Context, wait time.Duration) (*opening, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &missingError{s.path}
	}
	if err != nil {
		return nil, err
	}
	if s.open != nil && os.SameFile(s.open.file, info) {
		s.open.readers++
		return s.open, nil
	}
	options := s.options
	options.ReadOnly, options.Confined, options.Wait = true, true, wait
	db, err := duck.Open(ctx, s.path, options)
	if err != nil {
		return nil, err
	}
	if info, err = os.Stat(s.path); err != nil { // it may have been replaced before it was opened
		return nil, errors.Join(err, db.Close())
	}
	s.open = &opening{db: db, file: info, readers: 1}
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
	return o.db.Close()
}

// busy turns a lock of another process into what the page says of it.
func (s *shared) busy(err error) error {
	var locked *duck.LockedError
	if !errors.As(err, &locked) {
		return err
	}
	who := "Another process"
	if locked.PID != 0 {
		who = fmt.Sprintf("Process %d", locked.PID)
	}
	return &web.BusyError{Text: who + " is loading into the database and shuts readers out meanwhile."}
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
