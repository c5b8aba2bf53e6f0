package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"smew/duck"
	"smew/loader"
	"smew/web"
)

// query runs a statement of the console.
func (f *served) query(ctx context.Context, statement string, most int) (result web.Result, err error) {
	err = f.file.view(ctx, lockWait, func(tx *duck.Tx, _ string) (err error) {
		rows, err := tx.Select(ctx, statement)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		return readResult(rows, func(names, types []string) error {
			for i, name := range names {
				result.Columns = append(result.Columns, web.Column{Name: name, Type: types[i], Kind: columnKind(types[i])})
			}
			return nil
		}, func(cells []cell) error {
			if len(result.Rows) == most {
				result.Truncated = true
				return errEnough
			}
			row := make([]*string, len(cells))
			for i, c := range cells {
				if !c.null {
					row[i] = &c.text
				}
			}
			result.Rows = append(result.Rows, row)
			return nil
		})
	})
	return result, err
}

// columnKind says how values of a type are compared.
func columnKind(kind string) string {
	switch {
	case numeric(kind):
		return "number"
	case kind == "DATE", strings.HasPrefix(kind, "TIME"):
		return "time"
	case kind == "BOOLEAN":
		return "boolean"
	case kind == "VARCHAR":
		return "text"
	}
	return "other"
}

// export writes all rows of a statement in a format.
func (f *served) export(ctx context.Context, statement, format string, w io.Writer) error {
	write := exportCSV
	if format == "parquet" {
		write = func(ctx context.Context, rows *duck.Rows, w io.Writer) error {
			_, err := exportParquet(ctx, rows, w)
			return err
		}
	}
	return f.file.view(ctx, lockWait, func(tx *duck.Tx, _ string) (err error) {
		rows, err := tx.Select(ctx, statement)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		return write(ctx, rows, w)
	})
}

func exportCSV(_ context.Context, rows *duck.Rows, w io.Writer) error {
	out := &csvRows{w: bufio.NewWriter(w)}
	err := readResult(rows, func(names, _ []string) error {
		head := make([]cell, len(names))
		for i, name := range names {
			head[i].text = name
		}
		return out.row(head)
	}, out.row)
	if err != nil {
		return err
	}
	return out.end()
}

// exportParquet writes by way of a temporary file, which no crash leaves to anybody else: its directory is private. It
// returns how many rows there were.
func exportParquet(ctx context.Context, rows *duck.Rows, w io.Writer) (int64, error) {
	dir, err := os.MkdirTemp("", "smew-export-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "result.parquet")
	n, err := duck.Parquet(ctx, path, rows, func(v any, kind string) (string, error) {
		c, err := render(v, kind)
		return c.text, err
	})
	if err != nil {
		return 0, err
	}
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(w, file)
	return n, errors.Join(err, file.Close())
}

// schema lists what the console offers.
func (f *served) schema(ctx context.Context) ([]web.Relation, error) {
	var catalog []loader.CatalogTable
	err := f.file.view(ctx, lockWait, func(tx *duck.Tx, _ string) (err error) {
		catalog, err = loader.ReadCatalog(ctx, tx)
		return err
	})
	if err != nil && !errors.Is(err, loader.ErrNoLedger) {
		return nil, err
	}
	relations := []web.Relation{}
	for _, t := range catalog {
		r := web.Relation{Schema: t.Schema, Name: t.Name}
		for _, c := range t.Columns {
			r.Columns = append(r.Columns, web.Column{Name: c.Name, Type: c.Type, Kind: columnKind(c.Type)})
		}
		relations = append(relations, r)
	}
	return relations, nil
}
