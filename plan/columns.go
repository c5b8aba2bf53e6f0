package plan

import (
	"cmp"
	"slices"
)

// Column is a column of a table as one dump names it.
type Column struct {
	Name      string `json:"name"` // as delivered
	FirstDump int64  `json:"first_dump"`
	Listed    bool   `json:"listed"` // by the manifest; else only a part brings it
	Place     int    `json:"place"`  // among the listed or the other ones, from 1
}

// Appearances are a dump's columns: listed ones in the manifest's order, then what only parts bring.
func Appearances(dump int64, listed, unlisted []string) []Column {
	all := make([]Column, 0, len(listed)+len(unlisted))
	for i, name := range listed {
		all = append(all, Column{Name: name, FirstDump: dump, Listed: true, Place: i + 1})
	}
	for i, name := range unlisted {
		all = append(all, Column{Name: name, FirstDump: dump, Place: i + 1})
	}
	return all
}

// FirstAppearances keeps each column's first appearance, in order (R10): by dump, then by the place in the
// manifest's list, then what only a part brings.
func FirstAppearances(all []Column) []Column {
	all = slices.SortedFunc(slices.Values(all), func(a, b Column) int {
		listed := 0
		if a.Listed != b.Listed {
			listed = 1
			if a.Listed {
				listed = -1
			}
		}
		return cmp.Or(cmp.Compare(a.FirstDump, b.FirstDump), listed, cmp.Compare(a.Place, b.Place))
	})
	seen := map[string]bool{}
	first := []Column{}
	for _, c := range all {
		if !seen[c.Name] {
			seen[c.Name] = true
			first = append(first, c)
		}
	}
	return first
}
