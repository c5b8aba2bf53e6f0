package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Report is one sync report. Times are milliseconds since 1970, 0 where the
// report has none or null.
type Report struct {
	StartTime, FinishTime, NextSyncAt int64
	Status                            string                     // "succeeded" is the only documented one; any is kept
	Error                             json.RawMessage            // nil when absent or null; its shape is not documented
	Extra                             map[string]json.RawMessage // fields this package does not know, nil if none
}

// ReportError says why a sync report is refused.
type ReportError fault

func (e *ReportError) Error() string { return (*fault)(e).text("sync report") }
func (e *ReportError) Unwrap() error { return e.Err }

var reportFields = []string{"start_time", "finish_time", "status", "next_sync_at", "error"}

// ParseReport reads a sync report, or returns a *ReportError. Unknown fields
// and statuses are kept (R13).
func ParseReport(data []byte) (*Report, error) {
	doc, f := decodeStrict(data)
	if f != nil {
		return nil, (*ReportError)(f)
	}
	r, f := report(doc)
	if f != nil {
		return nil, (*ReportError)(f)
	}
	return r, nil
}

func report(doc any) (*Report, *fault) {
	object, ok := doc.(map[string]any)
	if !ok {
		return nil, faultf("", "not an object")
	}
	r := &Report{}
	var f *fault
	for _, t := range []struct {
		name string
		to   *int64
	}{{"start_time", &r.StartTime}, {"finish_time", &r.FinishTime}, {"next_sync_at", &r.NextSyncAt}} {
		if *t.to, f = instant(object[t.name]); f != nil {
			return nil, f.in(t.name)
		}
	}
	switch v := object["status"].(type) {
	case nil:
	case string:
		r.Status = v
	default:
		return nil, faultf("status", "not a string or null")
	}
	if v := object["error"]; v != nil {
		raw, err := marshal(v)
		if err != nil {
			return nil, &fault{Reason: "not JSON", Path: "error", Err: err}
		}
		r.Error = raw
	}
	r.Extra, f = extra(object, reportFields)
	return r, f
}

// instant reads epoch milliseconds, also where a writer made a float of them.
func instant(v any) (int64, *fault) {
	if v == nil {
		return 0, nil
	}
	number, ok := v.(json.Number)
	if !ok {
		return 0, faultf("", "not a number or null")
	}
	if ms, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
		return ms, nil
	}
	ms, err := strconv.ParseFloat(number.String(), 64)
	if err != nil || ms != math.Trunc(ms) || math.Abs(ms) > 1<<53 {
		return 0, faultf("", "%s is not a whole number of milliseconds", shown(number.String()))
	}
	return int64(ms), nil
}

// Encode writes the report as indented JSON that [ParseReport] reads back
// equal. A time of 0 is written as null.
func (r *Report) Encode() ([]byte, error) {
	raw, err := r.canonical()
	if err != nil {
		return nil, fmt.Errorf("encode sync report: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("encode sync report: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (r *Report) canonical() (json.RawMessage, error) {
	if !utf8.ValidString(r.Status) {
		return nil, fmt.Errorf("status %q is not UTF-8", r.Status)
	}
	var cause any
	if r.Error != nil {
		v, f := decodeStrict(r.Error)
		if f != nil {
			return nil, (*ReportError)(f)
		}
		cause = v
	}
	time := func(ms int64) any {
		if ms == 0 {
			return nil
		}
		return ms
	}
	return object([]field{
		{"start_time", time(r.StartTime)},
		{"finish_time", time(r.FinishTime)},
		{"status", r.Status},
		{"next_sync_at", time(r.NextSyncAt)},
		{"error", cause},
	}, r.Extra)
}
