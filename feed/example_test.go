package feed_test

import (
	"errors"
	"fmt"

	"smew/feed"
)

// A manifest is read strictly: what a lenient reading could lose or misplace is an error that says where.
func ExampleParseManifest() {
	m, err := feed.ParseManifest([]byte(`{"dump_id": 852, "tables": [
		{"name": "users", "files": ["s3://csq-rs3-shop/sync_852/users/part-00000.avro"], "columns": ["user_id", "email"], "incremental": true},
		{"name": "order_completed", "files": [], "columns": ["event_id", "user_id"], "incremental": false}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, table := range m.Tables {
		fmt.Println(m.DumpID, table.Name, len(table.Files), "files, full resync:", !table.Incremental)
	}

	_, err = feed.ParseManifest([]byte(`{"dump_id": 852, "Dump_id": 853, "tables": []}`))
	var wrong *feed.ManifestError
	fmt.Println(errors.As(err, &wrong), err)

	// Output:
	// 852 users 1 files, full resync: false
	// 852 order_completed 0 files, full resync: true
	// true manifest: Dump_id: differs from "dump_id" only by case
}

// The columns of a table tell of what kind it is, and so what makes its rows unique (R4).
func ExampleKindOf() {
	fmt.Println(feed.KindOf("order_completed", []string{"event_id", "user_id", "amount"}) == feed.Events)
	fmt.Println(feed.KindOf("_event_metadata", []string{"name"}) == feed.Events)
	// Output:
	// true
	// false
}

// Keys are where a producer puts things.
func ExamplePartKey() {
	fmt.Println(feed.ManifestKey(852))
	fmt.Println(feed.PartKey(feed.Hive, 852, "users", 0, "5c1d0a3e-0c54-4f0b-9d5b-1d6c4e6c0f11"))
	// Output:
	// manifests/sync_852.json
	// sync_852/_heap_table_name=users/part-00000-5c1d0a3e-0c54-4f0b-9d5b-1d6c4e6c0f11.avro
}
