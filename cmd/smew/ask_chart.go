package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"smew/ask"
	"smew/duck"
)

// result is a whole answer.
type result struct {
	columns []column
	rows    [][]cell
}

func (a *app) showAnswer(ctx context.Context, tx *duck.Tx, query ask.Query) (err error) {
	rows, err := tx.Query(ctx, query.SQL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var r result
	err = readResult(rows, func(names, types []string) error {
		r.columns = resultColumns(names, types)
		return nil
	}, func(cells []cell) error {
		r.rows = append(r.rows, slices.Clone(cells))
		return nil
	})
	if err != nil {
		return err
	}
	shown := r.cross(query.Cross)
	g := a.newGrid(a.stdout, shown.columns, false, 0)
	for _, row := range shown.rows {
		if err := g.row(row); err != nil {
			return err
		}
	}
	if err := g.end(); err != nil {
		return err
	}
	bars := r.bars(query.Chart)
	if len(bars) > 1 {
		fmt.Fprintln(a.stdout)
		drawBars(a.stdout, bars)
	}
	return nil
}

func (r result) index(name string) int {
	return slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
}

// cross lays an answer out in two directions. The values of the column that goes across come in the order in which they appear.
func (r result) cross(by ask.Cross) result {
	if by.Across == "" {
		return r
	}
	var out result
	var keep []int
	for _, name := range by.Rows {
		keep = append(keep, r.index(name))
		out.columns = append(out.columns, r.columns[r.index(name)])
	}
	across, value := r.index(by.Across), r.index(by.Value)
	place := map[string]int{}
	for _, row := range r.rows {
		if head := row[across].text; place[head] == 0 {
			place[head] = len(out.columns)
			out.columns = append(out.columns, column{head, true})
		}
	}
	last := ""
	for i, row := range r.rows {
		begin, key := make([]cell, len(out.columns)), ""
		for j, k := range keep {
			begin[j] = row[k]
			key += strconv.Quote(row[k].text)
		}
		if i == 0 || key != last {
			out.rows, last = append(out.rows, begin), key
		}
		out.rows[len(out.rows)-1][place[row[across].text]] = row[value]
	}
	return out
}

// bar is one of a chart.
type bar struct {
	label, text string
	value       float64
}

// mostBars is how many a chart has at most: a year of days.
const mostBars = 366

// bars sums an answer up by its labels.
func (r result) bars(c ask.Chart) []bar {
	var labels []int
	for _, name := range c.Labels {
		labels = append(labels, r.index(name))
	}
	value, of := r.index(c.Value), r.index(c.Of)
	var bars []bar
	var totals []float64
	place := map[string]int{}
	for _, row := range r.rows {
		var parts []string
		for _, i := range labels {
			if row[i].null {
				parts = append(parts, "NULL")
			} else {
				parts = append(parts, printable(strings.ReplaceAll(row[i].text, "\n", " ")))
			}
		}
		label := strings.Join(parts, "  ")
		i, ok := place[label]
		if !ok {
			i, place[label] = len(bars), len(bars)
			bars, totals = append(bars, bar{label: label}), append(totals, 0)
		}
		n, _ := strconv.ParseFloat(row[value].text, 64)
		bars[i].value += n
		bars[i].text = row[value].text
		if of >= 0 {
			n, _ := strconv.ParseFloat(row[of].text, 64)
			totals[i] += n
		}
	}
	for i := range bars {
		if of >= 0 && totals[i] > 0 {
			bars[i].value *= 100 / totals[i]
			bars[i].text = strconv.FormatFloat(bars[i].value, 'f', 1, 64) + " %"
		}
	}
	return bars[:min(len(bars), mostBars)]
}

// drawBars draws bars one below the other. The longest is 40 wide.
func drawBars(w io.Writer, bars []bar) {
	const full = 40
	wide, most := 0, 0.0
	for i := range bars {
		bars[i].label = cut(bars[i].label, 60)
		wide, most = max(wide, text.StringWidthWithoutEscSequences(bars[i].label)), max(most, bars[i].value)
	}
	for _, b := range bars {
		fmt.Fprintf(w, "%s  %s %s\n", text.Pad(b.label, wide, ' '), blocks(b.value, most, full), b.text)
	}
}

// blocks is a bar of block characters, to an eighth.
func blocks(value, most float64, full int) string {
	if most <= 0 || value <= 0 {
		return ""
	}
	eighths := max(1, int(value/most*float64(full*8)+0.5))
	drawn := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		drawn += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return drawn
}
