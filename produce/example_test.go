package produce_test

import (
	"context"
	"fmt"

	"smew/bucket"
	"smew/produce"
)

// What a feed holds depends on the options alone; the second call writes the next day.
func ExampleFeed() {
	ctx := context.Background()
	b := bucket.NewMemory()
	for range 2 {
		summary, err := produce.Feed(ctx, b, produce.Options{Dumps: 1, Users: 20, Events: 50})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, dump := range summary.Dumps {
			fmt.Println("dump", dump.DumpID)
		}
	}
	for o, err := range b.List(ctx, "manifests/") {
		fmt.Println(o.Key, err)
	}
	// Output:
	// dump 852
	// dump 853
	// manifests/sync_852.json <nil>
	// manifests/sync_853.json <nil>
}

// A scenario says what makes the feed hard to load; mistakes in one are told with their place.
func ExampleParseScenario() {
	_, err := produce.ParseScenario([]byte("identity: {merges: 3\n"))
	fmt.Println(err != nil)
	s, err := produce.ScenarioNamed("everything")
	fmt.Println(s != nil, err)
	// Output:
	// true
	// true <nil>
}
