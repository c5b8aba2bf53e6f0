package duck

import (
	"bytes"

	"smew/avro"
)

// instants writes what the texts of a column stand for, and NULL for those that instant does not read.
func (t *target) instants(batch *avro.Batch, column *avro.Vector, row int) {
	out := t.longs(row, batch.Rows)
	read := make([]uint64, (batch.Rows+63)/64)
	all := true
	for i, span := range column.Spans[:batch.Rows] {
		if column.Nulls == 0 || column.Valid[i/64]>>(i%64)&1 == 1 {
			if micros, ok := instant(batch.Bytes(span)); ok {
				out[i] = micros
				read[i/64] |= 1 << (i % 64)
				continue
			}
		}
		all = false
	}
	if !all {
		t.nulls(read, row, batch.Rows)
	}
}

// instant reads how feeds write nearly all times, as smew.instant does, in microseconds since 1970: date and time with up to six
// digits of a second's fraction, in UTC, or a whole number of seconds, milliseconds or microseconds. That macro is the
// definition; whatever is not certainly one of these is left to it.
func instant(text []byte) (micros int64, ok bool) {
	if len(text) < len("2026-01-02 03:04:05") {
		return epoch(text)
	}
	if last := text[len(text)-1]; last == 'Z' {
		text = text[:len(text)-1]
	} else if last == 'C' {
		text = bytes.TrimSuffix(text, []byte(" UTC"))
	}
	if len(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' && text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	century, year, month, day := two(text, 0), two(text, 2), two(text, 5), two(text, 8)
	hour, minute, second := two(text, 11), two(text, 14), two(text, 17)
	if century > 99 || year > 99 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	year += 100 * century
	if year == 0 || day < 1 || day > lastDay(year, month) {
		return 0, false
	}
	parts, ok := fraction(text[19:])
	return ((days(year, month, day)*24+hour)*60+minute)*60_000_000 + second*1_000_000 + parts, ok
}

// two is the number that two digits write, more than 99 where they are none.
func two(text []byte, at int) int64 {
	tens, ones := text[at]-'0', text[at+1]-'0'
	if tens > 9 || ones > 9 {
		return 100
	}
	return int64(tens)*10 + int64(ones)
}

// fraction is what follows the seconds, in microseconds.
func fraction(text []byte) (micros int64, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != '.' || len(text) < 2 || len(text) > 7 {
		return 0, false
	}
	if micros, ok = whole(text[1:]); !ok {
		return 0, false
	}
	for range 7 - len(text) {
		micros *= 10
	}
	return micros, true
}

func whole(digits []byte) (n int64, ok bool) {
	for _, c := range digits {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = 10*n + int64(c)
	}
	return n, true
}

// epoch is a whole number as an instant: its magnitude tells the unit.
func epoch(text []byte) (micros int64, ok bool) {
	if len(text) == 0 || len(text) > 17 {
		return 0, false
	}
	n, ok := whole(text)
	switch {
	case n <= 99_999_999_999:
		n *= 1_000_000
	case n <= 99_999_999_999_999:
		n *= 1_000
	}
	return n, ok
}

func lastDay(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// days counts from 1970 to a date, years beginning in March so that the leap day is the last.
func days(year, month, day int64) int64 {
	if month -= 3; month < 0 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1 - 719468
}
