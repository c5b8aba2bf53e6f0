package spark_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"smew/spark"
	"smew/spark/connect"
	"smew/spark/driver"
)

// sight is what somebody saw of a table: how many rows, and a sum over them.
type sight struct{ rows, sum int64 }

// reader reads the tables by their tags, again and again, while others write them.
type reader struct {
	b      *both
	remote string
	stop   chan struct{}
	done   chan struct{}
	err    error
	seen   map[int64]map[string]sight // by version of the head
	want   map[int64]map[string]int64 // rows that DuckDB has, of some versions
}

func newReader(b *both, remote string) *reader {
	r := &reader{b: b, remote: remote, stop: make(chan struct{}), done: make(chan struct{}),
		seen: map[int64]map[string]sight{}, want: map[int64]map[string]int64{}}
	go func() {
		defer close(r.done)
		r.err = r.read()
	}()
	return r
}

// read looks until it is stopped. A driver that was killed takes the session along, which is no reader's fault.
func (r *reader) read() error {
	for {
		session, err := connect.Open(context.Background(), r.remote, connect.Options{Patience: time.Minute})
		for err == nil {
			select {
			case <-r.stop:
				return errors.Join(r.look(session), session.Close())
			case <-time.After(300 * time.Millisecond): // leaves some of the machine to the loader
				err = r.look(session)
			}
		}
		if !lost(err) {
			return err
		}
	}
}

// lost says that a driver is gone, and the session with it.
func lost(err error) bool {
	var said *driver.Error
	var server *connect.ServerError
	return errors.As(err, &said) && strings.HasPrefix(said.Class, "INVALID_HANDLE.") || errors.As(err, &server)
}

func (r *reader) look(session spark.Session) error {
	ctx := context.Background()
	version, state, err := spark.ReadHead(ctx, session, spark.Place{})
	var empty *spark.HeadError
	if errors.As(err, &empty) {
		return nil
	}
	if err != nil {
		return err
	}
	var queries []string
	for _, s := range state.Shown(spark.Place{}) {
		queries = append(queries, "SELECT "+spark.QuoteText(s.Name)+", count(*), coalesce(bit_xor(xxhash64(*)), 0L) FROM ("+s.Query+")")
	}
	rows, err := session.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
	if err != nil {
		return fmt.Errorf("read version %d: %w", version, err)
	}
	seen := map[string]sight{}
	for _, row := range rows {
		seen[row[0].(string)] = sight{row[1].(int64), row[2].(int64)}
	}
	if before := r.seen[version]; before != nil && !maps.Equal(before, seen) {
		return fmt.Errorf("version %d was first %v, then %v", version, before, seen)
	}
	r.seen[version] = seen
	return nil
}

// loaded notes what whoever reads now must see.
func (r *reader) loaded() {
	r.b.t.Helper()
	version, _, err := spark.ReadHead(r.b.t.Context(), r.b.session, spark.Place{})
	if err != nil {
		r.b.t.Fatal(err)
	}
	r.want[version] = r.b.counts()
}

// end stops reading, once the last commit was seen, and returns the different numbers of rows that were seen, in order. Whoever read while
// DuckDB had the same dumps loaded must have seen its numbers.
func (r *reader) end() (counts []map[string]int64) {
	r.b.t.Helper()
	close(r.stop)
	<-r.done
	if r.err != nil {
		r.b.t.Fatalf("a reader: %v", r.err)
	}
	for _, version := range slices.Sorted(maps.Keys(r.seen)) {
		rows := map[string]int64{}
		for name, s := range r.seen[version] {
			rows[name] = s.rows
		}
		if want := r.want[version]; want != nil && !maps.Equal(want, rows) {
			r.b.t.Errorf("a reader of version %d saw %v, want %v", version, rows, want)
		}
		if len(counts) == 0 || !maps.Equal(counts[len(counts)-1], rows) {
			counts = append(counts, rows)
		}
	}
	return counts
}
