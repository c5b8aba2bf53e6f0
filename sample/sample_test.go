package sample

import (
	"slices"
	"testing"
	"time"
)

// Whatever is asked for is there, the last place always, and each place on some day.
func TestSpread(t *testing.T) {
	for all := 1; all < 40; all++ {
		for n := 1; n <= all; n++ {
			seen := map[int]bool{}
			for turn := range all {
				places := spread(n, all, turn)
				if len(places) != n || !slices.IsSorted(places) || len(slices.Compact(slices.Clone(places))) != n || !slices.Contains(places, all-1) {
					t.Fatalf("%d of %d: %v", n, all, places)
				}
				for _, p := range places {
					seen[p] = true
				}
			}
			if n > 1 && len(seen) < all-all/n-1 {
				t.Errorf("%d of %d: only %d are ever seen", n, all, len(seen))
			}
		}
	}
}

func TestSeeds(t *testing.T) {
	t.Setenv(first, "")
	t.Setenv(Worlds, "")
	t.Setenv(turns, "")
	today := day(time.Now())
	seeds := Seeds(t, Worlds, 3, 200)
	if now := day(time.Now()); now == today && (len(seeds) != 3 || seeds[0] != today*3%200) {
		t.Errorf("today's are %v", seeds)
	}
	t.Setenv(Worlds, "5")
	if seeds := Seeds(t, Worlds, 3, 200); !slices.Equal(seeds, []int{0, 1, 2, 3, 4}) {
		t.Errorf("as many as are asked for: %v", seeds)
	}
	t.Setenv(first, "1234")
	if seeds := Seeds(t, Worlds, 3, 200); !slices.Equal(seeds, []int{1234, 1235, 1236, 1237, 1238}) {
		t.Errorf("from there on: %v", seeds)
	}
	t.Setenv(Steps, "")
	t.Setenv(turns, "1234")
	if places := Turn(t, 1, 1000); !slices.Equal(places, []int{234}) {
		t.Errorf("that day's are %v", places)
	}
	if Due(t, 0, 5) || !Due(t, 4, 5) {
		t.Error("day 1234 is not the last of five")
	}
	t.Setenv(Worlds, "all")
	if n := Count(t, Worlds, 3, 200); n != 200 {
		t.Errorf("all are %d", n)
	}
}

// Each has its turn once in a round of days.
func TestTurn(t *testing.T) {
	for all := 1; all < 20; all++ {
		for n := 1; n <= all; n++ {
			seen := map[int]int{}
			for day := range all {
				for _, place := range turn(n, all, 20000+day) {
					seen[place]++
				}
			}
			for place := range all {
				if seen[place] != n {
					t.Errorf("%d of %d: %d has its turn %d times in %d days", n, all, place, seen[place], all)
				}
			}
		}
	}
	t.Setenv(Steps, "all")
	if got := Turn(t, 1, 4); len(got) != 4 {
		t.Errorf("all of 4 are %v", got)
	}
}

// Each comes in time, and none twice a day, also where only every so many days count, and within another that was drawn.
func TestDraw(t *testing.T) {
	for all := 1; all < 20; all++ {
		for every := 1; every < 20; every++ {
			seen, within := map[int]bool{}, map[int]bool{}
			for day := range 200 * all {
				day, n := 20000+day*every, min(2, all)
				drawn := draw(n, all, day, "a")
				if len(slices.Compact(slices.Sorted(slices.Values(drawn)))) != n {
					t.Fatalf("%d of %d are %v", n, all, drawn)
				}
				for _, place := range drawn {
					seen[place] = true
				}
				if drawn[0] == 0 {
					within[draw(1, all, day, "a/b")[0]] = true
				}
			}
			if len(seen) != all || all < 8 && len(within) != all {
				t.Errorf("of %d, every %d days, only %d came, and %d within one that was drawn", all, every, len(seen), len(within))
			}
		}
	}
}
