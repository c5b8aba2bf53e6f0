package plan

import (
	"errors"
	"fmt"
	"testing"

	"smew/feed"
)

// Reload takes the manifest as it is now: from the key that the dump was loaded from, else from the one
// content that there is.
func TestReload(t *testing.T) {
	manifest := func(key string, id int64, tables ...feed.Table) Found {
		return Found{Key: key, ETag: "e", Manifest: &feed.Manifest{DumpID: id, Tables: tables}}
	}
	one, two := feed.Table{Name: "one"}, feed.Table{Name: "two"}
	ledger := Ledger{Dumps: map[int64]Loaded{7: {Key: "b"}}}
	for _, c := range []struct {
		name   string
		found  []Found
		want   string // key, copies, tables
		failed error
	}{
		{"changed", []Found{manifest("b", 7, two)}, "b 0 [two]", nil},
		{"moved", []Found{manifest("z", 8, one), manifest("c", 7, one)}, "c 0 [one]", nil},
		{"copies", []Found{manifest("a", 7, one), manifest("b", 7, one)}, "b 1 [one]", nil},
		{"another one beside", []Found{manifest("a", 7, two), manifest("b", 7, one), manifest("c", 7, one)}, "b 1 [one]", nil},
		{"others only, which differ", []Found{manifest("a", 7, two), manifest("c", 7, one)}, "", ErrConflict},
		{"none", []Found{manifest("b", 8, two)}, "", ErrNoManifest},
	} {
		d, err := Reload(7, c.found, ledger, Source{})
		if !errors.Is(err, c.failed) {
			t.Errorf("%s: %v, want %v", c.name, err, c.failed)
		}
		if err != nil {
			continue
		}
		var names []string
		for _, table := range d.Tables {
			names = append(names, table.Name)
		}
		if got := fmt.Sprintf("%s %d %v", d.Key, len(d.Copies), names); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	var missing *NotLoadedError
	if _, err := Reload(8, []Found{manifest("b", 8)}, ledger, Source{}); !errors.As(err, &missing) {
		t.Errorf("a dump that is not loaded: %v", err)
	}
}

func TestLive(t *testing.T) {
	ids := func(all []Delivery) (ids []int64) {
		for _, d := range all {
			ids = append(ids, d.DumpID)
		}
		return ids
	}
	at := func(id int64, full bool) Delivery { return Delivery{id, Table{Full: full}} }
	for _, c := range []struct {
		all  []Delivery
		want string
	}{
		{nil, "[] []"},
		{[]Delivery{at(2, false), at(1, false), at(3, false)}, "[3 2 1] []"},
		{[]Delivery{at(2, true), at(1, false), at(3, false), at(0, true)}, "[3 2] [1 0]"},
		{[]Delivery{at(1, true), at(4, true)}, "[4] [1]"},
	} {
		live, spared := Live(c.all)
		if got := fmt.Sprint(ids(live), ids(spared)); got != c.want {
			t.Errorf("%v: %s, want %s", ids(c.all), got, c.want)
		}
	}
}
