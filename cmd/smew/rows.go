package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// column of a result.
type column struct {
	name  string
	right bool
}

// rowWriter writes a result in some format.
type rowWriter interface {
	row([]cell) error
	end() error
}

var formats = []string{"table", "csv", "json", "jsonl", "markdown", "parquet"}

// newRows begins a result in one of the formats that are written row by row, to w.
func (a *app) newRows(w io.Writer, format string, columns []column, most int) (rowWriter, error) {
	switch format {
	case "table", "markdown":
		return a.newGrid(w, columns, format == "markdown", most), nil
	case "csv":
		c := &csvRows{w: bufio.NewWriter(w)}
		names := make([]cell, len(columns))
		for i, column := range columns {
			names[i] = cell{text: column.name}
		}
		return c, c.row(names)
	case "json":
		return &jsonRows{w: bufio.NewWriter(w), names: keys(columns)}, nil
	case "jsonl":
		return &jsonLines{w: bufio.NewWriter(w), names: keys(columns)}, nil
	}
	return nil, &usageError{fmt.Sprintf("%q is no format that is written row by row", format), ""}
}

// csvRows are RFC 4180 with line feeds. NULL is nothing, ” is "".
type csvRows struct{ w *bufio.Writer }

func (c *csvRows) row(cells []cell) error {
	for i, cell := range cells {
		if i > 0 {
			c.w.WriteByte(',')
		}
		switch {
		case cell.null && len(cells) == 1:
			// The line would be empty, which readers pass over; there is no better way.
		case cell.null:
		case cell.text == "" || strings.ContainsAny(cell.text, ",\"\r\n") || cell.text[0] == ' ':
			c.w.WriteString(`"` + strings.ReplaceAll(cell.text, `"`, `""`) + `"`)
		default:
			c.w.WriteString(cell.text)
		}
	}
	return c.w.WriteByte('\n')
}

func (c *csvRows) end() error { return c.w.Flush() }

// jsonRows are an array of objects, one a line.
type jsonRows struct {
	w     *bufio.Writer
	names [][]byte
	n     int
}

func (j *jsonRows) row(cells []cell) error {
	before := ",\n"
	if j.n == 0 {
		before = "[\n"
	}
	j.n++
	j.w.WriteString(before)
	return writeObject(j.w, j.names, cells)
}

func (j *jsonRows) end() error {
	if j.n == 0 {
		j.w.WriteString("[]\n")
	} else {
		j.w.WriteString("\n]\n")
	}
	return j.w.Flush()
}

// jsonLines are objects, one a line.
type jsonLines struct {
	w     *bufio.Writer
	names [][]byte
}

func (j *jsonLines) row(cells []cell) error {
	if err := writeObject(j.w, j.names, cells); err != nil {
		return err
	}
	return j.w.WriteByte('\n')
}

func (j *jsonLines) end() error { return j.w.Flush() }

// writeObject writes cells under their names, which are JSON already.
func writeObject(w io.Writer, names [][]byte, cells []cell) error {
	var b []byte
	for i, c := range cells {
		before := ", "
		if i == 0 {
			before = "{"
		}
		b = append(append(append(append(b, before...), names[i]...), ": "...), c.json...)
	}
	_, err := w.Write(append(b, '}'))
	return err
}

// keys gives each column a JSON key of its own.
func keys(columns []column) [][]byte {
	taken := map[string]bool{}
	out := make([][]byte, len(columns))
	for i, c := range columns {
		name := c.name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", c.name, n)
		}
		taken[name] = true
		out[i], _ = marshal(name)
	}
	return out
}

// grid is a table that is shown when it is whole.
type grid struct {
	app      *app
	w        table.Writer
	markdown bool
	faint    bool
	n, most  int // rows, and how many are shown; 0: all
}

func (a *app) newGrid(w io.Writer, columns []column, markdown bool, most int) *grid {
	g := &grid{app: a, w: table.NewWriter(), markdown: markdown, most: most}
	g.faint = !markdown && a.isTerminal(w)
	g.w.SetOutputMirror(w)
	g.w.SetStyle(table.StyleLight)
	style := g.w.Style()
	style.Format.Header = text.FormatDefault
	style.Options.SeparateRows = false
	header := make(table.Row, len(columns))
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		header[i] = printable(c.name)
		configs[i] = table.ColumnConfig{Number: i + 1, Align: text.AlignLeft, AlignHeader: text.AlignLeft}
		if c.right {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
		if g.faint { // what is read by eye need not be whole
			configs[i].WidthMax, configs[i].WidthMaxEnforcer = 60, cut
		}
	}
	g.w.AppendHeader(header)
	g.w.SetColumnConfigs(configs)
	return g
}

func (g *grid) row(cells []cell) error {
	g.n++
	if g.most > 0 && g.n > g.most {
		return nil
	}
	row := make(table.Row, len(cells))
	for i, c := range cells {
		switch {
		case c.null && g.faint:
			row[i] = text.Faint.Sprint("NULL")
		case c.null:
			row[i] = "NULL"
		default:
			row[i] = printable(c.text)
		}
	}
	g.w.AppendRow(row)
	return nil
}

func (g *grid) end() error {
	if g.markdown {
		g.w.RenderMarkdown()
	} else {
		g.w.Render()
	}
	if g.most > 0 && g.n > g.most {
		fmt.Fprintf(g.app.stderr, "%s, of which %s are shown; --rows 0 shows all\n", count(g.n, "row"), number(g.most))
	}
	return nil
}

// cut shortens a text that is too wide for its column.
func cut(s string, width int) string {
	if text.StringWidthWithoutEscSequences(s) <= width {
		return s
	}
	return text.Trim(s, width-1) + "…"
}

// list is a small table of smew's own, without lines.
func (a *app) list(columns ...column) *grid {
	g := a.newGrid(a.stdout, columns, false, 0)
	g.faint = false
	g.w.SuppressTrailingSpaces()
	style := g.w.Style()
	style.Options.DrawBorder, style.Options.SeparateColumns, style.Options.SeparateHeader = false, false, false
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	return g
}

// line adds a row of texts.
func (g *grid) line(texts ...string) {
	cells := make([]cell, len(texts))
	for i, t := range texts {
		cells[i] = cell{text: t}
	}
	g.row(cells)
}
