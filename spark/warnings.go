package spark

import (
	"fmt"
	"slices"

	"smew/define"
)

// lacking warns of columns that the manifest lists and no part has: a turned bit in a header can rename one (R12).
func (p *dumpPlan) lacking() (warnings []string) {
	for _, t := range p.tables {
		if !t.Read || t.Rows == 0 {
			continue
		}
		for _, name := range t.listed {
			if !slices.ContainsFunc(t.parts, func(p part) bool { return slices.ContainsFunc(p.fields, func(f field) bool { return f.name == name }) }) {
				warnings = append(warnings, fmt.Sprintf("dump %d: table %q: the manifest lists column %q, which no part has", p.dump.ID, t.Name, name))
			}
		}
	}
	return warnings
}

// undefined warns of what the dump's definitions mention and tables have not (R14).
func (p *dumpPlan) undefined() (warnings []string) {
	if d := p.state.Definitions; d == nil || d.Dump != p.dump.ID {
		return nil
	}
	for _, shown := range p.state.Shown(p.place) {
		if len(shown.unknown) > 0 {
			warnings = append(warnings, define.Unknown(shown.Name, shown.unknown))
		}
	}
	return warnings
}
