package avro

import (
	"fmt"
	"math"
)

// Decoder turns blocks of one part into batches of the wanted columns. It is for one goroutine.
type Decoder struct {
	file    *File
	columns []Column
	ops     []op
	absent  []int // wanted columns that always are NULL in this part
	unpack  unpacker

	block Block // without its bytes
	data  []byte
	pos   int   // in data, of the next row
	row   int64 // of the block, the next one; block.Rows at the end
	err   error

	soft   int // text rendered before a batch is handed out with fewer rows
	bad    int // position in data of the row of the last RowError, -1 if none
	render renderer
}

type opcode uint8

const (
	opSkip     opcode = iota // not wanted
	opPassText               // a string that is not wanted
	opPassLong               // a long that is not wanted
	opNothing
	opText // of a string
	opLong // of a long
	opAnyText
	opAnyLong
)

// op is what is to be done with one field of the record.
type op struct {
	code   opcode
	maybe  bool  // opText, opLong, opPassText, opPassLong: in a union with null
	branch int64 // the branch that is a value; the other, 1-branch, is null
	col    int   // wanted column
	node   *node
	name   string
}

// NewDecoder prepares to decode columns from f. A column that the part has not is all NULL;
// fields that are not wanted are passed over. It is an error to want a name twice.
func NewDecoder(f *File, columns []Column) (*Decoder, error) {
	wanted := make(map[string]int, len(columns))
	for i, c := range columns {
		if _, ok := wanted[c.Name]; ok {
			return nil, fmt.Errorf("column %q is wanted twice", c.Name)
		}
		if c.Kind > Long {
			return nil, fmt.Errorf("column %q is wanted as kind %d", c.Name, c.Kind)
		}
		wanted[c.Name] = i
	}
	d := &Decoder{
		file: f, columns: columns, bad: -1,
		unpack: unpacker{codec: f.schema.Codec, limit: f.limits.BlockBytes},
	}
	d.render.maxDepth = f.limits.Depth
	d.soft = int(min(softText, f.limits.BlockBytes/4))
	d.render.maxText = d.soft + int(f.limits.BlockBytes/4)
	for i := range f.root.fields {
		field := &f.root.fields[i]
		o := op{node: field.node, name: field.name}
		col, ok := wanted[field.name]
		if ok {
			delete(wanted, field.name)
			o.col = col
			o.code, o.maybe, o.branch = compile(field.node, columns[col].Kind)
			if o.code == opNothing {
				d.absent = append(d.absent, col)
			}
		} else {
			o.code, o.maybe, o.branch = compileSkip(field.node)
		}
		d.ops = append(d.ops, o)
	}
	for _, col := range wanted {
		d.absent = append(d.absent, col)
	}
	return d, nil
}

// compile chooses how a wanted field is decoded.
func compile(n *node, want Kind) (code opcode, maybe bool, branch int64) {
	if n.kind == kindUnion && len(n.branches) == 2 {
		for i, b := range n.branches {
			if n.branches[1-i].kind != kindNull {
				continue
			}
			if code := compileValue(b, want); code == opText || code == opLong {
				return code, true, int64(i)
			}
		}
	}
	return compileValue(n, want), false, 0
}

// compileSkip chooses how an unwanted field is passed over.
func compileSkip(n *node) (code opcode, maybe bool, branch int64) {
	if code, maybe, branch = compile(n, Text); code == opText {
		return opPassText, maybe, branch
	}
	if code, maybe, branch = compile(n, Long); code == opLong {
		return opPassLong, maybe, branch
	}
	return opSkip, false, 0
}

func compileValue(n *node, want Kind) opcode {
	switch {
	case n.kind == kindNull:
		return opNothing
	case n.kind == kindString && want == Text:
		return opText
	case n.kind == kindLong && want == Long:
		return opLong
	case want == Long:
		return opAnyLong
	}
	return opAnyText
}

// Block decompresses b, which Next has filled, and checks what the codec has to check it by; Rows
// then decodes it. Batches of the block before lose their Data. With codec null the bytes of b
// are taken over, so that b has to be filled again before it is given to any Decoder.
func (d *Decoder) Block(b *Block) error {
	d.block, d.data, d.pos, d.row, d.bad, d.err = Block{}, nil, 0, 0, -1, nil
	if !b.full {
		d.err = fmt.Errorf("block %d holds nothing", b.Index)
		return d.err
	}
	d.block = Block{Index: b.Index, Offset: b.Offset, FirstRow: b.FirstRow, Rows: b.Rows, Size: b.Size}
	data, err := d.unpack.unpack(b)
	if err != nil {
		d.err = d.damage(0, "", d.unpack.codec, err)
		return d.err
	}
	d.data = data
	d.render.reset(data, d.file.limits.Empty)
	if least := d.file.root.least; least > 0 && b.Rows > int64(len(data))/least {
		d.err = d.damage(0, "", fmt.Sprintf("%d bytes cannot hold %d rows", len(data), b.Rows), nil)
		return d.err
	}
	d.err = d.atEnd()
	return d.err
}

// atEnd checks, once all rows are decoded, that no bytes are left.
func (d *Decoder) atEnd() error {
	if d.row == d.block.Rows && d.pos != len(d.data) {
		return d.damage(0, "", fmt.Sprintf("%d bytes are left over after the last row", len(d.data)-d.pos), nil)
	}
	return nil
}

// Rows decodes up to max rows of the block into b and returns how many; 0 and no error mean that
// the block is used up and that all its bytes went into exactly its count of rows. It returns
// fewer than max where much text is rendered.
//
// After a *RowError b holds the rows before the bad one, n of them, 0 perhaps; the bad one is
// passed over and the next call goes on behind it; BadRow tells what was in it. After any other
// error b holds nothing and every call fails until the next Block.
func (d *Decoder) Rows(b *Batch, max int) (n int, err error) {
	n = int(min(int64(max), d.block.Rows-d.row))
	if d.err != nil || n <= 0 {
		b.start(d, 0)
		b.finish(0)
		return 0, d.err
	}
	b.start(d, n)
	var bad *RowError
	i := 0
	for ; i < n && len(b.Text) < d.soft; i++ {
		pos, err := d.decodeRow(b, i)
		if err != nil {
			if bad, err = d.passOver(err); err != nil {
				b.finish(0)
				d.err = err
				return 0, err
			}
			d.row++
			break
		}
		d.pos = pos
		d.row++
	}
	if d.err = d.atEnd(); d.err != nil {
		b.finish(0)
		return 0, d.err
	}
	b.finish(i)
	if bad != nil {
		return i, bad
	}
	return i, nil
}

// Left is how many rows of the block Rows has not decoded yet.
func (d *Decoder) Left() int64 { return d.block.Rows - d.row }

// softText is how much text is rendered at most before a batch is handed out with fewer rows.
const softText = 8 << 20

// passOver moves behind a row that cannot be delivered, if that is all that is wrong with it.
func (d *Decoder) passOver(err error) (*RowError, error) {
	bad, ok := err.(*RowError)
	if !ok {
		return nil, err
	}
	next, err := d.render.skip(d.file.root, d.pos, 0)
	if err != nil {
		return nil, d.damageOf(d.rowNumber(), "", err)
	}
	d.bad, d.pos = d.pos, next
	return bad, nil
}

// BadRow appends the row of the last *RowError to dst as a JSON object of all its fields. The row
// is at hand until the next *RowError or the next call of Block.
func (d *Decoder) BadRow(dst []byte) ([]byte, error) {
	if d.bad < 0 {
		return dst, fmt.Errorf("there was no row error in block %d", d.block.Index)
	}
	again := d.render.empties // rendering once more is not the part's doing
	out, _, err := d.render.json(dst, d.file.root, d.bad, 0)
	d.render.empties = again
	if err != nil {
		return dst, d.damageOf(0, "", err)
	}
	return out, nil
}

func (d *Decoder) rowNumber() int64 { return d.block.FirstRow + d.row + 1 }

func (d *Decoder) damage(row int64, column, reason string, err error) error {
	return &DamageError{Block: d.block.Index, Offset: d.block.Offset, Row: row, Column: column, Reason: reason, Limit: limitOf(err), Err: err}
}

// damageOf is damage for the reason that err gives.
func (d *Decoder) damageOf(row int64, column string, err error) error {
	return &DamageError{Block: d.block.Index, Offset: d.block.Offset, Row: row, Column: column, Reason: err.Error(), Limit: limitOf(err)}
}

// start makes room for n rows, all of them not NULL for now.
func (b *Batch) start(d *Decoder, n int) {
	b.Data, b.Text, b.FirstRow = d.data, b.Text[:0], d.block.FirstRow+d.row
	b.Cols = sized(b.Cols, len(d.columns))
	for i := range b.Cols {
		v := &b.Cols[i]
		v.Valid = sized(v.Valid, (n+63)/64)
		for w := range v.Valid {
			v.Valid[w] = math.MaxUint64
		}
		if d.columns[i].Kind == Long {
			v.Longs, v.Spans = sized(v.Longs, n), v.Spans[:0]
		} else {
			v.Spans, v.Longs = sized(v.Spans, n), v.Longs[:0]
		}
	}
	for _, i := range d.absent {
		clear(b.Cols[i].Valid)
		clear(b.Cols[i].Longs)
		clear(b.Cols[i].Spans)
	}
}

// sized returns a slice of length n, in s's memory if that is large enough.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return append(s[:cap(s)], make([]T, n-cap(s))...)
	}
	return s[:n]
}
