package alert

import (
	"testing"
	"time"
)

// Each way in which something is wrong with exports is an alert of its own, told when it begins and when it is over, and not
// with each run.
func TestExports(t *testing.T) {
	export := func(name string, troubles ...Trouble) Export { return Export{name, troubles} }
	trouble := func(k Kind, text string) Trouble { return Trouble{k, text, noon} }
	feed := func(all ...Export) Feed { return Feed{Exports: append([]Export{}, all...)} }
	for name, steps := range map[string][]step{
		"failed": {
			{0, feed(export("crm"), export("ads")), nil},
			{minute, feed(export("crm", trouble(ExportFailed, "no room")), export("ads")), []string{"[CRITICAL] shop: export crm failed | crm: no room"}},
			{2 * minute, Feed{}, nil}, // it is not known
			{3 * minute, feed(export("crm", trouble(ExportFailed, "no room at all")), export("ads")), nil},
			{4 * minute, feed(export("crm", trouble(ExportFailed, "no room")), export("ads", trouble(ExportFailed, "denied"))), []string{"[CRITICAL] shop: 2 exports failed | ads: denied"}},
			{5 * minute, feed(export("crm"), export("ads")), []string{"[RECOVERED] shop: no export fails any more"}},
		},
		"late": {
			{minute, feed(export("crm", trouble(ExportLate, "no run since"))), []string{"[WARNING] shop: export crm is late | crm: no run since"}},
			{2 * minute, feed(export("crm", trouble(ExportLate, "no run since"))), nil},
			{3 * minute, feed(export("crm")), []string{"[RECOVERED] shop: no export is late any more"}},
		},
		"slow": {
			{minute, feed(export("crm", trouble(ExportSlow, "90 s"))), []string{"[WARNING] shop: export crm takes long | crm: 90 s"}},
			{2 * minute, feed(export("crm", trouble(ExportSlow, "91 s"))), nil},
			{3 * minute, feed(export("crm")), []string{"[RECOVERED] shop: no export takes long any more"}},
		},
		"rejected": {
			{minute, feed(export("crm", trouble(ExportRejected, "9 of 10"))), []string{"[WARNING] shop: export crm leaves out many rows | crm: 9 of 10"}},
			{2 * minute, feed(export("crm", trouble(ExportRejected, "8 of 10"))), nil},
			{3 * minute, feed(export("crm")), []string{"[RECOVERED] shop: no export leaves out many rows any more"}},
		},
		"rows": {
			{minute, feed(export("crm", trouble(ExportRows, "1 after 9"))), []string{"[WARNING] shop: export crm has far fewer or more rows than before | crm: 1 after 9"}},
			{2 * minute, feed(export("crm")), []string{"[RECOVERED] shop: the exports have about as many rows as before"}},
		},
		"two ways at once": {
			{minute, feed(export("crm", trouble(ExportFailed, "no room"), trouble(ExportLate, "no run since"))),
				[]string{"[CRITICAL] shop: export crm failed | crm: no room", "[WARNING] shop: export crm is late | crm: no run since"}},
			{2 * minute, feed(export("crm", trouble(ExportLate, "no run since"))), []string{"[RECOVERED] shop: no export fails any more"}},
			{3 * minute, feed(), []string{"[RECOVERED] shop: no export is late any more"}}, // the sync is gone
		},
	} {
		t.Run(name, func(t *testing.T) { rounds(t, Config{}, steps) })
	}
	off := Config{Rules: map[Kind]Rule{ExportSlow: {Severity: Off}, ExportRows: {After: Span(time.Hour)}}}
	rounds(t, off, []step{
		{0, feed(export("crm", trouble(ExportSlow, "90 s"), trouble(ExportRows, "1 after 9"))), nil},
		{time.Hour, feed(export("crm", trouble(ExportSlow, "90 s"), trouble(ExportRows, "1 after 9"))),
			[]string{"[WARNING] shop: export crm has far fewer or more rows than before | crm: 1 after 9 (for 1 h 0 min)"}},
	})
}

func TestFeedUnreachable(t *testing.T) {
	look := func(text string, since time.Duration) Feed { return Feed{Look: &Look{text, noon.Add(since)}} }
	rounds(t, Config{}, []step{
		{0, look("no route\nto \x1b[31mhost", 0), nil},
		{14 * minute, look("", 0), nil},
		{20 * minute, look("denied", 20*minute), nil},
		{35 * minute, look("denied", 20*minute), []string{"[CRITICAL] shop: the feed cannot be looked at | denied (for 15 min)"}},
		{36 * minute, look("", 0), []string{"[RECOVERED] shop: the feed can be looked at again"}},
	})
}

func TestPublishFailed(t *testing.T) {
	copied := func(text string, since time.Duration) Feed { return Feed{Copy: &Copy{text, noon.Add(since)}} }
	rounds(t, Config{}, []step{
		{0, copied("no room", 0), nil},
		{15 * minute, copied("no room", 0), []string{"[WARNING] shop: the copy cannot be published | no room (for 15 min)"}},
		{20 * minute, Feed{}, nil},
		{6 * time.Hour, copied("no room", 0), []string{"[CRITICAL] shop: the copy cannot be published"}},
		{7 * time.Hour, copied("", 0), []string{"[RECOVERED] shop: the copy is published again"}},
	})
}
