package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"smew/bucket"
)

// Operation is one step in the use of a bucket.
type Operation struct {
	Kind string // list: one step of a listing, its end too; open, read, close, create or created
	Key  string // of the object; of a listing, the prefix
	Nth  int    // of that kind and key, from 0
}

func (o Operation) String() string { return fmt.Sprintf("%s %s #%d", o.Kind, o.Key, o.Nth) }

// Fault is what becomes of an operation.
type Fault int

const (
	// None lets it be.
	None Fault = iota
	// Fail ends it with ErrFault: a listing is over, a read brings half of its bytes before. What was
	// created is there all the same.
	Fail
	// Cut ends a read, and with it the body, after half of the bytes as if that were all of them, which
	// no sound bucket does; of other operations it is None.
	Cut
)

// ErrFault is how an operation fails on purpose.
var ErrFault = errors.New("failed on purpose")

// Faulty is a bucket whose operations fail as a test wants it.
type Faulty struct {
	bucket.Bucket
	decide func(Operation) Fault

	mu   sync.Mutex
	seen map[Operation]int // of Nth 0: how many
	done []Operation
	hit  []Operation
}

// NewFaulty asks decide about every operation before it is carried out, one at a time.
func NewFaulty(b bucket.Bucket, decide func(Operation) Fault) *Faulty {
	return &Faulty{Bucket: b, decide: decide, seen: map[Operation]int{}}
}

// FailAt fails the n-th operation, from 0.
func FailAt(b bucket.Bucket, n int, fault Fault) *Faulty {
	return NewFaulty(b, func(Operation) Fault {
		n--
		if n == -1 {
			return fault
		}
		return None
	})
}

// Operations are those that there were, in their order.
func (f *Faulty) Operations() []Operation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.done)
}

// Hit are those that came to harm.
func (f *Faulty) Hit() []Operation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.hit)
}

// at notes an operation and says what becomes of it.
func (f *Faulty) at(kind, key string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := Operation{Kind: kind, Key: key}
	o.Nth, f.seen[o] = f.seen[o], f.seen[o]+1
	f.done = append(f.done, o)
	fault := f.decide(o)
	if fault == Cut && kind != "read" {
		fault = None
	}
	if fault != None {
		f.hit = append(f.hit, o)
	}
	return fault
}

// check is at for operations that are whole or not at all.
func (f *Faulty) check(kind, key string) error {
	if f.at(kind, key) == Fail {
		return fmt.Errorf("%s %q: %w", kind, key, ErrFault)
	}
	return nil
}

// List implements bucket.Bucket.
func (f *Faulty) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	return func(yield func(bucket.Object, error) bool) {
		for o, err := range f.Bucket.List(ctx, prefix) {
			if e := f.check("list", prefix); e != nil {
				yield(bucket.Object{}, e)
				return
			}
			if !yield(o, err) {
				return
			}
		}
		if e := f.check("list", prefix); e != nil {
			yield(bucket.Object{}, e)
		}
	}
}

// Open implements bucket.Bucket.
func (f *Faulty) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	if err := f.check("open", o.Key); err != nil {
		return nil, err
	}
	r, err := f.Bucket.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &faultyReader{f: f, key: o.Key, r: r}, nil
}

// Create implements bucket.Bucket.
func (f *Faulty) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if err := f.check("create", key); err != nil {
		return err
	}
	if err := f.Bucket.Create(ctx, key, r, o); err != nil {
		return err
	}
	return f.check("created", key)
}

type faultyReader struct {
	f    *Faulty
	key  string
	r    io.ReadCloser
	over error // how it ended on purpose
}

func (r *faultyReader) Read(p []byte) (int, error) {
	if r.over != nil {
		return 0, r.over
	}
	switch r.f.at("read", r.key) {
	case Fail:
		r.over = fmt.Errorf("read %q: %w", r.key, ErrFault)
	case Cut:
		r.over = io.EOF
	default:
		return r.r.Read(p)
	}
	some := bytes.Clone(p)
	n, _ := r.r.Read(some)
	return copy(p, some[:n/2]), r.over
}

func (r *faultyReader) Close() error {
	return errors.Join(r.f.check("close", r.key), r.r.Close())
}
