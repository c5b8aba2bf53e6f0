package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics tells: of each feed its state when it is asked, and what queries took.
type metrics struct {
	registry *prometheus.Registry
	queries  *prometheus.CounterVec
	seconds  prometheus.Histogram
}

func newMetrics(s *server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "smew_queries_total", Help: "Queries of the console and the API by how they ended.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "smew_query_duration_seconds", Help: "How long queries took.", Buckets: []float64{.01, .05, .25, 1, 5, 30, 120},
		}),
	}
	for _, outcome := range []string{"done", "sql", "too_slow", "cancelled", "busy"} {
		m.queries.WithLabelValues(outcome)
	}
	m.registry.MustRegister(m.queries, m.seconds, feedCollector{s}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// ran counts a query.
func (m *metrics) ran(err error, took time.Duration) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
		var known *httpError
		if errors.As(err, &known) {
			outcome = known.code
		}
		var busy *BusyError
		if errors.As(err, &busy) {
			outcome = "busy"
		}
	}
	m.queries.WithLabelValues(outcome).Inc()
	m.seconds.Observe(took.Seconds())
}

// feedCollector reads the feeds' states when the metrics are asked for.
type feedCollector struct{ s *server }

// gauge is a metric of a feed, with how it comes from the state. A value that is not known is left out.
type gauge struct {
	*prometheus.Desc
	value func(s State, now time.Time) (float64, bool)
}

func always(f func(State) float64) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) { return f(s), true }
}

func instant(f func(State) *time.Time) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) {
		t := f(s)
		if t == nil {
			return 0, false
		}
		return float64(t.UnixMilli()) / 1000, true
	}
}

func ofLast(f func(Dump) float64) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) {
		if len(s.History) == 0 {
			return 0, false
		}
		return f(s.History[0]), true
	}
}

// following is for how long something of a feed that is followed has gone on; 0: it does not.
func following(f func(Following) *time.Time) func(State, time.Time) (float64, bool) {
	return func(s State, now time.Time) (float64, bool) {
		if s.Following == nil {
			return 0, false
		}
		return since(f(*s.Following), now).Seconds(), true
	}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, append([]string{"feed"}, labels...), nil)
}

var gauges = []gauge{
	{describe("smew_dumps", "Dumps in the database."), always(func(s State) float64 { return float64(s.Dumps) })},
	{describe("smew_highest_dump_id", "The highest dump_id in the database."), func(s State, _ time.Time) (float64, bool) {
		if s.Highest == nil {
			return 0, false
		}
		return float64(*s.Highest), true
	}},
	{describe("smew_failed_dumps", "Manifests that the database does not reflect."), always(func(s State) float64 { return float64(len(s.Failures)) })},
	{describe("smew_last_load_timestamp_seconds", "When a dump was last loaded."), ofLast(func(d Dump) float64 { return float64(d.LoadedAt.UnixMilli()) / 1000 })},
	{describe("smew_last_load_duration_seconds", "How long the last load took."), ofLast(func(d Dump) float64 { return d.Seconds })},
	{describe("smew_last_load_bytes", "Bytes of parts that the last load read."), ofLast(func(d Dump) float64 { return float64(d.Bytes) })},
	{describe("smew_last_load_rows", "Rows that the last load read."), ofLast(func(d Dump) float64 { return float64(d.Rows) })},
	{describe("smew_next_sync_timestamp_seconds", "When the next dump is due."), instant(func(s State) *time.Time { return s.NextSync })},
	{describe("smew_late_seconds", "For how long the next dump has been due; 0: it is not."), func(s State, now time.Time) (float64, bool) {
		return s.late(now).Seconds(), true
	}},
	{describe("smew_last_look_timestamp_seconds", "When the feed was last looked at."), instant(func(s State) *time.Time {
		if s.Following == nil {
			return nil
		}
		return s.Following.LastLook
	})},
	{describe("smew_look_failing_seconds", "For how long looks at the feed have failed; 0: they do not."), following(func(f Following) *time.Time { return f.FailingSince })},
	{describe("smew_publish_failing_seconds", "For how long the copy could not be published; 0: it can."), following(func(f Following) *time.Time { return f.PublishFailing })},
	{describe("smew_database_bytes", "Size of the database file."), always(func(s State) float64 { return float64(s.Bytes) })},
	{describe("smew_merged_ids", "Ids that are mapped to another (R8)."), always(func(s State) float64 { return float64(s.People.IDs) })},
	{describe("smew_merged_people", "People that ids are mapped to (R8)."), always(func(s State) float64 { return float64(s.People.Persons) })},
	{describe("smew_healthy", "Whether the feed is fresh and in whole: 1 or 0."), always(func(s State) float64 {
		if s.Health.Level == OK || s.Health.Level == Warning {
			return 1
		}
		return 0
	})},
}

// tableGauges are those of each table.
var tableGauges = []struct {
	*prometheus.Desc
	value func(Table) int64
}{
	{describe("smew_table_rows", "Rows that a table shows.", "table"), func(t Table) int64 { return t.Rows }},
	{describe("smew_table_delivered_rows", "Rows of a table that were ever read.", "table"), func(t Table) int64 { return t.Delivered }},
	{describe("smew_table_superseded_rows", "Rows of a table that gave way to newer ones.", "table"), func(t Table) int64 { return t.Superseded }},
	{describe("smew_table_invalidated_rows", "Rows of a table that full resyncs removed.", "table"), func(t Table) int64 { return t.Invalidated }},
	{describe("smew_table_quarantined_rows", "Rows of a table that are set aside.", "table"), func(t Table) int64 { return t.Quarantined }},
}

// exportGauges are those of each export, of its last run that was done.
var exportGauges = []struct {
	*prometheus.Desc
	value func(ExportRun) float64
}{
	{describe("smew_export_last_done_timestamp_seconds", "When a run of an export was last done.", "export"), func(r ExportRun) float64 {
		if r.Ended == nil {
			return 0
		}
		return float64(r.Ended.UnixMilli()) / 1000
	}},
	{describe("smew_export_duration_seconds", "How long the last run of an export took.", "export"), func(r ExportRun) float64 { return r.Seconds }},
	{describe("smew_export_rows", "Rows that the last run of an export sent.", "export"), func(r ExportRun) float64 { return float64(r.Rows) }},
	{describe("smew_export_model_rows", "Rows that an export's model had at its last run.", "export"), func(r ExportRun) float64 { return float64(r.ModelRows) }},
	{describe("smew_export_left_out_rows", "Rows that the last run of an export left out.", "export"), func(r ExportRun) float64 { return float64(r.LeftOut) }},
	{describe("smew_export_files", "Files that the last run of an export wrote.", "export"), func(r ExportRun) float64 { return float64(r.FileCount) }},
	{describe("smew_export_bytes", "Bytes that the last run of an export wrote.", "export"), func(r ExportRun) float64 { return float64(r.Bytes) }},
}

// exportTroubles is of each export, whether or not a run was done.
var exportTroubles = describe("smew_export_troubles", "In how many ways something is wrong with an export.", "export")

var up = describe("smew_up", "Whether the feed's database could be read: 1 or 0.")

// Describe is of prometheus.Collector.
func (c feedCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- up
	for _, g := range gauges {
		ch <- g.Desc
	}
	for _, g := range tableGauges {
		ch <- g.Desc
	}
	ch <- exportTroubles
	for _, g := range exportGauges {
		ch <- g.Desc
	}
}

// Collect is of prometheus.Collector.
func (c feedCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for i := range c.s.Feeds {
		name := c.s.Feeds[i].Name
		state, err := c.s.state(ctx, &c.s.Feeds[i])
		if err != nil || state.ReadAt == nil {
			ch <- prometheus.MustNewConstMetric(up, prometheus.GaugeValue, 0, name)
			continue
		}
		ch <- prometheus.MustNewConstMetric(up, prometheus.GaugeValue, 1, name)
		for _, g := range gauges {
			if value, known := g.value(state, c.s.Now()); known {
				ch <- prometheus.MustNewConstMetric(g.Desc, prometheus.GaugeValue, value, name)
			}
		}
		for _, t := range state.Tables {
			for _, g := range tableGauges {
				ch <- prometheus.MustNewConstMetric(g.Desc, prometheus.GaugeValue, float64(g.value(t)), name, t.Name)
			}
		}
		for _, e := range state.Exports {
			collectExport(e, name, ch)
		}
	}
}

func collectExport(e Export, feed string, ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(exportTroubles, prometheus.GaugeValue, float64(len(e.Troubles)), feed, e.Name)
	if last := e.done(); last != nil {
		for _, g := range exportGauges {
			ch <- prometheus.MustNewConstMetric(g.Desc, prometheus.GaugeValue, g.value(*last), feed, e.Name)
		}
	}
}
