package spark_test

import (
	"errors"

	"smew/plan"
)

// chosen leaves a table out and takes it in again while a dump of it comes: it is there as if it always had been.
func (b *both) chosen(table string, dump func()) {
	b.t.Helper()
	b.choice = &plan.Choice{Exclude: []string{table}}
	b.load()
	b.agree()
	dump()
	b.load()
	b.choice = &plan.Choice{Include: []string{"*"}}
	b.load()
	b.agree()
	b.choice = &plan.Choice{Include: []string{"nobody"}}
	var wrong *plan.ChoiceError
	if _, err := b.spark(); !errors.As(err, &wrong) || !b.state().Choice.Has(table) {
		b.t.Errorf("a table that there is not: %v", err)
	}
	b.choice = nil
}
