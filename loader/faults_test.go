package loader_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/sample"
)

// each runs a step of a test after the other, some at a time, and returns when all are done.
func each(t *testing.T, steps []int, fn func(t *testing.T, n int)) {
	t.Helper()
	t.Run("steps", func(t *testing.T) {
		for _, n := range steps {
			t.Run(strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				fn(t, n)
			})
		}
	})
}

// TestEveryBucketOperationFails fails each operation on the bucket in turn, in each way, until a load
// passes untouched.
func TestEveryBucketOperationFails(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	writeFive(t, memory)
	u := newUndisturbed(t, memory)

	// Several goroutines use the bucket, so the n-th operation is the n-th by its name.
	quiet := buckettest.FailAt(memory, -1, buckettest.None)
	if err := visits(quiet, filepath.Join(t.TempDir(), "x.duckdb"), clock(), nil); err != nil {
		t.Fatal(err)
	}
	all := quiet.Operations()
	slices.SortFunc(all, func(a, b buckettest.Operation) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Nth, b.Nth))
	})
	kinds := map[string]int{}
	for _, o := range all {
		kinds[o.Kind]++
	}
	var told, failed atomic.Int64
	for _, fault := range []buckettest.Fault{buckettest.Fail, buckettest.Cut} {
		targets := slices.DeleteFunc(slices.Clone(all), func(o buckettest.Operation) bool { return fault == buckettest.Cut && o.Kind != "read" })
		each(t, append(sample.Places(t, 2, len(targets)), len(targets)), func(t *testing.T, n int) {
			db, now := filepath.Join(t.TempDir(), "x.duckdb"), clock()
			b := buckettest.NewFaulty(memory, func(o buckettest.Operation) buckettest.Fault {
				if n < len(targets) && o == targets[n] {
					return fault
				}
				return buckettest.None
			})
			err := visits(b, db, now, nil)
			what := fmt.Sprintf("fault %d in %v", fault, b.Hit())
			if untouched := n == len(targets); untouched {
				if err != nil || len(b.Hit()) > 0 {
					t.Fatalf("nothing was to fail: %s, %v", what, err)
				}
			} else if len(b.Hit()) != 1 {
				t.Fatalf("%v was to fail: %s", targets[n], what)
			} else if failed.Add(1); err != nil {
				told.Add(1)
			}
			u.afterwards(t, what, db, now, err)
		})
	}
	t.Logf("%d bucket operations: %v; %d failed in turn, %d of them told of; dumps went in in %d orders", len(all), kinds, failed.Load(), told.Load(), u.orders())
	if len(all) < 100 {
		t.Error("too few to say anything")
	}
}

// TestEveryDatabaseOperationFails fails each operation on the database in turn, until a load passes untouched.
func TestEveryDatabaseOperationFails(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	writeFive(t, memory)
	u := newUndisturbed(t, memory)

	// failAt fails the n-th, and counts.
	failAt := func(n int) (before func(string) error, hit *string, kinds map[string]int) {
		hit, kinds = new(string), map[string]int{}
		var mu sync.Mutex
		i := 0
		return func(operation string) error {
			mu.Lock()
			defer mu.Unlock()
			kinds[operation]++
			if i++; i-1 == n {
				*hit = operation
				return fmt.Errorf("%s: %w", operation, buckettest.ErrFault)
			}
			return nil
		}, hit, kinds
	}
	count, _, kinds := failAt(-1)
	if err := visits(memory, filepath.Join(t.TempDir(), "x.duckdb"), clock(), count); err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, n := range kinds {
		all += n
	}
	var told, failed atomic.Int64
	each(t, append(sample.Places(t, 3, all), all), func(t *testing.T, n int) {
		db, now := filepath.Join(t.TempDir(), "x.duckdb"), clock()
		before, hit, _ := failAt(n)
		err := visits(memory, db, now, before)
		what := fmt.Sprintf("fault in database operation %d, %s", n, *hit)
		if untouched := n == all; untouched != (*hit == "") || untouched && err != nil {
			t.Fatalf("%s of %d: %v", what, all, err)
		}
		if *hit != "" {
			failed.Add(1)
		}
		if err != nil {
			told.Add(1)
		}
		u.afterwards(t, what, db, now, err)
	})
	t.Logf("%d database operations: %v; %d failed in turn, %d of them told of; dumps went in in %d orders", all, kinds, failed.Load(), told.Load(), u.orders())
	if all < 300 {
		t.Error("too few to say anything")
	}
}
