package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"smew/avro"
)

// limits is what the flags say a part may ask for.
type limits struct {
	block, header  byteSize
	depth, fields  int
	withoutContent int64
}

func (l *limits) flags(flags *pflag.FlagSet) {
	flags.Var(&l.block, maxFlag(avro.LimitBlock), "most decompressed bytes of a block of a part, a `size` (default 64MiB)")
	flags.Var(&l.header, maxFlag(avro.LimitHeader), "most bytes of a part's header, with its schema, a `size` (default 4MiB)")
	flags.IntVar(&l.depth, maxFlag(avro.LimitDepth), 0, "most `levels` of nesting in a part (default 64)")
	flags.IntVar(&l.fields, maxFlag(avro.LimitFields), 0, "most fields, branches and symbols in a part's schema, a `number` (default 131072)")
	flags.Int64Var(&l.withoutContent, maxFlag(avro.LimitEmpty), 0, "most rows of a part, or values of a block, that take no bytes, a `number` (default 4194304)")
}

// maxFlag is the flag that sets a limit.
func maxFlag(l avro.LimitName) string { return "max-" + string(l) }

// check turns the flags into what package avro takes; what was not given stays its default.
func (l *limits) check() (avro.Limits, error) {
	if wrong := l.flaws(); len(wrong) > 0 {
		return avro.Limits{}, &usageError{wrong[0].Error(), ""}
	}
	return avro.Limits{BlockBytes: int64(l.block), HeaderBytes: int64(l.header), Depth: l.depth, Fields: l.fields, Empty: l.withoutContent}, nil
}

func (l *limits) flaws() (all flaws) {
	for _, f := range []struct {
		name  avro.LimitName
		value int64
	}{{avro.LimitDepth, int64(l.depth)}, {avro.LimitFields, int64(l.fields)}, {avro.LimitEmpty, l.withoutContent}} {
		all.add(f.value < 0, maxFlag(f.name), fmt.Sprint(f.value), "it must not be less than 0")
	}
	return all
}

// limitHint tells which flag lets a part pass that goes beyond a limit; "" if it does not.
func limitHint(err error) string {
	var damage *avro.DamageError
	if !errors.As(err, &damage) || damage.Limit == "" {
		return ""
	}
	return fmt.Sprintf("a part that is to be trusted is read with a higher limit: --%s", maxFlag(damage.Limit))
}

// byteSize is a flag for a number of bytes, such as 500000, 64MB or 1GiB.
type byteSize int64

var byteUnits = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}}

func (s *byteSize) Set(text string) error {
	digits, unit := strings.TrimSpace(text), int64(1)
	for _, u := range byteUnits {
		if rest, ok := cutSuffixFold(digits, u.name); ok {
			digits, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > 1<<62/unit {
		return fmt.Errorf("%q is no size such as 500000, 64MB or 1GiB", text)
	}
	*s = byteSize(n * unit)
	return nil
}

func cutSuffixFold(s, suffix string) (string, bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}

func (s *byteSize) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

func (s *byteSize) Type() string { return "size" }
