package avro

import (
	"bytes"
	"slices"
)

// json appends the value of type n at pos as compact JSON and returns the position after it.
func (r *renderer) json(dst []byte, n *node, pos, depth int) ([]byte, int, error) {
	if err := r.enter(n, depth); err != nil {
		return dst, pos, err
	}
	if len(dst) > r.maxText {
		return dst, pos, errBig
	}
	switch n.kind {
	case kindNull:
		return append(dst, "null"...), pos, nil
	case kindUnion:
		branch, next, err := branchOf(n, r.data, pos)
		if err != nil {
			return dst, pos, err
		}
		return r.json(dst, branch, next, depth+1)
	case kindString:
		size, from, err := length(r.data, pos)
		if err != nil {
			return dst, pos, err
		}
		text := r.data[from : from+size]
		if !validText(text) {
			return dst, pos, errUTF8
		}
		return appendQuoted(dst, text), from + size, nil
	case kindEnum:
		symbol, next, err := r.symbol(n, pos)
		return appendQuoted(dst, []byte(symbol)), next, err
	case kindArray:
		return r.array(dst, n, pos, depth)
	case kindMap:
		return r.mapping(dst, n, pos, depth)
	case kindRecord:
		return r.record(dst, n, pos, depth)
	}
	start := len(dst)
	dst, next, quote, err := r.scalar(append(dst, '"'), n, pos)
	if quote {
		return append(dst, '"'), next, err
	}
	copy(dst[start:], dst[start+1:]) // a number after all
	return dst[:len(dst)-1], next, err
}

// enter guards against schemas that nest without end and values that take no bytes.
func (r *renderer) enter(n *node, depth int) error {
	if depth > r.maxDepth {
		return errDeep
	}
	if n.kind == kindRecord || n.least == 0 {
		if r.empties--; r.empties < 0 {
			return errEmpty
		}
	}
	return nil
}

func (r *renderer) record(dst []byte, n *node, pos, depth int) ([]byte, int, error) {
	var err error
	dst = append(dst, '{')
	for i := range n.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, n.fields[i].key...)
		if dst, pos, err = r.json(dst, n.fields[i].node, pos, depth+1); err != nil {
			return dst, pos, err
		}
	}
	return append(dst, '}'), pos, nil
}

func (r *renderer) array(dst []byte, n *node, pos, depth int) ([]byte, int, error) {
	dst = append(dst, '[')
	start := len(dst)
	pos, err := r.items(pos, n.items.least, func(pos int) (next int, err error) {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst, next, err = r.json(dst, n.items, pos, depth+1)
		return next, err
	})
	return append(dst, ']'), pos, err
}

// items calls item for each item of an array or map whose first count is at pos.
func (r *renderer) items(pos int, least int64, item func(pos int) (int, error)) (int, error) {
	for {
		n, next, end, err := blockCount(r.data, pos, least)
		if err != nil || n == 0 {
			if err == nil && end >= 0 && end != next {
				err = errSize
			}
			return next, err
		}
		pos = next
		for ; n > 0; n-- {
			if pos, err = item(pos); err != nil {
				return pos, err
			}
		}
		if end >= 0 && end != pos {
			return pos, errSize
		}
	}
}

// entry is an entry of a map: where its key stands in the data, and `"key":value` in the text.
type entry struct{ keyFrom, keyTo, from, to int }

// mapping writes a map with its keys in order of their bytes. Of a key that is there twice the
// last value counts.
func (r *renderer) mapping(dst []byte, n *node, pos, depth int) ([]byte, int, error) {
	dst = append(dst, '{')
	start, first := len(dst), len(r.entries)
	defer func() { r.entries = r.entries[:first] }()
	pos, err := r.items(pos, 1+n.items.least, func(pos int) (int, error) {
		size, from, err := length(r.data, pos)
		if err != nil {
			return pos, err
		}
		e := entry{keyFrom: from, keyTo: from + size, from: len(dst)}
		if !validText(r.data[from:e.keyTo]) {
			return pos, errUTF8
		}
		dst = append(appendQuoted(dst, r.data[from:e.keyTo]), ':')
		dst, pos, err = r.json(dst, n.items, e.keyTo, depth+1)
		e.to = len(dst)
		r.entries = append(r.entries, e)
		return pos, err
	})
	if err != nil {
		return dst, pos, err
	}
	entries := r.entries[first:]
	slices.SortStableFunc(entries, func(a, b entry) int { return bytes.Compare(r.key(a), r.key(b)) })
	r.sorted = r.sorted[:0]
	for i, e := range entries {
		if i+1 < len(entries) && bytes.Equal(r.key(e), r.key(entries[i+1])) {
			continue
		}
		if len(r.sorted) > 0 {
			r.sorted = append(r.sorted, ',')
		}
		r.sorted = append(r.sorted, dst[e.from:e.to]...)
	}
	return append(append(dst[:start], r.sorted...), '}'), pos, nil
}

func (r *renderer) key(e entry) []byte { return r.data[e.keyFrom:e.keyTo] }

// appendQuoted appends text, which is valid UTF-8, as a JSON string, escaping only what must be.
func appendQuoted(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	done := 0
	for i, c := range text {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, text[done:]...), '"')
}

// skip passes over the value of type n at pos. It checks all that its length depends on.
func (r *renderer) skip(n *node, pos, depth int) (next int, err error) {
	if err := r.enter(n, depth); err != nil {
		return pos, err
	}
	switch n.kind {
	case kindNull:
		return pos, nil
	case kindFloat, kindDouble, kindFixed:
		_, next, err = r.take(pos, n.least)
		return next, err
	case kindBoolean:
		if _, next, err = r.take(pos, 1); err == nil && r.data[pos] > 1 {
			err = errBool
		}
		return next, err
	case kindInt, kindLong:
		_, next, err = integer(n, r.data, pos)
		return next, err
	case kindEnum:
		_, next, err = r.symbol(n, pos)
		return next, err
	case kindBytes, kindString:
		size, from, err := length(r.data, pos)
		return from + size, err
	case kindUnion:
		branch, next, err := branchOf(n, r.data, pos)
		if err != nil {
			return pos, err
		}
		return r.skip(branch, next, depth+1)
	case kindArray:
		return r.items(pos, n.items.least, func(pos int) (int, error) { return r.skip(n.items, pos, depth+1) })
	case kindMap:
		return r.items(pos, 1+n.items.least, func(pos int) (int, error) {
			size, from, err := length(r.data, pos)
			if err != nil {
				return pos, err
			}
			return r.skip(n.items, from+size, depth+1)
		})
	}
	for i := range n.fields {
		if pos, err = r.skip(n.fields[i].node, pos, depth+1); err != nil {
			return pos, err
		}
	}
	return pos, nil
}
