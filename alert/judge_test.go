package alert

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is when the tests' feed is first judged.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// step is a round: at so long after noon the feed is so, and this is told.
type step struct {
	after time.Duration
	feed  Feed
	want  []string // subjects; behind | what the details must hold
}

// rounds judges step by step. Between the rounds the state is written and read, as between two runs.
func rounds(t *testing.T, c Config, steps []step) {
	t.Helper()
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	var state State
	for i, s := range steps {
		s.feed.Name = "shop"
		var messages []Message
		state, messages = Judge(c, Facts{Now: noon.Add(s.after), Feeds: []Feed{s.feed}}, state)
		var got, want []string
		for j, m := range messages {
			got = append(got, m.Subject())
			if j < len(s.want) {
				if _, detail, ok := strings.Cut(s.want[j], " | "); ok && !strings.Contains(strings.Join(m.Details, "\n"), detail) {
					t.Errorf("round %d: the details lack %q: %q", i+1, detail, m.Details)
				}
			}
		}
		for _, w := range s.want {
			subject, _, _ := strings.Cut(w, " | ")
			want = append(want, subject)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round %d, %v after noon (-want +got):\n%s", i+1, s.after, diff)
		}
		text, err := json.Marshal(state)
		if err == nil {
			state = State{}
			err = json.Unmarshal(text, &state)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ledger(l Ledger) Feed { return Feed{Ledger: &l} }

// failing has a feed with dumps that could not be loaded since noon.
func failing(ids ...int64) Feed {
	l := Ledger{}
	for _, id := range ids {
		l.Failures = append(l.Failures, Failure{Manifest: "manifests/sync_" + dumpName(id)[5:] + ".json", Dump: &id, Error: "part 3 is cut off", Since: noon})
	}
	return ledger(l)
}

const minute = time.Minute

func TestDumpFailed(t *testing.T) {
	rounds(t, Config{}, []step{
		{0, failing(856), nil}, // it may be mended at the next look
		{9 * minute, failing(856), nil},
		{10 * minute, failing(856), []string{"[CRITICAL] shop: dump 856 could not be loaded | manifests/sync_856.json: part 3 is cut off (for 10 min)"}},
		{time.Hour, failing(856), nil},
		{2 * time.Hour, failing(856, 857, 858), []string{"[CRITICAL] shop: 3 dumps could not be loaded | and 1 told before"}},
		{3 * time.Hour, failing(858), []string{"[CRITICAL] shop: 2 of 3 are over: 3 dumps could not be loaded | over: dump 856"}},
		{4 * time.Hour, Feed{}, nil}, // the database could not be read: nothing is known
		{5 * time.Hour, failing(), []string{"[RECOVERED] shop: no dump fails any more | over: dump 858 could not be loaded (for 5 h 0 min)"}},
		{6 * time.Hour, failing(), nil},
	})
	torn := ledger(Ledger{Failures: []Failure{{Manifest: "manifests/x.json", Error: "not JSON"}}})
	rounds(t, Config{Rules: map[Kind]Rule{DumpFailed: {Severity: Warning, After: Span(0)}}}, []step{
		{0, torn, []string{"[WARNING] shop: manifest manifests/x.json could not be loaded | not JSON"}},
		{minute, failing(), []string{"[RECOVERED] shop: no dump fails any more"}},
		{2 * minute, torn, []string{"[WARNING] shop: manifest manifests/x.json could not be loaded"}},
	})
}

// What is over before it lasted long enough was never told, and so is not told to be over.
func TestWhatIsShortIsNotTold(t *testing.T) {
	rounds(t, Config{}, []step{
		{0, failing(856), nil},
		{9 * minute, failing(), nil},
		{20 * minute, failing(856, 857), []string{"[CRITICAL] shop: 2 dumps could not be loaded"}}, // the tries say since when
	})
	rounds(t, Config{}, []step{
		{10 * minute, failing(856), []string{"[CRITICAL] shop: dump 856 could not be loaded"}},
		{20 * minute, ledger(Ledger{Failures: []Failure{{Manifest: "new", Error: "torn", Since: noon.Add(19 * minute)}}}), []string{"[RECOVERED] shop: over: dump 856 could not be loaded"}},
		{29 * minute, ledger(Ledger{Failures: []Failure{{Manifest: "new", Error: "torn", Since: noon.Add(29 * minute)}}}), []string{"[CRITICAL] shop: manifest new could not be loaded"}},
	})
}

// An alert that ended begins anew: it is no more severe than it is.
func TestSeverityBeginsAnew(t *testing.T) {
	new := func(since time.Duration) Feed {
		return ledger(Ledger{Failures: []Failure{{Manifest: "new", Error: "torn", Since: noon.Add(since)}}})
	}
	rounds(t, Config{Rules: map[Kind]Rule{DumpFailed: {Severity: Warning, Escalate: Span(time.Hour)}}}, []step{
		{10 * minute, failing(856), []string{"[WARNING] shop: dump 856 could not be loaded"}},
		{60 * minute, failing(856), []string{"[CRITICAL] shop: dump 856 could not be loaded"}},
		{61 * minute, new(60 * time.Minute), []string{"[RECOVERED] shop: over: dump 856 could not be loaded"}},
		{70 * minute, new(60 * time.Minute), []string{"[WARNING] shop: manifest new could not be loaded"}},
	})
}

// A clock that is ahead of ours has nobody wait for it.
func TestClockAhead(t *testing.T) {
	ahead := ledger(Ledger{Failures: []Failure{{Manifest: "new", Error: "torn", Since: noon.Add(48 * time.Hour)}}})
	rounds(t, Config{}, []step{{0, ahead, nil}, {10 * minute, ahead, []string{"[CRITICAL] shop: manifest new could not be loaded"}}})
}

func TestManyAreCut(t *testing.T) {
	ids := make([]int64, 25)
	for i := range ids {
		ids[i] = int64(100 + i)
	}
	_, messages := Judge(Config{}, Facts{Now: noon.Add(time.Hour), Feeds: []Feed{failing(ids...)}}, State{})
	if len(messages) != 1 || messages[0].Title != "25 dumps could not be loaded" || len(messages[0].Details) != 11 || messages[0].Details[10] != "and 15 more" {
		t.Errorf("%+v", messages)
	}
}

// reported has a feed whose newest report, of the sync of that dump, announces the next.
func reported(highest int64, status string, finished, next time.Duration) Feed {
	f, n := noon.Add(finished), noon.Add(next)
	return ledger(Ledger{Highest: highest, Arrived: f, Report: &Report{Key: "sync_reports/r.json", Status: status, FinishedAt: &f, NextSyncAt: &n}})
}

// came has the highest dump loaded then.
func came(f Feed, at time.Duration) Feed {
	f.Ledger.Arrived = noon.Add(at)
	return f
}

func TestFeedLate(t *testing.T) {
	const h = time.Hour
	day := reported(856, "succeeded", 0, 24*h)
	next := reported(857, "succeeded", 30*h, 48*h)
	late := "[WARNING] shop: the next dump is late | it was due at 2026-03-02 12:00 UTC; the last one that is known is dump 856 (for 1 h 0 min)"
	for name, steps := range map[string][]step{
		"late, worse, and there": {
			{0, day, nil}, {24*h + minute, day, nil}, {25 * h, day, []string{late}}, {26 * h, day, nil},
			{30 * h, day, []string{"[CRITICAL] shop: the next dump is late"}},
			{31 * h, next, []string{"[RECOVERED] shop: the feed is on time again"}},
			{49 * h, next, []string{"[WARNING] shop: the next dump is late"}},
		},
		"in time, and its report never comes": {{0, day, nil}, {24*h + 5*minute, reported(857, "succeeded", 0, 24*h), nil}, {40 * h, reported(857, "succeeded", 0, 24*h), nil}},
		"a manifest that is seen just after its report is not the next one": {
			{0, reported(855, "succeeded", 0, 24*h), nil}, {minute, day, nil}, {25 * h, day, []string{late}},
		},
		"a dump that nobody announced is not the one that is due": {
			{0, day, nil}, {18 * h, reported(857, "succeeded", 0, 24*h), nil},
			{25 * h, reported(857, "succeeded", 0, 24*h), []string{"[WARNING] shop: the next dump is late | the last one that is known is dump 857"}},
			{26 * h, reported(858, "succeeded", 26*h, 48*h), []string{"[RECOVERED] shop: the feed is on time again"}},
		},
		"nor is it when it is judged later": {
			{0, day, nil}, {24*h + minute, came(reported(857, "succeeded", 0, 24*h), 18*h), nil},
			{25 * h, came(reported(857, "succeeded", 0, 24*h), 18*h), []string{"[WARNING] shop: the next dump is late"}},
		},
		"a little early": {{0, day, nil}, {24*h - 14*minute, reported(857, "succeeded", 0, 24*h), nil}, {40 * h, reported(857, "succeeded", 0, 24*h), nil}},
		"a failed sync still owes its dump": {
			{0, day, nil}, {24*h + 10*minute, reported(856, "failed", 24*h, 27*h), nil},
			{25 * h, reported(856, "failed", 24*h, 27*h), []string{late}},
		},
		"a dump that came and could not be loaded is not late": {{0, day, nil}, {25 * h, reported(857, "succeeded", 0, 24*h), nil}},
		"long dead when first seen":                            {{60 * h, day, []string{"[CRITICAL] shop: the next dump is late"}}},
		"nothing announced":                                    {{0, ledger(Ledger{Highest: 856}), nil}, {99 * h, ledger(Ledger{Highest: 856}), nil}},
	} {
		t.Run(name, func(t *testing.T) {
			rounds(t, Config{Rules: map[Kind]Rule{ReportFailed: {Severity: Off}}}, steps)
		})
	}
	old := ledger(Ledger{Highest: 856, Arrived: noon})
	rounds(t, Config{Rules: map[Kind]Rule{FeedLate: {MaxAge: Span(26 * h), After: Span(0)}}}, []step{
		{0, old, nil}, {26 * h, old, nil},
		{27 * h, old, []string{"[WARNING] shop: no dump came for 26h0m0s | dump 856, came at 2026-03-01 12:00 UTC"}},
		{28 * h, ledger(Ledger{Highest: 857, Arrived: noon.Add(28 * h)}), []string{"[RECOVERED] shop: the feed is on time again"}},
	})
}

func TestReportFailed(t *testing.T) {
	const h = time.Hour
	failed := func(finished time.Duration) Feed {
		f := reported(856, "failed", finished, 100*h)
		f.Ledger.Report.Error = `{"code": 7}`
		return f
	}
	rounds(t, Config{}, []step{
		{0, reported(856, "succeeded", 0, 100*h), nil},
		{h, failed(h), nil}, // the vendor tries again …
		{2 * h, failed(2 * h), nil},
		{3 * h, failed(3 * h), []string{`[WARNING] shop: the last sync is reported as "failed" | sync_reports/r.json: {"code": 7} (for 2 h 0 min)`}},
		{4 * h, failed(4 * h), nil},
		{5 * h, reported(857, "Succeeded", 5*h, 100*h), []string{"[RECOVERED] shop: the last sync is not reported as failed any more"}},
	})
	running := reported(856, "in_progress", 0, 100*h)
	rounds(t, Config{}, []step{{0, running, nil}, {h, reported(857, "succeeded", h, 100*h), nil}, {3 * h, reported(857, "succeeded", h, 100*h), nil}})
}

func TestRowsQuarantined(t *testing.T) {
	aside := func(q ...Quarantined) Feed { return ledger(Ledger{Quarantined: q}) }
	one, two := Quarantined{856, "users", 1}, Quarantined{857, "users", 3}
	rounds(t, Config{}, []step{
		{0, aside(one), []string{"[WARNING] shop: rows of users were set aside | dump 856, users: 1 row set aside in smew.quarantine"}},
		{minute, aside(one), nil},
		{2 * minute, aside(one, two), []string{"[WARNING] shop: rows of 2 tables were set aside | dump 857, users: 3 rows"}},
		{3 * minute, aside(), []string{"[RECOVERED] shop: no rows are set aside any more"}},
	})
}

func TestDefinitionsNotUnderstood(t *testing.T) {
	of := func(dump int64, problem string) Feed {
		return ledger(Ledger{Definitions: &Definitions{dump, "sync_1/property_definitions.json", problem}})
	}
	rounds(t, Config{}, []step{
		{0, of(856, "not JSON"), []string{"[WARNING] shop: the property definitions are not understood | dump 856, sync_1/property_definitions.json: not JSON"}},
		{minute, of(857, "not JSON"), nil}, // it is no news with every dump
		{2 * minute, of(858, ""), []string{"[RECOVERED] shop: the property definitions are understood again"}},
	})
}

func TestSchemaChanged(t *testing.T) {
	change := Change{Dump: 857, Table: "users", Added: []string{"plan"}, Gone: []string{"phone"}}
	fresh := Change{Dump: 858, Table: "signups", New: true, Added: []string{"event_id", "user_id"}}
	changed := func(c ...Change) Feed { return ledger(Ledger{Changes: c}) }
	rounds(t, Config{}, []step{
		{0, changed(change), nil}, // it was so before anybody was to be told
		{minute, changed(change, fresh), []string{"[WARNING] shop: there is a new table, signups | dump 858, signups: 2 columns"}},
		{2 * minute, changed(change, fresh), nil},
		{3 * minute, changed(), nil}, // too long ago; that is no recovery
	})
	rounds(t, Config{}, []step{
		{0, changed(), nil},
		{minute, changed(change), []string{"[WARNING] shop: the columns of users changed | dump 857, users: new: plan; gone: phone"}},
	})
}

func TestRowsDropped(t *testing.T) {
	// Dumps with so many rows of pageviews, the last first.
	dumps := func(full bool, rows ...int64) Feed {
		l := Ledger{}
		for i, n := range rows {
			l.Dumps = append(l.Dumps, Dump{ID: int64(860 - i), Tables: []Table{{"pageviews", full, n}}})
		}
		return ledger(l)
	}
	few := "[WARNING] shop: far fewer rows of pageviews than before | dump 860 brought 200 rows of pageviews; of the 3 before, the middle one brought 1000"
	for name, test := range map[string]struct {
		feed Feed
		want []string
	}{
		"a fifth":                        {dumps(false, 200, 900, 1000, 5000), []string{few}},
		"a little more":                  {dumps(false, 201, 900, 1000, 5000), nil},
		"too few dumps to tell":          {dumps(false, 0, 1000, 1000), nil},
		"a small table":                  {dumps(false, 0, 499, 499, 499), nil},
		"nothing at all":                 {dumps(false, 0, 500, 500, 500), []string{"[WARNING] shop: far fewer rows of pageviews than before"}},
		"a full resync of a small table": {dumps(true, 200, 900, 1000, 5000), []string{few}},
		"one small dump long ago":        {dumps(false, 1000, 1000, 1, 1000), nil},
	} {
		t.Run(name, func(t *testing.T) { rounds(t, Config{}, []step{{0, test.feed, test.want}}) })
	}
	mixed := dumps(false, 200, 1000, 1000, 1000)
	mixed.Ledger.Dumps[0].Tables[0].Full = true
	rounds(t, Config{}, []step{{0, mixed, nil}}) // full and incremental dumps do not compare
	rounds(t, Config{Rules: map[Kind]Rule{RowsDropped: {Drop: 50, MinRows: 10}}}, []step{
		{0, dumps(false, 10, 20, 20, 20), []string{"[WARNING] shop: far fewer rows of pageviews than before"}},
		{minute, dumps(false, 19, 10, 20, 20, 20), []string{"[RECOVERED] shop: as many rows as usual again"}},
	})
}

// Each dump that came in since the last round is judged, also where a later one is as usual or a higher one was there before.
func TestRowsDroppedInBetween(t *testing.T) {
	dumps := func(pairs ...int64) Feed { // id and rows, the last first
		l := Ledger{}
		for i := 0; i < len(pairs); i += 2 {
			l.Dumps = append(l.Dumps, Dump{ID: pairs[i], Tables: []Table{{"pageviews", false, pairs[i+1]}}})
		}
		return ledger(l)
	}
	few := func(dump string) string {
		return "[WARNING] shop: far fewer rows of pageviews than before | " + dump + " brought 10 rows"
	}
	const over = "[RECOVERED] shop: as many rows as usual again"
	for name, steps := range map[string][]step{
		"two at once": {
			{0, dumps(3, 1000, 2, 1000, 1, 1000), nil},
			{minute, dumps(5, 1000, 4, 10, 3, 1000, 2, 1000, 1, 1000), []string{few("dump 4")}},
			{2 * minute, dumps(5, 1000, 4, 10, 3, 1000, 2, 1000, 1, 1000), nil},
			{3 * minute, dumps(6, 1000, 5, 1000, 4, 10, 3, 1000, 2, 1000, 1, 1000), []string{over}},
		},
		"one that was missing": {
			{0, dumps(5, 1000, 3, 1000, 2, 1000, 1, 1000), nil},
			{minute, dumps(5, 1000, 4, 10, 3, 1000, 2, 1000, 1, 1000), []string{few("dump 4")}},
		},
		"the highest stays low": {
			{0, dumps(5, 10, 3, 1000, 2, 1000, 1, 1000), []string{few("dump 5")}},
			{minute, dumps(5, 10, 4, 1000, 3, 1000, 2, 1000, 1, 1000), nil},
		},
		"long before anybody was to be told": {{0, dumps(5, 1000, 4, 10, 3, 1000, 2, 1000, 1, 1000), nil}},
	} {
		t.Run(name, func(t *testing.T) { rounds(t, Config{}, steps) })
	}
}

func TestReminders(t *testing.T) {
	rounds(t, Config{Remind: Span(24 * time.Hour)}, []step{
		{time.Hour, failing(856), []string{"[CRITICAL] shop: dump 856 could not be loaded"}},
		{24 * time.Hour, failing(856), nil},
		{25 * time.Hour, failing(856), []string{"[CRITICAL] shop: still: dump 856 could not be loaded"}},
		{26 * time.Hour, failing(856), nil},
	})
}

// An alert that is switched off is forgotten; one that is switched on is told of what is so.
func TestOff(t *testing.T) {
	off := Config{Rules: map[Kind]Rule{DumpFailed: {Severity: Off}}}
	state, messages := Judge(off, Facts{Now: noon.Add(time.Hour), Feeds: []Feed{failing(856)}}, State{})
	if len(messages) > 0 {
		t.Errorf("told: %v", messages)
	}
	if _, messages = Judge(Config{}, Facts{Now: noon.Add(time.Hour), Feeds: []Feed{failing(856)}}, state); len(messages) != 1 {
		t.Errorf("not told: %v", messages)
	}
}

// Feeds are judged apart, and the state that was given is not changed.
func TestJudgeKeepsFeedsApart(t *testing.T) {
	one, two := failing(1), failing(2)
	one.Name, two.Name = "one", "two"
	before, _ := Judge(Config{}, Facts{Now: noon, Feeds: []Feed{one, two}}, State{})
	text, _ := json.Marshal(before)
	after, messages := Judge(Config{}, Facts{Now: noon.Add(time.Hour), Feeds: []Feed{two}}, before)
	if len(messages) != 1 || messages[0].Subject() != "[CRITICAL] two: dump 2 could not be loaded" {
		t.Errorf("told: %v", messages)
	}
	if _, there := after.Feeds["one"]; !there {
		t.Error("a feed that is not judged is forgotten")
	}
	if now, _ := json.Marshal(before); string(now) != string(text) {
		t.Errorf("the state was changed:\n%s\n%s", text, now)
	}
}

// Texts from the feed are one line, without what acts on a terminal, and not endless.
func TestTextsAreClean(t *testing.T) {
	got := clean("a\nb\x1b[31m\u202ec" + strings.Repeat("x", 1000))
	if strings.ContainsAny(got, "\n\x1b\u202e") || !strings.HasPrefix(got, "a b?[31m?c") || len([]rune(got)) != longestLine {
		t.Errorf("%q", got)
	}
}
