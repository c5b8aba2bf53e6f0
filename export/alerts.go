package export

import "time"

// Limits say when a sync is in trouble.
type Limits struct {
	Rejected float64       `yaml:"rejected"` // percent of rows left out; 0: any number is fine
	Slow     time.Duration `yaml:"slow"`     // a run takes longer
	Drop     float64       `yaml:"drop"`     // percent: a run has fewer rows than the one before
	Rise     float64       `yaml:"rise"`     // percent: a run has more rows than the one before
	Late     time.Duration `yaml:"late"`     // no run was done for so long
}
