package produce_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// faulty fails the n-th Create, counted from 0, and notes the order of the rest.
type faulty struct {
	*bucket.Memory
	fail int

	mu      sync.Mutex
	calls   int
	created []string
}

var errInjected = errors.New("injected")

func (f *faulty) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	f.mu.Lock()
	n := f.calls
	f.calls++
	f.mu.Unlock()
	if n == f.fail {
		return fmt.Errorf("create object %q: %w", key, errInjected)
	}
	if o.Overwrite {
		return fmt.Errorf("create object %q: overwriting was asked for", key)
	}
	if err := f.Memory.Create(ctx, key, r, o); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.created = append(f.created, key)
	return nil
}

func TestManifestIsLast(t *testing.T) {
	t.Parallel()
	b := &faulty{Memory: bucket.NewMemory(), fail: -1}
	o := options()
	o.Dumps = 1
	mustFeed(t, b, o)
	n := len(b.created)
	if got, want := b.created[n-3:], []string{"sync_852/property_definitions.json", "manifests/sync_852.json", "sync_reports/sync_852.json"}; !slices.Equal(got, want) {
		t.Errorf("the last objects are %v, want %v", got, want)
	}
	report, err := feed.ParseReport(contents(t, b, feed.ReportKey(852))[feed.ReportKey(852)])
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).UnixMilli()
	if report.Status != "succeeded" || report.Error != nil || report.StartTime != midnight || report.NextSyncAt != midnight+86_400_000 {
		t.Errorf("report: %+v", report)
	}
}

// TestEveryFailure fails each Create in turn. The manifest must never be there
// without its parts, the report must say what happened, and producing again must
// give the same rows.
func TestEveryFailure(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events, o.PartRows = 1, 150, 100
	clean := bucket.NewMemory()
	mustFeed(t, clean, o)
	want := read(t, clean, "")[0].parts
	for n := 0; ; n++ {
		b := &faulty{Memory: bucket.NewMemory(), fail: n}
		_, err := produce.Feed(t.Context(), b, o)
		if b.calls <= n {
			if n < 9 {
				t.Fatalf("only %d objects were created", n)
			}
			break
		}
		if !errors.Is(err, errInjected) {
			t.Fatalf("create %d failed and Feed returned %v", n, err)
		}
		dumps := read(t, b, "") // reads every part that is listed
		reports := contents(t, b, feed.ReportsPrefix)
		if len(dumps) == 0 { // else only the report was lost
			report, err := feed.ParseReport(reports[feed.ReportKey(852)])
			if err != nil || report.Status != "failed" || !strings.Contains(string(report.Error), "injected") {
				t.Fatalf("create %d: report %+v, %v", n, report, err)
			}
		} else if len(reports) != 0 {
			t.Fatalf("create %d: a dump and a report although one of both failed", n)
		}
		s := mustFeed(t, b, o)
		next := read(t, b, "")
		if len(dumps) == 0 && (s.Dumps[0].DumpID != 852 || !reflect.DeepEqual(next[0].parts, want)) {
			t.Errorf("create %d: written again, dump %d has other rows", n, s.Dumps[0].DumpID)
		}
	}
}

// lossy makes the manifest and then says that it was there already, as when the
// answer to the first request is lost.
type lossy struct {
	*bucket.Memory
	foreign bool
}

func (l *lossy) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if !strings.HasPrefix(key, feed.ManifestsPrefix) {
		return l.Memory.Create(ctx, key, r, o)
	}
	if l.foreign {
		r = strings.NewReader(`{"dump_id":852,"tables":[]}`)
	}
	if err := l.Memory.Create(ctx, key, r, o); err != nil {
		return err
	}
	return fmt.Errorf("create object %q: %w", key, fs.ErrExist)
}

func TestManifestExists(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps = 1
	if _, err := produce.Feed(t.Context(), &lossy{Memory: bucket.NewMemory()}, o); err != nil {
		t.Errorf("our own manifest: %v", err)
	}
	b := &lossy{Memory: bucket.NewMemory(), foreign: true}
	if _, err := produce.Feed(t.Context(), b, o); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another producer's manifest: %v, want fs.ErrExist", err)
	}
	if got := string(contents(t, b, feed.ManifestsPrefix)[feed.ManifestKey(852)]); got != `{"dump_id":852,"tables":[]}` {
		t.Errorf("the other's manifest became %s", got)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := options()
	o.Progress = func(p produce.Part) { cancel() }
	b := bucket.NewMemory()
	if _, err := produce.Feed(ctx, b, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want a cancelled context", err)
	}
	if n := len(contents(t, b, feed.ManifestsPrefix)); n != 0 {
		t.Errorf("%d manifests", n)
	}
	if n := len(contents(t, b, feed.ReportsPrefix)); n != 1 {
		t.Errorf("%d reports, want one of the failure", n)
	}
}

// TestTornManifest: a manifest nobody can read does not stop the producer, which
// stays clear of its number.
func TestTornManifest(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	if err := b.Create(t.Context(), feed.ManifestKey(900), strings.NewReader(`{"dump_id":9`), bucket.Options{}); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Dumps = 1
	if got := mustFeed(t, b, o).Dumps[0].DumpID; got != 901 {
		t.Errorf("wrote dump %d, want 901", got)
	}
}
