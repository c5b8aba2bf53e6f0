package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed chart.svg.tmpl
var chartText string

// bar is one pair of a chart: the median as a bar, a line from the least to the most.
type bar struct {
	Label, Text      string
	Y, LabelY, LineY int
	Width, From, To  float64
	Better           bool
}

// chart is a group of cases.
type chart struct {
	Title         string
	Machine       string
	Width, Height int
	Left, Right   int     // where bars begin, where figures do
	Bottom        int     // where bars end
	One           float64 // how far 1 lies from Left: as much as B
	Bars          []bar
}

const (
	chartLeft  = 330
	chartScale = 400 // the widest bar
	chartTop   = 52
	chartRow   = 26
)

// drawCharts writes a chart of the cpu ratios for each group of cases.
func drawCharts(r *report, folder string) error {
	funcs := template.FuncMap{"xml": template.HTMLEscapeString, "add": func(a int, b float64) float64 { return float64(a) + b }}
	t, err := template.New("chart").Funcs(funcs).Parse(chartText)
	if err != nil {
		return err
	}
	groups := map[string][]pairResult{}
	var order []string
	for _, p := range r.Pairs {
		group, _, _ := strings.Cut(p.Name, "/")
		if groups[group] == nil {
			order = append(order, group)
		}
		groups[group] = append(groups[group], p)
	}
	for _, group := range order {
		if err := drawChart(t, layOut(group, groups[group], r.Machine), filepath.Join(folder, "bench-"+group+".svg")); err != nil {
			return err
		}
	}
	return nil
}

func layOut(group string, pairs []pairResult, m machine) chart {
	most := 1.0
	for _, p := range pairs {
		most = max(most, p.CPU.Max)
	}
	at := func(v float64) float64 { return v / most * chartScale }
	c := chart{
		Title: group + ": cpu of A / cpu of B", Machine: m.String(), Left: chartLeft, Right: chartLeft + chartScale + 12,
		Width: chartLeft + chartScale + 150, Height: chartTop + len(pairs)*chartRow + 34,
		Bottom: chartTop + len(pairs)*chartRow, One: at(1),
	}
	for i, p := range pairs {
		y := chartTop + i*chartRow
		_, name, _ := strings.Cut(p.Name, "/")
		c.Bars = append(c.Bars, bar{
			Label: name + ": " + p.A + " / " + p.B, Text: p.CPU.String(), Y: y, LabelY: y + 13, LineY: y + 9,
			Width: at(p.CPU.Median), From: at(p.CPU.Min), To: at(p.CPU.Max), Better: p.CPU.Median < 1,
		})
	}
	return c
}

func drawChart(t *template.Template, c chart, path string) error {
	var text strings.Builder
	if err := t.Execute(&text, c); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o666)
}
