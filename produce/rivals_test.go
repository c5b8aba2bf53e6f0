package produce_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"smew/bucket"
	"smew/bucket/s3test"
	"smew/feed"
	"smew/produce"
)

// meeting is a bucket whose first manifest is created only when all producers have come that far.
type meeting struct {
	bucket.Bucket
	all  *sync.WaitGroup
	once *sync.Once
}

func (m meeting) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if strings.HasPrefix(key, feed.ManifestsPrefix) {
		m.once.Do(func() {
			m.all.Done()
			m.all.Wait()
		})
	}
	return m.Bucket.Create(ctx, key, r, o)
}

// Of several producers at one feed in S3, one wins a dump_id; the others are told, and what they
// wrote is listed nowhere.
func TestRivals(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	for range 5 {
		b := server.Open(t, server.Bucket(t))
		const rivals = 2
		var wrote [rivals]produce.Summary
		var errs [rivals]error
		var all sync.WaitGroup
		all.Add(rivals)
		var wg sync.WaitGroup
		for i := range rivals {
			wg.Go(func() {
				o := produce.Options{Seed: uint64(i), Users: 10, Dumps: 1, Events: 20}
				met := new(sync.Once)
				defer met.Do(all.Done) // a producer that fails before keeps nobody waiting
				wrote[i], errs[i] = produce.Feed(t.Context(), meeting{b, &all, met}, o)
				if errs[i] != nil && len(wrote[i].Dumps) > 0 {
					t.Errorf("producer %d failed and wrote %v: %v", i, wrote[i].Dumps, errs[i])
				}
			})
		}
		wg.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatal("both won dump 852")
			case err == nil:
				winner = i
			case !errors.Is(err, fs.ErrExist):
				t.Fatalf("producer %d: %v", i, err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody won dump 852")
		}
		dumps := read(t, b, "") // with every part that is listed
		if len(dumps) != 1 || dumps[0].manifest.DumpID != 852 || wrote[winner].Dumps[0].DumpID != 852 {
			t.Fatalf("the feed has %d dumps", len(dumps))
		}
		for i, table := range dumps[0].manifest.Tables {
			if got, want := len(table.Files), wrote[winner].Dumps[0].Tables[i].Parts; got != want {
				t.Errorf("the manifest lists %d parts of %s, the winner wrote %d", got, table.Name, want)
			}
		}
	}
}
