package avro

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// DamageError reports a part that is not what its writer wrote, or that goes beyond a limit (R12).
type DamageError struct {
	Block  int64  // the block, counted from 0; -1 is the file's header
	Offset int64  // byte of the file where the block begins, or, in the header, where the trouble is
	Row    int64  // row of the part, counted from 1; 0 if it cannot be told
	Column string // field of the row, "" if none
	Reason string
	Limit  LimitName // the limit that the part goes beyond, "" if it is damaged
	Err    error     // what the codec said, io.ErrUnexpectedEOF for a file that ends early, ErrCodec, or nil
}

func (e *DamageError) Error() string {
	s := fmt.Sprintf("block %d at byte %d: ", e.Block, e.Offset)
	if e.Block < 0 {
		s = fmt.Sprintf("header at byte %d: ", e.Offset)
	}
	if e.Row > 0 {
		s += fmt.Sprintf("row %d: ", e.Row)
	}
	if e.Column != "" {
		s += "column " + shown(e.Column) + ": "
	}
	s += e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *DamageError) Unwrap() error { return e.Err }

// ErrCodec is wrapped by the DamageError of a part whose codec is not known.
var ErrCodec = errors.New("known codecs are null, deflate, snappy, zstandard, bzip2 and xz")

// RowError reports a row that is well formed but holds no whole number where one is wanted (R11).
type RowError struct {
	Row    int64 // row of the part, counted from 1
	Column string
	Value  string // as text, cut to at most 64 bytes; quote it to print it
	Reason string
}

func (e *RowError) Error() string {
	return fmt.Sprintf("row %d: column %s: %s %s", e.Row, shown(e.Column), strconv.Quote(e.Value), e.Reason)
}

// shown is a name from a part as errors show it: names may be megabytes long.
func shown(name string) string {
	if cut := excerpt([]byte(name)); cut != name {
		return strconv.Quote(cut) + "…"
	}
	return strconv.Quote(name)
}

// excerpt cuts text to at most 64 bytes, not inside a character.
func excerpt(text []byte) string {
	const most = 64
	if len(text) <= most {
		return string(text)
	}
	n := most
	for n > most-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return string(text[:n])
}

// What is wrong inside a value; the place is added where it is known.
var (
	errShort   = errors.New("the bytes end in the middle of a value")
	errVarint  = errors.New("a number takes more than 64 bits")
	errInt     = errors.New("an int takes more than 32 bits")
	errLength  = errors.New("a length is out of range")
	errBool    = errors.New("a boolean is neither 0 nor 1")
	errUTF8    = errors.New("a string is not valid UTF-8")
	errCount   = errors.New("a count of items is out of range")
	errSize    = errors.New("the items do not fill the bytes counted for them")
	errDecimal = errors.New("a decimal is longer than 65536 bytes")

	errDeep  = &limitError{LimitDepth, "nested deeper than the limit"}
	errEmpty = &limitError{LimitEmpty, "more values without bytes than the limit"}
	errBig   = &limitError{LimitBlock, "the text of the row is larger than the limit"}
	errLimit = &limitError{LimitBlock, "decompresses to more than the limit"}
)

// limitError says that a limit is not enough.
type limitError struct {
	limit  LimitName
	reason string
}

func (e *limitError) Error() string { return e.reason }

// limitOf is the limit that err speaks of, "" if none.
func limitOf(err error) LimitName {
	var beyond *limitError
	if errors.As(err, &beyond) {
		return beyond.limit
	}
	return ""
}
