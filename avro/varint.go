package avro

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// readLong reads the zig-zag number at pos and returns it with the position after it; that is
// -1 if the data ends in it, -2 if it takes more than 64 bits.
func readLong(data []byte, pos int) (int64, int) {
	var u uint64
	for shift := uint(0); ; shift += 7 {
		if pos >= len(data) {
			return 0, -1
		}
		c := data[pos]
		pos++
		if shift == 63 && c > 1 {
			return 0, -2
		}
		u |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int64(u>>1) ^ -int64(u&1), pos
		}
	}
}

// oneByte reads the number at pos if it takes one byte, as nearly all do. It is small enough to
// be inlined.
func oneByte(data []byte, pos int) (v int64, ok bool) {
	if uint(pos) >= uint(len(data)) {
		return 0, false
	}
	c := data[pos]
	return int64(c>>1) ^ -int64(c&1), c < 0x80
}

// badVarint turns a negative position from readLong into an error.
func badVarint(pos int) error {
	if pos == -2 {
		return errVarint
	}
	return errShort
}

// long is readLong with an error.
func long(data []byte, pos int) (int64, int, error) {
	v, next := readLong(data, pos)
	if next < 0 {
		return 0, pos, badVarint(next)
	}
	return v, next, nil
}

// length reads a length and checks that so many bytes follow.
func length(data []byte, pos int) (n, next int, err error) {
	v, next, err := long(data, pos)
	if err != nil {
		return 0, pos, err
	}
	if v < 0 || v > int64(len(data)-next) {
		return 0, pos, errLength
	}
	return int(v), next, nil
}

// blockCount reads the count before a stretch of items of an array or map, each of at least
// least bytes. end is where the stretch must end if its size is given, else -1.
func blockCount(data []byte, pos int, least int64) (n int64, next, end int, err error) {
	n, next, err = long(data, pos)
	if err != nil {
		return 0, pos, -1, err
	}
	end = -1
	if n < 0 {
		if n == math.MinInt64 {
			return 0, pos, -1, errCount
		}
		var size int
		if size, next, err = length(data, next); err != nil {
			return 0, pos, -1, err
		}
		n, end = -n, next+size
	}
	if least > 0 && n > int64(len(data)-next)/least {
		return 0, pos, -1, errCount
	}
	return n, next, end, nil
}

// validText reports whether s is valid UTF-8, quickly where it is ASCII.
func validText(s []byte) bool {
	const high = 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if binary.LittleEndian.Uint64(s[i:])&high != 0 {
			return utf8.Valid(s[i:])
		}
	}
	for ; i < len(s); i++ {
		if s[i] >= 0x80 {
			return utf8.Valid(s[i:])
		}
	}
	return true
}
