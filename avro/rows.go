package avro

import (
	"fmt"
	"math/bits"
	"strconv"
)

// decodeRow decodes the row at d.pos into row i of b and returns the position after it. This is
// the hot loop: what nearly all parts are made of is done in place.
func (d *Decoder) decodeRow(b *Batch, i int) (int, error) {
	data, pos := d.data, d.pos
	for k := range d.ops {
		o := &d.ops[k]
		if o.maybe {
			branch, ok := oneByte(data, pos)
			next := pos + 1
			if !ok {
				if branch, next = readLong(data, pos); next < 0 {
					return 0, d.wrong(o, badVarint(next))
				}
			}
			pos = next
			if branch != o.branch {
				if branch != 1-o.branch {
					return 0, d.wrong(o, badBranch(branch))
				}
				if o.code > opPassLong {
					b.Cols[o.col].setNull(i)
				}
				continue
			}
		}
		switch o.code {
		case opText, opPassText:
			n, ok := oneByte(data, pos)
			next := pos + 1
			if !ok {
				if n, next = readLong(data, pos); next < 0 {
					return 0, d.wrong(o, badVarint(next))
				}
			}
			if n < 0 || n > int64(len(data)-next) {
				return 0, d.wrong(o, errLength)
			}
			pos = next + int(n)
			if o.code == opPassText {
				continue
			}
			if !validText(data[next:pos]) {
				return 0, d.wrong(o, errUTF8)
			}
			b.Cols[o.col].Spans[i] = Span{uint32(next), uint32(n)}
		case opLong, opPassLong:
			n, next := readLong(data, pos)
			if next < 0 {
				return 0, d.wrong(o, badVarint(next))
			}
			pos = next
			if o.code == opLong {
				b.Cols[o.col].Longs[i] = n
			}
		default:
			var err error
			if pos, err = d.decodeAny(b, i, o, pos); err != nil {
				return 0, err
			}
		}
	}
	return pos, nil
}

// decodeAny does the ops that take longer.
func (d *Decoder) decodeAny(b *Batch, i int, o *op, pos int) (int, error) {
	var err error
	n := o.node
	switch o.code {
	case opNothing:
		return pos, nil
	case opSkip:
		if pos, err = d.render.skip(n, pos, 0); err != nil {
			return 0, d.wrong(o, err)
		}
		return pos, nil
	}
	if n.kind == kindUnion {
		if n, pos, err = branchOf(n, d.data, pos); err != nil {
			return 0, d.wrong(o, err)
		}
	}
	v := &b.Cols[o.col]
	if n.kind == kindNull {
		v.setNull(i)
		return pos, nil
	}
	if o.code == opAnyLong && (n.kind == kindLong || n.kind == kindInt) {
		if v.Longs[i], pos, err = integer(n, d.data, pos); err != nil {
			return 0, d.wrong(o, err)
		}
		return pos, nil
	}
	start := len(b.Text)
	s, pos, err := d.cell(b, n, pos)
	if err != nil {
		return 0, d.wrong(o, err)
	}
	if o.code == opAnyText {
		v.Spans[i] = s
		return pos, nil
	}
	text := b.Bytes(s)
	v.Longs[i], err = strconv.ParseInt(string(text), 10, 64)
	// The hex text of bytes may look like a number; it is not the one that was meant.
	if binary := (n.kind == kindBytes || n.kind == kindFixed) && n.logical != decimal; err != nil || binary {
		return 0, &RowError{Row: d.rowNumber(), Column: o.name, Value: excerpt(text), Reason: "is not a whole 64-bit number"}
	}
	b.Text = b.Text[:start]
	return pos, nil
}

// cell gives the text of a value of type n, no union and not null, at pos.
func (d *Decoder) cell(b *Batch, n *node, pos int) (s Span, next int, err error) {
	if n.kind == kindString {
		size, from, err := length(d.data, pos)
		if err != nil {
			return s, pos, err
		}
		next = from + size
		if !validText(d.data[from:next]) {
			return s, pos, errUTF8
		}
		return Span{uint32(from), uint32(size)}, next, nil
	}
	start := len(b.Text)
	if n.kind >= kindArray {
		b.Text, next, err = d.render.json(b.Text, n, pos, 0)
	} else {
		b.Text, next, _, err = d.render.scalar(b.Text, n, pos)
	}
	if err == nil && len(b.Text) > d.render.maxText {
		err = errBig
	}
	return Span{uint32(start) | Rendered, uint32(len(b.Text) - start)}, next, err
}

// wrong places an error in the row that is being decoded.
func (d *Decoder) wrong(o *op, err error) error {
	return d.damageOf(d.rowNumber(), o.name, err)
}

func badBranch(n int64) error { return fmt.Errorf("branch %d of the union does not exist", n) }

// branchOf reads which branch of a union follows.
func branchOf(n *node, data []byte, pos int) (*node, int, error) {
	i, next, err := long(data, pos)
	if err != nil {
		return nil, pos, err
	}
	if i < 0 || i >= int64(len(n.branches)) {
		return nil, pos, badBranch(i)
	}
	return n.branches[i], next, nil
}

// integer reads an int or a long.
func integer(n *node, data []byte, pos int) (int64, int, error) {
	v, next, err := long(data, pos)
	if err == nil && n.kind == kindInt && v != int64(int32(v)) {
		err = errInt
	}
	return v, next, err
}

func (v *Vector) setNull(i int) {
	v.Valid[i>>6] &^= 1 << (i & 63)
	if len(v.Spans) > i {
		v.Spans[i] = Span{}
	} else if len(v.Longs) > i {
		v.Longs[i] = 0
	}
}

// finish cuts the batch to the n rows it got and counts what is NULL.
func (b *Batch) finish(n int) {
	b.Rows = n
	words := (n + 63) / 64
	for i := range b.Cols {
		v := &b.Cols[i]
		v.Valid = v.Valid[:words]
		if n%64 != 0 {
			v.Valid[words-1] &= 1<<(n%64) - 1
		}
		v.Longs, v.Spans = v.Longs[:min(n, len(v.Longs))], v.Spans[:min(n, len(v.Spans))]
		v.Nulls = n
		for _, w := range v.Valid {
			v.Nulls -= bits.OnesCount64(w)
		}
	}
}
