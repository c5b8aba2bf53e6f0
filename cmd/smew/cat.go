package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"smew/avro"
	"smew/bucket"
	"smew/stage"
)

const catRows = 3 // shown side by side

func (a *app) catCmd() *cobra.Command {
	var from source
	var most limits
	var limit int
	var schema bool
	cmd := &cobra.Command{
		Use:   "cat PART",
		Short: "Show the schema and the rows of an Avro part",
		Long: `Show the schema and the rows of an Avro part: a file, or s3://bucket/key. The
first rows stand side by side; --json writes all rows, one a line.`,
		Example: examples(
			"smew cat ./feed/sync_852/_heap_table_name=users/part-00000-….avro",
			"smew cat s3://my-bucket/sync_852/users/part-00000.avro --json --limit 100",
			"smew cat part.avro --schema --json       # the schema as it stands in the part"),
		Args: arguments(0, "PART"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 0 {
				return &usageError{fmt.Sprintf("--limit is %d", limit), ""}
			}
			limits, err := most.check()
			if err != nil {
				return err
			}
			part, size, err := openPart(cmd.Context(), args[0], from)
			if err != nil {
				return err
			}
			file, err := avro.Open(part, size, limits)
			if err == nil {
				err = a.cat(file, limit, schema)
			}
			if err != nil {
				err = &hinted{fmt.Errorf("%s: %w", args[0], err), "parts are Avro object container files; docs/damage.md says what damage looks like"}
			}
			return errors.Join(err, part.Close())
		},
	}
	from.s3Flags(cmd.Flags())
	most.flags(cmd.Flags())
	cmd.Flags().IntVar(&limit, "limit", 0, "`number` of rows (default 3; all with --json)")
	cmd.Flags().BoolVar(&schema, "schema", false, "only the schema")
	return cmd
}

// openedPart is a part on this machine.
type openedPart interface {
	io.ReaderAt
	io.Closer
}

func openPart(ctx context.Context, name string, from source) (openedPart, int64, error) {
	at, err := bucket.ParseLocation(name)
	if err != nil {
		return nil, 0, &usageError{err.Error(), ""}
	}
	if at.Dir != "" {
		f, err := os.Open(at.Dir)
		if err != nil {
			return nil, 0, err
		}
		info, err := f.Stat()
		if err == nil && info.IsDir() {
			err = &hinted{fmt.Errorf("%s is a directory", at.Dir), "name one of the .avro files in it"}
		}
		if err != nil {
			return nil, 0, errors.Join(err, f.Close())
		}
		return f, info.Size(), nil
	}
	b, err := bucket.Open(ctx, at, from.s3)
	if err != nil {
		return nil, 0, err
	}
	want := stage.Want{Key: strings.TrimSuffix(at.Prefix, "/")}
	for part, err := range stage.Fetch(ctx, b, []stage.Want{want}, stage.Options{}) {
		if err != nil {
			return nil, 0, err
		}
		return stagedPart{part.File, part}, part.Size, nil
	}
	return nil, 0, fmt.Errorf("fetch %s: nothing came", name)
}

type stagedPart struct {
	io.ReaderAt
	io.Closer
}

func (a *app) cat(f *avro.File, limit int, schemaOnly bool) error {
	s := f.Schema()
	switch {
	case schemaOnly && a.json:
		fmt.Fprintln(a.stdout, s.JSON)
		return nil
	case schemaOnly:
		return a.printFields(s, nil)
	case a.json:
		w := bufio.NewWriter(a.stdout)
		names := keys(fieldColumns(s))
		err := eachRow(f, limit, func(cells []cell) error {
			if err := writeObject(w, names, cells); err != nil {
				return err
			}
			return w.WriteByte('\n')
		})
		return errors.Join(err, w.Flush())
	}
	if limit == 0 {
		limit = catRows
	}
	var rows [][]cell
	err := eachRow(f, limit, func(cells []cell) error {
		rows = append(rows, append([]cell{}, cells...))
		return nil
	})
	return errors.Join(a.printFields(s, rows), err)
}

func fieldColumns(s *avro.Schema) []column {
	columns := make([]column, len(s.Fields))
	for i, f := range s.Fields {
		columns[i] = column{name: f.Name}
	}
	return columns
}

// printFields prints a line for each field: its type, and its value in each row.
func (a *app) printFields(s *avro.Schema, rows [][]cell) error {
	fmt.Fprintf(a.stdout, "record %s, %s, codec %s\n\n", printable(s.Name), count(len(s.Fields), "field"), s.Codec)
	columns := []column{{name: "field"}, {name: "type"}}
	for i := range rows {
		columns = append(columns, column{name: fmt.Sprintf("row %d", i+1)})
	}
	g := a.list(columns...)
	for i, f := range s.Fields {
		cells := []cell{{text: f.Name}, {text: f.Type}}
		for _, row := range rows {
			c := row[i]
			if !c.null { // as in JSON, so that '' can be seen and a line stays one
				c.text = string(c.json)
			}
			cells = append(cells, c)
		}
		if err := g.row(cells); err != nil {
			return err
		}
	}
	return g.end()
}

// eachRow decodes up to limit rows (0: all). What is whole in the part is a number, all else text.
func eachRow(f *avro.File, limit int, fn func([]cell) error) error {
	fields := f.Schema().Fields
	columns := make([]avro.Column, len(fields))
	for i, field := range fields {
		columns[i].Name = field.Name
		if kind := strings.TrimSuffix(field.Type, "?"); kind == "long" || kind == "int" {
			columns[i].Kind = avro.Long
		}
	}
	d, err := avro.NewDecoder(f, columns)
	if err != nil {
		return err
	}
	var block avro.Block
	var batch avro.Batch
	cells := make([]cell, len(fields))
	for done := 0; limit == 0 || done < limit; {
		if err := f.Next(&block); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := d.Block(&block); err != nil {
			return err
		}
		for {
			most := 1024
			if limit > 0 {
				most = min(most, limit-done)
			}
			if most == 0 {
				return nil
			}
			n, err := d.Rows(&batch, most)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			for row := range n {
				for i := range cells {
					if cells[i], err = avroCell(&batch, i, columns[i].Kind, row); err != nil {
						return err
					}
				}
				if err := fn(cells); err != nil {
					return err
				}
			}
			done += n
		}
	}
	return nil
}

func avroCell(b *avro.Batch, column int, kind avro.Kind, row int) (cell, error) {
	v := &b.Cols[column]
	switch {
	case v.Null(row):
		return render(nil, "")
	case kind == avro.Long:
		return render(v.Longs[row], "")
	}
	return render(string(b.Bytes(v.Spans[row])), "")
}
