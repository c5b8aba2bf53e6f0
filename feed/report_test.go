package feed_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"smew/feed"
)

func TestParseReport(t *testing.T) {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	tests := map[string]struct {
		in   string
		want feed.Report
	}{
		"the vendor's example": {
			`{"start_time":1566968405225,"finish_time":1566968649169,"status":"succeeded","next_sync_at":1567054800000,"error":null}`,
			feed.Report{StartTime: 1566968405225, FinishTime: 1566968649169, Status: "succeeded", NextSyncAt: 1567054800000},
		},
		"nothing in it":       {`{}`, feed.Report{}},
		"nulls":               {`{"start_time":null,"finish_time":null,"status":null,"next_sync_at":null,"error":null}`, feed.Report{}},
		"an error of text":    {`{"status":"failed","error":"access denied"}`, feed.Report{Status: "failed", Error: raw(`"access denied"`)}},
		"an error of shape":   {`{"status":"failed","error":{"why": "x", "code": 3}}`, feed.Report{Status: "failed", Error: raw(`{"code":3,"why":"x"}`)}},
		"an unknown status":   {`{"status":"half done"}`, feed.Report{Status: "half done"}},
		"unknown fields":      {`{"status":"succeeded","dump_id":852}`, feed.Report{Status: "succeeded", Extra: map[string]json.RawMessage{"dump_id": raw("852")}}},
		"a time as a float":   {`{"start_time":1.566968405225e12,"finish_time":1566968649169.0}`, feed.Report{StartTime: 1566968405225, FinishTime: 1566968649169}},
		"a byte order mark":   {"\ufeff{\"status\":\"succeeded\"}", feed.Report{Status: "succeeded"}},
		"a name's other case": {`{"Status":"x"}`, feed.Report{Extra: map[string]json.RawMessage{"Status": raw(`"x"`)}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := feed.ParseReport([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*r, tt.want) {
				t.Fatalf("got  %#v\nwant %#v", *r, tt.want)
			}
			text, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			back, err := feed.ParseReport(text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(r, back) {
				t.Fatalf("encoded and parsed back:\ngot  %#v\nwant %#v", back, r)
			}
		})
	}
}

func TestParseReportRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ in, path, reason string }{
		"torn":             {`{"start_time":15669`, "", "not JSON"},
		"a list":           {`[]`, "", "not an object"},
		"a key twice":      {`{"status":"failed","status":"succeeded"}`, "", "given twice"},
		"a time of text":   {`{"next_sync_at":"tomorrow"}`, "next_sync_at", "not a number"},
		"half a time":      {`{"start_time":1.5}`, "start_time", "not a whole number"},
		"a time too large": {`{"finish_time":1e400}`, "finish_time", "not a whole number"},
		"status a number":  {`{"status":0}`, "status", "not a string"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := feed.ParseReport([]byte(tt.in))
			var refused *feed.ReportError
			if !errors.As(err, &refused) || r != nil {
				t.Fatalf("got %v, %v; want no report and a ReportError", r, err)
			}
			if refused.Path != tt.path || !strings.Contains(refused.Reason, tt.reason) {
				t.Errorf("got %q at %q, want %q at %q", refused.Reason, refused.Path, tt.reason, tt.path)
			}
		})
	}
}

func TestReportEncodeRefuses(t *testing.T) {
	for name, r := range map[string]feed.Report{
		"a status not UTF-8":  {Status: "\xff"},
		"an error not JSON":   {Error: json.RawMessage("oops")},
		"a known field again": {Extra: map[string]json.RawMessage{"status": json.RawMessage(`"x"`)}},
	} {
		if raw, err := r.Encode(); err == nil {
			t.Errorf("%s: encoded as %s", name, raw)
		}
	}
}
