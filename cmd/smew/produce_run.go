package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"smew/answer"
	"smew/bucket"
	"smew/feed"
	"smew/iam"
	"smew/produce"
)

// stream is a feed that is being written: one environment of several, or the only one.
type stream struct {
	name     string // of the environment, "" for the only one
	producer *produce.Producer
	key      *answer.Key // nil: no answer is wanted
	dir      string      // of the answer
}

func (a *app) produce(ctx context.Context, name string, p *production) error {
	streams, err := p.streams(ctx, name)
	if err != nil {
		return err
	}
	log := a.logger()
	done, err := a.write(ctx, streams, p, log)
	if p.every == 0 {
		err = errors.Join(err, writeAnswers(ctx, streams))
		if failed := a.showProduced(name, done); failed != nil {
			return failed
		}
	}
	for _, s := range streams {
		for _, fault := range s.producer.Missed() {
			log.Warn("no dump was written that this could be wrong with", "fault", fault)
		}
	}
	if p.every > 0 {
		return stopped(err, log)
	}
	return err
}

// streams opens where the feed lies and begins each environment.
func (p *production) streams(ctx context.Context, name string) ([]*stream, error) {
	at, err := bucket.ParseLocation(name)
	if err != nil {
		return nil, &usageError{err.Error(), ""}
	}
	o := p.options
	o.Prefix = at.Prefix
	names, each, err := o.Environments()
	if err != nil {
		return nil, err
	}
	var out []*stream
	for i, o := range each {
		s := &stream{name: names[i]}
		at := at
		if at.Dir != "" { // it is a feed's root, so each environment has one of its own
			at.Dir, o.Prefix = filepath.Join(at.Dir, s.name), ""
		}
		b, err := openForWriting(ctx, at, p.from, &o)
		if err != nil {
			return nil, err
		}
		if p.answer != "" {
			s.key = &answer.Key{Feed: path.Join(name, s.name), FinalOnly: p.final || p.every > 0}
			s.dir = filepath.Join(p.answer, s.name)
			o.Answer = s.key
		}
		if s.producer, err = produce.New(ctx, b, o); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// written is a dump and the environment that it is of.
type written struct {
	produce.DumpSummary
	environment string
}

// write writes dumps, one for each environment in turn, at once or at an interval.
func (a *app) write(ctx context.Context, streams []*stream, p *production, log *slog.Logger) ([]written, error) {
	var done []written
	for n := 0; p.endless || n < p.options.Dumps; n++ {
		if n > 0 && p.every > 0 {
			select {
			case <-ctx.Done():
				return done, context.Cause(ctx)
			case <-time.After(p.every):
			}
		}
		for _, s := range streams {
			if p.every == 0 {
				dump, err := s.producer.Next(ctx)
				if err != nil {
					if stranger := new(produce.StrangerError); errors.As(err, &stranger) {
						s.key = nil // it is not this feed's; one that is there may be
					}
					return done, err
				}
				done = append(done, written{dump, s.name})
			} else if err := a.drip(ctx, s, log); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

// drip writes one dump and its answer; once begun it goes to the end.
func (a *app) drip(ctx context.Context, s *stream, log *slog.Logger) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx)
	dump, err := s.producer.Next(ctx)
	if err != nil {
		return err
	}
	if err := writeAnswers(ctx, []*stream{s}); err != nil {
		return err
	}
	w := written{dump, s.name}
	rows, parts, bytes := w.size()
	log.Info("wrote", "dump", dump.DumpID, "rows", rows, "parts", parts, "bytes", bytes)
	if a.json {
		return a.printJSONLine(w.json())
	}
	_, err = fmt.Fprintln(a.stdout, w.line())
	return err
}

func writeAnswers(ctx context.Context, streams []*stream) error {
	for _, s := range streams {
		if s.key == nil {
			continue
		}
		if err := s.key.Write(ctx, s.dir); err != nil {
			return err
		}
	}
	return nil
}

// openForWriting opens where a feed is to lie, and tells the options its bucket's name.
func openForWriting(ctx context.Context, at bucket.Location, from source, o *produce.Options) (bucket.Bucket, error) {
	if at.Dir != "" {
		if err := iam.CheckBucket(o.Bucket); o.Bucket != "" && err != nil { // "" is the default
			return nil, &usageError{"--bucket: " + err.Error(), ""}
		}
		if err := os.MkdirAll(at.Dir, 0o755); err != nil {
			return nil, fmt.Errorf("make feed: %w", err)
		}
	} else {
		o.Bucket = at.Bucket
	}
	return bucket.Open(ctx, at, from.s3)
}

// showProduced prints what was written.
func (a *app) showProduced(name string, done []written) error {
	if a.json {
		out := producedFeed{Feed: name, Dumps: []producedDump{}}
		for _, w := range done {
			out.Dumps = append(out.Dumps, w.json())
		}
		return a.printJSON(out)
	}
	if len(done) == 0 {
		return nil
	}
	for _, w := range done {
		fmt.Fprintln(a.stdout, w.line())
	}
	fmt.Fprintf(a.stdout, "%s written to %s\n", count(len(done), "dump"), name)
	return nil
}

func (w written) size() (rows, parts int, bytes int64) {
	for _, t := range w.Tables {
		rows, parts, bytes = rows+t.Rows, parts+t.Parts, bytes+t.Bytes
	}
	return rows, parts, bytes
}

// line is a dump in words.
func (w written) line() string {
	rows, parts, bytes := w.size()
	line := fmt.Sprintf("dump %d: %s in %s, %s", w.DumpID, count(rows, "row"), count(parts, "part"), size(bytes))
	if w.environment != "" {
		line = w.environment + ": " + line
	}
	var full []string
	for _, t := range w.Tables {
		if !t.Incremental && t.Name != "user_migrations" {
			full = append(full, t.Name)
		}
	}
	if full != nil {
		line += "; full resync of " + strings.Join(full, ", ")
	}
	if w.Late {
		line += "; late"
	}
	if w.FailedSync != 0 {
		line += fmt.Sprintf("; sync %d had failed", w.FailedSync)
	}
	for _, fault := range w.Faults {
		line += "; wrong: " + fault.Name
	}
	return line
}

// producedFeed is what produce --json prints.
type producedFeed struct {
	Feed  string         `json:"feed"`
	Dumps []producedDump `json:"dumps"`
}

// producedDump is one dump, also as a line of produce --json --every.
type producedDump struct {
	Environment string          `json:"environment,omitempty"`
	DumpID      int64           `json:"dump_id"`
	Manifest    string          `json:"manifest"`
	Late        bool            `json:"late"`
	FailedSync  int64           `json:"failed_sync,omitempty"`
	Faults      []answer.Fault  `json:"faults,omitempty"`
	Tables      []producedTable `json:"tables"`
}

type producedTable struct {
	Name  string `json:"name"`
	Full  bool   `json:"full_resync"`
	Rows  int    `json:"rows"`
	Parts int    `json:"parts"`
	Bytes int64  `json:"bytes"`
}

func (w written) json() producedDump {
	out := producedDump{Environment: w.environment, DumpID: w.DumpID, Manifest: path.Join(w.environment, feed.ManifestKey(w.DumpID)),
		Late: w.Late, FailedSync: w.FailedSync, Faults: w.Faults, Tables: []producedTable{}}
	for _, t := range w.Tables {
		out.Tables = append(out.Tables, producedTable{t.Name, !t.Incremental, t.Rows, t.Parts, t.Bytes})
	}
	return out
}
