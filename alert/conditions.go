package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// condition is one thing that is so at present: what a feed's alert of a kind is about.
type condition struct {
	subject string // tells it from others of its kind
	since   time.Time
	title   string
	detail  string
	notice  bool // it happened, and is not over at any time
}

// conditions gathers what is so with a feed, for each kind that something is known of. fresh are the dumps that came in last.
func conditions(c Config, f Feed, expected Expected, fresh []int64, now time.Time) map[Kind][]condition {
	found := map[Kind][]condition{}
	if f.Look != nil {
		found[FeedUnreachable] = unreachable(*f.Look)
	}
	if f.Copy != nil {
		found[PublishFailed] = unpublished(*f.Copy)
	}
	if f.Exports != nil {
		exports(f.Exports, found)
	}
	if l := f.Ledger; l != nil {
		found[FeedLate] = late(expected, *l, c.Rule(FeedLate).MaxAge.Span, now)
		found[ReportFailed] = report(l.Report)
		found[DumpFailed] = failures(l.Failures)
		found[RowsQuarantined] = quarantined(l.Quarantined)
		found[RowsDropped] = dropped(l.Dumps, fresh, c.Rule(RowsDropped))
		found[SchemaChanged] = changes(l.Changes)
		found[DefinitionsBad] = definitions(l.Definitions)
	}
	return found
}

func unreachable(l Look) []condition {
	if l.Error == "" {
		return nil
	}
	return []condition{{since: l.Since, title: "the feed cannot be looked at", detail: l.Error}}
}

func unpublished(c Copy) []condition {
	if c.Error == "" {
		return nil
	}
	return []condition{{since: c.Since, title: "the copy cannot be published", detail: c.Error}}
}

// exportTitle says of an export what is wrong with it.
func exportTitle(k Kind, name string) string {
	switch k {
	case ExportLate:
		return "export " + name + " is late"
	case ExportSlow:
		return "export " + name + " takes long"
	case ExportRejected:
		return "export " + name + " leaves out many rows"
	case ExportRows:
		return "export " + name + " has far fewer or more rows than before"
	}
	return "export " + name + " failed"
}

// exports puts into found what is so with exports, in each way in which something may be wrong with them.
func exports(all []Export, found map[Kind][]condition) {
	for _, k := range []Kind{ExportFailed, ExportLate, ExportSlow, ExportRejected, ExportRows} {
		found[k] = nil
		for _, e := range all {
			for _, t := range e.Troubles {
				if t.Kind == k {
					found[k] = append(found[k], condition{subject: e.Name, since: t.Since, title: exportTitle(k, e.Name), detail: e.Name + ": " + t.Text})
				}
			}
		}
	}
}

// early is how much sooner than it is due a dump may come, as a share of the time from its announcement, and at most.
const early, mostEarly = 10, 15 * time.Minute

// expect follows what is announced: a report that tells of success, or at least of no failure,
// announces a dump, and a dump that is new about then or later is that one. What comes sooner is the dump of the
// report itself, which can be seen after it, or one that nobody announced: the announced one is still due. So is what
// a failed sync was to bring.
func expect(before Expected, l Ledger, now time.Time) Expected {
	e := before
	if r := l.Report; r != nil && r.NextSyncAt != nil && (!r.failed() || e.Due.IsZero()) && !r.NextSyncAt.Equal(e.Due) {
		return Expected{Due: *r.NextSyncAt, Learned: now, Highest: l.Highest}
	}
	if l.Highest <= e.Highest || e.Came {
		return e
	}
	came := now
	if l.Arrived.After(e.Learned) && l.Arrived.Before(now) {
		came = l.Arrived // rounds can be far apart
	}
	e.Came = !came.Before(e.Due.Add(-min(e.Due.Sub(e.Learned)/early, mostEarly)))
	e.Highest = l.Highest
	return e
}

func late(e Expected, l Ledger, maxAge time.Duration, now time.Time) (found []condition) {
	if !e.Due.IsZero() && !e.Came && now.After(e.Due) {
		found = append(found, condition{
			subject: "due", since: e.Due, title: "the next dump is late",
			detail: fmt.Sprintf("it was due at %s; the last one that is known is %s", at(e.Due), dumpName(e.Highest)),
		})
	}
	if maxAge > 0 && !l.Arrived.IsZero() && now.Sub(l.Arrived) > maxAge {
		found = append(found, condition{
			subject: "age", since: l.Arrived.Add(maxAge), title: "no dump came for " + maxAge.String(),
			detail: fmt.Sprintf("the last one, %s, came at %s", dumpName(l.Highest), at(l.Arrived)),
		})
	}
	return found
}

// failed tells whether a report speaks of a failed sync. Only "succeeded" is documented: whatever
// else stands there for hours is worth a look.
func (r *Report) failed() bool {
	return r.Error != "" || r.Status != "" && !strings.EqualFold(r.Status, "succeeded")
}

func report(r *Report) []condition {
	if r == nil || !r.failed() {
		return nil
	}
	c := condition{title: fmt.Sprintf("the last sync is reported as %q", r.Status), detail: r.Key}
	if r.Status == "" {
		c.title = "the last sync is reported with an error"
	}
	if r.FinishedAt != nil {
		c.since = *r.FinishedAt
	}
	if r.Error != "" {
		c.detail += ": " + r.Error
	}
	return []condition{c}
}

func failures(all []Failure) (found []condition) {
	for _, f := range all {
		name := "manifest " + f.Manifest
		if f.Dump != nil {
			name = dumpName(*f.Dump)
		}
		found = append(found, condition{subject: f.Manifest, since: f.Since, title: name + " could not be loaded", detail: f.Manifest + ": " + f.Error})
	}
	return found
}

func quarantined(all []Quarantined) (found []condition) {
	for _, q := range all {
		found = append(found, condition{
			subject: fmt.Sprintf("%d/%s", q.Dump, q.Table), title: "rows of " + q.Table + " were set aside",
			detail: fmt.Sprintf("%s, %s: %s set aside in smew.quarantine", dumpName(q.Dump), q.Table, counted(q.Rows, "row")),
		})
	}
	return found
}

func changes(all []Change) (found []condition) {
	for _, c := range all {
		var what []string
		if len(c.Added) > 0 && !c.New {
			what = append(what, "new: "+strings.Join(c.Added, ", "))
		}
		if len(c.Gone) > 0 {
			what = append(what, "gone: "+strings.Join(c.Gone, ", "))
		}
		title := "the columns of " + c.Table + " changed"
		if c.New {
			title = "there is a new table, " + c.Table
			what = append(what, counted(int64(len(c.Added)), "column"))
		}
		found = append(found, condition{
			subject: fmt.Sprintf("%d/%s", c.Dump, c.Table), title: title, notice: true,
			detail: fmt.Sprintf("%s, %s: %s", dumpName(c.Dump), c.Table, strings.Join(what, "; ")),
		})
	}
	return found
}

func definitions(d *Definitions) []condition {
	if d == nil || d.Problem == "" {
		return nil
	}
	return []condition{{
		title:  "the property definitions are not understood",
		detail: fmt.Sprintf("%s, %s: %s", dumpName(d.Dump), d.Key, d.Problem),
	}}
}

// A table is held against so many dumps before, if there are at least so many: four weeks of a feed
// that comes daily, and a day of one that comes hourly.
const mostBefore, fewestBefore = 28, 3

// Window is how many dumps of a Ledger are looked at.
const Window = mostBefore + 1

// arrive follows which dumps came in: those that a round finds new are fresh until others come. At first the highest is.
func arrive(before Arrivals, dumps []Dump) Arrivals {
	var known, fresh []int64
	for _, d := range dumps {
		known = append(known, d.ID)
		if !slices.Contains(before.Known, d.ID) {
			fresh = append(fresh, d.ID)
		}
	}
	switch {
	case len(before.Known) == 0:
		fresh = known[:min(1, len(known))]
	case len(fresh) == 0:
		fresh = before.Fresh
	}
	return Arrivals{Known: known, Fresh: fresh}
}

// dropped holds the tables of the last dump, and of all that came in with it, against the dumps before them. A full resync is
// held against full resyncs, an increment against increments. Of several dumps that are low the highest is told.
func dropped(dumps []Dump, fresh []int64, r Rule) (found []condition) {
	told := map[string]bool{}
	for i, d := range dumps {
		if i > 0 && !slices.Contains(fresh, d.ID) {
			continue
		}
		for _, t := range d.Tables {
			if usual, of := usually(t, dumps[i+1:]); of >= fewestBefore && usual >= r.MinRows && !told[t.Name] &&
				float64(t.Rows) <= float64(usual)*float64(100-r.Drop)/100 {
				told[t.Name] = true
				found = append(found, condition{
					subject: t.Name, title: "far fewer rows of " + t.Name + " than before",
					detail: fmt.Sprintf("%s brought %s of %s; of the %d before, the middle one brought %d", dumpName(d.ID), counted(t.Rows, "row"), t.Name, of, usual),
				})
			}
		}
	}
	return found
}

// usually is how many rows the middle one of the dumps before brought of a table, and of how many dumps that is.
func usually(t Table, before []Dump) (usual int64, of int) {
	var rows []int64
	for _, d := range before {
		i := slices.IndexFunc(d.Tables, func(o Table) bool { return o.Name == t.Name && o.Full == t.Full })
		if i >= 0 && len(rows) < mostBefore {
			rows = append(rows, d.Tables[i].Rows)
		}
	}
	if len(rows) == 0 {
		return 0, 0
	}
	slices.Sort(rows)
	return rows[len(rows)/2], len(rows)
}

func dumpName(id int64) string {
	if id == 0 {
		return "none"
	}
	return fmt.Sprintf("dump %d", id)
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
