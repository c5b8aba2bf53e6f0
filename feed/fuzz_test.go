package feed_test

import (
	"errors"
	"path"
	"reflect"
	"runtime/metrics"
	"strings"
	"testing"

	"smew/feed"
)

func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		vendorManifest,
		`{"dump_id":7,"tables":[]}`,
		"\ufeff" + `{"dump_id":7,"tables":[{"name":"a","files":["s3://b/x"],"columns":["a","a"],"incremental":false,"x":[{"\ud800":1e9}]}],"y":null}`,
		`{"dump_id":7,"tables":[],"dump_id":8}`,
		`{"dump_id":`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		m, err := feed.ParseManifest(data)
		modest(t, before, data)
		if err != nil {
			var refused *feed.ManifestError
			if !errors.As(err, &refused) || m != nil || len(err.Error()) > longestError {
				t.Fatalf("got %v, %v; want no manifest and a short ManifestError", m, err)
			}
			return
		}
		for _, table := range m.Tables {
			for _, file := range table.Files {
				fuzzRef(t, file)
			}
		}
		raw, err := m.Encode()
		if err != nil {
			t.Fatalf("parsed but not encoded: %v", err)
		}
		back, err := feed.ParseManifest(raw)
		if err != nil {
			t.Fatalf("encoded but not parsed: %v\n%s", err, raw)
		}
		if back.Digest() != m.Digest() || m.Digest() == "" || !reflect.DeepEqual(m, back) {
			t.Fatalf("not equal:\n%#v\n%#v", m, back)
		}
	})
}

// fuzzRef reads a file's path: what is taken stays below its bucket and reads back equal.
func fuzzRef(t *testing.T, s string) {
	ref, err := feed.ParseRef(s)
	if err != nil {
		var refused *feed.RefError
		if !errors.As(err, &refused) || ref != (feed.Ref{}) || len(err.Error()) > longestError {
			t.Fatalf("got %v, %v; want no reference and a short RefError", ref, err)
		}
		return
	}
	if ref.String() != s || ref.Bucket == "" || ref.Key == "" || !strings.HasPrefix(path.Join("/root", ref.Key), "/root/") {
		t.Fatalf("%q is read as %+v", s, ref)
	}
}

// longestError is what an error may come to: a path, and a text from the document, each escaped.
const longestError = 24 << 10

// allocated is the sum of all that was ever allocated.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// modest fails the test if reading data took more memory than its size explains.
func modest(t *testing.T, before uint64, data []byte) {
	if used, most := allocated()-before, uint64(8<<20+2048*len(data)); used > most {
		t.Fatalf("%d bytes allocated for %d", used, len(data))
	}
}

func FuzzReport(f *testing.F) {
	for _, seed := range []string{
		`{"start_time":1566968405225,"finish_time":1566968649169,"status":"succeeded","next_sync_at":1567054800000,"error":null}`,
		`{"status":"failed","error":{"b":[1.0,"\u0000"]},"x":1e2}`,
		`{"start_time":1e12}`,
		`[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		r, err := feed.ParseReport(data)
		modest(t, before, data)
		if err != nil {
			var refused *feed.ReportError
			if !errors.As(err, &refused) || r != nil || len(err.Error()) > longestError {
				t.Fatalf("got %v, %v; want no report and a short ReportError", r, err)
			}
			return
		}
		raw, err := r.Encode()
		if err != nil {
			t.Fatalf("parsed but not encoded: %v", err)
		}
		back, err := feed.ParseReport(raw)
		if err != nil {
			t.Fatalf("encoded but not parsed: %v\n%s", err, raw)
		}
		if !reflect.DeepEqual(r, back) {
			t.Fatalf("not equal:\n%#v\n%#v", r, back)
		}
	})
}
