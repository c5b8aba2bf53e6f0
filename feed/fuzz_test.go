package feed_test

import (
	"errors"
	"reflect"
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
		m, err := feed.ParseManifest(data)
		if err != nil {
			var refused *feed.ManifestError
			if !errors.As(err, &refused) || m != nil {
				t.Fatalf("got %v, %v; want no manifest and a ManifestError", m, err)
			}
			return
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
		r, err := feed.ParseReport(data)
		if err != nil {
			var refused *feed.ReportError
			if !errors.As(err, &refused) || r != nil {
				t.Fatalf("got %v, %v; want no report and a ReportError", r, err)
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
