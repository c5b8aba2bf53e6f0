package stage_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"runtime"
	"testing"
	"testing/synctest"

	"smew/bucket"
	"smew/stage"
)

// However the loop is left, no goroutine, file or descriptor stays.
// (synctest fails a test that leaves goroutines.)
func TestFetchLeft(t *testing.T) {
	const parts = 12
	for leave := range parts + 1 {
		for _, how := range []string{"break", "cancel", "panic"} {
			synctest.Test(t, func(t *testing.T) {
				b := &watched{Bucket: bucket.NewMemory()}
				wants := feed(t, b, parts)
				dir := t.TempDir()
				before := descriptors(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if leave == 0 && how == "cancel" {
					cancel()
				}
				err := consume(ctx, cancel, stage.Fetch(ctx, b, wants, stage.Options{Dir: dir, Ahead: 4}), leave, how)
				if how == "cancel" && leave < parts && !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled at part %d: got error %v", leave, err)
				}
				isEmpty(t, dir)
				if after := descriptors(t); after != before {
					t.Errorf("%s at part %d: %d open files, %d before", how, leave, after, before)
				}
			})
		}
	}
}

// consume leaves the loop at the part of that number, from 1 on.
func consume(ctx context.Context, cancel func(), parts iter.Seq2[*stage.Part, error], leave int, how string) (err error) {
	defer func() { recover() }()
	n := 0
	for p, e := range parts {
		if e != nil {
			return e
		}
		p.Close()
		if n++; n < leave {
			continue
		}
		synctest.Wait() // until all that may be fetched ahead is
		switch how {
		case "break":
			return nil
		case "cancel":
			cancel()
		case "panic":
			panic("out of the loop")
		}
	}
	return ctx.Err()
}

func descriptors(t *testing.T) int {
	if runtime.GOOS != "linux" {
		return 0
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// A part that is being fetched when the loop is left is given up at once.
func TestFetchLeftWhileFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &watched{Bucket: bucket.NewMemory()}
		wants := feed(t, b, 10)
		b.opening = func(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
			if o.Key == wants[0].Key {
				return b.Bucket.Open(ctx, o)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		dir := t.TempDir()
		for p, err := range stage.Fetch(t.Context(), b, wants, stage.Options{Dir: dir}) {
			if err != nil {
				t.Fatal(err)
			}
			p.Close()
			break
		}
		isEmpty(t, dir)
	})
}
