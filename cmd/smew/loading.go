package main

import (
	"sync"
	"sync/atomic"
	"time"

	"smew/loader"
	"smew/web"
)

// loading is how the page knows of a load that this process runs. event and fetched are for loader.Config.
type loading struct {
	now     func() time.Time
	fetches atomic.Int64

	mu    sync.Mutex
	since time.Time // the run has dumps to load; zero: none
	dumps int
	done  int
	at    loader.Event
}

// fetched counts bytes that came in; it may be called from many goroutines.
func (w *loading) fetched(bytes int64) { w.fetches.Add(bytes) }

// event takes in what the loader tells.
func (w *loading) event(e loader.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Kind {
	case loader.Planned:
		w.since, w.dumps, w.done, w.at = time.Time{}, e.Dumps, 0, loader.Event{}
		if e.Dumps > 0 {
			w.since = w.now().UTC()
		}
		w.fetches.Store(0)
	case loader.Loaded, loader.Failed:
		w.done++
		w.at = loader.Event{}
	default:
		w.at = e
	}
}

// ended says that the run is over, whatever came of it.
func (w *loading) ended() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Time{}
}

// shown is the load that is running, for the page; nil: none.
func (w *loading) shown() *web.Loading {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return nil
	}
	return &web.Loading{Since: w.since, DumpID: w.at.Dump, Done: w.done, Dumps: max(w.dumps, w.done), Parts: w.at.Parts, Of: w.at.Of, Fetched: w.fetches.Load()}
}
