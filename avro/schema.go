package avro

import (
	"fmt"
	"strconv"
	"strings"
)

// Schema is what a part says of itself.
type Schema struct {
	Name   string  // full name of the record
	Fields []Field // in the order of the schema
	Codec  string  // as named in the header; "null" if it names none
	JSON   string  // the schema as it stands in the header
}

// Field is a field of the record. Type is short text for people: "long", "string?" for a union
// with null, "timestamp-micros", "decimal(10,2)", "array<string>", "null|string|long".
type Field struct{ Name, Type string }

type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindFixed
	kindEnum
	kindArray
	kindMap
	kindRecord
	kindUnion
)

var primitives = map[string]kind{
	"null": kindNull, "boolean": kindBoolean, "int": kindInt, "long": kindLong, "float": kindFloat,
	"double": kindDouble, "bytes": kindBytes, "string": kindString,
}

var kindNames = [...]string{"null", "boolean", "int", "long", "float", "double", "bytes", "string",
	"fixed", "enum", "array", "map", "record", "union"}

type logical uint8

const (
	noLogical logical = iota
	decimal
	date
	timeOfDay      // unit parts of a second
	timestamp      // unit parts of a second
	localTimestamp // unit parts of a second
)

// node is one type of the schema. Named types are shared, so nodes can form rings.
type node struct {
	kind     kind
	logical  logical
	unit     int64
	scale    int
	size     int64   // of a fixed
	items    *node   // of an array or map
	branches []*node // of a union
	fields   []field // of a record
	symbols  []string
	label    string // logical type or full name, for people
	least    int64  // bytes that a value takes at least
	state    uint8  // of the computation of least: 0 open, 1 under way, 2 done
}

type field struct {
	name string
	key  []byte // `"name":` in JSON
	node *node
}

// measure sets least for n and all below it. A record inside itself without a union, array or
// map between has no finite value; it counts as 0 there and decoding stops at the depth limit.
func (n *node) measure() int64 {
	if n.state != 0 {
		return n.least
	}
	n.state = 1
	const most = 1 << 40 // more than any block; keeps sums from overflowing
	switch n.kind {
	case kindNull:
	case kindFloat:
		n.least = 4
	case kindDouble:
		n.least = 8
	case kindFixed:
		n.least = n.size
	case kindRecord:
		var sum int64
		for i := range n.fields {
			sum = min(sum+n.fields[i].node.measure(), most)
		}
		n.least = sum
	case kindUnion:
		n.least = 1
		for _, b := range n.branches {
			b.measure()
		}
	case kindArray, kindMap:
		n.least = 1
		n.items.measure()
	default:
		n.least = 1
	}
	n.least = min(n.least, most)
	n.state = 2
	return n.least
}

// text is the short name of a type for people; depth stops at nested types.
func (n *node) text(depth int) string {
	if depth > 3 {
		return "…"
	}
	switch n.kind {
	case kindArray, kindMap:
		return kindNames[n.kind] + "<" + n.items.text(depth+1) + ">"
	case kindFixed:
		if n.label == "" || n.logical == noLogical {
			return "fixed(" + strconv.FormatInt(n.size, 10) + ")"
		}
		return n.label
	case kindUnion:
		if len(n.branches) == 0 {
			break
		}
		if len(n.branches) == 2 && n.branches[0].kind != n.branches[1].kind {
			for i, b := range n.branches {
				if b.kind == kindNull {
					return n.branches[1-i].text(depth+1) + "?"
				}
			}
		}
		var all []string
		for _, b := range n.branches {
			all = append(all, b.text(depth+1))
		}
		return strings.Join(all, "|")
	case kindEnum, kindRecord:
		return kindNames[n.kind]
	}
	if n.label != "" {
		return n.label
	}
	return kindNames[n.kind]
}

// logicalUnits holds the logical types that count time.
var logicalUnits = map[string]struct {
	base    kind
	logical logical
	unit    int64
}{
	"date":                   {kindInt, date, 0},
	"time-millis":            {kindInt, timeOfDay, 1e3},
	"time-micros":            {kindLong, timeOfDay, 1e6},
	"timestamp-millis":       {kindLong, timestamp, 1e3},
	"timestamp-micros":       {kindLong, timestamp, 1e6},
	"timestamp-nanos":        {kindLong, timestamp, 1e9},
	"local-timestamp-millis": {kindLong, localTimestamp, 1e3},
	"local-timestamp-micros": {kindLong, localTimestamp, 1e6},
	"local-timestamp-nanos":  {kindLong, localTimestamp, 1e9},
}

const maxPrecision = 1 << 16

// setLogical gives n its logical type. One that is unknown, or not valid on n's base type, is
// passed over, as the specification asks.
func (n *node) setLogical(o map[string]any) error {
	name, _ := o["logicalType"].(string)
	if u, ok := logicalUnits[name]; ok && u.base == n.kind {
		n.logical, n.unit, n.label = u.logical, u.unit, name
		return nil
	}
	switch {
	case name == "uuid" && n.kind == kindString, name == "duration" && n.kind == kindFixed && n.size == 12:
		n.label = name
	case name == "decimal" && (n.kind == kindBytes || n.kind == kindFixed):
		precision, ok := wholeNumber(o["precision"])
		scale, scaleOK := wholeNumber(o["scale"])
		if o["scale"] == nil {
			scale, scaleOK = 0, true
		}
		if !ok || !scaleOK || precision < 1 || scale < 0 || scale > precision {
			return nil
		}
		if n.kind == kindFixed && float64(precision) > float64(8*n.size-1)*0.30103 {
			return nil
		}
		if precision > maxPrecision {
			return fmt.Errorf("a decimal's precision of %d is beyond %d", precision, maxPrecision)
		}
		n.logical, n.scale = decimal, int(scale)
		n.label = fmt.Sprintf("decimal(%d,%d)", precision, scale)
	}
	return nil
}
