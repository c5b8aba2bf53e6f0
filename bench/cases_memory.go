package main

// memoryCases ask what loading takes of memory, left alone and held short.
func memoryCases() []benchCase {
	cases := []benchCase{{"memory/size", "loading 15M rows, beside 3M", func(b *bench, name string) error {
		large, err := b.feeds.get("rows-15M")
		if err != nil {
			return err
		}
		small, err := b.feeds.get("rows-3M")
		if err != nil {
			return err
		}
		sideA, sideB := b.smewLoad(large, "main"), b.smewLoad(small, "main")
		sideA.name, sideB.name = "smew, 15M rows", "smew, 3M rows"
		return b.pair(name, sideA, sideB, comparison{unrelated: "two sizes of one feed"})
	}}}
	for _, size := range []string{"3M", "15M"} {
		cases = append(cases, benchCase{"memory/limit-" + size, size + " rows with --memory 400MB, beside no limit", func(b *bench, name string) error {
			feed, err := b.feeds.get("rows-" + size)
			if err != nil {
				return err
			}
			held, free := b.smewLoad(feed, "main", "--memory", "400MB"), b.smewLoad(feed, "main")
			held.name, free.name = "smew, 400MB", "smew, no limit"
			return b.pair(name, held, free, comparison{})
		}})
	}
	return cases
}
