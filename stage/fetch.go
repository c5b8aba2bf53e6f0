package stage

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sync/semaphore"

	"smew/bucket"
)

// job is one want on its way.
type job struct {
	want   Want
	object bucket.Object
	room   int64       // taken of the budget of bytes
	done   chan result // gets exactly one
}

// result is what became of a job.
type result struct {
	part *Part
	err  error
}

// fetch is one run. Listers look the folders up, a dispatcher admits jobs in
// order as there is room, workers carry them out. Since jobs are admitted in
// order, the part that is waited for never waits for room itself.
type fetch struct {
	ctx     context.Context
	b       bucket.Bucket
	o       Options
	wants   []Want
	folders *folders
	room    *semaphore.Weighted
	order   chan *job // admitted jobs, in order; holds what is fetched ahead
	jobs    chan *job // the same, for the workers
	wg      sync.WaitGroup
}

func newFetch(ctx context.Context, b bucket.Bucket, wants []Want, o Options) *fetch {
	return &fetch{
		ctx: ctx, b: b, o: o, wants: wants,
		folders: newFolders(wants),
		room:    semaphore.NewWeighted(o.AheadBytes),
		order:   make(chan *job, o.Ahead),
		jobs:    make(chan *job),
	}
}

func (f *fetch) start() {
	for range min(f.o.Workers, len(f.folders.all)) {
		f.wg.Go(func() { f.folders.list(f.ctx, f.b) })
	}
	for range min(f.o.Workers, len(f.wants)) {
		f.wg.Go(f.work)
	}
	f.wg.Go(f.dispatch)
}

// dispatch ends at the first part that is not there, which is the last that
// can be yielded.
func (f *fetch) dispatch() {
	defer close(f.jobs)
	defer close(f.order)
	for _, want := range f.wants {
		j := &job{want: want, done: make(chan result, 1)}
		var err error
		if j.object, err = f.folders.find(f.ctx, want.Key); err == nil {
			err = f.take(j)
		}
		if err != nil {
			j.done <- result{err: err}
		}
		select {
		case f.order <- j:
		case <-f.ctx.Done():
			return
		}
		if err != nil {
			return
		}
		select {
		case f.jobs <- j:
		case <-f.ctx.Done():
			j.done <- result{err: f.ctx.Err()}
			return
		}
	}
}

// take waits until there is room for the job's bytes. What is read in place
// takes none.
func (f *fetch) take(j *job) error {
	if _, local := f.b.(bucket.Local); local {
		return nil
	}
	room := min(j.object.Size, f.o.AheadBytes)
	if err := f.room.Acquire(f.ctx, room); err != nil {
		return err
	}
	j.room = room
	return nil
}

func (f *fetch) work() {
	buffer := make([]byte, 256<<10)
	for j := range f.jobs {
		part, err := f.one(j, buffer)
		j.done <- result{part, err}
	}
}

func (f *fetch) one(j *job, buffer []byte) (*Part, error) {
	part := &Part{Want: j.want, Object: j.object, Size: j.object.Size}
	if local, ok := f.b.(bucket.Local); ok {
		file, err := local.OpenFile(f.ctx, j.object)
		if err != nil {
			return nil, err
		}
		part.File = file
		f.o.Progress(part.Size)
		return part, nil
	}
	cached := f.o.Cache != nil && part.Size <= f.o.Cache.Bytes
	if cached {
		if part.File = f.o.Cache.open(j.object); part.File != nil {
			f.o.Progress(part.Size)
			return part, nil
		}
	}
	r, err := f.b.Open(f.ctx, j.object)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if cached {
		if part.File, err = os.CreateTemp(f.o.Cache.Dir, "fetching-"); err != nil {
			return nil, &TempError{Err: err, Cache: true}
		}
		part.remove = part.File.Name() // until it is whole
	} else if part.File, part.remove, err = tempFile(f.o.Dir); err != nil {
		return nil, err
	}
	w := progressWriter{part.File, f.o.Progress, cached}
	n, err := io.CopyBuffer(w, struct{ io.Reader }{r}, buffer)
	if err == nil && n != part.Size {
		err = fmt.Errorf("%d bytes came, not %d: %w", n, part.Size, bucket.ErrCorrupt)
	}
	if err == nil && cached {
		if err = f.o.Cache.keep(part.File, j.object); err == nil {
			part.remove = ""
		}
	}
	if err != nil {
		part.Close()
		return nil, err
	}
	return part, nil
}

// tempName begins what temporary files are called, in messages also those without a name.
const tempName = "smew-part-"

// tempFile makes a file that is gone when it is closed or the process dies. Where only removing it right away makes
// it so, a process that dies in between leaves it, empty. Where an open file cannot be removed, its path is returned.
func tempFile(dir string) (f *os.File, remove string, err error) {
	if dir == "" {
		dir = os.TempDir()
	}
	if f = unnamed(dir); f != nil {
		return f, "", nil
	}
	f, err = os.CreateTemp(dir, tempName)
	if err != nil {
		return nil, "", &TempError{Err: err}
	}
	if os.Remove(f.Name()) != nil {
		remove = f.Name()
	}
	return f, remove, nil
}

type progressWriter struct {
	w        io.Writer
	progress func(int64)
	cached   bool
}

func (p progressWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.progress(int64(n))
	if err != nil {
		err = &TempError{Err: err, Cache: p.cached}
	}
	return n, err
}

func (f *fetch) yieldAll(yield func(*Part, error) bool) {
	yielded := 0
	for j := range f.order {
		r := <-j.done
		f.room.Release(j.room)
		if r.err == nil && f.ctx.Err() != nil {
			r.part.Close()
			r.err = f.ctx.Err()
		}
		if r.err != nil {
			yield(nil, &Error{j.want.Key, r.err})
			return
		}
		if !yield(r.part, nil) {
			return
		}
		yielded++
	}
	if yielded < len(f.wants) { // the dispatcher was cancelled
		yield(nil, fmt.Errorf("fetch parts: %w", f.ctx.Err()))
	}
}

// drain closes what was fetched and not yielded.
func (f *fetch) drain() {
	for j := range f.order {
		if r := <-j.done; r.part != nil {
			r.part.Close()
		}
	}
}
