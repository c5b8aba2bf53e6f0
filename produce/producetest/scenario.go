// Package producetest draws random scenarios for tests.
package producetest

import (
	"fmt"
	"math/rand/v2"

	"smew/produce"
)

// Dice draws what a random scenario has.
type Dice struct {
	*rand.Rand
	All bool // nothing is switched off
}

func (d Dice) share(most float64) float64 {
	if d.IntN(3) == 0 && !d.All {
		return 0
	}
	return d.Float64() * most
}

// upTo draws how many of something there are.
func (d Dice) upTo(n int) int {
	if d.All {
		return n
	}
	return d.IntN(n + 1)
}

// Of draws one of them.
func (d Dice) Of(names ...string) string { return names[d.IntN(len(names))] }

func (d Dice) day() int { return 1 + d.IntN(Days) }

func (d Dice) days() produce.Days {
	from := d.day()
	return produce.Days(d.Of(fmt.Sprint(from), fmt.Sprintf("%d-%d", from, from+d.IntN(3)), fmt.Sprintf("%d/%d", from, 2+d.IntN(4))))
}

// Days is how many days a scenario speaks of, after the first dump.
const Days = 6

var (
	scenarioTables  = []string{"users", "sessions", "pageviews", "product_viewed", "cart_updated", "checkout_started", "order_completed", "_event_metadata"}
	scenarioColumns = [][2]string{{"users", "plan"}, {"users", "joindate"}, {"users", "email"}, {"sessions", "time"}, {"sessions", "carrier"},
		{"pageviews", "title"}, {"order_completed", "amount"}, {"user_migrations", "time"}, {"cart_updated", "cart_total"}, {"_event_metadata", "event_name"}}
)

// Scenario is one with everything a feed may do, each switched on or off at random.
func (d Dice) Scenario() *produce.Scenario {
	s := &produce.Scenario{
		Duplicates:     produce.Duplicates{InPart: d.share(0.05), InDump: d.share(0.05), Later: d.share(0.1)},
		SecondIDs:      d.share(0.8),
		SharedEvents:   d.share(0.8),
		LateEvents:     d.share(0.2),
		InvalidDates:   d.share(0.3),
		Merges:         d.share(1),
		Corrections:    d.share(0.05),
		SharedIdentity: produce.SharedIdentity{Days: d.days(), IDs: d.IntN(40), Back: d.IntN(3)},
		Times:          produce.Times{Users: d.Of("", "ms", "us", "text", "mixed"), Events: d.Of("", "ms", "us", "text", "mixed")},
		FailedSyncs:    d.days(),
		Strays:         d.days(),
		EventMetadata:  d.IntN(3) > 0 || d.All,
		Layout:         d.Of("", "hive", "plain", "mixed"),
		PartName:       d.Of("", "{uuid}.avro", "{table}-{number}.{uuid}.avro"),
	}
	for range d.upTo(3) {
		s.Columns = append(s.Columns, d.columnDays())
	}
	for range d.upTo(3) {
		s.Tables = append(s.Tables, produce.TableDays{Table: d.Of(append(scenarioTables, "user_migrations")...), Off: d.days(), PartRows: d.IntN(30)})
	}
	for range d.upTo(4) {
		s.Resyncs = append(s.Resyncs, produce.Resync{Table: d.Of(scenarioTables...), Days: d.days(), Rows: d.Of("", "all", "some", "none", "empty-part")})
	}
	for range d.upTo(2) {
		s.Late = append(s.Late, produce.Late{Days: d.days(), By: 1 + d.IntN(3)})
	}
	for range d.upTo(1) {
		s.Jumps = append(s.Jumps, produce.Jump{Day: d.day(), To: 1_008_461_850})
	}
	for range d.upTo(2) {
		s.Definitions = append(s.Definitions, produce.Definitions{Days: d.days(), File: d.Of(produce.DefinitionsNames()...)})
	}
	names := produce.FaultNames()
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	s.Faults = names[:d.upTo(3)]
	return s
}

func (d Dice) columnDays() produce.ColumnDays {
	c := scenarioColumns[d.IntN(len(scenarioColumns))]
	return produce.ColumnDays{Table: c[0], Column: c[1], Missing: d.days()}
}
