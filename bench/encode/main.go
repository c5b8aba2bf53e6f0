// Command encode writes parts again, with the rows, blocks and codec they have, as a Go program would
// with goavro: each row a map, appended to an OCFWriter. Without TO it stops where the maps would be
// made: what reading took can so be taken off.
//
//	encode FEED WORKERS [TO]
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/linkedin/goavro/v2"

	"smew/avro"
)

func main() {
	to := ""
	if len(os.Args) > 3 {
		to = os.Args[3]
	}
	if err := encode(os.Args[1], os.Args[2], to); err != nil {
		fmt.Fprintln(os.Stderr, "encode:", err)
		os.Exit(1)
	}
}

func encode(feed, workers, to string) error {
	n, err := strconv.Atoi(workers)
	if err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(feed, "sync_*", "*", "*.avro"))
	if err != nil || len(parts) == 0 {
		return errors.Join(err, fmt.Errorf("%s has no parts", feed))
	}
	queue := make(chan string, len(parts))
	for _, part := range parts {
		queue <- part
	}
	close(queue)
	failed := make([]error, n)
	var all sync.WaitGroup
	for i := range failed {
		all.Go(func() {
			for part := range queue {
				target := ""
				if to != "" {
					target, _ = filepath.Rel(feed, part)
					target = filepath.Join(to, target)
				}
				if err := again(part, target); err != nil {
					failed[i] = fmt.Errorf("%s: %w", part, err)
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// again reads a part and writes it to another file, or only reads it.
func again(part, to string) (err error) {
	f, err := os.Open(part)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	in, err := avro.Open(f, info.Size(), avro.Limits{})
	if err != nil {
		return err
	}
	columns := columnsOf(in)
	decoder, err := avro.NewDecoder(in, columns)
	if err != nil {
		return err
	}
	var out *goavro.OCFWriter
	if to != "" {
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		file, err := os.Create(to)
		if err != nil {
			return err
		}
		buffer := bufio.NewWriterSize(file, 1<<16)
		defer func() { err = errors.Join(err, buffer.Flush(), file.Close()) }()
		if out, err = goavro.NewOCFWriter(goavro.OCFConfig{W: buffer, Schema: in.Schema().JSON, CompressionName: in.Codec()}); err != nil {
			return err
		}
	}
	var block avro.Block
	for {
		if err := in.Next(&block); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := decoder.Block(&block); err != nil {
			return err
		}
		rows, err := valuesOf(decoder, columns)
		if err != nil {
			return err
		}
		if out != nil {
			if err := out.Append(maps(rows, columns)); err != nil {
				return err
			}
		}
	}
}

func columnsOf(f *avro.File) []avro.Column {
	var columns []avro.Column
	for _, field := range f.Schema().Fields {
		c := avro.Column{Name: field.Name}
		if field.Type == "long?" {
			c.Kind = avro.Long
		}
		columns = append(columns, c)
	}
	return columns
}

// valuesOf is the rows of a block as a producer has them: nil, numbers and strings.
func valuesOf(d *avro.Decoder, columns []avro.Column) ([][]any, error) {
	var rows [][]any
	var batch avro.Batch
	for {
		n, err := d.Rows(&batch, 2048)
		if n == 0 || err != nil {
			return rows, err
		}
		for i := range n {
			row := make([]any, len(columns))
			for c := range columns {
				switch v := &batch.Cols[c]; {
				case v.Null(i):
				case columns[c].Kind == avro.Long:
					row[c] = v.Longs[i]
				default:
					row[c] = string(batch.Bytes(v.Spans[i]))
				}
			}
			rows = append(rows, row)
		}
	}
}

// maps is the rows as goavro takes them.
func maps(rows [][]any, columns []avro.Column) []any {
	out := make([]any, len(rows))
	for i, row := range rows {
		record := make(map[string]any, len(columns))
		for c, v := range row {
			switch {
			case v == nil:
				record[columns[c].Name] = nil
			case columns[c].Kind == avro.Long:
				record[columns[c].Name] = goavro.Union("long", v)
			default:
				record[columns[c].Name] = goavro.Union("string", v)
			}
		}
		out[i] = record
	}
	return out
}
