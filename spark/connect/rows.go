package connect

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// appendRows adds the rows of a stream in Arrow's format.
func appendRows(rows [][]any, data []byte) ([][]any, error) {
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		from := len(rows)
		for range batch.NumRows() {
			rows = append(rows, make([]any, batch.NumCols()))
		}
		for c, column := range batch.Columns() {
			get, err := values(column)
			if err != nil {
				return nil, fmt.Errorf("read column %s: %w", batch.ColumnName(c), err)
			}
			for i := range column.Len() {
				if column.IsValid(i) {
					rows[from+i][c] = get(i)
				}
			}
		}
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	return rows, nil
}

// values returns what gives a column's values that are not null. They are copies: the column's memory goes.
func values(column arrow.Array) (func(int) any, error) {
	switch a := column.(type) {
	case *array.Null:
		return func(int) any { return nil }, nil
	case *array.Boolean:
		return func(i int) any { return a.Value(i) }, nil
	case *array.Int8:
		return func(i int) any { return int64(a.Value(i)) }, nil
	case *array.Int16:
		return func(i int) any { return int64(a.Value(i)) }, nil
	case *array.Int32:
		return func(i int) any { return int64(a.Value(i)) }, nil
	case *array.Int64:
		return func(i int) any { return a.Value(i) }, nil
	case *array.Float32:
		return func(i int) any { return float64(a.Value(i)) }, nil
	case *array.Float64:
		return func(i int) any { return a.Value(i) }, nil
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int) any { return a.Value(i).ToString(scale) }, nil
	case *array.String:
		return func(i int) any { return strings.Clone(a.Value(i)) }, nil
	case *array.LargeString:
		return func(i int) any { return strings.Clone(a.Value(i)) }, nil
	case *array.Binary:
		return func(i int) any { return bytes.Clone(a.Value(i)) }, nil
	case *array.LargeBinary:
		return func(i int) any { return bytes.Clone(a.Value(i)) }, nil
	case *array.Date32:
		return func(i int) any { return a.Value(i).ToTime() }, nil
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		return func(i int) any { return a.Value(i).ToTime(unit) }, nil
	}
	return nil, fmt.Errorf("its type %s is not one that is read: cast it to STRING, or use to_json", column.DataType())
}
