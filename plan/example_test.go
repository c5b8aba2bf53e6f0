package plan_test

import (
	"fmt"

	"smew/feed"
	"smew/plan"
)

// Two dumps wait. The higher one has a full resync of orders, so it goes first, and the parts that it replaces are not read.
func ExampleNew() {
	manifest := func(id int64, incremental bool) plan.Found {
		file := fmt.Sprintf("s3://shop/sync_%d/orders/part-00000.avro", id)
		orders := feed.Table{Name: "orders", Files: []string{file}, Columns: []string{"event_id", "user_id"}, Incremental: incremental}
		return plan.Found{Key: feed.ManifestKey(id), Manifest: &feed.Manifest{DumpID: id, Tables: []feed.Table{orders}}}
	}
	found := []plan.Found{manifest(852, true), manifest(853, false)}
	ledger := plan.Ledger{}

	for _, dump := range plan.New(found, ledger, plan.Source{Bucket: "shop"}).Dumps {
		for _, table := range dump.Tables {
			fmt.Println(dump.ID, table.Name, "spared:", ledger.Spared(dump, table))
		}
		ledger.Resyncs = map[string]int64{"orders": 853} // as the loader's ledger has it once 853 is in
	}
	// Output:
	// 853 orders spared: false
	// 852 orders spared: true
}

// DuckDB does not tell upper from lower case, so columns that differ in nothing else get numbers (R10).
func ExampleNames() {
	fmt.Println(plan.Names([]string{"user_id", "Plan", "plan", "smew_part"}, plan.ReservedColumns))
	// Output: [user_id Plan plan_2 smew_part_2]
}

// Rows count from the last full resync on, whatever came in which order (R5).
func ExampleLive() {
	at := func(id int64, full bool) plan.Delivery {
		return plan.Delivery{DumpID: id, Table: plan.Table{Full: full}}
	}
	live, spared := plan.Live([]plan.Delivery{at(852, false), at(853, true), at(854, false)})
	for _, d := range live {
		fmt.Println("counts:", d.DumpID)
	}
	for _, d := range spared {
		fmt.Println("replaced:", d.DumpID)
	}
	// Output:
	// counts: 854
	// counts: 853
	// replaced: 852
}
