package main

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lmittmann/tint"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"smew/loader"
)

// logger writes logs to stderr, coloured on a terminal.
func (a *app) logger() *slog.Logger {
	if a.isTerminal(a.stderr) {
		return slog.New(tint.NewTextHandler(a.stderr, &tint.Options{TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// progress shows how a load gets on: a bar on a terminal, else a line now and then.
type progress struct {
	log   *slog.Logger // nil: nothing is shown
	bars  *mpb.Progress
	bar   *mpb.Bar
	bytes atomic.Int64 // that came in

	mu    sync.Mutex
	dumps int // waiting
	done  int // loaded or failed
	now   loader.Event
	step  string // of the dump, that a cluster is at; "": none
	said  time.Time
}

const (
	sayEvery = 5 * time.Second
	barParts = 1000 // steps of the bar for each dump
)

func (a *app) newProgress() *progress {
	p := &progress{said: time.Now()}
	switch {
	case a.quiet:
	case a.isTerminal(a.stderr):
		p.bars = mpb.New(mpb.WithOutput(a.stderr), mpb.WithWidth(40), mpb.WithAutoRefresh())
	default:
		p.log = a.logger()
	}
	return p
}

// fetched counts bytes; it may be called from many goroutines.
func (p *progress) fetched(bytes int64) { p.bytes.Add(bytes) }

// event takes in what the loader tells.
func (p *progress) event(e loader.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step = ""
	switch e.Kind {
	case loader.Planned:
		p.dumps = e.Dumps
		return
	case loader.Loaded, loader.Failed:
		p.done++
		p.now = loader.Event{}
	default:
		p.now = e
	}
	switch {
	case p.bars != nil:
		p.draw()
	case p.log != nil && time.Since(p.said) >= sayEvery:
		p.said = time.Now()
		p.log.Info("loading", "dumps", fmt.Sprintf("%d/%d", p.done, p.dumps), "dump", e.Dump,
			"parts", fmt.Sprintf("%d/%d", p.now.Parts, p.now.Of), "fetched", size(p.bytes.Load()))
	}
}

// doing takes in what a cluster is at: its steps may be long.
func (p *progress) doing(step string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step = step
	if p.log != nil && p.now.Dump != 0 && time.Since(p.said) >= sayEvery {
		p.said = time.Now()
		p.log.Info("loading", "dumps", fmt.Sprintf("%d/%d", p.done, p.dumps), "dump", p.now.Dump, "step", step)
	}
}

// draw moves the bar, which appears with the first dump.
func (p *progress) draw() {
	if p.bar == nil {
		p.bar = p.bars.AddBar(int64(p.dumps)*barParts, mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Any(p.text)), mpb.AppendDecorators(decor.Percentage()))
	}
	at := int64(p.done) * barParts
	if p.now.Of > 0 {
		at += int64(p.now.Parts) * barParts / int64(p.now.Of)
	}
	p.bar.SetCurrent(min(at, int64(p.dumps)*barParts))
}

func (p *progress) text(decor.Statistics) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.Dump == 0 {
		return fmt.Sprintf("%d of %s ", p.done, count(p.dumps, "dump"))
	}
	if p.step != "" {
		return fmt.Sprintf("dump %d (%d of %d): %s ", p.now.Dump, min(p.done+1, p.dumps), p.dumps, printable(p.step))
	}
	return fmt.Sprintf("dump %d (%d of %d): part %d of %d, %s fetched ",
		p.now.Dump, min(p.done+1, p.dumps), p.dumps, p.now.Parts, p.now.Of, size(p.bytes.Load()))
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Abort(true)
	}
	if p.bars != nil {
		p.bars.Wait()
	}
}
