package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// pairResult is what the pairs of one comparison gave.
type pairResult struct {
	Name    string       `json:"name"`
	A       string       `json:"a"`
	B       string       `json:"b"`
	Content string       `json:"content"` // how the results stand to each other
	Runs    [][2]measure `json:"runs"`

	// Made of the runs.
	CPU     ratio      `json:"cpu_a_by_b"`
	Wall    ratio      `json:"wall_a_by_b"`
	PeakMiB [2]float64 `json:"peak_mib"` // medians; 0: not measured
	Date    string     `json:"date"`
}

// figure is a number that is no ratio of two processes.
type figure struct {
	Name  string  `json:"name"`
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Date  string  `json:"date"`
}

// report is what is known so far. A run of some cases leaves what others gave.
type report struct {
	path    string
	Machine machine      `json:"machine"`
	Scale   float64      `json:"scale"`
	Threads int          `json:"threads"`
	Pairs   []pairResult `json:"pairs"`
	Figures []figure     `json:"figures"`
}

// openReport reads earlier results, if they are of the same machine, versions and sizes.
func openReport(s settings, t tools) (*report, error) {
	facts, err := machineFacts(t)
	if err != nil {
		return nil, err
	}
	fresh := &report{path: s.results, Machine: facts, Scale: s.scale, Threads: s.threads}
	data, err := os.ReadFile(s.results)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return nil, err
	}
	old := report{path: s.results}
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("%s: %w", s.results, err)
	}
	if old.Machine != facts || old.Scale != s.scale || old.Threads != s.threads {
		return fresh, nil
	}
	return &old, nil
}

// forget drops what an earlier run of a case gave.
func (r *report) forget(name string) {
	of := func(n string) bool { return n == name || strings.HasPrefix(n, name+"/") }
	r.Pairs = slices.DeleteFunc(r.Pairs, func(p pairResult) bool { return of(p.Name) })
	r.Figures = slices.DeleteFunc(r.Figures, func(f figure) bool { return of(f.Name) })
}

func (r *report) add(p pairResult) {
	p.CPU = ratioOf(p.Runs, func(m measure) float64 { return m.CPU })
	p.Wall = ratioOf(p.Runs, func(m measure) float64 { return m.Wall })
	for s := range p.PeakMiB {
		peaks := make([]float64, len(p.Runs))
		for i, run := range p.Runs {
			peaks[i] = run[s].PeakMiB
		}
		p.PeakMiB[s] = median(peaks)
	}
	p.Date = today()
	r.Pairs = append(r.Pairs, p)
}

func (r *report) figure(name, what string, value float64) {
	r.Figures = append(r.Figures, figure{name, what, value, today()})
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// save writes the report, in the order of the cases.
func (r *report) save() error {
	place := map[string]int{}
	for i, c := range allCases() {
		place[c.name] = i
	}
	slices.SortStableFunc(r.Pairs, func(a, b pairResult) int { return cmp.Compare(place[caseOf(a.Name)], place[caseOf(b.Name)]) })
	slices.SortStableFunc(r.Figures, func(a, b figure) int { return cmp.Compare(place[caseOf(a.Name)], place[caseOf(b.Name)]) })
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(r.path, append(data, '\n'), 0o666)
}

// caseOf is the case a result is from: its name's first two parts.
func caseOf(name string) string {
	parts := strings.SplitN(name, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// print writes the table of what the cases gave.
func (r *report) print(w io.Writer, cases []benchCase) {
	ran := func(name string) bool {
		return slices.ContainsFunc(cases, func(c benchCase) bool { return c.name == caseOf(name) })
	}
	fmt.Fprintf(w, "\n%s\nA/B is below 1 where A takes less: median (least..most) of the pairs.\n\n", r.Machine)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "case\tA / B\tcpu\twall\tpeak MiB A / B\tn\tcontent")
	for _, p := range r.Pairs {
		if !ran(p.Name) {
			continue
		}
		peak := "–"
		if p.PeakMiB[0] > 0 {
			peak = fmt.Sprintf("%.0f / %.0f", p.PeakMiB[0], p.PeakMiB[1])
		}
		fmt.Fprintf(t, "%s\t%s / %s\t%s\t%s\t%s\t%d\t%s\n", p.Name, p.A, p.B, p.CPU, p.Wall, peak, len(p.Runs), p.Content)
	}
	t.Flush()
	fmt.Fprintln(w)
	for _, f := range r.Figures {
		if !ran(f.Name) {
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%.3g\n", f.Name, f.What, f.Value)
	}
	t.Flush()
}

func (r ratio) String() string { return fmt.Sprintf("%.2f (%.2f..%.2f)", r.Median, r.Min, r.Max) }
