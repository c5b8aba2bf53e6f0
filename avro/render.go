package avro

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"math/big"
	"strconv"
)

// renderer writes values of a block as text, and passes over values.
type renderer struct {
	data     []byte
	empties  int64 // things without bytes that may still come
	maxDepth int
	maxText  int

	number  big.Int
	entries []entry // of the maps under way
	sorted  []byte
}

func (r *renderer) reset(data []byte, empties int64) {
	r.data, r.empties = data, empties+int64(len(data))
}

// take returns the n bytes at pos.
func (r *renderer) take(pos int, n int64) ([]byte, int, error) {
	if n > int64(len(r.data)-pos) {
		return nil, pos, errShort
	}
	return r.data[pos : pos+int(n)], pos + int(n), nil
}

// scalar appends the text of a value that is neither nested nor null (R11). quote tells whether
// JSON takes it as a string.
func (r *renderer) scalar(dst []byte, n *node, pos int) (out []byte, next int, quote bool, err error) {
	switch n.kind {
	case kindBoolean:
		out, next, err = r.boolean(dst, pos)
		return out, next, false, err
	case kindInt, kindLong:
		v, next, err := integer(n, r.data, pos)
		if err != nil {
			return dst, pos, false, err
		}
		out, quote = appendInteger(dst, n, v)
		return out, next, quote, nil
	case kindFloat:
		raw, next, err := r.take(pos, 4)
		if err != nil {
			return dst, pos, false, err
		}
		out, quote = appendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 32)
		return out, next, quote, nil
	case kindDouble:
		raw, next, err := r.take(pos, 8)
		if err != nil {
			return dst, pos, false, err
		}
		out, quote = appendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(raw)), 64)
		return out, next, quote, nil
	case kindEnum:
		symbol, next, err := r.symbol(n, pos)
		return append(dst, symbol...), next, true, err
	case kindBytes:
		size, from, err := length(r.data, pos)
		if err != nil {
			return dst, pos, false, err
		}
		return r.binary(dst, n, from, int64(size))
	case kindFixed:
		return r.binary(dst, n, pos, n.size)
	}
	return dst, pos, false, errors.New("a value of type " + kindNames[n.kind] + " stands where none can")
}

func (r *renderer) boolean(dst []byte, pos int) ([]byte, int, error) {
	raw, next, err := r.take(pos, 1)
	switch {
	case err != nil:
		return dst, pos, err
	case raw[0] > 1:
		return dst, pos, errBool
	}
	return strconv.AppendBool(dst, raw[0] == 1), next, nil
}

func (r *renderer) symbol(n *node, pos int) (string, int, error) {
	i, next, err := long(r.data, pos)
	if err != nil {
		return "", pos, err
	}
	if i < 0 || i >= int64(len(n.symbols)) {
		return "", pos, errors.New("symbol " + strconv.FormatInt(i, 10) + " of the enum does not exist")
	}
	return n.symbols[i], next, nil
}

// binary appends bytes: a decimal, or hex.
func (r *renderer) binary(dst []byte, n *node, pos int, size int64) ([]byte, int, bool, error) {
	raw, next, err := r.take(pos, size)
	switch {
	case err != nil:
		return dst, pos, false, err
	case n.logical != decimal:
		if len(raw) > r.maxText/2 {
			return dst, pos, false, errBig
		}
		return hex.AppendEncode(dst, raw), next, true, nil
	case len(raw) > maxPrecision:
		return dst, pos, false, errDecimal
	}
	return r.decimal(dst, raw, n.scale), next, false, nil
}

// decimal appends the number that raw is in two's complement, divided by 10 to the scale.
func (r *renderer) decimal(dst, raw []byte, scale int) []byte {
	start := len(dst)
	if len(raw) <= 8 {
		var v int64
		if len(raw) > 0 {
			v = int64(int8(raw[0]))
		}
		for i := 1; i < len(raw); i++ {
			v = v<<8 | int64(raw[i])
		}
		dst = strconv.AppendInt(dst, v, 10)
	} else {
		r.number.SetBytes(raw)
		if raw[0] >= 0x80 {
			var top big.Int
			r.number.Sub(&r.number, top.Lsh(big.NewInt(1), uint(8*len(raw))))
		}
		dst = r.number.Append(dst, 10)
	}
	if scale == 0 {
		return dst
	}
	first := start // of the digits
	if dst[first] == '-' {
		first++
	}
	missing := scale + 1 - (len(dst) - first) // zeros in front
	if missing > 0 {
		digits := len(dst) - first
		for range missing {
			dst = append(dst, '0')
		}
		copy(dst[first+missing:], dst[first:first+digits])
		for i := range missing {
			dst[first+i] = '0'
		}
	}
	point := len(dst) - scale
	dst = append(dst, 0)
	copy(dst[point+1:], dst[point:])
	dst[point] = '.'
	return dst
}

func appendFloat(dst []byte, v float64, bits int) (out []byte, quote bool) {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...), true
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...), true
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...), true
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits), false
}
