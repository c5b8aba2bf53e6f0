package main

import (
	"bytes"
	"math"
	"sync"
	"testing"
	"time"

	"smew/plan"

	"github.com/google/go-cmp/cmp"
)

// lockedBuffer collects what a process writes while it runs.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestText(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{number(int64(0)), "0"},
		{number(999), "999"},
		{number(1000), "1,000"},
		{number(int64(-1234567)), "-1,234,567"},
		{number(int64(math.MinInt64)), "-9,223,372,036,854,775,808"},
		{count(1, "dump"), "1 dump"},
		{count(0, "dump"), "0 dumps"},
		{size(999), "999 B"},
		{size(1500), "1.5 kB"},
		{size(math.MaxInt64), "9223.4 PB"},
		{ago(59 * time.Second), "59 s"},
		{ago(61 * time.Minute), "1 h 1 min"},
		{ago(72 * time.Hour), "3 days"},
		{printable("a\tb\nc"), "a\tb\nc"},
		{printable("\x1b[31mred\u202e"), `\x1b[31mred\u202e`},
		{printable("\u00e9 \U0001f986"), "\u00e9 \U0001f986"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestRehearse holds that a dry run knows what a full resync spares, planned or loaded.
func TestRehearse(t *testing.T) {
	t.Parallel()
	dump := func(id int64, full bool) plan.Dump {
		return plan.Dump{ID: id, Tables: []plan.Table{{Name: "t", Full: full, Parts: make([]plan.Part, 3)}}}
	}
	spared := func(planned []planned) (out []bool) {
		for _, p := range planned {
			out = append(out, p.Tables[0].Spared)
		}
		return out
	}
	for _, test := range []struct {
		name   string
		dumps  []plan.Dump
		ledger plan.Ledger
		want   []bool
	}{
		{"nothing in full", []plan.Dump{dump(1, false), dump(2, false)}, plan.Ledger{}, []bool{false, false}},
		{"resync first", []plan.Dump{dump(3, true), dump(1, false), dump(4, false)}, plan.Ledger{}, []bool{false, true, false}},
		{"resync not loaded yet", []plan.Dump{dump(1, false), dump(3, true)}, plan.Ledger{}, []bool{false, false}},
		{"loaded before", []plan.Dump{dump(1, true), dump(5, false)}, plan.Ledger{Resyncs: map[string]int64{"t": 4}}, []bool{true, false}},
	} {
		if diff := cmp.Diff(test.want, spared(rehearse(test.dumps, test.ledger))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
