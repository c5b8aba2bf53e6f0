package produce

import (
	"fmt"
	"math"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"

	"smew/answer"
	"smew/feed"
)

// Options say which world is simulated and how its feed is written. Zero values
// stand for the defaults named here. A feed is continued by giving the same
// Seed, Users, Events, History, FirstDump, Start and Scenario again.
type Options struct {
	Seed      uint64
	Users     int       // people, 200
	Dumps     int       // dumps that Feed writes, 5
	Events    int       // events a day, about, 1000
	History   int       // events of the first dump, about, if it brings the months before; as the others
	FirstDump int64     // dump_id of the first day, 852; at most 2^63-1 less a million
	Start     time.Time // start of the first day, 2026-01-01 UTC
	Scenario  *Scenario // what makes the feed hard to load, the scenario "shop"

	Layout   feed.Layout
	Bucket   string        // name in the manifests' s3:// paths, csq-rs3-shop
	Prefix   string        // where the feed's keys begin
	Codec    string        // null, deflate or snappy, the default
	PartRows int           // rows in a part at most, 500
	UUID     func() string // for names of parts, random by default
	Workers  int           // parts written at once, as many as Go uses cores

	// Answer, if set, is given every dump whose manifest has appeared, those of a feed that is
	// continued too, and what is wrong on purpose.
	Answer *answer.Key
	// Progress, if set, is told of every part written, of one at a time.
	Progress func(Part)
}

// Part is one part that was written.
type Part struct {
	DumpID int64
	Table  string
	Key    string
	Rows   int
	Bytes  int64
}

// Environments returns the options of each of the scenario's environments by its name, or o alone
// under "" if there are none. Their feeds lie below prefixes of their names and have other people.
func (o Options) Environments() ([]string, []Options, error) {
	o, err := o.withDefaults()
	if err != nil || len(o.Scenario.Environments) == 0 {
		return []string{""}, []Options{o}, err
	}
	var each []Options
	for i, name := range o.Scenario.Environments {
		e, s := o, *o.Scenario
		s.Environments = nil
		e.Scenario, e.Seed, e.Prefix = &s, o.Seed+uint64(i)*1_000_003, o.Prefix+name+"/"
		each = append(each, e)
	}
	return o.Scenario.Environments, each, nil
}

// highestBegin is the highest dump_id that a feed may begin or go on with: a million may come after it.
const highestBegin = math.MaxInt64 - 1_000_000

func (o Options) withDefaults() (Options, error) {
	for _, n := range []struct {
		name  string
		value *int
		or    int
	}{{"users", &o.Users, 200}, {"dumps", &o.Dumps, 5}, {"events", &o.Events, 1000}, {"history", &o.History, 0},
		{"part rows", &o.PartRows, 500}, {"workers", &o.Workers, runtime.GOMAXPROCS(0)}} {
		if *n.value < 0 {
			return o, fmt.Errorf("%s: %d is negative", n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.or
		}
	}
	if o.FirstDump < 0 {
		return o, fmt.Errorf("first dump: %d is negative", o.FirstDump)
	}
	if o.FirstDump > highestBegin {
		return o, fmt.Errorf("first dump: %d is more than %d, with which the dump_ids after it are at most 2^63-1", o.FirstDump, highestBegin)
	}
	if o.FirstDump == 0 {
		o.FirstDump = 852
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Bucket == "" {
		o.Bucket = "csq-rs3-shop"
	}
	if o.Prefix != "" && !strings.HasSuffix(o.Prefix, "/") {
		o.Prefix += "/"
	}
	switch o.Codec {
	case "":
		o.Codec = "snappy"
	case "null", "deflate", "snappy":
	default:
		return o, fmt.Errorf("codec %q: not null, deflate or snappy", o.Codec)
	}
	if o.UUID == nil {
		o.UUID = uuid.NewString
	}
	if o.Scenario == nil {
		var err error
		if o.Scenario, err = ScenarioNamed(DefaultScenario); err != nil {
			return o, err
		}
	}
	return o, o.Scenario.validate()
}

// layoutOf is how the folders of a day's dump are laid out.
func (o Options) layoutOf(day int) feed.Layout {
	switch o.Scenario.Layout {
	case "hive":
		return feed.Hive
	case "plain":
		return feed.Plain
	case "mixed":
		return [2]feed.Layout{feed.Hive, feed.Plain}[day%2]
	}
	return o.Layout
}

// partKey names part n of a table, in the folder of a sync.
func (o Options) partKey(sync int64, day int, table string, n int) string {
	id := o.UUID()
	key := feed.PartKey(o.layoutOf(day), sync, table, n, id)
	if o.Scenario.PartName != "" {
		name := strings.NewReplacer("{table}", table, "{number}", fmt.Sprintf("%05d", n), "{uuid}", id).Replace(o.Scenario.PartName)
		key = path.Dir(key) + "/" + name
	}
	return o.Prefix + key
}
