// Package sample says how much the tests do that could go on without end: a little, and each day another little, so that in time all
// of it is seen; or as much as the environment says (make soak).
package sample

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// What the environment counts.
const (
	Worlds    = "SMEW_TEST_WORLDS"    // random feeds
	Scenarios = "SMEW_TEST_SCENARIOS" // random scenarios that are produced
	Kills     = "SMEW_TEST_KILLS"     // processes that are killed
	Steps     = "SMEW_TEST_STEPS"     // operations at which something happens
)

const (
	first = "SMEW_TEST_SEED" // the seed to begin with, in place of the day's
	turns = "SMEW_TEST_DAY"  // the day whose turn it is, in place of today: so many since 1970
)

// Count is how often a test tries something: as often as the environment's variable of that name says, where "all" is all, or
// else usually.
func Count(tb testing.TB, name string, usually, all int) int {
	tb.Helper()
	text := os.Getenv(name)
	switch text {
	case "":
		return min(usually, all)
	case "all":
		return all
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		tb.Fatalf("%s is %q", name, text)
	}
	return min(n, all)
}

// Seeds are what as many random things are made from as Count says, out of 0 to all: those of the day or, where the environment
// counts, from 0 on. A test that fails names its seed, and SMEW_TEST_SEED has it begin there.
func Seeds(tb testing.TB, name string, usually, all int) []int {
	tb.Helper()
	n := Count(tb, name, usually, all)
	begin, given := given(tb, first)
	if !given && os.Getenv(name) == "" {
		begin = today(tb) * n
	}
	seeds := make([]int, n)
	for i := range seeds {
		if seeds[i] = begin + i; !given {
			seeds[i] %= all
		}
	}
	return seeds
}

// Places are as many of the numbers from 0 to below all as Count says for Steps, evenly apart, and the last one: those of the day.
func Places(tb testing.TB, usually, all int) []int {
	tb.Helper()
	n := max(1, Count(tb, Steps, usually, all))
	return spread(n, all, today(tb))
}

func spread(n, all, turn int) []int {
	places := make([]int, 0, n)
	for i := range n {
		from, to := i*all/n, (i+1)*all/n
		places = append(places, from+turn%(to-from))
	}
	if last := all - 1; !slices.Contains(places, last) {
		places[n-1] = last
	}
	return places
}

// Turn is as many of the numbers from 0 to below all as Count says for Steps: those whose turn it is today, so that each has one.
func Turn(tb testing.TB, usually, all int) []int {
	tb.Helper()
	return turn(max(1, Count(tb, Steps, usually, all)), all, today(tb))
}

func turn(n, all, day int) []int {
	places := make([]int, n)
	for i := range places {
		places[i] = (day*n + i) % all
	}
	return places
}

// Due says whether this is a day for a test that comes once in every so many, or all are asked for.
func Due(tb testing.TB, day, every int) bool {
	tb.Helper()
	return slices.Contains(Turn(tb, 1, every), day)
}

// Draw is Turn for tests that come on some days only, and whose turns might fall on the others: which numbers come is drawn by
// the day and the test's name.
func Draw(tb testing.TB, usually, all int) []int {
	tb.Helper()
	return draw(max(1, Count(tb, Steps, usually, all)), all, today(tb), tb.Name())
}

func draw(n, all, day int, name string) []int {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(uint64(day), h.Sum64())).Perm(all)[:n]
}

// given is the number that the environment gives, if it does.
func given(tb testing.TB, name string) (n int, given bool) {
	tb.Helper()
	text := os.Getenv(name)
	if text == "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		tb.Fatalf("%s is %q", name, text)
	}
	return n, true
}

func today(tb testing.TB) int {
	tb.Helper()
	if day, given := given(tb, turns); given {
		return day
	}
	return day(time.Now())
}

func day(t time.Time) int { return int(t.Unix() / 86400) }
