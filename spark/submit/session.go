// Package submit talks to Spark where nothing but a job can be handed in: spark-submit, and EMR Serverless. The job is a small
// Python file, which does what it finds in a folder that both sides reach, and leaves there what came of it.
package submit

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"smew/bucket"
	"smew/spark/driver"
)

//go:embed runner.py
var runner []byte

// Box is a folder that smew and Spark's driver reach.
type Box struct {
	Bucket bucket.Bucket
	Prefix string // of its keys: "" or "some/folder/"
	Root   string // what the driver calls it: "s3://bucket/some/folder/", or "file:///folder/" where both are on one machine
}

// Job is a Python file that runs on Spark somewhere.
type Job interface {
	// Start begins it: a file by the driver's address, and its arguments.
	Start(ctx context.Context, file string, args ...string) error
	// Ended returns nil while it runs, or waits to, and otherwise how it ended.
	Ended(ctx context.Context) error
	// Stop ends it, if it has not.
	Stop(ctx context.Context) error
}

// Step is a statement, or a view of files.
type Step struct {
	SQL     string            `json:"sql,omitempty"`
	Rows    bool              `json:"rows,omitempty"` // whether what the statement gives is wanted
	View    string            `json:"view,omitempty"`
	Files   []string          `json:"files,omitempty"`
	Options map[string]string `json:"options,omitempty"` // of reading the files
	Set     map[string]string `json:"set,omitempty"`     // settings, first
}

// Result is what a step gave: rows, or of a view the files it reads.
type Result struct{ Rows [][]any }

// Options of a session. The zero value is right.
type Options struct {
	Idle  time.Duration // after so long without a request the driver ends, as smew may have died; 0: 15 minutes
	Pause time.Duration // how long the driver rests before it looks again for a request; 0: half a second
}

// Session is a driver at work. It implements spark.Session. When the context of a statement ends, the job is stopped and the
// session with it.
type Session struct {
	job       Job
	box       Box
	folder    string // in the box
	mu        sync.Mutex
	number    int // of the last request
	ended     error
	keptAlive context.CancelFunc
}

// Open starts the job and waits until its driver answers, which can take minutes where machines are found for it first.
func Open(ctx context.Context, job Job, box Box, o Options) (*Session, error) {
	if o.Idle == 0 {
		o.Idle = 15 * time.Minute
	}
	if o.Pause == 0 {
		o.Pause = 500 * time.Millisecond
	}
	s := &Session{job: job, box: box, folder: "session-" + uuid.NewString() + "/"}
	if err := s.put(ctx, "runner.py", runner); err != nil {
		return nil, fmt.Errorf("open a session with Spark: %w", err)
	}
	at := box.Root + s.folder
	if err := job.Start(ctx, at+"runner.py", at, fmt.Sprint(o.Idle.Seconds()), fmt.Sprint(o.Pause.Seconds())); err != nil {
		return nil, fmt.Errorf("start Spark's driver: %w", err)
	}
	if _, err := s.Run(ctx, []Step{{Set: driver.Settings()}}); err != nil {
		s.stop(ctx)
		return nil, fmt.Errorf("open a session with Spark: %w", err)
	}
	s.keepAlive(o.Idle / 3)
	return s, nil
}

// keepAlive asks for nothing every now and then until Close.
func (s *Session) keepAlive(every time.Duration) {
	s.keptAlive = driver.KeepAlive(every, func(ctx context.Context) {
		if s.mu.TryLock() { // else it is in use
			_, _ = s.exchange(ctx, []Step{})
			s.mu.Unlock()
		}
	})
}

// Exec runs a statement to its end. Its errors begin with the statement's first comment.
func (s *Session) Exec(ctx context.Context, sql string) error {
	_, err := s.Run(ctx, []Step{{SQL: sql}})
	return err
}

// Rows returns what a statement gives; a value is nil, bool, int64, float64, string (also of a DECIMAL), []byte or time.Time
// (UTC). Values of other kinds are an error.
func (s *Session) Rows(ctx context.Context, sql string) ([][]any, error) {
	results, err := s.Run(ctx, []Step{{SQL: sql, Rows: true}})
	if err != nil {
		return nil, err
	}
	return results[0].Rows, nil
}

// Avro makes the temporary view of exactly these Avro files, all of one schema, each read by one task from its first row to its last.
func (s *Session) Avro(ctx context.Context, view string, files []string) error {
	paths, err := driver.Paths(files)
	if err != nil {
		return driver.InView(view, files, err)
	}
	results, err := s.Run(ctx, []Step{{View: view, Files: paths, Options: driver.AvroOptions()}})
	if err != nil {
		return err
	}
	var read []string
	for _, row := range results[0].Rows {
		name, _ := row[0].(string)
		read = append(read, name)
	}
	return driver.InView(view, files, driver.Complete(files, read))
}

// Run does steps in turn, in one exchange. It ends at the first that fails, whose error it returns; the results are those before.
func (s *Session) Run(ctx context.Context, steps []Step) ([]Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answers, err := s.exchange(ctx, steps)
	if err != nil {
		return nil, err
	}
	var results []Result
	for i, a := range answers {
		if i >= len(steps) {
			break
		}
		if a.Error != nil {
			err = driver.NewError(a.Error)
		} else {
			var rows [][]any
			if rows, err = a.values(); err == nil {
				results = append(results, Result{rows})
				continue
			}
		}
		if steps[i].View != "" {
			return results, driver.InView(steps[i].View, steps[i].Files, err)
		}
		return results, driver.Named(steps[i].SQL, err)
	}
	if len(results) < len(steps) {
		return results, fmt.Errorf("Spark's driver answered %d of %d steps", len(results), len(steps))
	}
	return results, nil
}

// exchange puts a request and waits for its answer, or for the job to end.
func (s *Session) exchange(ctx context.Context, steps []Step) ([]answer, error) {
	if s.ended != nil {
		return nil, s.ended
	}
	request, err := json.Marshal(steps)
	if err != nil {
		return nil, err
	}
	s.number++
	if err := s.put(ctx, strconv.Itoa(s.number)+".request", request); err != nil {
		s.stop(ctx)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("ask Spark's driver: %w", err)
	}
	data, err := s.await(ctx, strconv.Itoa(s.number)+".answer")
	if err != nil {
		s.stop(ctx)
		return nil, err
	}
	return parse(data)
}

func (s *Session) await(ctx context.Context, name string) ([]byte, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 20*time.Millisecond, 2*time.Second
	for {
		ended := s.job.Ended(ctx) // before the look: it may answer and end
		o, err := bucket.Stat(ctx, s.box.Bucket, s.box.Prefix+s.folder+name)
		switch {
		case err == nil:
			return bucket.ReadAll(ctx, s.box.Bucket, o, 1<<30)
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("look for the driver's answer: %w", err)
		case ended != nil:
			return nil, ended
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// put makes an object of the session. One that is there is our own, of a request that was repeated.
func (s *Session) put(ctx context.Context, name string, data []byte) error {
	err := s.box.Bucket.Create(ctx, s.box.Prefix+s.folder+name, bytes.NewReader(data), bucket.Options{})
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// stop ends the job, also where ctx is done. A session whose answer is not known cannot go on: its views may be there or not.
func (s *Session) stop(ctx context.Context) {
	s.ended = errors.New("the session with Spark's driver has ended")
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	_ = s.job.Stop(after) // it ends by itself, later
}

// Close ends the driver, which removes the session's folder.
func (s *Session) Close() error {
	s.keptAlive()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return nil
	}
	s.ended = errors.New("the session with Spark's driver was closed")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.put(ctx, strconv.Itoa(s.number+1)+".request", []byte("null")); err == nil {
		for s.job.Ended(ctx) == nil && ctx.Err() == nil {
			time.Sleep(50 * time.Millisecond)
		}
	}
	return s.job.Stop(context.WithoutCancel(ctx))
}
